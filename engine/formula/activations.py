"""Every activation function by its name.

Adding one is writing its record, in the file of those like it, and naming it here.
"""

from engine.formula.activation import Activation, called
from engine.formula.bounded import GAUSSIAN, HARD_SIGMOID, HARD_TANH, SIGMOID, SIGN, SOFTSIGN, STEP, TANH
from engine.formula.functions import DIVIDE, EXP, MULTIPLY, SIGMA, SUBTRACT
from engine.formula.softmax import Softmax
from engine.formula.tree import ATOM, CHOICE, Spelled, Writing
from engine.formula.unbounded import ELU, EXPONENTIAL, GELU, IDENTITY, LEAKY_RELU, RELU, SELU, SILU, SOFTPLUS

_SOFTMAX_IN_NUMPY = Spelled(
    called("softmax"),
    called("softmax_slopes"),
    define="""
def softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def softmax_slopes(y):
    one = np.eye(y.shape[-1])
    others = y @ (1 - one)  # 1 - y, where y near 1 leaves digits of it
    return one * (y * others)[..., np.newaxis] - (1 - one) * y[..., np.newaxis] * y[..., np.newaxis, :]
""",
)

SOFTMAX = Activation(
    "softmax",
    "softmax",
    lambda x: DIVIDE(EXP(x), SIGMA(EXP(x))),
    lambda x, y: MULTIPLY(y, SUBTRACT(1.0, y)),
    IDENTITY.value,
    IDENTITY.slope,
    scripts={"numpy": _SOFTMAX_IN_NUMPY, "torch": Spelled(Writing("F.softmax({0}, dim=-1)", ATOM, (CHOICE,)))},
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
