"""Wrong derivatives of graphs: the chain rule with a wrong factor, made from the equations' own partial derivatives.

What comes back to a value is the sum over its uses of (what comes back there)·(the local derivative). A mistake leaves
out a path or one of these two, or takes something else for one factor of a local derivative: at one call of one use.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from engine.explain.parts import Part, defined
from engine.formula.functions import DIVIDE, MULTIPLY, NEGATE, is_of_one_number
from engine.formula.quantity import Quantity
from engine.formula.tree import Call, Formula, Operand, Ref, filled
from engine.predict.by_hand import number
from engine.predict.question import Question
from engine.predict.slip import MOST_PATHS, Named, Slip, Thing, operands, paths, summed
from engine.predict.wrong_formulas import MOST_OPERANDS, before_function
from engine.program.across.batch import in_batch
from engine.program.across.products import DOT, MATRIX_PRODUCT
from engine.program.chain_rule import Local, Rule, by_example, partials_by
from engine.program.equations import Equation, Turn
from engine.program.graph import UPSTREAM

MOST_TURNS = 24
"""Of chains of more factors than this, a mistake at one of them could be any answer."""
MOST_NAMED = 3
PRODUCTS = (MULTIPLY, MATRIX_PRODUCT, DOT)


class Path(NamedTuple):
    """What comes back to an element through a use in one example: back·local, the first None where it is 1 as such."""

    back: Operand | None
    local: Formula

    def value(self) -> float:
        """Their product."""
        return (1.0 if self.back is None else number(self.back)) * number(self.local)


def _asked(question: Question) -> Ref:
    """The element by which E is differentiated."""
    assert question.graph is not None
    return question.graph.value_of_element[question.name]


def _uses(question: Question) -> tuple[Equation, ...]:
    found = question.program.consumers[_asked(question).name]
    return found if len(found) <= MOST_PATHS else ()


def _formulas(question: Question) -> list[Equation]:
    """Those that a person differentiates: not the sum that stands for derivatives which are given."""
    return [use for use in _uses(question) if not question.program.is_part_of_error(use.target)]


def paths_through(question: Question, use: Equation, rule: Rule = Local.derivative) -> list[Path]:
    """What comes back through a use, its local derivatives by a rule."""
    program, of = question.program, _asked(question)
    is_error = program.is_part_of_error(use.target)
    found = []
    for item, slope in partials_by(rule, program, use, of).items():
        parts = by_example(program, use, of, slope, question.example, question.examples, question.operand)
        for at, local in parts:
            back = None if is_error else question.operand(Ref(use.target, item), at, kind="dE/dy")
            found.append(Path(back, local))
    return found


@lru_cache(maxsize=64)
def _right(question: Question, use: Equation) -> tuple[Path, ...]:
    """What comes back through a use, as it is."""
    return tuple(paths_through(question, use))


def _joined(question: Question, values: list[float]) -> float:
    """What comes back through all uses, as the walk joins it."""
    own = [question.own_part] if question.own_part else []
    return summed([*own, *values]) / question.explanation.divisor + question.beside


def _in_uses(question: Question, change: Callable[[Path], float], named: Callable[[Path], Thing]) -> Iterator[Slip]:
    """The derivative with another number for each path of one use, or of all."""
    uses = [use for use in _formulas(question) if _right(question, use)]
    for chosen in [[use] for use in uses] + ([uses] if len(uses) > 1 else []):
        values = [
            change(path) if use in chosen else path.value() for use in _uses(question) for path in _right(question, use)
        ]
        things = [named(path) for use in chosen for path in _right(question, use)]
        more = ("…",) if len(things) > MOST_NAMED else ()
        yield Slip(_joined(question, values), ((*things[:MOST_NAMED], *more),))


def path_forgotten(question: Question) -> Iterator[Slip]:
    """The sum without one of its paths."""
    found = paths(question)
    for left_out, (part, _) in enumerate(found) if len(found) > 1 else ():
        rest = summed(value for place, (_, value) in enumerate(found) if place != left_out)
        yield Slip(rest + question.beside, (_called(part),))


def only_one_path(question: Question) -> Iterator[Slip]:
    """One path of three or more."""
    found = paths(question)
    for part, value in found if len(found) > 2 else ():
        yield Slip(value + question.beside, (_called(part),))


def _called(part: Part) -> Thing:
    """What comes back on a path, as words name it."""
    first = next(iter(operands(part)), None)
    if first is None:
        return part.formula
    return "the given derivative" if (first.subject or "").startswith(UPSTREAM) else first


def local_forgotten(question: Question) -> Iterator[Slip]:
    """What comes back to the use, without the local derivative."""

    def back(path: Path) -> float:
        return 1.0 if path.back is None else number(path.back)

    yield from _in_uses(question, back, lambda path: Quantity("dy/dy", _target(path, question), question.name))


def _target(path: Path, question: Question) -> str:
    return question.name if path.back is None else path.back.quantity.subject or ""


def back_forgotten(question: Question) -> Iterator[Slip]:
    """The local derivative alone."""
    yield from _in_uses(
        question,
        lambda path: number(path.local),
        lambda path: path.local if path.back is None else path.back.quantity,
    )


# One factor of a local derivative

Instead = Callable[[Local, Formula], tuple[Formula, tuple[Named, ...]] | None]
"""What may be taken for a local derivative, the right one being given; and what the words for it name. All of them
are over elements. None where the mistake can't be made."""


class _WrongAt:
    """A rule that goes wrong at one place of one call; what its words name is known once it was used there."""

    def __init__(self, call: Call, place: int, instead: Instead) -> None:
        self._at, self._instead = (call, place), instead
        self.named: tuple[Named, ...] | None = None

    def __call__(self, local: Local) -> Formula:
        """The local derivative, or what is taken for it."""
        right = local.derivative()
        found = self._instead(local, right) if (local.call, local.place) == self._at else None
        if found is None:
            return right
        wrong, named = found
        self.named = self.named or named
        return wrong


def _ways(question: Question) -> list[tuple[Equation, tuple[Turn, ...]]]:
    """The ways from each use to the element; none where they are too many."""
    name = _asked(question).name
    found = [(use, way) for use in _formulas(question) for way in question.program.ways(use).get(name, ())]
    return found if sum(len(way) for _, way in found) <= MOST_TURNS else []


def _changed(question: Question, *mistakes: Instead) -> Iterator[Slip]:
    """The derivative with something else for the local derivative of one call, in one use."""
    turns = dict.fromkeys((use, turn.call, turn.place) for use, way in _ways(question) for turn in way)
    for use, call, place in turns:
        for instead in mistakes:
            yield from _changed_at(question, use, call, place, instead)


def _changed_at(question: Question, use: Equation, call: Call, place: int, instead: Instead) -> Iterator[Slip]:
    rule = _WrongAt(call, place, instead)
    wrong = paths_through(question, use, rule)
    if rule.named is not None:
        by_use = [wrong if other is use else _right(question, other) for other in _uses(question)]
        value = _joined(question, [path.value() for of_use in by_use for path in of_use])
        yield Slip(value, tuple(_in_operands(question, thing) for thing in rule.named))


def _in_operands(question: Question, thing: Named) -> Named:
    """A formula over elements with the numbers of the example that is asked about."""
    if isinstance(thing, str | Quantity | tuple):
        return thing
    return in_batch(thing, question.example, question.examples, question.operand)


def inner_forgotten(question: Question) -> Iterator[Slip]:
    """One factor of a chain left out."""
    yield from _changed(
        question, lambda local, right: None if isinstance(right, float) and abs(right) == 1 else (1.0, (right,))
    )


def function_for_derivative(question: Question) -> Iterator[Slip]:
    """f(x) where f'(x) belongs."""

    def instead(local: Local, right: Formula) -> tuple[Formula, tuple[Named, ...]] | None:
        value = local.value()
        return (value, (value, right)) if is_of_one_number(local.call) and value != right else None

    yield from _changed(question, instead)


def x_for_y_in_local(question: Question) -> Iterator[Slip]:
    """A slope's formula in y used on x: x·(1 − x)."""

    def instead(local: Local, right: Formula) -> tuple[Formula, tuple[Named, ...]] | None:
        if not is_of_one_number(local.call):
            return None
        value, x = local.value(), local.operand()
        written = defined(right)
        wrong = filled(written, {value: x})
        return None if wrong == written else (wrong, (x, value))

    yield from _changed(question, instead)


def half_a_local(question: Question) -> Iterator[Slip]:
    """One factor of a local derivative that is a product: 2 or x for 2·x, y or 1 − y for y·(1 − y)."""

    def factor(which: int) -> Instead:
        def instead(local: Local, right: Formula) -> tuple[Formula, tuple[Named, ...]] | None:
            written = defined(right)
            if local.call.function in PRODUCTS or not (isinstance(written, Call) and written.function is MULTIPLY):
                return None
            return written.arguments[which], (right,)

        return instead

    yield from _changed(question, factor(0), factor(1))


def factor_itself(question: Question) -> Iterator[Slip]:
    """Of a product the factor by which is differentiated, and not the other."""

    def instead(local: Local, right: Formula) -> tuple[Formula, tuple[Named, ...]] | None:
        own = local.operand()
        return (own, (own, right)) if local.call.function in PRODUCTS and own != right else None

    yield from _changed(question, instead)


def denominator_not_squared(question: Question) -> Iterator[Slip]:
    """−a/b where −a/b² belongs."""

    def instead(local: Local, right: Formula) -> tuple[Formula, tuple[Named, ...]] | None:
        return (NEGATE(local.value()), (local.operand(),)) if local.call.function is DIVIDE and local.place else None

    yield from _changed(question, instead)


def sign_in_local(question: Question) -> Iterator[Slip]:
    """A sign turned in one of several parts: anywhere in it, for that gives the same number."""
    ways = _ways(question)
    alone = len(ways) == len(_uses(question)) == 1 and not question.own_part
    for use, way in ways if not alone else ():
        turn, several = way[-1], sum(other is use for other, _ in ways) > 1
        back: Named = Quantity("dE/dy", question.program.names[use.target][1][0])
        for slip in _changed_at(question, use, turn.call, turn.place, _negative):
            yield slip if several else Slip(slip.value, (back,))


def _negative(local: Local, right: Formula) -> tuple[Formula, tuple[Named, ...]]:
    return NEGATE(right), (local.value(),)


def operand_exchanged_in_local(question: Question) -> Iterator[Slip]:
    """Of a product another operand of the formula for the other factor: a parameter for a parameter."""
    program = question.program
    names = dict.fromkeys(name for use in _uses(question) for name in use.operands)
    if len(names) > MOST_OPERANDS + 1:
        return

    def put(name: str) -> Instead:
        def instead(local: Local, right: Formula) -> tuple[Formula, tuple[Named, ...]] | None:
            if not (isinstance(right, Ref) and local.call.function in PRODUCTS and right.name != name):
                return None
            other = Ref(name, right.item)
            alike = [(program.shapes[one], program.names[one][0]) for one in (name, right.name)]
            return (other, (other, right)) if alike[0] == alike[1] else None

        return instead

    yield from _changed(question, *map(put, names))


def value_before_in_local(question: Question) -> Iterator[Slip]:
    """The z of a factor h = f(z) in its place."""

    def instead(local: Local, right: Formula) -> tuple[Formula, tuple[Named, ...]] | None:
        other = before_function(question, right) if isinstance(right, Ref) else None
        return None if other is None else (other, (other, right))

    yield from _changed(question, instead)


def mean_too_early(question: Question) -> Iterator[Slip]:
    """Divided by the number of examples where only the derivatives by parameters are."""
    if question.examples > 1 and question.training.reduction == "mean":
        yield Slip(question.value / question.examples, (str(question.examples),))
