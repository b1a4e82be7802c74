"""The node editor."""
