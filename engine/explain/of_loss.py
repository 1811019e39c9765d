"""Why a layered network's error is what it is, and what goes back from it where loss and activation cancel."""

from engine.explain.batch_terms import BatchTerms
from engine.explain.explainer import Explainer
from engine.explain.parts import Explanation, Part, part_of, symbol
from engine.formula.calculus import number_of
from engine.formula.cancelling import Fused, near_one
from engine.formula.corner import told
from engine.formula.field import REAL
from engine.formula.functions import DIVIDE, EXP, MULTIPLY, SIGMA, SUBTRACT, TOTAL
from engine.formula.likelihoods import SUM_OF_POWERS
from engine.formula.quantity import Quantity
from engine.formula.tree import Formula, Symbol, filled
from engine.walking.session import Session

NEAR = 1e-6
"""An output this near to its target has lost so many digits of y − t that it is visibly another by hand."""
DIGITS = 9
"""Of an example's weight: as many are shown."""


class OfLoss(Explainer):
    """The rules of a layered network's loss, for those of its layers to stand on."""

    def __init__(self, session: Session, example: int) -> None:
        super().__init__(session, example)
        self.network = session.scenario.layered

    def error_of(self, quantity: Quantity) -> Explanation:
        """E of an output."""
        loss, last, name = self.network.loss, self.network.layers[-1], quantity.subject or ""
        x, y, t = (self.operand(kind, name) for kind in "xyt")
        fused = None if self.arithmetic.field.as_defined else self.network.fused(self.network.depth)
        formula = (
            fused.over_divisor(fused.formula(x, t)) if fused else loss.formula(y, t, float(len(self.network.outputs)))
        )
        weights = self.network.loss.settings.class_weights
        weight = 1.0 if weights is None else float(weights[self.network.outputs.index(name)])
        formula = loss.weighted(formula, weight)
        formula = MULTIPLY(self.weight_of(self.example), formula) if self.network.weighted else formula
        powers = TOTAL(*(EXP(self.operand("x", other)) for other in last.nodes))
        formula = filled(formula, {SUM_OF_POWERS: powers})
        words = "The same, from the total input: the logarithm of a rounded output loses digits." if fused else ""
        return self.result(quantity, self._loss_rule(), (Part(formula),), words=words)

    def error(self) -> Explanation:
        """E of the batch, without a penalty: the sum over its examples and outputs."""
        parts = BatchTerms([(self._errors_of, len(self.session.values.examples))])
        return self.result(
            Quantity("E"),
            SIGMA(self._loss_rule()),
            parts,
            divisor=self.divisor,
            words=self.words_of_weights(),
            batch=self.batch,
        )

    def _errors_of(self, example: int) -> list[Part]:
        operands = (self.operand("E", name, example=example) for name in self.network.outputs)
        return [Part(operand, operand.value) for operand in operands]

    def _loss_rule(self) -> Formula:
        """E of an output in general terms."""
        loss = self.network.loss
        return self._of_example(loss.weighted(loss.formula(symbol("y"), symbol("t"), Symbol("m")), Symbol("c")))

    def loss_slope(self) -> Formula:
        """dE/dy of an output in general terms."""
        loss = self.network.loss
        return self._of_example(loss.weighted(loss.slope_formula(symbol("y"), symbol("t"), Symbol("m")), Symbol("c")))

    def _of_example(self, part: Formula) -> Formula:
        """A part of E, or its slope, with the example's weight before it, in general terms."""
        return MULTIPLY(Symbol("weight", r"\text{weight}"), part) if self.network.weighted else part

    def weight_of(self, example: int) -> Formula:
        """An example's weight, with as many digits as are read."""
        weights = self.session.values.weights
        assert weights is not None
        weight = float(weights[example, 0])
        return weight if len(repr(weight)) <= DIGITS + 2 else Symbol(f"{weight:.{DIGITS}g}", value=weight)

    def on_corner(self, node: int) -> str:
        """What is said where an output stands on a corner of the loss."""
        loss, name = self.network.loss, self.network.outputs[node]
        y, t = (self.operand(kind, name) for kind in "yt")
        if loss.corner is None or loss.jump is None or y.value is None or t.value is None:
            return ""
        place = number_of(loss.corner(y, t), {y: y.value, t: t.value}, REAL)
        return told(*loss.jump) if place == 0 else ""

    def cancelled(self, quantity: Quantity, fused: Fused, layer: int, node: int) -> Explanation:
        """dE/dx where loss and activation cancel, behind weights where there are some."""
        weights = self.network.loss.settings.class_weights
        targets = [self.operand("t", name).value or 0.0 for name in self.network.outputs]
        if weights is not None and fused.of_classes:
            targets = [weight * target for weight, target in zip(weights, targets, strict=True)]
        total = fused.total(targets)
        formula, words = self._difference(fused, layer, node, total)
        t = MULTIPLY(Symbol("c"), symbol("t")) if fused.of_classes else symbol("t")
        whole = symbol("y") if total is None else MULTIPLY(symbol("y"), SIGMA(t))
        rule = SUBTRACT(whole, t) if fused.slope is None else fused.slope(symbol("y"), t)
        rule = rule if fused.divisor == 1 else DIVIDE(rule, Symbol("m"))
        formula = fused.over_divisor(formula)
        if weights is not None and not fused.of_classes:
            rule, formula = MULTIPLY(Symbol("c"), rule), MULTIPLY(float(weights[node]), formula)
        formula = MULTIPLY(self.weight_of(self.example), formula) if self.network.weighted else formula
        return self.result(quantity, self._of_example(rule), (Part(formula),), words=words)

    def _target_of(self, fused: Fused, node: int) -> Formula:
        """The target of an output, or what stands for it in slopes."""
        weights, t = self.network.loss.settings.class_weights, self.operand("t", self.network.outputs[node])
        return t if weights is None or not fused.of_classes else MULTIPLY(float(weights[node]), t)

    def _difference(self, fused: Fused, layer: int, node: int, total: float | None) -> tuple[Formula, str]:
        """y − t as it is computed, or Σt·y − t, and words for it."""
        nodes = self.network.nodes(layer)
        y, t = self.operand("y", nodes[node]), self._target_of(fused, node)
        whole = y if total is None else MULTIPLY(total, y)
        value, share = part_of(t).value, (total or 1.0) if fused.of_classes else 1.0
        size = y.value if total is None or y.value is None else total * y.value
        few = leaves_few_digits(size and size / share, value and value / share)
        if self.of_outputs or not few:
            words = "The activation's slope and the loss's cancel, so the step before is not needed."
            if total is not None:
                of = "targets times their classes' weights" if fused.of_classes else "targets"
                words += f" The {of} sum to {total:.6g}, not to 1, so y comes in {total:.6g} times."
            return (SUBTRACT(whole, t) if fused.slope is None else fused.slope(y, t)), words
        words = "So near its target, the output leaves few digits of the difference: "
        if fused.near_one:
            return fused.near_one(
                self.operand("x", nodes[node]), t
            ), f"{words}1 less the output is taken from the total input."
        others = [number for number, name in enumerate(nodes) if name != nodes[node]]
        targets = TOTAL(*(self._target_of(fused, number) for number in others))
        outputs: Formula = TOTAL(*(self.operand("y", nodes[number]) for number in others))
        outputs = outputs if total is None else MULTIPLY(total, outputs)
        return SUBTRACT(targets, outputs), f"{words}it is taken from the other nodes."


def leaves_few_digits(y: float | None, t: float | None) -> bool:
    """Whether y − t is taken from what both leave of 1, and an output so near its target that it shows."""
    return y is not None and t is not None and near_one(y, t) and abs(y - t) < NEAR
