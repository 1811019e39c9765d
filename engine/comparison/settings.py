"""What may be otherwise in a whole walk: loss, activations, how examples are joined, how parameters are updated."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from engine.check.audit import varied
from engine.comparison.orders import other_orders
from engine.comparison.rules import other_rules
from engine.comparison.update_faults import bounds_of
from engine.files.save.composed import optimizer_told
from engine.formula.activations import forms, with_other_corners
from engine.formula.arithmetic import locked
from engine.formula.losses import loss_of, other_losses
from engine.program.penalty import Penalty, only_added
from engine.program.scenario import Scenario, Variant
from engine.program.steps import Steps

SETTING = "setting"
RATES = (
    *(1e-4, 3e-4, 1e-3, 2e-3, 3e-3, 5e-3, 0.01, 0.02, 0.03, 0.05),
    *(0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
)
"""The learning rates that people choose."""
STRENGTHS = (1e-5, 1e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
"""λ that people choose."""


class Setting(Struct, frozen=True, eq=False):
    """A scenario that is otherwise in one thing.

    Attributes:
        cause: the mistake's name.
        scenario: it.
        words: what is otherwise, and what is right.
        at: where; `setting` if everywhere.
        details: what more there is to say.
        variant: the settings of a file that say the same, if there are any.
        slow: whether a walk under it takes much longer than others: beyond `SLOWLY` it is not tried.
        later: whether it is only tried after the first iteration: in that, it is found from the numbers themselves.
        chance: of a number of its own that was found from somebody's, how many as round there would be by chance, if
            that is one number; None of a setting that has none.
    """

    cause: str
    scenario: Scenario
    words: str
    at: str = SETTING
    details: Mapping[str, Any] = field(default_factory=dict)
    variant: Variant | None = None
    slow: bool = False
    later: bool = False
    chance: float | None = None


SLOWLY = 300
"""Iterations that a walk in another arithmetic is worth: it takes twenty times as long."""


def settings_of(scenario: Scenario) -> Iterator[Setting]:
    """Every scenario that differs in one setting."""
    yield from _of_training(scenario)
    if scenario.graph is None:
        yield from _without_biases(scenario)
    yield from _unweighted(scenario)
    if scenario.graph is None:
        yield from _of_network(scenario)


def _of_training(scenario: Scenario) -> Iterator[Setting]:
    training = scenario.training

    def with_training(
        cause: str,
        words: str,
        details: Mapping[str, Any] | None = None,
        told: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Setting:
        changed = replace(training, **fields)
        variant = None if told is None else Variant(changed, told=told)
        return Setting(cause, replace(scenario, training=changed), words, details=details or {}, variant=variant)

    over_all = training.clip is not None and training.clip.norm is not None and training.clip.over == "all"
    if scenario.graph is None and not training.immediate and not over_all and scenario.layered.depth > 1:
        yield with_training(
            "updated-weight",
            'each layer was updated before the error went back through it (update = "immediate"); '
            "it should go back through the weights as they were before the update",
            told={"update": "immediate"},
            immediate=True,
        )
    if training.batch > 1:
        own = "weighted mean" if training.by_weights else training.reduction
        for other in ("sum", "mean", *["weighted mean"] * scenario.network.weighted):
            if other != own:
                words = f"the examples of a batch were joined by their {other}; it should be their {own}"
                yield with_training(
                    "reduction",
                    words,
                    told={"reduction": other.replace(" ", "_")},
                    reduction="sum" if other == "sum" else "mean",
                    by_weights=other == "weighted mean",
                )
    for form, clip in bounds_of(Steps(scenario.network, training), training):
        words = f"parameters were updated by {form}; it should be as the scenario says"
        yield with_training("optimizer", words, {"form": form}, clip=clip)
    for one in other_rules(training.optimizer):
        if scenario.resume is None or one.optimizer.slots == training.optimizer.slots:  # else it can't go on
            words = f"parameters were updated by {one.words}; it should be as the scenario says"
            told = {"optimizer": optimizer_told(one.optimizer)}
            yield with_training("optimizer", words, {"form": one.name}, told, optimizer=one.optimizer)
    for rate in RATES:
        if training.schedule is not None or rate != training.learning_rate:
            right = "by its schedule" if training.schedule is not None else f"{training.learning_rate:g}"
            words = f"the learning rate is {rate:g}; it should be {right}"
            rates = {"learning_rate": rate}
            yield with_training("learning-rate", words, rates, rates, schedule=None, learning_rate=rate)
    yield from _of_arithmetic(scenario)
    for words, other_order in other_orders(scenario):
        yield Setting("batch-order", other_order, words)
    for words, penalty, table in _penalties(scenario):
        yield with_training("penalty", words, told={"penalty": table}, penalty=penalty)
    yield from _of_strengths(scenario)
    kept = _kept_biases(scenario)
    if kept:
        words = "the biases were trained; in this scenario they stay as they are"
        yield with_training("bias-trained", words, frozen=training.frozen - kept)
    biases = _biases(scenario) - training.frozen
    if biases:
        words = "the biases stayed as they were; they should be trained like the weights"
        frozen = training.frozen | biases
        names = [scenario.network.parameter_names[index] for index in sorted(frozen)]
        yield with_training("bias-not-trained", words, told={"frozen": names}, frozen=frozen)


def _of_arithmetic(scenario: Scenario) -> Iterator[Setting]:
    """Single precision, and slopes from outputs, where numbers are exact."""
    training = scenario.training
    if not training.arithmetic.exact:
        return
    single = "every number is of single precision (float32); ours are of double precision"
    slope = "slopes are taken from outputs, as y·(1 − y), where an output is so near its end that few digits are left"
    for cause, words, told in (
        ("float32", single, {"precision": "float32"}),
        ("saturated-slope", slope, {"slope": "output"}),
    ):
        other = replace(training, arithmetic=replace(training.arithmetic, **told))
        variant = Variant(other, told=told)
        yield Setting(cause, replace(scenario, training=other), words, variant=variant, slow=True)


def _without_biases(scenario: Scenario) -> Iterator[Setting]:
    """A layered network without biases."""
    variant = Variant(scenario.training, biases=False, told={"bias": False})
    if any(scenario.theta[index] for index in _biases(scenario)):
        words = "the biases are missing in all layers; they are part of the total inputs"
        yield Setting("bias-forgotten", varied(scenario, variant), words, variant=variant)


def _penalties(scenario: Scenario) -> Iterator[tuple[str, Penalty | None, Mapping[str, Any]]]:
    """Where there is a penalty: none, and other forms of it, with words and as a table of a file."""
    own = scenario.training.penalty
    if own is None:
        return
    yield "the penalty was left out; it is a part of E and of the derivatives", None, {"l2": 0.0}
    table = _as_table(own)
    by = {"batch": "nothing", "example": "the examples of the batch", "epoch": "all examples"}
    if own.l2:
        form, right = ("λ·w²", "½·λ·w²") if own.half else ("½·λ·w²", "λ·w²")
        words = f"the penalty is {form} of each weight; it should be {right}"
        yield words, replace(own, half=not own.half), table | {"half": not own.half, "per": own.per}
    for per, what in by.items():
        if per != own.per:
            words = f"λ of the penalty was divided by {what}; it should be by {by[own.per]}"
            yield words, replace(own, per=per), table | {"per": per}


def _as_table(own: Penalty) -> dict[str, Any]:
    """As a file has it, but for what λ is divided by."""
    table: dict[str, Any] = {name: getattr(own, name) for name in ("l2", "l1") if getattr(own, name)}
    table |= {"half": False} if not own.half else {}
    table |= {"biases": True} if own.biases else {}
    return table | ({"parameters": list(own.parameters)} if own.parameters else {})


def other_strength_of(scenario: Scenario, name: str, size: float) -> Setting:
    """The scenario with another λ of its penalty; `name`: whether that of squares (`l2`) or of sizes (`l1`)."""
    own = scenario.training.penalty
    assert own is not None
    penalty = replace(own, **{name: size})
    training = replace(scenario.training, penalty=penalty)
    words = f"λ of the penalty is {size:.6g}; it should be {getattr(own, name):.6g}"
    of_slope = size if name == "l1" or own.half else 2 * size
    details = {"lambda": of_slope} | ({"norm": "L1"} if name == "l1" else {})
    variant = Variant(training, told={"penalty": _as_table(penalty) | {"per": own.per}})
    return Setting("penalty", replace(scenario, training=training), words, details=details, variant=variant)


def _of_strengths(scenario: Scenario) -> Iterator[Setting]:
    """Usual strengths of a penalty, or of a decay where there is none, that were there from the start."""
    training = scenario.training
    own, rule = training.penalty, training.optimizer
    if own is not None:
        for name in ("l2", "l1"):
            for size in STRENGTHS if getattr(own, name) else ():
                if size != getattr(own, name):
                    yield replace(other_strength_of(scenario, name, size), later=True)
        return
    if rule.weight_decay or training.learning_rule is not None:
        return
    for size, (coupled, form) in product(STRENGTHS, ((True, "λ·w in its derivative"), (False, "α·λ·w taken from w"))):
        decayed = replace(rule, weight_decay=size, coupled=coupled)
        if decayed.problem is None and (coupled or rule.slots):  # without a memory both are the same
            words = f"the parameters decay, biases too: {form}, with λ = {size:g}; in this scenario they do not"
            name = f"weight_decay = {size:g}" + ("" if coupled else ", decoupled")
            other = replace(training, optimizer=decayed)
            variant = Variant(other, told={"optimizer": optimizer_told(decayed)})
            details = {"form": name}
            yield Setting(
                "optimizer", replace(scenario, training=other), words, details=details, variant=variant, later=True
            )
    for size, norm in product(STRENGTHS, ("l2", "l1")):
        penalty = Penalty(**{norm: size}, of=_weights(scenario), examples=len(scenario.inputs))  # type: ignore[arg-type]
        form = f"{size:g}/2·Σw²" if norm == "l2" else f"{size:g}·Σ|w|"
        words = f"a penalty on the weights is in E, {form}, and in its derivatives; in this scenario there is none"
        other = replace(training, penalty=penalty)
        variant = Variant(other, told={"penalty": _as_table(penalty)})
        of_penalty: dict[str, Any] = {"lambda": size} | ({} if norm == "l2" else {"norm": "L1"})
        yield Setting(
            "penalty", replace(scenario, training=other), words, details=of_penalty, variant=variant, later=True
        )


def _weights(scenario: Scenario) -> tuple[int, ...]:
    """The indices in θ of what is not only added."""
    program = Steps(scenario.network, scenario.training).program
    spans = (span for name, span in program.parameters.items() if not only_added(program, name))
    return tuple(sorted(index for span in spans for index in range(span.start, span.stop)))


def _kept_biases(scenario: Scenario) -> frozenset[int]:
    """Biases that stay as they are."""
    return _biases(scenario) & scenario.training.frozen


def _biases(scenario: Scenario) -> frozenset[int]:
    if scenario.graph is not None:
        return frozenset()
    network = scenario.layered
    names = {name for layer in network.layers for name in layer.bias_names}
    return frozenset(network.parameter_index[name] for name in names)


def _unweighted(scenario: Scenario) -> Iterator[Setting]:
    if scenario.network.weighted:
        words = "the examples' weights were left out; each is a factor of its example's part in E"
        unweighted = replace(scenario, weights=None, network=replace(scenario.network, weighted=False))
        yield Setting("example-weights-forgotten", unweighted, words)


def _of_network(scenario: Scenario) -> Iterator[Setting]:
    network = scenario.layered
    if network.loss.needs_targets:
        factors = network.loss.settings.class_weights
        for plain in other_losses(network.loss, means=len(network.outputs) > 1):
            loss = loss_of(plain.name, replace(plain.settings, class_weights=factors))
            other = replace(scenario, network=replace(network, loss=loss).taking(scenario.targets))
            words = f"the error is that of {loss.called}; it should be {network.loss.called}"
            variant = Variant(scenario.training, loss, told={"loss": loss.told})
            cause = "loss"
            if loss.name == network.loss.name and loss.mean != network.loss.mean:
                cause = "reduction"
                one, right = ("mean", "sum") if loss.mean else ("sum", "mean")
                words = f"the error is the {one} over the outputs; it should be their {right}"
            yield Setting(cause, other, words, details={"loss": loss.told}, variant=variant)
    numbers = [number for number in range(1, network.depth + 1) if not network.layer(number).joint]
    hidden = [number for number in numbers if number < network.depth]
    groups: list[tuple[tuple[int, ...], str]] = [((number,), f"y:{number}") for number in numbers]
    groups += [(tuple(hidden), SETTING)] if len(hidden) > 1 else []
    for group, at in groups:
        own = network.layer(group[0]).activation
        corners = () if isinstance(own, tuple) else with_other_corners(own)
        for record in (*forms(), *corners):
            if any(network.layer(number).activation is not record for number in group):
                layers = tuple(
                    replace(layer, activation=record) if number in group else layer
                    for number, layer in enumerate(network.layers, 1)
                )
                where = " and ".join(f"layer {number}" for number in group)
                right = network.layer(group[0]).function_name
                told = {"name": record.name, **record.options} if record.options else record.name
                variant = Variant(
                    scenario.training,
                    activations=dict.fromkeys(group, record),
                    told={"activation": {str(number): told for number in group}},
                )
                yield Setting(
                    "other-activation",
                    replace(scenario, network=replace(network, layers=layers)),
                    f"the activation function of {where} is {record.called}; it should be {right}",
                    at,
                    {"activation": record.name, **record.options},
                    variant=variant,
                )
    theta = scenario.theta.copy()
    for number in range(1, network.depth + 1):
        n_out, n_in = network.layer(number).shape
        if n_out == n_in and network.owns(number):
            weights = network.weights(theta, number)
            weights[...] = weights.T.copy()
    if not np.array_equal(theta, scenario.theta):
        words = "the weights were taken by their source, Wᵀ for W; a row of W leads into one node"
        yield Setting("transposed", replace(scenario, theta=locked(theta)), words)
