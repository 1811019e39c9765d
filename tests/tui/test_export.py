"""`gradstep export`: the scripts run, agree with us on every number, and fail if one is changed."""

import importlib.util
import itertools
import math
import re
import subprocess
import sys

import numpy as np
import pytest
from msgspec.structs import replace

from engine import Session, load_scenario, shipped_names
from engine.formula.activation import Activation
from engine.formula.activations import ACTIVATIONS, activation
from engine.formula.functions import ADD, DIVIDE, EXP, LOG, NEGATE
from engine.formula.losses import LOSSES
from engine.program.clip import OVER, Clip
from engine.program.frameworks import FRAMEWORKS
from engine.program.optimizers import OPTIMIZERS, Adagrad, Adam, Momentum, RMSprop, Sgd
from engine.program.penalty import Penalty
from tests import GRADSTEP
from tests.networks import goes_with, make, unrolled
from tests.shipped import UNTRAINED
from tests.tui.test_trace import DIVERGING
from tui.cli import main
from tui.paper.script_numpy import NumpyScript
from tui.paper.script_torch import TorchScript

SCRIPTS = [NumpyScript]
if importlib.util.find_spec("torch"):
    SCRIPTS.append(TorchScript)

LAST = [(last, loss) for last, loss in itertools.product(ACTIVATIONS, LOSSES) if goes_with(last, loss)]


def script(kind, scenario, iteration=0):
    start = Session.open(scenario)
    session = start.seek(iteration, start.count)
    assert session.event is None
    return kind(session).text()


def run(text):
    exec(compile(text, "script", "exec"), {"__name__": "__main__"})


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_scenario(name, kind):
    later = 2 if name == "exploding" else 50  # soon after, its numbers are not finite any more
    for iteration in (0,) if name in UNTRAINED else (0, later):
        run(script(kind, load_scenario(name), iteration))


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize(("last", "loss"), LAST)
def test_every_loss_after_every_activation(last, loss, kind):
    for hidden in ("sigmoid", "relu"):
        run(script(kind, make((3, 4, 2, 3), hidden, last, loss, examples=3, batch=2, learning_rate=0.1), 1))


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_every_activation_in_hidden_layers(hidden, kind):
    for last, loss in (("identity", "half_squared_error"), ("softmax", "cross_entropy")):
        for scale in (0.01, 1.0, 10.0):
            scenario = make((3, 4, 2, 3), hidden, last, loss, examples=3, batch=2, scale=scale, learning_rate=0.01)
            start = Session.open(scenario)
            if start.seek(0, start.count).event is None:
                run(script(kind, scenario))


SETTINGS = [
    *[activation("leaky_relu", {"slope": 0.2}), activation("elu", {"alpha": 2.0})],
    *[activation("gelu", {"approximate": "tanh"}), activation("hard_sigmoid", {"slope": 0.2})],
    activation("softplus", {"beta": 3.0}),
    *(activation(name, {"corner": 0.5}) for name, record in ACTIVATIONS.items() if record.corners),
]


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("own", SETTINGS, ids=lambda record: record.called)
def test_settings_and_functions_of_each_node(own, kind):
    """Alone and beside others; and where all stand on the corner at 0."""
    for hidden, scale in ((own, 1.0), (own, 10.0), ([own, "sigmoid", own], 3.0), ([own, "relu"], 0.0)):
        scenario = make((3, 4, 2), hidden, ["tanh", own], "half_squared_error", examples=3, batch=2, scale=scale)
        run(script(kind, scenario))


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("optimizer", [Momentum(0.8), Momentum(0.8, nesterov=True), Adam(0.8, 0.99, 1e-6)], ids=repr)
@pytest.mark.parametrize("immediate", [False, True])
def test_ways_of_training(immediate, optimizer, kind):
    settings = {"optimizer": optimizer, "immediate": immediate, "learning_rate": 0.1}
    for bias, reduction in itertools.product(("each", "shared", "none"), ("mean", "sum")):
        scenario = make((2, 3, 2), examples=3, batch=3, bias=bias, reduction=reduction, **settings)
        run(script(kind, scenario, 3))
    for bias in ("each", "shared", "none"):
        run(script(kind, unrolled(bias=bias, examples=3, batch=2, **settings), 1))
    frozen = make((2, 3, 2), frozen=frozenset({0, 3, *range(6, 9), *range(9, 15)}), **settings)
    run(script(kind, frozen, 2))
    run(script(kind, make((2, 3, 3), "tanh", "softmax", "cross_entropy", examples=2, batch=2, **settings), 1))


RULES = [
    *(rule(**decay) for rule in OPTIMIZERS.values() for decay in ({}, {"weight_decay": 0.1})),
    *(rule(weight_decay=0.1, coupled=True) for rule in OPTIMIZERS.values()),
    *(one.optimizer({}) for one in FRAMEWORKS if one.settings),
    *(Momentum(dampening=0.3), Momentum(dampening=0.3, nesterov=True), RMSprop(momentum=0.5)),
    *(RMSprop(centered=True, momentum=0.5, epsilon_inside=True), Adagrad(rate_decay=0.1), Adam(epsilon_inside=True)),
    *(Adam(0.5, 0.6, amsgrad=True), Adam(0.5, 0.6, amsgrad=True, largest_corrected=True)),
]


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("optimizer", RULES, ids=repr)
def test_every_update_rule(optimizer, kind):
    frozen = frozenset({0, 3, *range(6, 9)})
    for iteration, immediate in ((0, False), (3, True)):
        settings = {"optimizer": optimizer, "learning_rate": 0.1, "immediate": immediate, "frozen": frozen}
        run(script(kind, make((2, 3, 2), examples=3, batch=3, **settings), iteration))


CLIPS = [Clip(value=0.01), *(Clip(0.02, over=over, epsilon=e) for over in OVER for e in (0.0, 1e-6))]


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("clip", CLIPS, ids=repr)
def test_clipped_derivatives(clip, kind):
    for frozen in (frozenset(), frozenset({0, 3, *range(6, 9)})):
        for optimizer in (Sgd(), Momentum(), Adam(weight_decay=0.1, coupled=True)):
            settings = {"optimizer": optimizer, "learning_rate": 0.1, "frozen": frozen, "clip": clip}
            run(script(kind, make((2, 3, 2), examples=3, batch=3, **settings), 2))
            if clip.over != "all":
                run(script(kind, make((2, 3, 2), immediate=True, **settings), 2))
    run(script(kind, unrolled(bias="shared", clip=clip), 1))


PENALTIES = [
    Penalty(l2=0.3, of=tuple(range(6))),
    Penalty(l2=0.3, half=False, per="example", of=tuple(range(2, 15)), examples=3),
    Penalty(l1=0.1, per="epoch", of=tuple(range(6)), examples=3),
    Penalty(l2=0.2, l1=0.1, of=(1, 4, 9, 10)),
]


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
def test_penalties(penalty, kind):
    for iteration, immediate in ((0, False), (3, True)):
        for bias, reduction in (("each", "mean"), ("shared", "sum")):
            settings = {"immediate": immediate, "reduction": reduction, "learning_rate": 0.1, "bias": bias}
            limited = replace(penalty, of=tuple(index for index in penalty.of if index < 12))
            text = script(kind, make((2, 3, 2), examples=3, batch=3, penalty=limited, **settings), iteration)
            assert "E_penalty" in text
            assert max(map(len, text.splitlines())) <= 130
            run(text)
        run(script(kind, unrolled(examples=3, batch=2, penalty=replace(penalty, of=(0, 1, 3)), **settings), 1))


def test_a_changed_penalty_fails():
    text = script(NumpyScript, make((2, 3, 2), penalty=PENALTIES[0]))
    with pytest.raises(AssertionError, match="E_penalty"):
        run(text.replace("0.5 * 0.3 * W1", "0.5 * 0.300001 * W1"))
    with pytest.raises(AssertionError, match="dE_dW1"):
        run(text.replace(" + 0.3 * W1", " + 0.300001 * W1"))


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy"])
def test_where_rounding_leaves_few_digits(loss, kind):
    """Saturated nodes, outputs that round to 0 and 1, and outputs that have come to their targets."""
    for scale in (30.0, 1000.0):
        run(script(kind, make((2, 3, 2), "tanh", "sigmoid", loss, scale=scale)))
    trained = make((1, 2, 1), "sigmoid", "identity" if loss == "half_squared_error" else "sigmoid", loss)
    at_target = script(kind, trained, 3000)
    assert "within=" in at_target
    run(at_target)


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize(("last", "loss"), LAST)
def test_networks_that_are_sure_of_themselves(last, loss, kind):
    """Outputs so near to 0 and 1 that what is written as one subtracts in vain is nothing but rounding."""
    for scale, seed in itertools.product((20.0, 300.0), range(5)):
        scenario = make((2, 2, 3), "tanh", last, loss, seed=seed, scale=scale)
        start = Session.open(scenario)
        session = start.seek(0, start.count)
        if session.event is None:
            run(kind(session).text())


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("x", [-705.0, -709.0, -720.0, -744.0, -800.0])
@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy", "output"])
def test_outputs_that_are_too_small_for_all_their_digits(loss, x, kind):
    for shape, target in itertools.product(((1, 1), (1, 1, 1)), (0.0, 0.1, 1.0)):
        scenario = make(shape, loss=loss, bias="none")
        scenario.theta[0], scenario.inputs[:] = x, 1.0
        if scenario.targets is not None:
            scenario.targets[:] = target
        run(script(kind, scenario))


def test_a_changed_number_of_a_network_that_is_sure_of_itself_fails():
    scenario = make((1, 3), last="softmax", loss="squared_error", bias="none")
    scenario.theta[:], scenario.inputs[:] = (20.0, 0.0, -1.0), 1.0
    text = script(NumpyScript, scenario)
    place = text.index('agree("dE_dx1"')
    number = re.search(r"-?\d\.\d+e-\d+", text[place:])[0]
    changed = repr(float(number) * (1 + 1e-6))
    with pytest.raises(AssertionError, match="dE_dx1"):
        run(text[:place] + text[place:].replace(number, changed, 1))


def test_a_looser_bound_is_written_where_rounding_may_do_more_than_the_usual_one():
    scenario = make((1, 1))
    session = Session.open(scenario)
    one = NumpyScript(session.seek(0, session.count))
    for spread, within in (
        (4e-9, ""),
        (math.nextafter(4e-9, 1.0), ", within=5e-9"),
        (1.2e-8, ", within=2e-8"),
        (2e-8, ", within=3e-8"),  # as a float a little more than it says
        (4.5e-309, ", within=5e-309"),
    ):
        one._spread = {("x", 1): spread}
        one._compare("x1", np.array([[-4.0 if spread > 1e-300 else 1e-310]]), ("x", 1))
        assert one._lines[-1].partition("]]")[2] == f"{within})"
    one._spread = {("x", 1): math.inf}
    one._compare("x1", np.array([[4.0]]), ("x", 1))
    assert one._lines[-1].startswith("# x1: ")


def test_a_changed_number_fails():
    """Each array of derivatives, in turn: a part in a million of its largest number."""
    text = script(NumpyScript, load_scenario("two-in-a-layer"))
    calls = re.findall(r"^agree\(.*?\)$", text, re.DOTALL | re.MULTILINE)
    assert len(calls) > 15
    for call in calls:
        name, _, numbers = call.removeprefix('agree("').partition('", ')
        own, _, literal = numbers.partition(", ")
        values = np.array(eval(literal.removesuffix(")").partition(", within")[0]))
        if not values.any():
            continue
        flat = values.ravel()
        flat[np.argmax(np.abs(flat))] *= 1 + 1e-6
        changed = f'agree("{name}", {own}, {values.tolist()!r})'
        with pytest.raises(AssertionError, match=name):
            run(text.replace(call, changed))


@pytest.mark.skipif(len(SCRIPTS) == 1, reason="PyTorch is not installed")
def test_a_changed_number_fails_in_pytorch():
    text = script(TorchScript, load_scenario("mazur"))
    assert "0.0821670405642308" in text
    with pytest.raises(AssertionError, match="dE_dW2"):
        run(text.replace("0.0821670405642308", "0.0821670415642308"))


PLAIN_SOFTPLUS = Activation(
    "plain_softplus",
    "softplus",
    lambda x: LOG(ADD(1.0, EXP(x))),
    lambda x, y: DIVIDE(1.0, ADD(1.0, EXP(NEGATE(x)))),
    lambda x, f: f.log1p(f.exp(x)),
    lambda x, f: 1 / (1 + f.exp(-x)),
)


@pytest.mark.parametrize("kind", [NumpyScript, TorchScript])
def test_a_record_without_words_of_its_own_is_written_from_its_formulas(kind):
    scenario = make((2, 3, 2), "tanh", "identity")
    hidden = replace(scenario.network.layers[0], activation=PLAIN_SOFTPLUS)
    network = replace(scenario.network, layers=(hidden, *scenario.network.layers[1:]))
    text = script(kind, replace(scenario, network=network))
    assert re.search(r"^y1 = (np|torch).log\(1.0 \+ (np|torch).exp\(x1\)\)$", text, re.M)
    if kind in SCRIPTS:
        run(text)


def test_by_the_installed_command(tmp_path):
    command = [GRADSTEP, "export", "mazur", "--format", "numpy", "--from", "3"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    path = tmp_path / "mazur.py"
    path.write_text(text)
    result = subprocess.run(
        [sys.executable, "-I", "-W", "error", path], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert result.stdout == "numpy and gradstep agree\n"
    assert "# Iteration 3, example 1" in text
    assert max(map(len, text.splitlines())) <= 120


def test_an_iteration_that_is_not_there(tmp_path, capsys):
    path = tmp_path / "diverging.toml"
    path.write_text(DIVERGING)
    assert main(["export", str(path), "--format", "numpy"]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert "x[o1] became +∞ at iteration 0" in output.err


@pytest.mark.parametrize("words", [["mazur"], ["mazur", "--format", "jax"], ["nowhere", "--format", "numpy"]])
def test_a_mistake(words, capsys):
    assert main(["export", *words]) == 2
    assert capsys.readouterr().out == ""


def test_a_title_is_a_comment():
    scenario = replace(make(), title='"""; import os #\\')
    run(script(NumpyScript, scenario))
