"""Whole iterations of a small graph of formulas as straight-line Python.

What `straight` does for layers, with a name for the result of every call in a formula: what comes back goes from a call
to its operands, as `pulled` has it, so that each local derivative is computed once. It takes what a formula by elements
computes to the same bit; anything else is left to `advance`.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from math import prod
from typing import Any

from msgspec import Struct

from engine.formula.functions import ADD, MULTIPLY, NEGATE, SQUARE, SUBTRACT
from engine.formula.tree import Call, Formula, Function, Ref, filled, leaves
from engine.program.across.arrangement import Arrangement, Joined, Reshaped, Transposed
from engine.program.across.products import MatrixProduct
from engine.program.across.reductions import Mean, Sum
from engine.program.elementwise import Elementwise, operation
from engine.program.equations import Equation
from engine.program.graph import Graph
from engine.program.operations import Operation, Shape, Whole
from engine.program.scenario import Scenario
from engine.program.steps import Row
from engine.walking.fast.straight import Run, Writer

LARGEST = 4_000
"""Numbers of the way forward above which numpy is the faster way, and writing the function takes too long."""

BY_ELEMENT = (Elementwise, MatrixProduct, Joined, Arrangement, Sum, Mean)
"""Operations whose elements, computed by themselves, are what they compute of whole values, to the last bit."""

Path = tuple[int, ...]
"""From an equation's whole formula to a call in it, the place of each operand on the way."""


class _Use(Struct, frozen=True):
    """Where a value, or a call's result, stands as an operand.

    Attributes:
        equation: in whose formula.
        path: of the call.
        place: which of its operands it is.
    """

    equation: Equation
    path: Path
    place: int


def straight_graph_run(scenario: Scenario, graph: Graph) -> Run | None:
    """The iterations of a graph as one function, or None where `advance` has to do them."""
    writer = _GraphWriter(scenario, graph)
    return writer.run() if writer.takes() else None


class _GraphWriter(Writer):
    """Writes the function: of call number 3 in the formula of value 2, v2c3_0 is element 0, d2c3_0 the derivative."""

    def __init__(self, scenario: Scenario, graph: Graph) -> None:
        super().__init__(scenario)
        self._graph = graph
        self._functions: dict[Function, str] = {}
        self._calls = {equation: dict(_calls(equation.formula, ())) for equation in self.program.equations}
        self._within: dict[Any, Formula] = {}
        """By element of a call the formula that stands in its place."""
        self._hidden: list[str] = []
        """What may be infinite while all that comes of it is finite."""
        self._back: dict[str, str] = {}
        """By name of a derivative what stands for it, where it is another one, or a number."""

    def takes(self) -> bool:
        """Whether it can write this graph's iterations, and should."""
        program = self.program
        computed = (name for name in program.shared if name in program.equation)
        if not self.single and any(computed):  # what is one for all examples is reduced before it goes on
            return False
        calls = [(equation, call) for equation in program.equations for call in self._calls[equation].values()]
        plain = all(isinstance(operation(call.function), BY_ELEMENT) for _, call in calls)
        written = all(equation.stable is None for equation in program.equations) and not program.instead
        numbers = sum(prod(program.shape(call)) for _, call in calls)
        return plain and written and numbers <= LARGEST

    # Names

    def _called(self, function: Function) -> str:
        if function not in self._functions:
            name = super()._called(function)  # functions of one name may be several, as a loss of two sizes
            self._functions[function] = f"{name}{len(self._functions)}"
            self.space[self._functions[function]] = self.space[name]
        return self._functions[function]

    def _result(self, equation: Equation, path: Path) -> Ref:
        """What a call in a formula makes, as a value."""
        if not path:
            return Ref(equation.target)
        return Ref(f"{equation.target}{''.join(f'·{place}' for place in path)}")

    def _argument(self, equation: Equation, path: Path, place: int) -> Formula:
        """An operand of a call: a value, a number, or another call's result."""
        argument = self._calls[equation][path].arguments[place]
        return self._result(equation, (*path, place)) if isinstance(argument, Call) else argument

    # Forward

    def _forward(self, equation: Equation) -> Iterator[str]:
        if not self._calls[equation]:
            formula = equation.formula
            yield from (
                f"{self._name(Ref(equation.target, item))} = {self._code(self.program.element(formula, item))}"
                for item in self._items(equation.target)
            )
        for path in reversed(self._calls[equation]):
            call, result = self._calls[equation][path], self._result(equation, path).name
            self._register(result, self.program.shape(call))
            within = path and _is_sum(self._calls[equation][path[:-1]].function) and _hands_on(call.function)
            for item in self._items(result):
                element = filled(self._whole(equation, path, item), self._within)
                if within:  # it is used once, and no local derivative asks for it
                    self._within[Ref(result, item)] = element
                else:
                    yield from self._element(Ref(result, item), element)
            if not _hands_on(call.function):
                self._hidden += [
                    name for place in range(len(call.arguments)) for name in self._made(equation, path, place)
                ]
        if equation.target in self.program.errors and equation.target not in self.steps.backward:
            self._back[self._derivative(equation.target, 0)] = "1.0"  # it has no row of its own: E by itself
            yield from self._inner(equation)

    def _made(self, equation: Equation, path: Path, place: int) -> list[str]:
        """The elements of an operand, unless it is given."""
        operand = self._argument(equation, path, place)
        if not isinstance(operand, Ref) or operand.name in (*self.program.given, *self.program.constants):
            return []
        return (
            []
            if operand.name in self.program.parameters
            else [self._name(Ref(operand.name, item)) for item in self._items(operand.name)]
        )

    def _register(self, name: str, shape: Shape) -> None:
        if name not in self.numbers:
            self.numbers[name] = len(self.numbers)
        self.shapes[name] = shape

    def _whole(self, equation: Equation, path: Path, item: int) -> Formula:
        """An element of a call, of elements of its operands."""
        call = self._calls[equation][path]
        return operation(call.function).element(self._operands(equation, path), item)

    def _operands(self, equation: Equation, path: Path) -> list[Whole]:
        arguments = self._calls[equation][path].arguments
        return [
            Whole(self.program.shape(argument), partial(_item, self._argument(equation, path, place)))
            for place, argument in enumerate(arguments)
        ]

    # Backward

    def _backward(self, row: Row) -> Iterator[str]:
        if row.quantity == "dE/dw":
            yield from self._gradients(row)
            return
        (value,) = row.values
        own = ["1.0"] if value in self.program.errors else []
        for item in self._items(value):
            uses = self.program.consumers[value]
            parts = own + [self._part(equation, Ref(value, item)) for equation in uses]
            text = _added(parts or ["0.0"]) + (" + 0.0" if len(parts) > 1 else "")
            name = self._derivative(value, item)
            if text == "1.0" or text.isidentifier():
                self._back[name] = text
            else:
                yield f"{name} = {text}"
        if value in self.program.equation:
            yield from self._inner(self.program.equation[value])

    def _inner(self, equation: Equation) -> Iterator[str]:
        """What comes back to the calls inside a formula, from the outermost."""
        for path in self._calls[equation]:
            if not path or not self._goes_back(equation, path):
                continue
            result = self._result(equation, path).name
            for item in self._items(result):
                text = self._term(_Use(equation, path[:-1], path[-1]), item)
                name = f"d{self.numbers[result]}_{item}"
                if text.isidentifier():
                    self._back[name] = text
                else:
                    yield f"{name} = {text}"

    def _goes_back(self, equation: Equation, path: Path) -> bool:
        """Whether a call is on the way to something that is differentiated."""
        above = (self._calls[equation][path[:i]] for i in range(len(path)))
        if not all(operation(call.function).differentiates for call in above):
            return False
        given = {*self.program.constants, *self._graph.target_shapes}
        return any(isinstance(leaf, Ref) and leaf.name not in given for leaf in leaves(self._calls[equation][path]))

    def _derivative(self, value: str, item: int) -> str:
        name = super()._derivative(value, item)
        return self._back.get(name, name)

    def _part(self, equation: Equation, leaf: Ref) -> str:
        """What comes back to an element of a value through an equation: a term for each use, from left to right."""
        if isinstance(equation.formula, Ref):
            return self._derivative(equation.target, leaf.item or 0)
        ways = self.program.ways(equation).get(leaf.name, ())
        terms = [
            self._term(_Use(equation, tuple(turn.place for turn in way[:-1]), way[-1].place), leaf.item or 0)
            for way in ways
        ]
        return _added(terms) if terms else "0.0"

    def _term(self, use: _Use, item: int) -> str:
        """What comes back to one element of an operand through one use."""
        call = self._calls[use.equation][use.path]
        does, operands = operation(call.function), self._operands(use.equation, use.path)
        shapes = [operand.shape for operand in operands]
        target = self._result(use.equation, use.path).name
        terms = []
        for of in does.reach(use.place, shapes, item):
            local = self._local(does, operands, use, Ref(target, of), item)
            terms.append(self._times(local, self._derivative(target, of)))
        return " + ".join(terms) + (" + 0.0" if does.sums(use.place, shapes) else "") if terms else "0.0"

    def _local(self, does: Operation, operands: list[Whole], use: _Use, target: Ref, item: int) -> str:
        """A local derivative, from what the way forward left where it left something."""
        function = self._calls[use.equation][use.path].function
        if function.lines is not None:
            return function.lines.slope.format(y=self._name(target))
        slope = does.partial(use.place, operands, item, target.item or 0)
        made: Mapping[Formula, Formula] = {does.element(operands, target.item or 0): target}
        found = filled(slope, made) if isinstance(does, Elementwise) else slope
        if found == 1.0:
            return ""
        text = self._code(found)
        return f"({text})" if isinstance(found, Call) else text

    def _gradients(self, row: Row) -> Iterator[str]:
        if self.single:
            for name in row.values:
                for item in self._items(name):
                    parts = [self._part(use, Ref(name, item)) for use in self.program.consumers[name]]
                    yield f"g{self._index(Ref(name, item))} = {_added(parts)} + 0.0"
            return
        for name in row.values:
            for equation in self.program.consumers[name]:
                for item in self._items(name):
                    slot, part = self._slot(equation, Ref(name, item)), self._part(equation, Ref(name, item))
                    yield f"{slot} = {slot} + ({part})"

    def _owns(self, row: Row) -> bool:
        return True

    def _watched(self) -> list[str]:
        """What may be infinite while all that comes of it is finite: operands of what is no sum and no product."""
        back = [self._derivative(value, item) for value in self._graph.input_shapes for item in self._items(value)]
        ends = [name for name in self._graph.shown if name in self.program.equation]
        return [
            *dict.fromkeys(self._hidden),
            *(self._name(Ref(name, item)) for name in ends for item in self._items(name)),
            *back,
        ]


def _is_sum(function: Function) -> bool:
    """Whether a function only adds up."""
    return function in (ADD, SUBTRACT, NEGATE) or isinstance(operation(function), Sum)


def _hands_on(function: Function) -> bool:
    """Whether what it makes is not finite wherever an operand is not; then no slope asks for it."""
    of_whole = (Sum, Mean, MatrixProduct, Joined, Transposed, Reshaped)
    return function in (ADD, SUBTRACT, NEGATE, MULTIPLY, SQUARE) or isinstance(operation(function), of_whole)


def _calls(formula: Formula, path: Path) -> Iterator[tuple[Path, Call]]:
    """The calls of a formula, the outermost first, each with the path to it."""
    if isinstance(formula, Call):
        yield path, formula
        for place, argument in enumerate(formula.arguments):
            yield from _calls(argument, (*path, place))


def _added(terms: Sequence[str]) -> str:
    """A sum from the first term to the last."""
    return " + ".join(f"({term})" if number and " + " in term else term for number, term in enumerate(terms))


def _item(operand: Formula, item: int) -> Formula:
    return Ref(operand.name, item) if isinstance(operand, Ref) else operand
