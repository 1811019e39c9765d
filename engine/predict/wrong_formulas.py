"""Wrong numbers of formulas: each function makes one usual mistake at one call of a graph's formula.

The calls are those of the node's formula with its operands; whoever goes wrong at one goes wrong wherever it stands.
"""

from collections.abc import Callable, Iterator
from itertools import permutations

from engine.explain.parts import opened
from engine.formula.functions import ADD, DIVIDE, MULTIPLY, NEGATE, RAISE, SQUARE, SUBTRACT, TOTAL, is_of_one_number
from engine.formula.tree import Call, Formula, Operand, Ref, filled, leaves
from engine.predict.by_hand import number
from engine.predict.question import Question
from engine.predict.slip import MOST_PATHS, Named, Slip
from engine.program.across.batch import in_batch

MOST_CALLS = 40
"""Of a formula of more calls than this, a mistake at one of them could be any answer."""
MOST_OPERANDS = 4
"""Of more operands than this, one that was exchanged for another could be any."""
Change = Callable[[Call], Iterator[tuple[Formula, tuple[Named, ...]]]]
"""What may be put in the place of a call, and what the words for it name."""


def formula_of(question: Question) -> Formula | None:
    """The formula of the number that is asked, with its operands; None of what is none: E as a whole."""
    graph, program = question.graph, question.program
    ref = None if graph is None else graph.value_of_element.get(question.name)
    if ref is None or ref.name not in program.equation:
        return None
    element = program.element(program.equation[ref.name].formula, ref.item or 0)
    return in_batch(element, question.example, question.examples, question.operand)


def calls_in(formula: Formula) -> Iterator[Call]:
    """Each call of a formula once, the outer ones first."""
    waiting, seen = [formula], set[Formula]()
    while waiting:
        part = waiting.pop()
        if isinstance(part, Call) and part not in seen:
            seen.add(part)
            yield part
            waiting += reversed(part.arguments)


def changed(question: Question, change: Change) -> Iterator[Slip]:
    """The formula with something else in the place of one of its calls."""
    formula = formula_of(question)
    if formula is None:
        return
    written = opened(formula)
    calls = list(calls_in(written))
    for call in calls if len(calls) <= MOST_CALLS else ():
        for other, named in change(call):
            yield Slip(number(filled(written, {call: other})), named)


def term_forgotten(question: Question) -> Iterator[Slip]:
    """A sum without one of its terms."""
    yield from changed(question, _without_a_term)


def _without_a_term(call: Call) -> Iterator[tuple[Formula, tuple[Named, ...]]]:
    arguments = call.arguments
    if call.function in (ADD, SUBTRACT):
        first, second = arguments
        yield first, (second,)
        if not (isinstance(first, Call) and first.function in (ADD, SUBTRACT)):
            yield second if call.function is ADD else NEGATE(second), (first,)
    elif call.function is TOTAL and len(arguments) <= MOST_PATHS:
        for place, left_out in enumerate(arguments):
            yield TOTAL(*arguments[:place], *arguments[place + 1 :]) if len(arguments) > 1 else 0.0, (left_out,)


def factor_forgotten(question: Question) -> Iterator[Slip]:
    """A product without one of its factors."""
    yield from changed(question, _without_a_factor)


def _without_a_factor(call: Call) -> Iterator[tuple[Formula, tuple[Named, ...]]]:
    if call.function is MULTIPLY:
        yield call.arguments[0], (call.arguments[1],)
        yield call.arguments[1], (call.arguments[0],)


def not_divided(question: Question) -> Iterator[Slip]:
    """What stands over a fraction line alone."""
    yield from changed(question, lambda call: _of_quotient(call, upside_down=False))


def upside_down(question: Question) -> Iterator[Slip]:
    """b/a for a/b."""
    yield from changed(question, lambda call: _of_quotient(call, upside_down=True))


def _of_quotient(call: Call, *, upside_down: bool) -> Iterator[tuple[Formula, tuple[Named, ...]]]:
    if call.function is DIVIDE:
        above, below = call.arguments
        yield (DIVIDE(below, above), (call,)) if upside_down else (above, (above, below))


def function_forgotten(question: Question) -> Iterator[Slip]:
    """x for f(x)."""
    yield from changed(question, _without_its_function)


def _without_its_function(call: Call) -> Iterator[tuple[Formula, tuple[Named, ...]]]:
    if is_of_one_number(call) and call.function is not SQUARE:
        yield call.arguments[0], (call.arguments[0], call)


def power_forgotten(question: Question) -> Iterator[Slip]:
    """x for x²."""
    yield from changed(question, _without_its_power)


def _without_its_power(call: Call) -> Iterator[tuple[Formula, tuple[Named, ...]]]:
    if call.function in (SQUARE, RAISE):
        yield call.arguments[0], (call.arguments[0], call)


def sign_turned_inside(question: Question) -> Iterator[Slip]:
    """f(−x) for f(x), a − b for a + b."""
    yield from changed(question, _with_a_sign_turned)


def _with_a_sign_turned(call: Call) -> Iterator[tuple[Formula, tuple[Named, ...]]]:
    first, *others = call.arguments
    if call.function is NEGATE:
        yield first, (first,)
    elif call.function in (ADD, SUBTRACT):
        yield (SUBTRACT if call.function is ADD else ADD)(first, others[0]), (others[0],)
        if not (isinstance(first, Call) and first.function in (ADD, SUBTRACT)):
            yield call.function(NEGATE(first), others[0]), (first,)
    elif is_of_one_number(call):
        yield Call(call.function, (NEGATE(first),)), (first,)
    elif call.function is TOTAL and len(call.arguments) <= MOST_PATHS:
        for place, term in enumerate(call.arguments):
            yield TOTAL(*call.arguments[:place], NEGATE(term), *call.arguments[place + 1 :]), (term,)


def value_before(question: Question) -> Iterator[Slip]:
    """The z of an operand h = f(z) in its place."""
    formula = formula_of(question)
    for operand in _operands(formula):
        ref = None if question.graph is None else question.graph.value_of_element[operand.quantity.subject or ""]
        before = None if ref is None else before_function(question, ref)
        if before is not None and formula is not None:
            other = question.operand(before, operand.example)
            yield Slip(number(filled(formula, {operand: other})), (other, operand))


def before_function(question: Question, ref: Ref) -> Ref | None:
    """Of a value that is a function of one other, element by element, that other."""
    equation = question.program.equation.get(ref.name)
    call = None if equation is None else equation.formula
    if equation is None or not (equation.by_element and isinstance(call, Call) and is_of_one_number(call)):
        return None
    (argument,) = call.arguments
    return Ref(argument.name, ref.item) if isinstance(argument, Ref) else None


def operand_exchanged(question: Question) -> Iterator[Slip]:
    """An operand in the place of another: a parameter for a parameter, a value for a value."""
    formula = formula_of(question)
    found = _operands(formula)
    for kind in ("w", "y"):
        alike = [operand for operand in found if operand.quantity.kind == kind]
        pairs = permutations(alike, 2) if len(alike) <= MOST_OPERANDS else ()
        for operand, other in pairs:
            if formula is not None:
                yield Slip(number(filled(formula, {operand: other})), (other, operand))


def _operands(formula: Formula | None) -> list[Operand]:
    found = () if formula is None else leaves(formula)
    return list(dict.fromkeys(leaf for leaf in found if isinstance(leaf, Operand)))
