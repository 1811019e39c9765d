"""The names that documents give to the same quantities: `∂E_total/∂out_h1` in one is `dE/dy[h1]` here.

Beware of ŷ: Baeldung's is the target (its y is the output), datamapu's is the output (its y is the target).
"""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from engine.formula.quantity import KINDS, Quantity

WORD_BEGINS = r"(?<![^\W∂δd])"
"""Before a symbol that is a whole word: the x of `max` is none; d, δ and ∂ belong to the fraction."""


class Notation(Struct, frozen=True):
    """One document's symbols.

    Attributes:
        name: as scenario files write it.
        symbols: by kind of quantity. Of the error a closing `_total` makes way for the output's name where it is of one
            output; of dE/dw and w+ the symbol of w for the parameter's name; in dy/dx, x and y get the node's name.
        last_y: the output of the last layer's nodes, where it has a symbol of its own.
        outputs: the names of the last layer's nodes.
    """

    name: str
    symbols: Mapping[str, str]
    last_y: str = ""
    outputs: frozenset[str] = frozenset()

    def with_symbols(self, name: str, symbols: Mapping[str, str], last_y: str = "") -> "Notation":
        """The notation of this name that differs in these symbols."""
        return replace(self, name=name, symbols={**self.symbols, **symbols}, last_y=last_y)

    def with_outputs(self, names: Iterable[str]) -> "Notation":
        """The same for a network whose last layer has these nodes."""
        return replace(self, outputs=frozenset(names))

    def of_rule(self, quantity: Quantity) -> "Notation":
        """The names for the general rule of a quantity: of the last layer's nodes, y may have a symbol of its own."""
        of_outputs = quantity.subject in self.outputs and quantity.kind in ("y", "dy/dx", "dE/dy", "dE/dx")
        if not self.last_y or not (of_outputs or quantity.kind == "E"):
            return self
        y, by_output = self.symbols["y"], self.symbols["dE/dy"]
        if by_output.endswith(y):
            by_output = by_output.removesuffix(y) + self.last_y
        slope = re.sub(rf"{WORD_BEGINS}{re.escape(y)}(?!\w)", lambda _: self.last_y, self.symbols["dy/dx"])
        return self.with_symbols(self.name, {"y": self.last_y, "dE/dy": by_output, "dy/dx": slope}, self.last_y)

    def general(self, quantity: Quantity) -> Quantity | None:
        """What the general rule of a quantity is of: its kind; None of what is several things."""
        return Quantity(quantity.kind)

    def symbol(self, quantity: Quantity) -> str:
        """The name of a quantity: `net_h1`, `∂E_total/∂w5`; canonical ones are `str(quantity)`, but for `α`."""
        kind, subject = quantity.kind, quantity.subject
        if kind == "learning_rate":
            return self.symbols[kind]
        if self.name == CANONICAL.name:
            return str(quantity)
        if kind == "E_penalty":
            return self.of_penalty
        if kind == "E_epoch":
            return f"{self._error_base}_epoch{'' if quantity.epoch is None else quantity.epoch}"
        # what an optimizer remembers (m, v) has no symbol of a document's own
        text = self.symbols.get(kind) or kind.replace("+", "⁺")
        if subject is None:
            return text
        if kind not in KINDS or KINDS[kind].of == "parameter":
            return self._of_parameter(kind, text, subject)
        if kind == "E":
            return f"{self._error_base}_{subject}"
        if kind == "dy/dx":
            return self._slope(subject, quantity.through)
        if kind == "dE/dy" and quantity.through is not None:
            # the part of the error that comes back through one node, as in ∂E_o1/∂out_h1
            if self.symbols["E"] in text:
                text = text.replace(self.symbols["E"], f"{self._error_base}_{quantity.through}", 1)
            else:
                return f"{text}_{subject}←{quantity.through}"
        return f"{self._at(subject, text)}_{subject}"

    @property
    def of_penalty(self) -> str:
        """The name of the penalty in E: the document's own, or from its name of E."""
        own = self.symbols["E_penalty"]
        return own if own != "E_penalty" else f"{self._error_base}_penalty"

    @property
    def _error_base(self) -> str:
        return self.symbols["E"].removesuffix("_total")

    def _at(self, subject: str, text: str) -> str:
        """`text` with the last layer's symbol of y for a closing y, if the subject belongs there."""
        if self.last_y and subject in self.outputs and text.endswith(self.symbols["y"]):
            return text.removesuffix(self.symbols["y"]) + self.last_y
        return text

    def _of_parameter(self, kind: str, text: str, name: str) -> str:
        weight = self.symbols["w"]
        if kind == "w":
            return name
        if kind == "w+" and text.startswith(weight):
            return name + text.removeprefix(weight)
        if kind == "dE/dw" and text.endswith(weight):
            return text.removesuffix(weight) + name
        return f"{text}_{name}"

    def _slope(self, node: str, other: str | None) -> str:
        own_x, own_y, slope = (self.symbols[kind] for kind in ("x", "y", "dy/dx"))
        y, x = f"{self._at(node, own_y)}_{node}", f"{own_x}_{other or node}"
        if other is not None and other != node:
            return f"∂{y}/∂{x}"
        if not slope.strip().endswith((own_x, ")")):
            return f"{slope}_{node}"
        words = rf"{WORD_BEGINS}({re.escape(own_y)}|{re.escape(own_x)})(?!\w)"
        return re.sub(words, lambda match: y if match[1] == own_y else x, slope)


NAMED = {symbol: symbol for symbol, kind in KINDS.items() if kind.of != "epoch"} | {"α": "learning_rate"}
"""The kinds to which a document may give a symbol, by the keys of a scenario's own `notation` table."""
CANONICAL = Notation("canonical", {**{kind: kind for kind in NAMED.values()}, "learning_rate": "α"})

NOTATIONS: Mapping[str, Notation] = {
    notation.name: notation
    for notation in (
        CANONICAL,
        CANONICAL.with_symbols("google", {"t": "y_target", "dy/dx": "f′(x)"}),
        CANONICAL.with_symbols(
            "datamapu",
            {"x": "z", "y": "a", "t": "y", "E": "L", "w+": "w_new"}
            | {"dE/dy": "δL/δa", "dE/dx": "δL/δz", "dE/dw": "δL/δw", "dy/dx": "δa/δz"},
            last_y="ŷ",
        ),
        CANONICAL.with_symbols(
            "baeldung",
            {"x": "z", "y": "h", "t": "ŷ", "E": "J", "w+": "w⁺", "learning_rate": "η"}
            | {"dE/dy": "∂J/∂h", "dE/dx": "∂J/∂z", "dE/dw": "∂J/∂w", "dy/dx": "σ′(z)"},
            last_y="y",
        ),
        CANONICAL.with_symbols(
            "four-layer",
            {"x": "z", "y": "a", "t": "y", "E": "C", "w+": "w⁺", "learning_rate": "ε"}
            | {"dE/dy": "∂C/∂a", "dE/dx": "∂C/∂z", "dE/dw": "∂C/∂w", "dy/dx": "f′(z)"},
            last_y="s",
        ),
        CANONICAL.with_symbols(
            "mazur",
            {"x": "net", "y": "out", "t": "target", "E": "E_total", "w+": "w⁺", "learning_rate": "η"}
            | {"dE/dy": "∂E_total/∂out", "dE/dx": "δ", "dE/dw": "∂E_total/∂w", "dy/dx": "∂out/∂net"},
        ),
    )
}
"""By name, as scenario files write it."""


def own_notation(symbols: Mapping[str, str]) -> Notation:
    """A document's own notation, called `own`.

    Args:
        symbols: by a key of `NAMED`; what is left out is as in the canonical one.

    Raises:
        KeyError: a key is none of these.
    """
    return CANONICAL.with_symbols("own", {NAMED[key]: symbol for key, symbol in symbols.items()})
