"""Sums in one fixed order, so that a position has one value however it is reached.

float64, left to right, as one computes by hand. Numpy sums pairwise along a contiguous axis and BLAS in whatever order
its processor likes best; with the summed axis first, `np.add.reduce` adds whole rows one after the other.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from engine.formula import exact
from engine.formula.exact import adds_in_order

Array = NDArray[np.float64]
"""Or complex128 where a derivative is taken by the complex step."""

FEW = 16
"""Elements up to which a call for each costs less than functions of arrays do."""
LONG = 32
"""Numbers from which it makes no difference how many more `einsum` goes through at once."""
NEAREST = 1 << 15
"""Bytes of a result that are made at once: the nearest cache of usual processors holds them."""
LARGEST_BLOCK = 1 << 22
"""Products held at once, where `einsum` is not to be trusted: 32 MB."""


def locked(array: Array) -> Array:
    """The same array, read-only. Only for an array of one's own: earlier views would stay writable."""
    array.setflags(write=False)
    return array


def ordered_sum(terms: Array, out: Array | None = None) -> Array:
    """The sum over the first axis: 0, then the first term, and so on to the last.

    Args:
        terms: shape (n, …) with n ≥ 1, in C order.
        out: where it is to stand, if there is such a place.

    Returns:
        shape (…). Never −0, which beginning with the first term would give for a sum of nothing but −0.
    """
    first: Array = terms[0]
    if len(terms) == 1:
        return cast(Array, np.add(first, 0.0, out=out))
    if first.size == 1:  # here `reduce` would add pairwise
        return np.asarray(np.add(np.add.accumulate(terms, axis=0)[-1], 0.0, out=out))
    if terms.ndim == 2 and terms.dtype == np.float64 and terms.flags.c_contiguous and adds_in_order():
        place = np.empty(terms.shape[1]) if out is None else out
        return exact.einsum("ij->j", terms, out=place)  # of short rows it takes half the time
    return cast(Array, np.add.reduce(terms, axis=0, initial=0.0, out=out))


def row_sums(rows: Array) -> Array:
    """Of each row the sum from left to right: (rows, n) → (rows,)."""
    return ordered_sum(np.ascontiguousarray(rows.T))


def weighted_sum(factors: Array, weights: Array) -> Array:
    """Σ_i weights[j, i]·factors[e, i], from the first i to the last.

    Args:
        factors: shape (batch, n).
        weights: shape (m, n).

    Returns:
        shape (batch, m).
    """
    if np.iscomplexobj(factors) and not np.iscomplexobj(weights):
        return _complex(weighted_sum(factors.real, weights), weighted_sum(factors.imag, weights))
    return summed_products(factors.T, weights.T)


def summed_products(first: Array, second: Array, out: Array | None = None) -> Array:
    """Σ_i first[i, e]·second[i, j], from the first i to the last: (n, b) and (n, m) → (b, m), in `out` if it is given.

    It is in C order; of the two the longer rows are gone through at once.
    """
    rows, columns = first.shape[1], second.shape[1]
    double = first.dtype == second.dtype == np.float64  # of which it is known in which order `einsum` adds
    if double and at_once(rows, columns):
        out = np.empty((rows, columns)) if out is None else out
        if not goes_turned(rows, columns):
            add_up(np.ascontiguousarray(first), np.ascontiguousarray(second), out)
        else:
            turned = np.empty((columns, rows))
            add_up(np.ascontiguousarray(second), np.ascontiguousarray(first), turned)
            out[...] = turned.T
        return out
    if rows > 1 and first.size * columns > LARGEST_BLOCK:
        made = np.concatenate([summed_products(first[:, e : e + 1], second) for e in range(rows)])
    else:
        made = ordered_sum(multiplied(first[:, :, np.newaxis], second[:, np.newaxis, :]))
    if out is None:
        return made
    out[...] = made
    return out


def add_up(first: Array, second: Array, out: Array) -> None:
    """Σ_i first[i, e]·second[i, j] by `einsum`, which goes through rows of `second`: they must be in C order.

    Of a large result some rows are made at a time, so many as the processor has at hand.
    """
    rows = max(1, NEAREST // out[0].nbytes)
    for start in range(0, len(out), rows):
        some = slice(start, start + rows)
        exact.einsum("ie,ij->ej", first[:, some], second, out=out[some])


def at_once(rows: int, columns: int) -> bool:
    """Whether `einsum` adds up products of doubles to so many rows and columns."""
    return rows * columns > 1 and adds_in_order()


def goes_turned(rows: int, columns: int) -> bool:
    """Whether it goes through rows at once, rather than through columns."""
    return columns < min(rows, LONG)


def multiplied(first: Array, second: Array) -> Array:
    """first·second element by element, in C order.

    Of complex numbers real and imaginary parts go by themselves: numpy's product of them rounds once on some
    processors where Python rounds twice.
    """
    if not np.iscomplexobj(second):
        if not np.iscomplexobj(first):
            return np.multiply(first, second, order="C")
        return _complex(first.real * second, first.imag * second)
    if not np.iscomplexobj(first):
        return _complex(first * second.real, first * second.imag)
    real = first.real * second.real - first.imag * second.imag
    return _complex(real, first.real * second.imag + first.imag * second.real)


def divided(first: Array, second: Array) -> Array:
    """first / second element by element; the second is real."""
    return _complex(first.real / second, first.imag / second) if np.iscomplexobj(first) else np.divide(first, second)


def _complex(real: Array, imaginary: Array) -> Array:
    made: NDArray[Any] = np.empty(real.shape, np.complex128)
    made.real, made.imag = real, imaginary
    return made


def scalars(array: Array) -> list[Any]:
    """An array's numbers in lists as deep as it has axes: Python's, and those of single precision as such."""
    if array.dtype != np.float32:
        numbers: list[Any] = array.tolist()
        return numbers
    return list(array) if array.ndim == 1 else list(map(scalars, array))


def mapped(function: Callable[[Any], Any], array: Array) -> Array:
    """`function` of every element: one call each, for `math`'s functions rather than numpy's."""
    return np.array([function(value) for value in scalars(array.ravel())]).reshape(array.shape)
