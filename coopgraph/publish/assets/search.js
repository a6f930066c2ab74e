// The page of searches on a site without a server: what was asked stands in the address, and the index of names answers it.
import { FACETS, open } from "./names.js";

const language = document.documentElement.lang === "sv" ? "sv" : "en";
const place = document.getElementById("found");
const lists = document.getElementById("lists");
const t = JSON.parse(place.dataset.words);
const asked = new URLSearchParams(location.search);
const PAGE = 20;
const SHOWN = 10;
const source = new URL(place.dataset.index, location.href);

const text = (asked.get("q") ?? "").slice(0, 200);
for (const input of document.querySelectorAll("main input[name=q]")) input.value = text;
if ([...asked.keys()].length) {
  lists.hidden = true;
  place.hidden = false;
  place.replaceChildren(make("p", { class: "muted", role: "status" }, t.waiting));
  open(source, language).then(show, () => {
    place.hidden = true;
    lists.hidden = false;
  });
}

function show(names) {
  const chosen = Object.fromEntries(FACETS.map((facet) => [facet, asked.getAll(facet).filter(Boolean)]));
  const [from, to] = ["from", "to"].map((name) => Number(asked.get(name)) || 0);
  const { things, counts, alike } = names.choose(text, chosen, from, to);
  const page = Math.max(1, Number(asked.get("page")) || 1);
  const first = (page - 1) * PAGE;
  const total = things.length.toLocaleString(language === "sv" ? "sv-SE" : "en-GB");
  const said = things.length ? `${total} ${things.length === 1 ? t.thing : t.things}${text ? `: ${text}` : ""}` : t.none;
  const results = make("ol", { class: "results", start: String(first + 1) });
  results.append(...things.slice(first, first + PAGE).map((one) => result(names.shown(one, text))));
  const found = make("section", { "aria-label": t.things });
  found.append(results, paging(page, first + PAGE < things.length));
  const aside = make("aside", { class: "facets", "aria-label": t.choose });
  aside.append(make("h2", {}, t.choose));
  if ([...asked.keys()].some((name) => name !== "q" && name !== "page")) {
    const anew = make("p");
    anew.append(link(text ? turned({ q: [text] }, true) : location.pathname, t.anew));
    aside.append(anew);
  }
  for (const [place_, facet] of [...FACETS, "period"].entries()) {
    const values = counts[facet].map((one) => value(facet, one, chosen, from, to));
    const missing = (chosen[facet] ?? []).filter((one) => !counts[facet].some(({ value: known }) => known === one));
    values.unshift(...missing.map((one) => value(facet, { value: one, label: one, count: 0 }, chosen, from, to)));
    if (!values.length) continue;
    const part = make("details", place_ < 3 || facet === "period" ? { open: "" } : {});
    part.append(make("summary", {}, t[facet]), list(values.slice(0, SHOWN)));
    if (values.length > SHOWN) {
      const more = make("details");
      more.append(make("summary", {}, t.all_values), list(values.slice(SHOWN, SHOWN + 60)));
      part.append(more);
    }
    aside.append(part);
  }
  const grid = make("div", { class: "grid" });
  grid.append(found, aside);
  const like = alike ? [make("p", {}, `${t.alike} ${text}.`)] : [];
  place.replaceChildren(make("p", { class: "muted", role: "status" }, said), ...like, grid);
}

function result({ path, name, also, about }) {
  const item = make("li");
  item.append(link(new URL(`${path}.${language}.html`, new URL(".", source)).href, name));
  if (also) item.append(" ", make("span", { class: "muted" }, `${t.too} ${also}`));
  if (about) item.append(make("br"), make("span", { class: "muted" }, about));
  return item;
}

function value(facet, { value: one, label, count }, chosen, from, to) {
  const decade = facet === "period";
  const is = decade ? from === one && to === one + 9 : chosen[facet].includes(one);
  const next = decade
    ? { from: is ? [] : [one], to: is ? [] : [one + 9] }
    : { [facet]: is ? chosen[facet].filter((other) => other !== one) : [...chosen[facet], one] };
  const shown = make("a", { rel: "nofollow", href: turned(next), ...(is ? { "aria-current": "true" } : {}) });
  const name = make("span", {}, decade ? (language === "sv" ? `${one}-talet` : `${one}s`) : label);
  if (is) name.append(make("span", { class: "hidden" }, ` (${t.chosen})`));
  shown.append(name, " ", make("span", { class: "number" }, String(count)));
  const item = make("li");
  item.append(shown);
  return item;
}

function paging(page, more) {
  const nav = make("nav", { class: "paging", "aria-label": t.pages });
  if (page > 1) nav.append(button(page - 1, t.previous, "prev"));
  if (page > 1 || more) nav.append(make("span", {}, `${t.page} ${page}`));
  if (more) nav.append(button(page + 1, t.next, "next"));
  return nav.childElementCount ? nav : "";
}

function button(page, name, rel) {
  const made = link(turned({ page: [page] }), name);
  made.className = "button";
  made.rel = rel;
  return made;
}

// The address of this page with other values of some fields; of these alone, where `only` is true.
function turned(next, only = false) {
  const fields = only ? new URLSearchParams() : new URLSearchParams(location.search);
  fields.delete("page");
  for (const [name, values] of Object.entries(next)) {
    fields.delete(name);
    for (const one of values) fields.append(name, one);
  }
  return `?${fields}`;
}

function link(address, name) {
  return make("a", { href: address }, name);
}

function list(items) {
  const made = make("ul");
  made.append(...items);
  return made;
}

function make(name, attributes = {}, said) {
  const made = document.createElement(name);
  for (const [key, one] of Object.entries(attributes)) made.setAttribute(key, one);
  if (said !== undefined) made.textContent = said;
  return made;
}
