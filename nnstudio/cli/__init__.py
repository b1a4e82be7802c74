"""The command line: `nnstudio` and `python -m nnstudio`."""
