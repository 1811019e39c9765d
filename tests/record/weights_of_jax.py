"""Records nested parameters as Flax names them, flattened in JAX's own order, with a forward pass and gradients of JAX.

Run it where jax is: python tests/record/weights_of_jax.py
"""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

HERE = Path(__file__).parent / "weights"

keys = jax.random.split(jax.random.key(7), 6)
sizes = [(2, 3), (3, 3), (3, 1)]
params = {
    f"Dense_{i}": {"kernel": jax.random.normal(keys[2 * i], size), "bias": jax.random.normal(keys[2 * i + 1], size[1:])}
    for i, size in enumerate(sizes)
}
x, t = jnp.array([[0.05, 0.1], [-0.5, 0.75]]), jnp.array([[0.5], [-1.0]])


def forward(p):
    h = jnp.tanh(x @ p["Dense_0"]["kernel"] + p["Dense_0"]["bias"])
    h = jax.nn.sigmoid(h @ p["Dense_1"]["kernel"] + p["Dense_1"]["bias"])
    return h @ p["Dense_2"]["kernel"] + p["Dense_2"]["bias"]


def named(tree, before):
    found = jax.tree_util.tree_leaves_with_path(tree)
    return {"/".join([before, *(key.key for key in path)]): np.asarray(leaf) for path, leaf in found}


np.savez(HERE / f"jax-{jax.__version__}.npz", **named(params, "params"))
gradients = jax.grad(lambda p: (0.5 * (forward(p) - t) ** 2).sum(1).mean())(params)
of = {
    f"d{'W' if leaf == 'kernel' else 'b'}{i + 1}": gradients[f"Dense_{i}"][leaf]
    for i in range(3)
    for leaf in ("kernel", "bias")
}
np.savez(HERE / "jax-gradients.npz", y3=forward(params), **of)
