"""The header line: which scenario, where in the walk, what is being computed."""

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message

from engine.formula.quantity import Quantity
from engine.program.graph import Graph
from engine.program.steps import Row
from tui.panels.lines import LinesPanel
from tui.view.seen import View
from tui.words.batches import MOST, numbered
from tui.words.branches import branch_name
from tui.words.calculation import of_layer, short_symbol
from tui.words.format import number
from tui.words.names import shorten_name

PHASE_WORDS = {"forward": "▸ forward", "error": "◆ error", "backward": "◂ backward", "update": "✚ update"}

FORMS: tuple[dict[str, bool], ...] = (
    {"title": True},
    {},
    {"what": False},
    {"what": False, "place": False},
    {"what": False, "place": False, "phase": False},
)
"""The line in ever fewer words."""

LEAST_NAME = 6
"""Cells of a scenario's name that stay: it is known from the start, and rather cut than what is computed."""

PLAYING = "▶"
"""Before the speed, while the walk goes on by itself."""

CHANGED = "file changed: ctrl+r"


def purpose(view: View, row: Row) -> str:
    """`x  total inputs of layer 1`: what a row computes, with the notation's symbols."""
    network = view.session.scenario.network
    if isinstance(network, Graph):
        return purpose_in_graph(view, row, network)
    notation = of_layer(view.notation, network, row.layer)
    name = notation.symbol(Quantity(row.quantity))
    if row.quantity == "E":
        return f"{name}  the error"
    if row.quantity == "y" and row.layer == 0:
        return f"{name}  the inputs"
    symbols = {kind: short_symbol(kind, notation) for kind in ("E", "x", "y")}
    return f"{name}  {row.kind.words.format(**symbols, w='parameters')} of {network.called(row.layer)}"


def brief(view: View, row: Row) -> str:
    """The same in few words."""
    network = view.session.scenario.network
    if isinstance(network, Graph):
        return view.notation.symbol(Quantity(row.quantity, row.node)) if row.node else purpose(view, row)
    return f"{short_symbol(row.quantity, of_layer(view.notation, network, row.layer))} of layer {row.layer}"


def purpose_in_graph(view: View, row: Row, graph: Graph) -> str:
    """`q = x + y`, `∂f/∂q  how f changes with q`: what a row of a graph computes."""
    error = view.notation.symbol(Quantity("E"))
    if row.quantity == "y" and not row.node:
        return "the inputs"
    if row.quantity == "E" and graph.weighted:
        name = view.notation.symbol(Quantity("E", row.node)) if row.node else error
        return (
            f"{name} = {' + '.join(f'weight·{one}' for one in graph.errors) or 'weight · Σ given derivative · value'}"
        )
    if row.quantity in ("y", "E"):
        name = row.node or error
        text = graph.node[name].text if name in graph.node else " + ".join(graph.errors) or "Σ given derivative · value"
        return f"{name} = {text}"
    name = view.notation.symbol(Quantity(row.quantity, row.node))
    return (
        f"{name}  {row.node} after the update"
        if row.quantity == "w+"
        else f"{name}  how {error} changes with {row.node}"
    )


class Header(LinesPanel):
    """One line."""

    class Picked(Message):
        """Someone clicked on the learning rate."""

    _rate_at = 0
    """The column from which the learning rate is written."""

    def show(self, view: View) -> None:
        """Draws the view's place."""
        width = self.app.size.width - 2
        rate = view.session.scenario.training.rate(view.session.iteration)
        right = f"{view.notation.symbol(Quantity('learning_rate'))} {number(rate, 4)}"
        if not view.trained:
            right = "nothing is trained" if view.wide else ""
        rate_width = len(right) if view.trained else 0
        if view.playing is not None:
            right = f"{PLAYING} {view.playing:g}/s   {right}"
        if view.lecturing:
            right = f"lecture   {right}"
        if view.score:
            right = f"{view.score}   {right}"
        if view.file_changed:
            right = f"{CHANGED}   {right}"
        room = width - len(right) - 2
        for form in FORMS if view.wide else FORMS[1:]:
            left = _line(view, **form)
            if left.cell_length <= room:
                break
        else:
            left = _line(view, **FORMS[-1], over=left.cell_length - room).truncate(max(1, room), ellipsis=True)
        self._rate_at = width - rate_width
        self.paint([left + Content(" " * (width - left.cell_length - cell_len(right)) + right)], width)

    def on_click(self, event: events.Click) -> None:
        """Tells that the learning rate was meant."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.x >= self._rate_at:
            event.stop()
            self.post_message(self.Picked())


def _line(
    view: View, *, title: bool = False, what: bool = True, place: bool = True, phase: bool = True, over: int = 0
) -> Content:
    """The line, each part in full or in few words; in the fewest the phase has its sign only: the step bar names it.

    Where even these are so many cells `over`, the name is shorter by them.
    """
    session = view.session
    row = session.row
    parts = [f"{'iteration' if place else 'it.'} {session.iteration:,}", *_examples(view, brief=not place)]
    parts.append(f"step {session.done}/{session.count}")
    sign, computed = "", "nothing computed yet"
    if row is not None:
        sign = PHASE_WORDS[row.phase] if phase else PHASE_WORDS[row.phase][0]
        computed = purpose(view, row) if what or row.quantity == "E" else brief(view, row)
    branch, called = session.tree.branch, session.scenario.title if title else session.scenario.name
    return Content.assemble(
        (shorten_name(called, max(LEAST_NAME, cell_len(called) - over)) if over else called, "bold"),
        (f"  {branch_name(branch)}" if branch.edits else "", "$text-warning"),
        f"   {'   '.join(parts)}   ",
        (sign, "bold"),
        "  " if sign else "",
        computed,
    )


def _examples(view: View, *, brief: bool) -> list[str]:
    """Which examples this iteration is of, and which of them, or which other one, is shown."""
    batch, examples = view.session.values.examples, len(view.session.scenario.inputs)
    number, preview = view.source.values.examples[view.example] + 1, " (preview)" if view.previewed else ""
    if len(batch) > 1:
        of_batch = f"batch {numbered(batch, MOST)}"
        return [
            f"{of_batch}, ex. {number}{preview}" if brief else f"{of_batch} of {examples:,}   example {number}{preview}"
        ]
    if brief:
        return [f"ex. {number}{preview}"] if examples > 1 else []
    return [f"example {number}/{examples}{preview}"]
