"""Examples that are drawn: two inputs and a target, as TensorFlow Playground and scikit-learn make them.

`Generator(PCG64(seed))` draws the uniform and normal numbers, in the order written here; then the examples are mixed by
its permutation. Inputs, and targets that are no classes, are rounded to 4 decimals: so they can be copied by hand, and
are the same on every machine, though not every machine has the same last digit of a sine.

Of `count` examples the first class has the half, rounded up. U(a, b) is uniform between a and b, N normal with mean 0
and standard deviation 1, each drawn for every example anew; `noise` is ν:

- `circle` (Playground): a point at radius U(0, 2.5) or U(3.5, 5), angle U(0, 2π). The class is told by its distance
  from 0, within 2.5 or not, after it is moved by U(−5, 5)·ν both ways: the point itself stays.
- `xor` (Playground): both inputs U(−5, 5), then 0.3 away from 0. The class says whether they have one sign, after
  each is moved by U(−5, 5)·ν: the point itself stays.
- `gauss` (Playground): around (2, 2) and (−2, −2) with N·√(½ + 7ν).
- `spiral` (Playground): of n points of an arm number i at radius 5i/n, angle 3.5π·i/n, the other arm turned by π; both
  inputs are moved by U(−1, 1)·ν.
- `moons` (scikit-learn's make_moons): half circles (cos a, sin a) and (1 − cos a, ½ − sin a), a from 0 to π in even
  steps; both inputs are moved by N·ν.
- `plane` (Playground): both inputs U(−6, 6), the target (x1 + x2)/10, of the point after it is moved by U(−6, 6)·ν.
- `waves`: the same with the target ½·(sin x1 + cos x2).
"""

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.formula.arithmetic import mapped

if TYPE_CHECKING:  # numpy imports it when it is asked for, which takes as long as a third of numpy
    from numpy.random import Generator

Array = NDArray[np.float64]
Draw: TypeAlias = "Callable[[Generator, int, float], tuple[Array, Array]]"
DECIMALS = 4


class Kind(Struct, frozen=True):
    """One kind of examples.

    Attributes:
        draw: inputs of shape (examples, 2), and targets: of a class 1 or 0.
        classes: whether targets are classes.
    """

    draw: Draw
    classes: bool = True


def made_examples(kind: str, count: int, noise: float, seed: int) -> tuple[Array, Array]:
    """Inputs of shape (examples, 2) and targets of shape (examples,): of classes 1 or 0.

    Args:
        kind: a name of `KINDS`.
        count: how many.
        noise: ν.
        seed: which ones.
    """
    numbers = np.random.Generator(np.random.PCG64(seed))
    inputs, targets = KINDS[kind].draw(numbers, count, noise)
    order = numbers.permutation(count)
    return np.round(inputs[order], DECIMALS) + 0.0, np.round(targets[order], DECIMALS) + 0.0


def _halves(count: int) -> tuple[int, int]:
    return (count + 1) // 2, count // 2


def _moved(numbers: "Generator", points: Array, far: float, noise: float) -> Array:
    return points + numbers.uniform(-far, far, points.shape) * noise


def _around(radius: Array, angle: Array) -> Array:
    """Points as Playground has them: the angle goes from the second axis."""
    return np.stack((radius * mapped(math.sin, angle), radius * mapped(math.cos, angle)), axis=1)


def _circle(numbers: "Generator", count: int, noise: float) -> tuple[Array, Array]:
    parts = [
        _around(numbers.uniform(low, high, size), numbers.uniform(0.0, 2 * math.pi, size))
        for size, low, high in zip(_halves(count), (0.0, 3.5), (2.5, 5.0), strict=True)
    ]
    points = np.concatenate(parts)
    seen = _moved(numbers, points, 5.0, noise)
    return points, (seen[:, 0] ** 2 + seen[:, 1] ** 2 < 2.5**2).astype(np.float64)


def _xor(numbers: "Generator", count: int, noise: float) -> tuple[Array, Array]:
    points = numbers.uniform(-5.0, 5.0, (count, 2))
    points += np.where(points > 0, 0.3, -0.3)
    seen = _moved(numbers, points, 5.0, noise)
    return points, (seen[:, 0] * seen[:, 1] >= 0).astype(np.float64)


def _gauss(numbers: "Generator", count: int, noise: float) -> tuple[Array, Array]:
    classes = np.repeat([1.0, 0.0], _halves(count))
    centres = np.where(classes[:, np.newaxis] == 1.0, 2.0, -2.0)
    return centres + numbers.standard_normal((count, 2)) * math.sqrt(0.5 + 7 * noise), classes


def _spiral(numbers: "Generator", count: int, noise: float) -> tuple[Array, Array]:
    along = np.concatenate([np.arange(size) / size for size in _halves(count)])
    classes = np.repeat([1.0, 0.0], _halves(count))
    points = _around(5 * along, 3.5 * math.pi * along + np.where(classes == 1.0, 0.0, math.pi))
    return _moved(numbers, points, 1.0, noise), classes


def _moons(numbers: "Generator", count: int, noise: float) -> tuple[Array, Array]:
    angle = np.concatenate([np.linspace(0.0, math.pi, size) for size in _halves(count)])
    classes = np.repeat([0.0, 1.0], _halves(count))
    across, up = mapped(math.cos, angle), mapped(math.sin, angle)
    points = np.stack((np.where(classes == 0, across, 1 - across), np.where(classes == 0, up, 0.5 - up)), axis=1)
    return points + numbers.standard_normal((count, 2)) * noise, classes


def _plane(numbers: "Generator", count: int, noise: float) -> tuple[Array, Array]:
    points = numbers.uniform(-6.0, 6.0, (count, 2))
    seen = _moved(numbers, points, 6.0, noise)
    return points, (seen[:, 0] + seen[:, 1]) / 10


def _waves(numbers: "Generator", count: int, noise: float) -> tuple[Array, Array]:
    points = numbers.uniform(-6.0, 6.0, (count, 2))
    seen = _moved(numbers, points, 6.0, noise)
    return points, 0.5 * (mapped(math.sin, seen[:, 0]) + mapped(math.cos, seen[:, 1]))


KINDS: Mapping[str, Kind] = {
    "circle": Kind(_circle),
    "xor": Kind(_xor),
    "gauss": Kind(_gauss),
    "spiral": Kind(_spiral),
    "moons": Kind(_moons),
    "plane": Kind(_plane, classes=False),
    "waves": Kind(_waves, classes=False),
}
"""By the name that a file gives."""
