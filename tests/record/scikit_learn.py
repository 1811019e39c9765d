"""Records scikit-learn's update rules: pip install scikit-learn==1.9.1, then python tests/record/scikit_learn.py."""

import numpy as np
import sklearn
from common import GIVEN, write
from sklearn.neural_network import MLPRegressor
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

# the values that MLPRegressor and MLPClassifier hand on by default
OWN = MLPRegressor()
SGD = {
    "learning_rate_init": OWN.learning_rate_init,
    "momentum": OWN.momentum,
    "nesterov": OWN.nesterovs_momentum,
}
ADAM = {
    "learning_rate_init": OWN.learning_rate_init,
    "beta_1": OWN.beta_1,
    "beta_2": OWN.beta_2,
    "epsilon": OWN.epsilon,
}
CASES = [
    ("sgd", SGDOptimizer, SGD | {"momentum": 0.0, "nesterov": False}, {}),
    ("momentum", SGDOptimizer, SGD, {}),
    ("momentum", SGDOptimizer, SGD | {"nesterov": False}, {"nesterov": False}),
    ("adam", AdamOptimizer, ADAM, {}),
]


def run(made, settings):
    w = np.array(GIVEN["w"])
    optimizer = made([w], **settings)
    rows = []
    for g in GIVEN["g"]:
        optimizer.update_params([w], [np.array(g)])
        rows.append(w.tolist())
    return rows


runs = [{"rule": rule, "settings": own, "w": run(made, settings)} for rule, made, settings, own in CASES]
write("scikit-learn", {"scikit-learn": sklearn.__version__, "numpy": np.__version__}, runs)
