"""The code that people read: golden files, and the laws that hold for every one of them."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.generated import Source
from nnstudio.compiler.model_source import model_source
from nnstudio.compiler.source import code, source
from nnstudio.core.problems import ProjectError
from nnstudio.graph.edits import Rename, SetArgs
from nnstudio.graph.model import Project, Repeat
from tests.builder import GraphBuilder, project
from tests.compiler import networks
from tests.compiler.generated import imported, run_forward, style
from tests.compiler.golden import FOLDER, golden

ZOO = networks.ZOO


@pytest.fixture(scope="module")
def written() -> dict[str, tuple[Project, Source]]:
    documents = {name: make() for name, make in ZOO.items()}
    return {
        name: (document, model_source(analyse(document))) for name, document in documents.items()
    }


def test_golden_files_stand() -> None:
    made = golden()
    assert {path.name for path in FOLDER.iterdir()} == made.keys()
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, (
            f"{name}: read the difference, then run python -m tests.compiler.golden"
        )


def test_formatter_and_linter_are_content(tmp_path: Path) -> None:
    for name, text in golden().items():
        folder = tmp_path / name.removesuffix(".py")
        folder.mkdir()
        (folder / "model.py").write_text(text, encoding="utf-8")
    assert style(tmp_path) == ""


@pytest.mark.parametrize("name", ZOO)
def test_torch_runs_with_the_foretold_shapes(
    name: str, written: dict[str, tuple[Project, Source]], tmp_path: Path
) -> None:
    document, text = written[name]
    analysis = analyse(document)
    torch.manual_seed(0)
    with imported(document, tmp_path, text) as module:
        for graph in document.graphs:
            model = getattr(module, text.classes[graph])()
            result, foretold = run_forward(analysis, graph, model)
            results = result if isinstance(result, tuple) else (result,)
            assert [tuple(one.shape) for one in results] == foretold
            assert sum(p.numel() for p in model.parameters()) == analysis.graphs[graph].weights
            assert isinstance(pickle.loads(pickle.dumps(model)), type(model))  # noqa: S301


def test_resnet18_has_the_published_size(tmp_path: Path) -> None:
    with imported(networks.resnet18(), tmp_path) as module:
        with torch.device("meta"):
            model = module.ResNet18()
        assert sum(p.numel() for p in model.parameters()) == 11_689_512


@pytest.mark.parametrize("name", ZOO)
def test_the_same_document_gives_the_same_bytes(name: str) -> None:
    assert source(ZOO[name]()) == source(ZOO[name]())


@pytest.mark.parametrize("name", ["gpt", "capsule", "nested", "vae"])
def test_ids_do_not_matter(name: str) -> None:
    document = ZOO[name]()
    assert source(_renamed_ids(document)) == source(document)


def _renamed_ids(document: Project) -> Project:
    """Give every node another id, whose alphabetical order is the reverse."""
    text = repr(document)
    count = text.count("Node(")
    names = {f"n{k}": f"z{count - k:03}" for k in range(1, count + 1)}

    def graph(old):  # type: ignore[no-untyped-def]
        nodes = {}
        for key, node in old.nodes.items():
            inputs = tuple(
                tuple(replace(p, node=names[p.node]) for p in one)
                if isinstance(one, tuple)
                else one and replace(one, node=names[one.node])
                for one in node.inputs
            )
            share = node.share and replace(node.share, node=names[node.share.node])
            nodes[names[key]] = replace(node, id=names[key], inputs=inputs, share=share)
        return replace(old, nodes=nodes)

    return replace(
        document,
        graphs={key: graph(one) for key, one in document.graphs.items()},
        blocks={key: graph(one) for key, one in document.blocks.items()},
    )


def test_every_line_of_a_layer_leads_to_its_node(
    written: dict[str, tuple[Project, Source]],
) -> None:
    _, text = written["lenet"]
    lines = text.text.splitlines()
    for where, numbers in text.places.items():
        node = ZOO["lenet"]().graphs["le_net_5"].nodes[where.partition("/")[2]]
        if node.layer == "Linear":
            assert any("nn.Linear(" in lines[number - 1] for number in numbers)
    assert {where.partition("/")[2] for where in text.places} >= {"n2", "n3", "n4", "n12"}


def test_an_edit_writes_only_its_class_anew() -> None:
    document = networks.resnet18()
    before = analyse(document)
    first = model_source(before)
    edited = SetArgs("residual_block", "n2", {"bias": True}).apply(document)
    after = analyse(edited, before)
    second = model_source(after, first)
    assert second.text == model_source(analyse(edited)).text != first.text
    assert [one is two for one, two in zip(first.parts, second.parts, strict=True)].count(
        False
    ) <= 2
    assert model_source(before, first).parts == first.parts


def test_a_renamed_block_reaches_its_users() -> None:
    document = networks.gpt()
    analysis = analyse(document)
    first = model_source(analysis)
    block = replace(document.blocks["transformer_block"], name="Layer")
    renamed = replace(document, blocks={"transformer_block": block})
    second = model_source(analyse(renamed, analysis), first)
    assert "nn.ModuleList(Layer(128, dropout=0.1) for _ in range(4))" in second.text


def test_names_of_the_user_become_attributes() -> None:
    document = Rename("digits_mlp", "n2", "first layer").apply(networks.mlp())
    text = source(document)
    assert "self.first_layer = nn.Linear(64, 128)" in text
    assert "self.layers" not in text


def test_errors_are_said_and_nothing_is_written() -> None:
    b = GraphBuilder("Broken")
    x = b.input("N", 8)
    b.output(b("Linear", b("Conv2d", x)))
    with pytest.raises(ProjectError) as error:
        source(project(b))
    assert error.value.problems[0].where == "broken/n2"


def test_a_loop_that_is_not_set_up_does_not_hide_the_model() -> None:
    document = replace(networks.lenet(), data=networks.lenet().data)
    assert not analyse(document).ok
    assert "class LeNet5" in source(document)


def test_bypassed_layers_are_left_out() -> None:
    b = GraphBuilder("Short")
    x = b.input("N", 8)
    x = b("Linear", x, out_features=8, name="first")
    x = b("Dropout", x, bypass=True)
    b.output(b("Linear", x, out_features=2, name="second"))
    text = source(project(b))
    assert "Dropout" not in text
    assert "self.second(" in text


def test_unused_layers_leave_no_attribute() -> None:
    b = GraphBuilder("Short")
    x = b.input("N", 8)
    b("Linear", x, out_features=3, name="nowhere")
    b.output(b("Linear", x, out_features=2))
    assert "nowhere" not in source(project(b))


def test_parameters_that_forward_needs_are_stored_and_others_left_out(tmp_path: Path) -> None:
    block = GraphBuilder("Inner", dim=int, factor=2.0, steps=3, unused=7)
    x = block.input("N", "dim")
    x = block("Scale", x, factor=networks.E("factor / 2"))
    x = block("Linear", x, out_features=networks.E("dim"), repeat=Repeat(1, "loop"))
    x = block("Tanh", x, repeat=Repeat(networks.E("steps"), "loop"))
    block.output(x)
    b = GraphBuilder("Net")
    b.output(b(block, b.input("N", 8), dim=8, steps=4))
    document = project(b)
    text = source(document)
    assert "def __init__(self, dim: int, factor: float = 2.0, steps: int = 3):" in text
    assert "self.factor = factor\n" in text
    assert "for _ in range(self.steps):" in text
    assert "self.dim" not in text
    assert "Inner(8, steps=4)" in text
    assert "unused" not in text
    with imported(document, tmp_path) as module:
        assert module.Net()(torch.zeros(2, 8)).shape == (2, 8)


def test_repeats_side_by_side_and_with_formulas(tmp_path: Path) -> None:
    two = GraphBuilder("Two heads", dim=int)
    x = two.input("N", "dim")
    two.output(two("Linear", x, out_features=3), name="policy")
    two.output(two("Linear", x, out_features=1), name="value")
    b = GraphBuilder("Net")
    x = b.input("N", 16)
    x = b("Linear", x, out_features=networks.E("16 - 4 * i"), repeat=3)
    heads = b(two, x, dim=8, repeat=Repeat(2, "map"), name="heads")
    b.output(heads)
    b.output(heads[1])
    b.output(b("Softmax", x, dim=-1, repeat=Repeat(2, "map")))
    document = project(b)
    text = source(document)
    assert "enumerate((16, 16, 12))" in text
    assert "map(torch.stack, zip(*[head(x) for head in self.heads], strict=True))" in text
    assert "torch.stack([F.softmax(x, dim=-1) for _ in range(2)])" in text
    analysis = analyse(document)
    with imported(document, tmp_path) as module:
        result, foretold = run_forward(analysis, "net", module.Net())
        assert [tuple(one.shape) for one in result] == foretold


def test_custom_layers_are_imported_and_kept_apart() -> None:
    document = networks.custom()
    made = analyse(document)
    text = model_source(made)
    assert "from custom import Swish" in text.text
    assert "class Swish" not in text.text


def test_code_wants_data() -> None:
    document = networks.train_lenet()
    assert code(analyse(document)).custom == ""
    with pytest.raises(ProjectError, match="no data"):
        code(analyse(replace(document, data=replace(document.data, reader=None))))
