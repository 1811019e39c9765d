"""Mistakes of an update: the learning rate, the sign, another rule, a bias that stays, a decay."""

from collections.abc import Callable, Iterator

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.comparison.faults import Fault, Make, Place
from engine.program.adams import Adam
from engine.program.clip import OVER, Clip
from engine.program.learning_rules import LearningRule
from engine.program.optimizers import Momentum, Sgd
from engine.program.rule import Optimizer
from engine.program.scenario import Training
from engine.program.steps import Row, Steps
from engine.walking.advance import taken
from engine.walking.clipping import clipped
from engine.walking.values import Values

Array = NDArray[np.float64]
Rule = Callable[[Array, Array, Array, float, int], Array]
"""New parameters, from the old ones, dE/dw, the memory, the learning rate and the number of the update."""


TAKEN_FOR_ANOTHER: tuple[type[Optimizer], ...] = (Sgd, Momentum, Adam)
"""Rules that are taken one for another; of the first step of many more the size is α alike."""


def of_update(place: Place, row: Row) -> Iterator[Fault]:
    """Mistakes of a row w+."""
    training = place.scenario.training
    optimizer, rate = training.optimizer, training.learning_rate
    learning, taken_in_words, then = training.learning_rule, "dE/dw", ("−", "+")
    if learning is not None:
        taken_in_words, then = f"(t − {learning.compared}) · input", ("+", "−")
    plain = learning is not None or isinstance(optimizer, Sgd)
    right = f"{{0}} = w {then[0]} α · {taken_in_words}" if plain else "{0} by the rule of the scenario"

    def step(factor: float) -> Rule:
        return lambda w, g, state, alpha, time: w + factor * (_by_rule(optimizer, w, g, state, alpha, time) - w)

    turned = f"{{0}} = w {then[1]} α · {taken_in_words}"
    yield Fault("sign", _with(place, row, step(-1.0)), turned, right, sort="step")
    if rate != 1.0:
        without, twice = (f"{{0}} = w {then[0]} {factor}{taken_in_words}" for factor in ("", "α² · "))
        yield Fault("learning-rate", _with(place, row, step(1 / rate)), f"{without}, without α", right, sort="none")
        yield Fault("learning-rate", _with(place, row, step(rate)), twice, right, sort="twice")
    yield Fault(
        "derivative-for-parameter",
        _with(place, row, lambda w, g, *_: g),
        f"{taken_in_words} in the place of {{0}}",
        right,
        printed=True,
    )
    for sort, sign in (("", 1.0), ("turned", -1.0)):

        def change(w: Array, g: Array, state: Array, alpha: float, time: int, sign: float = sign) -> Array:
            return sign * (_by_rule(optimizer, w, g, state, alpha, time) - w)

        yield Fault(
            "change-for-value", _with(place, row, change), "the change alone, w⁺ − w", right, printed=True, sort=sort
        )
    yield Fault(
        "other-quantity", _with(place, row, lambda w, *_: w), "w as it was before the update", right, printed=True
    )
    yield from _of_biases(place, row, right)
    for form, clip in bounds_of(place.steps, training):
        make = _with(place, row, _of(optimizer), clip)
        yield Fault("optimizer", make, f"by {form}", right, {"form": form}, sort=form)
    for form, rule in forms_of(optimizer):
        yield Fault("optimizer", _with(place, row, rule), f"by {form}", right, {"form": form}, sort=form)


def _by_rule(optimizer: Optimizer, w: Array, g: Array, state: Array, rate: float, time: int) -> Array:
    return optimizer.update(w, g, state, rate, time)[0]


def _with(place: Place, row: Row, rule: Rule, *clips: Clip | None) -> Make:
    """New parameters by another rule, or with another bound to the derivatives; frozen ones stay as they are."""

    def make(values: Values, row: Row, result: Array) -> Array | None:
        span, training = place.steps.span(row), place.scenario.training
        old, state = values.theta[span], values.state[:, span]
        if training.learning_rule is None:
            derivative = clipped(clips[0] if clips else training.clip, values, row)
        else:
            derivative = taken(place.scenario, values, row)
        new = np.array(rule(old, derivative, state, training.rate(values.iteration), values.iteration + 1))
        frozen = [index - span.start for index in training.frozen if span.start <= index < span.stop]
        new[frozen] = old[frozen]
        return new

    return make


def _of_biases(place: Place, row: Row, right: str) -> Iterator[Fault]:
    """Biases that are not trained; of layers they are told by their name, of graphs by having at most one axis."""
    program, first = place.program, place.steps.span(row).start
    spans = [program.parameters[name] for name in row.values if len(program.shapes[name]) < 2]
    if not spans or place.steps.of_graph:
        return

    def make(values: Values, row: Row, result: Array) -> Array | None:
        found, old = result.copy(), values.theta
        for span in spans:
            found[span.start - first : span.stop - first] = old[span]
        return found

    yield Fault("bias-not-trained", make, "b stays as it was", "b is trained like the weights")


def bounds_of(steps: Steps, training: Training) -> Iterator[tuple[str, Clip | None]]:
    """Other bounds to the derivatives, by name; a norm over more than is known is left out."""
    clip = training.clip
    if clip is None:
        return
    yield "the rule without its clip", None
    others = ("all",) * (not training.immediate) + ("layer",) * (not steps.of_graph) + ("parameter",)
    for over in others if clip.norm is not None else ():
        if over != clip.over:
            yield f"a clip by the norm over {OVER[over]}", replace(clip, over=over)


def forms_of(optimizer: Optimizer) -> Iterator[tuple[str, Rule]]:
    """Other forms of an update rule, and other rules, by name."""
    if isinstance(optimizer, Momentum):
        other = replace(optimizer, nesterov=not optimizer.nesterov)
        yield ("classical" if optimizer.nesterov else "nesterov"), _of(other)
        mu = optimizer.momentum

        def dampened(w: Array, g: Array, state: Array, rate: float, time: int) -> Array:
            velocity = mu * state[0] + (1 - mu) * g
            return np.asarray(w - rate * ((g + mu * velocity) if optimizer.nesterov else velocity))

        yield "dampening", dampened
    if isinstance(optimizer, Adam):
        name = "epsilon-after-correction" if optimizer.epsilon_before else "epsilon-before-correction"
        yield name, _of(replace(optimizer, epsilon_before=not optimizer.epsilon_before))
        if not optimizer.weight_decay:
            yield "no-bias-correction", lambda w, g, state, rate, _: _without_correction(optimizer, w, g, state, rate)
    for rule in () if isinstance(optimizer, LearningRule) else TAKEN_FOR_ANOTHER:
        if type(optimizer) is not rule:
            yield rule.name, _fresh(rule())


def _of(optimizer: Optimizer) -> Rule:
    return lambda w, g, state, rate, time: _by_rule(optimizer, w, g, state, rate, time)


def _fresh(optimizer: Optimizer) -> Rule:
    """A rule that remembers nothing yet."""
    return lambda w, g, _, rate, time: _by_rule(optimizer, w, g, optimizer.first_state(rate, len(w)), rate, time)


def _without_correction(optimizer: Adam, w: Array, g: Array, state: Array, rate: float) -> Array:
    """Adam's step with both means as they are."""
    m = optimizer.beta1 * state[0] + (1 - optimizer.beta1) * g
    v = optimizer.beta2 * state[1] + (1 - optimizer.beta2) * g * g
    return np.asarray(w - rate * m / (np.sqrt(v) + optimizer.epsilon))
