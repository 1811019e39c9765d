"""The update of straight-line code: a rule's formulas of each parameter, of derivatives with their bound."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from engine.formula.quantity import ON_THE_WAY
from engine.formula.tree import Call, Formula, Leaf, Operand, Symbol, filled, leaves
from engine.formula.written import code
from engine.program.rule import RATE, TIME, W
from engine.program.scenario import Training
from engine.program.steps import Steps

ONCE: dict[Leaf, str] = {RATE: "rate", TIME: "(k + 1)"}
INDEX, NORM = "#", "@"
"""Signs in lines that are written once for all parameters."""


class RuleLines:
    """Writes it; of w3 `m3` is remembered, `m3_new` is `m+`, and `m_hat_3` what is computed on its way."""

    def __init__(self, training: Training, steps: Steps) -> None:
        self._optimizer, self._clip, self._training = training.optimizer, training.clip, training
        self._together = [] if self._clip is None else [one.indices.tolist() for one in steps.together(self._clip)]
        self._known: set[int] = set()
        self._rule: dict[str, Formula] = {}

    def norms(self) -> Iterator[str]:
        """What norms are called."""
        yield from (f"norm_{at}" for at in range(len(self._together)))

    def once(self) -> Iterator[str]:
        """What the rule computes once for all parameters: it comes before all updates."""
        settings: dict[Any, Formula] = dict(self._optimizer.settings)
        for quantity, formula in self._optimizer.needed().items():
            parts: dict[Any, Formula] = {}
            for part in _largest_once(filled(formula, settings)):
                if part not in parts:
                    parts[part] = Symbol(f"once{len(parts)}_{quantity.removesuffix('+')}")
            for part, symbol in parts.items():
                assert isinstance(symbol, Symbol)
                yield f"{symbol.text} = {code(part, ONCE.__getitem__)}"
            self._rule[quantity] = filled(filled(formula, settings), parts)

    def update(self, indices: list[int]) -> Iterator[str]:
        """The new values of the parameters of a row, those that are trained."""
        yield from self._norms_of(set(indices))
        for i in indices:
            if i in self._training.frozen:
                continue
            norm = next((at for at, group in enumerate(self._together) if i in group), 0)
            yield from (line.replace(INDEX, str(i)).replace(NORM, str(norm)) for line in self._of_each)

    @cached_property
    def _of_each(self) -> list[str]:
        """The lines of every parameter, with signs for its index and for the number of its norm."""
        lines = []
        if self._clip is not None:
            lines.append(f"{_called('clipped')} = {self._clip.in_code(f'g{INDEX}', f'norm_{NORM}')}")
        return lines + [
            f"{_called(quantity)} = {code(formula, self._name)}" for quantity, formula in self._rule.items()
        ]

    def _name(self, leaf: Leaf) -> str:
        if leaf == W:
            return f"w{INDEX}"
        if leaf == self._optimizer.takes:
            return f"g{INDEX}" if self._clip is None else _called("clipped")
        if leaf in (RATE, TIME):
            return ONCE[leaf]
        if isinstance(leaf, Operand):
            return _called(leaf.quantity.kind)
        assert isinstance(leaf, Symbol)
        return leaf.text

    def _norms_of(self, own: set[int]) -> Iterator[str]:
        """The norms that are not known yet: with simultaneous updates all before the first of them."""
        for at, group in enumerate(self._together):
            if at not in self._known and (not self._training.immediate or own & set(group)):
                self._known.add(at)
                yield f"norm_{at} = sqrt({' + '.join(f'g{i} * g{i}' for i in group)} + 0.0)"


def _largest_once(formula: Formula) -> Iterator[Formula]:
    """The largest parts of a rule that are the same for every parameter."""
    if not isinstance(formula, Call):
        return
    if all(leaf in (RATE, TIME) for leaf in leaves(formula)):
        yield formula
    else:
        for argument in formula.arguments:
            yield from _largest_once(argument)


def _called(kind: str) -> str:
    """What a quantity of an update rule is called."""
    if kind.endswith("+"):
        return f"{kind[:-1]}{INDEX}_new"
    return f"{kind}_{INDEX}" if kind in ON_THE_WAY else f"{kind}{INDEX}"
