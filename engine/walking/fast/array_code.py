"""The numbers of one iteration as a function of arrays, written from the program for any network, graph and batch.

What `advance` finds out at each row, which equations use a value and which local derivatives come in, is found out
once, and stands in the function as calls of numpy and of the program's own operations. The order of every sum is
theirs.
"""

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.formula.activations import record_of
from engine.formula.arithmetic import ordered_sum, summed_products
from engine.formula.field import REAL
from engine.formula.functions import ADD
from engine.formula.tree import Call, Formula, Function, Ref, Symbol
from engine.program.across.products import MatrixProduct
from engine.program.across.rows import ByRow, Rows
from engine.program.chain_rule import added, of_ways
from engine.program.elementwise import Elementwise, is_exact, operation
from engine.program.equations import Equation, Turn
from engine.program.operations import Shape
from engine.program.scenario import Scenario
from engine.program.steps import Row, Steps
from engine.walking.fast.array_calls import Known, error_of, joined, mean_of, outer_sum, total

Array = NDArray[np.float64]

_CALLED = (ordered_sum, summed_products, added, of_ways, outer_sum, mean_of, joined, total, Known)

ONE = "1.0"
"""The derivative of E by a term of it, as long as nothing asks for its shape."""


class ArrayWriter:
    """Writes the function `numbers(given, count)`; of the program's value number 3, v3 is the value, d3 dE/d(it).

    It fills the gradients that it was given, and returns E without its penalty, and a sum of all that must be finite.

    Args:
        scenario: whose iteration it is.
        steps: its rows.
        theta: the parameters, which are read where they stand.
        gradients: where dE/dθ goes.
        updated: called at the rows of new parameters, with the row's span, where layers are updated one by one.
    """

    def __init__(
        self,
        scenario: Scenario,
        steps: Steps,
        theta: Array,
        gradients: Array,
        updated: Callable[[slice], None] | None = None,
    ) -> None:
        self._scenario, self._steps, self._program = scenario, steps, steps.program
        self._gradients, self._updated = gradients, updated
        self._mean = scenario.training.reduction == "mean"
        self._numbers = {name: number for number, name in enumerate(self._program.shapes)}
        self._space: dict[str, Any] = {
            **{function.__name__: function for function in _CALLED},
            **{"np": np, "R": REAL, "penalized": self._penalized, "updated": updated},
        }
        self._lines: list[str] = []
        self._values: dict[Formula, str] = {}
        self._slopes: dict[str, str] = {}
        self._watched: list[str] = []
        self._corrected: set[str] = set()
        for name, span in self._program.parameters.items():
            shape = self._program.shapes[name]
            self._space[self._name(name)] = theta[span].reshape(1, *shape)
            self._space[f"flat{self._name(name)}"] = theta[span].reshape(shape if len(shape) == 2 else (1, -1))
            self._space[f"g{self._name(name)}"] = gradients[span].reshape(shape)
        for name, array in self._program.constants.items():
            self._space[self._name(name)] = array

    def function(self) -> Callable[[Sequence[Array], int], tuple[float, float]]:
        """The function."""
        self._lines += [f"    ({''.join(f'{self._name(name)}, ' for name in self._program.given)}) = given"]
        for number, row in enumerate(self._steps.rows):
            if row.phase == "forward":
                self._forward(row)
            elif row.phase == "error":
                self._error(row, number)
            elif row.quantity == "dE/dw":
                self._parameters(row, number)
            elif row.phase == "backward":
                self._back(row)
            else:
                self._corrections(row)
            if row.phase == "update" and self._updated is not None:
                self._lines.append(f"    updated({self._put(self._steps.span(row))})")
        seen = " + ".join(f"total({name})" for name in dict.fromkeys(self._watched)) or "0.0"
        text = ["def numbers(given, count):", *self._lines, f"    return E, {seen}"]
        exec("\n".join(text), self._space)  # our own text: nothing of a file is in it
        made: Callable[[Sequence[Array], int], tuple[float, float]] = self._space["numbers"]
        return made

    # Names

    def _name(self, value: str) -> str:
        return f"v{self._numbers[value]}"

    def _put(self, thing: Any) -> str:
        """The name of what the text cannot hold itself."""
        name = f"c{len(self._space)}"
        self._space[name] = thing
        return name

    def _assign(self, text: str) -> str:
        name = f"t{len(self._lines)}"
        self._lines.append(f"    {name} = {text}")
        return name

    # Forward

    def _forward(self, row: Row) -> None:
        for name in row.values:
            if name in self._program.equation:
                self._equation(self._program.equation[name])
            if self._steps.of_graph or row.quantity == "x" or name in self._program.outputs:
                self._watched.append(self._name(name))  # of layers what comes after any other is not finite either

    def _equation(self, equation: Equation) -> None:
        name = self._name(equation.target)
        form = equation.form
        record = record_of(form.function) if isinstance(form, Call) else None
        if record is not None and record.arrays is not None and isinstance(form, Call):
            slopes = self._slopes[equation.target] = f"s{name}"
            self._lines.append(f"    {name}, {slopes} = {self._put(record.arrays)}({self._value(form.arguments[0])})")
        elif (product := self._dense(form)) is not None:
            self._lines.append(f"    {name} = {product}")
            if isinstance(form, Call) and form.function is ADD:
                bias = form.arguments[1]
                assert isinstance(bias, Ref)
                self._lines.append(f"    np.add({name}, flat{self._name(bias.name)}, out={name})")
        else:
            self._lines.append(f"    {name} = {self._text(form)}")
        if isinstance(equation.formula, Call):
            self._values[equation.formula] = name

    def _dense(self, formula: Formula) -> str | None:
        """What W·y is of each example, where that is all that a layer's x is but for its biases."""
        call = formula.arguments[0] if isinstance(formula, Call) and formula.function is ADD else formula
        if (
            self._steps.of_graph
            or not isinstance(call, Call)
            or not isinstance(operation(call.function), MatrixProduct)
        ):
            return None
        weights, y = call.arguments
        assert isinstance(weights, Ref)
        return f"summed_products({self._value(y)}.T, flat{self._name(weights.name)}.T)"

    def _value(self, formula: Formula) -> str:
        """The name of a formula's value, which is computed where it has none yet."""
        if isinstance(formula, Ref):
            return self._name(formula.name)
        if formula not in self._values:
            self._values[formula] = self._assign(self._text(formula))
        return self._values[formula]

    def _text(self, formula: Formula) -> str:
        """How a formula is computed."""
        if isinstance(formula, Ref):
            return self._name(formula.name)
        if not isinstance(formula, Call):
            number = formula.value if isinstance(formula, Symbol) else formula
            return self._put(np.array([number], dtype=np.float64))
        does = operation(formula.function)
        if type(does) is Elementwise and self._meet_alike(formula.arguments):
            text = self._by_element(formula.function, formula.arguments)
            if text is not None:
                return text
        operands = [self._value(argument) for argument in formula.arguments]
        if isinstance(does, Rows | ByRow) and not self._steps.of_graph:  # of vectors, one of each example
            of_rows = does.of_rows if isinstance(does, Rows) else does.joint.outputs_of_rows
            return f"{self._put(of_rows)}({', '.join(operands)})"
        return f"{self._put(does.compute)}(({', '.join(operands)},), R)"

    def _meet_alike(self, arguments: Sequence[Formula]) -> bool:
        """Whether operands are numbers of the text, or of one shape, and at least one is no number."""
        shapes = {self._program.shape(argument) for argument in arguments if _number(argument) is None}
        return len(shapes) == 1

    def _by_element(self, function: Function, arguments: Sequence[Formula]) -> str | None:
        """What numpy computes to the last bit as number by number, however few they are; None of anything else."""
        numbers = [_number(argument) for argument in arguments]
        operands = [
            self._value(argument) if number is None else f"({number!r})" if isfinite(number) else self._put(number)
            for argument, number in zip(arguments, numbers, strict=True)
        ]
        if function.name in _SIGNS:
            return _SIGNS[function.name].format(*operands)
        if function.arrays is not None:
            return f"{self._put(function.arrays)}({', '.join(operands)})"
        if function.formula is not None and is_exact(function, len(arguments)):
            return self._text(function.formula(*arguments))
        return None

    def _error(self, row: Row, number: int) -> None:
        """E of the batch, as `advance` has it."""
        for name in row.values:
            if self._steps.forward[name][0] >= number:
                self._equation(self._program.equation[name])
        terms = ", ".join(map(self._name, row.values))
        self._lines.append(f"    E = {self._put(error_of)}(({terms},), count)")
        if self._mean:
            self._lines.append("    E = E / count")

    # Backward

    def _back(self, row: Row) -> None:
        (value,) = row.values
        if row.quantity == "dE/dy" and value in self._program.passed:
            return  # nothing uses it
        name = f"d{self._name(value)}"
        direct = self._program.direct.get(value)
        if direct is not None and self._scenario.targets is not None:
            self._lines.append(f"    {name} = {self._direct(direct)}")
        else:
            parts = [self._whole(ONE, value)] if value in self._program.errors else []
            parts += [self._pulled(use, value) for use in self._program.consumers[value]]
            shared = value in self._program.shared
            if not parts:
                self._lines.append(f"    {name} = np.zeros_like({self._name(value)})")
            elif len(parts) == 1 and not shared:
                self._lines.append(f"    {name} = {parts[0]}")
            else:
                self._lines.append(f"    {name} = joined([{', '.join(parts)}], {shared})")
        if self._steps.of_graph:
            self._watched.append(name)

    def _direct(self, formula: Formula) -> str:
        """dE/dx where loss and activation cancel; what targets sum to is asked once."""
        targets = self._scenario.targets
        fused = None if self._steps.of_graph else self._scenario.layered.fused(self._scenario.layered.depth)
        if fused is None or targets is None or fused.sums(targets) or not isinstance(formula, Call):
            return self._text(formula)
        return f"{self._put(fused.slopes_of_shares)}({', '.join(map(self._value, formula.arguments))})"

    def _adjoint(self, target: str) -> str:
        """The derivative of an example's E by what an equation makes."""
        return f"d{self._name(target)}" if target in self._steps.backward or target in self._corrected else ONE

    def _whole(self, adjoint: str, target: str) -> str:
        """The same as an array."""
        if adjoint != ONE:
            return adjoint
        number = " * count" if target in self._program.shared else ""
        return f"np.ones_like({self._name(target)}){number}"

    def _pulled(self, use: Equation, name: str, *, summed: bool = False) -> str:
        """What comes back to a value through an equation; `summed` as in `pulled`."""
        ways = self._program.ways(use).get(name, ())
        parts = []
        for way in ways:
            turns = [turn for turn in way if not turn.passes]
            part = self._adjoint(use.target)
            if len(turns) != 1 or not self._is_product(turns[0]) or use.target in self._program.shared:
                part = self._whole(part, use.target)
            for turn in turns:
                part = self._pull(turn, part, last=summed and len(ways) == 1 and turn is way[-1])
            parts.append(part)
        if not parts:  # all its uses stand where nothing is differentiated
            return f"np.zeros((len({self._name(name)}), *{self._program.shapes[name]}))"
        return parts[0] if len(parts) == 1 else f"of_ways([{', '.join(parts)}])"

    def _pull(self, turn: Turn, part: str, *, last: bool) -> str:
        local = self._local(turn)
        if self._is_product(turn):
            return self._assign(local if part == ONE else f"{local} * {part}")
        does = turn.does
        weights = turn.call.arguments[0]
        if isinstance(does, MatrixProduct) and turn.place == 1 and not self._steps.of_graph:
            assert isinstance(weights, Ref)
            return self._assign(f"summed_products({part}.T, flat{self._name(weights.name)})")
        pull = self._put(does.pull_sum if last else does.pull)
        return self._assign(f"{pull}({turn.place}, {self._shapes(turn.shapes)}, {local}, {part})")

    def _is_product(self, turn: Turn) -> bool:
        """Whether what comes back is but multiplied with slopes, one for each element."""
        if not isinstance(turn.does, Elementwise) or turn.does.shape(turn.shapes) != turn.shapes[turn.place]:
            return False
        return turn.target in self._slopes or not isinstance(turn.does.local_formula(turn.place, turn.call), float)

    def _local(self, turn: Turn) -> str:
        """The local derivatives at a turn."""
        if turn.target in self._slopes:
            return self._slopes[turn.target]
        if type(turn.does) is Elementwise and self._meet_alike(turn.call.arguments) and self._is_product(turn):
            return self._value(turn.does.local_formula(turn.place, turn.call))
        if isinstance(turn.does, MatrixProduct):
            return self._value(turn.call.arguments[1 - turn.place])
        operands = ", ".join(map(self._value, turn.call.arguments))
        result = self._name(turn.target) if turn.target else self._value(turn.call)
        known = f"Known({self._shapes(turn.shapes)}, ({operands},), {result})"
        return self._assign(f"{self._put(turn.does.local)}({turn.place}, {known}, R)")

    @staticmethod
    def _shapes(shapes: Sequence[Shape]) -> str:
        return repr(tuple(shapes))

    # Parameters

    def _parameters(self, row: Row, number: int) -> None:
        """dE/dw where all uses are passed: what comes before is not looked at."""
        names = [name for name in row.values if self._steps.derivatives[name][-1][0] == number]
        single = [name for name in names if len(self._program.consumers[name]) == 1]
        for name in names:
            if name in single:
                self._only_use(name)
            else:
                over = "/ count" if self._mean else ""
                uses = (self._pulled(use, name, summed=True) for use in self._program.consumers[name])
                parts = ", ".join(f"ordered_sum({part}) {over}" for part in uses)
                self._lines.append(f"    g{self._name(name)}[...] = added([{parts}])")
        if single == list(row.values):
            self._reduce(self._put(self._gradients[self._steps.span(row)]))
        else:
            for name in single:
                self._reduce(self._put(self._gradients[self._program.parameters[name]]))
        if names and self._scenario.training.penalty is not None:
            for name in names:
                self._lines.append(f"    penalized({name!r}, count)")

    def _corrections(self, row: Row) -> None:
        """What a learning rule takes of parameters: differences to targets stand in the place of dE/dx."""
        rule = self._scenario.training.learning_rule
        if rule is None:
            return
        (use,) = self._program.consumers[row.values[0]]
        self._corrected.add(use.target)
        self._lines.append(f"    d{self._name(use.target)} = {self._text(rule.of_layer)}")
        for name in row.values:
            self._only_use(name)
        self._reduce(self._put(self._gradients[self._steps.span(row)]))

    def _only_use(self, name: str) -> None:
        """The sum over the examples."""
        (use,) = self._program.consumers[name]
        gradient, shape = f"g{self._name(name)}", self._program.shapes[name]
        if len(shape) == 2 and self._dense(use.form) is not None:
            ((way,),) = [self._program.ways(use)[name]]
            y = self._value(way[-1].call.arguments[1])
            self._lines.append(f"    outer_sum({self._adjoint(use.target)}, {y}, {gradient})")
        else:
            self._lines.append(f"    {gradient}[...] = ordered_sum({self._pulled(use, name, summed=True)})")

    def _reduce(self, gradient: str) -> None:
        """The mean, and no −0."""
        if self._mean:
            self._lines.append(f"    mean_of({gradient}, count)")
        else:
            self._lines.append(f"    if count == 1: np.add({gradient}, 0.0, out={gradient})")

    def _penalized(self, name: str, count: int) -> None:
        """Adds what a parameter's derivative has of the penalty."""
        penalty, span = self._scenario.training.penalty, self._program.parameters[name]
        assert penalty is not None
        at = penalty.within(span)
        if len(at):
            theta = self._space[self._name(name)].ravel()
            self._gradients[span][at] += penalty.slope_of_array(theta[at], count)


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
