"""What stands on a panel's border."""

from textual.content import Content
from textual.widget import Widget


def label(widget: Widget, title: str, subtitle: str = "") -> None:
    """Puts words on the border, as text and not as markup; words that stay cost no repaint of the panel."""
    for attribute, words in (("border_title", title), ("border_subtitle", subtitle)):
        content = Content(words)
        if (getattr(widget, attribute) or "") != content.markup:
            setattr(widget, attribute, content)
