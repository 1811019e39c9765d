"""What a person has chosen to see of a session: panels draw from this and keep nothing of their own."""

from collections.abc import Container, Hashable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

from engine.ask.health import Ailment, health
from engine.ask.lookup import is_partial, layer_values, parameter_values, value_at
from engine.ask.notes import shown_first
from engine.check.marks import Mark, figures_here
from engine.explain.parts import Explanation
from engine.formula.quantity import KINDS, Quantity
from engine.program.graph import TOTAL_OF_UPSTREAM
from engine.program.names import among
from engine.program.notation import Notation
from engine.program.scenario import Note
from engine.walking.session import Session
from tui.terminal.mosaic import Shading
from tui.view.chosen import MapChoice
from tui.view.kept import Drawings
from tui.view.keys import PANEL_KEYS
from tui.view.selection import known_of, quantity_of
from tui.words.verdicts import IN_PRINT, SIGNS, Sign

if TYPE_CHECKING:
    from tui.view.signs import Own


TALLEST = 300
"""Rows of the tallest screen that there is."""


class Others(NamedTuple):
    """Numbers to be shown below each other: the first of them, which may be all, and how many there are."""

    first: list[Quantity]
    total: int

    @classmethod
    def of(cls, quantities: list[Quantity]) -> "Others":
        """These are all."""
        return cls(quantities, len(quantities))


class Lit(Container[str]):
    """The names of the parameters that a step computes: those of a layer, of an update without the frozen ones."""

    def __init__(self, session: Session) -> None:
        assert session.row is not None
        training, self._index = session.scenario.training, session.scenario.network.parameter_index
        self._first, self._last = (self._index[name] for name in (session.fresh[0], session.fresh[-1]))
        self._without = training.frozen if session.row.quantity == "w+" else frozenset()

    def __contains__(self, name: object) -> bool:
        index = self._index.get(name) if isinstance(name, str) else None
        return index is not None and self._first <= index <= self._last and index not in self._without


@lru_cache(maxsize=64)
def _each(kind: str, names: tuple[str, ...]) -> tuple[Quantity, ...]:
    """The quantity of each name; a row of a wide network has thousands, the same ones in every iteration."""
    return tuple(Quantity(kind, name) for name in names)


class View(Struct, frozen=True, eq=False, dict=True):
    """A session as it is shown.

    Attributes:
        session: the place.
        source: where the numbers come from: the session, or its preview for an example outside the batch.
        example: which example of the source's batch is shown, from 0.
        notation: the names.
        digits: significant digits, or None for all.
        wide: whether there is room for long words.
        matrices: whether calculations are shown as matrices where they have that form.
        selected: the node or parameter that was chosen, if one was.
        playing: steps a second, while the walk goes on by itself.
        large: which panel has the whole screen, if one has.
        file_changed: whether the scenario's file has changed since it was read.
        score: the score of predict mode, in words.
        remark: what is said of the answer that led here.
        notes: a teacher's words on this place.
        note_page: which page of them takes the place of the calculation, from 0; None if the calculation is shown.
        lecturing: whether the screen is a lecture's: few panels, large.
        own: somebody's own numbers, if there are some.
        map: how the map over two inputs is seen; None while it is put away.
        shading: how the terminal tells the values of an area apart.
        drawings: what was drawn of this place, seen so, before.
    """

    session: Session
    source: Session
    example: int
    notation: Notation
    digits: int | None
    wide: bool = False
    matrices: bool = False
    selected: str | None = None
    playing: float | None = None
    large: str | None = None
    file_changed: bool = False
    score: str = ""
    remark: str = ""
    notes: tuple[Note, ...] = ()
    note_page: int | None = None
    lecturing: bool = False
    own: "Own | None" = None
    map: MapChoice | None = None
    shading: Shading = "colours"
    drawings: Drawings = field(default_factory=Drawings)

    @property
    def place(self) -> Hashable:
        """All that a drawing of the network, the numbers and the calculation is made from.

        Two walks at one place of one course are one; the branch's name and the furthest place are no part of it.
        """
        session = self.session
        return (
            session.timeline,
            session.position,
            session.detail,
            self.source.values.examples if self.previewed else None,
            self.example,
            self.notation.name,
            self.digits,
            self.wide,
            self.matrices,
            self.selected,
            self.large,
            self.remark,
            self.notes,
            self.note_page,
            self.lecturing,
            self.own,
            None if self.map is None else self.map.over,
            self.map is None,
            self.shading,
        )

    @property
    def previewed(self) -> bool:
        """Whether the example is not in the iteration's batch."""
        return self.source is not self.session

    @property
    def trained(self) -> bool:
        """Whether there are updates, and so other iterations."""
        return not self.session.timeline.steps.ends

    @cached_property
    def lit(self) -> Container[str]:
        """The names of what the last step computed: of a row of parameters, which may be a million, without a list."""
        session, graph = self.session, self.session.scenario.graph
        row = session.row
        if row is None or graph is not None or KINDS[row.quantity].of != "parameter" or len(session.fresh) == 1:
            return among(session.fresh)
        return Lit(session)

    @cached_property
    def focus(self) -> Quantity | None:
        """The number whose calculation is shown: the selected name's, else one that the last step computed.

        That is the one of which a note speaks, else the first.
        """
        if self.selected is not None:
            return quantity_of(self.source, self.selected, self.example)
        return shown_first(self.session)

    @property
    def focus_name(self) -> str | None:
        """The node or parameter whose number is in focus; of the total error, the first that the step computed."""
        if self.focus is None:
            return None
        name = self.focus.subject or self.session.fresh[0]
        return None if name == TOTAL_OF_UPSTREAM else name  # which is no value of the graph

    @cached_property
    def focus_is_fresh(self) -> bool:
        """Whether the last step computed the number in focus."""
        focus, row = self.focus, self.session.row
        if focus is None or row is None:
            return False
        return focus.kind == row.quantity and (focus.subject is None or focus.subject in self.lit)

    @property
    def explanation(self) -> Explanation | None:
        """The calculation of `focus`."""
        focus = self.focus
        return None if focus is None else self.drawings.get("explanation", lambda: self.explain(focus))

    def others(self) -> Others:
        """What is shown below the calculation: what else the last step computed, of the errors the total first.

        Of a selected name of which the step computed nothing, its other numbers.
        """
        row, focus = self.session.row, self.focus
        if focus is None:
            return Others([], 0)
        if row is None or not self.focus_is_fresh:
            known = known_of(self.source, focus.subject or "", self.example)
            return Others.of([quantity for quantity in known if quantity != focus])
        total = [Quantity("E")] if row.quantity == "E" and not self.session.hidden else []
        if total and focus != total[0] and self.source.values.penalty is not None:  # below E it stands already
            total.append(Quantity("E_penalty"))
        fresh = self.session.fresh
        others = [other for other in (*total, *_each(row.quantity, tuple(fresh[: TALLEST + 1]))) if other != focus]
        is_one = focus.kind == row.quantity and focus.subject is not None
        return Others(others[:TALLEST], len(total) + len(fresh) - (1 if is_one or focus in total else 0))

    def explain(self, quantity: Quantity) -> Explanation:
        """The calculation of a number."""
        from engine.explain.terms import explain  # here: a walk begins without any

        return explain(self.source, quantity, self.example)

    @property
    def marks(self) -> dict[Quantity, Mark]:
        """The numbers on the screen that the document prints, with the verdicts."""
        return self.drawings.get("marks", lambda: figures_here(self.source, self.example))

    def sign(self, quantity: Quantity) -> Sign | None:
        """The sign beside a number: of somebody's own one, else of a printed one."""
        if self.own is not None and not self.previewed:
            own = self.own.sign(self.source, quantity, self.example)
            if own is not None:
                return own
        mark = self.marks.get(quantity)
        if mark is None:
            return None
        word = mark.verdict
        return Sign(word, f"printed {mark.figure.value}", IN_PRINT[SIGNS[word]], mark.figure)

    @property
    def health(self) -> dict[str, tuple[Ailment, ...]]:
        """The nodes of the walk that ail, whichever example is shown: of formulas nobody says what would be healthy."""
        return self.drawings.get(
            "health", lambda: {} if self.session.scenario.graph is not None else health(self.session)
        )

    @cached_property
    def used(self) -> tuple[str, ...]:
        """The nodes and parameters whose numbers the calculation in focus takes."""
        parts = () if self.explanation is None else self.explanation.of_each_name
        operands = (operand for part in parts for operand in part.operands)
        return tuple(dict.fromkeys(operand.quantity.subject for operand in operands if operand.quantity.subject))

    def value(self, kind: str, name: str | None = None) -> float | None:
        """A number, or None while it is not computed."""
        return value_at(self.source, Quantity(kind, name), self.example)

    def parameters(self, kind: str, names: Sequence[str]) -> list[float | None]:
        """dE/dw or w+ of parameters."""
        return parameter_values(self.source, kind, names)

    def layer(self, kind: str, number: int) -> tuple[float | None, ...]:
        """The numbers of this kind of a layer's nodes."""
        return layer_values(self.source, kind, number, self.example)

    def is_tied(self, quantity: Quantity) -> bool:
        """Whether it is dE/dw of a parameter of several layers."""
        if quantity.kind != "dE/dw" or quantity.subject is None or self.source.scenario.graph is not None:
            return False
        network = self.source.scenario.layered
        return len(network.uses(network.layer_of(network.parameter_index[quantity.subject]))) > 1

    def is_partial(self, kind: str, name: str) -> bool:
        """Whether it is a derivative to which later steps add."""
        return kind == "dE/dw" and is_partial(self.source, Quantity(kind, name))

    def way_back(self, panel: str) -> str:
        """What to press to see all panels again, if this one has the screen."""
        return f"{PANEL_KEYS[panel]}: all panels again" if self.large == panel else ""

    def is_lit(self, kind: str, name: str) -> bool:
        """Whether the last step computed this number."""
        row = self.session.row
        if row is None or name not in self.lit:
            return False
        # of a graph the error is a value like others
        return row.quantity == kind or (kind == "y" and row.quantity == "E" and self.session.scenario.graph is not None)
