"""The script in numpy: the forward and the backward pass written out, with the examples of a batch as rows."""

from engine.formula.functions import MULTIPLY
from engine.formula.tree import Symbol
from engine.formula.written import code
from engine.program.optimizers import W, in_code, names_in_code
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

_X, _Y, _T, _DY = (Symbol(name) for name in ("x", "y", "t", "dy"))


class NumpyScript(Script):
    """Writes it."""

    array = "np.array"
    library = "numpy"
    slopes_from_outputs = False

    def head(self) -> None:
        """The import and the functions that this network needs."""
        self.write(*_AGREE.strip().splitlines())
        loss, fused = self.network.loss, self.fused
        records = [activation.numpy for activation in self.activations()] + [loss.numpy]
        records += [] if fused is None else [fused.numpy]
        for define in dict.fromkeys(record.define for record in records):
            if define:
                self.write("", *define.rstrip().splitlines())
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
            y = self._output(number)
            beside = bool(self.network.input_places[number])
            self.write(f"y{number} = {f'np.hstack(({y}, {self.inputs_of(number)}))' if beside else y}")
        x, y, fused = f"x{self.depth}", f"y{self.depth}", self.fused
        self.write("", "# The error of each example, and of the batch")
        self.write(f"e = {self._errors(y) if fused is None else fused.numpy.value.format(x=x)}")
        self.write("E = e.mean()" if self.mean else "E = e.sum()")
        self.write("", "# Backward")
        self.write(f"dE_dy{self.depth} = {self._loss_slope(y)}")
        for number in range(self.depth, 0, -1):
            self._backward(number)
        if not self.training.immediate:
            self.write("", "# Update")
            for number in reversed(self.owners):
                self._update(number)

    def _backward(self, number: int) -> None:
        x, y, dx = f"x{number}", f"y{number}", f"dE_dx{number}"
        activation, fused = self.layer(number).activation.name, self.fused
        if fused is not None and number == self.depth:
            loss = self.network.loss.name
            self.write(f"# {activation} and {loss} cancel: y - t, near 1 from what both leave of it")
            near_one = fused.numpy.slope.format(x=x, y=y)
            self.write(
                f"{dx} = np.where(({y} > 0.5) & (t > 0.5), {near_one}, {y} - t)  # {activation} and {loss} cancel"
            )
        else:
            dy = f"dE_dy{number}" + (
                f"[:, :{len(self.layer(number).nodes)}]" if self.network.input_places[number] else ""
            )
            self.write(f"{dx} = {self._through(number, dy)}")
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

    def _output(self, number: int) -> str:
        activation, x = self.layer(number).activation, f"x{number}"
        if activation.numpy.value:
            return activation.numpy.value.format(x=x)
        return code(activation.formula(_X), lambda _: x, "np.")

    def _through(self, number: int, dy: str) -> str:
        """dE/dx from dE/dy."""
        activation, x, y = self.layer(number).activation, f"x{number}", f"y{number}"
        if activation.numpy.slope:
            return activation.numpy.slope.format(x=x, y=y, dy=dy)
        slope = activation.slope_formula(_X, _Y)
        through = _DY if slope == 1.0 else MULTIPLY(slope, _DY)
        return code(through, {_X: x, _Y: y, _DY: dy}.__getitem__, "np.")

    def _errors(self, y: str) -> str:
        """The error of each example from its outputs."""
        loss = self.network.loss
        if loss.numpy.value:
            return loss.numpy.value.format(y=y)
        formula = loss.formula(_Y, _T, float(len(self.network.outputs)))
        return f"({code(formula, {_Y: y, _T: 't'}.__getitem__, 'np.')}).sum(axis=1)"

    def _loss_slope(self, y: str) -> str:
        loss = self.network.loss
        if loss.numpy.slope:
            return loss.numpy.slope.format(y=y)
        slope = loss.slope_formula(_Y, _T, float(len(self.network.outputs)))
        text = code(slope, {_Y: y, _T: "t"}.__getitem__, "np.")
        return f"np.full_like({y}, {text})" if isinstance(slope, float) else text

    def _step_function(self) -> list[str]:
        """The optimizer's rule, where it remembers something."""
        rule = self.training.optimizer
        if not rule.slots:
            return []
        names = names_in_code(rule, rate="learning_rate", time=str(self.session.iteration + 1))
        lines = [f"    {quantity.replace('+', '_new')} = {text}" for quantity, text in in_code(rule, names, "np.")]
        return ["", "", f"def {rule.name}(w, g, {', '.join(rule.slots)}):", *lines, "    return w_new"]

    def _update(self, number: int) -> None:
        rule = self.training.optimizer
        for i, (name, trained) in enumerate(self.trained(number)):
            if not trained.any():
                self.write(f"{name}_new = {name}  # frozen")
                continue
            if rule.slots:
                memories = [self.memories(number, slot)[i] for slot in range(len(rule.slots))]
                held = ", ".join(
                    self.numbers(memory) if memory.any() else f"np.zeros_like({name})" for memory in memories
                )
                new = f"{rule.name}({name}, dE_d{name}, {held})"
            else:
                names = names_in_code(rule, f"dE_d{name}", "learning_rate") | {W: name}
                ((_, new),) = in_code(rule, names, "np.")
            if not trained.all():
                new = f"np.where({trained.tolist()!r}, {new}, {name})  # the others are frozen"
            self.write(f"{name}_new = {new}")
