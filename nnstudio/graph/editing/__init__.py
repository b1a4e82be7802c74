"""The edits, by what they change; `graph.edits` lists them all."""
