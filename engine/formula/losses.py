"""Every loss function by its name, and with other settings.

Adding one is writing its record, in the file of those like it, and naming it here.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

from msgspec.structs import asdict, replace

from engine.formula.distances import (
    ABSOLUTE_ERROR,
    HALF_SQUARED_ERROR,
    HINGE,
    HUBER,
    LOG_COSH,
    MEAN_SQUARED_ERROR,
    SMOOTH_L1,
    SQUARED_ERROR,
    SQUARED_HINGE,
)
from engine.formula.likelihoods import CROSS_ENTROPY, KL_DIVERGENCE, POISSON
from engine.formula.loss import Loss, Settings, with_settings
from engine.formula.weighted_positives import BINARY_CROSS_ENTROPY

OUTPUT = Loss("output", lambda y, t, m: y, lambda y, t, m: 1.0, needs_targets=False)

LOSSES = {
    record.name: record
    for record in (
        *(HALF_SQUARED_ERROR, SQUARED_ERROR, MEAN_SQUARED_ERROR, BINARY_CROSS_ENTROPY, CROSS_ENTROPY, OUTPUT),
        *(ABSOLUTE_ERROR, HUBER, SMOOTH_L1, LOG_COSH, HINGE, SQUARED_HINGE, KL_DIVERGENCE, POISSON),
    )
}


@cache
def loss_of(name: str, settings: Settings | None = None) -> Loss:
    """The loss of this name, as usual or with these settings: of equal ones the same record each time."""
    return LOSSES[name] if settings is None else with_settings(LOSSES[name], settings)


def other_losses(own: Loss, *, means: bool = False) -> Iterator[Loss]:
    """Every other loss of outputs and targets, each once: those with a name, and the own one with other settings.

    Args:
        own: the loss.
        means: whether it is also taken over the outputs in the other way, as a sum or a mean.
    """
    known = {own.same}
    varied = (loss_of(own.name, settings) for settings in _varied(own.settings, means=means))
    for loss in (*LOSSES.values(), *varied):
        if loss.needs_targets and loss.same not in known:
            known.add(loss.same)
            yield loss


_CHOICES: dict[str, tuple[Any, ...]] = {"half": (False, True), "over_outputs": ("sum", "mean")}


def _varied(settings: Settings, *, means: bool) -> Iterator[Settings]:
    """The settings with each choice made in every way."""
    names = [name for name in _CHOICES if name in asdict(settings) and (means or name != "over_outputs")]
    for chosen in product(*(_CHOICES[name] for name in names)):
        yield replace(settings, **dict(zip(names, chosen, strict=True)))
