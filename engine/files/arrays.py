"""Values of a graph as a file gives them: numbers, lists, matrices, tables of numbers, or drawn."""

import math
import sys
from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.files.initial import check_made, drawn
from engine.files.model import MAX_ELEMENTS
from engine.files.parts import read_part
from engine.files.problems import Problems, described, plural, shown
from engine.files.tables import read_matrix
from engine.files.weight_parts import CsvMatrix, DrawnValue
from engine.files.weights import DRAWN, Files, read_value, says_where
from engine.program.operations import Shape, said
from engine.program.vocabulary import MOST_AXES

Array = NDArray[np.float64]


def read_shape(given: Any, where: str, problems: Problems) -> Shape | None:
    """The shape that `[3, 4]` says, `[]` of a number; None after noting what is wrong with it."""
    example = "give its sizes, like [3] or [3, 4]; [] is a number"
    if not isinstance(given, list):
        problems.add(where, f"{described(given)} is no shape", example)
        return None
    for size in given:
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            problems.add(where, f"{described(size)} is no size", example)
            return None
    if len(given) > MOST_AXES:
        problems.add(where, f"it has {len(given)} axes", f"{MOST_AXES} are the most")
        return None
    return tuple(given) if within_limits(tuple(given), where, problems) else None


def is_value(shape: Shape, where: str, problems: Problems) -> bool:
    """Whether an array may be a value: of so many axes, of something, and not too much; notes it if not."""
    if len(shape) > MOST_AXES or 0 in shape:
        problems.add(where, f"an array of shape {shape} is no value", f"give one of up to {MOST_AXES} axes, not empty")
        return False
    return within_limits(shape, where, problems)


def within_limits(shape: Shape, where: str, problems: Problems) -> bool:
    """Whether a value has no more elements than there may be; notes it if not."""
    if prod(shape) <= MAX_ELEMENTS:
        return True
    problems.add(where, f"{said(shape)} are {prod(shape):,} numbers", f"{MAX_ELEMENTS:,} are the most of one value")
    return False


def read_array(given: Any, where: str, problems: Problems, shape: Shape | None = None) -> Array | None:
    """A number, a list or a matrix (up to four axes), or None after noting what is wrong.

    Args:
        given: what TOML gives.
        where: in the file.
        problems: gets what is wrong.
        shape: that it must have, or None for any.
    """
    found = _shape(given, where, problems)
    if found is None or not within_limits(found, where, problems):
        return None
    if shape is not None and found != shape:
        problems.add(where, f"it is {said(found)}, but {said(shape)} is needed", _like(shape))
        return None
    return np.array(given, dtype=np.float64)


def _like(shape: Shape) -> str:
    if not shape:
        return "give one number"
    if len(shape) == 1:
        return f"give a list of {plural(shape[0], 'number')}"
    return f"give a list of {plural(shape[0], 'list')}" + (
        "" if len(shape) > 2 else f" of {plural(shape[1], 'number')}"
    )


def _shape(given: Any, where: str, problems: Problems, axes: int = 0) -> Shape | None:
    """The shape of nested lists of numbers, all as long as the others of their depth."""
    if not isinstance(given, list):
        return () if _is_number(given, where, problems) else None
    if axes == MOST_AXES:
        problems.add(where, f"it has more than {MOST_AXES} axes", f"{MOST_AXES} are the most")
        return None
    if not given:
        problems.add(where, "an empty list is no value", "give at least one number")
        return None
    if all(type(item) in (int, float) and abs(item) <= sys.float_info.max for item in given):  # long rows at once
        return (len(given),)
    shapes = []
    for number, item in enumerate(given, 1):
        found = _shape(item, f"{where}[{number}]", problems, axes + 1)
        if found is None:
            return None
        shapes.append(found)
    for number, found in enumerate(shapes, 1):
        if found != shapes[0]:
            message = f"it is {said(found)}, but the first beside it is {said(shapes[0])}"
            problems.add(f"{where}[{number}]", message, "give all rows the same length")
            return None
    return (len(given), *shapes[0])


def _is_number(given: Any, where: str, problems: Problems) -> bool:
    if isinstance(given, bool) or not isinstance(given, int | float):
        problems.add(where, f"{described(given)} is not a number", "write it without quotes, like 0.5")
        return False
    try:
        finite = math.isfinite(float(given))
    except OverflowError:
        finite = False
    if not finite:
        problems.add(where, f"{described(given)} is not finite", "give a number that is")
    return finite


def read_constant(given: Any, name: str, folder: Path, files: Files, problems: Problems) -> Array | None:
    """A value that is given once, or None after noting what is wrong. Arguments as of `read_parameter`."""
    where = f"graph.constants.{shown(name)}"
    if isinstance(given, dict) and not says_where(given, ("csv", "file"), where, problems):
        return None
    return _listed_or_in_file(given, name, where, folder, files, problems)


def _listed_or_in_file(
    given: Any, name: str, where: str, folder: Path, files: Files, problems: Problems
) -> Array | None:
    if not isinstance(given, dict):
        return read_array(given, where, problems)
    if "file" in given:
        found = read_value(given, name, where, files, problems)
        return found if found is not None and is_value(found.shape, where, problems) else None
    table = read_part(CsvMatrix, given, where, problems)
    if table.bad:
        return None
    rows = read_matrix(folder, table.value.csv, MAX_ELEMENTS, f"{where}.csv", problems)
    return None if rows is None else read_array(rows or [[]], f"{where}.csv", problems)


def read_parameter(given: Any, number: int, name: str, folder: Path, files: Files, problems: Problems) -> Array | None:
    """A parameter where the walk begins, or None after noting what is wrong.

    Args:
        given: what TOML gives: numbers, or a table that says from where.
        number: of the parameter, from 1.
        name: its own.
        folder: the scenario's.
        files: of arrays beside it.
        problems: gets what is wrong.
    """
    where = f"graph.parameters.{shown(name)}"
    if not isinstance(given, dict) or "csv" in given or "file" in given:
        return _listed_or_in_file(given, name, where, folder, files, problems)
    if not says_where(given, ("csv", *DRAWN), where, problems):
        return None
    part = read_part(DrawnValue, given, where, problems)
    if part.bad:
        return None
    shape = read_shape(part.value.shape, f"{where}.shape", problems)
    if shape is None or not check_made(part.value, where, problems):
        return None
    fans = _fans(part.value, shape, where, problems)
    return None if fans is None else drawn(part.value, number, shape, *fans)


def _fans(made: DrawnValue, shape: Shape, where: str, problems: Problems) -> Sequence[int] | None:
    """How many numbers come into one of the result, and into how many one goes; asked only where it matters."""
    if made.init in ("uniform", "normal"):
        if made.fan_in is not None:
            problems.add(f"{where}.fan_in", f"{made.init} takes no fan_in", "take it out")
            return None
        return 1, 1
    if made.fan_in is None:
        remedy = f"give fan_in: how many numbers come into one, {' or '.join(map(str, dict.fromkeys(shape or (1,))))}"
        problems.add(f"{where}.fan_in", f"it is missing: {made.init} needs it", remedy)
        return None
    count = prod(shape)
    if count % made.fan_in:
        message = f"{made.fan_in} does not divide the {plural(count, 'number')} of {said(shape)}"
        problems.add(f"{where}.fan_in", message, "give how many numbers come into one of the result")
        return None
    kernels = len(shape) == MOST_AXES
    return made.fan_in, shape[0] * shape[2] * shape[3] if kernels else count // made.fan_in
