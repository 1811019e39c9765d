"""Which array of a file went where, and which way it was read, is told wherever a scenario is shown."""

import json

import numpy as np
import pytest

from engine import load_scenario
from tests.tui.screens import opened, screen_text
from tui.cli import main
from tui.picker.words import about
from tui.words.origins import in_short, origins_of

TEXT = """\
title = "Weights of a file"
[network]
inputs = ["i1", "i2"]
loss = "half_squared_error"
weights = { file = "m.npz" }
[[network.layer]]
units = 3
activation = "tanh"
[[network.layer]]
units = 3
activation = "tanh"
[[example]]
inputs = [1, 2]
targets = [0, 1, 0]
"""


@pytest.fixture
def path(tmp_path):
    random = np.random.default_rng(2)
    arrays = {"d/kernel": random.normal(size=(2, 3)), "d/bias": np.ones(3), "d_1/kernel": random.normal(size=(3, 3))}
    np.savez(tmp_path / "m.npz", **arrays)
    (tmp_path / "net.toml").write_text(TEXT)
    return tmp_path / "net.toml"


TOLD = [
    "layer 1: d/kernel (2, 3) of m.npz, rows (inputs) and columns (outputs) changed over: so its shape tells",
    "layer 1, bias: d/bias (3,) of m.npz",
    "layer 2: d_1/kernel (3, 3) of m.npz, rows (inputs) and columns (outputs) changed over: "
    "so the shapes of the others tell",
]


def test_check_tells_each(path, capsys):
    assert main(["check", str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[1:4] == [f"  {line}" for line in TOLD]
    assert main(["check", str(path), "--json"]) == 0
    first = json.loads(capsys.readouterr().out)[0]
    assert (first["kind"], first["name"], first["shape"], first["turned"]) == ("array", "d/kernel", [2, 3], True)


def test_the_plain_walk_and_the_picker_tell(path):
    scenario = load_scenario(path)
    assert list(origins_of(scenario)) == TOLD
    words = "3 arrays of m.npz, 2 with rows and columns changed over"
    assert in_short(scenario) == words
    assert words in about(scenario, None, "gradstep net.toml").plain


async def test_the_walk_tells_it_once_opened(path):
    async with opened(path) as (app, _):
        assert "3 arrays of m.npz, 2 with rows and columns changed" in screen_text(app)


def test_what_nothing_tells_is_told(path):
    np.savez(path.parent / "m.npz", W1=np.eye(2))
    first, second, rest = TEXT.split("[[network.layer]]")
    square = second.replace("3", "2") + rest[rest.index("[[example]]") :].replace("1, 0]", "1]")
    path.write_text(f"{first}[[network.layer]]{square}")
    assert in_short(load_scenario(path)) == "1 array of m.npz, 1 as it stands since nothing tells which way"
