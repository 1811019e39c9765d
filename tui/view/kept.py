"""Drawings that are kept by place: what was drawn there before, or ahead while nobody waited, costs a look-up.

A drawing is a function of the view and of the room that it has, and of nothing else: so it may be kept, and made
before it is asked for.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

PLACES, LEAST = 48, 4
"""Places whose drawings are kept at most: those of the iterations just walked; and of the largest network."""
NUMBERS = 4_000_000
"""Parameters of all the networks that are kept drawn together: a picture has an array or two of them."""

Made = TypeVar("Made")


class Drawings:
    """What was drawn of one place, by what it is and the room it has."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What was made under this key; now, if it was not before."""
        if key not in self._made:
            self._made[key] = make()
        return cast(Made, self._made[key])


class Places:
    """The drawings of the places last seen; the one that was not seen longest goes first.

    Args:
        parameters: of the network.
    """

    def __init__(self, parameters: int) -> None:
        self._places: OrderedDict[Hashable, Drawings] = OrderedDict()
        self._most = max(LEAST, min(PLACES, NUMBERS // max(1, parameters)))

    def at(self, place: Hashable) -> Drawings:
        """Those of a place; it must tell everything that a drawing is made from."""
        found = self._places.get(place)
        if found is None:
            found = self._places[place] = Drawings()
            if len(self._places) > self._most:
                self._places.popitem(last=False)
        else:
            self._places.move_to_end(place)
        return found
