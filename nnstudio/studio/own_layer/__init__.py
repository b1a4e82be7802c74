"""Layers of the user's own: their text as edits, trying them out, and which are trusted here."""
