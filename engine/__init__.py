"""Backpropagation, one step at a time: the numbers, without a screen.

Nothing here knows a terminal. Values go in and come out immutable; the only code that computes a propagation value
is `engine.advance`.

The names below are for other programs. A walk through a scenario, and a derivative read off it:

>>> from engine import Session, load_scenario, read
>>> session = Session.open(load_scenario("mazur"))
>>> session = session.seek(0, session.count)  # iteration 0, all of its steps
>>> read(session, "E"), read(session, "dE/dw[w5]")
(0.2983711087600027, 0.0821670405642308)

Every move gives another session; the old one stays where it was.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.arrays import LayerArrays, layer_arrays
    from engine.files import ScenarioError, load_scenario, parse_scenario, shipped_names
    from engine.reading import read
    from engine.scenario import Scenario
    from engine.session import Session
    from engine.tokens import ExpressionError
    from engine.trace import walk

__all__ = [
    "ExpressionError",
    "LayerArrays",
    "Scenario",
    "ScenarioError",
    "Session",
    "layer_arrays",
    "load_scenario",
    "parse_scenario",
    "read",
    "shipped_names",
    "walk",
]

_HOMES = {
    "ExpressionError": "tokens",
    "LayerArrays": "arrays",
    "Scenario": "scenario",
    "ScenarioError": "files",
    "Session": "session",
    "layer_arrays": "arrays",
    "load_scenario": "files",
    "parse_scenario": "files",
    "read": "reading",
    "shipped_names": "files",
    "walk": "trace",
}


def __getattr__(name: str) -> Any:
    """A public name is imported when it is first asked for: a module of the engine costs no other."""
    if name not in _HOMES:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    return getattr(import_module(f"engine.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
