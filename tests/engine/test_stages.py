"""Stages of one iteration share their results, and none sees those of another that went on in another way."""

import numpy as np
import pytest

from engine.program.steps import Steps
from engine.walking.advance import advance, begin, complete, first_state
from tests.networks import mazur


def test_two_ways_on_from_one_stage():
    scenario = mazur()
    steps = Steps(scenario.network, scenario.training)
    first = begin(scenario, steps, 0, scenario.theta, first_state(scenario))
    for _ in range(3):
        first = advance(scenario, first)
    before = [array.copy() for array in first.results]
    one, other = complete(scenario, first), complete(scenario, first)
    assert [len(stage.results) for stage in (first, one, other)] == [3, 14, 14]
    assert all(np.array_equal(a, b) for a, b in zip(one.results, other.results, strict=True))
    assert one.results[-1] is not other.results[-1]
    assert all(np.array_equal(a, b) for a, b in zip(first.results, before, strict=True))
    assert [len(stage.results) for stage in one.history()] == [*range(14, -1, -1)]


def test_they_are_a_sequence():
    scenario = mazur()
    steps = Steps(scenario.network, scenario.training)
    there = complete(scenario, begin(scenario, steps, 0, scenario.theta, first_state(scenario)))
    early = list(there.history())[4].results
    assert len(early) == 10
    assert early[-1] is early[9] is there.results[9]
    assert [*early[:-1]] == [*early][:9]
    for at in (10, -11):
        with pytest.raises(IndexError, match="10 results"):
            early[at]
