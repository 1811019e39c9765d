"""Which numbers are right, which follow from wrong ones, which is wrong first; however they are called and turned."""

import numpy as np
import pytest

from engine import Session, assert_agrees, compare, load_scenario
from engine.comparison.entries import NumbersError
from tests.engine.comparison.numbers import arrays_of, completed
from tests.engine.graphs.files import ATTENTION, CIRCUIT, read
from tests.networks import make, mazur, unrolled

DEEP = make((3, 4, 2), examples=3, batch=3)


def verdicts(found):
    return {(row.quantity, row.example): row.verdict for row in found.rows}


def turned(numbers, names, how=np.transpose):
    return {name: how(array) if name.rstrip("0123456789") in names else array for name, array in numbers.items()}


@pytest.mark.parametrize(
    "scenario",
    [mazur(), DEEP, make((2, 3, 3), "relu", "softmax", "cross_entropy", examples=4, batch=2, reduction="sum")],
    ids=["mazur", "batch", "softmax"],
)
@pytest.mark.parametrize("iteration", [0, 2])
def test_a_walks_own_arrays_agree(scenario, iteration):
    session = completed(scenario, iteration)
    found = compare(session, arrays_of(session))
    assert found.agrees
    assert found.first is None
    assert_agrees(session, arrays_of(session))
    single = {name: array.astype(np.float32) for name, array in arrays_of(session).items()}
    assert compare(session, single).agrees


def renumbered(numbers, first, keep=()):
    """The same with layers counted from another number."""
    found = {}
    for name, array in numbers.items():
        base, digit, rest = name.partition(next(letter for letter in name if letter.isdigit()))
        found[name if base in keep else f"{base}{int(digit) - 1 + first}{rest}"] = array
    return found


def in_torch(numbers):
    """As a Sequential of Linear and activation layers has them."""
    found = {}
    for name, array in numbers.items():
        number = 2 * (int(name[-1]) - 1) if name[-1].isdigit() else None
        other = {"W": "weight", "b": "bias", "dW": "weight.grad", "db": "bias.grad"}.get(name[:-1])
        if other:
            found[f"{number}.{other}"] = array
    return found


def in_keras(numbers):
    found = {}
    for name, array in numbers.items():
        number = "" if name[-1] == "1" else f"_{int(name[-1]) - 1}" if name[-1].isdigit() else None
        if name[:-1] in ("W", "b"):
            found[f"dense{number}/{'kernel' if name[0] == 'W' else 'bias'}:0"] = array.T
        elif name[:-1] == "dW":
            found[f"grad_W{name[-1]}"] = array.T
    return found


WAYS = {
    "from 0": lambda numbers: renumbered(numbers, 0),
    "from 0, but nodes from 1": lambda numbers: renumbered(numbers, 0, ("z", "a", "dz", "da")),
    "kernels turned": lambda numbers: (
        turned(numbers, ("W", "dW")) | {"W1_new": numbers["W1_new"].T, "W2_new": numbers["W2_new"].T}
    ),
    "examples in columns": lambda numbers: turned(numbers, ("z", "a", "dz", "da")),
    "capitals": lambda numbers: {
        name.replace("dz", "dZ").replace("da", "dA").replace("z", "Z"): a for name, a in numbers.items()
    },
    "grad_": lambda numbers: {f"grad_{n[1:]}" if n[0] == "d" else n: a for n, a in numbers.items()},
    "grad of": lambda numbers: {f"{n[1:]}.grad" if n[0] == "d" else n: a for n, a in numbers.items()},
    "dL/d": lambda numbers: {f"dL/d{n[1:]}" if n[0] == "d" else n: a for n, a in numbers.items()},
    "delta": lambda numbers: {n.replace("dz", "delta"): a for n, a in numbers.items()},
    "torch": in_torch,
    "keras": in_keras,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scenario", [DEEP, make((2, 2, 2)), make((2, 3, 2), examples=2, batch=2)], ids=str)
def test_arrays_agree_under_the_names_that_people_give(way, scenario):
    session = completed(scenario)
    found = compare(session, WAYS[way](arrays_of(session)))
    assert found.agrees
    assert not found.unknown
    assert len(found.rows) > 8


def test_what_was_decided_is_said():
    session = completed(DEEP)
    numbers = renumbered(turned(arrays_of(session), ("W", "dW", "z")), 0)
    numbers = {name: array for name, array in numbers.items() if name[:-1] in ("W", "dW", "z")}
    said = compare(session, numbers).said
    assert said == (
        "weights and biases and total inputs and outputs are counted from 0: 0 is layer 1",
        "weights have the shape (n_in, n_out)",
        "examples are columns",
    )


def test_frameworks_divide_by_the_examples_of_a_mean():
    session = completed(DEEP)
    numbers = arrays_of(session)
    divided = {name: array / 3 if name[:2] in ("dz", "da") else array for name, array in numbers.items()}
    found = compare(session, divided)
    assert found.agrees
    assert "divided by the 3 examples" in found.said[0]


def test_other_names_of_layers():
    session = completed(DEEP)
    values = session.values
    found = compare(
        session,
        {
            "X": values.inputs,
            "Y": values.targets,
            "loss": values.error,
            "y_hat": values.need("y", 2),
            "fc_out.weight": arrays_of(session)["W2"],
            "hidden.weight": arrays_of(session)["W1"],
            "step": 7.0,
        },
    )
    assert found.agrees
    assert found.unknown == ("step",)
    assert len(found.rows) == 9 + 6 + 1 + 6 + 8 + 12


def test_a_rule_is_checked_on_the_users_operands():
    session = completed(mazur())
    numbers = arrays_of(session)
    wrong = numbers | {"dz1": numbers["da1"], "dW1": numbers["da1"].T @ session.values.inputs}
    found = compare(session, wrong)
    assert found.first.quantity == "dE/dx[h1]"
    said = verdicts(found)
    assert said["dE/dx[h2]", None] == "wrong"
    assert said["dE/dw[w1]", None] == "follows"
    assert found.agrees is False


def test_a_rule_is_checked_on_what_follows_where_nothing_is_given():
    session = completed(mazur())
    numbers = arrays_of(session)
    h = numbers["a1"] * 1.1
    o = 1 / (1 + np.exp(-(h @ numbers["W2"].T + 0.6)))
    found = compare(session, {"a1": h, "a2": o, "dW2": ((o - session.values.targets) * o * (1 - o)).T @ h})
    assert [row.verdict for row in found.rows] == ["wrong"] * 2 + ["follows"] * 6


@pytest.mark.parametrize("form", ["cancelled", "through dE/dy"])
def test_where_loss_and_activation_cancel_either_form_follows(form):
    scenario = make((2, 2, 2), last="sigmoid", loss="binary_cross_entropy")
    session = completed(scenario)
    numbers, t = arrays_of(session), session.values.targets
    y = numbers["a2"] + 0.05
    d_y = (1 - t) / (1 - numbers["a2"]) - t / numbers["a2"]
    d_x = y - t if form == "cancelled" else d_y * y * (1 - y)
    found = compare(session, {"a2": y, "da2": d_y, "dz2": d_x})
    assert [row.verdict for row in found.rows] == ["wrong"] * 2 + ["agrees"] * 2 + ["follows"] * 2


@pytest.mark.parametrize("of", ["x", "y"])
def test_a_slope_may_be_taken_from_x_or_from_y(of):
    session = completed(make((2, 2, 2)))
    numbers = arrays_of(session)
    y = numbers["a1"] + 0.05
    right = numbers["a1"]
    slope = y * (1 - y) if of == "y" else right * (1 - right)
    found = compare(session, {"z1": numbers["z1"], "a1": y, "da1": numbers["da1"], "dz1": numbers["da1"] * slope})
    assert {row.verdict for row in found.rows if row.quantity.startswith("dE/dx")} == {
        "follows" if of == "y" else "agrees"
    }


def test_numbers_that_go_on_from_rounded_ones_follow_and_none_is_wrong():
    session = Session.open(load_scenario("mazur"))
    found = compare(session, {"y[h1]": 0.59, "dE/dx[o1]": 0.14, "dE/dw[w5]": round(0.59 * 0.14, 5)})
    assert [row.verdict for row in found.rows] == ["agrees", "agrees", "follows"]
    assert found.first is None
    assert not found.agrees
    assert compare(session, {"y[h1]": 0.59, "dE/dx[o1]": 0.14, "dE/dw[w5]": 0.095}).first.quantity == "dE/dw[w5]"


def test_a_saturated_slope_is_a_real_number_and_what_cancels_leaves_little():
    scenario = load_scenario("saturation")
    session = completed(scenario)
    numbers = arrays_of(session)
    least = min((name for name in numbers if numbers[name].all()), key=lambda name: np.abs(numbers[name]).min())
    wrong = numbers[least].copy()
    wrong.flat[np.abs(wrong).argmin()] *= 1.001
    assert compare(session, numbers).agrees
    assert not compare(session, {least: wrong}).agrees
    shared = make((2, 2, 3), last="softmax", loss="cross_entropy", bias="shared")
    session = completed(shared)
    assert compare(session, {"db2": 1e-16, "dz2": arrays_of(session)["dz2"]}).agrees


def test_a_shared_bias_may_come_once_for_each_node():
    session = completed(mazur())
    parts = arrays_of(session)["dz1"].sum(axis=0)
    found = compare(session, {"b1": np.full(2, 0.35), "db1": parts})
    assert found.agrees
    assert [row.quantity for row in found.rows] == ["w[b1]", "dE/dw[b1<-h1]", "dE/dw[b1<-h2]"]
    assert not compare(session, {"db1": parts * [1, 2]}).agrees
    with pytest.raises(NumbersError, match=r"b1: w\[b1\] is one number: 2 different ones"):
        compare(session, {"b1": np.array([0.35, 0.36])})


def test_single_quantities_in_every_spelling():
    session = Session.open(load_scenario("mazur"))
    names = ("dE/dw[w5]", "∂E_total/∂w5", "dw5", "w5.grad", "grad_w5")
    for name in names:
        (row,) = compare(session, {name: 0.082167041}).rows
        assert (row.quantity, row.verdict, row.digits) == ("dE/dw[w5]", "agrees", 8)
    for name, number in {"net_h1": 0.3775, "out_o1": 0.75136507, "h1": 0.59326999, "w5_new": 0.35891648}.items():
        assert compare(session, {name: number}).agrees
    others = compare(session, {"dy/dx[h1]": 0.241300709, "dE/dy[h1<-o1]": 0.055399425, "E[o1]": 0.274811083})
    assert others.agrees


def test_of_a_batch_a_number_says_of_which_example():
    session = completed(DEEP)
    x = arrays_of(session)["z1"]
    numbers = {"x[h1_1]@2": float(x[1, 0]), "x[h1_2]": x[:, 1].tolist()}
    found = compare(session, numbers)
    assert found.agrees
    assert [(row.quantity, row.example) for row in found.rows] == [
        ("x[h1_1]", 2),
        *(("x[h1_2]", example) for example in (1, 2, 3)),
    ]


def test_rows_come_in_the_order_of_the_walk():
    session = completed(DEEP)
    numbers = arrays_of(session)
    found = compare(session, dict(sorted(numbers.items(), reverse=True)))
    wholes = list(dict.fromkeys(row.whole for row in found.rows))
    forward = ["w:1", "b:1", "w:2", "b:2", "x:1", "y:1", "x:2", "y:2"]
    backward = [f"{kind}:{layer}" for layer in (2, 1) for kind in ("dE/dy", "dE/dx", "dE/dw", "dE/db")]
    assert wholes == [*forward, *backward, "w+:2", "w+:1"]
    in_x = [(row.quantity, row.example) for row in found.rows if row.whole == "x:1"][:4]
    assert in_x == [("x[h1_1]", 1), ("x[h1_1]", 2), ("x[h1_1]", 3), ("x[h1_2]", 1)]


def test_graphs_by_the_names_of_their_nodes():
    session = completed(read(CIRCUIT))
    found = compare(session, {"q": 3.0, "f": -12.0, "dq": -4.0, "z.grad": 3.0, "dx": -4.0, "grad_y": -4.0, "df": 1.0})
    assert found.agrees
    assert not found.unknown
    wrong = compare(session, {"q": 3.0, "dq": 4.0, "dx": 4.0})
    assert [(row.quantity, row.verdict) for row in wrong.rows] == [
        ("y[q]", "agrees"),
        ("dE/dy[q]", "wrong"),
        ("dE/dy[x]", "follows"),
    ]


def test_arrays_of_graphs(tmp_path):
    (tmp_path / "wk.csv").write_text("0.1,0.2\n0.3,0.1\n-0.5,0.2\n0.4,0.4\n")
    session = completed(read(ATTENTION, tmp_path / "a.toml"))
    values, program = session.values, session.timeline.steps.program
    numbers = {name: values.value(name)[0] for name in ("Q", "A", "O", "X")}
    numbers["WQ"] = values.beginning.value("WQ")[0]
    numbers |= {f"d{name}": values.derivative(name)[0] for name in ("Q", "A", "O")}
    numbers["WQ.grad"] = values.results[session.timeline.steps.derivatives["WQ"][-1][0]].reshape(program.shapes["WQ"])
    assert compare(session, numbers).agrees
    found = compare(session, numbers | {"dA": numbers["dA"] * 2})
    assert found.first.quantity == "dE/dy[A.1.1]"
    assert found.first.whole == "dE/dy:A"


def test_a_network_unrolled_in_time():
    session = completed(unrolled(examples=2, batch=2))
    numbers = arrays_of(session)
    del numbers["dW2"], numbers["dW3"]
    numbers = {name: array for name, array in numbers.items() if name[-1] not in "23" or name[0] not in "Wb"}
    assert compare(session, {"dE/dw:1": numbers["dW1"], "z1": numbers["z1"], "dz2": numbers["dz2"]}).agrees


@pytest.mark.parametrize(
    ("numbers", "say"),
    [
        ({"W1": np.ones((3, 3))}, r"W1 has the shape \(3, 3\), but w:1 is \(2, 2\)"),
        ({"dE/dw9": 0.1}, r"none of these names means a number of this scenario: dE/dw9"),
        ({"foo": 1.0, "bar": 2.0}, r"none of these names means a number of this scenario: foo, bar"),
        ({"x[h1]": [1.0, 2.0]}, r"x\[h1\] is one number: 2 are given"),
        ({"w5": 0.4, "w[w5]": 0.4}, r"w\[w5\] is given twice"),
        ({"W2": np.ones((2, 2)), "w5": 0.4}, "W2 gives numbers that other names give as well"),
        ({"x[h1]@2": 1.0}, r"x\[h1\]@2: the batch has 1 example"),
    ],
)
def test_what_does_not_fit_is_said(numbers, say):
    with pytest.raises(NumbersError, match=say):
        compare(Session.open(mazur()), numbers)


def test_a_test_fails_with_the_text():
    with pytest.raises(AssertionError, match=r"The first wrong number is y\[h1\]"):
        assert_agrees(Session.open(mazur()), {"y[h1]": 0.61})
