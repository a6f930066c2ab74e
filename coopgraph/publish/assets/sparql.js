// An editor in the place of the plain field: colours, completion from the vocabulary, faults where they are; and the
// answer as a table on the same page. Without this script the form asks the endpoint itself.
import { element, tr } from "./said.js";
import { autocompletion, bracketMatching, completionKeymap, defaultKeymap, EditorState, EditorView, HighlightStyle, history, historyKeymap, keymap, lineNumbers, lintGutter, setDiagnostics, sparql, syntaxHighlighting, tags } from "./vendor/editor.js";

const form = document.querySelector("form.sparql");
const field = form.querySelector("textarea");
const result = document.querySelector(".result");
const told = fetch(form.dataset.terms).then((answer) => answer.json());
const KEYWORDS = "SELECT DISTINCT WHERE OPTIONAL FILTER UNION MINUS VALUES BIND GROUP ORDER BY LIMIT OFFSET HAVING COUNT SUM MIN MAX AVG GROUP_CONCAT SAMPLE CONSTRUCT ASK DESCRIBE GRAPH EXISTS NOT LANG STR REGEX CONTAINS STRSTARTS LCASE BOUND COALESCE IF".split(" ");
const ROWS = 500;

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--raised)", border: "1px solid var(--strong-line)", borderRadius: ".25rem", fontSize: ".9375rem" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", minHeight: "17rem", maxHeight: "36rem", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--soft)", color: "var(--faint)", border: "none" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--strong-line)", maxWidth: "28rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionIcon": { display: "none" },
  ".cm-tooltip-autocomplete > ul": { maxHeight: "14rem" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: ".85" },
  ".cm-diagnostic": { whiteSpace: "pre-wrap", fontFamily: "var(--text)" },
  ".cm-matchingBracket": { backgroundColor: "var(--mark)", outline: "1px solid var(--strong-line)" },
});
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--plan)", fontWeight: "600" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--visited)" },
  { tag: [tags.string, tags.literal], color: "var(--good)" },
  { tag: [tags.namespace, tags.propertyName, tags.atom], color: "var(--link)" },
  { tag: tags.comment, color: "var(--faint)", fontStyle: "italic" },
]);

// Names of the vocabulary with what they are called, prefixes, the variables of the query, words of the language.
async function complete(context) {
  const variable = context.matchBefore(/[?$]\w*/);
  if (variable) {
    const names = new Set(context.state.doc.toString().match(/[?$]\w+/g));
    names.delete(variable.text);
    return { from: variable.from, options: [...names].map((label) => ({ label, type: "variable" })), validFor: /^[?$]\w*$/ };
  }
  const word = context.matchBefore(/[A-Za-z][\w-]*(:[\w./-]*)?/);
  if (!word && !context.explicit) return null;
  const { terms, prefixes } = await told;
  const options = terms.map(({ name, kind, label, about }) => ({
    label: name,
    detail: tr(label),
    info: tr(about) || undefined,
    type: kind === "class" ? "class" : kind === "property" ? "property" : "constant",
    boost: kind === "concept" ? -1 : 1,
  }));
  options.push(...Object.keys(prefixes).map((name) => ({ label: `${name}:`, type: "namespace" })));
  options.push(...KEYWORDS.map((label) => ({ label, type: "keyword" })));
  return { from: word?.from ?? context.pos, options, validFor: /^[\w:./-]*$/ };
}

// Typing over a selection is done here: left to the browser, it would carry the colours on as an inline style, which the page forbids.
const typeOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    if (event.inputType !== "insertText" || !event.data || event.isComposing || view.state.selection.main.empty) return false;
    event.preventDefault();
    view.dispatch({ ...view.state.replaceSelection(event.data), userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

const host = element("div", { className: "editor" });
// in a shadow tree the styles of the editor are style sheets, which need no style element in the page
const root = host.attachShadow({ mode: "open" });
const ask = () => {
  form.requestSubmit();
  return true;
};
const editor = new EditorView({
  root,
  parent: root,
  state: EditorState.create({
    doc: field.value,
    extensions: [
      lineNumbers(),
      history(),
      bracketMatching(),
      sparql(),
      syntaxHighlighting(colours),
      autocompletion({ override: [complete] }),
      lintGutter(),
      look,
      typeOver,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": document.querySelector("label[for=query]").textContent }),
      keymap.of([{ key: "Mod-Enter", run: ask }, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) field.value = update.state.doc.toString();
      }),
    ],
  }),
});
field.before(host);
field.hidden = true;
document.querySelector("label[for=query]").addEventListener("click", () => editor.focus());
const shared = new URLSearchParams(location.hash.slice(1)).get("query");
if (shared) editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: shared } });
document.querySelector("#example").addEventListener("change", (event) => event.target.form.requestSubmit());

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const query = editor.state.doc.toString();
  editor.dispatch(setDiagnostics(editor.state, []));
  window.history.replaceState(null, "", `#${new URLSearchParams({ query })}`);
  result.setAttribute("aria-busy", "true");
  const language = document.documentElement.lang;
  const answer = await fetch(form.action + `?lang=${language}`, {
    method: "POST",
    headers: { "content-type": "application/sparql-query", accept: "application/sparql-results+json, text/turtle;q=0.9, application/problem+json;q=0.5" },
    body: query,
  }).catch(() => null);
  result.removeAttribute("aria-busy");
  if (!answer) return complain(tr({ sv: "Servern svarar inte. Försök igen om en stund.", en: "The server does not answer. Try again in a while." }));
  if (!answer.ok) return answer.json().then((problem) => fault(problem), () => complain(`${answer.status}`));
  if (!answer.headers.get("content-type").includes("json")) return result.replaceChildren(element("pre", { textContent: await answer.text() }));
  return show(await answer.json(), answer.headers.get("x-sparql-complete") === "false", query);
});

function complain(text) {
  const box = element("p", { className: "notice" });
  box.setAttribute("role", "alert");
  box.textContent = text.split("\n")[0];
  result.replaceChildren(box);
}

// A fault of the query is marked at its place in the editor.
function fault(problem) {
  complain(problem.detail ?? problem.title);
  if (!problem.line) return;
  const line = editor.state.doc.line(Math.min(problem.line, editor.state.doc.lines));
  const from = Math.min(line.from + Math.max(0, problem.column - 1), line.to);
  const to = Math.max(from, Math.min(line.to, from + 1));
  editor.dispatch(setDiagnostics(editor.state, [{ from: from === to ? Math.max(line.from, from - 1) : from, to, severity: "error", message: problem.detail.split("\n")[0] }]), { selection: { anchor: from }, scrollIntoView: true });
  editor.focus();
}

async function show(found, cut, query) {
  if ("boolean" in found) {
    result.replaceChildren(element("p", { className: "lead", textContent: tr(found.boolean ? { sv: "Ja, det finns.", en: "Yes, there is." } : { sv: "Nej, det finns inte.", en: "No, there is not." }) }));
    return;
  }
  const rows = found.results.bindings;
  const columns = found.head.vars;
  const some = rows.slice(0, ROWS);
  const names = await labels(some);
  const { prefixes, base } = await told;
  const heading = element("h2", {}, tr({ sv: "Svar", en: "Answer" }), " ", element("span", { className: "number", textContent: tr(rows.length === 1 ? { sv: "1 rad", en: "1 row" } : { sv: `${rows.length} rader`, en: `${rows.length} rows` }) }));
  const head = element("tr", {}, ...columns.map((one) => element("th", { scope: "col", textContent: one })));
  const body = some.map((row) => element("tr", {}, ...columns.map((one) => element("td", {}, cell(row[one], names, prefixes, base)))));
  const table = element("table", { className: "data" }, element("thead", {}, head), element("tbody", {}, ...body));
  const notes = [];
  if (rows.length > ROWS) notes.push(tr({ sv: `Här visas de första ${ROWS}.`, en: `The first ${ROWS} are shown here.` }));
  if (!rows.length) notes.push(...(await unknown(query)));
  if (cut) notes.push(tr({ sv: "Det finns fler rader än servern lämnar.", en: "There are more rows than the server gives." }));
  const links = [["CSV", "text/csv"], ["JSON", "application/sparql-results+json"]].map(([name, accept]) => {
    const button = element("button", { type: "button", className: "plain", textContent: name });
    button.addEventListener("click", () => download(query, accept, `sparql.${name.toLowerCase()}`));
    return element("li", {}, button);
  });
  result.replaceChildren(heading, element("p", { textContent: notes.join(" ") }), element("div", { className: "table-wrap" }, table), element("ul", { className: "downloads" }, ...links));
}

// Names in the model's own namespace that it does not have, each with the nearest that it has.
async function unknown(query) {
  const { terms } = await told;
  const names = terms.map(({ name }) => name).filter((name) => name.startsWith("coop:"));
  const asked = query.replace(/"[^"\n]*"|'[^'\n]*'|<[^>\s]*>|#.*/g, " ").match(/(?<![\w:-])coop:[\w-]+/g) ?? [];
  return [...new Set(asked)].filter((name) => !names.includes(name)).map((name) => {
    const near = names.map((one) => [apart(name.toLowerCase(), one.toLowerCase()), one]).sort((a, b) => a[0] - b[0])[0];
    const meant = near && near[0] <= 3 ? near[1] : "";
    return tr({
      sv: `${name} finns inte i modellen.${meant && ` Menade du ${meant}?`}`,
      en: `${name} is not in the model.${meant && ` Did you mean ${meant}?`}`,
    });
  });
}

// How many signs differ between two words.
function apart(a, b) {
  let row = [...b, ""].map((_, n) => n);
  for (const [i, sign] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) next.push(Math.min(row[j] + (sign !== other), row[j + 1] + 1, next[j] + 1));
    row = next;
  }
  return row.at(-1);
}

async function download(query, accept, name) {
  const answer = await fetch(form.action, { method: "POST", headers: { "content-type": "application/sparql-query", accept }, body: query });
  const place = URL.createObjectURL(await answer.blob());
  element("a", { href: place, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(place), 10000);
}

// The names of the things in the rows, so that no address stands where a name could.
async function labels(rows) {
  const iris = new Set(rows.flatMap((row) => Object.values(row).filter((term) => term.type === "uri").map((term) => term.value)));
  if (!iris.size) return new Map();
  const values = [...iris].slice(0, 400).map((iri) => `<${iri}>`).join(" ");
  const query = `SELECT ?t ?l WHERE { VALUES ?t { ${values} } ?t skos:prefLabel|dct:title|rdfs:label ?l }`;
  const answer = await fetch(form.action, { method: "POST", headers: { "content-type": "application/sparql-query", accept: "application/sparql-results+json" }, body: query });
  const found = new Map();
  if (!answer.ok) return found;
  const language = document.documentElement.lang;
  for (const { t, l } of (await answer.json()).results.bindings) {
    if (!found.has(t.value) || l["xml:lang"] === language) found.set(t.value, l.value);
  }
  return found;
}

function cell(term, names, prefixes, base) {
  if (!term) return "";
  if (term.type !== "uri") return element("span", term["xml:lang"] ? { lang: term["xml:lang"] } : {}, term.value);
  const iri = term.value;
  const prefix = Object.entries(prefixes).find(([, space]) => iri.startsWith(space) && iri.length > space.length);
  const text = names.get(iri) ?? (prefix ? `${prefix[0]}:${iri.slice(prefix[1].length)}` : iri);
  if (!/^https?:/.test(iri)) return text;
  const own = iri.startsWith(`${base}id/`) ? `${form.dataset.root}doc/${iri.slice(base.length + 3)}` : iri;
  return element("a", { href: own, title: iri, textContent: text });
}
