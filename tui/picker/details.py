"""Beside the list: the chosen scenario's network, small, and what is in it; or what is wrong with the file."""

from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from engine.files.problems import shown
from engine.program.scenario import Scenario
from engine.walking.session import Session
from tui.graph.formulas.picture import FormulaPicture
from tui.graph.picture import FIRST, MIN_NUMBER, GraphPicture
from tui.graph.pictures import picture_of
from tui.graph.widget import NetworkGraph
from tui.picker.catalogue import Reading, Tally
from tui.picker.entries import Entry, in_words
from tui.picker.words import about, headline, problems_of
from tui.terminal.borders import label
from tui.view.seen import View

MOST_DRAWN, MOST_NODES = 20_000, 400
"""Parameters of a network that is still drawn, and nodes of a graph: a larger one takes too long to look at in passing,
as all its nodes are computed for it."""
DIGITS = 4


class Picture(NetworkGraph, can_focus=False):
    """The network, to look at."""


class Details(Container):
    """The chosen line's; each `show` gives the same for the same."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._drawn: Scenario | None = None
        """Whose network the picture is: it is drawn once, however often the words beside it change."""

    def compose(self) -> ComposeResult:
        """Picture and words."""
        yield Picture(id="picture")
        with VerticalScroll(id="about"):
            yield Static("", markup=False)

    def show(self, entry: Entry | None, reading: Reading | None, tally: Tally | None) -> None:
        """Draws a line's."""
        scenario = None if reading is None else reading.scenario
        drawn = scenario is not None and is_drawn(scenario)
        self.set_class(not drawn, "undrawn")
        if scenario is not None and drawn and scenario is not self._drawn:
            self._drawn = scenario
            self.query_one(Picture).show(small_picture(scenario))
        title, words = "", Content.styled("Nothing is chosen.", "$chart-label")
        if entry is not None:
            title, words = entry.text, _words(entry, reading, tally)
        label(self, title)
        self.query_one(Static).update(words)

    def say(self, name: str, words: str, more: str = "") -> None:
        """Of a file that is not read yet how far that is, and what can be done."""
        self.set_class(True, "undrawn")
        label(self, shown(name))
        self.query_one(Static).update(Content.assemble((words, "$chart-label"), (f"\n{more}" if more else "", "bold")))

    def show_from_the_top(self) -> None:
        """Another line's words begin at their beginning."""
        self.query_one(VerticalScroll).scroll_home(animate=False)


def _words(entry: Entry, reading: Reading | None, tally: Tally | None) -> Content:
    path: Path = entry.path
    if entry.kind == "folder":
        return Content(f"enter lists the folder {in_words(path)}")
    if reading is None:
        return Content.styled("reading …", "$chart-label")
    if reading.scenario is None:
        head = Content.styled(headline(reading.problems, path), "bold $text-error")
        hint = Content.styled("Mend it in an editor; r reads it again.", "$chart-label")
        return Content("\n").join([head, problems_of(reading.problems, path), hint])
    opens_with = f"gradstep {entry.text if entry.kind == 'shipped' else in_words(path)}"
    return about(reading.scenario, tally, opens_with)


def is_drawn(scenario: Scenario) -> bool:
    """Whether it is small enough for a picture."""
    nodes = 0 if scenario.graph is None else len(scenario.graph.graph_nodes)
    return len(scenario.theta) <= MOST_DRAWN and nodes <= MOST_NODES


def small_picture(scenario: Scenario) -> GraphPicture | FormulaPicture:
    """The network with its weights, and what comes out of its nodes for the first example, drawn as in the walk."""
    session = Session.open(scenario)
    # a graph's error is a node with a box; in a network the step of E would take the place of the outputs
    session = session.seek(session.first, session.error_row + (scenario.graph is not None))
    picture = picture_of(View(session, session, 0, scenario.names(canonical=False), DIGITS))
    if isinstance(picture, FormulaPicture):
        return picture
    layers = tuple(
        tuple(
            node._replace(
                fields=tuple(field._replace(label="", lit=False) for field in node.fields if field.role == "y"),
                bias=None,
                target=None,
                state="lit",
                badge=None,
            )
            for node in nodes
        )
        for nodes in picture.layers
    )
    gaps = tuple(replace(gap, lit=np.ones(gap.weights.shape, bool), active=None, role=None) for gap in picture.gaps)
    return replace(
        picture, layers=layers, gaps=gaps, focus=FIRST, sizes=(), number_width=MIN_NUMBER, label_width=MIN_NUMBER
    )
