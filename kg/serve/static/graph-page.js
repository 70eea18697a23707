// The neighbourhood of a thing as a drawing that grows: Enter on a node adds what it is related to, and takes it away.
import { drawGraph } from "./graph.js";

const form = document.getElementById("graph-form");
if (form) begin();

async function begin() {
  const host = document.getElementById("drawing");
  const chosen = document.createElement("p");
  chosen.className = "chosen soft";
  chosen.setAttribute("role", "status");
  const known = new Map(); // what each expanded thing is related to, by IRI
  const boxes = [...form.querySelectorAll("input[name=relation]")];
  form.querySelector("button").hidden = true;
  const first = form.querySelector("input[name=node]").value;
  const begun = await neighbours(first);
  if (!begun) return;
  const drawing = drawGraph(host, current(), { act: toggle, onFocus: tell, name: "Neighbourhood" });
  host.append(chosen);
  chosen.textContent = "Choose a node with the pointer or with Tab and the arrow keys; Enter adds its relations, and takes them away.";
  form.addEventListener("change", () => drawing.show(current()));

  async function neighbours(iri) {
    if (!known.has(iri)) {
      const address = `${form.action}?${new URLSearchParams({ node: iri, format: "json" })}`;
      const response = await fetch(address);
      if (!response.ok) return null;
      known.set(iri, { ...(await response.json()), open: true });
    }
    return known.get(iri);
  }

  async function toggle(node) {
    if (known.has(node.id)) known.get(node.id).open = !known.get(node.id).open;
    else if (!(await neighbours(node.id))) return;
    drawing.show(current());
    drawing.focus(node.id);
  }

  // The nodes and links to draw: those of all expanded things that can be reached from the first one.
  function current() {
    const shown = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const named = new Set(boxes.map((box) => box.value));
    const nodes = new Map(), links = new Map();
    const add = ({ iri, label, kind, url }) => {
      if (!nodes.has(iri)) nodes.set(iri, { id: iri, label, kind, href: url, expanded: Boolean(known.get(iri)?.open) });
    };
    add(known.get(first).node);
    for (const iri of nodes.keys()) { // grows while it is gone through
      const found = known.get(iri);
      if (!found?.open) continue;
      for (const relation of found.relations) {
        // A relation that the first thing has not, is not among the boxes: it is shown.
        if (named.has(relation.key) && !shown.has(relation.key)) continue;
        for (const other of relation.nodes) {
          add(other);
          const [source, target] = relation.backwards ? [other.iri, iri] : [iri, other.iri];
          const label = relation.key.replace(/^\w+:|-$/g, "").replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
          links.set(`${source} ${label} ${target}`, { source, target, label });
        }
      }
    }
    return { nodes: [...nodes.values()], links: [...links.values()] };
  }

  function tell(node) {
    const link = document.createElement("a");
    link.href = node.href ?? "#main";
    link.textContent = node.label;
    const more = known.get(node.id);
    const words = more ? more.relations.map((one) => `${one.name} ${one.count}`).join(", ") : "Enter shows its relations";
    chosen.replaceChildren(...(node.href ? [link] : [node.label]), `, ${node.kind || "elsewhere"}: ${words}.`);
  }
}
