"""What is typed finds what is meant first."""

import pytest

from nnstudio.catalogue import registry
from nnstudio.studio.search import rank, score


def found(query: str) -> list[str]:
    layers = registry.LAYERS.values()
    return [spec.name for spec in rank(query, layers, lambda spec: (spec.name, *spec.words))]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("conv2", "Conv2d"),
        ("mp", "MaxPool1d"),
        ("bn", "BatchNorm1d"),
        ("fc", "Linear"),
        ("dense", "Linear"),
        ("concat", "Concatenate"),
        ("norm2", "BatchNorm2d"),
    ],
)
def test_the_first_is_what_is_meant(query: str, first: str) -> None:
    assert found(query)[0] == first


def test_names_come_before_words_that_are_about_something_else() -> None:
    """Random draws normal numbers, and Erf belongs to the normal distribution."""
    norms = {"LayerNorm", "GroupNorm", "RMSNorm", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d"}
    places = {name: place for place, name in enumerate(found("norm"))}
    last = max(places[name] for name in norms)
    assert all(places[name] > last for name in ("Random", "Erf") if name in places)


def test_letters_out_of_order_find_nothing() -> None:
    assert score("xyz", "Linear") is None
    assert score("", "Linear") == 0.0
