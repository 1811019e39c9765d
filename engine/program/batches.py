"""Which examples an iteration takes."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from msgspec.structs import replace

from engine.formula.arithmetic import Array, ordered_sum, row_sums
from engine.program.scenario import Scenario, Training
from engine.program.tokens import MAX_ITERATIONS


def batches_per_epoch(scenario: Scenario) -> int:
    """How many updates it takes to see every example once."""
    return -(-len(scenario.inputs) // scenario.training.batch)


def batch_of(scenario: Scenario, iteration: int) -> tuple[int, ...]:
    """The examples of iteration k, numbered from 0: in file order, or in the epoch's own order if they are shuffled."""
    epoch, number = divmod(iteration, batches_per_epoch(scenario))
    size = scenario.training.batch
    count = len(scenario.inputs)
    chosen = range(number * size, min((number + 1) * size, count))
    if scenario.training.shuffle is None:
        return tuple(chosen)
    return _order(scenario.training.shuffle, epoch, count)[chosen.start : chosen.stop]


def weights_of(scenario: Scenario, examples: Sequence[int]) -> Array | None:
    """The weights of some examples that make a batch, shape (examples, outputs); None where there are none.

    Where E is divided by what they sum to, they are scaled for that: with weights of classes, by what these make of an
    example's targets, too.
    """
    if scenario.weights is None:
        return None
    weights = scenario.weights[list(examples)]
    if not scenario.training.by_weights:
        return weights
    shares, classes = weights[:, 0], _of_classes(scenario)
    if classes is not None and scenario.targets is not None:
        shares = shares * row_sums(classes * scenario.targets[list(examples)])
    with np.errstate(all="ignore"):  # nothing that weighs: what comes of it is no number, and told as such
        return np.asarray(weights * (len(weights) / ordered_sum(shares[:, np.newaxis])[0]))


def with_weights(scenario: Scenario) -> Scenario:
    """The scenario with weights of its examples, where E is divided by those of classes alone."""
    if not scenario.training.by_weights or scenario.weights is not None or _of_classes(scenario) is None:
        return scenario
    network, test = replace(scenario.network, weighted=True), scenario.test
    if test is not None:
        test = replace(test, weights=np.ones((len(test.inputs), len(network.outputs))))
    return replace(scenario, network=network, weights=np.ones((len(scenario.inputs), len(network.outputs))), test=test)


def _of_classes(scenario: Scenario) -> Array | None:
    """The weights of classes, of a loss whose targets say which class is true."""
    if scenario.graph is not None or not scenario.layered.loss.shares:
        return None
    weights = scenario.layered.loss.settings.class_weights
    return None if weights is None else np.array(weights, dtype=np.float64)


def iteration_in(training: Training, examples: int, epoch: int, example: int | None = None) -> int:
    """The iteration of an epoch that takes an example.

    Args:
        training: how many there are in a batch, and whether they are shuffled.
        examples: how many the file has.
        epoch: after so many, from 0.
        example: the example's number in the file, from 1; None for the epoch's first iteration.

    Raises:
        LookupError: there is no such example, or the epoch begins after the last iteration; the message says so.
    """
    if example is not None and not 1 <= example <= examples:
        raise LookupError(f"there is no example {example:,}: the file has {examples:,}, counted from 1")
    batches = -(-examples // training.batch)
    place = 0 if example is None else example - 1
    if (epoch + 1) * batches - 1 > MAX_ITERATIONS:
        raise LookupError(
            f"epoch {epoch:,} is beyond the last iteration: an epoch has {batches:,} of {MAX_ITERATIONS:,}, "
            "and is counted from 0"
        )
    if training.shuffle is not None and example is not None:
        place = _order(training.shuffle, epoch, examples).index(place)
    return epoch * batches + place // training.batch


def epoch_means(errors: Array, first: int, batches: int) -> tuple[int, Array]:
    """Of every epoch that is complete the mean of its iterations' E: E_epoch divided by their number.

    Args:
        errors: E of iteration `first` and of those after it, shape (n,).
        first: the first one's iteration; it need not begin an epoch.
        batches: iterations of an epoch.

    Returns:
        The number of the first complete epoch, and a mean for it and each one after it. A mean is not finite where an
        E of its epoch is not.
    """
    epoch = -(-first // batches)
    begin = epoch * batches - first
    count = max(0, len(errors) - begin) // batches
    whole = errors[begin : begin + count * batches].reshape(count, batches)
    with np.errstate(all="ignore"):
        return epoch, np.asarray(whole @ np.full(batches, 1 / batches))  # the sum of large ones may be no number


@lru_cache(maxsize=8)  # an epoch's batches are asked for one after the other
def _order(seed: int, epoch: int, count: int) -> tuple[int, ...]:
    return tuple(np.random.Generator(np.random.PCG64([seed, epoch])).permutation(count).tolist())
