"""The page on publishing is true: its limits are those there are, its unit and its proxy work."""

from __future__ import annotations

import re
import shutil
import subprocess
import urllib.request
from dataclasses import fields
from pathlib import Path

import pytest

from coopgraph.publish.server.limits import Limits
from tests.servers import free_port
from tests.site_server import Site, until

PAGE = Path(__file__).parent.parent / "docs" / "publish.md"


def block(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n *```\w+\n(.*?) *```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, name
    return re.sub(r"^   ", "", found[1], flags=re.MULTILINE)


def test_every_limit_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(field.name, str(field.default)) for field in fields(Limits)]


def test_the_unit_is_one(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not there (apt install systemd)")
    unit = tmp_path / "coopgraph.service"
    text = block("unit").replace("/srv/coopgraph/venv/bin/coopgraph", "/bin/true")
    unit.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if "coopgraph.service" in line]
    assert said == []


@pytest.mark.server
def test_behind_nginx(site: Site, tmp_path: Path) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not there (sh scripts/install-servers.sh)")
    port = free_port()
    server = (
        block("nginx").replace("listen 80", f"listen 127.0.0.1:{port}").replace("127.0.0.1:8000", site.host)
    )
    below = f"location /graph/ {{ proxy_pass http://{site.host}/; }}\n    location / {{"
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}\nhttp {{ access_log off; client_body_temp_path {tmp_path}/a;"
        f" proxy_temp_path {tmp_path}/b; fastcgi_temp_path {tmp_path}/c; uwsgi_temp_path {tmp_path}/d; scgi_temp_path {tmp_path}/e;\n"
        + server.replace("location / {", below)
        + "}\n",
        encoding="utf-8",
    )
    nginx = subprocess.Popen(
        ["nginx", "-c", str(tmp_path / "nginx.conf"), "-g", "daemon off;"], stderr=subprocess.DEVNULL
    )
    try:
        for start in (f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{port}/graph/"):

            def get(path: str, accept: str, start: str = start) -> tuple[str, bytes]:
                request = urllib.request.Request(start + path, headers={"Accept": accept})
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return answer.url, answer.read()

            until(lambda get=get: get("readyz", "*/*"))
            where, body = get("id/organisation/norrby-kommun", "text/turtle")
            assert where == start + "doc/organisation/norrby-kommun"
            assert b"Norrby kommun" in body
            _, page = get("doc/organisation/norrby-kommun", "text/html")
            assert b'href="../../style.css"' in page
    finally:
        nginx.terminate()
        nginx.wait()
