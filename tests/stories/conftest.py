"""The fixtures of the attacks."""

from tests.stories.attacking import cli, digits

__all__ = ["cli", "digits"]
