"""Other forms of a row's rule that give the same number from right operands, and other ones from wrong ones.

A slope may be taken from x or from y. Where loss and activation cancel, dE/dx may have come as y − t, or as
dE/dy·dy/dx. Whoever has a wrong y, or a wrong dE/dy, is right by the rule in either form.
"""

from collections.abc import Iterator
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from engine.formula.tree import Call, Formula, Ref, filled
from engine.program.chain_rule import added, pulled
from engine.program.elementwise import Elementwise
from engine.program.equations import Equation, Program, Turn, computed
from engine.program.steps import Row
from engine.walking.values import Values

Array = NDArray[np.float64]


def other_forms(values: Values, row: Row) -> Iterator[Array]:
    """What a row makes in other forms, shape (batch, n).

    Args:
        values: the rows before it.
        row: the next one.
    """
    if row.phase != "backward" or not row.per_example:
        return
    program, (name,) = values.steps.program, row.values
    with np.errstate(all="ignore"):
        if name in program.direct:
            (y,), t = program.passed, "t"
            if values.targets is not None:
                yield _flat(values.value(y) - values.value(t))
            yield _flat(values.pulled(name))
            yield from _from_outputs(values, name)
            return
        uses = [
            equation for equation in program.equations if name in equation.operands and equation.target in program.live
        ]
        if any(use.target in program.instead for use in uses):
            parts = [pulled(program, use, name, values.value, values.derivative(use.target)) for use in uses]
            yield _flat(added(parts))
        yield from _from_outputs(values, name)


def slope_from_output(values: Values, row: Row, result: Array) -> Array:
    """A row of derivatives with slopes from outputs, where they may come so, else as it is."""
    *_, last = result, *other_forms(values, row)
    return last if last.shape == result.shape else result


def _from_outputs(values: Values, name: str) -> Iterator[Array]:
    """With slopes from what functions make, where a formula says them so."""
    program = values.steps.program
    uses = program.consumers[name]
    locals_ = {use: from_output(program, use, name) for use in uses}
    if not any(formula is not None for formula in locals_.values()):
        return
    parts = []
    for use in uses:
        formula, adjoint = locals_[use], values.derivative(use.target)
        if formula is None:
            parts.append(pulled(program, use, name, values.value, adjoint))
        else:
            parts.append(computed(formula, values.value) * adjoint)
    if name in program.errors:
        parts.insert(0, values.of_itself(name))
    yield _flat(reduce(np.add, parts))


def slope_formula(program: Program, use: Equation, name: str) -> tuple[Turn, Formula] | None:
    """The slope of an equation that is one function of one value, element by element, in x and y as one writes it."""
    ways = program.ways(use).get(name, ())
    if len(ways) != 1 or len(ways[0]) != 1:
        return None
    (turn,) = ways[0]
    if not isinstance(turn.does, Elementwise) or turn.call.arguments != (Ref(name),):
        return None
    local = turn.does.local_formula(turn.place, turn.call)
    if isinstance(local, Call) and local.function.formula is not None:
        local = local.function.formula(*local.arguments)
    return None if isinstance(local, float) else (turn, filled(local, {turn.call: Ref(use.target)}))


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
