"""A program as the lines of a script: what an equation makes, and what comes back through it."""

from collections.abc import Callable

from engine.formula.tree import Call, Formula, Ref, Symbol
from engine.program.coded import Code, Language, NoCodeError
from engine.program.elementwise import Elementwise, written
from engine.program.equations import Equation, Program, Turn
from engine.program.operations import NoFormulaError

_ADJOINT = Symbol("dE/d(result)")


class Listing:
    """Writes expressions of a program's values in a language.

    Args:
        program: whose values these are.
        language: in which.
        called: what the script calls a value at this place; None of one that it has no name for.
    """

    def __init__(self, program: Program, language: Language, called: Callable[[str], str | None]) -> None:
        self._program, self._language, self._called = program, language, called

    def named(self, name: str, text: str) -> Code:
        """A value, or a derivative by it, under a name of the script."""
        return Code(text, shape=self._program.shapes[name], per_example=self.per_example(name))

    def per_example(self, name: str) -> bool:
        """Whether a value has an axis for the examples: they differ in it."""
        return not self._language.alone and name not in self._program.shared

    def written(self, formula: Formula, called: Callable[[str], str | None] | None = None) -> Code:
        """A formula over the program's values.

        Args:
            formula: it.
            called: other names than the script's usual ones.
        """

        def known(leaf: Formula) -> Code | None:
            name = (called or self._called)(leaf.name) if isinstance(leaf, Ref) and leaf.item is None else None
            return self.named(leaf.name, name) if isinstance(leaf, Ref) and name else None

        return written(formula, known, self._language)

    def made(self, equation: Equation, called: Callable[[str], str | None] | None = None) -> Code:
        """What an equation makes."""
        return self.written(equation.form, called)

    def pulled(self, equation: Equation, name: str, adjoint: Code) -> list[Code]:
        """What comes back to a value through each of its uses in an equation, from dE/d(target): parts of dE/d(it)."""
        parts = []
        for way in self._program.ways(equation).get(name, ()):
            part = adjoint
            for i, turn in enumerate(way):
                part = self._turned(turn, "" if i else equation.target, part)
            parts.append(self.whole(part, name))
        return parts

    def whole(self, code: Code, name: str) -> Code:
        """An array in the shape of a value, of a number that stands for all of it."""
        return self._language.full(code, self._program.shapes[name], per_example=self.per_example(name))

    def _turned(self, turn: Turn, target: str, adjoint: Code) -> Code:
        """dE/d(an operand of a call) from dE/d(the call), which is `target` if the script has a name for it."""
        does, call = turn.does, turn.call
        shape, operand = does.shape(turn.shapes), self.written(call.arguments[turn.place])
        operands = [self.written(argument) for argument in call.arguments]
        per_example = any(one.per_example for one in operands) and not does.over_batch
        beside = isinstance(does, Elementwise) and operand.shape == shape
        plain = adjoint.number == 1.0 and beside
        # a number for all elements that meets each of them need not be an array of them
        whole = plain or does.spreads or (beside and not adjoint.shape)
        back = adjoint if whole else self._language.full(adjoint, shape, per_example=per_example)
        name = self._called(target) if target else None

        def result() -> Code:
            return self.named(target, name) if name else self.written(call)

        if (code := does.pulled_code(turn.place, operands, result, back, self._language)) is not None:
            return code if operand.per_example else self._language.total(code)
        try:
            local = self._as_number(does.local_formula(turn.place, call))
            formula = does.pull_formula(turn.place, turn.shapes, local, 1.0 if plain else _ADJOINT)
        except NoFormulaError as error:
            raise NoCodeError(f"what comes back through {call.function.name} has no form in a script") from error

        def known(part: Formula) -> Code | None:
            if part == _ADJOINT:
                return back
            if part == call and name:
                return result()
            return self.written(part) if isinstance(part, Ref) else None

        product = written(formula, known, self._language)
        if product.number is not None and operand.per_example == per_example:
            return product  # of all elements alike
        pulled = self._language.full(product, operand.shape, per_example=per_example)
        return pulled if operand.per_example else self._language.total(pulled)

    def _as_number(self, local: Formula) -> Formula:
        """A local derivative, as a number where it is the same everywhere."""
        if isinstance(local, Call) and local.function.formula is not None:
            inner = local.function.formula(*local.arguments)
            return inner if isinstance(inner, float) else local
        return local
