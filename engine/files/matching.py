"""Which array of a file is which layer's weights or biases: by names, numbers in them, and shapes.

Nothing is guessed where two ways are left: right numbers come before convenience. What decided is kept, to be told.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from msgspec import Struct

Shape = tuple[int, ...]
Key = tuple[str | int, ...]

BIASES = frozenset({"bias", "biases", "b", "intercept", "intercepts", "offset"})
WEIGHTS = frozenset({"weight", "weights", "kernel", "w", "coef", "coefs"})
TURNED_BY_NAME = {"kernel": (True, "Keras"), "coefs": (True, "scikit-learn"), "weight": (False, "PyTorch")}
"""What programs call weights whose rows are of the nodes before (True), or of the layer's own; and which program."""
NOTHING_TELLS = "it is square, and nothing tells"
_WORDS = r"[^\W\d_]+|\d+"
_SEPARATORS = r"[./|]+"


class Wanted(NamedTuple):
    """What a layer needs.

    Attributes:
        number: which layer, from 1.
        n_in: the numbers that come into it.
        n_out: its nodes.
        turned: whether rows are of the nodes before, where the scenario says it; else None.
    """

    number: int
    n_in: int
    n_out: int
    turned: bool | None = None


class Found(Struct, frozen=True):
    """The arrays of a layer.

    Attributes:
        weights: the name of its weights.
        turned: whether their rows are of the nodes before.
        why: what decided that.
        bias: the name of its biases; None where it has none.
    """

    weights: str
    turned: bool
    why: str
    bias: str | None = None


class MatchingError(Exception):
    """Arrays that cannot be told apart, or do not fit."""


class Name(Struct, frozen=True):
    """An array's name taken apart.

    Attributes:
        whole: it.
        role: weights or biases, as the name says; None where it does not.
        module: what it belongs to: the words and numbers besides.
        said: the word that says the role.
    """

    whole: str
    role: str | None
    module: Key
    said: str = ""


def taken_apart(name: str) -> Name:
    """`dense_1/kernel:0` is the weights of dense 1, `W1` those of 1, `layers.0.bias` the biases of layers 0."""
    parts = [part for part in re.split(_SEPARATORS, re.sub(r":\d+$", "", name)) if part]
    before, last = parts[:-1], re.findall(_WORDS, parts[-1]) if parts else []
    for place, word in sorted(enumerate(last), key=lambda item: len(item[1]) == 1):  # of `w_bias` the bias
        lower = word.lower()
        if lower in BIASES or lower in WEIGHTS:
            rest = [*(w for part in before for w in re.findall(_WORDS, part)), *last[:place], *last[place + 1 :]]
            return Name(name, "bias" if lower in BIASES else "weights", _key(rest), lower)
    return Name(name, None, _key([*(w for part in before for w in re.findall(_WORDS, part)), *last]))


def _key(words: Iterable[str]) -> Key:
    return tuple(int(word) if word.isdigit() else word for word in words)


def is_sorted(names: Sequence[str]) -> bool:
    """Whether names stand in alphabetical order, whole or part by part, as JAX sorts nested parameters."""
    names = list(names)
    return names in (sorted(names), sorted(names, key=partial(re.split, _SEPARATORS)))


def weight_forms(wanted: Wanted) -> list[tuple[Shape, bool]]:
    """The shapes that a layer's weights may have, and whether they are turned then."""
    n_in, n_out = wanted.n_in, wanted.n_out
    forms: list[tuple[Shape, bool]] = [((n_out, n_in), False), ((n_in, n_out), True)]
    if 1 in (n_in, n_out):
        forms.append(((max(n_in, n_out),), n_out == 1))
    return [(shape, turned) for shape, turned in forms if wanted.turned in (None, turned) or len(shape) == 1]


def bias_shapes(n_out: int) -> list[Shape]:
    """The shapes that a layer's biases may have."""
    return [(n_out,), (1, n_out), (n_out, 1), *([()] if n_out == 1 else [])]


def matched(
    shapes: Mapping[str, Shape], layers: Sequence[Wanted], names: Sequence[str], *, ordered: bool
) -> list[Found]:
    """The arrays of each layer.

    Args:
        shapes: of the file's arrays, in its order.
        layers: what is needed.
        names: of arrays in the layers' order, where they are given; else the file's own names tell.
        ordered: whether the order of the file is the program's.

    Raises:
        MatchingError: the message says why it cannot be told.
    """
    every = [taken_apart(name) for name in shapes]
    chosen = [taken_apart(name) for name in names] or every
    weights, biases = _by_role(chosen, shapes)
    if names and not biases:  # the weights alone are named: their biases are called as they are
        modules = {name.module for name in weights}
        biases = [name for name in every if name.role == "bias" and name.module in modules]
    bias_of = _paired(chosen, weights, biases, told=bool(names))
    if len(weights) != len(layers):
        here, there = _plural(len(weights), "array"), _plural(len(layers), "layer")
        raise MatchingError(f"{here} of weights cannot be those of {there}")
    if not names:
        weights = _in_order(weights, layers, shapes, ordered=ordered)
    _check(weights, bias_of, layers, shapes)
    others = _direction(weights, layers, shapes)
    return [
        Found(name.whole, *turned(name, shapes[name.whole], wanted, others), bias_of.get(name.whole))
        for name, wanted in zip(weights, layers, strict=True)
    ]


def _by_role(names: Sequence[Name], shapes: Mapping[str, Shape]) -> tuple[list[Name], list[Name]]:
    """Weights and biases, as names say it; where none does, matrices and vectors."""
    by_axes = {2: "weights"} if any(name.role for name in names) else {2: "weights", 1: "bias"}
    found: dict[str, list[Name]] = {"weights": [], "bias": [], "": []}
    for name in names:
        found[name.role or by_axes.get(len(shapes[name.whole]), "")].append(name)
    if found[""]:
        listed = ", ".join(name.whole for name in found[""][:6])
        raise MatchingError(f"it is not known what {listed} should be: neither weights nor biases")
    return found["weights"], found["bias"]


def _paired(order: Sequence[Name], weights: Sequence[Name], biases: Sequence[Name], *, told: bool) -> dict[str, str]:
    """By the name of weights that of their biases: of the same module, else those that come next.

    Args:
        order: all of them, one behind the other.
        weights: those that are.
        biases: likewise.
        told: whether the order is the scenario's own.
    """
    modules: dict[Key, str] = {}
    for name in weights:
        if name.module in modules and not told:
            raise MatchingError(f"{modules[name.module]} and {name.whole} may both be the weights of a layer")
        modules[name.module] = name.whole
    if len(modules) == len(weights) and all(bias.module in modules for bias in biases):
        pairs = [(modules[bias.module], bias) for bias in biases]
    elif not told and any(name.role for name in order):
        lone = next(bias for bias in biases if bias.module not in modules)
        raise MatchingError(f"there are no weights with which {lone.whole} goes")
    else:
        pairs, last = [], ""
        for name in order:
            if name in biases:
                pairs.append((last, name))
            else:
                last = name.whole
    found: dict[str, str] = {}
    for of, bias in pairs:
        if not of or of in found:
            raise MatchingError(f"it is not known with which weights {bias.whole} goes")
        found[of] = bias.whole
    return found


def _in_order(
    weights: list[Name], layers: Sequence[Wanted], shapes: Mapping[str, Shape], *, ordered: bool
) -> list[Name]:
    """Weights in the order of the layers: by the numbers in their names, else as the file has them, else by shapes."""
    alike: dict[Key, list[Name]] = {}
    for name in weights:
        alike.setdefault(_pattern(name.module), []).append(name)
    for group in alike.values():
        group.sort(key=lambda name: _numbers(name.module))
    taken = {pattern: iter(group) for pattern, group in alike.items()}
    in_file = [next(taken[_pattern(name.module)]) for name in weights]
    if len(alike) == 1 or (ordered and all(map(_fits, in_file, layers, [shapes] * len(layers)))):
        return in_file
    return list(_by_shapes(in_file, layers, shapes))


def _by_shapes(weights: Sequence[Name], layers: Sequence[Wanted], shapes: Mapping[str, Shape]) -> Iterator[Name]:
    """The only weights that fit each layer, where no order of the whole is known, but by numbers that of some."""
    left = list(weights)
    for wanted in layers:
        first = {_pattern(name.module): name for name in reversed(left)}.values()
        fitting = [name for name in left if name in first and _fits(name, wanted, shapes)]
        if len(fitting) > 1:
            listed = " or ".join(f"{name.whole} {said(shapes[name.whole])}" for name in fitting[:4])
            raise MatchingError(f"layer {wanted.number} may have {listed}: neither names nor shapes tell")
        if not fitting:
            raise MatchingError(f"nothing fits layer {wanted.number}, which takes {takes(wanted)}")
        left.remove(fitting[0])
        yield fitting[0]


def _fits(name: Name, wanted: Wanted, shapes: Mapping[str, Shape]) -> bool:
    return any(shapes[name.whole] == shape for shape, _ in weight_forms(wanted))


def _pattern(module: Key) -> Key:
    """The words: modules that differ in their numbers only have the same, `dense` and `dense_1` too."""
    return tuple(part for part in module if isinstance(part, str))


def _numbers(module: Key) -> tuple[int, ...]:
    return tuple(part for part in module if isinstance(part, int))


def _check(
    weights: Sequence[Name], bias_of: Mapping[str, str], layers: Sequence[Wanted], shapes: Mapping[str, Shape]
) -> None:
    wrong = []
    for name, wanted in zip(weights, layers, strict=True):
        if not _fits(name, wanted, shapes):
            wrong.append(f"{name.whole} is {said(shapes[name.whole])}, but layer {wanted.number} takes {takes(wanted)}")
        bias = bias_of.get(name.whole)
        if bias is not None and shapes[bias] not in bias_shapes(wanted.n_out):
            wrong.append(f"{bias} is {said(shapes[bias])}, but layer {wanted.number} takes ({wanted.n_out},)")
    if wrong:
        raise MatchingError("; ".join(wrong[:4]))


def _direction(weights: Sequence[Name], layers: Sequence[Wanted], shapes: Mapping[str, Shape]) -> bool | None:
    """Whether all arrays whose shapes tell it are turned; None where none tells, or they differ."""
    told = set()
    for name, wanted in zip(weights, layers, strict=True):
        ways = [way for shape, way in weight_forms(wanted) if len(shape) == 2 and shape == shapes[name.whole]]
        if len(ways) == 1 and wanted.turned is None:
            told.add(ways[0])
    return told.pop() if len(told) == 1 else None


def turned(name: Name, shape: Shape, wanted: Wanted, others: bool | None = None) -> tuple[bool, str]:
    """Whether weights that fit have their rows by the nodes before, and what decides it.

    Args:
        name: theirs.
        shape: theirs.
        wanted: the layer.
        others: whether those of the file are turned whose shapes tell it; None where none does.
    """
    ways = dict.fromkeys(way for form, way in weight_forms(wanted) if form == shape)
    if wanted.turned is not None:
        return wanted.turned, "weights_by says so"
    if len(ways) == 1 or wanted.n_in == wanted.n_out == 1:
        return next(iter(ways)), "so its shape tells"
    if others is not None:
        return others, "so the shapes of the others tell"
    if name.said in TURNED_BY_NAME:
        way, program = TURNED_BY_NAME[name.said]
        return way, f'"{name.said}" is {"(n_in, n_out)" if way else "(n_out, n_in)"}, as {program} has it'
    return False, NOTHING_TELLS


def takes(wanted: Wanted) -> str:
    """The shapes that a layer takes, in words."""
    return " or ".join(dict.fromkeys(said(shape) for shape, _ in weight_forms(wanted) if len(shape) == 2))


def said(shape: Shape) -> str:
    """`(2, 3)`, of a number `()`."""
    return str(shape)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
