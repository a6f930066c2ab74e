// Works out where the points of a network stand, in a thread of its own, and tells as it goes.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "./vendor/force.js";

onmessage = ({ data: { count, pairs, radius, centre, still } }) => {
  const nodes = Array.from({ length: count }, (_, number) => ({ number }));
  if (centre !== null) Object.assign(nodes[centre], { fx: 0, fy: 0 });
  const large = count > 400;
  const simulation = forceSimulation(nodes)
    .force("link", forceLink(pairs.map(([source, target]) => ({ source, target }))).distance(large ? 40 : 90))
    .force("charge", forceManyBody().strength(large ? -60 : -260).theta(large ? 1.1 : 0.9).distanceMax(large ? 500 : 1200))
    .force("collide", forceCollide((node) => radius[node.number] + (large ? 2 : 12)).iterations(1))
    .force("x", forceX().strength(0.06))
    .force("y", forceY().strength(0.08))
    .alphaDecay(large ? 0.035 : 0.03)
    .stop();
  let told = 0;
  const tell = (last) => {
    const at = new Float32Array(2 * count);
    nodes.forEach((node, n) => at.set([node.x, node.y], 2 * n));
    postMessage({ at, last }, [at.buffer]);
    told = performance.now();
  };
  while (simulation.alpha() > simulation.alphaMin()) {
    simulation.tick();
    if (!still && performance.now() - told > 60) tell(false);
  }
  tell(true);
};
