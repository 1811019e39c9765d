"""The examples of a file: those that it lists; those of a table, or that are made, are read by `data`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.files.data_parts import DataPart, ExamplePart
from engine.files.parts import read_part, read_parts
from engine.files.prepared import Examples, prepared
from engine.files.problems import Problems, described, plural
from engine.files.shape import Draft
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
    if part is None:
        raw = _listed(listed, draft, problems)
    else:
        from engine.files.data import examples_of  # here: who lists examples needs no reader of tables

        raw = examples_of(part, folder, draft, problems)
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
    return for_outputs(weights, outputs) if any(weight != 1.0 for weight in weights) else None


def for_outputs(weights: Sequence[float] | Array, outputs: int) -> Array:
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
