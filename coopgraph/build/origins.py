"""Which file each named graph was read from, looked up when it is asked for: of very many files few are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, MutableMapping

from pyoxigraph import NamedNode

from coopgraph.build.assemble import Origin, vocabulary
from coopgraph.build.manifest import DATA, Manifest, path_of
from coopgraph.iris import Namespaces, stem
from coopgraph.project import RDF_SUFFIXES, Project


class Origins(MutableMapping[NamedNode, Origin]):
    """The files of the graphs as a manifest names them, less those in `unread`; what is set or taken away later goes first."""

    def __init__(
        self, project: Project, names: Namespaces, files: Manifest, *, unread: Collection[str] = ()
    ) -> None:
        self._project, self._files, self._unread = project, files, frozenset(unread)
        self._names = names
        self._own = vocabulary(project, names)
        self._gone: set[NamedNode] = set()

    def __getitem__(self, graph: NamedNode) -> Origin:
        if graph in self._own:
            return self._own[graph]
        path = DATA + self._names.file_of(graph)
        for suffix in RDF_SUFFIXES:
            name = path + suffix
            if name in self._files and name not in self._unread and graph not in self._gone:
                return Origin(path_of(self._project, name), authored=True)
        raise KeyError(graph)

    def __setitem__(self, graph: NamedNode, origin: Origin) -> None:
        self._own[graph] = origin

    def __delitem__(self, graph: NamedNode) -> None:
        self._own.pop(graph, None)
        self._gone.add(graph)

    def __iter__(self) -> Iterator[NamedNode]:
        yield from self._own
        for name in self._files:
            if name.startswith(DATA) and name not in self._unread:
                graph = self._names.graph_of(stem(name[len(DATA) :]))
                if graph not in self._own and graph not in self._gone:
                    yield graph

    def __len__(self) -> int:
        return sum(1 for _ in self)
