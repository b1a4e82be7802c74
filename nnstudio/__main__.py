"""The entry point: `nnstudio` and `python -m nnstudio`."""

import sys

from nnstudio.core import versions

WORLD_FAILED = 3


def main(argv: list[str] | None = None) -> int:
    """Refuse what cannot work with a sentence, else hand over to the command line."""
    sentence = versions.refusal()
    if sentence:
        sys.stderr.write(sentence + "\n")
        return WORLD_FAILED
    # Only now: the command line's own imports may not survive what was just refused.
    from nnstudio.cli.main import main as run

    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
