"""The one way in which a name of the user becomes a Python identifier: one namespace per scope.

Four scopes: classes of the module, parameters of a class, attributes of a module, variables of
`forward`. Each refuses what would shadow something else there.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable

from nnstudio.core.names import pascal_case, snake_case


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MODULE_MEMBERS = _words(
    """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda
    double dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter
    get_submodule half ipu load_state_dict modules mtia named_buffers named_children
    named_modules named_parameters parameters register_backward_hook register_buffer
    register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state
    set_submodule share_memory state_dict to to_empty train training type xpu zero_grad
    """
)
"""What `nn.Module` already has; an attribute of one of these names would break it."""

IMPORTED = frozenset({"torch", "nn", "F", "Tensor", "math", "self"})
_KEYWORDS = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist)
_BUILTINS = frozenset(dir(builtins))
_AMBIGUOUS = frozenset({"l", "O", "I"})
ATTRIBUTE_LIMIT, VARIABLE_LIMIT, CLASS_LIMIT = 32, 24, 48


_GENERIC = _words(
    """
    act activation attention attn avgpool batchnorm block bn body classifier conv convolution
    decoder deconv dense down drop dropout embed embedding encoder fc features ffn flatten gelu
    gru head layer layernorm linear ln lstm maxpool mlp net norm pool proj projection relu rnn
    shuffle sigmoid silu softmax stage stem tanh unflatten up upsample
    """
)
"""Names that say what a layer is, not what its value means."""


def says_what_it_means(name: str) -> bool:
    """Tell whether a name can stand for a value: `mu` and `shortcut` can, `conv1` cannot."""
    first = name.split("_")[0].rstrip("0123456789")
    return bool(name) and first not in _GENERIC


class Namespace:
    """The names of one scope: each is given once.

    Args:
        reserved: Names that mean something else there.
        limit: The longest name.
        taken: Names that are given already.
        after: What is put behind a reserved name.
        between: What is put between a name that ends in a digit and a number.
    """

    def __init__(
        self,
        reserved: Iterable[str],
        limit: int,
        taken: Iterable[str] = (),
        after: str = "_",
        between: str = "_",
    ) -> None:
        self.reserved = frozenset(reserved)
        self.limit = limit
        self.taken = set(taken)
        self.after = after
        self.between = between
        self._next: dict[str, int] = {}

    def claim(self, wanted: str) -> str:
        """Return this name, or the nearest that is free, and keep it."""
        name = self.free(wanted)
        self.taken.add(name)
        return name

    def free(self, wanted: str) -> str:
        """Return the name that `claim` would give."""
        base = shortened(wanted, self.limit)
        base += self.after if base in self.reserved else ""
        if base not in self.taken:
            return base
        return self._with_number(f"{base}{self.between if base[-1:].isdigit() else ''}", 2)

    def numbered(self, word: str) -> str:
        """Return `word1`, `word2` …, the first that is free, and keep it."""
        name = self._with_number(shortened(word, self.limit), 1)
        self.taken.add(name)
        return name

    def _with_number(self, stem: str, first: int) -> str:
        number = self._next.get(stem, first)
        while f"{stem}{number}" in self.taken or f"{stem}{number}" in self.reserved:
            number += 1
        self._next[stem] = number  # taken names are never given back
        return f"{stem}{number}"


_SHADOWS = _KEYWORDS | _BUILTINS | IMPORTED | _AMBIGUOUS


def classes(taken: Iterable[str] = ()) -> Namespace:
    """Return the scope of a module's classes."""
    return Namespace(_SHADOWS, CLASS_LIMIT, taken, after="Net", between="V")


def parameters() -> Namespace:
    """Return the scope of a constructor's parameters."""
    return Namespace(_SHADOWS, ATTRIBUTE_LIMIT)


def attributes(taken: Iterable[str] = ()) -> Namespace:
    """Return the scope of a module's attributes."""
    return Namespace(_KEYWORDS | MODULE_MEMBERS, ATTRIBUTE_LIMIT, taken)


def variables(taken: Iterable[str] = ()) -> Namespace:
    """Return the scope of the variables of `forward`."""
    return Namespace(_SHADOWS | {"_"}, VARIABLE_LIMIT, taken)


def class_name(name: str, fallback: str) -> str:
    """Turn the name of a graph or block into a class name."""
    return pascal_case(name) or fallback


def attribute_name(name: str, fallback: str = "") -> str:
    """Turn the name of a node into the name of an attribute or a variable."""
    return snake_case(name) or fallback


def shortened(name: str, limit: int) -> str:
    """Cut a long name at a word."""
    if len(name) <= limit:
        return name
    cut = name[:limit].rstrip("_")
    head, _, _ = cut.rpartition("_")
    return head if len(head) >= limit // 2 else cut


def plural(word: str) -> str:
    """Return the plural of an English word: block -> blocks, branch -> branches."""
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


def singular(word: str, fallback: str = "layer") -> str:
    """Return the singular of an English plural: blocks -> block; `fallback` when it is none."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith("ss") and len(word) > 2:
        return word[:-1]
    return fallback
