"""Update rules: how a derivative becomes a new parameter, each with the state that it carries along.

A rule works on arrays of any shape, element by element, so that a layer, a single parameter and a whole network are
updated by the same lines. State is an array of shape (slots, …): `momentum` carries v, `adam` carries m and v.
Adding a rule is adding one class to `OPTIMIZERS`.
"""

from math import sqrt
from typing import ClassVar, Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Optimizer(Protocol):
    """An update rule."""

    name: ClassVar[str]
    slots: ClassVar[tuple[str, ...]]
    """What the rule remembers of each parameter, by its usual letter."""

    def update(
        self, w: Array, d_error_d_w: Array, state: Array, learning_rate: float, time: int
    ) -> tuple[Array, Array]:
        """The new parameters and the new state.

        Args:
            w: the parameters, of any shape.
            d_error_d_w: dE/dw, of the same shape.
            state: shape (slots, *w.shape); zeros before the first update.
            learning_rate: α.
            time: the number of this update, counted from 1.
        """


class Sgd(Struct, frozen=True):
    """Plain gradient descent: w ← w − α·dE/dw."""

    name: ClassVar[str] = "sgd"
    slots: ClassVar[tuple[str, ...]] = ()

    def update(
        self, w: Array, d_error_d_w: Array, state: Array, learning_rate: float, time: int
    ) -> tuple[Array, Array]:
        """w − α·dE/dw; nothing is remembered."""
        return w - learning_rate * d_error_d_w, state


class Momentum(Struct, frozen=True):
    """Classical momentum: v ← μv + g, w ← w − αv; Nesterov's form steps by g + μv (as PyTorch has them)."""

    name: ClassVar[str] = "momentum"
    slots: ClassVar[tuple[str, ...]] = ("v",)
    momentum: float = 0.9
    nesterov: bool = False

    def update(
        self, w: Array, d_error_d_w: Array, state: Array, learning_rate: float, time: int
    ) -> tuple[Array, Array]:
        """The new parameters and v."""
        v = self.momentum * state[0] + d_error_d_w
        step = d_error_d_w + self.momentum * v if self.nesterov else v
        return w - learning_rate * step, v[np.newaxis]


class Adam(Struct, frozen=True):
    """Adam (Kingma and Ba, 2015) with bias correction, ε outside the root (as PyTorch has it)."""

    name: ClassVar[str] = "adam"
    slots: ClassVar[tuple[str, ...]] = ("m", "v")
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def update(
        self, w: Array, d_error_d_w: Array, state: Array, learning_rate: float, time: int
    ) -> tuple[Array, Array]:
        """The new parameters, m and v."""
        m = self.beta1 * state[0] + (1 - self.beta1) * d_error_d_w
        v = self.beta2 * state[1] + (1 - self.beta2) * (d_error_d_w * d_error_d_w)
        step = learning_rate / (1 - self.beta1**time)
        root = sqrt(1 - self.beta2**time)
        return w - step * (m / (np.sqrt(v) / root + self.epsilon)), np.stack((m, v))


OPTIMIZERS: dict[str, type[Sgd] | type[Momentum] | type[Adam]] = {rule.name: rule for rule in (Sgd, Momentum, Adam)}
