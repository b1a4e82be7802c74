"""What can be chosen: layers, losses, optimizers, schedules, metrics and blocks."""
