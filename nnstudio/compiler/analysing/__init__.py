"""How the analysis works out one graph: node by node, use by use."""
