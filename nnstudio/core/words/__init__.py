"""The words of problems, repairs and edits, by what they are about."""
