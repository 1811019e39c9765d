"""The test part, further inputs, one scale for all: against numpy, and on the way back to a file."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.ask.lookup import value_of
from engine.explain.terms import explain
from engine.files import load_scenario, parse_scenario
from engine.files.problems import ScenarioError
from engine.files.save.save import save
from engine.files.save.where import SaveError
from engine.formula.quantity import Quantity
from engine.walking.changes import ChangeError, changed
from engine.walking.session import Session
from tests.engine.data.scenarios import scenario, text

MAKE = 'make = { kind = "gauss", count = 40 }\n'
FEATURES = 'features = { f1 = "x1**2", f2 = "x1 * x2", f3 = "sin(x1)", f4 = "f1 + 1" }'


def expected(raw):
    x1, x2 = raw.T
    return np.stack((x1, x2, x1**2, x1 * x2, np.sin(x1), x1**2 + 1), axis=1)


def rows(array):
    return sorted(map(tuple, array.tolist()))


@given(some.integers(2, 80), some.floats(0.05, 0.95), some.integers(0, 1000))
def test_the_test_part_is_whole_rows_and_what_is_left_is_trained_on(count, part, seed):
    make = f'make = {{ kind = "gauss", count = {count} }}\n'
    size = round(part * count)
    if not 0 < size < count:
        with pytest.raises(ScenarioError):
            scenario(make + f"test = {part!r}", training="")
        return
    whole = scenario(make, training="")
    split = scenario(make + f"test = {{ part = {part!r}, seed = {seed} }}", training="")
    both = np.hstack((whole.inputs, whole.targets))
    kept = np.hstack((split.test.inputs, split.test.targets))
    trained = np.hstack((split.inputs, split.targets))
    assert len(kept) == size
    assert rows(np.vstack((kept, trained))) == rows(both)
    order = {row: place for place, row in enumerate(map(tuple, both.tolist()))}
    for of in (kept, trained):
        places = [order[tuple(row)] for row in of.tolist()]
        assert places == sorted(places)


def test_the_seed_of_make_is_that_of_the_split_and_another_gives_another():
    def test_of(data):
        return rows(scenario(data).test.inputs)

    assert test_of(MAKE + "test = 0.3") == test_of(MAKE + "test = { part = 0.3, seed = 1 }")
    assert test_of(MAKE + "test = 0.3") != test_of(MAKE + "test = { part = 0.3, seed = 2 }")


def test_features_are_formulas_of_the_data():
    plain, made = scenario(MAKE), scenario(MAKE, features=FEATURES)
    assert made.network.inputs == ("x1", "x2", "f1", "f2", "f3", "f4")
    np.testing.assert_allclose(made.inputs, expected(plain.inputs), rtol=1e-15)
    assert [math.sin(x) for x in plain.inputs[:, 0]] == made.inputs[:, 4].tolist()
    assert made.preparation.prepared(plain.inputs).tobytes() == made.inputs.tobytes()


def test_features_of_listed_examples_and_several_layers():
    listed = text("", features='features = { f1 = "x1 * x2" }').replace(
        "[data]", "[[example]]\ninputs = [3, 4]\ntargets = [1]"
    )
    made = parse_scenario(listed.replace("batch = 7", ""), "listed.toml")
    assert made.inputs.tolist() == [[3, 4, 12]]
    assert Session.open(made).forward().values.inputs.tolist() == [[3, 4, 12]]


def test_features_come_first_and_all_inputs_are_standardized_by_the_training_part():
    plain = scenario(MAKE + "test = 0.3")
    made = scenario(MAKE + "test = 0.3\nstandardize = true", features=FEATURES)
    unscaled, held = expected(plain.inputs), expected(plain.test.inputs)
    mean, deviation = unscaled.mean(axis=0), unscaled.std(axis=0)
    np.testing.assert_allclose(made.inputs, (unscaled - mean) / deviation, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(made.test.inputs, (held - mean) / deviation, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(made.preparation.means, mean, rtol=1e-13)
    np.testing.assert_allclose(made.preparation.deviations, deviation, rtol=1e-13)
    np.testing.assert_allclose(made.raw_inputs, plain.inputs, rtol=1e-12)


def test_a_constant_input_has_no_deviation_to_be_divided_by():
    made = scenario(MAKE + "standardize = true", features='features = { one = "1 + 0 * x1" }')
    assert made.inputs[:, 2].tolist() == [0.0] * 40


def test_a_test_part_is_never_trained_on():
    """Its numbers may be any: the walk is the same to the last bit."""
    split = scenario(MAKE + "test = 0.3")
    alone = parse_scenario(
        text("").partition("[data]")[0]
        + "[training]\nbatch = 7\nlearning_rate = 0.1\n"
        + "".join(
            f"[[example]]\ninputs = {x}\ntargets = {t}\n"
            for x, t in zip(split.inputs.tolist(), split.targets.tolist(), strict=True)
        ),
        "alone.toml",
    )
    one, other = (Session.open(s).fast_forward(100) for s in (split, alone))
    assert one.values.beginning.theta.tobytes() == other.values.beginning.theta.tobytes()
    assert one.history.tobytes() == other.history.tobytes()


def shown(session, name):
    found = explain(session, Quantity("y", name), 0)
    return found.value, "".join(
        piece if isinstance(piece, str) else "" for part in found.parts for piece in part.pieces
    )


def test_the_calculation_of_an_input_says_where_its_number_is_from():
    made = scenario('make = { kind = "gauss", count = 40 }\nstandardize = true', features=FEATURES)
    session, mean, deviation = Session.open(made).forward(), made.preparation.means[2], made.preparation.deviations[2]
    value, words = shown(session, "f1")
    x1 = scenario(MAKE).inputs[0, 0]
    assert value == value_of(made, session.values, Quantity("y", "f1")) == (x1**2 - mean) / deviation
    number = words.replace("−", "-").replace("²", "**2").replace("·", "*")
    assert eval(number) == pytest.approx(value, rel=1e-7)
    assert str(x1).removeprefix("-") in words
    assert shown(Session.open(scenario(MAKE)).forward(), "x1")[1] == ""


def test_a_changed_input_changes_what_is_made_of_it():
    made = scenario(MAKE + "standardize = true", features=FEATURES)
    other = changed(made, ["x1@3=0.5"])
    raw = 0.5 * made.preparation.deviations[0] + made.preparation.means[0]
    unscaled = expected(np.array([[raw, made.raw_inputs[2, 1]]]))[0]
    np.testing.assert_allclose(other.inputs[2], (unscaled - made.preparation.means) / made.preparation.deviations)
    assert other.inputs[2, 0] == 0.5
    assert np.delete(other.inputs, 2, 0).tobytes() == np.delete(made.inputs, 2, 0).tobytes()
    with pytest.raises(ChangeError, match=r"f1: it is made of other inputs, as x1\*\*2: change these"):
        changed(made, ["f1@3=0.5"])


@pytest.mark.parametrize("data", [MAKE, MAKE + "test = 0.3", MAKE + "test = 0.3\nstandardize = true"])
def test_it_is_saved_with_its_data_and_opens_to_the_same(data, tmp_path):
    made = changed(scenario(data, features=FEATURES), ["w_x1_h1=0.25"])
    assert save(made, tmp_path / "new.toml")
    again = load_scenario(tmp_path / "new.toml")
    assert "make = " in again.text
    assert again.inputs.tobytes() == made.inputs.tobytes()
    assert again.theta.tobytes() == made.theta.tobytes()
    assert (again.test is None) == (made.test is None)
    assert again.test is None or again.test.inputs.tobytes() == made.test.inputs.tobytes()


def test_changed_examples_are_listed_with_their_features(tmp_path):
    made = changed(scenario(MAKE, features=FEATURES), ["x1@3=0.5"])
    assert save(made, tmp_path / "new.toml")
    again = load_scenario(tmp_path / "new.toml")
    assert "make = " not in again.text
    assert again.inputs.tobytes() == made.inputs.tobytes()
    assert again.preparation.feature("f2").text == "x1 * x2"


def test_a_list_of_examples_has_no_test_part(tmp_path):
    for more, said in (("test = 0.3", "test"), ("standardize = true", "standardize")):
        made = changed(scenario(MAKE + more), ["x1@3=0.5"])
        with pytest.raises(SaveError, match=f"its examples must be listed, and {said} is of those"):
            save(made, tmp_path / "new.toml")
        assert not (tmp_path / "new.toml").exists()


def test_a_table_is_split_and_standardized_as_made_data_are(tmp_path):
    made = scenario(MAKE)
    both = np.hstack((made.inputs, made.targets))
    lines = ["x1;x2;t", *(";".join(f"{x}".replace(".", ",") for x in row) for row in both.tolist())]
    (tmp_path / "points.csv").write_text("\n".join(lines))
    table = 'csv = "points.csv"\ninputs = ["x1", "x2"]\ntargets = ["t"]\n'
    more = "test = { part = 0.3, seed = 1 }\nstandardize = true"
    read, drawn = (
        scenario(table + more, tmp_path / "a.toml", features=FEATURES),
        scenario(MAKE + more, features=FEATURES),
    )
    for one, other in ((read, drawn), (read.test, drawn.test)):
        assert one.inputs.tobytes() == other.inputs.tobytes()
        assert one.targets.tobytes() == other.targets.tobytes()


@pytest.mark.parametrize(
    ("features", "where", "told"),
    [
        ('{ f1 = "x1**" }', "network.features.f1", "column"),
        ('{ f1 = "x1 * y2" }', "network.features.f1", "y2"),
        ('{ f1 = "f2", f2 = "f1" }', "network.features.f1", "a circle: f1 ← f2 ← f1"),
        ('{ x1 = "x2" }', "network.features.x1", "the name x1 is taken by input 1"),
        ('{ h1 = "x2" }', "network.layer[1].nodes[1]", "the name h1 is taken by input 3"),
        ("{ f1 = 3 }", "network.features.f1", "3 is not text"),
        ('{ f1 = "log(x1)" }', "network.features.f1", "it has no finite value in example"),
        ('{ "f-1" = "x1" }', "network.features.f-1", "the name holds -"),
        ('["x1**2"]', "network.features", "a list is not a table"),
    ],
)
def test_what_is_wrong_with_a_feature_is_told_with_its_place(features, where, told):
    with pytest.raises(ScenarioError) as caught:
        scenario(MAKE, features=f"features = {features}")
    assert [problem.where for problem in caught.value.problems][:1] == [where]
    assert told in str(caught.value)
