"""Pictures: a kernel that is laid on every place of one (cross-correlation), and pooling.

A picture has shape (channels, rows, columns), kernels (out, in, rows, columns). A matrix is a picture of one channel; a
matrix as kernel is one kernel, and what it makes is a matrix again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np

from engine.formula.arithmetic import multiplied
from engine.formula.field import Functions
from engine.formula.functions import MULTIPLY, TOTAL
from engine.formula.tree import ATOM, CHOICE, Formula, Function, Writing
from engine.program.across.extremes import Greatest
from engine.program.across.groups import Groups
from engine.program.across.reductions import Mean
from engine.program.across.scripts import PATCHES, PATCHES_BACK, WINDOWS, WINDOWS_BACK
from engine.program.coded import Code, Language, atom, indexed
from engine.program.operations import Array, Operands, Operation, Shape, ShapeError, Whole, said


class Windows(Groups):
    """The elements of each of the n×n windows that lie side by side; what is left at the edges is in none.

    Args:
        size: n.
    """

    def __init__(self, size: int) -> None:
        self._size = size

    def shape(self, shape: Shape) -> Shape:
        """An element for each window."""
        n = self._size
        if len(shape) not in (2, 3) or min(shape[-2:]) < n:
            needed = f"a matrix or (channels, rows, columns) of at least {n} rows and columns"
            raise ShapeError(f"{said(shape)} has no windows of {said((n, n))}: {needed} is needed")
        return (*shape[:-2], shape[-2] // n, shape[-1] // n)

    def members(self, whole: Array) -> Array:
        """Within each window row by row."""
        n, (rows, columns) = self._size, self.shape(whole.shape[1:])[-2:]
        split = whole[..., : rows * n, : columns * n].reshape(*whole.shape[:-2], rows, n, columns, n)
        first = np.moveaxis(split, (-3, -1), (0, 1))
        return first.reshape(n * n, *first.shape[2:])

    def row(self, x: Code, language: Language) -> tuple[str, str]:
        """A window's elements as a row."""
        language.define(WINDOWS)
        return f"windows({x.text}, {self._size})", "-1"

    def unrolled(self, text: str, x: Code, language: Language) -> str:
        """The windows side by side."""
        language.define(WINDOWS_BACK)
        return f"windows_back({text}, {self._size}, {language.sizes(x.shape, per_example=x.per_example)})"

    def spread(self, joined: Code, x: Code, language: Language) -> Code:
        """A window's number beside each of its elements."""
        each = f"np.repeat({atom(joined)}[..., np.newaxis], {self._size**2}, axis=-1)"
        return Code(self.unrolled(each, x, language), ATOM, x.shape, x.per_example)


class _Layout(NamedTuple):
    """What stands on what in a convolution of one picture."""

    channels: int
    rows: int
    columns: int
    out: int
    kernel: tuple[int, int]
    made: tuple[int, int]

    @property
    def picture(self) -> Shape:
        return self.channels, self.rows, self.columns

    @property
    def kernels(self) -> Shape:
        return self.out, self.channels, *self.kernel

    @property
    def result(self) -> Shape:
        return self.out, *self.made


class Convolution(Operation):
    """Σ x·k of each place on which a kernel is laid, over channels, rows and columns; the kernel is not turned.

    Args:
        stride: how many rows and columns lie from one place to the next.
        padding: how many zeros are put round the picture.
    """

    def __init__(self, stride: int, padding: int) -> None:
        self._stride, self._padding = stride, padding

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """(kernels, places down, places across); of a matrix as kernel without the first."""
        made = self._layout(shapes).result
        return made[1:] if len(shapes[1]) == 2 else made

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """One element of the kernels after the other, each times what it meets at all its places at once."""
        layout = self._layout([operand.shape[1:] for operand in operands])
        picture, kernels = self._picture(operands[0], layout), _kernels(operands[1], layout)
        total: Array = np.zeros((max(map(len, operands)), *layout.result))
        for channel, row, column in product(*map(range, layout.kernels[1:])):
            met = self._met(picture, layout, channel, row, column)[:, np.newaxis]
            total = total + multiplied(met, kernels[:, :, channel, row, column, np.newaxis, np.newaxis])
        return total[:, 0] if operands[1].ndim == 3 else total

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """By the letters of the axes: what the kernel lies on, times the kernel."""
        x, k = operands
        of_met, of_kernel, of_result = _letters(x, k)
        made = language.einsum(f"{of_met},{of_kernel}->{of_result}", self._patches(x, k, language), k.text)
        return Code(made, ATOM, self.shape([x.shape, k.shape]), x.per_example or k.per_example)

    def pulled_code(
        self, place: int, operands: Sequence[Code], result: Callable[[], Code], adjoint: Code, language: Language
    ) -> Code | None:
        """To a kernel what it lay on, to a picture the kernel, each times dE/d(what was made there)."""
        x, k = operands
        of_met, of_kernel, of_result = _letters(x, k)
        if place == 1:
            text = language.einsum(f"{of_met},{of_result}->{of_kernel}", self._patches(x, k, language), adjoint.text)
            return Code(text, ATOM, k.shape, k.per_example)
        language.define(PATCHES_BACK)
        of_back = of_met if "o" in of_kernel else of_met.replace("c", "")
        text = language.einsum(f"{of_kernel},{of_result}->{of_back}", k.text, adjoint.text)
        sizes = language.sizes(x.shape, per_example=x.per_example)
        return Code(f"patches_back({text}, {sizes}, {self._stride}, {self._padding})", ATOM, x.shape, x.per_example)

    def _patches(self, x: Code, k: Code, language: Language) -> str:
        """What the kernel lies on at each place, in a script."""
        language.define(PATCHES[language.library.name])
        rows, columns = k.shape[-2:]
        whole = indexed(x, language.library.new_axis) if len(x.shape) < 3 and len(k.shape) == 4 else x.text
        return f"patches({whole}, {rows}, {columns}, {self._stride}, {self._padding})"

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """The other factor."""
        return operands[1 - place]

    def pull(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """Of a picture's element over the places where it was met, of a kernel's over all places."""
        layout, other = self._layout(shapes), np.asarray(local)
        back = adjoint.reshape(len(adjoint), *layout.result)
        pulled = self._to_picture(layout, other, back) if place == 0 else self._to_kernels(layout, other, back)
        return pulled.reshape(len(pulled), *shapes[place])

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """Over the places."""
        return True

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """Σ x·k at one place."""
        picture, kernels = operands
        layout = self._layout([operand.shape for operand in operands])
        pairs = self._pairs(layout, item)
        terms = [MULTIPLY(picture.element(met), kernels.element(number)) for met, number in pairs]
        return TOTAL(*terms) if terms else 0.0

    def reach(self, place: int, shapes: Sequence[Shape], item: int) -> Iterable[int]:
        """The places where it was met, of every kernel; or all places of its kernel."""
        layout = self._layout(shapes)
        if place == 0:
            _, row, column = _numbers(item, layout.picture)
            down = self._places_that_meet(row, layout.kernel[0], layout.made[0])
            along = self._places_that_meet(column, layout.kernel[1], layout.made[1])
            places = product(range(layout.out), down, along)
        else:
            kernel, _, row, column = _numbers(item, layout.kernels)
            down = self._places_inside(row, layout.rows, layout.made[0])
            along = self._places_inside(column, layout.columns, layout.made[1])
            places = product((kernel,), down, along)
        return [_number(where, layout.result) for where in places]

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """The other factor of the one product in which the element stands."""
        layout = self._layout([operand.shape for operand in operands])
        pair = next(pair for pair in self._pairs(layout, of) if pair[place] == item)
        return operands[1 - place].element(pair[1 - place])

    def _layout(self, shapes: Sequence[Shape]) -> _Layout:
        picture, kernels = shapes
        if len(picture) not in (2, 3) or len(kernels) not in (2, 4):
            needed = "a picture (channels, rows, columns) and kernels (out, in, rows, columns), or a matrix, are needed"
            raise ShapeError(f"conv({said(picture)}, {said(kernels)}): {needed}")
        channels, rows, columns = (1,) * (3 - len(picture)) + picture
        out, meets, *kernel = (1,) * (4 - len(kernels)) + kernels
        if meets != channels:
            raise ShapeError(
                f"conv({said(picture)}, {said(kernels)}): the kernel takes {meets} channels, not {channels}"
            )
        made = [
            (size + 2 * self._padding - length) // self._stride + 1
            for size, length in zip((rows, columns), kernel, strict=True)
        ]
        if min(made) < 1:
            padded = "" if not self._padding else f" with {self._padding} zeros round it"
            raise ShapeError(f"conv({said(picture)}, {said(kernels)}): the kernel is larger than the picture{padded}")
        return _Layout(channels, rows, columns, out, (kernel[0], kernel[1]), (made[0], made[1]))

    def _picture(self, x: Array, layout: _Layout) -> Array:
        """(batch, channels, rows, columns) with the zeros round it."""
        edge = (self._padding, self._padding)
        return np.pad(x.reshape(len(x), *layout.picture), ((0, 0), (0, 0), edge, edge))

    def _met(self, padded: Array, layout: _Layout, channel: int, row: int, column: int) -> Array:
        """What one element of the kernels meets at all places, shape (batch, *places): a view."""
        down = slice(row, row + self._stride * (layout.made[0] - 1) + 1, self._stride)
        along = slice(column, column + self._stride * (layout.made[1] - 1) + 1, self._stride)
        return padded[:, channel, down, along]

    def _to_picture(self, layout: _Layout, kernels: Array, back: Array) -> Array:
        """Places in order: those that meet an element later meet it with an earlier element of the kernel."""
        edge, kernels = self._padding, _kernels(kernels, layout)
        size = (layout.rows + 2 * edge, layout.columns + 2 * edge)
        pulled = np.zeros((max(len(back), len(kernels)), layout.channels, *size))
        down, across = layout.kernel
        for out, row, column in product(range(layout.out), reversed(range(down)), reversed(range(across))):
            for channel in range(layout.channels):
                met = self._met(pulled, layout, channel, row, column)
                met += back[:, out] * kernels[:, out, channel, row, column, np.newaxis, np.newaxis]
        return pulled[:, :, edge : edge + layout.rows, edge : edge + layout.columns]

    def _to_kernels(self, layout: _Layout, picture: Array, back: Array) -> Array:
        """Place after place, each for all elements of the kernels at once."""
        padded = self._picture(picture, layout)
        pulled = np.zeros((max(len(back), len(padded)), *layout.kernels))
        for down, across in product(*map(range, layout.made)):
            top, left = down * self._stride, across * self._stride
            met = padded[:, np.newaxis, :, top : top + layout.kernel[0], left : left + layout.kernel[1]]
            pulled += met * back[:, :, down, across, np.newaxis, np.newaxis, np.newaxis]
        return pulled

    def _pairs(self, layout: _Layout, item: int) -> Iterator[tuple[int, int]]:
        """The elements of picture and kernel that meet in one of the result, in order; zeros round it are left out."""
        out, down, across = _numbers(item, layout.result)
        for channel, row, column in product(*map(range, layout.kernels[1:])):
            y, x = (place * self._stride - self._padding + at for place, at in ((down, row), (across, column)))
            if 0 <= y < layout.rows and 0 <= x < layout.columns:
                kernel = _number((out, channel, row, column), layout.kernels)
                yield _number((channel, y, x), layout.picture), kernel

    def _places_that_meet(self, at: int, length: int, count: int) -> list[int]:
        """Along one axis the places at which a kernel of this length lies on row or column `at`."""
        return [place for place in range(count) if 0 <= at + self._padding - place * self._stride < length]

    def _places_inside(self, at: int, size: int, count: int) -> list[int]:
        """Along one axis the places at which the kernel's row or column `at` lies on the picture."""
        return [place for place in range(count) if 0 <= place * self._stride - self._padding + at < size]


def _letters(x: Code, k: Code) -> tuple[str, str, str]:
    """A letter for each axis of what a kernel lies on, of the kernel and of what is made."""
    one = len(k.shape) == 2
    met = "pqij" if one and len(x.shape) == 2 else "cpqij"
    of_examples = "b" * x.per_example, "b" * k.per_example, "b" * (x.per_example or k.per_example)
    return of_examples[0] + met, of_examples[1] + ("ij" if one else "ocij"), of_examples[2] + ("pq" if one else "opq")


def _kernels(k: Array, layout: _Layout) -> Array:
    return k.reshape(len(k), *layout.kernels)


def _numbers(item: int, shape: Shape) -> tuple[int, ...]:
    """Along each axis the number of an element."""
    return tuple(int(number) for number in np.unravel_index(item, shape))


def _number(where: Sequence[int], shape: Shape) -> int:
    """The element's number in C order."""
    return sum(number * prod(shape[axis + 1 :]) for axis, number in enumerate(where))


@cache
def conv(stride: int = 1, padding: int = 0) -> Function:
    """The function of a picture and kernels that lays the kernels on every place."""
    settings = (("stride", stride, 1), ("padding", padding, 0))
    told = "".join(f", {name} = {value}" for name, value, usual in settings if value != usual)
    return Function(
        name="conv",
        writing=Writing(f"conv({{0}}, {{1}}{told})", ATOM, (CHOICE, CHOICE)),
        latex=Writing(rf"\operatorname{{{{conv}}}}({{0}}, {{1}}{told})", ATOM, (CHOICE, CHOICE)),
        across=Convolution(stride, padding),
    )


@cache
def max_pool(size: int) -> Function:
    """The function that gives the greatest element of each window, of equal ones the first."""
    return _pool("max_pool", size, Greatest(Windows(size)))


@cache
def avg_pool(size: int) -> Function:
    """The function that gives the mean of each window."""
    return _pool("avg_pool", size, Mean(Windows(size)))


def _pool(name: str, size: int, across: Operation) -> Function:
    latex = name.replace("_", "-")
    return Function(
        name=name,
        writing=Writing(f"{name}({{0}}, {size})", ATOM, (CHOICE,)),
        latex=Writing(rf"\operatorname{{{{{latex}}}}}({{0}}, {size})", ATOM, (CHOICE,)),
        across=across,
    )
