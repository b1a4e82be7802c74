"""Nothing of a document gets out of literals, comments and checked identifiers."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.source import checked_model, code, source
from nnstudio.compiler.train_source import train_source
from nnstudio.compiler.walls import check_model, check_train
from nnstudio.compiler.writing.identifiers import MODULE_MEMBERS
from nnstudio.compiler.writing.layout import quoted
from nnstudio.compiler.writing.literals import comment, docstring, literal
from nnstudio.core.params import Param
from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Args, Choice, Expression
from nnstudio.graph.model import CustomLayer, Node, Port, Project
from tests.builder import GraphBuilder, project
from tests.compiler import networks
from tests.compiler.generated import imported

NASTY = (
    '"""',
    "'''",
    "\\",
    '\\"',
    "'); import os; os.system('touch marker'); ('",
    '"); marker = 1; ("',
    "\n    import os\n",
    "\r",
    "\x00",
    "\u2028import os",
    "\u202e",
    "{0}",
    "%(x)s",
    "__import__('os')",
    "self",
    "lambda: 0",
    "import os",
    "# coding: utf-7",
    "+ADw-",
    "\ud800",
    "a" * 200,
    "名前",
    "i",
    "class",
    "eval",
    "__class__",
    "$(touch marker)",
    "None",
    "9**9**9",
    "`touch marker`",
    "</script>",
)

MODEL = """
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(1, 1)

    def forward(self, x):
        return {}
"""


@pytest.mark.parametrize("text", NASTY)
def test_nasty_text_stays_a_name_a_note_or_a_literal(text: str, tmp_path: Path) -> None:
    block = GraphBuilder(text, id="inner", note=text, dim=int)
    x = block.input("N", "dim", name=text)
    block.output(
        block("Linear", x, out_features=Expression("dim"), name=text, note=text), name=text
    )
    b = GraphBuilder(text, id="outer", note=text)
    x = b.input("N", 4, name=text)
    x = b("ReLU", b(block, x, dim=4, name=text, note=text), name=text, note=text)
    b.output(b("Add", x, x, name=text), name=text)
    document = project(b, name=text, note=text)
    made = checked_model(analyse(document))
    names = {node.id for node in ast.walk(ast.parse(made.text)) if isinstance(node, ast.Name)}
    assert names.isdisjoint({"os", "marker", "eval", "__import__"})
    if "\ud800" not in text:
        with imported(document, tmp_path, made) as module:
            getattr(module, made.classes["outer"])()
    assert not list(tmp_path.rglob("marker"))


@pytest.mark.parametrize("text", NASTY)
def test_a_text_is_one_literal(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text
    assert ast.literal_eval(quoted(text)) == text
    assert "\n" not in literal(text)


@pytest.mark.parametrize("text", NASTY)
def test_notes_are_nothing_but_comments(text: str) -> None:
    assert ast.parse("\n".join(comment(text, 0))).body == []
    lines = docstring(text, 0)
    body = ast.parse("\n".join(lines)).body
    assert len(body) == bool(lines)
    assert all(line.isprintable() for line in (*lines, *comment(text, 0)))


def test_values_that_no_document_holds_are_refused() -> None:
    for value in (object(), [1], {"a": 1}, b"x", 1j, print):
        with pytest.raises(TypeError):
            literal(value)
    with pytest.raises(KeyError):
        literal(Expression("unknown + 1"))
    with pytest.raises(ProjectError):
        literal(Expression("__import__('os')"))


def test_reserved_names_of_modules_are_known() -> None:
    import torch

    members = {name for name in dir(torch.nn.Module()) if not name.startswith("_")}
    assert members <= MODULE_MEMBERS


BAD = (
    "__import__('os')",
    "x.__class__",
    "x.__reduce__()",
    "eval('1')",
    "exec",
    "open('f')",
    "().__class__",
    "getattr(x, 'a')",
    "nn.Module.__subclasses__()",
    "nn.functional.os",
    "torch.load('f')",
    "torch.ops",
    "torch.hub.load('a', 'b')",
    "9**9**9",
    "9**x",
    "2**100",
    "[0] * 999999999",
    "'a' * 999999999",
    "lambda: 0",
    "(y := 1)",
    "x if x else x",
    "{1: 2}",
    "{1}",
    "[y for y in x if y]",
    "f'{x}'",
    "not x",
    "x and x",
    "await x",
    "yield",
    "globals()",
    "__builtins__",
    "self.__dict__",
    "self.fc.__class__",
    "self.fc.register_forward_hook(x)",
    "x.numpy()",
    "x.data_ptr()",
    "range(10**9)",
    "float('1')",
    "int(x, 2)",
    "super(x).y",
    "nn.Sequential.__mro__",
    "99999999999999999999",
    "unknown",
    "b'x'",
    "1j",
    "self._modules",
    "torch.storage",
    "nn.modules.os",
    "x[0].tofile('f')",
    "...  .__class__",
)


@pytest.mark.parametrize("expression", BAD)
def test_the_wall_stops(expression: str) -> None:
    check_model(MODEL.format("self.fc(x)"))
    with pytest.raises(ProjectError) as error:
        check_model(MODEL.format(expression))
    assert error.value.problems[0].code == "code.forbidden"


STATEMENTS = (
    "import os",
    "from os import system",
    "from torch import load",
    "import torch as t",
    "x = 1",
    "from .custom import A",
    "from custom import A",
    "print(1)",
    "@f\nclass A(nn.Module):\n    pass",
    "class A:\n    pass",
    "class A(nn.Module, metaclass=x):\n    pass",
    "class A(nn.Module):\n    x = 1",
    "class A(nn.Module):\n    def __del__(self):\n        return 1",
    "def f():\n    return 1",
    "while 1:\n    pass",
    "class A(nn.Module):\n    def forward(self, x: eval('1')):\n        return x",
    "1 +",
    "\x00",
    "class A(nn.Module):\n    def forward(self, x=open):\n        return x",
    "class A(nn.Module):\n    def forward(self, *x):\n        return x",
    "class A(nn.Module):\n    def forward(self, x):\n        global y\n        return x",
    "class A(nn.Module):\n    async def forward(self, x):\n        return x",
    "class A(nn.Module):\n    def forward(self, x):\n        del x",
    "class Squash(nn.Module):\n    def forward(self, x):\n        return open(x)",
    "try:\n    pass\nexcept E:\n    pass",
    "assert 1",
    "(" * 5000,
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_wall_stops_statements(statement: str) -> None:
    with pytest.raises(ProjectError):
        check_model(MODEL.format("x") + statement + "\n")


def test_the_wall_lets_named_custom_layers_in() -> None:
    check_model("from torch import nn\n\nfrom custom import Mine\n", ["Mine"])
    with pytest.raises(ProjectError):
        check_model("from custom import Other\n", ["Mine"])


TRAIN_CHANGES = (
    ("import torch\n", "import os\n"),
    ("import torch\n", "import torch\nimport socket\n"),
    ("args.epochs", "args.out"),
    ("args.epochs", "__import__('os')"),
    ("mnist.read(", "open("),
    ("mnist.read(", "mnist.os.remove("),
    ("torch.optim.AdamW", "torch.load"),
    ("from model import LeNet5", "from model import Other"),
    ("from kit.data import", "from kit.evil import"),
    ('if __name__ == "__main__":', "if True:"),
    ("command.run(main)", "command.run(exec)"),
    ("def main(", "def other("),
    ("report=run.report", "report=lambda a, b: None"),
    ("lr=0.005", "lr=9**9**9"),
)


@pytest.mark.parametrize(("old", "new"), TRAIN_CHANGES)
def test_the_wall_of_the_script(old: str, new: str) -> None:
    text = train_source(analyse(networks.train_lenet())).text
    check_train(text, ["LeNet5"])
    assert old in text
    with pytest.raises(ProjectError):
        check_train(text.replace(old, new), ["LeNet5"])


def test_a_custom_layer_has_to_be_named_like_a_class() -> None:
    for name in ("os.system", "a b", "class", "__init__", "x; import os", "é", ""):
        document = networks.custom()
        own = CustomLayer("c1", name, "x = 1\n", "*S -> *S", (Param("beta", "float", 1.0),))
        with pytest.raises(ProjectError):
            source(replace(document, custom={"c1": own}))


def test_parameters_of_a_custom_layer_cannot_smuggle_code() -> None:
    document = networks.custom()
    name = "beta=__import__('os'), gamma"
    own = replace(document.custom["c1"], params=(Param(name, "float", 1.0),))
    graph = document.graphs["my_network"]
    node = replace(graph.nodes["n3"], args=Args({name: 2.0}))
    graph = replace(graph, nodes={**graph.nodes, "n3": node})
    with pytest.raises(ProjectError):
        source(replace(document, custom={"c1": own}, graphs={graph.id: graph}))


def test_parameters_of_a_block_become_identifiers() -> None:
    block = GraphBuilder("Inner", id="inner", **{"a); import os": 1, "lambda": 2.0})
    x = block.input("N", 4)
    block.output(block("Linear", x, out_features=4))
    b = GraphBuilder("Outer", id="outer")
    b.output(b(block, b.input("N", 4)))
    assert "import os" not in source(project(b))


def test_choices_that_are_bare_words_come_from_the_list() -> None:
    nodes = {
        "a": Node("a", "Parameter", Args(shape=(1,), init="zeros(1); import os")),
        "o": Node("o", "Output", inputs=(Port("a"),)),
        "x": Node("x", "Input", Args(shape=("N", 1))),
    }
    b = GraphBuilder("Net")
    b.nodes.update(nodes)
    with pytest.raises(ProjectError):
        source(project(b))


def test_settings_of_the_loop_cannot_smuggle_code() -> None:
    document = networks.train_lenet()
    for name in ("AdamW, lr=1); import os", "os.system", "__class__"):
        loop = Choice("supervised", document.loop.args.replace(optimizer=Choice(name)))
        with pytest.raises(ProjectError):
            code(analyse(replace(document, loop=loop)))


def test_emitting_runs_nothing() -> None:
    """An audit hook sees no import of generated code and no exec while emitting."""
    seen: list[str] = []
    documents: list[Project] = [make() for make in networks.ZOO.values()]
    code(analyse(networks.train_lenet()))  # reads the declarations, once
    watching = True

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in (
            "exec",
            "import",
            "subprocess.Popen",
            "os.system",
            "socket.connect",
        ):
            seen.append(event)

    sys.addaudithook(hook)
    for document in documents:
        source(document)
    watching = False
    assert seen == []
