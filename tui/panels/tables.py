"""The two tables: nodes and parameters. Where one has the whole screen, it tells more."""

from collections.abc import Sequence
from functools import lru_cache

from engine.formula.quantity import KINDS, Quantity
from engine.program.graph import Graph, value_name
from engine.program.network import Network
from tui.graph.nodes import SIGN
from tui.panels.table import Column, NumberTable, Shown
from tui.terminal.borders import label
from tui.view.seen import View
from tui.words.calculation import of_layer, short_symbol
from tui.words.kinds import OF_EVERY_NODE, OF_NODES, OF_PARAMETERS, SHOWN, walked
from tui.words.verdicts import SIGNS

ROOMY = 76
"""Columns of a screen on which all that there is of a node has room."""


class NodeTable(NumberTable):
    """x, y, dE/dy, dE/dx of every node; an input has an output only, the rest is no step of the walk.

    Large, also the slope dy/dx, and of the outputs the target and the error.
    """

    def show_view(self, view: View) -> None:
        """Draws the view."""
        shown = self.shown(view)
        kinds, ails = [column.kind for column in shown.columns], view.session.scenario.graph is None
        label(self, "nodes", view.way_back("nodes") or legend(view, kinds, shown.names, ails=ails))
        self.show(shown)

    def shown(self, view: View) -> Shown:
        """What it shows of a view."""
        return nodes_shown(view, large=view.large == "nodes" and self.app.size.width >= ROOMY)


def nodes_shown(view: View, *, large: bool) -> Shown:
    """The nodes of a view; `large` with all that there is of them."""
    network = view.session.scenario.network
    if isinstance(network, Graph):
        return _shown_of_graph(view, network)
    inputs, outputs = set(network.inputs), set(network.outputs)
    names = [name for number in range(network.depth + 1) for name in network.nodes(number)]
    training = view.session.scenario.training
    kinds = walked(OF_NODES if large or training.learning_rule is not None else OF_EVERY_NODE, training)
    if view.source.values.targets is None:
        kinds = tuple(kind for kind in kinds if KINDS[kind].of != "output")
    columns = [Column(kind, heading(view, kind)) for kind in kinds]

    def applies(kind: str, name: str) -> bool:
        return kind == "y" if name in inputs else KINDS[kind].of != "output" or name in outputs

    return Shown(view, names, columns, applies)


def _shown_of_graph(view: View, graph: Graph) -> Shown:
    """Every element of the inputs and the nodes, in the order of the walk: its value, the derivative by it."""
    error = view.notation.symbol(Quantity("E"))
    columns = [Column("y", "value"), Column("dE/dy", f"∂{error}/∂·")]
    return Shown(view, names_of(graph), columns, lambda kind, name: kind == "y" or has_derivative(graph, name))


@lru_cache(maxsize=16)
def names_of(graph: Graph) -> tuple[str, ...]:
    """Every element of the inputs and the nodes of a graph."""
    return tuple(name for value in (*graph.input_shapes, *graph.node) for name in graph.elements(value))


def has_derivative(graph: Graph, name: str) -> bool:
    """Whether E is differentiated by it: not by what it does not depend on."""
    value = graph.value_of_element[name].name
    return value in graph.live or value in graph.input_shapes


class ParameterTable(NumberTable):
    """Value, dE/dw and next value of every parameter; a frozen one has no next value.

    Large, also from where to where it leads.
    """

    def show_view(self, view: View) -> None:
        """Draws the view."""
        shown = self.shown(view)
        label(
            self,
            "parameters",
            view.way_back("parameters") or legend(view, OF_PARAMETERS, shown.names, ails=False),
        )
        self.show(shown)

    def shown(self, view: View) -> Shown:
        """What it shows of a view."""
        return parameters_shown(view, large=view.large == "parameters")


def parameters_shown(view: View, *, large: bool) -> Shown:
    """The parameters of a view; `large` with where they lead."""
    scenario = view.session.scenario
    names, kinds = scenario.network.parameter_names, walked(OF_PARAMETERS, scenario.training)
    frozen = {names[index] for index in scenario.training.frozen}
    columns = [Column(kind, SHOWN[kind].heading or short_symbol(kind, view.notation)) for kind in kinds]
    return Shown(
        view,
        names,
        columns,
        applies=lambda kind, name: kind != "w+" or name not in frozen,
        about=(lambda name: ends_of(scenario.network, name)) if large else None,
    )


def heading(view: View, kind: str) -> str:
    """A column's symbol; where the last layer has another one for it, that too: `δL/δa, ŷ`."""
    network = view.session.scenario.layered
    plain, last = (short_symbol(kind, of_layer(view.notation, network, layer)) for layer in (0, network.depth))
    if plain == last or KINDS[kind].of == "output":
        return last
    if network.depth == 1 and kind != "y":  # inputs have no other number
        return last
    return f"{plain}, {view.notation.last_y if plain.endswith(view.notation.symbols['y']) else last}"


def legend(view: View, kinds: Sequence[str], names: Sequence[str], *, ails: bool) -> str:
    """What the signs in a table mean."""
    printed = (
        of for of in view.marks if of.kind in kinds and of.subject in names and of == Quantity(of.kind, of.subject)
    )  # of a part, as dE/dy[h1<-o1] is, no cell shows one
    own = (Quantity(kind, name) for kind in kinds for name in names) if view.own is not None else ()
    signs = [sign for of in (*printed, *own) if (sign := view.sign(of)) is not None]
    words = list(dict.fromkeys(f"{SIGNS[sign.word]} {sign.legend}" for sign in signs))
    if ails and view.health:
        words.append(f"{SIGN} ails: select it")
    return "   ".join(words)


def ends_of(network: Network | Graph, name: str) -> str:
    """`h1 → o1` of a weight, `→ o1` of a bias, `→ layer 2` of one that the layer's nodes share; `×3` of tied layers."""
    if isinstance(network, Graph):
        return "→ " + ", ".join(network.users.get(value_name(name), ()))
    index = network.parameter_index[name]
    number = network.layer_of(index)
    times = len(network.uses(number))
    again = f" ×{times}" if times > 1 else ""
    layer, own = network.layer(number), index - network.spans[number - 1].start
    n_out, n_in = layer.shape
    if own < n_out * n_in:
        target, source = divmod(own, n_in)
        return f"{network.sources(number)[source]} → {layer.nodes[target]}{again}"
    return (f"→ layer {number}" if layer.shared_bias else f"→ {layer.nodes[own - n_out * n_in]}") + again
