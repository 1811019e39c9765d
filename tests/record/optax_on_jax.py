"""Records optax's update rules: pip install optax==0.2.8 jax==0.10.2, then python tests/record/optax_on_jax.py."""

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import optax
from common import GIVEN, write

RATE = 0.1
CASES = [
    ("sgd", optax.sgd, {}, {}),
    ("momentum", optax.sgd, {"momentum": 0.9}, {}),
    ("momentum", optax.sgd, {"momentum": 0.9, "nesterov": True}, {"nesterov": True}),
    ("adam", optax.adam, {}, {}),
    ("adam", optax.amsgrad, {}, {"amsgrad": True}),
    ("adamw", optax.adamw, {}, {}),
    ("adamax", optax.adamax, {}, {}),
    ("nadam", optax.nadam, {}, {}),
    ("rmsprop", optax.rmsprop, {}, {}),
    ("rmsprop", optax.rmsprop, {"momentum": 0.9}, {"momentum": 0.9}),
    ("rmsprop", optax.rmsprop, {"centered": True}, {"centered": True}),
    ("rmsprop", optax.rmsprop, {"eps_in_sqrt": False}, {"epsilon_inside": False}),
    ("adagrad", optax.adagrad, {}, {}),
    ("adadelta", optax.adadelta, {}, {}),
]


def run(made, settings):
    w = jnp.array(GIVEN["w"])
    rule = made(RATE, **settings)
    state = rule.init(w)
    rows = []
    for g in GIVEN["g"]:
        step, state = rule.update(jnp.array(g), state, w)
        w = optax.apply_updates(w, step)
        rows.append(w.tolist())
    return rows


runs = [
    {"rule": rule, "settings": own, "learning_rate": RATE, "w": run(made, settings)}
    for rule, made, settings, own in CASES
]
write("optax", {"optax": optax.__version__, "jax": jax.__version__}, runs)
