"""The README of an export: what it is, how it is run."""

from __future__ import annotations

from nnstudio.exchange.code_folder import CodeFolder
from nnstudio.graph.model import Project

_HEAD = """# {title}

{note}Drawn in NNStudio. Everything here is plain PyTorch and needs nothing of NNStudio's.

```
pip install -r requirements.txt
python train.py{data}
```

`python train.py --help` lists the settings: `--epochs --steps --seed --threads --device --data
--resume --json --out`. A run writes `runs/1`, `runs/2` …; `--resume runs/1` goes on from there.
With the same versions, seed and number of threads a run on the CPU gives the same bits each time.

| file | what it is |
|---|---|
| `model.py` | {networks}; needs torch alone |
"""
_ALONE = """# {title}

{note}Drawn in NNStudio. It is plain PyTorch and needs nothing of NNStudio's. No {lacking} was
chosen, so there is no script that trains it: choose it in NNStudio and export again, or bring
your own.

```python
from model import {first}

model = {first}()
```

| file | what it is |
|---|---|
| `model.py` | {networks}; needs torch alone |
"""
_CUSTOM = "| `custom.py` | your own layers |\n"
_REST = """| `train.py` | the training script |
| `kit/` | the training loop, the data reader, checkpoints |
"""
_FILES = "| `files/` | the data |\n"
_LARGE = """
The data is not here, since it is large: `{name}`, {size} bytes, sha256 `{sha256}`.
"""


def readme(project: Project, code: CodeFolder) -> str:
    """Return the README of an export.

    Args:
        project: What was drawn.
        code: Its code.
    """
    title = _line(project.name) or "A network"
    note = f"{_line(project.note)}\n\n" if project.note.strip() else ""
    names = [name for _, name in code.roles.values()]
    networks = ", ".join(f"`{name}`" for name in names) or "the networks"
    if not code.code.train.text:
        first = names[0] if names else next(iter(code.code.model.classes.values()))
        text = _ALONE.format(
            title=title,
            note=note,
            networks=networks,
            first=first,
            lacking="data" if project.data.reader is None else "training loop",
        )
        return text + (_CUSTOM if code.code.custom else "")
    text = _HEAD.format(title=title, note=note, networks=networks, data=_argument(code))
    text += (_CUSTOM if code.code.custom else "") + _REST
    if any(one.embedded for one in code.data):
        text += _FILES
    for one in (one for one in code.data if not one.embedded):
        text += _LARGE.format(name=_line(one.path.name), size=one.size, sha256=one.sha256)
    return text


def _argument(code: CodeFolder) -> str:
    """What a script has to be told when it does not know its data by itself."""
    if code.finds_data:
        return ""
    own = code.data[0]
    name = f"files/{own.path.name}" if own.embedded else own.path.name
    return f' --data "{_line(name)}"'


def _line(text: str) -> str:
    """Text of the user as plain text on one line: no markup of Markdown comes through."""
    words = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in '\\`*_[]<>#|!"' else letter for letter in words)
