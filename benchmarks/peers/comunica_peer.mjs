// Comunica over triples in memory: loads N-Triples once, answers the questions that come on standard input, a JSON line each.
// Rows go to a file as SPARQL results in JSON, to be digested by whoever asked.
import { createReadStream, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const load = createRequire(process.cwd() + "/");
const { QueryEngine } = load("@comunica/query-sparql-rdfjs");
const { Store, StreamParser } = load("n3");

const [data, results] = process.argv.slice(2);
const engine = new QueryEngine();
const store = new Store();

const started = performance.now();
await new Promise((resolve, reject) => {
  const parser = new StreamParser({ format: "N-Triples" });
  parser.on("data", (quad) => store.addQuad(quad)).on("end", resolve).on("error", reject);
  createReadStream(data).pipe(parser);
});
say({ loaded: (performance.now() - started) / 1000 });

for await (const line of createInterface({ input: process.stdin })) {
  try {
    const start = performance.now();
    const answer = await engine.query(JSON.parse(line).sparql, { sources: [store] });
    const { variables } = await answer.metadata();
    const rows = await (await answer.execute()).toArray();
    const seconds = (performance.now() - start) / 1000;
    const vars = variables.map((one) => (one.variable ?? one).value);
    writeFileSync(results, JSON.stringify({ head: { vars }, results: { bindings: rows.map((row) => bindings(row, vars)) } }));
    say({ seconds, results });
  } catch (error) {
    say({ error: String(error).slice(0, 300) });
  }
}

function bindings(row, vars) {
  const found = {};
  for (const name of vars) {
    const term = row.get(name);
    if (term === undefined) continue;
    const type = { NamedNode: "uri", BlankNode: "bnode", Literal: "literal" }[term.termType];
    found[name] = { type, value: term.value, ...(term.datatype && { datatype: term.datatype.value }) };
  }
  return found;
}

function say(told) {
  process.stdout.write(JSON.stringify({ ...told, megabytes: Math.round(process.memoryUsage().rss / 1e6) }) + "\n");
}
