"""From the text of a formula to the formula, with the shapes of all its parts.

A sign before a power is taken last, powers go to the right, `@` binds like `*`. Shapes are inferred from the leaves up,
so that what does not fit is told where it stands. Text is taken apart by hand and never evaluated as code.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from engine.formula.functions import (
    ADD,
    DIVIDE,
    EXP,
    HALF,
    MULTIPLY,
    NEGATE,
    PI,
    RAISE,
    SQUARE,
    SUBTRACT,
)
from engine.formula.similar import is_another, most_similar, some_of, told_apart
from engine.formula.tree import Formula, Function, Ref
from engine.program.across.arrangement import TRANSPOSE, pick
from engine.program.across.products import MATRIX_PRODUCT
from engine.program.operations import Shape, ShapeError
from engine.program.settings import Setting
from engine.program.tokens import shown
from engine.program.vocabulary import NAMES, VOCABULARY, Entry, shape_of
from engine.program.words import FormulaError, Word, words_of

MOST_DEEP = 100
"""Operations within operations: what walks through a formula goes as deep."""

_SUMS = {"+": ADD, "-": SUBTRACT}
_PRODUCTS = {"*": MULTIPLY, "/": DIVIDE, "@": MATRIX_PRODUCT}


class Known(Struct, frozen=True):
    """What a formula may name.

    Attributes:
        shapes: of every value that is made before; None where it is not known, because its own formula is wrong.
        later: the names of values that are made after, or are the formula's own.
        own: the name that the formula makes.
    """

    shapes: Mapping[str, Shape | None]
    later: Collection[str] = ()
    own: str = ""

    def has(self, name: str) -> bool:
        """Whether there is a value of this name anywhere."""
        return name in self.shapes or name in self.later


class Part(Struct, frozen=True):
    """A piece of the text that is read.

    Attributes:
        formula: what it is.
        shape: None where it is not known.
        start: where it begins.
        end: behind its last character.
        depth: operations within operations.
        text: what stands for it in the text of an operation that uses it; empty where it is as it is written.
    """

    formula: Formula
    shape: Shape | None
    start: int
    end: int
    depth: int = 0
    text: str = ""


class Parser:
    """Recursive descent."""

    def __init__(self, text: str, known: Known, start: int) -> None:
        self.text, self.known, self.begin = text, known, start
        self.words = words_of(text, known.has, start)
        self.position = 0
        self.nested = 0

    def part(self) -> Part:
        """All of the text."""
        if len(self.words) == 1:
            raise FormulaError(self.begin, "it is empty: give a formula like w * x + b")
        part = self._sum()
        if self._word.kind != "end":
            raise FormulaError(self._word.start, self._left_over())
        return part

    # What comes next

    @property
    def _word(self) -> Word:
        return self.words[self.position]

    def _take(self, *signs: str) -> Word | None:
        """The next word if it is one of these signs."""
        word = self._word
        if word.kind == "sign" and word.text in signs:
            self.position += 1
            return word
        return None

    def _need(self, sign: str, problem: str) -> Word:
        word = self._take(sign)
        if word is None:
            raise FormulaError(self._word.start, problem)
        return word

    def _left_over(self) -> str:
        """What is wrong with the next word, which goes with nothing before it."""
        if self._word.text == "=":
            return "there is a second =: a node has one formula"
        if self._word.text == ")":
            return "this ) closes no bracket"
        if self._word.text == ",":
            return "a comma stands between the arguments of a function only"
        return f"an operator is missing before {shown(self._word.text)}: a product is written *"

    def _deeper(self, rule: Callable[[], Part]) -> Part:
        self.nested += 1
        if self.nested > MOST_DEEP // 2:
            raise FormulaError(
                self._word.start, f"nested deeper than {MOST_DEEP // 2}: give its parts nodes of their own"
            )
        part = rule()
        self.nested -= 1
        return part

    # Rules, from what binds least

    def _sum(self) -> Part:
        left = self._product()
        while sign := self._take("+", "-"):
            left = self._applied(_SUMS[sign.text], left, self._product())
        return left

    def _product(self) -> Part:
        left = self._signed()
        while sign := self._take("*", "/", "@"):
            left = self._applied(_PRODUCTS[sign.text], left, self._signed())
        return left

    def _signed(self) -> Part:
        sign = self._take("-", "+")
        if sign is None:
            return self._power()
        part = self._deeper(self._signed)
        if sign.text == "+":
            return _from(part, sign.start)
        if isinstance(part.formula, float):
            return Part(-part.formula, (), sign.start, part.end)
        return self._made(NEGATE(part.formula), [part], sign.start, part.end)

    def _power(self) -> Part:
        if self._is_natural_power():
            start = self._word.start
            self.position += 2
            exponent = self._deeper(self._signed)
            return self._made(EXP(exponent.formula), [exponent], start, exponent.end)
        base = self._behind(self._atom())
        while sign := self._take("²"):
            base = self._made(SQUARE(base.formula), [base], base.start, sign.end)
        if not self._take("**"):
            return base
        exponent = self._deeper(self._signed)
        if exponent.formula == 2.0:
            return self._made(SQUARE(base.formula), [base], base.start, exponent.end)
        return self._applied(RAISE, base, exponent)

    def _is_natural_power(self) -> bool:
        """Whether it is e to a power, where no value is called e."""
        word, following = self._word, self.words[min(self.position + 1, len(self.words) - 1)]
        return (
            word.kind == "name"
            and word.text == "e"
            and not self.known.has("e")
            and following.kind == "sign"
            and following.text == "**"
        )

    def _behind(self, part: Part) -> Part:
        """With what may follow directly: `.T`, `.1`, `.2.3`."""
        while True:
            if sign := self._take(".T"):
                part = self._arranged(TRANSPOSE, part, sign.end)
            elif self._word.kind == "pick":
                word = self._word
                self.position += 1
                numbers = [int(number) for number in word.text.split(".") if len(number) < 10]
                if len(numbers) != word.text.count(".") + 1:
                    raise FormulaError(word.start, f"there is no element .{shown(word.text)}")
                part = self._arranged(pick(*numbers), part, word.end)
            else:
                return part

    def _atom(self) -> Part:
        word = self._word
        if word.kind == "function":
            return self._call()
        if word.kind == "name":
            return self._name()
        if sign := self._take("("):
            part = self._deeper(self._sum)
            close = self._need(")", "a closing ) is missing")
            return Part(part.formula, part.shape, sign.start, close.end, part.depth, part.text)
        if word.kind == "number":
            self.position += 1
            return Part(word.number, (), word.start, word.end)
        if sign := self._take("½"):
            return Part(HALF, (), sign.start, sign.end)
        if self._take("√"):
            return self._bare(VOCABULARY["√"], word.start)
        raise FormulaError(word.start, "a value is missing here: a number or a name")

    def _bare(self, entry: Entry, start: int) -> Part:
        """A function of the one value that follows, in brackets or not."""
        part = self._deeper(self._power)
        return self._made(entry.make([part.formula], [part.shape]), [part], start, part.end)

    # Names and calls

    def _name(self) -> Part:
        word = self._word
        self.position += 1
        name = word.text
        if name in self.known.shapes:
            return Part(Ref(name), self.known.shapes[name], word.start, word.end)
        if name == self.known.own:
            raise FormulaError(word.start, f"{name} uses itself: a value is made of those before it")
        if name in self.known.later:
            raise FormulaError(word.start, f"{name} is made further down: put its line before this one", later=name)
        if name == "π":
            return Part(PI, (), word.start, word.end)
        entry = VOCABULARY.get(name)
        if entry is not None and entry.bare and self._word.kind in ("name", "number", "function"):
            return self._bare(entry, word.start)
        raise FormulaError(word.start, self._unknown(name, entry), name if entry is None else "")

    def _unknown(self, name: str, entry: Entry | None) -> str:
        if entry is not None:
            return f"{name} is a function: {entry.like}"
        if name == "e":
            return "e stands for a number in e^x only: exp(1) is e itself"
        alike = (other for other in self.known.shapes if other.lower() == name.lower())
        near = next(alike, None) or most_similar(name, self.known.shapes)
        remedy = f"is {shown(near)} meant?" if near else f"there are {some_of(map(shown, self.known.shapes), 8)}"
        return f"there is no {shown(name)} before this line: {remedy}"

    def _call(self) -> Part:
        word = self._word
        self.position += 2
        entry = VOCABULARY.get(word.text)
        if entry is None:
            raise FormulaError(word.start, self._no_function(word.text))
        parts, settings, close = self._arguments(word.text, entry)
        count = len(parts)
        self._by_place(parts, settings, entry)
        sizes: list[int] = []
        while entry.sizes[1] and len(parts) > entry.least and isinstance(parts[-1].formula, float):
            sizes.insert(0, self._size(parts.pop(), entry))
        least, most = entry.sizes
        given = {name: value.formula if isinstance(value, Part) else value for name, value in settings.items()}
        used = [*parts, *(value for value in settings.values() if isinstance(value, Part))]
        if not entry.least <= len(parts) <= (entry.most or count) or not least <= len(sizes) <= most:
            raise FormulaError(word.start, self._wrong_count(word.text, entry, count))
        return self._fitting(
            lambda: entry.make([part.formula for part in used], [part.shape for part in used], *sizes, **given),
            used,
            word.start,
            close.end,
        )

    def _by_place(self, parts: list[Part], settings: dict[str, Setting | Part], entry: Entry) -> None:
        """Numbers behind the values are settings, in the order of these."""
        most = entry.most or len(parts)
        names = list(entry.options)[: entry.by_place]
        if not most < len(parts) <= most + len(names):
            return
        for part, name in zip(parts[most:], names, strict=False):
            if name in settings:
                raise FormulaError(part.start, f"{name} is given twice")
            if not isinstance(part.formula, float) or not entry.options[name].takes(part.formula):
                raise FormulaError(part.start, f"{name} must be {entry.options[name].words}: {entry.like}")
            settings[name] = part.formula
        del parts[most:]

    def _size(self, part: Part, entry: Entry) -> int:
        number = part.formula
        if not isinstance(number, float) or number != int(number) or not 1 <= number <= 1_000_000:
            raise FormulaError(part.start, f"a whole number from 1 is needed here: {entry.like}")
        return int(number)

    def _wrong_count(self, name: str, entry: Entry, count: int) -> str:
        least, most = entry.least + entry.sizes[0], (entry.most or 0) + entry.sizes[1]
        takes = f"{least} or more" if entry.most is None else f"{least}" if least == most else f"{least} to {most}"
        plural = "" if takes == "1" else "s"
        return f"{name} takes {takes} argument{plural}, not {count}: {entry.like}"

    def _no_function(self, name: str) -> str:
        if self.known.has(name):
            return f"{shown(name)} is a value and no function: a product is written {shown(name)[1:-1]} * (…)"
        if told := told_apart(name, VOCABULARY):
            return f"there is no function {shown(name)}: {told}"
        near = None if is_another(name) else most_similar(name, VOCABULARY)
        meant = f"is {near} meant? There" if near else "there"
        return f"there is no function {shown(name)}: {meant} are {', '.join(NAMES)}"

    def _arguments(self, name: str, entry: Entry) -> tuple[list[Part], dict[str, Setting | Part], Word]:
        parts: list[Part] = []
        settings: dict[str, Setting | Part] = {}
        if close := self._take(")"):
            return parts, settings, close
        while True:
            following = self.words[min(self.position + 1, len(self.words) - 1)]
            if self._word.kind == "name" and following.kind == "sign" and following.text == "=":
                self._option(name, entry, settings)
            elif settings:
                raise FormulaError(self._word.start, f"options come last: {entry.like}")
            else:
                parts.append(self._deeper(self._sum))
            if close := self._take(")"):
                return parts, settings, close
            self._need(",", "a closing ) is missing" if self._word.kind == "end" else self._left_over())

    def _option(self, name: str, entry: Entry, settings: dict[str, Setting | Part]) -> None:
        word = self._word
        self.position += 2
        option = entry.options.get(word.text)
        if option is None:
            near = most_similar(word.text, entry.options)
            there = (
                f"there are {', '.join(entry.options)}"
                if len(entry.options) > 1
                else f"there is {', '.join(entry.options)}"
            )
            remedy = "it takes none" if not entry.options else f"is {near} meant?" if near else there
            raise FormulaError(word.start, f"{name} has no option {shown(word.text)}: {remedy}")
        if word.text in settings:
            raise FormulaError(word.start, f"{word.text} is given twice")
        if option.of_value:
            settings[word.text] = self._deeper(self._sum)
            return
        value = self._word
        self.position += value.kind in ("number", "name")
        setting: Setting = value.number if value.kind == "number" else value.text
        if value.kind not in ("number", "name") or not option.takes(setting):
            raise FormulaError(value.start, f"{word.text} must be {option.words}: {entry.like}")
        settings[word.text] = setting

    # What is made

    def _applied(self, function: Function, left: Part, right: Part) -> Part:
        return self._made(function(left.formula, right.formula), [left, right], left.start, right.end)

    def _fitting(self, make: Callable[[], Formula], parts: Sequence[Part], start: int, end: int) -> Part:
        """What is made of parts; where a shape is not known, only that it is not."""
        if any(part.shape is None for part in parts):
            return Part(0.0, None, start, end)
        try:
            return self._made(make(), parts, start, end)
        except ShapeError as error:
            raise FormulaError(start, f"{error}, in {self.text[start:end]}") from error

    def _made(self, formula: Formula, parts: Sequence[Part], start: int, end: int, *, alone: bool = True) -> Part:
        if any(part.shape is None for part in parts):
            return Part(0.0, None, start, end)
        depth = 1 + max((part.depth for part in parts), default=0)
        if depth > MOST_DEEP:
            message = f"more than {MOST_DEEP} operations follow from one another: give its parts nodes of their own"
            raise FormulaError(start, message)
        known = {part.formula: part.shape for part in parts if part.shape is not None}
        try:
            shape = shape_of(formula, known)
        except ShapeError as error:
            raise FormulaError(start, f"{error}, in {self.text[start:end]}") from error
        return self.operation(formula, shape, parts, start, end, depth, alone=alone)

    def _arranged(self, function: Function, part: Part, end: int) -> Part:
        """Elements in other places, which are no operation by themselves."""
        return self._made(function(part.formula), [part], part.start, end, alone=False)

    def operation(
        self, formula: Formula, shape: Shape, parts: Sequence[Part], start: int, end: int, depth: int, *, alone: bool
    ) -> Part:
        """What a call is: itself, or what stands for it."""
        return Part(formula, shape, start, end, depth)


def _from(part: Part, start: int) -> Part:
    """The part with a sign before it that changes nothing."""
    return replace(part, start=start)
