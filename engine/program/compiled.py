"""A program's way forward as one function of numpy's own arrays, for many points at once.

Its lines are those that a script for numpy has, of the same equations. Numbers are right to about the last digit and
not to the last bit: sums are taken in whatever order is quickest. So it serves pictures; a number that somebody reads
comes from `advance`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.program.coded import NUMPY, Language
from engine.program.equations import Program
from engine.program.graph import operands_of
from engine.program.listing import Listing

Array = NDArray[np.float64]
Forward = Callable[[Mapping[str, Array]], Sequence[Array]]
"""From the values that are given, by name, to those that are wanted: shape (points, *shape), but of those that are the
same for all points (*shape)."""


class _AnyNumber(Language):
    """Numpy, of as many points as there turn out to be."""

    def sizes(self, shape: tuple[int, ...], *, per_example: bool) -> str:
        """With the number of points as a name."""
        return f"({', '.join(['n'] * per_example + list(map(str, shape)))},)" if per_example or shape else "()"


def forward_of(program: Program, wanted: tuple[str, ...]) -> Forward:
    """How these values are computed from what is given.

    Raises:
        NoCodeError: a function has no form in numpy.
    """
    return _forward_of(program, wanted)


@lru_cache(maxsize=32)
def _forward_of(program: Program, wanted: tuple[str, ...]) -> Forward:
    names = {name: f"v{number}" for number, name in enumerate(program.shapes)}
    language = _AnyNumber(NUMPY, 1)
    listing, made = Listing(program, language, names.__getitem__), needed_for(program, wanted)
    lines = [
        f"    {names[equation.target]} = {listing.whole(listing.made(equation), equation.target).text}"
        for equation in made
    ]
    computed = {equation.target for equation in made}
    used = dict.fromkeys([*wanted, *(name for equation in made for name in operands_of(equation.form))])
    given = [f"    {names[name]} = given[{name!r}]" for name in used if name not in computed]
    given.append("    n = given['·']")
    lines = ["def forward(given):", *given, *lines, f"    return {', '.join(names[name] for name in wanted)},"]
    space: dict[str, Any] = {"np": np}
    exec("\n".join([*language.definitions, *lines]), space)  # our own text: of a file are only quoted names
    forward: Forward = space["forward"]
    return forward


def needed_for(program: Program, wanted: Sequence[str]) -> list[Any]:
    """The equations on which these values depend, as they are computed, in order."""
    needed, found = set(wanted), []
    for equation in reversed(program.equations):
        if equation.target in needed:
            needed.update(operands_of(equation.form))
            found.append(equation)
    return found[::-1]
