"""Other update rules, and other settings of the same one: what somebody may have used in the place of the scenario's.

Each form has a name. Of some the numbers are the same, as far as they have digits: `search` tells these together.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from engine.program.adams import Adam
from engine.program.frameworks import FRAMEWORKS
from engine.program.learning_rules import LEARNING_RULES, LearningRule
from engine.program.optimizers import OPTIMIZERS
from engine.program.rule import Optimizer

NAMED = {
    ("nesterov", True): "nesterov",
    ("nesterov", False): "classical",
    ("epsilon_before", True): "epsilon-before-correction",
    ("epsilon_before", False): "epsilon-after-correction",
    ("epsilon_inside", True): "epsilon-inside-root",
    ("epsilon_inside", False): "epsilon-outside-root",
    ("coupled", True): "coupled-decay",
    ("coupled", False): "decoupled-decay",
}
"""The forms that have a name of their own; others are called as files write them: `centered = true`."""
USUAL: dict[str, tuple[float, ...]] = {
    "momentum": (0.0, 0.5, 0.9, 0.99),
    "dampening": (0.0, 0.1, 0.5, 0.9),
    "beta1": (0.5, 0.9),
    "beta2": (0.9, 0.95, 0.99, 0.999),
    "rho": (0.9, 0.95, 0.99),
    "epsilon": (1e-10, 1e-8, 1e-7, 1e-6),
    "accumulator": (0.0, 0.1),
    "momentum_decay": (0.004, 1.0),
    "weight_decay": (0.0,),
}
"""Numbers that settings usually have."""
PLAINEST = ("sgd", "momentum", "adam")
"""Rules that are taken for another before the others are."""


class Form(Struct, frozen=True):
    """Another way to update parameters: its name, and the rule."""

    name: str
    optimizer: Optimizer

    @property
    def words(self) -> str:
        """By what parameters were updated."""
        return f"the rule with {self.name}" if " = " in self.name else self.name


def other_rules(optimizer: Optimizer) -> list[Form]:
    """Other rules and other settings than these, each once, the plainest first."""
    if isinstance(optimizer, LearningRule):  # of others there would be derivatives, and other rows
        return [Form(name, rule()) for name, rule in LEARNING_RULES.items() if name != optimizer.name]
    found: dict[Optimizer, Form] = {}
    for form in (*_of_settings(optimizer), *_of_frameworks(optimizer), *_of_other_rules(optimizer)):
        if form.optimizer.problem is None:
            found.setdefault(_in_force(form.optimizer), form)
    found.pop(_in_force(optimizer), None)
    return [*found.values()]


def _in_force(optimizer: Optimizer) -> Optimizer:
    """The rule without settings that change nothing: how a decay of 0 is taken, how no largest mean is."""
    if not optimizer.weight_decay:
        optimizer = replace(optimizer, coupled=False)
    if isinstance(optimizer, Adam) and not optimizer.amsgrad:
        optimizer = replace(optimizer, largest_corrected=False)
    return optimizer


def _of_settings(optimizer: Optimizer) -> Iterator[Form]:
    """One setting that is otherwise."""
    for name, value in asdict(optimizer).items():
        if name == "coupled" and not optimizer.weight_decay:
            continue
        for other in (not value,) if isinstance(value, bool) else USUAL.get(name, ()):
            called = NAMED.get((name, other)) if isinstance(other, bool) else None
            if name != "weight_decay" or optimizer.weight_decay:
                yield Form(called or f"{name} = {_text(other)}", replace(optimizer, **{name: other}))


def _of_frameworks(optimizer: Optimizer) -> Iterator[Form]:
    """The rule as frameworks have it: with the numbers that are given, and with their own."""
    own = asdict(optimizer)
    numbers = {name: value for name, value in own.items() if not isinstance(value, bool)}
    for framework in FRAMEWORKS:
        if framework.rule == optimizer.name:
            yield Form(f"{framework.rule} as {framework.framework} has it", framework.optimizer(numbers))
            kept = {name: value for name, value in numbers.items() if name not in framework.settings}
            kept.pop("epsilon", None)
            form = f"{framework.rule} as {framework.framework} has it, with its own numbers"
            yield Form(form, framework.optimizer(kept))


def _of_other_rules(optimizer: Optimizer) -> Iterator[Form]:
    """Another rule: as it is without settings, and as frameworks have it."""
    names = [*PLAINEST, *(name for name in OPTIMIZERS if name not in PLAINEST)]
    for name in names:
        if name != optimizer.name:
            yield Form(name, OPTIMIZERS[name]())
    for framework in FRAMEWORKS:
        if framework.rule != optimizer.name:
            yield Form(f"{framework.rule} as {framework.framework} has it", framework.optimizer({}))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"
