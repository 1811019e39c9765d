"""A calculation as runs of text, each with the kind of quantity that it names.

The same runs make the equation panel, where a kind becomes a colour, and `gradstep trace`, where it does not.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from engine.explain.parts import Explanation, Part, Piece
from engine.formula.functions import EQUALS, MULTIPLY
from engine.formula.quantity import ROW_KINDS, Quantity
from engine.formula.tree import Call, Formula, Operand, Symbol, filled
from engine.formula.written import text_pieces
from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.notation import Notation
from tui.words.format import number


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


SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def raised(number: int) -> str:
    """`⁽²⁾`: behind a name, which example or layer it is of."""
    return f"⁽{str(number).translate(SUPERSCRIPTS)}⁾"


def of_layer(notation: Notation, network: Network | Graph, layer: int) -> Notation:
    """The names for what a layer computes: of the last one, y may have a symbol of its own, here as in its formulas."""
    if isinstance(network, Graph):
        return notation
    return notation.of_rule(Quantity("y", network.nodes(layer)[0]))


def in_symbols(pieces: Sequence[Piece], notation: Notation, of: Explanation | None = None) -> list[Run]:
    """The pieces with their operands by name, in a calculation over a batch each with its example: `y[h1]⁽²⁾`."""
    return [Run(piece) if isinstance(piece, str) else _name(piece, notation, of) for piece in pieces]


def _name(operand: Operand, notation: Notation, of: Explanation | None) -> Run:
    name, example = symbol(operand.quantity, notation), None if of is None else of.example_of(operand)
    return name if example is None else name._replace(text=name.text + raised(example))


def in_numbers(pieces: Sequence[Piece], digits: int | None, *, first: bool = True) -> list[Run]:
    """The pieces with their operands by number; a negative one in brackets, unless it begins the whole or a bracket."""
    runs: list[Run] = []
    for i, piece in enumerate(pieces):
        if isinstance(piece, str):
            runs.append(Run(piece))
            continue
        text = "—" if piece.value is None else number(piece.value, digits)
        bare = not _is_raised(pieces[i + 1 : i + 2]) and (runs[-1].text.endswith("(") if runs else first)
        runs.append(Run(f"({text})" if text[0] == "−" and not bare else text, piece.quantity.kind))
    return runs


def _is_raised(after: Sequence[Piece]) -> bool:
    """Whether what follows is an exponent."""
    return any(isinstance(piece, str) and piece.startswith(("^", "²")) for piece in after)


def rule(explanation: Explanation, notation: Notation) -> list[Run]:
    """`x = Σ w·y + b`: the general rule, where there is one that says more than the calculation itself."""
    notation = notation.of_rule(explanation.quantity)
    quantity = explanation.quantity
    # `w = as the scenario gives it` is no rule
    left = quantity if quantity.kind == "w" else notation.general(quantity)
    text = [Run(explanation.written)] if explanation.written else in_symbols(text_pieces(explanation.rule), notation)
    return text if left is None else [symbol(left, notation), Run(" = "), *text]


def symbols_of(explanation: Explanation, notation: Notation) -> list[Run]:
    """The calculation with names: `w1·y[i1] + w2·y[i2] + b1`; of a batch `(E[o1]⁽¹⁾ + E[o1]⁽²⁾) / 2`."""
    return _joined(explanation, [in_symbols(part.pieces, notation, explanation) for part in explanation.summands])


def numbers_of(explanation: Explanation, digits: int | None) -> list[Run]:
    """The calculation with numbers: `0.15·0.05 + 0.2·0.1 + 0.35`."""
    parts = [in_numbers(part.pieces, digits, first=i == 0) for i, part in enumerate(explanation.summands)]
    return _joined(explanation, parts)


def parts_of(explanation: Explanation, digits: int | None) -> list[Run]:
    """What each of several summands comes to, with its sign: `0.0554 − 0.0190`; nothing where one is not known."""
    known_parts = [part for part in explanation.summands if part.value is not None]
    left_out = [part for part in explanation.summands if part.value is None and not _stands_for_others(part)]
    if len(known_parts) < 2 or left_out or explanation.divisor > 1:
        return []
    runs: list[Run] = []
    for part in explanation.summands:
        text = text_of(in_numbers(part.pieces, digits)) if part.value is None else number(part.value, digits)
        negative = text.startswith("−")
        if runs:
            runs.append(Run(" − " if negative else " + "))
        runs.append(Run(text[1:] if negative and runs else text, explanation.quantity.kind))
    return runs


def _stands_for_others(part: Part) -> bool:
    """Whether it is the sign of how many summands are left out."""
    return isinstance(part.formula, Symbol)


def chained(explanation: Explanation) -> Explanation | None:
    """Of a product of which one factor is explained below it, the same with that factor's own factors in its place.

    `dE/dw = y·dE/dx` with `dE/dx = dy/dx·dE/dy` becomes `dE/dw = y·dy/dx·dE/dy`. None where that is no product.
    """
    if explanation.quantity.kind != "dE/dw" or len(explanation.summands) != 1 or len(explanation.where) != 1:
        return None
    (inner,), (part,) = explanation.where, explanation.parts
    if len(inner.parts) != 1 or not _is_product(part.formula) or not _is_product(inner.parts[0].formula):
        return None
    whole = {operand: inner.parts[0].formula for operand in part.operands if operand.quantity == inner.quantity}
    general = {Operand(Quantity(inner.quantity.kind)): inner.rule}
    chain = Part(EQUALS(part.formula, filled(part.formula, whole)), part.value)
    rule = EQUALS(explanation.rule, filled(explanation.rule, general))
    return replace(explanation, parts=(chain,), rule=rule)


def _is_product(formula: Formula) -> bool:
    return isinstance(formula, Call) and formula.function is MULTIPLY


def result_of(explanation: Explanation, digits: int | None) -> list[Run]:
    """The result."""
    text = "—" if explanation.value is None else number(explanation.value, digits)
    return [Run(text, explanation.quantity.kind)]


def known(explanation: Explanation) -> bool:
    """Whether every operand has its number."""
    return all(operand.value is not None for part in explanation.summands for operand in part.operands)


def shortened(explanation: Explanation, most: int) -> Explanation:
    """The same with at most `most` summands: the first ones, a sign of how many are left out, and the last."""
    parts = explanation.parts
    if len(parts) <= most:
        return explanation
    head = max(1, most - 2)
    left_out = Part(Symbol(f"… {len(parts) - head - 1} more …"))
    return replace(explanation, parts=(*parts[:head], left_out, parts[-1]))


def operands_of(explanation: Explanation, *, of_each_name: bool = False) -> list[Operand]:
    """The numbers that a calculation uses, each once, in reading order; those that no step computes left out.

    A `w` is the `w+` of the iteration before.

    Args:
        explanation: the calculation.
        of_each_name: whether one is enough of each name, of a sum over a large batch.
    """
    explanations = (explanation, *explanation.where)
    sums = [one.of_each_name if of_each_name else one.summands for one in explanations]
    operands = [operand for parts in sums for part in parts for operand in part.operands]
    found = {
        (operand.quantity, operand.example): operand
        for operand in operands
        if operand.quantity.kind in (*ROW_KINDS, "w") and operand.quantity != explanation.quantity
    }
    return list(found.values())


def _joined(explanation: Explanation, summands: list[list[Run]]) -> list[Run]:
    """The summands with signs between them: a mean in brackets, and what stands beside it behind them."""
    count = len(explanation.parts)
    if explanation.divisor == 1:
        return _sum(summands)
    mean = [Run("("), *_sum(summands[:count]), Run(f") / {explanation.divisor}")]
    return _sum([mean, *summands[count:]])


def _sum(summands: list[list[Run]]) -> list[Run]:
    runs: list[Run] = []
    for i, part in enumerate(summands):
        if i and part and part[0].kind is None and part[0].text.startswith("−"):
            runs.append(Run(" − "))
            part = [part[0]._replace(text=part[0].text[1:]), *part[1:]]
        elif i:
            runs.append(Run(" + "))
        runs += part
    return runs


def spaced(runs: Sequence[Run]) -> list[Run]:
    """The same with more room round its operators, to be read from afar."""
    return [run if run.kind else run._replace(text=_spaced(run.text)) for run in runs]


def _spaced(text: str) -> str:
    return re.sub(r" ([+−/=]) ", r"  \1  ", text.replace("·", " · "))


def text_of(runs: Sequence[Run]) -> str:
    """The runs as plain text."""
    return "".join(run.text for run in runs)
