"""An app that sends less to the terminal, and whose keyboard may send anything; there is no public place for either."""

import codecs
import sys
from functools import partial

from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.screen import Screen

from tui.terminal.mosaic import Shading
from tui.terminal.terse import TerseUpdate


class TerminalApp(App[None]):
    """Textual's, but for what comes from the terminal and goes there."""

    @property
    def shading(self) -> Shading:
        """How areas of many values are told apart on this terminal."""
        colours = "truecolor" if self.is_headless else self.console.color_system
        if self.no_color or colours is None:
            return "shades"
        few = self.current_theme.ansi or colours in ("standard", "windows")
        return "sixteen" if few else "colours"

    def get_driver_class(self) -> type[Driver]:
        """What reads the keyboard: a byte that is no UTF-8, an ü of another terminal, is a key that does nothing.

        Textual's readers raise there, and the walk would be lost.
        """
        driver = super().get_driver_class()
        module = sys.modules[driver.__module__]
        if hasattr(module, "getincrementaldecoder"):  # that of Windows gets letters, not bytes
            setattr(module, "getincrementaldecoder", _tolerant_decoder)  # noqa: B010 for mypy
        return driver

    def _display(self, screen: Screen[object], renderable: object) -> None:
        """Sends in few bytes what Textual would send in many."""
        if isinstance(renderable, ChopsUpdate | LayoutUpdate):
            renderable = TerseUpdate.of(renderable)
        super()._display(screen, renderable)  # type: ignore[arg-type]


def _tolerant_decoder(encoding: str) -> "partial[codecs.IncrementalDecoder]":
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")
