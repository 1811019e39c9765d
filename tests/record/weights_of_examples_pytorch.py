"""Records losses with weights in PyTorch: pip install torch==2.13.0, then run this file.

Weights of classes, of what should be 1 and of examples, joined as PyTorch's reductions do: with class numbers a mean
is divided by what the weights of the batch's classes sum to.
"""

import json

import torch
from common import HERE

torch.set_default_dtype(torch.float64)

INPUTS = [[1.0, 2.0, 3.0], [-1.0, 0.5, 0.25], [2.0, 0.5, -0.25], [0.5, -1.5, 1.0]]
WEIGHTS = [[0.5, -0.25, 1.0], [0.75, 0.5, -1.0], [-0.5, 0.125, 0.25]]
BIASES = [0.1, -0.2, 0.3]
CLASSES = [1, 2, 0, 1]
SHARES = [[0.0, 1.0, 0.25], [0.0, 0.0, 1.0], [1.0, 0.5, 0.0], [0.0, 1.0, 0.0]]
OF_CLASSES, OF_EXAMPLES, POSITIVE = [1.0, 2.5, 0.5], [2.0, 1.0, 0.25, 3.0], 2.5
RATE, STEPS, SIZE = 0.25, 20, 2
F = torch.nn.functional
ONE_HOT = F.one_hot(torch.tensor(CLASSES), 3).double().tolist()

CASES = [
    (
        {
            "loss": {"name": "cross_entropy", "class_weights": OF_CLASSES},
            "reduction": "weighted_mean",
            "targets": ONE_HOT,
        },
        lambda z, some: F.cross_entropy(z, torch.tensor(CLASSES)[some], weight=torch.tensor(OF_CLASSES)),
    ),
    (
        {"loss": {"name": "cross_entropy", "class_weights": OF_CLASSES}, "reduction": "mean", "targets": SHARES},
        lambda z, some: F.cross_entropy(z, torch.tensor(SHARES)[some], weight=torch.tensor(OF_CLASSES)),
    ),
    (
        {"loss": {"name": "cross_entropy"}, "reduction": "weighted_mean", "targets": ONE_HOT, "weights": OF_EXAMPLES},
        lambda z, some: (
            (F.cross_entropy(z, torch.tensor(CLASSES)[some], reduction="none") * torch.tensor(OF_EXAMPLES)[some]).sum()
            / torch.tensor(OF_EXAMPLES)[some].sum()
        ),
    ),
    (
        {
            "loss": {"name": "binary_cross_entropy", "pos_weight": POSITIVE, "over_outputs": "mean"},
            "reduction": "mean",
            "targets": SHARES,
        },
        lambda z, some: F.binary_cross_entropy_with_logits(
            z, torch.tensor(SHARES)[some], pos_weight=torch.tensor(POSITIVE)
        ),
    ),
    (
        {
            "loss": {
                "name": "binary_cross_entropy",
                "pos_weight": POSITIVE,
                "class_weights": OF_CLASSES,
                "over_outputs": "mean",
            },
            "reduction": "mean",
            "targets": SHARES,
            "weights": OF_EXAMPLES,
        },
        lambda z, some: F.binary_cross_entropy_with_logits(
            z,
            torch.tensor(SHARES)[some],
            weight=torch.tensor(OF_CLASSES) * torch.tensor(OF_EXAMPLES)[some][:, None],
            pos_weight=torch.tensor(POSITIVE),
        ),
    ),
]


def run(case, error_of):
    weights, biases = (torch.tensor(start, requires_grad=True) for start in (WEIGHTS, BIASES))
    optimizer = torch.optim.SGD([weights, biases], lr=RATE)
    errors, steps = [], []
    for step in range(STEPS):
        some = [2 * step % 4, 2 * step % 4 + 1]
        optimizer.zero_grad()
        error = error_of(torch.tensor(INPUTS)[some] @ weights.T + biases, some)
        error.backward()
        optimizer.step()
        errors.append(error.item())
        steps.append([*weights.detach().flatten().tolist(), *biases.tolist()])
    return {**case, "errors": errors, "steps": steps}


record = {
    "framework": "pytorch",
    "versions": {"torch": torch.__version__},
    "inputs": INPUTS,
    "weights": WEIGHTS,
    "biases": BIASES,
    "rate": RATE,
    "batch": SIZE,
    "runs": [run(*case) for case in CASES],
}
(HERE / "weights_of_examples_pytorch.json").write_text(json.dumps(record) + "\n")
print(record["versions"], len(record["runs"]), "runs")
