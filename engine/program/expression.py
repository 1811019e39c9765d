"""One parser for everything that names a number: figures, `--at`, the `g` key and predict-mode answers.

Text is taken apart by hand and never evaluated as code. The result is a postfix program, so that a long sum needs no
deep recursion; the parser's own recursion is bounded.
"""

import math
from collections.abc import Callable
from functools import cache

from msgspec import Struct

from engine.formula.field import REAL
from engine.formula.functions import ABSOLUTE
from engine.formula.quantity import ROW_KINDS, SPELLINGS, Quantity
from engine.program.callables import CALLABLE, NamedFunction
from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.quantity_check import check_quantity
from engine.program.settings import Setting, options_of, settings_of
from engine.program.tokens import (
    MAX_ITERATIONS,
    SOME,
    ExpressionError,
    Like,
    Token,
    check_text,
    shown,
    tokens_of,
    typed_number,
)

__all__ = ["Expression", "ExpressionError", "check_quantity", "parse_expression", "parse_place", "parse_quantity"]

MAX_DEPTH = 50


class Expression(Struct, frozen=True):
    """Plain arithmetic over quantities and numbers.

    Attributes:
        text: as it was written.
        program: in postfix order; a word is an operation, behind that of any number of arguments how many it takes, and
            behind a semicolon the settings that are given.
    """

    text: str
    program: tuple[float | Quantity | str, ...]

    def __str__(self) -> str:
        return self.text

    def quantities(self) -> tuple[Quantity, ...]:
        """The quantities that it names, each once, in the order of the text."""
        return tuple(dict.fromkeys(item for item in self.program if isinstance(item, Quantity)))

    def evaluate(self, lookup: Callable[[Quantity], float]) -> float:
        """The value, computed left to right in float64; ±inf or nan where there is none: arithmetic never raises.

        Args:
            lookup: the number of a quantity; what it raises passes through.
        """
        stack: list[float] = []
        for item in self.program:
            if isinstance(item, Quantity):
                stack.append(float(lookup(item)))
            elif isinstance(item, str):
                word, _, settings = item.partition(";")
                name = word.partition(" ")[0]
                function = _with_settings(name, settings) if settings else _OPERATIONS[name][0]
                first = len(stack) - taken_by(item)
                arguments = stack[first:]
                del stack[first:]
                stack.append(function(*arguments))
            else:
                stack.append(item)
        return stack[0]


_OPERATIONS: dict[str, tuple[Callable[..., float], int]] = {
    "+": (lambda a, b: a + b, 2),
    "-": (lambda a, b: a - b, 2),
    "*": (lambda a, b: a * b, 2),
    "/": (REAL.quotient, 2),
    "**": (REAL.power, 2),
    "²": (lambda a: REAL.power(a, 2.0), 1),
    "negate": (lambda a: -a, 1),
    "½": (lambda: 0.5, 0),
    "e": (lambda: math.e, 0),
    "π": (lambda: math.pi, 0),
    "if>": (lambda a, left, right, b: a if left > right else b, 4),
    "if=": (lambda a, left, right, b: a if left == right else b, 4),
    **{name: (function, function.arguments) for name, function in CALLABLE.items()},
}


@cache
def _with_settings(name: str, settings: str) -> Callable[..., float]:
    from json import loads  # here, because settings are seldom given in expressions

    return CALLABLE[name].with_settings(loads(settings))


def taken_by(item: float | Quantity | str) -> int:
    """How many numbers an operation of a postfix program takes; 0 of what is none."""
    if not isinstance(item, str):
        return 0
    name, _, several = item.partition(";")[0].partition(" ")
    return int(several) if several else _OPERATIONS[name][1]


def parse_expression(text: str, *, names: Network | Graph | None = None, like: Like = SOME) -> Expression:
    """Reads plain arithmetic over quantities: `-dE/dx[o1]`, `learning_rate * dE/dw[w5]`, `exp(x[h1]) + 1`.

    What equations write is read as well: `½·(0.75 − 0.01)²`, `1 / (1 + e^−0.3)`, `σ(0.3)`, `max(0, 0.3)`, `|−0.3|`,
    `ln 0.5`, `0.3 if 0.3 > 0, else 0`.

    Args:
        text: at most 1000 characters.
        names: a network, or a graph, whose names may stand alone: a parameter's for its `w`, a node's for its `y`.
        like: names for the examples of messages.

    Raises:
        ExpressionError: it cannot be read.
    """
    parser = _Parser(tokens_of(text, names, like))
    parser.choice()
    parser.end()
    return Expression(text.strip(), tuple(parser.program))


def parse_quantity(text: str, like: Like = SOME) -> Quantity:
    """Reads one quantity: `dE/dw[w5]`; `dE/db`, `b` and `b+` become `dE/dw`, `w` and `w+`.

    Raises:
        ExpressionError: it is anything else.
    """
    program = parse_expression(text, like=like).program
    if len(program) != 1 or not isinstance(program[0], Quantity):
        raise ExpressionError(f"{shown(text)} is not a single quantity: give one like {like.quantity}")
    return program[0]


def parse_place(text: str, like: Like = SOME) -> tuple[int | None, Quantity | None]:
    """Reads where to go: `1000`, `3:dE/dw[w5]`, `dE/dw[w5]`, or a whole row, `dE/dw`.

    Returns:
        the iteration (0 … 10,000,000) and the quantity, None for what is not given.

    Raises:
        ExpressionError: it cannot be read.
    """
    check_text(text, like)
    before, colon, after = text.strip().partition(":")
    number = before.strip()
    if not (number.isascii() and number.isdigit()):
        if colon and "[" not in number:  # a name may have a :, too
            remedy = f"before the : stands a whole number from 0, like 3:{like.quantity}"
            raise ExpressionError(f"column 1: {number!r} is no iteration: {remedy}")
        return None, _row_or_quantity(text, like)
    iteration = int(number)
    if iteration > MAX_ITERATIONS:
        raise ExpressionError(f"column 1: iteration {number} is beyond {MAX_ITERATIONS:,}")
    if not colon:
        return iteration, None
    return iteration, _row_or_quantity(after, like)


def _row_or_quantity(text: str, like: Like) -> Quantity:
    kind = SPELLINGS.get(text.strip())
    return Quantity(kind) if kind in ROW_KINDS else parse_quantity(text.strip(), like)


class _Parser:
    """Recursive descent; each rule appends to the postfix program.

    Powers bind tighter than a sign before them, and to the right. A function without brackets takes a power: `ln y²`.
    """

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.depth = 0
        self.program: list[float | Quantity | str] = []

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def take(self, *operators: str) -> str | None:
        """The next token if it is one of these."""
        value = self.token.value
        if isinstance(value, str) and value in operators:
            self.position += 1
            return value
        return None

    def deeper(self, rule: Callable[[], None]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(f"column {self.token.column}: nested deeper than {MAX_DEPTH}")
        rule()
        self.depth -= 1

    def choice(self) -> None:
        self.sum()
        if self.take("if"):
            self.sum()
            sign = self.take("=") or ">"
            if sign == ">":
                self.need(">", "if needs a > b")
            self.sum()
            self.take(",")
            self.need("else", "if a > b needs its else")
            self.deeper(self.choice)
            self.program.append(f"if{sign}")

    def sum(self) -> None:
        self.product()
        while operator := self.take("+", "-"):
            self.product()
            self.program.append(operator)

    def product(self) -> None:
        self.signed()
        while operator := self.take("*", "/"):
            self.signed()
            self.program.append(operator)

    def signed(self) -> None:
        if self.take("-"):
            self.deeper(self.signed)
            self.program.append("negate")
        elif self.take("+"):
            self.deeper(self.signed)
        else:
            self.power()

    def power(self) -> None:
        self.atom()
        while self.take("²"):
            self.program.append("²")
        if self.take("**"):
            natural = self.program[-1] == "e"
            if natural:
                self.program.pop()
            self.deeper(self.signed)
            self.program.append("exp" if natural else "**")

    def atom(self) -> None:
        value = self.token.value
        if not isinstance(value, str):
            self.position += 1
            self.program.append(value)
        elif constant := self.take("½", "e", "π"):
            self.program.append(constant)
        elif name := self.take(*CALLABLE):
            self.arguments(name, CALLABLE[name])
        elif self.take("("):
            self.deeper(self.choice)
            self.need(")", "a closing ) is missing")
        elif self.take("|"):
            self.deeper(self.choice)
            self.need("|", "a closing | is missing")
            self.program.append(ABSOLUTE.name)
        else:
            raise ExpressionError(f"column {self.token.column}: a quantity or a number is missing here")

    def arguments(self, name: str, function: NamedFunction) -> None:
        if function.bare and self.token.value != "(":
            self.deeper(self.power)
        else:
            one = "its argument" if function.arguments == 1 else f"its {function.arguments} arguments"
            self.need("(", f"{name} needs {one} in ( )")
            self.deeper(self.choice)
            for _ in range(function.arguments - 1):
                self.need(",", f"{name} needs {one} in ( )")
                self.deeper(self.choice)
            count = function.arguments
            while function.any_number and self.take(","):
                self.deeper(self.choice)
                count += 1
            settings = self.settings(name, function)
            self.need(")", "a closing ) is missing")
            if function.any_number:
                name = f"{name} {count}"
            if settings:
                from json import dumps  # as where they are read back

                name = f"{name};{dumps(settings)}"
        self.program.append(name)

    def settings(self, name: str, function: NamedFunction) -> dict[str, Setting]:
        """What follows the argument of an activation: `slope = 0.2`, or `0.2` alone."""
        found: dict[str, Setting] = {}
        options = {} if function.record is None else options_of(function.record)
        names = [] if function.record is None else list(settings_of(function.record))
        while options and self.take(","):
            column = self.token.column
            key, given = self._setting(names[len(found)] if len(found) < len(names) else "")
            if key not in options or key in found or not options[key].takes(given):
                which = ", ".join(f"{option} = {told.words}" for option, told in options.items())
                raise ExpressionError(f"column {column}: {name} takes settings like these: {which}")
            found[key] = given
        return found

    def _setting(self, by_place: str) -> tuple[str, Setting]:
        """The name of a setting and what it is; a number alone is the next one."""
        sign = -1.0 if self.take("-") else 1.0
        value = self.token.value
        self.position += 1
        if isinstance(value, float):
            return by_place, sign * value
        key, _, text = str(value).partition("=")
        number = typed_number(text)
        return key, text if number is None else number

    def need(self, sign: str, problem: str) -> None:
        if not self.take(sign):
            raise ExpressionError(f"column {self.token.column}: {problem}")

    def end(self) -> None:
        if self.token.value != "end":
            raise ExpressionError(f"column {self.token.column}: an operator is missing, or this is one too many")
