// Draws a graph as SVG. Its nodes are reached by the keyboard: Tab goes to the drawing, arrows from node to node, Enter
// acts on the one that has the focus. The layout is worked out at once and stands still.
import {
  drag, forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, select, zoom, zoomIdentity,
} from "./vendor/d3.js";

const SVG = "http://www.w3.org/2000/svg";
const TICKS = 220;
const MOST_LABELS = 24; // of links; beyond that only those of the node that has the focus
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// `graph` has nodes {id, label, kind, href, expanded?, more?} and links {source, target, label}. `act` is called with a
// node upon Enter or a click; without it the node's page opens. Gives {show(graph), focus(id)}.
export function drawGraph(host, graph, { act, onFocus, name = "Graph of the result" } = {}) {
  const places = new Map();
  let nodes = [], links = [], elements = new Map(), active = null;
  const svg = make("svg", { class: "graph", role: "group", "aria-label": `${name}. Arrow keys go from node to node.` });
  const canvas = make("g", {});
  svg.append(arrowHead(), canvas);
  const panning = zoom().scaleExtent([0.2, 4]).on("zoom", ({ transform }) => {
      canvas.setAttribute("transform", transform);
      canvas.style.setProperty("--larger", Math.min(Math.max(1, 0.85 / transform.k), 2)); // names stay readable
      declutter();
    })
    .filter((event) => (event.type === "wheel" ? event.ctrlKey || event.metaKey : !event.button));
  const controls = document.createElement("p");
  controls.className = "graph-controls";
  for (const [label, words, run] of [
    ["+", "Larger", () => panning.scaleBy(select(svg), 1.3)],
    ["−", "Smaller", () => panning.scaleBy(select(svg), 1 / 1.3)],
    ["Fit", "Fit into the frame", fit],
  ]) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: label, title: words });
    button.setAttribute("aria-label", words);
    button.addEventListener("click", run);
    controls.append(button);
  }
  host.append(svg, controls);
  select(svg).call(panning).on("dblclick.zoom", null);
  svg.addEventListener("keydown", onKey);
  show(graph);
  return { show, focus: (id) => elements.get(id)?.focus() };

  function show(found) {
    nodes = found.nodes.map((one) => ({ ...one, ...(places.get(one.id) ?? beside(one, found)) }));
    links = found.links.map((one) => ({ ...one }));
    const { width, height } = svg.getBoundingClientRect();
    const hub = nodes.filter((one) => one.expanded);
    if (hub.length === 1 && links.every((one) => one.source === hub[0].id || one.target === hub[0].id)) {
      star(hub[0], width, height);
      draw();
      fit();
      return;
    }
    const settled = places.size > 0;
    const simulation = forceSimulation(nodes)
      .force("link", forceLink(links).id((one) => one.id).distance(110))
      .force("charge", forceManyBody().strength(-420))
      .force("collide", forceCollide((one) => 22 + Math.min(one.label.length, 28) * 1.7))
      .force("x", forceX().strength(0.05)).force("y", forceY().strength((0.05 * width) / (height || 1))).stop();
    if (settled) simulation.alpha(0.5);
    simulation.tick(TICKS);
    draw();
    fit();
  }

  // One thing and what it is related to: around it in the order of the relations, every second one nearer.
  function star(hub, width, height) {
    const around = [...new Set(links.map((one) => (one.source === hub.id ? one.target : one.source)))];
    const many = around.length > 7;
    const place = new Map(around.map((id, turn) => {
      const angle = (2 * Math.PI * turn) / around.length - Math.PI / 2;
      const far = many && turn % 2 ? 0.62 : 1;
      return [id, { x: far * 0.4 * width * Math.cos(angle), y: far * 0.42 * height * Math.sin(angle) }];
    }));
    for (const one of nodes) Object.assign(one, one === hub ? { x: 0, y: 0 } : place.get(one.id));
    const byId = new Map(nodes.map((one) => [one.id, one]));
    for (const one of links) Object.assign(one, { source: byId.get(one.source), target: byId.get(one.target) });
  }

  // Where a node begins that was not there before: by a neighbour that was.
  function beside(one, found) {
    const link = found.links.find((two) => two.source === one.id || two.target === one.id);
    const place = link && (places.get(link.source) ?? places.get(link.target));
    return place ? { x: place.x + (one.label.length % 7) * 6 - 18, y: place.y + (one.id.length % 5) * 6 - 12 } : {};
  }

  function draw() {
    const lines = links.map((link) => {
      const line = make("g", { class: "link" });
      line.append(make("line", { "marker-end": "url(#arrow-head)" }));
      const text = make("text", { "aria-hidden": "true" });
      text.textContent = link.label;
      line.append(text);
      link.element = line;
      return line;
    });
    elements = new Map(nodes.map((one) => [one.id, nodeElement(one)]));
    canvas.classList.toggle("crowded", links.length > MOST_LABELS);
    canvas.replaceChildren(...lines, ...elements.values());
    place();
    if (!elements.has(active)) active = nodes[0]?.id ?? null;
    elements.get(active)?.setAttribute("tabindex", "0");
  }

  function nodeElement(one) {
    const degree = links.filter((link) => link.source.id === one.id || link.target.id === one.id).length;
    const told = [one.label, one.kind, `${degree} ${degree === 1 ? "relation" : "relations"} shown`].filter(Boolean);
    const element = make("g", { class: `node ${one.kind ?? ""}`, tabindex: "-1", role: act ? "button" : "link",
      "aria-label": told.join(", ") });
    if (act) element.setAttribute("aria-expanded", String(Boolean(one.expanded)));
    element.classList.toggle("expanded", Boolean(one.expanded));
    element.append(make("circle", { r: one.expanded ? 11 : 8 }));
    const text = make("text", { y: 24, "text-anchor": "middle" });
    text.textContent = one.label.length > 28 ? `${one.label.slice(0, 27)}…` : one.label;
    const title = make("title", {});
    title.textContent = one.label;
    element.append(text, title);
    element.addEventListener("click", () => (element.focus(), open(one)));
    element.addEventListener("focus", () => focused(one));
    select(element).datum(one).call(
      drag().clickDistance(4).on("drag", (event) => {
        Object.assign(one, { x: event.x, y: event.y });
        place();
        declutter();
      }),
    );
    return element;
  }

  function focused(one) {
    elements.get(active)?.setAttribute("tabindex", "-1");
    active = one.id;
    elements.get(active).setAttribute("tabindex", "0");
    for (const { element, source, target } of links) element.classList.toggle("near", source === one || target === one);
    onFocus?.(one);
  }

  function open(one) {
    if (act) act(one);
    else if (one.href) location.assign(one.href);
  }

  function place() {
    for (const one of nodes) {
      places.set(one.id, { x: one.x, y: one.y });
      elements.get(one.id).setAttribute("transform", `translate(${one.x.toFixed(1)},${one.y.toFixed(1)})`);
    }
    for (const { source, target, element } of links) {
      const [line, text] = element.children;
      const [dx, dy] = [target.x - source.x, target.y - source.y];
      const shorter = 1 - 15 / Math.max(Math.hypot(dx, dy), 15);
      for (const [name, value] of Object.entries({
        x1: source.x, y1: source.y, x2: source.x + dx * shorter, y2: source.y + dy * shorter,
      })) line.setAttribute(name, value.toFixed(1));
      text.setAttribute("x", (source.x + dx / 2).toFixed(1));
      text.setAttribute("y", (source.y + dy / 2 - 3).toFixed(1));
    }
  }

  // Names that would lie on others are left out until their node has the focus or the pointer; so are words of links.
  function declutter() {
    const kept = [];
    const first = [...nodes].sort((one, other) => Number(Boolean(other.expanded)) - Number(Boolean(one.expanded)));
    const names = first.map((one) => elements.get(one.id));
    for (const element of names) element.classList.remove("quiet");
    for (const element of names) {
      const box = element.querySelector("text").getBoundingClientRect();
      const hidden = kept.some((two) =>
        box.left < two.right && two.left < box.right && box.top < two.bottom && two.top < box.bottom);
      element.classList.toggle("quiet", hidden);
      if (!hidden) kept.push(box);
    }
    for (const { element } of links) {
      const box = element.querySelector("text").getBoundingClientRect();
      const hidden = kept.some((two) =>
        box.left < two.right && two.left < box.right && box.top < two.bottom && two.top < box.bottom);
      element.classList.toggle("quiet", hidden);
      if (!hidden && box.width) kept.push(box);
    }
  }

  function fit() {
    if (!nodes.length) return;
    const { width, height } = svg.getBoundingClientRect();
    const half = (one) => 12 + 3.6 * Math.min(one.label.length, 28); // of a name's width
    const left = Math.min(...nodes.map((one) => one.x - half(one)));
    const right = Math.max(...nodes.map((one) => one.x + half(one)));
    const [top, bottom] = [Math.min(...nodes.map((one) => one.y)) - 30, Math.max(...nodes.map((one) => one.y)) + 45];
    const scale = Math.min(width / (right - left), height / (bottom - top), 1.4) || 1;
    const middle = [width / 2 - (scale * (left + right)) / 2, height / 2 - (scale * (top + bottom)) / 2];
    panning.transform(select(svg), zoomIdentity.translate(...middle).scale(scale));
  }

  function onKey(event) {
    const current = nodes.find((one) => one.id === active);
    if (!current || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ARROWS) {
      event.preventDefault();
      const next = nearest(current, ARROWS[event.key]);
      if (next) elements.get(next.id).focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      open(current);
    }
  }

  // The next node in a direction: near ones before far ones, those straight ahead before those aside.
  function nearest(from, [x, y]) {
    let best = null, least = Infinity;
    for (const one of nodes) {
      const [dx, dy] = [one.x - from.x, one.y - from.y];
      const ahead = dx * x + dy * y;
      const aside = Math.abs(dx * y - dy * x);
      if (one === from || ahead <= 0 || aside > ahead * 2) continue;
      if (ahead + aside * 2 < least) [best, least] = [one, ahead + aside * 2];
    }
    return best;
  }
}

function arrowHead() {
  const defs = make("defs", {});
  const marker = make("marker", {
    id: "arrow-head", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto",
  });
  marker.append(make("path", { d: "M0 1 7 4 0 7Z" }));
  defs.append(marker);
  return defs;
}

function make(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
