"""The shipped scenarios by what they are written in."""

from engine.files import load_scenario, shipped_names
from engine.program.graph import Graph

GRAPHS = tuple(name for name in shipped_names() if isinstance(load_scenario(name).network, Graph))
"""Those with `[graph]`."""
LAYERED = tuple(name for name in shipped_names() if name not in GRAPHS)
"""Those with `[network]`."""
UNTRAINED = tuple(name for name in GRAPHS if not load_scenario(name).network.parameter_names)
"""Those of one iteration."""
