"""The script in numpy: the forward and the backward pass written out, with the examples of a batch as rows."""

from collections.abc import Sequence

from engine.formula.tree import Call, Spelled, calls
from engine.program.coded import NUMPY, Code
from engine.program.equations import Equation
from engine.program.learning_rules import LearningRule
from engine.program.rule import W, in_code, names_in_code
from engine.program.steps import Row
from tui.paper.literals import literal
from tui.paper.script import TOLERANCE, Array, Script
from tui.paper.script_clip import Clipping

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
        """The import, and the optimizer's rule where it is more than one formula."""
        return "\n".join((_HEAD, *self._step_function()))

    def backward(self) -> None:
        """A line for each pull, in the order of the walk's rows."""
        if self.training.learning_rule is not None:
            self._by_learning_rule(self.training.learning_rule)
            return
        immediate, updating = self.training.immediate, False
        what = ": each layer is updated before the error goes on" if immediate else self.remarks.backward
        self.write("", f"# Backward{what}")
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
                if self.clipping is not None and (immediate or not updating):
                    rows = [row] if immediate else [one for one in self.steps.rows if one.quantity == "w+"]
                    self._clip(self.clipping, rows)
                updating = True
                for name in row.values:
                    self._update(name, row.subject)
        self._givens()
        self.frozen()

    def _by_learning_rule(self, rule: LearningRule) -> None:
        """What every parameter gets, by the differences to the targets; and the update."""
        rows = [row for row in self.steps.rows if row.quantity == "w+"]
        use, difference = self.program.equations[0], self.names.free("difference", "off")
        self.write("", f"# Update by the {rule.name} rule: no error goes back")
        self.assign(difference, [self.listing.written(rule.of_layer)])
        self.derivatives[use.target] = difference
        for name in self.program.parameters if rows else ():
            parts = [self.over_n(part) for part in self.listing.pulled(use, name, self.adjoint(use.target))]
            self.assign(f"correction_{self.names[name]}", parts)
        for row in rows:
            for name in row.values:
                self._update(name, row.subject)
        self.frozen()

    def _values(self, index: int, row: Row) -> None:
        for name, expected in self.parts(index).items():
            if name in self.program.direct:
                formula = self.program.direct[name]
                assert isinstance(formula, Call)
                remarks = (call.function.scripts.get(self.library.name, Spelled()).remark for call in calls(formula))
                remark = next(filter(None, remarks), "")
                self.write(*[f"# {remark}"] * bool(remark))
                self._derivative(name, [(self.listing.written(formula), "")])
            else:
                self._derivative(name, self._parts_of(name))
            self.check(self.derivatives[name], expected, row.quantity, row.subject)

    def _parts_of(self, name: str) -> list[tuple[Code, str]]:
        """What comes back to a value from the equations that use it, in their order, and the path of each."""
        uses = self.program.consumers[name]
        own = [(self._of_itself(name), "")] if name in self.program.errors else []
        parts = own + [part for use in uses for part in self._through(use, name)]
        return parts or [(self._nothing(name), "nothing comes back to it")]

    def _through(self, use: Equation, name: str) -> list[tuple[Code, str]]:
        pulled = self.listing.pulled(use, name, self.adjoint(use.target))
        return [(part, self.remarks.of_path(use)) for part in pulled]

    def _of_itself(self, error: str) -> Code:
        if self.scenario.graph is None or not self.listing.per_example(error):
            return self.listing.whole(self.of_itself(error), error)
        return self.listing.named(error, f"np.ones_like({self.called(error)})")

    def _nothing(self, name: str) -> Code:
        return self.listing.named(name, f"np.zeros_like({self.called(name)})")

    def _derivative(self, name: str, parts: list[tuple[Code, str]]) -> None:
        self.derivatives[name] = f"dE_d{self.names[name]}"
        self.assign_paths(self.derivatives[name], parts)

    def _givens(self) -> None:
        """Those of the given values to which all has come back."""
        for name, row in self.ready_givens():
            self._derivative(name, self._parts_of(name))
            self.check(self.derivatives[name], self.given_derivative(name, row), "dE/dy", row.subject)

    def _parameters(self, index: int, row: Row) -> None:
        """Of each the uses that are new in this row, and those before."""
        for name, expected in self.parts(index).items():
            uses = self.fresh_uses(name)
            new = self.sum_of_uses(index, name, uses)
            paths = [part for use in uses for part in self._through(use, name)]
            parts = [(self.over_n(part), remark) for part, remark in paths]
            if name in self.derivatives:
                parts.append((Code(self.derivatives[name]), ""))
            if self.penalty is not None and self.is_whole(index, name):
                parts += [(slope, "") for slope in self.penalty.slopes(name)]
            if any(remark for _, remark in parts):
                self.assign_paths(new, parts)
            else:
                self.assign(new, [part for part, _ in parts] or [self._nothing(name)], self._remark(index, name, uses))
            self.derivatives[name] = new
            self.check(new, expected, row.quantity, row.subject)

    def _remark(self, index: int, name: str, uses: Sequence[Equation]) -> str:
        """Of a parameter of layers, which of its uses come together."""
        met = [use.target for use in uses if self.program.shapes[use.target] and not self.program.shapes[name]]
        remarks = [f"over all of {', '.join(met)}"] if met else []
        remarks += [] if self.is_whole(index, name) else [f"its uses from {uses[0].target} on"]
        return ", ".join(remarks)

    def _clip(self, clipping: Clipping, rows: list[Row]) -> None:
        for group in clipping.before(rows):
            of = {name: f"dE_d{self.names[name]}" for name in group.parts}
            if group.norm:
                parts = {of[name]: part for name, part in group.parts.items()}
                taken = [own if part is None else f"{own}.ravel()[{part!r}]" for own, part in parts.items()]
                self.write(f"{group.norm} = np.sqrt({' + '.join(f'np.sum({one} ** 2)' for one in taken)})")
            for name, own in of.items():
                self.write(f"clipped_{self.names[name]} = {clipping.clip.in_code(own, group.norm, 'np.')}")

    def _taken(self, old: str) -> str:
        """What the rule takes for dE/dw."""
        if self.training.learning_rule is not None:
            return f"correction_{old}"
        return f"dE_d{old}" if self.clipping is None else f"clipped_{old}"

    def _step_function(self) -> list[str]:
        """The optimizer's rule, where it is more than one formula."""
        rule, time = self.training.optimizer, self.session.iteration + 1
        if len(rule.needed()) == 1:
            return []
        names = names_in_code(rule, rate="learning_rate", time=str(time))
        lines = [f"    {name} = {text}" for name, text in in_code(rule, names, "np.", time=time)]
        return ["", f"def {rule.name}({', '.join(('w', 'g', *rule.slots))}):", *lines, "    return w_new"]

    def _update(self, name: str, subject: int | str) -> None:
        rule, trained, old = self.training.optimizer, self.trained(name), self.names[name]
        new, remark = old, "  # frozen"
        if trained.any():
            remark = ""
            if len(rule.needed()) > 1:
                memories = [self.memory(name, slot) for slot in range(len(rule.slots))]
                held = [self.numbers(memory) if memory.any() else f"np.zeros_like({old})" for memory in memories]
                new = f"{rule.name}({', '.join((old, self._taken(old), *held))})"
            else:
                names = names_in_code(rule, self._taken(old), "learning_rate") | {W: old}
                ((_, new),) = in_code(rule, names, "np.")  # it remembers nothing
            if not trained.all():
                new, remark = f"np.where({trained.tolist()!r}, {new}, {old})", "  # the others are frozen"
        self.write(f"{old}_new = {new}{remark}")
        self.updated(name, subject)

    def given_numbers(self, values: Array, names: Sequence[Sequence[str]] = ()) -> str:
        """A number of a graph stands as such."""
        if values.ndim or self.scenario.graph is None:
            return self.numbers(values, names)
        return literal(values)
