"""Numbers that are drawn instead of listed."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from engine.files.problems import Problems
from engine.files.weight_parts import MadeWeights


def made_weights(made: MadeWeights, layer: int, n_out: int, n_in: int) -> NDArray[np.float64]:
    """W of layer `layer` (counted from 1) with shape (n_out, n_in), drawn in C order, the same each time."""
    return drawn(made, layer, (n_out, n_in), n_in, n_out)


def drawn(made: MadeWeights, number: int, shape: tuple[int, ...], fan_in: int, fan_out: int) -> NDArray[np.float64]:
    """Numbers drawn in C order, the same each time.

    Args:
        made: how.
        number: of the layer, or the parameter, from 1: with the seed it says which numbers come.
        shape: how many.
        fan_in: how many numbers come into one of what is made with them.
        fan_out: into how many of those one number goes.
    """
    generator = np.random.Generator(np.random.PCG64([made.seed, number]))
    if made.init == "xavier_uniform":
        bound = sqrt(6 / (fan_in + fan_out))
        return np.asarray(generator.uniform(-bound, bound, shape))
    if made.init == "he_normal":
        return np.asarray(generator.normal(0.0, sqrt(2 / fan_in), shape))
    if made.init == "uniform":
        low, high = bounds(made)
        return np.asarray(generator.uniform(low, high, shape))
    return np.asarray(generator.normal(0.0, 1.0 if made.scale is None else made.scale, shape))


def bounds(made: MadeWeights) -> tuple[float, float]:
    """The bounds of `uniform`: −1 and 1 unless given."""
    return -1.0 if made.low is None else made.low, 1.0 if made.high is None else made.high


def check_made(made: MadeWeights, where: str, problems: Problems) -> bool:
    """Whether the settings go with the way of drawing; notes those that do not."""
    before = len(problems.found)
    given = {"low": made.low, "high": made.high, "scale": made.scale}
    takes = {"uniform": ("low", "high"), "normal": ("scale",)}.get(made.init, ())
    for key, value in given.items():
        if value is not None and key not in takes:
            remedy = f"it takes {' and '.join(takes)}" if takes else "take it out"
            problems.add(f"{where}.{key}", f"{made.init} takes no {key}", remedy)
    low, high = bounds(made)
    if not low < high or high - low == float("inf"):
        problems.add(where, f"nothing lies between low = {low:g} and high = {high:g}", "give a low below the high")
    return len(problems.found) == before
