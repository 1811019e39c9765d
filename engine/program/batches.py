"""Which examples an iteration takes."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.program.scenario import Scenario


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


def epoch_means(errors: NDArray[np.float64], first: int, batches: int) -> tuple[int, NDArray[np.float64]]:
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
