"""Somebody's numbers put where they belong in a walk, whichever way their arrays are turned and their layers counted.

What a name leaves open is decided for a whole file: whether layers are counted from 0 or from 1, whether weights are
(n_out, n_in) or (n_in, n_out), whether examples are rows or columns. The shapes decide, and where those allow both, how
many numbers agree. What was decided is said.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from math import prod
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.comparison.containers import Numbers
from engine.comparison.counting import WAYS, counted, counting
from engine.comparison.entries import Entry, NumbersError
from engine.comparison.naming import (
    Meaning,
    derived_names,
    graph_slots,
    layer_slot,
    meaning_of,
    other_slots,
    single_expression,
    single_quantity,
    whole_slot,
)
from engine.comparison.orientation import Form, Forms, Ours
from engine.comparison.singles import Single
from engine.comparison.slots import Slot, Slots
from engine.files.problems import plural
from engine.formula.quantity import Quantity
from engine.formula.similar import most_similar, some_of
from engine.program.expression import Expression
from engine.program.quantity_check import check_quantity

Array = NDArray[np.float64]


class Placed(Struct, frozen=True, eq=False):
    """What is given of one slot.

    Attributes:
        numbers: in its whole shape; not a number where none is given.
        half: half a unit of the last digit of each.
        unit: by which part of itself each was rounded when it was computed.
        printed: what was written, where that was cut off and the numbers lie in the middle of what it may be.
    """

    numbers: Array
    half: Array
    unit: Array
    printed: Array | None = None

    @property
    def written(self) -> Array:
        """As somebody wrote them."""
        return self.numbers if self.printed is None else self.printed


class Given(Struct, frozen=True, eq=False):
    """All that is given, placed.

    Attributes:
        slots: by slot.
        singles: what belongs to none.
        turned: whether weights are (n_in, n_out); None where no shape, and no number, says it.
        unknown: names that mean nothing here.
        said: what was decided.
    """

    slots: Mapping[Slot, Placed]
    singles: tuple[Single, ...] = ()
    turned: bool | None = False
    unknown: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


class _Whole(NamedTuple):
    """An entry that is an array of a slot, or of one of several."""

    entry: Entry
    slots: tuple[Slot, ...]
    meaning: Meaning | None = None


def placed(numbers: Numbers, slots: Slots, ours: Ours, *, turned: bool | None = None) -> Given:
    """The numbers by where they belong.

    Args:
        numbers: somebody's.
        slots: of the walk.
        ours: what the walk has of a slot.
        turned: whether weights are (n_in, n_out), where that is to be taken as known.

    Raises:
        NumbersError: none of the names means anything, or a shape does not fit.
    """
    return _Placing(numbers, slots, ours, turned).result()


class _Placing:
    def __init__(self, numbers: Numbers, slots: Slots, ours: Ours, turned: bool | None) -> None:
        self._numbers, self._slots = numbers, slots
        self._scenario, self._steps = slots.scenario, slots.steps
        self._said: list[str] = []
        self._unknown = list(numbers.passed_over)
        self._placed: dict[Slot, list[Array]] = {}
        self._singles: list[Single] = []
        self._turned: bool | None = turned
        self._forms = Forms(slots, ours)

    def result(self) -> Given:
        wholes: list[_Whole] = []
        for entry in chain.from_iterable(map(self._by_layers, self._numbers.entries)):
            if not self._as_single(entry):
                whole = self._as_whole(entry)
                if whole is None:
                    self._unknown.append(entry.name)
                else:
                    wholes.append(whole)
        if not wholes and not self._placed and not self._singles:
            raise NumbersError(self._nothing_known())
        chosen = self._chosen(wholes)
        if not chosen and not self._placed and not self._singles:
            raise NumbersError(self._nothing_known())
        self._put_arrays(chosen)
        slots = {slot: Placed(*parts) for slot, parts in self._placed.items()}
        return Given(slots, tuple(self._singles), self._turned, tuple(self._unknown), tuple(self._said))

    # Single numbers

    def _as_single(self, entry: Entry) -> bool:
        """Puts an entry that is one number (or one for each example) by name; whether it was one."""
        if self._as_arithmetic(entry):
            return True
        found = single_quantity(self._scenario, entry.name)
        if found is None and entry.array.size == 1:
            found = self._by_element(entry.name)
        if found is None:
            return False
        quantity, example = found
        count = 1 if example is not None or entry.array.size == 1 else self._slots.batch
        if entry.array.size != count or not entry.whole:
            if quantity.kind == "E" and quantity.subject is None:
                return False
            raise NumbersError(
                f"{self._numbers.where}: {entry.name} is one number"
                + (f" for each of {count} examples" if count > 1 else "")
                + f": {entry.array.size} are given"
            )
        if example is not None and example >= self._slots.batch:
            raise NumbersError(f"{self._numbers.where}: {entry.name}: the batch has {self._slots.batch} examples")
        first = example or 0
        for offset in range(count):
            self._put_single(quantity, first + offset, entry, offset)
        return True

    def _as_arithmetic(self, entry: Entry) -> bool:
        """Puts an entry that is one number, of arithmetic over quantities; whether it was one."""
        expression = single_expression(self._scenario, entry.name) if entry.array.size == 1 else None
        if expression is None:
            return False
        self._singles.append(Single(expression, 0, float(entry.array.flat[0]), float(entry.half.flat[0])))
        return True

    def _put_single(self, quantity: Quantity, example: int, entry: Entry, offset: int) -> None:
        number, half = float(entry.array.flat[offset]), float(entry.half.flat[offset])
        place = self._place_of(quantity)
        if place is None:
            self._singles.append(Single(Expression(str(quantity), (quantity,)), example, number, half))
            return
        slot, item = place
        self._start(slot)
        numbers, halves, units = self._placed[slot]
        index = item + (example * prod(self._slots.shape(slot)) if self._slots.per_example(slot) else 0)
        if np.isfinite(numbers.flat[index]):
            raise NumbersError(f"{self._numbers.where}: {quantity} is given twice: leave one of the two out")
        numbers.flat[index], halves.flat[index], units.flat[index] = number, half, entry.unit

    def _place_of(self, quantity: Quantity) -> tuple[Slot, int] | None:
        program, kind, subject = self._slots.program, quantity.kind, quantity.subject
        if quantity.through is not None:
            return None
        if kind == "E" and subject is None:
            return Slot("total", "E"), 0
        if kind in ("w", "dE/dw", "w+"):
            ref = program.parameter(self._scenario.network.parameter_index[subject or ""])
            role = {"w": "value", "dE/dw": "derivative", "w+": "new"}[kind]
            return Slot(role, ref.name), ref.item or 0  # type: ignore[arg-type]
        of = {"dE/dy": "y", "dE/dx": "x"}.get(kind, kind)
        element = program.known_elements.get((of, subject or ""))
        if element is None or kind in ("dy/dx", "dy/dy"):
            return None
        return Slot("derivative" if kind.startswith("dE/") else "value", element.name), element.item or 0

    def _by_element(self, name: str) -> tuple[Quantity, None] | None:
        """`w5`, `dw5`, `h1`, `h1.grad`: what a parameter, a node or an element is called by itself.

        One number by the name of the error is that of a whole batch, as programs print their loss.
        """
        graph = self._scenario.graph
        if graph is not None and graph.errors == (name,) and self._slots.batch > 1:
            return Quantity("E"), None
        for role, base in (("value", name), *derived_names(name)):
            quantity = self._named(base, role)
            if quantity is not None and check_quantity(quantity, self._scenario.network) is None:
                return quantity, None
        return None

    def _named(self, base: str, role: str) -> Quantity | None:
        network = self._scenario.network
        if base in network.parameter_index:
            return Quantity({"value": "w", "derivative": "dE/dw", "new": "w+"}[role], base)
        if role != "new" and ("y", base) in self._slots.program.known_elements:
            return Quantity("y" if role == "value" else "dE/dy", base)
        return None

    # Arrays

    def _as_whole(self, entry: Entry) -> _Whole | None:
        slot = whole_slot(self._steps, self._scenario, entry.name)
        if slot is not None:
            return _Whole(entry, (slot,))
        if self._steps.of_graph:
            found = graph_slots(self._steps, entry.name)
            return _Whole(entry, tuple(found)) if found else None
        meaning = meaning_of(re_spaced(entry.name))
        others = tuple(other_slots(self._scenario, entry.name))
        if meaning is not None and meaning.number is None and not (meaning.last or meaning.module or meaning.hidden):
            layers = range(1, self._scenario.layered.depth + 1)
            if len(layers) > 1 and meaning.family in ("weight", "bias"):
                return None
            if others or len(layers) > 1:
                meaning = None
        if meaning is None:
            return _Whole(entry, others) if others else None
        return _Whole(entry, others, meaning)

    def _by_layers(self, entry: Entry) -> Iterator[Entry]:
        """Of weights or biases of all layers in one array those of each; anything else as it is."""
        meaning = None if self._steps.of_graph else meaning_of(re_spaced(entry.name))
        axes = {"weight": 3, "bias": 2}.get(meaning.family) if meaning is not None and meaning.number is None else None
        depth = 0 if axes is None else self._scenario.layered.depth
        if axes != entry.array.ndim or depth < 2 or len(entry.array) != depth or not entry.whole:
            yield entry
            return
        for number, (array, half) in enumerate(zip(entry.array, entry.half, strict=True), 1):
            yield replace(entry, name=f"{entry.name}.{number}", array=array, half=half, gaps=())

    def _chosen(self, wholes: Sequence[_Whole]) -> list[tuple[Entry, Slot]]:
        """One slot for each array, as layers are counted."""
        best: tuple[tuple[int, int, int], list[tuple[Entry, Slot]], str] | None = None
        for rank, (count, words) in enumerate(self._countings(wholes)):
            found, score, fitting = [], 0, 0
            for whole in wholes:
                slot, fits, agreeing = self._best_slot(whole, count)
                found.append((whole.entry, slot))
                fitting += fits
                score += agreeing
            key = (fitting, score, -rank)
            if best is None or key > best[0]:
                best = (key, [(entry, slot) for entry, slot in found if slot is not None], words)
                left_out = [entry.name for entry, slot in found if slot is None]
        assert best is not None
        self._unknown += left_out
        if best[2]:
            self._said.append(best[2])
        return best[1]

    def _countings(self, wholes: Sequence[_Whole]) -> Iterator[tuple[Callable[[Meaning], int | None], str]]:
        """Ways to count layers, the most usual first."""
        depth = 0 if self._steps.of_graph else self._scenario.layered.depth
        meanings = [whole.meaning for whole in wholes if whole.meaning is not None]
        modules = {
            -1 if one.number is None else one.number
            for one in meanings
            if one.module and one.family in ("weight", "bias") and not one.last
        }
        in_order = {number: index + 1 for index, number in enumerate(sorted(modules))}
        if not any(one.number is not None or one.module for one in meanings):
            yield counting(WAYS[0], in_order, depth), ""
            return
        for first in WAYS:
            yield counting(first, in_order, depth), counted(first, meanings)

    def _best_slot(self, whole: _Whole, counting: Callable[[Meaning], int | None]) -> tuple[Slot | None, bool, int]:
        """Of what an array may be, what it fits and agrees with most; whether it fits, and how many numbers agree."""
        slots = list(whole.slots)
        if whole.meaning is not None:
            layer = counting(whole.meaning)
            slot = (
                None if layer is None else layer_slot(self._scenario, whole.meaning.family, whole.meaning.role, layer)
            )
            slots = [slot, *slots] if slot is not None else slots
        if self._scenario.training.learning_rule is not None:  # there are no derivatives that it could be
            slots = [slot for slot in slots if slot.role not in ("derivative", "parts")]
        best: tuple[bool, int, int, Slot] | None = None
        for rank, slot in enumerate(slots):
            forms = list(self._forms.of(whole.entry, slot))
            agreeing = max((self._forms.agreeing(whole.entry, form) for form in forms), default=0)
            key = (bool(forms), agreeing, -rank, slot)
            if best is None or key[:3] > best[:3]:
                best = key
        if best is None or (not best[0] and whole.meaning is not None and whole.meaning.bare):
            return None, False, 0
        return best[3], best[0], best[1]

    def _put_arrays(self, chosen: Sequence[tuple[Entry, Slot]]) -> None:
        forms = [(entry, list(self._forms.of(entry, slot)), slot) for entry, slot in chosen]
        for entry, found, slot in forms:
            if not found:
                raise NumbersError(self._wrong_shape(entry, slot))
        weights = [one for one in forms if self._is_matrix(one[2])]
        nodes = [one for one in forms if not self._is_matrix(one[2]) and self._slots.per_example(one[2])]
        rest = [one for one in forms if not self._is_matrix(one[2]) and not self._slots.per_example(one[2])]
        if self._turned is None:
            self._turned = self._forms.direction(weights)
        nodes_turned = bool(self._forms.direction(nodes))
        if self._turned and weights:
            self._said.append("weights have the shape (n_in, n_out)")
        if nodes_turned and nodes:
            self._said.append("examples are columns")
        for group, turned in ((weights, bool(self._turned)), (nodes, nodes_turned), (rest, False)):
            for entry, found, _ in group:
                if found[0].joined:
                    self._put_joined(entry, found)
                    continue
                self._put_array(entry, next((form for form in found if form.turned == turned), found[0]), turned=turned)

    def _put_joined(self, entry: Entry, found: Sequence[Form]) -> None:
        """Puts what has numbers for each example, and should have one for the batch, joined as it agrees most."""
        form = max(found, key=lambda form: self._forms.agreeing(entry, form))  # of equals the first
        self._said.append(
            f"{entry.name} is not summed over the batch: it has numbers for each of its {self._slots.batch} examples, "
            f"whose {form.joined} is compared"
        )
        self._put_array(entry, form, turned=form.turned)

    def _put_array(self, entry: Entry, form: Form, *, turned: bool) -> None:
        slot, shape = form.slot, self._slots.whole_shape(form.slot)
        if form.turned != turned and self._is_matrix(slot) and 1 not in form.shape:
            # the array that alone is the other way round: its numbers as they lie
            self._said.append(f"{entry.name} is the other way round than the other weights")
            parts = entry.spread_out(form.shape)
            numbers, half = (part.reshape(shape[::-1]).T if turned else part.reshape(shape) for part in parts)
        else:
            numbers, half = self._forms.in_shape(entry, form)
        if not shape and slot.role != "parts" and len({*entry.array.flat}) > 1:
            raise NumbersError(
                f"{self._numbers.where}: {entry.name}: {self._slots.whole(slot)} is one number: "
                f"{entry.array.size} different ones are given"
            )
        self._start(slot)
        into, halves, units = self._placed[slot]
        fresh = np.isfinite(numbers)
        if (np.isfinite(into) & fresh).any():
            raise NumbersError(f"{self._numbers.where}: {entry.name} gives numbers that other names give as well")
        into[fresh], halves[fresh], units[fresh] = numbers[fresh], half[fresh], entry.unit

    def _is_matrix(self, slot: Slot) -> bool:
        return self._slots.is_parameter(slot) and len(self._slots.shape(slot)) == 2

    def _start(self, slot: Slot) -> None:
        if slot not in self._placed:
            shape = self._slots.whole_shape(slot)
            self._placed[slot] = [np.full(shape, np.nan), np.zeros(shape), np.zeros(shape)]

    def _wrong_shape(self, entry: Entry, slot: Slot) -> str:
        shape = self._slots.whole_shape(slot)
        needed = "one number" if not shape else f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
        batch = f" ({plural(self._slots.batch, 'example')} in the batch)"
        return (
            f"{self._numbers.where}: {entry.name} has the shape {entry.array.shape}, but "
            f"{self._slots.whole(slot)} is {needed}" + (batch if self._slots.per_example(slot) and shape else "")
        )

    def _nothing_known(self) -> str:
        names = [entry.name for entry in self._numbers.entries]
        network = self._scenario.network
        known = [*network.parameter_names, *network.node_index]
        near = most_similar(names[0], known)
        meant = f"is {near} meant?" if near else f"there are {some_of(known, 8)}"
        return f"{self._numbers.where}: none of these names means a number of this scenario: {some_of(names)}: {meant}"


def re_spaced(name: str) -> str:
    """A name with underscores where it has spaces or slashes."""
    return name.replace(" ", "_").replace("/", "_")
