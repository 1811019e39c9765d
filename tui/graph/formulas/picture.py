"""What a drawn graph of formulas is to show, in numbers and states: nothing about geometry, colours or the engine."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui.graph.formulas.columns import Known
from tui.graph.formulas.geometry import Edge, Factor
from tui.graph.formulas.outline import Outline
from tui.graph.picture import Aligned, Direction, Format, Role, State
from tui.graph.small_maps import MapsOf

Numbers = NDArray[np.float64]


class Told(NamedTuple):
    """Numbers of a value, or derivatives by it.

    Attributes:
        role: the quantity whose colour they take.
        numbers: all of them in C order.
        known: how many are shown yet, from the first.
        fresh: those that the last step computed.
    """

    role: Role
    numbers: Numbers
    known: int
    fresh: range = range(0)


class ValuePicture(NamedTuple):
    """A value: one with a box, or a tag at the ports where it is used.

    Attributes:
        name: its name.
        shape: its shape.
        label: the name of the derivative by it.
        value: its numbers; None while they are not computed.
        derivative: the derivatives by it, or the new numbers of a parameter; likewise.
        state: `active` gives it a heavy border.
        item: the element whose number is told where not all are.
        selected: the element that was chosen, if one was.
    """

    name: str
    shape: tuple[int, ...]
    label: str
    value: Told | None = None
    derivative: Told | None = None
    state: State = "idle"
    item: int = 0
    selected: int | None = None


class PortPicture(NamedTuple):
    """Where a value enters a formula.

    Attributes:
        sign: of the value in a sum.
        factor: of what comes back: a number, or a formula of vectors and matrices; nothing where it is not known.
        state: whether the step uses it.
    """

    sign: str = ""
    factor: float | Factor = Factor("")
    state: State = "idle"


class FormulaPicture(Struct, frozen=True, eq=False):
    """A graph of formulas at one place of a walk.

    Attributes:
        outline: what there is, and how it hangs together.
        factors: what stands at ports of vectors and matrices going back: room is kept for it.
        value: by name, tags included; only what is in view is ever asked for.
        port: by source and user, likewise.
        number: formats a number.
        aligned: formats the numbers of a matrix's column, which stand under each other.
        focus: the value that stays in view where not all fit.
        direction: which way the numbers go.
        role: the quantity that the step computes.
        backward: whether boxes with room for one show the derivative.
        maps: what values compute over two inputs, where that is shown.
        mapped: those in whose boxes it is, where they have room.
    """

    outline: Outline
    factors: Known
    value: Callable[[str], ValuePicture]
    port: Callable[[Edge], PortPicture]
    number: Format
    aligned: Aligned
    focus: str
    direction: Direction = "forward"
    role: Role | None = None
    backward: bool = False
    maps: MapsOf | None = None
    mapped: frozenset[str] = frozenset()
