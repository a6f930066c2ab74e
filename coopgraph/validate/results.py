"""What a check of shapes finds, as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from coopgraph.store import Rows, Term
from coopgraph.validate.graph import Node
from coopgraph.validate.paths import Path, Predicate

Select = Callable[[str], Rows]


@dataclass(frozen=True)
class Result:
    """One thing that a shape says about one node: a sh:ValidationResult as a value."""

    focus: Term
    path: Path | None
    value: Term | None
    component: NamedNode
    shape: Node
    severity: NamedNode
    messages: Mapping[str, str] = field(default_factory=dict, hash=False)
    constraint: Node | None = None

    @property
    def predicate(self) -> NamedNode | None:
        """The path, where it is a single predicate."""
        return self.path.iri if isinstance(self.path, Predicate) else None
