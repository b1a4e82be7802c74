"""What every template reaches, trained as it is: the figures that the product promises.

`python3 packaging/test.py --slow tests/stories/test_figures.py` prints them as a table.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from nnstudio.cli.main import main
from nnstudio.studio import templates

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
FIVE_MINUTES = 300.0

Figures = Mapping[str, float]
_table: list[tuple[str, str, str, str]] = []


@dataclass(frozen=True)
class Promise:
    """What a template must reach.

    Attributes:
        words: The promise.
        kept: Whether the figures of the last and of the best epoch keep it.
        shown: The figures that are printed.
    """

    words: str
    kept: Callable[[Figures, Figures], bool]
    shown: tuple[str, ...]


def above(metric: str, least: float) -> Promise:
    """The best epoch reaches a figure."""
    words = f"best {metric} ≥ {least}"
    return Promise(words, lambda last, best: best[metric] >= least, (metric,))


def share(part: float, baseline: str) -> Promise:
    """The squared error of the best epoch is at most a part of that of a simple method."""
    return Promise(
        f"best val/mse ≤ {part} × {baseline}",
        lambda last, best: best["val/mse"] <= part * best[baseline],
        ("val/mse", baseline),
    )


PROMISES = {
    "moons": above("val/accuracy", 0.97),
    "mlp-digits": Promise(
        "val/accuracy ≥ 0.97 in 20 epochs",
        lambda last, best: last["val/accuracy"] >= 0.97,
        ("val/accuracy",),
    ),
    "lenet5-mnist": Promise(
        "best val/accuracy ≥ 0.96 in 5 epochs",
        lambda last, best: best["val/accuracy"] >= 0.96,
        ("val/accuracy",),
    ),
    "resnet-mnist": Promise(
        "best val/accuracy ≥ 0.975",
        lambda last, best: best["val/accuracy"] >= 0.975,
        ("val/accuracy",),
    ),
    "inception-mnist": above("val/accuracy", 0.97),
    "vit-mnist": above("val/accuracy", 0.94),
    "capsnet-mnist": above("val/accuracy", 0.98),
    "siamese-mnist": above("val/multilabel_accuracy", 0.94),
    "transfer-digits": above("val/accuracy", 0.98),
    "signal-conv1d": above("val/accuracy", 0.95),
    "unet-shapes": Promise(
        "best val/accuracy ≥ 0.97 of the pixels, val/iou ≥ 0.8",
        lambda last, best: best["val/accuracy"] >= 0.97 and best["val/iou"] >= 0.8,
        ("val/accuracy", "val/iou"),
    ),
    "autoencoder-mnist": share(0.25, "baseline/mean_picture"),
    "denoising-mnist": share(0.06, "baseline/mse"),
    "rnn-sunspots": share(0.45, "baseline/mse"),
    "lstm-sunspots": share(0.4, "baseline/mse"),
    "seq2seq-reverse": above("val/token_accuracy", 0.99),
    "text-encoder": above("val/accuracy", 0.84),
    "char-gpt": Promise(
        "val/loss ≤ 1.90 nats a character",
        lambda last, best: best["val/loss"] <= 1.90,
        ("val/loss", "baseline/bigram"),
    ),
    "char-lstm": Promise(
        "val/loss ≤ 1.40 nats a character",
        lambda last, best: best["val/loss"] <= 1.40,
        ("val/loss", "baseline/bigram"),
    ),
    "dqn-cartpole": Promise(
        "best eval/return ≥ 195",
        lambda last, best: best["eval/return"] >= 195,
        ("eval/return",),
    ),
    "dcgan-mnist": Promise(
        "ten digits in 500 samples, mean confidence ≥ 0.8",
        lambda last, best: best["eval/digits"] == 10 and best["eval/confidence"] >= 0.8,
        ("eval/digits", "eval/confidence"),
    ),
}
EPOCHS = {"mlp-digits": 20, "lenet5-mnist": 5}


@pytest.fixture(scope="module", autouse=True)
def table(pytestconfig: pytest.Config) -> Iterator[None]:
    """Print what was reached, at the end and in any case."""
    yield
    rows = [("template", "promise", "last → best", "seconds"), *_table]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    reporter = pytestconfig.pluginmanager.get_plugin("terminalreporter")
    assert reporter is not None
    reporter.write_line("\n\n" + "\n".join(lines))


def test_every_template_has_a_promise() -> None:
    """But those that are drawn: no loop of this version trains them."""
    names = {name for name in templates.names() if templates.load(name).trains}
    assert names == set(PROMISES)


@pytest.mark.parametrize("name", PROMISES)
def test_figures(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, promise = tmp_path / f"{name}.nns", PROMISES[name]
    assert main(["new", name, "-o", str(file)]) == 0
    epochs = ["--epochs", str(EPOCHS[name])] if name in EPOCHS else []
    start = time.monotonic()
    assert main(["train", str(file), *epochs, "--device", "cpu", "--json"]) == 0
    seconds = time.monotonic() - start
    end = json.loads(capsys.readouterr().out.splitlines()[-1])
    last, best = end["metrics"], end["best"]
    pairs = (f"{key} {last[key]:.4g} → {best[key]:.4g}" for key in promise.shown)
    took = f"{seconds:.0f}" + (" (more than 5 minutes)" if seconds > FIVE_MINUTES else "")
    _table.append((name, promise.words, ", ".join(pairs), took))
    assert promise.kept(last, best), (last, best)
