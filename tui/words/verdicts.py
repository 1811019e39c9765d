"""Published figures and their verdicts in words and signs, the same in the app and in `gradstep check`."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from engine.check.agreement import Agreement, differs_by
from engine.check.verdict import FigureCheck, Verdict
from engine.formula.quantity import SPELLINGS
from engine.program.notation import Notation
from engine.program.scenario import Published, Variant
from tui.words.format import MINUS, number

Word = Verdict | Literal["weak"]
"""A verdict as it is shown and counted: a weak match is one of its own."""


class Sign(Struct, frozen=True):
    """A sign beside a number.

    Attributes:
        word: which one.
        said: what stands beside the number's calculation: `printed 0.0822`.
        legend: what the sign means, in few words.
        figure: what the document prints, where it does.
    """

    word: Word
    said: str
    legend: str
    figure: Published | None = None


SIGNS: dict[Word, str] = {
    "match": "✓",
    "weak": "✓",
    "rounded": "≈",
    "variant": "≠",
    "erratum": "≠",
    "mismatch": "✗",
    "stale": "✗",
}
STYLES: dict[Word, str] = {
    "match": "$text-success",
    "weak": "$text-success",
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
IN_PRINT = {"✓": "as printed", "≈": "rounded in print", "≠": "otherwise in print", "✗": "not as printed"}
"""The same in few words, beside the numbers."""


SEVERAL: dict[Word, str] = {"variant": "variants", "erratum": "errata", "mismatch": "mismatches"}

AGREES: dict[Agreement, str] = {
    "zeros": "agrees, if the zeros at its end are no digits",
    "rounding": "agrees to rounding: a program that adds in another order may get it",
    "saturated-slope": "agrees to rounding, for a program that takes the slope from a saturated output, as y·(1 − y), "
    "or an error from y next to its target: there digits are lost",
    "float32": "agrees to float32: it is a number of single precision, printed in full",
}
"""What is said of figures that agree, but not digit for digit."""

PARTS = {2: "half", 3: "a third of", 4: "a quarter of"}


def word_of(check: FigureCheck) -> Word:
    """What a check is shown and counted as."""
    return "weak" if check.weak else check.verdict


def counted(checks: Sequence[FigureCheck]) -> dict[Word, int]:
    """How many there are of each, those of which there are none left out."""
    counts = Counter(word_of(check) for check in checks)
    return {word: counts[word] for word in SIGNS if counts[word]}


def called(word: Word, count: int) -> str:
    """A verdict's name after so many of it: `1 variant`, `4 variants`."""
    return word if count == 1 else SEVERAL.get(word, word)


def quantity_of(figure: Published, notation: Notation | None = None) -> str:
    """What a figure is of: as the file writes it, or in a notation."""
    text = figure.expression.text
    if notation is None:
        return text
    quantities = figure.expression.quantities()
    if figure.expression.program == quantities:
        return notation.symbol(quantities[0])
    for quantity in quantities:
        spellings = [str(replace(quantity, kind=one)) for one, kind in SPELLINGS.items() if kind == quantity.kind]
        symbol = notation.symbol(quantity).replace("\\", r"\\")
        for spelling in spellings:  # the b of `dE/db` is none
            text = re.sub(rf"(?<![\w/]){re.escape(spelling)}", symbol, text)
    return text


def when(figure: Published) -> str:
    """` of example 2 after 1 update`; nothing where it is neither."""
    example = f" of example {figure.example}" if figure.example else ""
    if figure.epoch is not None:
        return (
            f"{example} after {figure.epoch:,} epoch{'' if figure.epoch == 1 else 's'}, iteration {figure.iteration:,}"
        )
    if figure.iteration == 0:
        return example
    return f"{example} after {figure.iteration:,} update{'' if figure.iteration == 1 else 's'}"


def computed(check: FigureCheck) -> str:
    """The computed number with two digits more than the printed one, as code takes it."""
    return _as_code(check.computed, check.figure)


def under_variant(check: FigureCheck) -> str:
    """The number under the variant's settings, likewise."""
    return "" if check.under_variant is None else _as_code(check.under_variant, check.figure)


def settings_of(variant: Variant) -> str:
    """A variant's settings, as the file gives them: `decimals = 9`."""
    return ", ".join(f"{key} = {_in_toml(value)}" for key, value in variant.told.items())


def declaration(figure: Published) -> list[str]:
    """The lines of a file that declare why a figure differs."""
    lines = [f"verdict = {_in_toml(figure.verdict)}"]
    if figure.within is not None:
        lines.append(f"within = {figure.within!r}")
    if figure.variant is not None:
        lines.append(f"variant = {_in_toml(dict(figure.variant.told))}")
    return [*lines, f"note = {_in_toml(figure.note)}"]


def _in_toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_in_toml(one)}' for key, one in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_in_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    from json import dumps  # here, because few figures have a variant

    return dumps(value, ensure_ascii=False)


def _as_code(value: float, figure: Published) -> str:
    return number(value, min(15, max(1, figure.digits)) + 2).replace(MINUS, "-")


def agrees(check: FigureCheck) -> str:
    """In what sense a figure agrees, where that is not plain."""
    return "" if check.agreement is None else AGREES.get(check.agreement, "")


def remedy(check: FigureCheck) -> str:
    """What to do about a figure that is not as declared."""
    figure = check.figure
    if check.verdict == "stale":
        return f"declared {figure.verdict}, but it matches: declare nothing"
    if not math.isfinite(check.computed):
        return "the walk does not get there: correct the scenario"
    if figure.verdict == "rounded":
        return f"declared rounded within {figure.within:g}, but {difference(check)}"
    if figure.verdict == "variant" and check.under_variant is not None:
        return f"declared a variant, but its settings give {check.under_variant!r}"
    return f"{difference(check)}: correct the scenario, or declare why it differs"


def difference(check: FigureCheck) -> str:
    """How a figure differs from the computed number, as one would say it."""
    figure, value = check.figure, check.computed
    factor = differs_by(figure, value)
    if factor is not None:
        return _by_factor(factor)
    off = abs(value - figure.number)
    units = round(off / figure.resolution)
    words = f"it is off by {max(units, 1)} in the last printed digit"
    if units >= 100 or figure.digits < 2:
        words = f"it is off by {number(off, 3)}"
        if value and figure.number and off < abs(value):
            words += f", which is {number(100 * off / abs(value), 2)} %"
    return words + (": single precision (float32) makes as much of a difference" if check.like_single else "")


def _by_factor(factor: Fraction) -> str:
    if factor == -1:
        return "its sign is turned"
    turned = ", with its sign turned" if factor < 0 else ""
    if factor.denominator == 1:
        return f"it is {abs(factor)} times the computed number{turned}"
    part = PARTS.get(factor.denominator, f"1/{factor.denominator} of")
    return f"it is {part} the computed number{turned}"
