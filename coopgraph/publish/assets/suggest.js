// Search boxes suggest things while one types: the combobox with a list of the ARIA Authoring Practices (list autocomplete, manual selection).
// On a server the answers come from suggest.json; without one, from the index of names that lies beside the pages.
const language = document.documentElement.lang === "sv" ? "sv" : "en";
const WORDS = {
  sv: { list: "Förslag", none: "Inga förslag", some: (n) => (n === 1 ? "1 förslag" : `${n} förslag`) },
  en: { list: "Suggestions", none: "No suggestions", some: (n) => (n === 1 ? "1 suggestion" : `${n} suggestions`) },
}[language];
const WAIT = 120;

for (const form of document.querySelectorAll("form.search")) {
  const source = form.dataset.suggest ?? form.dataset.index;
  const input = form.querySelector("input[type=search]");
  if (source && input) attach(form, input, new URL(source, location.href));
}

function attach(form, input, source) {
  const ask = asker(form, source);
  const list = make("ul", { role: "listbox", id: `${input.id}-list`, "aria-label": WORDS.list, class: "suggestions", hidden: "" });
  const told = make("span", { role: "status", class: "hidden" });
  form.append(list, told);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocapitalize: "none", spellcheck: "false",
  })) input.setAttribute(name, value);
  let active = -1;
  let latest = 0;
  let timer = 0;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (place) => {
    const options = list.children;
    if (active >= 0) options[active].setAttribute("aria-selected", "false");
    active = place;
    if (active < 0) return input.removeAttribute("aria-activedescendant");
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  };
  const show = (found) => {
    close();
    list.replaceChildren(...found.map((one, place) => option(one, `${list.id}-${place}`)));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    told.textContent = found.length ? WORDS.some(found.length) : WORDS.none;
  };
  const look = async () => {
    const text = input.value.trim();
    const mine = ++latest;
    if (!text) {
      told.textContent = "";
      return close();
    }
    try {
      const found = await ask(text);
      if (mine === latest && document.activeElement === input) show(found);
    } catch {
      if (mine === latest) close(); // the form still works
    }
  };
  const option = (one, id) => {
    const item = make("li", { role: "option", id, "aria-selected": "false" });
    item.dataset.address = new URL(`${one.path}.${language}.html`, new URL(".", source)).href;
    item.append(make("span", {}, one.name));
    const about = [one.also, one.about].filter(Boolean).join(" · ");
    if (about) item.append(make("span", { class: "muted" }, about));
    return item;
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    const many = list.children.length;
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return void look();
      const next = event.key === "ArrowDown" ? active + 1 : active - 1;
      choose(next >= many ? -1 : next < -1 ? many - 1 : next);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      location.assign(list.children[active].dataset.address);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]");
    if (item) location.assign(item.dataset.address);
  });
  input.addEventListener("blur", close);
  form.addEventListener("submit", () => {
    latest++;
    close();
  });
}

// What answers: a text gives a few things with path, name, also and about.
function asker(form, source) {
  const kept = new Map();
  let index;
  let under;
  return async (text) => {
    if (kept.has(text)) return kept.get(text);
    let found;
    if (form.dataset.suggest) {
      under?.abort();
      under = new AbortController();
      const address = new URL(source);
      address.search = new URLSearchParams({ q: text, lang: language });
      const answer = await fetch(address, { signal: under.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      found = await answer.json();
    } else {
      index ??= import("./names.js").then((names) => names.open(source, language));
      found = (await index).suggest(text);
    }
    kept.set(text, found);
    return found;
  };
}

function make(name, attributes, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}
