"""The names of what is drawn. A style is one or more of them, separated by blanks; later ones win.

The painter knows only these words: so a drawing can be tested as text, and a theme never touches a drawing.
"""

from tui.graph.picture import Role, State
from tui.terminal import mosaic
from tui.terminal.theme import SHADES
from tui.words.kinds import COLOURED, role_style

LOOKS: dict[str, str] = {
    **mosaic.LOOKS,
    "blank": "",
    "node": "$edge-positive",
    "node-dim": "$edge-idle",
    "node-lit": "$foreground",
    "node-active": "bold $foreground",
    "name": "$foreground",
    "name-dim": "$edge-idle",
    "name-active": "bold $foreground",
    "value": "$foreground",
    "unknown": "$edge-idle",
    "label": "$edge-positive",
    "label-lit": "$foreground",
    "label-active": "bold $foreground",
    "edge-idle-positive": "$edge-idle",
    "edge-idle-negative": "$edge-idle",
    "edge-lit-positive": "$edge-positive",
    "edge-lit-negative": "$edge-positive",
    "edge-active-positive": "$foreground",
    "edge-active-negative": "$foreground",
    "bias": "$edge-positive",
    "target": "$foreground",
    "badge": "$warning",
    "more": "$edge-positive",
    **{kind: role_style(kind) for kind in COLOURED},
    "strong": "bold",
    "selected": "bold reverse",
    "shade-lit": "on $lit-background",
    **{
        f"shade-{sign}-{step}": f"on $shade-{sign}-{step}"
        for sign in ("positive", "negative")
        for step in range(SHADES + 1)
    },
}
"""Every name, and what it looks like on the screen, in variables of the theme."""


def shade(value: float | None) -> str:
    """The ground of a pill whose value fills it so far, −1 … 1."""
    value = 0.0 if value is None or value != value else max(-1.0, min(1.0, value))
    return f"shade-{'negative' if value < 0 else 'positive'}-{round(abs(value) * SHADES)}"


def edge(state: State, negative: bool, role: Role | None) -> str:
    """A line. What the step has nothing to do with stays out of its colour."""
    name = f"edge-{state}-{'negative' if negative else 'positive'}"
    return name if role is None or state == "idle" else f"{name} {role}"
