// The index of names of a site without a server, searched in the browser in the order that the server has: as it is written, beginning so,
// words that begin so, within words, misspelt. The most linked things come first in the index itself.
const PLAIN = { ø: "o", ł: "l", đ: "d", ð: "d", æ: "ae", œ: "oe", þ: "th", ı: "i", ħ: "h", ß: "ss" };
const GENERIC = new Set(
  ("kommun kommuns kommunen region regionen regions lan lans lanet landsting landstinget stad stads staden provins i och av for " +
    "municipality city town county council province prefecture district the of in and").split(" "),
);
const ANY_OF = new Set(["kind", "status"]);
export const FACETS = ["kind", "country", "topic", "network", "status"];
const FEW = 5;

export function words(text) {
  const plain = text.normalize("NFKD").toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[øłđðæœþıħß]/g, (one) => PLAIN[one]);
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

export async function open(address, language) {
  const get = async (place) => {
    const answer = await fetch(place);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const { parts, values } = await get(address);
  const things = (await Promise.all(parts.map((part) => get(new URL(part, address))))).flat();
  return new Names(things.map((row) => thing(row, values, language)), values, language);
}

function thing([path, sv, en, also, ids], values, language) {
  const name = language === "sv" ? sv : en || sv;
  const names = [...new Set([name, sv, en || sv, ...(also ? also.split("|") : [])])];
  const keys = names.map((one) => words(one));
  const facets = {};
  for (const id of ids) (facets[values[id][0]] ??= []).push(id);
  return { path, name, names, keys, facets, lower: names.map((one) => one.toLowerCase()) };
}

class Names {
  constructor(things, values, language) {
    Object.assign(this, { things, values, language });
  }

  label(id) {
    const [, , sv, en] = this.values[id];
    return this.language === "sv" ? sv : en || sv;
  }

  // A line on what it is: its kind, countries, status and years.
  about({ facets }) {
    const named = (facet) => (facets[facet] ?? []).map((id) => this.label(id)).join(", ");
    const year = (facet, pick) => (facets[facet] ?? []).map((id) => this.values[id][1]).sort().at(pick) ?? "";
    const kinds = (facets.kind ?? []).filter((id) => this.values[id][4]);
    const kind = (kinds.length ? kinds : []).map((id) => this.label(id)).join(", ") || (facets.one ?? []).map((id) => this.label(id)).join("");
    const [begun, ended] = [year("since", 0), year("until", -1)];
    const [from, to] = this.language === "sv" ? ["från", "till"] : ["from", "until"];
    const years = begun && ended ? (begun === ended ? begun : `${begun}–${ended}`) : begun ? `${from} ${begun}` : ended ? `${to} ${ended}` : "";
    return [kind, named("country"), named("status"), years].filter(Boolean).join(" · ");
  }

  shown(one, text) {
    const wanted = words(text);
    const fits = (key) => wanted.every((word) => key.some((other) => other.startsWith(word)));
    const also = fits(one.keys[0]) ? "" : (one.names.find((_, place) => fits(one.keys[place])) ?? "");
    return { path: one.path, name: one.name, also, about: this.about(one) };
  }

  suggest(text, most = 8) {
    return this.fitting(text).slice(0, most).map(([one]) => this.shown(one, text));
  }

  // The things that fit a text, each with how well, the best first.
  fitting(text) {
    const wanted = words(text);
    const spelt = text.trim().toLowerCase();
    if (!wanted.length) return spelt ? [] : this.things.filter((one) => !one.path.startsWith("doc/concept")).map((one) => [one, 0]);
    const found = [];
    for (const one of this.things) {
      const fit = Math.min(...one.keys.map((key, place) => rank(key, one.lower[place], wanted, spelt)), all(one, wanted));
      if (fit < Infinity) found.push([one, fit]);
    }
    if (found.length < FEW && !found.some(([, fit]) => fit === 0 || fit === 2)) found.push(...this.misspelt(wanted, new Set(found.map(([one]) => one))));
    // of things with one name, a place comes last
    const place = ([one, fit]) => (fit === 0 || fit === 2) && one.path.startsWith("doc/place/");
    return found.sort((a, b) => a[1] - b[1] || place(a) - place(b));
  }

  misspelt(wanted, known) {
    const telling = wanted.filter((word) => !GENERIC.has(word));
    const must = telling.length ? telling : wanted;
    const away = new Map();
    const near = (word, other) => {
      const most = word.length < 3 || /^\d+$/.test(word) ? 0 : word.length < 6 ? 1 : 2;
      const key = `${word} ${other}`;
      if (!away.has(key)) away.set(key, other.includes(word) ? 0 : distance(word, other, most));
      return away.get(key);
    };
    const found = [];
    for (const one of this.things) {
      if (known.has(one)) continue;
      const mine = one.keys.flat();
      const sum = must.reduce((total, word) => total + Math.min(...mine.map((other) => near(word, other))), 0);
      if (sum < Infinity) found.push([one, 6 + sum / 10]);
    }
    return found;
  }

  // What is left of the things that fit by what is chosen, and how many a further choice would leave.
  choose(text, chosen, from, to) {
    const whole = words(text);
    const known = whole.length && this.things.some((one) => whole.every((word) => one.keys.some((key) => key.includes(word))));
    const fitting = this.fitting(text).filter(([, fit]) => !known || fit !== 5); // the text within words counts where no name has them whole
    const wanted = Object.entries(chosen).filter(([, values]) => values.length);
    const has = (one, facet, values) => {
      const mine = (one.facets[facet] ?? []).map((id) => this.values[id][1]);
      return ANY_OF.has(facet) ? values.some((value) => mine.includes(value)) : values.every((value) => mine.includes(value));
    };
    const during = (one, first, last) => {
      const years = (facet) => (one.facets[facet] ?? []).map((id) => Number(this.values[id][1]));
      return years("since").some((year) => year <= last) && !years("until").some((year) => year < first);
    };
    const kept = (one, but) =>
      wanted.every(([facet, values]) => facet === but || has(one, facet, values)) &&
      (but === "period" || (!from && !to) || during(one, from || 0, to || 9999));
    const counts = {};
    for (const facet of FACETS) {
      const many = new Map();
      for (const [one] of fitting)
        if (kept(one, ANY_OF.has(facet) ? facet : "")) for (const id of one.facets[facet] ?? []) many.set(id, (many.get(id) ?? 0) + 1);
      counts[facet] = [...many].map(([id, count]) => ({ value: this.values[id][1], label: this.label(id), count }));
      const named = ({ label }) => label.toLowerCase();
      counts[facet].sort((a, b) => b.count - a.count || (named(a) < named(b) ? -1 : 1));
    }
    const undated = fitting.filter(([one]) => kept(one, "period"));
    const decades = [...new Set(this.values.filter(([facet]) => facet === "since").map(([, year]) => Math.floor(year / 10) * 10))].sort();
    counts.period = decades
      .map((decade) => ({ value: decade, count: undated.filter(([one]) => during(one, decade, decade + 9)).length }))
      .filter(({ count }) => count);
    const left = fitting.filter(([one]) => kept(one, ""));
    return { things: left.map(([one]) => one), counts, alike: left.length > 0 && left[0][1] >= 6 };
  }
}

// How well a name fits: 0 it is the text, 1 begins so as it is written, 2 is it folded, 3 begins so, 4 its words begin so, 5 the text is within them.
function rank(key, lower, wanted, spelt) {
  if (lower === spelt) return 0;
  if (lower.startsWith(spelt)) return 1;
  const [mine, text] = [key.join(" "), wanted.join(" ")];
  if (mine === text) return 2;
  return mine.startsWith(text) ? 3 : Infinity;
}

function all({ keys }, wanted) {
  const mine = keys.flat();
  if (wanted.every((word) => mine.some((one) => one.startsWith(word)))) return 4;
  return wanted.every((word) => mine.some((one) => (word.length < 3 ? one.startsWith(word) : one.includes(word)))) ? 5 : Infinity;
}

// Letters to change, add, leave out or swap with the next one; Infinity where more than `most`.
function distance(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return Infinity;
  let [before, last] = [[], Array.from({ length: b.length + 1 }, (_, place) => place)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length] <= most ? last[b.length] : Infinity;
}
