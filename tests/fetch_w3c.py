"""Bring the W3C suites of Turtle, TriG, N-Triples and N-Quads, which rdflib's source package holds.

    python tests/fetch_w3c.py FOLDER

prints the folder with the suites; `COOPGRAPH_RDF_TESTS` set to it runs tests/test_turtle_w3c.py.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

PACKAGE = "rdflib==7.6.0"
SUITES = ("turtle", "trig", "ntriples", "nquads")


def main(folder: Path) -> None:
    """Leave the suites in `folder`/w3c; a second run with the same folder downloads nothing."""
    target = folder / "w3c"
    if not target.is_dir():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "rdflib"]
        subprocess.run([*command, "--dest", str(folder), PACKAGE], check=True)
        [archive] = folder.glob("rdflib-*.tar.gz")
        with tarfile.open(archive) as package:
            for member in package.getmembers():
                parts = Path(member.name).parts
                if parts[1:5] == ("test", "data", "suites", "w3c") and parts[5:6] and parts[5] in SUITES:
                    member.name = str(Path(*parts[5:]))
                    package.extract(member, target, filter="data")
    print(target.resolve())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
