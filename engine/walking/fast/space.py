"""What straight-line code finds by name: functions of numbers, and whatever is called from it."""

import math
from typing import Any

from engine.formula.calculus import value_of
from engine.formula.field import REAL
from engine.formula.tree import Function

QUICK = ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "erfc")
"""Those of `math` itself: they raise where a field's do not, and are quicker than what stands before them there."""
RAISED = "(ArithmeticError, ValueError)"
"""What they, and Python's arithmetic, raise where a number is not finite: there `advance` looks closer."""


class Space:
    """Names and what they stand for; each thing has one name.

    Attributes:
        names: by name what it stands for.
    """

    def __init__(self) -> None:
        self.names: dict[str, Any] = {name: getattr(REAL, name) for name in type(REAL).__struct_fields__}
        self.names |= {name: getattr(math, name) for name in QUICK} | {"R": REAL}
        self._known: dict[Any, str] = {}

    def called(self, function: Function) -> str:
        """The name under which a function that is not written out is called."""
        return self.keep(function, value_of(function), function.name)

    def keep(self, key: Any, thing: Any, like: str) -> str:
        """The name of a thing, which is known by a key; it is like another name."""
        if key not in self._known:
            word = "".join(letter if letter.isalnum() else "_" for letter in like)
            self._known[key] = f"f{len(self._known)}_{word}"
            self.names[self._known[key]] = thing
        return self._known[key]
