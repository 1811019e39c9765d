"""The commands of the palette: whatever the keys of a screen do, and a walk of each shipped scenario."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from textual.app import SystemCommand
from textual.command import CommandPalette
from textual.screen import Screen
from textual.worker import Worker

from engine.files import shipped_names
from tui.closing import ClosingScreen
from tui.keys import KEYS, PICKER_KEYS, Key
from tui.opening import OpeningScreen


class Palette(CommandPalette, ClosingScreen[None]):
    """Textual's own; its search looks for its list even where `escape` has closed it before: that ends nothing."""

    def run_worker(self, work: Any, *arguments: Any, **options: Any) -> Worker[Any]:
        """Begins a search; one that fails is only without results."""
        return super().run_worker(work, *arguments, **options | {"exit_on_error": False})

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):  # what Textual's list raises on a page up or down while it has no room for a line
            super()._action_command_list(action)


def commands(screen: Screen[object]) -> Iterable[SystemCommand]:
    """A screen's commands; none for a dialog."""
    keys = _keys_of(screen)
    for entry in keys:
        name, _, argument = entry.action.partition("(")
        if not screen.check_action(name, ()):
            continue
        action = entry.action if argument else f"{name}()"
        yield SystemCommand(entry.label.capitalize(), entry.purpose, lambda action=action: screen.run_action(action))
    if isinstance(screen, OpeningScreen):
        for scenario in shipped_names():
            yield SystemCommand(
                f"Open {scenario}", "A shipped scenario", lambda name=scenario: screen.action_open_shipped(name)
            )


def _keys_of(screen: Screen[object]) -> tuple[Key, ...]:
    if isinstance(screen, OpeningScreen):
        return KEYS
    # by its name: the picker is imported only when it is opened
    return PICKER_KEYS if type(screen).__name__ == "Picker" else ()
