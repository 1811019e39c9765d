"""Published figures and their verdicts in words and signs, the same in the app and in `gradstep check`."""

import re

from engine.audit import FigureCheck, Verdict
from engine.notation import Notation
from engine.quantity import ALIASES
from engine.scenario import Published
from tui.format import number

SIGNS: dict[Verdict, str] = {
    "match": "✓",
    "rounded": "≈",
    "variant": "≠",
    "erratum": "≠",
    "mismatch": "✗",
    "stale": "✗",
}
STYLES: dict[Verdict, str] = {
    "match": "$text-success",
    "rounded": "$text-warning",
    "variant": "$text-warning",
    "erratum": "$text-warning",
    "mismatch": "$text-error",
    "stale": "$text-error",
}
MEANINGS = (
    ("✓", "printed so in the document"),
    ("≈", "printed a little otherwise: the document went on from rounded numbers"),
    ("≠", "printed otherwise: under other settings, or wrong in print (v says why)"),
    ("✗", "printed otherwise, and the scenario does not say why"),
)
"""What the signs beside numbers mean, for the help."""


SEVERAL: dict[Verdict, str] = {"variant": "variants", "erratum": "errata", "mismatch": "mismatches"}


def called(verdict: Verdict, count: int) -> str:
    """A verdict's name after so many of it: `1 variant`, `4 variants`."""
    return verdict if count == 1 else SEVERAL.get(verdict, verdict)


def quantity_of(figure: Published, notation: Notation | None = None) -> str:
    """What a figure is of: as the file writes it, or in a notation."""
    text = figure.expression.text
    if notation is None:
        return text
    quantities = figure.expression.quantities()
    if figure.expression.program == quantities:
        return notation.symbol(quantities[0])
    for quantity in quantities:
        spellings = [str(quantity)] + [
            f"{other}[{quantity.subject}]" for other, kind in ALIASES.items() if kind == quantity.kind
        ]
        symbol = notation.symbol(quantity).replace("\\", r"\\")
        for spelling in spellings:  # the b of `dE/db` is none
            text = re.sub(rf"(?<![\w/]){re.escape(spelling)}", symbol, text)
    return text


def when(figure: Published) -> str:
    """` of example 2 after 1 update`; nothing where it is neither."""
    example = f" of example {figure.example}" if figure.example else ""
    if figure.iteration == 0:
        return example
    return f"{example} after {figure.iteration:,} update{'' if figure.iteration == 1 else 's'}"


def computed(check: FigureCheck) -> str:
    """The computed number with two digits more than the printed one."""
    return number(check.computed, _digits(check.figure) + 2)


def under_variant(check: FigureCheck) -> str:
    """The number under the variant's settings, likewise."""
    return "" if check.under_variant is None else number(check.under_variant, _digits(check.figure) + 2)


def _digits(figure: Published) -> int:
    """The significant digits that are printed."""
    printed = figure.value.lower().partition("e")[0].partition("×")[0]
    digits = "".join(character for character in printed if character.isdigit())
    return min(15, max(1, len(digits.lstrip("0"))))


def remedy(check: FigureCheck) -> str:
    """What to do about a figure that is not as declared."""
    figure = check.figure
    if check.verdict == "stale":
        return f"declared {figure.verdict}, but it matches: declare nothing"
    if figure.verdict == "rounded":
        return f"declared rounded within {figure.within:g}, but it is off by {abs(check.computed - figure.number):.3g}"
    if figure.verdict == "variant" and check.under_variant is not None:
        return f"declared a variant, but its settings give {check.under_variant!r}"
    return f"off by {abs(check.computed - figure.number):.3g}: correct the scenario, or declare why it differs"
