"""Rows that are computed once are what they would be each time."""

from functools import partial

import numpy as np
import pytest
from msgspec.structs import replace

from engine import Session, compare, load_scenario, node_arrays
from engine.comparison import known_rows, verdicts
from engine.comparison.known_rows import KnownRows
from engine.walking.advance import begin, complete, first_state
from engine.walking.values import followed
from tests.engine.comparison import faulty, faulty_graph
from tests.engine.comparison.numbers import arrays_of, completed

with_row = known_rows.with_row
NAMES = ["mazur", "softmax", "penalty", "baeldung-full-batch", "perceptron", "lstm-cell", "attention", "batch-norm"]


def started(name):
    scenario = load_scenario(name)
    steps = Session.open(scenario).timeline.steps
    return scenario, lambda: begin(scenario, steps, 0, np.array(scenario.theta), first_state(scenario))


def walked(known, scenario, values, without=None):
    """Every row; of one of them (which no rule makes) the numbers are doubled."""
    while not values.complete:
        index, before = len(values.results), values
        values = known.row(scenario, values)
        if index == without:
            values = replace(before, results=followed(before.results, 2 * values.results[-1]), previous=before)
    return values


@pytest.mark.parametrize("name", NAMES)
def test_a_walk_is_the_same_and_no_row_is_computed_again(name, monkeypatch):
    scenario, start = started(name)
    known, whole = KnownRows(), complete(scenario, start())
    first = walked(known, scenario, known.begin(start()))
    asked = []

    def noted(scenario, values):
        asked.append(values)
        return with_row(scenario, values)

    monkeypatch.setattr(known_rows, "with_row", noted)
    again = walked(known, scenario, known.begin(start()))
    for values in (first, again):
        assert all(map(np.array_equal, values.results, whole.results))
        assert np.array_equal(values.theta, whole.theta)
        assert np.array_equal(values.state, whole.state)
        assert (values.error, values.penalty) == (whole.error, whole.penalty)
        assert np.array_equal(values.example_errors, whole.example_errors)
    assert {values.steps.rows[len(values.results)].quantity for values in asked} <= {"w+"}


@pytest.mark.parametrize("name", NAMES)
def test_with_another_row_those_made_of_it_are_others(name):
    scenario, start = started(name)
    known = KnownRows()
    right = walked(known, scenario, known.begin(start()))
    for index, row in [*enumerate(right.steps.rows)][1::3]:
        if row.quantity not in ("E", "w+"):
            expected = walked(KnownRows(most=0), scenario, start(), without=index)
            for _ in range(2):
                found = walked(known, scenario, known.begin(start()), without=index)
                assert all(map(np.array_equal, found.results, expected.results))
                assert np.array_equal(found.theta, expected.theta)
                assert all(found.results[place] is right.results[place] for place in range(index))


def test_other_parameters_begin_another_walk():
    scenario, start = started("mazur")
    known = KnownRows()
    walked(known, scenario, known.begin(start()))
    other = replace(start(), theta=scenario.theta + 0.25)
    found, expected = walked(known, scenario, known.begin(other)), complete(scenario, other)
    assert all(map(np.array_equal, found.results, expected.results))


def test_of_more_than_there_is_room_for_nothing_is_kept():
    scenario, start = started("mazur")
    known = KnownRows(most=5000)
    first, again = (walked(known, scenario, known.begin(start())) for _ in range(2))
    kept = [one is other for one, other in zip(first.results, again.results, strict=True)]
    assert kept == sorted(kept, reverse=True)
    assert 0 < sum(kept) < len(kept) / 2
    assert all(map(np.array_equal, first.results, again.results))


@pytest.mark.parametrize("module", [faulty, faulty_graph])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_said_is_the_same(module, seed, monkeypatch):
    found = repr(module.one(seed)[3])
    monkeypatch.setattr(verdicts, "KnownRows", partial(KnownRows, most=0))
    assert repr(module.one(seed)[3]) == found


def test_what_is_said_of_a_later_iteration_is_the_same(monkeypatch):
    scenario = load_scenario("mazur")
    other = replace(scenario, training=replace(scenario.training, learning_rate=0.45))
    numbers = arrays_of(completed(other, 2))
    found = compare(completed(scenario, 2), numbers)
    assert [cause.cause for cause in found.causes] == ["learning-rate"]
    monkeypatch.setattr(verdicts, "KnownRows", partial(KnownRows, most=0))
    assert repr(compare(completed(scenario, 2), numbers)) == repr(found)


def test_a_mistake_that_is_told_in_a_table_is_looked_for_in_other_rows():
    """A loss with its settings is one; a derivative of each layer is a row after which there are more."""
    right = completed(load_scenario("four-layer"))
    numbers = arrays_of(right)
    numbers["da3"] = -numbers["da3"]
    found = compare(right, numbers)
    assert [(cause.cause, cause.at) for cause in found.causes] == [("sign", "dE/dy[o]")]


def test_without_the_slope_of_a_mean_over_the_batch_it_is_of_as_many_examples():
    """What was done in each iteration up to a later one is tried in rows whose local derivatives are a batch's."""
    right = completed(load_scenario("batch-norm"), 2)
    found = compare(right, {"dE/dw[g]": -0.9 * node_arrays(right, "g").d_error_d_value})
    assert found.first.quantity == "dE/dw[g]"
