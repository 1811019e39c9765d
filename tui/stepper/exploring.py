"""What a screen needs so that a person can look beyond the walk: at an activation function, at what would be if."""

from tui import dialogs
from tui.stepper.branching import BranchingScreen
from tui.stepper.noting import NotingScreen


class ExploringScreen(NotingScreen, BranchingScreen):
    """A screen with views that change nothing in the walk."""

    def action_activation(self) -> None:
        """The activation function of the node in focus."""
        view = self.view
        self.app.push_screen(
            dialogs.ActivationView(view.source, view.notation, view.digits, view.focus_name, view.example)
        )

    def action_what_if(self) -> None:
        """E along the parameter in focus; the value that is moved to may be taken as an edit."""
        if self.busy():
            return
        view = self.view
        screen = dialogs.WhatIfView(self.session, view.notation, view.digits, view.focus_name)
        self.app.push_screen(screen, lambda taken: None if taken is None else self.edit({taken[0]: taken[1]}))
