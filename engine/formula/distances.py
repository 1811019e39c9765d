"""Losses of how far outputs are from targets, and of the side on which they are."""

import math

from engine.formula.field import Functions, Number
from engine.formula.functions import (
    ABSOLUTE,
    CHOOSE,
    DIVIDE,
    HALF,
    HYPERBOLIC_COSINE,
    HYPERBOLIC_TANGENT,
    LOG,
    MAXIMUM,
    MINIMUM,
    MULTIPLY,
    NEGATE,
    SIGN,
    SQUARE,
    SUBTRACT,
)
from engine.formula.loss import SIGNS, Loss, of_outputs
from engine.formula.tree import ATOM, CHOICE, Formula, Spelled, Writing


def _huber(y: Formula, t: Formula, m: Formula) -> Formula:
    """½(y − t)² up to a distance of 1, and a straight line beyond."""
    size = ABSOLUTE(SUBTRACT(y, t))
    return CHOOSE(SUBTRACT(size, HALF), size, 1.0, MULTIPLY(HALF, SQUARE(SUBTRACT(y, t))))


def _huber_slope(y: Formula, t: Formula, m: Formula) -> Formula:
    return MAXIMUM(-1.0, MINIMUM(1.0, SUBTRACT(y, t)))


def _log_cosh(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    size = f.abs(y - t)
    if size.real < 1:  # cosh² is 1 / (1 − tanh²)
        part = f.tanh(y - t)
        return -f.log1p(-(part * part)) / 2
    return size + f.log1p(f.exp(-2 * size)) - math.log(2)


def _log_cosh_slope(y: Number, t: float, m: int, f: Functions[Number]) -> Number:
    return f.tanh(y - t)


def _missing(y: Formula, t: Formula) -> Formula:
    """How much an output lacks of being 1 or more on its target's side."""
    return MAXIMUM(0.0, SUBTRACT(1.0, MULTIPLY(t, y)))


_LOG_COSH_IN_NUMPY = """
def log_cosh(d):
    near, size = np.clip(d, -1, 1), np.abs(d)  # without overflow, and where cosh is near 1 with the digits beyond
    return np.where(size < 1, -np.log1p(-np.tanh(near) ** 2) / 2, size + np.log1p(np.exp(-2 * size)) - np.log(2))
"""
_LOG_COSH_IN_TORCH = """
def log_cosh(d):
    near, size = d.clamp(-1, 1), d.abs()  # without overflow, and where cosh is near 1 with the digits beyond
    beyond = size + torch.log1p(torch.exp(-2 * size)) - torch.log(tensor(2.0))
    return torch.where(size < 1, -torch.log1p(-torch.tanh(near) ** 2) / 2, beyond)
"""
_HUBER_IN_NUMPY = Spelled(
    of_outputs("huber({0} - {1})"),
    define="""
def huber(d):
    near = np.minimum(np.abs(d), 1)
    return near * (np.abs(d) - near / 2)  # d^2 / 2 up to 1, |d| - 1/2 beyond, without overflow
""",
)

HALF_SQUARED_ERROR = Loss(
    "half_squared_error",
    lambda y, t, m: MULTIPLY(HALF, SQUARE(SUBTRACT(y, t))),
    lambda y, t, m: SUBTRACT(y, t),
)
SQUARED_ERROR = Loss(
    "squared_error", lambda y, t, m: SQUARE(SUBTRACT(y, t)), lambda y, t, m: MULTIPLY(2.0, SUBTRACT(y, t))
)
MEAN_SQUARED_ERROR = Loss(
    "mean_squared_error",
    lambda y, t, m: DIVIDE(SQUARE(SUBTRACT(y, t)), m),
    lambda y, t, m: DIVIDE(MULTIPLY(2.0, SUBTRACT(y, t)), m),
)
ABSOLUTE_ERROR = Loss(
    "absolute_error",
    lambda y, t, m: ABSOLUTE(SUBTRACT(y, t)),
    lambda y, t, m: SIGN(SUBTRACT(y, t)),
    corner=lambda y, t: SUBTRACT(y, t),
)
HUBER = Loss(
    "huber",
    _huber,
    _huber_slope,
    scripts={
        "numpy": _HUBER_IN_NUMPY,
        "torch": Spelled(Writing('F.huber_loss({0}, {1}, reduction="none")', ATOM, (CHOICE,))),
    },
)
SMOOTH_L1 = Loss(
    "smooth_l1",
    _huber,
    _huber_slope,
    scripts={
        "numpy": _HUBER_IN_NUMPY,
        "torch": Spelled(Writing('F.smooth_l1_loss({0}, {1}, reduction="none")', ATOM, (CHOICE,))),
    },
)
LOG_COSH = Loss(
    "log_cosh",
    lambda y, t, m: LOG(HYPERBOLIC_COSINE(SUBTRACT(y, t))),
    lambda y, t, m: HYPERBOLIC_TANGENT(SUBTRACT(y, t)),
    (_log_cosh, _log_cosh_slope),
    scripts={
        "numpy": Spelled(of_outputs("log_cosh({0} - {1})"), of_outputs("np.tanh({0} - {1})"), _LOG_COSH_IN_NUMPY),
        "torch": Spelled(of_outputs("log_cosh({0} - {1})"), define=_LOG_COSH_IN_TORCH),
    },
)
HINGE = Loss(
    "hinge",
    lambda y, t, m: _missing(y, t),
    lambda y, t, m: CHOOSE(NEGATE(t), 1.0, MULTIPLY(t, y), 0.0),
    targets=SIGNS,
    scripts={"torch": Spelled(of_outputs("F.relu(1 - {1} * {0})"))},
    corner=lambda y, t: SUBTRACT(1.0, MULTIPLY(t, y)),
)
SQUARED_HINGE = Loss(
    "squared_hinge",
    lambda y, t, m: SQUARE(_missing(y, t)),
    lambda y, t, m: MULTIPLY(MULTIPLY(-2.0, t), _missing(y, t)),
    targets=SIGNS,
    scripts={"torch": Spelled(of_outputs("F.relu(1 - {1} * {0}) ** 2"))},
)
