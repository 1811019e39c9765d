"""What a script says of a penalty: what E has of each parameter, and its part of the derivative."""

from collections.abc import Iterator

import numpy as np

from engine.formula.tree import Formula, filled
from engine.formula.written import code
from engine.program.coded import Code, Library
from engine.program.equations import Program
from engine.program.penalty import Penalty
from engine.program.rule import W
from tui.paper.script_names import PythonNames


class PenaltyCode:
    """Writes it.

    Args:
        penalty: of the scenario.
        program: whose parameters it is of.
        library: of the script.
        names: those of the script.
        examples: of the batch.
    """

    def __init__(self, penalty: Penalty, program: Program, library: Library, names: PythonNames, examples: int) -> None:
        self._penalty, self._program, self._library, self._names = penalty, program, library, names
        self._settings = penalty.settings(examples)
        self.name = names.free("E_penalty", "penalty")

    def parts(self) -> list[Code]:
        """What E has of each parameter."""
        return [Code(found) for name in self._program.parameters if (found := self.of(name))] or [Code("0.0")]

    def of(self, name: str) -> str:
        """What E has of a parameter, as one number; empty where it is not penalized."""
        span = self._program.parameters[name]
        at, own = self._penalty.within(span).tolist(), self._names[name]
        if not at:
            return ""
        some = own if len(at) == span.stop - span.start else f"{own}.reshape(-1)[{at!r}]"
        text = self._written(self._penalty.value, some)
        return f"({text}).sum()" if self._program.shapes[name] or some != own else f"({text})"

    def slopes(self, name: str) -> Iterator[Code]:
        """Its terms of the derivative by a parameter."""
        span, shape = self._program.parameters[name], self._program.shapes[name]
        at = self._penalty.within(span)
        which = np.zeros(span.stop - span.start)
        which[at] = 1.0
        mask = "" if which.all() else f" * np.array({which.reshape(shape).tolist()!r})"
        for slope in self._penalty.slopes if len(at) else ():
            text = self._written(slope, self._names[name])
            yield Code(f"{text}{mask}", shape=shape)

    def _written(self, formula: Formula, own: str) -> str:
        return code(
            filled(formula, self._settings), {W: own}.__getitem__, self._library.prefix, library=self._library.name
        )
