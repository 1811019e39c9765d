"""What can be asked of a walk, by name: `x[h1]`, `dE/dw[w5]`, `dE/dy[h1<-o1]`, `E`.

Adding a kind of quantity is adding one record to `KINDS`, and one to `tui.words.kinds` for how it is shown.
"""

import re
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

Phase = Literal["forward", "error", "backward", "update"]


class Kind(Struct, frozen=True):
    """A kind of quantity.

    Attributes:
        symbol: as scenario files write it.
        of: what has one: every node, those that are computed (not the inputs), those of the last layer, a parameter,
            an epoch, the walk.
        over: where there is another one: in each example of a batch, in each batch, or in each iteration only.
        phase: where its rows stand in a walk; None of what has no row of its own.
        within: of that, the row with whose steps it is computed; nothing of what is given.
        known_with: the row with whose steps it is known, if that is another one.
        through: whether a node may stand after `<-`.
        alone: whether there is one without a subject as well.
        alias: another spelling: of a bias `dE/db`.
        words: what a row of it holds, in terms of {E}, {x}, {y} and {w}.
        of_one: what the one of {0} is, where the same words do not say it.
        of_rule: whether it is the optimizer's own.
        of_graph: whether graphs of formulas have it and layers have not.
    """

    symbol: str
    of: Literal["node", "computed", "output", "parameter", "epoch", "walk"]
    over: Literal["example", "batch", "iteration"] = "example"
    phase: Phase | None = None
    within: str = ""
    known_with: str = ""
    through: bool = False
    alone: bool = False
    alias: str = ""
    words: str = ""
    of_one: str = ""
    of_rule: bool = False
    of_graph: bool = False

    @property
    def row(self) -> str:
        """The row with whose steps it is computed: its own, or another's; nothing of what is given."""
        return self.symbol if self.phase else self.within

    @property
    def of_node(self) -> bool:
        """Whether nodes have it, all or some."""
        return self.of in ("node", "computed", "output")

    @property
    def goes_back(self) -> bool:
        """Whether it is computed on the way back, or by the update that follows."""
        return self.phase in ("backward", "update")


KINDS = {
    kind.symbol: kind
    for kind in (
        Kind("x", "computed", phase="forward", words="total inputs", of_one="total input of {0}"),
        Kind("y", "node", phase="forward", words="outputs", of_one="output of {0}"),
        Kind("t", "output"),
        Kind("E", "output", phase="error", alone=True, words="the error", of_one="error of {0}"),
        Kind("E_penalty", "walk", "batch", within="E", alone=True),
        Kind("dE/dy", "node", phase="backward", through=True, words="how {E} changes with {y}"),
        Kind("dE/dx", "computed", phase="backward", words="how {E} changes with {x}"),
        Kind("dE/dw", "parameter", "batch", "backward", through=True, alias="dE/db", words="how {E} changes with {w}"),
        Kind("dy/dx", "computed", within="dE/dx", known_with="y", through=True),
        Kind("dy/dy", "node", within="y", through=True, of_graph=True),
        Kind("w", "parameter", "iteration", alias="b"),
        Kind(
            "w+", "parameter", "iteration", "update", alias="b+", words="new parameters", of_one="{0} after the update"
        ),
        Kind("learning_rate", "walk", "iteration", alone=True, alias="α"),
        Kind("E_epoch", "epoch", "iteration"),
    )
}
"""Every kind by its symbol, but for those of update rules."""

_REMEMBERED = ("m", "v", "u", "s", "d", "p")
OF_CLIP = ("norm", "clipped")
"""What is computed of a parameter where its derivative has a bound: the norm that has it, and what is left of it."""
ON_THE_WAY = (*OF_CLIP, "g", "m_hat", "v_hat", "step", "agreement")
"""What update rules compute of a parameter besides what they remember."""
KINDS_OF_RULES = {
    kind.symbol: kind
    for kind in (
        *(Kind(slot, "parameter", "iteration", of_rule=True) for slot in _REMEMBERED),
        *(Kind(f"{slot}+", "parameter", "iteration", within="w+", of_rule=True) for slot in _REMEMBERED),
        *(Kind(symbol, "parameter", "iteration", within="w+", of_rule=True) for symbol in ON_THE_WAY),
    )
}
"""What update rules remember of a parameter, `v` before the update and `v+` after it, and what they compute besides."""
ALIASES = {kind.alias: kind.symbol for kind in KINDS.values() if kind.alias}
"""Other spellings: a bias has the same three quantities as a weight."""
SPELLINGS = {**{symbol: symbol for symbol in KINDS}, **ALIASES}
"""The symbol that each spelling means."""
OF_DERIVATIVES = ("dE/dy", "dE/dx", "dE/dw", "dy/dx", "dy/dy")
"""Those of the way back."""
ROW_KINDS = tuple(symbol for symbol, kind in KINDS.items() if kind.phase)
"""Those with rows of their own: of which each is computed by a step."""


def kind_of(symbol: str) -> Kind:
    """The kind of this symbol, of the walk or of an update rule."""
    return KINDS.get(symbol) or KINDS_OF_RULES[symbol]


def any_of(spellings: Iterable[str]) -> str:
    """A regular expression for any of these, the longest that fits."""
    return "|".join(re.escape(spelling) for spelling in sorted(spellings, key=len, reverse=True))


class Quantity(Struct, frozen=True):
    """One number of a walk, or (without a subject, where there is one) a row of them.

    Attributes:
        kind: the symbol of one of `KINDS` or `KINDS_OF_RULES`.
        subject: the node or parameter; for `E` an output or none (the total).
        through: the second node of `dE/dy[h1<-o1]` and `dy/dx[o1<-o2]`; of `dE/dw[w<-h2]` the node at which w is used.
        epoch: of `E_epoch[3]`.
    """

    kind: str
    subject: str | None = None
    through: str | None = None
    epoch: int | None = None

    def __str__(self) -> str:
        """As scenario files write it."""
        if self.epoch is not None:
            return f"{self.kind}[{self.epoch}]"
        if self.subject is None:
            return self.kind
        through = f"<-{self.through}" if self.through else ""
        return f"{self.kind}[{self.subject}{through}]"
