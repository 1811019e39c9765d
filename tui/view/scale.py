"""What the colours of a map mean: a scale around a middle, or an area for each class."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.program.network import Network
from engine.program.scenario import Scenario
from engine.walking.accuracy import are_classes, boundary
from tui.terminal.mosaic import Area

Floats = NDArray[np.float64]
FLAT, TINY = 0.25, 1e-9
"""Of the largest value the half of what values differ by: where it is less, and they have one sign, 0 is not in the
middle of the scale; where it is nothing, they are the same.
"""
ROUND = (1.0, 2.0, 5.0, 10.0)


class Scale(NamedTuple):
    """From values to parts of a scale.

    Attributes:
        middle: what is clear: 0, or where one class ends and the other begins.
        reach: from the middle to full colour.
        fixed: whether the reach is that of classes, beyond which all looks alike.
    """

    middle: float
    reach: float
    fixed: bool = False

    def parts(self, values: Floats) -> Floats:
        """How far values are from the middle; nan where they are not finite."""
        with np.errstate(all="ignore"):
            return np.where(np.isfinite(values), (values - self.middle) / self.reach, np.nan)


class Shown(Struct, frozen=True):
    """Which nodes a map shows.

    Attributes:
        nodes: one, or all outputs, of which the largest tells the class.
        middle: what is clear.
        reach: of a scale that does not follow the values; None of one that does.
        target: among an example's targets the one that tells its class, or value; None where all do, or none does.
        one_hot: whether all of them together tell the class.
    """

    nodes: Sequence[str]
    middle: float = 0.0
    reach: float | None = None
    target: int | None = None
    one_hot: bool = False

    @property
    def by_class(self) -> bool:
        """Whether each class has an area."""
        return len(self.nodes) > 1


def shown_of(scenario: Scenario, selected: str | None) -> Shown:
    """What is shown of a selected node, or where none is, of the outputs."""
    network, targets = scenario.network, scenario.targets
    classes = are_classes(targets)
    outputs = network.outputs
    if selected is None or selected not in network.node_index:
        if classes and len(outputs) > 1:
            return Shown(outputs, one_hot=True)
        selected = next(name for name in outputs if name in network.node_index)
    if selected in outputs and isinstance(network, Network):
        column = outputs.index(selected)
        if classes and targets is not None:
            middle = boundary(targets)
            return Shown((selected,), middle, 0.5 if middle else 1.0, column)
        return Shown((selected,), target=column)
    single = targets is not None and targets.shape[1] == 1
    return Shown((selected,), target=0 if single else None, one_hot=classes and not single)


def scale_of(shown: Shown, values: Floats) -> Scale:
    """The scale of these values: a round number of them reaches its end."""
    if shown.reach is not None:
        return Scale(shown.middle, shown.reach, fixed=True)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (-1.0, 1.0)
    largest, half = max(abs(low), abs(high)), high / 2 - low / 2
    if low * high > 0 and half < FLAT * largest and half > TINY * largest:
        reach = rounded_up(half)  # all on one side and nearly alike: the scale is around them
        middle = round((low / 2 + high / 2) / reach * 2) * reach / 2
        return Scale(middle, rounded_up(max(high - middle, middle - low)))
    return Scale(0.0, rounded_up(largest))


def rounded_up(number: float) -> float:
    """The next of 1, 2, 5, 10 … that is as large."""
    if not 1e-300 < number < 1e300:
        return 1.0
    power = 10.0 ** np.floor(np.log10(number))
    return float(next(factor * power for factor in ROUND if factor * power >= number * 0.999))


def area_of(shown: Shown, scale: Scale, values: list[Floats]) -> Area:
    """What is seen of the nodes' values, each of shape (rows of values, columns)."""
    if not shown.by_class:
        return Area(scale.parts(values[0]))
    stacked = np.stack(values)
    known = np.isfinite(stacked).all(axis=0)
    ordered = np.sort(np.where(known, stacked, 0.0), axis=0)
    with np.errstate(all="ignore"):  # how far the largest is before the next
        sure = (ordered[-1] - ordered[-2]) / max(float(np.abs(ordered).max()), 1e-300)
    return Area(np.where(known, np.clip(sure, 0.0, 1.0), np.nan), np.where(known, stacked, 0.0).argmax(axis=0))
