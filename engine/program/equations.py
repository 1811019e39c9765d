"""A walk's forward pass as equations over named values: layers are one notation for it, formulas in a file another."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct, field

from engine.formula.field import REAL, Functions
from engine.formula.tree import Call, Derivative, Formula, Ref, leaves
from engine.program.elementwise import Computation, Elementwise, computation, operation
from engine.program.operations import Array, Operation, Shape, Whole


class Equation(Struct, frozen=True, eq=False, dict=True):
    """target = formula.

    Attributes:
        target: the value that it makes.
        formula: over whole values.
        stable: another form of it that is computed in its place, where the formula as written would lose its digits or
            overflow; it may use other values.
    """

    target: str
    formula: Formula
    stable: Formula | None = None

    @property
    def form(self) -> Formula:
        """The form that is computed."""
        return self.formula if self.stable is None else self.stable

    @cached_property
    def computation(self) -> Computation:
        """How it is computed."""
        return computation(self.form, _known)

    @cached_property
    def as_defined(self) -> Computation:
        """How it is computed as it is written."""
        return computation(self.formula, _known)

    @property
    def by_element(self) -> bool:
        """Whether it is a function of each element by itself, and of no row as a whole."""
        return isinstance(self.formula, Call) and isinstance(operation(self.formula.function), Elementwise)

    @cached_property
    def operands(self) -> tuple[str, ...]:
        """The values that it uses, each once, in reading order."""
        return tuple(dict.fromkeys(leaf.name for leaf in leaves(self.formula) if isinstance(leaf, Ref)))


class Turn(Struct, frozen=True, eq=False, dict=True):
    """On the way from an equation's whole formula to one use of a value, a call and which of its operands to go to.

    Attributes:
        call: the call.
        place: which of its operands.
        does: what the call does.
        shapes: those of its operands.
        target: what the equation makes, where the call is the whole of it.
    """

    call: Call
    place: int
    does: Operation
    shapes: tuple[Shape, ...]
    target: str = ""

    @cached_property
    def operands(self) -> tuple[Computation, ...]:
        """How each operand is computed."""
        return tuple(computation(argument, _known) for argument in self.call.arguments)

    @cached_property
    def result(self) -> Computation:
        """How what the call makes is looked up, or computed."""
        return computation(Ref(self.target) if self.target else self.call, _known)

    @cached_property
    def passes(self) -> bool:
        """Whether what comes back to the call goes on as it is."""
        if not isinstance(self.does, Elementwise) or self.does.shape(self.shapes) != self.shapes[self.place]:
            return False
        return self.does.local_formula(self.place, self.call) == 1.0


def _known(part: Formula) -> Computation | None:
    """A value is looked up."""
    if not isinstance(part, Ref):
        return None
    name = part.name
    return lambda known, f: known(name)


class Given(Struct, frozen=True):
    """Where an example gives a value.

    Attributes:
        of: among its inputs or its targets; or its weight in E, of each output.
        columns: the elements' numbers there.
    """

    of: Literal["inputs", "targets", "weights"]
    columns: tuple[int, ...]


class Program(Struct, frozen=True, eq=False, dict=True):
    """What is computed, from what, in which order.

    Attributes:
        shapes: of each value, the given ones first; without the batch.
        names: of each value the kind of quantity that it holds, and its elements' names in C order.
        parameters: where each stands in θ; in C order.
        equations: in the order of the walk.
        errors: the values whose elements add up to the error of an example.
        outputs: the values that it is made of.
        given: what an example gives of each value, as columns of its inputs or targets.
        constants: values that are given once, shape (1, *shape).
        shared: the values that are the same for every example of a batch, or one for all of them.
        direct: by value the formula of dE/d(it), where loss and activation cancel.
        instead: by target an equation through which the error goes back in the place of the target's own, where a loss
            and the function before it cancel though that function's value stands by itself.
        passed: the values whose derivative nothing uses, as the error goes back past them.
    """

    shapes: Mapping[str, Shape]
    names: Mapping[str, tuple[str, Sequence[str]]]
    parameters: Mapping[str, slice]
    equations: tuple[Equation, ...]
    errors: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    given: Mapping[str, Given] = field(default_factory=dict)
    constants: Mapping[str, Array] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    direct: Mapping[str, Formula] = field(default_factory=dict)
    instead: Mapping[str, Equation] = field(default_factory=dict)
    passed: frozenset[str] = frozenset()

    @cached_property
    def consumers(self) -> Mapping[str, tuple[Equation, ...]]:
        """The equations through which something comes back to a value, in their order."""
        found: dict[str, list[Equation]] = {name: [] for name in self.shapes}
        for equation in self.equations:
            if equation.target in self.live:
                back = self.instead.get(equation.target, equation)
                for name in equation.operands:
                    found[name].append(back)
        return {name: tuple(uses) for name, uses in found.items()}

    @cached_property
    def live(self) -> frozenset[str]:
        """The values that the error depends on."""
        found, waiting = set[str](), list(self.errors)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.equation[name].operands if name in self.equation else ()
        return frozenset(found)

    @cached_property
    def equation(self) -> Mapping[str, Equation]:
        """The equation that makes a value."""
        return {equation.target: equation for equation in self.equations}

    @cached_property
    def known_elements(self) -> Mapping[tuple[str, str], Ref]:
        """By kind and name every element but the parameters'; an error's by `E` as well."""
        named = ((name, *self.names[name]) for name in self.names if name not in self.parameters)
        terms = ((name, "E", self.names[name][1]) for name in self.errors)
        return {
            (kind, element): Ref(name, item)
            for name, kind, elements in (*named, *terms)
            for item, element in enumerate(elements)
        }

    def is_part_of_error(self, name: str) -> bool:
        """Whether a value holds parts of E and nothing else: by it the derivative of E is 1, and no step."""
        return name in self.names and self.names[name][0] == "E"

    def parameter(self, index: int) -> Ref:
        """The parameter that stands at this index of θ."""
        name, span = next(item for item in self.parameters.items() if item[1].start <= index < item[1].stop)
        return Ref(name, index - span.start)

    def shape(self, formula: Formula) -> Shape:
        """The shape of a formula over whole values."""
        if isinstance(formula, Ref):
            return self.shapes[formula.name]
        if isinstance(formula, Derivative):
            return self._shape_of_derivative(formula)
        if not isinstance(formula, Call):
            return ()
        if formula not in self._shapes:
            shapes = [self.shape(argument) for argument in formula.arguments]
            self._shapes[formula] = operation(formula.function).shape(shapes)
        return self._shapes[formula]

    def _shape_of_derivative(self, of: Derivative) -> Shape:
        if of.of is None:
            return self.shapes[of.by]
        call = self.equation[of.of].formula
        assert isinstance(call, Call)
        return self.shape(operation(call.function).local_formula(0, call))

    @cached_property
    def _shapes(self) -> dict[Formula, Shape]:
        return {}

    def ways(self, equation: Equation) -> Mapping[str, tuple[tuple[Turn, ...], ...]]:
        """By operand of an equation the ways to the operand's uses, from left to right."""
        if equation not in self._known_ways:
            found: dict[str, tuple[tuple[Turn, ...], ...]] = {}
            for name, way in self._ways(equation.formula, (), equation.target):
                found[name] = (*found.get(name, ()), way)
            self._known_ways[equation] = found
        return self._known_ways[equation]

    @cached_property
    def _known_ways(self) -> dict[Equation, Mapping[str, tuple[tuple[Turn, ...], ...]]]:
        return {}

    def _ways(
        self, formula: Formula, way: tuple[Turn, ...], target: str = ""
    ) -> Iterator[tuple[str, tuple[Turn, ...]]]:
        if isinstance(formula, Ref):
            yield formula.name, way
        elif isinstance(formula, Call):
            shapes = tuple(self.shape(argument) for argument in formula.arguments)
            does = operation(formula.function)
            for place, argument in enumerate(formula.arguments) if does.differentiates else ():
                yield from self._ways(argument, (*way, Turn(formula, place, does, shapes, target)))

    def sums(self, equation: Equation, name: str) -> bool:
        """Whether what comes back to a value through an equation is a sum over elements, which is never −0."""
        ways = self.ways(equation)[name]
        return any(turn.does.sums(turn.place, turn.shapes) for way in ways for turn in way)

    @cached_property
    def direct_computations(self) -> dict[str, Computation]:
        """How what stands in `direct` is computed."""
        return {name: computation_of(formula) for name, formula in self.direct.items()}

    @cached_property
    def known_partials(self) -> dict[tuple[Equation, Ref], dict[int, Formula]]:
        """What `partials` has found."""
        return {}

    def whole(self, formula: Formula) -> Whole:
        """A formula over whole values, of which single elements are asked."""
        return Whole(self.shape(formula), lambda item: self.element(formula, item))

    def element(self, formula: Formula, item: int) -> Formula:
        """One element of a formula over whole values, as a formula over elements."""
        if isinstance(formula, Ref):
            return Ref(formula.name, item)
        if not isinstance(formula, Call):
            return formula
        return operation(formula.function).element([self.whole(argument) for argument in formula.arguments], item)


Known = Callable[[str], Array]
"""A value by its name, shape (batch, *shape), or (1, *shape) where one serves all examples."""


def value_of(equation: Equation, known: Known, f: Functions[Any] = REAL) -> Array:
    """What an equation makes, from the values that it uses."""
    return equation.as_defined(known, f) if f.as_defined else equation.computation(known, f)


def computed(formula: Formula, known: Known, f: Functions[Any] = REAL) -> Array:
    """The value of a formula over whole values."""
    return computation_of(formula)(known, f)


def computation_of(formula: Formula) -> Computation:
    """How that is computed, for whoever does it again and again."""
    return computation(formula, _known)


def as_written(formula: Formula) -> Formula:
    """A call as a reader has it, where its function is one that is computed in another way."""
    written = formula.function.formula if isinstance(formula, Call) else None
    return formula if written is None or not isinstance(formula, Call) else written(*formula.arguments)
