"""Records scikit-learn's alpha: pip install scikit-learn==1.9.1, then python tests/record/penalties_scikit_learn.py."""

import numpy as np
import sklearn
from common import PENALIZED, batches, write_penalties
from sklearn.neural_network import MLPClassifier, MLPRegressor

SETTINGS = {
    "hidden_layer_sizes": (3,),
    "activation": "logistic",
    "solver": "sgd",
    "learning_rate_init": PENALIZED["learning_rate"],
    "momentum": 0.0,
    "batch_size": PENALIZED["batch"],
    "shuffle": False,
}


def run(made, alpha, outputs, first):
    """Step by step: a batch at a time is handed on."""
    model = made(alpha=alpha, **SETTINGS)
    first(model)  # it draws weights; ours take their place
    for layer, name in enumerate(("1", "2")):
        rows = outputs if name == "2" else slice(None)
        model.coefs_[layer][...] = np.array(PENALIZED["W" + name])[rows].T
        model.intercepts_[layer][...] = np.array(PENALIZED["b" + name])[rows]
    steps = []
    for inputs, targets in batches():
        chosen = np.array(targets)[:, outputs]
        model.partial_fit(np.array(inputs), chosen[:, 0] if made is MLPClassifier else chosen)
        (w1, w2), (b1, b2) = model.coefs_, model.intercepts_
        steps.append([*w1.T.ravel(), *b1, *w2.T.ravel(), *b2])
    return steps


X, T = np.array(PENALIZED["inputs"]), np.array(PENALIZED["targets"])
runs = []
for alpha in (0.01, 0.5):
    for made, outputs, loss, last in (
        (MLPRegressor, slice(0, 2), "half_squared_error", "identity"),
        (MLPClassifier, slice(1, 2), "binary_cross_entropy", "sigmoid"),
    ):

        def first(model, made=made, outputs=outputs):
            if made is MLPClassifier:
                model.partial_fit(X, T[:, 1], classes=[0.0, 1.0])
            else:
                model.partial_fit(X, T[:, outputs])

        steps = run(made, alpha, outputs, first)
        penalty = {"l2": alpha, "per": "example"}
        runs.append(
            {"outputs": [outputs.start, outputs.stop], "loss": loss, "last": last, "penalty": penalty, "w": steps}
        )
write_penalties("scikit-learn", {"scikit-learn": sklearn.__version__, "numpy": np.__version__}, runs)
