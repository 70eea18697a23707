// The query page: an editor instead of the text area, answers without leaving the page, a way to cancel, views of a
// result. Without this file the form is sent as forms are, and the server writes the same page.
import { editorFor } from "./editor.js";
import { showViews } from "./views.js";

const LONGEST = 6000; // letters of an address
const form = document.getElementById("query-form");
const area = document.getElementById("query");
const cancel = document.getElementById("cancel");
const running = document.getElementById("running");
let asked = null;
let known = null; // the promise of this store's terms

const editor = editorFor(area, { run: () => form.requestSubmit(), terms, search });
document.getElementById("run-hint").hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  answer(area.value, true);
});
cancel.addEventListener("click", () => asked?.abort());
window.addEventListener("popstate", () => location.reload());
document.querySelector(".editor").addEventListener("focusin", () => terms(), { once: true }); // so that they are there
shown();

async function terms() {
  known ??= fetch(form.dataset.terms).then((response) => response.json());
  return known.catch(() => ((known = null), { prefixes: {}, terms: [] }));
}

async function search(text) {
  const response = await fetch(`${form.dataset.search}?${new URLSearchParams({ q: text, format: "json", limit: 12 })}`);
  return response.ok ? (await response.json()).results : [];
}

// Asks the server for the page with the answer, and takes the answer out of it.
async function answer(query, remember) {
  asked?.abort();
  const mine = (asked = new AbortController());
  const address = `${form.action}?${new URLSearchParams({ query })}`;
  const long = address.length > LONGEST;
  const request = { headers: { Accept: "text/html" }, signal: mine.signal };
  if (long) Object.assign(request, { method: "POST", body: new URLSearchParams({ query }) });
  const began = performance.now();
  const tell = () => (running.textContent = `Running, ${Math.round((performance.now() - began) / 1000)} s`);
  const clock = setInterval(tell, 1000);
  cancel.hidden = false;
  running.textContent = "Running";
  outcome().setAttribute("aria-busy", "true");
  editor.clear();
  try {
    const response = await fetch(long ? form.action : address, request);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    replace(page.getElementById("outcome") ?? told(page.querySelector("main .page")?.textContent ?? response.statusText));
    if (remember && !long) history.pushState(null, "", address);
    running.textContent = "";
    shown();
  } catch (error) {
    outcome().removeAttribute("aria-busy");
    running.textContent = error.name === "AbortError" ? "Cancelled" : "The server cannot be reached";
  } finally {
    clearInterval(clock);
    if (asked === mine) cancel.hidden = true;
  }
}

function outcome() {
  return document.getElementById("outcome");
}

function replace(found) {
  outcome().replaceWith(document.adoptNode(found));
}

function told(text) {
  const found = document.createElement("div");
  const note = document.createElement("p");
  found.id = "outcome";
  note.className = "note";
  note.setAttribute("role", "alert");
  note.textContent = text.trim();
  found.append(note);
  return found;
}

// What the server has written is made more of: views to choose from, the place of an error, a link to copy.
function shown() {
  showViews(outcome());
  const problem = outcome().querySelector(".problem[data-line]");
  if (problem) {
    const [line, column] = [Number(problem.dataset.line), Number(problem.dataset.column)];
    editor.mark(line, column, problem.querySelector("p").textContent);
    const go = document.createElement("button");
    go.type = "button";
    go.textContent = `Go to line ${line}, column ${column}`;
    go.addEventListener("click", () => editor.goTo(line, column));
    problem.append(go);
  }
  const share = document.getElementById("share");
  share?.addEventListener("click", async (event) => {
    if (!navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return; // a link like any other
    event.preventDefault();
    await navigator.clipboard.writeText(share.href);
    running.textContent = "The link is copied";
  });
}
