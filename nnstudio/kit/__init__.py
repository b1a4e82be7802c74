"""Plain PyTorch to take home; it imports nothing of NNStudio."""
