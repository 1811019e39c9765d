"""A journey in slices ends where going there at once ends."""

import pytest

from engine.ask.whereabouts import named_place, place_of
from engine.walking.journey import Journey
from engine.walking.session import Session
from tests.networks import make, mazur


def travelled(journey):
    slices = 0
    while not journey.go_on(0):
        slices += 1
    return slices


def same(one, other):
    assert one.position == other.position
    assert one.values.theta.tolist() == other.values.theta.tolist()
    assert one.furthest == other.furthest


@pytest.mark.parametrize("done", [0, 1, 9])
def test_iterations_on(done):
    origin = Session.open(mazur()).seek(0, done)
    journey = Journey(origin, 1000)
    assert travelled(journey) > 10
    same(journey.arrived(), Session.open(mazur()).seek(0, done).fast_forward(1000))


@pytest.mark.parametrize("known", [0, 100, 5000])
def test_until_the_error_is_below_a_bound(known):
    session = Session.open(mazur())
    session.timeline.extend(known)
    journey = Journey(session, 10_000, below=0.01)
    travelled(journey)
    assert journey.below_bound
    same(journey.arrived(), Session.open(mazur()).fast_forward(10_000, below=0.01))


def test_a_bound_that_is_met_already_leads_nowhere():
    session = Session.open(mazur()).seek(0, 9)
    assert Journey(session, 10, below=1).arrived() is session


def test_stopped_on_the_way_it_keeps_what_is_done():
    session = Session.open(mazur()).seek(0, 5)
    journey = Journey(session, 100_000)
    journey.go_on(0)
    assert 0 < journey.recorded < 100
    assert journey.error == session.timeline.errors(journey.recorded)[-1]
    same(journey.arrived(), Session.open(mazur()).seek(0, 5).seek(journey.recorded, 6))


def test_to_a_named_place():
    session = Session.open(mazur())
    place = place_of(session, *named_place("300:dE/dw[w5]", session.scenario.network))
    assert session.timeline.recorded == 0
    journey = Journey(session, place.iteration, place=place)
    travelled(journey)
    same(journey.arrived(), session.seek_position(place))


def test_a_walk_that_ends_before():
    scenario = make((2, 2, 2), "identity", "identity", learning_rate=1e6)
    journey = Journey(Session.open(scenario), 1000, below=1e-9)
    travelled(journey)
    assert not journey.below_bound
    assert journey.arrived().event is not None
    same(journey.arrived(), Session.open(scenario).fast_forward(1000))
