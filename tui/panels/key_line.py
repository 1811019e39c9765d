"""The footer: the keys of the list that are meant for it, as many as fit; the rest is under `? more`."""

from collections.abc import Sequence
from typing import TypeVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

ALWAYS = ("help", "quit")
"""Actions whose keys stay to the last: whoever knows these finds the others, and the way out."""

_Kept = TypeVar("_Kept")


def fitting(keys: Sequence[tuple[_Kept, int, bool]], width: int) -> list[_Kept]:
    """Of (key, cells, whether it stays to the last) as many as fit, in their order: the later ones go first."""
    room = width - sum(cells for _, cells, stays in keys if stays)
    kept = []
    for key, cells, stays in keys:
        if not stays:
            room -= cells
        if stays or room >= 0:
            kept.append(key)
    return kept


class KeyLine(Footer):
    """Textual's footer, which would cut off the last keys without a sign."""

    def compose(self) -> ComposeResult:
        """The keys that fit."""
        keys = [widget for widget in super().compose() if isinstance(widget, FooterKey)]
        self._fitted = self.size.width
        width = self._fitted or self.app.size.width
        yield from fitting([(key, _cells(key), key.action in ALWAYS) for key in keys], width)

    async def on_resize(self, event: events.Resize) -> None:
        """Others may fit, or not any more."""
        if event.size.width != getattr(self, "_fitted", event.size.width):
            await self.recompose()


def _cells(key: FooterKey) -> int:
    """A key with the blanks that Textual puts round it."""
    return cell_len(key.key_display) + cell_len(key.description) + 3
