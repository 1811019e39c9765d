"""A printed figure as a number: `.191`, `6.`, `−0.1` (U+2212), `2.4 × 10^-3`, `12 %`."""

import re
from decimal import Decimal
from typing import NamedTuple

MAX_DIGITS = 60
MAX_EXPONENT = 300
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_FIGURE = re.compile(
    r"(?P<sign>[-+]?)(?P<whole>[0-9]*)(?P<point>\.?)(?P<decimals>[0-9]*)"
    r"(?:\s*(?:[×x·*]\s*10\s*\^?\s*|[eE])\s*[{(]?(?P<exponent>[-+]?[0-9]{1,4})[)}]?)?\s*(?P<percent>%?)"
)


class Printed(NamedTuple):
    """A figure's number, and one unit of its last printed digit."""

    number: float
    resolution: float


def parse_printed(text: str) -> Printed | None:
    """Reads a printed figure, or gives None where it is none."""
    match = _FIGURE.fullmatch(text.strip().replace("−", "-").translate(_SUPERSCRIPTS))
    if match is None:
        return None
    digits = match["whole"] + match["decimals"]
    exponent = int(match["exponent"] or 0) - (2 if match["percent"] else 0)
    if not 0 < len(digits) <= MAX_DIGITS or abs(exponent) > MAX_EXPONENT:
        return None
    last = exponent - len(match["decimals"])
    # through Decimal, so that a figure is the float nearest to what is printed, whatever its exponent
    return Printed(float(Decimal(f"{match['sign']}{digits}E{last}")), float(Decimal(f"1E{last}")))
