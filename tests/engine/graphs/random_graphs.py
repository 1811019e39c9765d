"""Graphs drawn at random, as text and as functions on the tape: the one is read by the engine, the other is not."""

from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from tests.engine.graphs import tape
from tests.engine.graphs.tape import Array, Taped

Shape = tuple[int, ...]
Environment = dict[str, Taped]
SHAPES: list[Shape] = [(), (2,), (3,), (2, 3), (3, 2), (2, 2), (4, 4), (2, 4, 4)]


class Term(NamedTuple):
    """A formula: its text, its shape, what it is on the tape."""

    text: str
    shape: Shape
    value: Callable[[Environment], Taped]
    atom: bool = False

    @property
    def inner(self) -> str:
        return self.text if self.atom else f"({self.text})"


class Drawn(NamedTuple):
    """A graph.

    Attributes:
        text: of its file.
        given: by name the numbers of inputs and targets, (examples, *shape); of parameters (*shape).
        inputs: the names.
        parameters: the names.
        nodes: name and function, in order; the last is the error.
    """

    text: str
    given: dict[str, Array]
    inputs: list[str]
    parameters: list[str]
    nodes: list[tuple[str, Callable[[Environment], Taped]]]
    count: int
    mean: bool


def constant(number: float) -> Term:
    return Term(repr(number), (), lambda env: Taped(np.full(len(next(iter(env.values())).value), number)), True)


def named(name: str, shape: Shape) -> Term:
    return Term(name, shape, lambda env: env[name], True)


def _call(text: str, shape: Shape, function: Callable[..., Taped], *terms: Term, atom: bool = True) -> Term:
    return Term(text, shape, lambda env: function(*(term.value(env) for term in terms)), atom)


def _plus_square(a: Taped) -> Taped:
    return tape.unary(lambda x: 1 + x * x, lambda x: 2 * x)(a)


UNARY: dict[str, Callable[[Taped], Taped]] = {
    "tanh({})": tape.unary(np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "sigmoid({})": tape.unary(lambda x: 1 / (1 + np.exp(-x)), lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
    "sin({})": tape.unary(np.sin, np.cos),
    "cos({})": tape.unary(np.cos, lambda x: -np.sin(x)),
    "exp(-abs({}))": tape.unary(
        lambda x: np.exp(-np.where(x.real < 0, -x, x)), lambda x: -np.sign(x.real) * np.exp(-np.abs(x.real))
    ),
    "relu({})": tape.unary(lambda x: np.where(x.real > 0, x, 0), lambda x: (x.real > 0) * 1.0),
    "softplus({})": tape.unary(lambda x: np.log(1 + np.exp(x)), lambda x: 1 / (1 + np.exp(-x))),
    "silu({})": tape.unary(
        lambda x: x / (1 + np.exp(-x)),
        lambda x: 1 / (1 + np.exp(-x)) + x * np.exp(-x) / (1 + np.exp(-x)) ** 2,
    ),
    "stop({})": tape.unary(lambda x: x.real + 0.0, lambda x: 0 * x),
}


@st.composite
def terms(draw: st.DrawFn, leaves: list[Term], depth: int) -> Term:
    """A formula of values that there are."""
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from(leaves))
    a = draw(terms(leaves, depth - 1))
    kinds = ["unary", "sign", "square", "power", "safe", "sum", "binary", "binary", "quotient"]
    if a.shape:
        kinds += ["softmax", "pick", "norm", "extreme", "batch", "reshape", "rows", "concat"]
    if len(a.shape) in (1, 2):
        kinds += ["product"] * 3
    if len(a.shape) == 2:
        kinds += ["transposed", "axis"]
    if a.shape[-2:] == (4, 4):
        kinds += ["pool", "conv", "conv"]
    return draw(_of_kind(draw(st.sampled_from(kinds)), a, leaves, depth))


@st.composite
def _of_kind(draw: st.DrawFn, kind: str, a: Term, leaves: list[Term], depth: int) -> Term:
    if kind == "unary":
        text = draw(st.sampled_from(sorted(UNARY)))
        return _call(text.format(a.text), a.shape, UNARY[text], a)
    if kind == "sign":
        return _call(f"-{a.inner}", a.shape, tape.unary(lambda x: -x, lambda x: 0 * x - 1), a, atom=False)
    if kind == "square":
        mark = draw(st.sampled_from(["²", "**2", "^2", " ** 2.0"]))
        return _call(f"{a.inner}{mark}", a.shape, tape.square, a, atom=False)
    if kind == "power":
        base = tape.unary(lambda x: (1 + x * x) ** 1.5, lambda x: 3 * x * (1 + x * x) ** 0.5)
        return _call(f"(1 + {a.inner}²) ** 1.5", a.shape, base, a, atom=False)
    if kind == "safe":
        name, function = draw(st.sampled_from([("ln", tape.log), ("sqrt", tape.sqrt), ("log", tape.log)]))
        return _call(f"{name}(1 + {a.inner}²)", a.shape, lambda x: function(_plus_square(x)), a)
    if kind == "sum":
        name = draw(st.sampled_from(["sum", "mean"]))
        share = 1.0 if name == "sum" else 1.0 / prod(a.shape)
        return _call(f"{name}({a.text})", (), lambda x: _scaled(tape.summed(None)(x), share), a)
    if kind in ("binary", "quotient"):
        b = draw(st.sampled_from([leaf for leaf in leaves if _meet(a.shape, leaf.shape)] or [constant(0.5)]))
        shape = max(a.shape, b.shape, key=len)
        if kind == "quotient":
            return _call(
                f"{a.inner} / (1 + {b.inner}²)", shape, lambda x, y: tape.divide(x, _plus_square(y)), a, b, atom=False
            )
        sign, function = draw(
            st.sampled_from(
                [
                    *((" + ", tape.add), (" - ", tape.subtract), (" * ", tape.multiply), ("−", tape.subtract)),
                    *(("·", tape.multiply), ("max", tape.greater), ("min", tape.less)),
                ]
            )
        )
        if sign in ("max", "min"):
            return _call(f"{sign}({a.text}, {b.text})", shape, function, a, b)
        return _call(f"{a.inner}{sign}{b.inner}", shape, function, a, b, atom=False)
    if kind == "product":
        fitting = [leaf for leaf in leaves if 0 < len(leaf.shape) < 3 and leaf.shape[0] == a.shape[-1]]
        if not fitting:
            return a
        b = draw(st.sampled_from(fitting))
        return _call(f"{a.inner} @ {b.inner}", a.shape[:-1] + b.shape[1:], tape.matmul, a, b, atom=False)
    if kind == "transposed":
        return _call(f"{a.inner}.T", a.shape[::-1], tape.moved(lambda x: x.swapaxes(1, 2)), a)
    if kind == "axis":
        name, axis = draw(st.sampled_from([("rows", -1), ("columns", 1)]))
        shape = a.shape[:-1] if name == "rows" else a.shape[1:]
        of, function = draw(
            st.sampled_from(
                [
                    ("sum", tape.summed(axis)),
                    ("max", tape.picked(np.argmax, axis)),
                    ("min", tape.picked(np.argmin, axis)),
                ]
            )
        )
        return _call(f"{of}({a.text}, axis={name})", shape, function, a)
    if kind == "softmax":
        if draw(st.booleans()):
            return _call(f"softmax({a.text})", a.shape, tape.softmax, a)
        return _call(f"log_softmax({a.text})", a.shape, lambda x: tape.log(tape.softmax(x)), a)
    if kind == "rows":
        eps = draw(st.sampled_from(["", ", eps = 0.1"]))
        function = _layer_norm(0.1 if eps else 1e-5)
        return _call(f"layer_norm({a.text}{eps})", a.shape, function, a)
    if kind == "pick":
        index = tuple(draw(st.integers(1, n)) for n in a.shape[: draw(st.integers(1, len(a.shape)))])
        return _call(
            ".".join((a.inner, *map(str, index))),
            a.shape[len(index) :],
            tape.moved(lambda x: x[(slice(None), *(i - 1 for i in index))]),
            a,
        )
    if kind == "norm":
        return _call(f"norm({a.text})", (), lambda x: tape.sqrt(tape.summed(None)(tape.square(x))), a)
    if kind == "extreme":
        name, which = draw(st.sampled_from([("max", np.argmax), ("min", np.argmin)]))
        return _call(f"{name}({a.text})", (), tape.picked(which, None), a)
    if kind == "batch":
        if draw(st.booleans()):
            return _call(f"batch_mean({a.text})", a.shape, tape.over_batch, a)
        return _call(
            f"batch_var({a.text})",
            a.shape,
            lambda x: tape.over_batch(tape.square(tape.subtract(x, tape.over_batch(x)))),
            a,
        )
    if kind == "reshape":
        shape = (prod(a.shape),) if len(a.shape) > 1 else (1, *a.shape)
        return _call(
            f"reshape({a.text}, {', '.join(map(str, shape))})",
            shape,
            tape.moved(lambda x: x.reshape(len(x), *shape)),
            a,
        )
    if kind == "concat":
        other = [leaf for leaf in leaves if leaf.shape[1:] == a.shape[1:] and len(leaf.shape) == len(a.shape)] or [a]
        b = draw(st.sampled_from(other))
        return _call(f"concat({a.text}, {b.text})", (a.shape[0] + b.shape[0], *a.shape[1:]), tape.joined(0), a, b)
    if kind == "pool":
        shape = (*a.shape[:-2], 2, 2)

        def windows(x: Array) -> Array:
            split = x.reshape(*x.shape[:-2], 2, 2, 2, 2)
            return np.moveaxis(split, -3, -2).reshape(*x.shape[:-2], 2, 2, 4)

        if draw(st.booleans()):
            return _call(
                f"max_pool({a.text}, 2)", shape, lambda x: tape.picked(np.argmax, -1)(tape.moved(windows)(x)), a
            )
        return _call(
            f"avg_pool({a.text}, 2)", shape, lambda x: _scaled(tape.summed(-1)(tape.moved(windows)(x)), 0.25), a
        )
    assert kind == "conv"
    stride, padding = draw(st.integers(1, 2)), draw(st.integers(0, 1))
    kernels = [leaf for leaf in leaves if leaf.shape == (2, 2)]
    if not kernels or len(a.shape) == 3:
        return a
    options = draw(
        st.sampled_from([f", stride={stride}, padding={padding}", f", padding = {padding}, stride ={stride}"])
    )
    size = (4 + 2 * padding - 2) // stride + 1
    k = draw(st.sampled_from(kernels))
    return _call(f"conv({a.text}, {k.text}{options})", (size, size), tape.convolved(stride, padding), a, k)


def _scaled(a: Taped, by: float) -> Taped:
    return tape.unary(lambda x: x * by, lambda x: 0 * x + by)(a)


def _layer_norm(eps: float) -> Callable[[Taped], Taped]:
    def apply(x: Taped) -> Taped:
        n = x.shape[-1]

        def along(y: Taped) -> Taped:
            mean = _scaled(tape.summed(-1)(y), 1 / n)
            return tape.moved(lambda v: np.repeat(v[..., None], n, axis=-1))(mean)

        difference = tape.subtract(x, along(x))
        variance = along(tape.square(difference))
        return tape.divide(difference, tape.sqrt(tape.unary(lambda v: v + eps, lambda v: 0 * v + 1)(variance)))

    return apply


def _meet(a: Shape, b: Shape) -> bool:
    small, large = sorted((a, b), key=len)
    vector = large[1:] if len(large) == 2 else large[:1] if len(large) == 3 else large
    return small in ((), large, vector)


@st.composite
def graphs(draw: st.DrawFn) -> Drawn:
    """A graph with inputs, targets, constants, parameters, of several examples."""
    numbers = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(2, 3))
    shapes = {f"x{i}": draw(st.sampled_from(SHAPES)) for i in range(draw(st.integers(1, 3)))}
    weights = {f"w{i}": draw(st.sampled_from(SHAPES[:6])) for i in range(draw(st.integers(0, 3)))}
    targets = {"t": draw(st.sampled_from(SHAPES[:4]))}
    constants = {"c": draw(st.sampled_from(SHAPES[:4]))}
    given: dict[str, Array] = {
        name: numbers.normal(size=(count, *shape)) for name, shape in {**shapes, **targets}.items()
    }
    given |= {name: np.asarray(numbers.normal(size=shape)) for name, shape in {**weights, **constants}.items()}
    leaves = [named(name, shape) for name, shape in {**shapes, **weights, **targets, **constants}.items()]
    leaves.append(constant(draw(st.sampled_from([0.5, 2.0, 1.25]))))
    nodes: list[tuple[str, Term]] = []
    for number in range(draw(st.integers(1, 5))):
        term = draw(terms(leaves, draw(st.integers(1, 3))))
        nodes.append((f"n{number}", term))
        leaves.append(named(f"n{number}", term.shape))
    ends = [leaf for leaf in leaves if leaf.text not in given and not leaf.text[0].isdigit()]
    ends += [named(name, shape) for name, shape in weights.items()]
    of, total, rest = draw(_loss(ends[0], leaves))
    if of is not None and draw(st.booleans()):  # the activation as a node of its own
        total = rest(named("p", of.shape))
        nodes.append(("p", of))
    for end in ends:
        total = _call(f"{total.text} + sum({end.text})", (), lambda x, y: tape.add(x, tape.summed(None)(y)), total, end)
    nodes.append(("E", total))
    mean = draw(st.booleans())
    return Drawn(
        _written(shapes, targets, constants, weights, given, nodes, count, mean=mean, gates=draw(st.booleans())),
        given,
        list(shapes),
        list(weights),
        [(name, term.value) for name, term in nodes],
        count,
        mean,
    )


@st.composite
def _loss(draw: st.DrawFn, end: Term, leaves: list[Term]) -> tuple[Term | None, Term, Callable[[Term], Term]]:
    """A loss of a node and whatever has its shape, and the activation that it is of."""
    target = draw(st.sampled_from([leaf for leaf in leaves if leaf.shape == end.shape] or [end]))
    size = prod(end.shape)
    kind = draw(st.sampled_from(["half", "mean", "softmax", "sigmoid"]))
    if kind == "softmax" and end.shape:
        p = _call(f"softmax({end.text})", end.shape, tape.softmax, end)

        def cross(y: Taped, t: Taped) -> Taped:
            return _scaled(tape.summed(None)(tape.multiply(t, tape.log(y))), -1.0)

        return _of(p, lambda p: _call(f"cross_entropy({p.text}, {target.text})", (), cross, p, target))
    if kind == "sigmoid":
        # of moderate numbers: the tape takes 1 − σ as it is written
        bounded = _call(f"tanh({end.text})", end.shape, UNARY["tanh({})"], end)
        p = _call(f"sigmoid({bounded.text})", end.shape, UNARY["sigmoid({})"], bounded)

        def binary(y: Taped, t: Taped) -> Taped:
            hit = tape.multiply(t, tape.log(y))
            rest = tape.unary(lambda x: 1 - x, lambda x: 0 * x - 1)
            return _scaled(tape.summed(None)(tape.add(hit, tape.multiply(rest(t), tape.log(rest(y))))), -1.0)

        return _of(p, lambda p: _call(f"binary_cross_entropy({p.text}, {target.text})", (), binary, p, target))
    name, share = ("mean_squared_error", 1 / size) if kind == "mean" else ("half_squared_error", 0.5)

    def squared(y: Taped, t: Taped) -> Taped:
        return _scaled(tape.summed(None)(tape.square(tape.subtract(y, t))), share)

    loss = _call(f"{name}({end.text}, {target.text})", (), squared, end, target)
    return None, loss, lambda p: loss


def _of(p: Term, loss: Callable[[Term], Term]) -> tuple[Term, Term, Callable[[Term], Term]]:
    return p, loss(p), loss


def _written(
    shapes: dict[str, Shape],
    targets: dict[str, Shape],
    constants: dict[str, Shape],
    weights: dict[str, Shape],
    given: dict[str, Array],
    nodes: list[tuple[str, Term]],
    count: int,
    *,
    mean: bool,
    gates: bool,
) -> str:
    def table(names: Any) -> str:
        return ", ".join(f"{name} = {given[name].tolist()!r}" for name in names)

    def sizes(of: dict[str, Shape]) -> str:
        return ", ".join(f"{name} = {list(shape)}" for name, shape in of.items())

    lines = ",\n  ".join(f'"{name} = {term.text}"' for name, term in nodes)
    text = f"""
title = "random"
[graph]
inputs = {{ {sizes(shapes)} }}
targets = {{ {sizes(targets)} }}
constants = {{ {table(constants)} }}
nodes = [
  {lines}
]
error = "E"
gates = {"true" if gates else "false"}
parameters = {{ {table(weights)} }}
[training]
batch = "all"
reduction = "{"mean" if mean else "sum"}"
"""
    for example in range(count):
        inputs = ", ".join(f"{name} = {given[name][example].tolist()!r}" for name in shapes)
        text += f"[[example]]\ninputs = {{ {inputs} }}\ntargets = {{ t = {given['t'][example].tolist()!r} }}\n"
    return text
