"""What the numbers of a graph are called: by the names that the file gives to its values, `∂f/∂q` for `dE/dy[q]`."""

from msgspec import Struct

from engine.formula.quantity import KINDS, Quantity
from engine.program.graph import TOTAL_OF_UPSTREAM, UPSTREAM, WEIGHT, Graph, value_name
from engine.program.notation import Notation

SIGNS = "∂δ"
"""With which a document's derivatives may begin."""


class Fraction(Struct, frozen=True):
    """A derivative.

    Attributes:
        sign: what stands before both names.
        above: what is differentiated.
        below: by what.
        through: the node through which the part comes that is meant, if it is a part.
    """

    sign: str
    above: str
    below: str
    through: str = ""

    def __str__(self) -> str:
        """In one line."""
        return f"{self.sign}{self.above}/{self.sign}{self.below}" + (f" through {self.through}" if self.through else "")


class GraphNotation(Notation, frozen=True):
    """The names of a graph. Of a document's own symbols those count that a graph has: E, w⁺, the learning rate.

    Attributes:
        error: what E is called: the error's node, where it is one.
        weighted: whether its terms are those of nodes, times the examples' weights.
    """

    error: str = "E"
    weighted: bool = False

    def of_rule(self, quantity: Quantity) -> Notation:
        """The same: a graph has no last layer."""
        return self

    def general(self, quantity: Quantity) -> Quantity | None:
        """The whole value of which a quantity is an element; None of the inputs together."""
        if quantity.kind == "dy/dy" or quantity == Quantity("E"):
            return quantity
        if quantity.subject is None:
            return None
        return Quantity(quantity.kind, value_name(quantity.subject))

    def fraction(self, quantity: Quantity) -> Fraction | None:
        """The derivative that a quantity is, or None."""
        subject, through = quantity.subject or "·", quantity.through or ""
        sign = next((sign for sign in SIGNS if self.symbols["dE/dw"].startswith(sign)), SIGNS[0])
        if quantity.kind == "dy/dy":
            return Fraction(sign, subject, through or "·")
        return Fraction(sign, self.error, subject, through) if quantity.kind in ("dE/dy", "dE/dw") else None

    def symbol(self, quantity: Quantity) -> str:
        """The name of a quantity: `q`, `∂f/∂q`, `∂f/∂q through h`, `w⁺`; of a kind as such, for any of it, `∂f/∂·`."""
        kind, subject = quantity.kind, quantity.subject
        fraction = self.fraction(quantity)
        if fraction is not None:
            return str(fraction)
        if kind == "E":
            of_node = f"weighted_{subject}" if self.weighted else subject
            return self.error if subject in (None, TOTAL_OF_UPSTREAM) else str(of_node)
        if kind == "E_penalty":
            return self.of_penalty
        if kind == "E_epoch":
            return f"{self.error}_epoch{'' if quantity.epoch is None else quantity.epoch}"
        if subject is None:
            return "value" if kind == "y" else self.symbols.get(kind, kind).replace("+", "⁺")
        if subject == WEIGHT:
            return "weight"
        if subject.startswith(UPSTREAM):
            return f"upstream_{subject.removeprefix(UPSTREAM)}"
        if kind == "w+":
            weight, new = self.symbols["w"], self.symbols["w+"].replace("+", "⁺")
            return subject + new.removeprefix(weight) if new.startswith(weight) else f"{new}_{subject}"
        return subject if kind in KINDS else f"{kind.replace('+', '⁺')}_{subject}"


def names_of(graph: Graph, notation: Notation, *, penalized: bool = False) -> GraphNotation:
    """The names of a graph, with a document's symbols for what has no name of its own there.

    Args:
        graph: whose values they are.
        notation: the document's.
        penalized: whether there is a penalty beside the error's node, so that the node's name is not that of all of E;
            nor is it where examples have weights.
    """
    more = penalized or graph.weighted
    error = graph.errors[0] if len(graph.errors) == 1 and not more else notation.symbols["E"]
    if more and error in graph.shapes:
        error += "_total"
    return GraphNotation(notation.name, notation.symbols, error=error, weighted=graph.weighted)
