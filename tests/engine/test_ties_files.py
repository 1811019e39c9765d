"""Scenario files with tied layers and inputs that come in later, and what a wrong one is told."""
# ruff: noqa: E501 - a table, one case to a line

import math

import pytest
from msgspec.structs import replace

from engine.files import ScenarioError, load_scenario, parse_scenario
from engine.files.save.save import save
from engine.walking.branch import edited, standing
from engine.walking.session import Session
from tests.engine.test_ties import whole

FILE = """
title = "two steps"
[network]
inputs = ["a", "m", "b"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["h"]
activation = "tanh"
tie = "step"
inputs = ["a"]
weights = [[1, 2]]
bias = 3
[[network.layer]]
nodes = ["k"]
activation = "tanh"
tie = "step"
inputs = ["b"]
label = "second"
[[network.layer]]
nodes = ["o"]
activation = "tanh"
weights = [[4]]
[[example]]
inputs = [0.1, 0.2, 0.3]
targets = [1]
"""


def test_a_file_with_ties():
    """Inputs that a layer names follow the nodes of the layer before; an example gives them in the network's order."""
    scenario = parse_scenario(FILE, "any.toml")
    network = scenario.network
    assert [network.nodes(number) for number in range(4)] == [("m", "a"), ("h", "b"), ("k",), ("o",)]
    assert network.parameter_names == ("w_m_h", "w_a_h", "b_1", "w_k_o")
    assert network.spans[0] == network.spans[1]
    assert scenario.theta.tolist() == [1, 2, 3, 4]
    values = whole(scenario)
    h = math.tanh(1 * 0.2 + 2 * 0.1 + 3)
    assert values.need("y", 1).tolist() == [[h, 0.3]]
    assert values.need("x", 2).tolist() == [[1 * h + 2 * 0.3 + 3]]
    assert network.called(2) == "layer 2, second"


@pytest.mark.parametrize("own_text", [True, False])
def test_a_walk_with_ties_is_saved_and_opens_again(own_text, tmp_path):
    """The author's file keeps its words; one that is written anew has the tie, the inputs and the label as well."""
    session = Session.open(parse_scenario(FILE, "any.toml")).seek(5, 1)
    session = edited(session, {"w_m_h": 0.5, "b": 0.75})
    scenario = standing(session)
    path = tmp_path / "saved.toml"
    assert save(scenario if own_text else replace(scenario, text=""), path) is own_text
    text = path.read_text()
    assert text.count("weights = ") == 2
    assert ('tie = "step"' in text) is own_text
    again = Session.open(load_scenario(path))
    assert again.scenario.network == scenario.network
    assert again.scenario.inputs.tolist() == [[0.1, 0.2, 0.75]]
    for walked in (session, again):
        walked = walked.seek(9, walked.count)
        assert walked.values.theta.tolist() == session.seek(9, session.count).values.theta.tolist()


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ('["a", "m"', '["\\u0080a", "m"', "layer[1].inputs[1]", "no input a: the nearest is �a"),
        ('tie = "step"\ninputs = ["b"]', 'tie = "stop"\ninputs = ["b"]', "layer[1].tie", "no other layer is tied as step: the nearest is stop"),
        ('tie = "step"\ninputs = ["b"]', 'inputs = ["b"]', "layer[1].tie", "no other layer is tied as step: give another"),
        ('tie = "step"\ninputs = ["b"]', 'inputs = ["b"]', "layer[2].weights", "it is missing: give weights"),
        ('tie = "step"\ninputs = ["b"]', 'tie = "two words"\ninputs = ["b"]', "layer[2].tie", "white space"),
        ('label = "second"', "bias = 3", "layer[2].bias", "tied to layer 1, which has the parameters of both: take it out"),
        ('label = "second"', "weights = [[1, 2]]", "layer[2].weights", "take it out"),
        ('label = "second"', "train_bias = true", "layer[2].train_bias", "take it out"),
        ("weights = [[1, 2]]", "", "layer[1].weights", "it is missing: give weights"),
        ('inputs = ["b"]\n', "", "layer[2].tie", "gets 1 number from the layer before and its inputs, but layer 1, to which it is tied, 3"),
        ('nodes = ["k"]', 'nodes = ["k", "l"]', "layer[2].tie", "has 2 nodes, but layer 1, to which it is tied, 1: tied layers"),
        ('inputs = ["b"]', 'inputs = ["c"]', "layer[2].inputs[1]", "the network has no input c"),
        ('inputs = ["b"]', 'inputs = ["a"]', "layer[2].inputs[1]", "a comes into layer 1 already"),
        ('inputs = ["b"]', 'inputs = ["b", "b"]', "layer[2].inputs[2]", "b comes into layer 2 already"),
        ('inputs = ["b"]', "inputs = []", "layer[2].inputs", "it is empty"),
        ('inputs = ["a"]\n', 'inputs = ["a"]\nfrozen = 1\n', "layer[1].frozen", "no such key"),
        ("[[4]]", "[[4, 5]]", "layer[3].weights row 1", "has 2 numbers, but layer 2 has 1 node"),
        ("[0.1, 0.2, 0.3]", "[0.1, 0.2]", "example[1].inputs", "has 2 numbers, but the network has 3 inputs"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_where_and_what_to_do(old, new, place, words):
    assert FILE.count(old) == 1
    with pytest.raises(ScenarioError) as error:
        parse_scenario(FILE.replace(old, new), "any.toml")
    lines = [line for line in str(error.value).splitlines() if f"{place}:" in line]
    assert len(lines) == 1
    assert words in lines[0]


def test_rows_of_a_layer_with_inputs_count_both():
    text = FILE.replace('tie = "step"\n', "").replace('label = "second"', "weights = [[1, 2, 3]]")
    with pytest.raises(
        ScenarioError, match=r"layer 1 has, with the inputs that come in, 2 nodes: .* then one per input"
    ):
        parse_scenario(text, "any.toml")


def test_no_input_is_left_for_the_first_layer():
    text = FILE.replace('["a", "m", "b"]', '["b"]').replace('inputs = ["a"]\n', "").replace("[0.1, 0.2, 0.3]", "[1]")
    with pytest.raises(ScenarioError, match="none is left for layer 1"):
        parse_scenario(text, "any.toml")
