// Views of one result as tabs (ARIA Authoring Practices): the table, a chart where there is one, the graph of triples.
import { drawGraph } from "./graph.js";

export function showViews(outcome) {
  const table = outcome.querySelector(".scroll");
  if (!table) return;
  const views = [["Table", table]];
  for (const section of outcome.querySelectorAll("section[data-view]")) {
    section.querySelector("h2").remove(); // its tab says it
    views.push([section.dataset.view, section]);
  }
  const triples = ["CONSTRUCT", "DESCRIBE"].includes(outcome.dataset.kind) ? triplesOf(table) : null;
  if (triples?.links.length) {
    const section = document.createElement("section");
    table.after(section);
    if (triples.links.length === MOST_LINKS) section.textContent = `The first ${MOST_LINKS} links.`;
    views.push(["Graph", section, () => drawGraph(section, triples)]);
  }
  if (views.length > 1) makeTabs(outcome, table, views);
}

const MOST_LINKS = 150; // that can be told apart
const LABEL = "rdfs:label";

// The rows of the table whose objects are things, as a graph; its nodes are named by their labels where rows tell them,
// else by the ends of their IRIs.
function triplesOf(table) {
  const nodes = new Map(), links = [], labels = new Map();
  const node = (cell) => {
    const id = cell.textContent;
    const href = cell.querySelector("a")?.getAttribute("href") ?? null;
    const kind = href?.startsWith("http") ? "" : (href ?? "").split("/").at(-2) ?? "";
    if (!nodes.has(id)) nodes.set(id, { id, label: nameOf(id, kind), kind, href });
    return id;
  };
  for (const row of table.querySelectorAll("tbody tr")) {
    const [subject, predicate, object] = row.cells;
    if (predicate.textContent === LABEL) labels.set(subject.textContent, object.textContent);
    if (!("iri" in object.dataset) || !("iri" in subject.dataset) || links.length === MOST_LINKS) continue;
    links.push({ source: node(subject), target: node(object), label: predicate.textContent.split(":").at(-1) });
  }
  for (const node of nodes.values()) node.label = labels.get(node.id) ?? node.label;
  return { nodes: [...nodes.values()], links };
}

function nameOf(iri, kind) {
  const end = iri.split(/[/#:]/).filter(Boolean).at(-1);
  return /^[0-9a-f]{12,}$/.test(end) ? `${kind} ${end.slice(0, 4)}` : end;
}

function makeTabs(outcome, before, views) {
  const list = document.createElement("div");
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Views of the result");
  const tabs = views.map(([name, panel], place) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = `view-${place}`;
    tab.setAttribute("role", "tab");
    tab.textContent = name;
    panel.id ||= `panel-${place}`;
    tab.setAttribute("aria-controls", panel.id);
    if (panel !== before) {
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
    }
    list.append(tab);
    return tab;
  });
  const drawn = new Set();
  const choose = (chosen) => {
    views.forEach(([, panel, draw], place) => {
      const on = place === chosen;
      tabs[place].setAttribute("aria-selected", String(on));
      tabs[place].tabIndex = on ? 0 : -1;
      panel.hidden = !on;
      if (on && draw && !drawn.has(place)) {
        drawn.add(place);
        draw();
      }
    });
  };
  tabs.forEach((tab, place) => tab.addEventListener("click", () => choose(place)));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (tabs.indexOf(event.target) + step + tabs.length) % tabs.length;
    choose(next);
    tabs[next].focus();
  });
  before.before(list);
  choose(0);
}
