"""A penalty on large weights: a part of E that is made of parameters alone, λ·½·w² or λ·|w| of each.

It is a formula of one parameter, as update rules are, and not an equation of the program: an equation's values belong
to examples, over which E is reduced, while a penalty is there once, however many examples a batch has. Its value and
its slope, here and wherever they are shown, exported or written out for running on, are made from that one formula.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.formula.calculus import derivative, number_of
from engine.formula.field import Functions, Number
from engine.formula.functions import ABSOLUTE, ADD, DIVIDE, HALF, MULTIPLY, SQUARE, SUBTRACT, TOTAL
from engine.formula.tree import ATOM, PRODUCT, Formula, Function, Leaf, Symbol, Writing, filled
from engine.formula.written import code
from engine.program.equations import Program
from engine.program.rule import DECAY, W

Array = NDArray[np.float64]
Per = Literal["batch", "example", "epoch"]

HALF_SQUARE = Function(
    name="half square",
    formula=lambda strength, w: MULTIPLY(MULTIPLY(HALF, strength), SQUARE(w)),
    slopes=(lambda call: MULTIPLY(HALF, SQUARE(call.arguments[1])), lambda call: MULTIPLY(*call.arguments)),
    writing=Writing("½·{0}·{1}²", PRODUCT, (PRODUCT, ATOM)),
)
"""½·λ·w², whose slope is λ·w and not ½·λ·2·w."""
SHARE = Function(
    name="share",
    formula=lambda strength, count: DIVIDE(strength, count),
    writing=Writing("({0}/{1})", ATOM, (PRODUCT, ATOM)),
)
"""λ/n as one number that stands before others."""
BATCH, ALL = Symbol("n"), Symbol("N")
"""The examples of the batch, and all that there are."""
COUNTS = {"example": BATCH, "epoch": ALL}
"""By what `per` divides λ, if by anything."""
OF_L1, OF_L2 = Symbol("λ₁", r"\lambda_{1}"), Symbol("λ₂", r"\lambda_{2}")
"""What λ is called where there are both."""
AT_CORNER = "The slope of |w| at 0 is taken to be 0."


class Penalty(Struct, frozen=True, dict=True):
    """A penalty on large weights.

    Attributes:
        l2: λ of w².
        l1: λ of |w|.
        half: whether it is ½·λ·w².
        per: by what λ is divided: by nothing, by the examples of the batch, or by all examples.
        biases: whether parameters that are only added are penalized, too.
        parameters: the names of those that are, where they are given.
        of: the indices in θ of those that are, in order.
        examples: all that there are.
    """

    l2: float = 0.0
    l1: float = 0.0
    half: bool = True
    per: Per = "batch"
    biases: bool = False
    parameters: tuple[str, ...] = ()
    of: tuple[int, ...] = ()
    examples: int = 1

    @property
    def symbols(self) -> dict[str, Symbol]:
        """By setting what λ is called: those that count; of none, that of l2."""
        given = [name for name in ("l2", "l1") if getattr(self, name)] or ["l2"]
        return {"l2": OF_L2, "l1": OF_L1} if len(given) > 1 else {given[0]: DECAY}

    @cached_property
    def terms(self) -> tuple[Formula, ...]:
        """What E has of one parameter `W`, term by term, in terms of the symbols of λ and of counts."""
        found = []
        for name, symbol in self.symbols.items():
            strength: Formula = SHARE(symbol, COUNTS[self.per]) if self.per in COUNTS else symbol
            if name == "l1":
                found.append(MULTIPLY(strength, ABSOLUTE(W)))
            else:
                found.append(HALF_SQUARE(strength, W) if self.half else MULTIPLY(strength, SQUARE(W)))
        return tuple(found)

    @cached_property
    def slopes(self) -> tuple[Formula, ...]:
        """The derivative of each by `W`."""
        return tuple(derivative(term, W) for term in self.terms)

    @property
    def value(self) -> Formula:
        """All that E has of one parameter."""
        return _sum(self.terms)

    @property
    def slope(self) -> Formula:
        """Its derivative by the parameter."""
        return _sum(self.slopes)

    def settings(self, count: int) -> dict[Any, Formula]:
        """The numbers of λ and of the counts, in a batch of so many examples."""
        strengths: dict[Any, Formula] = {symbol: float(getattr(self, name)) for name, symbol in self.symbols.items()}
        return strengths | {BATCH: float(count), ALL: float(self.examples)}

    def strengths(self, count: int) -> dict[Any, Formula]:
        """The numbers that stand before w² and |w| in such a batch: λ as it is, or divided."""
        divisor = {"example": count, "epoch": self.examples}.get(self.per, 1)
        found: dict[Any, Formula] = {}
        for name, symbol in self.symbols.items():
            found[SHARE(symbol, COUNTS[self.per]) if self.per in COUNTS else symbol] = getattr(self, name) / divisor
        return found

    def of_array(self, w: Array, count: int) -> Array:
        """What E has of each of these parameters, in a batch of so many examples."""
        return _computed(self.value, tuple(self.settings(count).items()))(w)

    def slope_of_array(self, w: Array, count: int) -> Array:
        """The derivative by each."""
        return _computed(self.slope, tuple(self.settings(count).items()))(w)

    def of_number(self, w: Number, count: int, f: Functions[Number]) -> Number:
        """What E has of one parameter, in any field."""
        number: Number = number_of(filled(self.value, self.settings(count)), {W: w}, f)
        return number

    def jumps(self, low: float, high: float) -> bool:
        """Whether its slope jumps between two numbers, or at one of them."""
        return self.l1 > 0 and low <= 0 <= high

    @cached_property
    def indices(self) -> NDArray[np.intp]:
        """The indices in θ of the parameters that are penalized."""
        return np.array(self.of, np.intp)

    def within(self, span: slice) -> NDArray[np.intp]:
        """Of a part of θ the parameters that are penalized, by their numbers in it."""
        first, last = np.searchsorted(self.indices, (span.start, span.stop))
        return np.asarray(self.indices[first:last] - span.start)


def _sum(terms: tuple[Formula, ...]) -> Formula:
    return terms[0] if len(terms) == 1 else ADD(*terms)


@lru_cache(maxsize=64)
def _computed(formula: Formula, settings: tuple[tuple[Leaf, Formula], ...]) -> Callable[[Array], Array]:
    names: dict[Leaf, str] = {W: "w"}
    text = code(filled(formula, dict(settings)), names.__getitem__, "np.")
    made: Callable[[Array], Array] = eval(f"lambda w: {text}", {"np": np})
    return made  # our own text: nothing of a file is in it


def only_added(program: Program, name: str) -> bool:
    """Whether a parameter is a bias: wherever it is used, it is one of the terms of a sum."""
    ways = [way for use in program.consumers[name] for way in program.ways(use).get(name, ())]
    return bool(ways) and all(way and way[-1].call.function in (ADD, SUBTRACT, TOTAL) for way in ways)
