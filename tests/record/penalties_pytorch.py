"""Records penalties written by hand in PyTorch: pip install torch==2.13.0, then run this file."""

import torch
from common import PENALIZED, batches, write_penalties

torch.set_default_dtype(torch.float64)

CASES = [
    ({"l2": 0.01}, {}, lambda w, n: 0.01 / 2 * w.pow(2).sum()),
    ({"l2": 0.3}, {"momentum": 0.9}, lambda w, n: 0.3 / 2 * torch.linalg.vector_norm(w) ** 2),
    ({"l1": 0.02}, {}, lambda w, n: 0.02 * w.abs().sum()),
    ({"l2": 0.1, "l1": 0.02, "half": False}, {}, lambda w, n: 0.1 * (w * w).sum() + 0.02 * w.abs().sum()),
    ({"l2": 0.3, "per": "epoch"}, {}, lambda w, n: 0.3 / (2 * 5) * (w**2).sum()),
    ({"l2": 0.3, "per": "example"}, {}, lambda w, n: 0.3 / (2 * n) * (w**2).sum()),
]


def run(settings, term):
    w1, b1, w2, b2 = (torch.tensor(PENALIZED[name], requires_grad=True) for name in ("W1", "b1", "W2", "b2"))
    optimizer = torch.optim.SGD([w1, b1, w2, b2], lr=PENALIZED["learning_rate"], **settings)
    steps = []
    for inputs, targets in batches():
        optimizer.zero_grad()
        hidden = torch.sigmoid(torch.tensor(inputs) @ w1.T + b1)
        outputs = torch.sigmoid(hidden @ w2.T + b2)
        loss = ((outputs - torch.tensor(targets)) ** 2).sum() / 2 / len(inputs)
        (loss + term(w1, len(inputs)) + term(w2, len(inputs))).backward()
        optimizer.step()
        steps.append([number for one in (w1, b1, w2, b2) for number in one.detach().ravel().tolist()])
    return steps


runs = [
    {
        "outputs": [0, 2],
        "loss": "half_squared_error",
        "last": "sigmoid",
        "penalty": penalty,
        **settings,
        "w": run(settings, term),
    }
    for penalty, settings, term in CASES
]
write_penalties("pytorch", {"torch": torch.__version__.split("+")[0]}, runs)
