// Which nodes a tie joins two by two. `HOME` is the country whose bodies the data is about.
export const HOME = "SWE";

export const isWhole = (node) => Boolean(node.kind) && node.kind !== "organisation";

// Of a partnership with several parties, each at home with each abroad; of a role, the body with what it is a role in.
export function pairsOf(tie, told) {
  const node = (place) => told.nodes[place];
  const hub = tie.nodes.find((place) => isWhole(node(place)));
  if (hub !== undefined) return star(tie.nodes, hub);
  const home = tie.nodes.filter((place) => node(place).country === HOME);
  const abroad = tie.nodes.filter((place) => node(place).country !== HOME);
  if (home.length && abroad.length) return home.flatMap((a) => abroad.map((b) => [a, b]));
  return tie.nodes.length > 6 ? star(tie.nodes, tie.nodes[0]) : tie.nodes.flatMap((a, n) => tie.nodes.slice(n + 1).map((b) => [a, b]));
}

const star = (places, hub) => places.filter((place) => place !== hub).map((place) => [hub, place]);
