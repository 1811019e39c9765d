"""Widgets whose lines we draw ourselves, piece by piece, in the theme's colours."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar, Self

from rich.style import Style
from textual.content import Content
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region
from textual.style import Style as VisualStyle
from textual.widget import Widget

from tui.terminal.framed import FramedLines


class Drawn(Widget):
    """A widget whose lines are drawn by ourselves, in the theme's colours."""

    ALLOW_SELECT = False  # terminals select text themselves; here it would give each piece a style of its own
    auto_links = False  # it has none, and Textual would look for them in every piece of text

    LOOKS: ClassVar[Mapping[str, str]] = {}
    """Names for styles, which are written with the theme's variables. Component classes would be another way to name
    them: each costs as much as a widget when a screen opens.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._looks: dict[Hashable, Style] = {}
        self.looks_changed = 0
        """How often its styles became others: what was made of them before is no longer right."""
        self._styles_cache = FramedLines()

    def look(self, names: str) -> Style:
        """The style of one or more of the names in `LOOKS`, separated by blanks; later ones win."""
        found = self._looks.get(names)
        if found is None:
            found = self._looks[names] = self.look_of(tuple(self.LOOKS[name] for name in names.split()))
        return found

    def look_of(self, styles: tuple[str | VisualStyle, ...]) -> Style:
        """Styles of the theme's variables, each over the one before, all over the widget's own."""
        found = self._looks.get(styles)
        if found is None:
            text = Content(" ")
            for style in styles:
                text = text.stylize(style)
            found = self._looks[styles] = text.render_segments(self.visual_style)[0].style or Style.null()
        return found

    def refresh(self, *regions: Region, **how: bool) -> Self:
        """Has some lines drawn anew, of which it tells the screen at once.

        Textual's widgets tell it by a message of their own each, once they have no other to read, which all together
        took longer than the drawing. There is no public way to do it at once.
        """
        screen = self.screen if regions and not how and self._is_mounted else None
        if screen is None or self not in screen._compositor:
            return super().refresh(*regions, **how)
        self._set_dirty(*regions)
        screen._dirty_widgets.add(self)
        screen.check_idle()
        return self

    def notify_style_update(self) -> None:
        """Another theme, other colours."""
        super().notify_style_update()
        self._looks = {}
        self.looks_changed += 1

    def get_line_filters(self) -> Sequence[LineFilter]:
        """All but the one for a terminal's sixteen colours: none of them is used, and it looks at every piece."""
        return [kept for kept in super().get_line_filters() if not isinstance(kept, ANSIToTruecolor)]
