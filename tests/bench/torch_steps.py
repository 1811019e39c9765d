"""PyTorch's eager steps, asked for by lines of JSON: a program by itself, for a Python that has torch.

A line with a network builds it; a line with a number makes so many steps and answers with their processor time and E.
"""

import json
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


class Steps:
    """A network of sigmoids, of its own kind at the end as its loss asks for."""

    def __init__(self, layers, inputs, targets, loss, rule, rate):
        modules = []
        for weights, biases in layers:
            linear = nn.Linear(len(weights[0]), len(weights))
            linear.weight.data, linear.bias.data = torch.tensor(weights), torch.tensor(biases)
            modules += [linear, nn.Sigmoid()]
        self._entropy = loss == "cross_entropy"
        self._network = nn.Sequential(*(modules[:-1] if self._entropy else modules))
        self._x, self._t = torch.tensor(inputs), torch.tensor(targets)
        self._rule = getattr(torch.optim, rule)(self._network.parameters(), lr=rate)

    def error(self):
        """One step."""
        self._rule.zero_grad()
        y = self._network(self._x)
        error = nn.functional.cross_entropy(y, self._t) if self._entropy else (0.5 * (y - self._t) ** 2).sum(1).mean()
        error.backward()
        self._rule.step()
        return error.item()


steps = None
print("ready", flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    if isinstance(asked, dict):
        steps = Steps(**asked)
        print("ready", flush=True)
    else:
        start = time.process_time()
        errors = [steps.error() for _ in range(asked)]
        print(json.dumps([time.process_time() - start, errors]), flush=True)
