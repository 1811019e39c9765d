"""Constants of graphs that stand in files beside the scenario, as parameters may."""

import numpy as np
import pytest

from engine import load_scenario
from engine.files import ScenarioError
from engine.files.save.save import save

TEXT = """title = "constants"
[graph]
inputs = {{ x = [2] }}
nodes = ["h = x @ K + c", "E = sum(w * h)"]
error = "E"
parameters = {{ w = 2 }}
[graph.constants]
K = {K}
c = {c}
[[example]]
inputs = {{ x = [1, 2] }}
"""
KERNEL = np.array([[1.0, -2.0], [0.1, 3.0]])


@pytest.fixture
def folder(tmp_path):
    np.savez(tmp_path / "given.npz", K=KERNEL, other=np.array([0.25, 4.0]), whole=np.array(7))
    (tmp_path / "k.csv").write_text("1,-2\n0.1,3\n")
    return tmp_path


def opened(folder, kernel='{ file = "given.npz" }', c='{ file = "given.npz", name = "other" }'):
    (folder / "graph.toml").write_text(TEXT.format(K=kernel, c=c))
    return load_scenario(folder / "graph.toml")


@pytest.mark.parametrize("kernel", ['{ file = "given.npz" }', '{ csv = "k.csv" }', "[[1, -2], [0.1, 3]]"])
@pytest.mark.parametrize(
    ("c", "value"),
    [
        ('{ file = "given.npz", name = "other" }', [0.25, 4]),
        ('{ file = "given.npz", name = "whole" }', 7),
        ("[0.25, 4]", [0.25, 4]),
    ],
)
def test_they_are_read_bit_for_bit(folder, kernel, c, value):
    scenario = opened(folder, kernel, c)
    np.testing.assert_array_equal(scenario.graph.constants["K"], KERNEL)
    np.testing.assert_array_equal(scenario.graph.constants["c"], value)
    assert scenario.theta.tolist() == [2.0]
    assert len(scenario.origins) == ("npz" in kernel) + ("npz" in c)


def test_of_safetensors_too(folder):
    save_file = pytest.importorskip("safetensors.numpy").save_file  # of the extra `import`
    save_file({"net.K": KERNEL}, folder / "given.safetensors")
    scenario = opened(folder, '{ file = "given.safetensors", name = "net.K" }')
    np.testing.assert_array_equal(scenario.graph.constants["K"], KERNEL)


def test_a_saved_walk_keeps_the_file_or_lists_the_numbers(folder, tmp_path):
    scenario = opened(folder)
    elsewhere = tmp_path / "other"
    elsewhere.mkdir()
    for place, kept in ((folder / "again.toml", True), (elsewhere / "again.toml", False)):
        assert save(scenario, place)
        assert ("given.npz" in place.read_text()) == kept
        again = load_scenario(place)
        for name in ("K", "c"):
            np.testing.assert_array_equal(again.graph.constants[name], scenario.graph.constants[name])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ('{ file = "given.npz", name = "k" }', 'graph.constants.K.name: given.npz: there is no "k"'),
        ('{ file = "none.npz" }', "graph.constants.K.file: "),
        ('{ csv = "none.csv" }', "graph.constants.K.csv: "),
        ('{ name = "K" }', "graph.constants.K: it does not say where the numbers come from"),
        ('{ init = "normal", shape = [2, 2], seed = 1 }', "it does not say where the numbers come from"),
        ('{ file = "given.npz", names = ["K"] }', "graph.constants.K.names: "),
    ],
)
def test_what_cannot_be_is_told(folder, given, message):
    with pytest.raises(ScenarioError) as caught:
        opened(folder, given)
    assert message in str(caught.value)
    assert all(problem.remedy for problem in caught.value.problems)
