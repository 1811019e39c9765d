"""The names that documents give to the same quantities: `∂E_total/∂out_h1` in one is `dE/dy[h1]` here.

Beware of ŷ: Baeldung's is the target (its y is the output), datamapu's is the output (its y is the target).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.formula.quantity import Quantity

KEYS = {
    "x": "x",
    "y": "y",
    "t": "t",
    "E": "error",
    "dE/dy": "d_error_d_output",
    "dE/dx": "d_error_d_input",
    "dE/dw": "d_error_d_weight",
    "dy/dx": "slope",
    "w": "weight",
    "w+": "new_weight",
    "α": "learning_rate",
    "learning_rate": "learning_rate",
}
"""The field of `Notation` for each canonical symbol, as a scenario's own `notation` table has them for keys."""

WORD_BEGINS = r"(?<![^\W∂δd])"
"""Before a symbol that is a whole word: the x of `max` is none; d, δ and ∂ belong to the fraction."""


class Notation(Struct, frozen=True):
    """One document's symbols.

    Attributes:
        name: as scenario files write it.
        x: a node's total input.
        y: a node's output.
        t: a target.
        error: the error; a closing `_total` makes way for the output's name where it is of one output.
        d_error_d_output: dE/dy.
        d_error_d_input: dE/dx.
        d_error_d_weight: dE/dw; a closing weight symbol makes way for the parameter's name.
        slope: dy/dx; the symbols of x and y in it get the node's name.
        weight: a parameter without its name.
        new_weight: w+; its weight symbol makes way for the parameter's name.
        learning_rate: α.
        last_y: the output of the last layer's nodes, where it has a symbol of its own.
        outputs: the names of the last layer's nodes.
    """

    name: str = "canonical"
    x: str = "x"
    y: str = "y"
    t: str = "t"
    error: str = "E"
    d_error_d_output: str = "dE/dy"
    d_error_d_input: str = "dE/dx"
    d_error_d_weight: str = "dE/dw"
    slope: str = "dy/dx"
    weight: str = "w"
    new_weight: str = "w+"
    learning_rate: str = "α"
    last_y: str = ""
    outputs: frozenset[str] = frozenset()

    def with_outputs(self, names: Iterable[str]) -> "Notation":
        """The same for a network whose last layer has these nodes."""
        return replace(self, outputs=frozenset(names))

    def of_rule(self, quantity: Quantity) -> "Notation":
        """The names for the general rule of a quantity: of the last layer's nodes, y may have a symbol of its own."""
        of_outputs = quantity.subject in self.outputs and quantity.kind in ("y", "dy/dx", "dE/dy", "dE/dx")
        if not self.last_y or not (of_outputs or quantity.kind == "E"):
            return self
        by_output = self.d_error_d_output
        if by_output.endswith(self.y):
            by_output = by_output.removesuffix(self.y) + self.last_y
        slope = re.sub(rf"{WORD_BEGINS}{re.escape(self.y)}(?!\w)", lambda _: self.last_y, self.slope)
        return replace(self, y=self.last_y, d_error_d_output=by_output, slope=slope)

    def symbol(self, quantity: Quantity) -> str:
        """The name of a quantity: `net_h1`, `∂E_total/∂w5`; canonical ones are `str(quantity)`, but for `α`."""
        kind, subject = quantity.kind, quantity.subject
        if kind == "learning_rate":
            return self.learning_rate
        if self.name == CANONICAL.name:
            return str(quantity)
        if kind == "E_epoch":
            return f"{self._error_base}_epoch{'' if quantity.epoch is None else quantity.epoch}"
        # what an optimizer remembers (m, v) has no symbol of a document's own
        text: str = getattr(self, KEYS[kind]) if kind in KEYS else kind.replace("+", "⁺")
        if subject is None:
            return text
        if kind in ("dE/dw", "w", "w+"):
            return self._of_parameter(kind, text, subject)
        if kind == "E":
            return f"{self._error_base}_{subject}"
        if kind == "dy/dx":
            return self._slope(subject, quantity.through)
        if kind == "dE/dy" and quantity.through is not None:
            # the part of the error that comes back through one node, as in ∂E_o1/∂out_h1
            if self.error in text:
                text = text.replace(self.error, f"{self._error_base}_{quantity.through}", 1)
            else:
                return f"{text}_{subject}←{quantity.through}"
        return f"{self._at(subject, text)}_{subject}"

    @property
    def _error_base(self) -> str:
        return self.error.removesuffix("_total")

    def _at(self, subject: str, text: str) -> str:
        """`text` with the last layer's symbol of y for a closing y, if the subject belongs there."""
        if self.last_y and subject in self.outputs and text.endswith(self.y):
            return text.removesuffix(self.y) + self.last_y
        return text

    def _of_parameter(self, kind: str, text: str, name: str) -> str:
        if kind == "w":
            return name
        if kind == "w+" and text.startswith(self.weight):
            return name + text.removeprefix(self.weight)
        if kind == "dE/dw" and text.endswith(self.weight):
            return text.removesuffix(self.weight) + name
        return f"{text}_{name}"

    def _slope(self, node: str, other: str | None) -> str:
        y, x = f"{self._at(node, self.y)}_{node}", f"{self.x}_{other or node}"
        if other is not None and other != node:
            return f"∂{y}/∂{x}"
        if not self.slope.strip().endswith((self.x, ")")):
            return f"{self.slope}_{node}"
        words = rf"{WORD_BEGINS}({re.escape(self.y)}|{re.escape(self.x)})(?!\w)"
        return re.sub(words, lambda match: y if match[1] == self.y else x, self.slope)


CANONICAL = Notation()

NOTATIONS: Mapping[str, Notation] = {
    notation.name: notation
    for notation in (
        CANONICAL,
        Notation("google", t="y_target", slope="f′(x)"),
        Notation(
            "datamapu",
            x="z",
            y="a",
            last_y="ŷ",
            t="y",
            error="L",
            d_error_d_output="δL/δa",
            d_error_d_input="δL/δz",
            d_error_d_weight="δL/δw",
            slope="δa/δz",
            new_weight="w_new",
        ),
        Notation(
            "baeldung",
            x="z",
            y="h",
            last_y="y",
            t="ŷ",
            error="J",
            d_error_d_output="∂J/∂h",
            d_error_d_input="∂J/∂z",
            d_error_d_weight="∂J/∂w",
            slope="σ′(z)",
            new_weight="w⁺",
            learning_rate="η",
        ),
        Notation(
            "four-layer",
            x="z",
            y="a",
            last_y="s",
            t="y",
            error="C",
            d_error_d_output="∂C/∂a",
            d_error_d_input="∂C/∂z",
            d_error_d_weight="∂C/∂w",
            slope="f′(z)",
            new_weight="w⁺",
            learning_rate="ε",
        ),
        Notation(
            "mazur",
            x="net",
            y="out",
            t="target",
            error="E_total",
            d_error_d_output="∂E_total/∂out",
            d_error_d_input="δ",
            d_error_d_weight="∂E_total/∂w",
            slope="∂out/∂net",
            new_weight="w⁺",
            learning_rate="η",
        ),
    )
}
"""By name, as scenario files write it."""


def own_notation(symbols: Mapping[str, str]) -> Notation:
    """A document's own notation, called `own`.

    Args:
        symbols: by canonical symbol (the keys of `KEYS`); what is left out is as in the canonical one.

    Raises:
        KeyError: a key is no canonical symbol.
    """
    fields: dict[str, Any] = {KEYS[key]: symbol for key, symbol in symbols.items()}
    return replace(CANONICAL, name="own", **fields)
