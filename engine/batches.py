"""Which examples an iteration takes."""

from functools import lru_cache

import numpy as np

from engine.scenario import Scenario


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


@lru_cache(maxsize=8)  # an epoch's batches are asked for one after the other
def _order(seed: int, epoch: int, count: int) -> tuple[int, ...]:
    return tuple(np.random.Generator(np.random.PCG64([seed, epoch])).permutation(count).tolist())
