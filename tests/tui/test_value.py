"""`gradstep value`: numbers of a walk by their names, as `trace` has them; expressions that begin with a minus."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ask.reading import OfExample, Reader
from engine.explain.trace import walk
from engine.files import load_scenario
from engine.formula.quantity import Quantity
from engine.walking.session import Session
from tests.engine.graphs.files import CIRCUIT
from tests.tui.test_trace import BATCH, DIVERGING
from tui.cli import main


def printed(capsys, *words, code=0):
    assert main(["value", *words]) == code
    return capsys.readouterr().out.splitlines()


def test_one_number_a_line_in_full_precision(capsys):
    assert printed(capsys, "mazur", "dE/dw[w5]", "-learning_rate * dE/dx[h1]", "-dE/dx[h1]") == [
        "0.0821670405642308",
        "-0.00438567734474347",
        "-0.00877135468948694",
    ]


def test_an_expression_may_begin_with_a_minus_and_options_stand_anywhere(capsys):
    (line,) = printed(capsys, "mazur", "-x[h1]", "--json", "--at", "0:x[h1]", "−x[h1]", "dE/dx[h1]")
    assert json.loads(line) == {"-x[h1]": -0.3775, "−x[h1]": -0.3775, "dE/dx[h1]": None}
    assert printed(capsys, "--at=3", "--", "mazur", "-h1") == ["—"]


def test_what_is_not_computed_at_the_place(capsys):
    assert printed(capsys, "mazur", "--at", "3:dE/dw[w5]", "dE/dw[w5]", "dE/dw[w1]", "w[w1]") == [
        repr(at("mazur", 3, "dE/dw[w5]")),
        "—",
        repr(at("mazur", 3, "w[w1]")),
    ]


def at(name, iteration, text):
    session = Session.open(load_scenario(name))
    return Reader(session.seek(iteration, session.count)).read(text)


def test_other_numbers(capsys):
    changed = printed(capsys, "mazur", "--set", "w5=0.41", "w5", "w[w5]", "y[o1]")
    assert changed[:2] == ["0.41", "0.41"]
    assert changed[2] != printed(capsys, "mazur", "y[o1]")[0]


def test_graphs_and_epochs(capsys, tmp_path):
    path = tmp_path / "circuit.toml"
    path.write_text(CIRCUIT)
    session = Session.open(load_scenario(str(path)))
    steps = [step for step in walk(session, 0, 1) if step.row.quantity == "dE/dy"]
    for step in steps:
        (name,) = step.row.items
        assert printed(capsys, str(path), f"dE/dy[{name}]") == [repr(Reader(step).number(Quantity("dE/dy", name)))]
    assert printed(capsys, "mazur", "E_epoch[0]", "E_epoch[1]", "--at", "0:E") == [
        *printed(capsys, "mazur", "E"),
        "—",
    ]


def test_of_one_example_its_own(capsys, tmp_path):
    path = tmp_path / "batch.toml"
    path.write_text(BATCH)
    asked = ("E", "dE/dw[w_i1_o1]", "x[o1]", "w+[w_i1_o1]", "learning_rate")
    assert printed(capsys, str(path), *asked) == ["0.3125", "1.25", "0.5", "0.1875", "0.25"]
    assert printed(capsys, str(path), *asked, "--example", "2") == ["0.5", "2.0", "1.0", "0.1875", "0.25"]


def test_a_walk_that_ends_before_the_place_says_so(capsys, tmp_path):
    path = tmp_path / "diverging.toml"
    path.write_text(DIVERGING)
    assert main(["value", str(path), "x[o1]", "y[i1]", "E"]) == 1
    output = capsys.readouterr()
    assert (output.out, "became +∞" in output.err) == ("inf\n1e+200\n—\n", True)
    assert printed(capsys, str(path), "--json", "--at", "5", "y[i1]", code=1) == ['{"y[i1]": null}']
    assert printed(capsys, str(path), "--json", "x[o1]", code=1) == ['{"x[o1]": "inf"}']


@pytest.mark.parametrize(
    ("words", "say"),
    [
        (["mazur", "dE/dw[w9]"], "there is no parameter w9: there are w1, w2"),
        (["mazur", "zz"], "'zz' is not known: give a quantity like dE/dw[w5]"),
        (["mazur", "x[h1", "E +"], "column"),
        (["mazur", ""], "it is empty: give a quantity"),
        (["mazur", "E", "--at", "3:x[q]"], "--at 3:x[q]: there is no node q"),
        (["mazur", "E", "--at", "end"], "'end' is not known: give an iteration like 1000, or a place like 3:dE/dw[w"),
        (
            ["mazur", "E", "--at", "1e3:E"],
            "'1e3' is no iteration: before the : stands a whole number from 0, like 3:dE",
        ),
        (["mazur", "E", "--at", ":E"], "'' is no iteration: before the : stands a whole number from 0, like 3:dE/dw[w"),
        (["mazur", "E", "--at", "epoch -1"], "an epoch or an example is written like epoch 2, example 3:dE/dw[w5]"),
        (["mazur", "E", "--at", "epoch 99999999999:E"], "an epoch or an example is written like epoch 2, example 3"),
        (["mazur", "E", "--at", "example 9:E"], "an epoch or an example is written like epoch 2, example 3:dE/dw[w5]"),
        (["mazur", "E", "--example", "2"], "--example 2: there is no example 2: they are numbered from 1 to 1"),
        (["mazur", "E", "--set", "w9=1"], "--set w9"),
        (["mazur", "dy/dy[h1<-i1]"], "of a layer's node it is dy/dx"),
        (["mazzur", "E"], "mazzur"),
    ],
)
def test_mistakes(words, say, capsys):
    assert main(["value", *words]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert say in output.err


def test_what_is_missing(capsys):
    assert main(["value", "mazur"]) == 2
    assert "required: EXPRESSION" in capsys.readouterr().err


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_numbers_are_those_of_the_trace(data):
    name = data.draw(st.sampled_from(["mazur", "baeldung-batches", "unrolled-rnn", "softmax", "xor"]))
    start = Session.open(load_scenario(name))
    steps = list(walk(start, 0, 2))
    step = data.draw(st.sampled_from(steps))
    item = data.draw(st.sampled_from(step.row.items))
    quantity = Quantity(step.row.quantity, item)
    whole = start.seek(step.iteration, start.count)
    if quantity.kind != "dE/dw":  # of a tied one each use adds its part
        assert Reader(whole).read(str(quantity)) == Reader(step).read(str(quantity))
    assert Reader(step).read(f"-{quantity} * 2") == -Reader(step).read(str(quantity)) * 2
    (first, *others) = step.values.examples
    if not others:
        assert OfExample(step, first + 1).read(str(quantity)) == Reader(step).read(str(quantity))


def test_a_row_of_a_matrix_is_no_number(capsys):
    assert main(["value", "attention", "y[A.2]"]) == 2
    assert "A.2 is a part of A, not one number: its elements are A.2.1, A.2.2, A.2.3" in capsys.readouterr().err
