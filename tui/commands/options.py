"""Option values that several commands read alike."""

import argparse
from collections.abc import Callable

from engine.program.tokens import typed_number

MOST_ITERATIONS = 10_000_000


def whole(least: int, most: int = MOST_ITERATIONS) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`."""

    def read(text: str) -> int:
        try:
            value = int(text) if typed_number(text) is not None else least - 1
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most:,}")
        return value

    return read


def above_zero(text: str) -> float:
    """Reads a finite number above 0."""
    value = typed_number(text)
    if value is None or value <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value
