"""pyrudof on one file: `rudof_peer.py DATA SHAPES`."""

import sys

import pyrudof

data_file, shapes_file = sys.argv[1:]
rudof = pyrudof.Rudof(pyrudof.RudofConfig())
rudof.read_data(data_file, pyrudof.RDFFormat.NTriples)
rudof.read_shacl(shapes_file, pyrudof.ShaclFormat.Turtle)
for entry in rudof.validate_shacl().violations:
    print(entry.source_shape, entry.constraint_component, entry.focus_node, sep="\t")
