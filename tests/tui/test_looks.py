"""The stepper's own screens as text, in what sizes there are: each panel large, wide and deep networks, long names.

One app for each row of the table; its screens follow each other in one file.
"""

import pytest

from engine.files import load_scenario, parse_scenario
from engine.walking.session import Session
from tests.networks import make
from tests.tui.screens import TextFile, opened, press, screen_text, size_id

NAMES = """
title = "Names that are long, wide and combined"
[network]
inputs = ["temperature_of_the_outside_air", "入力電圧", "e\u0301cho\u0302"]
loss = "cross_entropy"
[[network.layer]]
nodes = ["hidden_feature_number_one", "隠れ層の節"]
activation = "tanh"
weights = [[0.5, -0.25, 1234.5], [-3.25e-7, 0.2, 0.3]]
weight_names = [["weight_from_temperature_to_feature_one", "重み", "w13"], ["w21", "w22", "w23"]]
bias = [0.35, 1e-9]
[[network.layer]]
nodes = ["cat", "mouse_or_other_small_rodent"]
activation = "softmax"
weights = [[0.5, 1], [1.5, -1]]
[[example]]
inputs = [1.5, 220.0, 0.001]
targets = [1, 0]
[[example]]
inputs = [0.5, 110.0, -0.001]
targets = [0, 1]
"""

PLACES = {
    "large": (lambda: load_scenario("mazur"), (20, 9), ["", "1", "2", "3", "4", "5"]),
    "wide": (lambda: make((16, 64, 64, 10)), (0, 4), ["", " ".join(["right"] * 8)]),
    "deep": (lambda: make((3, *[4] * 10, 2)), (0, 6), ["", "]"]),
    "fan": (lambda: make((1, 30, 1)), (0, 2), ["", "]"]),
    "names": (lambda: parse_scenario(NAMES, "names.toml"), (0, 2), ["", "right right right right right"]),
    "one": (lambda: make((1, 1)), (0, 4), [""]),
}


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 40)], ids=size_id)
@pytest.mark.parametrize("name", PLACES)
async def test_looks(name, size, snapshot):
    """Every digit that is shown is on its place, nothing is cut without a sign, and what matters is in view."""
    scenario, place, keys = PLACES[name]
    screens = []
    async with opened(Session.open(scenario()).seek(*place), size) as (app, pilot):
        for key in keys:
            await press(pilot, *key.split())
            screens.append(f"--- {key}\n{screen_text(app)}")
    assert "\n".join(screens) == snapshot(extension_class=TextFile, name=f"{size_id(size)} {name}")


async def test_the_text_alone_tells_what_is_done_and_what_is_new():
    """The step bar's signs, the heavy border, a sign before each new number, dashes for what is ahead."""
    async with opened(Session.open(load_scenario("mazur")).seek(0, 9)) as (app, _):
        text = screen_text(app)
        assert text.splitlines()[1].split() == "forward ● ● ● ● ● error ● backward ● ● ◉ ○ ○ ○ update ○ ○".split()
        assert text.count("•") == 5
        assert text.count("┏") == 1
        assert "┏ o1 ━" in text
        assert "⠶" in text or "⠒⠒" in text
        assert "—" in text
