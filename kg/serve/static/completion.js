// What the editor proposes: this store's terms and prefixes, the query's variables, the words of SPARQL, and after "<"
// the things of the graph by name.
const KEYWORDS = `SELECT CONSTRUCT DESCRIBE ASK WHERE PREFIX DISTINCT REDUCED FROM NAMED OPTIONAL UNION MINUS GRAPH FILTER
  EXISTS NOT BIND VALUES AS ORDER BY ASC DESC GROUP HAVING LIMIT OFFSET IN UNDEF`.split(/\s+/);
const FUNCTIONS = `COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT STR LANG LANGMATCHES DATATYPE BOUND IRI IF COALESCE ABS CEIL
  FLOOR ROUND CONCAT SUBSTR STRLEN REPLACE UCASE LCASE CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY REGEX
  SAMETERM ISIRI ISLITERAL ISNUMERIC`.split(/\s+/);
const WORDS = [
  ...KEYWORDS.map((label) => ({ label, type: "keyword" })),
  ...FUNCTIONS.map((label) => ({ label, type: "function", apply: `${label}(` })),
];

// `terms` gives a promise of /sparql/terms, `search` one of the things that a text finds.
export function completions({ terms, search }) {
  return [names, variables, words, things];

  async function names(context) {
    const typed = context.matchBefore(/(?:[A-Za-z][\w-]*)?:[\w-]*/);
    if (!typed) return null;
    return { from: typed.from, options: (await known()).options, validFor: /^(?:[A-Za-z][\w-]*)?:[\w-]*$/ };
  }

  function variables(context) {
    const typed = context.matchBefore(/[?$]\w*/);
    if (!typed) return null;
    const found = new Set(context.state.doc.toString().match(/[?$]\w+/g) ?? []);
    found.delete(typed.text);
    return { from: typed.from, options: [...found].map((label) => ({ label, type: "variable" })), validFor: /^[?$]\w*$/ };
  }

  // A word alone: of SPARQL, or part of a term's name ("introduces" finds pt:introduces).
  async function words(context) {
    const typed = context.matchBefore(/[A-Za-z]\w*/);
    if (!typed || (typed.text.length < 2 && !context.explicit)) return null;
    if (/[?$:<]/.test(context.state.sliceDoc(typed.from - 1, typed.from))) return null;
    const { options } = await known();
    const wanted = typed.text.toLowerCase();
    const fitting = options.filter((one) => one.label.split(":")[1]?.toLowerCase().includes(wanted));
    return { from: typed.from, options: [...WORDS, ...fitting.map((one) => ({ ...one, label: one.name, boost: -1 }))] };
  }

  async function things(context) {
    const typed = context.matchBefore(/<[^<>"\s=][^<>"\n]*/);
    if (!typed || /^<\w+:\/\//.test(typed.text)) return null;
    const found = await search(typed.text.slice(1));
    const options = found.map((one) => ({ label: one.label, detail: one.type, type: "constant", apply: `<${one.iri}>` }));
    return { from: typed.from, options, filter: false };
  }

  async function known() {
    const { prefixes, terms: all } = await terms();
    const options = all.map((one) => ({
      label: one.name.includes("://") ? `<${one.iri}>` : one.name,
      name: one.name.split(":")[1] ?? one.name,
      type: one.kind,
      detail: one.uses ? `${one.kind}, ${one.uses.toLocaleString("en")} uses` : one.kind,
      info: one.about || undefined,
      apply: (view, completion, from, to) => insert(view, one.name, from, to, prefixes),
    }));
    const spaces = Object.entries(prefixes).map(([prefix, iri]) => ({
      label: `${prefix}:`, name: prefix, type: "namespace", detail: iri, boost: -2,
    }));
    return { options: [...options, ...spaces] };
  }
}

// The term's compact name; where its prefix is not declared yet, that is written at the top.
function insert(view, name, from, to, prefixes) {
  const prefix = name.split(":")[0];
  const text = view.state.doc.toString();
  if (!(prefix in prefixes)) return view.dispatch({ changes: { from, to, insert: `<${name}>` } });
  const declared = new RegExp(`\\bprefix\\s+${prefix}:`, "i").test(text);
  const line = declared ? "" : `PREFIX ${prefix}: <${prefixes[prefix]}>\n`;
  view.dispatch({
    changes: [...(line ? [{ from: 0, insert: line }] : []), { from, to, insert: name }],
    selection: { anchor: from + line.length + name.length },
    userEvent: "input.complete",
  });
}
