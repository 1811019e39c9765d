"""The examples of a graph: listed, or from the columns of a table."""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.files.arrays import read_array
from engine.files.data import check_weights, in_order, one_hot_rows
from engine.files.data_parts import MAX_NUMBERS, GraphDataPart, GraphExamplePart, TargetColumn
from engine.files.examples import are_given, given_weights
from engine.files.graph import Asked
from engine.files.parts import Partial, read_part, read_parts
from engine.files.prepared import Examples, made, prepared
from engine.files.problems import MOST_SHOWN, Problems, nearest, plural, shown
from engine.files.tables import read_columns, too_many_numbers
from engine.formula.similar import some_of
from engine.program.names import element_names
from engine.program.operations import Shape, said
from engine.program.preparation import Preparation

Array = NDArray[np.float64]
Wanted = Mapping[str, Shape | None]


def read_graph_examples(listed: Any, data: Any, folder: Path, asked: Asked, problems: Problems) -> Examples:
    """Reads `[[example]]` or `[data]` and notes every problem in it.

    Args:
        listed: what TOML gives for `example`, or None.
        data: what it gives for `data`, or None.
        folder: the scenario's, for the table.
        asked: what examples give, as far as it is known.
        problems: gets what is wrong.
    """
    if data is None and listed in (None, []) and not asked.inputs and not asked.targets and not asked.upstream:
        listed = [{}]  # parameters only: one example, which gives nothing
        if asked.inputs is None or asked.targets is None:
            return Examples()
    if not are_given(listed, data, problems):
        return Examples()
    if data is not None:
        table = read_part(GraphDataPart, data, "data", problems)
        raw = _from_data(table, folder, asked, problems)
        return prepared(raw, table.value, Preparation(tuple(_elements(asked.inputs))), problems)
    before = len(problems.found)
    inputs, targets, weights = list[Array](), list[Array](), list[float]()
    for where, part in read_parts(GraphExamplePart, listed, "example", problems, each="each example"):
        if part.good("inputs"):
            inputs.append(_given(part.value.inputs, asked.inputs, "input", f"{where}.inputs", problems))
        if part.good("targets", "upstream"):
            own = _given(part.value.targets, asked.targets, "target", f"{where}.targets", problems)
            back = _given(part.value.upstream, asked.upstream, "upstream node", f"{where}.upstream", problems)
            targets.append(np.concatenate((own, back)))
        weights.append(part.value.weight)
        if len(problems.found) > before + MOST_SHOWN:
            break
    if len(problems.found) > before or asked.inputs is None or asked.targets is None:
        return Examples(len(listed))
    gives_targets = bool(asked.targets or asked.upstream)
    of_each = given_weights(weights)
    return Examples(len(listed), np.array(inputs), np.array(targets) if gives_targets else None, weights=of_each)


def _given(
    given: list[Any] | dict[str, Any], wanted: Wanted | None, what: str, where: str, problems: Problems
) -> Array:
    """All elements that an example gives, in declared order; what is wrong is noted, and left out."""
    if wanted is None:
        return np.zeros(0)
    arrays = [
        read_array(item, place, problems, wanted[name])
        for name, item, place in _by_name(given, wanted, what, where, problems)
        if name in wanted
    ]
    return np.concatenate([np.zeros(0), *(array.ravel() for array in arrays if array is not None)])


def _by_name(
    given: list[Any] | dict[str, Any], wanted: Wanted, what: str, where: str, problems: Problems
) -> Iterator[tuple[str, Any, str]]:
    """Each value's name with what is given for it, and where; in declared order."""
    if isinstance(given, list):
        if len(given) == len(wanted):
            for number, (name, item) in enumerate(zip(wanted, given, strict=True), 1):
                yield name, item, f"{where}[{number}] ({shown(name)})"
            return
        message = f"has {plural(len(given), 'value')}, but the graph has {plural(len(wanted), what)}"
        problems.add(
            where,
            message,
            f"give one for each, in this order: {some_of(map(shown, wanted), 8)}" if wanted else "take it out",
        )
        return
    for name in given:
        if name not in wanted:
            remedy = nearest(name, wanted) if wanted else "take it out"
            problems.add(f"{where}.{shown(name)}", f"there is no {what} {shown(name)}", remedy)
    for name, shape in wanted.items():
        if name in given:
            yield name, given[name], f"{where}.{shown(name)}"
        else:
            like = "" if shape is None else f", {said(shape)}"
            problems.add(f"{where}.{shown(name)}", "it is missing", f"give {shown(name)}{like}")


def _elements(wanted: Wanted | None) -> Iterator[str]:
    """The names of all elements, as far as they are known."""
    for name, shape in (wanted or {}).items():
        yield from element_names(name, shape or ())


def _from_data(part: Partial[GraphDataPart], folder: Path, asked: Asked, problems: Problems) -> Examples:
    found = made(part, problems)
    if found is None:
        return _from_table(part, folder, asked, problems) if part.value.csv is not None else Examples()
    inputs, targets, _ = found
    before = len(problems.found)
    for wanted, what, count in ((asked.inputs, "inputs", 2), (asked.targets, "targets", 1)):
        if wanted is not None and (there := len(list(_elements(wanted)))) != count:
            message = f"it gives {plural(count, what[:-1])}, but the graph has {plural(there, what[:-1])}"
            problems.add("data.make", message, "give the graph as many numbers")
    if part.bad or asked.inputs is None or asked.targets is None or len(problems.found) > before:
        return Examples()
    return Examples(len(inputs), inputs, targets[:, np.newaxis])


def _from_table(part: Partial[GraphDataPart], folder: Path, asked: Asked, problems: Problems) -> Examples:
    if not part.good("csv", "inputs", "targets", "weight") or asked.inputs is None or asked.targets is None:
        return Examples()
    before = len(problems.found)
    inputs = _columns(part.value.inputs or [], asked.inputs, "input", "data.inputs", problems)
    targets = _columns(
        _of_the_one(part.value.targets or [], asked.targets), asked.targets, "target", "data.targets", problems
    )
    if len(problems.found) > before:
        return Examples()
    columns = [*inputs, *targets]
    numbers = [name for column in columns if not column.one_hot for name in column.names]
    numbers += [part.value.weight] if part.value.weight is not None else []
    words = list(dict.fromkeys(column.names[0] for column in columns if column.one_hot))
    table = read_columns(folder, part.value.csv or "", numbers, words, "data.csv", problems)
    if table is None:
        return Examples()
    cells = dict(zip(words, table.words, strict=True))
    if sum(column.elements for column in columns) * len(table.lines) > MAX_NUMBERS:
        problems.add("data.csv", *too_many_numbers(part.value.csv or ""))
        return Examples(len(table.lines))
    parts, at = list[Array](), 0
    for column in columns:
        if column.one_hot:
            parts.append(_one_hot(cells[column.names[0]], column, problems))
        else:
            parts.append(table.numbers[:, at : at + len(column.names)])
            at += len(column.names)
    weights = table.numbers[:, at:] if part.value.weight is not None else None
    if weights is not None:
        check_weights(weights[:, 0], table, part.value.csv or "", problems)
    if len(problems.found) > before:
        return Examples(len(table.lines))
    made = [np.hstack([np.zeros((len(table.lines), 0)), *of]) for of in (parts[: len(inputs)], parts[len(inputs) :])]
    return Examples(len(table.lines), made[0], made[1] if asked.targets else None, weights=weights)


def _of_the_one(given: list[Any] | dict[str, Any], wanted: Wanted) -> list[Any] | dict[str, Any]:
    """Of a graph of one target, what is given of it may stand for itself, as in a file of layers."""
    alone = isinstance(given, dict) and "column" in given and len(wanted) == 1 and "column" not in wanted
    return [given] if alone else given


class _Columns(Struct, frozen=True):
    """From where a table gives one value.

    Attributes:
        names: the headings.
        place: in the scenario file, where they are told.
        value: the value's name.
        size: how many elements it has, where it is one column of which each different value is one.
    """

    names: Sequence[str]
    place: str
    value: str
    size: int | None = None

    @property
    def one_hot(self) -> bool:
        """Whether the cells are words."""
        return self.size is not None

    @property
    def elements(self) -> int:
        """How many numbers a row of the table gives."""
        return len(self.names) if self.size is None else self.size


def _one_hot(cells: Sequence[str], column: _Columns, problems: Problems) -> Array:
    order = in_order(cells)
    if len(order) != column.size:
        message = f"the column has {plural(len(order), 'different value')}, but {shown(column.value)} has "
        problems.add(column.place, message + plural(column.size or 0, "element"), "give one element per value")
        return np.zeros((0, 0))
    return one_hot_rows(cells, order)


def _columns(
    given: list[Any] | dict[str, Any], wanted: Wanted, what: str, where: str, problems: Problems
) -> list[_Columns]:
    """The columns of each value, in declared order."""
    found: list[_Columns] = []
    for name, item, place in _by_name(given, wanted, what, where, problems):
        shape = wanted.get(name)
        if isinstance(item, dict):
            part = read_part(TargetColumn, item, place, problems)
            if not part.good("column", "one_hot"):
                continue
            if part.value.one_hot:
                if shape is not None and len(shape) != 1:
                    remedy = "one_hot makes a vector: give it one size, as [3]"
                    problems.add(place, f"{shown(name)} is {said(shape)}", remedy)
                elif shape is not None:
                    found.append(_Columns([part.value.column], place, name, shape[0]))
                continue
            item = part.value.column
        columns = item if isinstance(item, list) else [item]
        if not all(isinstance(column, str) for column in columns):
            problems.add(place, "a column is told by its name", 'give one like "height", or a list of them')
        elif shape is not None and len(shape) > 1:
            problems.add(
                place, f"{shown(name)} is {said(shape)}", "columns give numbers and vectors: list the examples"
            )
        elif shape is not None and isinstance(item, list) != bool(shape):
            remedy = f"give a list of {plural(prod(shape), 'column')}" if shape else "give one column"
            problems.add(place, f"{shown(name)} is {said(shape)}", remedy)
        elif shape is not None and len(columns) != prod(shape):
            message = f"has {plural(len(columns), 'column')}, but {shown(name)} is {said(shape)}"
            problems.add(place, message, f"give {plural(prod(shape), 'column')}")
        found.append(_Columns([str(column) for column in columns], place, name))
    return found
