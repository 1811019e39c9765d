"""The footer: the keys of the list that are meant for it, as many as fit; the rest is under `? more`."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_Kept = TypeVar("_Kept")


def fitting(keys: Sequence[tuple[_Kept, int, int]], width: int) -> list[_Kept]:
    """Of (key, cells, rank) as many as fit, in the order in which they are given: of the highest rank go first."""
    kept = set()
    for place in sorted(range(len(keys)), key=lambda place: keys[place][2]):
        width -= keys[place][1]
        if width < 0:
            break
        kept.add(place)
    return [key for place, (key, _, _) in enumerate(keys) if place in kept]


class KeyLine(Footer):
    """Textual's footer, which would cut off the last keys without a sign."""

    def __init__(self, ranked: Sequence[str]) -> None:
        """Shows these actions where there is room, the first to the last; others, which a question has, before them."""
        super().__init__(show_command_palette=False)
        self._ranked = ranked
        self._told: Sequence[Hashable] = ()

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Makes the line anew, but not the same one: Textual tells of changes much oftener than there are any."""
        keys = [(bound, enabled) for _, bound, enabled, _ in screen.active_bindings.values() if bound.show]
        made = screen.app.app_focus and self.is_attached and screen is self.screen  # else Textual makes none now
        if not made or keys != self._told:
            self._told = keys if made else ()
            super().bindings_changed(screen)

    def compose(self) -> ComposeResult:
        """The keys that fit."""
        keys = [widget for widget in super().compose() if isinstance(widget, FooterKey)]
        self._fitted = self.size.width
        width = self._fitted or self.app.size.width
        yield from fitting([(key, _cells(key), self._rank(key.action)) for key in keys], width)

    def _rank(self, action: str) -> int:
        return self._ranked.index(action) if action in self._ranked else -1

    async def on_resize(self, event: events.Resize) -> None:
        """Others may fit, or not any more."""
        if event.size.width != getattr(self, "_fitted", event.size.width):
            await self.recompose()


def _cells(key: FooterKey) -> int:
    """A key with the blanks that Textual puts round it."""
    return cell_len(key.key_display) + cell_len(key.description) + 3
