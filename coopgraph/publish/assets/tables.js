// Tables of class "sort" are sorted by a press on the heading of a column. A cell sorts by data-sort, else by its text.
const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
const key = (row, column) => {
  const cell = row.cells[column];
  return cell ? (cell.dataset.sort ?? cell.textContent.trim()) : "";
};

for (const table of document.querySelectorAll("table.sort")) {
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  if (body.rows.length < 2) continue;
  headings.forEach((heading, column) => {
    if (heading.classList.contains("no-sort") || heading.querySelector("a")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const falling = heading.getAttribute("aria-sort") === "ascending";
      for (const one of headings) one.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => [key(row, column), row]);
      rows.sort(([a], [b]) => {
        if (!a || !b) return a ? -1 : b ? 1 : 0; // the unknown last, whichever way
        return falling ? collator.compare(b, a) : collator.compare(a, b);
      });
      body.append(...rows.map(([, row]) => row));
    });
  });
}
