"""The proof finds what differs, and its place."""

import shutil
from pathlib import Path

import pytest

from nnstudio.core.problems import ProjectError
from nnstudio.exchange.python_folder import export
from nnstudio.exchange.verify import verify
from tests.exchange.projects import digits


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(digits(), tmp_path_factory.mktemp("export") / "out")


def test_an_export_is_equal(exported: Path) -> None:
    proof = verify(digits(), exported)
    assert proof.equal, proof.words
    assert proof.problem is None
    assert (proof.outputs, proof.weights) == (16, 18)
    assert 1.0 < proof.loss < 5.0
    assert "to the last bit" in proof.words


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("nn.ReLU()", "nn.LeakyReLU(1e-6)", "small_net/n4#0/n4"),
        ("nn.Linear(196, 10)", "nn.Linear(196, 10, bias=False)", "small_net/n6"),
        ("lr=0.01", "lr=0.010001", "small_net/n2"),
    ],
)
def test_a_difference_finds_its_node(
    exported: Path, tmp_path: Path, old: str, new: str, where: str
) -> None:
    target = tmp_path / "out"
    shutil.copytree(exported, target)
    for path in (target / "model.py", target / "train.py"):
        path.write_text(path.read_text().replace(old, new))
    proof = verify(digits(), target)
    assert not proof.equal
    assert proof.where == where
    assert proof.problem is not None
    assert proof.problem.code == "export.differs"


@pytest.mark.slow
def test_an_export_must_not_reach_for_us(exported: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    shutil.copytree(exported, target)
    (target / "model.py").write_text("import nnstudio\n" + (target / "model.py").read_text())
    with pytest.raises(ProjectError, match="out of reach"):
        verify(digits(), target)
