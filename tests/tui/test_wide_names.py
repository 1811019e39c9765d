"""Names of wide letters take two cells a letter: everything stands where it would with as many narrow ones."""

import pytest

from engine.files import parse_scenario
from engine.walking.session import Session
from tests.tui.screens import opened, press, screen_text
from tui.cli import main

NARROW, WIDE = ("abcd", "efgh", "ijkl"), ("入力", "隠層", "出口")
NETWORK = """
title = "wide"
[network]
inputs = ["{0}", "bbbb"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["cccc", "{1}"]
activation = "tanh"
weights = [[0.15, 0.20], [0.25, 0.30]]
bias = [0.5, 0.25]
[[network.layer]]
nodes = ["{2}"]
activation = "sigmoid"
weights = [[0.15, 0.20]]
[[example]]
inputs = [0.5, 0.25]
targets = [1]
[[example]]
inputs = [0.25, 1.25]
targets = [0]
"""
GRAPH = """
title = "wide"
[graph]
inputs = ["{0}", "bbbb"]
nodes = ["{1} = {0} * bbbb + w", "{2} = sigmoid({1})"]
error = "{2}"
[graph.parameters]
w = 2
[[example]]
inputs = [0.5, 0.25]
"""
KEYS = {
    "forward": ["right"] * 6,
    "backward": ["right"] * 9,
    "matrices": [*["right"] * 9, "k"],
    "map": [*["right"] * 4, "h"],
    "large map": [*["right"] * 4, "6", "right"],
    "nodes": [*["right"] * 9, "2"],
    "parameters": [*["right"] * 10, "3"],
    "scalar": ["d", *["right"] * 9],
    "lecture": [*["right"] * 4, "m"],
    "predict": ["t", "right"],
}


LETTERS = str.maketrans(dict(zip("入力隠層出口", ["ab", "cd", "ef", "gh", "ij", "kl"], strict=True)))


def narrowed(text):
    return text.translate(LETTERS)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids=str)
@pytest.mark.parametrize("text", [NETWORK, GRAPH], ids=["network", "graph"])
async def test_screens(text, size):
    seen = []
    for names in (NARROW, WIDE):
        scenario = parse_scenario(text.format(*names), "wide.toml")
        for keys in KEYS.values():
            async with opened(Session.open(scenario), size) as (app, pilot):
                await press(pilot, *keys)
                seen.append(narrowed(screen_text(app)))
    for keys, narrow, wide in zip(KEYS, seen, seen[len(KEYS) :], strict=False):
        assert wide == narrow, keys


def test_the_text_of_a_trace(tmp_path, capsys):
    printed = []
    for names in (NARROW, WIDE):
        (tmp_path / "wide.toml").write_text(NETWORK.format(*names), encoding="utf-8")
        assert main(["trace", str(tmp_path / "wide.toml")]) == 0
        printed.append(narrowed(capsys.readouterr().out))
    assert printed[0] == printed[1]
