"""Looks beyond the walk, which change nothing in it: an activation function, what would be if, published figures."""

from engine.check.marks import go_to_figure
from engine.program.scenario import Published
from engine.walking.branch import branch_at
from tui import dialogs
from tui.stepper.branch import Branching
from tui.stepper.host import Stepper
from tui.stepper.walk import Walk
from tui.words.branches import branch_name


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
        self.screen.host.push_screen(curve, lambda taken: self.branch.set(None if taken is None else dict([taken])))

    def verify(self) -> None:
        """The published figures, which are of the walk without edits; the chosen one's place."""
        view = self.screen.view
        mark = None if view.focus is None else view.marks.get(view.focus)
        scenario = view.session.tree.main.timeline.scenario
        figures = dialogs.Verify(scenario, view.notation, mark.figure if mark else None)
        self.screen.host.push_screen(figures, self._show_figure)

    def _show_figure(self, figure: Published | None) -> None:
        if figure is None:
            return
        here = self.screen.session
        try:
            there = go_to_figure(branch_at(here, 0), figure)
        except LookupError as error:
            self.screen.say(str(error.args[0]), 4)
            return
        self.screen.chosen.example = None if figure.example is None else figure.example - 1
        if here.tree.current:
            self.branch.enter(there)
            self.screen.say(f"Figures are of main; b returns to {branch_name(here.tree.branch)}.", 4)
        else:
            self.walk.to(there)
        self.screen.redraw()

    def gradients(self) -> None:
        """Every derivative, three times."""
        self.screen.host.push_screen(dialogs.Gradients(self.screen.session))

    def help(self) -> None:
        """Every key."""
        self.screen.host.push_screen(dialogs.Help(self.screen.view.notation))
