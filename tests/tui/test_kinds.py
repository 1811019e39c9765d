"""What a number tells, in words that are true of it: an input has no activation function, not every loss targets."""

import pytest

from engine.files import load_scenario
from engine.formula.quantity import KINDS, ROW_KINDS, Quantity, kind_of
from engine.program.notation import CANONICAL
from engine.program.optimizers import OPTIMIZERS, Momentum, Sgd
from engine.program.quantity_check import check_rule
from engine.program.scenario import Training
from tests.networks import make
from tests.tui.screens import opened, press, screen_text
from tui.words.kinds import SHOWN, in_words, meaning


@pytest.mark.parametrize(
    ("name", "quantity", "words"),
    [
        ("google", Quantity("y", "in"), "an input: the example gives it, and it is passed on as it is"),
        ("google", Quantity("dE/dy", "in"), "how E changes with an input"),
        ("google", Quantity("y", "h1"), "output of a node: its activation function at x"),
        ("google", Quantity("dE/dy", "h1"), "how E changes with a node's output"),
        ("google", Quantity("w+", "w_in_h1"), "the weight or the bias after the update"),
        ("unrolled-rnn", Quantity("y", "in2"), "an input: the example gives it"),
        ("four-layer-cross-entropy", Quantity("E"), "error: how far the outputs are from their targets"),
        ("google", Quantity("E"), "error: how far the outputs are from their targets"),
    ],
)
def test_what_a_number_tells(name, quantity, words):
    assert meaning(quantity, load_scenario(name).network, CANONICAL).startswith(words)


def test_a_node_of_softmax_has_no_function_of_its_own_total_input_alone():
    network = make((2, 2, 3), "tanh", "softmax", loss="cross_entropy").network
    assert "share" in meaning(Quantity("y", "o1"), network, CANONICAL)
    assert "activation function" in meaning(Quantity("y", "h1"), network, CANONICAL)


def test_what_is_no_error_is_not_called_one():
    network = make((2, 2, 1), "tanh", "tanh", loss="output").network
    assert meaning(Quantity("E"), network, CANONICAL).startswith("the outputs, summed")


def test_words_use_the_symbols_that_are_shown():
    notation = load_scenario("one-neuron").notation
    assert in_words("dE/dy", notation) == "how L changes with a node's output"
    assert in_words("y", notation).endswith("at z")
    assert all(in_words(kind, CANONICAL) for kind in ("x", "y", "E", "dE/dy", "dE/dx", "dE/dw"))


async def test_a_lecture_says_what_an_input_is():
    async with opened("google", (120, 40)) as (app, pilot):
        await press(pilot, "right", "m")
        assert "an input: the example gives it" in " ".join(screen_text(app).split())
        assert "activation function at x" not in screen_text(app)


def test_every_kind_that_tables_show_has_its_record():
    of_layers = {symbol: kind for symbol, kind in KINDS.items() if not kind.of_graph}
    assert {symbol for symbol, kind in of_layers.items() if kind.of_node or kind.of == "parameter"} == set(SHOWN)
    assert all(KINDS[kind].words for kind in ROW_KINDS)


def test_what_an_optimizer_remembers_is_a_kind_of_its_walk_alone():
    m, new_v, m_hat = kind_of("m"), kind_of("v+"), kind_of("m_hat")
    assert (m.row, new_v.row, m_hat.row) == ("", "w+", "w+")
    assert all(kind.of_rule and kind.of == "parameter" for kind in (m, new_v, m_hat))
    for rule in OPTIMIZERS.values():
        optimizer = rule(weight_decay=0.1, coupled=True)
        for name in (*optimizer.slots, *(f"{slot}+" for slot in optimizer.slots), *optimizer.on_the_way):
            assert kind_of(name).of_rule
            assert check_rule(Quantity(name, "w"), Training(optimizer=optimizer)) is None
    assert check_rule(Quantity("m", "w"), Training(optimizer=Sgd())) == "sgd has no m: it remembers nothing"
    told = "momentum has no m_hat: it has v, v+"
    assert check_rule(Quantity("m_hat", "w"), Training(optimizer=Momentum())) == told
