"""The memo of a walk: every iteration as stepping has it, whatever was recorded, dropped, replayed or shared before."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.walking.branch import edited, standing
from engine.walking.preview import preview
from engine.walking.session import Session
from engine.walking.timeline import Timeline
from tests.engine.walks import SCENARIOS, walked
from tests.networks import make, mazur


@pytest.mark.parametrize(("name", "budget"), [*(("mazur", n) for n in (1, 3, 4, 7, 20)), ("adam", 1), ("adam", 3)])
def test_however_few_checkpoints_are_kept_every_iteration_is_there(name, budget):
    """`budget` is in checkpoints; two are the fewest."""
    scenario = SCENARIOS[name]()
    reference = walked(scenario, 91)
    one = scenario.theta.nbytes * (1 + len(scenario.training.optimizer.slots))
    timeline = Timeline(scenario, budget * one)
    for reached in (16, 17, 33, 90):
        timeline.extend(reached)
        assert timeline.recorded == reached
        assert timeline._checkpoints.nbytes <= max(2, budget) * one
        for k in (*range(reached, -1, -9), *range(0, reached, 25)):
            start = timeline.start(k)
            assert start.theta.tobytes() == reference[k].beginning.theta.tobytes()
            assert start.state.tobytes() == reference[k].beginning.state.tobytes()
    assert timeline.errors(90).tolist() == [values.error for values in reference[:90]]


@pytest.mark.parametrize("kept", [1, 5])
@pytest.mark.parametrize("name", ["mazur", "adam"])
def test_however_few_replayed_iterations_are_kept_every_one_is_there(monkeypatch, name, kept):
    scenario = SCENARIOS[name]()
    one = scenario.theta.nbytes * (1 + len(scenario.training.optimizer.slots))
    monkeypatch.setattr("engine.walking.timeline.REPLAYED", kept * one)
    timeline, reference = Timeline(scenario), walked(scenario, 33)
    timeline.extend(32)
    for k in (9, 8, 4, 3, 31, 30, 1, 9):
        assert timeline.start(k).theta.tobytes() == reference[k].beginning.theta.tobytes()
        assert timeline.start(k).state.tobytes() == reference[k].beginning.state.tobytes()
        assert len(timeline._replayed) <= kept + 1


def test_checkpoints_grow_up_to_their_budget():
    timeline = Timeline(mazur(), 100 * 80)
    for reached in (16 * 63, 16 * 64, 16 * 99, 16 * 100, 16 * 101, 10_000):
        timeline.extend(reached)
        assert timeline._checkpoints.nbytes <= 100 * 80


def test_errors_of_some_iterations():
    timeline, expected = Timeline(mazur()), [values.error for values in walked(mazur(), 100)]
    assert timeline.errors(100).tolist() == expected
    assert timeline.errors(5).tolist() == expected[:5]
    assert timeline.errors(9, 5).tolist() == expected[5:9]
    assert timeline.errors(5, 9).tolist() == timeline.errors(0).tolist() == []
    assert not timeline.errors(5).flags.writeable
    later = Timeline(standing(Session.open(mazur()).seek(7, 1)))
    assert later.errors(12).tolist() == later.errors(12, 3).tolist() == expected[7:12]
    assert later.errors(12, 9).tolist() == expected[9:12]
    assert later.errors(5).tolist() == []


def test_before_the_fork_a_branch_is_its_parent():
    """The parent's errors, parameters and scenario up to there, and its own from there on."""
    main = Session.open(mazur()).seek(20, 1)
    branch = edited(main, {"learning_rate": 5.0})
    leaf = edited(branch.seek(30, 1), {"w5": 0.0})
    plain = [values.error for values in walked(mazur(), 20)]
    assert leaf.timeline.errors(20).tolist() == plain
    assert leaf.timeline.errors(30).tolist() == branch.timeline.errors(30).tolist()
    assert leaf.timeline.errors(31)[-1] != branch.timeline.errors(31)[-1]
    rates = [leaf.timeline.scenario_at(k).training.learning_rate for k in (0, 19, 20, 29, 30, 40)]
    assert rates == [0.5, 0.5, 5.0, 5.0, 5.0, 5.0]
    assert leaf.timeline.scenario_at(19) is main.scenario
    assert leaf.timeline.scenario_at(29) is branch.scenario
    assert leaf.timeline.start(25).theta.tobytes() == branch.timeline.start(25).theta.tobytes()
    assert leaf.timeline.start(12).theta.tobytes() == main.timeline.start(12).theta.tobytes()


@pytest.mark.parametrize("name", ["mazur", "adam"])
def test_recording_ends_at_the_first_error_below_a_bound(name):
    scenario = SCENARIOS[name]()
    errors = [values.error for values in walked(scenario, 60)]
    for bound in (errors[0] * 2, errors[20], errors[33] * 1.0000001, 0.0):
        hit = next((k for k, error in enumerate(errors) if error < bound), None)
        timeline = Timeline(scenario)
        assert timeline.extend(60, below=bound) == hit
        assert timeline.recorded == (60 if hit is None else hit + 1)


def test_a_slice_of_time_is_used():
    timeline = Timeline(mazur())
    assert timeline.extend(10_000_000, seconds=0.05) is None
    assert 16 < timeline.recorded < 10_000_000
    reached = timeline.recorded
    timeline.extend(10_000_000, seconds=0.0)
    assert reached < timeline.recorded <= reached + 16  # it gets on, but looks at the clock often


def _ends_after_its_error():
    return replace(
        make((1, 1, 1), "identity", "identity", bias="none"),
        theta=np.array([1e-290, 1e300]),
        inputs=np.ones((1, 1)),
        targets=np.zeros((1, 1)),
    )


def test_an_iteration_that_ends_after_its_error_has_one():
    """E is 5e19; on its way back 1e10 meets the weight 1e300."""
    scenario = _ends_after_its_error()
    timeline = Timeline(scenario)
    assert timeline.errors(10).tolist() == pytest.approx([5e19])
    assert (timeline.recorded, str(timeline.event.quantity)) == (0, "dE/dy[h1_1]")
    with pytest.raises(IndexError, match="dE/dy"):
        timeline.start(1)
    scenario = replace(scenario, theta=np.array([1e300, 1e300]))
    assert Timeline(scenario).errors(10).tolist() == []


def _unable(*_):
    raise AssertionError("computed again")


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_walked_row_by_row_is_not_computed_again(monkeypatch, name):
    """E is known at its row, and an iteration recorded once it is passed: as recording would have it, to the bit."""
    scenario = SCENARIOS[name]()
    session, recorded = Session.open(scenario), Timeline(scenario)
    expected = recorded.errors(3).tolist()
    monkeypatch.setattr("engine.walking.timeline.complete", _unable)
    while session.iteration < 3:
        assert session.history.tolist() == expected[: session.errors_done]
        assert session.timeline.recorded == session.iteration
        session = session.forward()
    assert session.values.beginning.theta.tobytes() == recorded.start(3).theta.tobytes()
    assert session.values.beginning.state.tobytes() == recorded.start(3).state.tobytes()


def test_an_error_known_before_its_iteration_is_recorded_is_not_counted_twice():
    """Neither where it goes on in another way, nor where the error itself is what a run looks for."""
    expected = Timeline(mazur()).errors(40).tolist()
    for reached in (0, 5, 20):
        session = Session.open(mazur()).seek(reached, 6)
        assert session.history.tolist() == expected[: reached + 1]
        assert session.back().history.tolist() == expected[: reached + 1]
        assert session.home().history.tolist() == expected[: reached + 1]
        assert session.timeline.recorded == reached
        assert session.timeline.extend(30, below=expected[reached] * 1.0000001) == reached
        assert session.timeline.errors(40).tolist() == expected


def test_an_error_known_at_its_row_is_the_branch_s_own():
    main = Session.open(mazur()).seek(7, 6)
    assert len(main.history) == 8
    branch = edited(main, {"learning_rate": 5.0, "w5": 0.0})
    assert branch.history.tolist() == Timeline(branch.scenario, parent=main.timeline).errors(8).tolist()
    assert branch.history[7] != main.history[7]
    assert (branch.timeline.recorded, main.timeline.recorded) == (7, 7)
    assert branch.seek(9, 6).history.tolist() == Timeline(branch.scenario, parent=main.timeline).errors(10).tolist()


def test_the_error_of_other_examples_is_not_that_of_the_iteration():
    scenario = SCENARIOS["sgd in batches"]()
    session = Session.open(scenario)
    session = session.seek(0, session.error_row + 1)
    other = preview(session, session.values.examples[-1])
    assert other.values.error != session.values.error
    assert other.history.tolist() == session.history.tolist() == [session.values.error]


def test_an_error_known_at_its_row_stays_where_the_iteration_ends_after_it():
    scenario = _ends_after_its_error()
    session = Session.open(scenario)
    session = session.seek(0, session.error_row + 1)
    assert session.history.tolist() == pytest.approx([5e19])
    assert session.timeline.event is None
    assert session.fast_forward(1).event == session.timeline.event
    assert str(session.timeline.event.quantity) == "dE/dy[h1_1]"
    assert session.history.tolist() == Timeline(scenario).errors(10).tolist()
