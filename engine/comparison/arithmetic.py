"""Mistakes of arithmetic over quantities: a part of it forgotten, its sign turned, the learning rate in it or not."""

from collections.abc import Iterator

from msgspec import Struct

from engine.formula.quantity import Quantity
from engine.program.expression import Expression, taken_by
from engine.program.scenario import Scenario

Program = tuple[float | Quantity | str, ...]
TWO = ("+", "-", "*", "/", "**")
RATE = Quantity("learning_rate")
FORGOTTEN = {"dy/dx": "slope-forgotten", "w": "weight-forgotten", "y": "input-forgotten", "t": "target-forgotten"}
"""What it is called where a quantity is forgotten."""


class Slip(Struct, frozen=True):
    """Other arithmetic than the right one.

    Attributes:
        cause: the mistake's name.
        expression: the wrong arithmetic.
        words: what was done.
    """

    cause: str
    expression: Expression
    words: str


def slips(expression: Expression, scenario: Scenario) -> Iterator[Slip]:
    """Every mistake of some arithmetic, or of one quantity in the place of it."""
    program = expression.program
    if len(program) > 1:  # of one quantity it is a mistake of its row
        yield Slip("sign", Expression("", (*program, "negate")), "the sign is turned")
        for first, end in _parts(program):
            yield from _without(program, first, end)
    if RATE not in expression.quantities() and scenario.training.learning_rate != 1.0:
        for sign in ((), ("negate",)):
            by_rate = (*program, RATE, "*", *sign)
            yield Slip("learning-rate", Expression("", by_rate), "the learning rate is in it, where it does not belong")


def _parts(program: Program) -> Iterator[tuple[int, int]]:
    """From where to where each part stands that an operation makes."""
    starts: list[int] = []
    for index, item in enumerate(program):
        taken = taken_by(item)
        first = starts[-taken] if taken else index
        del starts[len(starts) - taken :]
        starts.append(first)
        if taken:
            yield first, index + 1


def _without(program: Program, first: int, end: int) -> Iterator[Slip]:
    """The arithmetic without an operation, and without one of its parts if it has two."""
    operation = program[end - 1]
    before, after = program[:first], program[end:]
    if operation in ("²", "negate"):
        cause = "sign" if operation == "negate" else "not-squared"
        words = "a minus is missing" if operation == "negate" else "the square is missing"
        yield Slip(cause, Expression("", (*before, *program[first : end - 1], *after)), words)
        return
    if operation not in TWO:
        return
    if operation in ("+", "-"):
        other = "-" if operation == "+" else "+"
        words = "a minus is taken for a plus" if other == "+" else "a plus is taken for a minus"
        yield Slip("sign", Expression("", (*before, *program[first : end - 1], other, *after)), words)
    middle = _second(program, first, end)
    left, right = program[first:middle], program[middle : end - 1]
    if operation == "**":
        words = "the square is missing" if right == (2.0,) else "the power is missing"
        yield Slip("not-squared", Expression("", (*before, *left, *after)), words)
        return
    if left != (1.0,) or operation == "/":
        kept = (*right, "negate") if operation == "-" else (1.0, *right, "/") if operation == "/" else right
        yield _slip(operation, left, (*before, *kept, *after))
    yield _slip(operation, right, (*before, *left, *after))


def _slip(operation: str, gone: Program, program: Program) -> Slip:
    (one, *others) = gone
    name = None if others else one
    if operation in ("+", "-"):
        target = isinstance(name, Quantity) and name.kind == "t"
        cause, words = "target-forgotten" if target else "path-forgotten", "a summand is missing"
    elif RATE in gone:
        cause, words = "learning-rate", "the learning rate is missing"
    elif isinstance(name, Quantity):
        cause, words = FORGOTTEN.get(name.kind, "other-quantity"), "a factor is missing"
    else:
        cause, words = "other-quantity", "a factor is missing"
    if isinstance(name, Quantity) and name != RATE:
        words += f", {name}"
    return Slip(cause, Expression("", program), words)


def _second(program: Program, first: int, end: int) -> int:
    """Where the second part of an operation begins that takes two."""
    inner = [begin for begin, stop in _parts_and_items(program[first : end - 1]) if stop == end - 1 - first]
    return first + min(begin for begin in inner if begin > 0)


def _parts_and_items(program: Program) -> Iterator[tuple[int, int]]:
    """As `_parts`, with what is a part by itself."""
    yield from _parts(program)
    yield from ((index, index + 1) for index, item in enumerate(program) if not taken_by(item))
