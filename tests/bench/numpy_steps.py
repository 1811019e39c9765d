"""The same steps in numpy as one writes them, with its BLAS: what stands in for PyTorch where that is not installed."""

import time

import numpy as np


class Steps:
    """A network of sigmoids, of its own kind at the end as its loss asks for."""

    def __init__(self, layers, inputs, targets, loss, rule, rate):
        self._layers = [(np.array(weights), np.array(biases)) for weights, biases in layers]
        self._x, self._t = np.array(inputs), np.array(targets)
        self._entropy, self._adam, self._rate = loss == "cross_entropy", rule == "Adam", rate
        self._m = [[np.zeros_like(one) for one in layer] for layer in self._layers]
        self._v = [[np.zeros_like(one) for one in layer] for layer in self._layers]
        self._time = 0

    def run(self, count):
        """The processor time of so many steps, and their errors."""
        start = time.process_time()
        errors = [self._error() for _ in range(count)]
        return time.process_time() - start, errors

    def _error(self):
        ys, count = [self._x], len(self._x)
        for number, (weights, biases) in enumerate(self._layers, 1):
            x = ys[-1] @ weights.T + biases
            ys.append(_softmax(x) if self._entropy and number == len(self._layers) else 1 / (1 + np.exp(-x)))
        y = ys[-1]
        error = (-self._t * np.log(y) if self._entropy else 0.5 * (y - self._t) ** 2).sum() / count
        back = (y - self._t) / count
        self._time += 1
        for number in range(len(self._layers) - 1, -1, -1):
            weights, biases = self._layers[number]
            d = (
                back
                if self._entropy and number == len(self._layers) - 1
                else back * ys[number + 1] * (1 - ys[number + 1])
            )
            back = d @ weights
            for which, (parameter, slope) in enumerate(((weights, d.T @ ys[number]), (biases, d.sum(0)))):
                parameter -= self._step(number, which, slope)
        return float(error)

    def _step(self, layer, which, slope):
        if not self._adam:
            return self._rate * slope
        m, v = self._m[layer][which], self._v[layer][which]
        m += 0.1 * (slope - m)
        v += 0.001 * (slope * slope - v)
        corrected = np.sqrt(v / (1 - 0.999**self._time)) + 1e-8
        return self._rate * m / (1 - 0.9**self._time) / corrected


def _softmax(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
