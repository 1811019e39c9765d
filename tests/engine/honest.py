"""A student's own program: dot products of numpy, slopes from outputs, E by its formula, as they stand in textbooks."""

import numpy as np

from engine.program.batches import batch_of


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


ACTIVATIONS = {
    "sigmoid": (_sigmoid, lambda x, y: y * (1 - y)),
    "tanh": (np.tanh, lambda x, y: 1 - y * y),
    "relu": (lambda x: np.maximum(x, 0), lambda x, y: (x > 0) * 1.0),
    "identity": (lambda x: x, lambda x, y: np.ones_like(x)),
}
LOSSES = {
    "half_squared_error": (lambda y, t: 0.5 * np.sum((y - t) ** 2, axis=1), lambda y, t: y - t),
    "squared_error": (lambda y, t: np.sum((y - t) ** 2, axis=1), lambda y, t: 2 * (y - t)),
    "mean_squared_error": (lambda y, t: np.mean((y - t) ** 2, axis=1), lambda y, t: 2 * (y - t) / y.shape[1]),
    "binary_cross_entropy": (
        lambda y, t: -np.sum(t * np.log(y) + (1 - t) * np.log(1 - y), axis=1),
        lambda y, t: (y - t) / (y * (1 - y)),
    ),
}


def walk(scenario, iterations, number=np.float64):
    """Of each of these iterations, the numbers by name: x, y, dE/dy, dE/dx of the batch's first example, E, dE/dw, w.

    For networks without ties, late inputs and softmax, trained by plain gradient descent.
    """
    network, training = scenario.network, scenario.training
    numbers = range(1, network.depth + 1)
    weights = [network.weights(scenario.theta, n).astype(number) for n in numbers]
    biases = [network.biases(scenario.theta, n).astype(number) for n in numbers]
    trained = np.array([index not in training.frozen for index in range(len(scenario.theta))], dtype=number)
    wanted, found, rate = set(iterations), {}, number(training.learning_rate)
    error, error_slope = LOSSES[network.loss.name]
    for k in range(max(wanted) + 1):
        examples = list(batch_of(scenario, k))
        t = scenario.targets[examples].astype(number)
        xs, ys = [None], [scenario.inputs[examples].astype(number)]
        for n in numbers:
            x = ys[-1] @ weights[n - 1].T
            xs.append(x + biases[n - 1] if biases[n - 1].size else x)
            ys.append(ACTIVATIONS[network.layer(n).activation.name][0](xs[-1]))
        count = len(examples) if training.reduction == "mean" else 1
        named = {"E": error(ys[-1], t).sum() / count}
        back, gradients = error_slope(ys[-1], t), {}
        for n in reversed(numbers):
            delta = back * ACTIVATIONS[network.layer(n).activation.name][1](xs[n], ys[n])
            of_biases = delta.sum(axis=0) / count
            if network.layer(n).shared_bias:
                of_biases = of_biases.sum(keepdims=True)
            gradients[n] = delta.T @ ys[n - 1] / count, of_biases
            if k in wanted:
                for j, name in enumerate(network.computed(n)):
                    columns = {"x": xs[n], "y": ys[n], "dE/dy": back, "dE/dx": delta}
                    named |= {f"{kind}[{name}]": column[0, j] for kind, column in columns.items()}
                flat = np.concatenate([gradients[n][0].ravel(), of_biases if biases[n - 1].size else []])
                own_biases = biases[n - 1][:1] if network.layer(n).shared_bias else biases[n - 1]
                own = np.concatenate([weights[n - 1].ravel(), own_biases])
                for name, gradient, value in zip(network.layer(n).parameter_names, flat, own, strict=True):
                    named |= {f"dE/dw[{name}]": gradient, f"w[{name}]": value}
            back = delta @ weights[n - 1]
        if k in wanted:
            found[k] = {name: float(value) for name, value in named.items()}
        for n in numbers:
            span, size = network.spans[n - 1], weights[n - 1].size
            mask = trained[span]
            weights[n - 1] = weights[n - 1] - rate * gradients[n][0] * mask[:size].reshape(weights[n - 1].shape)
            if biases[n - 1].size:
                biases[n - 1] = biases[n - 1] - rate * gradients[n][1] * mask[size:]
    return found
