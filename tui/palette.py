"""The palette: whatever the keys of a screen do, with the keys beside; themes, and a walk of each shipped scenario.

Textual's own provider sorts by name and looks at names only; here commands keep the order in which they are used, and
are found by the words that people look for.
"""

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.screen import Screen
from textual.theme import Theme

from engine.files import shipped_names
from tui.stepper.screen import StepperScreen
from tui.terminal.theme import THEMES
from tui.view.host import Host, host
from tui.view.keys import KEYS, Key, shown
from tui.words.names import in_cells, shorten

KEY, TITLE = 9, 16
"""Cells for a key, and for most titles."""
FRAME = 6
"""Cells beside a line of the list: padding and scroll bar."""


class Command(NamedTuple):
    """A line of the palette.

    Attributes:
        title: what it is called.
        purpose: what it does, in a sentence.
        run: does it.
        key: what to press instead; empty if there is none.
        also: other words by which it is found.
        listed: whether it is shown before anything is typed.
    """

    title: str
    purpose: str
    run: Callable[[], object]
    key: str = ""
    also: str = ""
    listed: bool = True

    def match(self, query: str) -> float:
        """How well what is typed fits, from 0 to 1: the title, its beginnings, other words, any part of it."""
        asked, title = query.casefold(), self.title.casefold()
        if asked in (self.key.casefold(), title):
            return 1
        words = asked.split()
        found_by = f"{title} {self.also}"
        everything = f"{found_by} {self.purpose}".casefold()
        degrees = (
            (0.9, title.startswith(asked)),
            (0.8, _begin(words, title)),
            (0.7, _begin(words, found_by)),
            (0.5, _begin(words, everything)),
            (0.3, all(word in everything for word in words)),
        )
        return next((degree for degree, fits in degrees if fits), 0)

    def line(self, width: int) -> Content:
        """Key, title and purpose in at most so many cells."""
        title = in_cells(self.title, max(TITLE, len(self.title)))
        purpose = shorten(self.purpose, max(0, width - KEY - 2 - len(title) - 2))
        return Content.assemble((f"{self.key:>{KEY}}", "$accent-text"), "  ", title, "  ", (purpose, "$text-muted"))


def _begin(words: list[str], text: str) -> bool:
    """Whether each of the words begins one of the text's."""
    begun = re.findall(r"\w+", text)
    return all(any(other.startswith(word) for other in begun) for word in words)


class Actions(Provider):
    """Whatever can be done on the screen below the palette."""

    def commands(self) -> Iterable[Command]:
        """In the order in which they are listed."""
        return commands(host(self.app), self.screen)

    async def discover(self) -> Hits:
        """All that are listed before anything is typed."""
        width = self.app.size.width - FRAME
        for command in self.commands():
            if command.listed:
                yield DiscoveryHit(command.line(width), command.run, command.title)

    async def search(self, query: str) -> Hits:
        """Those that fit; the palette puts the best first, and leaves those that fit alike in their order."""
        width = self.app.size.width - FRAME
        for command in self.commands():
            if score := command.match(query):
                yield Hit(score, command.line(width), command.run, command.title)


class Themes(Actions):
    """The themes."""

    def commands(self) -> Iterable[Command]:
        """Ours first."""
        return theme_commands(host(self.app))


def commands(app: Host, screen: Screen[object]) -> Iterable[Command]:
    """What can be done on a screen; on a dialog what concerns the app alone."""
    keys: tuple[Key, ...] = getattr(screen, "KEYS", ())
    for entry in keys:
        if screen.check_action("do", (entry.does,)):
            run = partial(screen.run_action, entry.action)
            yield Command(entry.label.capitalize(), entry.purpose, run, shown(entry.keys[0]), entry.also)
    if PICTURE not in keys:
        yield Command(
            PICTURE.label.capitalize(), PICTURE.purpose, partial(app.run_action, PICTURE.action), also=PICTURE.also
        )
    yield Command(
        "Theme", "Colours: dark or light, of many kinds; kept", app.search_themes, also="colours colors appearance mode"
    )
    yield Command(
        "Forget settings",
        "Theme, digits, names and notes as in the beginning",
        partial(app.run_action, "forget_settings"),
        also="reset defaults preferences options configuration",
    )
    for command in theme_commands(app):
        yield command._replace(title=f"Theme {command.title}", listed=False)
    if isinstance(screen, StepperScreen):
        for scenario in shipped_names():
            yield Command(f"Open {scenario}", "A shipped scenario", partial(screen.open.shipped, scenario))


def theme_commands(app: Host) -> Iterable[Command]:
    """A command for each theme: ours, then Textual's by name."""
    others = sorted(app.available_themes.keys() - {theme.name for theme in THEMES})
    for theme in (*THEMES, *map(app.available_themes.__getitem__, others)):
        run = partial(setattr, app, "theme", theme.name)
        key = "now" if theme.name == app.theme else ""
        yield Command(theme.name, _looks(theme), run, key, f"{_looks(theme)} colours colors appearance mode")


def _looks(theme: Theme) -> str:
    kind = "dark" if theme.dark else "light"
    return f"{kind}, in the terminal's own 16 colours" if theme.ansi else kind


PICTURE = next(entry for entry in KEYS if entry.does == "app.picture")
