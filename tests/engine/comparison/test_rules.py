"""Which update rule, and which setting of it, somebody had in the place of the scenario's."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine import Session, compare
from engine.comparison.rules import other_rules
from engine.comparison.words import text_of
from engine.program.adams import Adam, Adamax, AdamW, Nadam
from engine.program.frameworks import as_in
from engine.program.optimizers import OPTIMIZERS, Adadelta, Adagrad, Momentum, RMSprop, Rprop, Sgd
from tests.networks import make

KERAS_ADAM = as_in("keras", "adam").optimizer({})
CASES = [
    (Adam(), KERAS_ADAM, "adam as keras has it, with its own numbers"),
    (KERAS_ADAM, Adam(epsilon=1e-7), "epsilon-after-correction"),
    (Adam(epsilon=1e-3), Adam(epsilon=1e-3, epsilon_inside=True), "epsilon-inside-root"),
    (Adam(), Adam(beta2=0.99), "beta2 = 0.99"),
    (Adam(beta2=0.5), Adam(beta2=0.5, amsgrad=True), "amsgrad = true"),
    (Adam(weight_decay=0.1, coupled=True), Adam(weight_decay=0.1), "decoupled-decay"),
    (Adam(), RMSprop(), "rmsprop"),
    (Adam(), Nadam(), "nadam"),
    (Adam(), Adamax(), "adamax"),
    (AdamW(), Adam(), "weight_decay = 0"),
    (RMSprop(), as_in("keras", "rmsprop").optimizer({}), "rmsprop as keras has it, with its own numbers"),
    (RMSprop(), RMSprop(rho=0.9), "rho = 0.9"),
    (RMSprop(), RMSprop(centered=True), "centered = true"),
    (Momentum(), Momentum(momentum=0.5), "momentum = 0.5"),
    (Momentum(nesterov=True), as_in("chainer", "momentum").optimizer({"nesterov": True}), "new_velocity = true"),
    (Adadelta(), Adadelta(old_squares=True), "old_squares = true"),
    (Sgd(), Adagrad(), "adagrad"),
    (Sgd(), Rprop(), "rprop"),
]


def found(ours, theirs, iteration, digits):
    """What is found where their new parameters are given, of a small network."""
    scenario = make((2, 2), optimizer=ours, learning_rate=0.1, examples=2)
    wrong = Session.open(replace(scenario, training=replace(scenario.training, optimizer=theirs)))
    theta = wrong.seek(iteration + 1, 1).values.theta.tolist()
    names = scenario.network.parameter_names
    given = {f"w+[{name}]": float(f"{value:.{digits}g}") for name, value in zip(names, theta, strict=True)}
    return compare(Session.open(scenario).seek(iteration, 1), given)


@pytest.mark.parametrize("digits", [9, 17])
@pytest.mark.parametrize(("ours", "theirs", "form"), CASES, ids=repr)
def test_another_rule_or_setting_is_named(ours, theirs, form, digits):
    (cause,) = found(ours, theirs, 2, digits).causes
    assert cause.cause == "optimizer"
    assert form in (cause.details["form"], *cause.details.get("alike", ()))


def test_forms_that_the_numbers_do_not_tell_apart_are_told_together():
    """Of Adagrad's first step the size is α, as is Adam's with the same ε."""
    comparison = found(Adam(), Adagrad(), 0, 17)
    (cause,) = comparison.causes
    assert cause.details == {"form": "epsilon = 1e-10", "alike": ["adagrad"]}
    assert "(or adagrad: of these the numbers are alike)" in text_of(comparison)


def test_of_a_first_step_that_is_alike_nothing_is_wrong():
    assert found(Adam(), Adam(beta2=0.99), 0, 9).agrees


@pytest.mark.parametrize("rule", OPTIMIZERS.values())
def test_nothing_is_said_where_no_rule_explains(rule):
    scenario = make((2, 2), optimizer=rule(), learning_rate=0.1)
    session, names = Session.open(scenario).seek(1, 1), scenario.network.parameter_names
    theta, random = session.seek(2, 1).values.theta, np.random.default_rng(3)
    wrong = theta + random.uniform(-0.1, 0.1, len(theta))
    assert not compare(session, {f"w+[{name}]": value for name, value in zip(names, wrong, strict=True)}).causes


@pytest.mark.parametrize("rule", OPTIMIZERS.values())
def test_each_form_is_another_one_and_named_once(rule):
    forms = other_rules(rule())
    assert len({form.name for form in forms}) == len(forms)
    assert rule() not in [form.optimizer for form in forms]
    others = {type(form.optimizer) for form in forms}
    assert others | {rule} == {*OPTIMIZERS.values()}
