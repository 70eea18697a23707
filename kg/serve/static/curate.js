// Corrections in place (docs/curation.md), for whoever has a token: accept or reject a statement where it stands; rename,
// merge, retype or link a concept on its page; undo in the log. The token is kept for this tab alone, and sent to
// /curation of this server alone, in a header.
import { propose } from "./names.js";

const KEPT = "papertriples-token";
const root = document.querySelector("link[rel=stylesheet]").getAttribute("href").replace(/\/style\.css.*$/, "");
const TYPES = ["Task", "Method", "Dataset", "Metric"];
const LINKS = ["skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch"];

const curator = document.getElementById("curator");
if (curator) askForToken();
if (token()) showTools();

function token() {
  return sessionStorage.getItem(KEPT);
}

function showTools() {
  for (const one of document.querySelectorAll("[data-statement]")) offerJudgement(one);
  for (const one of document.querySelectorAll("[data-given]")) offerRejection(one);
  const concept = document.querySelector("[data-concept]");
  if (concept) offerChanges(concept);
  for (const entry of document.querySelectorAll(".corrections > li:not(.undone)")) offerUndo(entry);
}

// On the page of the log: the token's field, or a way to forget it.
function askForToken() {
  const form = make("form", { class: "filters" });
  if (token()) {
    const forget = make("button", {}, "Forget the token");
    form.append(make("p", {}, "This tab has a token: statements and concepts can be corrected on their pages."), forget);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      sessionStorage.removeItem(KEPT);
      location.reload();
    });
  } else {
    const field = make("input", { id: "token", type: "password", autocomplete: "off", size: 40, required: "" });
    const box = make("div", {});
    box.append(make("label", { for: "token" }, "Token with the scope curate, kept for this tab alone"), field);
    form.append(box, make("button", {}, "Correct with it"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      sessionStorage.setItem(KEPT, field.value.trim());
      location.reload();
    });
  }
  curator.append(form);
}

function offerJudgement(host) {
  const bar = toolbar();
  for (const [action, word] of [["accept", "Accept"], ["reject", "Reject"]]) {
    const button = make("button", { type: "button" }, word);
    button.addEventListener("click", () => send(bar, { action, statement: host.dataset.statement }, `${word}ed`));
    bar.buttons.append(button);
  }
  host.append(bar.box);
}

// What a source gives without a sentence: there is nothing to accept.
function offerRejection(host) {
  const bar = toolbar(false);
  const button = make("button", { type: "button" }, "Reject");
  button.addEventListener("click", () => send(bar, { action: "reject", statement: host.dataset.given }, "Rejected"));
  bar.buttons.append(button);
  host.append(bar.box);
}

function offerUndo(entry) {
  const bar = toolbar(false);
  const button = make("button", { type: "button", "aria-label": `Undo ${entry.id}` }, "Undo");
  button.addEventListener("click", () => send(bar, { action: "undo", id: entry.id }, "Undone"));
  bar.buttons.append(button);
  entry.append(bar.box);
}

function offerChanges(heading) {
  const name = heading.dataset.concept;
  const kind = heading.dataset.type;
  const box = make("details", { class: "curate" });
  box.append(make("summary", {}, `Correct this ${kind.toLowerCase()}`));
  const forms = [
    ["Rename", { action: "rename", name }, [field("label", "Another label", { value: heading.textContent })]],
    ["Merge", { action: "merge", name }, [names("into", "Into the concept called", kind)]],
    ["Change the kind", { action: "retype", name }, [choice("to_type", "It is a", TYPES.filter((one) => one !== kind))]],
    ["Link", { action: "link", name }, [
      choice("predicate", "Relation", LINKS), field("target", "Address elsewhere", { type: "url", placeholder: "https://" }),
    ]],
  ];
  for (const [word, fixed, fields] of forms) {
    const form = make("form", { class: "filters", "aria-label": word });
    const bar = toolbar();
    bar.buttons.append(make("button", {}, word));
    form.append(...fields, bar.box);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(bar, { ...fixed, ...Object.fromEntries(new FormData(form)) }, "Done");
    });
    box.append(form);
  }
  heading.after(box);
}

// Buttons, a field for the reason, and where the answer is told.
function toolbar(withReason = true) {
  const box = make("div", { class: "curate" });
  const buttons = make("span", { class: "buttons" });
  const why = make("input", { "aria-label": "Why", placeholder: "Why (may be left out)", autocomplete: "off", size: 24 });
  const told = make("span", { class: "soft", role: "status" });
  box.append(buttons, ...(withReason ? [why] : []), told);
  return { box, buttons, why, told };
}

async function send(bar, correction, done) {
  const controls = [...bar.box.querySelectorAll("button")];
  for (const one of controls) one.disabled = true;
  bar.told.textContent = "The graph is being corrected";
  if (bar.why.value.trim()) correction.why = bar.why.value.trim();
  try {
    const response = await fetch(`${root}/curation`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", Authorization: `Bearer ${token()}` },
      body: JSON.stringify(correction),
    });
    const said = await response.json();
    if (response.ok) tellDone(bar, said, done, correction.action !== "undo");
    else bar.told.textContent = `Not done: ${said.detail}`;
    if (response.status === 401) sessionStorage.removeItem(KEPT);
  } catch {
    bar.told.textContent = "Not done: the server cannot be reached";
  }
  for (const one of controls) one.disabled = false;
}

function tellDone(bar, said, done, undoable) {
  const again = make("button", { type: "button" }, "Show the page anew");
  again.addEventListener("click", () => location.reload());
  bar.told.replaceChildren(said.new ? `${done}, version ${said.version}. ` : "It was so already. ", again);
  if (!undoable || !said.new) return;
  const undo = make("button", { type: "button" }, "Undo");
  undo.addEventListener("click", () => send(bar, { action: "undo", ids: said.entries }, "Undone"));
  bar.told.append(" ", undo);
}

function field(name, words, attributes = {}) {
  const box = make("div", {});
  const input = make("input", { name, required: "", autocomplete: "off", ...attributes });
  input.setAttribute("aria-label", words);
  box.append(labelled(words), input);
  return box;
}

function choice(name, words, values) {
  const box = make("div", {});
  const select = make("select", { name, "aria-label": words });
  select.append(...values.map((one) => make("option", {}, one)));
  box.append(labelled(words), select);
  return box;
}

// A field that proposes the graph's names of a kind.
function names(name, words, kind) {
  const box = field(name, words);
  propose(box.querySelector("input"), kind);
  return box;
}

function labelled(words) {
  return make("span", { class: "soft", "aria-hidden": "true" }, words);
}

function make(name, attributes, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}
