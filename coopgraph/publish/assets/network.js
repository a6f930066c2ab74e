// Who is linked with whom, drawn on a canvas so that thousands of points move smoothly. The places are worked out by
// layout.js in a thread of its own.
import { address, element, linkTo, named, say, statusBoxes, still } from "./said.js";
import { HOME, isWhole, pairsOf } from "./ties.js";

const LABELS = 40;
// where a name may stand beside its point: below, above, to the right, to the left
const SIDES = [[0, 1], [0, -1], [1, 0], [-1, 0]];
const kindOf = (node) => (isWhole(node) ? "whole" : !node.country ? "other" : node.country === HOME ? "home" : "abroad");
const SHAPES = { home: "circle", abroad: "diamond", whole: "square", other: "triangle" };

export async function draw(stage, told, figure) {
  const net = graphOf(told);
  const canvas = element("canvas", { tabIndex: 0, className: "canvas" });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", `${figure.querySelector("figcaption").textContent}. ${say("network")}`);
  const told_ = element("p", { className: "chosen", textContent: say("hint") });
  told_.setAttribute("aria-live", "polite");
  stage.append(canvas); // it takes its colours and size from where it stands
  const picture = new Picture(canvas, net, (number) => tell(told_, net, number, figure));
  stage.append(buttons(picture), told_, legend(net));
  const boxes = statusBoxes(told, (chosen) => picture.only(chosen));
  if (boxes) stage.append(boxes);
  picture.address = (number) => address(figure, net.nodes[number].path);
  picture.listen();
  await picture.arrange(told.centre);
  return picture;
}

// Nodes that are linked, and the pairs of places that the ties join.
function graphOf(told) {
  const pairs = told.ties.flatMap((tie) => pairsOf(tie, told).map(([a, b]) => ({ a, b, tie })));
  const degree = new Uint32Array(told.nodes.length);
  for (const { a, b } of pairs) {
    degree[a] += 1;
    degree[b] += 1;
  }
  return { nodes: told.nodes, kinds: told.nodes.map(kindOf), pairs, degree, centre: told.centre };
}

function tell(paragraph, net, number, figure) {
  if (number === null) {
    paragraph.textContent = say("hint");
    return;
  }
  paragraph.replaceChildren(linkTo(figure, net.nodes[number]), ` · ${say("links", net.degree[number])}`);
}

function buttons(picture) {
  const made = [["+", "in", () => picture.zoom(1.5)], ["−", "out", () => picture.zoom(1 / 1.5)], ["⤢", "whole", () => picture.fit()]];
  const nodes = made.map(([text, key, act]) => {
    const button = element("button", { type: "button", textContent: text, title: say(key) });
    button.setAttribute("aria-label", say(key));
    button.addEventListener("click", act);
    return button;
  });
  return element("div", { className: "zoom" }, ...nodes);
}

function legend(net) {
  const words = { home: say("home"), abroad: say("abroad"), whole: say("whole_kind"), other: say("other") };
  const there = Object.keys(SHAPES).filter((kind) => net.kinds.includes(kind));
  return element("ul", { className: "legend" }, ...there.map((kind) => element("li", {}, element("span", { className: `key ${kind}` }), ` ${words[kind]}`)));
}

class Picture {
  constructor(canvas, net, chose) {
    Object.assign(this, { canvas, net, chose, scale: 1, x: 0, y: 0, chosen: null, hovered: null, statuses: null, asked: false });
    this.pen = canvas.getContext("2d");
    const count = net.nodes.length;
    this.at = new Float32Array(2 * count);
    this.order = [...net.nodes.keys()].filter((n) => net.degree[n]).sort((a, b) => (b === net.centre) - (a === net.centre) || net.degree[b] - net.degree[a]);
    this.beside = Array.from({ length: count }, () => []);
    for (const { a, b } of net.pairs) {
      this.beside[a].push(b);
      this.beside[b].push(a);
    }
    this.radius = Float32Array.from(net.degree, (d) => 4 + Math.min(14, 1.6 * Math.sqrt(d)));
    this.inks();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.inks());
    new ResizeObserver(() => this.sized()).observe(canvas);
    this.sized();
  }

  inks() {
    const style = getComputedStyle(this.canvas);
    const ink = (name) => style.getPropertyValue(name).trim();
    this.ink = { text: ink("--view-ink"), paper: ink("--view-paper"), line: ink("--view-line"), strong: ink("--view-strong"), home: ink("--view-home"), abroad: ink("--view-abroad"), whole: ink("--view-whole"), other: ink("--view-other"), font: style.fontFamily };
    this.ask();
  }

  sized() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const ratio = devicePixelRatio || 1;
    Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(this, { width, height, ratio });
    if (!this.moved) this.fit();
    this.ask();
  }

  arrange(centre) {
    const worker = new Worker(new URL("./layout.js", import.meta.url), { type: "module" });
    const { net } = this;
    worker.postMessage({ count: net.nodes.length, pairs: net.pairs.map(({ a, b }) => [a, b]), radius: this.radius, centre: centre ?? null, still });
    return new Promise((done, failed) => {
      worker.onerror = failed;
      worker.onmessage = ({ data }) => {
        this.at = data.at;
        if (!this.moved) this.fit();
        this.ask();
        if (data.last) {
          worker.terminate();
          this.arranged = true;
        }
        done();
      };
    });
  }

  ask() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.paint();
    });
  }

  fit() {
    const xs = this.order.map((n) => this.at[2 * n]);
    const ys = this.order.map((n) => this.at[2 * n + 1]);
    if (!xs.length || !this.width) return;
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const room = 48;
    this.scale = Math.min(2, (this.width - 2 * room) / Math.max(1, right - left), (this.height - 2 * room) / Math.max(1, bottom - top));
    this.x = this.width / 2 - (this.scale * (left + right)) / 2;
    this.y = this.height / 2 - (this.scale * (top + bottom)) / 2;
    this.moved = false;
    this.ask();
  }

  zoom(by, x = this.width / 2, y = this.height / 2) {
    const scale = Math.max(0.02, Math.min(8, this.scale * by));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.moved = true;
    this.ask();
  }

  only(statuses) {
    this.statuses = statuses;
    this.ask();
  }

  shown(tie) {
    return !this.statuses || this.statuses.has(tie.status ?? "");
  }

  paint() {
    const { pen, at, scale, net, ink } = this;
    const lit = this.chosen ?? this.hovered;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    const px = (n) => this.x + scale * at[2 * n];
    const py = (n) => this.y + scale * at[2 * n + 1];
    for (const [kind, dash] of [["partnership", []], ["membership", [4, 3]]]) {
      for (const strong of [false, true]) {
        pen.beginPath();
        for (const { a, b, tie } of net.pairs) {
          if (tie.kind !== kind || (a === lit || b === lit) !== strong || !this.shown(tie)) continue;
          pen.moveTo(px(a), py(a));
          pen.lineTo(px(b), py(b));
        }
        pen.setLineDash(net.pairs.length < 1500 ? dash : []);
        pen.lineWidth = strong ? 2 : 1;
        pen.strokeStyle = strong ? ink.strong : ink.line;
        pen.stroke();
      }
    }
    pen.setLineDash([]);
    const near = lit === null ? null : new Set([lit, ...this.beside[lit]]);
    const size = Math.max(0.35, Math.min(1.2, Math.sqrt(scale)));
    for (const kind of Object.keys(SHAPES)) {
      for (const faint of [true, false]) {
        pen.beginPath();
        for (const n of this.order) {
          if (net.kinds[n] !== kind || (near !== null && !near.has(n)) !== faint) continue;
          outline(pen, SHAPES[kind], px(n), py(n), this.radius[n] * size);
        }
        pen.globalAlpha = faint ? 0.25 : 1;
        pen.fillStyle = ink[kind];
        pen.fill();
        pen.lineWidth = 1;
        pen.strokeStyle = ink.paper;
        pen.stroke();
      }
    }
    pen.globalAlpha = 1;
    if (lit !== null) {
      pen.beginPath();
      pen.arc(px(lit), py(lit), this.radius[lit] * size + 4, 0, 7);
      pen.lineWidth = 2.5;
      pen.strokeStyle = ink.text;
      pen.stroke();
    }
    this.names(px, py, near, lit, size);
  }

  // The names of the most linked, and of what is chosen, where they don't stand on one another.
  names(px, py, near, lit, size) {
    const { pen, ink } = this;
    pen.font = `13px ${ink.font}`;
    pen.textAlign = "center";
    pen.lineJoin = "round";
    pen.lineWidth = 3;
    const taken = [];
    const first = lit === null ? [] : [lit, ...this.beside[lit]];
    const crowd = new Set([...first, ...(near && near.size > 3 ? [] : this.order)]);
    let written = 0;
    for (const n of crowd) {
      if (written >= LABELS) break;
      const away = this.radius[n] * size;
      if (px(n) < 0 || py(n) < 0 || px(n) > this.width || py(n) > this.height) continue;
      const whole = named(this.net.nodes[n]);
      const text = whole.length > 34 && n !== lit ? `${whole.slice(0, 33)}…` : whole;
      const half = pen.measureText(text).width / 2 + 4;
      const sides = this.order.length < LABELS ? SIDES : SIDES.slice(0, 1);
      const places = sides.map(([across, down]) => {
        const x = px(n) + across * (away + half);
        return [Math.min(Math.max(x, half), this.width - half), py(n) + (down > 0 ? away + 14 : down < 0 ? -away - 6 : 4)];
      });
      const free = places.find(([x, y]) => y < this.height && y > 12 && !taken.some(([a, b, c]) => Math.abs(a - x) < c + half && Math.abs(b - y) < 16));
      if (!free) continue;
      const [middle, y] = free;
      taken.push([middle, y, half]);
      pen.strokeStyle = ink.paper;
      pen.strokeText(text, middle, y);
      pen.fillStyle = ink.text;
      pen.fillText(text, middle, y);
      written += 1;
    }
  }

  under(x, y) {
    const size = Math.max(0.35, Math.min(1.2, Math.sqrt(this.scale)));
    let [best, least] = [null, Infinity];
    for (const n of this.order) {
      const away = Math.hypot(this.x + this.scale * this.at[2 * n] - x, this.y + this.scale * this.at[2 * n + 1] - y);
      if (away < Math.max(9, this.radius[n] * size + 3) && away < least) [best, least] = [n, away];
    }
    return best;
  }

  choose(number) {
    this.chosen = number;
    this.chose(number);
    if (number !== null) {
      const [x, y] = [this.x + this.scale * this.at[2 * number], this.y + this.scale * this.at[2 * number + 1]];
      if (x < 20 || y < 20 || x > this.width - 20 || y > this.height - 20) {
        this.x += this.width / 2 - x;
        this.y += this.height / 2 - y;
      }
    }
    this.ask();
  }

  listen() {
    const { canvas } = this;
    const held = new Map();
    let far = 0;
    canvas.addEventListener("pointerdown", (event) => {
      held.set(event.pointerId, [event.offsetX, event.offsetY]);
      far = 0;
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = held.get(event.pointerId);
      if (!before) {
        const found = this.under(event.offsetX, event.offsetY);
        canvas.style.cursor = found === null ? "grab" : "pointer";
        if (found !== this.hovered) {
          this.hovered = found;
          this.ask();
        }
        return;
      }
      const [dx, dy] = [event.offsetX - before[0], event.offsetY - before[1]];
      if (held.size === 2) {
        const other = [...held].find(([id]) => id !== event.pointerId)[1];
        const [was, is] = [Math.hypot(before[0] - other[0], before[1] - other[1]), Math.hypot(event.offsetX - other[0], event.offsetY - other[1])];
        if (was > 10) this.zoom(is / was, other[0], other[1]);
      } else {
        this.x += dx;
        this.y += dy;
        this.moved ||= far > 4;
      }
      far += Math.abs(dx) + Math.abs(dy);
      held.set(event.pointerId, [event.offsetX, event.offsetY]);
      this.ask();
    });
    const release = (event) => {
      if (held.delete(event.pointerId) && event.type === "pointerup" && far < 5) this.choose(this.under(event.offsetX, event.offsetY));
    };
    canvas.addEventListener("pointerup", release);
    canvas.addEventListener("pointercancel", release);
    canvas.addEventListener("wheel", (event) => {
      if (document.activeElement !== canvas && !event.ctrlKey) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.key in steps && this.order.length) {
      const here = this.order.indexOf(this.chosen);
      const next = here < 0 ? 0 : (here + steps[event.key] + this.order.length) % this.order.length;
      this.choose(this.order[next]);
    } else if (event.key === "+" || event.key === "=") this.zoom(1.4);
    else if (event.key === "-") this.zoom(1 / 1.4);
    else if (event.key === "0") this.fit();
    else if (event.key === "Escape") this.choose(null);
    else if (event.key === "Enter" && this.chosen !== null && this.address(this.chosen)) location.href = this.address(this.chosen);
    else return;
    event.preventDefault();
  }
}

function outline(pen, shape, x, y, r) {
  if (shape === "circle") {
    pen.moveTo(x + r, y);
    pen.arc(x, y, r, 0, 2 * Math.PI);
  } else if (shape === "square") {
    pen.rect(x - r, y - r, 2 * r, 2 * r);
  } else {
    const points = shape === "diamond" ? [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]] : [[0, -1.2], [1.1, 0.9], [-1.1, 0.9]];
    points.forEach(([dx, dy], i) => pen[i ? "lineTo" : "moveTo"](x + r * dx, y + r * dy));
    pen.closePath();
  }
}
