"""From the document to problems, shapes, costs and readable PyTorch source."""
