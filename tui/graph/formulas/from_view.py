"""From a walk to a picture: what each value is, and which uses of values the present step is about."""

from collections.abc import Iterable
from functools import cache, lru_cache
from math import prod

from engine.ask.lookup import value_at
from engine.formula.quantity import Quantity
from engine.program.chain_rule import partials
from engine.program.graph import Graph, operands_of
from engine.program.steps import Row
from tui.graph.formulas.columns import NONE
from tui.graph.formulas.factors import known_factors
from tui.graph.formulas.geometry import Edge, Factor
from tui.graph.formulas.outline import outline_of
from tui.graph.formulas.picture import FormulaPicture, PortPicture, Told, ValuePicture
from tui.graph.from_view import DIRECTIONS, aligner, formatter
from tui.graph.picture import Role, State
from tui.graph.small_maps import maps_of
from tui.view.seen import View
from tui.words.kinds import COLOURED


def picture_of(view: View) -> FormulaPicture:
    """The graph at the view's place."""
    return _Painter(view).picture()


@lru_cache(maxsize=64)
def mapped_of(graph: Graph, over: tuple[str, str]) -> frozenset[str]:
    """The values that have a small map over two inputs: single numbers that one of the two is in.

    Not an error that has targets: that would be over one example's target alone.
    """
    inside, errors = {graph.value_of_element[name].name for name in over}, graph.errors if graph.target_shapes else ()
    for node in graph.graph_nodes:
        if inside & set(operands_of(node.formula)):
            inside.add(node.name)
    return frozenset(name for name in inside if name in graph.node and not graph.shapes[name] and name not in errors)


class _Painter:
    """What one picture asks of a view."""

    def __init__(self, view: View) -> None:
        graph = view.source.scenario.graph
        assert graph is not None
        self.view, self.graph = view, graph
        self.row: Row | None = view.session.row
        self.back = self.row is not None and self.row.kind.goes_back
        self.outline = outline_of(graph)
        self.focused = self._values(view.focus_name)
        self.error = graph.errors[0] if len(graph.errors) == 1 else "E"

    def picture(self) -> FormulaPicture:
        """All of it; what is out of view is never looked at."""
        view, row = self.view, self.row
        active = self._edges(view.focus.kind, self.focused) if view.focus is not None else set()
        lit = self._edges(row.quantity, row.values) - active if row is not None else set()
        focus = next((name for name in self.focused if name in self.outline.items), None)
        if focus is None:
            focus = next((user for _, user in sorted(active)), next(iter(self.outline.items)))
        maps = maps_of(view)
        return FormulaPicture(
            outline=self.outline,
            factors=known_factors(self.graph),
            value=cache(self._value),
            port=cache(lambda edge: self._port(edge, active, lit)),
            number=formatter(view.digits, plus=False),
            aligned=aligner(view.digits),
            focus=focus,
            direction="backward" if self.back else "still" if row is None else DIRECTIONS.get(row.phase, "forward"),
            role=self._role(),
            backward=self.back,
            maps=maps,
            mapped=frozenset() if maps is None else mapped_of(self.graph, maps.over),
        )

    def _role(self) -> Role | None:
        kind = None if self.view.focus is None else self.view.focus.kind
        return kind if kind in COLOURED else None

    def _values(self, name: str | None) -> tuple[str, ...]:
        """The value of which a name is an element, or that itself."""
        if name is None:
            return ()
        ref = self.graph.value_of_element.get(name)
        return (ref.name,) if ref is not None else (name,) if name in self.graph.shapes else ()

    def _edges(self, kind: str, names: Iterable[str]) -> set[Edge]:
        """The uses that a calculation of this kind is about: what goes in, or what comes back."""
        found: set[Edge] = set()
        for name in names:
            if kind in ("y", "E") and name in self.graph.node:
                found |= {(source, name) for source in operands_of(self.graph.node[name].formula)}
            elif kind not in ("y", "E"):
                found |= {(name, user) for user in self._users(name) if user in self.graph.live or kind == "w+"}
        return found

    def _users(self, name: str) -> tuple[str, ...]:
        known = self.outline.users.get(name)
        if known is not None:
            return known
        return tuple(node.name for node in self.graph.graph_nodes if name in operands_of(node.formula))

    def _value(self, name: str) -> ValuePicture:
        view, row = self.view, self.row
        state: State = "idle"
        if name in self.focused:
            state = "active"
        elif row is not None and name in row.values:
            state = "lit"
        chosen = self.graph.value_of_element.get(view.selected) if view.selected else None
        looked = self.graph.value_of_element.get(view.focus_name or "")
        item = looked.item or 0 if looked is not None and looked.name == name else 0
        selected = item if chosen is not None and chosen.name == name else None
        return ValuePicture(
            name,
            self.graph.shapes[name],
            f"∂{self.error}/∂{name}",
            self._told("y", name),
            self._told("dE/dw" if name in self.graph.parameter_shapes else "dE/dy", name),
            state,
            item,
            selected,
        )

    def _told(self, kind: str, name: str) -> Told | None:
        values, row = self.view.source.values, self.row
        try:
            whole = values.value(name) if kind == "y" else values.derivative(name) if kind == "dE/dy" else None
        except KeyError:
            return None
        if kind == "dE/dy" and name not in values.steps.backward:
            return None
        if kind == "dE/dw":
            flat = values.get(kind, name)
            if flat is None:
                return None
        else:
            assert whole is not None
            flat = whole[self.view.example % len(whole)].ravel()
        known, fresh = len(flat), range(0)
        if row is not None and name in row.values and (row.quantity == kind or (row.quantity == "E" and kind == "y")):
            known, fresh = self._shown(row, name, len(flat))
        if row is not None and row.quantity == "w+" and kind == "y" and name == row.node:
            fresh = range(len(flat))
        return Told(kind, flat, known, fresh)

    def _shown(self, row: Row, name: str, count: int) -> tuple[int, range]:
        """How many elements are shown, and which of them are fresh."""
        session = self.view.session
        if len(session.fresh) == len(row.items):
            return count, range(count)
        before = sum(prod(self.graph.shapes[value]) for value in row.values[: row.values.index(name)])
        known = min(count, max(0, len(row.items) - session.hidden - before))
        ref = self.graph.value_of_element.get(session.fresh[0])
        fresh = range(ref.item or 0, (ref.item or 0) + 1) if ref is not None and ref.name == name else range(0)
        return known, fresh

    def _port(self, edge: Edge, active: set[Edge], lit: set[Edge]) -> PortPicture:
        state: State = "active" if edge in active else "lit" if edge in lit else "idle"
        source, user = edge
        sign = next(use.sign for use in self.outline.items[user].uses if use.source == source)
        return PortPicture(sign, self._factor(edge, state) if self.back else NONE, state)

    def _factor(self, edge: Edge, state: State) -> float | Factor:
        """The local derivative: a number between numbers, else a formula, or the number of the element looked at."""
        source, user = edge
        if source in self.graph.constants or source in self.graph.target_shapes or user not in self.graph.live:
            return NONE
        if not self.graph.shapes[source] and not self.graph.shapes[user]:
            value = value_at(self.view.source, Quantity("dy/dy", user, source), self.view.example)
            return NONE if value is None else value
        value = self._of_element(source, user) if state == "active" else None
        return known_factors(self.graph).factors.get(edge, NONE) if value is None else value

    def _of_element(self, source: str, user: str) -> float | None:
        """The local derivative by the element that is looked at, if a single element of the user is made with it."""
        name = self.view.focus_name or ""
        of, program = self.graph.value_of_element.get(name), self.view.session.timeline.steps.program
        if of is None or of.name != source or user not in program.equation:
            return None
        made = partials(program, program.equation[user], of)
        if len(made) != 1:
            return None
        (item,) = made
        return value_at(self.view.source, Quantity("dy/dy", program.names[user][1][item], name), self.view.example)
