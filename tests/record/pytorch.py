"""Records PyTorch's update rules: pip install torch==2.13.0, then python tests/record/pytorch.py."""

import torch
from common import GIVEN, write
from torch.optim import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, NAdam, RMSprop, Rprop

torch.set_default_dtype(torch.float64)  # NAdam's product of momenta has it, whatever the parameters have

CASES = [
    ("sgd", SGD, {}, {}),
    ("sgd", SGD, {"weight_decay": 0.1}, {"weight_decay": 0.1}),
    ("momentum", SGD, {"momentum": 0.9}, {}),
    ("momentum", SGD, {"momentum": 0.9, "nesterov": True}, {"nesterov": True}),
    ("momentum", SGD, {"momentum": 0.9, "dampening": 0.5}, {"dampening": 0.5}),
    ("momentum", SGD, {"momentum": 0.8, "weight_decay": 0.1}, {"momentum": 0.8, "weight_decay": 0.1}),
    ("adam", Adam, {}, {}),
    ("adam", Adam, {"weight_decay": 0.1}, {"weight_decay": 0.1}),
    ("adam", Adam, {"betas": (0.8, 0.99), "eps": 1e-3}, {"beta1": 0.8, "beta2": 0.99, "epsilon": 1e-3}),
    ("adam", Adam, {"amsgrad": True}, {"amsgrad": True}),
    ("adamw", AdamW, {}, {}),
    ("adamw", AdamW, {"amsgrad": True}, {"amsgrad": True}),
    ("adamax", Adamax, {}, {}),
    ("adamax", Adamax, {"weight_decay": 0.1}, {"weight_decay": 0.1}),
    ("nadam", NAdam, {}, {}),
    ("nadam", NAdam, {"weight_decay": 0.1}, {"weight_decay": 0.1}),
    (
        "nadam",
        NAdam,
        {"weight_decay": 0.1, "decoupled_weight_decay": True},
        {"weight_decay": 0.1, "coupled": False},
    ),
    ("rmsprop", RMSprop, {}, {}),
    ("rmsprop", RMSprop, {"momentum": 0.9}, {"momentum": 0.9}),
    ("rmsprop", RMSprop, {"centered": True}, {"centered": True}),
    ("rmsprop", RMSprop, {"weight_decay": 0.1}, {"weight_decay": 0.1}),
    ("adagrad", Adagrad, {}, {}),
    ("adagrad", Adagrad, {"lr_decay": 0.1}, {"rate_decay": 0.1}),
    ("adagrad", Adagrad, {"initial_accumulator_value": 0.1}, {"accumulator": 0.1}),
    ("adadelta", Adadelta, {}, {}),
    ("adadelta", Adadelta, {"weight_decay": 0.1}, {"weight_decay": 0.1}),
    ("rprop", Rprop, {}, {}),
]


def run(made, settings):
    w = torch.nn.Parameter(torch.tensor(GIVEN["w"]))
    optimizer = made([w], **settings)
    rows = []
    for g in GIVEN["g"]:
        w.grad = torch.tensor(g)
        optimizer.step()
        rows.append(w.detach().tolist())
    return rows


runs = [{"rule": rule, "settings": own, "w": run(made, settings)} for rule, made, settings, own in CASES]
write("pytorch", {"torch": torch.__version__.split("+")[0]}, runs)
