"""The footer: the keys of the list that are meant for it, as many as fit; the rest is under `? more`.

Textual's Footer has a widget for each key: it cuts off the last ones without a sign, and making and styling them anew
whenever the bindings change took a third of the time in which the screen opens.
"""

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from textual import events
from textual.binding import ActiveBinding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

_Kept = TypeVar("_Kept")


def fitting(keys: Sequence[tuple[_Kept, int, int]], width: int) -> list[_Kept]:
    """Of (key, cells, rank) as many as fit, in the order in which they are given: of the highest rank go first."""
    kept = set()
    for index in sorted(range(len(keys)), key=lambda index: keys[index][2]):
        width -= keys[index][1]
        if width < 0:
            break
        kept.add(index)
    return [key for index, (key, _, _) in enumerate(keys) if index in kept]


class KeyLine(Static):
    """One line of keys; a click on one presses it."""

    def __init__(
        self,
        ranked: Sequence[str],
        leads: Callable[[str], bool] = lambda key: True,
        instead: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """Shows what does these where there is room, the first to the last; other keys, of a question, before them.

        Args:
            ranked: the keys.
            leads: whether a key leads anywhere now; one that does not, and would only say so, is not shown.
            instead: keys that alone are shown now; none for those that are meant for it.
        """
        super().__init__(markup=False)
        self._ranked, self._leads, self._instead = ranked, leads, instead
        self._shown: list[ActiveBinding] = []

    def on_mount(self) -> None:
        """Draws what the keys do now, whenever that changes."""
        self.screen.bindings_updated_signal.subscribe(self, self._draw)

    def on_resize(self) -> None:
        """Others may fit, or not any more."""
        self._draw(self.screen)

    def _draw(self, screen: Screen[object]) -> None:
        if not self.size.width:  # it will have some, and is drawn then
            return
        bindings = screen.active_bindings.values()  # Textual finds them anew whenever it is asked
        active = {entry.binding.action: entry for entry in reversed(bindings)}
        alone = self._instead()
        asked = [
            active[entry.binding.action]
            for entry in bindings
            if (entry.binding.id in alone if alone else entry.binding.show) and self._leads(entry.binding.id or "")
        ]
        keys = [(entry, self._words(entry).cell_length, self._rank(entry)) for entry in dict.fromkeys(asked)]
        shown = fitting(keys, self.size.width)
        if shown != self._shown:  # while a screen opens it is asked four times
            self._shown = shown
            self.update(Content("").join(map(self._words, shown)), layout=False)

    def _words(self, entry: ActiveBinding) -> Content:
        key = self.app.get_key_display(entry.binding)
        return Content.assemble(" ", (key, "bold"), f" {entry.binding.description} ")

    def _rank(self, entry: ActiveBinding) -> int:
        name = entry.binding.id or ""
        return self._ranked.index(name) if name in self._ranked else -1

    def _at(self, column: int) -> ActiveBinding | None:
        """The key that stands there."""
        for entry in self._shown:
            column -= self._words(entry).cell_length
            if column < 0:
                return entry
        return None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """What the key under the mouse does."""
        entry = self._at(event.x)
        self.tooltip = None if entry is None else Content(entry.tooltip or entry.binding.description)

    def on_click(self, event: events.Click) -> None:
        """Presses the key under the mouse."""
        entry = self._at(event.x)
        if entry is not None:
            self.app.simulate_key(entry.binding.key)
