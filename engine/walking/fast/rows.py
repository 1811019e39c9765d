"""Functions of whole rows in straight-line code: written out where a record has lines for it, else called."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from engine.formula.cancelling import SUM_TOLERANCE, Fused
from engine.formula.tree import Function
from engine.program.across.fused import FusedLoss
from engine.program.across.rows import ByRow, Rows
from engine.program.elementwise import operation
from engine.program.operations import Shape
from engine.walking.fast.space import Space

WRITTEN = 8
"""Elements of a row up to which it is written out: the lines of its Jacobian grow with their square."""


class Named(Struct, frozen=True):
    """A value whose elements have names.

    Attributes:
        names: of its elements.
        shape: its shape.
    """

    names: list[str]
    shape: Shape

    def rows(self) -> list[list[str]]:
        """The names row by row; a number is a row of one."""
        width = self.shape[-1] if self.shape else 1
        return [self.names[at : at + width] for at in range(0, len(self.names), width)]


class RowWriter:
    """Writes them.

    Args:
        space: what can be called.
        lines: to which is added.
        summed: whether there are targets of a layered network whose sum comes in.
    """

    def __init__(self, space: Space, lines: list[str], *, summed: bool) -> None:
        self._space, self._lines, self._summed = space, lines, summed
        self._made: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        self._count = 0

    def make(self, function: Function, operands: Sequence[Named], names: list[str]) -> None:
        """What a function makes of its operands, under these names."""
        does = operation(function)
        if isinstance(does, ByRow):
            for x, y in zip(operands[0].rows(), Named(names, operands[0].shape).rows(), strict=True):
                self._activate(does, function.name, x, y)
        elif isinstance(does, FusedLoss):
            rows = zip(*(operand.rows() for operand in operands), strict=True)
            parts = [part for z, t in rows for part in self._parts(does, z, t)]
            self._lines.append(f"{names[0]} = {' + '.join(parts)} + 0.0")
        else:
            assert isinstance(does, Rows)
            self._of_layer(does, [operand.names for operand in operands], names)

    def know(self, activation: str, x: list[str], y: list[str]) -> None:
        """Remembers that the lines of an activation have made y of x."""
        self._made.setdefault((activation, tuple(x)), y)

    def back(
        self, function: Function, place: int, operands: Sequence[Named], made: list[str], back: list[str]
    ) -> list[str]:
        """What comes back to each element of an operand, from what comes back to each of what was made."""
        does = operation(function)
        if isinstance(does, ByRow):
            rows = zip(*(Named(names, operands[0].shape).rows() for names in (made, back)), strict=True)
            return [name for y, d in rows for name in self._through(does, y, d)]
        assert isinstance(does, FusedLoss)
        (adjoint,) = back
        rows = zip(*(operand.rows() for operand in operands), strict=True)
        slopes = [name for z, t in rows for name in self._slopes(does, place, z, t)]
        return slopes if adjoint == "1.0" else [f"{name} * {adjoint}" for name in slopes]

    # Activations

    def _activate(self, does: ByRow, name: str, x: list[str], y: list[str]) -> None:
        if does.joint.lines is None or len(x) > WRITTEN:
            self._call(does.joint.outputs, [x], y, "R")
            return
        self._lines += does.joint.lines.value(x, y)
        self.know(name, x, y)

    def _through(self, does: ByRow, y: list[str], back: list[str]) -> list[str]:
        names = self._new(len(y))
        if does.joint.lines is None or len(y) > WRITTEN:
            self._call(_through(does.joint.jacobian), [y, back], names, key=(does, "back"))
        else:
            self._lines += does.joint.lines.back(y, back, names)
        return names

    # Losses that cancel with them

    def _of_layer(self, does: Rows, operands: list[list[str]], names: list[str]) -> None:
        """The errors of a layer from x and t, or their slopes from x, y and t."""
        x, t, fused = operands[0], operands[-1], does.fused
        y = self._of_activation(fused, x)
        if y is None or fused is None:
            self._call(does.value, operands, names, "R")
        elif len(operands) == 2:
            self._lines += fused.lines_of_parts(x, t, y, names)
        else:
            total = f"({' + '.join(['0.0', *t])})"
            if self._summed and fused.of_sum:
                self._lines.append(f"total = {total}")
                self._lines.append(f"total = 1.0 if abs(total - 1) <= {SUM_TOLERANCE!r} else total")
                y = self._scaled(y, "total")
            self._lines += fused.lines_of_slopes(y, t, names)

    def _parts(self, does: FusedLoss, z: list[str], t: list[str]) -> list[str]:
        names, y = self._new(len(z)), self._activated(does, z)
        if y is None:
            self._call(does.fused.parts, [z, t], names, "R")
        else:
            self._lines += does.fused.lines_of_parts(z, t, y, names)
        return names

    def _slopes(self, does: FusedLoss, place: int, z: list[str], t: list[str]) -> list[str]:
        names = self._new(len(z))
        y = self._activated(does, z) if place == 0 else None
        if place == 1:
            self._call(does.by_targets, [z], names)
        elif y is None:
            self._call(does.by_outputs, [z, t], names)
        else:
            if does.fused.of_sum:
                self._lines.append(f"total = {' + '.join(t)}")
                y = self._scaled(y, "total")
            self._lines += does.fused.lines_of_slopes(y, t, names)
        return names

    def _activated(self, does: FusedLoss, z: list[str]) -> list[str] | None:
        """The activation's outputs that its lines have made, here if nowhere else; None where they are called."""
        activation, y = does.activation, self._new(len(z))
        name, lines = activation.name, None if activation.joint is None else activation.joint.lines
        if lines is not None and len(z) <= WRITTEN and (name, tuple(z)) not in self._made:
            self._lines += lines.value(z, y)
            self.know(name, z, y)
        of_one = activation.lines
        for one, output in zip(z, y, strict=True):
            if of_one is not None and (name, (one,)) not in self._made:
                self._lines += [line.format(x=one, y=output) for line in of_one.value]
                self.know(name, [one], [output])
        return self._of_activation(does.fused, z)

    def _of_activation(self, fused: Fused | None, x: list[str]) -> list[str] | None:
        """What lines have made of x, number by number or of the whole row."""
        if fused is None or fused.lines is None:
            return None
        name = fused.lines.activation
        if (name, tuple(x)) in self._made:
            return self._made[name, tuple(x)]
        each = [self._made[name, (one,)] for one in x if (name, (one,)) in self._made]
        return [y for one in each for y in one] if len(each) == len(x) else None

    def _scaled(self, y: list[str], by: str) -> list[str]:
        names = self._new(len(y))
        self._lines += [f"{name} = {by} * {output}" for name, output in zip(names, y, strict=True)]
        return names

    def _new(self, count: int) -> list[str]:
        self._count += 1
        return [f"r{self._count}_{item}" for item in range(count)]

    def _call(
        self, function: Callable[..., Any], operands: Sequence[list[str]], names: list[str], *more: str, key: Any = None
    ) -> None:
        """Calls a function of lists."""
        called = self._space.keep(key or function, function, getattr(function, "__name__", "rows"))
        arguments = ", ".join([*(f"[{', '.join(operand)}]" for operand in operands), *more])
        self._lines.append(f"{''.join(f'{name}, ' for name in names)}= {called}({arguments})")


def _through(jacobian: Callable[[list[float]], list[list[float]]]) -> Callable[[list[float], list[float]], list[float]]:
    """dE/dx_k = Σ_j dy_j/dx_k·dE/dy_j of one row from y and dE/dy, from the first j to the last."""

    def through(y: list[float], back: list[float]) -> list[float]:
        slopes, found = jacobian(y), []
        for k in range(len(y)):
            total = 0.0
            for row, d in zip(slopes, back, strict=True):
                total += row[k] * d
            found.append(total)
        return found

    return through
