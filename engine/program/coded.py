"""Parts of a script that computes on whole values with a library of arrays.

An array has the examples of the batch as its first axis, unless its value is the same for every example, as parameters
are. What has fewer axes than what it meets is the same along the first ones, as these libraries have it.
"""

from collections.abc import Sequence

from msgspec import Struct

from engine.formula.tree import ATOM, FUNCTIONS, POWER, PRODUCT, SUM, Function, Spelled, Writing
from engine.formula.written import put
from engine.program.meeting import AXES_OF_PICTURES


class NoCodeError(ValueError):
    """There is no way to write something in a script; the message says what."""


class Library(Struct, frozen=True):
    """A library of arrays, as its users write it.

    Attributes:
        name: its module.
        prefix: what stands before its functions.
        axis: what it calls an axis that is given by name.
        new_axis: what stands for a new axis among indices.
        join: its function that puts arrays one behind the other.
    """

    name: str
    prefix: str
    axis: str
    new_axis: str
    join: str


NUMPY = Library("numpy", "np.", "axis", "np.newaxis", "np.concatenate")
TORCH = Library("torch", "torch.", "dim", "None", "torch.cat")


class Code(Struct, frozen=True):
    """An expression of a script.

    Attributes:
        text: as it is written.
        level: how tightly it holds together.
        shape: of the value, for one example.
        per_example: whether examples differ in it: then they are its first axis.
        number: what it is, of a number that stands in the script as such.
        plain: whether it is a number of Python's own and no array: such a one, or computed from those.
        total: the same added up over the examples, where there is a shorter way to write that.
        turned: the same with its last two axes exchanged, likewise.
    """

    text: str
    level: int = ATOM
    shape: tuple[int, ...] = ()
    per_example: bool = False
    number: float | None = None
    plain: bool = False
    total: "Code | None" = None
    turned: "Code | None" = None


class Language:
    """What a script is written in, and what it has to define.

    Args:
        library: of arrays.
        examples: of the batch.
        alone: whether a single one is written as such, with no axis for it.
    """

    def __init__(self, library: Library, examples: int, *, alone: bool = False) -> None:
        self.library, self.examples, self.alone = library, examples, alone and examples == 1
        self.definitions: dict[str, None] = {}

    def spelled(self, function: Function) -> Spelled:
        """How the library's scripts write a function, where it is a way of its own; they define what that calls."""
        spelled = function.scripts.get(self.library.name, Spelled())
        if spelled.define:
            self.define(spelled.define)
        return spelled

    def define(self, lines: str) -> None:
        """Has the script define what its expressions call."""
        self.definitions[lines.strip("\n")] = None

    def number(self, number: float) -> Code:
        """A number as such."""
        return Code(repr(number), SUM if number < 0 else ATOM, number=number, plain=True)

    def array(self, code: Code) -> Code:
        """An array even of a number of Python's own."""
        if not code.plain:
            return code
        made = f"np.array({code.text})" if self.library is NUMPY else f"tensor({code.text})"
        return Code(made, ATOM, code.shape, code.per_example)

    def put(self, writing: Writing, parts: Sequence[Code]) -> str:
        """Parts in a function's form."""
        return put(writing, [(part.text, part.level) for part in parts]).replace(FUNCTIONS, self.library.prefix)

    def aligned(self, code: Code, axes: int) -> Code:
        """An array that stands beside one whose value has so many axes: examples beside examples."""
        missing = axes - len(code.shape)
        channels = len(code.shape) == 1 and axes == AXES_OF_PICTURES
        if missing <= 0 or not (code.per_example or channels):
            return code
        before = ":, :" if code.per_example and channels else ":"
        text = f"{atom(code)}[{before}{f', {self.library.new_axis}' * missing}]"
        return Code(text, ATOM, code.shape, code.per_example)

    def summed(self, code: Code) -> Code:
        """Its rows, or elements, added up."""
        text, first = atom(code), int(code.per_example)
        shape = code.shape[1:]
        axis = f"{self.library.axis}={first}" if shape or first else ""
        both = f"{self.library.axis}=(0, 1)" if shape else ""
        total = Code(f"{text}.sum({both})", shape=shape) if first else None
        return Code(f"{text}.sum({axis})", ATOM, shape, code.per_example, total=total)

    def turned(self, code: Code) -> Code:
        """Its last two axes exchanged."""
        if code.turned is not None:
            return code.turned
        text = f"{atom(code)}{'.swapaxes(1, 2)' if code.per_example else '.T'}"
        return Code(text, ATOM, code.shape[::-1], code.per_example, turned=code)

    def total(self, code: Code) -> Code:
        """Added up over the examples."""
        if not code.per_example:
            return code
        axis = f"{self.library.axis}=0" if code.shape else ""
        return code.total or Code(f"{atom(code)}.sum({axis})", shape=code.shape)

    def full(self, code: Code, shape: tuple[int, ...], *, per_example: bool) -> Code:
        """The same for every example and element, if it is not yet an array of this shape."""
        if (code.shape, code.per_example) == (shape, per_example):
            return code
        sizes = self.sizes(shape, per_example=per_example)
        if not code.plain:
            text = f"broadcast_to({self.aligned(code, len(shape)).text}, {sizes})"
        else:
            text = f"full({sizes}, {code.text}{', dtype=torch.float64' if self.library is TORCH else ''})"
        return Code(f"{self.library.prefix}{text}", ATOM, shape, per_example)

    def einsum(self, letters: str, first: str, second: str) -> str:
        """Σ of products over the axes whose letters the result has not."""
        return f'{self.library.prefix}einsum("{letters}", {first}, {second})'

    def sizes(self, shape: tuple[int, ...], *, per_example: bool) -> str:
        """The shape of an array as it is written."""
        return _tuple((self.examples, *shape) if per_example else shape)


def indexed(code: Code, index: str) -> str:
    """Parts of what stands behind the examples."""
    return f"{atom(code)}[{':, ' * code.per_example}{index}]"


def atom(code: Code) -> str:
    """What a method or an index may follow."""
    return bracketed(code, ATOM)


def bracketed(code: Code, level: int) -> str:
    """In brackets, if it does not hold together as tightly as this."""
    return code.text if code.level >= level else f"({code.text})"


def added(parts: Sequence[Code]) -> str:
    """A sum of arrays."""
    return " + ".join([parts[0].text, *(bracketed(part, PRODUCT) for part in parts[1:])])


def _tuple(sizes: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"


_BATCH = "b"


def contracted(language: Language, left: Code, right: Code, axes: tuple[str, str, str], shape: tuple[int, ...]) -> Code:
    """Σ of products of two arrays over the axes that the result has not.

    Args:
        language: in which.
        left: the first factor.
        right: the second one.
        axes: a letter for each axis but the examples': of `left`, of `right`, of the result.
        shape: of the result.
    """
    first, second = ("b" * code.per_example + of for code, of in zip((left, right), axes, strict=False))
    if not first.startswith(_BATCH) and not second.startswith(_BATCH):
        return Code(*_contracted(language, left, right, (first, second, axes[2])), shape)
    text, level = _contracted(language, left, right, (first, second, _BATCH + axes[2]))
    total = Code(*_contracted(language, left, right, (first, second, axes[2])), shape)
    return Code(text, level, shape, per_example=True, total=total)


def _contracted(language: Language, left: Code, right: Code, axes: tuple[str, str, str]) -> tuple[str, int]:
    first, second, result = axes
    over = {*first, *second} - {*result}
    if len(over) == 1 and (product := _product(left, right, first, second, result)):
        return product, PRODUCT
    if _BATCH in over and len(over) == 2 and (product := _product(left, right, first, second, _BATCH + result)):
        return f"({product}).sum({language.library.axis}=0)", ATOM
    return language.einsum(f"{first},{second}->{result}", left.text, right.text), ATOM


def _product(left: Code, right: Code, first: str, second: str, result: str) -> str | None:
    """As a product of matrices or of stacks of them, if it is one: transposed, and the other way round, if need be."""
    one, other = (left, first), (right, second)
    for (a, of_a), (b, of_b) in ((one, other), (other, one)):
        for rows in _turned(of_a):
            for columns in _turned(of_b):
                if _multiplied(rows, columns) == result:
                    return f"{_matrix(a, of_a, rows)} @ {_matrix(b, of_b, columns)}"
    return None


def _turned(axes: str) -> tuple[str, ...]:
    """As they are, and with the last two in the other order."""
    return (axes,) if len(axes) < 2 else (axes, axes[:-2] + axes[-1] + axes[-2])


def _multiplied(first: str, second: str) -> str | None:
    """The axes of `first @ second`, or None where these do not go together."""
    if len(first) < 3 and len(second) < 3:
        return first[:-1] + second[1:] if first[-1] == second[0] else None
    stack = {axes[0] for axes in (first, second) if len(axes) == 3}
    if stack != {_BATCH} or any(_BATCH in axes[-2:] for axes in (first, second)):
        return None
    inner = second[0] if len(second) == 1 else second[-2]
    last = second[-1] if len(second) > 1 else ""
    return _BATCH + first[-2:-1] + last if first[-1] == inner else None


def _matrix(code: Code, axes: str, turned: str) -> str:
    text = bracketed(code, POWER)
    if axes == turned:
        return text
    if code.turned is not None:
        return bracketed(code.turned, POWER)
    return f"{atom(code)}{'.T' if len(axes) == 2 else '.swapaxes(1, 2)'}"
