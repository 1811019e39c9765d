"""Containers that their panels cover: nothing of them is to be seen."""

from textual.containers import Horizontal, Vertical


class Beside(Horizontal):
    """Panels side by side, which leave nothing of it to be seen: no line of it need be drawn."""

    BLANK = True


class Below(Vertical):
    """Panels one below the other."""

    BLANK = True
