"""Every activation function by its name.

Adding one is writing its record, in the file of those like it, and naming it here.
"""

from engine.formula.activation import Activation
from engine.formula.bounded import GAUSSIAN, HARD_SIGMOID, HARD_TANH, SIGMOID, SIGN, SOFTSIGN, STEP, TANH
from engine.formula.functions import DIVIDE, EXP, MULTIPLY, SIGMA, SUBTRACT
from engine.formula.softmax import Softmax
from engine.formula.tree import Spelled
from engine.formula.unbounded import ELU, EXPONENTIAL, GELU, IDENTITY, LEAKY_RELU, RELU, SELU, SILU, SOFTPLUS

_SOFTMAX_IN_NUMPY = Spelled(
    "softmax({x})",
    "through_softmax({y}, {dy})",
    """
def softmax(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def through_softmax(y, dy):
    differences = dy[:, :, np.newaxis] - dy[:, np.newaxis, :]
    return y * (differences * y[:, np.newaxis, :]).sum(axis=2)  # y (dy - sum(y dy)), where y near 1 leaves digits of it
""",
)

SOFTMAX = Activation(
    "softmax",
    "softmax",
    lambda x: DIVIDE(EXP(x), SIGMA(EXP(x))),
    lambda x, y: MULTIPLY(y, SUBTRACT(1.0, y)),
    IDENTITY.value,
    IDENTITY.slope,
    numpy=_SOFTMAX_IN_NUMPY,
    torch="F.softmax({x}, dim=1)",
    joint=Softmax,
    bent=6.0,
)

ACTIVATIONS = {
    record.name: record
    for record in (
        *(SIGMOID, TANH, RELU, LEAKY_RELU, IDENTITY, SOFTMAX),
        *(SOFTPLUS, ELU, SELU, GELU, SILU, EXPONENTIAL),
        *(SOFTSIGN, HARD_SIGMOID, HARD_TANH, GAUSSIAN, STEP, SIGN),
    )
}
