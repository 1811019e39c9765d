"""A printed figure as a number: `.191`, `6.`, `−0.1` (U+2212), `2.4 × 10^-3`, `12 %`, `≈ 0,354`, `1,035.4`, `0.354…`.

A comma is a decimal one (`0,354`) or stands between thousands (`1,035.4`, `1,234,567`), as its neighbours say. Where
they do not (`1,035`) a figure is not read: either reading would be a guess.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

MAX_DIGITS = 60
MAX_EXPONENT = 300
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED = re.compile(r"(?<=10)[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_GROUP = "[1-9][0-9]{0,2}"
_COMMAS, _POINTS = rf"{_GROUP}(?:,[0-9]{{3}})", rf"{_GROUP}(?:\.[0-9]{{3}})"
_UNCLEAR = rf"{_GROUP},[0-9]{{3}}"
_MANTISSA = rf"{_COMMAS}+\.[0-9]*|{_POINTS}+,[0-9]+|{_COMMAS}{{2,}}|{_POINTS}{{2,}}|[0-9]*,[0-9]+|[0-9]*\.?[0-9]*"
_FIGURE = re.compile(
    rf"(?:[≈≃≅∼~]\s*)?(?P<sign>[-+]?)(?P<mantissa>{_MANTISSA})(?P<on>…|\.{{3}})?"
    r"(?:\s*(?:[×x·*]\s*10\s*\^?\s*|[eE])\s*[{(]?(?P<exponent>[-+]?[0-9]{1,4})[)}]?)?\s*(?P<percent>%?)"
)


class Printed(NamedTuple):
    """A figure's number, and one unit of its last printed digit."""

    number: float
    resolution: float


class _Parts(NamedTuple):
    """A figure taken apart: its digits with a sign, how many of them are decimals, and the power of ten behind them.

    `point` says whether there is a decimal point, `on` whether dots say that the digits go on.
    """

    sign: str
    digits: str
    decimals: int
    exponent: int
    point: bool
    on: bool


def parse_printed(text: str, decimals: int | None = None) -> Printed | None:
    """Reads a printed figure, or gives None where it is none.

    Args:
        text: the figure.
        decimals: as many as it would have with the zeros at its end that are not printed, if that is known.
    """
    parts = _parts(text)
    if parts is None:
        return None
    last = parts.exponent - max(parts.decimals, decimals or 0)
    # through Decimal, so that a figure is the float nearest to what is printed, whatever its exponent
    number = Decimal(f"{parts.sign}{parts.digits}E{parts.exponent - parts.decimals}")
    return Printed(float(number), float(Decimal(f"1E{last}")))


def decimals_of(text: str) -> int:
    """How many decimals a figure is printed with."""
    parts = _parts(text)
    return 0 if parts is None else parts.decimals


def closing_zeros(text: str) -> int:
    """How many zeros end a whole number: they may be digits, or only say how large it is (210 of 208.3)."""
    parts = _parts(text)
    if parts is None or parts.point or parts.on:
        return 0
    return zeros_at_end(parts.digits)


def zeros_at_end(whole: str) -> int:
    """How many zeros end the digits of a whole number that are there for its size; of 0 itself none."""
    digits = whole.lstrip("0")
    return len(digits) - len(digits.rstrip("0"))


def goes_on(text: str) -> bool:
    """Whether dots say that the digits go on, `0.354…`: then the last one may be cut off rather than rounded."""
    parts = _parts(text)
    return parts is not None and parts.on


def two_readings(text: str) -> tuple[str, str] | None:
    """What a figure may be whose comma can be read both ways: `1,035` is 1035 or 1.035. None where it is clear."""
    match = _match(text)
    if match is None or re.fullmatch(_UNCLEAR, match["mantissa"]) is None:
        return None
    return text.strip().replace(",", ""), text.strip().replace(",", ".")


@lru_cache(maxsize=8)  # of one figure all of the above is asked
def _match(text: str) -> re.Match[str] | None:
    plain = text.strip().replace("−", "-")
    return _FIGURE.fullmatch(_RAISED.sub(lambda raised: f"^{raised[0].translate(_SUPERSCRIPTS)}", plain))


@lru_cache(maxsize=8)
def _parts(text: str) -> _Parts | None:
    match = _match(text)
    if match is None or two_readings(text) is not None:
        return None
    mantissa = match["mantissa"]
    marks = [mark for mark in mantissa if mark in ",."]
    # thousands have several marks of a kind, or those of the other kind before the point
    point = marks[-1] if marks and marks.count(marks[-1]) == 1 else ""
    whole, _, decimals = mantissa.partition(point) if point else (mantissa, "", "")
    digits = re.sub(r"[,.]", "", whole) + decimals
    exponent = int(match["exponent"] or 0) - (2 if match["percent"] else 0)
    if not 0 < len(digits) <= MAX_DIGITS or abs(exponent) > MAX_EXPONENT:
        return None
    return _Parts(match["sign"], digits, len(decimals), exponent, bool(point), bool(match["on"]))
