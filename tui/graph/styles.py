"""The names of what is drawn. A style is one or more of them, separated by blanks; later ones win.

The painter knows only these words, the widget gives them colours: so a drawing can be tested as text, and a theme never
touches a drawing.
"""

from tui.graph.picture import Role, State
from tui.theme import SHADES

ROLES: tuple[Role, ...] = ("x", "y", "dE/dy", "dE/dx", "dE/dw")

STYLES: tuple[str, ...] = (
    "blank",
    "node",
    "node-dim",
    "node-lit",
    "node-active",
    "name",
    "name-dim",
    "name-active",
    "value",
    "unknown",
    "label",
    "label-lit",
    "label-active",
    *(f"edge-{state}-{sign}" for state in ("idle", "lit", "active") for sign in ("positive", "negative")),
    "bias",
    "target",
    "badge",
    "more",
    *ROLES,
    "strong",
    "selected",
    "shade-lit",
    *(f"shade-{sign}-{step}" for sign in ("positive", "negative") for step in range(SHADES + 1)),
)
"""Every name, in the order in which they are laid over each other where a style has several."""


def shade(value: float | None) -> str:
    """The ground of a pill whose value fills it so far, −1 … 1."""
    value = 0.0 if value is None or value != value else max(-1.0, min(1.0, value))
    return f"shade-{'negative' if value < 0 else 'positive'}-{round(abs(value) * SHADES)}"


def edge(state: State, negative: bool, role: Role | None) -> str:
    """A line. What the step has nothing to do with stays out of its colour."""
    name = f"edge-{state}-{'negative' if negative else 'positive'}"
    return name if role is None or state == "idle" else f"{name} {role}"
