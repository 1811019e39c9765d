"""The two tables: nodes and parameters."""

from engine.quantity import Quantity
from tui.panels.table import Column, NumberTable
from tui.view import View

NODE_KINDS = ("x", "y", "dE/dy", "dE/dx")
PARAMETER_KINDS = ("w", "dE/dw", "w+")
PARAMETER_HEADINGS = {"w": "value", "w+": "next value"}


class NodeTable(NumberTable):
    """x, y, dE/dy, dE/dx of every node."""

    def show_view(self, view: View) -> None:
        """Draws the view."""
        network = view.session.scenario.network
        inputs = set(network.inputs)
        names = [name for number in range(network.depth + 1) for name in network.nodes(number)]
        columns = [Column(kind, view.notation.symbol(Quantity(kind))) for kind in NODE_KINDS]

        def value(kind: str, name: str) -> float | None:
            # an input node has an output only; its dE/dy is no step of the walk
            return None if name in inputs and kind != "y" else view.value(kind, name)

        self.border_title = "nodes"
        self.show(
            names, columns, value, view.is_lit, view.digits, view.session.fresh[0] if view.session.fresh else None
        )


class ParameterTable(NumberTable):
    """Value, dE/dw and next value of every parameter."""

    def show_view(self, view: View) -> None:
        """Draws the view."""
        network = view.session.scenario.network
        columns = [
            Column(kind, PARAMETER_HEADINGS.get(kind) or view.notation.symbol(Quantity(kind)))
            for kind in PARAMETER_KINDS
        ]
        fresh = view.session.fresh
        self.border_title = "parameters"
        self.show(network.parameter_names, columns, view.value, view.is_lit, view.digits, fresh[0] if fresh else None)
