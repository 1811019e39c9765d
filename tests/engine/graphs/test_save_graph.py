"""A graph that was saved is the same again, and its file stays as its author wrote it where no number has changed."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.files import load_scenario, parse_scenario
from engine.files.problems import ScenarioError
from engine.files.save.alike import same
from engine.files.save.save import save, saved_text
from engine.program.scenario import Scenario
from engine.walking.branch import edited, standing
from engine.walking.session import Session
from tests.engine.graphs.files import ATTENTION, CIRCUIT, RECURRENT, WK, read
from tests.engine.graphs.random_graphs import Drawn, graphs
from tests.engine.walks import numbers, walked


def with_other_numbers(scenario: Scenario, seed: int) -> Scenario:
    """Some of its numbers are others."""
    random = np.random.default_rng(seed)

    def changed(array: np.ndarray) -> np.ndarray:
        array = array.copy()
        chosen = random.random(array.shape) < 0.3
        array[chosen] = random.normal(size=array.shape)[chosen]
        return array

    targets = None if scenario.targets is None else changed(scenario.targets)
    return replace(scenario, theta=changed(scenario.theta), inputs=changed(scenario.inputs), targets=targets)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs(), st.integers(0, 1000), st.booleans())
def test_a_saved_graph_is_the_same(graph: Drawn, seed: int, written: bool) -> None:
    scenario = with_other_numbers(read(graph.text), seed)
    text, kept = saved_text(scenario if written else replace(scenario, text=""), Path("saved.toml"))
    assert kept is written
    again = parse_scenario(text, "saved.toml")
    assert same(again, scenario)
    if written:
        assert [line for line in text.splitlines() if line.startswith('  "')] == [
            line for line in graph.text.splitlines() if line.startswith('  "')
        ]


def test_only_what_has_changed_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "wk.csv").write_text(WK)
    path = tmp_path / "attention.toml"
    path.write_text(ATTENTION.replace("[0.1, 0.2]", "[0.10, 2e-1]"))
    session = edited(Session.open(load_scenario(path)), {"WQ.1.2": 0.25, "X.1.1": 3.5, "T.3.2": -1.0})
    new = tmp_path / "new.toml"
    assert save(standing(session), new)
    expected = path.read_text().replace("[0.10, 2e-1]", "[0.10, 0.25]")
    expected = expected.replace("[[1, 0, 1, 0]", "[[3.5, 0, 1, 0]").replace("[1, 1]]", "[1, -1.0]]")
    assert new.read_text().strip() == expected.strip()

    session = edited(Session.open(load_scenario(path)), {"WK.1.1": 9.0, "WV.2.2": 7.0})
    assert save(standing(session), tmp_path / "listed.toml")
    text = (tmp_path / "listed.toml").read_text()
    assert "WK = [[9.0, 0.2], [0.3, 0.1], [-0.5, 0.2], [0.4, 0.4]]" in text
    assert "init" not in text

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert save(standing(Session.open(load_scenario(path))), elsewhere / "copy.toml")
    text = (elsewhere / "copy.toml").read_text()
    assert "WK = [[0.1, 0.2], [0.3, 0.1], [-0.5, 0.2], [0.4, 0.4]]" in text  # the table is not there
    assert 'WV = { init = "normal", shape = [4, 2], seed = 3 }' in text


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("written", [True, False])
def test_a_saved_walk_goes_on_to_the_last_bit(tmp_path: Path, optimizer: str, written: bool) -> None:
    text = RECURRENT + f'[training]\noptimizer = "{optimizer}"\nfrozen = ["b"]\n'
    scenario = read(text)
    session = Session.open(scenario if written else replace(scenario, text="")).seek(4, 1)
    saved, kept = saved_text(standing(session), tmp_path / "saved.toml")
    assert kept is written
    again = Session.open(parse_scenario(saved, "saved.toml"))
    assert again.iteration == 4
    start = session.values.beginning
    for values in walked(session.scenario, 3, start.theta, start.state, 4):
        again = again.seek(values.iteration, again.count)
        assert numbers(again.values) == numbers(values)
    if written:
        assert '{ for = "t = 1..3"' in saved


EXAMPLES_BY_NAME = """
title = "each gives its own"
[graph]
inputs = { v = [2], s = [] }
constants = { k = [1, 2] }
nodes = ["w = v * s * k"]
gates = true
[[example]]
inputs = [[1, 2], 3]     # as a list
upstream = { w = [1, 0] }
[[example]]
inputs = { s = 4, v = [5, 6] }
upstream = { w = [0, 1] }
"""


def test_examples_stay_in_their_notation(tmp_path: Path) -> None:
    scenario = read(EXAMPLES_BY_NAME)
    assert scenario.targets is not None
    changed = replace(scenario, inputs=scenario.inputs + 1.0, targets=scenario.targets * 2.0)
    text, kept = saved_text(changed, tmp_path / "new.toml")
    assert kept
    assert "inputs = [[2.0, 3.0], 4.0]     # as a list" in text
    assert "inputs = { s = 5.0, v = [6.0, 7.0] }" in text
    assert "upstream = { w = [2.0, 0] }" in text
    text, kept = saved_text(replace(changed, text=""), tmp_path / "new.toml")
    assert not kept
    assert same(parse_scenario(text, "new.toml"), changed)


def test_columns_of_a_table_are_listed_where_it_is_not(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("a,b,c,t\n1,2,3,0.5\n4,5,6,0.25\n")
    text = """
title = "from a table"
[graph]
inputs = { v = [2], s = [] }
targets = ["t"]
nodes = ["E = half_squared_error(sum(v) * s * w, t)"]
error = "E"
parameters = { w = 0.5 }
[data]
csv = "d.csv"
inputs = { s = "c", v = ["a", "b"] }
targets = ["t"]
"""
    path = tmp_path / "table.toml"
    path.write_text(text)
    scenario = load_scenario(path)
    assert scenario.inputs.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert scenario.targets is not None
    assert scenario.targets.tolist() == [[0.5], [0.25]]
    assert save(scenario, tmp_path / "again.toml")
    assert "[data]" in (tmp_path / "again.toml").read_text()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert save(scenario, elsewhere / "again.toml")
    found = (elsewhere / "again.toml").read_text()
    assert "inputs = { v = [4.0, 5.0], s = 6.0 }\ntargets = { t = 0.25 }" in found


def test_a_circuit_without_parameters_is_saved(tmp_path: Path) -> None:
    scenario = read(CIRCUIT)
    text, kept = saved_text(scenario, tmp_path / "c.toml")
    assert kept
    assert text.strip() == CIRCUIT.strip()


HOT = """
title = "words from a table"
[graph]
inputs = { x = [3], k = [] }
targets = { t = [2] }
nodes = ["p = softmax(W @ x + k)", "E = cross_entropy(p, t)"]
error = "E"
parameters = { W = [[1, 2, 3], [0.1, 0.2, 0.3]] }
[data]
csv = "d.csv"
inputs = [{ column = "word", one_hot = true }, { column = "k" }]
targets = { column = "kind", one_hot = true }
"""
WORDS = "k,word,kind\n1,b,yes\n2,10,no\n3,9,yes\n"


@pytest.mark.parametrize(
    "targets", ["", '{ t = { column = "kind", one_hot = true } }', '[{ column = "kind", one_hot = true }]']
)
def test_a_column_of_words_is_a_vector(targets: str, tmp_path: Path) -> None:
    """Numbers stand before words, as in files of layers, whose targets are written alike."""
    (tmp_path / "d.csv").write_text(WORDS)
    path = tmp_path / "hot.toml"
    path.write_text(HOT.replace('{ column = "kind", one_hot = true }', targets) if targets else HOT)
    scenario = load_scenario(path)
    assert scenario.inputs.tolist() == [[0, 0, 1, 1], [0, 1, 0, 2], [1, 0, 0, 3]]
    assert scenario.targets is not None
    assert scenario.targets.tolist() == [[0, 1], [1, 0], [0, 1]]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert save(scenario, elsewhere / "again.toml")
    assert same(load_scenario(elsewhere / "again.toml"), scenario)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("x = [3]", "x = [4]", "the column has 3 different values, but x has 4 elements: give one element per value"),
        ("targets = { t = [2] }", 'targets = ["t"]', "t is a number: one_hot makes a vector"),
        ('column = "kind"', "column = 3", "column: 3 is not text"),
        ('{ column = "k" }', '{ column = "k", hot = true }', "hot: there is no such key"),
        ('{ column = "word", one_hot = true }', '{ column = "word" }', "x is (3,): give a list of 3 columns"),
        ('"word", one', '"wort", one', "no column wort in d.csv"),
    ],
)
def test_what_is_wrong_with_a_column_of_words(old: str, new: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(WORDS)
    text = HOT.replace("W @ x", "sum(W) + sum(x)") if "x = [4]" in new else HOT
    assert old in text
    path = tmp_path / "hot.toml"
    path.write_text(text.replace(old, new))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert words in str(caught.value)
