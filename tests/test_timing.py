"""`--timing` tells where the time went, and nothing of it in the answer."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from test_cli import PARTNERS, run

from coopgraph.queries.timing import account, step, told


def test_a_query_tells_its_steps_on_standard_error(real_folder: Path) -> None:
    done = run(*PARTNERS, "--timing", cwd=real_folder)
    assert re.fullmatch(
        r"Time: start \d+ ms, opening \d+ ms, names \d+ ms, engine \d+ ms, labels \d+ ms, formatting \d+ ms; in all \d+ ms\n",
        done.stderr.decode(),
    )
    assert done.stdout == run(*PARTNERS, cwd=real_folder).stdout
    swedish = run(*PARTNERS, "--timing", cwd=real_folder, lang="sv").stderr.decode()
    assert swedish.startswith("Tid: start ")
    assert "sökmotor" in swedish


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s { ?s a coop:Network }",
        "ASK { ?s a coop:Network }",
        "CONSTRUCT { ?s a coop:Network } WHERE { ?s a coop:Network }",
    ],
)
def test_a_query_of_ones_own_tells_them_too(real_folder: Path, text: str) -> None:
    done = run("sparql", text, "--timing", cwd=real_folder)
    found = re.search(
        r"Time: start \d+ ms, opening \d+ ms, .*engine \d+ ms, .* in all \d+ ms\n$", done.stderr.decode()
    )
    assert found is not None
    plain = run("sparql", text, cwd=real_folder)
    assert (done.stdout, done.returncode) == (plain.stdout, 0)
    assert "Time:" not in plain.stderr.decode()


def test_steps_of_one_name_add_up_and_those_outside_an_account_do_nothing() -> None:
    with step("engine"):
        pass
    with account() as seconds:
        for _ in range(2):
            with step("engine"):
                time.sleep(0.02)
    assert 0.04 <= seconds["engine"] < 1
    assert seconds["labels"] == 0
    assert "engine" in told(seconds, "en")
