"""The script in PyTorch: only the forward pass is written out, autograd finds the derivatives, torch.optim updates."""

from collections.abc import Callable, Sequence
from functools import cached_property

from engine.formula.tree import ATOM
from engine.program.clip import Clip
from engine.program.coded import TORCH, Code, atom
from engine.program.equations import Equation
from engine.program.graph import operands_of
from engine.program.rule import in_code, names_in_code
from engine.program.steps import Row
from tui.paper.script import TOLERANCE, Script
from tui.paper.script_clip import TORCH_EPSILON, Group

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


class TorchScript(Script):
    """Writes it."""

    array = "tensor"
    library = TORCH
    slopes_from_outputs = True

    @property
    def head(self) -> str:
        """The imports and two functions, and the optimizer's rule where PyTorch has none like it."""
        return "\n".join((_HEAD, *self._step_function()))

    def _step_function(self) -> list[str]:
        rule, time = self.training.optimizer, self.session.iteration + 1
        if rule.torch() is not None:
            return []
        names = names_in_code(rule, rate="learning_rate", time=str(time))
        lines = [
            f"    {name} = {text}"
            for name, text in in_code(rule, names, "torch.", time=time, library=self.library.name)
        ]
        return ["", f"def {rule.name}({', '.join(('w', 'g', *rule.slots))}):", *lines, "    return w_new"]

    def before_forward(self) -> list[str]:
        """Has autograd follow what the walk has derivatives of."""
        starts = [self.names[name] for name in self._starts]
        return ["", f"for start in {_tuple(starts)}:", "    start.requires_grad_()"]

    @property
    def _starts(self) -> list[str]:
        return [*(name for name, _ in self.givens()), *self.program.parameters]

    def made(self, equation: Equation) -> Code:
        """What autograd has not followed so far, it follows from here on: the walk has derivatives by that, too."""
        code, target = self.language.array(super().made(equation)), equation.target
        if self.scenario.graph is None:
            return code
        if code.text.isidentifier():  # a node has a derivative of its own
            code = Code(f"{code.text}.clone()", ATOM, code.shape, code.per_example)
        if target not in self.program.live or self.program.is_part_of_error(target):
            return code
        if any(name in self._starts or name in self.program.equation for name in self.program.ways(equation)):
            return code
        return Code(f"{atom(code)}.requires_grad_()", ATOM, code.shape, code.per_example)

    def backward(self) -> None:
        """By one call, or row by row where parameters change on the way."""
        if self.training.immediate:
            self._row_by_row()
        else:
            self._at_once()

    @cached_property
    def _aside(self) -> dict[str, Equation]:
        """The values that are in an equation as written but not as computed: autograd does not go through them."""
        return {
            name: equation
            for equation in self.program.equations
            for name in set(equation.operands) - set(operands_of(equation.form))
        }

    def _at_once(self) -> None:
        live = [e.target for e in self.program.equations if e.target in self.program.live]
        nodes = [name for target in live if target not in self._aside and (name := self.called(target))]
        alone = (
            "" if self.language.alone else ": of the examples' sum, so that each keeps the derivatives of its own error"
        )
        self.write("", f"# Backward{alone}", f"for node in {_tuple(nodes)}:", "    node.retain_grad()", self._call)
        for index, row in enumerate(self.steps.rows):
            if row.quantity in ("dE/dy", "dE/dx"):
                self._values(index, row, self._read)
            elif row.quantity == "dE/dw":
                self._parameters_at_once(index, row)
        self._givens(self._read)
        rows = [row for row in self.steps.rows if row.quantity == "w+"]
        if rows or self.scenario.graph is None:
            self.write("", "# Update")
            self._update(rows)
        self.frozen()

    @property
    def _call(self) -> str:
        """The call that has autograd go all the way back."""
        if self.language.alone:
            return f"{self.each}.backward()"
        if all(error in self.program.shared for error in self.program.errors):  # it counts once for each example
            return f"({len(self.start.examples)} * {self.each}).backward()"
        return f"{self.each}.sum().backward()"

    def _read(self, name: str) -> str:
        """dE/d(value) as autograd keeps it."""
        own = self.names[name]
        found = f"{own}.grad" if self._is_reached(name) else f"torch.zeros_like({own})  # nothing comes back to it"
        return f"dE_d{own} = {found}"

    def _is_reached(self, name: str) -> bool:
        """Whether anything comes back to a value: not where it is only held fast."""
        return name in self._reached

    @cached_property
    def _reached(self) -> set[str]:
        found = set(self.program.errors)
        for equation in reversed(self.program.equations):
            if equation.target in found:
                found.update(self.program.ways(equation))
        return found

    def _row_by_row(self) -> None:
        self.write("", "# Backward, each line through one equation: a layer is updated before the error goes on")
        for index, row in enumerate(self.steps.rows):
            if row.quantity in ("dE/dy", "dE/dx"):
                self._values(index, row, self._pulled)
            elif row.quantity == "dE/dw":
                self._parameters(index, row)
            elif row.quantity == "w+":
                self._update([row])
        self._givens(self._pulled)
        self.frozen()

    def _values(self, index: int, row: Row, line: Callable[[str], str]) -> None:
        """The derivatives by a row's values, and by what is given beside them."""
        for name, expected in self.parts(index).items():
            self.write(*(self._of_written(name) if name in self._aside else [line(name)]))
            self.derivatives[name] = f"dE_d{self.names[name]}"
            self.check(self.derivatives[name], expected, row.quantity, row.subject)
        if row.quantity == "dE/dy":
            self._givens(line)

    def _givens(self, line: Callable[[str], str]) -> None:
        """Those of the given values to which all has come back."""
        for name, row in self.ready_givens():
            self.write(line(name))
            self.derivatives[name] = f"dE_d{self.names[name]}"
            self.check(self.derivatives[name], self.given_derivative(name, row), "dE/dy", row.subject)

    def _parameters_at_once(self, index: int, row: Row) -> None:
        """Autograd knows only the whole of what comes back to a parameter."""
        for name, expected in self.parts(index).items():
            if self.is_whole(index, name):
                own = self.names[name]
                if not self._is_reached(name):
                    self.write(f"{own}.grad = torch.zeros_like({own})  # nothing comes back to it")
                self.write(*[f"{own}.grad /= {self.count}"] * self.mean)
                self.write(*(f"{own}.grad += {slope}" for slope in self._of_penalty(name)))
                self.write(f"dE_d{own} = {own}.grad.clone()")
                self.check(f"dE_d{own}", expected, row.quantity, row.subject)

    def _of_written(self, name: str) -> list[str]:
        """The derivative by a value through an equation as it is written."""
        equation, own = self._aside[name], self.names[name]
        alone = f"{own}_alone"
        code = self.listing.written(equation.formula, lambda leaf: alone if leaf == name else self.called(leaf))
        by = next(leaf for leaf in operands_of(equation.form) if leaf not in equation.operands)
        fresh = f"{alone} = {own}.detach().requires_grad_()"
        if self.program.is_part_of_error(equation.target):
            return [
                f"{fresh}  # e is computed from {by}: this is another derivative",
                f"(dE_d{own},) = torch.autograd.grad({self.error_text(code)}.sum(), {alone})",
            ]
        made, back = self.listing.whole(code, equation.target).text, self.derivatives[equation.target]
        return [
            f"{fresh}  # {equation.target} is computed from {by}: this is another derivative",
            f"(dE_d{own},) = torch.autograd.grad({made}, {alone}, {back})",
        ]

    def _pulled(self, name: str) -> str:
        """dE/d(value) from the equations that use it, as they are computed with the parameters of now."""
        return self._through([name], [f"dE_d{self.names[name]}"], self.program.consumers[name])

    def _through(self, names: Sequence[str], results: Sequence[str], uses: Sequence[Equation]) -> str:
        """The line for what comes back to some values through some equations that use them."""
        ends, adjoints = [], []
        for use in uses:
            if not set(names) & set(operands_of(use.form)):
                continue
            made = self.listing.made(use, lambda leaf: self._beside(leaf, names))
            known = use.target in self.derivatives
            ends.append(made.text if known else f"{self.error_text(made)}.sum()")
            adjoints.append(self.derivatives[use.target] if known else "None")
        of = _one_or_several([self.called(name) or "" for name in names])
        back = "" if adjoints == ["None"] else f", {_one_or_several(adjoints)}"
        made_of = ", ".join(results) if len(results) > 1 else _tuple(results)
        return f"{made_of} = torch.autograd.grad({_one_or_several(ends)}, {of}{back})"

    def _beside(self, leaf: str, names: Sequence[str]) -> str | None:
        """What another value of the same equation is called: nothing goes back through it."""
        called = self.called(leaf)
        return called if leaf in (*names, *self.program.parameters, *self.targets) else f"{called}.detach()"

    def _parameters(self, index: int, row: Row) -> None:
        """All of a row at once: one equation uses them."""
        uses = {name: self.fresh_uses(name) for name in row.values}
        new = {name: self.sum_of_uses(index, name, uses[name]) for name in row.values}
        self.write(self._through(row.values, list(new.values()), uses[row.values[0]]))
        for name, expected in self.parts(index).items():
            whole, before = self.is_whole(index, name), self.derivatives.get(name)
            own = self.names[name]
            if self.mean or before:
                more = f" + {before}" if before else ""
                self.write(f"{new[name]} = {self.over_n(Code(new[name])).text}{more}")
            if whole:
                self.write(*(f"{new[name]} = {new[name]} + {slope}" for slope in self._of_penalty(name)))
                self.write(f"{own}.grad = {new[name]}.clone()")
            self.derivatives[name] = new[name]
            self.check(new[name], expected, row.quantity, row.subject)

    def _of_penalty(self, name: str) -> list[str]:
        """The penalty's part of the derivative by a parameter, where it has one: autograd finds it, too."""
        term = "" if self.penalty is None else self.penalty.of(name)
        return [f"torch.autograd.grad({term}, {self.names[name]})[0]"] if term else []

    def _update(self, rows: list[Row]) -> None:
        """One optimizer for these; what is frozen gets its old value back."""
        parts = [(name, row.subject, self.trained(name)) for row in rows for name in row.values]
        trainable = [name for name, _, trained in parts if trained.any()]
        for name, _, trained in parts:
            if trained.any() and not trained.all():
                self.write(f"old_{self.names[name]} = {self.names[name]}.detach().clone()")
        if self.clipping is not None:
            for group in self.clipping.before(rows):
                self._clip(self.clipping.clip, group)
        own = self.training.optimizer.torch()
        if own is None:
            self.write("with torch.no_grad():")
            self.write(*(f"    {self.names[name]}.copy_({self._by_formula(name)})" for name in trainable))
        elif trainable:
            of = f"[{', '.join(map(self.names.__getitem__, trainable))}]"
            self.write(f"optimizer = {own.format(of=of)}")
            for name in trainable:
                self._remember(name)
            self.write("optimizer.step()")
        for name, subject, trained in parts:
            own = self.names[name]
            if trained.all():
                self.write(f"{own}_new = {own}")
            elif trained.any():
                which = f"tensor({trained.astype(float).tolist()!r}) > 0"
                self.write(f"{own}_new = torch.where({which}, {own}, old_{own})  # the others are frozen")
            else:
                self.write(f"{own}_new = {own}  # frozen")
            self.updated(name, subject)

    def _clip(self, clip: Clip, group: Group) -> None:
        """By PyTorch's own function where it has one; the derivatives that are held against ours stay as they are."""
        own = _tuple([self.names[name] for name in group.parts])
        if not group.norm or (clip.epsilon == TORCH_EPSILON and group.whole):
            function = "clip_grad_norm_" if group.norm else "clip_grad_value_"
            self.write(f"for parameter in {own}:", "    parameter.grad = parameter.grad.clone()")
            self.write(f"torch.nn.utils.{function}({own}, {clip.bound!r})")
            return
        squares = []
        for name, part in group.parts.items():
            grad = f"{self.names[name]}.grad"
            squares.append(f"({grad if part is None else f'{grad}.ravel()[{part!r}]'} ** 2).sum()")
        self.write(f"{group.norm} = torch.sqrt({' + '.join(squares)})")
        for name in group.parts:
            grad = f"{self.names[name]}.grad"
            self.write(f"{grad} = {clip.in_code(grad, group.norm, 'torch.', self.library.name)}")

    def _by_formula(self, name: str) -> str:
        """The new parameter by the rule that is written out."""
        rule, own = self.training.optimizer, self.names[name]
        held = [self.numbers(self.memory(name, slot)) for slot in range(len(rule.slots))]
        return f"{rule.name}({', '.join((own, f'{own}.grad', *held))})"

    def _remember(self, name: str) -> None:
        """What the optimizer remembers from the iterations before."""
        iteration, rule = self.session.iteration, self.training.optimizer
        if iteration == 0 or not rule.slots:
            return
        memory = {slot: self.numbers(self.memory(name, place)) for place, slot in enumerate(rule.slots)}
        held = memory | {"step": f"torch.tensor({float(iteration)!r})"}
        keys = [f'"{key}": {held[slot]}' for slot, key in rule.torch_memory.items() if slot in held]
        self.write(f"optimizer.state[{self.names[name]}].update({{{', '.join(keys)}}})")


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"


def _one_or_several(names: Sequence[str]) -> str:
    """One alone, or several in brackets."""
    return names[0] if len(names) == 1 else f"({', '.join(names)})"
