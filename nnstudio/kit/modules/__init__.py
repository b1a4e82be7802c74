"""Modules that torch lacks; each is pasted as a class into an exported model."""
