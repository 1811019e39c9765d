"""Clipping: a bound to derivatives, between dE/dw and the update rule, which then knows nothing of what was cut.

Of each parameter `clipped` is computed from dE/dw, and with a bound to a norm from `norm` too, which many parameters
have in common. What the rule remembers is made of clipped derivatives, and a decay that is added to them comes after.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.formula.arithmetic import ordered_sum
from engine.formula.functions import (
    ADD,
    CHOOSE,
    DIVIDE,
    MAXIMUM,
    MINIMUM,
    MULTIPLY,
    NEGATE,
    SIGMA,
    SQRT,
    SQUARE,
)
from engine.formula.tree import Formula, Leaf, Symbol, filled
from engine.formula.written import code
from engine.program.rule import DERIVATIVE, quantity

Array = NDArray[np.float64]
BOUND = Symbol("c")
OVER = {"all": "all parameters", "layer": "each layer", "parameter": "weights and biases each by themselves"}
"""Over what a norm goes, in words."""
NORM, CLIPPED = quantity("norm"), quantity("clipped")


class Clip(Struct, frozen=True):
    """A bound to derivatives: to the norm of several together, or to each by itself.

    Attributes:
        norm: c, to which derivatives are scaled down whose norm is more.
        value: c, if each derivative is cut to −c … c.
        over: over what a norm goes: all that is trained, each layer, or a layer's weights and its biases by themselves
            (of a graph each parameter).
        epsilon: what is added to the norm.
    """

    norm: float | None = None
    value: float | None = None
    over: Literal["all", "layer", "parameter"] = "all"
    epsilon: float = 0.0

    @property
    def bound(self) -> float:
        """c."""
        bound = self.value if self.norm is None else self.norm
        assert bound is not None
        return bound

    @property
    def settings(self) -> dict[Symbol, float]:
        """The bound by its symbol."""
        return {BOUND: self.bound}

    def formulas(self) -> Mapping[str, Formula]:
        """What is computed of one parameter, in order; the norm's is only written: it goes over many."""
        if self.norm is None:
            return {"clipped": MINIMUM(MAXIMUM(DERIVATIVE, NEGATE(BOUND)), BOUND)}
        size: Formula = ADD(NORM, self.epsilon) if self.epsilon else NORM
        scaled = CHOOSE(MULTIPLY(DERIVATIVE, DIVIDE(BOUND, size)), size, BOUND, DERIVATIVE)
        return {"norm": SQRT(SIGMA(SQUARE(DERIVATIVE))), "clipped": scaled}

    def in_code(self, derivative: str, norm: str, functions: str = "", library: str = "") -> str:
        """The clipped derivative in Python, with the numbers of the settings."""
        names: dict[Leaf, str] = {DERIVATIVE: derivative, NORM: norm}
        formula = filled(self.formulas()["clipped"], dict(self.settings))
        return code(formula, names.__getitem__, functions, library=library)

    def size(self, derivatives: Array) -> Array:
        """The norm of these together: the root of the sum of their squares, from the first to the last."""
        return np.asarray(np.sqrt(ordered_sum(derivatives * derivatives)))

    def clipped(self, derivatives: Array, norms: Array) -> Array:
        """The derivatives with their bound; where a norm has left the finite ones, that."""
        found = _computed(self)(derivatives, norms)
        return found if self.norm is None else np.where(np.isfinite(norms), found, norms)


@lru_cache(maxsize=64)
def _computed(clip: Clip) -> Callable[[Array, Array], Array]:
    made: Callable[[Array, Array], Array] = eval(f"lambda g, norm: {clip.in_code('g', 'norm', 'np.')}", {"np": np})
    return made  # our own text: nothing of a file is in it
