"""The script in PyTorch: only the forward pass is written out, autograd finds the derivatives, torch.optim updates."""

from engine.optimizers import Adam, Momentum
from tui.commands.script import TOLERANCE, Script

_HEAD = f'''
import torch
import torch.nn.functional as F

TOLERANCE = {TOLERANCE}  # of the largest number of an array


def tensor(numbers):
    return torch.tensor(numbers, dtype=torch.float64)


def agree(name, computed, expected, within=0.0):
    """Fails unless every number is gradstep's; `within` is for those of which rounding leaves fewer digits."""
    expected = tensor(expected)
    largest = torch.nan_to_num(expected, posinf=0.0, neginf=0.0).abs().max().item()
    close = {{"rtol": 0, "atol": max(TOLERANCE * largest, within)}}
    torch.testing.assert_close(computed.detach(), expected, **close, msg=lambda text: f"{{name}}: {{text}}")
'''

_OUTPUTS = {
    "sigmoid": "torch.sigmoid({x})",
    "tanh": "torch.tanh({x})",
    "relu": "F.relu({x})",
    "leaky_relu": "F.leaky_relu({x}, 0.01)",
    "identity": "{x}",
    "softmax": "F.softmax({x}, dim=1)",
}

_LOSSES = {
    "half_squared_error": '0.5 * F.mse_loss({y}, t, reduction="none").sum(dim=1)',
    "squared_error": 'F.mse_loss({y}, t, reduction="none").sum(dim=1)',
    "mean_squared_error": 'F.mse_loss({y}, t, reduction="none").mean(dim=1)',
    # F.binary_cross_entropy is not exact: it holds the logarithm above -100, and y (1 - y) above 1e-12
    "binary_cross_entropy": (
        "-(t * torch.log(torch.where(t > 0, {y}, 1.0))"
        " + (1 - t) * torch.log1p(torch.where(t < 1, -{y}, 0.0))).sum(dim=1)"
    ),
    "cross_entropy": "-(t * torch.log(torch.where(t > 0, {y}, 1.0))).sum(dim=1)",
    "output": "{y}.sum(dim=1)",
}
"""The error of each example."""

_FUSED = {
    "binary_cross_entropy": 'F.binary_cross_entropy_with_logits({x}, t, reduction="none").sum(dim=1)',
    "cross_entropy": 'F.cross_entropy({x}, t, reduction="none")',
}


class TorchScript(Script):
    """Writes it."""

    array = "tensor"
    library = "torch"
    slopes_from_outputs = True

    def head(self) -> None:
        """The imports and two functions."""
        self.write(*_HEAD.strip().splitlines())

    def body(self) -> None:
        """Forward, backward, update."""
        if self.mean:
            self.write("n = len(y0)  # E and dE/dw are means over the examples")
        everything = ["y0", *self._tensors(range(1, self.depth + 1))]
        self.write("", f"for start in ({', '.join(everything)}):", "    start.requires_grad_()")
        self.write("", "# Forward")
        for number in range(1, self.depth + 1):
            self.write(*self._forward(number))
        x, y, loss = f"x{self.depth}", f"y{self.depth}", self.network.loss.name
        self.write("", "# The error of each example, and of the batch")
        self.write(f"e = {(_FUSED if self.fused else _LOSSES)[loss].format(x=x, y=y)}")
        self.write("E = e.mean()" if self.mean else "E = e.sum()", "")
        if self.training.immediate:
            self._immediate()
        else:
            self._simultaneous()

    def _tensors(self, layers: range) -> list[str]:
        return [name for number in layers for name, _ in self.trained(number)]

    def _forward(self, number: int) -> list[str]:
        layer, before = self.layer(number), f"y{number - 1}"
        bias = "" if not layer.bias_names or layer.shared_bias else f", b{number}"
        shared = f" + b{number}" if layer.shared_bias else ""
        return [
            f"x{number} = F.linear({before}, W{number}{bias}){shared}",
            f"y{number} = {_OUTPUTS[layer.activation.name].format(x=f'x{number}')}",
        ]

    def _error_from_outputs(self) -> str:
        """The error as a function of y, where the script's own e is one of x."""
        return _LOSSES[self.network.loss.name].format(y="y")

    def _at_the_outputs(self) -> list[str]:
        """The derivative dE/dy of the last layer where the error is computed from x."""
        return [
            f"y = y{self.depth}.detach().requires_grad_()  # e is computed from x: dE/dy is another derivative",
            f"(dE_dy{self.depth},) = torch.autograd.grad({self._error_from_outputs()}.sum(), y)",
        ]

    def _simultaneous(self) -> None:
        nodes = [f"{letter}{number}" for number in range(1, self.depth + 1) for letter in "xy"]
        nodes = nodes[:-1] if self.fused else nodes
        self.write("# Backward: of the examples' sum, so that each keeps the derivatives of its own error")
        self.write(f"for node in ({', '.join(nodes)}{',' if len(nodes) == 1 else ''}):", "    node.retain_grad()")
        self.write("e.sum().backward()")
        for number in range(self.depth, 0, -1):
            if self.fused and number == self.depth:
                self.write(*self._at_the_outputs())
            else:
                self.write(f"dE_dy{number} = y{number}.grad")
            self.write(f"dE_dx{number} = x{number}.grad")
            for name, _ in self.trained(number):
                if self.mean:
                    self.write(f"{name}.grad /= n")
                self.write(f"dE_d{name} = {name}.grad.clone()")
        self.write("dE_dy0 = y0.grad", "", "# Update")
        self._update(range(1, self.depth + 1))

    def _immediate(self) -> None:
        self.write("# Backward, layer by layer: each is updated before the error goes on")
        if self.fused:
            self.write(*self._at_the_outputs())
        else:
            self.write(f"(dE_dy{self.depth},) = torch.autograd.grad(e.sum(), y{self.depth}, retain_graph=True)")
        for number in range(self.depth, 0, -1):
            names = [name for name, _ in self.trained(number)]
            of = ", ".join([f"x{number}", *names])
            results = ", ".join(f"dE_d{name}" for name in (f"x{number}", *names))
            fused = self.fused and number == self.depth
            outputs = "e.sum()" if fused else f"y{number}, ({of}), dE_dy{number}"
            self.write(f"{results} = torch.autograd.grad({outputs}{f', ({of})' if fused else ''}, retain_graph=True)")
            if self.mean:
                self.write(*(f"dE_d{name} = dE_d{name} / n" for name in names))
            self.write(*(f"{name}.grad = dE_d{name}.clone()" for name in names))
            self._update(range(number, number + 1))
            below = f"F.linear(y{number - 1}, W{number}_new), y{number - 1}, dE_dx{number}"
            self.write(f"(dE_dy{number - 1},) = torch.autograd.grad({below})")

    def _update(self, layers: range) -> None:
        """One optimizer for these layers; what is frozen gets its old value back."""
        parts = [(number, i, *part) for number in layers for i, part in enumerate(self.trained(number))]
        trainable = [(number, i, name, trained) for number, i, name, trained in parts if trained.any()]
        for _, _, name, trained in trainable:
            if not trained.all():
                self.write(f"old_{name} = {name}.detach().clone()")
        if trainable:
            self.write(f"optimizer = {self._optimizer([name for _, _, name, _ in trainable])}")
            for number, i, name, _ in trainable:
                self._remember(number, i, name)
            self.write("optimizer.step()")
        for _, _, name, trained in parts:
            if trained.all():
                self.write(f"{name}_new = {name}")
            elif trained.any():
                which = f"tensor({trained.astype(float).tolist()!r}) > 0"
                self.write(f"{name}_new = torch.where({which}, {name}, old_{name})  # the others are frozen")
            else:
                self.write(f"{name}_new = {name}  # frozen")

    def _optimizer(self, names: list[str]) -> str:
        rule, rate = self.training.optimizer, "lr=learning_rate"
        of = f"[{', '.join(names)}]"
        if isinstance(rule, Momentum):
            nesterov = ", nesterov=True" if rule.nesterov else ""
            return f"torch.optim.SGD({of}, {rate}, momentum={rule.momentum!r}{nesterov})"
        if isinstance(rule, Adam):
            return f"torch.optim.Adam({of}, {rate}, betas=({rule.beta1!r}, {rule.beta2!r}), eps={rule.epsilon!r})"
        return f"torch.optim.SGD({of}, {rate})"

    def _remember(self, number: int, part: int, name: str) -> None:
        """What the optimizer remembers from the iterations before."""
        iteration, rule = self.session.iteration, self.training.optimizer
        if iteration == 0 or not rule.slots:
            return
        held = [self.numbers(self.memories(number, slot)[part]) for slot in range(len(rule.slots))]
        if isinstance(rule, Momentum):
            self.write(f'optimizer.state[{name}]["momentum_buffer"] = {held[0]}')
        else:
            keys = [f'"step": torch.tensor({float(iteration)!r})', f'"exp_avg": {held[0]}', f'"exp_avg_sq": {held[1]}']
            self.write(f"optimizer.state[{name}].update({{{', '.join(keys)}}})")
