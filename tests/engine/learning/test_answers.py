"""Answers: what can be typed, what can't, and on random networks never a right one rejected or a wrong one accepted."""

import math
from contextlib import suppress

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.files import load_scenario, shipped_names
from engine.predict.answer import AnswerError, read_answer, read_direction
from engine.predict.judge import judge
from engine.predict.question import question_of
from engine.program.notation import CANONICAL
from engine.program.tokens import MAX_LENGTH
from engine.walking.session import Session
from tests.engine.learning.test_mistakes import judged, question_at
from tests.networks import make, mazur


def read(text, place="x[o1]", notation=CANONICAL, scenario=None):
    return read_answer(text, question_at(scenario or mazur(), place), notation)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.378", 0.378),
        ("−.5", -0.5),
        ("+3", 3.0),
        ("-0", 0.0),
        ("1e-3", 0.001),
        ("1e−3", 0.001),
        ("2.4 × 10^-3", 0.0024),
        ("0.15*0.05 + 0.2*0.1 + 0.35", 0.15 * 0.05 + 0.2 * 0.1 + 0.35),
        ("exp(0) / (1 + exp(0))", 0.5),
        ("2**3**2", 512.0),
        ("w5", 0.40),
        ("b2 + i1", 0.65),
        ("x[h1]", 0.3775),
        ("h1", 1 / (1 + math.exp(-0.3775))),
        ("w[w5] * y[h1]", 0.4 / (1 + math.exp(-0.3775))),
        ("learning_rate", 0.5),
        ("t[o1]", 0.01),
    ],
)
def test_what_is_read(text, value):
    assert read(text).value == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "value"),
    [("net_h1", 0.3775), ("w5*out_i1 + η", 0.52), ("∂out_h1/∂net_h1", 0.2413), ("target_o1", 0.01)],
)
def test_the_notations_symbols_are_names_too(text, value):
    notation = load_scenario("mazur").notation
    assert read(text, notation=notation).value == pytest.approx(value, rel=1e-4)
    assert read(text, notation=notation, scenario=load_scenario("mazur")).value == pytest.approx(value, rel=1e-4)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("x[o1]", "x[o1]", "is what is asked"),
        ("o1", "x[o1]", "not computed yet"),
        ("dE/dx[o1]", "x[o1]", "not computed yet"),
        ("E", "x[o1]", "not computed yet"),
        ("w+[w5]", "x[o1]", "not computed yet"),
        ("dy/dx[o1]", "x[o1]", "not computed yet"),
        ("dE/dy[h1<-o1] + dE/dy[h1<-o2]", "dE/dy[h1]", "is what is asked"),
        ("dE/dy[h2<-o1]", "dE/dy[h1]", "not computed yet"),
        ("E_epoch[0]", "x[o1]", "not a number of this iteration"),
        ("x[h9]", "x[o1]", "no node h9"),
        ("h9", "x[o1]", "not known"),
        ("0,378", "x[o1]", "decimal point"),
        ("1/0", "x[o1]", "finite"),
        ("exp(1e9)", "x[o1]", "finite"),
        ("9**9**9**9**9", "x[o1]", "finite"),
        ("__import__('os').system('true')", "x[o1]", "column 1"),
        ("(lambda: 1)()", "x[o1]", "column"),
        ("0.5 if 1 else 2", "x[o1]", "column"),
        ("{0}", "x[o1]", "column 1"),
        ("[/bold]", "x[o1]", "column 1"),
        ("\x1b[31m", "x[o1]", "column 1"),
        ("(" * 400 + "1" + ")" * 400, "x[o1]", "nested deeper"),
        ("-" * 900 + "1", "x[o1]", "nested deeper"),
        ("1+" * MAX_LENGTH, "x[o1]", "characters long"),
        ("nan", "x[o1]", "not known"),
        ("inf", "x[o1]", "not known"),
        ("0x10", "x[o1]", "not known"),
    ],
)
def test_what_can_not_be_used_says_why(text, place, words):
    with pytest.raises(AnswerError, match=words):
        read(text, place)


def test_a_mistake_beside_a_symbol_of_the_notation_is_not_laid_at_its_door():
    notation = load_scenario("mazur").notation
    with pytest.raises(AnswerError, match=r"^read as 'x\[h1\] \*', column 8: a quantity or a number is missing here$"):
        read("net_h1 *", "x[o1]", notation)
    with pytest.raises(AnswerError, match=r"^column 1: 'net_h9' is not known"):
        read("net_h9 + 1", "x[o1]", notation)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    assume(text.strip())
    with suppress(AnswerError):
        assert math.isfinite(read_answer(text, QUESTION, QUESTION.before.scenario.notation).value)


QUESTION = question_at(load_scenario("mazur"), "dE/dw[w5]")


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("+", "positive"),
        ("−", "negative"),
        ("-", "negative"),
        ("0", "zero"),
        ("Up", "positive"),
        ("it goes down.", "negative"),
        ("stays", "zero"),
        ("0.3", None),
        ("h1", None),
        ("", None),
    ],
)
def test_directions(text, direction):
    assert read_direction(text) == direction


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("0.3775", "right"),
        ("0.378", "right"),
        (".377", "right"),  # half a unit off, either way of rounding
        ("0.37750", "right"),
        ("0.38", "coarse"),
        ("0.4", "coarse"),
        ("0.379", "wrong"),
        ("0.3776", "wrong"),
        ("0.15*0.05 + 0.2*0.1 + 0.35", "right"),
        ("0.0275 + 0.35", "right"),
        ("0.0276 + 0.35", "right"),  # rounded on the way: right to three digits
        ("0.03 + 0.35", "coarse"),
        ("w1*i1 + w2*i2 + b1", "right"),
        ("w1*i1 + w2*i2 + b1 + 1e-5", "wrong"),
        ("0", "wrong"),
        ("37.75 %", "right"),
    ],
)
def test_digits(text, verdict):
    assert judged(mazur(), "x[h1]", text).verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("0.359", "coarse"),  # of the change, −0.0411, it says two digits
        ("0.3589", "right"),
        ("0.35892", "right"),
        ("0.3590", "wrong"),
        ("w5 - learning_rate*dE/dw[w5]", "right"),
        ("0.4 - 0.5*0.0822", "right"),
        ("0.4 - 0.5*0.082", "coarse"),
        ("0.4 - 0.0411", "right"),
    ],
)
def test_of_an_update_the_change_is_compared(text, verdict):
    assert judged(mazur(), "w+[w5]", text).verdict == verdict


def of_one_weight(weight, hidden="identity", last="identity", *, value=1.0, target=0.0, **training):
    """One input, one node of each layer, no bias: y = f(w·f(weight·value))."""
    scenario = make((1, 1, 1), hidden, last, bias="none", **training)
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = (weight, 1.0), value, target
    return scenario


@pytest.mark.parametrize("size", [1e-320, 1e-300, 1e-9, 1e9, 1e150])
def test_huge_and_tiny_numbers(size):
    scenario = of_one_weight(size)
    for text in (repr(size), f"{size:.2e}", f"{size:.16e}", "w1_1_1", "w1_1_1*i1"):
        assert judged(scenario, "x[h1_1]", text).verdict == "right"
    assert judged(scenario, "x[h1_1]", "0").verdict == "wrong"
    assert judged(scenario, "x[h1_1]", f"{size * 1.1:.2e}").verdict == "wrong"


@pytest.mark.parametrize("text", ["0", "-0", "−0.0", "0.000", "0*i1", "-0*i1"])
def test_zero(text):
    scenario = of_one_weight(-1.0, "relu")
    assert judged(scenario, "y[h1_1]", text).verdict == "right"
    assert judged(scenario, "y[h1_1]", "0.001").verdict == "wrong"
    assert question_at(scenario, "dE/dx[h1_1]").directions == ("zero",)


def test_a_whole_number_with_zeros_may_be_rounded_or_not():
    scenario = of_one_weight(1234567.0)
    assert judged(scenario, "x[h1_1]", "1230000").verdict == "right"
    assert judged(scenario, "x[h1_1]", "1234567").verdict == "right"
    assert judged(scenario, "x[h1_1]", "1200000").verdict == "coarse"
    assert judged(scenario, "x[h1_1]", "1240000").verdict == "wrong"
    assert judged(of_one_weight(50.0), "x[h1_1]", "50").verdict == "right"
    assert judged(of_one_weight(50.4), "x[h1_1]", "50").verdict == "coarse"


def test_a_saturated_slope_by_hand_is_right_but_a_plain_zero_is_not():
    scenario = of_one_weight(45.0, last="sigmoid", value=1.0)
    scenario.theta[1] = 1.0
    place, by_hand = "dE/dx[o1]", "dE/dy[o1]*o1*(1 - o1)"
    question = question_at(scenario, place)
    assert 0 < question.value < 1e-18
    assert judged(scenario, place, by_hand).verdict == "right"
    assert judged(scenario, place, repr(question.value)).verdict == "right"
    assert judged(scenario, place, "0").verdict == "wrong"
    assert question.directions == ("positive",)


def test_what_rounding_leaves_of_terms_that_cancel_is_zero():
    scenario = make((3, 1), "identity", "identity", bias="none")
    scenario.theta[:], scenario.inputs[:] = (0.1, 0.2, -0.3), 1.0
    assert question_at(scenario, "x[o1]").value != 0
    assert judged(scenario, "x[o1]", "0").verdict == "right"


def test_a_number_halfway_may_be_rounded_either_way_and_three_digits_are_three():
    for text in ("0.3455", "0.3456"):
        assert judged(of_one_weight(0.34555), "x[h1_1]", text).verdict == "right"
    assert judged(of_one_weight(0.9996), "x[h1_1]", "1.00").verdict == "right"


def test_a_parameter_that_comes_to_0_goes_somewhere():
    scenario = make((1, 1), "identity", "identity", bias="none", learning_rate=0.5)
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = 1.0, 1.0, -1.0
    question = question_at(scenario, "w+[w1_1_1]")
    assert (question.value, question.directions) == (0.0, ("negative",))


def test_an_example_that_is_not_in_the_batch_is_not_asked_about():
    session = Session.open(make((2, 1), examples=3, batch=3)).seek(0, 1)
    assert [question_of(session, None, example).example for example in (0, 2, 3)] == [0, 2, 0]


def test_the_square_of_a_small_difference_may_be_another_by_hand():
    """y is 0.1 + 0.2, which is not 3/10 in floats, and t so near that this is a part in ten million of y − t."""
    scenario = make((2, 1), "identity", "identity", bias="none")
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = (0.1, 0.2), 1.0, 0.3 + 1e-9
    assert judged(scenario, "E[o1]", "(3/10 - t[o1])**2 / 2").verdict == "right"
    assert judged(scenario, "E[o1]", "(3/10 + 1/10**13 - t[o1])**2 / 2").verdict == "wrong"


@pytest.mark.parametrize(
    ("text", "spread", "coarser"),
    [
        ("0.25", 0.005, 0.005),
        ("-2.50e3", 5.0, 5.0),
        (".5", 0.05, 0.05),
        ("0", 0.0, 0.0),
        ("0.0", 0.05, 0.05),
        ("1230000", 0.5, 5000.0),
        ("120.0", 0.05, 0.05),
        ("12e4", 5000.0, 5000.0),
        ("0.5*0.25", 0.05 * 0.25 + 0.5 * 0.005, None),
        ("2 - 0.5", 0.05, None),
        ("1/0.25", 1 / 0.25 - 1 / 0.255, None),
        ("2*w1_1_1", 0.0, None),  # whole numbers and names are exact
    ],
)
def test_how_exactly_an_answer_is_meant(text, spread, coarser):
    answer = read_answer(text, question_at(of_one_weight(0.5), "x[h1_1]"), CANONICAL)
    assert answer.written is (coarser is not None)
    assert (answer.spread, answer.coarser) == pytest.approx((spread, spread if coarser is None else coarser), rel=1e-12)


# On any network


@st.composite
def questions(draw):
    """A question somewhere in the first two iterations of some network."""
    last, loss = draw(
        st.sampled_from(
            [
                ("sigmoid", "half_squared_error"),
                ("sigmoid", "binary_cross_entropy"),
                ("tanh", "squared_error"),
                ("identity", "mean_squared_error"),
                ("softmax", "cross_entropy"),
                ("softmax", "mean_squared_error"),
                ("leaky_relu", "output"),
            ]
        )
    )
    examples = draw(st.sampled_from([1, 3]))
    scenario = make(
        draw(st.sampled_from([(1, 1), (2, 2), (2, 3, 2), (3, 2, 2, 3)])),
        draw(st.sampled_from(["sigmoid", "tanh", "relu", "leaky_relu", "identity"])),
        last,
        loss,
        examples=examples,
        batch=examples,
        bias=draw(st.sampled_from(["each", "shared", "none"])),
        seed=draw(st.integers(0, 1000)),
        scale=draw(st.sampled_from([0.01, 1.0, 5.0])),
        reduction=draw(st.sampled_from(["mean", "sum"])),
        immediate=draw(st.booleans()),
        learning_rate=draw(st.sampled_from([0.001, 0.5])),
    )
    session = Session.open(scenario, draw(st.sampled_from(["layer", "scalar"])))
    session = session.seek(draw(st.integers(0, 1)), draw(st.integers(1, session.count - 1)))
    question = question_of(session, draw(st.sampled_from(session.next_row.items)), draw(st.integers(0, examples - 1)))
    assume(question is not None)
    return question


def verdict(text, question):
    return judge(read_answer(text, question, CANONICAL), question).verdict


@given(questions(), st.integers(3, 17))
@settings(max_examples=100)
def test_a_right_answer_is_never_rejected(question, digits):
    assert verdict(repr(question.value), question) == "right"
    assert verdict(f"{question.value:.{digits - 1}e}", question) in ("right", "coarse")
    if question.base == 0 and question.value and digits > 8:
        assert verdict(f"{question.value:.{digits - 1}e}".replace("-", "−"), question) == "right"


@given(questions(), st.floats(-2, 2), st.sampled_from([3, 4, 6, 10, 17]))
@settings(max_examples=100)
def test_a_wrong_answer_is_never_accepted(question, change, digits):
    size = max(abs(question.value - question.base), question.cancelling * 1e6, 1e-300)
    wrong = float(f"{question.value + change * size:.{digits - 1}e}")
    half_a_unit = 0.5 * 10.0 ** (math.floor(math.log10(abs(wrong))) - digits + 1) if wrong else 0.0
    assume(abs(wrong - question.value) > max(half_a_unit * 1.001, 1e-8 * size, 1e-15 * abs(question.value)))
    assert verdict(f"{wrong:.{digits - 1}e}", question) != "right"
    assert verdict(f"{wrong!r} + 0*1", question) != "right" or abs(wrong - question.value) <= 5e-3 * size + 1e-13


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize("detail", ["layer", "scalar"])
def test_every_step_of_the_shipped_scenarios_can_be_predicted(name, detail):
    scenario = load_scenario(name)
    session = Session.open(scenario, detail)
    asked = 0
    while session.iteration == 0 and session.done < min(session.count, 60):
        question = question_of(session)
        if question is not None:
            asked += 1
            text = repr(question.value)
            assert judge(read_answer(text, question, scenario.notation), question).verdict == "right"
        session = session.forward()
    inputs = len(scenario.network.inputs) if detail == "scalar" else 1
    assert asked == session.done - inputs


def test_a_number_that_is_not_finite_is_not_asked():
    scenario = make((1, 1), last="sigmoid", loss="binary_cross_entropy", bias="none")
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = 800.0, 1.0, 0.0
    session = Session.open(scenario).seek(0, 4)
    assert session.next_row.quantity == "dE/dy"
    assert question_of(session) is None


def test_the_selected_number_of_a_layer_step_is_asked():
    session = Session.open(mazur()).seek(0, 1)
    assert str(question_of(session).quantity) == "x[h1]"
    assert str(question_of(session, "h2").quantity) == "x[h2]"
    assert str(question_of(session, "o2").quantity) == "x[h1]"
    assert str(question_of(replace(session, detail="scalar"), "h2").quantity) == "x[h1]"
    assert question_of(Session.open(mazur())) is None  # the inputs are given
