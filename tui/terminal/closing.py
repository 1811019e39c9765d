"""Screens that close once: a second `enter` in the same breath, or the palette on top, closes nothing else."""

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen, ScreenResultType


class ClosingScreen(Screen[ScreenResultType]):
    """A screen that only closes while it is the one on top.

    Textual gives the result and then takes away whatever is on top: another screen, if this one is closed already or
    lies under the palette.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Closes with a result; elsewhere than on top it does nothing."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Dialog(ModalScreen[ScreenResultType], ClosingScreen[ScreenResultType]):
    """A question or a view over the walk."""
