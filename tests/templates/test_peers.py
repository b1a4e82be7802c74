"""Full-size networks against torchvision and transformers: the same weights, the same output."""

from __future__ import annotations

import importlib.util
import sys

import pytest
import torch
from torch import Tensor

import nnstudio
from tests.templates.peers import PEERS, Peer
from tests.templates.references import load

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
LARGEST = 1e-5


def carried_over(peer: Peer, theirs: dict[str, Tensor], names: set[str]) -> dict[str, Tensor]:
    """Their weights under our names; every one of theirs has to be asked for."""
    found = {}
    for name in names:
        tensor = theirs[peer.rename(name)]
        found[name] = tensor.T if name.endswith(peer.turned or ("\0",)) else tensor
    left = set(theirs) - {peer.rename(name) for name in names}
    assert not {name for name in left if not name.endswith(("attn.bias", "position_ids"))}, left
    return found


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.filterwarnings("ignore")  # of packages that are not ours
def test_the_same_weights_give_the_same_output(name: str) -> None:
    peer = PEERS[name]
    if importlib.util.find_spec(peer.package) is None:
        pytest.skip(f"{peer.package} is not installed")
    torch.manual_seed(7)
    theirs = peer.make().eval()
    _unsettle(theirs)
    ours = nnstudio.build(load(name)).eval()
    state = carried_over(peer, theirs.state_dict(), set(ours.state_dict()))
    ours.load_state_dict(state)
    feeds = peer.feed(torch.Generator().manual_seed(1))
    named = {"token_type_ids": feeds[1]} if len(feeds) > 1 else {}
    with torch.no_grad():
        wanted = peer.read(theirs(feeds[0], **named))
        made = ours(*feeds)
    made = made if isinstance(made, tuple) else (made,)
    gap = max(float((a - b).abs().max()) for a, b in zip(made, wanted, strict=True))
    sys.stdout.write(f"\n{name}: {len(state)} tensors, largest difference {gap:g} ")
    assert all(float(tensor.std()) > 0 for tensor in wanted)
    assert gap <= LARGEST


def _unsettle(model: torch.nn.Module) -> None:
    """Give norms, biases and statistics values that a mistake would show in."""
    for name, tensor in model.state_dict().items():
        if name.endswith("running_var"):
            tensor.uniform_(0.8, 1.2)
        elif name.endswith(("running_mean", "bias")) and tensor.is_floating_point():
            tensor.normal_(0, 0.02)
        elif name.endswith("class_token"):
            tensor.normal_()
