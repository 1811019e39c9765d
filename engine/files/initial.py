"""Weights that are drawn instead of listed."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from engine.files.model import MadeWeights


def made_weights(made: MadeWeights, layer: int, n_out: int, n_in: int) -> NDArray[np.float64]:
    """W of layer `layer` (counted from 1) with shape (n_out, n_in), drawn in C order, the same each time."""
    generator = np.random.Generator(np.random.PCG64([made.seed, layer]))
    if made.init == "xavier_uniform":
        bound = sqrt(6 / (n_in + n_out))
        return generator.uniform(-bound, bound, (n_out, n_in))
    if made.init == "he_normal":
        return generator.normal(0.0, sqrt(2 / n_in), (n_out, n_in))
    if made.init == "uniform":
        low, high = bounds(made)
        return generator.uniform(low, high, (n_out, n_in))
    return generator.normal(0.0, 1.0 if made.scale is None else made.scale, (n_out, n_in))


def bounds(made: MadeWeights) -> tuple[float, float]:
    """The bounds of `uniform`: −1 and 1 unless given."""
    return -1.0 if made.low is None else made.low, 1.0 if made.high is None else made.high
