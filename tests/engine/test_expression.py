import math
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.files import load_scenario
from engine.formula.quantity import KINDS, Quantity
from engine.program.expression import (
    Expression,
    ExpressionError,
    check_quantity,
    parse_expression,
    parse_place,
    parse_quantity,
)
from engine.program.network import Network
from engine.program.tokens import FORBIDDEN_IN_NAMES
from tests.networks import make


@pytest.fixture(scope="module")
def network() -> Network:
    return load_scenario("mazur").network


def value(text: str, **numbers: float) -> float:
    return parse_expression(text).evaluate(lambda quantity: numbers[quantity.subject or quantity.kind])


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("x[h1]", Quantity("x", "h1")),
        ("E", Quantity("E")),
        ("E[o1]", Quantity("E", "o1")),
        ("E_epoch[3]", Quantity("E_epoch", epoch=3)),
        ("dE/dy[h1<-o1]", Quantity("dE/dy", "h1", "o1")),
        ("dE/dy[ h1 <- o1 ]", Quantity("dE/dy", "h1", "o1")),
        ("dy/dx[o1<-o2]", Quantity("dy/dx", "o1", "o2")),
        ("dE/dw[w5]", Quantity("dE/dw", "w5")),
        ("w+[w5]", Quantity("w+", "w5")),
        ("dE/db[b1]", Quantity("dE/dw", "b1")),
        ("b[b1]", Quantity("w", "b1")),
        ("b+[b1]", Quantity("w+", "b1")),
        ("learning_rate", Quantity("learning_rate")),
        ("  y[x₁′.2]  ", Quantity("y", "x₁′.2")),
    ],
)
def test_quantities(text: str, quantity: Quantity) -> None:
    assert parse_quantity(text) == quantity


@pytest.mark.parametrize(
    "text", ["", "1", "E + E", "-E", "x", "w+", "E_epoch", "E_epoch[x]", "E_epoch[-1]", "x[]", "x[a b]"]
)
def test_what_is_no_single_quantity(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2*3", 7),
        ("(1 + 2)*3", 9),
        ("8 - 4 - 2", 2),
        ("16 / 4 / 2", 2),
        ("-2**2", -4),
        ("2**3**2", 512),
        ("2**-1", 0.5),
        ("--3", 3),
        ("+3", 3),
        ("2.4 − 1", 1.4),
        ("1e3 + .5 + 2.", 1002.5),
        ("1e−2", 0.01),
        ("exp(1)", math.e),
        ("exp(0) * 2", 2),
        ("0" * 999 + "1", 1),
        ("+".join(["(1)"] * 60), 60),  # beside each other, not in each other
        ("0.15*0.05 + 0.2*0.1 + 0.35", 0.15 * 0.05 + 0.2 * 0.1 + 0.35),
        ("0.15·0.05 + 0.2×0.1", 0.15 * 0.05 + 0.2 * 0.1),
        ("½·(0.75 − 0.25)²", 0.125),
        ("−3²", -9),
        ("(−3)²", 9),
        ("2^3²", 512),
        ("2²^3", 64),
        ("e", math.e),
        ("1 / (1 + e^−0.42)", 1 / (1 + math.exp(-0.42))),
        ("1/(1+e^-0.42)", 1 / (1 + math.exp(-0.42))),
        ("e^−(−0.28)", math.exp(0.28)),
        ("e**2", math.exp(2)),
        ("σ(0.42)", 1 / (1 + math.exp(-0.42))),
        ("sigmoid(0.42)", 1 / (1 + math.exp(-0.42))),
        ("tanh(0.3)", math.tanh(0.3)),
        ("ReLU(−2) + relu(3)", 3),
        ("LReLU(-2)", -0.02),
        ("id(4)", 4),
        ("ln 0.5", math.log(0.5)),
        ("ln(1 − 0.5)·2", 2 * math.log(0.5)),
        ("log(2)", math.log(2)),
        ("ln 3²", math.log(9)),
        ("sqrt(2)", math.sqrt(2)),
        ("√(4)·2", 4),
        ("1 + √9", 4),
        ("max(0, 0.42)", 0.42),
        ("max(0,-1)", 0),
        ("0.5 if 0.5 > 0, else 0.01·0.5", 0.5),
        ("(1 if −0.5 > 0, else 0.01)·3", 0.03),
        ("1 if 0 > 1, else 2 if 1 > 0, else 3", 2),
    ],
)
def test_arithmetic(text: str, expected: float) -> None:
    assert value(text) == expected


def test_arithmetic_over_quantities() -> None:
    text = "w[w5] - learning_rate * dE/dw[w5]"
    numbers = {"w": 0.4, "learning_rate": 0.5, "dE/dw": 0.08}
    assert parse_expression(text).evaluate(lambda quantity: numbers[quantity.kind]) == 0.4 - 0.5 * 0.08
    assert parse_expression("-dE/dx[o1]").evaluate(lambda _: 3.0) == -3
    assert parse_expression("w[a]+b[c]").quantities() == (Quantity("w", "a"), Quantity("w", "c"))
    assert parse_expression("E + E").quantities() == (Quantity("E"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/0", math.inf),
        ("-1/0", -math.inf),
        ("0/0", math.nan),
        ("1e400", math.inf),
        ("1e400 - 1e400", math.nan),
        ("exp(1000)", math.inf),
        ("0**-1", math.inf),
        ("(-8)**(1/3)", math.nan),
        ("10**400", math.inf),
        ("(-10)**401", -math.inf),
        ("(-10)**402", math.inf),
        ("0.5**-2001", math.inf),
        ("9**9**9**9**9**9", math.inf),
        ("e^1000", math.inf),
        ("σ(-1000)", 0.0),
        ("tanh(1e400)", 1.0),
        ("ln 0", -math.inf),
        ("ln(-1)", math.nan),
        ("√(-1)", math.nan),
        ("max(1e400, 0)", math.inf),
    ],
)
def test_arithmetic_never_raises(text: str, expected: float) -> None:
    assert value(text) == expected or (math.isnan(expected) and math.isnan(value(text)))


def test_what_the_lookup_raises_passes_through() -> None:
    with pytest.raises(KeyError):
        parse_expression("x[h1]").evaluate({}.__getitem__)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 +", "column 4: a quantity or a number is missing"),
        ("1 2", "column 3: an operator is missing"),
        ("(1", "column 3: a closing )"),
        ("max(1)", "column 6: max needs its 2 arguments in ( )"),
        ("σ 2", "column 3: σ needs its argument in ( )"),
        ("1 if 2", "column 7: if needs a > b"),
        ("1 if 2 > 1", "column 11: if a > b needs its else"),
        ("tahn(2)", "'tahn' is not known: is tanh meant?"),
        ("2 = 2", "does not belong here"),
        ("1)", "column 2"),
        ("exp 1", "column 5: exp needs its argument in ( )"),
        ("x", "column 1: x stands alone: say of which, x[h1]"),
        ("1 + dE/dw", "column 5: dE/dw stands alone: say of which, dE/dw[w5]"),
        ("x[h1", "column 3: x[ needs one name and a closing ]"),
        ("x[h1<-o1]", "column 7: x takes one name"),
        ("x[h\x1b1]", "column 3: a name holds a control character"),
        ("E_epoch[a]", "column 9: E_epoch needs the number of an epoch"),
        ("E_epoch[٣]", "column 9: E_epoch needs the number of an epoch"),
        ("a" * 60, f"'{'a' * 39}…' is not known"),
        ("learning_rat", "is learning_rate meant?"),
        ("1_000 * E", "column 2: '_000' does not belong to a number: write its digits without _"),
        ("E ÷ 2", "column 3: '÷' does not belong here: a quotient is written /"),
        ("E = 1", "column 3: '=' does not belong here: give what stands on one side of it"),
        ("log10(E)", "column 1: 'log10' is not known: the functions are "),
        ("celu(x[h1])", "column 1: 'celu' is not known: the functions are "),
        ("swish(x[h1])", "column 1: 'swish' is not known: here it is called silu"),
        ("1 $ 2", "column 3: '$'"),
        ("a\x1b[31m", "'a\\x1b'"),
        ("__import__('os')", "column 1"),
        ("1" * 1001, "1,001 characters"),
        ("(" * 51 + "1" + ")" * 51, "nested deeper than 50"),
        ("-" * 60 + "1", "nested deeper than 50"),
        ("2" + "**2" * 60, "nested deeper than 50"),
        ("", "it is empty"),
    ],
)
def test_a_message_says_what_is_wrong_and_where(text: str, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


def test_the_longest_expressions_are_quick() -> None:
    start = time.process_time()
    assert value("+".join(["1"] * 500)) == 500
    assert value("(" * 50 + "1" + ")" * 50) == 1
    assert time.process_time() - start < 1


def test_names_may_stand_alone_for_a_weight_or_an_output(network: Network) -> None:
    expression = parse_expression("w1*i1+w2*i2 + b1 - 1", names=network)
    assert [str(quantity) for quantity in expression.quantities()] == ["w[w1]", "y[i1]", "w[w2]", "y[i2]", "w[b1]"]
    with pytest.raises(ExpressionError, match="'w11' is not known: is w1 meant"):
        parse_expression("w11", names=network)
    with pytest.raises(ExpressionError, match="not known"):
        parse_expression("w1")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1000", (1000, None)),
        (" 0 ", (0, None)),
        ("3:dE/dw[w5]", (3, Quantity("dE/dw", "w5"))),
        ("dE/dw[w5]", (None, Quantity("dE/dw", "w5"))),
        ("dE/dw", (None, Quantity("dE/dw"))),
        ("2:w+", (2, Quantity("w+"))),
        ("b+", (None, Quantity("w+"))),
        ("1:E", (1, Quantity("E"))),
        ("y[a:b]", (None, Quantity("y", "a:b"))),
        ("10000000", (10_000_000, None)),
    ],
)
def test_places(text: str, place: tuple[int | None, Quantity | None]) -> None:
    assert parse_place(text) == place


@pytest.mark.parametrize(
    "text", ["", "3:", "-1", "3:5", "10000001", "9" * 900, "t", "w", "x:1", "1.5", "٣", "E + 1", "3:3:E", "9" * 5000]
)
def test_what_is_no_place(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_place(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dE/dw[w55]", "the nearest is w5"),
        ("x[h11]", "the nearest is h1"),
        ("dE/dw[h1]", "h1 is a node"),
        ("y[w5]", "w5 is a parameter"),
        ("x[i1]", "i1 is an input"),
        ("dE/dx[i1]", "i1 is an input"),
        ("dy/dx[i1]", "i1 is an input"),
        ("t[h1]", "the outputs are o1, o2"),
        ("E[h1]", "the outputs are o1, o2"),
        ("dE/dy[h1<-h2]", "h2 is not in the layer after h1"),
        ("dE/dy[o1<-o2]", "o1 is an output"),
        ("dE/dy[h1<-o3]", "there are o1, o2"),
        ("dy/dx[o1<-o2]", "only softmax"),
    ],
)
def test_what_a_network_has_not(text: str, words: str, network: Network) -> None:
    assert words in (check_quantity(parse_quantity(text), network) or "")


def test_a_bias_is_called_as_it_was_written(network: Network) -> None:
    for text, words in (
        ("dE/db[o1]", "o1 is a node, but dE/db is of a bias: that of o1 is dE/db[b2]"),
        ("1 + b+[h1]", "h1 is a node, but b+ is of a bias: that of h1 is b+[b1]"),
        ("dE/dw[o1]", "o1 is a node, but dE/dw is of a parameter: into o1 lead w5, w6, and its bias is b2"),
        ("w[i1]", "i1 is a node, but w is of a parameter: w1, w2"),
    ):
        quantity = parse_expression(text).quantities()[0]
        assert words in (check_quantity(quantity, network, text) or "")


def test_what_softmax_and_a_loss_without_targets_have() -> None:
    softmax = make((2, 3, 3), last="softmax").network
    for text in ("dy/dx[o1<-o2]", "dy/dx[o1<-o1]", "dy/dx[h1_1]"):
        assert check_quantity(parse_quantity(text), softmax) is None
    for text, words in (("dy/dx[o1<-h1_1]", "h1_1 is not in the layer of o1"), ("dy/dx[h1_1<-h1_2]", "only softmax")):
        assert words in (check_quantity(parse_quantity(text), softmax) or "")
    summed = make(loss="output").network
    assert check_quantity(parse_quantity("E[o1]"), summed) is None
    assert check_quantity(parse_quantity("t[o1]"), summed) == "there are no targets with the loss output"


@pytest.mark.parametrize(
    "text",
    "x[h1] y[i1] t[o1] dy/dx[o1] E E[o2] E_epoch[0] dE/dy[i1] dE/dy[i1<-h2] dE/dx[h1] dE/dw[b1] w[w8] α".split(),
)
def test_what_a_network_has(text: str, network: Network) -> None:
    assert check_quantity(parse_quantity(text), network) is None


NAMES = st.text(
    st.characters(exclude_characters=FORBIDDEN_IN_NAMES, exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1
).filter(str.isprintable)
QUANTITIES = st.one_of(
    st.builds(
        Quantity, st.sampled_from([symbol for symbol, kind in KINDS.items() if kind.of not in ("epoch", "walk")]), NAMES
    ),
    st.builds(Quantity, st.sampled_from(["dE/dy", "dy/dx"]), NAMES, NAMES),
    st.builds(lambda epoch: Quantity("E_epoch", epoch=epoch), st.integers(0, 10_000_000)),
    st.sampled_from([Quantity("E"), Quantity("learning_rate")]),
)


@given(QUANTITIES)
def test_every_quantity_is_read_as_it_is_written(quantity: Quantity) -> None:
    assert parse_quantity(str(quantity)) == quantity
    assert parse_place(f"7:{quantity}") == (7, quantity)


TREES = st.recursive(
    st.one_of(st.floats(0, 1e6).map(repr), QUANTITIES.map(str)),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", "-", "*", " / ", "**"]), inner).map("".join),
        inner.map("({})".format),
        inner.map("-{}".format),
        inner.map("exp({})".format),
    ),
    max_leaves=8,
)


@given(TREES)
def test_well_formed_arithmetic_is_read_and_never_raises(text: str) -> None:
    if len(text) <= 1000:
        expression = parse_expression(text)
        assert str(expression) == text.strip()
        assert isinstance(expression.evaluate(lambda _: 1.5), float)


PIECES = st.lists(
    st.sampled_from(
        ["x[h1]", "E", "w+", "[", "]", "<-", "(", ")", "**", "-", "−", "+", "/", "1", ".", "e5", " ", "exp", "é"]
    )
)


@given(st.one_of(st.text(), PIECES.map("".join)))
def test_no_text_raises_anything_else(text: str) -> None:
    for read in (parse_quantity, parse_expression, parse_place):
        with suppress(ExpressionError):
            result = read(text)
            if isinstance(result, Expression):
                result.evaluate(lambda _: 0.0)
