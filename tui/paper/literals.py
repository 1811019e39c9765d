"""Numbers of a script: nested lists that one can read, with the names of what stands in them beside."""

import textwrap
from collections.abc import Sequence
from decimal import ROUND_CEILING, Context

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WIDTH = 110
NAMED = 12
"""The most names that stand beside a row of numbers."""


def upward(number: float) -> str:
    """A number to one digit, never less than it is."""
    return f"{Context(prec=1, rounding=ROUND_CEILING).create_decimal(number):.0e}"


def literal(values: Array, names: Sequence[Sequence[str]] = ()) -> str:
    """An array as nested lists, a line for each row where it has several.

    Args:
        values: the numbers.
        names: of what stands in a row, of an array of two axes: one list for all rows, or one for each.
    """
    if values.ndim != 2:
        row = _row(values)
        return row if len(row) < WIDTH else f"[\n{_wrapped(row[1:-1], '    ')}\n]"
    if len(values) == 1 and not names and len(_row(values)) < WIDTH:
        return _row(values)
    rows = []
    for i, row_of in enumerate(values):
        beside = names[i if len(names) > 1 else 0] if names else ()
        comment = f"  # {', '.join(beside)}" if 0 < len(beside) <= NAMED and (i == 0 or len(names) > 1) else ""
        rows.append(_wrapped(f"{_row(row_of)},", "    ") + comment)
    return "[\n" + "\n".join(rows) + "\n]"


def _row(values: Array) -> str:
    return repr(values.tolist()).replace("nan", 'float("nan")').replace("inf", 'float("inf")')


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent + " ", break_on_hyphens=False)
