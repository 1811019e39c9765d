"""What formulas in a file make: of each its own node, or with `gates` one for each operation."""

from collections.abc import Sequence

from msgspec import Struct

from engine.formula.tree import Formula, Ref, leaves
from engine.program.operations import Shape
from engine.program.parser import Known, Parser, Part


class Made(Struct, frozen=True):
    """One node of what a formula's text makes.

    Attributes:
        name: empty where it is the formula's own.
        formula: over whole values.
        shape: None where it is not known.
        text: as the file has it, with the names of operations that have nodes of their own.
    """

    name: str
    formula: Formula
    shape: Shape | None
    text: str


def parse_formula(text: str, known: Known, start: int = 0) -> Made:
    """Reads a formula.

    Args:
        text: in which it stands.
        known: what it may name.
        start: where in the text it begins.

    Raises:
        FormulaError: it cannot be read, or its shapes do not go together.
    """
    part = Parser(text, known, start).part()
    return Made("", part.formula, part.shape, text[start:].strip())


def parse_operations(text: str, known: Known, start: int = 0) -> tuple[Made, ...]:
    """Reads a formula as its operations, each a node of its own: `f_1`, `f_2` …; the last is the formula's own.

    Arguments and errors as of `parse_formula`.
    """
    parser = _Gates(text, known, start)
    return parser.split()


class _Gates(Parser):
    """The same with a node for each operation; what is made of numbers alone stays in its place."""

    def split(self) -> tuple[Made, ...]:
        self.gates: list[Made] = []
        part = self.part()
        text = part.text or self.text[self.begin :].strip()
        if self.gates and part.formula == Ref(self.gates[-1].name):
            last = self.gates.pop()
            return (*self.gates, Made("", last.formula, last.shape, last.text))
        return (*self.gates, Made("", part.formula, part.shape, text))

    def operation(
        self, formula: Formula, shape: Shape, parts: Sequence[Part], start: int, end: int, depth: int, *, alone: bool
    ) -> Part:
        text = self.written(parts, start, end)
        if not any(isinstance(leaf, Ref) for leaf in leaves(formula)):
            return Part(formula, shape, start, end, depth)
        if not alone:
            return Part(formula, shape, start, end, depth, text)
        self.gates.append(Made(f"{self.known.own}_{len(self.gates) + 1}", formula, shape, text))
        return Part(Ref(self.gates[-1].name), shape, start, end, 0, self.gates[-1].name)

    def written(self, parts: Sequence[Part], start: int, end: int) -> str:
        """A piece of the text with the names of nodes in the places of the parts that they are."""
        pieces, position = [], start
        for part in parts:
            pieces += [self.text[position : part.start], part.text or self.text[part.start : part.end]]
            position = part.end
        return "".join((*pieces, self.text[position:end])).strip()
