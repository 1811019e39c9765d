"""Weights out of files of arrays: which array goes where, which way it is turned, and what is wrong with a file."""

import io
import struct
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save, save_file

from engine import ScenarioError, Session, compare, load_scenario
from engine.files import parse_scenario
from engine.files.matching import Wanted, matched
from engine.files.save.save import save as save_scenario
from engine.files.stored import in_safetensors
from engine.program.scenario import Scenario
from engine.walking.branch import standing
from tui.cli import main

RECORDS = Path(__file__).parents[1] / "record" / "weights"
HEAD = """\
title = "Weights of a file"
[network]
inputs = ["i1", "i2"]
loss = "half_squared_error"
"""
THREE = """\
[[network.layer]]
units = 3
activation = "tanh"
[[network.layer]]
units = 3
activation = "sigmoid"
[[network.layer]]
units = 1
activation = "identity"
[training]
batch = "all"
precision = "float32"
[[example]]
inputs = [0.05, 0.1]
targets = [0.5]
[[example]]
inputs = [-0.5, 0.75]
targets = [-1]
"""
SQUARE = """\
[[network.layer]]
units = 2
activation = "tanh"
{layer}
[[example]]
inputs = [1, 2]
targets = [0, 1]
"""
M = np.array([[1.0, 2.0], [3.0, 4.0]])


def read(folder: Path, text: str) -> Scenario:
    return parse_scenario(text, "net.toml", folder / "net.toml")


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read(folder, text)
    return str(caught.value).splitlines()


def of_network(table: str, layers: str = THREE) -> str:
    return f"{HEAD}weights = {table}\n{layers}"


LISTS = ["0.weight (3, 2)", "2.weight (3, 3)", "4.weight (1, 3)"]
GOOD = {"0.weight": (3, 2), "2.weight": (3, 3), "4.weight": (1, 3)}


# Real models


@pytest.mark.parametrize(
    ("file", "gradients"),
    [
        ("pytorch-2.13.0.safetensors", "pytorch-gradients.safetensors"),
        ("keras-3.15.1.npz", "keras-gradients.npz"),
        ("keras-3.15.1-unnamed.npz", "keras-gradients.npz"),
        ("jax-0.10.2.npz", "jax-gradients.npz"),
    ],
)
def test_a_frameworks_model_agrees_with_its_own_numbers(file, gradients):
    scenario = read(RECORDS, of_network(f'{{ file = "{file}" }}'))
    found = compare(Session.open(scenario), RECORDS / gradients)
    assert found.agrees
    assert len(found.rows) >= 7, [row.quantity for row in found.rows]


def test_numbers_are_those_of_the_file_to_the_last_bit():
    scenario = read(RECORDS, of_network('{ file = "jax-0.10.2.npz" }'))
    arrays = np.load(RECORDS / "jax-0.10.2.npz")
    for layer in (1, 2, 3):
        kernel, bias = (arrays[f"params/Dense_{layer - 1}/{leaf}"] for leaf in ("kernel", "bias"))
        np.testing.assert_array_equal(scenario.layered.weights(scenario.theta, layer), kernel.T.astype(float))
        np.testing.assert_array_equal(scenario.layered.biases(scenario.theta, layer), bias.astype(float))
    assert [(o.name, o.of, o.turned) for o in scenario.origins[:3]] == [
        ("params/Dense_0/kernel", "layer 1", True),
        ("params/Dense_0/bias", "layer 1, bias", False),
        ("params/Dense_1/kernel", "layer 2", True),
    ]


@settings(max_examples=40)
@given(st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=40), st.sampled_from(["F16", "BF16", "F32"]))
def test_half_precisions_are_widened_exactly(bits, kind):
    raw = np.array(bits, np.uint16)
    if kind == "F16":
        held, exact = raw.view(np.float16), raw.view(np.float16).astype(float)
    elif kind == "BF16":
        held, exact = raw, [float(x) for x in (raw.astype(np.uint32) << 16).view(np.float32)]
    else:
        held = raw.astype(np.float32) / np.float32(3)
        exact = np.array([float(x) for x in held])
    content = bytearray(save({"w": held}))
    content = bytes(content).replace(b'"U16"', b'"BF16"') if kind == "BF16" else bytes(content)
    if kind == "BF16":  # the header is a letter longer: its padding gives it
        (length,) = struct.unpack("<Q", bytes(save({"w": held}))[:8])
        header = content[8 : 8 + length + 1].rstrip()
        content = struct.pack("<Q", len(header)) + header + content[8 + length + 1 :]
    (stored,) = in_safetensors(content)
    with np.errstate(invalid="ignore"):  # of NaN
        np.testing.assert_array_equal(np.array(stored.array, np.float64), exact)


# Which way


@pytest.mark.parametrize(
    ("name", "layer", "turned", "why"),
    [
        ("dense/kernel", "", True, '"kernel" is (n_in, n_out), as Keras has it'),
        ("0.weight", "", False, '"weight" is (n_out, n_in), as PyTorch has it'),
        ("coefs_0", "", True, '"coefs" is (n_in, n_out), as scikit-learn has it'),
        ("W1", "", False, "it is square, and nothing tells"),
        ("W1", 'weights_by = "source"', True, "weights_by says so"),
        ("dense/kernel", 'weights_by = "target"', False, "weights_by says so"),
    ],
)
def test_a_square_matrix_is_read_as_its_name_says(tmp_path, name, layer, turned, why):
    np.savez(tmp_path / "m.npz", **{name: M})
    for text in (
        of_network('{ file = "m.npz" }', SQUARE.format(layer=layer)),
        HEAD + SQUARE.format(layer=f'{layer}\nweights = {{ file = "m.npz", name = "{name}" }}'),
        HEAD + SQUARE.format(layer=f'{layer}\nweights = {{ file = "m.npz" }}'),
    ):
        scenario = read(tmp_path, text)
        np.testing.assert_array_equal(scenario.layered.weights(scenario.theta, 1), M.T if turned else M)
        (origin,) = scenario.origins
        assert (origin.turned, origin.why, origin.open) == (turned, why, "nothing tells" in why)


def test_the_shapes_of_others_tell_before_the_name_does(tmp_path):
    random = np.random.default_rng(1)
    arrays = {"w1": random.normal(size=(2, 3)), "w2": random.normal(size=(3, 3)), "w3": random.normal(size=(3, 1))}
    np.savez(tmp_path / "m.npz", **arrays)
    scenario = read(tmp_path, of_network('{ file = "m.npz" }'))
    np.testing.assert_array_equal(scenario.layered.weights(scenario.theta, 2), arrays["w2"].T)
    assert scenario.origins[1].why == "so the shapes of the others tell"
    assert scenario.layered.biases(scenario.theta, 1).size == 0


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 4), min_size=2, max_size=13),
    words=st.sampled_from(["a.{}.weight a.{}.bias", "W{} b{}", "dense_{}/kernel:0 dense_{}/bias:0", "{}.w {}.b"]),
    flip=st.booleans(),
    data=st.data(),
)
def test_layers_are_found_by_the_numbers_in_their_names_in_whatever_order_they_stand(sizes, words, flip, data):
    weight, bias = words.split()
    layers = [Wanted(i, n_in, n_out) for i, (n_in, n_out) in enumerate(zip(sizes, sizes[1:], strict=False), 1)]
    arrays = {}
    for layer in layers:
        shape = (layer.n_in, layer.n_out) if flip else (layer.n_out, layer.n_in)
        arrays |= {weight.format(layer.number): shape, bias.format(layer.number): (layer.n_out,)}
    mixed = dict(data.draw(st.permutations(list(arrays.items()))))
    found = matched(mixed, layers, (), ordered=data.draw(st.booleans()))
    assert [each.weights for each in found] == [weight.format(layer.number) for layer in layers]
    assert [each.bias for each in found] == [bias.format(layer.number) for layer in layers]
    for each, layer in zip(found, layers, strict=True):
        if layer.n_in != layer.n_out and 1 not in (layer.n_in, layer.n_out):
            assert each.turned == flip


# Names and order

WORDS = {"encoder.weight": (3, 2), "encoder.bias": (3,), "core.weight": (3, 3), "core.bias": (3,), "out.weight": (1, 3)}


def arrays_of(shapes):
    return {name: np.full(shape, i / 8, np.float32) for i, (name, shape) in enumerate(shapes.items(), 1)}


def test_without_numbers_shapes_tell_if_they_can(tmp_path):
    save_file(arrays_of(WORDS), tmp_path / "m.safetensors")
    scenario = read(tmp_path, of_network('{ file = "m.safetensors" }'))
    assert [o.name for o in scenario.origins] == [*WORDS]


def test_the_order_of_a_file_tells_unless_it_is_the_alphabets(tmp_path):
    square = SQUARE.format(layer="")
    text = of_network('{ file = "m.npz" }', square[: square.index("[[example]]")] + square)
    np.savez(tmp_path / "m.npz", **arrays_of({"in/kernel": (2, 2), "head/kernel": (2, 2)}))
    assert [o.name for o in read(tmp_path, text).origins] == ["in/kernel", "head/kernel"]
    np.savez(tmp_path / "m.npz", **arrays_of({"head/kernel": (2, 2), "in/kernel": (2, 2)}))  # as JAX sorts them
    (line,) = problems(tmp_path, text)
    assert "layer 1 may have head/kernel (2, 2) or in/kernel (2, 2): neither names nor shapes tell" in line


def test_the_order_of_a_safetensors_file_tells_nothing(tmp_path):
    """Its library writes by kinds of numbers first."""
    save_file({"a.weight": M.astype(np.float32), "out.weight": M}, tmp_path / "m.safetensors")
    square = SQUARE.format(layer="")
    text = of_network('{ file = "m.safetensors" }', square[: square.index("[[example]]")] + square)
    (line,) = problems(tmp_path, text)
    assert "layer 1 may have a.weight (2, 2) or out.weight (2, 2)" in line


def test_where_neither_tells_names_are_asked_for_with_all_arrays(tmp_path):
    save_file(arrays_of({"a.weight": (2, 2), "b.weight": (2, 2)}), tmp_path / "m.safetensors")
    square = SQUARE.format(layer="")
    two = square[: square.index("[[example]]")] + square
    (line,) = problems(tmp_path, of_network('{ file = "m.safetensors" }', two))
    for word in ("network.weights", "m.safetensors", "layer 1 may have", "a.weight (2, 2)", "names = ["):
        assert word in line
    names = '{ file = "m.safetensors", names = ["b.weight", "a.weight"] }'
    scenario = read(tmp_path, of_network(names, two))
    assert [o.name for o in scenario.origins] == ["b.weight", "a.weight"]


def test_named_weights_bring_their_biases_and_leave_the_rest(tmp_path):
    more = WORDS | {"norm.running_mean": (3,), "steps": (), "out.bias": (1,)}
    save_file(arrays_of(more), tmp_path / "m.safetensors")
    (line,) = problems(tmp_path, of_network('{ file = "m.safetensors" }'))
    assert "norm.running_mean" in line
    assert "steps ()" in line
    table = '{ file = "m.safetensors", names = ["encoder.weight", "core.weight", "out.weight"] }'
    scenario = read(tmp_path, of_network(table))
    assert [o.name for o in scenario.origins if "bias" in o.of] == ["encoder.bias", "core.bias", "out.bias"]


def test_a_layer_may_keep_numbers_of_its_own(tmp_path):
    save_file(arrays_of({"0.weight": (3, 2), "0.bias": (3,), "2.weight": (1, 3)}), tmp_path / "m.safetensors")
    own = THREE.replace('sigmoid"', 'sigmoid"\nbias = 0.5\nweights = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]')
    scenario = read(tmp_path, of_network('{ file = "m.safetensors" }', own))
    np.testing.assert_array_equal(scenario.layered.weights(scenario.theta, 2), np.eye(3))
    assert [o.name for o in scenario.origins] == ["0.weight", "0.bias", "2.weight"]


def test_a_layers_own_files(tmp_path):
    np.savez(tmp_path / "m.npz", W1=M, b1=np.array([[5.0], [6.0]]), other=np.zeros(7))
    (tmp_path / "b.csv").write_text("5\n6\n")
    named = 'weights = { file = "m.npz", name = "W1" }\nbias = { file = "m.npz", name = "b1" }\nbias_names = ["u", "v"]'
    found = 'weights = { file = "m.npz" }\nbias = { file = "m.npz" }'
    table = 'weights = { file = "m.npz" }\nbias = { csv = "b.csv" }'
    for layer in (named, found, table):
        scenario = read(tmp_path, HEAD + SQUARE.format(layer=layer))
        np.testing.assert_array_equal(scenario.theta, [1, 2, 3, 4, 5, 6])


def test_tied_layers_share_what_the_file_gives(tmp_path):
    np.savez(tmp_path / "m.npz", W1=M, b1=np.array([5.0, 6.0]))
    layer = '[[network.layer]]\nunits = 2\nactivation = "tanh"\ntie = "step"\n'
    text = f'{HEAD}weights = {{ file = "m.npz" }}\n{layer}{layer}[[example]]\ninputs = [1, 2]\ntargets = [0, 1]\n'
    scenario = read(tmp_path, text)
    np.testing.assert_array_equal(scenario.theta, [1, 2, 3, 4, 5, 6])


def test_a_graphs_parameters(tmp_path):
    arrays = {"W": np.array([[1.0, -2.0], [0.5, 3.0]]), "lin.weight": np.array([0.25, 4.0])}
    save_file(arrays, tmp_path / "m.safetensors")
    text = """\
title = "g"
[graph]
inputs = { x = [2] }
nodes = ["h = x @ W", "f = dot(h, v)"]
error = "f"
[graph.parameters]
W = { file = "m.safetensors" }
v = { file = "m.safetensors", name = "lin.weight" }
[[example]]
inputs = [[1, 2]]
"""
    scenario = read(tmp_path, text)
    np.testing.assert_array_equal(scenario.theta, [1, -2, 0.5, 3, 0.25, 4])
    assert [(o.name, o.of) for o in scenario.origins] == [("W", "W"), ("lin.weight", "v")]
    (line,) = problems(tmp_path, text.replace("W = {", "U = {").replace("x @ W", "x @ U"))
    assert 'graph.parameters.U: m.safetensors: there is no "U"' in line
    assert "lin.weight (2,)" in line


# Saved

AT_HOME = of_network('{ file = "m.safetensors" }').replace('precision = "float32"\n', "")


def test_a_saved_walk_keeps_the_file_or_lists_the_numbers(tmp_path):
    save_file(arrays_of(GOOD | {"0.bias": (3,)}), tmp_path / "m.safetensors")
    (tmp_path / "net.toml").write_text(AT_HOME)
    scenario = load_scenario(tmp_path / "net.toml")
    elsewhere = tmp_path / "other"
    elsewhere.mkdir()
    for name, kept in (("same.toml", True), ("other/moved.toml", False)):
        assert save_scenario(scenario, tmp_path / name)
        assert ("file =" in (tmp_path / name).read_text()) == kept
        np.testing.assert_array_equal(load_scenario(tmp_path / name).theta, scenario.theta)
    there = standing(Session.open(scenario).seek(2, 1))
    assert save_scenario(there, tmp_path / "later.toml")
    assert "file =" not in (tmp_path / "later.toml").read_text()
    np.testing.assert_array_equal(load_scenario(tmp_path / "later.toml").theta, there.theta)


# What is wrong


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        (GOOD | {"6.weight": (1, 1)}, ["4 arrays of weights cannot be those of 3 layers", *LISTS, "names = ["]),
        (GOOD | {"4.weight": (1, 4)}, ["4.weight is (1, 4), but layer 3 takes (1, 3) or (3, 1)", "0.weight (3, 2)"]),
        (GOOD | {"0.bias": (2,)}, ["0.bias is (2,), but layer 1 takes (3,)", *LISTS]),
        (GOOD | {"1.bias": (3,)}, ["there are no weights with which 1.bias goes", *LISTS]),
        (GOOD | {"scale": (3,)}, ["it is not known what scale should be", *LISTS]),
        ({"0.weight": (3, 2)}, ["1 array of weights cannot be those of 3 layers", "0.weight (3, 2)"]),
    ],
)
def test_what_does_not_fit_is_told_with_all_arrays(tmp_path, shapes, words):
    save_file(arrays_of(shapes), tmp_path / "m.safetensors")
    (line,) = problems(tmp_path, of_network('{ file = "m.safetensors" }'))
    for word in ("net.toml: network.weights: m.safetensors: ", *words):
        assert word in line, line
    assert len(line) < 1_000


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("m.safetensors", save(arrays_of(GOOD))[:-4], ["it is no safetensors file that can be read", "save it anew"]),
        ("m.safetensors", b"", ["it is no safetensors file that can be read"]),
        ("m.npz", b"PK\x03\x04 and no more", ["it is damaged, or not whole", "save it anew"]),
        ("m.keras", b"PK\x03\x04", ["it is a model of Keras, and .safetensors and .npz are read", "np.savez"]),
        ("m.weights.h5", b"\x89HDF", ["it is an HDF5 file", ".npz are read"]),
        ("m.onnx", b"x", ["it is a model of ONNX", ".safetensors and .npz are read"]),
        ("m.pt", b"PK\x03\x04", ["it is a file of PyTorch's own", "save_file(model.state_dict()"]),
        ("m.txt", b"x", ["it is of no kind that is known: .safetensors and .npz are read"]),
        ("m.safetensors", save({"0.weight": np.array([[1.0, np.nan], [0, 0]])}), ["0.weight holds nan at (1, 2)"]),
        ("m.safetensors", save({"0.weight": np.array([[1, 0], [0, 1]], bool)}), ["0.weight holds bool"]),
        ("m.safetensors", save({}), ["there is no array in it"]),
        ("../m.npz", None, ["is not in the scenario's folder"]),
        ("m.npz", None, ["there is no such file", "put it beside the scenario"]),
    ],
)
def test_a_file_that_cannot_be_used_is_one_message(tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    (line,) = problems(tmp_path, of_network(f'{{ file = "{name}" }}', SQUARE.format(layer="")))
    for word in ("net.toml: network.weights", *words):
        assert word in line, line


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (
            'weights = { file = "m.npz", name = "kernel2" }',
            ["layer[1].weights.name", 'there is no "kernel2"', "nearest is kernel1", "b1 (2,)"],
        ),
        (
            'weights = { file = "m.npz", name = "b1" }',
            ["layer[1].weights.name", "b1 is (2,), but layer 1 takes (2, 2)"],
        ),
        (
            'weights = { file = "m.npz" }',
            ["layer[1].weights", "2 arrays may be what layer 1 takes", "V1 (2, 2)", "name ="],
        ),
        ('weights = { file = "m.npz", nam = "W1" }', ["layer[1].weights.nam", "there is no such key"]),
        ('weights = [[1, 0], [0, 1]]\nbias = { file = "m.npz", name = "V1" }', ["layer[1].bias.name", "takes (2,)"]),
        (
            'weights = [[1, 0], [0, 1]]\nbias = { csv = "b.csv" }',
            ["layer[1].bias.csv", "3 rows and 3 numbers", "2 numbers"],
        ),
        ("", ["layer[1].weights", "it is missing"]),
        ('weights = "m.npz"', ["layer[1].weights", "is the name of a file", 'write { file = "m.npz" }']),
        (
            'weights = { path = "m.npz" }',
            ["layer[1].weights", "it does not say where", "{ file =", "{ csv =", "{ init ="],
        ),
        (
            'weights = [[1, 0], [0, 1]]\nbias = { init = "normal" }',
            ["layer[1].bias", "it does not say where", "{ csv ="],
        ),
    ],
)
def test_a_layers_file_that_does_not_fit(tmp_path, layer, words):
    np.savez(tmp_path / "m.npz", kernel1=M, V1=M, b1=np.ones(2))
    (tmp_path / "b.csv").write_text("1\n2\n3\n")
    (line,) = problems(tmp_path, HEAD + SQUARE.format(layer=layer))
    for word in words:
        assert word in line, line


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('{ file = "m.npz", names = ["W1", "W1"] }', ["network.weights.names[2]", "stands there twice"]),
        ('{ file = "m.npz", names = ["W9"] }', ["network.weights.names[1]", 'there is no "W9"', "W1 (2, 2)"]),
        ('{ names = ["W1"] }', ["network.weights.file", "it is missing"]),
        ("[[1, 2], [3, 4]]", ["network.weights", "it is not a table", "rows go into layers"]),
        ('"m.npz"', ["network.weights", "it is not a table", "{ file ="]),
    ],
)
def test_a_networks_table_that_is_wrong(tmp_path, table, words):
    np.savez(tmp_path / "m.npz", W1=M)
    (line,) = problems(tmp_path, of_network(table, SQUARE.format(layer="")))
    for word in words:
        assert word in line, line


def test_a_packed_file_that_grows_too_much_is_not_unpacked(tmp_path):
    np.savez_compressed(tmp_path / "m.npz", W1=np.zeros(40 << 20))
    (line,) = problems(tmp_path, of_network('{ file = "m.npz" }', SQUARE.format(layer="")))
    assert "unpacked it is 320 MiB: 256 MiB are the most" in line


def test_without_the_library_it_is_said_what_to_install(tmp_path, monkeypatch, capsys):
    save_file({"W1": M}, tmp_path / "m.safetensors")
    monkeypatch.setitem(sys.modules, "safetensors", None)
    (line,) = problems(tmp_path, of_network('{ file = "m.safetensors" }', SQUARE.format(layer="")))
    assert "needs the extra `import`" in line
    assert "pip install '.[import]'" in line
    assert main(["check", str(tmp_path / "net.toml")]) == 2
    numbers = tmp_path / "m.safetensors"
    assert main(["compare", "mazur", str(numbers)]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told[-1].endswith(
        "m.safetensors: reading it needs the extra `import`: in the clone of gradstep, pip install '.[import]'"
    )


def test_no_file_takes_code(tmp_path):
    np.savez(tmp_path / "m.npz", W1=np.array([[{}, {}], [{}, {}]], dtype=object))
    (line,) = problems(tmp_path, of_network('{ file = "m.npz" }', SQUARE.format(layer="")))
    assert "W1 holds Python objects, not numbers" in line


def packed(arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


WHOLE = {"m.npz": packed(arrays_of(GOOD)), "m.safetensors": bytes(save(arrays_of(GOOD)))}


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(list(WHOLE)), data=st.data())
def test_a_damaged_file_is_told_or_read(name, data):
    """Whatever is done to its bytes: never a traceback, and what is read are numbers."""
    content = bytearray(WHOLE[name])
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=4)):
        content[at] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(content)
        try:
            scenario = read(Path(folder), of_network(f'{{ file = "{name}" }}'))
        except ScenarioError as error:
            told, theta = error.problems, np.zeros(0)
        else:
            told, theta = (), scenario.theta
    assert all(problem.where.startswith("network") and problem.message.isprintable() for problem in told)
    assert np.isfinite(theta).all()
