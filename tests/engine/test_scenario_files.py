import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.files import Problem, ScenarioError, load_scenario, parse_scenario, shipped_names
from engine.files.cells import ENOUGH, _split
from engine.files.printed import parse_printed
from engine.files.problems import MOST_SHOWN
from engine.files.resume import SLOTS
from engine.formula.quantity import Quantity
from engine.program.optimizers import OPTIMIZERS, Adam, Momentum, Sgd
from engine.program.scenario import Scenario, Stop
from engine.walking.advance import complete
from engine.walking.session import Session
from tests.engine.bad_scenarios import BAD, FIGURE, MOMENTUM, SMALL, VARIANT

MAZUR = (Path(__file__).parent / "example.toml").read_text()


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def small(*changes: tuple[str, str], more: str = "") -> Scenario:
    return parse_scenario(changed(SMALL, *changes) + more, "small.toml")


def problems_of(text: str, path: Path | None = None) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "bad.toml", path)
    assert len(str(caught.value).splitlines()) == len(caught.value.problems)
    assert str(caught.value).replace("\n", "").isprintable()
    return caught.value.problems


# What a good file says


def test_mazurs_example() -> None:
    scenario = parse_scenario(MAZUR, "mazur.toml")
    network, training = scenario.network, scenario.training
    assert (scenario.name, scenario.shape, scenario.notation.name) == ("mazur", "2-2-2", "mazur")
    assert network.parameter_names == ("w1", "w2", "w3", "w4", "b1", "w5", "w6", "w7", "w8", "b2")
    assert scenario.theta.tolist() == [0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6]
    assert [layer.shared_bias for layer in network.layers] == [True, True]
    assert {network.parameter_names[index] for index in training.frozen} == {"b1", "b2"}
    assert (training.learning_rate, training.batch, training.immediate) == (0.5, 1, False)
    assert (scenario.inputs.tolist(), scenario.targets.tolist()) == ([[0.05, 0.1]], [[0.01, 0.99]])
    assert scenario.notation.outputs == {"o1", "o2"}
    figure = scenario.published[-1]
    assert (figure.expression.quantities(), figure.iteration) == ((Quantity("E"),), 1)
    assert (figure.verdict, figure.variant.training.immediate) == ("variant", True)


def test_arrays_are_locked() -> None:
    scenario = parse_scenario(MAZUR, "mazur.toml")
    for array in (scenario.theta, scenario.inputs, scenario.targets):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_what_is_left_out_is_by_default() -> None:
    scenario = small()
    training = scenario.training
    assert (training.learning_rate, training.optimizer, training.batch) == (0.1, Sgd(), 1)
    assert (training.reduction, training.immediate, training.frozen) == ("mean", False, frozenset())
    assert (training.shuffle, training.stop) == (None, Stop())
    assert (scenario.document, scenario.notation.name, scenario.published, scenario.notes) == ("", "canonical", (), ())
    assert scenario.network.parameter_names == ("w_a_n", "w_b_n")


def test_a_walk_that_goes_on() -> None:
    more = "frozen = ['w_b_n']\n[resume]\niteration = 1000000\nm = { w_a_n = 5e-324 }\nv = { w_a_n = 1, w_b_n = 2 }"
    scenario = small(more="[training]\noptimizer = 'adam'\n" + more)
    assert scenario.resume.iteration == 1_000_000
    assert scenario.resume.state.tolist() == [[5e-324, 0.0], [1.0, 2.0]]  # frozen: nothing is missing
    with pytest.raises(ValueError, match="read-only"):
        scenario.resume.state[...] = 0
    assert small(more="[resume]\niteration = 2").resume.state.shape == (0, 2)
    assert small().resume is None


def test_every_optimizers_memory_has_a_key() -> None:
    assert {slot for rule in OPTIMIZERS.values() for slot in rule().slots} == set(SLOTS)


LAYERS = """
title = "names"
[network]
inputs = ["a"]
loss = "output"
{}
[[example]]
inputs = [1]
"""
LAYER = '[[network.layer]]\nactivation = "tanh"\nweights = {{ init = "normal", seed = 1 }}\nunits = {}\n{}\n'


@pytest.mark.parametrize(
    ("units", "nodes"),
    [((2,), "o1 o2"), ((2, 1), "h1 h2 o1"), ((1, 2, 1), "h1_1 h2_1 h2_2 o1")],
)
def test_nodes_without_names_are_named(units: tuple[int, ...], nodes: str) -> None:
    text = LAYERS.format("".join(LAYER.format(count, "") for count in units))
    network = parse_scenario(text, "names.toml").network
    assert [name for layer in network.layers for name in layer.nodes] == nodes.split()


def test_biases_without_names_are_named() -> None:
    text = LAYERS.format(LAYER.format(2, "bias = [0.5, 0.25]") + LAYER.format(2, "bias = 0.125"))
    scenario = parse_scenario(text, "names.toml")
    assert [layer.bias_names for layer in scenario.network.layers] == [("b_h1", "b_h2"), ("b_2",)]
    assert [layer.shared_bias for layer in scenario.network.layers] == [False, True]
    assert scenario.network.biases(scenario.theta, 1).tolist() == [0.5, 0.25]
    assert scenario.network.layer(2).weight_names[1] == ("w_h1_o2", "w_h2_o2")
    assert scenario.targets is None


def test_weights_by_source_are_turned_round() -> None:
    by_source = 'weights_by = "source"\nweights = [[1], [2]]\nweight_names = [["v1"], ["v2"]]'
    scenario = small(("weights = [[1, 2]]", by_source))
    assert scenario.network.weights(scenario.theta, 1).tolist() == [[1, 2]]
    assert scenario.network.layer(1).weight_names == (("v1", "v2"),)


@pytest.mark.parametrize(
    ("init", "draw"),
    [
        ('init = "xavier_uniform"', lambda g: g.uniform(-(2**0.5), 2**0.5, (1, 2))),
        ('init = "he_normal"', lambda g: g.normal(0, 1, (1, 2))),
        ('init = "uniform"', lambda g: g.uniform(-1, 1, (1, 2))),
        ('init = "uniform", low = 0, high = 2.5', lambda g: g.uniform(0, 2.5, (1, 2))),
        ('init = "normal", scale = 0.1', lambda g: g.normal(0, 0.1, (1, 2))),
    ],
)
def test_made_weights_are_the_same_each_time(init: str, draw: Any) -> None:
    scenario = small(("weights = [[1, 2]]", f"weights = {{ {init}, seed = 7 }}"))
    assert scenario.theta.tolist() == draw(np.random.Generator(np.random.PCG64([7, 1]))).ravel().tolist()


def test_optimizers_and_the_rest_of_training() -> None:
    def training(text: str) -> Any:
        return small(more=f"[training]\n{text}\n").training

    assert training('optimizer = "momentum"').optimizer == Momentum()
    assert training('optimizer = { name = "momentum", momentum = 0.5, nesterov = true }').optimizer == Momentum(
        0.5, True
    )
    assert training('optimizer = { name = "adam", beta1 = 0.5 }').optimizer == Adam(0.5)
    assert training('optimizer = { name = "sgd" }').optimizer == Sgd()
    assert training('batch = "all"\nfrozen = ["w_b_n"]').frozen == {1}
    assert training("stop = { iterations = 3, error = 1e-6 }").stop == Stop(3, 1e-6)
    assert training("shuffle = { seed = 3 }").shuffle == 3


def test_a_batch_of_all() -> None:
    scenario = small(more='[[example]]\ninputs = [3, 4]\ntargets = [1]\n[training]\nbatch = "all"\n')
    assert (scenario.training.batch, scenario.inputs.tolist()) == (2, [[1, 2], [3, 4]])


def test_a_notation_of_ones_own() -> None:
    scenario = small(("[network]", 'notation = { x = "z", "dE/dx" = "δ" }\n[network]'))
    assert scenario.notation.symbol(Quantity("x", "n")) == "z_n"


def test_control_characters_are_taken_out_of_prose() -> None:
    scenario = small(
        ('"small"', '"a\\u001b[31m b\\u202ec\\td"'), more='[[note]]\nat = "start"\ntext = "one\\n\\u0007two\\u009b"\n'
    )
    assert scenario.title == "a[31m bc d"
    assert scenario.notes[0].text == "one\ntwo"


@pytest.mark.parametrize("at", ["start", "end", "forward", "update", "E", "dE/dx[n]", "dE/dw", "w+[w_a_n]", "y[a]"])
def test_where_notes_may_stand(at: str) -> None:
    assert small(more=f'[[note]]\nat = "{at}"\ntext = "words"\niteration = 2\n').notes[0].at == at


@pytest.mark.parametrize(
    ("text", "number", "resolution"),
    [
        (".191", 0.191, 1e-3),
        ("6.", 6.0, 1.0),
        ("−0.1", -0.1, 0.1),
        ("2.4 × 10^-3", 2.4e-3, 1e-4),
        ("2.4×10⁻³", 2.4e-3, 1e-4),
        ("2.4 · 10⁺³", 2400.0, 100.0),
        ("2.4e-3", 2.4e-3, 1e-4),
        ("12 %", 0.12, 0.01),
        ("12.5%", 0.125, 0.001),
        ("0.0000351085", 0.0000351085, 1e-10),
        ("+150", 150.0, 1.0),
        ("≈ 0.354", 0.354, 1e-3),
        ("~-0.354", -0.354, 1e-3),
        ("0.354…", 0.354, 1e-3),
        ("0.354...", 0.354, 1e-3),
        ("6....", 6.0, 1.0),
        ("2.4… × 10^-3", 2.4e-3, 1e-4),
        ("0,354", 0.354, 1e-3),
        ("−,35", -0.35, 1e-2),
        ("1,5", 1.5, 0.1),
        ("1000,354", 1000.354, 1e-3),
        ("1,0354", 1.0354, 1e-4),
        ("1,035.4", 1035.4, 0.1),
        ("1,035.", 1035.0, 1.0),
        ("1,234,567", 1234567.0, 1.0),
        ("1.035,4", 1035.4, 0.1),
        ("1.234.567", 1234567.0, 1.0),
        ("0.36", 0.36, 0.01),
        ("1e300", 1e300, 1e300),
        ("1" * 60, float("1" * 60), 1.0),
    ],
)
def test_printed_figures(text: str, number: float, resolution: float) -> None:
    assert parse_printed(text) == (number, resolution)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "-",
        "10²",
        "0.4²",
        "1,035",
        "−12,345 × 10^3",
        "1,2,3",
        "1,2345,678",
        "12,34,567.1",
        "1.035,",
        "…",
        "nan",
        "inf",
        "1_0",
        "0x1",
        "1e9999",
        "1e301",
        "1 2",
        "1" * 61,
        "%",
        "e5",
        "٣",
    ],
)
def test_what_is_no_printed_figure(text: str) -> None:
    assert parse_printed(text) is None


# Tables beside the file


def in_folder(folder: Path, text: str, **tables: str) -> Path:
    for name, content in tables.items():
        (folder / f"{name}.csv").write_text(content)
    (folder / "s.toml").write_text(text)
    return folder / "s.toml"


EXAMPLE = "[[example]]\ninputs = [1, 2]\ntargets = [0.5]\n"
DATA = changed(SMALL, (EXAMPLE, '[data]\ncsv = "t.csv"\ninputs = ["u", "v"]\n'))
TARGETS = 'targets = ["t"]\n'
HOT = 'targets = { column = "kind", one_hot = true }\n'


def test_weights_from_a_table(tmp_path: Path) -> None:
    text = changed(SMALL, ("[[1, 2]]", '{ csv = "w.csv" }'))
    assert load_scenario(in_folder(tmp_path, text, w="1.5, -2e-1\n\n")).theta.tolist() == [1.5, -0.2]


def test_examples_from_a_table(tmp_path: Path) -> None:
    scenario = load_scenario(str(in_folder(tmp_path, DATA + TARGETS, t="v,t,u,more\n1,2,3,x\n4,5,6,y\n")))
    assert (scenario.inputs.tolist(), scenario.targets.tolist()) == ([[3, 1], [6, 4]], [[2], [5]])


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [('["p", "q"]', [[0, 1], [1, 0]]), ('["cat", "ant"]', [[1, 0], [0, 1]])],
    ids=["in the order of the values", "by the outputs' names"],
)
def test_one_hot_targets(tmp_path: Path, nodes: str, expected: list[list[int]]) -> None:
    text = changed(DATA, ('["n"]', nodes), ("[[1, 2]]", "[[1, 2], [3, 4]]"))
    scenario = load_scenario(in_folder(tmp_path, text + HOT, t="u,v,kind\n1,2,cat\n3,4,ant\n"))
    assert scenario.targets.tolist() == expected


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "t.csv is empty"),
        ("u,v,t\n", "t.csv has no rows"),
        ("u,w,t\n1,2,3\n", "no column v in t.csv"),
        ("u,u,v,t\n1,2,3,4\n", "more than one column u in t.csv: give each a heading of its own"),
        ("u,v,t\n1,2\n", "t.csv line 2: 2 cells, but the header has 3: give one cell per column"),
        ("u,v,t\n1,2,3\n1,x,3\n", 't.csv line 3, column v: "x" is not a finite number'),
        ("u,v,t\n1,nan,3\n", "not a finite number"),
        ("u,v,t\n1,1_0,3\n", "not a finite number"),
        ("1" * 200_000, "t.csv line 1: it is not CSV"),
    ],
)
def test_a_bad_table(tmp_path: Path, table: str, words: str) -> None:
    path = in_folder(tmp_path, DATA + TARGETS, t=table)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert words in str(caught.value)
    assert len(caught.value.problems) == 1


def test_tables_that_make_too_many_numbers(tmp_path: Path) -> None:
    """What the numbers would take is known before it is taken: here 7 GB and 8 TB."""
    made = changed(DATA, ('nodes = ["n"]', "units = 30000"), ("[[1, 2]]", '{ init = "he_normal", seed = 1 }'))
    rows = "".join(f"1,2,{k}\n" for k in range(30_000))
    with pytest.raises(ScenarioError, match=r"t\.csv makes more than 64,000,000 numbers: give fewer rows"):
        load_scenario(in_folder(tmp_path, made + HOT, t=f"u,v,kind\n{rows}"))
    path = in_folder(tmp_path, DATA + 'targets = ["t"]\n', t="u,v,t\n" + "1,2,3\n" * 4)
    with patch("engine.files.tables.MAX_NUMBERS", 12):
        assert len(load_scenario(path).inputs) == 4
    with patch("engine.files.tables.MAX_NUMBERS", 9), pytest.raises(ScenarioError, match="more than 9 numbers"):
        load_scenario(path)


def test_one_hot_values_stand_in_the_order_of_numbers_and_words_after_them(tmp_path: Path) -> None:
    text = changed(DATA, ('nodes = ["n"]', "units = 3"), ("[[1, 2]]", "[[1, 2], [3, 4], [5, 6]]"))
    path = in_folder(tmp_path, text + HOT, t="u,v,kind\n1,2,no\n3,4,10\n5,6,9\n")
    assert load_scenario(path).targets.tolist() == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    with patch("engine.files.data.MAX_NUMBERS", 9):
        assert len(load_scenario(path).inputs) == 3
    with patch("engine.files.data.MAX_NUMBERS", 8), pytest.raises(ScenarioError, match="more than 64,000,000"):
        load_scenario(path)


def test_the_longest_table_and_the_longest_line(tmp_path: Path) -> None:
    path = in_folder(tmp_path, DATA + TARGETS, t="u,v,t\n1,2,3\n4,5,6\n")
    for limit, most in (("MAX_LINES", 3), ("MAX_CELLS", 3)):
        with patch(f"engine.files.cells.{limit}", most):
            assert len(load_scenario(path).inputs) == 2
        with patch(f"engine.files.cells.{limit}", most - 1), pytest.raises(ScenarioError, match="more than 2 "):
            load_scenario(path)
    weights = in_folder(tmp_path, changed(SMALL, ("[[1, 2]]", '{ csv = "w.csv" }')), w="1,2\n")
    with patch("engine.files.shape.MAX_PARAMETERS", 2):
        assert load_scenario(weights).theta.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("more", "header", "row"),
    [
        (TARGETS, "u,v,t", "1,2"),
        (TARGETS, "u,v,t", "1,2,3"),  # a target that the loss can't take
        ("targets = [" + ", ".join(f'"c{i}"' for i in range(300)) + "]\n", "u,v,t", "1,2,3"),
    ],
    ids=["rows", "targets", "columns"],
)
def test_reading_ends_with_the_first_problem_that_is_not_shown(
    tmp_path: Path, more: str, header: str, row: str
) -> None:
    text = changed(DATA, ("half_squared_error", "binary_cross_entropy"))
    if "c299" in more:
        text = changed(text, ('nodes = ["n"]', "units = 300"), ("[[1, 2]]", '{ init = "he_normal", seed = 1 }'))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(in_folder(tmp_path, text + more, t=f"{header}\n" + f"{row}\n" * 300))
    assert len(caught.value.problems) == MOST_SHOWN + 1


@pytest.mark.parametrize(("rows", "read_on"), [(MOST_SHOWN, True), (MOST_SHOWN + 1, False)])
def test_reading_ends_with_wrong_cells_that_are_not_shown_too(tmp_path: Path, rows: int, read_on: bool) -> None:
    """A column of them is told in few lines, but each counts: what is wrong further down is not looked for."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario(in_folder(tmp_path, DATA + TARGETS, t="u,v,t\n" + "1,x,3\n" * rows + "1,2\n"))
    assert len(caught.value.problems) == ENOUGH + read_on
    assert ("2 cells, but the header has 3" in str(caught.value)) == read_on


@given(st.text(st.sampled_from("a,\n\r\v\x1c\x85\u2028")))
def test_lines_are_the_same_a_piece_at_a_time(text: str) -> None:
    with patch("engine.files.cells.PIECE", 2):
        assert [*_split(text)] == text.splitlines(keepends=True)


def test_a_batch_of_too_many_numbers() -> None:
    """It would not fit in memory, or take minutes for a step: the file says so before there is any."""
    softmax = changed(
        SMALL, ("half_squared_error", "output"), ("targets = [0.5]", ""), ("sigmoid", "softmax"),
        ('nodes = ["n"]', "units = 30"), ("[[1, 2]]", '{ init = "he_normal", seed = 1 }'),
    )  # fmt: skip
    wide = softmax.replace("softmax", "sigmoid")
    rows = "[[example]]\ninputs = [1, 2]\n" * 19
    with patch("engine.files.training.MAX_AT_ONCE", 800):
        (problem,) = problems_of(f'{wide}{rows}[training]\nbatch = "all"\n')
        assert str(problem) == (
            "bad.toml: training.batch: 20 examples at once make 1,200 numbers in one step: "
            "800 are the most: give a smaller batch"
        )
        assert parse_scenario(f"{wide}{rows}[training]\nbatch = 13\n", "fine.toml").training.batch == 13
        (problem,) = problems_of(softmax)
        assert str(problem).startswith("bad.toml: network: an example makes 900 numbers in one step: 800 are the most")
    with patch("engine.files.training.MAX_NUMBERS", 800):
        (problem,) = problems_of(wide + rows * 2)
        assert str(problem).startswith("bad.toml: example: 39 examples make 1,170 numbers of a layer: 800 are the most")


@pytest.mark.parametrize(
    ("changes", "targets", "words"),
    [
        ([("half_squared_error", "binary_cross_entropy")], TARGETS, "t.csv line 3: the target 1.5 is out of range"),
        (
            [],
            "targets = { column = 't', one_hot = true }",
            "data.targets: the column has 2 different values, but the network has 1",
        ),
        ([], "", "data.targets: it is missing"),
        ([], 'targets = ["u", "t"]', "has 2 "),
    ],
)
def test_targets_that_a_table_has_not(tmp_path: Path, changes: list[tuple[str, str]], targets: str, words: str) -> None:
    text = changed(DATA, *changes) + targets
    with pytest.raises(ScenarioError) as caught:
        load_scenario(in_folder(tmp_path, text, t="u,v,t\n1,2,1\n3,4,1.5\n"))
    assert words in str(caught.value)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("name", ["/etc/passwd", "../w.csv", "a/../../w.csv", "", "nowhere.csv", ".", "w\\u0000"])
def test_a_table_is_in_the_scenarios_folder(tmp_path: Path, name: str) -> None:
    path = in_folder(tmp_path, changed(SMALL, ("[[1, 2]]", f'{{ csv = "{name}" }}')))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert [problem.where for problem in caught.value.problems] == ["network.layer[1].weights.csv"]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("1,x\n", 'w.csv line 1, number 2: "x" is not a finite number'),
        ("1,2\n3,4\n", "has 2 rows"),
        ("1,2,3\n", "has 3 numbers"),
        ("", "has 0 rows"),
        ("1," * 1_100_000, "w.csv line 1 has more than 1,000,000 cells"),
        (("1," * 600_000 + "1\n") * 2, "w.csv holds more than 1,000,000 numbers"),
        ("\n" * 1_100_000, "w.csv has more than 1,000,001 lines"),
        ("1" * 200_000, "w.csv line 1: it is not CSV"),
    ],
)
def test_a_bad_table_of_weights(tmp_path: Path, table: str, words: str) -> None:
    path = in_folder(tmp_path, changed(SMALL, ("[[1, 2]]", '{ csv = "w.csv" }')), w=table)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert words in str(caught.value)
    assert len(caught.value.problems) == 1


# What a bad file is told


@pytest.mark.parametrize(
    ("changes", "more", "place", "words"), BAD, ids=[f"{i}-{case[2]}" for i, case in enumerate(BAD)]
)
def test_a_problem_is_told_with_place_and_remedy(
    changes: list[tuple[str, str]], more: str, place: str, words: list[str]
) -> None:
    problems = problems_of(changed(SMALL, *changes) + more)
    here = [problem for problem in problems if problem.where == place]
    assert here, problems
    assert all(word in str(here[0]) for word in words), here
    assert str(here[0]).startswith(f"bad.toml: {place}: ")
    others = {problem.where for problem in problems} - {place}
    misspelt = {"network.layer[1].activatio", "network.los"}
    assert others <= misspelt | ({"network.loss"} if place == "network.los" else set()), "a problem is told once"


def test_examples_stand_in_one_place_only() -> None:
    assert "both [data] and [[example]]" in str(problems_of(SMALL + '[data]\ncsv = "t.csv"\ninputs = ["u", "v"]\n')[0])


def test_a_fine_file_has_no_problems() -> None:
    assert small().theta.tolist() == [1, 2]  # or every case above would pass for the wrong reason


def test_softmax_stands_in_any_layer() -> None:
    text = LAYERS.format(LAYER.format(2, "").replace("tanh", "softmax") + LAYER.format(2, ""))
    assert parse_scenario(text, "fine.toml").layered.layer(1).activation.name == "softmax"


def test_every_problem_is_reported_at_once() -> None:
    text = changed(
        MAZUR,
        ('title = "Mazur', 'titel = "Mazur'),
        ('activation = "sigmoid"', 'activation = "sigmod"'),
        ("[[0.15, 0.20], [0.25, 0.30]]", "[[0.15, true], [0.25]]"),
        ("[[0.40, 0.45], [0.50, 0.55]]", "[[0.40, 0.45, 1], [0.50, 0.55]]"),
        ('"w7"', '"h1"'),
        ("learning_rate = 0.5", "learning_rate = -0.5"),
        ("batch = 1", 'batch = 5\nfrozen = ["w99"]'),
        ("targets = [0.01, 0.99]", "targets = [0.01]"),
        ('quantity = "x[h1]"', 'quantity = "x[h9]"'),
        ('value = "0.593269992"', 'value = "?"'),
        ('variant = { update = "immediate" }', ""),
    )
    text += '\n[[note]]\nat = "never"\ntext = "t"\n'
    assert [problem.where for problem in problems_of(text)] == [
        "title",
        "titel",
        "network.layer[1].activation",
        "network.layer[1].weights row 1, number 2",
        "network.layer[2].weight_names row 2, number 1",
        "network.layer[1].weights row 2",
        "network.layer[2].weights row 1",
        "example[1].targets",
        "training.learning_rate",
        "training.batch",
        "training.frozen[1]",
        "published[1].quantity",
        "published[2].value",
        "published[7].variant",
        "note[1].at",
    ]


def test_a_bad_part_makes_no_noise_elsewhere() -> None:
    assert [problem.where for problem in problems_of(changed(MAZUR, ('["h1", "h2"]', '["h 1", "h2"]')))] == [
        "network.layer[1].nodes[1]"
    ]
    assert [problem.where for problem in problems_of(changed(MAZUR, ('nodes = ["h1", "h2"]', "units = true")))] == [
        "network.layer[1].units"
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('title = "a"\ntitle = "b"\n', "line 2, column 12"),
        ("a = 1\nb = = 2\n", "line 2, column 5"),
        ('a = "\x1b"', "line 1, column 6"),
        ("a = " + "[" * 5000, ""),
        ("a = " + "1" * 5000, "line 1"),
        ("a = 1\n" + "a." * 400_000 + "b = 1", "line 2"),
        ("a = 2020-13-45\n", "line 1, column 9"),
        ("a = [", "end of the file"),
    ],
)
def test_what_is_not_toml(text: str, place: str) -> None:
    problems = problems_of(text)
    assert [problem.where for problem in problems] == [place]


# Limits


def test_too_many_layers() -> None:
    problems = problems_of(LAYERS.format(LAYER.format(1, "") * 33))
    assert [str(problem) for problem in problems] == ["bad.toml: network.layer: there are 33 layers: 32 are the most"]


def test_too_many_parameters_take_no_time() -> None:
    start = time.process_time()
    problems = problems_of(LAYERS.format(LAYER.format(1_000_000, "") + LAYER.format(1_000_000, "")))
    assert [problem.where for problem in problems] == ["network"]
    assert "1,000,000 are the most" in str(problems[0])
    assert time.process_time() - start < 5


def test_what_is_not_trained_needs_no_memory() -> None:
    frozen = MOMENTUM.replace("[resume]", 'frozen = ["w_b_n"]\n[resume]')
    assert small(more=frozen + "[resume.v]\nw_a_n = 0.5\n").resume.state.tolist() == [[0.5, 0.0]]


def test_rows_of_unknown_length_are_alike() -> None:
    problems = problems_of(changed(SMALL, ('["a", "b"]', "3"), ("[[1, 2]]", "[[1, 2], [3]]"), ('["n"]', '["n", "m"]')))
    assert "network.layer[1].weights row 2: has 1 number, but row 1 has 2" in "\n".join(map(str, problems))


def test_biases_are_parameters_too() -> None:
    with patch("engine.files.shape.MAX_PARAMETERS", 2):
        small()
        for bias in ("0.5", "[0.5]"):
            text = changed(SMALL, ("weights", f"bias = {bias}\nweights"))
            assert "there are 3 parameters" in str(problems_of(text)[0])


HUGE = "0x" + "f" * 9000
"""A whole number of more digits than Python writes out."""


@pytest.mark.parametrize("more", [f"[training]\nbatch = {HUGE}\n", f"{FIGURE}example = {HUGE}\n"])
def test_a_whole_number_of_thousands_of_digits(more: str) -> None:
    (problem,) = problems_of(SMALL + more)
    assert "a number of too many digits" in problem.message


def test_an_epoch_beyond_the_last_iteration() -> None:
    (problem,) = problems_of(SMALL + FIGURE.replace('"E"', '"E_epoch[10000000]"'))
    assert str(problem) == (
        "bad.toml: published[1].quantity: E_epoch[10000000] takes 10,000,001 iterations: 10,000,000 are the most"
    )


def test_countless_unknown_names_in_a_large_network_take_no_time() -> None:
    wide = changed(SMALL, ('nodes = ["n"]', "units = 2000"), ("[[1, 2]]", '{ init = "he_normal", seed = 1 }'))
    wide = wide.replace("[0.5]", str([0.5] * 2000))
    names = ", ".join(f'"w_a_o{k}z"' for k in range(1, 40_000))
    figures = "".join(f'[[published]]\nquantity = "w[w_a_o{k}z]"\nvalue = "1"\n' for k in range(1, 5000))
    for more in (f"[training]\nfrozen = [{names}]\n", figures):
        start = time.process_time()
        first = problems_of(wide + more)[0]
        assert time.process_time() - start < 10
        assert "the nearest is w_a_o1" in str(first)


def test_a_row_of_another_length_is_told_that_and_no_more() -> None:
    text = changed(SMALL, ("half_squared_error", "binary_cross_entropy"), ("targets = [0.5]", "targets = [2, 3]"))
    assert [problem.where for problem in problems_of(text)] == ["example[1].targets"]


def test_countless_problems_are_cut_short() -> None:
    text = changed(SMALL, ("[[1, 2]]", f"[{'[true, true],' * 50_000}]"))
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "bad.toml")
    assert len(str(caught.value).splitlines()) <= 101
    assert "more problems" in str(caught.value)


def test_one_problem_more_is_one() -> None:
    problems = [Problem("bad.toml", f"example[{number}]", "it is wrong") for number in range(MOST_SHOWN + 1)]
    assert str(ScenarioError(problems)).endswith("and 1 more problem")
    for more, words in ((1, "there is 1 more problem"), (2, "there are 2 more problems")):
        with pytest.raises(ScenarioError) as caught:
            parse_scenario(changed(SMALL, ("[[1, 2]]", f"[{'[true],' * (MOST_SHOWN + more)}]")), "bad.toml")
        assert words in [problem.message for problem in caught.value.problems]


MANY = range(3000)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ("".join('[[note]]\nat = "E"\ntext = ""\n' for _ in MANY), "note["),
        (f"{VARIANT}variant = {{ set = {{ {', '.join(f'v{k} = 1' for k in MANY)} }} }}\n", "published[1].variant.set."),
        (f"{MOMENTUM}v = {{ {', '.join(f'v{k} = 1' for k in MANY)} }}\n", "resume.v."),
        (f"[data]\ncsv = 't.csv'\ninputs = {[f'c{k}' for k in MANY]}\ntargets = ['t']\n", "data"),
    ],
    ids=["notes", "variant", "resume", "columns"],
)
def test_of_countless_problems_of_one_kind_only_the_first_are_looked_for(tmp_path: Path, more: str, place: str) -> None:
    text = changed(SMALL, (EXAMPLE, "")) if "[data]" in more else SMALL
    with pytest.raises(ScenarioError) as caught:
        load_scenario(in_folder(tmp_path, text + more, t="u,v\n1,2\n"))
    assert all(problem.where.startswith(place) for problem in caught.value.problems)
    assert 100 < len(caught.value.problems) < 300


@pytest.mark.parametrize(
    ("row", "changes", "found"),
    [("1\n", [], 101), ("x,2,3\n", [], 5), ("1,2,7\n", [("half_squared_error", "binary_cross_entropy")], 101)],
    ids=["cells", "numbers", "targets"],
)
def test_of_countless_bad_rows_only_the_first_are_looked_for(
    tmp_path: Path, row: str, changes: list[tuple[str, str]], found: int
) -> None:
    path = in_folder(tmp_path, changed(DATA, *changes) + TARGETS, t="u,v,t\n" + row * 3000)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert len(caught.value.problems) == found


# Where a file comes from


def told(source: str | Path) -> str:
    start = time.process_time()
    with pytest.raises(ScenarioError) as caught:
        load_scenario(source)
    assert time.process_time() - start < 2
    assert str(caught.value).replace("\n", "").isprintable()
    return str(caught.value)


@pytest.mark.posix
def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    assert "it is a folder" in told(tmp_path)
    assert "it is a pipe" in told(tmp_path / "pipe.toml")
    assert "it is a device" in told("/dev/zero")
    assert "there is no such file" in told(tmp_path / "none.toml")
    assert "there is no such file" in told(tmp_path / "none" / "none.toml")
    assert "cannot be read" in told(tmp_path / "loop.toml")
    assert "cannot be read" in told(f"{tmp_path}/{'x' * 5000}.toml")
    assert "it is no path" in told("a\0.toml")
    assert "\x1b" not in told("\x1b[31m.toml")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SMALL)
    (tmp_path / "s.toml").chmod(0)
    assert "cannot be read" in told(tmp_path / "s.toml")


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text("#" * (2**20 + 1))
    assert "it is too large: 1 MiB are the most" in told(tmp_path / "s.toml")
    with (tmp_path / "sparse.toml").open("wb") as file:
        file.truncate(2**40)
    assert "too large" in told(tmp_path / "sparse.toml")
    (tmp_path / "fits.toml").write_text(SMALL + "#" * (2**20 - len(SMALL)))
    assert load_scenario(tmp_path / "fits.toml").name == "fits"


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_bytes(b'title = "a"\n# \xff\n')
    assert "line 2 is not UTF-8 (byte 15)" in told(tmp_path / "s.toml")


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load_scenario(tmp_path / "s.toml").title == "small"


def test_a_shipped_name_wins_over_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("mazur", "mazur.toml", "mine"):
        (tmp_path / name).write_text(SMALL)
    assert load_scenario("mazur").title.startswith("Mazur")
    assert load_scenario("mazur.toml").title == "small"
    assert load_scenario("./mazur").title == "small"
    assert load_scenario("mine").title == "small"
    assert load_scenario(Path("mazur")).title == "small"


def test_an_unknown_name_is_told_in_one_line() -> None:
    assert told("mazr") == 'scenario: there is no scenario "mazr", shipped or as a file here: the nearest is mazur'
    assert told("MAZUR") == 'scenario: there is no scenario "MAZUR", shipped or as a file here: the nearest is mazur'
    assert told("mazur.toml") == "mazur.toml: there is no such file: a shipped one is called mazur"
    assert len(told("").splitlines()) == 1
    assert len(told("x" * 5000)) < 300


def test_a_number_of_thousands_of_digits_has_its_place_and_a_remedy() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(f'title = "one"\nx = 1{"0" * 5000}\n', "long.toml")
    (problem,) = caught.value.problems
    assert str(problem) == "long.toml: line 2: a number of 5,001 digits is too long: write it like 1e100"


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_scenario_is_fine(name: str) -> None:
    assert load_scenario(name).name == name


def test_reading_needs_no_terminal_library() -> None:
    code = "import sys; from engine.files import load_scenario; load_scenario('mazur'); print('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


# Whatever is in a file, reading it gives a scenario or a ScenarioError, and what it gives can be walked

RICH = Path(__file__).parent / "rich" / "rich.toml"
BASES = st.sampled_from([MAZUR, RICH.read_text()])
PIECES = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        [
            "[",
            "]",
            '"',
            "=",
            "\n",
            "\r\n",
            ",",
            "nan",
            "true",
            "-1",
            "{}",
            "1e400",
            "\0",
            "\x1b[31m",
            "\ufeff",
            "\u202e",
        ]
    ),
)


def survives(source: str | Path) -> None:
    try:
        scenario = load_scenario(source) if isinstance(source, Path) else parse_scenario(source, "any.toml", RICH)
    except ScenarioError as error:
        assert error.problems  # noqa: PT017
        assert str(error).replace("\n", "").isprintable()  # noqa: PT017
    else:
        complete(scenario, Session.open(scenario).values)


def mutated(data: st.DataObject, text: str) -> str:
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + data.draw(PIECES) + text[end:]
    return text


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_mutated_text(data: st.DataObject) -> None:
    survives(mutated(data, data.draw(BASES)))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_mutated_tables(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp() / "mutated"
    folder.mkdir(exist_ok=True)
    for path in RICH.parent.iterdir():
        text = path.read_bytes().decode()
        changed = mutated(data, text) if path.suffix == ".csv" else text
        (folder / path.name).write_bytes(changed.encode(data.draw(st.sampled_from(["utf-8", "utf-8", "utf-16"]))))
    (folder / RICH.name).write_bytes(RICH.read_bytes())
    survives(folder / RICH.name)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_mutated_bytes(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    content = bytearray(data.draw(BASES).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "mutated.toml"
    path.write_bytes(content)
    survives(path)


VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(10**40), 10**40), st.floats(), st.text(max_size=5),
        st.sampled_from(["h1", "w5", "o1", "adam", "softmax", "cross_entropy", "source", "E", "all", "step", "h"]),
        st.sampled_from(["weights.csv", "examples.csv", ".", "/dev/zero"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["csv", "init", "seed", "name", "column", "set", "x", "y\x1b"]), inner, max_size=3
        ),
    ),
    max_leaves=6,
)  # fmt: skip


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in items for place in [(*path, key), *places_in(item, (*path, key))]]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_mutated_structures(data: st.DataObject) -> None:
    import tomllib

    tree = tomllib.loads(data.draw(BASES))
    for _ in range(data.draw(st.integers(1, 4))):
        places = places_in(tree)
        if not places:
            break
        *path, last = data.draw(st.sampled_from(places))
        parent = tree
        for key in path:
            parent = parent[key]
        action = data.draw(st.sampled_from(["replace", "delete", "add"]))
        if action == "delete":
            del parent[last]
        elif action == "add" and isinstance(parent, dict):
            key = data.draw(
                st.sampled_from(
                    ["units", "bias", "train_bias", "data", "frozen", "stop", "weights_by", "odd", "tie", "inputs", "m"]
                )
            )
            parent[key] = data.draw(VALUES)
        else:
            parent[last] = data.draw(VALUES)
    with patch("engine.files.read.parse_toml", lambda *_: tree):
        survives("")
