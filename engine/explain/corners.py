"""Words for a walk that stands on a corner of a function in a formula."""

from engine.formula.calculus import number_of
from engine.formula.corner import told
from engine.formula.field import REAL
from engine.formula.quantity import Quantity
from engine.formula.tree import Formula, Leaf, Operand, calls, leaves
from engine.formula.written import text_pieces


def corner_words(formula: Formula, by: Quantity) -> str:
    """What is said of a formula with its operands that is differentiated by one of them; nothing off the corners."""
    for call in calls(formula):
        function = call.function
        if not (function.corners and len(call.arguments) == 1) and not function.tie:
            continue
        operands = [leaf for leaf in leaves(call) if isinstance(leaf, Operand)]
        if all(operand.quantity != by for operand in operands) or any(one.value is None for one in operands):
            continue
        values: dict[Leaf, float | None] = {operand: operand.value for operand in operands}
        if function.tie and function.corner is not None:
            if number_of(function.corner(call), values, REAL) == 0:
                return function.tie
            continue
        (argument,) = call.arguments
        value = number_of(argument, values, REAL)
        on = [corner for corner in function.corners if corner.jumps and corner.at == value]
        if on:
            x = "".join(one if isinstance(one, str) else one.quantity.subject or "" for one in text_pieces(argument))
            return told(on[0], x, f"the slope of {function.name.partition(' (')[0]}")
    return ""
