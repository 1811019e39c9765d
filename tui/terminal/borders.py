"""What stands on a panel's border."""

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget


def label(widget: Widget, title: str, subtitle: str = "") -> None:
    """Puts words on the border, as text and not as markup, and repaints the line of the border whose words changed.

    Textual's own setters, `border_title` and `border_subtitle`, repaint the panel as a whole, which for most steps is
    several times what changes on it. There is no public way around them: what they set is set here.
    """
    before = widget._border_title, widget._border_subtitle
    now = tuple(Content(words.partition("\n")[0].expandtabs(4)) for words in (title, subtitle))
    lines = (0, widget.outer_size.height - 1)
    changed = [line for old, new, line in zip(before, now, lines, strict=True) if (old or Content()) != new]
    if not changed:
        return
    widget._border_title, widget._border_subtitle = now
    # regions are counted from the content's corner, the border is outside of it
    left, top = widget.content_offset
    widget.refresh(*[Region(-left, line - top, widget.outer_size.width, 1) for line in changed])
