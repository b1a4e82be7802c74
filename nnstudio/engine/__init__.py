"""This side of a run: events, orders and runners; starts the worker by its dotted name."""
