"""Records what JAX and Keras have for activations, in double precision; Keras on JAX: KERAS_BACKEND=jax."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import keras
from common import POINTS, write_activations

keras.config.set_floatx("float64")
JAX = {
    "sigmoid": ({}, jax.nn.sigmoid),
    "relu": ({}, jax.nn.relu),
    "relu by maximum": ({"corner": 0.5}, lambda x: jnp.maximum(x, 0)),
    "leaky_relu": ({"corner": 1}, jax.nn.leaky_relu),
    "softplus": ({}, jax.nn.softplus),
    "elu 2": ({"alpha": 2}, lambda x: jax.nn.elu(x, 2.0)),
    "selu": ({}, jax.nn.selu),
    "gelu tanh": ({"approximate": "tanh"}, jax.nn.gelu),
    "gelu": ({}, lambda x: jax.nn.gelu(x, approximate=False)),
    "silu": ({}, jax.nn.silu),
    "softsign": ({}, jax.nn.soft_sign),
    "hard_sigmoid": ({}, jax.nn.hard_sigmoid),
    "hard_tanh": ({}, jax.nn.hard_tanh),
}
KERAS = {
    "relu": ({}, keras.activations.relu),
    "leaky_relu": ({"slope": 0.2, "corner": 1}, keras.activations.leaky_relu),
    "leaky_relu layer": ({"slope": 0.3, "corner": 1}, keras.layers.LeakyReLU()),
    "elu 2": ({"alpha": 2}, lambda x: keras.activations.elu(x, 2.0)),
    "gelu": ({}, keras.activations.gelu),
    "gelu ops": ({"approximate": "tanh"}, keras.ops.gelu),
    "silu": ({}, keras.activations.silu),
    "hard_sigmoid": ({}, keras.activations.hard_sigmoid),
}
points = jnp.array(POINTS)
for framework, forms, versions in (
    ("jax", JAX, {"JAX": jax.__version__}),
    ("keras", KERAS, {"Keras": keras.__version__, "JAX": jax.__version__}),
):
    runs = []
    for name, (options, function) in forms.items():
        slopes = jax.vmap(jax.grad(lambda x, function=function: jnp.sum(function(x))))(points)
        runs.append([name.partition(" ")[0], options, function(points).tolist(), slopes.tolist()])
    write_activations(framework, versions, runs)
