"""The examples of a file: listed, or from the columns of a table."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.files.cells import number_in
from engine.files.data_parts import DataPart, ExamplePart, TargetColumn
from engine.files.parts import Partial, read_part, read_parts
from engine.files.plain_table import Table
from engine.files.prepared import Examples, class_targets, made, prepared
from engine.files.problems import MOST_SHOWN, Problems, described, plural, shown
from engine.files.shape import Draft
from engine.files.tables import MAX_NUMBERS, read_columns, too_many_numbers
from engine.formula.loss import Loss
from engine.program.network import Network
from engine.program.preparation import Preparation

Array = NDArray[np.float64]


def read_examples(listed: Any, data: Any, folder: Path, draft: Draft, problems: Problems) -> Examples:
    """Reads `[[example]]` or `[data]` and notes every problem in it.

    Args:
        listed: what TOML gives for `example`, or None.
        data: what it gives for `data`, or None.
        folder: the scenario's, for the table.
        draft: the network as far as it is known.
        problems: gets what is wrong.
    """
    if not are_given(listed, data, problems):
        return Examples()
    part = None if data is None else read_part(DataPart, data, "data", problems)
    raw = _listed(listed, draft, problems) if part is None else _from_data(part, folder, draft, problems)
    begun = Preparation(draft.raw, draft.features)
    return prepared(raw, None if part is None else part.value, begun, problems) if draft.raw else raw


def _listed(listed: list[Any], draft: Draft, problems: Problems) -> Examples:
    before = len(problems.found)
    inputs, targets, weights = [], [], []
    for where, part in read_parts(ExamplePart, listed, "example", problems, each="each example"):
        if part.good("inputs"):
            check_length(part.value.inputs, draft.n_in, "inputs", f"{where}.inputs", problems)
            inputs.append(part.value.inputs)
        if part.good("targets"):
            _check_targets(part.value.targets, draft, where, problems)
            targets.append(part.value.targets)
        weights.append(part.value.weight)
    if len(problems.found) > before or draft.n_in is None or draft.n_out is None or draft.loss is None:
        return Examples(len(listed))
    needed = draft.loss.needs_targets
    return Examples(
        len(listed),
        np.array(inputs, dtype=np.float64),
        np.array(targets, dtype=np.float64) if needed else None,
        weights=given_weights(weights, draft.n_out),
    )


def given_weights(weights: Sequence[float], outputs: int = 1) -> Array | None:
    """The weights of listed examples, once for each output; None where all are 1."""
    return _for_outputs(weights, outputs) if any(weight != 1.0 for weight in weights) else None


def _for_outputs(weights: Sequence[float] | Array, outputs: int) -> Array:
    """The weights of examples, once for each output."""
    return np.repeat(np.array(weights, dtype=np.float64)[:, np.newaxis], outputs, axis=1)


def are_given(listed: Any, data: Any, problems: Problems) -> bool:
    """Whether there are examples, in a form that can be read further; else that is noted. Arguments as of the above."""
    if listed is not None and data is not None:
        problems.add("data", "there are both [data] and [[example]]", "keep one of them")
    if data is not None:
        if not isinstance(data, dict):
            remedy = "write [data] with csv, inputs and targets below it, or with make"
            problems.add("data", f"{described(data)} is not a table", remedy)
        return isinstance(data, dict)
    if not isinstance(listed, list) or not listed:
        message = "it is missing" if listed in (None, []) else f"{described(listed)} is not a list of examples"
        problems.add("example", message, "write [[example]], with two brackets, with inputs and targets below it")
        return False
    return True


def check_length(numbers: Sequence[object], count: int | None, of: str, where: str, problems: Problems) -> bool:
    """Notes a row that has not one number for each of the network's inputs or outputs."""
    if count is None or len(numbers) == count:
        return True
    message = f"has {plural(len(numbers), 'number')}, but the network has {plural(count, of[:-1])}"
    problems.add(where, message, f"give one number per {of[:-1]}")
    return False


def _check_targets(targets: list[float] | None, draft: Draft, where: str, problems: Problems) -> None:
    if targets is None:
        if draft.loss is not None and draft.loss.needs_targets:
            problems.add(f"{where}.targets", "it is missing", f"the loss {draft.loss.name} needs one number per output")
        return
    where = f"{where}.targets"
    if check_length(targets, draft.n_out, "outputs", where, problems) and draft.loss is not None:
        reason = draft.loss.target_problem(targets)
        if reason is not None:
            problems.add(where, *reason)


def _from_data(part: Partial[DataPart], folder: Path, draft: Draft, problems: Problems) -> Examples:
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
        weights=None if weights is None else _for_outputs(weights, draft.n_out),
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
