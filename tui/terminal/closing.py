"""Screens that close once: a second `enter` in the same breath, or the palette on top, closes nothing else."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.screen import ModalScreen, ScreenResultType
from textual.worker import Worker

from tui.terminal.changes import QuickScreen


class ClosingScreen(QuickScreen[ScreenResultType]):
    """A screen that only closes while it is the one on top.

    Textual gives the result and then takes away whatever is on top: another screen, if this one is closed already or
    lies under the palette.
    """

    CSS_PATH = Path(__file__).parents[1] / "screens.tcss"
    """Read when the first of these screens opens: most of the styles are theirs, and a walk begins without them."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Closes with a result; elsewhere than on top it does nothing."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Dialog(ModalScreen[ScreenResultType], ClosingScreen[ScreenResultType]):
    """A question or a view over the walk, of which a picture can be had as well; a line to type in takes the key."""

    BINDINGS = [("z", "app.picture", "picture")]


class Palette(CommandPalette, ClosingScreen[None]):
    """Textual's own; its search looks for its list even where `escape` has closed it before: that ends nothing."""

    def run_worker(self, work: Any, *arguments: Any, **options: Any) -> Worker[Any]:
        """Begins a search; one that fails is only without results."""
        return super().run_worker(work, *arguments, **options | {"exit_on_error": False})

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):  # what Textual's list raises on a page up or down while it has no room for a line
            super()._action_command_list(action)
