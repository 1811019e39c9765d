"""The formulas of a graph, line by line: each name is made once, of what stands before it."""

import re
from collections.abc import Mapping, Sequence
from math import prod

from engine.files.model import MAX_ELEMENTS
from engine.files.problems import MOST_SHOWN, Problems, shown
from engine.files.repetitions import MAX_NODES, Line
from engine.files.text import TextError, graph_name
from engine.program.grammar import Made, parse_formula, parse_operations
from engine.program.graph import GraphNode
from engine.program.operations import Shape, said
from engine.program.parser import Known
from engine.program.words import FormulaError

_WORDS = re.compile(r"[^\s.,()=@+*/^·−-]+")
"""What may be names in a formula, well formed or not."""


class Lines:
    """Reads the lines of a graph.

    Attributes:
        shapes: of every value, in the order in which they come; None where it is not known.
        nodes: what is read.
        names: of all nodes, well formed or not.
        where: in the file each node's line stands.
        named: whether every line says which node it makes.
        whole: whether every line is read.
    """

    def __init__(self, shapes: Mapping[str, Shape | None], owners: Mapping[str, str], problems: Problems) -> None:
        """Before the first line.

        Args:
            shapes: of what is given.
            owners: what each name of it is.
            problems: gets what is wrong.
        """
        self.shapes = dict(shapes)
        self.nodes: list[GraphNode] = []
        self.where: dict[str, str] = {}
        self.names: list[str] = []
        self.named = self.whole = False
        self._owners, self._problems = dict(owners), problems
        self._gates: set[str] = set()
        self._later: set[str] = set()
        self._uses: dict[str, set[str]] = {}
        self._told: set[str] = set()

    def is_gate(self, name: str) -> bool:
        """Whether a node is an operation of another's formula."""
        return name in self._gates

    def read(self, lines: Sequence[Line], *, gates: bool) -> None:
        """Reads all lines and notes what is wrong with each.

        Args:
            lines: with repetitions written out.
            gates: whether each operation is a node of its own.
        """
        before = len(self._problems.found)
        split = [(line, *self._split(line)) for line in lines]
        self.names = list(dict.fromkeys(name for _, name, _ in split if name))
        self.named = all(name for _, name, _ in split)
        self._later = set(self.names)
        self._uses = {name: set(_WORDS.findall(line.text, start)) & self._later for line, name, start in split if name}
        for line, name, start in split:
            if name and self._is_free(line, name):
                self._read_one(line, name, start, gates=gates)
            if len(self._problems.found) > before + MOST_SHOWN:
                return
        if len(self.nodes) > MAX_NODES:
            message = f"with a node for each operation there are {len(self.nodes):,}"
            self._problems.add("graph.gates", message, f"{MAX_NODES:,} are the most")
        self.whole = bool(lines) and len(self._problems.found) == before

    def _split(self, line: Line) -> tuple[str, int]:
        """The name that a line makes, and where its formula begins; no name after noting what is wrong."""
        name, sign, _ = line.text.partition("=")
        if not sign:
            self._note(line, "it makes no value", 'write name = formula, like "q = x + y"')
            return "", 0
        try:
            return graph_name(name.strip()), len(name) + 1
        except TextError as error:
            self._note(line, error.message, error.remedy)
            return "", 0

    def _is_free(self, line: Line, name: str) -> bool:
        """Whether nothing else has the name."""
        if name in self._owners:
            self._note(line, f"the name {shown(name)} is taken by {self._owners[name]}", "take another")
            return False
        if name in self.shapes:
            self._note(line, f"the name {shown(name)} is taken by {self.where[name]}", "take another")
            return False
        return True

    def _read_one(self, line: Line, name: str, start: int, *, gates: bool) -> None:
        known = Known(self.shapes, self._later, name)
        self.where[name] = _place(line)
        made: tuple[Made, ...] = ()
        try:
            made = parse_operations(line.text, known, start) if gates else (parse_formula(line.text, known, start),)
        except FormulaError as error:
            circle = self._circle(name, error.later) if error.later else ()
            if circle:
                told = f"column {error.start + 1}: a circle: {' ← '.join(map(shown, circle))}"
                self._note(line, told, "a value is made of those before it, never of itself")
            else:
                self._note(line, str(error), self._remedy(line, error))
        self._later.discard(name)
        self.shapes[name] = made[-1].shape if made else None
        *parts, last = made or (None,)
        for part in parts:
            if part is not None:
                self._keep_gate(line, name, part)
        if last is not None:
            self._keep(line, name, last)

    def _keep_gate(self, line: Line, name: str, part: Made) -> None:
        if part.name in self.shapes or part.name in self._later:
            message = f"gates call an operation of {shown(name)} {shown(part.name)}, and that name is taken"
            self._note(line, message, f"give {shown(name)} or the other another name")
            return
        self._gates.add(part.name)
        self.where[part.name] = _place(line)
        self.shapes[part.name] = part.shape
        self.names.append(part.name)
        self._keep(line, part.name, part)

    def _keep(self, line: Line, name: str, made: Made) -> None:
        if made.shape is None:
            return
        if prod(made.shape) > MAX_ELEMENTS:
            message = f"{shown(name)} is {said(made.shape)}, {prod(made.shape):,} numbers"
            self._note(line, message, f"{MAX_ELEMENTS:,} are the most of one value")
            return
        self.nodes.append(GraphNode(name, made.formula, made.text))

    def _circle(self, name: str, later: str) -> tuple[str, ...]:
        """The way from a name over one that is made further down back to it; nothing where there is none."""
        ways: dict[str, tuple[str, ...]] = {later: (name, later)}
        waiting = [later]
        for at in waiting:
            for used in sorted(self._uses.get(at, ())):
                if used == name:
                    return (*ways[at], name)
                if used not in ways:
                    ways[used] = (*ways[at], used)
                    waiting.append(used)
        return ()

    def _remedy(self, line: Line, error: FormulaError) -> str:
        if error.missing and line.turn:
            return f"where {line.turn}, the repetition needs it: give {shown(error.missing)} under constants"
        return ""

    def _note(self, line: Line, message: str, remedy: str) -> None:
        """Notes what is wrong with a line; of one that a repetition writes out, what is wrong in its first turn."""
        if line.where in self._told:
            return
        self._told.add(line.where)
        self._problems.add(_place(line), f'"{shown(line.text.strip())}": {message}', remedy)


def _place(line: Line) -> str:
    """Where a line stands in the file, and in which turn of a repetition."""
    return f"{line.where} ({line.turn})" if line.turn else line.where
