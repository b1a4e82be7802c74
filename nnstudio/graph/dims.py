"""Sizes of tensors: ints, or integer polynomials over named sizes with floor division.

`(H - 1) // stride + 1` on both arms of a residual block is *proved* equal, because every polynomial
is kept in one normal form. Names stand for sizes of at least 1. No torch and no sympy: an edit of a
graph of a thousand layers has a millisecond.

    >>> h = symbol("H")
    >>> show((h + 2 * 1 - 3) // 2 + 1)
    '(H + 1) // 2'
    >>> (h - 1) // 2 + 1 == (h + 1) // 2
    True
    >>> show((h - 1) // symbol("stride") + 1)
    '(H - 1) // stride + 1'
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias, overload

from nnstudio.core.limits import BITS_LIMIT, DEGREE_LIMIT, TERMS_LIMIT, TEXT_LIMIT


class TooLargeError(ValueError):
    """A size whose formula is longer than anybody could mean."""

    def __init__(self) -> None:
        super().__init__("its formula is too long")


Dim: TypeAlias = "int | Poly"
Shape: TypeAlias = "tuple[Dim, ...]"
Monomial: TypeAlias = "tuple[tuple[Atom, int], ...]"
"""Atoms with their powers, in the order of their text; () is the constant."""


class Floor:
    """`numerator // denominator` where the division does not come out even."""

    __slots__ = ("_hash", "denominator", "numerator", "text")

    def __init__(self, numerator: Poly, denominator: Dim) -> None:
        self.numerator, self.denominator = numerator, denominator
        self.text = f"{_bracketed(numerator)} // {_bracketed(denominator)}"
        if len(self.text) > TEXT_LIMIT:
            raise TooLargeError
        self._hash = hash((numerator, denominator))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Floor)
            and self.numerator == other.numerator
            and self.denominator == other.denominator
        )

    def __repr__(self) -> str:
        return self.text


Atom: TypeAlias = "str | Floor"


class Poly:
    """A polynomial that is no plain int; made by arithmetic on `symbol(name)`, never changed."""

    __slots__ = ("_hash", "_symbols", "terms")

    def __init__(self, terms: Mapping[Monomial, int]) -> None:
        self.terms = terms
        self._hash: int | None = None
        self._symbols: frozenset[str] | None = None

    def symbols(self) -> frozenset[str]:
        """Return the names that occur anywhere in it."""
        if self._symbols is None:
            self._symbols = frozenset(_names(self))
        return self._symbols

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Poly) and self.terms == other.terms)

    def __add__(self, other: object) -> Dim:
        return _sum(self, other, 1) if isinstance(other, DIMS) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other: object) -> Dim:
        return _sum(self, other, -1) if isinstance(other, DIMS) else NotImplemented

    def __rsub__(self, other: object) -> Dim:
        return _sum(-self, other, 1) if isinstance(other, int) else NotImplemented

    def __neg__(self) -> Poly:
        return Poly({monomial: -count for monomial, count in self.terms.items()})

    def __mul__(self, other: object) -> Dim:
        return _product(self, other) if isinstance(other, DIMS) else NotImplemented

    __rmul__ = __mul__

    def __floordiv__(self, other: object) -> Dim:
        return floor_divide(self, other) if isinstance(other, DIMS) else NotImplemented

    def __rfloordiv__(self, other: object) -> Dim:
        return floor_divide(other, self) if isinstance(other, int) else NotImplemented

    def __truediv__(self, other: object) -> Dim:
        if not isinstance(other, DIMS):
            return NotImplemented
        even = _exact_quotient(self, other)
        if even is None:
            raise ValueError(
                f"{show(self)} / {show(other)} is not a whole number for every size; write //"
            )
        return even

    def __mod__(self, other: object) -> Dim:
        return (
            self - other * floor_divide(self, other) if isinstance(other, DIMS) else NotImplemented
        )

    def __rmod__(self, other: object) -> Dim:
        return (
            other - self * floor_divide(other, self) if isinstance(other, int) else NotImplemented
        )

    def __pow__(self, power: int) -> Dim:
        if type(power) is not int or not 0 <= power <= 16:
            raise ValueError("the power of a size must be a whole number from 0 to 16")
        return math.prod([self] * power, start=1)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return show(self)


DIMS = (int, Poly)
"""What can be a size."""


def symbol(name: str) -> Poly:
    """Return the size called `name`."""
    return Poly({((name, 1),): 1})


def floor_divide(a: Dim, b: Dim) -> Dim:
    """Return `a // b` in normal form: whole parts are taken out, nested divisions are joined.

    Raises:
        ZeroDivisionError: `b` is 0.
    """
    if isinstance(a, int) and isinstance(b, int):
        return a // b
    if isinstance(b, int):
        return _divide_by_int(a, b)  # type: ignore[arg-type]  # a is a Poly here
    return _divide_by_poly(a, b)


def equal(a: Dim, b: Dim) -> bool | None:
    """Tell whether two sizes are equal.

    True or False when that holds for all values, None when it depends.
    """
    difference = a - b
    if isinstance(difference, int):
        return difference == 0
    counts = difference.terms.values()
    same_sign = all(c > 0 for c in counts) or all(c < 0 for c in counts)
    grows = any(all(isinstance(atom, str) for atom, _ in m) for m in difference.terms)
    return False if same_sign and grows else None


@overload
def substitute(dim: Shape, values: Mapping[str, Dim]) -> Shape: ...
@overload
def substitute(dim: Dim, values: Mapping[str, Dim]) -> Dim: ...
def substitute(dim: Dim | Shape, values: Mapping[str, Dim]) -> Dim | Shape:
    """Replace names by sizes in a dim or in every dim of a shape; names that are not given stay."""
    if isinstance(dim, tuple):
        return tuple(substitute(one, values) for one in dim)
    if isinstance(dim, int) or dim.symbols().isdisjoint(values):
        return dim
    total: Dim = 0
    for monomial, count in dim.terms.items():
        total = total + math.prod(
            (_replaced(atom, values) ** n for atom, n in monomial), start=count
        )
    return total


def numel(shape: Iterable[Dim]) -> Dim:
    """Return the number of elements of a shape."""
    sizes = tuple(shape)
    known = math.prod(dim for dim in sizes if isinstance(dim, int))
    return math.prod((dim for dim in sizes if isinstance(dim, Poly)), start=known)


def total(dims: Iterable[Dim]) -> Dim:
    """Return the sum of many dims, faster than one by one."""
    terms: dict[Monomial, int] = {(): 0}
    for dim in dims:
        if isinstance(dim, int):
            terms[()] += dim
        else:
            for monomial, count in dim.terms.items():
                terms[monomial] = terms.get(monomial, 0) + count
    return _normal(terms)


def show(dim: Dim) -> str:
    """Write a dim as Python source: `4 * dim`, `(H - 1) // 2 + 1`."""
    if isinstance(dim, int):
        return repr(dim)
    text = ""
    for monomial, count in sorted(dim.terms.items(), key=_reading_order):
        sign = "-" if count < 0 else "+"
        body = _monomial_text(monomial, abs(count), leads_negative=count < 0 and not text)
        text += f" {sign} {body}" if text else (f"-{body}" if count < 0 else body)
    return text


def show_shape(shape: Iterable[Dim], between: str = ", ") -> str:
    """Write a shape as a tuple, or with ` × ` between the dims as it stands on an edge."""
    dims = [show(dim) for dim in shape]
    if between != ", ":
        return between.join(f"({dim})" if " " in dim else dim for dim in dims)
    return f"({dims[0]},)" if len(dims) == 1 else f"({', '.join(dims)})"


def _normal(terms: dict[Monomial, int]) -> Dim:
    if 0 in terms.values():
        terms = {monomial: count for monomial, count in terms.items() if count}
    if not terms:
        return 0
    return terms[()] if len(terms) == 1 and () in terms else Poly(terms)


def _terms(dim: Dim) -> Mapping[Monomial, int]:
    return dim.terms if isinstance(dim, Poly) else {(): dim}


def _sum(a: Dim, b: Dim, sign: int) -> Dim:
    terms = dict(_terms(a))
    for monomial, count in _terms(b).items():
        terms[monomial] = terms.get(monomial, 0) + sign * count
    return _normal(terms)


def _product(a: Dim, b: Dim) -> Dim:
    if isinstance(a, int):
        return _scaled(b, a)
    if isinstance(b, int):
        return _scaled(a, b)
    terms: dict[Monomial, int] = {}
    for left, c1 in _terms(a).items():
        for right, c2 in _terms(b).items():
            monomial = _joined(left, right)
            terms[monomial] = terms.get(monomial, 0) + c1 * c2
        if len(terms) > TERMS_LIMIT or c1.bit_length() > BITS_LIMIT:
            raise TooLargeError
    return _normal(terms)


def _scaled(dim: Dim, factor: int) -> Dim:
    """Return so many times a dim, which most products of an analysis are."""
    if isinstance(dim, int) or factor == 0:
        return factor and dim * factor
    if factor == 1:
        return dim
    if factor.bit_length() > BITS_LIMIT:
        raise TooLargeError
    return Poly({monomial: count * factor for monomial, count in dim.terms.items()})


def _joined(left: Monomial, right: Monomial) -> Monomial:
    if not left or not right:
        return left or right
    powers = dict(left)
    for atom, n in right:
        powers[atom] = powers.get(atom, 0) + n
        if powers[atom] > DEGREE_LIMIT:
            raise TooLargeError
    return tuple(sorted(powers.items(), key=lambda item: str(item[0])))


def _divide_by_int(a: Poly, b: int) -> Dim:
    if b < 0:
        return floor_divide(-a, -b)
    whole = _normal({monomial: count // b for monomial, count in a.terms.items()})
    rest = _normal({monomial: count % b for monomial, count in a.terms.items()})
    if isinstance(rest, int):
        return whole  # 0 <= rest < b
    common = math.gcd(b, *(count for monomial, count in rest.terms.items() if monomial))
    if common > 1:  # floor((g·x + k) / (g·c)) = floor((x + k // g) / c)
        rest = Poly(
            {monomial: count // common for monomial, count in rest.terms.items() if count // common}
        )
        return whole + floor_divide(rest, b // common)
    inner = _single_floor(rest)
    if inner is not None and isinstance(inner.denominator, int):
        shifted = inner.numerator + rest.terms.get((), 0) * inner.denominator
        return whole + floor_divide(shifted, inner.denominator * b)
    return whole + Poly({((Floor(rest, b), 1),): 1})


def _single_floor(dim: Poly) -> Floor | None:
    """Return x when the dim is `x` or `x + constant` and x a floor division."""
    others = [(monomial, count) for monomial, count in dim.terms.items() if monomial]
    if len(others) == 1 and others[0][1] == 1 and len(others[0][0]) == 1:
        atom, power = others[0][0][0]
        return atom if power == 1 and isinstance(atom, Floor) else None
    return None


def _divide_by_poly(a: Dim, b: Poly) -> Dim:
    if a == 0:
        return 0
    if len(b.terms) > 1:
        even = _exact_quotient(a, b)
        return Poly({((Floor(Poly(_terms(a)), b), 1),): 1}) if even is None else even
    ((divisor, scale),) = b.terms.items()
    whole: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    for monomial, count in _terms(a).items():
        quotient = _divided(monomial, divisor)
        if quotient is None:
            rest[monomial] = count
        else:
            whole[quotient] = count // scale
            rest[monomial] = count % scale
    left = _normal(rest)
    if left == 0:
        return _normal(whole)
    return _normal(whole) + Poly({((Floor(Poly(_terms(left)), b), 1),): 1})


def _exact_quotient(a: Dim, b: Dim) -> Dim | None:
    """Return `a / b` when it is a whole number for every value of the names."""
    if a == b:
        return 1
    if isinstance(b, Poly) and len(b.terms) > 1:
        return None
    quotient = floor_divide(a, b)
    return quotient if quotient * b == a else None


def _divided(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    powers = dict(monomial)
    for atom, n in divisor:
        if powers.get(atom, 0) < n:
            return None
        powers[atom] -= n
    return tuple((atom, n) for atom, n in powers.items() if n)


def _names(dim: Dim) -> Iterator[str]:
    for monomial in _terms(dim):
        for atom, _ in monomial:
            if isinstance(atom, str):
                yield atom
            else:
                yield from _names(atom.numerator)
                yield from _names(atom.denominator)


def _replaced(atom: Atom, values: Mapping[str, Dim]) -> Dim:
    if isinstance(atom, str):
        return values.get(atom, symbol(atom))
    return floor_divide(substitute(atom.numerator, values), substitute(atom.denominator, values))


def _reading_order(term: tuple[Monomial, int]) -> tuple[bool, int, str]:
    monomial, _ = term
    return (not monomial, -sum(n for _, n in monomial), " ".join(str(atom) for atom, _ in monomial))


def _monomial_text(monomial: Monomial, count: int, leads_negative: bool) -> str:
    factors = [str(count)] if count != 1 or not monomial else []
    alone = len(monomial) == 1 and count == 1 and monomial[0][1] == 1 and not leads_negative
    for atom, power in monomial:
        text = str(atom) if isinstance(atom, str) or alone else f"({atom})"
        factors.append(text if power == 1 else f"{text} ** {power}")
    return " * ".join(factors)


def _bracketed(dim: Dim) -> str:
    text = show(dim)
    return f"({text})" if " " in text or text.startswith("-") else text
