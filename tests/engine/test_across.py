"""Operations across elements, each against a plain computation; what they say of themselves, and where they end."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.formula.calculus import number_of
from engine.formula.field import COMPLEX, REAL
from engine.formula.functions import ADD, DIVIDE, MULTIPLY, SQRT, SQUARE, SUBTRACT
from engine.formula.several import AVERAGE, LARGEST, SMALLEST, VARIANCE
from engine.formula.tree import Call, Ref, Symbol
from engine.formula.written import text_pieces
from engine.program.across.arrangement import CONCAT, CONCAT_COLUMNS, STOP, TRANSPOSE, pick, reshape
from engine.program.across.batch import BATCH_MEAN, BATCH_VARIANCE
from engine.program.across.joined import REDUCTIONS, reduction
from engine.program.across.pictures import avg_pool, conv, max_pool
from engine.program.across.products import DOT, MATRIX_PRODUCT
from engine.program.across.rows import LOG_SOFTMAX, SOFTMAX, layer_norm
from engine.program.chain_rule import partials, pulled, pulled_formula
from engine.program.elementwise import operation
from engine.program.equations import Equation, Program, computed, value_of
from engine.program.operations import NoFormulaError, ShapeError


def made(function, *operands):
    """A function of arrays (batch, *shape)."""
    names = [f"v{i}" for i in range(len(operands))]
    return computed(function(*map(Ref, names)), dict(zip(names, operands, strict=True)).__getitem__)


def back(function, place, *operands, adjoint=None):
    """What comes back to one of its operands; of nothing else given, from ones."""
    names = [f"v{i}" for i in range(len(operands))]
    known = dict(zip(names, operands, strict=True))
    equation = Equation("E", function(*map(Ref, names)))
    shapes = {name: array.shape[1:] for name, array in known.items()}
    known["E"] = value_of(equation, known.__getitem__)
    program = Program(shapes | {"E": known["E"].shape[1:]}, {}, {}, (equation,), ("E",))
    adjoint = np.ones_like(known["E"]) if adjoint is None else adjoint
    return pulled(program, equation, names[place], known.__getitem__, adjoint)


def arrays(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


# Values


def test_elements_in_other_places():
    a, b = arrays(2, 3, 4), arrays(2, 3, 2, seed=1)
    np.testing.assert_array_equal(made(pick(2, 3), a), a[:, 1, 2])
    np.testing.assert_array_equal(made(pick(3), a), a[:, 2])
    np.testing.assert_array_equal(made(TRANSPOSE, a), a.transpose(0, 2, 1))
    np.testing.assert_array_equal(made(reshape(2, 6), a), a.reshape(2, 2, 6))
    np.testing.assert_array_equal(made(CONCAT_COLUMNS, a, b), np.concatenate([a, b], axis=2))
    np.testing.assert_array_equal(made(CONCAT, a, a, a), np.concatenate([a, a, a], axis=1))
    np.testing.assert_array_equal(
        made(CONCAT_COLUMNS, a[:, 0, 0], a[:, 0], b[:, 0]), np.c_[a[:, 0, 0], a[:, 0], b[:, 0]]
    )


@pytest.mark.parametrize("name", REDUCTIONS)
def test_axes_give_one_number_for_each_row_or_column(name):
    x = arrays(2, 3, 4)
    plain = {"norm": lambda a, axis: np.sqrt((a * a).sum(axis=axis))}.get(name) or getattr(np, name)
    np.testing.assert_allclose(made(reduction(name), x), plain(x, axis=(1, 2)))
    np.testing.assert_allclose(made(reduction(name, "rows"), x), plain(x, axis=2))
    np.testing.assert_allclose(made(reduction(name, "columns"), x), plain(x, axis=1))
    pictures = arrays(2, 2, 3, 4)
    assert made(reduction(name, "rows"), pictures).shape == (2, 2, 3)
    assert made(reduction(name, "columns"), pictures).shape == (2, 2, 4)


def test_sums_run_from_left_to_right():
    """1 vanishes beside 1e16, so every other order gives another number."""
    x = np.array([[1e16, 1.0, -1e16, 1.0]])
    assert made(reduction("sum"), x) == [1.0]
    assert made(reduction("sum"), x.reshape(1, 2, 2)) == [1.0]
    assert made(DOT, x, np.ones((1, 4))) == [1.0]
    assert made(conv(), x.reshape(1, 2, 2), np.ones((1, 2, 2))) == [[[1.0]]]
    assert made(BATCH_MEAN, x.T) == [0.25]
    number = np.array([2.0])
    assert back(MULTIPLY, 0, number, x.reshape(1, 2, 2)) == [1.0]


def looped_conv(x, k, stride, padding):
    channels, rows, columns = x.shape
    out, _, down, across = k.shape
    height, width = ((size + 2 * padding - n) // stride + 1 for size, n in ((rows, down), (columns, across)))
    result = np.zeros((out, height, width))
    for o, p, q, c, i, j in np.ndindex(out, height, width, channels, down, across):
        y, z = p * stride + i - padding, q * stride + j - padding
        if 0 <= y < rows and 0 <= z < columns:
            result[o, p, q] += x[c, y, z] * k[o, c, i, j]
    return result


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.tuples(*[st.integers(1, 3)] * 2, *[st.integers(3, 6)] * 2, *[st.integers(1, 3)] * 2),
    stride=st.integers(1, 3),
    padding=st.integers(0, 3),
)
def test_a_kernel_is_laid_on_every_place(sizes, stride, padding):
    out, channels, rows, columns, down, across = sizes
    x, k = arrays(2, channels, rows, columns), arrays(1, out, channels, down, across, seed=1)
    found = made(conv(stride, padding), x, k)
    expected = np.array([looped_conv(one, k[0], stride, padding) for one in x])
    np.testing.assert_array_equal(found, expected)
    adjoint = arrays(*found.shape, seed=2)
    to_picture, to_kernels = np.zeros_like(x), np.zeros((2, *k.shape[1:]))
    for where in np.ndindex(*x.shape[1:]):
        one = np.zeros(x.shape[1:])
        one[where] = 1.0
        to_picture[(slice(None), *where)] = (adjoint * looped_conv(one, k[0], stride, padding)).sum(axis=(1, 2, 3))
    for where in np.ndindex(*k.shape[1:]):
        one = np.zeros(k.shape[1:])
        one[where] = 1.0
        to_kernels[(slice(None), *where)] = [
            (adjoint[e] * looped_conv(x[e], one, stride, padding)).sum() for e in range(2)
        ]
    np.testing.assert_allclose(back(conv(stride, padding), 0, x, k, adjoint=adjoint), to_picture, atol=1e-12)
    np.testing.assert_allclose(back(conv(stride, padding), 1, x, k, adjoint=adjoint), to_kernels, atol=1e-12)


def test_a_kernel_is_not_turned_and_a_matrix_stays_one():
    picture, kernel = np.arange(9.0).reshape(1, 3, 3), np.array([[[1.0, 2.0], [3.0, 4.0]]])
    np.testing.assert_array_equal(made(conv(), picture, kernel), [[[27, 37], [57, 67]]])
    assert made(conv(), picture, np.ones((1, 3, 3))).shape == (1, 1, 1)
    assert made(conv(), picture, np.ones((1, 2, 1, 2, 2))).shape == (1, 2, 2, 2)
    assert made(conv(), picture[:, np.newaxis], kernel).shape == (1, 2, 2)


def test_pools_drop_a_remainder():
    x = arrays(2, 3, 5, 4)
    windows = [[x[..., 2 * i : 2 * i + 2, 2 * j : 2 * j + 2] for j in range(2)] for i in range(2)]
    greatest = np.array([[window.max(axis=(2, 3)) for window in row] for row in windows]).transpose(2, 3, 0, 1)
    means = np.array([[window.mean(axis=(2, 3)) for window in row] for row in windows]).transpose(2, 3, 0, 1)
    np.testing.assert_array_equal(made(max_pool(2), x), greatest)
    np.testing.assert_allclose(made(avg_pool(2), x), means)
    assert made(max_pool(2), x[:, 0]).shape == (2, 2, 2)
    pulled_back = back(avg_pool(2), 0, x)
    assert (pulled_back[:, :, :4] == 0.25).all()
    assert (pulled_back[:, :, 4] == 0).all()


def test_what_a_vector_meets():
    """Each row of a matrix, each channel of a picture, though the rows of that be as long."""
    vector, matrix, picture = arrays(1, 3), arrays(2, 2, 3), arrays(2, 3, 4, 3)
    np.testing.assert_array_equal(made(ADD, vector, matrix), vector[:, np.newaxis] + matrix)
    np.testing.assert_array_equal(made(ADD, vector, picture), vector[:, :, np.newaxis, np.newaxis] + picture)
    np.testing.assert_allclose(back(MULTIPLY, 0, vector, picture), picture.sum(axis=(2, 3)))
    of_channels = operation(ADD).needs(0, [(3,), (3, 4, 3)], np.array([0, 11, 12, 35]))
    np.testing.assert_array_equal(of_channels, [0, 0, 1, 2])
    np.testing.assert_array_equal(made(ADD, arrays(1), arrays(2, 2, 3, 2, 2)), arrays(1) + arrays(2, 2, 3, 2, 2))


@pytest.mark.parametrize("size", [1, 2])
def test_of_channels_no_formula_over_whole_values_says_what_comes_back(size):
    """Not even of pictures of one element, where the rows' sum would have the channels' number of axes."""
    shapes = {"w": (3,), "P": (3, size, size), "y": (3, size, size)}
    equation = Equation("y", ADD(Ref("w"), Ref("P")))
    with pytest.raises(NoFormulaError):
        pulled_formula(Program(shapes, {}, {}, (equation,), ("E",)), equation, "w")


def test_rows_as_a_whole():
    x = arrays(2, 3, 4)
    centred = x - x.mean(axis=2, keepdims=True)
    np.testing.assert_allclose(made(layer_norm(), x), centred / np.sqrt(x.var(axis=2, keepdims=True) + 1e-5))
    np.testing.assert_allclose(made(layer_norm(0.0), x).var(axis=2), 1.0)
    np.testing.assert_allclose(made(LOG_SOFTMAX, x), np.log(made(SOFTMAX, x)))
    assert (made(layer_norm(), np.full((1, 3), 7.0)) == 0).all()
    assert np.isnan(made(layer_norm(0.0), np.full((1, 3), 7.0))).all()


def test_log_softmax_keeps_its_digits():
    """Far from the others the logarithm of a probability near 1 is what all others are, and nothing overflows."""
    far = made(LOG_SOFTMAX, np.array([[1000.0, 960.0]]))[0]
    assert far[0] == pytest.approx(-math.exp(-40.0), rel=1e-15)
    assert far[1] == pytest.approx(-40.0)
    slope = back(LOG_SOFTMAX, 0, np.array([[1000.0, 960.0]]), adjoint=np.array([[1.0, 0.0]]))
    np.testing.assert_allclose(slope, [[math.exp(-40.0), -math.exp(-40.0)]], rtol=1e-13)


def test_a_normalized_row_depends_on_an_element_in_three_ways():
    """By itself, through the mean and through the variance; together they leave sum and length of a row alone."""
    x, eps = arrays(1, 4), 1e-5
    program = Program({"x": (4,), "y": (4,)}, {}, {}, (Equation("y", layer_norm(eps)(Ref("x"))),), ("y",))
    leaves = {Ref("x", i): value for i, value in enumerate(x[0].tolist())}
    y, deviation = made(layer_norm(eps), x)[0], math.sqrt(x.var() + eps)
    for k in range(4):
        slopes = partials(program, program.equations[0], Ref("x", k))
        for j, slope in slopes.items():
            assert slope.function is DIVIDE
            ways, _ = slope.arguments
            assert ways.function is SUBTRACT
            own = (1.0 if j == k else 0.0) - 1 / 4
            assert number_of(ways.arguments[0], leaves, REAL) == own
            assert number_of(ways.arguments[1], leaves, REAL) == pytest.approx(y[j] * y[k] / 4)
            assert number_of(slope, leaves, REAL) == pytest.approx((own - y[j] * y[k] / 4) / deviation)
        assert sum(number_of(slope, leaves, REAL) for slope in slopes.values()) == pytest.approx(0, abs=1e-12)


def test_over_the_batch():
    x = arrays(4, 2, 3)
    np.testing.assert_allclose(made(BATCH_MEAN, x), x.mean(axis=0, keepdims=True))
    np.testing.assert_allclose(made(BATCH_VARIANCE, x), x.var(axis=0, keepdims=True))
    assert made(BATCH_MEAN, x).shape == (1, 2, 3)
    assert operation(BATCH_MEAN).over_batch
    of_one = arrays(1, 2, 3, seed=1)
    np.testing.assert_allclose(back(BATCH_MEAN, 0, x, adjoint=of_one), np.broadcast_to(of_one / 4, x.shape))
    np.testing.assert_allclose(
        back(BATCH_VARIANCE, 0, x, adjoint=of_one), 2 / 4 * (x - x.mean(axis=0)) * of_one, atol=1e-15
    )


def test_batch_normalization_as_people_write_it():
    """What comes back has neither a mean nor, but for eps, a part along the normalized values."""

    def normalized(x):
        return DIVIDE(SUBTRACT(x, BATCH_MEAN(x)), SQRT(ADD(BATCH_VARIANCE(x), 1e-5)))

    x, adjoint = arrays(5, 3), arrays(5, 3, seed=1)
    y = made(normalized, x)
    found = back(normalized, 0, x, adjoint=adjoint)
    known = (adjoint - adjoint.mean(axis=0) - y * (adjoint * y).mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)
    np.testing.assert_allclose(found, known, atol=1e-13)


def test_ways_of_one_value_through_the_batch_and_past_it():
    """A parameter used by every example and in their mean: both parts together, each once."""
    x, w = arrays(3), np.array([2.0])

    def formula(w, x):
        return ADD(BATCH_MEAN(MULTIPLY(w, x)), w)

    assert back(formula, 0, w, x, adjoint=np.array([1.0])) == pytest.approx([x.mean() + 1])

    def each(w, x):
        return MULTIPLY(ADD(BATCH_MEAN(w), w), x)

    assert back(each, 0, w, x, adjoint=np.ones(3)).sum() == pytest.approx(2 * x.sum())


# Corners


@pytest.mark.parametrize(("name", "first"), [("max", [0, 1, 0, 0]), ("min", [1, 0, 0, 0])])
def test_of_equal_ones_the_first_gets_all(name, first):
    x = np.array([[1.0, 3.0, 3.0, 1.0]])
    np.testing.assert_array_equal(back(reduction(name), 0, x), [first])
    equation = Equation("y", reduction(name)(Ref("x")))
    program = Program({"x": (4,), "y": ()}, {}, {}, (equation,), ("y",))
    leaves = {Ref("x", i): value for i, value in enumerate(x[0].tolist())}
    assert [number_of(partials(program, equation, Ref("x", i))[0], leaves, REAL) for i in range(4)] == first
    tilted = x.astype(complex)
    tilted[0, 2] += 1e-30j
    assert computed(reduction(name)(Ref("x")), {"x": tilted}.__getitem__, COMPLEX).imag == [0.0]


def test_what_is_no_number_is_the_greatest_and_the_least():
    x = np.array([[1.0, math.nan, 3.0]])
    assert np.isnan(made(reduction("max"), x)).all()
    assert np.isnan(made(reduction("min"), x)).all()
    for function in (LARGEST, SMALLEST):
        assert math.isnan(number_of(function(1.0, math.nan, 3.0), {}, REAL))


def test_a_norm_of_nothing_has_no_slope():
    zero, equation = np.zeros((1, 3)), Equation("y", reduction("norm")(Ref("x")))
    np.testing.assert_array_equal(back(reduction("norm"), 0, zero), zero)
    program = Program({"x": (3,), "y": ()}, {}, {}, (equation,), ("y",))
    slope = partials(program, equation, Ref("x", 0))[0]
    assert number_of(slope, {Ref("x", i): 0.0 for i in range(3)}, REAL) == 0.0
    assert computed(reduction("norm")(Ref("x")), {"x": np.array([[1e-30j, 0j]])}.__getitem__, COMPLEX) == [0]
    np.testing.assert_allclose(back(reduction("norm"), 0, np.array([[3.0, 4.0]])), [[0.6, 0.8]])


def test_nothing_comes_back_through_a_stop():
    x = arrays(2, 3)
    np.testing.assert_array_equal(made(STOP, x), x)
    np.testing.assert_array_equal(back(lambda x: MULTIPLY(STOP(x), x), 0, x), x)
    assert (back(STOP, 0, x) == 0).all()
    equation = Equation("y", MULTIPLY(STOP(SQUARE(Ref("x"))), Ref("x")))
    program = Program({"x": (3,), "y": (3,)}, {}, {}, (equation,), ("y",))
    assert partials(program, equation, Ref("x", 1)) == {1: SQUARE(Ref("x", 1))}
    assert not computed(STOP(Ref("x")), {"x": x + 1e-30j}.__getitem__, COMPLEX).imag.any()


def test_what_is_left_out_gets_nothing_and_no_sign():
    """0 and never −0, as a sum over what an element comes into."""
    for function in (pick(1), max_pool(2), avg_pool(2)):
        found = back(function, 0, arrays(1, 3, 3), adjoint=-np.abs(made(function, arrays(1, 3, 3))) * 0)
        assert not np.signbit(found).any()


# Messages


@pytest.mark.parametrize(
    ("function", "shapes", "words"),
    [
        (pick(4), [(3,)], r"\(3,\) has no \.4: 4 must be in 1 … 3"),
        (pick(0), [(3,)], r"\(3,\) has no \.0"),
        (pick(1, 2), [(3,)], r"\(3,\) has no \.1\.2: at most 1"),
        (TRANSPOSE, [(3,)], r"\(3,\) cannot be transposed: \.T takes a matrix"),
        (reshape(2, 2), [(3, 2)], r"\(3, 2\) does not become \(2, 2\): 6 elements, and 4 needed"),
        (CONCAT, [(3,), (2, 3)], r"\(3,\), \(2, 3\) cannot stand one behind the other"),
        (CONCAT_COLUMNS, [(3, 3), (2, 3)], r"\(3, 3\), \(2, 3\) cannot stand side by side: all sizes but the last"),
        (DOT, [(3,), (2,)], r"dot\(\(3,\), \(2,\)\): two vectors of the same length"),
        (MATRIX_PRODUCT, [(2, 3), (2, 3)], r"\(2, 3\) @ \(2, 3\): the last size of the first"),
        (reduction("sum", "rows"), [(3,)], r"\(3,\) has no rows: .* matrix"),
        (reduction("max", "columns"), [()], r"a number has no columns: .* matrix"),
        (SOFTMAX, [()], "a number alone has no row"),
        (layer_norm(), [()], "a number alone has no row"),
        (conv(), [(3,), (2, 2)], r"conv\(\(3,\), \(2, 2\)\): a picture \(channels, rows, columns\)"),
        (conv(), [(2, 4, 4), (1, 3, 2, 2)], "the kernel takes 3 channels, not 2"),
        (conv(), [(2, 2), (3, 3)], "the kernel is larger than the picture"),
        (max_pool(3), [(2, 4)], r"\(2, 4\) has no windows of \(3, 3\): .* at least 3 rows and columns"),
        (max_pool(1), [(4,)], r"\(4,\) has no windows"),
        (ADD, [(2,), (3, 4)], r"\(2,\) and \(3, 4\) .* a vector as long as a row, \(4,\)"),
        (ADD, [(4,), (3, 4, 4)], r"\(4,\) and \(3, 4, 4\) .* a vector as long as there are channels, \(3,\)"),
        (ADD, [(4, 4), (3, 4, 4)], r"\(4, 4\) and \(3, 4, 4\) do not meet"),
        (ADD, [(4,), (2, 3, 4, 4)], r"\(4,\) and \(2, 3, 4, 4\) do not meet"),
        (ADD, [(2,), (3,)], r"\(2,\) and \(3,\)|\(3,\) and \(2,\)"),
    ],
)
def test_shapes_that_do_not_go_are_named_with_what_would(function, shapes, words):
    with pytest.raises(ShapeError, match=words):
        operation(function).shape(shapes)


X, K = Symbol("x"), Symbol("k")


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (pick(2, 3)(X), "x.2.3"),
        (TRANSPOSE(ADD(X, K)), "(x + k)ᵀ"),
        (reshape(2, 3)(X), "reshape(x, 2, 3)"),
        (CONCAT(X, K, X), "concat(x, k, x)"),
        (CONCAT_COLUMNS(X, K), "concat(x, k, axis = columns)"),
        (reduction("sum")(ADD(X, K)), "sum(x + k)"),
        (reduction("norm", "rows")(X), "norm(x, axis = rows)"),
        (conv(2, 1)(X, K), "conv(x, k, stride = 2, padding = 1)"),
        (conv()(X, K), "conv(x, k)"),
        (max_pool(2)(X), "max_pool(x, 2)"),
        (layer_norm()(X), "layer_norm(x)"),
        (layer_norm(0.0)(X), "layer_norm(x, eps = 0)"),
        (layer_norm(1e-6)(X), "layer_norm(x, eps = 1e-06)"),
        (LOG_SOFTMAX(X), "log_softmax(x)"),
        (BATCH_VARIANCE(X), "batch_var(x)"),
        (STOP(X), "stop(x)"),
        (DOT(X, K), "dot(x, k)"),
        (LARGEST(X, K, 2.0), "max(x, k, 2)"),
        (AVERAGE(X, K), "mean(x, k)"),
        (VARIANCE(X, K), "var(x, k)"),
    ],
)
def test_each_is_written_as_a_file_has_it(formula, text):
    assert "".join(text_pieces(formula)) == text


def test_the_same_settings_are_the_same_function():
    """So that formulas may be compared."""
    for make in (lambda: conv(2), lambda: max_pool(2), lambda: pick(1, 2), lambda: reduction("sum"), layer_norm):
        assert make() is make()
        assert isinstance(make()(X), Call)
