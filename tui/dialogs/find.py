"""Finds a node or a parameter by its name: what is typed narrows a list of names."""

from collections.abc import Callable
from difflib import get_close_matches
from heapq import nlargest
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from engine.formula.similar import MOST
from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.tokens import shown
from tui.terminal.answer_line import TypedLine
from tui.terminal.choices import Choices
from tui.terminal.closing import Dialog
from tui.view.selection import columns_of

SHOWN = 8
"""Names in the list at once."""


LONGEST = 200
"""Letters of a text that may be like a name: no name is half as long."""


class Named(NamedTuple):
    """A name and what bears it."""

    name: str
    meaning: str


def named(network: Network | Graph) -> list[Named]:
    """Every name of a network with what it is, in the order of the graph."""
    if isinstance(network, Graph):
        return [Named(name, _in_graph(network, name)) for column in columns_of(network) for name in column]
    meanings = {name: f"input {i}" for i, name in enumerate(network.inputs, 1)}
    for number in range(network.depth, 0, -1):  # what several layers use is told by its first use
        layer, kind = network.layer(number), "output" if number == network.depth else f"node of layer {number}"
        others = len(network.uses(number)) - 1
        again = f", and in {others} more layer{'s' * (others > 1)}" if others else ""
        for index, (node, weights) in enumerate(zip(layer.nodes, layer.weight_names, strict=True)):
            meanings[node] = kind
            for weight, source in zip(weights, network.sources(number), strict=True):
                meanings[weight] = f"weight from {source} to {node}{again}"
            bias = layer.bias_name(index)
            if bias is not None:
                meanings[bias] = (f"bias of layer {number}" if layer.shared_bias else f"bias of {node}") + again
    return [Named(name, meanings[name]) for column in columns_of(network) for name in column]


def _in_graph(graph: Graph, name: str) -> str:
    """What an element of a graph is: an input, a parameter, or by which formula it is made."""
    value = graph.value_of_element[name].name
    if value in graph.node:
        return f"= {graph.node[value].text}" if value == name else f"of {value} = {graph.node[value].text}"
    return "parameter" if value in graph.parameter_shapes else "input"


def found(names: list[Named], text: str) -> list[Named]:
    """The names that a text may mean, best first: that name, those that begin so, that hold it, that are like it."""
    text = text.strip().lower()
    lowered = [(entry.name.lower(), entry) for entry in names]
    ranked = [
        (0 if name == text else 1 if name.startswith(text) else 2, entry) for name, entry in lowered if text in name
    ]
    if ranked:
        return [entry for _, entry in sorted(ranked, key=lambda rank: rank[0])[:SHOWN]]
    known = dict(lowered[:MOST]) if len(text) <= LONGEST else {}
    near = nlargest(SHOWN * 8, known, key=lambda name: len(set(name) & set(text)))
    return [known[name] for name in get_close_matches(text, near, SHOWN, cutoff=0.5)]


class Find(Dialog[str | None]):
    """Asks for a name; its result is one of the network's."""

    BINDINGS = [("escape", "dismiss", "cancel"), ("down", "move(1)", "next"), ("up", "move(-1)", "previous")]

    def __init__(
        self,
        names: list[Named],
        title: str = "find",
        question: str = "Find a node or a parameter",
        value: Callable[[str], str] | None = None,
    ) -> None:
        """Asks for one of the names; `value` writes what stands beside one that is listed."""
        super().__init__()
        self._names, self._title, self._question, self._value = names, title, question, value
        self._found: list[Named] = []

    def compose(self) -> ComposeResult:
        """Question, line, the names that it may mean, message."""
        with Vertical(classes="dialog", id="find") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = Content("↑ ↓ choose   enter selects   escape closes")
            yield Label(self._question, markup=False)
            yield TypedLine(placeholder="its name, or a part of it")
            names = Choices(markup=False)
            names.can_focus = False
            yield names
            yield Label("", id="rest", classes="hint", markup=False)
            yield Label("", classes="problem", markup=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrows the list."""
        self._list(event.value)

    def on_mount(self) -> None:
        """The list begins with all."""
        self._list("")

    def _list(self, text: str) -> None:
        self._found = found(self._names, text)
        listed = self.query_one(OptionList)
        listed.clear_options()
        width = max((len(entry.name) for entry in self._found), default=0)
        values = ["" if self._value is None else f"   {self._value(entry.name)}" for entry in self._found]
        meanings = max((len(entry.meaning) for entry in self._found), default=0) if any(values) else 0
        listed.add_options(
            [
                Option(
                    Content.assemble(f"{entry.name:{width}}  ", (f"{entry.meaning:{meanings}}", "$text-muted"), value),
                    entry.name,
                )
                for entry, value in zip(self._found, values, strict=True)
            ]
        )
        listed.highlighted = 0 if self._found else None
        listed.display = bool(self._found)
        rest = sum(text.strip().lower() in entry.name.lower() for entry in self._names) - len(self._found)
        self.query_one("#rest", Label).update(f"… and {rest:,} more: type a part of the name" if rest > 0 else "")
        problem = "" if self._found else f"No node or parameter is called {shown(text.strip())}, or anything like it."
        self.query_one(".problem", Label).update(problem)

    def action_move(self, by: int) -> None:
        """Chooses in the list."""
        listed = self.query_one(OptionList)
        (listed.action_cursor_down if by > 0 else listed.action_cursor_up)()

    def on_input_submitted(self) -> None:
        """The chosen name."""
        chosen = self.query_one(OptionList).highlighted
        if chosen is not None and self._found:
            self.dismiss(self._found[chosen].name)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click on a name; the list may be another by now."""
        self.dismiss(event.option_id)
