"""The lessons on graphs: they walk, are right, say right numbers, and what they say happens does happen."""

import re

import numpy as np
import pytest
from msgspec.structs import replace

from engine.ask.lookup import value_at
from engine.ask.notes import place_of_note
from engine.ask.whereabouts import go_to, named_place
from engine.check.audit import audit
from engine.check.gradients import check_gradient
from engine.files import load_scenario, parse_scenario, shipped_names, shipped_path
from engine.program.expression import parse_quantity
from engine.program.graph import Graph
from engine.walking.session import Session

LESSONS = (
    "attention",
    "autodiff",
    "batch-norm",
    "circuit",
    "convolution",
    "embedding",
    "gru-cell",
    "layer-norm",
    "lstm-cell",
    "residual",
    "sigmoid-circuit",
)

STATED = {
    "circuit": [
        ("E", "y[q]", "3"),
        ("E", "y[m]", "4"),
        ("E", "E", "12"),
        ("dE/dy[m]", "dE/dy[m]", "3"),
        ("dE/dy[u]", "dE/dy[z]", "3"),
        ("dE/dy[u]", "dE/dy[u]", "0"),
        ("dE/dy[y]", "dE/dy[y]", "4"),
    ],
    "sigmoid-circuit": [
        ("y[s]", "y[s_1]", "3"),
        ("y[s]", "y[s_2]", "−1"),
        ("y[s]", "y[s]", "1"),
        ("E", "y[f_3]", "1.3679"),
        ("E", "E", "0.7311"),
        ("dE/dy[f_3]", "dE/dy[f_3]", "−0.5344"),
        ("dE/dy[f_1]", "y[f_2]", "0.3679"),
        ("dE/dy[f_1]", "dE/dy[f_1]", "−0.1966"),
        ("dE/dy[s]", "dE/dy[s]", "0.1966"),
        ("dE/dw[w1]", "dE/dw[w1]", "0.3932"),
        ("end", "w+[w1]", "1.1068"),
        ("end", "w+[b]", "−1.1966"),
    ],
    "autodiff": [
        ("y[v3]", "y[v1]", "1.3863"),
        ("y[v3]", "y[v2]", "12"),
        ("y[v3]", "y[v3]", "0.1411"),
        ("E", "E", "13.2452"),
        ("dE/dy[x2]", "dy/dy[v3<-x2]", "−0.98999"),
        ("dE/dy[x2]", "dE/dy[x2]", "4.98999"),
        ("dE/dy[x1]", "dE/dy[x1]", "3.25"),
    ],
    "lstm-cell": [
        ("y[c2]", "y[f2]", "0.781"),
        ("dE/dy[h1]", "dE/dy[h1]", "−0.0409"),
        ("dE/dy[c1]", "dE/dy[c1<-h1]", "−0.0205"),
        ("dE/dy[c1]", "dE/dy[c1<-c2]", "−0.1570"),
        ("dE/dy[c1]", "dy/dy[c2<-c1]", "0.781"),
    ],
    "gru-cell": [
        ("y[z]", "y[z]", "0.8808"),
        ("y[r]", "y[r]", "0.5"),
        ("dE/dw[un]", "y[r] * y[h0]", "0.25"),
        ("dE/dy[h0]", "dy/dy[h<-h0]", "0.8808"),
        ("dE/dy[h0]", "dE/dy[h0<-h]", "−0.4530"),
        ("dE/dy[h0]", "dE/dy[h0<-z]", "−0.0032"),
        ("dE/dy[h0]", "dE/dy[h0<-r]", "0.0052"),
        ("dE/dy[h0]", "dE/dy[h0<-n]", "0.0210"),
    ],
    "convolution": [
        ("y[C.1.1]", "y[C.1.1]", "3"),
        ("y[P.1.1]", "y[P.1.1]", "5"),
        ("dE/dy[C.1.3]", "dE/dy[C.1.3]", "2"),
        ("dE/dy[C.1.3]", "dE/dy[C.1.3<-P]", "1"),
        ("dE/dw[K.1.1]", "dE/dw[K.1.1]", "2"),
        ("dE/dy[X.2.2]", "dE/dy[X.2.2]", "3"),
    ],
    "attention": [
        ("y[S.1.1]", "y[S.1.1]", "0.7071"),
        ("y[A.1.1]", "y[A.1.1]", "0.4011"),
        ("y[A.1.1]", "y[A.1.3]", "0.4011"),
        ("y[A.1.1]", "y[A.1.2]", "0.1978"),
        ("dE/dy[S.1.1]", "dE/dy[S.1.1]", "−0.1439"),
        ("dE/dy[S.1.1]", "dE/dy[S.1.2]", "0.0475"),
        ("dE/dy[S.1.1]", "dE/dy[S.1.3]", "0.0964"),
    ],
    "layer-norm": [
        ("y[v]", "y[m]", "8"),
        ("y[v]", "y[v]", "25"),
        ("y[n.1]", "y[n.1]", "−1.4"),
        ("dE/dy[n.1]", "dE/dy[n.1]", "1"),
        ("dE/dy[v]", "dE/dy[v]", "0.06"),
        ("dE/dy[c.1]", "dE/dy[c.1<-n]", "0.2"),
        ("dE/dy[c.1]", "dE/dy[c.1<-v]", "−0.21"),
        ("dE/dy[c.1]", "dE/dy[c.1]", "−0.01"),
        ("dE/dy[x.1]", "dE/dy[m]", "0.2"),
        ("dE/dy[x.1]", "dE/dy[x.1<-m]", "0.05"),
        *(("dE/dy[x.1]", f"dE/dy[x.{i}]", stated) for i, stated in enumerate(("0.04", "0.02", "−0.12", "0.06"), 1)),
    ],
    "batch-norm": [
        ("y[v]", "y[v]", "0.25"),
        ("y[n]", "y[n]", "−1.4"),
        ("dE/dy[m]", "dE/dy[m]", "4"),
        ("dE/dy[m]", "dE/dy[v]", "2.4"),
        ("dE/dy[x]", "dE/dy[x<-n]", "0"),
        ("dE/dy[x]", "dE/dy[x<-m]", "1"),
        ("dE/dy[x]", "dE/dy[x<-v]", "−0.84"),
        ("dE/dy[x]", "dE/dy[x]", "0.16"),
        ("end", "E", "1"),
    ],
    "residual": [
        ("E", "y[a5]", "0.0012"),
        ("E", "y[a5] - y[t]", "−0.9988"),
        ("E", "y[b5] - y[t]", "0.8014"),
        ("dE/dy[b1]", "dE/dy[b1]", "2.1063"),
        ("dE/dy[a1]", "dE/dy[a5]", "−0.9988"),
        ("dE/dy[a1]", "dE/dy[a1]", "−0.0081"),
        ("dE/dy[x]", "dE/dy[x<-a1]", "−0.0024"),
        ("dE/dy[x]", "dE/dy[x<-b1]", "2.7241"),
        ("end", "w+[u1]", "0.3002"),
    ],
    "embedding": [
        ("y[s.1]", "y[s.1]", "0.35"),
        ("y[s.1]", "y[s.2]", "0"),
        ("y[s.1]", "y[s.3]", "0.4"),
        ("y[s.1]", "y[s.4]", "0.3"),
        *(("E", f"y[p.{i}]", stated) for i, stated in enumerate(("0.2697", "0.1901", "0.2836", "0.2566"), 1)),
        ("E", "E", "1.2603"),
        *(("dE/dy[s.1]", f"dE/dy[s.{i}]", told) for i, told in enumerate(("0.2697", "0.1901", "−0.7164", "0.2566"), 1)),
        ("dE/dw[V.1.1]", "dE/dw[V.2.1]", "−0.3153"),
        ("dE/dw[V.1.1]", "dE/dw[V.2.2]", "0.4002"),
    ],
}
"""By scenario: the note's place in iteration 0, what the number is of, and the number as the note writes it."""


def at(name, iteration=0):
    session = Session.open(load_scenario(name))
    return session.seek(iteration, session.count)


def number(session, text):
    return value_at(session, parse_quantity(text))


def array(session, kind, name):
    """A whole value or derivative of the first example."""
    network = session.scenario.network
    numbers = [number(session, f"{kind}[{element}]") for element in network.elements(name)]
    return np.reshape(numbers, network.shapes[name])


def convolved(picture, kernel):
    """By its definition."""
    rows, columns = kernel.shape
    return np.array(
        [
            [(picture[i : i + rows, j : j + columns] * kernel).sum() for j in range(picture.shape[1] - columns + 1)]
            for i in range(picture.shape[0] - rows + 1)
        ]
    )


def test_they_are_the_shipped_graphs():
    assert {name for name in shipped_names() if isinstance(load_scenario(name).network, Graph)} == {*LESSONS}


@pytest.mark.parametrize("name", LESSONS)
def test_it_is_a_lesson_of_its_own_numbers(name):
    scenario = load_scenario(name)
    assert "lesson" in scenario.topics
    assert not scenario.document
    assert not scenario.published
    assert 2 <= len(scenario.network.graph_nodes) <= 30


@pytest.mark.parametrize("name", LESSONS)
def test_its_notes_follow_the_walk(name):
    session = Session.open(load_scenario(name))
    places = [place_of_note(session, note, 0) for note in session.scenario.notes]
    assert None not in places
    assert places == sorted(places, key=lambda place: place.order)
    assert session.scenario.notes[0].at == "start"
    assert session.scenario.notes[-1].at == "end"


@pytest.mark.parametrize("name", LESSONS)
def test_what_is_said_in_numbers_is_said_of_the_iteration_that_has_them(name):
    scenario = load_scenario(name)
    if scenario.network.parameter_names:
        for note in scenario.notes:
            assert note.at == "start" or note.iteration == 0 or not re.search(r"\d\.\d", note.text), note.at


@pytest.mark.parametrize("name", LESSONS)
def test_it_walks_to_its_end_with_right_derivatives(name):
    scenario = load_scenario(name)
    session = Session.open(scenario)
    for _ in range(session.count):
        session = session.forward()
        assert session.event is None
    last = 10 if scenario.network.parameter_names else 0
    for iteration in (0, last):
        values = session.seek(iteration, session.count).values
        assert np.isfinite(values.error)
        assert check_gradient(scenario, values.beginning.theta, values.examples).ok


@pytest.mark.parametrize("name", [name for name in LESSONS if name not in ("autodiff", "circuit")])
def test_it_learns(name):
    start = Session.open(load_scenario(name))
    period = len(start.scenario.inputs) if name == "embedding" else 1
    errors = [start.seek(k, start.count).values.error for k in range(10 * period + 1)]
    assert np.isfinite(errors).all()
    assert sum(errors[-period:]) < sum(errors[:period])


@pytest.mark.parametrize(
    ("name", "place", "what", "stated"), [(name, *row) for name, rows in STATED.items() for row in rows]
)
def test_a_stated_number_is_the_computed_one(name, place, what, stated):
    scenario = load_scenario(name)
    session = Session.open(scenario)
    (note,) = [note for note in scenario.notes if note.at == place]
    assert re.search(rf"(?<![\d.]){re.escape(stated)}(?![\d]|\.\d)", note.text)
    done = session.seek(0, session.count)
    if place != "end":
        assert go_to(session, *named_place(f"0:{place}", scenario.network)).row is not None
    found = eval(  # arithmetic over quantities, as in the table above
        re.sub(r"[^ ]+\[[^\]]+\]|\bE\b", lambda match: repr(number(done, match[0])), what), {}
    )
    assert round(found, len(stated.partition(".")[2])) == float(stated.replace("−", "-"))


@pytest.mark.parametrize("name", ["attention", "batch-norm", "convolution"])
def test_it_is_short_and_its_figures_can_be_audited(name):
    """As somebody would write it down from a book: the formulas, the numbers, and what is printed."""
    text = shipped_path(name).read_text().partition("[[note]]")[0]
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(("#", "topics"))]
    assert len(lines) <= 30
    figures = [(what, stated) for _, what, stated in STATED[name] if len(stated) > 3 or name == "convolution"]
    text += "".join(f'\n[[published]]\nquantity = "{what}"\nvalue = "{stated}"\n' for what, stated in figures)
    checks = audit(parse_scenario(text, "book.toml")).figures
    assert [check.verdict for check in checks] == ["match"] * len(figures) != []


def test_circuit_moves_as_its_last_note_says():
    session = at("circuit")
    moved = session.scenario.inputs + np.array([0.01, 0, 0, 0])
    start = Session.open(replace(session.scenario, inputs=moved))
    assert start.seek(0, start.count).values.error == pytest.approx(12.04)
    assert [number(session, f"dE/dy[{name}]") for name in "xyzu"] == [4, 4, 3, 0]


def test_sigmoid_circuit_has_the_slope_of_a_sigmoid():
    session = at("sigmoid-circuit")
    f = number(session, "y[f]")
    assert number(session, "dE/dy[s]") == pytest.approx(f * (1 - f), rel=1e-14)
    assert number(at("sigmoid-circuit", 1), "y[f]") < f


def test_autodiff_gives_what_is_found_by_hand():
    session = at("autodiff")
    assert number(session, "dE/dy[x1]") == pytest.approx(1 / 4 + 3)
    assert number(session, "dE/dy[x2]") == pytest.approx(4 - np.cos(3))


def test_lstm_carries_the_derivative_through_its_memory():
    session = at("lstm-cell")
    straight, through_output = number(session, "dE/dy[c1<-c2]"), number(session, "dE/dy[c1<-h1]")
    assert straight == number(session, "dE/dy[c2]") * number(session, "y[f2]")
    assert abs(straight) > 7 * abs(through_output)
    assert number(session, "dE/dw[wf<-f1]") == 0
    scenario = session.scenario
    theta = scenario.theta.copy()
    theta[scenario.network.parameter_index["bf"]] = -3
    closed = Session.open(replace(scenario, theta=theta))
    assert number(closed.seek(0, closed.count), "dy/dy[c2<-c1]") < 0.1
    assert at("lstm-cell", 190).values.error < 1e-4 < at("lstm-cell", 189).values.error


def test_gru_has_four_ways_and_closes_its_gate():
    session = at("gru-cell")
    ways = [number(session, f"dE/dy[h0<-{name}]") for name in "hzrn"]
    assert sum(ways) == pytest.approx(number(session, "dE/dy[h0]"), rel=1e-14)
    assert abs(ways[0]) > 20 * max(map(abs, ways[1:]))
    assert number(session, "dy/dy[h<-z]") == pytest.approx(number(session, "y[h0]") - number(session, "y[n]"))
    later = at("gru-cell", 100)
    assert number(later, "y[z]") < 0.4
    assert number(later, "y[n]") > number(session, "y[n]")


def test_convolution_turns_its_kernel_round():
    session = at("convolution")
    picture, kernel, back = array(session, "y", "X"), array(session, "w", "K"), array(session, "dE/dy", "C")
    assert (array(session, "y", "C") == convolved(picture, kernel)).all()
    assert (array(session, "dE/dw", "K") == convolved(picture, back)).all()
    assert (array(session, "dE/dy", "X") == convolved(np.pad(back, 1), kernel[::-1, ::-1])).all()
    assert not (array(session, "dE/dy", "X") == convolved(np.pad(back, 1), kernel)).all()
    target = session.scenario.targets[0, :9].reshape(3, 3)
    assert (target == convolved(picture, np.array([[1, 2], [3, -2]]))).all()
    assert array(at("convolution", 400), "w", "K") == pytest.approx(np.array([[1, 2], [3, -2]]), abs=1e-4)


def test_attention_moves_its_weights():
    session = at("attention")
    assert array(session, "dE/dy", "S").sum(axis=1) == pytest.approx(np.zeros(3), abs=1e-15)
    weights, back, values = array(session, "y", "A"), array(session, "dE/dy", "O"), array(session, "y", "V")
    assert weights.sum(axis=1) == pytest.approx(np.ones(3))
    assert array(session, "dE/dy", "V") == pytest.approx(weights.T @ back)
    assert array(session, "dE/dy", "A") == pytest.approx(back @ values.T)
    assert at("attention", 91).values.error < 0.01 < at("attention", 90).values.error
    assert (array(at("attention", 91), "y", "A").diagonal() > 0.9).all()


def test_layer_norm_is_the_function_of_that_name():
    session = at("layer-norm")
    back, centred = array(session, "dE/dy", "x"), array(session, "y", "c")
    assert back.sum() == pytest.approx(0, abs=1e-15)
    assert (back * centred).sum() == pytest.approx(0, abs=1e-15)
    d, n = array(session, "dE/dy", "n"), array(session, "y", "n")
    assert back == pytest.approx((d - d.mean() - n * (d * n).mean()) / 5)


def test_batch_norm_has_three_terms():
    session = at("batch-norm")
    back = np.ravel(session.values.get("dE/dy", "x"))
    assert back == pytest.approx([0.16, -1.12, 1.12, -0.16])
    d, n = np.array([0.0, -1, 0, -1]), np.array([-1.4, -0.2, 0.2, 1.4])
    assert back == pytest.approx((d - d.mean() - n * (d * n).mean()) / 0.5)
    assert at("batch-norm", 100).values.error == pytest.approx(0.32)
    slopes = np.linalg.lstsq(np.stack([n, np.ones(4)], 1), session.scenario.targets[:, 0], rcond=None)
    assert slopes[1][0] / 2 == pytest.approx(0.32)


def test_a_skip_keeps_the_gradient_from_vanishing():
    session = at("residual")
    plain, skip = number(session, "dE/dy[a1]"), number(session, "dE/dy[b1]")
    assert round(abs(skip / plain), -1) == 260
    assert all(number(session, f"dy/dy[a{k}<-a{k - 1}]") < 0.3 for k in range(2, 6))
    assert all(number(session, f"dy/dy[b{k}<-b{k - 1}]") > 1 for k in range(2, 6))
    later = at("residual", 100)
    assert number(later, "E[Eb]") < 1e-15
    assert number(later, "E[Ea]") > 0.49
    assert number(at("residual", 800), "E[Ea]") < 0.01


def test_embedding_learns_one_row_at_a_time():
    session = at("embedding")
    rows = array(session, "dE/dw", "V")
    assert (rows[[0, 2, 3]] == 0).all()
    assert (rows[1] != 0).all()
    later = array(at("embedding", 400), "y", "p")
    assert later[[0, 2]] == pytest.approx([0.5, 0.5], abs=0.06)
