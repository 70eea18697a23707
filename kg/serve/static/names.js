// Fields for names propose those of the graph: every input with data-names, which says of what type.
const PAUSE = 150; // milliseconds without a key before the server is asked
const MOST = 8;
const root = document.querySelector("link[rel=stylesheet]").getAttribute("href").replace(/\/style\.css.*$/, "");
let lists = 0;

for (const input of document.querySelectorAll("input[data-names]")) propose(input, input.dataset.names);

export function propose(input, type) {
  const list = document.createElement("datalist");
  list.id = `names-${(lists += 1)}`;
  input.setAttribute("list", list.id);
  input.after(list);
  let timer;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(fill, PAUSE);
  });

  async function fill() {
    const query = new URLSearchParams({ q: input.value, type, format: "json", limit: MOST });
    const response = await fetch(`${root}/search?${query}`);
    if (!response.ok) return;
    const { results } = await response.json();
    list.replaceChildren(...results.map((one) => new Option(one.label, one.label)));
  }
}
