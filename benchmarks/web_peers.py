"""Other servers of linked data, each started on the real data and asked for its own kind of page."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from json import dumps
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.web import WEB, load, port, server, told
from coopgraph.build.snapshot import current
from coopgraph.iris import namespaces
from coopgraph.project import find
from coopgraph.queries import load_query, run_saved

THING = "organisation/region-jonkopings-lan"
SAVED = "organisation/partners"
BODY = "Region Jönköpings län"
QUERY = "SELECT ?s ?o WHERE { ?s <https://w3id.org/coopgraph/ns#hasParty> ?o } ORDER BY ?s ?o LIMIT 10"
PYTHON_PEERS = ["rdflib-endpoint[web]", "datasette"]
NODE_PEERS = ["trifid", "trifid-handler-fetch"]


def peers(folder: Path) -> None:
    """Measure every peer that installs; say of the others why not."""
    dump = WEB / "data.nt"
    snapshot = current(find(folder))
    lines = sorted({f"{triple} .\n" for triple in snapshot.store.construct("CONSTRUCT WHERE { ?s ?p ?o }")})
    dump.write_text("".join(lines), encoding="utf-8")
    snapshot.close()
    _environment("venv", PYTHON_PEERS)
    for peer in (trifid, rdflib_endpoint, datasette, grlc, prez):
        try:
            peer(folder, dump)
        except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
            print(f"{peer.__name__}: not run: {str(error)[-400:]}")


def sparql_url(start: str, path: str = "sparql", query: str = QUERY) -> str:
    return f"{start}{path}?" + urlencode({"query": query})


def _environment(name: str, packages: list[str]) -> Path:
    """An environment of its own with some packages; an earlier one is taken as it is. Raises CalledProcessError where they don't install."""
    folder, done = WEB / name, WEB / name / "installed"
    if not done.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run(
            [str(folder / "bin/pip"), "install", "-q", *packages], check=True, stderr=subprocess.DEVNULL
        )
        done.touch()
    return folder


def rdflib_endpoint(folder: Path, dump: Path) -> None:
    number = port()
    start = f"http://127.0.0.1:{number}/"
    command = [
        str(WEB / "venv/bin/rdflib-endpoint"),
        "serve",
        str(dump),
        "--host",
        "127.0.0.1",
        "--port",
        str(number),
    ]
    with server(command, sparql_url(start, "", "ASK {}")) as pid:
        told(
            "rdflib-endpoint",
            "SPARQL",
            load(sparql_url(start, ""), accept="application/sparql-results+json"),
            pid,
        )


def datasette(folder: Path, dump: Path) -> None:
    """The bodies and the partners as tables, which is what it is for."""
    path = WEB / "web.db"
    path.unlink(missing_ok=True)
    project = find(folder)
    snapshot = current(project)
    table = run_saved(
        load_query(project, SAVED), {"organisation": BODY}, snapshot.store, namespaces(project), language="sv"
    )
    snapshot.close()
    with sqlite3.connect(path) as database:
        columns = ", ".join(f'"{name}"' for name in table.fields())
        database.execute(f"CREATE TABLE partners (id INTEGER PRIMARY KEY, organisation TEXT, {columns})")
        for row in table.rows():
            marks = ", ".join("?" * (len(row) + 1))
            database.execute(
                f"INSERT INTO partners (organisation, {columns}) VALUES ({marks})", [BODY, *row.values()]
            )
    metadata = {
        "databases": {
            "web": {"queries": {"partners": "SELECT * FROM partners WHERE organisation = :organisation"}}
        }
    }
    (WEB / "metadata.json").write_text(dumps(metadata), encoding="utf-8")
    number = port()
    start = f"http://127.0.0.1:{number}/"
    command = [
        str(WEB / "venv/bin/datasette"),
        "serve",
        str(path),
        "-m",
        str(WEB / "metadata.json"),
        "--port",
        str(number),
    ]
    with server(command, start) as pid:
        told("Datasette", "entity HTML", load(f"{start}web/partners/1", accept="text/html"), pid)
        told(
            "Datasette",
            "saved query JSON",
            load(f"{start}web/partners.json?" + urlencode({"organisation": BODY, "_shape": "array"})),
            pid,
        )


def trifid(folder: Path, dump: Path) -> None:
    node = WEB / "node"
    if not (node / "node_modules/trifid").is_dir():
        node.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "init", "-y"], cwd=node, check=True, capture_output=True)
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", *NODE_PEERS], cwd=node, check=True
        )
    number = port()
    start = f"http://127.0.0.1:{number}/"
    (node / "config.yaml").write_text(
        f"""server:
  listener: {{ port: {number}, host: 127.0.0.1 }}
  logLevel: warn
globals:
  datasetBaseUrl: https://w3id.org/coopgraph/
  endpoints: {{ default: {{ url: /query }} }}
plugins:
  handler-fetch:
    module: trifid-handler-fetch
    paths: /query
    config: {{ url: "{dump}", contentType: application/n-triples, baseIRI: "https://w3id.org/coopgraph/", graphName: "https://w3id.org/coopgraph/all", unionDefaultGraph: true }}
  entity-renderer:
    module: "@zazuko/trifid-entity-renderer"
""",
        encoding="utf-8",
    )
    command = ["node", str(node / "node_modules/trifid/server.js"), "-c", str(node / "config.yaml")]
    with server(command, sparql_url(start, "query", "ASK {}"), node) as pid:
        told(
            "Trifid",
            "SPARQL",
            load(sparql_url(start, "query"), accept="application/sparql-results+json"),
            pid,
        )
        told("Trifid", "entity HTML", load(f"{start}id/{THING}", accept="text/html"), pid)


def grlc(folder: Path, dump: Path) -> None:
    """A saved query as an API, with Oxigraph's own server behind it."""
    home = _environment("grlc", ["grlc"])
    queries, store = WEB / "grlc-queries", WEB / "grlc-store"
    queries.mkdir(exist_ok=True)
    oxigraph = str(Path(sys.executable).parent / "oxigraph")
    if not store.is_dir():
        subprocess.run(
            [oxigraph, "load", "--location", str(store), "--file", str(dump)], check=True, capture_output=True
        )
    behind, number = port(), port()
    endpoint, start = f"http://127.0.0.1:{behind}/query", f"http://127.0.0.1:{number}/"
    (queries / "partners.rq").write_text(
        f"#+ endpoint: {endpoint}\n#+ method: GET\n"
        "SELECT ?partnership ?partner WHERE { ?partnership <https://w3id.org/coopgraph/ns#hasParty> ?_body_iri , ?partner }\n",
        encoding="utf-8",
    )
    (WEB / "config.ini").write_text(
        f"[auth]\ngithub_access_token = none\n[local]\nlocal_sparql_dir = {queries}/\n"
        f"[defaults]\nserver_name = 127.0.0.1:{number}\nsparql_endpoint = {endpoint}\n",
        encoding="utf-8",
    )
    wanted = f"{start}api-local/partners?" + urlencode({"body": "https://w3id.org/coopgraph/id/" + THING})
    serving = [oxigraph, "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{behind}"]
    command = [str(home / "bin/gunicorn"), "-b", f"127.0.0.1:{number}", "-w", "1", "grlc.server:app"]
    with server(serving, f"http://127.0.0.1:{behind}/"), server(command, start, WEB) as pid:
        told("grlc", "saved query JSON", load(wanted, accept="application/json"), pid)


def prez(folder: Path, dump: Path) -> None:
    """Pages of things."""
    home = _environment("prez", ["prez"])
    number = port()
    start = f"http://127.0.0.1:{number}/"
    settings = {"SPARQL_REPO_TYPE": "pyoxigraph_memory", "LOCAL_RDF_DIR": str(dump.parent)}
    command = [str(home / "bin/uvicorn"), "prez.app:assemble_app", "--factory", "--port", str(number)]
    with server(command, start + "health", WEB, **settings) as pid:
        thing = urlencode({"uri": "https://w3id.org/coopgraph/id/" + THING})
        told("Prez", "entity HTML", load(f"{start}object?{thing}", accept="text/html"), pid)
