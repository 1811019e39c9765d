"""A calculation as runs of text, each with the kind of quantity that it names.

The same runs make the equation panel, where a kind becomes a colour, and `gradstep trace`, where it does not.
"""

from collections.abc import Sequence
from typing import NamedTuple

from engine.explain import Explanation, Operand, Part, Piece
from engine.notation import Notation
from engine.quantity import Quantity
from tui.format import number

ROLES = {"x": "x", "y": "y", "t": "y", "dE/dx": "de-dx", "dE/dy": "de-dy", "dE/dw": "de-dw", "E": "e"}
"""The colour of a quantity, by the name of its theme variable; parameters have none."""


def role_style(kind: str, variant: str = "") -> str:
    """The style of a kind of quantity: `$role-de-dx`; with the variant `muted` or `lit`, that one."""
    role = ROLES.get(kind)
    if role is None:
        return {"muted": "$text-muted", "lit": "$lit-background"}.get(variant, "$text")
    return f"$role-{role}-{variant}" if variant else f"$role-{role}"


class Run(NamedTuple):
    """Text, and the kind of quantity that it names, if it names one."""

    text: str
    kind: str | None = None


def symbol(quantity: Quantity, notation: Notation) -> Run:
    """A quantity's name; a parameter by its own name alone."""
    if quantity.kind == "w" and quantity.subject:
        return Run(quantity.subject, "w")
    return Run(notation.symbol(quantity), quantity.kind)


def short_symbol(kind: str, notation: Notation) -> str:
    """A kind of quantity's name where there is little room: `∂E/∂out` for `∂E_total/∂out`."""
    return notation.symbol(Quantity(kind)).replace("_total", "")


def in_symbols(pieces: Sequence[Piece], notation: Notation) -> list[Run]:
    """The pieces with their operands by name."""
    return [Run(piece) if isinstance(piece, str) else symbol(piece.quantity, notation) for piece in pieces]


def in_numbers(pieces: Sequence[Piece], digits: int | None, *, first: bool = True) -> list[Run]:
    """The pieces with their operands by number; a negative one in brackets, unless it begins the whole or a bracket."""
    runs: list[Run] = []
    for piece in pieces:
        if isinstance(piece, str):
            runs.append(Run(piece))
            continue
        text = "—" if piece.value is None else number(piece.value, digits)
        bare = runs[-1].text.endswith("(") if runs else first
        runs.append(Run(f"({text})" if text[0] == "−" and not bare else text, piece.quantity.kind))
    return runs


def rule(explanation: Explanation, notation: Notation) -> list[Run]:
    """`x = Σ w·y + b`: the general rule, where there is one that says more than the calculation itself."""
    left = Quantity(explanation.quantity.kind)
    return [symbol(left, notation), Run(" = "), *in_symbols(explanation.rule, notation)]


def symbols_of(explanation: Explanation, notation: Notation) -> list[Run]:
    """The calculation with names: `w1·y[i1] + w2·y[i2] + b1`."""
    return _joined(explanation, [in_symbols(part.pieces, notation) for part in explanation.parts])


def numbers_of(explanation: Explanation, digits: int | None) -> list[Run]:
    """The calculation with numbers: `0.15·0.05 + 0.2·0.1 + 0.35`."""
    alone = not explanation.around[0]
    return _joined(
        explanation,
        [in_numbers(part.pieces, digits, first=alone and i == 0) for i, part in enumerate(explanation.parts)],
    )


def result_of(explanation: Explanation, digits: int | None) -> list[Run]:
    """The result."""
    text = "—" if explanation.value is None else number(explanation.value, digits)
    return [Run(text, explanation.quantity.kind)]


def known(explanation: Explanation) -> bool:
    """Whether every operand has its number."""
    return all(
        piece.value is not None for part in explanation.parts for piece in part.pieces if isinstance(piece, Operand)
    )


def shortened(explanation: Explanation, most: int) -> Explanation:
    """The same with at most `most` summands: the first ones, a sign of how many are left out, and the last."""
    parts = explanation.parts
    if len(parts) <= most:
        return explanation
    head = max(1, most - 2)
    left_out = Part((f"… {len(parts) - head - 1} more …",))
    return Explanation(
        explanation.quantity,
        explanation.value,
        explanation.example,
        explanation.rule,
        (*parts[:head], left_out, parts[-1]),
        explanation.around,
        explanation.where,
        explanation.words,
    )


def _joined(explanation: Explanation, parts: list[list[Run]]) -> list[Run]:
    before, after = explanation.around
    runs = [Run(before)] if before else []
    for i, part in enumerate(parts):
        if i:
            runs.append(Run(" + "))
        runs += part
    return [*runs, Run(after)] if after else runs


def text_of(runs: Sequence[Run]) -> str:
    """The runs as plain text."""
    return "".join(run.text for run in runs)
