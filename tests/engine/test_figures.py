"""Published figures as the walk meets them: where they are, and the verdict on what is there."""

import pytest

from engine.ask.lookup import value_at
from engine.check.audit import Auditor
from engine.check.marks import figures_here, go_to_figure, plain_quantity
from engine.files import load_scenario, parse_scenario, shipped_names
from engine.formula.quantity import Quantity
from engine.walking.session import Session

TEXT = """
title = "test"
[network]
inputs = ["i"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["o"]
activation = "identity"
weights = [[2.0]]
bias = 1.0
train_bias = false
[training]
batch = 2
[[example]]
inputs = [1.0]
targets = [0.0]
[[example]]
inputs = [2.0]
targets = [0.0]
[[example]]
inputs = [3.0]
targets = [0.0]
"""


def opened(*figures):
    return Session.open(parse_scenario(TEXT + "".join(f"[[published]]\n{figure}\n" for figure in figures), "test"))


@pytest.mark.parametrize("detail", ["layer", "scalar"])
@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_figure_has_its_place(name, detail):
    session = Session.open(load_scenario(name), detail)
    auditor = Auditor(session.scenario)
    for figure in session.scenario.published:
        there = go_to_figure(session, figure)
        quantity = plain_quantity(figure)
        if quantity is None:
            continue
        assert there.iteration == figure.iteration
        batch = there.values.examples
        example = 0 if figure.example is None else figure.example - 1
        if figure.example is not None and example not in batch:
            continue
        example = 0 if figure.example is None else batch.index(example)
        assert value_at(there, quantity, example) is not None
        if figure.example is None or len(batch) == 1:
            found = figures_here(there, example)[quantity]
            assert found.verdict == auditor.check(found.figure).verdict


def test_nothing_is_marked_before_it_is_computed():
    session = opened('quantity = "x[o]"\nvalue = "3"', 'quantity = "w[w_i_o]"\nvalue = "2"')
    assert set(figures_here(session)) == {Quantity("w", "w_i_o")}
    assert set(figures_here(session.seek(0, 2))) == {Quantity("w", "w_i_o"), Quantity("x", "o")}
    assert not figures_here(session.seek(1, 2))


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        ('value = "3"', "match"),
        ('value = "4"', "mismatch"),
        ('value = "3.1"\nverdict = "rounded"\nwithin = "0.2"\nnote = "n"', "rounded"),
        ('value = "3.1"\nverdict = "rounded"\nwithin = "0.01"\nnote = "n"', "mismatch"),
        ('value = "5"\nverdict = "erratum"\nnote = "n"', "erratum"),
        ('value = "3"\nverdict = "erratum"\nnote = "n"', "stale"),
        ('value = "7"\nverdict = "variant"\nvariant = { set = { w_i_o = 6 } }\nnote = "n"', "variant"),
    ],
)
def test_verdicts(figure, verdict):
    session = opened(f'quantity = "x[o]"\n{figure}').seek(0, 2)
    assert figures_here(session)[Quantity("x", "o")].verdict == verdict


def test_of_a_number_printed_twice_the_worse_verdict_counts():
    session = opened('quantity = "x[o]"\nvalue = "3"', 'quantity = "x[o]"\nvalue = "4"').seek(0, 2)
    assert figures_here(session)[Quantity("x", "o")].verdict == "mismatch"


def test_figures_of_one_example_are_marked_with_that_example():
    session = opened('quantity = "x[o]"\nvalue = "5"\nexample = 2').seek(0, 2)
    assert figures_here(session, 0) == {}
    assert figures_here(session, 1)[Quantity("x", "o")].verdict == "match"


def test_a_parameters_derivative_of_one_example_is_not_the_batchs():
    session = opened('quantity = "dE/dw[w_i_o]"\nvalue = "3"\nexample = 1').seek(0, 7)
    assert figures_here(session) == {}


def test_a_batchs_figure_is_marked_whichever_of_its_examples_is_looked_at():
    figures = ('quantity = "E"\nvalue = "8.5"', 'quantity = "y[o]"\nvalue = "3"', 'quantity = "w+[w_i_o]"\nvalue = "1"')
    session = opened(*figures, 'quantity = "w[w_i_o]"\nvalue = "2"\nexample = 2')
    session = session.seek(0, session.count)
    everywhere = {Quantity("E"), Quantity("w+", "w_i_o"), Quantity("w", "w_i_o")}
    assert set(figures_here(session, 1)) == everywhere
    assert set(figures_here(session, 0)) == everywhere | {Quantity("y", "o")}


def test_where_a_batch_is_one_example_its_figures_are_that_ones():
    figure = '[[published]]\nquantity = "E"\nvalue = "1"\nexample = 2\niteration = {}\n'
    text = TEXT.replace("batch = 2", "batch = 1") + figure.format(0) + figure.format(1)
    session = Session.open(parse_scenario(text, "test"))
    assert set(figures_here(session.seek(0, session.count))) == set()
    assert set(figures_here(session.seek(1, session.count))) == {Quantity("E")}


def test_arithmetic_is_where_its_last_quantity_is():
    session = opened('quantity = "y[o] - dE/dw[w_i_o] * t[o]"\nvalue = "3"')
    assert go_to_figure(session, *session.scenario.published).row.quantity == "dE/dw"


def test_an_epochs_error_and_a_frozen_parameter_have_places():
    session = opened(
        'quantity = "E_epoch[1]"\nvalue = "3"', 'quantity = "w+[b_1]"\nvalue = "1"', 'quantity = "y[i]"\nvalue = "1"'
    )
    epoch, frozen, given = session.scenario.published
    assert (go_to_figure(session, epoch).iteration, go_to_figure(session, epoch).row.quantity) == (3, "E")
    assert go_to_figure(session, frozen).done == 1
    assert go_to_figure(session, given).done == 1


def test_a_mark_far_away_waits_until_it_is_known_what_rounding_does():
    text = TEXT.replace("weights = [[2.0]]", "weights = [[2.1]]").replace(
        "[training]", "[training]\nlearning_rate = 0.001"
    )
    session = Session.open(parse_scenario(text, "test")).seek(3000, 2)
    value = value_at(session, Quantity("x", "o"))
    printed = f"{value * (1 + 3e-16):.16e}"
    figure = f'[[published]]\nquantity = "x[o]"\nvalue = "{printed}"\niteration = 3000\n'
    session = Session.open(parse_scenario(text + figure, "test")).seek(3000, 2)
    for _ in range(1000):
        marks = figures_here(session)
        if marks:
            break
    assert marks[Quantity("x", "o")].verdict == "match"
