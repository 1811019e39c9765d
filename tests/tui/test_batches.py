"""Sums over a batch say of which example each number is, wherever a calculation is written."""

import re

import pytest
from msgspec.structs import replace

from engine.ask.lookup import value_at
from engine.explain.terms import explain
from engine.files import load_scenario
from engine.formula.quantity import Quantity
from engine.program.expression import parse_quantity
from engine.walking.session import Session
from tests.networks import make
from tests.tui.screens import opened, press, screen_text
from tests.tui.test_plain import said
from tui.cli import main
from tui.words.calculation import symbols_of, text_of

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def named_numbers(text, session):
    """The numbers of names like `y[h1]⁽4⁾`, read as a person would: the example counts the file's rows from 1."""
    batch = session.values.examples
    for name, example in re.findall(r"([\w/]+\[\w+\])⁽([⁰¹²³⁴⁵⁶⁷⁸⁹]+)⁾", text):
        number = batch.index(int(example.translate(SUPERSCRIPTS)) - 1)
        yield value_at(session, parse_quantity(name), number)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", ["E", "dE/dw"])
def test_each_name_says_the_row_of_the_file_whose_number_stands_below_it(seed, kind):
    scenario = make((2, 3, 2), "tanh", examples=12, batch=3, bias="shared", seed=seed)
    scenario = replace(scenario, training=replace(scenario.training, shuffle=seed))
    session = Session.open(scenario).seek(2, 14)
    names = ["E"] if kind == "E" else [f"dE/dw[{name}]" for name in scenario.network.parameter_names]
    for name in names:
        explanation = explain(session, parse_quantity(name))
        operands = [piece.value for part in explanation.parts for piece in part.pieces if not isinstance(piece, str)]
        assert list(named_numbers(text_of(symbols_of(explanation, scenario.notation)), session)) == operands


def test_a_batch_of_one_needs_no_examples_in_its_names():
    session = Session.open(make(examples=3)).seek(1, 14)
    for quantity in (Quantity("E"), Quantity("dE/dw", "w1_1_1")):
        assert "⁽" not in text_of(symbols_of(explain(session, quantity), session.scenario.notation))


NAMED = "(h_h1⁽¹⁾·∂J/∂z_y1⁽¹⁾ + h_h1⁽²⁾·∂J/∂z_y1⁽²⁾) / 2"


def test_in_text_and_in_plain_sentences(capsys):
    assert main(["trace", "baeldung-batches", "--notation", "document"]) == 0
    text = capsys.readouterr().out
    assert f"∂J/∂w5 = {NAMED}\n" in text
    assert "iteration 0, examples 1–2\n" in text
    lines = said(capsys, *[""] * 9, scenario=load_scenario("baeldung-batches"))
    named = "(y[h1]⁽¹⁾·dE/dx[y1]⁽¹⁾ + y[h1]⁽²⁾·dE/dx[y1]⁽²⁾) / 2"
    assert f"dE/dw[w5] = {named} = (0.584191·(−0.199317) + 0.473774·0.274368) / 2 = 0.00677471." in lines


@pytest.mark.parametrize("command", ["trace", "worksheet"])
@pytest.mark.parametrize("layout", ["markdown", "latex"])
def test_in_mathematics(command, layout, capsys):
    assert main([command, "baeldung-batches", "--format", layout]) == 0
    text = capsys.readouterr().out.replace(" _", "_")
    assert r"\dfrac{1}{2} \bigl(E_{y1}^{(1)} + E_{y1}^{(2)}\bigr)" in text
    assert r"y_{h1}^{(2)} \cdot \left(\dfrac{dE}{dx_{y1}}\right)^{(2)}" in text
    assert "teration 0, examples 1–2" in text


async def test_on_the_screen():
    async with opened("baeldung-batches") as (app, pilot):
        await press(pilot, *["right"] * 9)
        text = screen_text(app)
        assert f"∂J/∂w5 = {NAMED}" in text
        assert "batch 1–2 of 6   example 1   step 9/14" in text
        await press(pilot, "k")
        assert "ex. 1" in screen_text(app)
        assert "ex. 2" in screen_text(app)
