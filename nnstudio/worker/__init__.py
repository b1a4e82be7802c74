"""The torch side of a run; imported by nobody, started by its dotted name."""
