"""Which values meet element by element: numbers all elements, vectors the rows of a matrix or channels of a picture."""

from math import prod

AXES_OF_PICTURES = 3
"""Channels, rows, columns."""


def vector_that_meets(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of a vector that meets the rows of a matrix or the channels of a picture; of others their own."""
    if len(shape) == 2:
        return shape[1:]
    return shape[:1] if len(shape) == AXES_OF_PICTURES else shape


def met_in_a_run(shape: tuple[int, ...], whole: tuple[int, ...]) -> int:
    """How many elements one after the other meet the same element of an operand: of a channel all."""
    return prod(whole[1:]) if meets_channels(shape, whole) else 1


def meets_channels(shape: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    """Whether it is a vector that meets the channels of a picture."""
    return len(shape) == 1 and len(whole) == AXES_OF_PICTURES
