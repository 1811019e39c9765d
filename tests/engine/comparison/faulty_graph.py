"""Random circuits of numbers and a plain program that differentiates them, with one known mistake in one place.

Run by hand for many: `python -m tests.engine.comparison.faulty_graph 1000`.
"""

import math
import sys
from collections import Counter

import numpy as np

from engine import Session, compare
from tests.engine.graphs.files import read

FUNCTIONS = {
    "tanh": (math.tanh, lambda y: 1 - y * y),
    "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), lambda y: y * (1 - y)),
}
FAULTS = ("sign", "slope-forgotten", "slope-of-x", "path-forgotten", "input-forgotten", "sign forward")


class Node:
    """name = function(operands)."""

    def __init__(self, name, function, operands):
        self.name, self.function, self.operands = name, function, operands

    @property
    def text(self):
        if self.function in "+*-":
            return f"{self.name} = {self.operands[0]} {self.function} {self.operands[1]}"
        return f"{self.name} = {self.function}({self.operands[0]})"

    def value(self, values):
        numbers = [values[name] for name in self.operands]
        if self.function in FUNCTIONS:
            return FUNCTIONS[self.function][0](*numbers)
        a, b = numbers
        return {"+": a + b, "-": a - b, "*": a * b}[self.function]

    def locals(self, values):
        """(operand, local derivative) of each operand."""
        if self.function in FUNCTIONS:
            return [(self.operands[0], FUNCTIONS[self.function][1](values[self.name]))]
        a, b = self.operands
        if self.function == "*":
            return [(a, values[b]), (b, values[a])]
        return [(a, 1.0), (b, 1.0 if self.function == "+" else -1.0)]


def circuit(random):
    """Nodes, and the numbers that are given."""
    given = {name: float(random.normal()) for name in ("x1", "x2", "w1", "w2")}
    names, nodes = list(given), []
    for number in range(int(random.integers(5, 10))):
        function = str(random.choice(["*", "*", "+", "-", "tanh", "sigmoid"]))
        recent = names[-4:]
        operands = [str(name) for name in random.choice(recent, 2, replace=False)]
        nodes.append(Node(f"n{number}", function, operands[:1] if function in FUNCTIONS else operands))
        names.append(f"n{number}")
    used = {name for node in nodes for name in node.operands}
    ends = [name for name in names if name not in used]
    total = ends[0]
    for number, name in enumerate(ends[1:]):
        nodes.append(Node(f"s{number}", "+", [total, name]))
        total = f"s{number}"
    if total in given:
        nodes.append(Node("s", "*", [total, total]))
    return nodes, given


def program(nodes, given, fault="", at="", which=0):
    """Every number and derivative; the mistake is made where dE/d(`at`) is computed."""
    values = dict(given)
    for node in nodes:
        values[node.name] = node.value(values)
        if fault == "sign forward" and node.name == at:
            values[node.name] = -values[node.name]
    back = {nodes[-1].name: 1.0}
    for name in [*[node.name for node in reversed(nodes[:-1])], *given]:
        parts = []
        for node in nodes:
            for operand, local in node.locals(values):
                if operand != name or (fault == "nothing through" and node.name == at):
                    continue
                if name == at and node.function in FUNCTIONS:
                    if fault == "slope-forgotten":
                        local = 1.0
                    elif fault == "slope-of-x":
                        local = FUNCTIONS[node.function][1](values[name])
                elif name == at and fault == "input-forgotten" and node.function == "*":
                    local = 1.0
                parts.append(back[node.name] * local)
        if fault == "path-forgotten" and name == at and len(parts) > 1:
            del parts[which % len(parts)]
        back[name] = -sum(parts) if fault == "sign" and name == at else sum(parts)
    return values, back


def text(nodes, given):
    lines = ", ".join(f'"{node.text}"' for node in nodes)
    used = {name for node in nodes for name in node.operands}
    inputs = [name for name in ("x1", "x2") if name in used]
    parameters = ", ".join(f"{name} = {given[name]!r}" for name in ("w1", "w2") if name in used)
    return f"""
title = "A circuit"

[graph]
inputs = {inputs!r}
nodes = [{lines}]
error = "{nodes[-1].name}"
parameters = {{ {parameters} }}

[[example]]
inputs = {[given[name] for name in inputs]!r}
"""


def drawn(seed):
    random = np.random.default_rng(seed)
    while True:
        nodes, given = circuit(random)
        used = {name for node in nodes for name in node.operands}
        given = {name: number for name, number in given.items() if name in used}
        right = program(nodes, given)
        for _ in range(20):
            fault = str(random.choice(FAULTS))
            at = str(random.choice([node.name for node in nodes[:-1]]))
            wrong = program(nodes, given, fault, at, int(random.integers(0, 2)))
            if any(abs(a - b) > 1e-6 * abs(b) for a, b in zip(_flat(wrong), _flat(right), strict=True)):
                return nodes, given, fault, at, wrong, right, random


def _flat(numbers):
    return [*numbers[0].values(), *numbers[1].values()]


def cannot_be_told_apart(nodes, given, cause, numbers):
    """Whether the mistake that was told, where it was told, makes the numbers that are given as well."""
    at = cause.at.removeprefix("dE/dy:").removeprefix("dE/dy[").removesuffix("]")
    tries = [(cause.cause, at, which) for which in range(3)]
    if cause.cause == "path-forgotten":  # in all rows alike
        tries += [("nothing through", node.name, 0) for node in nodes]
    for fault, place, which in tries:
        values, back = program(nodes, given, fault, place, which)
        other = {**values, **{f"d{name}": number for name, number in back.items()}}
        if all(abs(number - other[name]) <= 1e-9 * abs(other[name]) for name, number in numbers.items()):
            return True
    return False


def one(seed):
    nodes, given, fault, at, (values, back), right, random = drawn(seed)
    part = str(random.choice(["all", "gradients", "some"]))
    numbers = {f"d{name}": number for name, number in back.items() if name != nodes[-1].name}
    if part == "gradients":
        numbers = {name: number for name, number in numbers.items() if name[1:] in given}
    else:
        numbers |= {node.name: values[node.name] for node in nodes}
    if part == "some":
        numbers = {name: number for name, number in numbers.items() if random.random() < 0.6}
    ours = {**right[0], **{f"d{name}": number for name, number in right[1].items()}}
    if all(abs(number - ours[name]) <= 1e-6 * abs(ours[name]) for name, number in numbers.items()):
        return "not to be seen", fault, at, None, part, nodes
    found = compare(
        Session.open(read(text(nodes, given))), {name: np.array(number) for name, number in numbers.items()}
    )
    said = found.causes[0].cause if found.causes else None
    name = fault.split(" ")[0]
    names = {name, "weight-forgotten"} if name == "input-forgotten" else {name}  # which, says the factor
    result = "right" if said in names else "nothing" if said is None else f"other {said}"
    if result.startswith("other") and cannot_be_told_apart(nodes, given, found.causes[0], numbers):
        result = "right"
    if part == "all":
        expected = f"y[{at}]" if fault == "sign forward" else f"dE/dy[{at}]"
        if found.first is None or found.first.quantity != expected:
            result = f"place {found.first and found.first.quantity}"
    return result, fault, at, found, part, nodes


if __name__ == "__main__":
    results = Counter()
    start = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    for seed in range(start, start + int(sys.argv[1])):
        result, fault, at, found, part, nodes = one(seed)
        results[result.split(" ")[0]] += 1
        if result not in ("right", "not to be seen"):
            told = [(cause.cause, cause.at, dict(cause.details)) for cause in found.causes]
            print(seed, result, fault, at, part, [node.text for node in nodes], told, found.others)
    print(results)
