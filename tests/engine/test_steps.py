"""The sequence of steps, at both details and in both orders of updating."""

from itertools import pairwise

import pytest

from engine.program.steps import Steps
from tests.networks import make, mazur


def rows(scenario):
    return [f"{row.quantity}{row.layer}" for row in Steps(scenario.network, scenario.training).rows]


def test_mazur_has_14_layer_steps_and_38_scalar_steps():
    scenario = mazur()
    steps = Steps(scenario.network, scenario.training)
    assert rows(scenario) == ("y0 x1 y1 x2 y2 E2 dE/dy2 dE/dx2 dE/dw2 dE/dy1 dE/dx1 dE/dw1 w+2 w+1".split())
    assert (steps.count("layer"), steps.count("scalar")) == (14, 38)
    assert steps.rows[0].items == ("i1", "i2")
    assert [steps.rows[start].phase for start in steps.phase_starts] == ["forward", "error", "backward", "update"]


def test_immediate_updates_come_right_after_their_derivatives():
    scenario = mazur(immediate=True)
    assert rows(scenario)[6:] == "dE/dy2 dE/dx2 dE/dw2 w+2 dE/dy1 dE/dx1 dE/dw1 w+1".split()
    phases = [row.phase for row in Steps(scenario.network, scenario.training).rows]
    assert [phase for phase, later in pairwise([*phases, ""]) if phase != later] == (
        "forward error backward update backward update".split()
    )


def test_every_parameter_has_a_derivative_and_only_trainable_ones_are_updated():
    scenario = mazur()
    steps = Steps(scenario.network, scenario.training)
    assert steps.rows[steps.index["dE/dw", 2]].items == ("w5", "w6", "w7", "w8", "b2")
    assert steps.rows[steps.index["w+", 2]].items == ("w5", "w6", "w7", "w8")


def test_a_layer_that_is_wholly_frozen_has_no_update_step():
    assert "w+2" not in rows(mazur(frozen=frozenset(range(5, 10))))
    assert rows(mazur(frozen=frozenset(range(5, 10)), immediate=True))[6:] == (
        "dE/dy2 dE/dx2 dE/dw2 dE/dy1 dE/dx1 dE/dw1 w+1".split()
    )


@pytest.mark.parametrize("detail", ["layer", "scalar"])
@pytest.mark.parametrize("shape", [(1, 1), (2, 2, 2), (4, 2, 2, 1), (3, 5, 1)])
def test_done_and_its_inverse(shape, detail):
    scenario = make(shape)
    steps = Steps(scenario.network, scenario.training)
    assert steps.rows_and_hidden(0, detail) == (0, 0)
    for done in range(steps.count(detail) + 1):
        assert steps.done(*steps.rows_and_hidden(done, detail), detail) == done
