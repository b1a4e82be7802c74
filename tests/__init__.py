"""Tests mirror the package; `stories` are whole tasks, `bench` prints figures."""
