"""Records what PyTorch has for activations: python tests/record/activations_pytorch.py, where torch is installed."""

import torch
from common import POINTS, write_activations

F = torch.nn.functional
FORMS = {
    "sigmoid": ({}, torch.sigmoid),
    "tanh": ({}, torch.tanh),
    "relu": ({}, F.relu),
    "relu by maximum": ({"corner": 0.5}, lambda x: torch.maximum(x, torch.zeros_like(x))),
    "relu by clamp": ({"corner": 1}, lambda x: x.clamp(min=0)),
    "leaky_relu": ({}, F.leaky_relu),
    "leaky_relu 0.2": ({"slope": 0.2}, lambda x: F.leaky_relu(x, 0.2)),
    "softplus": ({}, F.softplus),
    "softplus 2": ({"beta": 2}, lambda x: F.softplus(x, beta=2)),
    "elu": ({}, F.elu),
    "elu 2": ({"alpha": 2}, lambda x: F.elu(x, alpha=2.0)),
    "selu": ({}, F.selu),
    "gelu": ({}, F.gelu),
    "gelu tanh": ({"approximate": "tanh"}, lambda x: F.gelu(x, approximate="tanh")),
    "silu": ({}, F.silu),
    "softsign": ({}, F.softsign),
    "hard_sigmoid": ({}, F.hardsigmoid),
    "hard_tanh": ({"corner": [0, 1]}, F.hardtanh),
    "hard_tanh by clamp": ({}, lambda x: x.clamp(-1, 1)),
}

runs = []
for name, (options, function) in FORMS.items():
    x = torch.tensor(POINTS, dtype=torch.float64, requires_grad=True)
    y = function(x)
    y.sum().backward()
    runs.append([name.partition(" ")[0], options, y.tolist(), x.grad.tolist()])
write_activations("pytorch", {"PyTorch": torch.__version__}, runs)
