// Where the things of a picture lie, and what joins them, on a map that asks no other host. A thing whose place is not
// known stands in the middle of its country, and looks it.
import { element, linkTo, named, say, statusBoxes, still, styled } from "./said.js";
import { HOME, pairsOf } from "./ties.js";
import { feature, leaflet as L } from "./vendor/map.js";

const MOST_BUTTONS = 250;
const MOST_NAMES = 10;
const MOST_STRONG = 200;
const FINE = 5;
const fetched = async (path) => (await fetch(new URL(path, import.meta.url))).json();

export async function draw(stage, told, figure) {
  const [coarse, numbers] = await Promise.all([
    fetched("./vendor/countries-110m.json"),
    fetched("./countries.json"),
    styled("./vendor/leaflet.css"),
  ]);
  const countries = shapes(coarse);
  const box = element("div", { className: "canvas" });
  const map = L.map(box, {
    zoomControl: false,
    attributionControl: false,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    inertia: !still,
    scrollWheelZoom: false,
    minZoom: 1,
    zoomSnap: 0.25,
    maxZoom: 10,
    worldCopyJump: false,
    maxBounds: [[-85, -200], [85, 200]],
    renderer: L.svg({ padding: 0.5 }),
  });
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", `${figure.querySelector("figcaption").textContent}. ${say("map")}`);
  map.setView([58, 15], 3);
  L.control.zoom({ zoomInTitle: say("in"), zoomOutTitle: say("out") }).addTo(map);
  L.control.attribution({ prefix: false }).addAttribution("Natural Earth").addTo(map);
  box.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  box.addEventListener("focusout", () => map.scrollWheelZoom.disable());

  const places = placed(told, countries, numbers);
  const met = new Set(told.nodes.map((node) => numbers[node.country]));
  land(map, countries, met);
  stage.append(box);
  map.invalidateSize();

  if (told.ties.length > MOST_STRONG) box.classList.add("many");
  const ties = L.layerGroup().addTo(map);
  const points = L.layerGroup().addTo(map);
  const show = (chosen) => {
    ties.clearLayers();
    points.clearLayers();
    const shown = told.ties.filter((tie) => !tie.around && (!chosen || chosen.has(tie.status ?? "")));
    const seen = new Set(shown.flatMap((tie) => tie.nodes));
    for (const tie of shown) drawTie(tie, told, places, ties, figure);
    drawPoints(told, places, (place) => seen.has(place) || !told.ties.length, points, figure);
    untangle(box);
  };
  show(null);
  const boxes = statusBoxes(told, show);
  if (boxes) stage.append(boxes);
  if (places.some((place) => place?.rough)) stage.append(element("p", { className: "legend" }, element("span", {}, element("span", { className: "key rough" }), ` ${say("rough")}`)));

  const at = places.filter(Boolean).map(({ lat, lon }) => [lat, lon]);
  if (at.length) map.fitBounds(L.latLngBounds(at), { paddingTopLeft: [48, 36], paddingBottomRight: [110, 36], maxZoom: 5, animate: false });
  untangle(box);
  map.on("zoomend", () => untangle(box));
  return map;
}

// The countries, without Antarctica. A ring that crosses the edge of the map goes on beyond it instead of back across the whole.
function shapes(atlas) {
  const unwrapped = (ring) => {
    let [turn, before] = [0, ring[0][0]];
    return ring.map(([lon, lat]) => {
      if (Math.abs(lon - before) > 180) turn += lon < before ? 360 : -360;
      before = lon;
      return [lon + turn, lat];
    });
  };
  const found = feature(atlas, atlas.objects.countries).features.filter((one) => one.id !== "010");
  for (const { geometry } of found) {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    for (const polygon of polygons) polygon.forEach((ring, n) => (polygon[n] = unwrapped(ring)));
  }
  return found;
}

// The land: each country, shaded where a thing of the picture is there; drawn finer when one comes near.
function land(map, countries, met) {
  const style = (one) => ({ className: met.has(one.id ?? one.properties.name) ? "land met" : "land", interactive: false });
  let layer = L.geoJSON(countries, { style, interactive: false }).addTo(map);
  map.on("zoomend", async function finer() {
    if (map.getZoom() < FINE) return;
    map.off("zoomend", finer);
    const fine = await fetched("./vendor/countries-50m.json");
    const next = L.geoJSON(shapes(fine), { style, interactive: false }).addTo(map);
    next.bringToBack();
    layer.remove();
    layer = next;
  });
}

// Where each node is: its own place, or the middle of its country's largest part.
function placed(told, countries, numbers) {
  const middles = new Map();
  const middle = (country) => {
    if (!middles.has(country)) {
      const id = numbers[country];
      const found = id && countries.find((one) => (one.id ?? one.properties.name) === id);
      middles.set(country, found ? centre(found.geometry) : null);
    }
    return middles.get(country);
  };
  return told.nodes.map((node) => {
    if (node.at) return { lon: node.at[0], lat: node.at[1], rough: false };
    const found = node.country && middle(node.country);
    return found ? { lon: found[0], lat: found[1], rough: true } : null;
  });
}

function centre(geometry) {
  const rings = geometry.type === "Polygon" ? [geometry.coordinates[0]] : geometry.coordinates.map((one) => one[0]);
  let best = [0, 0, 0];
  for (const ring of rings) {
    let [area, x, y] = [0, 0, 0];
    for (let i = 1; i < ring.length; i++) {
      const cross = ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1];
      area += cross;
      x += (ring[i - 1][0] + ring[i][0]) * cross;
      y += (ring[i - 1][1] + ring[i][1]) * cross;
    }
    if (Math.abs(area) > Math.abs(best[2])) best = [x / (3 * area), y / (3 * area), area];
  }
  return best;
}

function drawTie(tie, told, places, layer, figure) {
  for (const [a, b] of pairsOf(tie, told).map((pair) => pair.map((place) => places[place]))) {
    if (!a || !b || (a.lat === b.lat && a.lon === b.lon)) continue;
    L.polyline([[a.lat, a.lon], [b.lat, b.lon]], { className: `tie status-${tie.status ?? "none"}` })
      .bindPopup(() => popup([linkTo(figure, tie)]))
      .addTo(layer);
  }
}

// Names that would stand on another are not shown; the thing itself has its name first.
function untangle(box) {
  const taken = [];
  const names = [...box.querySelectorAll(".name")].sort((a, b) => b.classList.contains("own") - a.classList.contains("own"));
  for (const name of names) {
    const { left, right, top, bottom } = name.getBoundingClientRect();
    const free = taken.every((one) => left > one.right || right < one.left || top > one.bottom || bottom < one.top);
    name.classList.toggle("covered", !free);
    if (free) taken.push({ left, right, top, bottom });
  }
}

function drawPoints(told, places, wanted, layer, figure) {
  const groups = new Map();
  told.nodes.forEach((node, number) => {
    const at = places[number];
    if (!at || !wanted(number)) return;
    const key = `${at.lat.toFixed(3)} ${at.lon.toFixed(3)}`;
    const group = groups.get(key) ?? groups.set(key, { at, nodes: [], own: false, home: false, rough: at.rough }).get(key);
    group.nodes.push(node);
    group.own ||= number === told.centre;
    group.home ||= node.country === HOME;
    group.rough &&= at.rough;
  });
  const many = groups.size > MOST_BUTTONS;
  const order = [...groups.values()].sort((a, b) => b.at.lat - a.at.lat || a.at.lon - b.at.lon);
  for (const { at, nodes, own, home, rough } of order) {
    const kind = `point${own ? " own" : ""}${home ? " home" : ""}${rough ? " rough" : ""}${nodes.length > 1 ? " several" : ""}`;
    const title = (nodes.length > 1 ? `${nodes.length}: ` : "") + nodes.map(named).join(", ") + (rough ? ` (${say("country")})` : "");
    const marker = many
      ? L.circleMarker([at.lat, at.lon], { radius: 4, className: kind })
      : L.marker([at.lat, at.lon], {
          icon: L.divIcon({ className: kind, iconSize: [24, 24], html: element("span", { textContent: nodes.length > 1 ? nodes.length : "" }) }),
          title,
          alt: title,
          riseOnHover: true,
        });
    marker.bindPopup(() => popup(nodes.map((node) => linkTo(figure, node)), rough ? say("country") : ""));
    if (groups.size <= MOST_NAMES) {
      const first = nodes.find((node) => node === told.nodes[told.centre]) ?? nodes[0];
      const more = nodes.length > 1 ? ` +${nodes.length - 1}` : "";
      marker.bindTooltip(named(first) + more, { permanent: true, direction: "right", offset: [8, 0], className: own ? "name own" : "name" });
    }
    marker.addTo(layer);
    marker.getElement()?.setAttribute("aria-label", title);
  }
}

function popup(links, note = "") {
  const list = element("ul", {}, ...links.map((link) => element("li", {}, link)));
  return note ? element("div", {}, list, element("p", { className: "note", textContent: note })) : list;
}
