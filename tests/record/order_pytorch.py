"""Records an update with everything in it, in PyTorch: pip install torch==2.13.0, then run this file.

A penalty is in the loss and so in the derivatives, these are clipped by their norm, a coupled decay is added to what is
left of them, and all of that goes into what the rule remembers.
"""

import json

import torch
from common import HERE, PENALIZED, batches

torch.set_default_dtype(torch.float64)

CASES = [
    ("momentum", torch.optim.SGD, {"momentum": 0.9, "weight_decay": 0.1}),
    ("adam", torch.optim.Adam, {"weight_decay": 0.1}),
    ("adamw", torch.optim.AdamW, {"weight_decay": 0.1}),
    ("rmsprop", torch.optim.RMSprop, {"weight_decay": 0.1}),
]
L2, NORM, RATE = 0.3, 0.2, 0.05


def run(rule, settings):
    parameters = [torch.tensor(PENALIZED[name], requires_grad=True) for name in ("W1", "b1", "W2", "b2")]
    w1, b1, w2, b2 = parameters
    optimizer = rule(parameters, lr=RATE, **settings)
    steps, norms = [], []
    for inputs, targets in batches():
        optimizer.zero_grad()
        hidden = torch.sigmoid(torch.tensor(inputs) @ w1.T + b1)
        outputs = torch.sigmoid(hidden @ w2.T + b2)
        loss = ((outputs - torch.tensor(targets)) ** 2).sum() / 2 / len(inputs)
        (loss + L2 / 2 * (w1.pow(2).sum() + w2.pow(2).sum())).backward()
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, NORM).item())
        optimizer.step()
        steps.append([number for one in parameters for number in one.detach().ravel().tolist()])
    return norms, steps


runs = []
for name, rule, settings in CASES:
    norms, steps = run(rule, settings)
    runs.append({"name": name, "settings": settings, "norms": norms, "w": steps})
record = {
    "framework": "pytorch",
    "versions": {"torch": torch.__version__.split("+")[0]},
    "l2": L2,
    "norm": NORM,
    "learning_rate": RATE,
    "runs": runs,
}
(HERE / "order_pytorch.json").write_text(json.dumps(record) + "\n")
print("pytorch", torch.__version__, len(runs), "runs", [min(run["norms"]) for run in runs])
