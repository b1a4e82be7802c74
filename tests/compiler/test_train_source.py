"""The script that trains: written from declarations, in the shape of the hand-written one."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.source import code
from nnstudio.compiler.train_source import train_source
from nnstudio.compiler.walls import check_train
from nnstudio.core.paths import package
from nnstudio.core.values import Args, Choice
from nnstudio.graph.model import Project
from tests.compiler import networks


def text_of(document: Project) -> str:
    return train_source(analyse(document)).text


def test_settings_at_their_defaults_are_left_out() -> None:
    text = text_of(networks.train_dqn())
    assert "gamma" not in text
    assert "schedule=partial(schedules.cosine, end=0.1)," in text
    assert "optimizer=partial(torch.optim.AdamW, lr=0.0005)," in text


@pytest.mark.parametrize("name", networks.TRAINED)
def test_only_what_is_used_is_imported(name: str) -> None:
    text = text_of(networks.TRAINED[name]())
    tree = ast.parse(text)
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert imported <= used


def test_limits_of_the_run_are_the_defaults_of_the_command() -> None:
    document = networks.train_lenet()
    loop = Choice("supervised", document.loop.args.replace(epochs=3, steps=70))
    text = text_of(replace(document, loop=loop))
    assert "command.parse(argv, __doc__, epochs=3, steps=70)" in text


def test_a_loss_is_made_and_several_metrics_are_a_tuple() -> None:
    document = networks.train_lenet()
    metrics = (Choice("accuracy"), Choice("top5_accuracy"))
    args = document.loop.args.replace(
        loss=Choice("CrossEntropyLoss"), metrics=metrics, augment=None
    )
    text = text_of(replace(document, loop=Choice("supervised", args)))
    assert "loss=nn.CrossEntropyLoss()," in text
    assert "metrics=(metrics.accuracy, metrics.top5_accuracy)," in text
    assert "augment" not in text


def test_lines_lead_to_the_loop_and_the_data() -> None:
    made = train_source(analyse(networks.train_lenet()))
    lines = made.text.splitlines()
    assert "mnist.read" in lines[made.places["data"][0] - 1]
    assert any("label_smoothing" in lines[number - 1] for number in made.places["loop"])


def test_names_of_the_project_stay_in_the_docstring() -> None:
    document = replace(networks.train_lenet(), name='"""\nimport os\n' + "x" * 300)
    body = ast.parse(text_of(document)).body
    assert "import os" in str(ast.literal_eval(ast.unparse(body[0])))
    assert max(map(len, text_of(document).splitlines())) <= 100


@pytest.mark.slow
def test_the_script_trains_alone(tmp_path: Path) -> None:
    """Written to a folder with the kit, it runs where nnstudio cannot be imported."""
    document = networks.train_dqn()
    loop = Choice("dqn", document.loop.args.replace(warmup=128, steps_per_epoch=20))
    document = replace(document, loop=loop)
    made = code(analyse(document))
    (tmp_path / "model.py").write_text(made.model.text, encoding="utf-8")
    (tmp_path / "train.py").write_text(made.train.text, encoding="utf-8")
    shutil.copytree(package("kit"), tmp_path / "kit", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-I", "-c", _ALONE, "--steps", "25", "--json", "--out", "run"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    assert '"finished"' in done.stdout


_ALONE = """
import sys
sys.path.insert(0, ".")
sys.modules["nnstudio"] = None
import train
train.main(sys.argv[1:])
"""


def test_choices_at_odds_with_defaults_of_torch_are_written() -> None:
    document = networks.train_lenet()
    args = document.loop.args.replace(optimizer=Choice("SGD", Args(lr=0.1, momentum=0.9)))
    text = text_of(replace(document, loop=Choice("supervised", args)))
    assert "optimizer=partial(torch.optim.SGD, lr=0.1, momentum=0.9)," in text


def test_weights_of_classes_are_written_as_a_tensor() -> None:
    document = networks.train_lenet()
    loss = Choice("CrossEntropyLoss", Args(weight=(1, 2.5, *(1.0,) * 8)))
    loop = replace(document.loop, args=Args({**document.loop.args, "loss": loss}))
    text = text_of(replace(document, loop=loop))
    check_train(text, ["LeNet5", "LeNet"])
    tree = ast.parse(text)
    assert "import torch" in map(ast.unparse, tree.body)
    (call,) = (
        part for part in ast.walk(tree)
        if isinstance(part, ast.Call) and ast.unparse(part.func) == "nn.CrossEntropyLoss"
    )  # fmt: skip
    assert ast.unparse(call.keywords[0]).startswith("weight=torch.tensor([1.0, 2.5, 1.0")
