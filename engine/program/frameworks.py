"""How frameworks have the update rules: `as = "keras"` is a name for settings, and for its own learning rate.

Each record is held against numbers that the framework gave, with gradients of 0 and 1e-8 among them
(`tests/engine/test_frameworks.py`; `tests/record/` has the scripts that record them).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from engine.program.optimizers import OPTIMIZERS
from engine.program.rule import Optimizer


class Framework(Struct, frozen=True):
    """A rule as a framework has it.

    Attributes:
        framework: as scenario files write it.
        rule: the optimizer's name here.
        called: what it is called there.
        settings: in which it differs from the rule without settings.
        learning_rate: the framework's own, or None where it has to be given.
        unlike: settings that the framework has not, or has in a way that none here describes: what is said of it.
    """

    framework: str
    rule: str
    called: str
    settings: Mapping[str, Any] = MappingProxyType({})
    learning_rate: float | None = None
    unlike: Mapping[str, str] = MappingProxyType({})

    def optimizer(self, given: Mapping[str, Any]) -> Optimizer:
        """The rule with the framework's settings, and with what is given in their place."""
        return OPTIMIZERS[self.rule](**{**self.settings, **given})


_KERAS_EPSILON = {"epsilon": 1e-7}
_BEFORE = {"epsilon_before": True}
_INSIDE = {"epsilon_inside": True}
_RATE_INSIDE = {"rate_inside": True}
_LARGEST_CORRECTED = {"largest_corrected": True}
_SUBTRACTED = {"centered": "has it in a way of its own: it subtracts ε there, and has no number for small derivatives"}
_NO_LARGEST = {"amsgrad": "has none"}

FRAMEWORKS = tuple(
    Framework(*record)
    for record in (
        ("pytorch", "sgd", "SGD", {"coupled": True}, 0.001),
        ("pytorch", "momentum", "SGD", {"coupled": True}, 0.001),
        ("pytorch", "adam", "Adam", {"coupled": True}, 0.001),
        ("pytorch", "adamw", "AdamW", {}, 0.001),
        ("pytorch", "adamax", "Adamax", {"coupled": True}, 0.002),
        ("pytorch", "nadam", "NAdam", {"coupled": True}, 0.002),
        ("pytorch", "rmsprop", "RMSprop", {"coupled": True}, 0.01),
        ("pytorch", "adagrad", "Adagrad", {"coupled": True}, 0.01),
        ("pytorch", "adadelta", "Adadelta", {"coupled": True}, 1.0),
        ("pytorch", "rprop", "Rprop", {}, 0.01),
        ("keras", "sgd", "SGD", {}, 0.01),
        ("keras", "momentum", "SGD", _RATE_INSIDE, 0.01),
        ("keras", "adam", "Adam", _KERAS_EPSILON | _BEFORE, 0.001),
        ("keras", "adamw", "AdamW", _KERAS_EPSILON | _BEFORE | {"weight_decay": 0.004}, 0.001),
        ("keras", "adamax", "Adamax", _KERAS_EPSILON | {"epsilon_inside": False}, 0.001),
        ("keras", "nadam", "Nadam", _KERAS_EPSILON | {"momentum_decay": 1.0}, 0.001),
        ("keras", "rmsprop", "RMSprop", _KERAS_EPSILON | _INSIDE | _RATE_INSIDE | {"rho": 0.9}, 0.001),
        ("keras", "adagrad", "Adagrad", _KERAS_EPSILON | _INSIDE | {"accumulator": 0.1}, 0.001),
        ("keras", "adadelta", "Adadelta", _KERAS_EPSILON | {"rho": 0.95}, 0.001),
        ("optax", "sgd", "sgd"),
        ("optax", "momentum", "sgd"),
        ("optax", "adam", "adam", _LARGEST_CORRECTED),
        ("optax", "adamw", "adamw", {"weight_decay": 1e-4}),
        ("optax", "adamax", "adamax"),
        ("optax", "nadam", "nadam", {"warming": False}),
        ("optax", "rmsprop", "rmsprop", _INSIDE | _RATE_INSIDE | {"rho": 0.9}),
        ("optax", "adagrad", "adagrad", _KERAS_EPSILON | _INSIDE | {"accumulator": 0.1}),
        ("optax", "adadelta", "adadelta"),
        ("scikit-learn", "sgd", 'solver="sgd"', {}, 0.001),
        ("scikit-learn", "momentum", 'solver="sgd"', _RATE_INSIDE | {"nesterov": True}, 0.001),
        ("scikit-learn", "adam", 'solver="adam"', _BEFORE, 0.001, _NO_LARGEST),
        ("tensorflow.js", "sgd", "sgd"),
        ("tensorflow.js", "momentum", "momentum"),
        ("tensorflow.js", "adam", "adam", _KERAS_EPSILON, 0.001, _NO_LARGEST),
        ("tensorflow.js", "adamax", "adamax", _KERAS_EPSILON | {"epsilon_inside": False}, 0.002),
        (
            *("tensorflow.js", "rmsprop", "rmsprop"),
            *(_KERAS_EPSILON | _INSIDE | _RATE_INSIDE | {"rho": 0.9}, None, _SUBTRACTED),
        ),
        ("tensorflow.js", "adagrad", "adagrad", _KERAS_EPSILON | _INSIDE | {"accumulator": 0.1}),
        ("tensorflow.js", "adadelta", "adadelta", _KERAS_EPSILON | {"rho": 0.95, "old_squares": True}, 0.001),
        ("chainer", "sgd", "SGD", {}, 0.01),
        ("chainer", "momentum", "MomentumSGD, NesterovAG", _RATE_INSIDE | {"new_velocity": True}, 0.01),
        ("chainer", "adam", "Adam", _BEFORE, 0.001),
        ("chainer", "rmsprop", "RMSprop", {}, 0.01),
        ("chainer", "adagrad", "AdaGrad", {"epsilon": 1e-8}, 0.001),
        ("chainer", "adadelta", "AdaDelta", {"rho": 0.95}, 1.0),
    )
)
"""Every rule of every framework of which the numbers are recorded."""
NAMES = tuple(dict.fromkeys(one.framework for one in FRAMEWORKS))


def as_in(framework: str, rule: str) -> Framework | None:
    """A framework's form of a rule, or None where it has none, or one that no settings describe."""
    return next((one for one in FRAMEWORKS if (one.framework, one.rule) == (framework, rule)), None)


def rules_of(framework: str) -> tuple[str, ...]:
    """The rules that a framework has."""
    return tuple(one.rule for one in FRAMEWORKS if one.framework == framework)
