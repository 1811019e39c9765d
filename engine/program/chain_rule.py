"""The chain rule over a program's equations: what comes back to a value from those that use it.

That is the derivative of E by it: over these equations in their order, of each the sum over its uses from left to
right, of (local derivative)·(dE/d target). The rule stands here twice, and a property test holds the two together:
`pulled` is it for arrays, `partials` for a reader, element by element; `pulled_formula` is how one writes the first.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import Any

import numpy as np
from msgspec import Struct

from engine.formula.arithmetic import ordered_sum
from engine.formula.field import Functions
from engine.formula.functions import ADD, MULTIPLY, NEGATE, SUBTRACT
from engine.formula.precision import EXACT, Arithmetic
from engine.formula.tree import Call, Derivative, Formula, Ref, filled
from engine.program.across.batch import FROM_EXAMPLE, ElementOf, between, in_batch, meets_examples
from engine.program.elementwise import in_single, operation
from engine.program.equations import Equation, Known, Program, Turn
from engine.program.operations import Array, NoFormulaError, Operands, Operation, Whole

Change = Callable[[Turn, Array | float], Array | float]
"""What is put in the place of a local derivative."""


def sizes(turn: Turn, local: Array | float) -> Array | float:
    """The absolute value of every factor: with it, how large the terms are that are added up."""
    return np.abs(local)


def pulled(
    program: Program,
    equation: Equation,
    name: str,
    known: Known,
    adjoint: Array,
    change: Change | None = None,
    arithmetic: Arithmetic = EXACT,
    *,
    summed: bool = False,
) -> Array:
    """The part of dE/d(value `name`) that comes back through one equation, shape (batch, *its shape).

    Args:
        program: to which the equation belongs.
        equation: one that uses the value.
        name: the value.
        known: what the equation uses and makes.
        adjoint: dE/d(target), shape (batch, *the target's shape).
        change: of a local derivative what stands in its place; of what passes as it is, nothing is asked.
        arithmetic: in which it is computed.
        summed: where there is but one way to it, over the examples, shape (1, *its shape): the terms are many.
    """
    parts, ways, single = [], program.ways(equation).get(name, ()), arithmetic.field.single
    for way in ways:
        part = adjoint
        for turn in way:
            if not turn.passes:
                local = _local(turn, name, known, arithmetic)
                last = summed and len(ways) == 1 and turn is way[-1]
                pull = turn.does.pull_sum if last else turn.does.pull
                part = pull(turn.place, turn.shapes, local if change is None else change(turn, local), part)
                part = in_single(part) if single else part
        parts.append(part)
    if not parts:  # all its uses stand where nothing is differentiated
        return np.zeros((len(known(name)), *program.shapes[name]))
    return parts[0] if len(parts) == 1 else of_ways(parts)


def of_ways(parts: Sequence[Array]) -> Array:
    """What comes back on several ways through one equation."""
    if len(set(map(len, parts))) > 1:  # one value for all examples, to which some ways lead from one value, too
        parts = [ordered_sum(part)[np.newaxis] if len(part) > 1 else part for part in parts]
    return reduce(np.add, parts)


def _local(turn: Turn, name: str, known: Known, arithmetic: Arithmetic) -> Array | float:
    """The local derivatives at a turn; those that are quantities by themselves are kept as numbers are."""
    field = arithmetic.field
    local = turn.does.local(turn.place, _Computed(turn, known, field), field)
    if arithmetic.exact or isinstance(local, float):
        return local
    local = in_single(local) if field.single else local
    return arithmetic.kept(local) if turn.target and turn.call.arguments == (Ref(name),) else local


def parts_of(
    program: Program,
    name: str,
    known: Known,
    adjoints: Callable[[str], Array],
    change: Change | None = None,
    arithmetic: Arithmetic = EXACT,
) -> list[Array]:
    """What comes back to a value through each equation that uses it, in their order.

    Of a value that is one for the whole batch they are sums over the examples, shape (1, *its shape). Arguments as of
    `pulled`; `adjoints` gives dE/d(target) of each.
    """
    parts = [
        pulled(program, equation, name, known, adjoints(equation.target), change, arithmetic)
        for equation in program.consumers[name]
    ]
    return (
        [ordered_sum(part)[np.newaxis] if len(part) > 1 else part for part in parts]
        if name in program.shared
        else parts
    )


def added(parts: Sequence[Array]) -> Array:
    """Parts of a derivative added up; a single one stays as it is."""
    return parts[0] if len(parts) == 1 else ordered_sum(np.stack(parts))


def pulled_formula(program: Program, equation: Equation, name: str) -> Formula:
    """What `pulled` computes, as a formula over whole values: the derivative of E by the target is in it.

    Raises:
        NoFormulaError: none that a person would write.
    """
    adjoint = 1.0 if program.is_part_of_error(equation.target) else Derivative(equation.target)
    found: list[Formula] = []
    for way in program.ways(equation).get(name, ()):
        part: Formula = adjoint
        for turn in way:
            local = _local_formula(program, equation, turn, name)
            part = turn.does.pull_formula(turn.place, turn.shapes, local, part)
        found.append(part)
    if not found:
        raise NoFormulaError  # all its uses stand where nothing is differentiated
    return reduce(ADD, found)


def _local_formula(program: Program, equation: Equation, turn: Turn, name: str) -> Formula:
    """A local derivative; of a function of one value it is a quantity with a name of its own."""
    local = filled(turn.does.local_formula(turn.place, turn.call), {equation.formula: Ref(equation.target)})
    if (
        is_one_function_of(equation, name)
        and not program.is_part_of_error(equation.target)
        and not isinstance(local, float)
    ):
        return Derivative(name, equation.target)
    return local


def is_one_function_of(equation: Equation, name: str) -> bool:
    """Whether an equation is one function of one value: then its local derivatives are quantities of their own."""
    return isinstance(equation.formula, Call) and equation.formula.arguments == (Ref(name),)


def slopes(program: Program, target: str, known: Known, arithmetic: Arithmetic = EXACT) -> Array:
    """The local derivatives of an equation that is one function of one value: numbers, or of whole rows matrices."""
    (name,) = program.equation[target].operands
    ((turn,),) = program.ways(program.equation[target])[name]
    return np.asarray(_local(turn, name, known, arithmetic))


class _Computed(Operands):
    """The operands of one call in an equation, and what it makes."""

    def __init__(self, turn: Turn, known: Known, field: Functions[Any]) -> None:
        self._turn, self._known, self._field, self.shapes = turn, known, field, turn.shapes

    def __getitem__(self, place: int) -> Array:
        return self._turn.operands[place](self._known, self._field)

    @property
    def result(self) -> Array:
        return self._turn.result(self._known, self._field)


MOST_KNOWN = 4096
"""Partial derivatives that are kept: of a walk they are asked again at every step, of a large network never all."""


class Local(Struct, frozen=True):
    """One factor of the chain rule: the local derivative of a call's element by an element of an operand.

    Attributes:
        call: the call, in an equation's formula.
        place: of the operand.
        does: what the call does.
        operands: all of them.
        item: the number of the operand's element.
        of: the number of the call's element.
    """

    call: Call
    place: int
    does: Operation
    operands: Sequence[Whole]
    item: int
    of: int

    def derivative(self) -> Formula:
        """The local derivative."""
        return self.does.partial(self.place, self.operands, self.item, self.of)

    def value(self) -> Formula:
        """The call's element."""
        return self.does.element(self.operands, self.of)

    def operand(self) -> Formula:
        """The operand's element."""
        return self.operands[self.place].element(self.item)


Rule = Callable[[Local], Formula]
"""What is taken for a local derivative."""


def partials(program: Program, equation: Equation, of: Ref) -> dict[int, Formula]:
    """The local derivatives of an equation's elements by one element of a value, by the chain rule; no zeros.

    What goes through the examples of the batch stands in `FROM_EXAMPLE`: `by_example` says what it is for two of them.

    Returns:
        by the number of the target's element, in order.
    """
    known = program.known_partials
    if (equation, of) not in known:
        if len(known) > MOST_KNOWN:
            known.clear()
        known[equation, of] = partials_by(Local.derivative, program, equation, of)
    return known[equation, of]


def partials_by(rule: Rule, program: Program, equation: Equation, of: Ref) -> dict[int, Formula]:
    """The same by another rule for the factors: with the right chain and wrong factors, or the other way round."""
    return dict(sorted(_partials(rule, program, equation.formula, of).items()))


def _partials(rule: Rule, program: Program, formula: Formula, of: Ref) -> dict[int, Formula]:
    if isinstance(formula, Ref) and formula.name == of.name:
        return {of.item or 0: 1.0}
    found: dict[int, Formula] = {}
    if not isinstance(formula, Call) or not operation(formula.function).differentiates:
        return found
    does, operands = operation(formula.function), [program.whole(argument) for argument in formula.arguments]
    shapes = [operand.shape for operand in operands]
    for place, argument in enumerate(formula.arguments):
        for item, inner in _partials(rule, program, argument, of).items():
            for target in does.reach(place, shapes, item):
                outer = rule(Local(formula, place, does, operands, item, target))
                if outer == 0.0:
                    continue
                term = _product(outer, inner)
                if does.over_batch:
                    term = FROM_EXAMPLE(term)
                found[target] = _sum(found[target], term) if target in found else term
    return found


def _sum(first: Formula, second: Formula) -> Formula:
    """Two ways to one value, as one writes their sum."""
    if isinstance(second, Call) and second.function is NEGATE:
        return SUBTRACT(first, second.arguments[0])
    return ADD(first, second)


def _product(outer: Formula, inner: Formula) -> Formula:
    """The local derivative of a function of a function, as one writes it."""
    if 1.0 in (outer, inner):
        return inner if outer == 1.0 else outer
    if -1.0 in (outer, inner):
        return NEGATE(inner if outer == -1.0 else outer)
    return MULTIPLY(outer, inner)


def by_example(
    program: Program,
    use: Equation,
    of: Ref,
    slope: Formula,
    example: int,
    count: int,
    leaf: ElementOf,
    only: int | None = None,
) -> Iterator[tuple[int, Formula]]:
    """Of an element, through which examples of a use its derivative comes, and the local derivative for each.

    Args:
        program: to which the equation belongs.
        use: an equation that uses the value.
        of: the element by which is differentiated.
        slope: the local derivative of one of the target's elements, as `partials` has it.
        example: of what is asked, its number within the batch; a value that is one for all has none, and comes in in
            each of them.
        count: the number of examples.
        leaf: what stands for an element in an example.
        only: of the examples of the use's target one of those through which it comes; else all of them.

    Yields:
        an example of the use's target, the first where that is one for all, and the local derivative over leaves.
    """
    meets, one_for_all = meets_examples(slope), of.name in program.shared
    if only is not None:
        targets = range(only, only + 1)
    elif use.target in program.shared:
        targets = range(1)
    elif meets or one_for_all:
        targets = range(count)
    else:
        targets = range(example, example + 1)
    for target in targets:
        if not meets:
            yield target, in_batch(slope, target, count, leaf)
            continue
        for source in range(count) if one_for_all else (example,):
            local = between(slope, target, source, count, leaf)
            if local != 0.0:
                yield target, local
