"""Backpropagation as one writes it down first: loops over lists, sigmoid everywhere, half the squared error.

What the engine's iterations are measured against. It knows no steps, no other activations and no checks.
"""

import math

Layers = list[tuple[list[list[float]], list[float]]]
"""For each layer its weights, a row for each node, and its biases: the layer's one and shared, or none."""


def iterate(layers, inputs, targets, rate, iterations):
    """The errors of so many iterations with one example; biases stay, the weights of `layers` are changed in place."""
    errors = []
    for _ in range(iterations):
        outputs = [inputs]
        for weights, biases in layers:
            outputs.append([_sigmoid(_total(row, outputs[-1]) + sum(biases)) for row in weights])
        errors.append(sum(0.5 * (t - y) ** 2 for t, y in zip(targets, outputs[-1], strict=True)))
        by_output = [y - t for t, y in zip(targets, outputs[-1], strict=True)]
        for number in range(len(layers) - 1, -1, -1):
            weights, ys = layers[number][0], outputs[number + 1]
            deltas = [d * y * (1 - y) for d, y in zip(by_output, ys, strict=True)]
            by_output = [
                sum(row[i] * delta for row, delta in zip(weights, deltas, strict=True))
                for i in range(len(outputs[number]))
            ]
            for row, delta in zip(weights, deltas, strict=True):
                for i, y in enumerate(outputs[number]):
                    row[i] -= rate * delta * y
    return errors


def _total(weights, values):
    return sum(w * y for w, y in zip(weights, values, strict=True))


def _sigmoid(x):
    return 1 / (1 + math.exp(-x))
