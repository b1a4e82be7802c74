"""The editor of own layers: their text, what trying it gave, and the question of trust."""
