"""Every shipped scenario walks, has right derivatives, and gives what its document prints."""

import pytest
from msgspec.structs import replace

from engine.ask.lookup import value_at
from engine.check.audit import audit
from engine.check.gradients import check_gradient
from engine.files import load_scenario, shipped_names
from engine.formula.quantity import Quantity
from engine.walking.session import Session
from tests.shipped import UNTRAINED

BY_DOCUMENT = {
    "Backpropagation algorithm": {"google"},
    "Backpropagation Step by Step": {"one-neuron", "two-neurons", "two-in-a-layer"},
    "Feedforward nets and backpropagation": {
        "baeldung-identity",
        "baeldung-cost",
        "baeldung-update",
        "baeldung-stochastic",
        "baeldung-batches",
        "baeldung-full-batch",
    },
    "Introducing the backpropagation method": {
        "four-layer",
        "four-layer-tanh",
        "four-layer-relu",
        "four-layer-cross-entropy",
    },
    "A Step by Step Backpropagation Example": {"mazur", "mazur-with-biases"},
}
FOUR_LAYER = sorted(BY_DOCUMENT["Introducing the backpropagation method"])
MOST_WORDS = 75
"""A note has to be read in one go, beside the numbers."""


def number(session, kind, name=None):
    return value_at(session, Quantity(kind, name))


def whole(scenario, iteration):
    session = Session.open(scenario)
    return session.seek(iteration, session.count)


@pytest.fixture(scope="module")
def scenarios():
    return {name: load_scenario(name) for name in shipped_names()}


@pytest.fixture(scope="module")
def audits(scenarios):
    return {name: audit(scenario) for name, scenario in scenarios.items()}


def test_every_document_has_its_scenarios(scenarios):
    for document, names in BY_DOCUMENT.items():
        assert names <= {name for name, scenario in scenarios.items() if scenario.document == document}


@pytest.mark.parametrize("name", shipped_names())
def test_it_walks_two_iterations(scenarios, name):
    session = Session.open(scenarios[name])
    for _ in range(2 * session.count):
        session = session.forward()
        assert session.event is None
    last = 0 if session.timeline.steps.ends else 1
    assert (session.iteration, session.done) == (last, session.count)


@pytest.mark.parametrize("name", shipped_names())
def test_its_derivatives_are_right_at_the_start_and_later(scenarios, name):
    scenario = scenarios[name]
    last = 0 if name in UNTRAINED else 1 if name == "exploding" else 20
    for iteration in (0, last):
        values = whole(scenario, iteration).values
        assert check_gradient(scenario, values.beginning.theta, values.examples).ok


@pytest.mark.parametrize("name", shipped_names())
def test_its_figures_are_as_declared(audits, name):
    assert [str(check.figure.expression) for check in audits[name].figures if not check.ok] == []
    assert audits[name].ok


def test_the_documents_figures_are_all_there(scenarios):
    figures = {name: len(scenario.published) for name, scenario in scenarios.items()}
    assert sum(figures.values()) >= 160
    assert figures["mazur"] >= 60
    assert figures["two-neurons"] >= 40


@pytest.mark.parametrize("name", shipped_names())
def test_what_differs_has_a_note_that_stands_alone(scenarios, name):
    for figure in scenarios[name].published:
        assert figure.where
        if figure.verdict != "match":
            assert len(figure.note) > 60
            assert any(digit.isdigit() for digit in figure.note), "a note says the right value"


@pytest.mark.parametrize("name", shipped_names())
def test_its_notes_can_be_read_in_one_go(scenarios, name):
    assert scenarios[name].notes
    for note in scenarios[name].notes:
        assert len(note.text.split()) <= MOST_WORDS, note.at


def test_google_teaches_the_whole_way():
    scenario = load_scenario("google")
    places = [note.at for note in scenario.notes]
    assert places[0] == "start"
    assert "end" in places
    kinds = {at.partition("[")[0] for at in places}
    assert {"x", "y", "E", "dE/dy", "dE/dx", "dE/dw", "w+"} <= kinds


@pytest.mark.parametrize("name", FOUR_LAYER)
def test_a_run_of_four_layers_ends_by_its_own_stop_criterion(scenarios, name):
    scenario = scenarios[name]
    assert scenario.shape == "4-2-2-1"
    bound = scenario.training.stop.error
    session = Session.open(scenario).fast_forward(5000, below=bound)
    assert 0 < session.iteration < 5000
    assert session.values.error < bound
    assert session.history[session.iteration - 1] >= bound
    assert session.iteration in {note.iteration for note in scenario.notes}, "a note says where the run ends"


def test_four_layer_starts_at_random_the_same_each_time():
    first, again = load_scenario("four-layer"), load_scenario("four-layer")
    assert first.theta.tobytes() == again.theta.tobytes()
    assert len({*first.theta.tolist()}) == len(first.theta)


def test_baeldung_identity():
    session = whole(load_scenario("baeldung-identity"), 0)
    assert number(session, "x", "h1") == number(session, "y", "h1") == 50


def test_baeldung_cost():
    session = whole(load_scenario("baeldung-cost"), 0)
    assert (number(session, "y", "y1"), number(session, "y", "y2")) == (0.25, 0.65)
    assert number(session, "E") == pytest.approx(0.185, rel=1e-12)


def test_baeldung_update():
    session = whole(load_scenario("baeldung-update"), 0)
    assert (number(session, "y", "h1"), number(session, "y", "y1"), number(session, "t", "y1")) == (0.0125, 1.2, 1)
    assert number(session, "dE/dw", "w2") == pytest.approx(0.005, rel=1e-12)
    assert number(session, "w+", "w2") == pytest.approx(0.09995, rel=1e-12)


def test_baeldung_batches_differ_in_their_batch_alone(scenarios):
    batches = [scenarios[f"baeldung-{name}"] for name in ("stochastic", "batches", "full-batch")]
    assert [scenario.training.batch for scenario in batches] == [1, 2, 6]
    for scenario in batches:
        assert scenario.inputs.tolist() == batches[0].inputs.tolist()
        assert scenario.targets.tolist() == batches[0].targets.tolist()
        assert scenario.theta.tolist() == batches[0].theta.tolist()
        assert scenario.training.stop.iterations * scenario.training.batch == 3000, "as many epochs each"


@pytest.mark.parametrize(
    ("immediate", "error", "outputs"),
    [(False, 3.5102e-05, (0.0159136, 0.9840643)), (True, 3.5085e-05, (0.0159122, 0.9840657))],
)
def test_mazur_after_ten_thousand_updates(immediate, error, outputs):
    scenario = load_scenario("mazur")
    scenario = replace(scenario, training=replace(scenario.training, immediate=immediate))
    session = whole(scenario, 10000)
    assert number(session, "E") == pytest.approx(error, abs=0.5e-9)
    assert number(session, "y", "o1") == pytest.approx(outputs[0], abs=0.5e-7)
    assert number(session, "y", "o2") == pytest.approx(outputs[1], abs=0.5e-7)


@pytest.mark.parametrize("name", ["mazur", "mazur-with-biases"])
def test_mazur_stops_where_the_document_does(scenarios, name):
    assert scenarios[name].training.stop.iterations == 10000


def test_mazur_with_biases_differs_in_the_biases_alone(scenarios):
    mazur, with_biases = scenarios["mazur"], scenarios["mazur-with-biases"]
    assert mazur.theta.tolist() == with_biases.theta.tolist()
    assert mazur.network.parameter_names == with_biases.network.parameter_names
    frozen = {mazur.network.parameter_names[index] for index in mazur.training.frozen}
    assert (frozen, with_biases.training.frozen) == ({"b1", "b2"}, frozenset())
