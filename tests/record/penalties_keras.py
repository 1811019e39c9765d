"""Records Keras's regularizers: pip install keras==3.15.1 jax==0.10.2, then python tests/record/penalties_keras.py."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax

jax.config.update("jax_enable_x64", True)

import keras
import numpy as np
from common import PENALIZED, batches, write_penalties
from keras.regularizers import L1, L1L2, L2

keras.config.set_floatx("float64")

CASES = [
    ({"l2": 0.01, "half": False}, {"kernel_regularizer": L2(0.01)}),
    ({"l1": 0.02}, {"kernel_regularizer": L1(0.02)}),
    ({"l2": 0.1, "l1": 0.02, "half": False}, {"kernel_regularizer": L1L2(0.02, 0.1)}),
    ({"l2": 0.1, "half": False, "biases": True}, {"kernel_regularizer": L2(0.1), "bias_regularizer": L2(0.1)}),
]


def run(settings):
    layers = [keras.layers.Dense(size, activation="sigmoid", **settings) for size in (3, 2)]
    model = keras.Sequential([keras.Input((2,)), *layers])
    for layer, name in zip(layers, "12", strict=True):
        layer.set_weights([np.array(PENALIZED["W" + name]).T, np.array(PENALIZED["b" + name])])
    optimizer = keras.optimizers.SGD(PENALIZED["learning_rate"])
    optimizer.build(model.trainable_variables)

    def error(weights, inputs, targets):
        """The mean over examples is taken by a division: keras.ops.mean has single precision."""
        outputs, _, penalties = model.stateless_call(weights, [], inputs, return_losses=True)
        return ((outputs - targets) ** 2).sum() / 2 / len(inputs) + sum(penalties)

    steps = []
    for inputs, targets in batches():
        weights = [variable.value for variable in model.trainable_variables]
        optimizer.apply(jax.grad(error)(weights, np.array(inputs), np.array(targets)))
        w1, b1, w2, b2 = (np.array(variable.value) for variable in model.trainable_variables)
        steps.append([*w1.T.ravel().tolist(), *b1.tolist(), *w2.T.ravel().tolist(), *b2.tolist()])
    return steps


runs = [
    {"outputs": [0, 2], "loss": "half_squared_error", "last": "sigmoid", "penalty": penalty, "w": run(settings)}
    for penalty, settings in CASES
]
write_penalties("keras", {"keras": keras.__version__, "jax": jax.__version__}, runs)
