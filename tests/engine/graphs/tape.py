"""Reverse mode on a tape, written for the tests alone: numpy arrays, the batch first, over reals or complex numbers.

It knows nothing of the engine. What is one value for the batch stands here once for each example.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Back = Callable[[Array], Array]


class Taped:
    """A value, and from where what comes back to it goes on."""

    def __init__(self, value: Array, parents: Sequence[tuple["Taped", Back]] = ()) -> None:
        self.value, self.parents = value, list(parents)
        self.adjoint: Array = np.zeros(value.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.value.shape[1:])


def backward(end: Taped) -> None:
    order: list[Taped] = []
    seen: set[int] = set()

    def visit(node: Taped) -> None:
        if id(node) not in seen:
            seen.add(id(node))
            for parent, _ in node.parents:
                visit(parent)
            order.append(node)

    visit(end)
    end.adjoint = np.ones(end.value.shape)
    for node in reversed(order):
        for parent, back in node.parents:
            parent.adjoint = parent.adjoint + back(node.adjoint)


def _lined_up(value: Array, axes: int) -> Array:
    """A number meets everything, a vector the rows of a matrix or the channels of a picture."""
    if value.ndim == 2 and axes == 4:
        return value[:, :, None, None]
    return value.reshape(value.shape[0], *[1] * (axes - value.ndim), *value.shape[1:])


def _back_to(value: Array, adjoint: Array) -> Array:
    """What met several elements gets the sum over them."""
    lined = _lined_up(value, adjoint.ndim)
    for axis in range(1, adjoint.ndim):
        if lined.shape[axis] == 1 and adjoint.shape[axis] > 1:
            adjoint = adjoint.sum(axis=axis, keepdims=True)
    return adjoint.reshape(value.shape)


def binary(function: Callable[[Array, Array], Array], slopes: Callable[[Array, Array], tuple[Any, Any]]) -> Any:
    def apply(a: Taped, b: Taped) -> Taped:
        axes = max(a.value.ndim, b.value.ndim)
        x, y = _lined_up(a.value, axes), _lined_up(b.value, axes)
        by_x, by_y = slopes(x, y)
        made = function(x, y)
        whole = np.zeros(made.shape)
        return Taped(
            made,
            [
                (a, lambda d: _back_to(a.value, d * (by_x + whole))),
                (b, lambda d: _back_to(b.value, d * (by_y + whole))),
            ],
        )

    return apply


def unary(function: Callable[[Array], Array], slope: Callable[[Array], Array]) -> Any:
    return lambda a: Taped(function(a.value), [(a, lambda d: d * slope(a.value))])


def moved(function: Callable[[Array], Array]) -> Any:
    """Elements in other places."""

    def apply(a: Taped) -> Taped:
        numbers = function(np.arange(a.value.size).reshape(a.value.shape))

        def back(d: Array) -> Array:
            found = np.zeros(a.value.size)
            np.add.at(found, numbers.ravel(), d.ravel())
            return found.reshape(a.value.shape)

        return Taped(function(a.value), [(a, back)])

    return apply


def matmul(a: Taped, b: Taped) -> Taped:
    spec = {(2, 2): "zpq,zqr->zpr", (2, 1): "zpq,zq->zp", (1, 2): "zq,zqr->zr", (1, 1): "zq,zq->z"}
    left, right = spec[len(a.shape), len(b.shape)].split("->")[0].split(",")
    made = spec[len(a.shape), len(b.shape)].split("->")[1]
    return Taped(
        np.einsum(f"{left},{right}->{made}", a.value, b.value),
        [
            (a, lambda d: np.einsum(f"{made},{right}->{left}", d, b.value)),
            (b, lambda d: np.einsum(f"{made},{left}->{right}", d, a.value)),
        ],
    )


def summed(axis: int | None) -> Any:
    def apply(a: Taped) -> Taped:
        axes = tuple(range(1, a.value.ndim)) if axis is None else (axis,)
        kept = tuple(1 if i in axes or i - a.value.ndim in axes else n for i, n in enumerate(a.value.shape))
        return Taped(a.value.sum(axis=axes), [(a, lambda d: np.zeros(a.value.shape) + d.reshape(kept))])

    return apply


def picked(which: Callable[..., Array], axis: int | None) -> Any:
    """The greatest or the least of all, or along an axis."""

    def apply(a: Taped) -> Taped:
        flat = a.value.reshape(len(a.value), -1) if axis is None else np.moveaxis(a.value, axis, -1)
        index = which(flat.real, axis=-1)[..., None]
        made = np.take_along_axis(flat, index, -1)[..., 0]

        def back(d: Array) -> Array:
            found = np.zeros(flat.shape)
            np.put_along_axis(found, index, d[..., None], -1)
            return found.reshape(a.value.shape) if axis is None else np.moveaxis(found, -1, axis)

        return Taped(made, [(a, back)])

    return apply


def softmax(a: Taped) -> Taped:
    powers = np.exp(a.value - a.value.real.max(axis=-1, keepdims=True))
    p = powers / powers.sum(axis=-1, keepdims=True)
    return Taped(p, [(a, lambda d: p * (d - (d * p).sum(axis=-1, keepdims=True)))])


def joined(axis: int) -> Any:
    def apply(*parts: Taped) -> Taped:
        values = [part.value if part.shape else part.value[:, None] for part in parts]
        where = 1 if axis == 0 else -1
        ends = np.cumsum([value.shape[where] for value in values])

        def back(number: int) -> Back:
            return lambda d: np.split(d, ends[:-1], axis=where)[number].reshape(parts[number].value.shape)

        return Taped(np.concatenate(values, axis=where), [(part, back(n)) for n, part in enumerate(parts)])

    return apply


def over_batch(a: Taped) -> Taped:
    """The mean, once for each example."""
    mean = np.zeros(a.value.shape) + a.value.mean(axis=0, keepdims=True)
    return Taped(mean, [(a, lambda d: np.zeros(a.value.shape) + d.sum(axis=0, keepdims=True) / len(d))])


def convolved(stride: int, padding: int) -> Any:
    def apply(x: Taped, k: Taped) -> Taped:
        picture = x.value if len(x.shape) == 3 else x.value[:, None]
        kernels = k.value if len(k.shape) == 4 else k.value[:, None, None]
        edge = [(0, 0), (0, 0), (padding, padding), (padding, padding)]
        padded = np.pad(picture, edge)
        down, across = kernels.shape[-2:]
        rows, columns = ((n - m) // stride + 1 for n, m in zip(padded.shape[-2:], (down, across), strict=True))
        places = [(r, c) for r in range(rows) for c in range(columns)]

        def window(r: int, c: int) -> tuple[Any, ...]:
            return (..., slice(r * stride, r * stride + down), slice(c * stride, c * stride + across))

        made = np.stack([np.einsum("zidc,zoidc->zo", padded[window(*p)], kernels) for p in places], axis=-1)
        made = made.reshape(*made.shape[:-1], rows, columns)

        def to_picture(d: Array) -> Array:
            d = d.reshape(made.shape)
            back = np.zeros(padded.shape)
            for r, c in places:
                back[window(r, c)] += np.einsum("zo,zoidc->zidc", d[..., r, c], kernels)
            inner = slice(padding, -padding or None)
            return back[:, :, inner, inner].reshape(x.value.shape)

        def to_kernels(d: Array) -> Array:
            d = d.reshape(made.shape)
            parts = [np.einsum("zo,zidc->zoidc", d[..., r, c], padded[window(r, c)]) for r, c in places]
            return np.sum(parts, axis=0).reshape(k.value.shape)

        value = made[:, 0] if len(k.shape) == 2 else made
        return Taped(value, [(x, to_picture), (k, to_kernels)])

    return apply


add = binary(lambda x, y: x + y, lambda x, y: (1.0, 1.0))
subtract = binary(lambda x, y: x - y, lambda x, y: (1.0, -1.0))
multiply = binary(lambda x, y: x * y, lambda x, y: (y, x))
divide = binary(lambda x, y: x / y, lambda x, y: (1 / y, -x / (y * y)))
greater = binary(lambda x, y: np.where(y.real > x.real, y, x), lambda x, y: (y.real <= x.real, y.real > x.real))
less = binary(lambda x, y: np.where(y.real < x.real, y, x), lambda x, y: (y.real >= x.real, y.real < x.real))
log = unary(np.log, lambda x: 1 / x)
sqrt = unary(np.sqrt, lambda x: 0.5 / np.sqrt(x))
square = unary(lambda x: x * x, lambda x: 2 * x)
