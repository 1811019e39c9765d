"""Rules that learn without derivatives: Rosenblatt's of the perceptron, and the delta rule of Widrow and Hoff.

What a parameter gets is α times its correction: the difference to the target, times what comes in. That is the last
link of the chain rule, dx/dw, with the difference in the place of dE/dx; so one rule is one difference, and the rest is
what every layer has. (Rejected: the delta rule as gradient descent on ½(t − x)². The numbers are the same, but there
would be rows of derivatives of an error that nobody has named.)
"""

from collections.abc import Mapping
from typing import ClassVar

from engine.formula.functions import ADD, MULTIPLY, SUBTRACT
from engine.formula.tree import Derivative, Formula, Operand, Ref, Symbol, filled
from engine.program.chain_rule import pulled_formula
from engine.program.equations import Program
from engine.program.rule import RATE, Optimizer, quantity

CORRECTION = quantity("correction")
"""What a learning rule takes of a parameter."""
INPUT = Symbol("input", r"\text{input}")
"""What comes in, in a rule in general terms."""


class LearningRule(Optimizer, frozen=True):
    """A rule for a single layer: w ← w + α·(t − what is compared)·input."""

    takes: ClassVar[Operand] = CORRECTION
    compared: ClassVar[str]
    """What is compared with the target: the output `y`, or the total input `x`."""
    activations: ClassVar[tuple[str, ...]]
    """Of which outputs it is a rule."""

    def rule(self, w: Formula, g: Formula) -> Mapping[str, Formula]:
        """A step by the correction; nothing is remembered."""
        return {"w+": ADD(w, MULTIPLY(RATE, g))}

    def torch(self) -> str | None:
        """None: PyTorch goes by derivatives."""
        return None

    def difference(self, t: Formula, compared: Formula) -> Formula:
        """How far an output, or its total input, is off."""
        return SUBTRACT(t, compared)

    @property
    def of_layer(self) -> Formula:
        """The differences of the only layer."""
        return self.difference(Ref("t"), Ref(f"{self.compared}1"))

    def corrections(self, program: Program, name: str) -> Formula:
        """The corrections of the weights, or of the biases, by one example: over whole values."""
        (use,) = program.consumers[name]
        return filled(pulled_formula(program, use, name), {Derivative(use.target): self.of_layer})


class Perceptron(LearningRule, frozen=True):
    """Rosenblatt (1958): only examples whose output is wrong change anything."""

    name: ClassVar[str] = "perceptron"
    compared: ClassVar[str] = "y"
    activations: ClassVar[tuple[str, ...]] = ("step", "sign")


class Delta(LearningRule, frozen=True):
    """Widrow and Hoff (1960): the total input itself is drawn to the target, whatever the output makes of it."""

    name: ClassVar[str] = "delta"
    compared: ClassVar[str] = "x"
    activations: ClassVar[tuple[str, ...]] = ("identity", "step", "sign")


LEARNING_RULES: dict[str, type[LearningRule]] = {rule.name: rule for rule in (Perceptron, Delta)}
