"""Option values that several commands read alike."""

import argparse
from collections.abc import Callable

MOST_ITERATIONS = 10_000_000


def whole(least: int, most: int = MOST_ITERATIONS) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most:,}")
        return value

    return read
