"""From the examples as a file has them to those that are walked: the test part apart, further inputs, one scale."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.files.data_parts import DataPart, GraphDataPart, KeptPart
from engine.files.made_data import KINDS, made_examples
from engine.files.parts import Partial
from engine.files.problems import MOST_SHOWN, Problems, plural, shown
from engine.formula.field import REAL
from engine.formula.loss import Targets
from engine.program.network import Network
from engine.program.preparation import Preparation

Array = NDArray[np.float64]
SEED = 1
"""By which the test part is drawn where nothing else is said."""
APART = 1
"""Drawn behind the seed: else the test part would be drawn by the numbers that made the examples."""


class Examples(Struct, frozen=True, eq=False):
    """What the network learns from.

    Attributes:
        count: how many there are, those of the test part not counted; or None if that is not known.
        inputs: shape (examples, inputs), or None if any is wrong.
        targets: shape (examples, outputs); None if any is wrong, or if the loss needs none.
        test_inputs: of the examples that are kept for the test, likewise; None where none is.
        test_targets: likewise.
        weights: of the examples in E, shape (examples, outputs): one for all outputs; None where none is given.
        test_weights: likewise.
        preparation: what was done with the inputs, or None where nothing was.
    """

    count: int | None = None
    inputs: Array | None = None
    targets: Array | None = None
    test_inputs: Array | None = None
    test_targets: Array | None = None
    preparation: Preparation | None = None
    weights: Array | None = None
    test_weights: Array | None = None

    @property
    def tested(self) -> bool:
        """Whether there is a test part, as far as that is known."""
        return self.inputs is None or self.test_inputs is not None


def made(part: Partial[DataPart] | Partial[GraphDataPart], problems: Problems) -> tuple[Array, Array, bool] | None:
    """The examples that `make` draws, inputs, targets and whether these are classes; None where they are in a file.

    Notes what else is given, or that neither is.
    """
    data = part.value
    if data.make is None:
        if not part.good("make"):
            return None
        if part.good("csv") and data.csv is None:
            problems.add("data.csv", "it is missing", "give the name of a file, or make = { kind = … }")
        elif part.good("csv", "inputs") and data.inputs is None and isinstance(data, DataPart):
            problems.add("data.inputs", "it is missing", "give the columns of the inputs")
        return None
    for key in ("csv", "inputs", "targets", "weight"):
        if getattr(data, key, None) is not None:
            problems.add(f"data.{key}", "make gives the examples already", "take one of them out")
    inputs, targets = made_examples(data.make.kind, data.make.count, data.make.noise, data.make.seed)
    return inputs, targets, KINDS[data.make.kind].classes


def class_targets(classes: Array, network: Network) -> Array:
    """The targets of two classes, 1 and 0 as they come, as the network's outputs and its loss take them.

    One output that can be negative gets −1 and 1, any other 0 and 1, if the loss takes them; two outputs get 1 at their
    own class.
    """
    if len(network.outputs) == 2:
        return np.stack((1 - classes, classes), axis=1) + 0.0
    activation = network.layers[-1].activation_of(0)
    negative = activation.joint is None and activation.value(-1.0, REAL) < 0
    low = next(low for low in ((-1.0, 0.0) if negative else (0.0, -1.0)) if _takes(network.loss.targets, low))
    return np.where(classes == 1.0, 1.0, low)[:, np.newaxis]


def _takes(targets: Targets, low: float) -> bool:
    return targets.holds(low) and targets.holds(1.0)


def prepared(
    examples: Examples, part: DataPart | GraphDataPart | None, begun: Preparation, problems: Problems
) -> Examples:
    """The examples as they are walked; as they are where something is wrong.

    Args:
        examples: as the file has them, all of them.
        part: what `[data]` says, or None where they are listed.
        begun: the inputs by name, and the features.
        problems: gets what is wrong.
    """
    if examples.inputs is None or examples.count is None:
        return examples
    kept = np.zeros(examples.count, dtype=np.bool_)
    if part is not None and part.test is not None:
        found = _kept(part, examples.count, problems)
        if found is None:
            return examples
        kept = found
    if not _have_values(begun, examples.inputs, problems):
        return Examples(examples.count)
    preparation = begun
    if part is not None and part.standardize:
        problems.told(0, None, "standardizing the inputs")
        preparation = begun.measured_on(examples.inputs[~kept])
    if preparation.does_nothing and not kept.any():
        return examples
    inputs, targets, weights = preparation.prepared(examples.inputs), examples.targets, examples.weights
    return Examples(
        int(np.count_nonzero(~kept)),
        inputs[~kept],
        None if targets is None else targets[~kept],
        inputs[kept] if kept.any() else None,
        targets[kept] if kept.any() and targets is not None else None,
        None if preparation.does_nothing else preparation,
        None if weights is None else weights[~kept],
        weights[kept] if kept.any() and weights is not None else None,
    )


def _kept(part: DataPart | GraphDataPart, count: int, problems: Problems) -> NDArray[np.bool_] | None:
    """Which examples are kept for the test; they stay in the order of the file."""
    test = part.test
    share = test.part if isinstance(test, KeptPart) else float(test or 0.0)
    seed = test.seed if isinstance(test, KeptPart) else part.make.seed if part.make else SEED
    size = round(share * count)
    if not 0 < size < count:
        nothing = "nothing for the test" if size == 0 else "nothing to train on"
        message = f"{share:g} of {plural(count, 'example')} leaves {nothing}"
        problems.add("data.test", message, "give more examples, or another part")
        return None
    kept = np.zeros(count, dtype=np.bool_)
    kept[np.random.Generator(np.random.PCG64([seed, APART])).permutation(count)[:size]] = True
    return kept


def _have_values(begun: Preparation, inputs: Array, problems: Problems) -> bool:
    """Whether every feature has a finite value in every example; notes the first one of each that has none."""
    if not begun.features:
        return True
    finite = np.isfinite(begun.with_features(inputs))
    before = len(problems.found)
    for column, name in enumerate(begun.names):
        if not finite[:, column].all() and len(problems.found) < before + MOST_SHOWN:
            row = int(np.argmin(finite[:, column]))
            values = ", ".join(f"{raw} = {inputs[row, at]:g}" for at, raw in enumerate(begun.raw[:8]))
            message = f"it has no finite value in example {row + 1:,}, where {shown(values)}"
            problems.add(f"network.features.{shown(name)}", message, "give a formula that has one for each example")
    return len(problems.found) == before
