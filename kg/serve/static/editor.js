// The SPARQL editor: CodeMirror in a shadow root, where its style sheets may be adopted under our content security policy.
import {
  autocompletion, bracketMatching, closeBrackets, closeBracketsKeymap, completionKeymap, defaultKeymap, drawSelection,
  EditorState, EditorView, highlightActiveLine, highlightSpecialChars, HighlightStyle, history, historyKeymap, ifNotIn,
  indentOnInput, keymap, lineNumbers, lintGutter, setDiagnostics, sparql, StreamLanguage, syntaxHighlighting, tags,
} from "./vendor/codemirror.js";
import { completions } from "./completion.js";

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.variableName, tags.local(tags.variableName)], color: "var(--task)" },
  { tag: [tags.string, tags.number, tags.bool], color: "var(--method)" },
  { tag: [tags.atom, tags.namespace], color: "var(--dataset)" },
  { tag: tags.standard(tags.variableName), color: "var(--metric)" },
  { tag: tags.comment, color: "var(--ink-soft)", fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "var(--size-1)", borderRadius: "3px", height: "100%" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", height: "100%" },
  ".cm-content": { caretColor: "var(--ink)", paddingBlock: "8px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { minHeight: "100%", color: "var(--ink-soft)", backgroundColor: "var(--sunken)", borderRight: "1px solid var(--rule)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--sunken)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--object-tint)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--subject-tint)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--surface)", border: "1px solid var(--rule-strong)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxWidth: "min(44rem, 90vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    color: "var(--surface)", backgroundColor: "var(--link)",
  },
  ".cm-completionDetail": { fontFamily: "var(--sans)", fontStyle: "normal", marginLeft: "1em" },
  ".cm-completionInfo": { maxWidth: "20rem", fontFamily: "var(--sans)" },
});

// Puts an editor in the place of a text area, which keeps the same text. `run` is called upon Ctrl+Enter.
export function editorFor(area, { run, terms, search }) {
  const host = document.createElement("div");
  host.className = "editor";
  area.before(host);
  const root = host.attachShadow({ mode: "open" });
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(), lintGutter(), highlightSpecialChars(), history(), drawSelection(), indentOnInput(),
        bracketMatching(), closeBrackets(), highlightActiveLine(), EditorView.lineWrapping,
        StreamLanguage.define(sparql), syntaxHighlighting(colours), look, EditorView.darkTheme.of(dark),
        EditorView.contentAttributes.of({
          "aria-label": "SPARQL query", autocapitalize: "off", spellcheck: "false", tabindex: "0",
        }),
        autocompletion({
          icons: false,
          override: completions({ terms, search }).map((one) => ifNotIn(["string", "comment"], one)),
        }),
        keymap.of([
          { key: "Mod-Enter", run: () => (run(), true) },
          ...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) area.value = update.state.doc.toString();
        }),
      ],
    }),
  });
  area.hidden = true;
  return {
    focus: () => view.focus(),
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    clear: () => view.dispatch(setDiagnostics(view.state, [])),
    // Marks what is wrong at a line and column, from 1.
    mark(line, column, message) {
      const { doc } = view.state;
      const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
      const from = Math.min(at.from + column - 1, at.to);
      const word = /^\S+/.exec(doc.sliceString(from, at.to))?.[0].length ?? 0;
      const place = { from: word ? from : Math.max(at.from, from - 1), to: word ? from + word : at.to };
      view.dispatch(setDiagnostics(view.state, [{ ...place, severity: "error", message }]));
    },
    goTo(line, column) {
      const at = view.state.doc.line(Math.min(line, view.state.doc.lines));
      view.dispatch({ selection: { anchor: Math.min(at.from + column - 1, at.to) }, scrollIntoView: true });
      view.focus();
    },
  };
}
