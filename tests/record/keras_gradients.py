"""Records a Keras model's own weights and gradients, in its names and layout: `python keras_gradients.py > FILE.json`.

Needs keras 3.15.1 and jax 0.10.2, in an environment of their own; outside CI.
"""

import json
import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import jax.numpy as jnp
import keras
import numpy as np

random = np.random.default_rng(3)
inputs = random.normal(size=(6, 3)).astype("float32")
targets = random.uniform(0.1, 0.9, size=(6, 2))
model = keras.Sequential(
    [
        keras.layers.Input((3,)),
        keras.layers.Dense(4, activation="tanh"),
        keras.layers.Dense(2, activation="sigmoid"),
    ]
)
for weight in model.weights:
    weight.assign(random.normal(size=weight.shape))
weights = [variable.value for variable in model.trainable_variables]


def loss(values):
    outputs, _ = model.stateless_call(values, [], inputs)
    return jnp.mean(jnp.sum(0.5 * (outputs - targets) ** 2, axis=1))


paths = [variable.path for variable in model.trainable_variables]
gradients = jax.grad(loss)(weights)
arrays = dict(zip(paths, weights, strict=True)) | {
    f"{path}.grad": gradient for path, gradient in zip(paths, gradients, strict=True)
}
w1, b1, w2, b2 = (np.asarray(array, dtype=np.float64) for array in weights)
lines = ['title = "k"', "[network]", 'inputs = ["a", "b", "c"]', 'loss = "half_squared_error"']
for units, activation, kernel, bias in ((4, "tanh", w1, b1), (2, "sigmoid", w2, b2)):
    lines += ["[[network.layer]]", f"units = {units}", f'activation = "{activation}"']
    lines += [f"weights = {kernel.T.tolist()}", f"bias = {bias.tolist()}"]
lines += ["[training]", 'batch = "all"']
for row, target in zip(inputs.astype("float64").tolist(), targets.tolist(), strict=True):
    lines += ["[[example]]", f"inputs = {row}", f"targets = {target}"]
print(
    json.dumps(
        {
            "recorded": f"keras {keras.__version__} on jax {jax.__version__}, float32",
            "scenario": "\n".join(lines) + "\n",
            "arrays": {name: np.asarray(array, dtype=np.float64).ravel().tolist() for name, array in arrays.items()},
            "shapes": {name: list(array.shape) for name, array in arrays.items()},
        },
        indent=1,
    )
)
