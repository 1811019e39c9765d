"""The two tables: nodes and parameters."""

from tui.formula import short_symbol
from tui.panels.table import Column, NumberTable
from tui.view import View

NODE_KINDS = ("x", "y", "dE/dy", "dE/dx")
PARAMETER_KINDS = ("w", "dE/dw", "w+")
PARAMETER_HEADINGS = {"w": "value", "w+": "next value"}


class NodeTable(NumberTable):
    """x, y, dE/dy, dE/dx of every node; an input has an output only, the rest is no step of the walk."""

    BORDER_TITLE = "nodes"

    def show_view(self, view: View) -> None:
        """Draws the view."""
        network = view.session.scenario.network
        inputs = set(network.inputs)
        names = [name for number in range(network.depth + 1) for name in network.nodes(number)]
        columns = [Column(kind, short_symbol(kind, view.notation)) for kind in NODE_KINDS]
        self.show(view, names, columns, applies=lambda kind, name: kind == "y" or name not in inputs)


class ParameterTable(NumberTable):
    """Value, dE/dw and next value of every parameter; a frozen one has no next value."""

    BORDER_TITLE = "parameters"

    def show_view(self, view: View) -> None:
        """Draws the view."""
        scenario = view.session.scenario
        names = scenario.network.parameter_names
        frozen = {names[index] for index in scenario.training.frozen}
        columns = [
            Column(kind, PARAMETER_HEADINGS.get(kind) or short_symbol(kind, view.notation)) for kind in PARAMETER_KINDS
        ]
        self.show(view, names, columns, applies=lambda kind, name: kind != "w+" or name not in frozen)
