"""Walking: forward, back, by phase, by iteration, anywhere; a place has one value however it is reached."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.ask.whereabouts import go_to, named_place
from engine.formula.quantity import Quantity
from engine.program.optimizers import Adam, Momentum
from engine.walking.preview import preview
from engine.walking.session import Session
from engine.walking.timeline import Timeline
from tests.networks import make, mazur

SCENARIOS = {
    "mazur": lambda: mazur(),
    "immediate": lambda: mazur(immediate=True),
    "batches": lambda: make((2, 3, 1), "tanh", examples=5, batch=2, seed=2),
    "shuffled": lambda: make((2, 3, 2), "relu", "softmax", "cross_entropy", examples=5, batch=2, shuffle=1),
    "momentum": lambda: make(optimizer=Momentum(0.9, nesterov=True), learning_rate=0.1),
    "adam": lambda: make(optimizer=Adam(), bias="shared", learning_rate=0.1),
}


def bits(session):
    values = session.values
    return (
        session.position,
        values.theta.tobytes(),
        values.state.tobytes(),
        values.error,
        [result.tobytes() for result in values.results],
    )


def by_stepping(scenario, position, detail):
    """The place reached by `forward` alone."""
    session = Session.open(scenario, detail)
    while session.position.order < position.order:
        session = session.forward()
    return session


@pytest.mark.parametrize("detail", ["layer", "scalar"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_walking_back_is_the_same_walk_in_reverse(name, detail):
    session = Session.open(SCENARIOS[name](), detail)
    there = [session]
    for _ in range(3 * session.count):
        there.append(there[-1].forward())
    assert len({place.position for place in there}) == len(there)
    session = there[-1]
    for place in reversed(there[:-1]):
        session = session.back()
        assert bits(session) == bits(place)
    assert session.back() is session
    assert bits(session.end()) == bits(there[-1])


moves = st.one_of(
    st.sampled_from(
        ["forward", "back", "next_phase", "previous_phase", "next_iteration", "previous_iteration", "home", "end"]
    ).map(lambda name: (name,)),
    st.tuples(st.just("seek"), st.integers(0, 12), st.integers(1, 14)),
    st.tuples(st.just("fast_forward"), st.integers(0, 5)),
    st.tuples(st.just("with_detail"), st.sampled_from(["layer", "scalar"])),
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SCENARIOS)), st.lists(moves, max_size=12))
def test_any_walk_to_a_place_gives_bit_identical_values(name, walk):
    scenario = SCENARIOS[name]()
    session = Session.open(scenario, timeline=Timeline(scenario, budget=600))  # few checkpoints: replays happen
    for move, *arguments in walk:
        if move == "seek":
            arguments[1] = min(arguments[1], session.count)
        session = getattr(session, move)(*arguments)
        assert session.furthest.order >= session.position.order
    assert bits(session) == bits(by_stepping(scenario, session.position, session.detail))


def test_the_named_moves():
    start = Session.open(mazur())
    assert start.done == 0
    assert start.row is None
    forward = start.next_phase()
    assert (forward.iteration, forward.done) == (0, 1)
    starts = [forward]
    for _ in range(4):
        starts.append(starts[-1].next_phase())
    assert [(place.iteration, place.done) for place in starts] == [(0, 1), (0, 6), (0, 7), (0, 13), (1, 1)]
    middle = start.seek(0, 9)
    assert middle.previous_phase().done == 7
    assert middle.previous_phase().previous_phase().done == 6
    assert middle.next_iteration().position[:2] == (1, 9)
    assert middle.next_iteration().previous_iteration().position == middle.position
    assert start.next_iteration().done == 1
    assert middle.previous_iteration() is middle
    assert middle.home().done == 0
    assert start.back() is start
    assert start.home() is start
    assert start.end() is start


def test_back_from_the_first_step_of_an_iteration_is_the_last_of_the_one_before():
    session = Session.open(mazur()).seek(3, 1).back()
    assert (session.iteration, session.done) == (2, 14)


@pytest.mark.parametrize(("k", "d"), [(-1, 1), (0, -1), (1, 0), (0, 15)])
def test_a_place_that_does_not_exist_is_an_index_error(k, d):
    with pytest.raises(IndexError, match="no place"):
        Session.open(mazur()).seek(k, d)


def test_changing_the_detail_keeps_what_is_computed():
    layer = Session.open(mazur()).seek(0, 9)
    scalar = layer.with_detail("scalar")
    assert scalar.done == 21
    assert scalar.values is layer.values
    assert scalar.with_detail("layer").position == layer.position
    inside = scalar.forward()
    assert inside.with_detail("layer").position == layer.position
    first_of_iteration = Session.open(mazur(), "scalar").seek(2, 1)
    assert first_of_iteration.with_detail("layer").position[:2] == (1, 14)


def test_a_scalar_step_reveals_one_item_of_a_row():
    session = Session.open(mazur(), "scalar").seek(0, 3)
    assert session.fresh == ("h1",)
    assert session.unshown == ("h2",)
    assert session.forward().fresh == ("h2",)


def test_the_phase_before_the_first_is_the_last_of_the_iteration_before():
    session = Session.open(mazur())
    assert session.seek(3, 1).previous_phase().position == (2, 13, 0)
    assert session.with_detail("scalar").seek(3, 1).previous_phase().position == (2, 13, 3)


def test_the_end_of_a_scalar_walk_is_at_detail_layer_the_last_whole_row():
    session = Session.open(mazur(), "scalar").seek(0, 3)  # x[h1] is shown, x[h2] is not
    assert session.home().end().position == (0, 2, 1)
    assert session.with_detail("layer").home().end().position == (0, 1, 0)
    later = session.seek(1, 1)  # of the next iteration only y[i1]
    assert later.with_detail("layer").home().end().position == (0, 14, 0)


def test_at_the_start_nothing_is_fresh_and_the_first_row_comes_next():
    timeline = Timeline(mazur())
    start = Session.open(mazur(), timeline=timeline)
    assert start.timeline is timeline
    assert (start.row, start.fresh, start.unshown, start.next_row.quantity) == (None, (), (), "y")


def test_the_next_row_is_the_same_one_while_some_of_it_is_hidden():
    session = Session.open(mazur(), "scalar")
    rows = session.timeline.steps.rows
    told = [session.seek(0, done).next_row for done in range(session.count)]
    assert told == [row for row in rows for _ in row.items]
    assert session.seek(0, session.count).next_row is rows[0]


def test_an_error_counts_once_its_total_is_shown():
    session = Session.open(mazur(), "scalar")
    for done, known in ((10, 0), (11, 0), (12, 1), (13, 1)):  # E[o1], then E[o2] and the total
        there = session.seek(0, done)
        assert (there.errors_done, len(there.history)) == (known, known)
        later = session.seek(1, done)
        assert (later.errors_done, len(later.history)) == (1 + known, 1 + known)


def test_the_history_keeps_the_future_that_was_walked():
    session = Session.open(mazur()).seek(5, 14)
    assert session.errors_done == 6
    back = session.seek(2, 5)
    assert back.errors_done == 2
    assert back.history.tolist() == session.history.tolist()
    assert back.seek(2, 6).errors_done == 3
    assert session.history[0] == pytest.approx(0.298371109, abs=5e-10)
    assert session.history[1] == pytest.approx(0.291027774, abs=5e-10)


def test_ten_thousand_updates_of_mazur():
    session = Session.open(mazur()).fast_forward(10_000)
    values = session.seek(10_000, 6).values
    assert values.error == pytest.approx(3.51019e-05, abs=5e-11)
    assert values.need("y", 2)[0] == pytest.approx([0.015913620, 0.984064274], abs=5e-10)
    assert bits(session.back().forward()) == bits(session)


def test_running_on_ends_below_an_error_before_updating():
    session = Session.open(mazur()).fast_forward(1000, below=0.2)
    errors = session.timeline.errors(1000)
    first = int(np.flatnonzero(errors < 0.2)[0])
    assert (session.iteration, session.row.quantity) == (first, "E")
    again = session.home().fast_forward(1000, below=0.2)
    assert again.position == session.position


@pytest.mark.parametrize("detail", ["layer", "scalar"])
def test_running_on_ends_at_the_error_step(detail):
    """What the updates before it have done is seen there; every number is as stepping there would give it."""
    scenario = mazur()
    for done in (0, 1, 6, 13, 14):
        session = Session.open(scenario).seek(0, done).with_detail(detail).fast_forward(3)
        assert (session.iteration, session.row.quantity, session.hidden) == (3, "E", 0)
        assert bits(session) == bits(by_stepping(scenario, session.position, detail))
        assert session.fast_forward(0) is session
        assert session.forward().fast_forward(0).position == session.forward().position


def test_a_walk_that_leaves_the_finite_numbers_stops_there_and_goes_back():
    session = Session.open(make((2, 2, 2), "identity", "identity", learning_rate=1e6))
    for _ in range(10_000):
        later = session.forward()
        if later is session:
            break
        session = later
    assert session.event is not None
    assert session.iteration == session.event.iteration
    assert session.row.quantity == session.event.quantity.kind
    assert session.seek(session.iteration + 50, 1).position == session.position
    assert session.fast_forward(1000).position == session.position
    assert session.back().event is None
    assert session.back().forward().position == session.position
    assert np.isfinite(session.history).all()


def test_a_scalar_walk_stops_when_the_number_is_shown():
    scenario = make((1, 2), "identity", "identity", bias="none")
    scenario.theta[:] = [1.0, 1e308]
    scenario.inputs[:] = 1e10
    session = Session.open(scenario, "scalar").seek(0, 2)
    assert session.fresh == ("o1",)
    assert session.event is None
    last = session.forward()
    assert last.event.quantity.subject == "o2"
    assert last.forward() is last


def test_the_longest_branch_stays_within_its_budget():
    timeline = Timeline(mazur(), budget=16 * 80)
    timeline.extend(500)
    assert timeline.recorded == 500
    assert len(timeline._checkpoints) <= 16
    assert timeline.start(37).theta.tolist() == Timeline(mazur()).start(37).theta.tolist()


def test_extending_stops_when_the_time_is_up():
    timeline = Timeline(mazur())
    timeline.extend(10_000_000, seconds=0.01)
    assert 0 < timeline.recorded < 10_000_000


def one_layer(weights, inputs, loss="half_squared_error", **training):
    """Identity nodes without biases: x is weight times input, E its square."""
    scenario = make((1, len(weights)), last="identity", loss=loss, bias="none", examples=len(inputs), **training)
    return replace(
        scenario,
        theta=np.array(weights),
        inputs=np.array(inputs)[:, np.newaxis],
        targets=np.zeros((len(inputs), len(weights))),
    )


def test_an_infinite_total_is_shown_with_the_last_output_in_scalar_detail():
    # either output's E is finite, their sum is not
    session = Session.open(one_layer([1.0, 1.0], [1.2e154], "squared_error"), "scalar")
    steps = [session := session.forward() for _ in range(7)]
    assert [step.event is None for step in steps] == [True] * 6 + [False]
    assert session.fresh == ("o2",)
    assert str(session.event) == "E became +∞ at iteration 0"
    assert session.forward() is session


def test_a_scalar_walk_stops_at_the_first_number_that_is_not_finite_in_any_example():
    # o1 leaves in the second example, o2 in the first already: o1 is shown first
    scenario = one_layer([10.0, 1e150], [1e200, 1e308], batch=2)
    walked = Session.open(scenario, "scalar")
    while walked.event is None:
        walked = walked.forward()
    assert walked.fresh == ("o1",)
    assert str(walked.event) == "x[o1] became +∞ at iteration 0, example 2"
    for place in (walked.seek(0, walked.count), walked.next_iteration(), Session.open(scenario, "scalar").seek(5, 1)):
        assert bits(place) == bits(walked)


def test_running_until_an_error_never_goes_back():
    session = Session.open(mazur()).seek(5, 14)
    assert session.fast_forward(10, below=1.0) is session
    assert session.seek(5, 3).fast_forward(10, below=1.0).position == (5, 6, 0)


def test_running_on_where_it_was_before_ends_at_the_same_places():
    """Errors that are recorded are looked up: neither the bound itself nor what lies beyond the target counts."""
    known = Session.open(mazur()).seek(1000, 1).home()
    for session in (known, Session.open(mazur())):
        bound = known.history[20]
        assert session.fast_forward(100, below=bound).position == (21, 6, 0)
        assert session.fast_forward(21, below=bound).position == (21, 6, 0)
        assert session.fast_forward(5, below=bound).position == (5, 6, 0)


def test_a_preview_that_ends_early_shows_its_last_row_whole():
    session = Session.open(one_layer([10.0, 1.0], [1.0, 1e308]), "scalar").seek(0, 6)
    ended = preview(session, 1)
    assert (ended.row.quantity, ended.unshown) == ("x", ())
    assert ended.event is not None


def test_going_to_an_epochs_error_ends_at_its_last_iteration():
    session = Session.open(make(examples=5, batch=2))
    k, quantity = named_place("E_epoch[1]", session.scenario.network)
    assert go_to(session, k, quantity).position == go_to(session, 5, Quantity("E")).position
    with pytest.raises(LookupError, match="leave 2: out"):
        go_to(session, 2, quantity)
    with pytest.raises(LookupError, match="is the last"):
        go_to(session, None, Quantity("E_epoch", epoch=10_000_000))


def test_going_to_a_new_value_in_a_wholly_frozen_layer_says_why_not():
    session = Session.open(make((1, 1), bias="none", frozen=frozenset({0})))
    with pytest.raises(LookupError, match="is frozen"):
        go_to(session, 0, Quantity("w+", "w1_1_1"))
    with pytest.raises(LookupError, match="b1 is frozen"):
        go_to(Session.open(mazur()), 0, Quantity("w+", "b1"))  # the rest of its layer is not
