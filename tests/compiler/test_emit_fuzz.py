"""Random networks with nasty names: the same bytes, in style, what was foretold."""

from __future__ import annotations

from pathlib import Path

import torch

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.source import checked_model
from tests.compiler.fuzz import random_project
from tests.compiler.generated import imported, run_forward, style


def test_random_networks(tmp_path: Path) -> None:
    torch.manual_seed(0)
    ran = 0
    for seed in range(60):
        document = random_project(seed)
        analysis = analyse(document)
        if any(p.severity == "error" for info in analysis.graphs.values() for p in info.problems):
            continue
        text = checked_model(analysis)
        assert text.text == checked_model(analyse(document)).text
        folder = tmp_path / f"s{seed}"
        folder.mkdir()
        with imported(document, folder, text) as module:
            owner = text.classes["main"]
            model = getattr(module, owner)()
            result, foretold = run_forward(analysis, "main", model)
            results = result if isinstance(result, tuple) else (result,)
            assert [tuple(one.shape) for one in results] == foretold, f"seed {seed}"
            paths = text.keys.id_paths(owner, model.state_dict())
            assert len(set(paths.values())) == len(paths)
            assert all(text.keys.key(owner, path) == key for key, path in paths.items())
        ran += 1
    assert ran > 40
    assert style(tmp_path) == ""
