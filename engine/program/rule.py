"""What update rules have in common: formulas with a memory, and what is made of them: numbers and code.

A rule's formulas say what becomes of one parameter. They are computed on arrays of any shape, element by element, so
that a layer, a single parameter and a whole network are updated by the same lines; and they are what is shown, exported
and written out for running on. Memory is an array of shape (slots, …): `momentum` carries v, `adam` carries m and v.
"""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Annotated, Any, ClassVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.formula.functions import ADD, CHOOSE, MULTIPLY, RAISE, SQRT, SUBTRACT
from engine.formula.quantity import Quantity
from engine.formula.setting import NotNegative, says
from engine.formula.tree import ATOM, CHOICE, Call, Formula, Function, Leaf, Operand, Symbol, Writing, filled, leaves
from engine.formula.written import code

Array = NDArray[np.float64]


def quantity(kind: str) -> Operand:
    """A quantity of the parameter that a rule is about."""
    return Operand(Quantity(kind))


W, DERIVATIVE, RATE = (quantity(kind) for kind in ("w", "dE/dw", "learning_rate"))
TIME = Symbol("t")
"""The number of the update, from 1."""
DECAY = Symbol("λ", r"\lambda")
OWN = quantity("g")
"""The derivative with the decay in it."""


class Optimizer(Struct, frozen=True, kw_only=True):
    """An update rule; its fields are its settings."""

    name: ClassVar[str]
    takes: ClassVar[Operand] = DERIVATIVE
    """What of a parameter it goes by."""
    squares: ClassVar[tuple[str, ...]] = ()
    """What of its memory is made of squares or distances, and never negative."""
    symbols: ClassVar[Mapping[str, Symbol]] = {}
    """By setting, what stands for it in the formulas."""
    torch_memory: ClassVar[Mapping[str, str]] = {}
    """By slot what PyTorch calls it; `step` is what it calls the number of updates made, where it counts them."""

    weight_decay: Annotated[NotNegative, says("λ of the weight decay")] = 0.0
    coupled: Annotated[bool, says("whether λ·w is added to the derivative, instead of α·λ·w taken from w")] = False

    def rule(self, w: Formula, g: Formula) -> Mapping[str, Formula]:
        """What is computed of one parameter, in order: on the way (`m_hat`), of the memory (`m+`), and last `w+`.

        Args:
            w: the parameter before the step; with a decoupled decay it is shrunk already.
            g: the derivative; with a coupled decay it has its part of it.
        """
        raise NotImplementedError

    def torch(self) -> str | None:
        """PyTorch's own form of the rule, without its parameters and learning rate; None where it has none."""
        raise NotImplementedError

    def begins(self, learning_rate: float) -> Mapping[str, float]:
        """With what its memory begins, where that is not 0."""
        return {}

    @property
    def problem(self) -> tuple[str, str, str] | None:
        """What is wrong with its settings together: of which one, what, and the remedy; None where nothing is."""
        return None

    @property
    def torch_decay(self) -> str:
        """PyTorch's own argument for a coupled decay."""
        return f", weight_decay={self.weight_decay!r}" if self.weight_decay else ""

    @property
    def decoupled(self) -> bool:
        """Whether the parameter itself is shrunk."""
        return self.weight_decay > 0 and not self.coupled

    def formulas(self) -> Mapping[str, Formula]:
        """All that is computed of one parameter, in order: on the way, of the memory, and last `w+`.

        In terms of `W`, what it `takes`, `RATE`, `TIME`, the memory before and after, what came before on the way, and
        the settings' symbols.
        """
        return _formulas(self)

    @property
    def slots(self) -> tuple[str, ...]:
        """What the rule remembers of each parameter, by its usual letter."""
        return _slots(self)

    @property
    def on_the_way(self) -> tuple[str, ...]:
        """What it computes of each parameter besides."""
        return tuple(name for name in self.formulas() if not name.endswith("+"))

    def needed(self) -> Mapping[str, Formula]:
        """Those of the formulas on which memory and parameter depend: the others only tell what else there is."""
        return _needed(self)

    @property
    def settings(self) -> dict[Symbol, float]:
        """The settings' numbers by their symbols."""
        own = {symbol: getattr(self, name) for name, symbol in self.symbols.items()}
        return own | {DECAY: self.weight_decay}

    def first_state(self, learning_rate: float, count: int) -> Array:
        """The memory of so many parameters before the first update, shape (slots, parameters)."""
        begins = self.begins(learning_rate)
        rows = [np.full(count, begins.get(slot, 0.0)) for slot in self.slots]
        return np.array(rows).reshape(len(rows), count)

    def update(
        self, w: Array, d_error_d_w: Array, state: Array, learning_rate: float, time: int
    ) -> tuple[Array, Array]:
        """The new parameters and the new memory.

        Args:
            w: the parameters, of any shape.
            d_error_d_w: dE/dw, of the same shape.
            state: shape (slots, *w.shape); as `first_state` before the first update.
            learning_rate: α.
            time: the number of this update, counted from 1.
        """
        *memory, new = _computed(self)(w, d_error_d_w, state, learning_rate, time)
        return new, np.stack(memory) if memory else state

    def computed(
        self, w: Array, d_error_d_w: Array, state: Array, learning_rate: float, time: int
    ) -> Mapping[str, Array]:
        """All that is computed, by name; arguments as of `update`."""
        names, numbers = [*self.formulas()], _computed(self, all_of_it=True)(w, d_error_d_w, state, learning_rate, time)
        return dict(zip(names, numbers, strict=True))


@lru_cache(maxsize=64)
def _formulas(optimizer: Optimizer) -> Mapping[str, Formula]:
    if not optimizer.weight_decay:
        return optimizer.rule(W, optimizer.takes)
    if optimizer.coupled:
        return {"g": ADD(DERIVATIVE, MULTIPLY(DECAY, W)), **optimizer.rule(W, OWN)}
    return optimizer.rule(MULTIPLY(W, SUBTRACT(1.0, MULTIPLY(RATE, DECAY))), DERIVATIVE)


@lru_cache(maxsize=64)
def _slots(optimizer: Optimizer) -> tuple[str, ...]:
    return tuple(name[:-1] for name in optimizer.formulas() if name.endswith("+") and name != "w+")


@lru_cache(maxsize=64)
def _needed(optimizer: Optimizer) -> Mapping[str, Formula]:
    formulas, used = optimizer.formulas(), set[Leaf]()
    kept: dict[str, Formula] = {}
    for name in reversed([*formulas]):
        formula = formulas[name]
        if name.endswith("+") or quantity(name) in used:
            kept[name] = formula
            used.update(leaves(formula))
    return {name: formula for name, formula in formulas.items() if name in kept}


def in_force(formula: Formula, time: int) -> Formula:
    """A formula with the case that holds at an update, where it depends on nothing but its number."""
    if not isinstance(formula, Call):
        return formula
    if formula.function is CHOOSE and formula.arguments[1] == TIME and isinstance(bound := formula.arguments[2], float):
        return in_force(formula.arguments[0 if time > bound else 3], time)
    return Call(formula.function, tuple(in_force(argument, time) for argument in formula.arguments))


ROOT_OF_NUMBER = Function(
    name="sqrt of a number", writing=SQRT.writing, code=Writing("math.sqrt({0})", ATOM, (CHOICE,))
)
"""It gives a number of Python's own, which leaves arrays the precision that they have."""


def with_roots(formula: Formula, root: Callable[[Formula], Formula]) -> Formula:
    """A formula with something else for the roots of numbers of Python's own."""
    if not isinstance(formula, Call):
        return formula
    if formula.function is SQRT and all(leaf in (RATE, TIME) for leaf in leaves(formula)):
        return root(formula.arguments[0])
    return Call(formula.function, tuple(with_roots(argument, root) for argument in formula.arguments))


def assigned(name: str) -> str:
    """What a quantity is called in a program: `m_new` for `m+`."""
    return name.replace("+", "_new")


def names_in_code(
    optimizer: Optimizer, derivative: str = "g", rate: str = "rate", time: str = "time"
) -> dict[Leaf, str]:
    """What the leaves of a rule's formulas are called in a program: `w`, `m`, and `m_new` for `m+`."""
    memory: dict[Leaf, str] = {quantity(slot): slot for slot in optimizer.slots}
    new: dict[Leaf, str] = {quantity(name): assigned(name) for name in optimizer.formulas() if name != "w+"}
    return {W: "w", optimizer.takes: derivative, RATE: rate, TIME: time, **memory, **new}


def in_code(
    optimizer: Optimizer, names: Mapping[Leaf, str], functions: str = "", *, time: int | None = None, library: str = ""
) -> list[tuple[str, str]]:
    """The rule in Python, with the numbers of its settings: (what is assigned, how it is computed), in order.

    Args:
        optimizer: the rule.
        names: of the formulas' leaves.
        functions: what stands before `sqrt`.
        time: of one update alone: then the cases that depend on its number are decided.
        library: whose scripts write some functions in a way of their own, and whose roots are of arrays alone.
    """
    settings: dict[Any, Formula] = dict(optimizer.settings)
    lines = []
    for name, formula in optimizer.needed().items():
        formula = filled(formula if time is None else in_force(formula, time), settings)
        if library:
            formula = with_roots(formula, lambda number: RAISE(number, 0.5))
        lines.append((assigned(name), code(formula, lambda leaf: names[leaf], functions, library=library)))
    return lines


@lru_cache(maxsize=64)
def _computed(optimizer: Optimizer, *, all_of_it: bool = False) -> Callable[..., tuple[Array, ...]]:
    """The rule as a function of arrays: what is remembered and the parameters, or all that is computed."""
    settings: dict[Any, Formula] = dict(optimizer.settings)
    formulas, names = optimizer.formulas() if all_of_it else optimizer.needed(), names_in_code(optimizer)
    lines = [f"    {', '.join(optimizer.slots)}{',' if optimizer.slots else ''} = state"] if optimizer.slots else []
    for name, formula in formulas.items():
        formula = with_roots(filled(formula, settings), ROOT_OF_NUMBER)
        lines.append(f"    {assigned(name)} = {code(formula, names.__getitem__, 'np.')}")
    results = (
        ", ".join(map(assigned, formulas)) if all_of_it else ", ".join(f"{n}_new" for n in (*optimizer.slots, "w"))
    )
    space: dict[str, Any] = {"np": np, "math": math}
    exec("\n".join(["def rule(w, g, state, rate, time):", *lines, f"    return {results},"]), space)
    made: Callable[..., tuple[Array, ...]] = space["rule"]
    return made  # our own text: nothing of a file is in it
