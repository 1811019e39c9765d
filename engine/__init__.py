"""Backpropagation, one step at a time: the numbers, without a screen.

Nothing here knows a terminal. Values go in and come out immutable; the only code that computes a propagation value
is `engine.walking.advance`.

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
    from engine.ask.arrays import LayerArrays, NodeArrays, layer_arrays, node_arrays
    from engine.ask.reading import read
    from engine.comparison.compared import Comparison, assert_agrees, compare
    from engine.comparison.entries import NumbersError
    from engine.explain.asked import explained
    from engine.explain.parts import Explanation
    from engine.explain.trace import walk
    from engine.files import ScenarioError, load_scenario, parse_scenario, shipped_names
    from engine.program.scenario import Scenario
    from engine.program.tokens import ExpressionError
    from engine.walking.session import Session

__all__ = [
    "Comparison",
    "Explanation",
    "ExpressionError",
    "LayerArrays",
    "NodeArrays",
    "NumbersError",
    "Scenario",
    "ScenarioError",
    "Session",
    "assert_agrees",
    "compare",
    "explained",
    "layer_arrays",
    "load_scenario",
    "node_arrays",
    "parse_scenario",
    "read",
    "shipped_names",
    "walk",
]

_HOMES = {
    "Comparison": "comparison.compared",
    "Explanation": "explain.parts",
    "ExpressionError": "program.tokens",
    "LayerArrays": "ask.arrays",
    "NodeArrays": "ask.arrays",
    "NumbersError": "comparison.entries",
    "Scenario": "program.scenario",
    "ScenarioError": "files",
    "Session": "walking.session",
    "assert_agrees": "comparison.compared",
    "compare": "comparison.compared",
    "explained": "explain.asked",
    "layer_arrays": "ask.arrays",
    "load_scenario": "files",
    "node_arrays": "ask.arrays",
    "parse_scenario": "files",
    "read": "ask.reading",
    "shipped_names": "files",
    "walk": "explain.trace",
}


def __getattr__(name: str) -> Any:
    """A public name is imported when it is first asked for: a module of the engine costs no other."""
    if name not in _HOMES:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    return getattr(import_module(f"engine.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
