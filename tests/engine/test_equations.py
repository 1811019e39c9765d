"""The chain rule stands twice, for arrays and for a reader: both are one, and one with the complex step."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.formula.activations import ACTIVATIONS, Softmax
from engine.formula.calculus import number_of
from engine.formula.calculus import value_of as value_of_function
from engine.formula.field import COMPLEX, REAL
from engine.formula.functions import ADD, CHOOSE, DIVIDE, EXP, LOG, MAXIMUM, MULTIPLY, NEGATE, SQRT, SQUARE, SUBTRACT
from engine.formula.tree import ATOM, CHOICE, Call, Derivative, Function, Ref, Writing
from engine.program.across.arrangement import JOIN, TRANSPOSE
from engine.program.across.products import MATRIX_PRODUCT
from engine.program.across.rows import ByRow
from engine.program.equations import (
    Equation,
    Program,
    computation,
    computed,
    partials,
    pulled,
    pulled_formula,
    slopes,
    value_of,
)
from engine.program.layers import expand
from engine.program.operations import ShapeError, operation
from tests.networks import make, unrolled

SIGMOID, TANH = (ACTIVATIONS[name].function for name in ("sigmoid", "tanh"))
ELEMENTWISE = [
    SIGMOID,
    TANH,
    NEGATE,
    SQUARE,
    lambda a: EXP(TANH(a)),  # of larger numbers again and again it would overflow
    lambda a: LOG(ADD(2.0, SQUARE(a))),
    lambda a: SQRT(ADD(1.0, SQUARE(a))),
]
SOFTMAX = Function(name="softmax", writing=Writing("softmax({0})", ATOM, (CHOICE,)), across=ByRow(Softmax))
ACROSS = [TRANSPOSE, SOFTMAX]
BINARY = [ADD, SUBTRACT, MULTIPLY, lambda a, b: DIVIDE(a, ADD(2.0, SQUARE(b)))]
SHAPES = {"s": (), "u": (3,), "v": (3,), "A": (2, 3), "B": (3, 2), "C": (3, 3)}


def shape_of(formula):
    return Program(SHAPES, {}, {}, (), ("E",)).shape(formula)


@st.composite
def formulas(draw, depth=3):
    """A formula over the given values, whatever its shape."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return Ref(draw(st.sampled_from(sorted(SHAPES))))
    if draw(st.booleans()):
        return possible(draw(st.permutations([*ELEMENTWISE, *ACROSS])), draw(formulas(depth - 1)))
    left, right = draw(formulas(depth - 1)), draw(formulas(depth - 1))
    return possible(draw(st.permutations([*BINARY, MATRIX_PRODUCT, JOIN])), left, right)


def possible(kinds, *operands):
    """The first of these functions that takes operands of such shapes; where none does, the first operand."""
    for kind in kinds:
        formula = kind(*operands)
        try:
            shape_of(formula)
        except ShapeError:
            continue
        return formula
    return operands[0]


def numbers(seed, batch):
    random = np.random.default_rng(seed)
    of_one = {"A", "C", "s"}  # the same for every example, as parameters are
    return {name: random.normal(size=(1 if name in of_one else batch, *shape)) for name, shape in SHAPES.items()}


@settings(max_examples=150, deadline=None)
@given(formula=formulas(), seed=st.integers(0, 99), batch=st.sampled_from([1, 2]))
def test_both_forms_of_the_chain_rule_and_the_complex_step_agree(formula, seed, batch):
    shapes = SHAPES | {"E": shape_of(formula)}
    equation = Equation("E", formula)
    program = Program(shapes, {}, {}, (equation,), ("E",))
    known = numbers(seed, batch)
    made = value_of(equation, known.__getitem__)
    whole_known = {**known, "E": made}.__getitem__
    back = np.random.default_rng(seed + 1).normal(size=(batch, *shapes["E"]))
    for name in equation.operands:
        whole = np.broadcast_to(pulled(program, equation, name, whole_known, back), (batch, *shapes[name]))
        for item in range(math.prod(shapes[name])):
            slopes = partials(program, equation, Ref(name, item))
            assert list(slopes) == sorted(slopes)
            tilted = {key: value.astype(complex) for key, value in known.items()}
            tilted[name].reshape(len(tilted[name]), -1)[:, item] += 1e-30j
            numeric = np.broadcast_to(computed(formula, tilted.__getitem__, COMPLEX).imag / 1e-30, made.shape)
            for example in range(batch):
                leaves = elements(known, example)
                total = sum(
                    number_of(slope, leaves, REAL) * back[example].ravel()[target] for target, slope in slopes.items()
                )
                assert whole[example].ravel()[item] == pytest.approx(total, rel=1e-9, abs=1e-12)
                of_step = (numeric[example if len(numeric) > 1 else 0] * back[example]).sum()
                assert total == pytest.approx(of_step, rel=1e-8, abs=1e-10)


@settings(max_examples=150, deadline=None)
@given(formula=formulas(), seed=st.integers(0, 99), batch=st.sampled_from([1, 2]))
def test_what_is_pulled_back_is_the_formula_over_whole_values(formula, seed, batch):
    shapes = SHAPES | {"z": shape_of(formula)}
    equation = Equation("z", formula)
    program = Program(shapes, {}, {}, (equation,), ("E",))
    known = numbers(seed, batch)
    known["z"] = value_of(equation, known.__getitem__)
    back = np.random.default_rng(seed + 1).normal(size=(batch, *shapes["z"]))

    def lookup(leaf):
        if leaf == Derivative("z"):
            return back
        if isinstance(leaf, Derivative):
            return slopes(program, "z", known.__getitem__)
        return known[leaf.name]

    for name in equation.operands:
        expected = pulled(program, equation, name, known.__getitem__, back)
        whole = pulled_formula(program, equation, name)
        assert program.shape(whole) == shapes[name]
        found = computation(whole)(lookup, REAL)
        np.testing.assert_allclose(*np.broadcast_arrays(found, expected), rtol=1e-9, atol=1e-12)


@settings(max_examples=100, deadline=None)
@given(formula=formulas(), seed=st.integers(0, 99))
def test_an_element_is_the_formula_of_its_elements(formula, seed):
    program, known = Program(SHAPES, {}, {}, (), ("E",)), numbers(seed, 2)
    made = np.atleast_1d(computed(formula, known.__getitem__))
    for example in range(len(made)):
        leaves = elements(known, example)
        for item, value in enumerate(made[example].ravel().tolist()):
            assert number_of(program.element(formula, item), leaves, REAL) == pytest.approx(value, rel=1e-12, abs=1e-15)


def elements(known, example):
    """Every element of the values in one example."""
    return {
        Ref(name, item): value
        for name, array in known.items()
        for item, value in enumerate(array[example if len(array) > 1 else 0].ravel().tolist())
    }


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
        shape_of(formula)


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
