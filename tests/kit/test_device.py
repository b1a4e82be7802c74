"""Devices are listed with reasons, and threads follow from sizes."""

import pytest
import torch

from nnstudio.kit import device
from nnstudio.kit.device import DeviceError


def test_every_kind_is_listed_ready_or_with_a_reason() -> None:
    known = device.devices()
    assert known[0].name == "cpu"
    assert known[0].ready
    assert known[0].memory is None or known[0].memory > 1 << 28
    assert {d.name.partition(":")[0] for d in known} == {"cpu", "cuda", "mps"}
    for one in known[1:]:
        assert one.ready or len(one.reason.split()) >= 4


def test_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    assert device.choose("cpu") == torch.device("cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert device.choose() == torch.device("cpu")
    for name in ("cuda", "cuda:3", "mps", "tpu"):
        with pytest.raises(DeviceError, match="cannot be used: ") as caught:
            device.choose(name)
        assert caught.value.hint == "here are: cpu"


def test_gpus_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    class About:
        name, total_memory = "Big One", 80 << 30

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda number: About)
    assert [(d.name, d.title) for d in device.devices()[1:3]] == [
        ("cuda:0", "Big One"), ("cuda:1", "Big One"),
    ]  # fmt: skip
    assert device.choose("cuda") == torch.device("cuda:0")
    assert device.choose("auto") == torch.device("cuda:0")
    with pytest.raises(DeviceError, match="'cuda:2' cannot be used: there is no such device"):
        device.choose("cuda:2")


@pytest.mark.parametrize(
    ("cuda", "driver", "words"),
    [
        (None, None, "for the CPU only, and no NVIDIA driver"),
        (None, "/usr/bin/nvidia-smi", "there is an NVIDIA driver, but"),
        ("12.8", None, "ready for CUDA 12.8, but no NVIDIA driver"),
    ],
)
def test_why_there_is_no_cuda(
    cuda: str | None, driver: str | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", cuda)
    monkeypatch.setattr(device.shutil, "which", lambda name: driver)
    assert words in next(d.reason for d in device.devices() if d.name == "cuda")


def test_threads_follow_from_sizes_alone() -> None:
    assert device.threads(1_000, 64) == 1
    assert [device.threads(1_000_000, cores) for cores in (1, 2, 8)] == [1, 1, 7]
    assert device.threads(1_000_000) == max(1, device.cores() - 1)


def test_deterministic_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    try:
        device.make_deterministic()
        assert torch.are_deterministic_algorithms_enabled()
    finally:
        torch.use_deterministic_algorithms(False)
        monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
