"""Numbers as a person reads them. Rounding happens here and nowhere else: everything before it is full precision.

Three needs, three functions: `number` for running text, `fit` for a place of so many cells, `column` for a table whose
decimal points stand under each other.

Zeros at the end mean something. A number that is just that short has none (0.05 stays 0.05); one that was cut there
keeps them (0.050001 is 0.05000), so that a learner can tell the two apart.
"""

import math
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

DIGITS: tuple[int | None, ...] = (4, 6, 9, None)
"""The significant digits one can choose between; None is all there are."""

MINUS = "−"
"""As wide as a digit and as a plus, where the hyphen of an exponent (`e-05`) is not: signs of numbers stand out."""

UNKNOWN = "—"
"""In place of what is not computed yet, which is never shown as 0."""

FRESH = "•"
"""Before a number that the last step computed: what is new is told without colours too."""

_SHORT = 1e-12
"""A number this close to a shorter one, relatively, is that one: 0.1 + 0.2 is 0.3, not 0.3000."""

_SMALLEST_PLAIN = -4
"""The power of ten of the first digit from which a number is written out; Python's repr draws the line there too."""

_READABLE = 3
"""Digits that matter much in a column; for more of them no number is written as a power of ten."""

_NO_ZERO = 0.04
"""What leaving out the zero before the point costs: more than the sixth digit is worth, less than the fourth."""

_GOOD = 0.8
"""The worth of a column's number that shows these."""


class _Rounded(NamedTuple):
    """A positive number: its digits, the first of which counts 10 to the `power`."""

    digits: str
    power: int

    @property
    def plain(self) -> tuple[str, str]:
        """Written out: what stands before the decimal point, and the rest with the point."""
        if self.power < 0:
            return "0", "." + "0" * (-self.power - 1) + self.digits
        whole = self.digits[: self.power + 1].ljust(self.power + 1, "0")
        rest = self.digits[self.power + 1 :]
        return whole, f".{rest}" if rest else ""

    def scientific(self, pad: int = 1) -> tuple[str, str]:
        """As a power of ten, split likewise; the exponent has at least `pad` digits."""
        rest = f".{self.digits[1:]}" if len(self.digits) > 1 else ""
        sign = "-" if self.power < 0 else "+" if pad > 1 else ""
        return self.digits[0], f"{rest}e{sign}{abs(self.power):0{pad}d}"


def next_digits(digits: int | None) -> int | None:
    """The choice after this one, round and round."""
    return DIGITS[(DIGITS.index(digits) + 1) % len(DIGITS)] if digits in DIGITS else DIGITS[0]


def number(value: float, digits: int | None = 4, *, plus: bool = False) -> str:
    """A number to so many significant digits, or all; `plus` puts a sign before positive ones too.

    Whole parts are shown whole (123456 does not become 123500) up to seven digits.
    """
    value = float(value)
    if not math.isfinite(value) or value == 0:
        return _special(value, plus)
    rounded = _rounded(abs(value), digits)
    before, after = rounded.plain if _is_plain(rounded, digits) else rounded.scientific(pad=2)
    return _sign(value, plus) + before + after


def scientific(value: float, digits: int | None = 4) -> str:
    """A number as a power of ten in as few cells as it takes: `1e-5`."""
    value = float(value)
    if not math.isfinite(value) or value == 0:
        return _special(value, plus=False)
    return _sign(value, plus=False) + "".join(_round(abs(value), digits).scientific())


def fit(value: float | None, width: int, digits: int | None = 4, *, plus: bool = False) -> str:
    """As `number`, in at most `width` cells (5 or more), with as many of its digits as fit.

    What gives way, in turn: the zero before the point, the zeros of the exponent, the last digits. In fewer than seven
    cells some numbers have no honest form: those are called `tiny` and `huge`.
    """
    if value is None:
        return UNKNOWN
    value = float(value)
    whole = number(value, digits, plus=plus)
    if len(whole) <= width:
        return whole
    sign, room = _sign(value, plus), width - len(_sign(value, plus))
    for count in range(min(len(_rounded(abs(value), digits).digits), width), 0, -1):
        rounded = _round(abs(value), count)
        forms = [rounded.scientific()]
        if _is_plain(rounded, digits) and count > rounded.power:
            before, after = rounded.plain
            forms[:0] = [(before, after), (before.removeprefix("0"), after)]
        for before, after in forms:
            if len(before) + len(after) <= room:
                return sign + before + after
    return sign + _word(value)


def column(values: Sequence[float | None], width: int, digits: int | None = 4) -> list[str]:
    """The cells of a table's column, each exactly `width` wide, the decimal points under each other.

    Where the magnitudes differ too much for that, single numbers become powers of ten (their points line up too). The
    points stay where they are from step to step as long as the numbers allow: a table that shivers cannot be read.
    """
    numbers = [None if value is None else float(value) for value in values]
    finite = [value for value in numbers if value is not None and math.isfinite(value)]
    lead, zero = _split_of_column(finite, width, digits)
    cells = [_column_cell(value, lead, width - lead, digits, zero) for value in numbers]
    tail = max((len(cell.after) for cell in cells), default=0)
    point = max(lead, width - max(tail, _usual_tail(digits)))
    return [_placed(value, cell, point, width) for value, cell in zip(numbers, cells, strict=True)]


def at_right(values: Sequence[float | None], texts: Sequence[str]) -> list[str]:
    """The cells of a column with the block of them at the right; likewise each that is not known."""
    known = [text for text, value in zip(texts, values, strict=True) if value is not None]
    trail = min((len(text) - len(text.rstrip()) for text in known), default=0)
    return [
        UNKNOWN.rjust(len(text)) if value is None else " " * trail + text[: len(text) - trail]
        for text, value in zip(texts, values, strict=True)
    ]


class _Cell(NamedTuple):
    """A number of a column: its text before and from the decimal point, and how well that says it (1 is best)."""

    before: str
    after: str
    worth: float


def _usual_tail(digits: int | None) -> int:
    """Cells from the point on of the longest number written out in the usual range, 0.00…"""
    return 3 + (17 if digits is None else digits)


def _split_of_column(values: Sequence[float], width: int, digits: int | None) -> tuple[int, bool]:
    """How many cells stand before the point, and whether a 0 does: what says all the values best."""
    leads = {0, 1, 2}
    for value in values:
        if value and _is_plain(_rounded(abs(value), digits), digits):
            leads.add(len(_sign(value, plus=False)) + len(_rounded(abs(value), digits).plain[0]))
    best, best_worth = (min(2, width), True), -math.inf
    for zero in (True, False):
        # A sign's cell is kept free if that costs nothing, so that the point stays when a number turns negative.
        for lead in sorted(leads, key=lambda lead: (lead < 2, lead)):
            if lead > width:
                continue
            worth = sum(_column_cell(value, lead, width - lead, digits, zero).worth for value in values)
            if worth > best_worth + 1e-9:
                best, best_worth = (lead, zero), worth
        if best_worth > len(values) - 1e-9:
            break
    return best


def _column_cell(value: float | None, lead: int, tail: int, digits: int | None, zero: bool) -> _Cell:
    """A value in `lead` cells before its point and `tail` from there on."""
    if value is None:
        return _Cell("", "", 1.0)
    if not math.isfinite(value) or value == 0:
        return _Cell(_special(value, plus=False), "", 1.0)
    sign, full = _sign(value, plus=False), _rounded(abs(value), digits)
    plain = _plain_cell(abs(value), lead - len(sign), tail, full, zero) if _is_plain(full, digits) else None
    if plain is None or plain.worth < _GOOD:
        powers = _scientific_cell(abs(value), lead - len(sign), tail, full)
        if powers is not None and (plain is None or powers.worth > plain.worth):
            plain = powers
    if plain is None:
        return _Cell(sign + _word(value), "", -10.0)
    return plain._replace(before=sign + plain.before)


def _plain_cell(value: float, lead: int, tail: int, full: _Rounded, zero: bool) -> _Cell | None:
    most = min(len(full.digits), full.power + tail)
    # Rounding 9.99 to fewer digits makes it longer, hence the second try.
    for count in (most, most - 1):
        rounded = full if count == len(full.digits) else _round(value, count) if count > max(full.power, 0) else None
        if rounded is None:
            continue
        before, after = rounded.plain
        before = before if zero else before.removeprefix("0")
        if len(before) <= lead and len(after) <= tail:
            return _Cell(before, after, _worth(count, full) - (_NO_ZERO if not zero and not before else 0.0))
    return None


def _scientific_cell(value: float, lead: int, tail: int, full: _Rounded) -> _Cell | None:
    most = min(len(full.digits), max(1, tail - len(f"e{full.power}")))
    for count in (most, most - 1, 1):
        rounded = full if count == len(full.digits) else _round(value, count) if count > 0 else None
        if rounded is None:
            continue
        before, after = rounded.scientific()
        if len(before) <= lead and len(after) <= tail:
            return _Cell(before, after, _worth(count, full) - 0.3)
    return None


def _worth(count: int, full: _Rounded) -> float:
    """What showing `count` of its digits is worth: the first few nearly everything, the others a little."""
    wanted = len(full.digits)
    return 0.8 * min(count, _READABLE) / min(wanted, _READABLE) + 0.2 * count / wanted


def _placed(value: float | None, cell: _Cell, point: int, width: int) -> str:
    """A cell of a column in its place: its point, or what stands for the number, at `point`."""
    if value is None:
        return (" " * min(point, width - 1) + UNKNOWN).ljust(width)
    if math.isnan(value):
        return (" " * max(0, min(point - 1, width - 3)) + cell.before).ljust(width)
    return (" " * (min(point, width) - len(cell.before)) + cell.before + cell.after).ljust(width)


def _special(value: float, plus: bool) -> str:
    """Zero, which has no sign, and what is not finite."""
    if value == 0:
        return "0"
    return "nan" if math.isnan(value) else _sign(value, plus) + "∞"


def _sign(value: float, plus: bool) -> str:
    return MINUS if value < 0 else "+" if plus and value > 0 else ""


def _word(value: float) -> str:
    return "tiny" if abs(value) < 1 else "huge"


def _is_plain(rounded: _Rounded, digits: int | None) -> bool:
    """Whether a person reads this easier written out."""
    return _SMALLEST_PLAIN <= rounded.power < (16 if digits is None else max(digits, 7))


@lru_cache(maxsize=4096)
def _rounded(value: float, digits: int | None) -> _Rounded:
    """To so many digits, or to whole numbers where those are written out."""
    rounded = _round(value, digits)
    if digits is not None and _is_plain(rounded, digits) and rounded.power >= digits:
        return _round(value, rounded.power + 1)
    return rounded


@lru_cache(maxsize=4096)
def _round(value: float, digits: int | None) -> _Rounded:
    """To so many significant digits, or to those that tell it from every other number."""
    if digits is None:
        _, figures, exponent = Decimal(repr(value)).as_tuple()
        text, power = "".join(map(str, figures)), len(figures) - 1 + int(exponent)
        return _Rounded(text.rstrip("0"), power)
    printed = f"{value:.{digits - 1}e}"
    mantissa, _, exponent_text = printed.partition("e")
    text = mantissa.replace(".", "")
    if math.isclose(float(printed), value, rel_tol=_SHORT):
        text = text.rstrip("0")
    return _Rounded(text, int(exponent_text))
