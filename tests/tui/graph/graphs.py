"""Graphs of formulas to draw: a circuit, cells walked for some steps, attention, and one as large as asked for."""

import random

from engine.files.read import parse_scenario
from engine.program.graph import Graph
from engine.program.scenario import Scenario

CIRCUIT = """
title = "A circuit: f = (x + y) z"
[graph]
inputs = ["x", "y", "z"]
nodes = ["q = x + y", "f = q * z"]
error = "f"
[[example]]
inputs = [-2, 5, -4]
"""

CELL = """
title = "An LSTM cell of one unit"
[graph]
inputs = [{inputs}]
targets = ["t"]
constants = {{ h0 = 0, c0 = 0 }}
nodes = [
  {{ for = "s = 1..{steps}", nodes = [
    "i{{s}} = sigmoid(wi * x{{s}} + ui * h{{s-1}} + bi)", "f{{s}} = sigmoid(wf * x{{s}} + uf * h{{s-1}} + bf)",
    "o{{s}} = sigmoid(wo * x{{s}} + uo * h{{s-1}} + bo)", "g{{s}} = tanh(wg * x{{s}} + ug * h{{s-1}} + bg)",
    "c{{s}} = f{{s}} * c{{s-1}} + i{{s}} * g{{s}}", "h{{s}} = o{{s}} * tanh(c{{s}})",
  ] }},
  "E = half_squared_error(h{steps}, t)",
]
error = "E"
parameters = {{ {parameters} }}
[[example]]
inputs = [{numbers}]
targets = [0.7]
"""

RECURRENT = """
title = "A recurrent network of one unit"
[graph]
inputs = ["x1", "x2", "x3"]
targets = ["t1", "t2", "t3"]
constants = { h0 = 0 }
nodes = [
  { for = "t = 1..3", nodes = [
    "z{t} = wx * x{t} + wh * h{t-1} + b", "h{t} = tanh(z{t})", "E{t} = half_squared_error(h{t}, t{t})",
  ] },
  "E = E1 + E2 + E3",
]
error = "E"
parameters = { wx = 0.8, wh = 0.6, b = -0.2 }
[[example]]
inputs = [1, 0.5, -0.5]
targets = [0.5, 0.1, -0.3]
"""

ATTENTION = """
title = "Scaled dot-product attention over three words"
[graph]
inputs = { X = [3, 4] }
targets = { T = [3, 2] }
nodes = [
  "Q = X @ WQ", "K = X @ WK", "V = X @ WV", "S = Q @ K.T / sqrt(2)", "A = softmax(S)", "O = A @ V",
  "E = half_squared_error(O, T)",
]
error = "E"
[graph.parameters]
WQ = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6], [0.7, 0.8]]
WK = [[0.4, 0.1], [0.2, 0.3], [0.1, 0.5], [0.6, 0.2]]
WV = [[0.3, 0.7], [0.9, 0.2], [0.5, 0.1], [0.4, 0.6]]
[[example]]
inputs = { X = [[1, 0, 1, 0], [0, 2, 0, 2], [1, 1, 1, 1]] }
targets = { T = [[1, 0], [0, 1], [1, 1]] }
"""


def circuit() -> Scenario:
    """Two nodes."""
    return parse_scenario(CIRCUIT, "circuit")


def cell(steps: int = 2) -> Scenario:
    """Six nodes a step, and the error."""
    numbers = (f"{kind}{gate} = {0.1 * place - 0.6:.1f}" for place, (kind, gate) in enumerate(_pairs("wub", "ifog")))
    return parse_scenario(
        CELL.format(
            steps=steps,
            inputs=", ".join(f'"x{step}"' for step in range(1, steps + 1)),
            numbers=", ".join(str(0.5 - 0.25 * step) for step in range(steps)),
            parameters=", ".join(numbers),
        ),
        "cell",
    )


def _pairs(kinds: str, gates: str) -> list[tuple[str, str]]:
    return [(kind, gate) for gate in gates for kind in kinds]


def recurrent() -> Scenario:
    """Three steps with an error each: lines that skip columns."""
    return parse_scenario(RECURRENT, "recurrent")


def attention() -> Scenario:
    """Matrices."""
    return parse_scenario(ATTENTION, "attention")


def large(nodes: int = 200, seed: int = 1) -> Scenario:
    """So many nodes, each of some before it."""
    draw, known, lines = random.Random(seed), ["x1", "x2", "x3"], []
    for number in range(nodes - 1):
        used = draw.sample(known[-12:], min(3, len(known)))
        lines.append(f'"n{number} = tanh({" + ".join(used)})"')
        known.append(f"n{number}")
    left = set(known) - {name for line in lines for name in line.split("= ")[1].strip('()tanh"').split(" + ")}
    lines.append(f'"E = {" + ".join(sorted(left))}"')
    text = "\n".join(
        [
            'title = "Many nodes"',
            "[graph]",
            'inputs = ["x1", "x2", "x3"]',
            f"nodes = [{', '.join(lines)}]",
            'error = "E"',
            "[[example]]",
            "inputs = [1, -0.5, 0.25]",
        ]
    )
    return parse_scenario(text, "large")


def graph_of(scenario: Scenario) -> Graph:
    """Its graph."""
    assert scenario.graph is not None
    return scenario.graph
