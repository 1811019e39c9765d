"""Whole iterations of a small network as straight-line Python, for running on and for replays.

For a handful of nodes nearly all of numpy's time is spent on calls, so the iteration is written out as one function of
local variables: from the same equations, by the same chain rule and in the same order of arithmetic as stepping, to
which a test proves it equal to the last bit. It does what is small; all else is left to `advance`, as is whatever is
not finite.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from math import prod
from typing import Any

from engine.formula.calculus import value_of
from engine.formula.field import REAL
from engine.formula.tree import Call, Formula, Function, Leaf, Operand, Ref, Symbol, filled, leaves
from engine.formula.written import code
from engine.program.across.rows import Rows
from engine.program.batches import batch_of
from engine.program.chain_rule import partials
from engine.program.elementwise import operation
from engine.program.equations import Equation
from engine.program.rule import RATE, TIME, W
from engine.program.scenario import Scenario
from engine.program.steps import Row, Steps
from engine.walking.fast.penalties import PenaltyTerms
from engine.walking.fast.rules import ONCE, largest_once, of_rule

LARGEST = 400
"""Parameters above which numpy is the faster way."""

Run = Callable[[list[float], int, int, float, list[float]], tuple[list[float], int]]
"""(θ and the optimizer's memory, first, last, below, errors) → (the same later, k): iterations first … k − 1 done,
their E appended to `errors`. It ends before `last` after an E below the bound, or before an iteration that may not be
finite."""


def straight_run(scenario: Scenario) -> Run | None:
    """The scenario's iterations as one function, or None where `advance` has to do them."""
    training = scenario.training
    if len(scenario.theta) > LARGEST or (training.immediate and training.batch > 1):
        return None
    writer = Writer(scenario)
    outputs = [one for one in writer.program.equations if writer.program.names[one.target][0] == "y"]
    return writer.run() if all(one.by_element for one in outputs) else None


def _batches(scenario: Scenario) -> Callable[[int], list[tuple[list[float], list[float]]]]:
    inputs = scenario.inputs.tolist()
    targets = (
        [[0.0] * len(scenario.network.targets)] * len(inputs) if scenario.targets is None else scenario.targets.tolist()
    )
    examples = list(zip(inputs, targets, strict=True))
    if len(examples) == 1:
        return lambda _: examples
    return lambda k: [examples[example] for example in batch_of(scenario, k)]


class Writer:
    """Writes the function.

    Its names: w3 is θ[3], g3 its derivative, w3_new its new value, m3 and m3_new what the optimizer remembers of it.
    v2_0 is element 0 of the program's value number 2, d2_0 the derivative by it. p2_3 is what the equation of value 2
    gives to g3, where several use θ[3].
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.steps = Steps(scenario.network, scenario.training)
        self.program = self.steps.program
        self.shapes = dict(self.program.shapes)
        self.numbers = {name: number for number, name in enumerate(self.program.shapes)}
        self.optimizer, self.clip = scenario.training.optimizer, scenario.training.clip
        self.single = scenario.training.batch == 1
        self.parameters = range(len(scenario.theta))
        self.updated: set[int] = set()
        self.together = [] if self.clip is None else [group.tolist() for group in self.steps.together(self.clip)]
        self.norms: set[int] = set()
        self.space: dict[str, Any] = {"R": REAL, "batch": _batches(scenario), "rate": scenario.training.learning_rate}
        self.space["rate_at"] = scenario.training.rate
        self.space |= {name: getattr(REAL, name) for name in type(REAL).__struct_fields__}
        self.space["exp"] = math.exp  # quicker, as it may raise here
        penalty = scenario.training.penalty
        self.penalty = None if penalty is None else PenaltyTerms(penalty, self._called, single=self.single)

    def run(self) -> Run:
        """The function."""
        exec("\n".join(self.lines()), self.space)  # our own text: nothing of a file is in it
        made: Run = self.space["run"]
        return made

    def lines(self) -> Iterator[str]:
        """Its text."""
        packed = "".join(f"{letter}{i}, " for letter in ("w", *self.optimizer.slots) for i in self.parameters)
        yield "def run(packed, first, last, below, errors):"
        yield f"    {packed} = packed"
        yield from (f"    {line}" for line in self._once())
        yield "    for k in range(first, last):"
        if self.scenario.training.schedule is not None:
            yield "        rate = rate_at(k)"
        yield "        try:"
        yield from (f"            {line}" for line in (self._single() if self.single else self._batch()))
        yield "        except ArithmeticError:"  # Python raises for some of what is not finite; `advance` does not
        yield f"            return [{packed}], k"
        # one sum is not finite if any of its terms is not: then `advance` looks closer
        yield f"        if ({' + '.join(self._checked())}) * 0.0 != 0.0:"
        yield f"            return [{packed}], k"
        for i in self._trained():
            yield from (f"        {letter}{i} = {letter}{i}_new" for letter in ("w", *self.optimizer.slots))
        yield "        errors.append(E)"
        yield "        if E < below:"
        yield f"            return [{packed}], k + 1"
        yield f"    return [{packed}], last"

    def _trained(self) -> list[int]:
        return [i for i in self.parameters if i not in self.scenario.training.frozen]

    def _checked(self) -> Iterator[str]:
        yield from self._watched() if self.single else ["seen"]
        yield "E"
        yield from (f"norm_{at}" for at in range(len(self.together)))
        for i in self.parameters:
            if i in self.scenario.training.frozen:
                yield f"g{i}"
            else:
                yield from (f"{letter}{i}_new" for letter in ("w", *self.optimizer.slots))

    def _watched(self) -> list[str]:
        """The numbers of the way forward that may leave the finite ones without any later one doing so."""
        values = [row.values[0] for row in self.steps.rows if row.quantity == "x"]
        return [self._name(Ref(value, item)) for value in values for item in self._items(value)]

    # Names

    def _items(self, value: str) -> range:
        return range(prod(self.shapes[value]))

    def _name(self, leaf: Leaf) -> str:
        assert isinstance(leaf, Ref)
        if leaf.name in self.program.parameters:
            index = self._index(leaf)
            return f"w{index}_new" if index in self.updated else f"w{index}"
        return f"v{self.numbers[leaf.name]}_{leaf.item or 0}"

    def _index(self, leaf: Ref) -> int:
        """Where in θ an element of a parameter stands."""
        start: int = self.program.parameters[leaf.name].start
        return start + (leaf.item or 0)

    def _derivative(self, value: str, item: int) -> str:
        return f"d{self.numbers[value]}_{item}"

    def _slot(self, equation: Equation, leaf: Ref) -> str:
        """What an equation gives to the derivative by an element of a parameter."""
        several = len(self.program.consumers[leaf.name]) > 1
        return f"p{self.numbers[equation.target]}_{self._index(leaf)}" if several else f"g{self._index(leaf)}"

    def _called(self, function: Function) -> str:
        """The name under which a function that is not written out is called."""
        name = "f_" + "".join(letter if letter.isalnum() else "_" for letter in function.name)
        while name in self.space and self.space[name] is not value_of(function):
            name += "_"  # another function with other settings
        self.space[name] = value_of(function)
        return name

    def _code(self, formula: Formula) -> str:
        return code(formula, self._name, call=self._called)

    def _elements(self, value: str) -> str:
        return "".join(f"{self._name(Ref(value, item))}, " for item in self._items(value))

    # The iteration

    def _single(self) -> Iterator[str]:
        """One example: every gradient is its own; updates may come right after them."""
        if len(self.scenario.inputs) > 1:
            yield "(inputs, targets), = batch(k)"
            yield from self._given()
        yield from self._example()
        yield "E = e + 0.0"
        if self.penalty is not None:
            yield f"E = E + ({self.penalty.value()})"
        yield from self._shared()
        for row in self.steps.rows:
            if row.phase == "backward":
                yield from self._backward(row)
                yield from self._slopes_of_penalty(row)
            elif row.phase == "update":
                yield from self._corrections(row)
                yield from self._update(row)
                if self.scenario.training.immediate:
                    self.updated |= set(self._indices(row)) - self.scenario.training.frozen

    def _batch(self) -> Iterator[str]:
        """Several examples: gradients are added up one after the other."""
        slots = [
            self._slot(equation, Ref(name, item))
            for name in self.program.parameters
            for equation in self.program.consumers[name]
            for item in self._items(name)
        ]
        yield "examples = batch(k)"
        yield "E = seen = " + " = ".join(slots) + " = 0.0"
        yield "for inputs, targets in examples:"
        inner = [*self._given(), *self._example(), "E = E + (e + 0.0)"]
        backward = [row for row in self.steps.rows if row.phase == "backward"]
        for row in backward:
            inner += self._backward(row)
        for row in self.steps.rows:
            inner += self._corrections(row) if row.phase == "update" else ()
        inner.append(f"seen = seen + {' + '.join(self._watched())}")
        yield from (f"    {line}" for line in inner)
        yield "count = len(examples)"
        if self.scenario.training.reduction == "mean":
            yield "E = E / count"
            yield from (f"{slot} = {slot} / count" for slot in slots)
        if self.penalty is not None:
            yield f"E = E + ({self.penalty.value()})"
        for row in backward:
            yield from self._sums_over_uses(row)
            yield from self._slopes_of_penalty(row)
        yield from self._shared()
        for row in self.steps.rows:
            if row.phase == "update":
                yield from self._update(row)

    def _example(self) -> Iterator[str]:
        """The way forward with one example, to e, its error before it is added up."""
        for equation in self.program.equations:
            yield from self._forward(equation)
        yield "e = " + " + ".join(
            self._name(Ref(error, j)) for error in self.program.errors for j in self._items(error)
        )

    def _given(self) -> Iterator[str]:
        """What the example gives."""
        for of in ("inputs", "targets"):
            given = ((at.columns, name) for name, at in self.program.given.items() if at.of == of)
            columns = {
                column: self._name(Ref(name, item)) for places, name in given for item, column in enumerate(places)
            }
            if columns:
                yield "".join(f"{columns[column]}, " for column in sorted(columns)) + f"= {of}"

    def _once(self) -> Iterator[str]:
        """What is the same for all iterations: constants, and the only example."""
        if self.single and len(self.scenario.inputs) == 1:
            yield "(inputs, targets), = batch(0)"
            yield from self._given()
        for name, array in self.program.constants.items():
            for item, number in enumerate(array.ravel().tolist()):
                yield f"{self._name(Ref(name, item))} = {number!r}"

    def _forward(self, equation: Equation) -> Iterator[str]:
        formula = equation.formula if equation.stable is None else equation.stable
        if isinstance(formula, Call) and isinstance(operation(formula.function), Rows):
            yield f"{self._elements(equation.target)}= {self._row_call(formula)}"
            return
        for item in self._items(equation.target):
            yield from self._element(Ref(equation.target, item), self.program.element(formula, item))

    def _element(self, target: Ref, element: Formula) -> Iterator[str]:
        """One number of the way forward."""
        lines = element.function.lines if isinstance(element, Call) else None
        if lines is not None and isinstance(element, Call):
            x = self._code(element.arguments[0])
            yield from (line.format(x=x, y=self._name(target)) for line in lines.value)
        else:
            yield f"{self._name(target)} = {self._code(element)}"

    def _row_call(self, formula: Call) -> str:
        """A function of whole rows."""
        does = operation(formula.function)
        assert isinstance(does, Rows)
        name = "rows_" + "".join(letter if letter.isalnum() else "_" for letter in formula.function.name)
        self.space[name] = does.value
        rows = (f"[{self._elements(leaf.name)}]" for leaf in leaves(formula) if isinstance(leaf, Ref))
        return f"{name}({', '.join(rows)}, R)"

    def _backward(self, row: Row) -> Iterator[str]:
        if row.quantity == "dE/dw":
            yield from self._gradients(row)
            return
        (value,) = row.values
        if value in self.program.direct and self.scenario.targets is not None:
            direct = self.program.direct[value]
            assert isinstance(direct, Call)
            yield "".join(f"{self._derivative(value, i)}, " for i in self._items(value)) + f"= {self._row_call(direct)}"
            return
        for item in self._items(value):
            parts = [self._part(equation, Ref(value, item)) for equation in self.program.consumers[value]]
            yield f"{self._derivative(value, item)} = {parts[0] if len(parts) == 1 else ' + '.join(parts) + ' + 0.0'}"

    def _part(self, equation: Equation, leaf: Ref) -> str:
        """The part of a derivative that comes back through an equation."""
        terms = []
        for item, slope in partials(self.program, equation, leaf).items():
            back = "" if self.program.is_part_of_error(equation.target) else self._derivative(equation.target, item)
            terms.append(self._times(self._slope(equation, item, slope), back))
        return " + ".join(terms) + (" + 0.0" if self.program.sums(equation, leaf.name) else "")

    def _slope(self, equation: Equation, item: int, slope: Formula) -> str:
        """A local derivative, from what the way forward left where it left something."""
        element = self.program.element(equation.formula, item) if isinstance(equation.formula, Call) else None
        lines = element.function.lines if isinstance(element, Call) else None
        if lines is not None:
            return lines.slope.format(y=self._name(Ref(equation.target, item)))
        return "" if slope == 1.0 else self._code(slope)

    @staticmethod
    def _times(slope: str, back: str) -> str:
        if not slope or not back:
            return slope or back or "1.0"
        return slope if back == "1.0" else f"{slope} * {back}"

    def _gradients(self, row: Row) -> Iterator[str]:
        """One example's part of dE/dw in a layer."""
        equation = self.program.equation[f"x{row.layer}"]
        for name in row.values:
            for item in self._items(name):
                slot, part = self._slot(equation, Ref(name, item)), self._part(equation, Ref(name, item))
                yield f"{slot} = {part} + 0.0" if self.single else f"{slot} = {slot} + ({part})"
        if self.single:
            yield from self._sums_over_uses(row)

    def _corrections(self, row: Row) -> Iterator[str]:
        """What a learning rule takes in the place of derivatives: the difference to the target is that of dE/dx."""
        rule = self.scenario.training.learning_rule
        if rule is None:
            return
        target = self.program.consumers[row.values[0]][0].target
        for item in self._items(target):
            yield f"{self._derivative(target, item)} = {self._code(self.program.element(rule.of_layer, item))}"
        yield from self._gradients(row)

    def _sums_over_uses(self, row: Row) -> Iterator[str]:
        """dE/dw of tied parameters, at the layer that owns them: the last to be reached."""
        if row.quantity != "dE/dw" or not self._owns(row):
            return
        for name in row.values:
            uses = self.program.consumers[name]
            for item in self._items(name) if len(uses) > 1 else ():
                leaf = Ref(name, item)
                yield f"g{self._index(leaf)} = " + " + ".join(self._slot(use, leaf) for use in uses) + " + 0.0"

    def _owns(self, row: Row) -> bool:
        """Whether a row of derivatives is the last one of its parameters."""
        return self.scenario.layered.owns(row.layer)

    def _slopes_of_penalty(self, row: Row) -> Iterator[str]:
        """Its part of the derivatives of a row; of tied parameters once."""
        if self.penalty is not None and row.quantity == "dE/dw" and self._owns(row):
            slopes = ((i, self.penalty.slope(i)) for i in self._indices(row))
            yield from (f"g{i} = g{i} + {slope}" for i, slope in slopes if slope)

    # The update

    def _indices(self, row: Row) -> list[int]:
        return [self._index(Ref(name, item)) for name in row.values for item in self._items(name)]

    def _shared(self) -> Iterator[str]:
        """What the rule computes once for all parameters."""
        self.rule: dict[str, Formula] = {}
        settings: dict[Any, Formula] = dict(self.optimizer.settings)
        for quantity, formula in self.optimizer.needed().items():
            once: dict[Any, Formula] = {}
            for part in largest_once(filled(formula, settings)):
                if part not in once:
                    once[part] = Symbol(f"once{len(once)}_{quantity.removesuffix('+')}")
            for part, symbol in once.items():
                assert isinstance(symbol, Symbol)
                yield f"{symbol.text} = {code(part, ONCE.__getitem__)}"
            self.rule[quantity] = filled(filled(formula, settings), once)

    def _update(self, row: Row) -> Iterator[str]:
        yield from self._norms_of(row)
        for i in self._indices(row):
            if i in self.scenario.training.frozen:
                continue
            if self.clip is not None:
                yield f"{of_rule('clipped', i)} = {self.clip.in_code(f'g{i}', f'norm_{self._norm_of(i)}')}"
            for quantity, formula in self.rule.items():
                yield f"{of_rule(quantity, i)} = {code(formula, partial(self._of_parameter, index=i))}"

    def _of_parameter(self, leaf: Leaf, *, index: int) -> str:
        if leaf == W:
            return f"w{index}"
        if leaf == self.optimizer.takes:
            return f"g{index}" if self.clip is None else of_rule("clipped", index)
        if leaf in (RATE, TIME):
            return ONCE[leaf]
        if isinstance(leaf, Operand):
            return of_rule(leaf.quantity.kind, index)
        assert isinstance(leaf, Symbol)
        return leaf.text

    def _norm_of(self, index: int) -> int:
        """The number of the norm that the derivative by a parameter has its bound with."""
        return next((at for at, group in enumerate(self.together) if index in group), 0)

    def _norms_of(self, row: Row) -> Iterator[str]:
        """The norms that are not known yet: with simultaneous updates all before the first of them."""
        own = set(self._indices(row))
        for at, group in enumerate(self.together):
            if at not in self.norms and (not self.scenario.training.immediate or own & set(group)):
                self.norms.add(at)
                yield f"norm_{at} = sqrt({' + '.join(f'g{i} * g{i}' for i in group)} + 0.0)"
