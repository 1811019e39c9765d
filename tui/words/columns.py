"""Columns of numbers, the decimal points under each other.

Which numbers lose how many digits in a narrow column is reckoned from how many digits each has. Only then are they
rounded, each once: rounding for every place where the point may stand took a second for the matrices of a wide network.
"""

import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from tui.words.format import UNKNOWN, digits_of, is_plain, rounded_to, sign_of, special, word_for

_READABLE = 3
"""Digits that matter much in a column; for more of them no number is written as a power of ten."""

_NO_ZERO = 0.04
"""What leaving out the zero before the point costs: more than the sixth digit is worth, less than the fourth."""

_GOOD = 0.8
"""The worth of a column's number that shows these."""


def column(values: Sequence[float | None], width: int, digits: int | None = 4) -> list[str]:
    """The cells of a table's column, each exactly `width` wide, the decimal points under each other.

    Where the magnitudes differ too much for that, single numbers become powers of ten (their points line up too). The
    points stay where they are from step to step as long as the numbers allow: a table that shivers cannot be read.
    """
    return Column(values, digits).texts(width)


def at_right(values: Sequence[float | None], texts: Sequence[str]) -> list[str]:
    """The cells of a column with the block of them at the right; likewise each that is not known."""
    known = [text for text, value in zip(texts, values, strict=True) if value is not None]
    trail = min((len(text) - len(text.rstrip()) for text in known), default=0)
    return [
        UNKNOWN.rjust(len(text)) if value is None else " " * trail + text[: len(text) - trail]
        for text, value in zip(texts, values, strict=True)
    ]


class _Figure(NamedTuple):
    """What the layout asks of a number: how many digits it has, not which. Many numbers are alike in it.

    Attributes:
        sign: cells of its sign.
        power: the power of ten of its first digit.
        length: its digits.
        plain: whether it is written out, if there is room.
        nines: the number without its sign, if its first digit is a 9: rounded, it may have one more before the point
            (9.99). Of all others the lengths are known without rounding; at most some zeros at the end are dropped.
    """

    sign: int
    power: int
    length: int
    plain: bool
    nines: float | None

    @property
    def lead(self) -> int:
        """Cells before the point, written out."""
        return self.sign + max(self.power, 0) + 1

    @property
    def tail(self) -> int:
        """The cells to have from the point on in order to be written out with all digits; the point of 12 is one."""
        return max(self.length - self.power, 0)

    def rounded(self, count: int) -> tuple[int, int]:
        """(digits, power) when it is rounded to so many digits."""
        if self.nines is None or count == self.length:
            return count, self.power
        rounded = rounded_to(self.nines, count)
        return len(rounded.digits), rounded.power


class _Form(NamedTuple):
    """A way to write a number: with so many digits, written out or as a power of ten.

    `worth` is how well that says it; 1 is best.
    """

    digits: int
    plain: bool
    worth: float


_AS_WORD = _Form(0, plain=True, worth=-10.0)


class Column:
    """A column of numbers that is laid out in several widths, to find the one that there is room for."""

    def __init__(self, values: Sequence[float | None], digits: int | None = 4) -> None:
        self._values = [None if value is None else float(value) for value in values]
        self._digits = digits
        self._figures = [_figure(value, digits) for value in self._values]
        self._counted = Counter(figure for figure in self._figures if figure is not None)
        self._blocks: dict[int, list[str]] = {}

    def texts(self, width: int) -> list[str]:
        """The cells, each exactly `width` wide, as `column` gives them."""
        lead, zero = _split(self._counted, width)
        forms = {figure: _form(figure, lead, width - lead, zero) for figure in self._counted}
        cells = [
            self._written(value, None if figure is None else forms[figure], zero)
            for value, figure in zip(self._values, self._figures, strict=True)
        ]
        tail = max((len(after) for _, after in cells), default=0)
        point = max(lead, width - max(tail, _usual_tail(self._digits)))
        return [_placed(value, *cell, point, width) for value, cell in zip(self._values, cells, strict=True)]

    def block(self, width: int) -> list[str]:
        """The cells without the blanks that stand beside them in every row."""
        width = min(width, self._enough)
        if width not in self._blocks:
            texts = self.texts(width)
            left = min(len(text) - len(text.lstrip()) for text in texts)
            right = max(len(text.rstrip()) for text in texts)
            self._blocks[width] = [text[left:right] for text in texts]
        return self._blocks[width]

    @cached_property
    def _enough(self) -> int:
        """From which width on the block is the same, since all the numbers are written out."""
        # What has a place of its own beside the point (—, ∞, nan) may move against the others in another width.
        movable = any(value is None or not math.isfinite(value) for value in self._values)
        if movable or not self._counted or not all(figure.plain for figure in self._counted):
            return sys.maxsize
        return max(figure.lead for figure in self._counted) + max(figure.tail for figure in self._counted)

    def _written(self, value: float | None, form: _Form | None, zero: bool) -> tuple[str, str]:
        """A number's text before and from the decimal point."""
        if value is None:
            return "", ""
        if form is None:
            return special(value), ""
        sign = sign_of(value)
        if not form.digits:
            return sign + word_for(value), ""
        full = digits_of(abs(value), self._digits)
        rounded = full if form.digits == len(full.digits) else rounded_to(abs(value), form.digits)
        before, after = rounded.plain if form.plain else rounded.scientific()
        return sign + (before if zero or not form.plain else before.removeprefix("0")), after


def _figure(value: float | None, digits: int | None) -> _Figure | None:
    """None for what has no digits: 0, what is unknown or not finite."""
    if value is None or value == 0 or not math.isfinite(value):
        return None
    full = digits_of(abs(value), digits)
    nines = abs(value) if full.digits[0] == "9" else None
    return _Figure(len(sign_of(value)), full.power, len(full.digits), is_plain(full, digits), nines)


def _split(counted: Mapping[_Figure, int], width: int) -> tuple[int, bool]:
    """How many cells stand before the point, and whether a 0 does: what says all the numbers best."""
    leads = {0, 1, 2} | {figure.lead for figure in counted if figure.plain}
    best, best_worth, most = (min(2, width), True), -math.inf, sum(counted.values())
    for zero in (True, False):
        # A sign's cell is kept free if that costs nothing, so that the point stays when a number turns negative.
        for lead in sorted(leads, key=lambda lead: (lead < 2, lead)):
            if lead > width:
                continue
            worth = sum(count * _form(figure, lead, width - lead, zero).worth for figure, count in counted.items())
            if worth > best_worth + 1e-9:
                best, best_worth = (lead, zero), worth
            if best_worth > most - 1e-9:
                return best
    return best


def _form(figure: _Figure, lead: int, tail: int, zero: bool) -> _Form:
    """How a number is written in `lead` cells before its point and `tail` from there on."""
    room = lead - figure.sign
    best = _plain(figure, room, tail, zero) if figure.plain else None
    if best is None or best.worth < _GOOD:
        power = _power(figure, tail) if room > 0 else None
        if power is not None and (best is None or power.worth > best.worth):
            best = power
    return best or _AS_WORD


def _plain(figure: _Figure, lead: int, tail: int, zero: bool) -> _Form | None:
    most = min(figure.length, figure.power + tail)
    # Rounding 9.99 to fewer digits makes it longer, hence the second try.
    for count in (most, most - 1):
        if count != figure.length and count <= max(figure.power, 0):
            continue
        length, power = figure.rounded(count)
        before = power + 1 if power >= 0 else int(zero)
        after = length - power if length > power + 1 else 0
        if before <= lead and after <= tail:
            return _Form(count, True, _worth(count, figure.length) - (0.0 if before else _NO_ZERO))
    return None


def _power(figure: _Figure, tail: int) -> _Form | None:
    most = min(figure.length, max(1, tail - _cells_of_exponent(figure.power)))
    for count in (most, most - 1, 1):
        if count < 1:
            continue
        length, power = figure.rounded(count)
        if (length if length > 1 else 0) + _cells_of_exponent(power) <= tail:
            return _Form(count, False, _worth(count, figure.length) - 0.3)
    return None


def _cells_of_exponent(power: int) -> int:
    return 1 + len(str(power))


def _worth(count: int, wanted: int) -> float:
    """What showing `count` of `wanted` digits is worth: the first few nearly everything, the others a little."""
    return 0.8 * min(count, _READABLE) / min(wanted, _READABLE) + 0.2 * count / wanted


def _usual_tail(digits: int | None) -> int:
    """Cells from the point on of the longest number written out in the usual range, 0.00…"""
    return 3 + (17 if digits is None else digits)


def _placed(value: float | None, before: str, after: str, point: int, width: int) -> str:
    """A cell of a column in its place: its point, or what stands for the number, at `point`."""
    if value is None:
        return (" " * min(point, width - 1) + UNKNOWN).ljust(width)
    if math.isnan(value):
        return (" " * max(0, min(point - 1, width - 3)) + before).ljust(width)
    return (" " * (min(point, width) - len(before)) + before + after).ljust(width)
