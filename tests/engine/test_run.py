"""What a run came to: E of all examples, and how often the outputs tell the right class."""

import math
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.files import load_scenario, shipped_names
from engine.program.scenario import Stop
from engine.walking import run
from engine.walking.accuracy import are_classes, count_right
from engine.walking.run import measure, measured, run_on
from engine.walking.session import Session
from engine.walking.timeline import Timeline
from tests.networks import make


@pytest.mark.parametrize(
    ("targets", "classes"),
    [
        ([[0], [1], [1]], True),
        ([[1, 0, 0], [0, 0, 1]], True),
        ([[1], [1]], False),  # a target that happens to be 1
        ([[0, 1]], False),
        ([[0], [0.5]], False),
        ([[-1], [1]], True),
        ([[-1], [0], [1]], False),
        ([[1, 1], [0, 1]], False),
        ([[0, 0], [0, 1]], False),
        ([[0.01, 0.99], [0.99, 0.01]], False),
    ],
)
def test_which_targets_are_classes(targets, classes):
    assert are_classes(np.array(targets, dtype=float)) is classes
    assert not are_classes(None)


@given(st.data())
def test_the_class_that_is_told_is_the_largest_output(data):
    count, outputs = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 4))
    values = st.sampled_from([-1.0, 0.0, 0.25, 0.5, math.nextafter(0.5, 1), 0.75, 1.0, math.nan, math.inf, -math.inf])
    y = [[data.draw(values) for _ in range(outputs)] for _ in range(count)]
    own = [data.draw(st.integers(0, max(1, outputs - 1))) for _ in range(count)]
    t = [[float(c)] if outputs == 1 else [float(c == k) for k in range(outputs)] for c in own]
    right = 0
    for row, c in zip(y, own, strict=True):
        if outputs == 1:
            right += row[0] > 0.5 if c else row[0] < 0.5
        else:
            right += all(row[c] > other for k, other in enumerate(row) if k != c)
    assert count_right(np.array(y), np.array(t)) == right


@pytest.mark.parametrize("name", ["xor", "baeldung-stochastic", "four-layer", "unrolled-rnn"])
@pytest.mark.parametrize("at_once", [1, 2, 5000])
def test_some_examples_at_a_time_give_the_same_bits(name, at_once):
    start = Timeline(load_scenario(name)).start(3)
    scenario = load_scenario(name)
    with patch.object(run, "AT_ONCE", at_once):
        found = list(measure(scenario, start))
    assert set(found[:-1]) == {None}
    assert len(found) > math.ceil(len(scenario.inputs) / at_once)
    assert found[-1].error == measured(scenario, start).error
    assert found[-1].outputs.tobytes() == measured(scenario, start).outputs.tobytes()


def test_with_every_example_in_the_batch_it_is_the_error_of_the_iteration():
    outcome = run_on(load_scenario("xor"), Stop(50))
    errors = Timeline(load_scenario("xor")).errors(51)
    assert (outcome.before.error, outcome.after.error) == (errors[0], errors[50])


def test_the_mean_of_single_examples():
    scenario = load_scenario("baeldung-stochastic")
    outcome = run_on(scenario, Stop(300))
    weights, outputs = iter(outcome.theta.tolist()), []
    w1, w2, w3, w4, b1, w5, w6, b2 = weights
    for a, b in scenario.inputs.tolist():
        h = [1 / (1 + math.exp(-(p * a + q * b + b1))) for p, q in ((w1, w2), (w3, w4))]
        outputs.append(1 / (1 + math.exp(-(w5 * h[0] + w6 * h[1] + b2))))
    targets = scenario.targets[:, 0].tolist()
    error = sum((y - t) ** 2 for y, t in zip(outputs, targets, strict=True)) / len(outputs)
    assert outcome.after.error == pytest.approx(error, rel=1e-13)
    assert outcome.after.outputs[:, 0].tolist() == pytest.approx(outputs, rel=1e-13)
    assert outcome.after.right == sum((y > 0.5) == (t == 1) for y, t in zip(outputs, targets, strict=True))
    assert outcome.after.accuracy == outcome.after.right / 6


def test_a_run_that_diverged_has_no_error_but_outputs_where_they_are():
    scenario = make((2, 2, 2), "identity", "identity", learning_rate=1e6)
    outcome = run_on(scenario, Stop(5000))
    assert outcome.stopped_by == "non-finite"
    assert math.isfinite(outcome.before.error)
    assert not math.isfinite(outcome.after.error)
    assert outcome.after.right is None


@pytest.mark.parametrize("name", shipped_names())
def test_a_run_in_the_app_and_the_command_measure_the_same(name):
    scenario = load_scenario(name)
    outcome, there = run_on(scenario, Stop(7)), Session.open(scenario).fast_forward(7)
    if there.event is None:
        assert measured(scenario, there.values.beginning).error == outcome.after.error
