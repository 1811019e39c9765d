"""The script in numpy: the forward and the backward pass written out, with the examples of a batch as rows."""

from engine.program.optimizers import Adam, Momentum
from tui.paper.script import TOLERANCE, Script

_AGREE = f'''
import numpy as np

TOLERANCE = {TOLERANCE}  # of the largest number of an array


def agree(name, computed, expected, within=0.0):
    """Fails unless every number is gradstep's; `within` is for those of which rounding leaves fewer digits."""
    expected = np.array(expected)
    largest = np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected))
    np.testing.assert_allclose(computed, expected, rtol=0, atol=max(TOLERANCE * largest, within), err_msg=name)
'''

_FUNCTIONS = {
    "sigmoid": """
def sigmoid(x):
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))  # 1 / (1 + exp(-x)), without overflow


def sigmoid_slope(x):
    return sigmoid(x) * sigmoid(-x)  # y (1 - y), where y near 1 leaves digits of 1 - y
""",
    "tanh": """
def tanh_slope(x):
    power = np.exp(-2 * np.abs(x))
    return 4 * power / (1 + power) ** 2  # 1 - y^2, where y near 1 leaves digits of it
""",
    "softmax": """
def softmax(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
""",
    "softmax_slopes": """
def through_softmax(y, dy):
    differences = dy[:, :, np.newaxis] - dy[:, np.newaxis, :]
    return y * (differences * y[:, np.newaxis, :]).sum(axis=2)  # y (dy - sum(y dy)), where y near 1 leaves digits of it
""",
    "cross_entropy": """
def others(y):
    return y @ (1 - np.eye(y.shape[1]))  # the sum of the others of a row: 1 - y, where y near 1 leaves digits of it


def log_softmax(x):
    x = x - x.max(axis=1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=1, keepdims=True))
""",
    "entropy": """
def quotient(a, b):
    with np.errstate(divide="ignore", over="ignore"):
        return np.divide(a, b, out=np.zeros_like(b), where=a != 0)  # 0 where a is
""",
}

_OUTPUTS = {
    "sigmoid": "sigmoid({x})",
    "tanh": "np.tanh({x})",
    "relu": "np.maximum(0, {x})",
    "leaky_relu": "np.where({x} > 0, {x}, 0.01 * {x})",
    "identity": "{x}",
    "softmax": "softmax({x})",
}

_SLOPES = {
    "sigmoid": "sigmoid_slope({x}) * {dy}",
    "tanh": "tanh_slope({x}) * {dy}",
    "relu": "np.where({x} > 0, 1.0, 0.0) * {dy}",
    "leaky_relu": "np.where({x} > 0, 1.0, 0.01) * {dy}",
    "identity": "{dy}",
    "softmax": "through_softmax({y}, {dy})",
}
"""dE/dx from dE/dy."""

_LOSSES = {
    "half_squared_error": ("(0.5 * ({y} - t) ** 2).sum(axis=1)", "{y} - t"),
    "squared_error": ("(({y} - t) ** 2).sum(axis=1)", "2 * ({y} - t)"),
    "mean_squared_error": ("(({y} - t) ** 2).mean(axis=1)", "2 * ({y} - t) / {y}.shape[1]"),
    "binary_cross_entropy": (
        "-(t * np.log(np.where(t > 0, {y}, 1)) + (1 - t) * np.log1p(np.where(t < 1, -{y}, 0))).sum(axis=1)",
        "quotient(1 - t, 1 - {y}) - quotient(t, {y})",
    ),
    "cross_entropy": ("-(t * np.log(np.where(t > 0, {y}, 1))).sum(axis=1)", "-quotient(t, {y})"),
    "output": ("{y}.sum(axis=1)", "np.ones_like({y})"),
}
"""The error of each example, and its dE/dy."""

_FUSED = {
    "binary_cross_entropy": "(t * np.logaddexp(0, -{x}) + (1 - t) * np.logaddexp(0, {x})).sum(axis=1)",
    "cross_entropy": "-(t * log_softmax({x})).sum(axis=1)",
}
"""The error of each example from the total inputs, without overflow."""

_DIFFERENCES = {
    "binary_cross_entropy": "(1 - t) - sigmoid(-{x})",
    "cross_entropy": "others(t) - others({y})",
}
"""What y − t is taken from where both are near 1."""


class NumpyScript(Script):
    """Writes it."""

    array = "np.array"
    library = "numpy"
    slopes_from_outputs = False

    def head(self) -> None:
        """The import and the functions that this network needs."""
        self.write(*_AGREE.strip().splitlines())
        loss = self.network.loss.name
        wanted = [activation.name for activation in self.activations()]
        wanted += ["entropy"] if "entropy" in loss else []
        wanted += ["cross_entropy"] if loss == "cross_entropy" else []
        wanted += ["softmax_slopes"] if "softmax" in wanted and loss != "cross_entropy" else []
        for name in wanted:
            if name in _FUNCTIONS:
                self.write("", *_FUNCTIONS[name].rstrip().splitlines())
        self.write(*self._step_function())

    def body(self) -> None:
        """Forward, backward, update."""
        if self.mean:
            self.write("n = len(y0)  # E and dE/dw are means over the examples")
        self.write("", "# Forward")
        for number in range(1, self.depth + 1):
            owner = self.owner(number)
            bias = f" + b{owner}" if self.layer(number).bias_names else ""
            self.write(f"x{number} = y{number - 1} @ W{owner}.T{bias}")
            y = _OUTPUTS[self.layer(number).activation.name].format(x=f"x{number}")
            beside = bool(self.network.input_places[number])
            self.write(f"y{number} = {f'np.hstack(({y}, {self.inputs_of(number)}))' if beside else y}")
        x, y, loss = f"x{self.depth}", f"y{self.depth}", self.network.loss.name
        error, slope = _LOSSES[loss]
        self.write("", "# The error of each example, and of the batch")
        self.write(f"e = {(_FUSED[loss] if self.fused else error).format(x=x, y=y)}")
        self.write("E = e.mean()" if self.mean else "E = e.sum()")
        self.write("", "# Backward")
        self.write(f"dE_dy{self.depth} = {slope.format(y=y)}")
        for number in range(self.depth, 0, -1):
            self._backward(number)
        if not self.training.immediate:
            self.write("", "# Update")
            for number in reversed(self.owners):
                self._update(number)

    def _backward(self, number: int) -> None:
        x, y, dx = f"x{number}", f"y{number}", f"dE_dx{number}"
        activation = self.layer(number).activation.name
        if self.fused and number == self.depth:
            loss = self.network.loss.name
            self.write(f"# {activation} and {loss} cancel: y - t, near 1 from what both leave of it")
            near_one = _DIFFERENCES[loss].format(x=x, y=y)
            self.write(
                f"{dx} = np.where(({y} > 0.5) & (t > 0.5), {near_one}, {y} - t)  # {activation} and {loss} cancel"
            )
        else:
            dy = f"dE_dy{number}" + (
                f"[:, :{len(self.layer(number).nodes)}]" if self.network.input_places[number] else ""
            )
            self.write(f"{dx} = {_SLOPES[activation].format(x=x, y=y, dy=dy)}")
        mean, later = " / n" if self.mean else "", self.later_use(number)
        more = ("", "") if later is None else (f" + dE_dW{later}", f" + dE_db{later}")
        self.write(f"dE_dW{number} = {dx}.T @ y{number - 1}{mean}{more[0]}")
        if self.layer(number).shared_bias:
            self.write(f"dE_db{number} = {dx}.sum(keepdims=True)[0]{mean}{more[1]}  # over all nodes that share it")
        elif self.layer(number).bias_names:
            self.write(f"dE_db{number} = {dx}.sum(axis=0){mean}{more[1]}")
        changed = self.changed_before(number)
        if changed:
            self._update(number)
        new = "_new  # updated before the error goes on" if changed else ""
        self.write(f"dE_dy{number - 1} = {dx} @ W{self.owner(number)}{new}")

    def _step_function(self) -> list[str]:
        """The optimizer's rule, where it is more than a line."""
        rule = self.training.optimizer
        if isinstance(rule, Momentum):
            step = f"g + {rule.momentum!r} * v" if rule.nesterov else "v"
            return [
                "",
                "",
                f"def momentum(w, g, v):  # {'Nesterov' if rule.nesterov else 'classical'}",
                f"    v = {rule.momentum!r} * v + g",
                f"    return w - learning_rate * {f'({step})' if rule.nesterov else step}",
            ]
        if isinstance(rule, Adam):
            time = self.session.iteration + 1
            return [
                "",
                "",
                "def adam(w, g, m, v):",
                f"    m = {rule.beta1!r} * m + (1 - {rule.beta1!r}) * g",
                f"    v = {rule.beta2!r} * v + (1 - {rule.beta2!r}) * g**2",
                f"    m, v = m / (1 - {rule.beta1!r} ** {time}), v / (1 - {rule.beta2!r} ** {time})",
                f"    return w - learning_rate * m / (np.sqrt(v) + {rule.epsilon!r})",
            ]
        return []

    def _update(self, number: int) -> None:
        rule = self.training.optimizer
        for i, (name, trained) in enumerate(self.trained(number)):
            if not trained.any():
                self.write(f"{name}_new = {name}  # frozen")
                continue
            new = f"{name} - learning_rate * dE_d{name}"
            if rule.slots:
                memories = [self.memories(number, slot)[i] for slot in range(len(rule.slots))]
                held = ", ".join(
                    self.numbers(memory) if memory.any() else f"np.zeros_like({name})" for memory in memories
                )
                new = f"{rule.name}({name}, dE_d{name}, {held})"
            if not trained.all():
                new = f"np.where({trained.tolist()!r}, {new}, {name})  # the others are frozen"
            self.write(f"{name}_new = {new}")
