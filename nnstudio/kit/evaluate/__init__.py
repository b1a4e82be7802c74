"""Metrics and what is shown after training."""
