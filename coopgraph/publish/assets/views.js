// Fills the figures of a page with their pictures, each when it comes near the screen. Without this script, and where
// something goes wrong, the list or table in the figure is read instead.
import { say } from "./said.js";

const drawers = { map: () => import("./map.js"), network: () => import("./network.js") };

async function fill(figure) {
  const stage = figure.querySelector(".stage");
  try {
    const [drawer, answer] = await Promise.all([drawers[figure.dataset.view](), fetch(figure.dataset.src)]);
    if (!answer.ok) throw new Error(`${answer.status}`);
    await drawer.draw(stage, await answer.json(), figure);
    figure.dataset.state = "drawn";
  } catch (error) {
    figure.dataset.state = "failed";
    stage.replaceChildren(Object.assign(document.createElement("p"), { textContent: say("failed") }));
    console.info(error);
  }
}

const near = new IntersectionObserver(
  (entries) => {
    for (const entry of entries.filter((one) => one.isIntersecting)) {
      near.unobserve(entry.target);
      fill(entry.target);
    }
  },
  { rootMargin: "400px" },
);
for (const figure of document.querySelectorAll("figure.view[data-src]")) near.observe(figure);

// a select that asks at once
for (const select of document.querySelectorAll("select[data-ask]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
