"""Other forms of a row's rule that give the same number from right operands, and other ones from wrong ones.

A slope may be taken from x or from y. Where loss and activation cancel, dE/dx may have come as y − t, or as
dE/dy·dy/dx. Whoever has a wrong y, or a wrong dE/dy, is right by the rule in either form.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from engine.comparison.faults import Place
from engine.formula.field import OF_OUTPUTS, REAL
from engine.formula.tree import Call, Formula, Ref, filled
from engine.program.chain_rule import added, pulled
from engine.program.elementwise import Computation, Elementwise
from engine.program.equations import Equation, Program, Turn, computation_of
from engine.program.steps import Row
from engine.walking.values import Values

Array = NDArray[np.float64]


def other_forms(place: Place, values: Values, row: Row) -> Iterator[Array]:
    """What a row of derivatives makes in other forms, in its layout.

    Args:
        place: of the walk.
        values: the rows before it.
        row: the next one.
    """
    if row.phase != "backward":
        return
    program = place.program
    with np.errstate(all="ignore"):
        if row.quantity != "dE/dw":
            yield from _with_the_loss(values, row.values[0])
        if row.values not in place.slopes_from_outputs:  # hundreds of trials ask for them
            place.slopes_from_outputs[row.values] = _slopes_from_outputs(program, row.values)
        slopes = place.slopes_from_outputs[row.values]
        if not slopes:
            return

        def part(use: Equation, name: str) -> Array:
            slope, adjoint = slopes.get((use.target, name)), values.derivative(use.target)
            if slope is None:
                return pulled(program, use, name, values.value, adjoint)
            return np.asarray(slope(values.value, REAL) * adjoint)

        yield place.backward(values, row, part)


def _slopes_from_outputs(program: Program, names: tuple[str, ...]) -> Mapping[tuple[str, str], Computation]:
    """The slopes of equations that may come from what they make, by target and operand."""
    return {
        (use.target, name): computation_of(formula)
        for name in names
        for use in program.consumers[name]
        if (formula := from_output(program, use, name)) is not None
    }


def slope_from_output(place: Place, values: Values, row: Row, result: Array) -> Array:
    """A row of derivatives with slopes from outputs, where they may come so, else as it is."""
    *_, last = result, *other_forms(place, values, row)
    return last if last.shape == result.shape else result


def _with_the_loss(values: Values, name: str) -> Iterator[Array]:
    """dE/d(a value of a node) put together in another way, where loss and activation cancel."""
    program = values.steps.program
    if name in program.direct:
        if values.targets is not None:
            yield _flat(program.direct_computations[name](values.value, OF_OUTPUTS))
        yield _flat(values.pulled(name))
        return
    uses = [equation for equation in program.equations if name in equation.operands and equation.target in program.live]
    if any(use.target in program.instead for use in uses):
        parts = [pulled(program, use, name, values.value, values.derivative(use.target)) for use in uses]
        yield _flat(added(parts))


def slope_formula(program: Program, use: Equation, name: str) -> tuple[Turn, Formula] | None:
    """The slope of an equation that is one function of one value, element by element, in x and y as one writes it."""
    ways = program.ways(use).get(name, ())
    if len(ways) != 1 or len(ways[0]) != 1:
        return None
    (turn,) = ways[0]
    if not isinstance(turn.does, Elementwise) or turn.call.arguments != (Ref(name),):
        return None
    local = written_slope(use, turn.does, turn.call)
    return None if isinstance(local, float) else (turn, local)


def written_slope(use: Equation, does: Elementwise, call: Call) -> Formula:
    """The slope of a function of one value, with the equation's target for what it makes."""
    local = does.local_formula(0, call)
    if isinstance(local, Call) and local.function.formula is not None:
        local = local.function.formula(*local.arguments)
    return local if isinstance(local, float) else filled(local, {call: Ref(use.target)})


def from_output(program: Program, use: Equation, name: str) -> Formula | None:
    """The slope of such an equation where it is a formula of what the function makes; None where it is none."""
    found = slope_formula(program, use, name)
    if found is None or Ref(use.target) not in set(_leaves(found[1])):
        return None
    return found[1]


def _leaves(formula: Formula) -> Iterator[Formula]:
    if isinstance(formula, Call):
        for argument in formula.arguments:
            yield from _leaves(argument)
    elif isinstance(formula, Ref):
        yield formula


def _flat(array: Array) -> Array:
    return array if array.ndim == 2 else array.reshape(len(array), -1)
