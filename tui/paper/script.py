"""A script that recomputes one iteration, line by line from the equations of the walk and in the order of its rows.

Here is what scripts for all libraries have in common: the numbers that they hold, and the way forward.
"""

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from importlib.metadata import version
from itertools import accumulate, pairwise
from math import prod

import numpy as np
from numpy.typing import NDArray

from engine.ask.arrays import column_d_error_d_y
from engine.check.uncertainty import uncertainties
from engine.formula.tree import ATOM, PRODUCT, SUM
from engine.program.coded import Code, Language, Library, added, bracketed
from engine.program.equations import Equation
from engine.program.listing import Listing
from engine.program.steps import Row
from engine.walking.session import Session
from tui.paper.literals import WIDTH, literal, upward
from tui.paper.script_clip import Clipping
from tui.paper.script_names import PythonNames
from tui.paper.script_penalty import PenaltyCode
from tui.paper.script_remarks import OfGraph, OfLayers, Remarks

Array = NDArray[np.float64]

TOLERANCE = "1e-9"


class Script(ABC):
    """Writes the script of a session at the end of an iteration, part by part."""

    array: str
    """What makes an array of nested lists."""
    library: Library
    slopes_from_outputs: bool

    def __init__(self, session: Session, taken: Collection[str] = ()) -> None:
        self.session, self.scenario, self.training = session, session.scenario, session.scenario.training
        self.steps, self.program = session.values.steps, session.values.steps.program
        self.start = session.values.beginning
        self.mean = self.training.reduction == "mean" and len(self.start.examples) > 1
        graph = self.scenario.graph
        self.language = Language(self.library, len(self.start.examples), alone=graph is not None)
        self.remarks: Remarks = OfLayers(self.program) if graph is None else OfGraph(graph)
        own = [name for name in self.program.shapes if not self.program.is_part_of_error(name)]
        self.names = PythonNames(own, {*taken, self.training.optimizer.name})
        self.count, self.each = self.names.free("n", "count"), self.names.free("e", "errors")
        self.total = self.names.free("E", "total")
        clip = self.training.clip
        self.clipping = None if clip is None else Clipping(clip, self.steps, self.names)
        self.penalty = None
        if (penalty := self.training.penalty) is not None:
            self.penalty = PenaltyCode(penalty, self.program, self.library, self.names, len(self.start.examples))
        self.listing = Listing(self.program, self.language, self.called)
        self.now: dict[str, str] = {}
        """What parameters are called that are updated already."""
        self.derivatives: dict[str, str] = {}
        """What the script calls dE/d(value), as far as it has it."""
        self._come_back: set[tuple[str, str]] = set()
        self._lines: list[str] = []
        self._numbers: list[tuple[str, Array, tuple[str, int | str]]] = []
        self._spread = uncertainties(session, slopes_from_outputs=self.slopes_from_outputs)

    def text(self) -> str:
        """The whole script."""
        self._given()
        self._forward()
        self.backward()
        defined = _defined([self.head, *self.language.definitions])
        if not defined.isdisjoint(self.names.given()):  # a value has the name of a function that turned out to be used
            return type(self)(self.session, defined).text()
        self.write("", "# Every number as gradstep has it")
        for name, expected, row in self._numbers:
            self._compare(name, expected, row)
        self.write(f'print("{self.library.name} and gradstep agree")')
        return "\n".join([*self._top(), "", "", *self._lines]) + "\n"

    @property
    @abstractmethod
    def head(self) -> str:
        """The imports, and functions of the script's own."""

    @abstractmethod
    def backward(self) -> None:
        """The way back, and the update."""

    def write(self, *lines: str) -> None:
        """Adds lines."""
        self._lines += lines

    def assign(self, name: str, parts: Sequence[Code], remark: str = "") -> None:
        """`name = ` a sum of parts, on several lines where it would be too long."""
        line = f"{name} = {added(parts)}"
        if len(line) + 4 + len(remark) > WIDTH and remark and len(parts) == 1:
            self.write(f"# {remark}", line)
            return
        line += f"  # {remark}" if remark else ""
        if len(line) <= WIDTH or len(parts) == 1:
            self.write(line)
            return
        terms = [f"    {'+ ' if i else ''}{added([part])}" for i, part in enumerate(parts)]
        self.write(f"{name} = ({f'  # {remark}' if remark else ''}", *terms, ")")

    def assign_paths(self, name: str, parts: Sequence[tuple[Code, str]]) -> None:
        """`name = ` a sum of parts, with a remark beside each; where there is none as `assign` has it."""
        if len(parts) < 2 or not any(remark for _, remark in parts):
            self.assign(name, [part for part, _ in parts], ", ".join(remark for _, remark in parts if remark))
            return
        beside = [f"  # {remark}" if remark else "" for _, remark in parts]
        terms = [bracketed(part, PRODUCT) if i else part.text for i, (part, _) in enumerate(parts)]
        lines = [
            f"    {'+ ' if i else ''}{term}{remark}" for i, (term, remark) in enumerate(zip(terms, beside, strict=True))
        ]
        self.write(f"{name} = (", *lines, ")")

    def check(self, name: str, expected: Array, quantity: str, subject: int | str) -> None:
        """Has a number of the script compared with the walk's, which is of this row."""
        if expected.size:
            self._numbers.append((name, expected, (quantity, subject)))

    def called(self, value: str) -> str | None:
        """The script's name of a value; None of one that is summed up where it is made, as nothing else uses it."""
        return None if self.program.is_part_of_error(value) else self.now.get(value, self.names[value])

    def numbers(self, values: Array, names: Sequence[Sequence[str]] = ()) -> str:
        """An array in the script's own terms; arguments as of `literal`."""
        return f"{self.array}({literal(values, names)})"

    def given_numbers(self, values: Array, names: Sequence[Sequence[str]] = ()) -> str:
        """The same of what stands in the file."""
        return self.numbers(values, names)

    def parts(self, index: int) -> dict[str, Array]:
        """What the walk's row of this index has of each value in it."""
        row, result = self.steps.rows[index], self.session.values.results[index]
        one = row.per_example and (self.language.alone or row.values[0] in self.program.shared)
        if one:
            (result,) = result
        batch = (len(result),) if row.per_example and not one else ()
        stops = [0, *accumulate(prod(self.program.shapes[name]) for name in row.values)]
        pieces = [result[..., start:stop] for start, stop in pairwise(stops)]
        return {
            name: piece.reshape((*batch, *self.program.shapes[name]))
            for name, piece in zip(row.values, pieces, strict=True)
        }

    def givens(self) -> Iterator[tuple[str, Row]]:
        """The values that examples give as inputs, and their rows."""
        for row in self.steps.rows:
            for name in row.values if row.quantity == "y" else ():
                if name not in self.program.equation:
                    yield name, row

    @property
    def targets(self) -> list[str]:
        """The values that examples give as targets."""
        given = self.program.given.items() if self.start.targets is not None else ()
        return [name for name, place in given if place.of != "inputs"]

    def given_derivative(self, name: str, row: Row) -> Array:
        """dE/d(a given value), which has no row of its own."""
        column = column_d_error_d_y(self.session, row.layer)
        assert column is not None
        start = sum(prod(self.program.shapes[before]) for before in row.values[: row.values.index(name)])
        own = column[:, start : start + prod(self.program.shapes[name])]
        return own.reshape(-1, *self.program.shapes[name])

    def ready_givens(self) -> Iterator[tuple[str, Row]]:
        """Those to which everything comes back by now, and has not yet."""
        for name, row in list(self.givens()):
            users = self.program.consumers[name]
            if (
                name not in self.steps.backward
                and name not in self.derivatives
                and all(self.is_known(use.target) for use in users)
            ):
                yield name, row

    def is_known(self, value: str) -> bool:
        """Whether the script has dE/d(value)."""
        return value in self.derivatives or self.called(value) is None

    def adjoint(self, value: str) -> Code:
        """dE/d(value); 1 of a part of the error that has none of its own."""
        if value in self.derivatives:
            return self.listing.named(value, self.derivatives[value])
        return self.of_itself(value)

    def of_itself(self, error: str) -> Code:
        """dE/d(a term of E) as such: 1, or where it is one for all examples, their number."""
        return self.language.number(float(self.language.examples) if error in self.program.shared else 1.0)

    def fresh_uses(self, parameter: str) -> list[Equation]:
        """The uses of a parameter that come back in this row: with dE/d(target) known, and in no row before."""
        uses = [use for use in self.program.consumers[parameter] if self.is_known(use.target)]
        fresh = [use for use in uses if (parameter, use.target) not in self._come_back]
        self._come_back |= {(parameter, use.target) for use in fresh}
        return fresh

    def is_whole(self, index: int, name: str) -> bool:
        """Whether the row dE/dw of this index is the last one of a parameter: with it, all uses are summed up."""
        return all(row.quantity != "dE/dw" or name not in row.values for row in self.steps.rows[index + 1 :])

    def sum_of_uses(self, index: int, name: str, uses: Sequence[Equation]) -> str:
        """What the script calls a parameter's derivative in the row dE/dw of this index, where these uses are new."""
        return f"dE_d{self.names[name]}{'' if self.is_whole(index, name) else f'_from_{uses[0].target}'}"

    def over_n(self, code: Code) -> Code:
        """A parameter's part of dE/dw as the batch has it."""
        if not self.mean:
            return code
        return Code(f"{bracketed(code, PRODUCT)} / {self.count}", PRODUCT, code.shape, code.per_example)

    def trained(self, name: str) -> Array:
        """Where a parameter is trained, as an array of booleans."""
        span = self.program.parameters[name]
        flags = np.array([index not in self.training.frozen for index in range(span.start, span.stop)])
        return flags.reshape(self.program.shapes[name])

    def memory(self, name: str, slot: int) -> Array:
        """What the optimizer remembers of a parameter at the start."""
        return self.start.state[slot, self.program.parameters[name]].reshape(self.program.shapes[name])

    def updated(self, name: str, subject: int | str) -> None:
        """From here on, a parameter is the new one."""
        self.now[name] = f"{self.names[name]}_new"
        new = self.session.values.theta[self.program.parameters[name]].reshape(self.program.shapes[name])
        self.check(self.now[name], new, "w+", subject)

    def frozen(self) -> None:
        """The parameters that have no update."""
        for name in self.program.parameters:
            if name not in self.now:
                self.write(f"{self.names[name]}_new = {self.names[name]}  # frozen")
                self.updated(name, 0)

    def error_text(self, code: Code) -> str:
        """A term of each example's error from its parts."""
        whole = self.language.full(code, code.shape, per_example=True)
        for _ in code.shape:
            whole = self.language.summed(whole)
        return whole.text

    def _top(self) -> list[str]:
        examples = ", ".join(str(example + 1) for example in self.start.examples)
        lines = [
            f"# {self.scenario.title}",
            f"# Iteration {self.session.iteration}, example {examples}: recomputed with {self.library.name}, and held",
            "# against every number that gradstep has.",
            f"# Made by gradstep {version('gradstep')}. It needs nothing but {self.library.name}.",
            "",
            *self.head.strip().splitlines(),
        ]
        for define in self.language.definitions:
            lines += ["", "", *define.splitlines()]
        return lines

    def _given(self) -> None:
        self.write(self.remarks.examples(alone=self.language.alone))
        for name, array in self.program.constants.items():
            self.write(f"{self.names[name]} = {self.given_numbers(array[0])}")
        for name in (*(name for name, _ in self.givens()), *self.targets):
            values, names = self.session.values.value(name), self.program.names[name][1]
            own = values[0] if self.language.alone else values
            self.write(f"{self.names[name]} = {self.given_numbers(own, self.remarks.elements(names))}")
        if self.program.parameters or self.scenario.graph is None:
            self.write("", self.remarks.parameters)
        for name in self.program.parameters:
            rows, beside = self.remarks.of_parameter(name)
            numbers = self.given_numbers(self.start.value(name)[0], rows)
            self.write(f"{self.names[name]} = {numbers}{f'  # {beside}' if beside else ''}")
        if self.program.parameters or self.scenario.graph is None:
            self.write(f"learning_rate = {self.training.rate(self.session.iteration)!r}")

    def _forward(self) -> None:
        if self.mean:
            given = next((self.names[name] for name in (*(name for name, _ in self.givens()), *self.targets)), None)
            count = f"len({given})" if given else len(self.start.examples)
            what = "dE/dw" if self.training.learning_rule is None else "corrections"
            self.write(f"{self.count} = {count}  # E and {what} are means over the examples")
        self.write(*self.before_forward())
        self.write("", "# Forward")
        expected = {
            name: (part, row)
            for i, row in enumerate(self.steps.rows)
            if row.phase == "forward"
            for name, part in self.parts(i).items()
        }
        for equation in self.program.equations:
            name = self.called(equation.target)
            if name is not None:
                code = self.made(equation)
                self.assign(name, [code], self.remarks.of_value(equation, f"{equation.target} = {code.text}"))
            if equation.target in expected:
                part, row = expected[equation.target]
                self.check(name or equation.target, part, row.quantity, row.subject)
        if self.scenario.graph is None:
            self._error()
        else:
            self._error_of_graph(set(expected))

    def made(self, equation: Equation) -> Code:
        """What an equation makes, in the shape of its target."""
        return self.listing.whole(self.listing.made(equation), equation.target)

    def before_forward(self) -> list[str]:
        """What the library has to know before it computes."""
        return []

    def _error(self) -> None:
        errors, layer = self.session.values.example_errors, self.steps.rows[self.steps.error_row].layer
        terms = []
        for error in self.program.errors:
            name = self.called(error)
            made = self.listing.named(error, name) if name else self.listing.made(self.program.equation[error])
            terms.append(self.error_text(made))
        self.write("", "# The error of each example, and of the batch")
        self.write(f"e = {' + '.join(terms)}")
        assert errors is not None
        self.check("e", errors, "E", layer)
        self._total(f"e.{'mean' if self.mean else 'sum'}()", layer)

    def _total(self, of_examples: str, subject: int | str) -> None:
        """E of the batch, with the penalty in it where there is one."""
        if self.penalty is not None:
            self.assign(self.penalty.name, self.penalty.parts(), "of parameters alone")
            self.check(self.penalty.name, np.array(self.session.values.penalty), "E", subject)
            of_examples += f" + {self.penalty.name}"
        self.write(f"{self.total} = {of_examples}")
        self.check(self.total, np.array(self.session.values.error), "E", subject)

    def _error_of_graph(self, checked: Container[str]) -> None:
        """Of a single example and node that node; else their sum."""
        index = self.steps.error_row
        subject, rows = self.steps.rows[index].subject, self.session.values.results[index]
        terms = []
        for error, of_examples in zip(self.program.errors, rows.T, strict=True):
            name = self.called(error)
            terms.append(self.listing.named(error, name) if name else self.made(self.program.equation[error]))
            if name and error not in checked:
                self.check(name, of_examples if self.listing.per_example(error) else of_examples[0], "E", subject)
        examples = len(self.start.examples)
        each = Code(added(terms), ATOM if len(terms) == 1 else SUM, (), any(term.per_example for term in terms))
        own = len(terms) == 1 and self.called(self.program.errors[0])
        if own:
            self.each = own
        elif examples == 1 and self.penalty is None:
            self.each = self.total
        is_whole = examples == 1 and self.penalty is None
        if not (is_whole and own):
            self.write("", "# The error")
        if not own:
            self.assign(self.each, [each])
        if examples > 1:
            how = f".{'mean' if self.mean else 'sum'}()" if each.per_example else ""
            times = f"{examples} * " if not each.per_example and not self.mean else ""
            if not own and each.per_example:
                errors = self.session.values.example_errors
                assert errors is not None
                self.check(self.each, errors, "E", subject)
            self._total(f"{times}{self.each}{how}", subject)
        elif not is_whole:
            self._total(self.each, subject)
        elif not own:
            self.check(self.total, np.array(self.session.values.error), "E", subject)

    def _compare(self, name: str, expected: Array, row: tuple[str, int | str]) -> None:
        largest = float(np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected)))
        spread = self._spread.get(row, 0.0)
        if math.isinf(spread):
            self.write(f"# {name}: rounding may do anything to it")
            return
        within = f", within={upward(spread)}" if spread > float(TOLERANCE) * largest else ""
        self.write(f'agree("{name}", {name}, {literal(expected)}{within})')


def _defined(texts: Iterable[str]) -> set[str]:
    """What some lines of a script define."""
    found = (match for text in texts for match in re.finditer(r"^(?:def (\w+)|(\w+) = )", text, re.MULTILINE))
    return {name for match in found for name in match.groups() if name}
