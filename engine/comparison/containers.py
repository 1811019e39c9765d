"""Numbers out of files: what programs save, by the ending of the file's name or by how its contents begin."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from engine.comparison.entries import BFLOAT, Entry, NumbersError, Printed, held, once, printed
from engine.comparison.text import Text, number_of, read_text
from engine.files.stored import Stored, StoredError, in_npz, in_safetensors, numpy_loaded

LIMIT = 64 << 20
"""Bytes of a file."""
ALONE = ""
"""The name of numbers that have none: of a `.npy` file."""


class Numbers(Struct, frozen=True, eq=False):
    """Somebody's numbers.

    Attributes:
        where: the file as messages call it.
        entries: by name.
        passed_over: what is named without a number.
    """

    where: str
    entries: tuple[Entry, ...]
    passed_over: tuple[str, ...] = ()


def read_bytes(content: bytes, where: str) -> Numbers:
    """The numbers of a file's contents.

    Args:
        content: of the file.
        where: what messages call the file; its ending says what is in it, where the beginning of the contents does not.

    Raises:
        NumbersError: they cannot be read.
    """
    ending = Path(where).suffix.lower()
    if content.startswith(b"PK\x03\x04") or ending == ".npz":
        return Numbers(where, once(list(_of_arrays(in_npz, content, where)), where))
    if content.startswith(b"\x93NUMPY") or ending == ".npy":
        return Numbers(where, tuple(_of_arrays(_alone, content, where)))
    if ending == ".safetensors":
        return Numbers(where, once(list(_of_arrays(in_safetensors, content, where)), where))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NumbersError(
            f"{where}: line {line} is not UTF-8 (byte {error.start + 1}): save it as UTF-8 text"
        ) from error
    if ending == ".csv" or _is_table(text):
        return Numbers(where, once(list(_csv(text, where)), where))
    if ending == ".json" or _is_json(text):
        return Numbers(where, once(list(_json(text, where)), where))
    found: Text = read_text(text, where)
    return Numbers(where, found.entries, found.passed_over)


def of_mapping(numbers: Mapping[str, Any]) -> Numbers:
    """The numbers of a program that holds them: numbers, nested lists, or anything with `__array__`.

    Raises:
        NumbersError: one of them is no number, ragged or not finite.
    """
    where = "the numbers"
    entries = [entry for name, value in numbers.items() for entry in _of_program(str(name), value, where)]
    return Numbers(where, once(entries, where))


def _of_program(name: str, value: Any, where: str) -> Iterable[Entry]:
    """Plain numbers of Python, and lists of them, by the digits that they need; arrays as they are."""
    tree = _as_printed(value)
    if tree is not None:
        return [printed(part, of_part, where) for part, of_part in _by_layers(name, tree)]
    if isinstance(value, (list, tuple)) and len({np.shape(_array(name, part)) for part in value}) > 1:
        return [held(f"{name}.{number}", _array(name, part), where) for number, part in enumerate(value)]
    return [held(name, _array(name, value), where)]


def _by_layers(name: str, tree: Any) -> Iterable[tuple[str, Any]]:
    """The arrays of a list that are not shaped alike, as those of layers are, with their numbers; else the whole."""
    shapes = [_shape_of(part) for part in tree] if isinstance(tree, list) else []
    several = len(set(shapes)) > 1 and None not in shapes
    if several and all(shape and (len(shape) > 1 or not re.search(r"\d", name)) for shape in shapes):
        return [(f"{name}.{number}", part) for number, part in enumerate(tree)]
    return [(name, tree)]


def _shape_of(tree: Any) -> tuple[int, ...] | None:
    """The shape of nested lists; None of what has none."""
    if not isinstance(tree, list):
        return ()
    shapes = {_shape_of(part) for part in tree}
    (shape, *others) = shapes or {()}
    return None if others or shape is None else (len(tree), *shape)


def _as_printed(value: Any) -> Any:
    """Numbers as Python prints them; None of anything else."""
    if isinstance(value, (list, tuple)):
        parts = [_as_printed(part) for part in value]
        return None if any(part is None for part in parts) else parts
    if isinstance(value, (float, int)) and not isinstance(value, (bool, np.generic)):
        return number_of(repr(value)) or Printed(float(value), 0)
    return None


def renamed(numbers: Numbers, names: Sequence[str]) -> Numbers:
    """The numbers with some called otherwise.

    Args:
        numbers: them.
        names: each `NAME=QUANTITY`.

    Raises:
        NumbersError: one is not written so, or there are no numbers of this name.
    """
    other: dict[str, str] = {}
    for text in names:
        name, sign, quantity = text.partition("=")
        if not sign or not quantity.strip():
            raise NumbersError(f"--as {text}: write NAME=QUANTITY, like grads=dE/dw:1")
        if name.strip() not in {entry.name for entry in numbers.entries}:
            known = ", ".join(entry.name or "(the array alone: --as =QUANTITY)" for entry in numbers.entries[:8])
            raise NumbersError(
                f"--as {text}: {numbers.where} has no {name.strip() or 'array without a name'}: there are {known}"
            )
        other[name.strip()] = quantity.strip()
    entries = [replace(entry, name=other.get(entry.name, entry.name)) for entry in numbers.entries]
    if any(entry.name == ALONE for entry in entries):
        raise NumbersError(f"{numbers.where}: say what the array is: --as =dE/dw:1, for instance")
    return replace(numbers, entries=once(entries, numbers.where))


def _array(name: str, value: Any) -> Any:
    """A tensor that a framework differentiates with is taken out of its hands first."""
    for method in ("detach", "cpu"):
        value = getattr(value, method)() if hasattr(value, method) else value
    try:
        return np.asarray(value)
    except (TypeError, ValueError) as error:
        raise NumbersError(f"{name} is no array of numbers: {error}") from error


def _of_arrays(read: Callable[[bytes], Iterable[Stored]], content: bytes, where: str) -> Iterable[Entry]:
    """The entries of a file of arrays."""
    try:
        for stored in read(content):
            entry = held(stored.name, stored.array, where)
            yield replace(entry, unit=BFLOAT) if stored.bfloat else entry
    except StoredError as error:
        remedy = f": {error.remedy}" if error.remedy else ""
        raise NumbersError(f"{where}: {error.message}{remedy}") from error


def _alone(content: bytes) -> Iterable[Stored]:
    yield Stored(ALONE, numpy_loaded(content))


def _is_table(text: str) -> bool:
    first = text.partition("\n")[0]
    return [cell.strip().lower() for cell in first.split(_delimiter(text))] == ["name", "value"]


def _delimiter(text: str) -> str:
    """What stands between cells: a semicolon, where a comma is in numbers."""
    return ";" if ";" in text.partition("\n")[0] else ","


def _csv(text: str, where: str) -> Iterable[Entry]:
    delimiter = _delimiter(text)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    header = [cell.strip().lower() for cell in next(rows, [])]
    if not {"name", "value"} <= set(header):
        raise NumbersError(f"{where}: its first line must have the columns name and value")
    name_at, value_at = header.index("name"), header.index("value")
    for line, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        cells = [*row, *[""] * len(header)]
        name, value = cells[name_at].strip(), cells[value_at].strip()
        number = number_of(value.replace(",", ".") if delimiter == ";" else value)
        if not name or number is None:
            raise NumbersError(f"{where}: line {line}: {name or 'a name is missing'}: {value!r} is no finite number")
        yield printed(name, number, where)


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith("{"):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _json(text: str, where: str) -> Iterable[Entry]:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in found]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise NumbersError(f"{where}: {twice} is given twice: leave one of the two out")
        return dict(found)

    try:
        tree = json.loads(
            text, parse_float=number_of, parse_int=number_of, parse_constant=_no_number, object_pairs_hook=pairs
        )
    except json.JSONDecodeError as error:
        raise NumbersError(f"{where}: line {error.lineno}: it is no JSON ({error.msg})") from error
    except RecursionError as error:
        raise NumbersError(f"{where}: it is nested too deeply") from error
    if not isinstance(tree, dict):
        raise NumbersError(f"{where}: it must be an object from names to numbers")
    try:
        yield from _of_object(tree, "", where)
    except RecursionError as error:
        raise NumbersError(f"{where}: it is nested too deeply") from error


def _of_object(tree: Mapping[str, Any], before: str, where: str) -> Iterable[Entry]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _of_object(value, f"{before}{name}.", where)
        else:
            tree = _checked_tree(value, f"{where}: {before}{name}")
            for part, of_part in _by_layers(before + name, tree):
                yield printed(part, of_part, where)


def _checked_tree(value: Any, where: str) -> Any:
    """Numbers, also those in quotation marks, and lists of them."""
    if isinstance(value, list):
        return [_checked_tree(part, where) for part in value]
    found = number_of(value) if isinstance(value, str) else value
    if found is None or isinstance(found, (bool, str, float)):
        said = {None: "null", True: "true", False: "false"}.get(value, value) if not isinstance(value, list) else value
        raise NumbersError(f"{where}: {said} is no finite number")
    return found


def _no_number(word: str) -> float:
    return float(word)
