"""coopgraph: a checked, evidenced knowledge graph of municipal and regional cooperation abroad."""
