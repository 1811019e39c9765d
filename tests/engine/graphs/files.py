"""Files of graphs: those of the documentation, and a way to read others from their text."""

from pathlib import Path

from engine.files import Problem, ScenarioError, parse_scenario
from engine.program.scenario import Scenario
from engine.walking.advance import begin, complete, first_state
from engine.walking.timeline import Timeline
from engine.walking.values import Values

CIRCUIT = """
title = "A circuit: f = (x + y) z"

[graph]
inputs = ["x", "y", "z"]
nodes = ["q = x + y", "f = q * z"]
error = "f"                          # the number that is differentiated

[[example]]
inputs = [-2, 5, -4]
"""
ATTENTION = """
title = "Scaled dot-product attention over three words"

[graph]
inputs = { X = [3, 4] }              # name = shape; [] or a plain list of names: numbers
targets = { T = [3, 2] }
nodes = [
  "Q = X @ WQ", "K = X @ WK", "V = X @ WV",
  "S = Q @ K.T / sqrt(2)",
  "A = softmax(S)",                  # along the last axis: each row
  "O = A @ V",
  "E = half_squared_error(O, T)",
]
error = "E"

[graph.parameters]
WQ = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6], [0.7, 0.8]]
WK = { csv = "wk.csv" }
WV = { init = "normal", shape = [4, 2], seed = 3 }

[[example]]
inputs = { X = [[1, 0, 1, 0], [0, 2, 0, 2], [1, 1, 1, 1]] }
targets = { T = [[1, 0], [0, 1], [1, 1]] }
"""
WK = "0.1,0.2\n0.3,0.1\n-0.5,0.2\n0.4,0.4\n"
RECURRENT = """
title = "A recurrent net, written out"

[graph]
inputs = ["x1", "x2", "x3"]
targets = ["t1", "t2", "t3"]
constants = { h0 = 0 }               # given, neither trained nor differentiated
nodes = [
  { for = "t = 1..3", nodes = ["z{t} = wx * x{t} + wh * h{t-1} + b", "h{t} = tanh(z{t})", "E{t} = half_squared_error(h{t}, t{t})"] },
  "E = E1 + E2 + E3",
]
error = "E"
parameters = { wx = 0.8, wh = 0.6, b = -0.2 }

[[example]]
inputs = [1, 2, 3]
targets = [0.1, 0.2, 0.3]
"""  # noqa: E501 - as the documentation has it


def read(text: str, path: Path | None = None) -> Scenario:
    return parse_scenario(text, "graph.toml", path)


def problems_of(text: str) -> tuple[Problem, ...]:
    try:
        read(text)
    except ScenarioError as error:
        return error.problems
    return ()


def walked(scenario: Scenario, iteration: int = 0) -> Values:
    """An iteration with every row done, from the scenario's own parameters."""
    steps = Timeline(scenario).steps
    return complete(scenario, begin(scenario, steps, iteration, scenario.theta, first_state(scenario)))
