"""What was learned on one half of the digits helps to learn the other half from a few pictures.

The steps are those that the note of the template names: train, choose the other digits and few
pictures of each, freeze the features, continue.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from nnstudio.core.paths import resource
from nnstudio.core.values import Choice
from nnstudio.engine import folder, runner
from nnstudio.engine.events import Finished, Start
from nnstudio.graph.edits import SetTrainable
from nnstudio.graph.model import Project
from nnstudio.project import store

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
PICTURES, EPOCHS = 2, 60


def trained(
    project: Project, runs: Path, epochs: int | None = None, start: Start | None = None
) -> tuple[Path, float]:
    """Train; return the run folder and the accuracy of the last epoch."""
    settings = folder.Settings(seed=0, epochs=epochs, device="cpu", threads=1)
    prepared = folder.make(project, runs, settings, start=start)
    run = runner.launch(prepared)
    while not run.wait(0.1):
        run.events()
    assert run.join(20)
    assert isinstance(run.last, Finished), run.last
    return prepared.folder, run.last.metrics["val/accuracy"]


def test_features_of_half_of_the_digits_serve_the_other_half(tmp_path: Path) -> None:
    project = store.load(resource("templates", "transfer-digits.nns"))
    first, accuracy = trained(project, tmp_path / "first")
    assert accuracy >= 0.98

    assert project.data.reader is not None
    args = project.data.reader.args.replace(digits="5 to 9", per_class=PICTURES)
    data = replace(project.data, reader=Choice("mnist", args), classes=tuple("56789"))
    other = replace(project, data=data)
    graph = next(iter(other.graphs.values()))
    (features,) = (key for key, node in graph.nodes.items() if node.name == "features")
    frozen = SetTrainable(graph.id, features, False).apply(other)
    _, transferred = trained(frozen, tmp_path / "few", EPOCHS, Start(str(first)))
    _, scratch = trained(other, tmp_path / "scratch", EPOCHS)
    assert transferred >= 0.78
    assert transferred >= scratch + 0.05
