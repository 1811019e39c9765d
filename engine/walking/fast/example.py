"""One example's way forward to E, and back, as straight-line Python: what the equations of a program say, line by line.

Every call in a formula makes a value of its own, which equal calls share; a sum takes what it adds up into its line.
What comes back goes from a call to its operands, as `pulled` has it, so that each local derivative is computed once.
It writes what formulas by elements, and functions of rows, compute to the same bit; there `takes` says no.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

from engine.formula.functions import ADD, MULTIPLY, NEGATE, RAISE, SQUARE, SUBTRACT
from engine.formula.tree import Call, Formula, Function, Leaf, Ref, calls, filled
from engine.formula.written import code
from engine.program.across.arrangement import Arrangement, Joined, Reshaped, Transposed
from engine.program.across.fused import FusedLoss
from engine.program.across.products import MatrixProduct
from engine.program.across.reductions import Mean, Sum
from engine.program.across.rows import ByRow, Rows
from engine.program.elementwise import Elementwise, operation
from engine.program.equations import Equation, Program
from engine.program.operations import Operation, Whole
from engine.program.steps import Row, Steps
from engine.walking.fast.rows import Named, RowWriter
from engine.walking.fast.space import Space

BY_ELEMENT = (Elementwise, MatrixProduct, Joined, Arrangement, Sum, Mean)
"""Operations whose elements, computed by themselves, are what they compute of whole values, to the last bit."""
BY_ROW = (ByRow, FusedLoss, Rows)
"""Those that are written, or called, row by row."""

Path = tuple[int, ...]
"""From an equation's whole formula to a call in it, the place of each operand on the way."""

POWER = Function(name="power", writing=RAISE.writing, value=RAISE.value)
"""`**` as a field has it: Python's own makes complex numbers of negative ones."""


def takes(program: Program, *, single: bool) -> bool:
    """Whether every line of a program's iterations can be written.

    Args:
        program: it.
        single: whether a batch has one example.
    """
    computed = (name for name in program.shared if name in program.equation)
    if not single and any(computed):  # what is one for all examples is reduced before it goes on
        return False
    formulas = [equation.formula for equation in program.equations]
    formulas += [equation.form for equation in program.equations]
    formulas += [equation.formula for equation in program.instead.values()]
    return all(isinstance(operation(call.function), (*BY_ELEMENT, *BY_ROW)) for one in formulas for call in calls(one))


class Example:
    """Writes it.

    w3 is θ[3]; v2_0 is element 0 of value number 2, which is one of the program's or what a call makes, d2_0 the
    derivative by it.

    Attributes:
        lines: what is written so far.
        watched: what may be infinite while all that comes of it is finite: operands of what is no sum and no product.
        updated: the indices in θ of parameters that stand for their new values from here on.
    """

    def __init__(self, steps: Steps, space: Space, *, summed: bool) -> None:
        self.program, self._steps, self._space = steps.program, steps, space
        self.lines: list[str] = []
        self.watched: dict[str, None] = {}
        self.updated: set[int] = set()
        self._shapes = dict(self.program.shapes)
        self._numbers = {name: number for number, name in enumerate(self._shapes)}
        self._made: dict[Formula, str] = {}
        self._operands_of: dict[Formula, list[Whole]] = {}
        self._back: dict[str, str] = {}
        self._told: list[str] = []
        self._asked: set[str] = set()
        self._inner: dict[tuple[Equation, Path], str] = {}
        self._of_rows: dict[tuple[Equation, Path, int], list[str]] = {}
        self._rows = RowWriter(space, self.lines, summed=summed)

    # Names

    def items(self, value: str) -> range:
        """The numbers of a value's elements."""
        return range(prod(self._shapes[value]))

    def index(self, parameter: str, item: int) -> int:
        """Where in θ an element of a parameter stands."""
        start: int = self.program.parameters[parameter].start
        return start + item

    def name(self, leaf: Leaf) -> str:
        """What an element of a value is called."""
        assert isinstance(leaf, Ref)
        if leaf.name in self.program.parameters:
            index = self.index(leaf.name, leaf.item or 0)
            return f"w{index}_new" if index in self.updated else f"w{index}"
        return f"v{self._numbers[leaf.name]}_{leaf.item or 0}"

    def _names(self, value: str) -> list[str]:
        return [self.name(Ref(value, item)) for item in self.items(value)]

    def given(self) -> Iterator[str]:
        """What the example gives; its weights stand behind its targets."""
        for of in ("inputs", "targets"):
            given = [(at.columns, name) for name, at in self.program.given.items() if at.of == of]
            if of == "targets":
                behind = sum(len(columns) for columns, _ in given)
                weights = [(at.columns, name) for name, at in self.program.given.items() if at.of == "weights"]
                given += [(tuple(behind + column for column in columns), name) for columns, name in weights]
            columns = {
                column: self.name(Ref(name, item)) for places, name in given for item, column in enumerate(places)
            }
            if columns:
                yield "".join(f"{columns[column]}, " for column in sorted(columns)) + f"= {of}"

    def constants(self) -> Iterator[str]:
        """What is the same for all."""
        for name, array in self.program.constants.items():
            for item, number in enumerate(array.ravel().tolist()):
                yield f"{self.name(Ref(name, item))} = {number!r}"

    def _code(self, formula: Formula) -> str:
        return code(_with_powers(formula), self.name, call=self._space.called)

    # Forward

    def forward(self) -> None:
        """To e, the error before it is added up."""
        for equation in self.program.equations:
            if isinstance(equation.form, Call):
                self._make(equation.form, equation.target)
            else:
                for item, name in enumerate(self._names(equation.target)):
                    self.lines.append(f"{name} = {self._code(self.program.element(equation.form, item))}")
        self.lines.append("e = " + " + ".join(name for error in self.program.errors for name in self._names(error)))

    def watch(self, values: Sequence[str]) -> None:
        """Watches such values besides, and every derivative that nothing uses: that by an input, or by a target."""
        for value in values:
            self.watched.update(dict.fromkeys(self._names(value)))
        self.watched.update(dict.fromkeys(self._back.get(name, name) for name in self._told if name not in self._asked))

    def _make(self, call: Call, target: str = "") -> str:
        """Writes what a call makes; the value's name."""
        if call in self._made:
            known = self._made[call]
            if target:
                self.lines += [f"{a} = {b}" for a, b in zip(self._names(target), self._names(known), strict=True)]
            return target or known
        does, operands = operation(call.function), self._operands(call)
        value = target or self._new(f"·{len(self._numbers)}", does.shape([one.shape for one in operands]))
        if isinstance(does, BY_ROW):
            self._rows.make(call.function, self._named(call), self._names(value))
        else:
            for item in self.items(value):
                self._element(self.name(Ref(value, item)), does.element(operands, item))
        if not _hands_on(call.function):
            for argument in call.arguments:
                self._watch(argument)
        self._made[call] = value
        return value

    def _new(self, name: str, shape: tuple[int, ...]) -> str:
        self._numbers[name], self._shapes[name] = len(self._numbers), shape
        return name

    def _element(self, name: str, element: Formula) -> None:
        """One number of the way forward."""
        lines = element.function.lines if isinstance(element, Call) else None
        if lines is None or not isinstance(element, Call):
            self.lines.append(f"{name} = {self._code(element)}")
            return
        x = self._code(element.arguments[0])
        self.lines += [line.format(x=x, y=name) for line in lines.value]
        self._rows.know(element.function.name, [x], [name])

    def _watch(self, operand: Formula) -> None:
        """An operand's elements, unless they are given."""
        value = self._made.get(operand) if isinstance(operand, Call) else getattr(operand, "name", None)
        program = self.program
        if value is not None and not any(value in of for of in (program.given, program.constants, program.parameters)):
            self.watched.update(dict.fromkeys(self._names(value)))

    def _operands(self, call: Call) -> list[Whole]:
        if call not in self._operands_of:
            self._operands_of[call] = [self._whole(argument, call) for argument in call.arguments]
        return self._operands_of[call]

    def _whole(self, formula: Formula, above: Call) -> Whole:
        """An operand of which elements are asked: names, or what stands in a sum's line itself."""
        if not isinstance(formula, Call):
            shape = self._shapes[formula.name] if isinstance(formula, Ref) else ()
            return Whole(shape, lambda item: Ref(formula.name, item) if isinstance(formula, Ref) else formula)
        shape, does = self.program.shape(formula), operation(formula.function)
        alone = isinstance(operation(above.function), Sum) or shape == self.program.shape(above)
        if _is_sum(above.function) and _hands_on(formula.function) and alone and formula not in self._made:
            operands = self._operands(formula)
            return Whole(shape, lambda item: does.element(operands, item))
        value = self._make(formula)
        return Whole(shape, lambda item: Ref(value, item))

    def _named(self, call: Call) -> list[Named]:
        """The operands of a function of rows."""
        operands = self._operands(call)
        return [
            Named([self._code(one.element(item)) for item in range(prod(one.shape))], one.shape) for one in operands
        ]

    # Backward

    @staticmethod
    def added(terms: Sequence[str]) -> str:
        """A sum from the first term to the last."""
        return " + ".join(f"({term})" if number and " + " in term else term for number, term in enumerate(terms))

    def back(self, row: Row) -> None:
        """A row dE/dy or dE/dx."""
        (value,) = row.values
        if value in self.program.passed:  # nothing uses it
            return
        names = [f"d{self._numbers[value]}_{item}" for item in self.items(value)]
        direct = self.program.direct.get(value)
        if direct is not None and isinstance(direct, Call):
            if isinstance(operation(direct.function), BY_ROW):
                self._rows.make(direct.function, self._named(direct), names)
            else:
                made = self._names(self._make(direct))
                self.lines += [f"{name} = {one}" for name, one in zip(names, made, strict=True)]
            return
        self._told += names
        own = ["1.0"] if value in self.program.errors else []
        for item, name in enumerate(names):
            parts = own + [self.part(use, value, item) for use in self.program.consumers[value]]
            self._set(name, self.added(parts or ["0.0"]) + (" + 0.0" if len(parts) > 1 else ""))

    def take(self, value: str, formula: Formula) -> None:
        """What stands in the place of the derivative by a value."""
        for item in self.items(value):
            self.lines.append(f"d{self._numbers[value]}_{item} = {self._code(self.program.element(formula, item))}")

    def _set(self, name: str, text: str) -> None:
        """Writes a derivative, unless it is another one, or a 1."""
        if text == "1.0" or text.isidentifier():
            self._back[name] = text
        else:
            self.lines.append(f"{name} = {text}")

    def part(self, equation: Equation, value: str, item: int) -> str:
        """What comes back to an element of a value through an equation: a term for each use, from left to right."""
        if isinstance(equation.formula, Ref):
            return self._adjoint(equation, (), item)
        ways = self.program.ways(equation).get(value, ())
        terms = [self._term(equation, tuple(turn.place for turn in way), item) for way in ways]
        return self.added(terms) if terms else "0.0"

    def _adjoint(self, equation: Equation, path: Path, item: int) -> str:
        """What comes back to an element of what a call in a formula makes."""
        if not path:
            if equation.target in self.program.errors and equation.target not in self._steps.backward:
                return "1.0"  # it has no row of its own: E by itself
            name = f"d{self._numbers[equation.target]}_{item}"
            self._asked.add(name)
            return self._back.get(name, name)
        if (equation, path) not in self._inner:
            number = self._inner[equation, path] = f"b{len(self._inner)}"
            for of in range(prod(self.program.shape(_at(equation.formula, path)))):
                self._set(f"{number}_{of}", self._term(equation, path, of))
        name = f"{self._inner[equation, path]}_{item}"
        return self._back.get(name, name)

    def _term(self, equation: Equation, path: Path, item: int) -> str:
        """What comes back to an element of the operand at the end of a path, by the call of which it is one."""
        *above, place = path
        call = _at(equation.formula, tuple(above))
        assert isinstance(call, Call)
        does, operands = operation(call.function), self._operands(call)
        if isinstance(does, BY_ROW):
            return self._through_rows(equation, tuple(above), place)[item]
        shapes = [operand.shape for operand in operands]
        terms = []
        for of in does.reach(place, shapes, item):
            back = self._adjoint(equation, tuple(above), of)
            terms.append(_times(self._local(does, call, place, item, of), back))
        return " + ".join(terms) + (" + 0.0" if does.sums(place, shapes) else "") if terms else "0.0"

    def _local(self, does: Operation, call: Call, place: int, item: int, of: int) -> str:
        """A local derivative, from what the way forward left where it left something; none where it is 1."""
        operands = self._operands(call)
        slope = does.partial(place, operands, item, of)
        if isinstance(does, Elementwise) and not _hands_on(call.function):
            element, made = does.element(operands, of), Ref(self._make(call), of)
            lines = element.function.lines if isinstance(element, Call) else None
            if lines is not None:
                return lines.slope.format(y=self.name(made))
            known: Mapping[Formula, Formula] = {element: made}
            slope = filled(slope, known)
        if slope == 1.0:
            return ""
        text = self._code(slope)
        return f"({text})" if isinstance(slope, Call) else text

    def _through_rows(self, equation: Equation, path: Path, place: int) -> list[str]:
        """What comes back to every element of an operand of a function of rows."""
        key = (equation, path, place)
        if key not in self._of_rows:
            call = _at(equation.formula, path)
            assert isinstance(call, Call)
            made = self._names(self._make(call)) if isinstance(operation(call.function), ByRow) else []
            back = [self._adjoint(equation, path, item) for item in range(prod(self.program.shape(call)))]
            self._of_rows[key] = self._rows.back(call.function, place, self._named(call), made, back)
        return self._of_rows[key]


def _is_sum(function: Function) -> bool:
    """Whether a function only adds up."""
    return function in (ADD, SUBTRACT, NEGATE) or isinstance(operation(function), Sum)


def _hands_on(function: Function) -> bool:
    """Whether what it makes is not finite wherever an operand is not; then no slope asks for it."""
    of_whole = (Sum, Mean, MatrixProduct, Joined, Transposed, Reshaped)
    return function in (ADD, SUBTRACT, NEGATE, MULTIPLY, SQUARE) or isinstance(operation(function), of_whole)


def _at(formula: Formula, path: Path) -> Formula:
    """The part of a formula to which a path leads."""
    for place in path:
        assert isinstance(formula, Call)
        formula = formula.arguments[place]
    return formula


def _times(slope: str, back: str) -> str:
    if not slope or not back:
        return slope or back or "1.0"
    return slope if back == "1.0" else f"{slope} * {back}"


def _with_powers(formula: Formula) -> Any:
    """The formula with powers that never leave the real numbers."""
    if not isinstance(formula, Call):
        return formula
    arguments = tuple(map(_with_powers, formula.arguments))
    whole = formula.function is RAISE and isinstance(arguments[1], float) and arguments[1].is_integer()
    return Call(POWER if formula.function is RAISE and not whole else formula.function, arguments)
