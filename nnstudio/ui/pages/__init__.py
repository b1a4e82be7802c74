"""What the inspector shows: one page for a node, one for several, one for the project."""
