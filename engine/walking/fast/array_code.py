"""The numbers of one iteration as a function of arrays, written from the program for any network, graph and batch.

What `advance` finds out at each row, which equations use a value and which local derivatives come in, is found out
once, and stands in the function as calls of numpy and of the program's own operations. The order of every sum is
theirs.
"""

from collections.abc import Callable, Sequence
from math import prod

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.formula import exact
from engine.formula.activations import record_of
from engine.formula.arithmetic import add_up, summed_products
from engine.formula.field import REAL
from engine.formula.functions import ADD
from engine.formula.tree import Call, Formula, Ref
from engine.program.across.products import MatrixProduct
from engine.program.across.rows import Rows
from engine.program.chain_rule import added, of_ways
from engine.program.elementwise import Elementwise, operation
from engine.program.equations import Equation, Turn
from engine.program.operations import Shape
from engine.program.scenario import Scenario
from engine.program.steps import Row, Steps
from engine.walking.fast.array_calls import Known, error_of, in_order, joined, total
from engine.walking.fast.array_formulas import FormulaLines
from engine.walking.fast.array_products import Products, Weights

Array = NDArray[np.float64]

_CALLED = (summed_products, add_up, added, of_ways, error_of, joined, total, Known)

ONE = "1.0"
"""The derivative of E by a term of it, as long as nothing asks for its shape."""


class Numbers(Struct, frozen=True, eq=False):
    """What is written.

    Attributes:
        function: of what the examples give E without its penalty, and a sum of all that must be finite.
        turned: which of what they give it wants turned too, behind all of them.
    """

    function: Callable[[Sequence[Array]], tuple[float, float]]
    turned: list[int]


class ArrayWriter:
    """Writes the function `numbers(given)`; of the program's value number 3, v3 is the value, d3 dE/d(it).

    It fills the gradients that it was given.

    Args:
        scenario: whose iteration it is.
        steps: its rows.
        theta: the parameters, which are read where they stand.
        gradients: where dE/dθ goes.
        count: the number of examples.
        updated: called at the rows of new parameters, with the row's span, where layers are updated one by one.
    """

    def __init__(
        self,
        scenario: Scenario,
        steps: Steps,
        theta: Array,
        gradients: Array,
        count: int,
        updated: Callable[[slice], None] | None = None,
    ) -> None:
        self._scenario, self._steps, self._program = scenario, steps, steps.program
        self._gradients, self._updated = gradients, updated
        self._mean = scenario.training.reduction == "mean"
        formulas = self._formulas = FormulaLines(self._program, of_graph=steps.of_graph)
        self._lines, self._space = formulas.lines, formulas.space
        self._name, self._put, self._assign, self._value = formulas.name, formulas.put, formulas.assign, formulas.value
        self._space |= {function.__name__: function for function in _CALLED}
        self._space |= {"np": np, "einsum": exact.einsum, "ordered_sum": in_order, "R": REAL, "count": count}
        self._space |= {"penalized": self._penalized, "updated": updated}
        self._given = [self._name(name) for name in self._program.given]
        self._products, self._count = Products(self._lines, self._put, count, self._given), count
        self._fused = None if steps.of_graph else scenario.layered.fused(scenario.layered.depth)
        self._made: set[str] = set()
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

    def function(self) -> Numbers:
        """The function."""
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
        turned = self._products.given_turned
        begin = f"    ({''.join(f'{name}, ' for name in (*self._given, *(f'{name}c' for name in turned)))}) = given"
        text = ["def numbers(given):", begin, *self._lines, *self._seen(), "    return E, seen"]
        exec("\n".join(text), self._space)  # our own text: nothing of a file is in it
        return Numbers(self._space["numbers"], [self._given.index(name) for name in turned])

    def _seen(self) -> list[str]:
        """Lines that add up all that is watched: a sum of thousands of terms in one line Python cannot compile."""
        totals = [f"total({name})" for name in dict.fromkeys(self._watched)]
        return ["    seen = 0.0", *(f"    seen += {total}" for total in totals)]

    # Forward

    def _forward(self, row: Row) -> None:
        for name in row.values:
            if name in self._program.equation:
                self._equation(self._program.equation[name])
            if self._steps.of_graph or row.quantity == "x" or name in self._program.outputs:
                # of layers what comes after any other is not finite either
                self._watched.append(self._products.as_it_lies(self._name(name)))

    def _equation(self, equation: Equation) -> None:
        name, form = self._name(equation.target), equation.form
        record = record_of(form.function) if isinstance(form, Call) else None
        if equation.target in self._made:
            pass
        elif record is not None and record.arrays is not None and isinstance(form, Call):
            slopes = self._slopes[equation.target] = f"s{name}"
            self._lines.append(f"    {name}, {slopes} = {self._put(record.arrays)}({self._value(form.arguments[0])})")
        elif (layer := self._layer(form)) is not None:
            y, weights, bias = layer
            self._products.of_layer(
                name, self._value(y), self._weights(weights), None if bias is None else self._flat(bias)
            )
        elif (together := self._with_errors(equation)) is not None:
            self._lines.append(together)
        else:
            self._lines.append(f"    {name} = {self._formulas.text(form)}")
        if isinstance(equation.formula, Call):
            self._formulas.known[equation.formula] = name

    def _layer(self, formula: Formula) -> tuple[Formula, Ref, Ref | None] | None:
        """y, weights and biases, if a formula is what a layer makes of them."""
        call, bias = formula, None
        if isinstance(formula, Call) and formula.function is ADD:
            call, bias = formula.arguments
        if (
            self._steps.of_graph
            or not isinstance(call, Call)
            or not isinstance(operation(call.function), MatrixProduct)
        ):
            return None
        weights, y = call.arguments
        assert isinstance(weights, Ref)
        assert bias is None or isinstance(bias, Ref)
        return y, weights, bias

    def _flat(self, parameter: Ref) -> str:
        """A parameter without an axis for the examples."""
        return f"flat{self._name(parameter.name)}"

    def _weights(self, parameter: Ref) -> Weights:
        return self._flat(parameter), self._program.shapes[parameter.name]

    def _with_errors(self, equation: Equation) -> str | None:
        """The last layer's outputs and the parts in E at once, where there is a way to have both."""
        fused = self._fused
        if fused is None or fused.of_rows.together is None or equation.target not in self._program.outputs:
            return None
        (error,) = self._program.errors
        form = self._program.equation[error].form
        assert isinstance(form, Call)
        if not isinstance(operation(form.function), Rows):  # behind the weights of examples
            return None
        self._made.add(error)
        made = f"{self._name(equation.target)}, {self._name(error)}"
        return f"    {made} = {self._put(fused.outputs_and_parts)}({', '.join(map(self._value, form.arguments))})"

    def _error(self, row: Row, number: int) -> None:
        """E of the batch, as `advance` has it."""
        for name in row.values:
            if self._steps.forward[name][0] >= number:
                self._equation(self._program.equation[name])
        terms = [self._terms(name) for name in row.values]
        of_all = terms[0] if len(terms) == 1 else f"np.concatenate(({', '.join(terms)}), axis=1)"
        self._lines.append(f"    E = error_of({of_all})")
        if self._mean:
            self._lines.append("    E = E / count")

    def _terms(self, name: str) -> str:
        """What is a part of E: a row for each example."""
        text, width = self._name(name), prod(self._program.shapes[name])
        if len(self._program.shapes[name]) != 1:
            text = f"{text}.reshape(len({text}), {width})"
        return f"np.broadcast_to({text}, (count, {width}))" if name in self._program.shared else text

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
        targets, fused = self._scenario.targets, self._fused
        if fused is None or targets is None or not isinstance(formula, Call) or fused.of_classes:
            return self._formulas.text(formula)
        if fused.sums(targets) or not isinstance(operation(formula.function), Rows):  # behind the weights of examples
            return self._formulas.text(formula)
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
            return self._products.back(f"t{len(self._lines)}", part, self._weights(weights))
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
        if type(turn.does) is Elementwise and self._formulas.meet_alike(turn.call.arguments) and self._is_product(turn):
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
        self._lines.append(f"    d{self._name(use.target)} = {self._formulas.text(rule.of_layer)}")
        for name in row.values:
            self._only_use(name)
        self._reduce(self._put(self._gradients[self._steps.span(row)]))

    def _only_use(self, name: str) -> None:
        """The sum over the examples."""
        (use,) = self._program.consumers[name]
        gradient, shape = f"g{self._name(name)}", self._program.shapes[name]
        if len(shape) == 2 and self._layer(use.form) is not None:
            ((way,),) = [self._program.ways(use)[name]]
            y = self._value(way[-1].call.arguments[1])
            self._products.of_examples(self._adjoint(use.target), y, (gradient, shape))
            return
        part = self._pulled(use, name, summed=True)
        if part == self._adjoint(use.target) and len(shape) == 1 and shape == self._program.shapes[use.target]:
            self._products.sum_of_examples(part, shape[0], gradient)
        else:
            self._lines.append(f"    {gradient}[...] = ordered_sum({part})")

    def _reduce(self, gradient: str) -> None:
        """The mean, and no −0."""
        if self._count == 1:
            self._lines.append(f"    np.add({gradient}, 0.0, out={gradient})")
        elif self._mean and self._count & (self._count - 1):
            self._lines.append(f"    np.divide({gradient}, {self._put(np.array(float(self._count)))}, out={gradient})")
        elif self._mean:  # by a power of 2 a product is the same to the last bit, and quicker
            self._lines.append(f"    np.multiply({gradient}, {self._put(np.array(1 / self._count))}, out={gradient})")

    def _penalized(self, name: str, count: int) -> None:
        """Adds what a parameter's derivative has of the penalty."""
        penalty, span = self._scenario.training.penalty, self._program.parameters[name]
        assert penalty is not None
        at = penalty.within(span)
        if len(at):
            theta = self._space[self._name(name)].ravel()
            self._gradients[span][at] += penalty.slope_of_array(theta[at], count)
