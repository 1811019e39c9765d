"""Every equation of matrices holds: what stands right of `=` comes to what stands left of it."""

import re

import numpy as np
import pytest

from engine.ask.lookup import value_at
from engine.explain.matrices import matrix_forms
from engine.explain.matrix import Matrix
from engine.formula.quantity import Quantity
from engine.formula.tree import Operand
from engine.program.optimizers import Adam
from engine.walking.session import Session
from tests.networks import make, mazur, unrolled

NETWORKS = {
    "mazur": mazur(),
    "mazur, immediate": mazur(immediate=True),
    "four layers": make((4, 2, 2, 1), "tanh"),
    "a frozen weight": make((2, 3, 2), frozen=frozenset({0, 10})),
    "batch": make((2, 3, 2), examples=3, batch=3, loss="mean_squared_error"),
    "batch, summed": make((3, 2), examples=2, batch=2, reduction="sum", bias="shared", loss="squared_error"),
    "softmax": make((2, 3, 3), "relu", "softmax", "cross_entropy", examples=2, batch=2, bias="none"),
    "softmax inside": make((2, 3, 3, 2), "softmax", "tanh", examples=2, batch=2),
    "softmax with a squared loss": make((2, 3), "relu", "softmax"),
    "no targets": make((1, 2, 1), loss="output"),
    "immediate, frozen": make((2, 2, 2), immediate=True, frozen=frozenset({6})),
    "tied": unrolled(3, 2),
    "tied, batch": unrolled(2, 2, examples=3, batch=3, bias="shared"),
    "tied, immediate": unrolled(2, 1, immediate=True),
}


def numbers(session, matrix):
    rows, columns = matrix.shape
    return np.array(
        [[value_at(session, *matrix.place(i, j)) for j in range(columns)] for i in range(rows)], dtype=float
    )


def right_side(session, form):
    """The value of what stands right of the equals sign."""
    text, matrices = "", []
    for piece in form.pieces[1:]:
        if isinstance(piece, Matrix):
            text += f"M[{len(matrices)}]"
            matrices.append(numbers(session, piece))
        else:
            text += str(piece.value) if isinstance(piece, Operand) else piece
    text = text.removeprefix(" = ").replace("−", "-").replace("∘", "*").replace("⊘", "/")
    text = re.sub(r"(?<=\])\s*·\s*(?=M)", "@", text).replace("·", "*")
    return eval(text, {"M": matrices})  # the text is our own


@pytest.mark.parametrize("detail", ["layer", "scalar"])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_right_side_is_the_left_side(name, detail):
    scenario = NETWORKS[name]
    session = Session.open(scenario, detail)
    seen = set()
    while session.done < session.count:
        session = session.forward()
        if session.hidden:
            continue
        for example in range(len(session.values.examples)):
            for form in matrix_forms(session, session.row, example).forms:
                if session.row.quantity == "y":
                    continue  # a function of each number
                left, right = numbers(session, form.result), right_side(session, form)
                frozen = [
                    [_is_frozen(scenario, form.result, i, j) for j in range(left.shape[1])] for i in range(len(left))
                ]
                assert left.shape == right.shape
                np.testing.assert_allclose(np.where(frozen, 0, left), np.where(frozen, 0, right), rtol=1e-12)
                seen.add(session.row.quantity)
    assert {"x", "dE/dx", "dE/dw", "w+"} <= seen


def _is_frozen(scenario, matrix, i, j):
    quantity, _ = matrix.place(i, j)
    index = scenario.network.parameter_index.get(quantity.subject)
    return quantity.kind == "w+" and index in scenario.training.frozen


@pytest.mark.parametrize("name", NETWORKS)
def test_matrices_and_rest_are_what_the_row_computes(name):
    session = Session.open(NETWORKS[name])
    while session.done < session.count:
        session = session.forward()
        row, forms = session.row, matrix_forms(session, session.row)
        if not forms.forms:
            assert row.quantity in ("E", "dE/dy")
            continue
        shown = {quantity.subject for quantity in forms.rest}
        for form in forms.forms:
            rows, columns = form.result.shape
            shown |= {form.result.place(i, j)[0].subject for i in range(rows) for j in range(columns)}
        frozen = set(session.scenario.network.layer(row.layer).parameter_names) if row.quantity == "w+" else set()
        assert shown - frozen <= set(row.items) <= shown


def test_shapes_of_the_four_layers():
    session = Session.open(make((4, 2, 2, 1)))
    shapes = {}
    while session.done < session.count:
        session = session.forward()
        forms = matrix_forms(session, session.row).forms
        shapes[session.row.quantity, session.row.layer] = [m.shape for form in forms for m in form.matrices]
    assert shapes["x", 1] == [(2, 1), (2, 4), (4, 1), (2, 1)]
    assert shapes["dE/dy", 1] == [(2, 1), (2, 2), (2, 1)]
    assert shapes["dE/dw", 1] == [(2, 4), (2, 1), (1, 4), (2, 1), (2, 1)]
    assert shapes["w+", 1] == [(2, 4)] * 3 + [(2, 1)] * 3
    assert shapes["E", 3] == []


def test_a_jacobian_names_what_changes_with_what():
    """Its numbers are symmetric, their names are not: in row o1 stands how every output changes with x of o1."""
    session = Session.open(make((2, 3), last="softmax"))
    row = next(row for row in session.timeline.steps.rows if row.quantity == "dE/dx")
    jacobian = matrix_forms(session, row).forms[0].matrices[1]
    names = [[str(jacobian.place(i, j)[0]) for j in range(3)] for i in range(3)]
    assert names[0] == ["dy/dx[o1]", "dy/dx[o2<-o1]", "dy/dx[o3<-o1]"]
    assert names[2] == ["dy/dx[o1<-o3]", "dy/dx[o2<-o3]", "dy/dx[o3]"]


@pytest.mark.parametrize(
    ("last", "loss", "shown"),
    [
        ("sigmoid", "binary_cross_entropy", False),  # y stands in its slope twice
        ("sigmoid", "output", False),  # and here not at all
        ("softmax", "cross_entropy", True),
        ("sigmoid", "mean_squared_error", True),
    ],
)
def test_a_slope_of_the_loss_has_a_form_where_y_and_t_stand_in_it_once(last, loss, shown):
    session = Session.open(make((2, 2), last=last, loss=loss))
    row = next(row for row in session.timeline.steps.rows if row.quantity == "dE/dy")
    assert bool(matrix_forms(session, row).forms) is shown


def test_going_back_through_new_weights_is_said():
    session = Session.open(mazur(immediate=True)).seek(0, 11)
    assert (session.row.quantity, session.row.layer) == ("dE/dy", 1)
    forms = matrix_forms(session, session.row)
    assert forms.forms[0].matrices[1].place(1, 0)[0] == Quantity("w+", "w6")
    assert "new weights" in forms.words


def test_a_rule_with_a_memory_has_no_form():
    session = Session.open(make(optimizer=Adam())).seek(0, 14)
    assert session.row.quantity == "w+"
    assert matrix_forms(session, session.row).forms == ()
