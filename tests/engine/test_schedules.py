"""Learning rates that change: their numbers, files, equations, and running on."""

import math

import numpy as np
import pytest
from msgspec.structs import replace

from engine import Session
from engine.ask.reading import read
from engine.explain.parts import part_of
from engine.explain.terms import explain
from engine.files import load_scenario, parse_scenario
from engine.files.save.composed import composed
from engine.files.save.save import save
from engine.formula.quantity import Quantity
from engine.program.optimizers import Adam
from engine.program.scenario import Stop
from engine.program.schedules import SCHEDULES, Cosine, Exponential, Inverse, Step, Warmup
from engine.program.steps import Steps
from engine.walking.advance import begin, complete, first_state, pack
from engine.walking.branch import edited, standing
from engine.walking.changes import with_values
from engine.walking.fast.array_run import array_run, fast_run
from tests.engine.bad_scenarios import SMALL
from tests.networks import make

CASES = [
    (Step(every=3, factor=0.5), 'schedule = "step", every = 3, factor = 0.5', lambda k: 0.8 * 0.5 ** (k // 3)),
    (Exponential(rate=0.9), 'schedule = "exponential", rate = 0.9', lambda k: 0.8 * 0.9**k),
    (Inverse(rate=0.25), 'schedule = "inverse", rate = 0.25', lambda k: 0.8 / (1 + 0.25 * k)),
    (
        Cosine(iterations=5, end=0.1),
        'schedule = "cosine", iterations = 5, end = 0.1',
        lambda k: 0.1 + 0.7 * (1 + math.cos(math.pi * min(k, 5) / 5)) / 2,
    ),
    (Warmup(iterations=4), 'schedule = "warmup", iterations = 4', lambda k: 0.8 * min(1, (k + 1) / 4)),
    (
        Warmup(iterations=2, then=Inverse(rate=1.0)),
        'schedule = "warmup", iterations = 2, then = { schedule = "inverse", rate = 1 }',
        lambda k: 0.8 * (k + 1) / 2 if k < 2 else 0.8 / (1 + k - 2),
    ),
]
SCHEDULED = [schedule for schedule, *_ in CASES]


def scheduled(schedule, **settings):
    scenario = make((2, 2, 2), optimizer=Adam(), learning_rate=0.8, examples=2, **settings)
    return replace(scenario, training=replace(scenario.training, schedule=schedule))


def test_every_schedule_is_here():
    assert {schedule.name for schedule in SCHEDULED} == {*SCHEDULES}


@pytest.mark.parametrize(("schedule", "text", "rate"), CASES, ids=lambda case: getattr(case, "name", ""))
def test_a_schedule_of_a_file(schedule, text, rate):
    scenario = parse_scenario(f"{SMALL}[training]\nlearning_rate = {{ start = 0.8, {text} }}\n", "small.toml")
    assert (scenario.training.learning_rate, scenario.training.schedule) == (0.8, schedule)
    start = Session.open(scenario)
    for k in range(8):
        assert read(start.seek(k, 1), "learning_rate") == pytest.approx(rate(k), rel=1e-15)
    again = parse_scenario(composed(scenario), "again.toml")
    assert again.training == scenario.training


@pytest.mark.parametrize("schedule", SCHEDULED, ids=repr)
def test_running_on_is_bit_equal_to_stepping(schedule):
    scenario = scheduled(schedule)
    theta, state = scenario.theta, first_state(scenario)
    for k in range(8):
        values = complete(scenario, begin(scenario, Steps(scenario.network, scenario.training), k, theta, state))
        theta, state = values.theta, values.state
    for run in (fast_run(scenario), array_run(scenario)):
        packed, _ = run(pack(scenario.theta, first_state(scenario)), 0, 8, -math.inf, [])
        assert np.array_equal(packed, pack(theta, state))


@pytest.mark.parametrize("schedule", SCHEDULED, ids=repr)
@pytest.mark.parametrize("iteration", [0, 1, 6])
def test_the_rate_is_explained_with_the_update(schedule, iteration):
    start = Session.open(scheduled(schedule))
    session = start.seek(iteration, start.count)
    found = explain(session, Quantity("w+", session.scenario.network.parameter_names[0])).where[0]
    assert found.quantity == Quantity("learning_rate")
    assert part_of(found.parts[0].formula).value == found.value == session.scenario.training.rate(iteration)


def test_a_rate_that_is_set_stays():
    changed = with_values(scheduled(Exponential(rate=0.5)), {"learning_rate": 0.25}).training
    assert (changed.learning_rate, changed.schedule) == (0.25, None)


def test_an_edit_is_of_the_rate_in_force_and_a_saved_walk_goes_on_with_the_schedule(tmp_path):
    start = Session.open(scheduled(Exponential(rate=0.5)))
    there = start.seek(2, 3)
    (edit,) = edited(there, {"learning_rate": 0.25}).tree.branch.edits
    assert (edit.old, edit.new) == (0.2, 0.25)
    save(standing(there), tmp_path / "on.toml")
    on = Session.open(load_scenario(tmp_path / "on.toml"))
    assert read(on.seek(3, 1), "learning_rate") == 0.1
    assert np.array_equal(on.seek(6, 1).values.theta, start.seek(6, 1).values.theta)


def test_epochs_are_counted_in_iterations():
    def stop(text):
        more = f"[[example]]\ninputs = [3, 4]\ntargets = [1]\n[training]\nstop = {{ {text} }}\n"
        return parse_scenario(SMALL + more, "small.toml").training.stop

    assert stop("epochs = 3") == Stop(6)
    assert stop("epochs = 3, iterations = 5, error = 0.1") == Stop(5, 0.1)


def test_a_cosine_may_end_at_0_as_pytorchs_does():
    rate = 'learning_rate = { start = 0.5, schedule = "cosine", iterations = 4 }'
    scenario = parse_scenario(f"{SMALL}\n[training]\n{rate}\n", "small.toml")
    assert [scenario.training.rate(k) for k in (0, 2, 4, 9)] == pytest.approx([0.5, 0.25, 0.0, 0.0], abs=1e-17)
    assert composed(scenario).count("end = 0.0") == 1
    start = Session.open(scenario)
    values = start.seek(4, start.count).values
    assert values.theta.tolist() == values.beginning.theta.tolist()


def test_rprop_begins_with_the_rate_of_the_first_iteration():
    """As in PyTorch, whose scheduler has set it by then; later rates change no step of it."""
    rate = 'learning_rate = { start = 0.8, schedule = "warmup", iterations = 4 }'
    text = f'{SMALL}[training]\noptimizer = "rprop"\n{rate}\n'
    start = Session.open(parse_scenario(text, "small.toml"))
    session, name = start.seek(0, start.count), start.scenario.network.parameter_names[0]
    moved = read(session, f"w+[{name}]") - read(session, f"w[{name}]")
    assert abs(moved) == pytest.approx(0.2, rel=1e-14)
