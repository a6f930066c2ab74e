"""What a check of shapes finds, as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from coopgraph.store import Rows, Term
from coopgraph.validate.graph import Node
from coopgraph.validate.paths import Path, Predicate

Select = Callable[[str], Rows]

Focus = Mapping[Node, frozenset[NamedNode | Literal] | None]
"""By shape with a target, the focus nodes to check; `None` for all of its focus nodes."""


@dataclass(frozen=True)
class Result:
    """One thing that a shape says about one node: a sh:ValidationResult as a value.

    `origin` is the shape with the target and the node it targeted, from which a nested shape was reached.
    """

    focus: Term
    path: Path | None
    value: Term | None
    component: NamedNode
    shape: Node
    severity: NamedNode
    messages: Mapping[str, str] = field(default_factory=dict, hash=False)
    constraint: Node | None = None
    origin: tuple[Node, Term] | None = field(default=None, compare=False)

    @property
    def predicate(self) -> NamedNode | None:
        """The path, where it is a single predicate."""
        return self.path.iri if isinstance(self.path, Predicate) else None
