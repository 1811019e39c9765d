"""Colours: legible on every theme, and to be told apart, also by people who see fewer of them."""

import itertools
import math

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.theme import BUILTIN_THEMES
from textual.widgets import Static

from tui.terminal.oklab import contrast, linear, to_lab
from tui.terminal.theme import (
    CONTRAST,
    DARK,
    LIGHT,
    MUTED_CONTRAST,
    ROLES,
    SHADES,
    THEMES,
    role_variables,
    theme_variables,
)

FIVE = ("x", "y", "de-dx", "de-dy", "de-dw")
ALL = {theme.name: theme for theme in (*BUILTIN_THEMES.values(), *THEMES)}
COLOURED = [name for name, theme in ALL.items() if not theme.ansi]

# Machado, Oliveira and Fernandes 2009, severity 1.0
SEEN_BY = {
    "most": np.eye(3),
    "protanopes": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopes": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopes": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def grounds(name):
    colours = ALL[name].to_color_system().generate()
    lit = [value for key, value in theme_variables(ALL[name]).items() if key.startswith("lit") or key.endswith("-lit")]
    return [Color.parse(value) for value in [colours["background"], colours["surface"], colours["panel"], *lit]]


def seen(colour, matrix):
    light = np.clip(matrix @ np.array(linear(Color.parse(colour))), 0, 1)
    parts = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return to_lab(Color(*(round(255 * float(part)) for part in parts)))


@pytest.mark.parametrize("name", COLOURED)
def test_every_quantity_is_legible_on_every_background(name):
    variables = theme_variables(ALL[name])
    for role, ground in itertools.product(ROLES, grounds(name)):
        assert contrast(Color.parse(variables[f"role-{role}"]), ground) >= CONTRAST
        assert contrast(Color.parse(variables[f"role-{role}-muted"]), ground) >= MUTED_CONTRAST


@pytest.mark.parametrize("name", COLOURED)
def test_what_is_read_on_a_chart_is_legible(name):
    variables = theme_variables(ALL[name])
    for key, ground in itertools.product(("chart-cursor", "chart-label", "edge-positive"), grounds(name)):
        assert contrast(Color.parse(variables[key]), ground) >= CONTRAST


@pytest.mark.parametrize("name", COLOURED)
def test_quantities_keep_their_hue(name):
    variables = theme_variables(ALL[name])
    for role, start in ROLES.items():
        _, a, b = to_lab(Color(start.red, start.green, start.blue))
        _, new_a, new_b = to_lab(Color.parse(variables[f"role-{role}"]))
        turned = math.remainder(math.atan2(b, a) - math.atan2(new_b, new_a), math.tau)
        assert abs(math.degrees(turned)) < 4


@pytest.mark.parametrize("people", SEEN_BY)
@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_quantities_differ(theme, people):
    variables = theme_variables(theme)
    colours = [seen(variables[f"role-{role}"], SEEN_BY[people]) for role in FIVE]
    nearest = min(math.dist(one, other) for one, other in itertools.combinations(colours, 2))
    # In Oklab 0.02 is about the least difference one sees.
    assert nearest > (0.1 if people == "most" else 0.035)


def test_known_contrasts():
    white, black = Color(255, 255, 255), Color(0, 0, 0)
    assert contrast(white, black) == pytest.approx(21)
    assert contrast(Color.parse("#767676"), white) == pytest.approx(4.54, abs=0.01)


def test_every_theme_has_the_same_variables():
    names = {frozenset(theme_variables(theme)) for theme in ALL.values()}
    assert len(names) == 1


def test_a_terminals_own_colours_are_left_to_it():
    assert theme_variables(BUILTIN_THEMES["ansi-dark"])["role-y"] == "ansi_red"
    assert role_variables(["ansi_default", "transparent"], dark=True)["role-x-lit"] == "ansi_default"


class Swatches(App):
    CSS = "\n".join(f"#{role} {{ color: $role-{role}; background: $role-{role}-lit; }}" for role in ROLES)

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        for role in ROLES:
            yield Static(role, id=role)


@pytest.mark.parametrize("no_color", [False, True])
async def test_an_app_can_wear_every_theme(monkeypatch, no_color):
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    app = Swatches()
    async with app.run_test() as pilot:
        for name in app.available_themes:
            app.theme = name
            await pilot.pause()
            if not app.current_theme.ansi:
                expected = Color.parse(theme_variables(app.current_theme)["role-y"])
                assert app.query_one("#y").styles.color == expected


@pytest.mark.parametrize("name", COLOURED)
def test_text_is_legible_on_header_and_footer_and_on_pills(name):
    colours, variables = ALL[name].to_color_system().generate(), theme_variables(ALL[name])
    ground, panel, text = (Color.parse(colours[key]) for key in ("background", "panel", "foreground"))
    assert contrast(Color.parse(variables["bar-text"]), ground.blend(panel, panel.a, 1.0)) >= CONTRAST
    for one in (ground, panel, Color.parse(colours["surface"])):  # a note's title, and the palette's keys
        assert contrast(Color.parse(variables["accent-text"]), ground.blend(one, one.a, 1.0)) >= CONTRAST
    least = min(CONTRAST, contrast(text, ground)) - 0.35
    for sign, step in itertools.product(("positive", "negative"), range(SHADES + 1)):
        assert contrast(text, Color.parse(variables[f"shade-{sign}-{step}"])) >= least


@pytest.mark.parametrize("name", ["gradstep-dark", "gradstep-light", "solarized-dark"])
def test_without_colours_no_quantity_is_dimmer_than_other_text(name):
    variables = theme_variables(ALL[name], colourless=True)
    assert {variables[f"role-{role}"] for role in ROLES} == {ALL[name].to_color_system().generate()["foreground"]}
    assert set(variables) == set(theme_variables(ALL[name]))
