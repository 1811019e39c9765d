"""Sums of products as the function that `array_code` writes has them: which way is found out once, not at each sum.

Of two numbers for each example and element either the examples or the elements come first in memory. An array is
brought into the other order when a sum first asks for it, and then once.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.formula.arithmetic import NEAREST, at_once, goes_turned

Weights = tuple[str, tuple[int, ...]]
"""The name of a matrix of parameters, and its shape."""


class Products:
    """Writes them.

    Args:
        lines: to which is added.
        put: gives a name to what the text cannot hold itself.
        count: the number of examples.
        given: the names of what the examples give.

    Attributes:
        given_turned: of which of these the other order is needed too; it has to be given by the name with a `c`.
    """

    def __init__(self, lines: list[str], put: Callable[[Any], str], count: int, given: Sequence[str]) -> None:
        self._lines, self._put, self._count, self._given = lines, put, count, given
        self.given_turned: list[str] = []
        self._known: set[str] = set()
        self._turned: dict[str, str] = {}

    def as_it_lies(self, name: str) -> str:
        """An array, or turned if it is then in order in memory."""
        return self._turned.get(name, name)

    def of_layer(self, name: str, y: str, weights: Weights, bias: str | None) -> None:
        """Names Σ_i w[j, i]·y[e, i], and the bias with it; the weights' shape is (m, n)."""
        matrix, (m, _) = weights
        if at_once(self._count, m) and goes_turned(self._count, m):
            lying = self._turned[name] = f"{name}t"
            self._sum(lying, f"{matrix}.T", self._columns(y), m, self._count)
            self._add(lying, f"{bias}.T" if bias else None)
            self._lines.append(f"    {name} = {lying}.T")
        else:
            self._sum(name, self._columns(y), self._columns(matrix), self._count, m)
            self._add(name, bias)

    def _add(self, name: str, bias: str | None) -> None:
        if bias:
            self._lines.append(f"    np.add({name}, {bias}, out={name})")

    def back(self, name: str, d: str, weights: Weights) -> str:
        """Σ_j d[e, j]·w[j, i], by the name that is given here to it or to it turned."""
        matrix, (_, n) = weights
        if at_once(self._count, n) and goes_turned(self._count, n):
            self._sum(name, matrix, self._columns(d), n, self._count)
            return f"{name}.T"
        self._sum(name, self._columns(d), matrix, self._count, n)
        return name

    def of_examples(self, d: str, y: str, weights: Weights) -> None:
        """Σ_e d[e, j]·y[e, i] into a matrix; of a single example as it is."""
        matrix, (m, n) = weights
        if self._count == 1:
            self._lines.append(f"    np.multiply({d}.T, {y}, out={matrix})")
        elif at_once(m, n) and goes_turned(m, n):
            self._sum(f"{matrix}t", y, self._rows(d), n, m)
            self._lines.append(f"    {matrix}[...] = {matrix}t.T")
        else:
            self._sum(matrix, d, self._rows(y), m, n, out=matrix)

    def sum_of_examples(self, d: str, width: int, out: str) -> None:
        """Σ_e d[e, j] into a vector."""
        if self._count > 1 and width > 1 and at_once(1, width):
            self._lines.append(f"    einsum('ij->j', {self._rows(d)}, out={out})")
        else:
            self._lines.append(f"    {out}[...] = ordered_sum({d})")

    def _rows(self, name: str) -> str:
        """An array with one row after the other in memory."""
        return self._kept(f"{name}r", f"np.ascontiguousarray({name})")

    def _columns(self, name: str) -> str:
        """An array turned, of which that is true then."""
        if name in self._given:
            if name not in self.given_turned:
                self.given_turned.append(name)
            return f"{name}c"
        return self._turned.get(name) or self._kept(f"{name}c", f"np.ascontiguousarray({name}.T)")

    def _kept(self, name: str, text: str) -> str:
        if name not in self._known:
            self._known.add(name)
            self._lines.append(f"    {name} = {text}")
        return name

    def _sum(self, name: str, first: str, second: str, rows: int, columns: int, out: str = "") -> None:
        """Names Σ_i first[i, e]·second[i, j]; `out` is where it goes, if that is said."""
        if not at_once(rows, columns):
            self._lines.append(f"    {out or name}{'[...]' if out else ''} = summed_products({first}, {second})")
            return
        if not out:
            out = self._put(np.empty((rows, columns)))
            self._lines.append(f"    {name} = {out}")
        if rows * columns * 8 <= NEAREST:
            self._lines.append(f"    einsum('ie,ij->ej', {first}, {second}, out={out})")
        else:
            self._lines.append(f"    add_up({first}, {second}, {out})")
