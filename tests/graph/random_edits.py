"""Random documents and random edits, for the laws: every kind of edit, sensible and senseless."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from nnstudio.core.params import Param
from nnstudio.core.values import Args, Choice, Expression, Value
from nnstudio.graph import edits
from nnstudio.graph.model import (
    CustomLayer,
    Data,
    Graph,
    Node,
    Note,
    Port,
    Project,
    Repeat,
    Share,
)
from tests.builder import DIGITS, GraphBuilder, project

LAYERS = ("Conv2d", "Linear", "ReLU", "Add", "Concatenate", "Unknown", "LSTM")
WORDS = ("", "stem", "größe", "a b", "x" * 200, "层", 'say "hi"', "\\", "1")
NUMBERS = (0, 1, -1, 2**40, 0.5, -0.0, 1e-300, 1e300, True, None, 3.0)


def start() -> Project:
    """A network with a block that is used twice, shared weights and a variadic input."""
    block = GraphBuilder("Feed forward", dim=int, widen=4)
    x = block.input("N", "T", "dim")
    h = block("Linear", x, out_features=Expression("widen * dim"), id="b2")
    block.output(block("Linear", h, out_features=Expression("dim"), id="b3"))
    b = GraphBuilder("Net")
    x = b.input("N", "T", 32)
    e = b("Embedding", x, num_embeddings=100, embedding_dim=32)
    h = b(block, e, dim=32)
    h = b(block, h, dim=32, repeat=2)
    out, _, state = b("LSTM", h, hidden_size=32).outputs(3)
    h = b("Concatenate", [out, state, h], dim=-1)
    h = b("Linear", h, out_features=100, share=Share(e.id, "weight"))
    b.output(h)
    other = GraphBuilder("Other", role="critic")
    other.output(other("ReLU", other.input("N", 3)))
    layout = {"net": {key: (110.5 * n, 20.0 * n) for n, key in enumerate(b.nodes)}}
    loop = Choice("supervised", Args(epochs=3, optimizer=Choice("AdamW", Args(lr=0.1))))
    made = project(b, other, data=DIGITS, loop=loop, layout=layout)
    about = Note("What it is.\n\nAnd how.", (-300.0, 8.5))
    return replace(made, notes={"net": {"note1": about, "note2": Note("", (1.0, 2.0))}})


def value(rng: Random, depth: int = 0) -> Value:
    """Any value that a document can hold."""
    kind = rng.randrange(6 if depth < 3 else 3)
    if kind == 0:
        return rng.choice(NUMBERS)
    if kind == 1:
        return rng.choice(WORDS)
    if kind == 2:
        return Expression(rng.choice(("dim", "4 * dim", "64 * 2 ** i", "(dim + 1) // 2")))
    if kind == 3:
        return Choice(rng.choice(LAYERS), args(rng, depth + 1))
    return tuple(value(rng, depth + 1) for _ in range(rng.randrange(4)))


def args(rng: Random, depth: int = 0) -> Args:
    names = ("out_features", "dim", "bias", "p", "kernel_size")
    return Args({rng.choice(names): value(rng, depth) for _ in range(rng.randrange(4))})


def any_graph(rng: Random, doc: Project) -> Graph:
    graphs = [*doc.graphs.values(), *doc.blocks.values()]
    return rng.choice(graphs) if graphs else Graph("none", "none")


def any_node(rng: Random, graph: Graph) -> str:
    return rng.choice([*graph.nodes, "nobody"]) if rng.random() < 0.95 else "nobody"


def some_nodes(rng: Random, graph: Graph) -> tuple[str, ...]:
    keys = list(graph.nodes)
    first = rng.randrange(len(keys)) if keys else 0
    return tuple(keys[first : first + rng.randrange(1, 4)])


def new_node(rng: Random, doc: Project, graph: Graph) -> Node:
    made = f"r{rng.randrange(10**6)}"
    layer = rng.choice((*LAYERS, *(f"block:{key}" for key in doc.blocks)))
    node = Node(made, layer, args(rng), name=rng.choice(WORDS), note=rng.choice(WORDS))
    sources = tuple(Port(any_node(rng, graph), rng.randrange(2)) for _ in range(rng.randrange(3)))
    extra = rng.choice(("", "", '{"colour": [1, {"a": null}]}'))
    repeat = rng.choice((None, None, Repeat(3, "loop"), Repeat(Expression("dim"))))
    return replace(node, inputs=sources, extra=extra, repeat=repeat)


def network(rng: Random) -> Graph:
    b = GraphBuilder(rng.choice(("A", "B")), id=f"g{rng.randrange(10**6)}", role="")
    b.output(b("ReLU", b.input("N", 4)))
    return replace(b.graph, role=rng.choice(("", "extra")))


def edit(rng: Random, doc: Project) -> edits.Edit:
    """Any edit; it may be one that is refused."""
    graph = any_graph(rng, doc)
    makers = [*_of_nodes(rng, doc, graph), *_of_many(rng, doc, graph), *_of_the_rest(rng, graph)]
    makers += _of_notes(rng, doc, graph)
    makers.append(lambda: edits.Batch((edit(rng, doc), edit(rng, doc)), "two"))
    return rng.choice(makers)()


def _of_nodes(rng: Random, doc: Project, graph: Graph) -> list[Callable[[], edits.Edit]]:
    g, n = graph.id, any_node(rng, graph)
    port = Port(any_node(rng, graph), rng.randrange(2))
    slot = rng.choice((None, None, 0, 1, 9))
    return [
        lambda: edits.AddNode(g, new_node(rng, doc, graph), rng.choice((None, (1.0, 2.5)))),
        lambda: edits.Connect(g, port, n, rng.randrange(3), slot),
        lambda: edits.Disconnect(g, n, rng.randrange(2), slot),
        lambda: edits.SetArgs(g, n, args(rng)),
        lambda: edits.ResetArg(g, n, rng.choice(("dim", "out_features"))),
        lambda: edits.Rename(g, n, rng.choice(WORDS)),
        lambda: edits.SetNote(g, n, rng.choice((*WORDS, "two\nlines\tand"))),
        lambda: edits.SetTrainable(g, n, rng.random() < 0.5),
        lambda: edits.SetBypass(g, n, rng.random() < 0.5),
        lambda: edits.SetRepeat(g, n, rng.choice((None, Repeat(2), Repeat(4, "map")))),
        lambda: edits.SetShare(g, n, rng.choice((None, Share(port.node, "weight")))),
        lambda: edits.MoveNodes(g, {n: (rng.uniform(-9, 9), float(rng.randrange(9)))}),
        lambda: edits.MovePort(g, n, rng.choice((-1, 1, 5))),
        lambda: edits.ReplaceNode(g, n, replace(new_node(rng, doc, graph), inputs=())),
        lambda: edits.InsertOnEdge(
            g, new_node(rng, doc, graph), edits.Consumer(n, rng.randrange(2), slot)
        ),
    ]


def _of_many(rng: Random, doc: Project, graph: Graph) -> list[Callable[[], edits.Edit]]:
    g, nodes, seed = graph.id, some_nodes(rng, graph), str(rng.random())
    return [
        lambda: edits.RemoveNodes(g, nodes, rng.random() < 0.5),
        lambda: edits.GroupNodes(g, nodes, "Group", seed=seed),
        lambda: edits.UngroupNode(g, any_node(rng, graph), Args(dim=8), seed=seed),
        lambda: edits.DuplicateNodes(g, nodes, seed=seed),
        lambda: edits.OwnCopy(g, any_node(rng, graph), rng.choice(WORDS), seed),
        lambda: edits.BringBlock(start(), "feed_forward", seed),
        lambda: edits.PasteNodes(any_graph(rng, doc).id, edits.fragment(doc, g, nodes), seed=seed),
    ]


def _of_notes(rng: Random, doc: Project, graph: Graph) -> list[Callable[[], edits.Edit]]:
    g, keys = graph.id, [*doc.notes.get(graph.id, {}), "none"]
    n, at = rng.choice(keys), (rng.uniform(-9, 9), float(rng.randrange(9)))
    text = rng.choice((*WORDS, "two\nlines\tand", "y" * 4097))
    note = Note(text, at, rng.choice((80.0, 240.5, 4000.0, 4000.5)), rng.choice((0.0, 96.0)))
    some = tuple(keys[: rng.randrange(3)])
    return [
        lambda: edits.AddNote(g, rng.choice((f"n{rng.randrange(10**6)}", n)), note),
        lambda: edits.SetNoteText(g, n, text),
        lambda: edits.MoveNotes(g, {n: at}),
        lambda: edits.ResizeNote(g, n, note.width, note.height),
        lambda: edits.RemoveNotes(g, some),
        lambda: edits.DuplicateNodes(g, some_nodes(rng, graph), seed=text, notes=some),
        lambda: edits.PasteNodes(g, edits.fragment(doc, g, (), notes=some), seed=text),
        lambda: edits.GroupNodes(g, some_nodes(rng, graph), "Noted", seed=text, notes=some),
    ]


def _of_the_rest(rng: Random, graph: Graph) -> list[Callable[[], edits.Edit]]:
    g = graph.id
    params = (Param("dim", "int", required=True), Param("k", "float", 1))
    paths = ("epochs", "optimizer.lr", "data.split_seed", "a.b.c")
    return [
        lambda: edits.SetBlockParams(g, params),
        lambda: edits.RenameParameter(g, rng.choice(("dim", "widen", "k")), rng.choice(("d", "T"))),
        lambda: edits.RemoveParameter(g, rng.choice(("dim", "widen", "k"))),
        lambda: edits.MoveGraph(g, rng.choice((-1, 1, 5))),
        lambda: edits.AddGraph(network(rng)),
        lambda: edits.RemoveGraph(g),
        lambda: edits.RenameGraph(g, rng.choice(WORDS)),
        lambda: edits.SetGraphNote(g, rng.choice(WORDS)),
        lambda: edits.SetRole(g, rng.choice(("", "model", "critic"))),
        lambda: edits.AddBlock(replace(network(rng), role="")),
        lambda: edits.RemoveBlock(g),
        lambda: edits.SetCustom(CustomLayer("mine", "Mine", f"class Mine: ...  # {rng.random()}")),
        lambda: edits.RemoveCustom("mine"),
        lambda: edits.SetData(rng.choice((Data(), DIGITS))),
        lambda: edits.SetLoop(Choice(rng.choice(("supervised", "gan")), args(rng))),
        lambda: edits.SetSetting(rng.choice(paths), value(rng)),
        lambda: edits.SetProjectName(rng.choice(WORDS)),
        lambda: edits.SetProjectNote(rng.choice(WORDS)),
    ]
