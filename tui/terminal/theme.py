"""The colours: one for each quantity, legible on whatever theme is active, and two themes of our own.

A quantity keeps its hue from the Google explorable wherever it is drawn; only its lightness moves, until the contrast
on every background of the theme suffices. The lightnesses are moved apart as well: red and green, blue and violet look
alike to many people, light and dark do not.

The variables belong to no theme, also not to ours: an app computes them for the theme that is active, in
`get_theme_variable_defaults`, so that every theme has them and only one is ever computed.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from textual.color import Color, ColorParseError
from textual.theme import Theme

from tui.terminal.oklab import Lab, contrast, greyer, in_gamut, legible, of_hue, to_hex, to_lab

CONTRAST = 4.5
"""The least contrast of a quantity's colour on every background (WCAG 2, level AA for text)."""

MUTED_CONTRAST = 3.0
"""Of what is idle or yet to come: calm, but still to be read."""

GRID_CONTRAST = 1.5
"""Of helping lines, which may vanish without loss."""


SHADES = 4
"""Steps from a pale pill to a full one."""

PALEST = 0.06
"""How much of another colour the ground of the palest pill holds."""


MAP_LEVELS = 8
"""Steps of a map's scale from its middle, which is clear, to each end."""

MAP_CLASSES, CLASS_LEVELS = 6, 4
"""Classes that have an area of a colour of their own, and its steps from uncertain to sure."""


class Role(NamedTuple):
    """A quantity's colour: where it starts, its name in 16 colours, and the contrasts to reach if there is room."""

    red: int
    green: int
    blue: int
    ansi: str
    on_dark: float
    on_light: float


ROLES: dict[str, Role] = {
    "x": Role(66, 133, 244, "ansi_blue", 6.0, 6.0),
    "y": Role(219, 68, 55, "ansi_red", 4.9, 7.2),
    "de-dx": Role(244, 180, 0, "ansi_yellow", 10.0, 4.5),
    "de-dy": Role(15, 157, 88, "ansi_green", 8.0, 5.2),
    "de-dw": Role(102, 0, 255, "ansi_magenta", 4.5, 9.5),
    # The explorable gives E no colour; this one lies in the widest gap the five hues leave.
    "e": Role(0, 160, 180, "ansi_cyan", 8.5, 5.0),
}
"""The quantities by the name of their variable: `$role-x`, `$role-de-dw` …"""


class _Neutral(NamedTuple):
    hue: float
    chroma: float
    contrast: float
    ansi: str = ""


_NEUTRALS = {
    "edge-positive": _Neutral(235, 0.045, CONTRAST),
    "edge-negative": _Neutral(50, 0.06, CONTRAST),
    "edge-idle": _Neutral(255, 0.02, MUTED_CONTRAST),
    "chart-cursor": _Neutral(95, 0.02, 9.0),
    "chart-other": _Neutral(350, 0.28, 7.0, "ansi_bright_magenta"),
    "chart-test": _Neutral(75, 0.2, 7.0, "ansi_bright_yellow"),
    "chart-label": _Neutral(255, 0.015, CONTRAST),
    "chart-axis": _Neutral(255, 0.02, MUTED_CONTRAST),
    "chart-grid": _Neutral(255, 0.02, GRID_CONTRAST),
}
"""What is not a quantity; hues in degrees."""

DARK = Theme(
    name="gradstep-dark",
    primary="#8fa6c8",
    secondary="#6f83a3",
    accent="#b9cbe8",
    warning="#e5a45b",
    error="#ee7f86",
    success="#7cc490",
    foreground="#d5dbe6",
    background="#10141c",
    surface="#161b26",
    panel="#1e2533",
    dark=True,
    variables={"footer-key-foreground": "#b9cbe8", "border": "#8fa6c8", "border-blurred": "#3a4457"},
)
"""Night: slate, so that the quantities are the only strong colours."""

LIGHT = Theme(
    name="gradstep-light",
    primary="#47608a",
    secondary="#6a7f9f",
    accent="#2f4c7c",
    warning="#8f5a00",
    error="#b3261e",
    success="#1f7a40",
    foreground="#232a36",
    background="#fbfaf7",
    surface="#f5f3ee",
    panel="#ebe8e1",
    dark=False,
    variables={"footer-key-foreground": "#2f4c7c", "border": "#47608a", "border-blurred": "#c6c3bb"},
)
"""Paper, for a projector or a bright room."""

THEMES = (DARK, LIGHT)


def theme_variables(theme: Theme, *, colourless: bool = False) -> dict[str, str]:
    """All our variables for a theme: what an app's `get_theme_variable_defaults` returns for `current_theme`.

    Those that the theme defines itself win over these in Textual. Where the screen is grey anyway (`NO_COLOR`), a
    colour that must be darker to be itself would only be harder to read: quantities then look as other text does.
    """
    colours = theme.to_color_system().generate()
    variables = role_variables([colours[name] for name in ("background", "surface", "panel")], theme.dark)
    if colourless and not theme.ansi:
        for name in ROLES:
            variables |= {f"role-{name}": colours["foreground"], f"role-{name}-muted": variables["edge-positive"]}
    return variables | _text_and_shades(colours, theme.dark) | _of_maps(_parsed(colours["background"]), theme.dark)


def _text_and_shades(colours: Mapping[str, str], dark: bool) -> dict[str, str]:
    """The text of header and footer, that in the accent colour, and the grounds of pills.

    Some themes leave a text and its ground too near to each other.
    """
    text, accent, ground, surface, panel, positive, negative = (
        _parsed(colours[name])
        for name in ("foreground", "accent", "background", "surface", "panel", "primary", "warning")
    )
    if ground.ansi is not None:
        return {"bar-text": "ansi_default", "accent-text": colours["accent"]} | {
            f"shade-{sign}-{step}": "ansi_default" for sign in ("positive", "negative") for step in range(SHADES + 1)
        }
    bar, *others = (to_lab(ground.blend(one, one.a, 1.0)) for one in (panel, ground, surface))
    variables = {
        "bar-text": to_hex(legible(to_lab(text), [bar], dark, CONTRAST)),
        "accent-text": to_hex(legible(to_lab(accent), [bar, *others], dark, CONTRAST)),
    }
    for sign, colour in (("positive", positive), ("negative", negative)):
        fullest = _fullest(text, ground, colour)
        variables[f"shade-{sign}-0"] = ground.blend(text, PALEST).hex
        for step in range(1, SHADES + 1):
            part = PALEST + (fullest - PALEST) * step / SHADES
            variables[f"shade-{sign}-{step}"] = ground.blend(colour, part).hex
    return variables


def scale_names() -> list[str]:
    """The steps of a map's scale, from one end to the other."""
    down = [f"map-n{step}" for step in range(MAP_LEVELS, 0, -1)]
    return [*down, "map-0", *(f"map-p{step}" for step in range(1, MAP_LEVELS + 1))]


def class_names(number: int) -> list[str]:
    """The steps of a class's area; the classes' colours come again from the first on."""
    return [f"map-c{number % MAP_CLASSES}-{step}" for step in range(1, CLASS_LEVELS + 1)]


_NEGATIVE, _POSITIVE = 55.0, 255.0
"""Hues of a scale's ends, orange and blue as in TensorFlow Playground: told apart by everybody."""
_CLASS_HUES = (255.0, 55.0, 150.0, 335.0, 95.0, 200.0)
_TERMINAL_CLASSES = ("blue", "yellow", "green", "magenta", "red", "cyan")


def _of_maps(ground: Color, dark: bool) -> dict[str, str]:
    """Scales and areas: from the ground to full colours, and what stands on them."""
    if ground.ansi is not None:
        own = {"map-negative": "ansi_yellow", "map-positive": "ansi_blue", "map-on": "ansi_default"}
        own |= dict.fromkeys(("map-high", "map-low", "map-line", "map-way"), "ansi_bright_white")
        own |= {f"map-class-{number}": f"ansi_{name}" for number, name in enumerate(_TERMINAL_CLASSES)}
        steps = [*scale_names(), *(name for number in range(MAP_CLASSES) for name in class_names(number))]
        return own | dict.fromkeys(steps, "ansi_default")
    clear = to_lab(ground)
    clear = clear[0] + (0.06 if dark else -0.02), clear[1], clear[2]
    lightness, point = (0.64, 0.9) if dark else (0.66, 0.3)
    found = {"map-on": to_hex(clear), "map-0": to_hex(in_gamut(clear))}
    for sign, word, hue in (("n", "negative", _NEGATIVE), ("p", "positive", _POSITIVE)):
        full = of_hue(lightness, 0.16, math.radians(hue))
        found[f"map-{word}"] = to_hex(in_gamut(full))
        for step in range(1, MAP_LEVELS + 1):
            found[f"map-{sign}{step}"] = to_hex(in_gamut(_between(clear, full, step / MAP_LEVELS)))
        found["map-low" if sign == "n" else "map-high"] = to_hex(in_gamut(of_hue(point, 0.09, math.radians(hue))))
    for number, hue in enumerate(_CLASS_HUES):
        full = of_hue(lightness, 0.15, math.radians(hue))
        found[f"map-class-{number}"] = to_hex(in_gamut(of_hue(point, 0.08, math.radians(hue))))
        for step, name in enumerate(class_names(number), 1):
            found[name] = to_hex(in_gamut(_between(clear, full, step / CLASS_LEVELS)))
    found["map-line"] = to_hex((0.78 if dark else 0.42, 0.0, 0.0))
    found["map-way"] = to_hex((0.97 if dark else 0.12, 0.0, 0.0))
    return found


def _between(start: Lab, end: Lab, part: float) -> Lab:
    a, b, c = (one + (other - one) * part for one, other in zip(start, end, strict=True))
    return a, b, c


def _fullest(text: Color, ground: Color, colour: Color) -> float:
    """How much of a colour the ground of a text may hold."""
    least = min(CONTRAST, contrast(text, ground))
    parts = (part / 100 for part in range(41, 6, -1))
    return next((part for part in parts if contrast(text, ground.blend(colour, part)) >= least), PALEST)


def role_variables(backgrounds: Sequence[str | Color], dark: bool) -> dict[str, str]:
    """The variables for what is drawn on these backgrounds, the first of which is the screen's.

    A theme that leaves the colours to the terminal gets names of the terminal's own 16.
    """
    return dict(_role_variables(tuple(_parsed(background) for background in backgrounds), dark))


@lru_cache(maxsize=32)
def _role_variables(backgrounds: tuple[Color, ...], dark: bool) -> dict[str, str]:
    if any(colour.ansi is not None for colour in backgrounds):
        return _terminal_variables()
    screen = backgrounds[0]
    solid = [to_lab(screen.blend(colour.with_alpha(1.0), colour.a)) for colour in backgrounds]
    lit = _lit(solid[0], dark)
    tints = {name: _lit(solid[0], dark, _hue(role)) for name, role in ROLES.items()}
    grounds = [*solid, lit, *tints.values()]

    variables = {"lit-background": to_hex(lit)}
    for name, role in ROLES.items():
        colour = to_lab(Color(role.red, role.green, role.blue))
        full = legible(colour, grounds, dark, CONTRAST, role.on_dark if dark else role.on_light)
        muted = legible(_faint(colour, dark), grounds, dark, MUTED_CONTRAST)
        variables |= {
            f"role-{name}": to_hex(full),
            f"role-{name}-muted": to_hex(muted),
            f"role-{name}-lit": to_hex(tints[name]),
        }
    for name, neutral in _NEUTRALS.items():
        start = _faint(of_hue(0.5, neutral.chroma, math.radians(neutral.hue)), dark)
        # Lines may be fainter on the brightest panel; what is read may not.
        least = min(neutral.contrast, CONTRAST)
        on = solid[:1] if least < MUTED_CONTRAST else grounds
        variables[name] = to_hex(legible(start, on, dark, least, neutral.contrast))
    return variables


def _terminal_variables() -> dict[str, str]:
    """The same names from the terminal's 16 colours, whose look and contrast are the user's own choice."""
    variables = {"lit-background": "ansi_default"}
    for name, role in ROLES.items():
        variables |= {
            f"role-{name}": role.ansi,
            f"role-{name}-muted": "ansi_bright_black",
            f"role-{name}-lit": "ansi_default",
        }
    for name, neutral in _NEUTRALS.items():
        plain = "ansi_bright_black" if neutral.contrast <= MUTED_CONTRAST else "ansi_default"
        variables[name] = neutral.ansi or plain
    return variables


def _lit(ground: Lab, dark: bool, hue: float | None = None) -> Lab:
    """The background of what the step has just computed, neutral or with a breath of a hue."""
    lightness = ground[0] + (0.07 if dark else -0.045)
    return in_gamut((lightness, ground[1], ground[2]) if hue is None else of_hue(lightness, 0.03, hue))


def _faint(colour: Lab, dark: bool) -> Lab:
    """A start so near to the background that the contrast sought decides alone."""
    _, a, b = greyer(colour, 0.55)
    return (0.2 if dark else 0.95), a, b


def _hue(role: Role) -> float:
    _, a, b = to_lab(Color(role.red, role.green, role.blue))
    return math.atan2(b, a)


def _parsed(colour: str | Color) -> Color:
    if isinstance(colour, Color):
        return colour
    try:
        return Color.parse(colour)
    except ColorParseError:  # such as "auto 87%", which is for text only
        return Color(0, 0, 0, ansi=-1)
