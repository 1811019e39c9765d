"""Which elements of a value stand where in another: found once, by sending their numbers the way that the values go."""

from collections.abc import Callable
from functools import cached_property, lru_cache
from math import prod
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.program.operations import Array, Shape

Gather = Callable[[Array], NDArray[Any]]
"""From (batch, *shape) the elements in their new places, (batch, *result); where n are joined, (n, batch, *result)."""


class Places(Struct, frozen=True, eq=False, dict=True):
    """Elements of a value of so many, and the elements of a result that they come into; each into one at most.

    Attributes:
        size: how many elements the value has.
        members: shape (n, elements of the result): the numbers of the n that come into each.
    """

    size: int
    members: NDArray[np.intp]

    @cached_property
    def goal(self) -> NDArray[np.intp]:
        """Of each element of the value the number of the result's; −1 where it comes into none."""
        goal = np.full(self.size, -1)
        goal[self.members] = np.arange(self.members.shape[1])
        return goal

    @property
    def all_used(self) -> bool:
        """Whether every element comes into the result."""
        return self.members.size == self.size

    def of(self, item: int) -> list[int]:
        """The elements that come into one of the result, in order."""
        return list(map(int, self.members[:, item]))

    def reach(self, item: int) -> tuple[int, ...]:
        """The result's element that one comes into, if any."""
        goal = int(self.goal[item])
        return () if goal < 0 else (goal,)

    def put_back(self, values: Array, shape: Shape) -> Array:
        """Values of the result's places in those that they came from, else 0.

        Args:
            values: shape (n or 1, batch, *result).
            shape: of the value.

        Returns:
            shape (batch, *shape). Never −0 where some came into none: there they are sums with what is not used.
        """
        batch = values.shape[1]
        back = np.zeros((batch, self.size))
        back[:, self.members] = values.reshape(len(values), batch, -1).swapaxes(0, 1)
        return (back if self.all_used else back + 0.0).reshape(batch, *shape)


@lru_cache(maxsize=64)
def places(gather: Gather, shape: Shape, result: Shape) -> Places:
    """The places that a way of gathering gives the elements of a value.

    Args:
        gather: a function that only moves elements.
        shape: the value's.
        result: the result's.
    """
    size = prod(shape)
    return Places(size, gather(np.arange(size).reshape(1, *shape)).reshape(-1, prod(result)))
