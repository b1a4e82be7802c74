"""The document: shapes, nodes and edges as immutable values, edits, differences, history."""
