"""How a class is written: names, statements, lines."""
