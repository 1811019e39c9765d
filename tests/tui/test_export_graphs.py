"""`gradstep export` of graphs of formulas: the scripts run, and agree with us on every number."""

import re
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import Session
from engine.files import ScenarioError, shipped_names
from engine.files.read import load_scenario
from tests import GRADSTEP
from tests.engine.graphs.files import ATTENTION, CIRCUIT, RECURRENT, WK, read
from tests.engine.graphs.random_graphs import graphs
from tests.tui.test_export import SCRIPTS, run, script
from tui.paper.script_numpy import NumpyScript
from tui.paper.script_torch import TorchScript

BATCH = """
[training]
batch = "all"
reduction = "{reduction}"
learning_rate = 0.1
"""


def graph(nodes, error="f", inputs=(), parameters=(), more="", of=None, examples=1, targets=()):
    """A file with these nodes; inputs, targets and parameters as names with a list of numbers, one for each example."""
    lines = ",\n  ".join(f'"{node}"' for node in nodes)
    named = "".join(f"{name} = {value}\n" for name, value in dict(parameters).items())
    given = "".join(
        "[[example]]\n"
        + "".join(
            f"{key} = {{ {', '.join(f'{name} = {values[i]}' for name, values in dict(table).items())} }}\n"
            for key, table in (("inputs", inputs), ("targets", targets))
            if table
        )
        for i in range(examples)
    )
    shapes = "".join(
        f"{key} = {{ {', '.join(f'{name} = {_shape(values[0])}' for name, values in dict(table).items())} }}\n"
        for key, table in (("inputs", inputs), ("targets", targets))
        if table
    )
    what = of if of is not None else f"error = {error!r}"
    return (
        f'title = "a graph"\n[graph]\n{shapes}nodes = [\n  {lines}\n]\n{what}\n[graph.parameters]\n{named}{more}{given}'
    )


def _shape(value):
    return [len(value), *_shape(value[0])] if isinstance(value, list) else []


def agrees(text, kinds=SCRIPTS):
    """Of each library the script, which ran."""
    scripts = [script(kind, read(text)) for kind in kinds]
    for one in scripts:
        run(one)
    return scripts


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("text", [CIRCUIT, ATTENTION, RECURRENT])
def test_those_of_the_documentation(text, kind, tmp_path):
    (tmp_path / "wk.csv").write_text(WK)
    scenario = read(text, tmp_path / "graph.toml")
    run(script(kind, scenario))
    if scenario.network.parameter_names:
        run(script(kind, scenario, 5))


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("name", [name for name in shipped_names() if load_scenario(name).graph is not None])
def test_every_shipped_graph(name, kind):
    run(script(kind, load_scenario(name)))


def test_it_reads_as_one_writes_it():
    text = agrees(CIRCUIT)[0]
    assert text[text.index("# What is given") : text.index("\n# Every")] == (
        "# What is given\nx = -2.0\ny = 5.0\nz = -4.0\n\n"
        "# Forward\nq = x + y\nf = q * z\n\n"
        "# Backward: to each value through every node that uses it\n"
        "dE_df = 1.0\n"
        "dE_dq = z * dE_df  # through f\n"
        "dE_dz = q * dE_df  # through f\n"
        "dE_dy = dE_dq  # through q\n"
        "dE_dx = dE_dq  # through q\n"
    )


def test_several_paths_have_a_line_each_and_formulas_stand_beside():
    text = agrees(RECURRENT)[0]
    assert "dE_dh1 = (\n    (h1 - t1) * dE_dE1  # through E1\n    + wh * dE_dz2  # through z2\n)\n" in text
    assert "E1 = 0.5 * (h1 - t1) ** 2  # half_squared_error(h1, t1)\n" in text
    assert "\nh1 = np.tanh(z1)\n" in text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=graphs(), alone=st.booleans())
def test_random_graphs(drawn, alone):
    text = drawn.text
    if alone and "batch_" not in text:
        text = text.replace('batch = "all"', "batch = 1")
    start = Session.open(read(text))
    session = start.seek(0, start.count)
    if session.event is None:
        for kind in SCRIPTS:
            run(kind(session).text())


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(
    "of", ['error = "f"', 'error = ["f", "g"]', 'error = ["f", "s"]', 'error = "s"', 'error = ["s", "r"]']
)
def test_errors_of_a_batch(of, reduction):
    """Of each example, one for all, several of either; nodes that no error uses."""
    for examples in (1, 3):
        nodes = ["f = w * x * x + b", "g = sin(f) + x", "s = w * w + b", "r = 3 * s"]
        shown = [name for name in "fgsr" if f'"{name}"' not in of]
        inputs = {"x": [0.5, -1.0, 2.0]}
        more = BATCH.format(reduction=reduction)
        agrees(
            graph(nodes, of=f"{of}\nshown = {shown}", inputs=inputs, parameters={"w": 0.7, "b": -0.2}, more=more,
                  examples=examples)
        )  # fmt: skip


def test_what_is_only_held_fast():
    nodes = ["a = stop(x)", "k = 2 * 3", "d = stop(w) * a", "q = t - 1", "f = d * d + k * y + sqrt(2) * q + step(y)"]
    for examples in (1, 2):
        inputs, targets = {"x": [0.5, 1.5], "y": [2.0, -1.0]}, {"t": [1.0, 2.0]}
        more = BATCH.format(reduction="mean").replace("learning", 'optimizer = "adam"\nlearning')
        text = graph(nodes, inputs=inputs, targets=targets, parameters={"w": 0.7}, more=more, examples=examples)
        for one in agrees(text):
            assert "nothing comes back to it" in one


@pytest.mark.parametrize("examples", [1, 2])
def test_given_derivatives(examples):
    nodes = ["y = W @ x", "s = y ** 3", "m = max(y)"]
    inputs, parameters = {"x": [[1.0, -1.0], [0.5, 2.0]]}, {"W": [[1, 2], [3, 4]]}
    for given_ in ("{ s = [1, -2] }", "{ s = [1, -2], m = 0.5 }", "{ s = [1, -2], y = [3, 1] }"):
        of = f"upstream = {given_}" + ('\nshown = ["m"]' if "m =" not in given_ else "")
        for one in agrees(graph(nodes, of=of, inputs=inputs, parameters=parameters, examples=examples)):
            assert "upstream_s = " in one


def test_what_cancels():
    for fused, (t, s) in {
        "cross_entropy(softmax({z}), t)": ([0.2, 0.8], [0.5, 1.0]),
        "binary_cross_entropy(sigmoid({z}), t)": ([0.0, 1.0], [0.3, 0.6]),
    }.items():
        nodes = ["z = W @ x", f"f = 2 * {fused.format(z='z')} + sum(z)"]
        outer, inner = re.match(r"(\w+)\((\w+)", fused).groups()
        apart = ["z = W @ x", f"p = {inner}(z)", f"g = {outer}(p, t)", "f = 2 * g + sum(z)"]
        inputs, targets = {"x": [[1.0, -30.0], [0.5, 2.0]]}, {"t": [t, s]}
        for lines in (nodes, apart):
            for examples in (1, 2):
                parameters = {"W": [[1, 2], [3, -4]]}
                agrees(graph(lines, inputs=inputs, targets=targets, parameters=parameters, examples=examples))


def test_names_of_the_file():
    """Names that Python has for other things, or cannot have, or that the script needs."""
    names = ["lambda", "np", "e", "n", "E", "print", "σ", "h₁", "h1", "z'", "dE_dx", "x", "x_new", "tensor", "agree"]
    names += ["torch", "F", "sigmoid", "sigmoid_slope", "gelu", "2"[:0] + "math", "learning_rate", "node", "float"]
    inputs = {f'"{name}"': [0.5 + i, 0.25 * i] for i, name in enumerate(names)}
    uses = " + ".join(f"{name} * {name}" for name in names)
    for examples in (1, 2):
        text = graph(
            ["total = sigmoid(w) + gelu(w)", f"loss = {uses} + total * w", "start = loss + e"],
            "start",
            inputs=inputs,
            parameters={"w": 0.5},
            more=BATCH.format(reduction="mean"),
            examples=examples,
        )
        numpy, *_ = agrees(text)
        assert "\nlambda_ = " in numpy
        assert "\nh1_ = " in numpy
        assert "\nσ = " in numpy


def test_elements_frozen_and_picked():
    nodes = ["q = A.2.1 * v.2 + A.1 @ v", "f = q * q * c"]
    for optimizer in ("sgd", "adam"):
        more = f'[training]\noptimizer = "{optimizer}"\nfrozen = ["A.1.1", "c"]\n'
        parameters = {"A": [[1, 2], [3, 4]], "c": 2}
        text = graph(nodes, inputs={"v": [[1.0, 2.0]]}, parameters=parameters, more=more)
        one, *_ = agrees(text)
        assert "A[1, 0] * v[1]" in one


def test_without_inputs_and_targets():
    agrees(graph(["f = w * w + 1"], parameters={"w": 0.5}))


def test_a_changed_derivative_fails():
    text = agrees(CIRCUIT)[0]
    with pytest.raises(AssertionError, match="dE_dz"):
        run(text.replace('agree("dE_dz", dE_dz, 3.0)', 'agree("dE_dz", dE_dz, 3.001)'))


def test_by_the_installed_command(tmp_path):
    path = tmp_path / "circuit.toml"
    path.write_text(CIRCUIT)
    command = [GRADSTEP, "export", str(path), "--format", "numpy"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (tmp_path / "circuit.py").write_text(text)
    again = [sys.executable, "-I", "-W", "error", "circuit.py"]
    result = subprocess.run(again, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stdout == "numpy and gradstep agree\n"


def test_pytorch_needs_only_the_way_forward():
    text = script(TorchScript, read(CIRCUIT))
    assert "\nq = x + y\nf = q * z\n" in text
    assert "\nf.backward()\n" in text


def test_every_script_is_python():
    for kind in (NumpyScript, TorchScript):
        compile(script(kind, read(RECURRENT)), "script", "exec")


def test_a_wrong_file_is_told():
    with pytest.raises(ScenarioError):
        read(graph(["f = x *"], inputs={"x": [1.0]}))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("error", ["f", ["f", "g"]])
@pytest.mark.parametrize("examples", [1, 3])
def test_penalties(examples, error, reduction):
    numbers = [[0.5, -1.0], [1.0, 2.0], [-0.25, 0.75]][:examples]
    for penalty in ("{ l2 = 0.3 }", '{ l2 = 0.1, l1 = 0.2, per = "example", parameters = ["W.2.1", "v"] }'):
        text = graph(
            ["h = tanh(W @ x + b)", "f = v * sum(h)", "g = v * v"],
            of=f"error = {error!r}" + ("\nshown = ['g']" if error == "f" else ""),
            inputs={"x": numbers},
            parameters={"W": [[0.5, -0.25], [0.0, 2.0]], "b": [0.1, 0.2], "v": 1.5},
            more=BATCH.format(reduction=reduction) + f"penalty = {penalty}\n",
            examples=examples,
        )
        for one in agrees(text):
            assert "E_penalty = " in one
