"""The script in PyTorch: only the forward pass is written out, autograd finds the derivatives, torch.optim updates."""

from engine.formula.tree import Symbol
from engine.formula.written import code
from tui.paper.script import TOLERANCE, Script

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

_X, _Y, _T = Symbol("x"), Symbol("y"), Symbol("t")


class TorchScript(Script):
    """Writes it."""

    array = "tensor"
    library = "torch"
    slopes_from_outputs = True

    def head(self) -> None:
        """The imports and two functions."""
        self.write(*_HEAD.strip().splitlines())

    def has_sum_of_uses(self, number: int) -> bool:
        """Autograd knows only the whole."""
        return self.training.immediate or self.network.owns(number)

    def body(self) -> None:
        """Forward, backward, update."""
        if self.mean:
            self.write("n = len(y0)  # E and dE/dw are means over the examples")
        everything = ["y0", *(name for number in self.owners for name, _ in self.trained(number))]
        self.write("", f"for start in ({', '.join(everything)}):", "    start.requires_grad_()")
        self.write("", "# Forward")
        for number in range(1, self.depth + 1):
            self.write(*self._forward(number))
        x, y = f"x{self.depth}", f"y{self.depth}"
        self.write("", "# The error of each example, and of the batch")
        self.write(f"e = {self.fused.torch.format(x=x) if self.fused else self._error_from_outputs(y)}")
        self.write("E = e.mean()" if self.mean else "E = e.sum()", "")
        if self.training.immediate:
            self._immediate()
        else:
            self._simultaneous()

    def _total_input(self, number: int, before: str) -> str:
        owner, layer = self.owner(number), self.layer(number)
        if layer.shared_bias:
            return f"F.linear({before}, W{owner}) + b{owner}"
        return f"F.linear({before}, W{owner}{f', b{owner}' if layer.bias_names else ''})"

    def _forward(self, number: int) -> list[str]:
        activation, x = self.layer(number).activation, f"x{number}"
        y = activation.torch.format(x=x) if activation.torch else code(activation.formula(_X), lambda _: x, "torch.")
        if self.network.input_places[number]:
            y = f"torch.cat(({y}, {self.inputs_of(number)}), dim=1)"
        return [f"x{number} = {self._total_input(number, f'y{number - 1}')}", f"y{number} = {y}"]

    def _error_from_outputs(self, y: str) -> str:
        """The errors of the examples as a function of y."""
        loss = self.network.loss
        if loss.torch:
            return loss.torch.format(y=y)
        formula = loss.formula(_Y, _T, float(len(self.network.outputs)))
        return f"({code(formula, {_Y: y, _T: 't'}.__getitem__, 'torch.')}).sum(dim=1)"

    def _at_the_outputs(self) -> list[str]:
        """The derivative dE/dy of the last layer where the error is computed from x."""
        return [
            f"y = y{self.depth}.detach().requires_grad_()  # e is computed from x: dE/dy is another derivative",
            f"e_of_y = {self._error_from_outputs('y')}",
            f"(dE_dy{self.depth},) = torch.autograd.grad(e_of_y.sum(), y)",
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
            for name, _ in self.trained(number) if self.network.owns(number) else ():
                if self.mean:
                    self.write(f"{name}.grad /= n")
                self.write(f"dE_d{name} = {name}.grad.clone()")
        self.write("dE_dy0 = y0.grad", "", "# Update")
        self._update(self.owners)

    def _immediate(self) -> None:
        self.write("# Backward, layer by layer: each is updated before the error goes on")
        if self.fused:
            self.write(*self._at_the_outputs())
        else:
            self.write(f"(dE_dy{self.depth},) = torch.autograd.grad(e.sum(), y{self.depth}, retain_graph=True)")
        for number in range(self.depth, 0, -1):
            fused = self.fused is not None and number == self.depth
            of = f"e.sum(), x{number}" if fused else f"y{number}, x{number}, dE_dy{number}"
            self.write(f"(dE_dx{number},) = torch.autograd.grad({of}, retain_graph=True)")
            self._derivatives_of_parameters(number)
            changed = self.changed_before(number)
            if changed:
                self._update([number])
            weights = f"W{self.owner(number)}{'_new' if changed else ''}"
            below = f"F.linear(y{number - 1}, {weights}), y{number - 1}, dE_dx{number}"
            self.write(f"(dE_dy{number - 1},) = torch.autograd.grad({below})")

    def _derivatives_of_parameters(self, number: int) -> None:
        """Of one layer by itself: its graph ends at the outputs of the layer before."""
        owner, later = self.owner(number), self.later_use(number)
        kinds = ["W", "b"] if self.layer(number).bias_names else ["W"]
        results = ", ".join(f"dE_d{kind}{number}" for kind in kinds)
        of = ", ".join(f"{kind}{owner}" for kind in kinds)
        x = self._total_input(number, f"y{number - 1}.detach()")
        one = "," if len(kinds) == 1 else ""
        self.write(f"{f'({results},)' if one else results} = torch.autograd.grad({x}, ({of}{one}), dE_dx{number})")
        for kind in kinds:
            name = f"dE_d{kind}{number}"
            mean, more = " / n" if self.mean else "", "" if later is None else f" + dE_d{kind}{later}"
            if mean or more:
                self.write(f"{name} = {name}{mean}{more}")
            if owner == number:
                self.write(f"{kind}{number}.grad = {name}.clone()")

    def _update(self, layers: list[int]) -> None:
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
        return self.training.optimizer.torch().format(of=f"[{', '.join(names)}]")

    def _remember(self, number: int, part: int, name: str) -> None:
        """What the optimizer remembers from the iterations before."""
        iteration, rule = self.session.iteration, self.training.optimizer
        if iteration == 0 or not rule.slots:
            return
        held = {slot: self.numbers(self.memories(number, place)[part]) for place, slot in enumerate(rule.slots)} | {
            "step": f"torch.tensor({float(iteration)!r})"
        }
        keys = [f'"{key}": {held[slot]}' for slot, key in rule.torch_memory.items()]
        self.write(f"optimizer.state[{name}].update({{{', '.join(keys)}}})")
