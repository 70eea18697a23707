// The list that opens below a search box as one types: an editable combobox with a list (ARIA Authoring Practices).
// Without this file the form is sent as forms are. Letters go to our own /search alone.

const PAUSE = 120; // milliseconds without a key before the server is asked
const MOST = 8;

for (const form of document.querySelectorAll("form[data-suggest]")) suggest(form);

function suggest(form) {
  const input = form.querySelector("input[type=search]");
  const types = [...form.querySelectorAll("input[name=type]")].map((one) => one.value);
  const list = element("ul", { id: `${input.id}-suggestions`, role: "listbox", "aria-label": "Suggestions" });
  const status = element("p", { role: "status", class: "hidden" });
  list.className = "suggestions";
  list.hidden = true;
  form.append(list, status);
  set(input, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id });
  let timer, asked, shown = "", active = -1;

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) go(option);
  });

  async function ask() {
    const text = input.value.trim();
    asked?.abort();
    if (!text) return close();
    asked = new AbortController();
    const address = new URL(form.action);
    address.search = new URLSearchParams([["q", text], ["format", "json"], ["limit", MOST], ...types.map((one) => ["type", one])]);
    try {
      const response = await fetch(address, { signal: asked.signal });
      if (response.ok && document.activeElement === input) show(text, await response.json());
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  function show(text, found) {
    shown = text;
    const options = found.results.filter((one) => one.url).map((one, place) => option(one, place, text));
    const all = element("li", { id: `${list.id}-all`, role: "option", "aria-selected": "false" });
    all.append(element("span", {}, `All matches for “${text}”`));
    list.replaceChildren(...options, ...(options.length ? [all] : []));
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    const count = options.length;
    status.textContent = count ? `${count} suggestion${count > 1 ? "s" : ""}${found.near ? ", spelled alike" : ""}` : "No suggestion";
  }

  function option(one, place, text) {
    const found = element("li", { id: `${list.id}-${place}`, role: "option", "aria-selected": "false" });
    const name = element("span", {});
    name.append(...marked(one.label, text));
    if (one.alias) name.append(` (${one.alias})`);
    found.append(name, element("span", { class: `type ${one.type.toLowerCase()}` }, one.type));
    found.dataset.address = one.url;
    return found;
  }

  function onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const count = list.children.length;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (list.hidden) open();
      move(active < 0 ? (step > 0 ? 0 : count - 1) : (active + step + count) % count);
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      go(list.children[active]);
    }
  }

  function move(place) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = place;
    const option = list.children[active];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  function open() {
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function close() {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    list.children[active]?.setAttribute("aria-selected", "false");
    active = -1;
    set(input, { "aria-expanded": "false" });
    input.removeAttribute("aria-activedescendant");
  }

  function go(option) {
    if (option.dataset.address) location.assign(option.dataset.address);
    else {
      input.value = shown;
      form.requestSubmit();
    }
  }
}

// The label with the words that were typed marked; text nodes only, so that no name can become markup.
function marked(label, text) {
  const words = text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  if (!words.length) return [label];
  const pattern = new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "giu");
  return label.split(pattern).map((piece, place) => (place % 2 ? element("mark", {}, piece) : piece));
}

function element(name, attributes, text) {
  const made = document.createElement(name);
  set(made, attributes);
  if (text) made.textContent = text;
  return made;
}

function set(one, attributes) {
  for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value);
}
