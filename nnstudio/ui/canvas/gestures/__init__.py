"""What hands do on the canvas: one gesture a file."""
