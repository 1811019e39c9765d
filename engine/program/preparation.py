"""What is done with an example's numbers before they go into the network: further inputs, then one scale for all.

Features come first, of the numbers as the data have them: `x1**2` is what its text says. Then every input, features
too, may be standardized: its mean is subtracted, and what is left is divided by its standard deviation. (The other
order was dropped: a formula of standardized numbers depends on the other examples, and `log(x)` would have no value
for half of them.) Mean and standard deviation are those of the training part; the test part is measured with the same.
"""

from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.formula.arithmetic import locked, ordered_sum
from engine.formula.functions import DIVIDE, SUBTRACT
from engine.formula.tree import Formula, Leaf, Ref, Symbol, leaves
from engine.program.equations import computed
from engine.program.graph import GraphNode

Array = NDArray[np.float64]
MEAN, DEVIATION = Symbol("mean"), Symbol("deviation")
"""In the formula of a standardized input."""


class Preparation(Struct, frozen=True, eq=False):
    """From the numbers of the data to the inputs of the network.

    Attributes:
        raw: the names of the inputs that the data give.
        features: the inputs behind them, each a formula of those before it.
        means: what is subtracted of each input, or None where nothing is.
        deviations: what it is divided by.
    """

    raw: tuple[str, ...]
    features: tuple[GraphNode, ...] = ()
    means: Array | None = None
    deviations: Array | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The inputs of the network, in order."""
        return (*self.raw, *(feature.name for feature in self.features))

    @property
    def does_nothing(self) -> bool:
        """Whether the numbers go in as they are."""
        return not self.features and self.means is None

    def feature(self, name: str) -> GraphNode | None:
        """The formula of an input; None where the data give it."""
        return next((feature for feature in self.features if feature.name == name), None)

    def sources(self, name: str) -> tuple[str, ...] | None:
        """The inputs of the data that a feature is made of; None of another input."""
        feature = self.feature(name)
        if feature is None:
            return None
        used = {leaf.name for leaf in leaves(feature.formula) if isinstance(leaf, Ref)}
        used |= {raw for one in used for raw in self.sources(one) or ()}
        return tuple(raw for raw in self.raw if raw in used)

    def formula(self, name: str) -> Formula:
        """An input, of the numbers of the data, `MEAN` and `DEVIATION`; of a feature, of what it is made of."""
        feature = self.feature(name)
        given = Ref(name) if feature is None else feature.formula
        return given if self.means is None else DIVIDE(SUBTRACT(given, MEAN), DEVIATION)

    def numbers(self, name: str, inputs: Array) -> Mapping[Leaf, float]:
        """The numbers in this formula, for one example's inputs of the network."""
        unscaled = self.with_features(self.raw_of(inputs[np.newaxis]))[0].tolist()
        found: dict[Leaf, float] = {Ref(one): value for one, value in zip(self.names, unscaled, strict=True)}
        if self.means is not None and self.deviations is not None:
            place = self.names.index(name)
            found |= {MEAN: float(self.means[place]), DEVIATION: float(self.deviations[place])}
        return found

    def prepared(self, rows: Array) -> Array:
        """The inputs of the network.

        Args:
            rows: shape (examples, raw inputs).

        Returns:
            shape (examples, inputs); not finite where a formula has no value.
        """
        return self._scaled(self.with_features(rows))

    def with_features(self, rows: Array) -> Array:
        """The same before anything is subtracted."""
        columns = {name: rows[:, place] for place, name in enumerate(self.raw)}
        with np.errstate(all="ignore"):
            for feature in self.features:
                value = computed(feature.formula, columns.__getitem__)
                columns[feature.name] = np.broadcast_to(np.asarray(value, dtype=np.float64), (len(rows),))
        return np.stack(list(columns.values()), axis=1) if self.features else rows

    def _scaled(self, inputs: Array) -> Array:
        if self.means is None or self.deviations is None:
            return inputs
        scaled: Array = (inputs - self.means) / self.deviations
        return scaled

    def renewed(self, inputs: Array) -> Array:
        """Inputs of the network, features made anew from the others."""
        count = len(self.raw)
        made = self.prepared(self.raw_of(inputs)) if self.features else inputs
        return np.concatenate((inputs[:, :count], made[:, count:]), axis=1)

    def raw_of(self, inputs: Array) -> Array:
        """From inputs of the network back to the numbers of the data, shape (examples, raw inputs)."""
        count = len(self.raw)
        if self.means is None or self.deviations is None:
            return inputs[:, :count]
        raw: Array = inputs[:, :count] * self.deviations[:count] + self.means[:count]
        return raw

    def measured_on(self, rows: Array) -> "Preparation":
        """The same with mean and standard deviation of these examples; of a constant input 1 for the deviation.

        The deviation is √(Σ(x − mean)²/n), as scikit-learn's StandardScaler has it.
        """
        inputs, count = self.with_features(rows), len(rows)
        means = ordered_sum(np.ascontiguousarray(inputs)) / count
        away = np.ascontiguousarray(inputs - means)
        deviations = np.sqrt(ordered_sum(away * away) / count)
        steady = (inputs == inputs[0]).all(axis=0)
        means, deviations = np.where(steady, inputs[0], means), np.where(steady, 1.0, deviations)
        return replace(self, means=locked(means), deviations=locked(deviations))
