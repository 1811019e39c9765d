"""Numbers as a person reads them. Rounding happens here and nowhere else: everything before it is full precision.

Three needs: `number` for running text, `fit` for a place of so many cells, and `columns` for a table whose decimal
points stand under each other.

Zeros at the end mean something. A number that is just that short has none (0.05 stays 0.05); one that was cut there
keeps them (0.050001 is 0.05000), so that a learner can tell the two apart.
"""

import math
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


class Rounded(NamedTuple):
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
        return special(value, plus)
    rounded = digits_of(abs(value), digits)
    before, after = rounded.plain if is_plain(rounded, digits) else rounded.scientific(pad=2)
    return sign_of(value, plus) + before + after


def scientific(value: float, digits: int | None = 4) -> str:
    """A number as a power of ten in as few cells as it takes: `1e-5`."""
    value = float(value)
    if not math.isfinite(value) or value == 0:
        return special(value, plus=False)
    return sign_of(value, plus=False) + "".join(rounded_to(abs(value), digits).scientific())


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
    sign, room = sign_of(value, plus), width - len(sign_of(value, plus))
    for count in range(min(len(digits_of(abs(value), digits).digits), width), 0, -1):
        rounded = rounded_to(abs(value), count)
        forms = [rounded.scientific()]
        if is_plain(rounded, digits) and count > rounded.power:
            before, after = rounded.plain
            forms[:0] = [(before, after), (before.removeprefix("0"), after)]
        for before, after in forms:
            if len(before) + len(after) <= room:
                return sign + before + after
    return sign + word_for(value)


def special(value: float, plus: bool = False) -> str:
    """Zero, which has no sign, and what is not finite."""
    if value == 0:
        return "0"
    return "nan" if math.isnan(value) else sign_of(value, plus) + "∞"


def sign_of(value: float, plus: bool = False) -> str:
    """What stands before its digits."""
    return MINUS if value < 0 else "+" if plus and value > 0 else ""


def word_for(value: float) -> str:
    """For a number that has no honest form in so few cells."""
    return "tiny" if abs(value) < 1 else "huge"


def is_plain(rounded: Rounded, digits: int | None) -> bool:
    """Whether a person reads this easier written out."""
    return _SMALLEST_PLAIN <= rounded.power < (16 if digits is None else max(digits, 7))


@lru_cache(maxsize=4096)
def digits_of(value: float, digits: int | None) -> Rounded:
    """To so many digits, or to whole numbers where those are written out."""
    rounded = rounded_to(value, digits)
    if digits is not None and is_plain(rounded, digits) and rounded.power >= digits:
        return rounded_to(value, rounded.power + 1)
    return rounded


@lru_cache(maxsize=4096)
def rounded_to(value: float, digits: int | None) -> Rounded:
    """To so many significant digits, or to those that tell it from every other number."""
    if digits is None:
        _, figures, exponent = Decimal(repr(value)).as_tuple()
        text, power = "".join(map(str, figures)), len(figures) - 1 + int(exponent)
        return Rounded(text.rstrip("0"), power)
    printed = f"{value:.{digits - 1}e}"
    mantissa, _, exponent_text = printed.partition("e")
    text = mantissa.replace(".", "")
    if math.isclose(float(printed), value, rel_tol=_SHORT):
        text = text.rstrip("0")
    return Rounded(text, int(exponent_text))


def duration(seconds: float) -> str:
    """`12 s`, `3 min 20 s`, `12 min`, `2 h 5 min`, `12 h`."""
    whole = math.ceil(seconds)
    for size, unit, part, small in ((3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            count, rest = divmod(whole, size)
            return f"{count} {unit}" if count >= 10 else f"{count} {unit} {rest // part} {small}"
    return f"{whole} s"
