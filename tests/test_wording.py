"""Every constraint component of SHACL has its words, for shapes without a message."""

from __future__ import annotations

from coopgraph.validate.parameters import PARAMETERS
from coopgraph.validate.wording import _WORDS, wording

SH = "http://www.w3.org/ns/shacl#"


def test_every_component_has_its_words() -> None:
    kinds = {f"{name[0].upper()}{name[1:]}" for name in PARAMETERS}
    assert kinds - set(_WORDS) == set()


def test_the_words_are_a_sentence_in_both_languages() -> None:
    assert wording(SH + "MinCountConstraintComponent", "sh:MinCountConstraintComponent") == {
        "sv": "Det finns färre värden än vad som krävs (sh:MinCountConstraintComponent).",
        "en": "There are fewer values than are asked for (sh:MinCountConstraintComponent).",
    }
    assert wording("http://example.org/Own", "ex:Own")["en"] == "A constraint is broken (ex:Own)."
