"""Looks beyond the walk, which change nothing in it: an activation function, what would be if, published figures."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.ask.whereabouts import place_of
from engine.check.marks import place_of_figure
from engine.formula.similar import most_similar
from engine.program.expression import parse_quantity
from engine.program.scenario import Published
from engine.walking.branch import branch_at, branch_start
from engine.walking.session import Position, Session
from tui import dialogs
from tui.stepper.branch import Branching
from tui.stepper.host import Stepper
from tui.stepper.walk import Walk
from tui.words.branches import branch_name

if TYPE_CHECKING:
    from engine.comparison.verdicts import RowVerdict
    from tui.view.signs import Own


class Explore:
    """Opens views over the walk."""

    def __init__(self, screen: Stepper, branch: Branching, walk: Walk) -> None:
        self.screen, self.branch, self.walk = screen, branch, walk

    def activation(self) -> None:
        """The activation function of the node in focus; of a graph its formula, if that is of one number."""
        view = self.screen.view
        name, graph = view.focus_name, view.session.scenario.graph
        if graph is not None:
            name = dialogs.nearest_curve(view.source, graph, name)
            if name is None:
                self.screen.say("No node here is a function of one number, which could be drawn as a curve.", 4)
                return
            if view.focus_name in graph.value_of_element and name != view.focus_name:
                self.screen.say(f"{view.focus_name} is no function of one number: {name} is.", 4)
        self.screen.host.push_screen(
            dialogs.ActivationView(view.source, view.notation, view.digits, name, view.example)
        )

    def what_if(self) -> None:
        """E along the parameter in focus; the value that is moved to may be taken as an edit."""
        if self.screen.busy():
            return
        view = self.screen.view
        if not dialogs.could_differ(view.session.scenario.network):
            self.screen.say("There is no number here that could be different.", 4)
            return
        example = 0 if view.previewed else view.example
        curve = dialogs.WhatIfView(view.session, view.notation, view.digits, view.focus_name, example)

        def then(taken: tuple[str, float | None] | None) -> None:
            if taken is not None and taken[1] is None:
                self._ask_second(taken[0], example)
            elif taken is not None and taken[1] is not None:
                self.branch.set({taken[0]: taken[1]})

        self.screen.host.push_screen(curve, then)

    def _ask_second(self, first: str, example: int) -> None:
        """E over two parameters: which is the other one?"""
        session = self.screen.session
        names = dialogs.could_differ(session.scenario.network)

        def read(answer: str) -> str:
            name = answer.strip()
            if name not in names:
                near = most_similar(name, names)
                raise LookupError(f"there is no {name or 'name'} here{f': is {near} meant?' if near else ''}")
            if name == first:
                raise ValueError(f"{first} goes across already: give another one")
            return name

        question = dialogs.Ask[str](
            "landscape",
            f"E over {first} and which other one?",
            f"one of {', '.join([name for name in names if name != first][:6])}{', …' if len(names) > 7 else ''}",
            "shows it",
            read,
            dialogs.second_of(session, first),
        )

        def then(second: str | None) -> None:
            if second is not None:
                self.landscape((first, second), example)

        self.screen.host.push_screen(question, then)

    def landscape(self, names: tuple[str, str], example: int = 0) -> None:
        """E over two parameters; the place that is moved to may be taken as an edit."""
        view = self.screen.view
        shown = dialogs.LandscapeView(view.session, view.notation, view.digits, names, view.shading, example)
        self.screen.host.push_screen(shown, self.branch.set)

    def verify(self) -> None:
        """The published figures, which are of the walk without edits; the chosen one's place."""
        view = self.screen.view
        mark = None if view.focus is None else view.marks.get(view.focus)
        scenario = view.session.tree.main.timeline.scenario
        audits = self.screen.host.catalogue.audits
        figure = mark.figure if mark else None
        figures = dialogs.Verify(scenario, view.notation, figure, audits.take(scenario), audits.keep)
        self.screen.host.push_screen(figures, self._show_figure)

    def own(self) -> None:
        """Somebody's own numbers beside ours; asks for their file where there are none yet."""
        if self.screen.chosen.own is None:
            question = dialogs.Ask(
                "your numbers",
                "The file of your own numbers, to hold beside the computed ones",
                ".json, .npz, .csv, .safetensors, or text as one prints it: W1 = [[0.15, 0.2], [0.25, 0.3]]",
                "compares",
                self._compared,
                meanwhile="comparing …",
            )
            self.screen.host.push_screen(question, self._take_own)
        else:
            self._show_own()

    def _compared(self, path: str) -> "Own":
        """The numbers of a file, of the present iteration of the walk without edits."""
        from tui.view.signs import compared

        here = self.screen.session
        return compared(branch_at(here, 0), path.strip())

    def _take_own(self, own: "Own | None") -> None:
        if own is not None:
            self.screen.chosen.own = own
            self.screen.redraw()
            self._show_own()

    def _show_own(self) -> None:
        view, own = self.screen.view, self.screen.chosen.own
        assert own is not None
        numbers = dialogs.OwnNumbers(own, view.notation, view.focus, self._keep_own)
        self.screen.host.push_screen(numbers, self._go_to_own)

    def _keep_own(self, own: "Own") -> None:
        """What was searched is searched once."""
        self.screen.chosen.own = own

    def _go_to_own(self, row: "RowVerdict | None") -> None:
        """Where the walk computes a number."""
        own = self.screen.chosen.own
        if row is None or own is None:
            return
        self._go_in_main(
            lambda main: place_of(main, own.comparison.iteration, parse_quantity(row.quantity)), row.example
        )

    def _go_in_main(self, place_in: Callable[[Session], Position], example: int | None, told: str = "") -> None:
        """To a place of the walk without edits, and to an example; why not, where there is no such place."""
        here = self.screen.session
        main = branch_start(here, 0) if here.tree.current else here
        try:
            place = place_in(main)
        except LookupError as error:
            self.screen.say(str(error.args[0]), 4)
            return

        def go(there: Session) -> None:
            self.screen.chosen.example = None if example is None else example - 1
            if here.tree.current:
                self.branch.enter(there)
                if told:
                    self.screen.say(told, 4)
            else:
                self.walk.to(there)
            self.screen.redraw()

        self.walk.wait.then(main.timeline, place, lambda: main.seek_position(place), go)

    def _show_figure(self, figure: Published | None) -> None:
        if figure is None:
            return
        told = f"Figures are of main; b returns to {branch_name(self.screen.session.tree.branch)}."
        self._go_in_main(lambda main: place_of_figure(main, figure), figure.example, told)

    def gradients(self) -> None:
        """Every derivative, three times."""
        from engine.check.gradients import nothing_to_check  # here, with the dialog that checks them

        if nothing := nothing_to_check(self.screen.session.scenario):
            self.screen.say(f"{nothing[0].upper()}{nothing[1:]}.", 4)
            return
        self.screen.host.push_screen(dialogs.Gradients(self.screen.session))

    def help(self) -> None:
        """Every key."""
        self.screen.host.push_screen(dialogs.Help(self.screen.view.notation))
