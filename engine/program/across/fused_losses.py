"""The losses that cancel with softmax and sigmoid, and the functions that stand in their places."""

from collections.abc import Sequence
from functools import cache
from math import prod
from typing import Any

import numpy as np
from msgspec.structs import replace

from engine.formula.activations import ACTIVATIONS
from engine.formula.arithmetic import row_sums
from engine.formula.bounded import shares
from engine.formula.cancelling import Fused
from engine.formula.field import Functions, Number
from engine.formula.functions import ADD, EXP, LOG, MULTIPLY, NEGATE, SUBTRACT, TOTAL
from engine.formula.losses import LOSSES, loss_of
from engine.formula.softmax import Softmax
from engine.formula.tree import ATOM, CHOICE, Formula, Function, Spelled, Writing
from engine.program.across.fused import FusedLoss
from engine.program.coded import Code, Language, atom
from engine.program.operations import Array, Shape, ShapeError, Whole

SIGMOID = ACTIVATIONS["sigmoid"]


class SoftmaxLoss(FusedLoss):
    """−Σ t ln softmax(z), each row of z by itself."""

    slopes_read = ("softmax({0})·Σ{1} − {1}", "ln Σe^{0} − {0}", "{0}·Σ{1} − {1}")
    latex = (
        r"\mathrm{{softmax}}({0}) \cdot \sum {1} - {1}",
        r"\ln \sum e^{{{0}}} - {0}",
        r"{0} \cdot \sum {1} - {1}",
    )

    def scaled(self, z: list[float], t: list[float], f: Functions[Any]) -> list[float]:
        """p·Σt: 1·p where the targets are shares."""
        total = t[0]
        for target in t[1:]:
            total += target
        outputs = Softmax.outputs(z, f)
        return outputs if total == 1.0 else [output * total for output in outputs]

    def scaled_rows(self, z: Array, t: Array) -> Array:
        """p·Σt."""
        return Softmax.outputs_of_rows(z) * row_sums(t)[:, np.newaxis]

    @property
    def scaled_code(self) -> str:
        """p·Σt; with weights of classes the slopes have it themselves."""
        return "" if self.fused.of_classes else " * t.sum(axis=-1, keepdims=True)"

    def by_target_code(self, z: Code, spelled: Spelled, language: Language) -> str:
        """What an element adds where its target is 1."""
        assert spelled.value is not None
        return f"({language.put(spelled.value, [z, Code('1')])})"

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """A number, of values with rows."""
        if not shapes[0]:
            raise ShapeError("a number alone has no row: a vector or a matrix is needed")
        return super().shape(shapes)

    def parts(self, z: Whole, t: Whole) -> list[Formula]:
        """t·(ln Σ e^z − z)."""
        return [MULTIPLY(t.element(item), self.by_target(z, item)) for item in range(prod(z.shape))]

    def slope(self, z: Whole, t: Whole, item: int) -> Formula:
        """p·Σt − t."""
        row = _row(z.shape, item)
        output = Softmax.output([z.element(number) for number in row], item - row.start)
        return SUBTRACT(MULTIPLY(output, TOTAL(*map(t.element, row))), t.element(item))

    def by_target(self, z: Whole, item: int) -> Formula:
        """ln Σ e^z − z."""
        powers = [EXP(z.element(number)) for number in _row(z.shape, item)]
        return SUBTRACT(LOG(TOTAL(*powers)), z.element(item))


class SigmoidLoss(FusedLoss):
    """−Σ (t ln σ(z) + (1 − t) ln(1 − σ(z)))."""

    slopes_read = ("σ({0}) − {1}", "−{0}", "{0} − {1}")
    latex = (r"\sigma({0}) - {1}", "-{0}", "{0} - {1}")

    def scaled(self, z: list[float], t: list[float], f: Functions[Any]) -> list[float]:
        """σ(z)."""
        return [SIGMOID.value(number, f) for number in z]

    def scaled_rows(self, z: Array, t: Array) -> Array:
        """σ(z)."""
        return shares(z)[0]

    @property
    def scaled_code(self) -> str:
        """σ(z)."""
        return ""

    def by_target_code(self, z: Code, spelled: Spelled, language: Language) -> str:
        """−z."""
        return f"-{atom(z)}"

    def parts(self, z: Whole, t: Whole) -> list[Formula]:
        """As the loss has it from total inputs."""
        return [self.fused.formula(z.element(item), t.element(item)) for item in range(prod(z.shape))]

    def slope(self, z: Whole, t: Whole, item: int) -> Formula:
        """σ(z) − t."""
        return SUBTRACT(SIGMOID.function(z.element(item)), t.element(item))

    def by_target(self, z: Whole, item: int) -> Formula:
        """−z."""
        return NEGATE(z.element(item))


class WeightedSigmoidLoss(SigmoidLoss):
    """−Σ (p·t ln σ(z) + (1 − t) ln(1 − σ(z))).

    Args:
        fused: how loss and activation cancel.
        p: the weight of what should be 1.
    """

    def __init__(self, fused: Fused, p: float) -> None:
        super().__init__("binary_cross_entropy", "sigmoid", fused)
        self._name, self._p = f"{self._name}_weighted", p
        self.slopes_read = (
            f"(1 − {{1}})·σ({{0}}) − {p:g}·{{1}}·(1 − σ({{0}}))",
            f"{p:g}·ln(1 + e^(−{{0}})) − ln(1 + e^{{0}})",
            f"(1 − {{1}})·{{0}} − {p:g}·{{1}}·(1 − {{0}})",
        )
        self.latex = (
            rf"(1 - {{1}}) \cdot \sigma({{0}}) - {p:g} \cdot {{1}} \cdot (1 - \sigma({{0}}))",
            rf"{p:g} \cdot \ln(1 + e^{{{{-{{0}}}}}}) - \ln(1 + e^{{{{{{0}}}}}})",
            rf"(1 - {{1}}) \cdot {{0}} - {p:g} \cdot {{1}} \cdot (1 - {{0}})",
        )

    def _of_outputs(self, y: list[float], t: list[float]) -> list[float]:
        return self.fused.slopes_as_written(y, t)

    def by_target_code(self, z: Code, spelled: Spelled, language: Language) -> str:
        """What an element adds where its target is 1, less what it adds where that is 0."""
        assert spelled.value is not None
        one, other = (language.put(spelled.value, [z, Code(target)]) for target in "10")
        return f"({one} - ({other}))"

    def slope(self, z: Whole, t: Whole, item: int) -> Formula:
        """(1 − t)·σ(z) − p·t·(1 − σ(z))."""
        return self.fused.slope_formula(SIGMOID.function(z.element(item)), t.element(item))

    def by_target(self, z: Whole, item: int) -> Formula:
        """p·ln(1 + e^−z) − ln(1 + e^z)."""
        own = z.element(item)
        hit, miss = (LOG(ADD(1.0, EXP(power))) for power in (NEGATE(own), own))
        return SUBTRACT(MULTIPLY(self._p, hit), miss)


def _row(shape: Shape, item: int) -> range:
    """The row of an element."""
    start = item - item % shape[-1]
    return range(start, start + shape[-1])


FUSED: dict[tuple[str, str], FusedLoss] = {
    ("cross_entropy", "softmax"): SoftmaxLoss("cross_entropy", "softmax"),
    ("binary_cross_entropy", "sigmoid"): SigmoidLoss("binary_cross_entropy", "sigmoid"),
}
"""By the names of a loss and an activation."""


@cache
def fused_loss(loss: str, activation: str, positive: float = 1.0, *, classes: bool = False) -> Function:
    """The function of z and t in whose place a loss of an activation stands.

    Args:
        loss: its name.
        activation: the activation's.
        positive: of binary cross entropy the weight of what should be 1.
        classes: whether t are targets times the weights of classes.
    """
    across = FUSED[loss, activation]
    if classes:
        across = SoftmaxLoss(loss, activation, across.fused.with_classes())
    elif positive != 1:
        settings = replace(LOSSES[loss].settings, pos_weight=positive)
        across = WeightedSigmoidLoss(loss_of(loss, settings).fused[activation], positive)
    symbol, latex = ACTIVATIONS[activation].symbol, ACTIVATIONS[activation].latex or rf"\mathrm{{{{{activation}}}}}"
    return Function(
        name=f"{loss} of {activation}",
        writing=Writing(f"{loss}({symbol}({{0}}), {{1}})", ATOM, (CHOICE, CHOICE)),
        latex=Writing(rf"\operatorname{{{{{loss.replace('_', '-')}}}}}({latex}({{0}}), {{1}})", ATOM, (CHOICE, CHOICE)),
        across=across,
    )


@cache
def each_fused(positive: float = 1.0) -> Function:
    """Binary cross entropy of sigmoid, of each element of z and t by itself: weights of classes stand before it.

    Args:
        positive: the weight of what should be 1.
    """
    loss = loss_of("binary_cross_entropy", replace(LOSSES["binary_cross_entropy"].settings, pos_weight=positive))
    fused = loss.fused["sigmoid"]

    def slope_at(z: Number, t: float, f: Functions[Number]) -> Number:
        x: Any = z  # real: it is no derivative of which another one is taken
        y = SIGMOID.value(x, f)
        slopes = fused.slopes_as_written([y], [t]) if f.of_outputs else fused.slopes([x], [y], [t])
        return slopes[0]

    def slope_of(y: Writing) -> Writing:
        return Writing(y.template.replace("{1}", "sigmoid({0})").replace("{2}", "{1}"), y.level, y.needs)

    own = fused.scripts["numpy"].slope
    assert own is not None
    slope = Function(
        name="slope of binary_cross_entropy of sigmoid",
        formula=lambda z, t: fused.slope_formula(SIGMOID.function(z), t),
        value=slope_at,
        arrays=lambda z, t: fused.of_rows.differences(*np.broadcast_arrays(z, shares(z)[0], t)),
        writing=Writing("binary_cross_entropy′(σ({0}), {1})", ATOM, (CHOICE, CHOICE)),
        scripts={"numpy": Spelled(slope_of(own), define=fused.scripts["numpy"].define)},
    )

    def by_target(z: Formula) -> Formula:
        if positive == 1:
            return NEGATE(z)
        hit, miss = (LOG(ADD(1.0, EXP(power))) for power in (NEGATE(z), z))
        return SUBTRACT(MULTIPLY(positive, hit), miss)

    return Function(
        name="binary_cross_entropy of sigmoid, each",
        formula=fused.formula,
        value=lambda z, t, f: fused.errors([z], [t], f)[0],
        slopes=(lambda call: slope(*call.arguments), lambda call: by_target(call.arguments[0])),
        arrays=lambda z, t: fused.of_rows.errors(*np.broadcast_arrays(z, t)),
        writing=Writing("binary_cross_entropy(σ({0}), {1})", ATOM, (CHOICE, CHOICE)),
        latex=Writing(r"\operatorname{{binary-cross-entropy}}(\sigma({0}), {1})", ATOM, (CHOICE, CHOICE)),
        scripts={name: Spelled(spelled.value, define=spelled.define) for name, spelled in fused.scripts.items()},
    )
