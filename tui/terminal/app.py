"""An app that sends less to the terminal, and whose keyboard may send anything; there is no public place for either."""

import codecs
import sys
from functools import partial
from pathlib import PurePath

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

    def read_styles(self, path: PurePath) -> None:
        """Reads a file of styles, if it was not read yet."""
        if not self.stylesheet.has_source(str(path), ""):
            self.stylesheet.read(path)
            self.stylesheet.parse()  # this file alone: what the others have is known

    def _load_screen_css(self, screen: Screen[object]) -> None:
        """Reads a screen's styles, before it opens for the first time.

        Textual would read all others again, too, and find those of every widget that is there: these are not of them.
        """
        for path in screen.css_path:
            self.read_styles(path)
        super()._load_screen_css(screen)

    def _display(self, screen: Screen[object], renderable: object) -> None:
        """Sends in few bytes what Textual would send in many."""
        if isinstance(renderable, ChopsUpdate | LayoutUpdate):
            renderable = TerseUpdate.of(renderable)
        super()._display(screen, renderable)  # type: ignore[arg-type]


def _tolerant_decoder(encoding: str) -> "partial[codecs.IncrementalDecoder]":
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")
