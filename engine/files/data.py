"""The examples of `[data]`: from the columns of a table, or made."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.files.cells import number_in
from engine.files.data_parts import MAX_NUMBERS, DataPart, TargetColumn
from engine.files.examples import check_length, for_outputs
from engine.files.parts import Partial
from engine.files.plain_table import Table
from engine.files.prepared import Examples, class_targets, made
from engine.files.problems import MOST_SHOWN, Problems, plural, shown
from engine.files.shape import Draft
from engine.files.tables import read_columns, too_many_numbers
from engine.formula.loss import Loss
from engine.program.network import Network

Array = NDArray[np.float64]


def examples_of(part: Partial[DataPart], folder: Path, draft: Draft, problems: Problems) -> Examples:
    """Those that `[data]` makes, or takes from a table; notes every problem in it. Arguments as of `read_examples`."""
    found = made(part, problems)
    if found is None:
        return _from_table(part, folder, draft, problems)
    before, network = len(problems.found), draft.network
    if part.bad or not isinstance(network, Network):
        return Examples()
    inputs, numbers, classes = found
    kind = part.value.make.kind if part.value.make else ""
    if draft.n_in != 2:
        message = f"{kind} gives 2 inputs, but the network has {plural(draft.n_in or 0, 'input')}"
        problems.add("data.make.kind", message, "give it two inputs, and features besides")
    if not len(network.outputs) <= (2 if classes else 1):
        message = f"{kind} gives one target, but the network has {plural(len(network.outputs), 'output')}"
        problems.add(
            "data.make.kind", message, "give it one output" + (", or two for the two classes" if classes else "")
        )
    elif classes and network.loss.shares and len(network.outputs) == 1:
        message = f"{network.loss.name} has an output for each class, and {kind} has two"
        problems.add("data.make.kind", message, "give the network two outputs")
    if len(problems.found) > before:
        return Examples(len(inputs))
    if not network.loss.needs_targets:
        return Examples(len(inputs), inputs)
    targets = class_targets(numbers, network) if classes else numbers[:, np.newaxis]
    reason = next(filter(None, map(network.loss.target_problem, targets.tolist())), None)
    if reason is not None:
        problems.add("data.make.kind", f"of {kind} {reason[0]}", reason[1])
    return Examples(len(inputs), inputs, targets)


def _from_table(part: Partial[DataPart], folder: Path, draft: Draft, problems: Problems) -> Examples:
    before = len(problems.found)
    data = part.value
    if data.csv is None or data.inputs is None:
        return Examples()
    if part.good("inputs"):
        check_length(data.inputs, draft.n_in, "inputs", "data.inputs", problems)
    if not part.good("csv", "inputs", "targets"):
        return Examples()
    chosen = data.targets
    columns = [chosen.column] if isinstance(chosen, TargetColumn) else chosen or []
    one_hot = isinstance(chosen, TargetColumn) and chosen.one_hot
    if not columns and draft.loss is not None and draft.loss.needs_targets:
        problems.add("data.targets", "it is missing", f"the loss {draft.loss.name} needs one column per output")
    elif columns and not one_hot:
        check_length(columns, draft.n_out, "outputs", "data.targets", problems)
    words = columns if one_hot else []
    numbers = data.inputs if one_hot else [*data.inputs, *columns]
    numbers = [*numbers, data.weight] if data.weight is not None else numbers
    table = read_columns(folder, data.csv, numbers, words, "data.csv", problems)
    if table is None:
        return Examples()
    found, weights = table.numbers, None
    if data.weight is not None:
        found, weights = found[:, :-1], found[:, -1]
        check_weights(weights, table, data.csv, problems)
    inputs, targets = np.hsplit(found, [len(data.inputs)])
    if one_hot:
        made = _one_hot(table.words[0], data.csv, draft, problems)
    else:
        made = targets
        if columns and draft.loss is not None and len(problems.found) == before:
            _check_all_targets(targets, draft.loss, table, data.csv, problems)
    if len(problems.found) > before or draft.n_out is None or draft.loss is None:
        return Examples(len(table.lines))
    return Examples(
        len(table.lines),
        inputs,
        made if draft.loss.needs_targets else None,
        weights=None if weights is None else for_outputs(weights, draft.n_out),
    )


def check_weights(weights: Array, table: Table, name: str, problems: Problems) -> None:
    """Notes the first weight in a table that is negative."""
    below = np.flatnonzero(weights < 0)
    if below.size:
        message = f"{shown(name)} line {table.lines[below[0]]}: the weight {weights[below[0]]:g} is out of range"
        problems.add("data.weight", message, "it must be at least 0")


def _one_hot(cells: list[str], name: str, draft: Draft, problems: Problems) -> Array | None:
    """1 at the output of the cell's value: the output of that name, else that with the index of the value."""
    values = set(cells)
    if draft.n_out is None:
        return None
    outputs = draft.network.outputs if draft.network else ()
    order = list(outputs) if values <= set(outputs) else in_order(values)
    if len(order) != draft.n_out:
        message = f"the column has {plural(len(values), 'different value')}, but the network has "
        problems.add("data.targets", message + plural(draft.n_out, "output"), "give one output per value")
        return None
    if len(cells) * draft.n_out > MAX_NUMBERS:
        problems.add("data.csv", *too_many_numbers(name))
        return None
    return one_hot_rows(cells, order)


def in_order(cells: Iterable[str]) -> list[str]:
    """The different values of a column: numbers by size, and words after them."""
    return sorted(set(cells), key=_order)


def one_hot_rows(cells: Sequence[str], order: Sequence[str]) -> Array:
    """A row for each cell: 1 where its value stands in the order, else 0."""
    index_of = {value: index for index, value in enumerate(order)}
    rows = np.zeros((len(cells), len(order)))
    rows[np.arange(len(cells)), [index_of[cell] for cell in cells]] = 1.0
    return rows


def _order(value: str) -> tuple[float, str]:
    number = number_in(value)
    return (math.inf if number is None else number, value)


def _check_all_targets(targets: Array, loss: Loss, table: Table, name: str, problems: Problems) -> None:
    for line, row in zip(table.lines, targets, strict=True):
        reason = loss.target_problem(row.tolist())
        if reason is not None:
            problems.add("data.csv", f"{shown(name)} line {line}: {reason[0]}", reason[1])
            if len(problems.found) > MOST_SHOWN:
                return
