"""Formulas of whole arrays as lines of the function that `array_code` writes: each value is computed once."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.formula.tree import Call, Formula, Function, Ref, Symbol
from engine.program.across.rows import ByRow, Rows
from engine.program.elementwise import Elementwise, is_exact, operation
from engine.program.equations import Program


class FormulaLines:
    """Writes them; of the program's value number 3, v3 is the value.

    Args:
        program: whose formulas they are.
        of_graph: whether it is a graph's.

    Attributes:
        lines: what is written so far.
        space: what its names stand for.
        known: by formula the name of its value.
    """

    def __init__(self, program: Program, *, of_graph: bool) -> None:
        self._program, self._of_graph = program, of_graph
        self._numbers = {name: number for number, name in enumerate(program.shapes)}
        self.lines: list[str] = []
        self.space: dict[str, Any] = {}
        self.known: dict[Formula, str] = {}

    def name(self, value: str) -> str:
        """What a value of the program is called."""
        return f"v{self._numbers[value]}"

    def put(self, thing: Any) -> str:
        """The name of what the text cannot hold itself."""
        name = f"c{len(self.space)}"
        self.space[name] = thing
        return name

    def assign(self, text: str) -> str:
        """The name of what a text computes, from here on."""
        name = f"t{len(self.lines)}"
        self.lines.append(f"    {name} = {text}")
        return name

    def value(self, formula: Formula) -> str:
        """The name of a formula's value, which is computed where it has none yet."""
        if isinstance(formula, Ref):
            return self.name(formula.name)
        if formula not in self.known:
            text = self.text(formula)
            self.known[formula] = text if text.isidentifier() else self.assign(text)
        return self.known[formula]

    def text(self, formula: Formula) -> str:
        """How a formula is computed."""
        if isinstance(formula, Ref):
            return self.name(formula.name)
        if not isinstance(formula, Call):
            number = formula.value if isinstance(formula, Symbol) else formula
            return self.put(np.array([number], dtype=np.float64))
        does = operation(formula.function)
        if type(does) is Elementwise and self.meet_alike(formula.arguments):
            text = self._by_element(formula.function, formula.arguments)
            if text is not None:
                return text
        operands = [self.value(argument) for argument in formula.arguments]
        if isinstance(does, Rows | ByRow) and not self._of_graph:  # of vectors, one of each example
            of_rows = does.of_rows if isinstance(does, Rows) else does.joint.outputs_of_rows
            return f"{self.put(of_rows)}({', '.join(operands)})"
        return f"{self.put(does.compute)}(({', '.join(operands)},), R)"

    def meet_alike(self, arguments: Sequence[Formula]) -> bool:
        """Whether operands are numbers of the text, or of one shape, and at least one is no number."""
        shapes = {self._program.shape(argument) for argument in arguments if _number(argument) is None}
        return len(shapes) == 1

    def _by_element(self, function: Function, arguments: Sequence[Formula]) -> str | None:
        """What numpy computes to the last bit as number by number, however few they are; None of anything else."""
        numbers = [_number(argument) for argument in arguments]
        operands = [  # an array of one number is quicker than the number
            self.value(argument) if number is None else self.put(np.array(number))
            for argument, number in zip(arguments, numbers, strict=True)
        ]
        if function.name in _SIGNS:
            return _SIGNS[function.name].format(*operands)
        if function.arrays is not None:
            return f"{self.put(function.arrays)}({', '.join(operands)})"
        if function.formula is not None and is_exact(function, len(arguments)):
            return self.value(function.formula(*arguments))
        return None


_SIGNS = {
    "+": "{0} + {1}",
    "-": "{0} - {1}",
    "*": "{0} * {1}",
    "/": "{0} / {1}",
    "negate": "-{0}",
    "square": "{0} * {0}",
}
"""The functions that numpy's arrays have a sign for."""


def _number(formula: Formula) -> float | None:
    """A number of the text."""
    found = formula.value if isinstance(formula, Symbol) else formula
    return found if isinstance(found, float) else None
