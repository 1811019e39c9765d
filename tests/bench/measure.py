"""Times of things in turn: a machine that is busy slows them all down, so that ratios stay."""

import statistics
import time


def cpu(action):
    """Seconds of processor time."""
    start = time.process_time()
    action()
    return time.process_time() - start


def in_turn(first, second, rounds=5):
    """The median seconds of two actions, run alternately."""
    times = [(cpu(first), cpu(second)) for _ in range(rounds)]
    return tuple(statistics.median(column) for column in zip(*times, strict=True))


def line(what, value, target):
    """One line of the report."""
    print(f"{what:68} {value:>12}   {target}", flush=True)
