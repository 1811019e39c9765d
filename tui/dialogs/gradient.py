"""Every derivative of the present place three times: by backpropagation and by two methods that know no derivative."""

from collections.abc import Sequence
from itertools import islice

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Label, Static

from engine.check.gradients import TOLERANCE, GradientCheck, ParameterCheck, each_derivative
from engine.program.graph import Graph, operands_of
from engine.told import Told
from engine.walking.session import Session
from tui.terminal.beside import Beside
from tui.terminal.closing import Dialog
from tui.words.columns import column
from tui.words.format import number
from tui.words.kinds import role_style
from tui.words.names import in_cells

MOST = 200
"""Parameters that are checked at once; of a larger network those of one node, a table that one can read."""
DIGITS = 12
NAME_WIDTH, LEAST, WIDEST, ERROR = 12, 9, 20, 7
"""Cells of a name, at least and at most of a number, and of a relative error."""
HEADINGS = ("", "backprop", "complex", "central", "error", "verdict")
SCROLLBAR = 1
GAP = "  "
VERDICTS = {"ok": ("✓ ok", "$text-success"), "kink": ("~ kink", "$text-warning"), "wrong": ("✗ wrong", "$text-error")}
WORST = ", worst"
METHODS = (
    "Complex step: the imaginary part of E at w + ih, over h. Central difference: E at w + h less E at w − h, over 2h. "
    "Neither knows a derivative; the complex step decides."
)
KINK = "kink: the parameter moves a node that stands where its activation bends, so no method decides."
IMMEDIATE = (
    "This scenario updates a layer before the error goes on, so the walk's derivatives below the last layer differ. "
    "Checked here is the simultaneous order, all derivatives from the old parameters: gradient descent proper."
)


class Gradients(Dialog[None]):
    """The gradient check of the iteration's batch, at the parameters with which it starts."""

    BINDINGS = [("escape", "dismiss", "close"), ("c", "dismiss", "close"), ("q", "dismiss", "close")]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._only = chosen(session)
        self._check: GradientCheck | None = None

    def compose(self) -> ComposeResult:
        """What is checked, the table, the methods."""
        with VerticalScroll(classes="dialog", id="gradients") as dialog:
            dialog.border_title = Content(f"gradient check at iteration {self._session.iteration:,}")
            dialog.border_subtitle = Content("escape closes")
            yield Label("checking …", id="summary", markup=False)
            for words in self._what():
                yield Label(words, classes="hint", markup=False)
            yield Static("", id="derivatives", markup=False)
            for words in self._methods():
                yield Label(words, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Starts the check, which may take a second."""
        self._run()

    @work(exclusive=True)
    async def _run(self) -> None:
        """Beside the app, which goes on; once the dialog is closed it ends."""
        scenario, values, only = self._session.scenario, self._session.values, self._only
        count = len(scenario.theta if only is None else only)

        def work(told: Told) -> GradientCheck:
            found: list[ParameterCheck] = []
            for check in each_derivative(scenario, values.beginning.theta, values.examples, only):
                found.append(check)
                told(len(found), count, "derivatives")
            return GradientCheck.of(found)

        def show(done: int, *_: object) -> None:
            self._say(Content(f"checking … {done:,} of {count:,} derivatives"))

        try:
            self._show(await Beside(work, show).result())
        except ArithmeticError as error:
            self._say(Content.styled(f"No derivative can be checked here: {error}.", "$text-error"))

    def _say(self, sentence: Content) -> None:
        if self.is_there:
            self.query_one("#summary", Label).update(sentence)

    def _show(self, check: GradientCheck) -> None:
        if self.is_there:
            self._check = check
            self.query_one("#summary", Label).update(summary(check))
            self._draw()

    def on_resize(self) -> None:
        """Another width has room for other digits."""
        if self._check is not None:
            self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        assert self._check is not None
        derivatives = self.query_one("#derivatives", Static)
        derivatives.update(Content("\n").join(table(self._check.all, derivatives.size.width - SCROLLBAR)))

    def _what(self) -> list[str]:
        """What is checked, where that is not plain."""
        scenario = self._session.scenario
        words = []
        if self._only is not None:
            count = len(scenario.network.parameter_names)
            words.append(
                f"Of {count:,} parameters, the {len(self._only)} of the node in focus; `gradstep check` does them all."
            )
        if scenario.training.immediate:
            words.append(IMMEDIATE)
        return words

    def _methods(self) -> list[str]:
        """How it is checked."""
        network = self._session.scenario.network
        if isinstance(network, Graph):
            return [METHODS, KINK]
        layers = network.layers
        return [METHODS, *([KINK] if any(own.kinks for layer in layers for own in layer.activations) else [])]


def chosen(session: Session) -> frozenset[str] | None:
    """The parameters to check, or None for all: of a large network, those into the focused node, or out of an input."""
    network = session.scenario.network
    if len(network.parameter_names) + (len(network.inputs) if isinstance(network, Graph) else 0) <= MOST:
        return None
    if isinstance(network, Graph):
        return _of_node(network, session.fresh[0] if session.fresh else network.inputs[0])
    name = session.fresh[0] if session.fresh else network.nodes(1)[0]
    layer, node = network.node_index.get(name) or network.node_into(name)
    if name in network.node_index and network.is_input(name):
        names = [row[node] for row in network.layer(layer + 1).weight_names]
    else:
        bias = network.layer(layer).bias_name(node)
        names = [*network.layer(layer).weight_names[node], *([bias] if bias else [])]
    return frozenset(names[:MOST])


def _of_node(graph: Graph, name: str) -> frozenset[str]:
    """Of an element of a node the parameters in its formula; of an input, or a parameter, its elements."""
    value = graph.value_of_element[name].name
    used = operands_of(graph.node[value].formula) if value in graph.node else (value,)
    names = (one for of in used if of in graph.parameter_shapes or of == value for one in graph.elements(of))
    return frozenset(islice(names, MOST))


def summary(check: GradientCheck) -> Content:
    """How it came out, in a sentence."""
    count = len(check.all)
    wrong = sum(one.verdict == "wrong" for one in check.all)
    kinks = sum(one.verdict == "kink" for one in check.all)
    worst = f"worst relative error {number(check.max_relative_error, 2)}, allowed {number(TOLERANCE, 2)}"
    undecided = f", {kinks} at a kink" if kinks else ""
    if wrong:
        return Content.styled(f"✗ {wrong} of {count} derivatives are wrong: {worst}{undecided}", "$text-error")
    return Content.styled(f"✓ {count} derivatives agree: {worst}{undecided}", "$text-success")


def table(checks: Sequence[ParameterCheck], width: int) -> list[Content]:
    """The headings, and a line for each parameter in file order; the worst says so."""
    names = min(NAME_WIDTH, max(map(cell_len, [HEADINGS[0], *(check.name for check in checks)])))
    last = max(len(text) for text, _ in VERDICTS.values()) + len(WORST)
    cell = max(LEAST, min(WIDEST, (width - names - last - ERROR - 5 * len(GAP)) // 3))
    columns = [
        column([check.analytic for check in checks], cell, DIGITS),
        column([check.complex_step for check in checks], cell, DIGITS),
        column([check.difference for check in checks], cell, DIGITS),
        [f"{number(check.relative_error, 2):>{ERROR}}" for check in checks],
    ]
    widths = [names, cell, cell, cell, ERROR, last]
    headings = GAP.join(in_cells(text, width) for text, width in zip(HEADINGS, widths, strict=True))
    lines = [Content.styled(headings, "$text-muted")]
    worst = max((check.relative_error for check in checks if check.verdict != "kink"), default=0.0)
    for row, check in enumerate(checks):
        words, style = VERDICTS[check.verdict]
        is_worst = check.relative_error == worst > 0 and check.verdict != "kink"
        line = Content.assemble(
            in_cells(check.name, names) + GAP,
            (columns[0][row] + GAP, role_style("dE/dw")),
            *[texts[row] + GAP for texts in columns[1:]],
            (words, style),
            (WORST if is_worst else "", "$text-muted"),
        )
        lines.append(line.stylize("bold") if is_worst else line)
    return [line.truncate(width, ellipsis=True) for line in lines]
