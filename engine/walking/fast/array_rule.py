"""An update rule on arrays where they stand: parameters and memory are overwritten, and little is made on the way.

Numpy's signs make an array for each operation; of many parameters most of the time goes into that. Each operation here
writes over what is no longer needed, in the order in which the rule's formulas have them.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.formula.tree import Call, Formula, Leaf, filled, leaves
from engine.formula.written import code
from engine.program.rule import RATE, ROOT_OF_NUMBER, TIME, Optimizer, W, names_in_code, quantity, with_roots

Array = NDArray[np.float64]

OPERATIONS = {
    "+": "np.add({0}, {1}, out={out})",
    "-": "np.subtract({0}, {1}, out={out})",
    "*": "np.multiply({0}, {1}, out={out})",
    "/": "np.divide({0}, {1}, out={out})",
    "square": "np.multiply({0}, {0}, out={out})",
    "sqrt": "np.sqrt({0}, out={out})",
    "abs": "np.abs({0}, out={out})",
    "max": "np.maximum({0}, {1}, out={out})",
}
"""The functions that numpy computes into an array that there is, as the rule's code has them."""


class RuleInPlace(Struct, frozen=True, eq=False):
    """A rule's function.

    Attributes:
        update: `update(w, g, memory, spare, rate, time)` gives parameters and memory, a row for each slot, their new
            numbers; g stays.
        spare: how many arrays of as many numbers it needs for what it makes on the way.
    """

    update: Callable[[Array, Array, Array, Array, float, int], None]
    spare: int


@lru_cache(maxsize=64)
def in_place(optimizer: Optimizer) -> RuleInPlace:
    """The rule of an optimizer."""
    return _Writer(optimizer).written()


class _Writer:
    def __init__(self, optimizer: Optimizer) -> None:
        settings: dict[Any, Formula] = dict(optimizer.settings)
        needed = optimizer.needed().items()
        self._formulas = [(name, with_roots(filled(one, settings), ROOT_OF_NUMBER)) for name, one in needed]
        self._slots, self._names = optimizer.slots, names_in_code(optimizer)
        self._lines: list[str] = []
        self._numbers: dict[Formula, str] = {}
        self._space: dict[str, Any] = {"np": np, "math": math}
        self._spare, self._free = 0, list[str]()

    def written(self) -> RuleInPlace:
        """The function."""
        copied = []
        for at, (name, formula) in enumerate(self._formulas):
            old = quantity(name.removesuffix("+")) if name.endswith("+") else None
            later = (leaf for _, other in self._formulas[at + 1 :] for leaf in leaves(other))
            if old is not None and (old == W or old not in later):
                own = self._names[old]
            else:
                own = self._new()
                if old is not None:
                    copied.append((self._names[old], own))
            self._put(formula, own)
            self._names[quantity(name)] = own
        unpacked = [f"    {''.join(f'{slot}, ' for slot in self._slots)} = memory"] if self._slots else []
        spare = [f"    {''.join(f's{at}, ' for at in range(self._spare))} = spare"] if self._spare else []
        ends = [f"    {old}[...] = {new}" for old, new in copied]
        text = ["def update(w, g, memory, spare, rate, time):", *unpacked, *spare, *self._lines, *ends]
        exec("\n".join(text), self._space)  # our own text: nothing of a file is in it
        return RuleInPlace(self._space["update"], self._spare)

    def _put(self, formula: Formula, out: str) -> None:
        """Writes a formula's value into an array."""
        if not isinstance(formula, Call) or formula.function.name not in OPERATIONS or self._is_number(formula):
            self._lines.append(f"    {out}[...] = {self._code(formula)}")
            return
        taken, operands = [], list[str]()
        for place, argument in enumerate(formula.arguments):
            if self._is_number(argument):
                operands.append(self._number(argument))
                continue
            if not isinstance(argument, Call | float):
                operands.append(self._name(argument))
                continue
            others = (*operands, *(self._name(leaf) for one in formula.arguments[place + 1 :] for leaf in leaves(one)))
            if out in others:
                taken.append(self._new())
            operands.append(taken[-1] if out in others else out)
            self._put(argument, operands[-1])
        self._lines.append("    " + OPERATIONS[formula.function.name].format(*operands, out=out))
        self._free += taken

    def _new(self) -> str:
        """An array for what is made on the way."""
        if self._free:
            return self._free.pop()
        self._spare += 1
        return f"s{self._spare - 1}"

    def _number(self, formula: Formula) -> str:
        """What is one number for all parameters, and computed once."""
        if formula not in self._numbers:
            name = self._numbers[formula] = f"n{len(self._numbers)}"
            if any(True for _ in leaves(formula)):
                self._lines.append(f"    {name} = {self._code(formula)}")
            else:  # numpy is quicker with an array of one number than with a number
                self._space[name] = np.array(eval(self._code(formula), dict(self._space)))
        return self._numbers[formula]

    @staticmethod
    def _is_number(formula: Formula) -> bool:
        return all(leaf in (RATE, TIME) for leaf in leaves(formula))

    def _code(self, formula: Formula) -> str:
        return code(formula, self._name, "np.")

    def _name(self, leaf: Leaf) -> str:
        return self._names[leaf]
