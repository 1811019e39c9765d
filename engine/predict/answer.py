"""What a person types as an answer, as a number that knows how exactly it was meant.

It is read by the one parser of expressions and never evaluated as code. What is not computed yet has no name here:
it would give the answer.
"""

import math
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from engine.ask.lookup import value_at
from engine.files.printed import Printed, parse_printed, zeros_at_end
from engine.formula.quantity import KINDS, Quantity
from engine.formula.tree import Operand
from engine.predict.question import Direction, Question
from engine.program.expression import Expression, ExpressionError, check_quantity, parse_expression
from engine.program.graph import Graph, operands_of
from engine.program.network import Network
from engine.program.notation import Notation
from engine.program.quantity_check import check_rule
from engine.program.tokens import MAX_LENGTH, check_text, tokens_of

SPELLINGS: tuple[tuple[Direction, str], ...] = (
    ("positive", "+ plus pos positive up upward upwards rise rises grow grows increase increases"),
    ("negative", "- − minus neg negative down downward downwards fall falls shrink shrinks decrease decreases"),
    ("zero", "0 zero stay stays same unchanged nothing"),
)
"""What may be typed for a direction."""
FILLING = re.compile(r"\b(?:it|goes|go)\s+|[.!?]")
"""What people type around it."""
NUMBER = re.compile(r"([0-9]*)(\.?)([0-9]*)(?:[eE]([+\-−]?[0-9]+))?")
EXAMPLE = re.compile("⁽[⁰¹²³⁴⁵⁶⁷⁸⁹]+⁾")
"""Behind a name, of which example of a batch it is."""
DIGITS = 3
"""The least significant digits that an answer needs."""
SAME = 1e-12
"""Written numbers this close, relatively, are the same number."""
SAME_BY_HAND = 1e-9
"""Arithmetic in another order than the engine's ends this close."""

Agreement = Literal["exact", "close", "coarse", "none"]
"""exact: the same number; close: to the digits typed, three or more; coarse: to fewer; none: another number."""


class AnswerError(ValueError):
    """An answer that can't be used; the message says what is wrong with it."""


class Answer(Struct, frozen=True):
    """A number as it was typed.

    Attributes:
        value: the number.
        spread: half a unit of its last digit; of arithmetic, what the rounded numbers in it may do to the result.
        coarser: the same if the closing zeros of a whole number are not meant as digits (`1230000`).
        written: whether it is one number, and no arithmetic.
        meant: of arithmetic, what it comes to with all their digits in place of numbers that it rounds.
    """

    value: float
    spread: float
    coarser: float
    written: bool
    meant: float | None = None

    def agreement(self, number: float, *, base: float = 0.0, rounding: float = 0.0) -> Agreement:
        """How well it agrees with a number.

        Args:
            number: the number.
            base: from where both are measured. Of an update it is the change w+ − w that is compared, so base is w:
                0.359 for 0.35892 says of a change of −0.0411 only two digits. The answer itself is the new value.
            rounding: how far rounding alone may have moved it.
        """
        values = [value for value in (self.value, self.meant) if value is not None]
        off, size = min(abs(value - number) for value in values), abs(number - base)
        if off <= same_within(number, base=base, rounding=rounding, written=self.written):
            return "exact"
        off, size = abs(self.value - number), max(size, abs(self.value - base))
        if not self.written:
            return "none" if off > self.spread else "close" if off <= _third_digit(size) / 2 else "coarse"
        for spread in (self.spread, self.coarser):
            if off <= spread * (1 + SAME_BY_HAND) and size * (1 + SAME_BY_HAND) >= 2 * spread * 10.0 ** (DIGITS - 1):
                return "close"
        return "coarse" if off <= self.coarser * (1 + SAME_BY_HAND) else "none"

    def has_digits(self, digits: int, number: float, base: float = 0.0) -> bool:
        """Whether it says so many significant digits of a number."""
        return max(abs(number - base), abs(self.value - base)) >= 2 * self.spread * 10.0 ** (digits - 1)


def same_within(number: float, *, base: float = 0.0, rounding: float = 0.0, written: bool = True) -> float:
    """How far from a number one lies at most that is the same: as `Answer.agreement` has it."""
    last_bits = 2 * math.ulp(max(abs(number), abs(base))) if base or number else 0.0
    return (SAME if written else SAME_BY_HAND) * abs(number - base) + last_bits + rounding


def read_direction(text: str) -> Direction | None:
    """`+`, `positive`, `up` … as a direction, or None where it is something else."""
    word = FILLING.sub("", text.strip().lower()).strip()
    return next((direction for direction, words in SPELLINGS if word in words.split()), None)


def read_answer(text: str, question: Question, notation: Notation) -> Answer:
    """Reads a number, or arithmetic over numbers and names as the screen writes it.

    A node's name stands for its output, a parameter's for its value at the iteration's start; quantities may be
    written as files write them (`dE/dx[o1]`), or with the notation's symbols (`δ_o1`).

    Raises:
        AnswerError: it can't be read, uses what is not known yet, or comes to no finite number.
    """
    network, printed = question.before.scenario.network, parse_printed(text)
    try:
        expression = _parsed(text, network, notation)
    except ExpressionError as error:
        if EXAMPLE.search(text):
            raise AnswerError("a number of one example has no name here: put in the number itself") from None
        if re.search(r"\d,\d", text):
            raise AnswerError("a decimal point is written . here, not ,") from None
        if printed is not None and math.isfinite(printed.number):  # 12 %
            return _written(printed)
        raise AnswerError(str(error.args[0])) from None
    numbers = {quantity: _known(quantity, question, notation, text) for quantity in expression.quantities()}
    value = expression.evaluate(numbers.__getitem__)
    if not math.isfinite(value):
        raise AnswerError("it does not come to a finite number")
    pieces = _numbers_in(expression.text, network)
    if not numbers and len(pieces) == 1 and set(expression.program[1:]) <= {"negate"}:
        return Answer(value, _half_unit(pieces[0]), _half_unit(pieces[0], zeros=False), written=True)
    if printed is not None and "^" in text:  # 2.4 × 10^-3; of 0.4·103 neither is meant as a power
        return _written(printed)
    spread = _spread(expression, value, pieces, numbers)
    meant = _with_all_digits(expression, pieces, question).evaluate(numbers.__getitem__)
    return Answer(value, spread, spread, written=False, meant=meant if math.isfinite(meant) else None)


def sides_of(text: str, question: Question, notation: Notation) -> list[str]:
    """What stands between equal signs: `0.4·0.8 + 0.1 = 0.42` says it twice; the name of what is asked says nothing."""
    sides = [side.strip() for side in text.split("=")]
    names = {str(question.quantity), notation.symbol(question.quantity)}
    return sides[1:] if len(sides) > 1 and sides[0] in names else sides


def _written(printed: Printed) -> Answer:
    return Answer(printed.number, printed.resolution / 2, printed.resolution / 2, written=True)


def _parsed(text: str, network: Network | Graph, notation: Notation) -> Expression:
    """With names and quantities as files write them; else with the notation's symbols."""
    check_text(text)
    try:
        return parse_expression(text, names=network)
    except ExpressionError:
        translated = _translated(text, network, notation)
        if translated == text or len(translated) > MAX_LENGTH:
            raise
        try:
            return parse_expression(translated, names=network)
        except ExpressionError as error:  # the symbols were known: the mistake is elsewhere
            raise ExpressionError(f"read as {translated!r}, {error}") from None


def _translated(text: str, network: Network | Graph, notation: Notation) -> str:
    """The notation's symbols replaced by quantities as files write them."""
    symbols = {notation.symbols["learning_rate"]: "learning_rate"}
    for quantity in _named_in(text, network):
        if check_quantity(quantity, network) is None:
            symbols.setdefault(notation.symbol(quantity), str(quantity))
    found = "|".join(re.escape(symbol) for symbol in sorted(symbols, key=len, reverse=True))
    return re.sub(rf"(?<![\w/∂δ])(?:{found})(?!\w)", lambda match: symbols[match[0]], text)


def _named_in(text: str, network: Network | Graph) -> Iterator[Quantity]:
    """The quantities of which the subject's name stands in a text; of a graph the derivatives along its edges, too."""
    parameters = [name for name in network.parameter_names if name in text]
    nodes = [name for name in network.node_index if name in text]
    if isinstance(network, Graph):
        nodes = [name for name in network.value_of_element if name in text and name not in parameters]
        yield from _along_edges(nodes, [*nodes, *parameters], network)
    for kind in KINDS.values():
        names = parameters if kind.of == "parameter" else nodes if kind.of_node else ()
        yield from (Quantity(kind.symbol, name) for name in names)


def _along_edges(nodes: Sequence[str], operands: Sequence[str], graph: Graph) -> Iterator[Quantity]:
    """Of each formula that two names of a text are at the ends of, the local derivative, and what comes back."""
    for node in nodes:
        definition = graph.node.get(graph.value_of_element[node].name)
        used = () if definition is None else set(operands_of(definition.formula))
        for name in operands:
            if graph.value_of_element[name].name in used:
                yield Quantity("dy/dy", node, name)
                yield Quantity("dE/dw" if name in graph.parameter_index else "dE/dy", name, node)


def _known(quantity: Quantity, question: Question, notation: Notation, text: str) -> float:
    """A number that may be used by name.

    Raises:
        AnswerError: there is none of this name, or it is not computed yet.
    """
    network = question.before.scenario.network
    if quantity.epoch is not None:
        raise AnswerError(f"{quantity} is not a number of this iteration")
    problem = check_quantity(quantity, network, text) or check_rule(quantity, question.training)
    if problem:
        raise AnswerError(problem)
    whole = replace(quantity, through=None)
    part_known = True
    if quantity.kind == "dE/dy" and quantity.through and _has_row(quantity.subject or "", question):
        # the parts of a sum are as good as the sum
        part_known = value_at(question.before, whole, question.example) is not None
    value = value_at(question.before, quantity, question.example) if part_known else None
    if whole == question.quantity:
        raise AnswerError(f"{notation.symbol(whole)} is what is asked")
    if value is None:
        raise AnswerError(f"{notation.symbol(quantity)} is not computed yet")
    return value


def _has_row(node: str, question: Question) -> bool:
    """Whether the walk computes the derivative of E by a node; not of the inputs of layers."""
    return question.program.known_elements["y", node].name in question.after.timeline.steps.backward


# How exactly it was meant


def _numbers_in(text: str, network: Network | Graph) -> list[str]:
    """The numbers of an expression as they were typed, in order."""
    found = []
    for token in tokens_of(text, network):
        match = NUMBER.match(text, token.column - 1) if isinstance(token.value, float) else None
        if match is not None:
            found.append(match[0])
    return found


def _half_unit(number: str, *, zeros: bool = True) -> float:
    """Half a unit of the last digit of a typed number; a plain 0 is exact.

    Args:
        number: as it was typed, without a sign.
        zeros: whether the closing zeros of a whole number count as digits.
    """
    match = NUMBER.fullmatch(number)
    assert match is not None
    whole, point, decimals = match[1], match[2], match[3]
    digits = (whole + decimals).lstrip("0")
    if not digits and not decimals:
        return 0.0
    exponent = int((match[4] or "0").replace("−", "-")) - len(decimals)
    if not zeros and not point:
        exponent += zeros_at_end(digits)
    return float(Decimal(f"5E{max(-400, min(400, exponent - 1))}"))


def _with_all_digits(expression: Expression, pieces: list[str], question: Question) -> Expression:
    """The same with the calculation's own numbers in place of those that round them to three digits or more.

    The screen writes rounded numbers: where they cancel, too few digits would be left to tell whether one is right.
    """
    own = _numbers_of(question)
    indices = [index for index, item in enumerate(expression.program) if isinstance(item, float)]
    program = list(expression.program)
    for index, piece in zip(indices, pieces, strict=True):
        typed, half = float(piece.replace("−", "-")), _half_unit(piece)
        nearest = min(own, key=lambda number: abs(number - typed), default=None)
        if nearest is None or typed < 2 * half * 10.0 ** (DIGITS - 1):
            continue
        if abs(nearest - typed) <= half * (1 + SAME_BY_HAND):
            program[index] = nearest
    return replace(expression, program=tuple(program))


def _numbers_of(question: Question) -> list[float]:
    """The numbers that its calculation takes, and its summands, without their signs."""
    explanations = (question.explanation, *question.explanation.where)
    parts = [part for explanation in explanations for part in explanation.summands]
    operands = [piece.value for part in parts for piece in part.pieces if isinstance(piece, Operand)]
    values = [*operands, *(part.value for part in parts)]
    return [abs(value) for value in values if value is not None]


def _spread(expression: Expression, value: float, pieces: list[str], numbers: dict[Quantity, float]) -> float:
    """What the rounding of the decimal fractions in it may come to: each moved by half a unit of its last digit."""
    indices = [index for index, item in enumerate(expression.program) if isinstance(item, float)]
    total = 0.0
    for index, piece in zip(indices, pieces, strict=True):
        if "." not in piece:
            continue
        program = expression.program
        moved = (*program[:index], float(piece.replace("−", "-")) + _half_unit(piece), *program[index + 1 :])
        change = abs(replace(expression, program=moved).evaluate(numbers.__getitem__) - value)
        total += change if math.isfinite(change) else 0.0
    return total


def _third_digit(size: float) -> float:
    """One unit of the third significant digit of a number of this size."""
    return float(10.0 ** (math.floor(math.log10(size)) - (DIGITS - 1))) if size > 0 else 0.0
