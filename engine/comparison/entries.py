"""Numbers under a name, as somebody printed or saved them, with what their digits leave open."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Array = NDArray[np.float64]

UNITS = {np.dtype(np.float16): 2.0**-11, np.dtype(np.float32): 2.0**-24}
"""By precision the part of itself by which a number is rounded; of float64 it is `DOUBLE`."""
DOUBLE, SINGLE = 2.0**-53, 2.0**-24
BFLOAT = 2.0**-8
EXACT = 1e-9
"""By which part numbers may differ that a program held, unless a reader says another."""
PRINTED = 1e-13
"""By which part printed ones may, beside half a unit of their last digit."""
MOST_AXES = 4
MOST_EXPONENT = 308
"""The largest power of ten that a number can have."""
ALL_OF_SINGLE = 13
"""The least digits by which a number is known to be one of single precision, printed in full."""
DIGITS_OF_SINGLE = range(7, 10)
"""The digits with which arrays of single precision are printed."""


class NumbersError(ValueError):
    """Numbers that cannot be read or compared; the message names file and quantity."""


class Printed(Struct, frozen=True):
    """A number as text.

    Attributes:
        value: it.
        decimals: its digits after the point, before any exponent.
        exponent: the power of ten that follows it; None where none is written.
    """

    value: float
    decimals: int
    exponent: int | None = None


GAP = "…"
"""Stands in a printed array for what is left out."""


class Entry(Struct, frozen=True, eq=False):
    """One name with its numbers.

    Attributes:
        name: as it was written.
        array: of any shape; what is printed, where some is left out.
        half: half a unit of the last printed digit of each, 0 where they are as a program held them.
        unit: the part of itself by which each was rounded, by the precision in which it was held.
        gaps: along each axis before which number something is left out; None where nothing is.
    """

    name: str
    array: Array
    half: Array
    unit: float = DOUBLE
    gaps: tuple[int | None, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return all(gap is None for gap in self.gaps)

    def fits(self, shape: Sequence[int]) -> bool:
        """Whether it may be an array of this shape."""
        gaps = self.gaps or (None,) * self.array.ndim
        if len(shape) != self.array.ndim:
            return False
        sizes = zip(self.array.shape, shape, gaps, strict=True)
        return all(there == size if gap is None else there < size for there, size, gap in sizes)

    def spread_out(self, shape: Sequence[int]) -> tuple[Array, Array]:
        """Numbers and half units in this shape, which it fits; not a number where something is left out."""
        if self.whole:
            return self.array.reshape(shape), self.half.reshape(shape)
        numbers, half = np.full(shape, np.nan), np.zeros(shape)
        places = []
        for there, size, gap in zip(self.array.shape, shape, self.gaps, strict=True):
            first = there if gap is None else gap
            places.append(np.array([*range(first), *range(size - there + first, size)], np.intp))
        numbers[np.ix_(*places)], half[np.ix_(*places)] = self.array, self.half
        return numbers, half


def held(name: str, array: Any, where: str) -> Entry:
    """The entry of an array as a program held it.

    Raises:
        NumbersError: it holds no numbers, none at all, or some that are not finite.
    """
    found = np.asarray(array)
    if found.dtype.kind not in "fiub":
        raise NumbersError(f"{where}: {name} holds {found.dtype}, not numbers")
    numbers = np.array(found, np.float64)
    unit = UNITS.get(found.dtype, SINGLE if found.size and _are_single(numbers) else DOUBLE)
    return checked(Entry(name, numbers, np.zeros(found.shape), unit), where)


def printed(name: str, tree: Any, where: str, factor: float = 1.0, *, single: bool = False) -> Entry:
    """The entry of numbers that were printed, one or nested lists of them with gaps.

    Args:
        name: theirs.
        tree: them.
        where: what messages call the file.
        factor: by which all of them are still to be multiplied.
        single: whether the text says that they are of single precision.

    Raises:
        NumbersError: the lists are ragged, hold nothing, or numbers that are not finite.
    """
    gaps: list[int | None] = []
    numbers = _flat(tree, 0, gaps, f"{where}: {name}")
    flat: list[Printed] = []
    shape = _shape(numbers, flat, f"{where}: {name}")
    plain = max((one.decimals for one in flat if one.exponent is None), default=0)
    with_exponent = max((one.decimals for one in flat if one.exponent is not None), default=0)
    units = [-plain if one.exponent is None else one.exponent - with_exponent for one in flat]
    half = [0.5 * (10.0**unit if unit <= MOST_EXPONENT else np.inf) * factor for unit in units]
    array = np.array([one.value * factor for one in flat], np.float64).reshape(shape)
    digits = max((_digits(one) for one in flat), default=0)
    is_single = single or (digits >= ALL_OF_SINGLE and _are_single(array))
    if not is_single and len(flat) > 1:
        is_single = digits in DIGITS_OF_SINGLE
    unit = SINGLE if is_single else DOUBLE
    return checked(Entry(name, array, np.array(half).reshape(shape), unit, tuple(gaps)), where)


def checked(entry: Entry, where: str) -> Entry:
    """The entry, whose numbers are finite and some."""
    if not entry.array.size:
        raise NumbersError(f"{where}: {entry.name} holds no number")
    if entry.array.ndim > MOST_AXES:
        raise NumbersError(f"{where}: {entry.name} has {entry.array.ndim} axes: {MOST_AXES} are the most")
    finite = np.isfinite(entry.array)
    if not finite.all():
        at = np.argwhere(~finite)[0]
        place = f"[{', '.join(str(index + 1) for index in at)}]" if len(at) else ""
        raise NumbersError(f"{where}: {entry.name}{place} is {entry.array[tuple(at)]}, not a finite number")
    return entry


def once(entries: Sequence[Entry], where: str) -> tuple[Entry, ...]:
    """The entries, each name once.

    Raises:
        NumbersError: a name is there twice, or none at all.
    """
    names = [entry.name for entry in entries]
    twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    if twice is not None:
        raise NumbersError(f"{where}: {twice} is given twice: leave one of the two out")
    if not entries:
        raise NumbersError(f"{where}: there is no number in it: give lines like dE/dw[w5] = 0.0822, or W1 = [[…], […]]")
    return tuple(entries)


def _are_single(numbers: Array) -> bool:
    """Whether single precision holds these numbers as they are."""
    with np.errstate(over="ignore"):
        exact = numbers.astype(np.float32).astype(np.float64)
    return bool((np.abs(exact - numbers) <= 1e-16 * np.abs(numbers)).all())


def _digits(number: Printed) -> int:
    """The significant digits that are printed, at most those that a number has."""
    if not number.value or not np.isfinite(number.value):
        return 0
    exponent = int(np.floor(np.log10(abs(number.value)))) - (number.exponent or 0)
    return max(0, number.decimals + exponent + 1)


def _flat(tree: Any, axis: int, gaps: list[int | None], where: str) -> Any:
    """Nested lists without the gaps, which are noted by axis."""
    if not isinstance(tree, list):
        return tree
    if len(gaps) <= axis:
        gaps.append(None)
    found = [index for index, part in enumerate(tree) if part is GAP]
    if len(found) > 1 or (found and gaps[axis] not in (None, found[0])):
        raise NumbersError(f"{where}: more is left out in it than can be put in place")
    if found:
        gaps[axis] = found[0]
    return [_flat(part, axis + 1, gaps, where) for part in tree if part is not GAP]


def _shape(tree: Any, flat: list[Printed], where: str) -> tuple[int, ...]:
    """The shape of nested lists, whose numbers are put into `flat`."""
    if isinstance(tree, Printed):
        flat.append(tree)
        return ()
    shapes = {_shape(part, flat, where) for part in tree}
    if len(shapes) > 1:
        raise NumbersError(f"{where}: its rows are not equally long")
    return (len(tree), *(shapes.pop() if shapes else ()))
