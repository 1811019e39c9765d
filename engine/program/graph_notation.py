"""The names that a graph's own formulas give to the quantities of its walk: `q`, `∂f/∂q`, as one writes them."""

from functools import lru_cache

from engine.formula.quantity import Quantity
from engine.program.graph import Graph
from engine.program.notation import CANONICAL, Notation
from engine.program.scenario import Scenario


class GraphNotation(Notation, frozen=True):
    """The names of a graph.

    Attributes:
        error: what the error is called.
    """

    error: str = "E"

    def symbol(self, quantity: Quantity) -> str:
        """A value by its name, a derivative as a fraction of names, `via` the formula through which a part comes."""
        kind, subject = quantity.kind, quantity.subject
        if subject is None or kind in ("learning_rate", "E_epoch"):
            return self.error if kind == "E" else super().symbol(quantity)
        if kind in ("y", "E", "w"):
            return subject
        if kind in ("dE/dy", "dE/dw"):
            return f"∂{self.error}/∂{subject}" + (f" via {quantity.through}" if quantity.through else "")
        if kind == "dy/dy":
            return f"∂{subject}/∂{quantity.through}"
        return f"{subject}⁺" if kind == "w+" else super().symbol(quantity)

    def ruled(self, quantity: Quantity) -> str:
        """The whole value of which an element is one."""
        whole = quantity.subject.partition(".")[0] if quantity.subject else None
        return self.symbol(Quantity(quantity.kind, whole))


@lru_cache(maxsize=16)
def notation_of(graph: Graph) -> GraphNotation:
    """The names of a graph."""
    error = graph.errors[0] if len(graph.errors) == 1 else "E"
    return GraphNotation("formulas", {**CANONICAL.symbols, "w+": "w⁺"}, error=error)


def own_names(scenario: Scenario) -> Notation:
    """The names of a document, or those of a graph's formulas where it gives no others."""
    if scenario.graph is not None and scenario.notation is CANONICAL:
        return notation_of(scenario.graph)
    return scenario.notation
