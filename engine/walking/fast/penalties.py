"""What straight-line code has of a penalty: a term of E, and one of each derivative."""

from collections.abc import Callable
from typing import Any

from engine.formula.tree import Formula, Function, Leaf, Symbol, filled
from engine.formula.written import code
from engine.program.penalty import BATCH, Penalty
from engine.program.rule import W
from engine.walking.fast.rules import INDEX

COUNT = Symbol("count")
"""What the code calls the number of the batch's examples, where there may be several."""


class PenaltyTerms:
    """Writes them; w3 is θ[3].

    Args:
        penalty: the scenario's.
        single: whether a batch has one example.
        called: the name under which a function that is not written out is called.
    """

    def __init__(self, penalty: Penalty, called: Callable[[Function], str], *, single: bool) -> None:
        self._penalty, self._called = penalty, called
        self._settings: dict[Any, Formula] = penalty.settings(1)
        if not single:
            self._settings[BATCH] = COUNT
        self._slope, self._of = self._written(penalty.slope), {*penalty.of}

    def value(self) -> str:
        """What E has of all parameters."""
        written = self._written(self._penalty.value)
        return " + ".join([*(written.replace(INDEX, str(index)) for index in self._penalty.of), "0.0"])

    def slope(self, index: int) -> str:
        """What the derivative by a parameter has; empty where it is not penalized."""
        return self._slope.replace(INDEX, str(index)) if index in self._of else ""

    def _written(self, formula: Formula) -> str:
        """A formula of every parameter, with a sign for its index."""

        def name(leaf: Leaf) -> str:
            return f"w{INDEX}" if leaf == W else COUNT.text

        return f"({code(filled(formula, self._settings), name, call=self._called)})"
