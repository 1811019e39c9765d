"""Weights and biases of layers, and values of a graph's parameters, out of files of arrays beside the scenario."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.files.matching import (
    NOTHING_TELLS,
    Found,
    MatchingError,
    Wanted,
    bias_shapes,
    is_sorted,
    matched,
    said,
    taken_apart,
    takes,
    turned,
    weight_forms,
)
from engine.files.model import MAX_PARAMETERS, LayerPart
from engine.files.parts import Partial, read_part
from engine.files.problems import Problems, described, plural, shown
from engine.files.sharing import Own
from engine.files.stored import MAX_BYTES, Stored, StoredError, stored_in
from engine.files.tables import content_of, read_matrix
from engine.files.weight_parts import CsvMatrix, StoredArray, StoredWeights
from engine.formula.similar import most_similar
from engine.program.scenario import Origin

Array = NDArray[np.float64]

LISTED = 600
"""Characters of a message that lists a file's arrays."""
EXACT = 2.0**53
"""Beyond it not every whole number is one of double precision."""


class Files:
    """The files of arrays beside a scenario, each read once.

    Attributes:
        origins: what was taken from them, to be told.
    """

    def __init__(self, folder: Path, problems: Problems) -> None:
        self._folder, self._problems = folder, problems
        self._read: dict[str, dict[str, Stored] | None] = {}
        self.origins: list[Origin] = []

    def arrays(self, file: str, where: str) -> dict[str, Stored] | None:
        """The arrays of a file by name, or None after noting (once) why there are none."""
        if file not in self._read:
            self._read[file] = None
            content = content_of(self._folder, file, MAX_BYTES, where, self._problems)
            if content is not None:
                try:
                    self._read[file] = {stored.name: stored for stored in stored_in(content, file)}
                except StoredError as error:
                    self._problems.add(where, f"{shown(file)}: {error.message}", error.remedy)
        return self._read[file]

    def table(self, file: str, where: str) -> list[list[float]] | None:
        """The rows of a file of numbers without a header, or None after noting why there are none."""
        return read_matrix(self._folder, file, MAX_PARAMETERS, where, self._problems)

    def numbers(self, file: str, stored: Stored, where: str) -> Array | None:
        """An array's numbers in double precision, each exactly as it is; None after noting why not."""
        array, name = stored.array, shown(stored.name)
        problem = ("save it as float32 or float64",)
        if array.dtype.kind not in "fiu" or array.dtype.itemsize > 8:
            self._problems.add(where, f"{shown(file)}: {name} holds {array.dtype}", *problem)
            return None
        with np.errstate(invalid="ignore"):  # a signalling NaN is told below
            widened = np.array(array, np.float64)
        bad = ~np.isfinite(widened)
        if bad.any():
            place = tuple(int(i) + 1 for i in np.argwhere(bad)[0])
            at = f" at {place if len(place) > 1 else place[0]}, counted from 1" if place else ""
            message = f"{shown(file)}: {name} holds {widened[bad][0]}{at}"
            self._problems.add(where, message, "give numbers that are finite")
            return None
        if array.dtype.kind != "f" and array.size and np.abs(widened).max() > EXACT:
            self._problems.add(where, f"{shown(file)}: {name} holds whole numbers beyond 2^53", *problem)
            return None
        return widened

    def note_absent(self, where: str, file: str, name: str) -> None:
        """Notes an array that is not there."""
        near = most_similar(name, list(self._read.get(file) or ()))
        remedy = f"the nearest is {shown(near)}" if near else "name another one"
        self.note(where, file, f"there is no {described(name)}", remedy)

    def note(self, where: str, file: str, message: str, remedy: str) -> None:
        """Notes what is wrong, with all arrays of the file."""
        arrays = self._read.get(file) or {}
        self._problems.add(where, f"{shown(file)}: {message}", f"{remedy}; it holds {listed(arrays)}")

    def take(self, file: str, name: str, of: str, taken: Stored, why: str = "", *, turned: bool = False) -> None:
        """Keeps what was taken, to be told."""
        self.origins.append(Origin(shown(file), shown(name), of, taken.shape, turned, why, why == NOTHING_TELLS))


def listed(arrays: Mapping[str, Stored]) -> str:
    """The arrays of a file with their shapes, as many as a message can hold."""
    words = [f"{shown(name)} {said(stored.shape)}" for name, stored in arrays.items()]
    for count in range(len(words), 0, -1):
        text = ", ".join(words[:count])
        if len(text) <= LISTED:
            return text + (f" and {len(words) - count} more" if count < len(words) else "")
    return f"{len(words)} arrays"


def says_where(table: Mapping[str, Any], keys: Sequence[str], where: str, problems: Problems) -> bool:
    """Whether a table of numbers says where they come from; notes it if not.

    Args:
        table: as TOML gives it; those with `file` are known already.
        keys: that say it besides.
        where: in the scenario file.
        problems: gets what is wrong.
    """
    if any(key in table for key in keys):
        return True
    ways = {"csv": '{ csv = "w.csv" }', "init": '{ init = "normal", seed = 1 }'}
    known = [words for key, words in ways.items() if key in keys]
    message = "it does not say where the numbers come from"
    problems.add(where, message, f'write {{ file = "model.npz", name = "W1" }} or {" or ".join(known)}')
    return False


DRAWN = ("init", "seed", "low", "high", "scale", "shape", "fan_in")
"""By these keys numbers are drawn, well or not."""


def read_weights(given: Any, own: Sequence[Own], files: Files, problems: Problems) -> list[Own]:
    """The layers with the weights and biases that files give, as if the scenario listed them.

    Args:
        given: what TOML gives for `network.weights`, or None.
        own: the layers that have parameters of their own.
        files: beside the scenario.
        problems: gets what is wrong.
    """
    found = list(own)
    if given is not None:
        found = _of_network(given, found, files, problems)
    return [_of_layer(_with_table(part, files, problems), files, problems) for part in found]


def _with_table(own: Own, files: Files, problems: Problems) -> Own:
    """A layer whose biases are in a table of numbers, one row or one column."""
    given, where = own.layer.rough("bias"), f"network.layer[{own.number}].bias"
    if not isinstance(given, dict) or "file" in given:
        return own
    if not says_where(given, ("csv",), where, problems):
        return _without(own)
    part = read_part(CsvMatrix, given, where, problems)
    rows = None if part.bad or own.nodes is None else files.table(part.value.csv, f"{where}.csv")
    if rows is None or own.nodes is None:
        return _without(own)
    found = rows[0] if len(rows) == 1 else [number for row in rows for number in row]
    if len(found) != len(own.nodes) or (len(rows) > 1 and any(len(row) > 1 for row in rows)):
        message = f"{shown(part.value.csv)} has {plural(len(rows), 'row')} and {plural(len(found), 'number')}"
        remedy = f"give one row, or one column, of {plural(len(own.nodes), 'number')}"
        problems.add(f"{where}.csv", message, remedy)
        return _without(own)
    return _with(own, None, np.array(found), turned=False)


def _of_network(given: Any, own: list[Own], files: Files, problems: Problems) -> list[Own]:
    """One file for all layers that give no weights."""
    where = "network.weights"
    part = read_part(StoredWeights, given, where, problems) if isinstance(given, dict) else None
    if part is None:
        problems.add(where, "it is not a table", 'write weights = { file = "model.safetensors" }; rows go into layers')
    asked = [layer for layer in own if layer.layer.rough("weights") is None]
    names = _names(part, files, problems) if part is not None and not part.bad else None
    wanted = [_wanted(layer) for layer in asked]
    known = [each for each in wanted if each is not None]
    arrays = None if part is None or names is None else files.arrays(part.value.file, f"{where}.file")
    if part is None or names is None or arrays is None or len(known) < len(wanted):
        return [_without(layer) if layer in asked else layer for layer in own]
    if not asked:
        problems.add(where, "every layer has weights of its own", "take it out, or those of the layers")
        return own
    file = part.value.file
    shapes = {name: stored.shape for name, stored in arrays.items()}
    try:
        # a .safetensors file has no order of its own: the library sorts by kinds of numbers, and reads in any order
        ordered = not (file.lower().endswith(".safetensors") or is_sorted([*arrays]))
        found = matched(shapes, known, names, ordered=ordered)
    except MatchingError as error:
        example = "give them in the layers' order, like names = [" + ", ".join(f'"{n}"' for n in [*arrays][:2]) + "]"
        files.note(where, file, str(error), example)
        return [_without(layer) if layer in asked else layer for layer in own]
    taken = {layer.number: _taken(layer, file, each, arrays, files) for layer, each in zip(asked, found, strict=True)}
    return [taken.get(layer.number, layer) for layer in own]


def _names(part: Partial[StoredWeights], files: Files, problems: Problems) -> list[str] | None:
    """The names that a scenario gives, if they are there; none where it gives none."""
    where, names = "network.weights.names", part.value.names
    arrays = files.arrays(part.value.file, "network.weights.file")
    if arrays is None:
        return None
    before = len(problems.found)
    for number, name in enumerate(names, 1):
        if name not in arrays:
            files.note_absent(f"{where}[{number}]", part.value.file, name)
        elif name in names[: number - 1]:
            problems.add(f"{where}[{number}]", f"{shown(name)} stands there twice", "take it out")
    return names if len(problems.found) == before else None


def _wanted(own: Own) -> Wanted | None:
    if not own.sources or not own.nodes or not own.layer.good("weights_by"):
        return None
    turned = own.layer.value.weights_by == "source" if "weights_by" in own.layer.raw else None
    return Wanted(own.number, len(own.sources), len(own.nodes), turned)


def _taken(own: Own, file: str, found: Found, arrays: Mapping[str, Stored], files: Files) -> Own:
    """A layer with what a file gives it; biases of its own stand."""
    where = "network.weights"
    weights = files.numbers(file, arrays[found.weights], where)
    files.take(file, found.weights, f"layer {own.number}", arrays[found.weights], found.why, turned=found.turned)
    bias = None
    if found.bias is not None and own.layer.raw.get("bias") is None:
        bias = files.numbers(file, arrays[found.bias], where)
        files.take(file, found.bias, f"layer {own.number}, bias", arrays[found.bias])
        if bias is None:
            return _without(own)
    return _without(own) if weights is None else _with(own, weights, bias, turned=found.turned)


def _of_layer(own: Own, files: Files, problems: Problems) -> Own:
    """A layer whose own table says in which files its arrays are."""
    layer, where = own.layer, f"network.layer[{own.number}]"
    given = {key: layer.rough(key) for key in ("weights", "bias")}
    asks = {key: table for key, table in given.items() if isinstance(table, dict) and "file" in table}
    if not asks:
        return own
    wanted = _wanted(own)
    parts = {key: read_part(StoredArray, table, f"{where}.{key}", problems) for key, table in asks.items()}
    if wanted is None or any(part.bad for part in parts.values()):
        return _without(own)
    weights: Array | None = None
    way, module = False, None
    if "weights" in parts:
        stored = _named(parts["weights"].value, f"{where}.weights", wanted, "weights", files)
        if stored is None:
            return _without(own)
        file = parts["weights"].value.file
        module = taken_apart(stored.name).module
        way, why = turned(taken_apart(stored.name), stored.shape, wanted)
        weights = files.numbers(file, stored, f"{where}.weights")
        files.take(file, stored.name, f"layer {own.number}", stored, why, turned=way)
        if weights is None:
            return _without(own)
    bias: Array | None = None
    if "bias" in parts:
        stored = _named(parts["bias"].value, f"{where}.bias", wanted, "bias", files, module)
        if stored is None:
            return _without(own)
        bias = files.numbers(parts["bias"].value.file, stored, f"{where}.bias")
        files.take(parts["bias"].value.file, stored.name, f"layer {own.number}, bias", stored)
        if bias is None:
            return _without(own)
    return _with(own, weights, bias, turned=way)


def _named(
    part: StoredArray, where: str, wanted: Wanted, role: str, files: Files, module: object = None
) -> Stored | None:
    """The array that is named, or without a name the only one that it can be."""
    arrays = files.arrays(part.file, f"{where}.file")
    if arrays is None:
        return None
    shapes = [shape for shape, _ in weight_forms(wanted)] if role == "weights" else bias_shapes(wanted.n_out)
    takes_ = takes(wanted) if role == "weights" else f"({wanted.n_out},)"
    if part.name is not None:
        if part.name not in arrays:
            files.note_absent(f"{where}.name", part.file, part.name)
            return None
        stored = arrays[part.name]
        if stored.shape not in shapes:
            message = f"{shown(part.name)} is {said(stored.shape)}, but layer {wanted.number} takes {takes_}"
            files.note(f"{where}.name", part.file, message, "name another one")
            return None
        return stored
    other = "bias" if role == "weights" else "weights"
    fitting = [each for each in arrays.values() if each.shape in shapes and taken_apart(each.name).role != other]
    if len(fitting) > 1 and module is not None:
        fitting = [each for each in fitting if taken_apart(each.name).module == module] or fitting
    if len(fitting) == 1:
        return fitting[0]
    message = f"{len(fitting) or 'no'} array{'' if len(fitting) == 1 else 's'} may be what layer {wanted.number} takes"
    files.note(where, part.file, f"{message}: {takes_}", f'say which: name = "{shown(next(iter(arrays)))}"')
    return None


def read_value(given: Mapping[str, Any], own: str, where: str, files: Files, problems: Problems) -> Array | None:
    """The value of a graph's parameter out of a file, as it stands there; None after noting why there is none.

    Args:
        given: the table.
        own: the parameter's name: the array's too, unless the table says another.
        where: in the scenario file.
        files: beside it.
        problems: gets what is wrong.
    """
    part = read_part(StoredArray, given, where, problems)
    arrays = None if part.bad else files.arrays(part.value.file, f"{where}.file")
    if arrays is None:
        return None
    name = own if part.value.name is None else part.value.name
    if name not in arrays:
        at = f"{where}.name" if part.value.name is not None else where
        files.note_absent(at, part.value.file, name)
        return None
    files.take(part.value.file, name, shown(own), arrays[name])
    return files.numbers(part.value.file, arrays[name], where)


def _with(own: Own, weights: Array | None, bias: Array | None, *, turned: bool) -> Own:
    """A layer with numbers as if the scenario listed them."""
    layer = own.layer
    value, raw = layer.value, dict(layer.raw)
    if weights is not None:
        sources, nodes = len(own.sources or ()), len(own.nodes or ())
        matrix = weights.reshape((sources, nodes) if turned else (nodes, sources))
        rows = matrix if turned == (value.weights_by == "source") else matrix.T
        raw["weights"] = rows.tolist()
        value = replace(value, weights=raw["weights"])
    if bias is not None:
        raw["bias"] = bias.ravel().tolist()
        value = replace(value, bias=raw["bias"])
    return replace(own, layer=Partial(value, layer.bad, raw))


def _without(own: Own) -> Own:
    """A layer whose numbers cannot be read: what else its table says is checked as if they could."""
    value, raw = own.layer.value, dict(own.layer.raw)
    raw.pop("weights", None)
    one, nodes = isinstance(value.bias_names, str), len(own.nodes or ("?",))
    if isinstance(raw.get("bias"), dict) or ("bias" not in raw and value.bias_names is not None):
        raw["bias"] = 0.0 if one else [0.0] * nodes
    value = replace(value, weights=None, bias=raw.get("bias"))
    return replace(own, layer=Partial[LayerPart](value, own.layer.bad | {"weights"}, raw))
