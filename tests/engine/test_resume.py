"""A walk that goes on from where another stood: it has no places before, and the same numbers after."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ask.whereabouts import named_place, place_of
from engine.check.audit import audit
from engine.explain.terms import explain
from engine.explain.trace import walk
from engine.formula.quantity import Quantity
from engine.program.scenario import Stop
from engine.walking.branch import standing
from engine.walking.journey import Journey
from engine.walking.run import run_on, stop_ahead
from engine.walking.session import Position, Session
from engine.walking.timeline import Timeline
from tests.engine.walks import SCENARIOS, numbers, walked
from tests.networks import mazur


def resumed(scenario, iteration):
    return standing(Session.open(scenario).seek(iteration, 1))


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(sorted(SCENARIOS)), st.integers(0, 40), st.integers(0, 60), st.sampled_from([600, 1 << 20]))
def test_going_on_is_the_walk_that_was_not_interrupted(name, stop, more, budget):
    scenario = SCENARIOS[name]()
    whole = walked(scenario, stop + more + 1)
    rest = resumed(scenario, stop)
    session = Session.open(rest, timeline=Timeline(rest, budget)).seek(stop + more, 1)
    session = session.seek(stop + more, session.count)
    assert numbers(session.values) == numbers(whole[-1])
    assert session.history.tolist() == [values.error for values in whole[stop:]]
    back = session.seek(stop + more // 2, session.count)  # replayed from a checkpoint that counts from the fork
    assert numbers(back.values) == numbers(whole[stop + more // 2])


def test_its_first_place_is_that_iteration_with_nothing_computed():
    session = Session.open(resumed(mazur(), 7))
    assert (session.iteration, session.done, session.first) == (7, 0, 7)
    assert session.row is None
    assert session.end() is session.home() is session.back() is session.previous_phase() is session
    assert session.history.tolist() == []
    later = session.forward()
    assert (later.iteration, later.done) == (7, 1)
    assert later.previous_iteration() is later
    assert later.back().position == session.position
    assert later.seek(8, 1).previous_phase().previous_phase().iteration == 7
    assert later.seek(9, 3).home().position == session.position
    error = later.seek(8, 6)
    assert (error.errors_done, len(error.history)) == (2, 2)
    assert error.history[0] == error.seek(7, 6).values.error
    assert session.with_detail("scalar").forward().with_detail("layer").position == session.position


def test_there_is_no_place_before_it():
    session = Session.open(resumed(mazur(), 7))
    with pytest.raises(IndexError, match="begins at iteration 7"):
        session.seek(6, 1)
    with pytest.raises(IndexError, match="begins at iteration 7"):
        session.timeline.start(6)
    for text in ("6", "3:dE/dw[w5]", "0:E"):
        with pytest.raises(LookupError, match="begins at iteration 7"):
            place_of(session, *named_place(text, session.scenario.network))
    assert place_of(session, None, Quantity("E")) == Position(7, 6)


def test_running_on_and_journeys_count_from_there():
    whole = Session.open(mazur())
    session = Session.open(resumed(mazur(), 50))
    target = whole.fast_forward(2000, below=0.02)
    assert session.fast_forward(2000, below=0.02).position == target.position
    journey = Journey(session, 2000, below=0.02)
    while not journey.go_on(0):
        pass
    assert journey.arrived().position == target.position
    known = session.seek(1000, 1).home()  # its errors are recorded: it is looked up
    assert known.fast_forward(2000, below=0.03).position == whole.fast_forward(2000, below=0.03).position
    outcome = run_on(session.scenario, Stop(150))
    assert outcome.iterations == 200
    assert outcome.theta.tolist() == run_on(mazur(), Stop(200)).theta.tolist()
    assert outcome.after.error == run_on(mazur(), Stop(200)).after.error


def test_a_trace_begins_there():
    session = Session.open(resumed(mazur(), 3))
    places = [place.position for place in walk(session, 3, 2)]
    assert places == [(k, d, 0) for k in (3, 4) for d in range(1, 15)]


def test_the_audit_checks_the_derivatives_with_which_it_begins():
    assert audit(resumed(mazur(), 3)).ok


def test_a_parameter_is_as_the_scenario_gives_it_where_the_walk_begins():
    session = Session.open(resumed(mazur(), 3)).seek(3, 2)
    assert "as the scenario gives it" in explain(session, Quantity("w", "w5")).rule.text
    assert "made by the update of iteration 3" in explain(session.seek(4, 2), Quantity("w", "w5")).rule.text


def test_at_iteration_0_there_is_nothing_to_resume():
    assert resumed(mazur(), 0).resume is None


def test_a_scenarios_own_stop_counts_from_iteration_0():
    assert stop_ahead(Stop(100, 0.1), 40) == Stop(60, 0.1)
    assert stop_ahead(Stop(None, 0.1), 40) == Stop(None, 0.1)
    assert stop_ahead(Stop(40, 0.1), 40) == Stop()
