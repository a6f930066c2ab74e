"""pySHACL (or pyshacl-turbo, which answers to the same calls) on one file: `pyshacl_peer.py MODULE DATA SHAPES`."""

import importlib
import sys

import rdflib
from rdflib.namespace import SH

module, data_file, shapes_file = sys.argv[1:]
if module == "pyshacl_turbo":
    # It comes with a parser of its own; without it, loading alone takes most of the time.
    from rdflib_turbo import Graph
else:
    Graph = rdflib.Graph
data = Graph().parse(data_file, format="nt")
shapes = rdflib.Graph().parse(shapes_file, format="turtle")
_, report, _ = importlib.import_module(module).validate(data, shacl_graph=shapes, inplace=True)
for result in report.objects(None, SH.result):
    told = (SH.sourceShape, SH.sourceConstraintComponent, SH.focusNode)
    print(*(report.value(result, predicate) for predicate in told), sep="\t")
