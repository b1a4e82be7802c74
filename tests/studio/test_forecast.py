"""What is foretold of a run: its parts by rule, what scales it, what warns, what is remembered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nnstudio.catalogue import registry
from nnstudio.compiler.analysis import analyse
from nnstudio.core.problems import Problem, WorldError
from nnstudio.core.values import Args, Choice
from nnstudio.engine.measure import Speed, measure
from nnstudio.engine.memory import free_memory
from nnstudio.graph.edits import SetSetting
from nnstudio.graph.model import Project, Repeat
from nnstudio.kit import device
from nnstudio.studio import forecasts as book
from nnstudio.studio import templates
from nnstudio.studio.forecast import MARGIN, Samples, forecast, problem
from nnstudio.studio.forecast_work import number, works
from nnstudio.studio.forecasts import Forecasts
from nnstudio.studio.session import Session
from tests.builder import DIGITS, Expression, GraphBuilder, project

SPEED = Speed("cpu", 1, 300_000_000, 5e-4, 7e-5, 5e10, 2.5e10, 2e9, 3e10, 3e-5, 1e8)
SAMPLES = Samples(4000, 1000, 785)
MNIST = replace(DIGITS, inputs=((1, 28, 28),))


def perceptron(wide: int = 1024, **settings: object) -> Project:
    b = GraphBuilder("Net", id="net")
    x = b("Flatten", b.input("N", 1, 28, 28))
    x = b("ReLU", b("Linear", x, out_features=wide))
    b.output(b("Linear", x, out_features=10))
    args = {"loss": Choice("CrossEntropyLoss"), "optimizer": Choice("SGD", Args(lr=0.1))}
    args |= {"batch_size": 64, "epochs": 5, **settings}
    return project(b, data=MNIST, loop=Choice("supervised", Args(args)))


def made(document: Project, free: int | None = None, **given: object):
    found = forecast(analyse(document), SPEED, SAMPLES, free=free, **given)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_memory_grows_by_what_a_sample_keeps_and_by_what_the_optimizer_remembers() -> None:
    plain, adam = made(perceptron()), made(perceptron(optimizer=Choice("Adam", Args(lr=0.1))))
    weights = 784 * 1024 + 1024 + 1024 * 10 + 10
    assert adam.memory - plain.memory == 2 * 4 * weights
    once, twice = made(perceptron(batch_size=64)), made(perceptron(batch_size=128))
    # 1 024 of the hidden layer and 10 scores are kept, two as large pass by, four batches judge.
    each = 1024 + 10 + 2 * 1024 + 24 * 1024 + 785
    assert twice.memory - once.memory == 64 * 4 * each
    all_of_it = made(perceptron(batch_size=4096)).memory
    assert made(perceptron(batch_size=65536)).memory == all_of_it, "there are no more samples"


def test_frozen_weights_have_neither_gradient_nor_state() -> None:
    document = perceptron(optimizer=Choice("AdamW", Args(lr=0.1)))
    graph = document.graphs["net"]
    nodes = {key: replace(node, trainable=False) for key, node in graph.nodes.items()}
    frozen = replace(document, graphs={"net": replace(graph, nodes=nodes)})
    weights = 784 * 1024 + 1024 + 1024 * 10 + 10
    assert made(document).memory - made(frozen).memory == 3 * 4 * weights


def test_an_epoch_takes_longer_with_more_work_and_no_longer_than_its_steps() -> None:
    small, large = made(perceptron(64)), made(perceptron(4096))
    assert small.epoch is not None
    assert large.epoch is not None
    assert large.epoch > 2 * small.epoch
    assert small.epochs == 5
    many = made(perceptron(64, batch_size=1))
    assert many.epoch is not None
    assert many.epoch > 30 * small.epoch, "each step has a cost of its own"


def test_a_batch_size_that_is_typed_is_foretold_without_touching_the_document() -> None:
    document = perceptron()
    assert made(document, batch=128) == made(perceptron(batch_size=128))


def test_what_an_earlier_run_was_off_scales_the_time() -> None:
    plain, scaled = made(perceptron()), made(perceptron(), scale=1.5)
    assert scaled.epoch == pytest.approx(1.5 * plain.epoch)
    assert (plain.basis, scaled.basis) == ("machine", "runs")


def test_the_largest_batch_fits_and_twice_as_much_does_not() -> None:
    free = 380_000_000
    found = made(perceptron(), free)
    assert found.largest is not None
    assert found.largest < 4096
    assert made(perceptron(batch_size=found.largest)).memory <= free * MARGIN
    assert made(perceptron(batch_size=2 * found.largest)).memory > free * MARGIN


def test_a_batch_that_does_not_fit_is_a_warning_whose_repair_mends_it() -> None:
    document, free = perceptron(batch_size=16384), 380_000_000
    fault = problem(made(document, free))
    assert fault is not None
    assert (fault.code, fault.where, fault.severity) == (
        "forecast.memory",
        "loop.batch_size",
        "warning",
    )
    (repair,) = fault.repairs
    edit = repair.edits[0]
    assert isinstance(edit, SetSetting)
    assert repair.label == f"batch size {edit.value}"
    assert problem(made(edit.apply(document), free)) is None
    assert "16384" in fault.message


def test_a_network_that_never_fits_says_so_without_a_repair() -> None:
    fault = problem(made(perceptron(400_000), 700_000_000))
    assert fault is not None
    assert fault.code == "forecast.too_large"
    assert fault.repairs == ()
    assert problem(made(perceptron(400_000), None)) is None, "nothing is known of this machine"


def test_blocks_and_repeats_are_opened_and_their_work_is_that_of_the_analysis() -> None:
    block = GraphBuilder("Unit", id="unit", channels=int)
    x = block.input("N", "channels", "H", "W")
    x = block("Conv2d", x, out_channels=Expression("channels"), kernel_size=3, padding=1)
    block.output(block("ReLU", x))
    b = GraphBuilder("Net", id="net")
    x = b("Conv2d", b.input("N", 1, 8, 8), out_channels=4, kernel_size=1)
    x = b(block, x, channels=4, repeat=Repeat(3))
    b.output(b("Linear", b("Flatten", x), out_features=2))
    analysis = analyse(project(b))
    assert analysis.ok, analysis.problems
    found = works(analysis, "net", {})
    assert sum(one.count for one in found) == 1 + 3 * 2 + 1
    flops = number(analysis.graphs["net"].flops, {"N": 1})
    assert sum(one.count * one.flops for one in found) == flops


@pytest.mark.parametrize("name", templates.names())
def test_every_template_that_can_be_trained_has_a_forecast(name: str) -> None:
    document = templates.load(name).project
    found = forecast(analyse(document), SPEED, SAMPLES, free=10**10)
    if document.loop.name not in registry.LOOPS or document.data.reader is None:
        # Without data the length of a text, if there is one, is not known.
        assert found is None or document.loop.name in registry.LOOPS
        return
    assert found is not None
    assert found.memory > SPEED.floor
    assert (found.epoch is None) == (document.data.task == "environment")


def test_a_length_that_nobody_knows_is_not_taken_for_one() -> None:
    document = templates.load("char-lstm").project
    long = forecast(analyse(document), SPEED, SAMPLES)
    assert long is not None
    data = replace(document.data, inputs=((256,),), target=(256,))
    longer = forecast(analyse(replace(document, data=data)), SPEED, SAMPLES)
    assert longer is not None
    assert longer.memory > long.memory
    unknown = replace(document, data=replace(document.data, reader=None, inputs=(), target=()))
    assert forecast(analyse(unknown), SPEED, SAMPLES) is None


def test_a_faulty_network_has_none() -> None:
    b = GraphBuilder("Net", id="net")
    b.output(b("Linear", b("Flatten", b.input("N", 3)), out_features=-1))
    assert forecast(analyse(project(b, data=DIGITS)), SPEED, SAMPLES) is None


def started(tmp_path: Path, calls: list[str], document: Project | None = None) -> Forecasts:
    def measured(name: str, threads: tuple[int, ...]) -> tuple[Speed, ...]:
        calls.append(name)
        return SPEED, replace(SPEED, threads=3)

    session = Session(document or templates.load("mlp-digits").project)
    found = Forecasts(session, path=tmp_path / "forecast.json", measured=measured)
    found.start()
    return found


def settle(found: Forecasts) -> None:
    assert found.settle(120.0)


def test_what_is_missing_is_found_out_once_and_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(book, "_counted", lambda reader, folder: SAMPLES)
    first = started(tmp_path, calls)
    assert first.ask() is None
    assert first.busy
    settle(first)
    foretold = first.ask()
    assert foretold is not None
    assert foretold.epoch is not None
    assert calls == ["auto"]
    first.close()
    second = started(tmp_path, calls)
    assert second.ask() is not None, "another window knows it at once"
    assert calls == ["auto"]
    second.close()


def test_nothing_is_measured_before_the_window_rests_nor_beside_a_run(tmp_path: Path) -> None:
    calls: list[str] = []
    session = Session(perceptron())
    found = Forecasts(
        session, path=tmp_path / "f.json", busy=lambda: True, measured=lambda *_: calls.append("")
    )
    found.ask()
    found.start()
    found.ask()
    assert not found.busy
    assert calls == []
    found.close()


def test_what_is_remembered_is_checked_like_any_file(tmp_path: Path) -> None:
    path = tmp_path / "forecast.json"
    for text in ("", "[", '{"speeds": {"auto": [{"device": 7}]}, "samples": {"a": {"train": -1}}}'):
        path.write_text(text)
        assert Forecasts(Session(), path=path).ask() is None


def test_a_failed_measurement_is_silent_and_not_tried_again(tmp_path: Path) -> None:
    calls: list[str] = []

    def failing(name: str, threads: tuple[int, ...]) -> tuple[Speed, ...]:
        calls.append(name)
        raise WorldError(Problem("forecast.unmeasured", args={"why": "it is gone"}))

    session = Session(templates.load("dqn-cartpole").project)
    found = Forecasts(session, path=tmp_path / "f.json", measured=failing)
    found.start()
    for _ in range(3):
        assert found.ask() is None
        settle(found)
    assert calls == ["auto"]
    found.close()


def test_tiny_is_what_the_kit_takes_one_thread_for() -> None:
    assert book.TINY == device.TINY


def test_the_system_tells_what_is_free() -> None:
    free = free_memory()
    assert free is None or 2**20 < free < 2**50
    assert free_memory("cuda:99") is None


@pytest.mark.slow
def test_this_machine_is_measured() -> None:
    (speed,) = measure("cpu", (1,))
    assert speed.device == "cpu"
    assert 50e6 < speed.floor < 5e9
    assert 1e7 < speed.elements < 1e12
    with pytest.raises(WorldError):
        measure("cuda:99", (1,))
