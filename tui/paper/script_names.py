"""What a script calls the values of a program: their own names, where Python takes them and nothing else has them."""

import builtins
import keyword
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain, count

_OF_SCRIPTS = (
    "np",
    "torch",
    "F",
    "math",
    "tensor",
    "agree",
    "TOLERANCE",
    "learning_rate",
    "node",
    "start",
    "optimizer",
    "parameter",
)
"""What scripts call other things."""


class PythonNames:
    """The names of values, and those that are still free.

    Args:
        values: whose names are needed; with each comes what scripts make of it, as `dE_dx` of `x`.
        taken: what must not be one of them.
    """

    def __init__(self, values: Iterable[str], taken: Iterable[str]) -> None:
        self._taken = {*keyword.kwlist, *dir(builtins), *_OF_SCRIPTS, *taken}
        self._names: dict[str, str] = {}
        for name in sorted(values, key=lambda name: _identifier(name) != name):  # who can keep theirs come first
            self._names[name] = self.free(_identifier(name))

    def __getitem__(self, value: str) -> str:
        """The name of a value."""
        return self._names[value]

    def given(self) -> frozenset[str]:
        """All that have been given."""
        return frozenset(self._names.values())

    def free(self, *wished: str) -> str:
        """The first of some names that nothing has, else one as near to the first as there is; from here on it has."""
        name = next(name for name in chain(wished, _more(wished[0])) if self._taken.isdisjoint(_family(name)))
        self._taken |= _family(name)
        return name


def _more(name: str) -> Iterator[str]:
    yield f"{name}_"
    yield from (f"{name}_{number}" for number in count(2))


def _family(name: str) -> set[str]:
    """A name, and what scripts make of it."""
    return {name, f"dE_d{name}", f"{name}_new", f"clipped_{name}", f"old_{name}", f"{name}_alone", f"correction_{name}"}


def _identifier(name: str) -> str:
    """The name as Python reads it, with `_` for what no identifier holds."""
    text = "".join(
        sign if f"a{sign}".isidentifier() and sign != "·" else "_" for sign in unicodedata.normalize("NFKC", name)
    )
    return text if text.isidentifier() else f"v{text}"
