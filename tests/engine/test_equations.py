"""The chain rule stands twice, for arrays and for a reader: both are one, and one with the complex step."""

import math
from functools import partial
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.formula.activations import ACTIVATIONS
from engine.formula.calculus import number_of
from engine.formula.calculus import value_of as value_of_function
from engine.formula.field import COMPLEX, REAL
from engine.formula.functions import ADD, CHOOSE, DIVIDE, EXP, LOG, MAXIMUM, MULTIPLY, NEGATE, SQRT, SQUARE, SUBTRACT
from engine.formula.tree import ATOM, Call, Derivative, Function, Ref, Writing
from engine.program.across.arrangement import CONCAT, CONCAT_COLUMNS, JOIN, STOP, TRANSPOSE, pick, reshape
from engine.program.across.batch import BATCH_MEAN, BATCH_VARIANCE, between, in_batch
from engine.program.across.fused_losses import FUSED, fused_loss
from engine.program.across.joined import AXES, REDUCTIONS, reduction
from engine.program.across.pictures import avg_pool, conv, max_pool
from engine.program.across.products import DOT, MATRIX_PRODUCT
from engine.program.across.rows import LOG_SOFTMAX, SOFTMAX, layer_norm
from engine.program.chain_rule import partials, pulled, pulled_formula, slopes
from engine.program.elementwise import operation
from engine.program.equations import Equation, Program, computation, computed, value_of
from engine.program.layers import expand
from engine.program.operations import NoFormulaError, ShapeError
from tests.networks import make, unrolled

SIGMOID, TANH = (ACTIVATIONS[name].function for name in ("sigmoid", "tanh"))
UNARY = [
    SIGMOID,
    TANH,
    NEGATE,
    SQUARE,
    lambda a: EXP(TANH(a)),  # of larger numbers again and again it would overflow
    lambda a: LOG(ADD(2.0, SQUARE(a))),
    lambda a: SQRT(ADD(1.0, SQUARE(a))),
]
BINARY = [ADD, SUBTRACT, MULTIPLY, lambda a, b: DIVIDE(a, ADD(2.0, SQUARE(b))), MATRIX_PRODUCT, JOIN, DOT]
ACROSS = [
    TRANSPOSE,
    STOP,
    SOFTMAX,
    LOG_SOFTMAX,
    layer_norm(0.1),
    BATCH_MEAN,
    BATCH_VARIANCE,
    *(max_pool(size) for size in (1, 2)),
    *(avg_pool(size) for size in (1, 2)),
    *(reduction(name, axis) for name in REDUCTIONS[:-1] for axis in AXES),
    *(partial(lambda axis, a: reduction("norm", axis)(ADD(1.0, SQUARE(a))), axis) for axis in AXES),  # never at 0
]
LOSSES_FUSED = [fused_loss(*names) for names in FUSED]
TOGETHER = [
    *(CONCAT, CONCAT_COLUMNS),
    *(conv(stride, padding) for stride in (1, 2) for padding in (0, 1)),
    *LOSSES_FUSED,
]
STABLE = (SOFTMAX, LOG_SOFTMAX, *LOSSES_FUSED)
"""What is not computed as its formula is written."""
OVER_BATCH = (BATCH_MEAN, BATCH_VARIANCE)
ONE_FOR_ALL = {"A", "k", "s", "K"}
"""The same for every example, as parameters are."""


@st.composite
def drawn_shapes(draw):
    """By name the shapes of given values."""
    rows, columns, channels = (draw(st.integers(1, 3)) for _ in range(3))
    return {
        "s": (),
        "u": (columns,),
        "v": (columns,),
        "w": (channels,),
        "A": (rows, columns),
        "B": (columns, rows),
        "k": (draw(st.integers(1, 2)), 2),
        "P": (channels, rows, columns),
        "K": (2, channels, draw(st.integers(1, 2)), 1),
    }


def shape_of(formula, shapes):
    return Program(shapes, {}, {}, (), ("E",)).shape(formula)


@st.composite
def formulas(draw, shapes, depth=2, across=True):
    """A formula over the given values, whatever its shape."""
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return Ref(draw(st.sampled_from(sorted(shapes))))
    first = draw(formulas(shapes, depth - 1, across))
    if draw(st.booleans()):
        groups = [UNARY, ACROSS, moved(shape_of(first, shapes))] if across else [UNARY]
        kind = draw(st.sampled_from(draw(st.sampled_from(groups))))
        return fitting([kind], (first,), shapes) or first
    second = draw(formulas(shapes, depth - 1, across))
    kind = draw(st.sampled_from([*BINARY, *(TOGETHER if across else [])]))
    return fitting([kind, *BINARY], (first, second), shapes) or first


def moved(shape):
    """Functions that pick of a value or give it another shape."""
    return [
        reshape(math.prod(shape)),
        reshape(*shape[::-1]),
        *(pick(*shape[:axes]) for axes in range(1, len(shape) + 1)),
        *(pick(1, *shape[1:axes]) for axes in range(1, len(shape) + 1)),
    ]


def fitting(kinds, operands, shapes):
    """The first of these functions that takes the operands, applied; None if none does."""
    for kind in kinds:
        formula = kind(*operands)
        try:
            shape_of(formula, shapes)
        except ShapeError:
            continue
        return formula
    return None


@st.composite
def cases(draw, depth=2, across=True):
    """Shapes, a formula over values of such shapes, and the values."""
    shapes, batch = draw(drawn_shapes()), draw(st.integers(1, 3))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    values = {name: random.normal(size=(1 if name in ONE_FOR_ALL else batch, *shapes[name])) for name in shapes}
    return shapes, draw(formulas(shapes, depth, across)), values, batch, random


def leaf_in(known):
    """The number of an element in an example."""

    def leaf(ref, example):
        array = known[ref.name]
        return float(array[example if len(array) > 1 else 0].ravel()[ref.item])

    return leaf


def check_chain_rule(shapes, formula, known, batch, random):
    """Both forms of the chain rule, and the complex step of the sum of all elements with random weights."""
    shapes = shapes | {"E": shape_of(formula, shapes)}
    equation = Equation("E", formula)
    program = Program(shapes, {}, {}, (equation,), ("E",))
    made = value_of(equation, known.__getitem__)
    back, leaf = random.normal(size=made.shape), leaf_in(known)
    for name in equation.operands:
        if name not in program.ways(equation):
            continue
        whole = pulled(program, equation, name, {**known, "E": made}.__getitem__, back)
        assert whole.shape[1:] == shapes[name]
        assert len(known[name]) in (1, len(whole))
        sources = [[example] for example in range(batch)] if len(known[name]) > 1 else [range(batch)]
        for item in range(math.prod(shapes[name])):
            found = partials(program, equation, Ref(name, item))
            assert list(found) == sorted(found)
            for number, examples in enumerate(sources):
                by_arrays = whole.reshape(len(whole), -1)[number if len(sources) > 1 else slice(None), item].sum()
                by_formulas = sum(
                    number_of(between(slope, target, source, batch, leaf), {}, REAL) * back[target].ravel()[of]
                    for of, slope in found.items()
                    for target in range(len(made))
                    for source in examples
                )
                tilted = {key: value.astype(complex) for key, value in known.items()}
                tilted[name].reshape(len(tilted[name]), -1)[number, item] += 1e-30j
                by_step = (computed(formula, tilted.__getitem__, COMPLEX).imag / 1e-30 * back).sum()
                assert by_arrays == pytest.approx(by_formulas, rel=1e-9, abs=1e-11)
                assert by_formulas == pytest.approx(by_step, rel=1e-8, abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(cases(across=False, depth=3))
def test_both_forms_of_the_chain_rule_and_the_complex_step_agree(case):
    check_chain_rule(*case)


@settings(max_examples=300, deadline=None)
@given(cases())
def test_they_agree_across_elements_and_examples(case):
    check_chain_rule(*case)


@settings(max_examples=300, deadline=None)
@given(st.booleans().flatmap(lambda across: cases(across=across, depth=2 if across else 3)))
def test_what_is_pulled_back_is_the_formula_over_whole_values(case):
    check_pulled_formula(*case)


def check_pulled_formula(shapes, formula, known, batch, random):
    """Where a formula over whole values says what comes back."""
    shapes = shapes | {"z": shape_of(formula, shapes)}
    equation = Equation("z", formula)
    program = Program(shapes, {}, {}, (equation,), ("E",))
    known = {**known, "z": value_of(equation, known.__getitem__)}
    back = random.normal(size=known["z"].shape)

    def lookup(leaf):
        if leaf == Derivative("z"):
            return back
        if isinstance(leaf, Derivative):
            return slopes(program, "z", known.__getitem__)
        return known[leaf.name]

    def looked_up(part):
        return (lambda _, f: lookup(part)) if isinstance(part, Ref | Derivative) else None

    for name in program.ways(equation):
        try:
            whole = pulled_formula(program, equation, name)
        except NoFormulaError:
            continue
        assert program.shape(whole) == shapes[name]
        found = computation(whole, looked_up)(None, REAL)
        expected = pulled(program, equation, name, known.__getitem__, back)
        np.testing.assert_allclose(*np.broadcast_arrays(found, expected), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "count"),
    [*((kind, 1) for kind in ACROSS), *((kind, 2) for kind in (*TOGETHER, DOT, MATRIX_PRODUCT))],
    ids=lambda kind: getattr(kind, "name", None),
)
@settings(max_examples=20, deadline=None)
@given(case=cases(depth=1), twice=st.booleans())
def test_they_agree_of_each_function(kind, count, twice, case):
    shapes, inner, *rest = case
    operands = [inner, *map(Ref, shapes)]
    found = [fitting([kind], chosen, shapes) for chosen in product(operands, repeat=count)]
    fit = [formula for formula in found if formula is not None]
    assume(fit)
    formula = fit[-1] if twice else fit[0]
    case = (shapes, SQUARE(formula) if twice else formula, *rest)
    check_chain_rule(*case)
    check_elements(*case)
    check_pulled_formula(*case)


@settings(max_examples=300, deadline=None)
@given(st.booleans().flatmap(lambda across: cases(across=across, depth=2 if across else 3)))
def test_an_element_is_the_formula_of_its_elements(case):
    check_elements(*case)


def check_elements(shapes, formula, known, batch, random):
    """To the last bit where it is computed as it is written."""
    program, made = Program(shapes, {}, {}, (), ("E",)), computed(formula, known.__getitem__)
    as_written = not any(
        call.function in STABLE or (call.function in OVER_BATCH and len(computed(call.arguments[0], known.get)) < batch)
        for call in calls_of(formula)
    )
    for example in range(len(made)):
        for item, value in enumerate(made[example].ravel().tolist()):
            element = in_batch(program.element(formula, item), example, batch, leaf_in(known))
            expected = value if as_written else pytest.approx(value, rel=1e-12, abs=1e-14)
            assert number_of(element, {}, REAL) == expected


@settings(max_examples=200, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_single_elements_are_computed_from_what_they_need(case, choice):
    shapes, formula, known, *_ = case
    for call in calls_of(formula):
        does, inner = operation(call.function), [shape_of(argument, shapes) for argument in call.arguments]
        if not does.single:
            continue
        whole, operands = computed(call, known.get), [computed(argument, known.get) for argument in call.arguments]
        items = np.array(choice.choices(range(math.prod(whole.shape[1:])), k=5))
        for example in range(len(whole)):
            of_one = [array[example if len(array) > 1 else 0].ravel() for array in operands]
            taken = [array[does.needs(place, inner, items)] for place, array in enumerate(of_one)]
            np.testing.assert_array_equal(does.compute(taken, REAL), whole[example].ravel()[items])


def calls_of(formula):
    if isinstance(formula, Call):
        yield formula
        for argument in formula.arguments:
            yield from calls_of(argument)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (MATRIX_PRODUCT(Ref("A"), Ref("A")), r"\(2, 3\) @ \(2, 3\)"),
        (MATRIX_PRODUCT(Ref("s"), Ref("u")), r"a number @ \(3,\)"),
        (ADD(Ref("A"), Ref("B")), r"\(2, 3\) and \(3, 2\)|\(3, 2\) and \(2, 3\)"),
        (JOIN(Ref("u"), Ref("B")), r"\(3,\), \(3, 2\)"),
    ],
)
def test_shapes_that_do_not_go_together_are_named(formula, words):
    with pytest.raises(ShapeError, match=words):
        shape_of(formula, {"s": (), "u": (3,), "A": (2, 3), "B": (3, 2)})


@pytest.mark.parametrize("scenario", [make((2, 3, 2)), make((3, 1), bias="shared"), unrolled(3, 2)])
def test_layers_are_equations(scenario):
    network = scenario.network
    program = expand(network)
    assert [equation.target for equation in program.equations] == [
        *(f"{letter}{number}" for number in range(1, network.depth + 1) for letter in "xy"),
        "E",
    ]
    for equation in program.equations:
        assert program.shape(equation.formula) == program.shapes[equation.target]
        assert isinstance(equation.formula, Call)
        assert operation(equation.formula.function)
    covered = sorted(range(len(scenario.theta)))
    assert sorted(i for span in program.parameters.values() for i in range(span.start, span.stop)) == covered
    for name, (_, names) in program.names.items():
        assert len(names) == math.prod(program.shapes[name])


@pytest.mark.parametrize(("x", "expected"), [(-3.0, -2.0), (-1.5, -1.5), (1.0, 1.0), (4.0, 9.0)])
def test_a_choice_is_computed_from_its_formula_over_both_fields(x, expected):
    """At most −2 from below, and above 3 another number."""
    chosen = Function(
        name="chosen", formula=lambda x: CHOOSE(9.0, x, 3.0, MAXIMUM(-2.0, x)), writing=Writing("{0}", ATOM, (ATOM,))
    )
    assert value_of_function(chosen)(x, REAL) == expected
    assert value_of_function(chosen)(complex(x, 1e-30), COMPLEX).real == expected
