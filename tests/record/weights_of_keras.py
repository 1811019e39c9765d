"""Records a model of Keras as it saves its weights, and its own forward pass and gradients.

Run it where keras and jax are: KERAS_BACKEND=jax python tests/record/weights_of_keras.py
"""

from pathlib import Path

import jax
import keras
import numpy as np

HERE = Path(__file__).parent / "weights"

keras.utils.set_random_seed(7)
layers = keras.layers
model = keras.Sequential(
    [
        keras.Input((2,)),
        layers.Dense(3, activation="tanh", bias_initializer="normal"),
        layers.Dense(3, activation="sigmoid", bias_initializer="normal"),
        layers.Dense(1, bias_initializer="normal"),
    ]
)
paths = [variable.path for variable in model.weights]
np.savez(HERE / f"keras-{keras.__version__}.npz", **dict(zip(paths, map(np.asarray, model.get_weights()), strict=True)))
np.savez(HERE / f"keras-{keras.__version__}-unnamed.npz", *model.get_weights())
x, t = np.array([[0.05, 0.1], [-0.5, 0.75]], np.float32), np.array([[0.5], [-1.0]], np.float32)


def loss(trained):
    y, _ = model.stateless_call(trained, [], x)
    return (0.5 * (y - t) ** 2).sum(1).mean(), y


(_, y), gradients = jax.value_and_grad(loss, has_aux=True)([v.value for v in model.trainable_variables])
named = {f"d{letter}{i // 2 + 1}": np.asarray(gradients[i]) for i, letter in enumerate("WbWbWb")}
np.savez(HERE / "keras-gradients.npz", y3=np.asarray(y), **named)
