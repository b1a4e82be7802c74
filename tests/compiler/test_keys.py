"""Weights follow node ids through every edit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.generated import Source
from nnstudio.compiler.model_source import model_source
from nnstudio.core.keys import KeyTable, adopt
from nnstudio.graph import edits, weights_map
from nnstudio.graph.edits import Edit
from nnstudio.graph.model import Graph, Node, Port, Project
from tests.compiler import networks
from tests.compiler.generated import imported


def built(
    document: Project, folder: Path
) -> tuple[Source, str, dict[str, torch.Tensor], nn.Module]:
    """Build the first network; its weights by id path."""
    folder.mkdir(exist_ok=True)
    text = model_source(analyse(document))
    owner = text.classes[next(iter(document.graphs))]
    with imported(document, folder, text) as module:
        model = getattr(module, owner)()
    paths = text.keys.id_paths(owner, model.state_dict())
    return text, owner, {paths[key]: value for key, value in model.state_dict().items()}, model


@pytest.mark.parametrize("name", networks.ZOO)
def test_every_key_has_a_path_of_its_own_and_back(name: str, tmp_path: Path) -> None:
    text, owner, values, model = built(networks.ZOO[name](), tmp_path)
    assert len(values) == len(model.state_dict())
    assert [text.keys.key(owner, path) for path in values] == list(model.state_dict())


def test_modules_have_paths_too(tmp_path: Path) -> None:
    text, owner, _, model = built(networks.gpt(), tmp_path)
    paths = {name: text.keys.id_path(owner, name) for name, _ in model.named_modules()}
    assert paths["blocks.2.attention.out_proj"] == "n6#2/n4/out_proj"
    assert paths["blocks.2.mlp.0"] == "n6#2/n7"
    assert paths["blocks"] == "n6"
    assert paths["blocks.2.mlp"] == "n6#2/n7"
    assert paths[""] == ""


def test_a_table_survives_json(tmp_path: Path) -> None:
    text, owner, values, _ = built(networks.gpt(), tmp_path)
    again = KeyTable.from_json(json.loads(json.dumps(text.keys.to_json())))
    assert again == text.keys
    assert [again.key(owner, path) for path in values] == [
        text.keys.key(owner, path) for path in values
    ]


def test_unknown_keys_are_errors(tmp_path: Path) -> None:
    text, owner, _, _ = built(networks.mlp(), tmp_path)
    with pytest.raises(KeyError):
        text.keys.id_path(owner, "nothing.weight")
    with pytest.raises(KeyError):
        text.keys.key(owner, "nothing/weight")


def test_a_borrowed_parameter_names_its_owner(tmp_path: Path) -> None:
    text, owner, values, model = built(networks.gpt(), tmp_path)
    head = text.keys.id_path(owner, "head.weight")
    assert text.keys.owner_path(owner, head) == text.keys.id_path(owner, "token_embedding.weight")
    assert model.head.weight is model.token_embedding.weight
    assert all(text.keys.owner_path(owner, path) == path for path in values if path != head)


def _reordered(document: Project) -> Project:
    graph = next(iter(document.graphs.values()))
    nodes = dict(reversed(list(graph.nodes.items())))
    again = Graph(graph.id, graph.name, nodes, graph.params, graph.note, graph.role)
    return Project(document.name, {graph.id: again}, document.blocks, loop=document.loop)


STEM = ("n2", "n3", "n4")
EDITS: dict[str, Edit] = {
    "rename": edits.Rename("res_net_18", "n2", "first"),
    "rename in a block": edits.Rename("residual_block", "n2", "first"),
    "move": edits.MoveNodes("res_net_18", {"n2": (5.0, 5.0)}),
    "insert": edits.InsertOnEdge("res_net_18", Node("new", "ReLU"), edits.Consumer("n3", 0)),
    "insert a layer": edits.InsertOnEdge(
        "residual_block", Node("new", "BatchNorm2d"), edits.Consumer("n3", 0)
    ),
    "freeze": edits.SetTrainable("res_net_18", "n2", False),
    "unname": edits.Batch(tuple(edits.Rename("res_net_18", node, "") for node in STEM)),
    "group": edits.GroupNodes("res_net_18", STEM, "Stem", {Port("n1"): ("N", 3, 224, 224)}),
    "ungroup": edits.UngroupNode("res_net_18", "n8"),
}


@pytest.mark.parametrize("name", EDITS)
def test_all_122_tensors_of_a_resnet_survive(name: str, tmp_path: Path) -> None:
    document, edit = networks.resnet18(), EDITS[name]
    _, _, old, _ = built(document, tmp_path / "old")
    assert len(old) == 122
    text, owner, new, model = built(edit.apply(document), tmp_path / "new")
    graph = next(iter(document.graphs))
    moved = weights_map.moved_paths(edit, document, graph, old)
    found = adopt(old, new, moved)
    assert sorted(found.kept.values()) == sorted(old)
    assert len(found.fresh) == len(new) - 122
    with torch.no_grad():
        for path, source in found.kept.items():
            model.state_dict()[text.keys.key(owner, path)].copy_(old[source])
    fresh = set(found.fresh)
    now = {text.keys.id_path(owner, key): value for key, value in model.state_dict().items()}
    kept = {path: value for path, value in now.items() if path not in fresh}
    assert all(torch.equal(value, old[found.kept[path]]) for path, value in kept.items())


def test_reordering_keeps_all(tmp_path: Path) -> None:
    document = networks.resnet18()
    _, _, old, _ = built(document, tmp_path / "old")
    _, _, new, _ = built(_reordered(document), tmp_path / "new")
    found = adopt(old, new)
    assert len(found.kept) == 122
    assert all(path == source for path, source in found.kept.items())


class _Sized:
    def __init__(self, *shape: int) -> None:
        self.shape = shape


def test_adopt_takes_what_fits_and_lists_the_rest() -> None:
    old: dict[str, Any] = {"a/weight": _Sized(2, 3), "b/weight": _Sized(4), "gone/bias": _Sized(1)}
    new: dict[str, Any] = {"a/weight": _Sized(2, 3), "b/weight": _Sized(5), "c/weight": _Sized(4)}
    found = adopt(old, new)
    assert found.kept == {"a/weight": "a/weight"}
    assert found.fresh == ["b/weight", "c/weight"]
    assert adopt(old, new, {"b/weight": "c/weight"}).kept["c/weight"] == "b/weight"


def test_a_borrower_takes_the_value_of_its_owner() -> None:
    old: dict[str, Any] = {"a/weight": _Sized(2), "b/weight": _Sized(2)}
    found = adopt(old, dict(old), owners={"b/weight": "a/weight"})
    assert found.kept == {"a/weight": "a/weight", "b/weight": "a/weight"}
