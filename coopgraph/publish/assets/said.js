// What the pictures say, in the language of the page; names of things, and where their pages are.

const language = document.documentElement.lang === "sv" ? "sv" : "en";
const texts = {
  failed: ["Bilden kunde inte visas. Uppgifterna står nedanför.", "The picture could not be shown. The facts are below."],
  in: ["Förstora", "Zoom in"],
  out: ["Förminska", "Zoom out"],
  whole: ["Visa allt", "Show all"],
  country: ["läge: landet", "place: the country"],
  rough: ["streckad: den vars läge inte är känt står mitt i sitt land", "dashed: one whose place is not known stands in the middle of its country"],
  status: ["Visa", "Show"],
  unstated: ["ingen uppgift om status", "status not stated"],
  map: ["Karta. Flytta med piltangenterna, förstora med + och −. Tabb går mellan platserna.", "Map. Move with the arrow keys, zoom with + and −. Tab goes between the places."],
  network: [
    "Nätverksbild. Piltangenter höger och vänster går mellan organisationerna, Enter öppnar, + och − förstorar.",
    "Picture of the network. Right and left arrow go between the bodies, Enter opens, + and − zoom.",
  ],
  links: [(n) => (n === 1 ? "1 samband" : `${n} samband`), (n) => (n === 1 ? "1 link" : `${n} links`)],
  home: ["i Sverige", "in Sweden"],
  abroad: ["i ett annat land", "abroad"],
  whole_kind: ["nätverk, program", "network, programme"],
  other: ["land okänt", "country unknown"],
  hint: ["Välj en punkt för att se vad den är.", "Choose a point to see what it is."],
};

export function say(key, ...values) {
  const text = texts[key][language === "sv" ? 0 : 1];
  return typeof text === "function" ? text(...values) : text;
}

export const named = (thing) => tr(thing.name);

// The text in the language of the page, of those in several languages.
export function tr(texts) {
  return (texts ?? {})[language] ?? Object.values(texts ?? {})[0] ?? "";
}

export function address(figure, path) {
  return path ? `${figure.dataset.root}${path}.${language}.html` : null;
}

// A link to a thing's page, or its name alone where it has none. Text never becomes markup.
export function linkTo(figure, thing) {
  const target = address(figure, thing.path);
  const node = document.createElement(target ? "a" : "span");
  if (target) {
    node.href = target;
  }
  node.textContent = named(thing);
  return node;
}

export function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

export const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

// A stylesheet that a picture needs, once it is there.
export function styled(href) {
  const place = new URL(href, import.meta.url).href;
  if ([...document.styleSheets].some((one) => one.href === place)) return Promise.resolve();
  return new Promise((done, failed) => {
    document.head.append(element("link", { rel: "stylesheet", href: place, onload: done, onerror: failed }));
  });
}

// Boxes to tick, one for each status that ties have; `changed` is called with the statuses that are ticked.
export function statusBoxes(told, changed) {
  const found = [...new Set(told.ties.map((tie) => tie.status ?? ""))].sort();
  if (found.length < 2) return null;
  const chosen = new Set(found);
  const boxes = element("fieldset", { className: "statuses" }, element("legend", { textContent: say("status") }));
  for (const code of found) {
    const box = element("input", { type: "checkbox", checked: true });
    box.addEventListener("change", () => {
      if (box.checked) chosen.add(code);
      else chosen.delete(code);
      changed(chosen);
    });
    const text = code ? tr(told.words?.[code]) || code : say("unstated");
    boxes.append(element("label", {}, box, element("span", { className: `key status-${code || "none"}` }), ` ${text}`));
  }
  return boxes;
}
