// The form of a saved query. Fields for a thing, of which there are too many for a list: the names that fit come while one types.
const language = document.documentElement.lang;

for (const field of document.querySelectorAll("input[data-suggest]")) {
  const list = Object.assign(document.createElement("datalist"), { id: `${field.id}-names` });
  field.after(list);
  field.setAttribute("list", list.id);
  field.autocomplete = "off";
  const starts = field.dataset.kinds.split(" ").map((kind) => `doc/${kind}/`);
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const text = field.value.trim();
      if (text.length < 2) return;
      const answer = await fetch(`${field.dataset.suggest}?${new URLSearchParams({ q: text, lang: language })}`);
      if (!answer.ok || field.value.trim() !== text) return;
      const found = (await answer.json()).filter((one) => starts.some((start) => one.path.startsWith(start)));
      list.replaceChildren(...found.map((one) => Object.assign(document.createElement("option"), { value: one.name, label: one.about ? `${one.name} (${one.about})` : one.name })));
    }, 120);
  });
}

// The address to share is the one that the reader came by, which the server behind a proxy may not know.
const shared = document.querySelector("#share-link");
if (shared) {
  const frame = document.querySelector("#share-frame");
  const told = new URL(shared.value);
  const here = new URL(location.href);
  const start = (url) => url.href.slice(0, url.href.indexOf("/query/"));
  for (const field of [shared, frame]) field.value = field.value.replace(start(told), start(here));
  for (const field of [shared, frame]) field.addEventListener("focus", () => field.select());
}
