"""What is taken home from a run that has ended is proven by a step that it makes and ours makes."""

from pathlib import Path

import pytest

from nnstudio.cli.main import main
from nnstudio.studio import templates

TEMPLATES = sorted(name for name in templates.names() if templates.load(name).trains)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_finished_run_is_proven(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, run, home = (tmp_path / part for part in (f"{name}.nns", "run", "home"))
    assert main(["new", name, "-o", str(file)]) == 0
    assert main(["train", str(file), "--steps", "5", "--run-dir", str(run)]) == 0
    capsys.readouterr()
    assert main(["export", str(run), "--to", "python", "-o", str(home), "--verify"]) == 0
    words = capsys.readouterr().err
    assert "equal to the last bit" in words
    assert " 0 outputs" not in words
