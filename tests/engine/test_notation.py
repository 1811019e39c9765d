import pytest

from engine.formula.quantity import Quantity
from engine.program.expression import parse_quantity
from engine.program.notation import CANONICAL, NAMED, NOTATIONS, own_notation

ALL = "x[h1] y[h1] t[o1] dy/dx[h1] E E[o1] E_epoch[3] dE/dy[h1] dE/dy[h1<-o1] dE/dx[h1] dE/dw[w5] w[w5] w+[w5]".split()


def named(notation: str, text: str) -> str:
    return NOTATIONS[notation].with_outputs(["o1", "o2"]).symbol(parse_quantity(text))


@pytest.mark.parametrize("text", ALL)
def test_canonical_names_are_those_that_the_parser_reads(text: str) -> None:
    assert CANONICAL.symbol(parse_quantity(text)) == text


def test_the_canonical_learning_rate_is_alpha_which_the_parser_reads_too() -> None:
    assert CANONICAL.symbol(Quantity("learning_rate")) == "α"
    assert parse_quantity("α") == Quantity("learning_rate")


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("x[h1]", "net_h1"),
        ("y[h1]", "out_h1"),
        ("t[o1]", "target_o1"),
        ("E", "E_total"),
        ("E[o1]", "E_o1"),
        ("dE/dy[h1]", "∂E_total/∂out_h1"),
        ("dE/dy[h1<-o1]", "∂E_o1/∂out_h1"),
        ("dE/dx[h1]", "δ_h1"),
        ("dE/dw[w5]", "∂E_total/∂w5"),
        ("dE/db[b1]", "∂E_total/∂b1"),
        ("w[w5]", "w5"),
        ("w+[w5]", "w5⁺"),
        ("dy/dx[o1]", "∂out_o1/∂net_o1"),
        ("dy/dx[o1<-o2]", "∂out_o1/∂net_o2"),
        ("learning_rate", "η"),
    ],
)
def test_mazurs_names(text: str, symbol: str) -> None:
    assert named("mazur", text) == symbol


def test_the_two_documents_mean_different_things_by_y_with_a_hat() -> None:
    assert named("baeldung", "t[o1]") == "ŷ_o1"
    assert named("baeldung", "y[o1]") == "y_o1"
    assert named("datamapu", "y[o1]") == "ŷ_o1"
    assert named("datamapu", "t[o1]") == "y_o1"


def test_outputs_have_their_own_symbol_where_the_document_has_one() -> None:
    assert named("datamapu", "y[h1]") == "a_h1"
    assert named("datamapu", "dE/dy[h1]") == "δL/δa_h1"
    assert named("datamapu", "dE/dy[o1]") == "δL/δŷ_o1"
    assert named("four-layer", "y[o1]") == "s_o1"


@pytest.mark.parametrize(
    ("notation", "symbol"),
    [("google", "f′(x_h1)"), ("baeldung", "σ′(z_h1)"), ("four-layer", "f′(z_h1)"), ("datamapu", "δa_h1/δz_h1")],
)
def test_slopes_take_the_nodes_name(notation: str, symbol: str) -> None:
    assert named(notation, "dy/dx[h1]") == symbol


@pytest.mark.parametrize("notation", NOTATIONS)
def test_no_two_quantities_share_a_name(notation: str) -> None:
    symbols = [named(notation, text) for text in [*ALL, "learning_rate"]]
    assert len(set(symbols)) == len(symbols)


@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_row_has_a_name_without_a_subject(notation: str) -> None:
    for kind in set(NAMED) - {"α"}:
        assert NOTATIONS[notation].symbol(Quantity(kind))


def test_an_own_table_changes_what_it_names_and_nothing_else() -> None:
    own = own_notation({"x": "z", "dE/dx": "δ", "α": "η"})
    assert own.symbol(Quantity("x", "h1")) == "z_h1"
    assert own.symbol(Quantity("dE/dx", "h1")) == "δ_h1"
    assert own.symbol(Quantity("learning_rate")) == "η"
    assert own.symbol(Quantity("y", "h1")) == "y_h1"
    assert own.symbol(Quantity("dE/dw", "w5")) == "dE/dw5"
    assert own_notation({"dE/dw": "w′"}).symbol(Quantity("dE/dw", "w5")) == "w′_w5"


def test_an_own_slope_of_letters_that_stand_for_other_things_too() -> None:
    own = own_notation({"x": "a", "y": "max", "dy/dx": "max(1−a, maximal)"})
    assert own.symbol(Quantity("dy/dx", "h1")) == "max_h1(1−a_h1, maximal)"


def test_a_part_of_the_error_where_the_symbol_does_not_name_the_error() -> None:
    assert own_notation({"dE/dy": "g"}).symbol(Quantity("dE/dy", "h1", "o1")) == "g_h1←o1"


@pytest.mark.parametrize(
    ("notation", "of_output", "of_hidden"),
    [
        ("datamapu", ("ŷ", "δL/δŷ", "δŷ/δz"), ("a", "δL/δa", "δa/δz")),
        ("baeldung", ("y", "∂J/∂y", "σ′(z)"), ("h", "∂J/∂h", "σ′(z)")),
        ("mazur", ("out", "∂E_total/∂out", "∂out/∂net"), ("out", "∂E_total/∂out", "∂out/∂net")),
        ("canonical", ("y", "dE/dy", "dy/dx"), ("y", "dE/dy", "dy/dx")),
    ],
)
def test_rules_of_the_last_layer_have_its_symbol_of_y(notation, of_output, of_hidden) -> None:
    names = NOTATIONS[notation].with_outputs(["o1"])
    kinds = ("y", "dE/dy", "dy/dx")
    for kind, output, hidden in zip(kinds, of_output, of_hidden, strict=True):
        assert names.of_rule(Quantity(kind, "o1")).symbol(Quantity(kind)) == output
        assert names.of_rule(Quantity(kind, "h1")).symbol(Quantity(kind)) == hidden
    assert names.of_rule(Quantity("E")).symbol(Quantity("y")) == of_output[0]
    assert (
        names.of_rule(Quantity("x", "o1")).symbol(Quantity("y")) == of_hidden[0]
    )  # it takes those of the layer before


def test_own_symbols_are_kept_in_the_order_of_the_kinds() -> None:
    symbols = own_notation({"α": "η", "w+": "W", "x": "z"}).symbols
    assert [kind for kind, symbol in symbols.items() if symbol in ("η", "W", "z")] == ["x", "w+", "learning_rate"]
