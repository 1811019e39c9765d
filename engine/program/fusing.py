"""Where a loss and the activation before it cancel, in the equations of a graph."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from engine.formula.tree import Call, Formula, Ref, filled, leaves
from engine.program.across.fused import FUSED, fused_loss
from engine.program.across.joined import reduction
from engine.program.elementwise import operation
from engine.program.equations import Equation
from engine.program.operations import Shape

TOTAL_OF_ALL = reduction("sum")


class Fused(Struct, frozen=True):
    """The equations of a graph with what cancels.

    Attributes:
        equations: in the order of the walk; a loss of an activation within one formula is one function there.
        instead: by the name of an activation that is a node of its own the equation through which the error goes back.
    """

    equations: tuple[Equation, ...]
    instead: Mapping[str, Equation]


def fused(equations: Sequence[Equation], shapes: Mapping[str, Shape], seen: Iterable[str]) -> Fused:
    """What cancels: in one formula, or where the activation is a node of which the loss is the only use.

    Args:
        equations: of the nodes that E depends on or not, in their order.
        shapes: of every value.
        seen: the values that are a part of E by themselves: nothing stands in their place.
    """
    inline = [Equation(equation.target, _inline(equation.formula, shapes)) for equation in equations]
    made = {equation.target: equation.formula for equation in inline}
    uses = Counter(leaf.name for equation in inline for leaf in leaves(equation.formula) if isinstance(leaf, Ref))
    uses.update(seen)
    instead: dict[str, Equation] = {}
    found: list[Equation] = []
    for equation in inline:
        stable = equation.formula
        for loss, node in _losses_of_nodes(equation.formula):
            call = _of_activation(loss, made.get(node), shapes)
            if call is None or uses[node] != 1 or not _apart(call, equation):
                continue
            instead[node] = Equation(equation.target, filled(equation.formula, {loss: call}))
            stable = filled(stable, {loss: call})
        found.append(equation if stable is equation.formula else Equation(equation.target, equation.formula, stable))
    return Fused(tuple(found), instead)


def _inline(formula: Formula, shapes: Mapping[str, Shape]) -> Formula:
    """The formula with each loss of an activation as one function."""
    if not isinstance(formula, Call):
        return formula
    part = _part(formula)
    if part is not None:
        call = _of_activation(formula, part.arguments[0], shapes)
        if call is not None:
            return call
    return Call(formula.function, tuple(_inline(argument, shapes) for argument in formula.arguments))


def _part(formula: Call) -> Call | None:
    """Of a loss the function of each element: of numbers it is the loss itself."""
    whole = formula.arguments[0] if formula.function is TOTAL_OF_ALL else formula
    return whole if isinstance(whole, Call) and whole.function.name in {loss for loss, _ in FUSED} else None


def _of_activation(loss: Formula, activation: Formula | None, shapes: Mapping[str, Shape]) -> Call | None:
    """A loss of an activation's outputs as a function of what goes into that, if the two cancel."""
    part = _part(loss) if isinstance(loss, Call) else None
    if part is None or not isinstance(activation, Call):
        return None
    names = (part.function.name, activation.function.name)
    if names not in FUSED:
        return None
    z, t = activation.arguments[0], part.arguments[1]
    shape = _shape(z, shapes)
    summed = loss is not part
    if shape != _shape(t, shapes) or summed != bool(shape):
        return None
    return fused_loss(*names)(z, _inline(t, shapes))


def _losses_of_nodes(formula: Formula) -> Iterator[tuple[Call, str]]:
    """The losses in a formula whose outputs are a node's, with its name."""
    if not isinstance(formula, Call):
        return
    part = _part(formula)
    if part is not None and isinstance(part.arguments[0], Ref):
        yield formula, part.arguments[0].name
        formula = part
    for argument in formula.arguments:
        yield from _losses_of_nodes(argument)


def _apart(call: Call, equation: Equation) -> bool:
    """Whether what goes into the activation stands nowhere else in the loss's equation."""
    own = {leaf for leaf in leaves(call.arguments[0]) if isinstance(leaf, Ref)}
    return own.isdisjoint(leaves(equation.formula))


def _shape(formula: Formula, shapes: Mapping[str, Shape]) -> Shape:
    if isinstance(formula, Ref):
        return shapes[formula.name]
    if not isinstance(formula, Call):
        return ()
    return operation(formula.function).shape([_shape(argument, shapes) for argument in formula.arguments])
