"""What a screen needs so that a person can look beyond the walk: at an activation function, at what would be if."""

from tui.dialogs.activation import ActivationView
from tui.noting import NotingScreen


class ExploringScreen(NotingScreen):
    """A screen with views that change nothing in the walk."""

    def action_activation(self) -> None:
        """The activation function of the node in focus."""
        view = self.view
        name = None if view.focus is None else view.focus.subject
        self.app.push_screen(ActivationView(view.source, view.notation, view.digits, name, view.example))
