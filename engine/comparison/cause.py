"""What was done to get wrong numbers, and how plain it is."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from engine.program.scenario import Variant

PLAINNESS = (
    *("sign", "transposed", "permuted", "slope-forgotten", "slope-of-x", "slope-not-cancelled", "diagonal-only"),
    *("slope-of-y", "function-for-slope", "example-weights-forgotten"),
    *(
        "bias-forgotten",
        "activation-forgotten",
        "activation-twice",
        "path-forgotten",
        "input-for-output",
        "weight-forgotten",
    ),
    *(
        "weight-forgotten",
        "input-forgotten",
        "divisor-forgotten",
        "target-forgotten",
        "not-squared",
        "change-for-value",
    ),
    "derivative-for-parameter",
    *("parameter-for-derivative", "updated-weight", "learning-rate", "bias-not-trained", "bias-trained"),
    *(
        "example-left-out",
        "gradients-kept",
        "batch-order",
        "other-quantity",
        "other-layer",
        "other-example",
        "other-iteration",
        "slope-power",
    ),
    *("slope-mistaken",),
    *("loss", "reduction", "other-activation", "optimizer", "penalty"),
    *("dropout", "saturated-slope", "rounded", "float32", "factor"),
)
"""The mistakes by name, the plainest first."""


class Cause(Struct, frozen=True):
    """What was done.

    Attributes:
        cause: its name.
        at: the row that it changes, or `setting`.
        explains: how many numbers that are not right.
        words: what was done, and what is right.
        details: what more there is to say, by the names of its JSON.
        by_chance: how many explanations as good there would be of other numbers.
        variant: the settings of a file that say the same, if there are any.
    """

    cause: str
    at: str
    explains: int
    words: str
    details: Mapping[str, Any] = field(default_factory=dict)
    by_chance: float = 0.0
    variant: Variant | None = None

    @property
    def told(self) -> dict[str, Any]:
        """It as JSON has it."""
        own = {"cause": self.cause, "at": self.at, "explains": self.explains, "words": self.words}
        return {**own, **self.details}


class Found(Struct, frozen=True):
    """What a search found: one mistake, or two together; how many more are as plain."""

    causes: tuple[Cause, ...] = ()
    others: int = 0


WORDS = {
    "sign": "the sign is turned",
    "transposed": "a matrix is turned round",
    "permuted": "the numbers stand in another order",
    "slope-forgotten": "the slope of the activation function is missing",
    "slope-of-x": "the slope was put together from x where y belongs",
    "slope-of-y": "the slope was asked of y where x belongs, so that the function is in it twice",
    "function-for-slope": "the function itself stands in the place of its slope",
    "slope-mistaken": "the formula of the slope has a slip in it",
    "slope-not-cancelled": "the slope was left in, which cancels with the loss",
    "diagonal-only": "of the slopes of softmax only the diagonal was taken",
    "bias-forgotten": "the bias is missing",
    "activation-forgotten": "the activation function is missing",
    "activation-twice": "the activation function of the outputs is used twice",
    "path-forgotten": "one summand is missing",
    "input-for-output": "total inputs were put in where outputs belong",
    "weight-forgotten": "the weights are missing as a factor",
    "input-forgotten": "a factor is missing, what comes in",
    "divisor-forgotten": "a divisor is missing",
    "target-forgotten": "the target is missing",
    "not-squared": "the difference is not squared",
    "change-for-value": "the change and the new value are mistaken for each other",
    "derivative-for-parameter": "the derivative stands in the place of the parameter",
    "parameter-for-derivative": "the parameter stands in the place of its derivative",
    "updated-weight": "the error went back through weights that were updated already",
    "learning-rate": "the learning rate is where it does not belong, or not where it does",
    "bias-not-trained": "the biases are not trained",
    "bias-trained": "the biases are trained, which stay as they are in this scenario",
    "example-left-out": "an example is left out, or all but one are",
    "gradients-kept": "the derivatives of iterations before were not set to zero, and were added to",
    "batch-order": "the examples were taken in another order",
    "other-quantity": "another quantity stands in its place",
    "other-layer": "something of another layer stands in its place",
    "other-example": "these are the numbers of another example",
    "other-iteration": "these are the numbers of another iteration",
    "slope-power": "the slope has another power",
    "example-weights-forgotten": "the weights of examples are left out",
    "loss": "it is of another loss",
    "reduction": "examples, or outputs, are joined otherwise",
    "other-activation": "it is of another activation function",
    "optimizer": "parameters are updated in another way",
    "penalty": "weights are penalized that are not, or otherwise than they are",
    "dropout": "outputs are switched off, and the others made larger",
    "saturated-slope": "the slope was taken from an output that is saturated, where no digits are left of it",
    "rounded": "numbers were rounded at every step",
    "float32": "numbers are of single precision",
    "factor": "all numbers are multiplied by one factor",
}
"""What was done, by name."""
