"""Where a loss and the activation before it cancel, in the equations of a graph."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from engine.formula.functions import DIVIDE, MULTIPLY
from engine.formula.tree import Call, Formula, Ref, filled, leaves
from engine.program.across.fused_losses import FUSED, each_fused, fused_loss
from engine.program.across.joined import reduction
from engine.program.elementwise import operation
from engine.program.equations import Equation
from engine.program.operations import Shape
from engine.program.parts_of_losses import loss_in

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
            if call is None or uses[node] != 1 or not _apart(made[node], equation):
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
    """Of a loss the function of each element, without weights of classes: of numbers it is the loss itself."""
    whole = formula.arguments[0] if formula.function is TOTAL_OF_ALL else formula
    whole = _weighted(formula)[1] or whole
    return whole if isinstance(whole, Call) and whole.function.name in {loss for loss, _ in FUSED} else None


def _weighted(formula: Call) -> tuple[Formula | None, Formula | None]:
    """Of a loss whose classes have weights these, and the function of each element without them."""
    whole = formula.arguments[0] if formula.function is TOTAL_OF_ALL else None
    if not isinstance(whole, Call) or whole.function is not MULTIPLY:
        return None, None
    weights, part = whole.arguments
    return weights, part


def _of_activation(loss: Call, activation: Formula | None, shapes: Mapping[str, Shape]) -> Call | None:
    """A loss of an activation's outputs as a function of what goes into that, if the two cancel."""
    part = _part(loss)
    if part is None or not isinstance(activation, Call):
        return None
    found = loss_in(part.function)
    if found is None or (names := (found[0].name, activation.function.name)) not in FUSED:
        return None
    z, t = activation.arguments[0], part.arguments[1]
    shape, count = _shape(z, shapes), float(found[1])
    summed = loss.function is TOTAL_OF_ALL
    if shape != _shape(t, shapes) or summed != bool(shape):
        return None
    targets, positive = _inline(t, shapes), getattr(found[0].settings, "pos_weight", 1.0)
    weights, _ = _weighted(loss)
    if weights is not None and names[1] != "softmax":
        call = TOTAL_OF_ALL(MULTIPLY(_inline(weights, shapes), each_fused(positive)(z, targets)))
        return DIVIDE(call, count) if found[0].mean and count > 1 else call
    if weights is not None:
        targets = MULTIPLY(_inline(weights, shapes), targets)
    call = fused_loss(*names, positive, classes=weights is not None)(z, targets)
    return DIVIDE(call, count) if found[0].mean and count > 1 else call


def _losses_of_nodes(formula: Formula) -> Iterator[tuple[Call, str]]:
    """The losses in a formula whose outputs are a node's, with its name."""
    if not isinstance(formula, Call):
        return
    part = _part(formula)
    if part is not None and isinstance(part.arguments[0], Ref):
        yield formula, part.arguments[0].name
        formula = part if _weighted(formula)[0] is None else formula
    for argument in formula.arguments:
        yield from _losses_of_nodes(argument)


def _apart(activation: Formula, equation: Equation) -> bool:
    """Whether what goes into the activation stands nowhere else in the loss's equation."""
    own = {leaf for leaf in leaves(activation) if isinstance(leaf, Ref)}
    return own.isdisjoint(leaves(equation.formula))


def _shape(formula: Formula, shapes: Mapping[str, Shape]) -> Shape:
    if isinstance(formula, Ref):
        return shapes[formula.name]
    if not isinstance(formula, Call):
        return ()
    return operation(formula.function).shape([_shape(argument, shapes) for argument in formula.arguments])
