"""Update rules in files, in figures and in explanations; `test_frameworks` holds their numbers against packages."""

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from engine import Session
from engine.ask.reading import read
from engine.check.audit import audit
from engine.explain.parts import part_of
from engine.explain.terms import explain
from engine.files import parse_scenario
from engine.formula.quantity import Quantity
from engine.program.adams import Adam
from engine.program.optimizers import OPTIMIZERS, Adadelta, Momentum, RMSprop, Rprop, Sgd
from engine.program.scenario import Scenario
from tests.engine.bad_scenarios import SMALL
from tests.networks import make


def small(more: str = "") -> Scenario:
    return parse_scenario(SMALL + more, "small.toml")


def optimizer_of(text: str) -> Any:
    training = small(more=f"[training]\n{text}\n").training
    return training.optimizer, training.learning_rate


def test_an_optimizer_as_a_framework_has_it() -> None:
    keras = Adam(epsilon=1e-7, epsilon_before=True)
    assert optimizer_of('optimizer = { name = "adam", as = "keras" }') == (keras, 0.001)
    assert optimizer_of('optimizer = { name = "adam", as = "keras", beta1 = 0.9 }\nlearning_rate = 0.1') == (keras, 0.1)
    other = replace(keras, epsilon=1e-8)  # its usual number, and not Keras's
    assert optimizer_of('optimizer = { name = "adam", as = "keras", epsilon = 1e-8 }')[0] == other
    assert optimizer_of('optimizer = { name = "adadelta", as = "optax" }\nlearning_rate = 1') == (Adadelta(), 1.0)


def test_weight_decay_coupled_and_decoupled() -> None:
    assert optimizer_of("weight_decay = 0.01") == (Sgd(weight_decay=0.01), 0.1)
    coupled = Adam(weight_decay=0.1, coupled=True)
    assert optimizer_of('optimizer = { name = "adam", weight_decay = 0.1, coupled = true }')[0] == coupled
    assert optimizer_of('optimizer = { name = "adam", as = "pytorch", weight_decay = 0.1 }')[0] == coupled
    assert optimizer_of('optimizer = "adamw"')[0].weight_decay == 0.01
    assert optimizer_of('optimizer = { name = "adam", as = "pytorch" }\nweight_decay = 0.1')[0].coupled is False


def test_a_variant_with_a_decay_keeps_the_scenarios_rule() -> None:
    figure = '[[published]]\nquantity = "w+[w_a_n]"\nvalue = "1"\nverdict = "variant"\nnote = "n"\n'
    text = f'[training]\noptimizer = "momentum"\n{figure}variant = {{ weight_decay = 0.5 }}\n'
    (published,) = small(more=text).published
    assert published.variant.training.optimizer == Momentum(weight_decay=0.5)


def test_a_figure_of_what_a_rule_remembers() -> None:
    figure = '[[published]]\nquantity = "m_hat[w_a_n] / (v_hat[w_a_n]) ** 0.5"\nvalue = "{}"\n'
    start = Session.open(small())
    sign = "-1" if start.seek(0, start.count).values.need("dE/dw", 1)[0] < 0 else "1"
    (check,) = audit(small(more='[training]\noptimizer = "adam"\n' + figure.format(sign))).figures
    assert check.verdict == "match"


RULES = [rule(**decay) for rule in OPTIMIZERS.values() for decay in ({}, {"weight_decay": 0.1, "coupled": True})]
MORE = [
    Momentum(dampening=0.5),
    Momentum(nesterov=True, rate_inside=True),
    RMSprop(momentum=0.5, centered=True),
    Adam(amsgrad=True),
    Adam(amsgrad=True, epsilon_inside=True),
    Adam(amsgrad=True, epsilon_before=True),
    Adam(amsgrad=True, largest_corrected=True),
]


@pytest.mark.parametrize("optimizer", [*RULES, *MORE], ids=repr)
@pytest.mark.parametrize("iteration", [0, 2])
def test_an_explanation_comes_to_the_number_of_the_walk(optimizer, iteration):
    start = Session.open(make(optimizer=optimizer, learning_rate=0.1, examples=2))
    session = start.seek(iteration, start.count)
    name = session.scenario.network.parameter_names[0]
    explanation = explain(session, Quantity("w+", name))
    assert [one.quantity.kind for one in explanation.where] == [*optimizer.formulas()][:-1]
    for one in (explanation, *explanation.where):
        (part,) = one.parts
        assert part_of(part.formula).value == pytest.approx(one.value, rel=1e-12, abs=1e-300)
        assert one.value == read(session, str(one.quantity))


def test_what_a_rule_computes_on_its_way_is_not_known_before_the_update():
    start = Session.open(make(optimizer=Adam(), learning_rate=0.1))
    name = start.scenario.network.parameter_names[0]
    assert read(start.seek(1, start.count - 2), f"m_hat[{name}]") is None
    assert read(start.seek(1, 1), f"m[{name}]") == read(start.seek(0, start.count), f"m+[{name}]")


def test_what_a_rule_has_not_is_said():
    with pytest.raises(LookupError, match=r"sgd has no v_hat: it remembers nothing"):
        read(Session.open(small()), "v_hat[w_a_n]")


def test_the_largest_mean_of_squares_stays_where_the_mean_falls():
    rule = Adam(amsgrad=True, beta2=0.5)
    w, state = np.array([1.0]), rule.first_state(0.1, 1)
    for time, g in enumerate((2.0, 0.0), 1):
        w, state = rule.update(w, np.array([g]), state, 0.1, time)
    assert dict(zip(rule.slots, state[:, 0].tolist(), strict=True)) == {"m": pytest.approx(0.18), "v": 1.0, "u": 2.0}


def test_rprop_waits_where_the_sign_has_turned():
    w, state = np.array([1.0]), Rprop().first_state(0.1, 1)
    steps = []
    for time, g in enumerate((0.5, 0.25, -1.0, -1.0), 1):
        new, state = Rprop().update(w, np.array([g]), state, 0.1, time)
        steps.append(float((new - w)[0]))
        w = new
    assert steps == pytest.approx([-0.1, -0.12, 0.0, 0.06])
