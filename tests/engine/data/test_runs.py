"""Runs of what has a test part: its error and accuracy, and when there is no more patience."""

import json

import numpy as np
import pytest
from msgspec.structs import replace

from engine.program.batches import batches_per_epoch
from engine.program.scenario import Stop
from engine.walking.journey import Journey
from engine.walking.run import measured, measured_test, run_on
from engine.walking.session import Session
from engine.walking.timeline import Timeline
from tests.engine.data.scenarios import scenario, text
from tui.cli import main
from tui.dialogs.run_on import in_words, usual_stop

DATA = 'make = { kind = "xor", count = 50, noise = 0.4 }\ntest = 0.3'


def by_hand(made, theta):
    """Outputs, E and accuracy of the test part in numpy."""
    y = made.test.inputs
    for number in (1, 2):
        y = np.tanh(y @ made.network.weights(theta, number).T + made.network.biases(theta, number))
    t = made.test.targets
    return y, (((y - t) ** 2).sum(axis=1) / 2).mean(), float((np.sign(y) == np.sign(t)).mean())


def test_error_and_accuracy_of_the_test_part_are_those_of_the_last_parameters():
    made = scenario(DATA)
    outcome = run_on(made, Stop(100))
    outputs, error, accuracy = by_hand(made, outcome.theta)
    np.testing.assert_allclose(outcome.test_after.outputs, outputs, rtol=1e-12)
    assert outcome.test_after.error == pytest.approx(error, rel=1e-12)
    assert outcome.test_after.accuracy == accuracy
    assert outcome.test_before.error == pytest.approx(by_hand(made, made.theta)[1], rel=1e-12)
    assert len(outcome.after.outputs) == 35
    assert (outcome.stopped_by, outcome.best) == ("iterations", None)
    assert run_on(scenario(DATA.partition("\n")[0]), Stop(5)).test_after is None


def test_classes_of_a_test_part_are_those_of_training():
    """Though it may have examples of one class only."""
    made = scenario(DATA)
    one = np.flatnonzero(made.test.targets[:, 0] == 1)
    made = replace(made, test=replace(made.test, inputs=made.test.inputs[one], targets=made.test.targets[one]))
    found = measured_test(made, Timeline(made).start(0))
    assert found.right == int((by_hand(made, made.theta)[0] > 0).sum())
    plain = replace(made, targets=made.targets * 0.9)
    assert measured_test(plain, Timeline(plain).start(0)).right is None


@pytest.mark.parametrize("epochs", [1, 3, 10])
def test_patience_ends_a_run_so_many_epochs_after_the_least_error(epochs):
    made = scenario(DATA, training="batch = 7\nlearning_rate = 0.3")
    outcome, of_epoch = run_on(made, Stop(patience=epochs)), batches_per_epoch(made)
    assert outcome.stopped_by == "patience"
    timeline = Timeline(made)
    errors = [measured_test(made, timeline.start(k)).error for k in range(0, outcome.iterations + 1, of_epoch)]
    least = int(np.argmin(errors))
    assert outcome.best == (least * of_epoch, errors[least])
    assert outcome.iterations == (least + epochs) * of_epoch
    for until in range(1, len(errors) - 1):  # nowhere before had it waited as long
        assert until - int(np.argmin(errors[: until + 1])) < epochs
    assert outcome.test_after.error == errors[-1]


def test_iterations_and_the_bound_end_a_run_that_would_wait():
    made = scenario(DATA)
    assert run_on(made, Stop(6, patience=5)).stopped_by == "iterations"
    assert run_on(made, Stop(6, patience=5)).iterations == 6
    bound = Timeline(made).errors(9)[8] * 1.0001
    outcome = run_on(made, Stop(None, float(bound), 50))
    assert outcome.stopped_by == "error"
    assert outcome.iterations <= 8


@pytest.mark.parametrize("seconds", [1e-5, 10.0])
def test_a_run_in_slices_ends_where_one_without_does(seconds):
    made = scenario(DATA, training="batch = 7\nlearning_rate = 0.3")
    journey = Journey(Session.open(made), 10_000, epochs=3)
    while not journey.go_on(seconds):
        assert journey.here(Session.open(made)).iteration <= journey.recorded
    outcome = run_on(made, Stop(patience=3))
    assert journey.arrived().iteration == outcome.iterations
    assert journey.watch.best == outcome.best
    assert journey.arrived().row.quantity == "E"
    assert Journey(Session.open(made), 5, epochs=3).go_on(10.0)


def test_train_says_it(tmp_path, capsys):
    path = tmp_path / "made.toml"
    path.write_text(text(DATA, training="batch = 7\nlearning_rate = 0.3\nstop = { patience = 3 }"))
    assert main(["train", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    made = scenario(DATA)
    _, error, accuracy = by_hand(made, np.array(list(told["parameters"].values())))
    assert told["test_error"] == pytest.approx(error, rel=1e-12)
    assert told["test_accuracy"] == accuracy
    assert told["stopped_by"] == "patience"
    assert len(told["outputs"]) == 35
    there = replace(made, theta=np.array(list(told["parameters"].values())))
    again = measured(there, Timeline(there).start(0))
    assert (told["error"], told["accuracy"]) == (again.error, again.accuracy)
    assert main(["train", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "iterations: the error of the test part falls no more" in printed
    assert "test E = " in printed
    assert "test accuracy " in printed
    assert "test E was least at iteration " in printed


def test_the_question_says_how_long_a_run_waits():
    session = Session.open(scenario(DATA, training="stop = { iterations = 500, patience = 3 }"))
    words = "500 iterations, or until test E has not fallen for 3 epochs"
    assert in_words(usual_stop(session), "E") == words
    assert usual_stop(session.seek(100, 1)) == Stop(400, None, 3)
