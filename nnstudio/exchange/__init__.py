"""What is written for elsewhere without torch, and the readers that need none."""
