"""A local derivative as one writes it: slopes by their formulas, a node's own value for what its formula computes."""

from collections.abc import Mapping
from math import isclose
from typing import TypeGuard

from engine.explain.laid_out import BRACKETS
from engine.explain.parts import Part, part_of
from engine.formula.functions import DIVIDE, MULTIPLY
from engine.formula.tree import Call, Derivative, Formula
from engine.program.across.arrangement import TRANSPOSE
from engine.program.across.derivatives import OUTER_PRODUCT, THROUGH_ROWS

_TURNED = {TRANSPOSE: 0, THROUGH_ROWS: 0, OUTER_PRODUCT: 1}
"""Which argument of these is transposed."""
VISIBLE = 1e-6
"""A relative difference from the walk's number that a reader would stumble over."""


def as_read(formula: Formula, known: Mapping[Formula, Formula] | None = None) -> Formula:
    """A formula with slopes as one writes them, and quotients as such.

    Args:
        formula: a local derivative, or a product with one.
        known: what stands for parts of it, such as the value of the node that they compute.
    """
    if known and formula in known:
        return known[formula]
    if not isinstance(formula, Call):
        return formula
    if _is_short(formula) and formula.function.formula is not None:
        return as_read(formula.function.formula(*formula.arguments), known)
    return _quotient(Call(formula.function, tuple(as_read(argument, known) for argument in formula.arguments)))


def turned_in_brackets(formula: Formula) -> Formula:
    """With brackets round a derivative that is transposed, which would seem to be of a transposed value."""
    if not isinstance(formula, Call):
        return formula
    turned = _TURNED.get(formula.function)
    arguments = [turned_in_brackets(argument) for argument in formula.arguments]
    if turned is not None and isinstance(arguments[turned], Derivative):
        arguments[turned] = BRACKETS(arguments[turned])
    return Call(formula.function, tuple(arguments))


def _is_short(call: Call) -> bool:
    """Whether it stands for a formula of several numbers, as losses and slopes of powers do, or is a slope."""
    return len(call.arguments) > 1 or call.function.name.endswith("′")


def _quotient(call: Call) -> Call:
    """a / b for a·(1 / b) and (1 / b)·a."""
    if call.function is not MULTIPLY:
        return call
    first, second = call.arguments
    if _is_reciprocal(second):
        return DIVIDE(first, second.arguments[1])
    if _is_reciprocal(first):
        return DIVIDE(second, first.arguments[1])
    return call


def _is_reciprocal(formula: Formula) -> TypeGuard[Call]:
    return isinstance(formula, Call) and formula.function is DIVIDE and formula.arguments[0] == 1.0


def as_written(exact: Formula, written: Formula) -> Part:
    """A summand as one writes it, with what the walk makes of it; as the walk has it where that is visibly another."""
    there, here = part_of(exact).value, part_of(written).value
    if there is None or here is None or isclose(there, here, rel_tol=VISIBLE, abs_tol=0.0):
        return Part(written, there)
    return Part(exact, there)
