"""Plots that stay fluid at a million points."""
