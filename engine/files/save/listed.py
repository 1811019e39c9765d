"""Numbers, names and texts as TOML. Every number is written with `repr`: it is read back to the same bit."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import tomlkit
from numpy.typing import NDArray
from tomlkit.items import Item

from engine.files.read import MAX_BYTES
from engine.files.save.where import SaveError
from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.scenario import Resume, Scenario

Array = NDArray[np.float64]


def text(words: str) -> str:
    """A printable text in quotes; of several lines, in three."""
    if "\n" in words:
        return tomlkit.string(words, multiline=True).as_string()
    return json.dumps(words, ensure_ascii=False)  # TOML's quotes are JSON's; tomlkit's take 60 µs each


def key(name: str) -> str:
    """A name as a key, in quotes where it needs them."""
    return tomlkit.key(name).as_string()


def in_file(table: Mapping[str, Any]) -> bool:
    """Whether a table says in which file its numbers are."""
    return "csv" in table or "file" in table


def numbers(values: Iterable[float]) -> str:
    """`[0.1, 0.2]`."""
    return f"[{', '.join(map(repr, values))}]"


def names(values: Iterable[str]) -> str:
    """`["h1", "h2"]`."""
    return f"[{', '.join(map(text, values))}]"


def matrix(rows: Sequence[str]) -> str:
    """A list of lists, one to a line where there are several."""
    if len(rows) == 1:
        return f"[{rows[0]}]"
    return "[\n" + "".join(f"    {row},\n" for row in rows) + "]"


def number_matrix(values: Array) -> str:
    """A matrix of numbers."""
    return matrix([numbers(row) for row in values.tolist()])


def item(toml: str) -> Item:
    """A value as tomlkit has it.

    Raises:
        SaveError: it is too large for any file.
    """
    check_size(toml)
    return tomlkit.value(toml)


def check_size(toml: str) -> None:
    """Raises a SaveError where a file would be too large to be opened again."""
    size = len(toml.encode())
    if size > MAX_BYTES:
        raise SaveError(f"It would take {size / 2**20:.1f} MiB, and {MAX_BYTES // 2**20} MiB are the most")


def examples(scenario: Scenario) -> str:
    """An `[[example]]` for each, with the inputs as the data have them."""
    inputs, targets, weights = scenario.raw_inputs, scenario.targets, scenario.weights
    rows = [f"[[example]]\ninputs = {numbers(row)}\n" for row in inputs.tolist()]
    if targets is not None:
        rows = [f"{row}targets = {numbers(t)}\n" for row, t in zip(rows, targets.tolist(), strict=True)]
    if weights is not None:
        rows = [f"{row}weight = {of_each[0]!r}\n" for row, of_each in zip(rows, weights.tolist(), strict=True)]
    return "\n".join(rows)


def resume(begun: Resume, slots: Sequence[str], network: Network | Graph, frozen: frozenset[int]) -> str:
    """A `[resume]`: the iteration, and what the optimizer remembers of each parameter that is trained."""
    lines = ["[resume]  # the walk goes on from here", f"iteration = {begun.iteration}"]
    for slot, values in zip(slots, begun.state.tolist(), strict=True):
        lines += ["", f"[resume.{slot}]"]
        lines += [
            f"{key(name)} = {value!r}"
            for i, (name, value) in enumerate(zip(network.parameter_names, values, strict=True))
            if value or i not in frozen
        ]
    return "\n".join(lines) + "\n"


def revise_number(holder: Any, key: Any, value: float) -> None:
    """Writes a number where another one stands; the same one stays as the author wrote it."""
    if isinstance(key, int) or key in holder:
        written = float(holder[key])
        if written == value and np.signbit(written) == np.signbit(value):
            return
    holder[key] = value
