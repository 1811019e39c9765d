"""Update rules: how a derivative becomes a new parameter, each as formulas with the memory that it carries along.

A rule's formulas say what becomes of one parameter. They are computed on arrays of any shape, element by element, so
that a layer, a single parameter and a whole network are updated by the same lines; and they are what is shown, exported
and written out for running on. Memory is an array of shape (slots, …): `momentum` carries v, `adam` carries m and v.
Adding a rule is adding one class to `OPTIMIZERS`.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.formula.functions import ADD, DIVIDE, MULTIPLY, RAISE, SQRT, SQUARE, SUBTRACT
from engine.formula.quantity import Quantity
from engine.formula.tree import Formula, Leaf, Operand, Symbol, filled
from engine.formula.written import code

Array = NDArray[np.float64]

W, DERIVATIVE, RATE = (Operand(Quantity(kind)) for kind in ("w", "dE/dw", "learning_rate"))
M, M_NEW, V, V_NEW = (Operand(Quantity(kind)) for kind in ("m", "m+", "v", "v+"))
TIME = Symbol("t")
"""The number of the update, from 1."""
MU, BETA1, BETA2 = Symbol("μ", r"\mu"), Symbol("β₁", r"\beta_{1}"), Symbol("β₂", r"\beta_{2}")
EPSILON = Symbol("ε", r"\varepsilon")


class Optimizer(Struct, frozen=True):
    """An update rule; its fields are its settings."""

    name: ClassVar[str]
    slots: ClassVar[tuple[str, ...]] = ()
    """What the rule remembers of each parameter, by its usual letter."""
    squares: ClassVar[tuple[str, ...]] = ()
    """Those of them that are made of squares, and never negative."""
    symbols: ClassVar[Mapping[str, Symbol]] = {}
    """By setting, what stands for it in the formulas."""
    torch_memory: ClassVar[Mapping[str, str]] = {}
    """By slot what PyTorch calls it; `step` is what it calls the number of updates made, where it counts them."""

    def torch(self) -> str:
        """PyTorch's own form of the rule, without its parameters and learning rate."""
        raise NotImplementedError

    def formulas(self) -> Mapping[str, Formula]:
        """What becomes of the memory, in the order of its slots (`m+`, `v+`), and last of the parameter, `w+`.

        In terms of `W`, `DERIVATIVE`, `RATE`, `TIME`, the memory before and after, and the settings' symbols.
        """
        raise NotImplementedError

    @property
    def settings(self) -> dict[Symbol, float]:
        """The settings' numbers by their symbols."""
        return {symbol: getattr(self, name) for name, symbol in self.symbols.items()}

    def update(
        self, w: Array, d_error_d_w: Array, state: Array, learning_rate: float, time: int
    ) -> tuple[Array, Array]:
        """The new parameters and the new memory.

        Args:
            w: the parameters, of any shape.
            d_error_d_w: dE/dw, of the same shape.
            state: shape (slots, *w.shape); zeros before the first update.
            learning_rate: α.
            time: the number of this update, counted from 1.
        """
        *memory, new = _computed(self)(w, d_error_d_w, state, learning_rate, time)
        return new, np.stack(memory) if memory else state


def names_in_code(
    optimizer: Optimizer, derivative: str = "g", rate: str = "rate", time: str = "time"
) -> dict[Leaf, str]:
    """What the leaves of a rule's formulas are called in a program: `w`, `m`, and `m_new` for `m+`."""
    memory: dict[Leaf, str] = {Operand(Quantity(slot)): slot for slot in optimizer.slots}
    new: dict[Leaf, str] = {Operand(Quantity(f"{slot}+")): f"{slot}_new" for slot in optimizer.slots}
    return {W: "w", DERIVATIVE: derivative, RATE: rate, TIME: time, **memory, **new}


def in_code(optimizer: Optimizer, names: Mapping[Leaf, str], functions: str = "") -> list[tuple[str, str]]:
    """The rule in Python, with the numbers of its settings: (quantity, how it is computed), in order.

    Args:
        optimizer: the rule.
        names: of the formulas' leaves.
        functions: what stands before `sqrt`.
    """
    settings: dict[Any, Formula] = dict(optimizer.settings)
    return [
        (quantity, code(filled(formula, settings), lambda leaf: names[leaf], functions))
        for quantity, formula in optimizer.formulas().items()
    ]


@lru_cache(maxsize=64)
def _computed(optimizer: Optimizer) -> Callable[..., tuple[Array, ...]]:
    """The rule as a function of arrays."""
    lines = [f"    {', '.join(optimizer.slots)}{',' if optimizer.slots else ''} = state"] if optimizer.slots else []
    lines += [f"    {quantity.replace('+', '_new')} = {text}" for quantity, text in _in_numpy(optimizer)]
    results = ", ".join(quantity.replace("+", "_new") for quantity in optimizer.formulas())
    space: dict[str, Any] = {"np": np}
    exec("\n".join(["def rule(w, g, state, rate, time):", *lines, f"    return {results},"]), space)
    made: Callable[..., tuple[Array, ...]] = space["rule"]
    return made  # our own text: nothing of a file is in it


def _in_numpy(optimizer: Optimizer) -> list[tuple[str, str]]:
    return in_code(optimizer, names_in_code(optimizer), "np.")


class Sgd(Optimizer, frozen=True):
    """Plain gradient descent: w ← w − α·dE/dw."""

    name: ClassVar[str] = "sgd"

    def torch(self) -> str:
        """`SGD`."""
        return "torch.optim.SGD({of}, lr=learning_rate)"

    def formulas(self) -> Mapping[str, Formula]:
        """One step against the derivative; nothing is remembered."""
        return {"w+": SUBTRACT(W, MULTIPLY(RATE, DERIVATIVE))}


class Momentum(Optimizer, frozen=True):
    """Classical momentum: v ← μv + g, w ← w − αv; Nesterov's form steps by g + μv (as PyTorch has them)."""

    name: ClassVar[str] = "momentum"
    slots: ClassVar[tuple[str, ...]] = ("v",)
    symbols: ClassVar[Mapping[str, Symbol]] = {"momentum": MU}
    torch_memory: ClassVar[Mapping[str, str]] = {"v": "momentum_buffer"}
    momentum: float = 0.9
    nesterov: bool = False

    def torch(self) -> str:
        """`SGD` with momentum."""
        nesterov = ", nesterov=True" if self.nesterov else ""
        return f"torch.optim.SGD({{of}}, lr=learning_rate, momentum={self.momentum!r}{nesterov})"

    def formulas(self) -> Mapping[str, Formula]:
        """The velocity, and a step along it."""
        step = ADD(DERIVATIVE, MULTIPLY(MU, V_NEW)) if self.nesterov else V_NEW
        return {"v+": ADD(MULTIPLY(MU, V), DERIVATIVE), "w+": SUBTRACT(W, MULTIPLY(RATE, step))}


class Adam(Optimizer, frozen=True):
    """Adam (Kingma and Ba, 2015) with bias correction, ε outside the root (as PyTorch has it)."""

    name: ClassVar[str] = "adam"
    slots: ClassVar[tuple[str, ...]] = ("m", "v")
    squares: ClassVar[tuple[str, ...]] = ("v",)
    symbols: ClassVar[Mapping[str, Symbol]] = {"beta1": BETA1, "beta2": BETA2, "epsilon": EPSILON}
    torch_memory: ClassVar[Mapping[str, str]] = {"step": "step", "m": "exp_avg", "v": "exp_avg_sq"}
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def torch(self) -> str:
        """`Adam`."""
        betas = f"({self.beta1!r}, {self.beta2!r})"
        return f"torch.optim.Adam({{of}}, lr=learning_rate, betas={betas}, eps={self.epsilon!r})"

    def formulas(self) -> Mapping[str, Formula]:
        """Both means, and a step by the first over the root of the second."""
        step = DIVIDE(RATE, SUBTRACT(1.0, RAISE(BETA1, TIME)))
        root = DIVIDE(SQRT(V_NEW), SQRT(SUBTRACT(1.0, RAISE(BETA2, TIME))))
        return {
            "m+": ADD(MULTIPLY(BETA1, M), MULTIPLY(SUBTRACT(1.0, BETA1), DERIVATIVE)),
            "v+": ADD(MULTIPLY(BETA2, V), MULTIPLY(SUBTRACT(1.0, BETA2), SQUARE(DERIVATIVE))),
            "w+": SUBTRACT(W, MULTIPLY(step, DIVIDE(M_NEW, ADD(root, EPSILON)))),
        }


OPTIMIZERS: dict[str, type[Sgd] | type[Momentum] | type[Adam]] = {rule.name: rule for rule in (Sgd, Momentum, Adam)}
