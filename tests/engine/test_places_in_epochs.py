"""Places counted in epochs: `epoch = 10, example = 3` is the iteration of that epoch that takes the file's example."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ask.whereabouts import place_called, place_of
from engine.check.audit import audit
from engine.files import ScenarioError, parse_scenario
from engine.formula.quantity import Quantity
from engine.program.batches import batch_of, batches_per_epoch, iteration_in
from engine.program.scenario import Training
from engine.walking.session import Session
from tui.cli import main

TEXT = """\
title = "Batches"
[network]
inputs = ["i"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["o"]
activation = "identity"
weights = [[0.5]]
weight_names = [["w"]]
[training]
learning_rate = 0.1
batch = {batch}
{more}
"""
EXAMPLES = "".join(f"[[example]]\ninputs = [{i}]\ntargets = [{2 * i + 1}]\n" for i in range(1, 6))


def scenario(batch=1, more="", figure=""):
    return parse_scenario(f"{TEXT.format(batch=batch, more=more)}{EXAMPLES}{figure}", "batches.toml")


def figure(keys, quantity="w[w]", value="0"):
    return f'[[published]]\nquantity = "{quantity}"\nvalue = "{value}"\n{keys}\n'


@given(
    count=st.integers(1, 12),
    batch=st.integers(1, 5),
    shuffle=st.none() | st.integers(0, 9),
    epoch=st.integers(0, 20),
    data=st.data(),
)
def test_the_iteration_is_of_the_epoch_and_takes_the_example(count, batch, shuffle, epoch, data):
    class Given:
        inputs = range(count)
        training = Training(batch=batch, shuffle=shuffle)

    example = data.draw(st.integers(1, count))
    k = iteration_in(Given.training, count, epoch, example)
    assert example - 1 in batch_of(Given, k)
    assert k // batches_per_epoch(Given) == epoch
    assert iteration_in(Given.training, count, epoch) == epoch * batches_per_epoch(Given)


@pytest.mark.parametrize("more", ["", "shuffle = { seed = 4 }"])
def test_a_figure_of_an_epoch_and_an_example(more):
    walk = Session.open(scenario(2, more))
    k = iteration_in(walk.scenario.training, 5, 3, 4)
    weight = walk.seek(k, 1).values.beginning.theta[0]
    at = scenario(2, more, figure("epoch = 3\nexample = 4", value=repr(float(weight))))
    (check,) = audit(at).figures
    assert (check.verdict, check.figure.iteration, check.figure.epoch) == ("match", k, 3)
    first = scenario(2, more, figure("epoch = 3"))
    assert first.published[0].iteration == 9


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("epoch = 3\niteration = 4", ["published[1].epoch", "there are both epoch and iteration"]),
        ("epoch = 3\nexample = 6", ["published[1].example", "there is no example 6", "5 examples, counted from 1"]),
        (
            "epoch = 9_000_000",
            ["published[1].epoch", "epoch 9,000,000 is beyond the last iteration"],
        ),
        ("epoch = -1", ["published[1].epoch", "-1 is out of range", "at least 0"]),
        ("epoch = 1.5", ["published[1].epoch", "1.5 is not a whole number"]),
    ],
)
def test_an_epoch_that_is_no_place(keys, words):
    with pytest.raises(ScenarioError) as caught:
        scenario(1, "", figure(keys))
    (line,) = str(caught.value).splitlines()
    for word in words:
        assert word in line, line


@pytest.mark.parametrize(
    ("text", "iteration", "quantity"),
    [
        ("epoch 10", 30, None),
        ("epoch 10, example 4", 31, None),
        ("Epoch = 10 example = 5: dE/dw[w]", 32, "dE/dw"),
        ("epoch 0:x[o]", 0, "x"),
    ],
)
def test_a_place_is_named_in_epochs(text, iteration, quantity):
    session = Session.open(scenario(2))
    subject = {"dE/dw": "w", "x": "o"}.get(quantity)
    expected = place_of(session, iteration, None if quantity is None else Quantity(quantity, subject))
    assert place_called(session, text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("epoch 1, example 6", "there is no example 6: the file has 5, counted from 1"),
        ("epoch 1, example 0", "there is no example 0: the file has 5, counted from 1"),
        (
            "epoch 5000000",
            "epoch 5,000,000 is beyond the last iteration: an epoch has 3 of 10,000,000, and is counted from 0",
        ),
    ],
)
def test_a_place_that_there_is_not_is_told(text, words, tmp_path, capsys):
    with pytest.raises(LookupError) as caught:
        place_called(Session.open(scenario(2)), text)
    assert caught.value.args[0] == words
    path = tmp_path / "batches.toml"
    path.write_text(f"{TEXT.format(batch=2, more='')}{EXAMPLES}")
    assert main(["value", str(path), "w[w]", "--at", text]) == 2
    assert f"--at {text}: {words}" in capsys.readouterr().err


def test_the_command_goes_there(tmp_path, capsys):
    path = tmp_path / "batches.toml"
    path.write_text(f"{TEXT.format(batch=2, more='')}{EXAMPLES}")
    told = []
    for place in ("epoch 2, example 3", "7"):
        assert main(["value", str(path), "w[w]", "--at", place]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
