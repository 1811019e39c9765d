"""The script in numpy: the forward and the backward pass written out, with the examples of a batch as rows."""

from engine.formula.tree import Call, Spelled
from engine.program.coded import NUMPY, Code
from engine.program.optimizers import W, in_code, names_in_code
from engine.program.steps import Row
from tui.paper.script import TOLERANCE, Script

_HEAD = f'''
import numpy as np

TOLERANCE = {TOLERANCE}  # of the largest number of an array


def agree(name, computed, expected, within=0.0):
    """Fails unless every number is gradstep's; `within` is for those of which rounding leaves fewer digits."""
    expected = np.array(expected)
    largest = np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected))
    np.testing.assert_allclose(computed, expected, rtol=0, atol=max(TOLERANCE * largest, within), err_msg=name)
'''


class NumpyScript(Script):
    """Writes it."""

    array = "np.array"
    library = NUMPY
    slopes_from_outputs = False

    @property
    def head(self) -> str:
        """The import, and the optimizer's rule where it remembers something."""
        return "\n".join((_HEAD, *self._step_function()))

    def backward(self) -> None:
        """A line for each pull, in the order of the walk's rows."""
        immediate, updating = self.training.immediate, False
        self.write("", f"# Backward{': each layer is updated before the error goes on' if immediate else ''}")
        for index, row in enumerate(self.steps.rows):
            if row.quantity in ("dE/dy", "dE/dx"):
                self._values(index, row)
                if row.quantity == "dE/dy":
                    self._givens()
            elif row.quantity == "dE/dw":
                self._parameters(index, row)
            elif row.quantity == "w+":
                if not immediate and not updating:
                    self._givens()
                    self.write("", "# Update")
                updating = True
                for name in row.values:
                    self._update(name, row.layer)
        self._givens()
        self.frozen()

    def _values(self, index: int, row: Row) -> None:
        for name, expected in self.parts(index).items():
            if name in self.program.direct:
                formula = self.program.direct[name]
                assert isinstance(formula, Call)
                remark = formula.function.scripts.get(self.library.name, Spelled()).remark
                self.write(*[f"# {remark}"] * bool(remark))
                self._derivative(name, [self.listing.written(formula)])
            else:
                self._derivative(name, self._parts_of(name))
            self.check(self.derivatives[name], expected, row.quantity, row.layer)

    def _parts_of(self, name: str) -> list[Code]:
        """What comes back to a value from the equations that use it, in their order."""
        own = [self.listing.whole(self.of_itself(name), name)] if name in self.program.errors else []
        uses = self.program.consumers[name]
        return own + [part for use in uses for part in self.listing.pulled(use, name, self.adjoint(use.target))]

    def _derivative(self, name: str, parts: list[Code]) -> None:
        self.assign(f"dE_d{name}", parts)
        self.derivatives[name] = f"dE_d{name}"

    def _givens(self) -> None:
        """Those of the given values to which all has come back."""
        for name, row in self.ready_givens():
            self._derivative(name, self._parts_of(name))
            self.check(self.derivatives[name], self.given_derivative(name, row), "dE/dy", row.layer)

    def _parameters(self, index: int, row: Row) -> None:
        """Of each the uses that are new in this row, and those before."""
        for name, expected in self.parts(index).items():
            uses = self.fresh_uses(name)
            new = self.sum_of_uses(index, name, uses)
            parts = [
                self.over_n(part) for use in uses for part in self.listing.pulled(use, name, self.adjoint(use.target))
            ]
            met = [use.target for use in uses if self.program.shapes[use.target] and not self.program.shapes[name]]
            before = [Code(self.derivatives[name])] if name in self.derivatives else []
            remarks = [f"over all of {', '.join(met)}"] if met else []
            remarks += [] if self.is_whole(index, name) else [f"its uses from {uses[0].target} on"]
            self.assign(new, parts + before, ", ".join(remarks))
            self.derivatives[name] = new
            self.check(new, expected, row.quantity, row.layer)

    def _step_function(self) -> list[str]:
        """The optimizer's rule, where it remembers something."""
        rule = self.training.optimizer
        if not rule.slots:
            return []
        names = names_in_code(rule, rate="learning_rate", time=str(self.session.iteration + 1))
        lines = [f"    {quantity.replace('+', '_new')} = {text}" for quantity, text in in_code(rule, names, "np.")]
        return ["", f"def {rule.name}(w, g, {', '.join(rule.slots)}):", *lines, "    return w_new"]

    def _update(self, name: str, layer: int) -> None:
        rule, trained = self.training.optimizer, self.trained(name)
        new, remark = name, "  # frozen"
        if trained.any():
            remark = ""
            if rule.slots:
                memories = [self.memory(name, slot) for slot in range(len(rule.slots))]
                held = [self.numbers(memory) if memory.any() else f"np.zeros_like({name})" for memory in memories]
                new = f"{rule.name}({name}, dE_d{name}, {', '.join(held)})"
            else:
                names = names_in_code(rule, f"dE_d{name}", "learning_rate") | {W: name}
                ((_, new),) = in_code(rule, names, "np.")
            if not trained.all():
                new, remark = f"np.where({trained.tolist()!r}, {new}, {name})", "  # the others are frozen"
        self.write(f"{name}_new = {new}{remark}")
        self.updated(name, layer)
