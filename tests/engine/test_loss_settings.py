"""Losses with settings: the half, sums and means over outputs, where a curve becomes a line, sums of targets."""

from contextlib import suppress
from math import log

import numpy as np
import pytest
from msgspec.structs import replace

from engine.check.gradients import check_gradient
from engine.comparison.settings import settings_of as other_settings
from engine.explain.matrices import matrix_forms
from engine.explain.parts import Part
from engine.explain.terms import explain
from engine.files.read import parse_scenario
from engine.files.save.alike import same
from engine.files.save.composed import composed
from engine.formula.distances import Huber, SmoothL1
from engine.formula.field import REAL
from engine.formula.loss import Halved, Settings
from engine.formula.losses import LOSSES, loss_of, other_losses
from engine.formula.quantity import Quantity
from engine.program.operations import NoFormulaError
from engine.walking.advance import first_state, pack
from engine.walking.fast.array_run import array_run, fast_run
from engine.walking.session import Session
from tests.engine.walks import walked
from tests.networks import make


def settings_of(name, **settings):
    return replace(LOSSES[name].settings, **settings)


SET = {
    "squared_error": (settings_of("squared_error", half=True, over_outputs="mean"), lambda y, t: (y - t) ** 2 / 6),
    "mean_squared_error": (settings_of("mean_squared_error", over_outputs="sum"), lambda y, t: (y - t) ** 2),
    "half_squared_error": (settings_of("half_squared_error", half=False), lambda y, t: (y - t) ** 2),
    "huber": (
        Huber(delta=0.3),
        lambda y, t: (y - t) ** 2 / 2 if abs(y - t) <= 0.3 else 0.3 * (abs(y - t) - 0.15),
    ),
    "smooth_l1": (
        SmoothL1(beta=0.3, over_outputs="mean"),
        lambda y, t: ((y - t) ** 2 / 0.6 if abs(y - t) < 0.3 else abs(y - t) - 0.15) / 3,
    ),
    "squared_hinge": (Halved(half=True), lambda y, t: max(0, 1 - t * y) ** 2 / 2),
    "absolute_error": (settings_of("absolute_error", over_outputs="mean"), lambda y, t: abs(y - t) / 3),
    "log_cosh": (Settings(over_outputs="mean"), lambda y, t: log(np.cosh(y - t)) / 3),
    "binary_cross_entropy": (
        settings_of("binary_cross_entropy", over_outputs="mean"),
        lambda y, t: -(t * log(y) + (1 - t) * log(1 - y)) / 3,
    ),
    "cross_entropy": (Settings(over_outputs="mean"), lambda y, t: -t * log(y) / 3),
    "kl_divergence": (Settings(over_outputs="mean"), lambda y, t: t * log(t / y) / 3),
    "poisson": (Settings(over_outputs="mean"), lambda y, t: (y - t * log(y)) / 3),
    "hinge": (settings_of("hinge", over_outputs="mean"), lambda y, t: max(0, 1 - t * y) / 3),
}


def set_up(name, last=None, **more):
    """A network of three outputs whose loss has settings."""
    loss = loss_of(name, SET[name][0])
    last = last or ("softmax" if loss.shares else "sigmoid")
    scenario = make((2, 3, 3), "tanh", last, name, examples=3, **more)
    return replace(scenario, network=replace(scenario.network, loss=loss))


@pytest.mark.parametrize("name", SET)
@pytest.mark.parametrize(("y", "t"), [(0.2, 0.7), (0.9, 0.25), (0.4, 1.0)])
def test_as_the_formula_is_written_and_its_slope_is_that_of_the_value(name, y, t):
    settings, written = SET[name]
    loss, h = loss_of(name, settings), 1e-6
    assert loss.value(y, t, 3, REAL) == pytest.approx(written(y, t), rel=1e-12)
    rise = written(y + h, t) - written(y - h, t)
    assert loss.slope(y, t, 3, REAL) == pytest.approx(rise / (2 * h), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", SET)
def test_the_derivatives_are_those_of_the_error(name):
    for last in ("softmax", "identity" if name in ("absolute_error", "huber") else "sigmoid"):
        scenario = set_up(name, last, batch=2)
        if LOSSES[name].shares and last != "softmax":
            continue
        (values,) = walked(scenario, 1)
        written = SET[name][1]
        pairs = zip(values.need("y", 2).tolist(), scenario.targets.tolist(), strict=False)
        assert values.example_errors == pytest.approx([sum(map(written, *pair)) for pair in pairs], rel=1e-11)
        result = check_gradient(scenario, scenario.theta, (0, 1, 2))
        assert result.ok
        assert result.max_relative_error <= 1e-10


@pytest.mark.parametrize("name", SET)
@pytest.mark.parametrize("way", [fast_run, array_run], ids=["straight", "arrays"])
def test_running_on_is_stepping_to_the_last_bit(name, way):
    scenario = set_up(name)
    run, errors = way(scenario), []
    if run is None:  # softmax is left to stepping
        assert LOSSES[name].shares
        return
    packed, reached = run(pack(scenario.theta, first_state(scenario)), 0, 4, 0.0, errors)
    done = walked(scenario, 4)
    assert reached == 4
    assert errors == [values.error for values in done]
    assert packed[: len(scenario.theta)].tobytes() == done[-1].theta.tobytes()


@pytest.mark.parametrize("name", SET)
def test_it_is_saved_as_it_is(name):
    scenario = set_up(name)
    read = parse_scenario(composed(scenario), f"{scenario.name}.toml")
    assert read.layered.loss == scenario.layered.loss
    assert same(replace(read, title=scenario.title), scenario)


def test_three_names_of_one_function():
    """The half and the mean say it all: the other losses have each function once."""
    one, other = loss_of("squared_error", settings_of("squared_error", half=True)), LOSSES["half_squared_error"]
    assert (one.called, one.same) == ("squared_error (half = true)", other.same)
    assert one.value(0.1, 0.7, 3, REAL) == other.value(0.1, 0.7, 3, REAL)
    found = [loss.called for loss in other_losses(LOSSES["mean_squared_error"], means=True)]
    assert [name for name in found if "squared_error" in name] == [
        *("half_squared_error", "squared_error"),
        "mean_squared_error (half = true)",
    ]


# Of PyTorch 2.13.0, as F.cross_entropy(x, t, reduction="sum") and so on: value, derivatives by x
X = [[0.3, -1.2, 0.7], [1.5, 0.2, -0.4]]
T = [[0.5, 0.2, 0.9], [0.1, 0.0, 1.2]]
T1 = [[0.5, 0.2, 0.9], [0.1, 0.0, 1.0]]
PYTORCH = {
    "targets of any sum": (
        ("cross_entropy", Settings(), "softmax", T, "sum"),
        4.275815947028221,
        [
            [0.08932839911106014, -0.06850305992633136, -0.020825339184728772],
            [0.8141407939943611, 0.24913242967281915, -1.06327322366718],
        ],
    ),
    "huber": (
        ("huber", Huber(delta=0.3), "identity", T, "sum"),
        1.245,
        [[-0.2, -0.3, -0.2], [0.3, 0.2, -0.3]],
    ),
    "smooth L1": (
        ("smooth_l1", SmoothL1(beta=0.3), "identity", T, "sum"),
        4.15,
        [[-2 / 3, -1.0, -2 / 3], [1.0, 2 / 3, -1.0]],
    ),
    "binary cross entropy": (
        ("binary_cross_entropy", settings_of("binary_cross_entropy", over_outputs="mean"), "sigmoid", T1, "mean"),
        0.8238985267427189,
        [
            [0.012407086135276505, 0.005245869416830394, -0.038635371305305644],
            [0.11959574603227395, 0.09163899955207966, -0.09978127668540866],
        ],
    ),
    "mean squared error": (
        ("squared_error", Halved(over_outputs="mean"), "identity", T, "mean"),
        1.1,
        [
            [-0.06666666666666667, -0.4666666666666666, -0.06666666666666668],
            [0.4666666666666666, 0.06666666666666667, -0.5333333333333333],
        ],
    ),
}


def of_inputs(name, settings, last, targets, reduction):
    """The inputs themselves into the last activation."""
    scenario = make((3, 3), last=last, loss=name, examples=2, batch=2, bias="none", reduction=reduction)
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = np.eye(3).ravel(), X, targets
    network = replace(scenario.network, loss=loss_of(name, settings)).taking(scenario.targets)
    return replace(scenario, network=network)


@pytest.mark.parametrize("name", PYTORCH)
def test_as_pytorch_has_it(name):
    of, error, slopes = PYTORCH[name]
    scenario = of_inputs(*of)
    (values,) = walked(scenario, 1)
    assert values.error == pytest.approx(error, rel=1e-14)
    ours = values.need("dE/dx", 1) / (2 if of[-1] == "mean" else 1)  # per example, before they are joined
    assert ours == pytest.approx(np.array(slopes), rel=1e-12)
    assert check_gradient(scenario, scenario.theta, (0, 1)).ok


def test_targets_that_do_not_sum_to_1_are_said():
    scenario = of_inputs("cross_entropy", Settings(), "softmax", T, "sum")
    session = Session.open(scenario)
    shown = explain(session.seek(0, session.count), Quantity("dE/dx", "o1"))
    assert "sum to 1.6, not to 1" in shown.words
    assert shown.parts[0].operands[0].quantity == Quantity("y", "o1")
    usual = of_inputs("cross_entropy", Settings(), "softmax", [[0.5, 0.2, 0.3], [0.0, 0.0, 1.0]], "sum")
    assert usual.layered.loss == LOSSES["cross_entropy"]
    assert scenario.layered.loss != LOSSES["cross_entropy"]


def test_a_mean_over_outputs_is_found():
    """What other libraries report of binary cross entropy: the whole walk is divided by the outputs."""
    scenario = make((2, 3, 3), "tanh", "sigmoid", "binary_cross_entropy")
    assert "binary_cross_entropy (over_outputs = mean)" in [
        setting.scenario.layered.loss.called for setting in other_settings(scenario) if setting.cause == "reduction"
    ]


WEIGHTS = (1.0, 2.5, 0.5)


def weighted(name, **more):
    scenario = set_up(name, **more)
    loss = loss_of(name, replace(SET[name][0], class_weights=WEIGHTS))
    return replace(scenario, network=replace(scenario.network, loss=loss))


@pytest.mark.parametrize("name", SET)
def test_class_weights_are_factors_of_each_output(name):
    scenario = weighted(name, batch=2)
    (values,) = walked(scenario, 1)
    written = SET[name][1]
    for outputs, targets, error in zip(
        values.need("y", 2).tolist(), scenario.targets[:2].tolist(), values.example_errors, strict=True
    ):
        parts = [weight * written(y, t) for weight, y, t in zip(WEIGHTS, outputs, targets, strict=True)]
        assert error == pytest.approx(sum(parts), rel=1e-11)
    result = check_gradient(scenario, scenario.theta, (0, 1, 2))
    assert result.ok
    assert result.max_relative_error <= 1e-10
    assert parse_scenario(composed(scenario), "x.toml").layered == scenario.layered


@pytest.mark.parametrize("name", [name for name in SET if not LOSSES[name].shares])
@pytest.mark.parametrize("way", [fast_run, array_run], ids=["straight", "arrays"])
def test_running_on_with_class_weights_is_stepping_to_the_last_bit(name, way):
    scenario = weighted(name)
    errors, done = [], walked(scenario, 4)
    packed, _ = way(scenario)(pack(scenario.theta, first_state(scenario)), 0, 4, 0.0, errors)
    assert errors == [values.error for values in done]
    assert packed[: len(scenario.theta)].tobytes() == done[-1].theta.tobytes()


@pytest.mark.parametrize(
    ("name", "last", "targets", "error", "slopes"),
    [
        (
            *("cross_entropy", "softmax", T, 3.404718682712234),
            [
                [0.034078861694398194, -0.38083089805823783, 0.3467520363638395],
                [0.39222965830465595, 0.13414823136228723, -0.5263778896669431],
            ],
        ),
        (
            *("binary_cross_entropy", "sigmoid", T1, 6.202422514893042),
            [
                [0.07444251681165903, 0.07868804125245592, -0.11590611391591693],
                [0.7175744761936437, 1.3745849932811949, -0.299343830056226],
            ],
        ),
    ],
)
def test_class_weights_as_pytorch_has_them(name, last, targets, error, slopes):
    scenario = of_inputs(name, settings_of(name, class_weights=WEIGHTS), last, targets, "sum")
    (values,) = walked(scenario, 1)
    assert values.error == pytest.approx(error, rel=1e-14)
    assert values.need("dE/dx", 1) == pytest.approx(np.array(slopes), rel=1e-12)


def test_class_weights_stand_in_the_equation():
    session = Session.open(weighted("half_squared_error"))
    session = session.seek(0, session.count)
    shown = explain(session, Quantity("dE/dy", "o2"))
    assert text_of(shown.rule) == "c·2·(y − t)"
    assert text_of(shown.parts[0].formula) == "2.5·2·(y[o2] − t[o2])"
    assert text_of(explain(session, Quantity("E", "o2")).rule) == "c·(y − t)²"
    for row in session.timeline.steps.rows:  # and no matrix holds what has no name
        with suppress(NoFormulaError):
            matrix_forms(session, row)


def text_of(formula):
    return "".join(piece if isinstance(piece, str) else str(piece.quantity) for piece in Part(formula).pieces)


@pytest.mark.parametrize(
    ("name", "last", "y", "t", "corner", "slope", "words"),
    [
        ("absolute_error", "identity", 0.5, 0.5, 0.5, 0.0, "At y − t = 0 the slope jumps from −1 to 1: 0 is taken"),
        ("absolute_error", "identity", 0.5, 0.5, 1.0, 1.0, "1 is taken (corner = 1)"),
        ("absolute_error", "identity", 0.5, 0.5, 0.25, -0.5, "−0.5 is taken (corner = 0.25)"),
        ("hinge", "identity", 1.0, 1.0, 1.0, 0.0, "At t·y = 1 the slope jumps from −1 to 0: 0 is taken"),
        ("hinge", "identity", -1.0, -1.0, 0.0, 1.0, "−1 is taken (corner = 0)"),
        ("hinge", "identity", 1.0, 1.0, 0.5, -0.5, "−0.5 is taken (corner = 0.5)"),
        ("hinge", "identity", 0.5, 1.0, 0.5, -1.0, ""),
        ("absolute_error", "identity", 0.75, 0.5, 1.0, 1.0, ""),
    ],
)
def test_the_slope_at_a_corner_is_a_choice_that_is_said(name, last, y, t, corner, slope, words):
    scenario = make((1, 2), last=last, loss=name, bias="none")
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = y, 1.0, t
    loss = loss_of(name, settings_of(name, corner=corner))
    scenario = replace(scenario, network=replace(scenario.network, loss=loss))
    session = Session.open(scenario)
    shown = explain(session.seek(0, session.count), Quantity("dE/dy", "o1"))
    assert shown.value == slope
    assert words in shown.words
    assert bool(words) == bool(shown.words)
    errors, done = [], walked(scenario, 1)
    packed, _ = fast_run(scenario)(pack(scenario.theta, first_state(scenario)), 0, 1, 0.0, errors)
    assert packed[: len(scenario.theta)].tobytes() == done[-1].theta.tobytes()
