// What the drawings of graphs use of D3: forces that lay them out, and the pointer that moves them.
export { drag } from "d3-drag";
export { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
export { select } from "d3-selection";
export { zoom, zoomIdentity } from "d3-zoom";
