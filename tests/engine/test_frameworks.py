"""Update rules `as` frameworks have them, held against 20 steps that each of them gave (`tests/record`)."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine.program.frameworks import FRAMEWORKS, NAMES, as_in

RECORDS = Path(__file__).parent.parent / "record"
GIVEN = json.loads((RECORDS / "gradients.json").read_text())
RECORDED = {name: json.loads((RECORDS / f"{name}.json").read_text()) for name in NAMES}
WITHIN = {"tensorflow.js": 1e-6}
"""Relative to a parameter's largest number on its way: TensorFlow.js has single precision only, and so have we then."""
RUNS = [(name, run) for name in NAMES for run in RECORDED[name]["runs"]]


def called(value):
    return value if isinstance(value, str) else f"{value['rule']}-{value['settings']}"


def walked(run, framework):
    """The parameters after each step, by our rule."""
    record = as_in(framework, run["rule"])
    optimizer, rate = record.optimizer(run["settings"]), run.get("learning_rate", record.learning_rate)
    precision = np.float32 if framework in WITHIN else np.float64
    w = np.array(GIVEN["w"], precision)
    state, rows = optimizer.first_state(rate, len(w)).astype(precision), []
    for time, g in enumerate(GIVEN["g"], 1):
        w, state = optimizer.update(w, np.array(g, precision), state, rate, time)
        assert w.dtype == precision
        rows.append(w)
    return np.array(rows)


@pytest.mark.parametrize(("framework", "run"), RUNS, ids=called)
def test_it_steps_as_the_framework_does(framework, run):
    ours, theirs = walked(run, framework), np.array(run["w"])
    largest = np.abs(theirs).max(axis=0)
    assert (np.abs(ours - theirs).max(axis=0) <= WITHIN.get(framework, 1e-14) * largest).all()


def test_every_record_is_held_against_a_run_with_the_settings_it_has():
    runs = {(name, run["rule"]) for name, run in RUNS if not run["settings"]}
    assert {(one.framework, one.rule) for one in FRAMEWORKS} == runs


def test_derivatives_of_nothing_and_next_to_nothing_are_among_them():
    g = np.array(GIVEN["g"])
    assert len(g) == 20
    assert {0.0, 1e-8} <= {*g.ravel().tolist()}
