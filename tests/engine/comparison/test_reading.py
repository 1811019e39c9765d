"""Numbers are read as people print and save them, and what can't be read is said in a line that names file and name."""

import io
import json
import struct

import numpy as np
import pytest

from engine.comparison.containers import of_mapping, read_bytes, renamed
from engine.comparison.entries import DOUBLE, SINGLE, NumbersError
from engine.comparison.text import read_text

NUMPY = "W1 = [[0.15 0.2 ]\n [0.25 0.3 ]]"
TORCH = "W1 = tensor([[0.1500, 0.2000],\n        [0.2500, 0.3000]], grad_fn=<MmBackward0>)"
PARAMETER = "W1: Parameter containing:\ntensor([[0.1500, 0.2000],\n        [0.2500, 0.3000]], requires_grad=True)"
JAX = "W1 = Array([[0.15, 0.2 ],\n       [0.25, 0.3 ]], dtype=float32)"
KERAS = (
    "W1 = <tf.Variable 'k:0' shape=(2, 2) dtype=float32, numpy=\narray([[0.15, 0.2 ],\n [0.25, 0.3 ]], dtype=float32)>"
)
SCALE = "W1 = tensor(1e-02 *\n       [[15., 20.],\n        [25., 30.]])"
SCALARS = "W1 = [[np.float64(0.15), np.float64(0.2)], [np.float64(0.25), np.float64(0.3)]]"
DICTIONARY = "{'W1': array([[0.15, 0.2 ], [0.25, 0.3 ]]), 'b1': 0.35}"


def entry_of(text, name="W1"):
    return next(entry for entry in read_text(text, "file").entries if entry.name == name)


@pytest.mark.parametrize("text", [NUMPY, TORCH, PARAMETER, JAX, KERAS, SCALE, SCALARS, DICTIONARY])
def test_arrays_are_read_as_libraries_print_them(text):
    entry = entry_of(text)
    np.testing.assert_allclose(entry.array, [[0.15, 0.2], [0.25, 0.3]])
    assert (entry.unit == SINGLE) == ("float32" in text)


def test_digits_of_an_array_are_those_that_its_items_share():
    assert (entry_of("W1 = [0.5, 0.25, 0.125]").half == 0.0005).all()
    assert (entry_of("W1 = [1.5e-03 2.5000e-04]").half == [0.5e-7, 0.5e-8]).all()
    assert entry_of("W1 = 0.0822").half == pytest.approx(5e-5)


def test_what_is_left_out_leaves_a_gap():
    entry = entry_of("W1 = [[1. 2. 3. ... 8. 9.]\n [1. 2. 3. ... 8. 9.]\n ...\n [1. 2. 3. ... 8. 9.]]")
    assert entry.gaps == (2, 3)
    assert entry.fits((100, 50))
    assert not entry.fits((3, 50))
    numbers, _ = entry.spread_out((4, 6))
    assert np.isnan(numbers[2]).all()
    np.testing.assert_array_equal(numbers[3], [1, 2, 3, np.nan, 8, 9])


def test_lines_may_calculate_or_say_nothing():
    found = read_text("epoch 3\nw5+ = 0.4 - 0.5*0.0822 = 0.3589, E = 0.3\nnote: see below\nw6 = 0.45 - x\n", "file")
    assert [(entry.name, float(entry.array)) for entry in found.entries] == [("w5+", 0.3589), ("E", 0.3)]
    assert found.passed_over == ("note", "w6")


def saved(kind, numbers):
    buffer = io.BytesIO()
    if kind == "npz":
        np.savez(buffer, **numbers)
        return buffer.getvalue()
    if kind == "json":
        return json.dumps({name: array.tolist() for name, array in numbers.items()}).encode()
    if kind == "csv":
        lines = [f"{name},{float(array)!r}" for name, array in numbers.items() if array.ndim == 0]
        return "\n".join(["name,value", *lines]).encode()
    header, data = {}, b""
    for name, array in numbers.items():
        raw = array.astype("<f8").tobytes()
        header[name] = {"dtype": "F64", "shape": array.shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header | {"__metadata__": {"format": "np"}}).encode()
    return struct.pack("<Q", len(text)) + text + data


@pytest.mark.parametrize("kind", ["npz", "json", "csv", "safetensors"])
def test_files_are_read(kind):
    numbers = {"E": np.array(0.298371), "W1": np.array([[0.15, 0.2], [0.25, 0.3]])}
    found = {entry.name: entry for entry in read_bytes(saved(kind, numbers), f"file.{kind}").entries}
    for name, array in numbers.items() if kind != "csv" else [("E", numbers["E"])]:
        np.testing.assert_array_equal(found[name].array, array)
        assert (found[name].half > 0).all() == (kind in ("json", "csv"))


def test_half_precisions_of_safetensors():
    single = np.array([1.5, 2.0], np.float32)
    raw = (single.view(np.uint32) >> 16).astype("<u2").tobytes()
    header = json.dumps({"b1": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}).encode()
    (entry,) = read_bytes(struct.pack("<Q", len(header)) + header + raw, "m.safetensors").entries
    np.testing.assert_array_equal(entry.array, [1.5, 2.0])
    assert entry.unit == 2.0**-8


def test_an_array_alone_is_named_by_an_option():
    buffer = io.BytesIO()
    np.save(buffer, np.ones((2, 2)))
    numbers = read_bytes(buffer.getvalue(), "g.npy")
    (entry,) = renamed(numbers, ["=dE/dw:1"]).entries
    assert entry.name == "dE/dw:1"
    with pytest.raises(NumbersError, match=r"g\.npy: say what the array is"):
        renamed(numbers, [])
    with pytest.raises(NumbersError, match="write NAME=QUANTITY"):
        renamed(numbers, ["grads"])


class Tensor:
    """As PyTorch's that is differentiated with: an array only after `detach`."""

    def __array__(self, *_, **__):
        raise RuntimeError

    def detach(self):
        return np.array([1.0, 2.0], np.float32)


def test_a_programs_numbers():
    found = {entry.name: entry for entry in of_mapping({"a": 0.25, "b": [0.5, 0.125], "c": Tensor()}).entries}
    assert (found["a"].half, found["c"].half.max()) == (0.005, 0.0)
    assert (found["b"].half == 0.0005).all()
    assert (found["a"].unit, found["c"].unit) == (DOUBLE, SINGLE)


@pytest.mark.parametrize(
    ("name", "content", "say"),
    [
        ("n.txt", b"W1 = [[1, 2], [3]]", r"n\.txt: W1: its rows are not equally long"),
        ("n.txt", b"W1 = [1, nan]", r"n\.txt: W1 holds a number that is not finite"),
        ("n.txt", b"E = inf", r"n\.txt: E is not a finite number"),
        ("n.txt", b"W1 = [1, 2", r"n\.txt: W1: a closing \] is missing"),
        ("n.txt", b"W1 = [1, abc]", r"n\.txt: W1: 'abc\]' is no number"),
        ("n.txt", b"E = 1\nE = 2", r"n\.txt: E is given twice"),
        ("n.txt", b"hello", r"n\.txt: there is no number in it"),
        ("n.txt", b"", r"n\.txt: there is no number in it"),
        ("n.txt", b"\xff\xfe", r"n\.txt: line 1 is not UTF-8"),
        ("n.json", b"{", r"n\.json: line 1: it is no JSON"),
        ("n.json", b"[1]", r"n\.json: it must be an object"),
        ("n.json", b'{"E": null}', r"n\.json: E: null is no finite number"),
        ("n.json", b'{"E": NaN}', r"n\.json: E: nan is no finite number"),
        ("n.json", b'{"E": "x"}', r"n\.json: E: x is no finite number"),
        ("n.json", b'{"E": 1, "E": 2}', r"n\.json: E is given twice"),
        ("n.json", b'{"W1": [[1, 2], [3]]}', r"n\.json: W1: its rows"),
        ("n.json", b'{"W1": []}', r"n\.json: W1 holds no number"),
        ("n.csv", b"a,b\n", r"n\.csv: its first line must have the columns name and value"),
        ("n.csv", b"name,value\nE,x\n", r"n\.csv: line 2: E: 'x' is no finite number"),
        ("n.npz", b"PK\x03\x04", r"n\.npz: it is damaged, or not whole: save it anew, with np\.savez$"),
        ("n.npz", b"junk", r"n\.npz: it is no file of numpy arrays: save it with np\.savez$"),
        ("n.npy", b"abc", r"n\.npy: it is no file of numpy arrays"),
        ("n.safetensors", b"\x10\0\0\0\0\0\0\0{", r"n\.safetensors: it is no safetensors file"),
    ],
)
def test_what_can_not_be_read_is_said(name, content, say):
    with pytest.raises(NumbersError, match=say) as caught:
        renamed(read_bytes(content, name), ())
    assert len(str(caught.value).splitlines()) <= 4


def test_no_file_takes_code():
    buffer = io.BytesIO()
    np.savez(buffer, W1=np.array([{}], dtype=object))
    with pytest.raises(NumbersError, match=r"n\.npz: W1 holds Python objects, not numbers"):
        read_bytes(buffer.getvalue(), "n.npz")


def test_names_and_arrays_as_print_writes_them_side_by_side():
    text = """Epoch 1
loss tensor(0.2984, grad_fn=<SumBackward0>)
W1 [[0.15 0.2 ]
 [0.25 0.3 ]]
z1 tensor([[0.3775, 0.3925]], dtype=torch.float64, grad_fn=<AddmmBackward0>)
dW2 array([[ 0.0822,  0.0827],
       [-0.0226, -0.0227]])
the weights are [good]
2.bias.grad tensor([ 0.1385, -0.0381])
"""
    read = read_bytes(text.encode(), "out.txt")
    assert [entry.name for entry in read.entries] == ["loss", "W1", "z1", "dW2", "2.bias.grad"]
    assert [entry.array.shape for entry in read.entries] == [(), (2, 2), (1, 2), (2, 2), (2,)]
    assert read.passed_over == ()


def entries(text):
    return {entry.name: entry.array.tolist() for entry in read_text(text, "out.txt").entries}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("step 0: loss=0.298371 (MSE), acc: 50%", {"loss": 0.298371, "acc": 50.0}),
        ("dw5: 0.0822 dw6: 0.0827", {"dw5": 0.0822, "dw6": 0.0827}),
        ("delta1 = 0.1, 0.2\ndelta2 = 0.3 -0.4", {"delta1": [0.1, 0.2], "delta2": [0.3, -0.4]}),
        ("E = 0.3, acc = 50", {"E": 0.3, "acc": 50.0}),
        ("w5 = 0.4 - 0.5*0.0822 = 0.3589", {"w5": 0.3589}),
        ("net_h1 = 0,3775\nout_h1: -0,5933", {"net_h1": 0.3775, "out_h1": -0.5933}),
        ("t = [1,0]\nE = 0,3", {"t": [1.0, 0.0], "E": 0.3}),
        ("t = 1, 0\nE = 0.3", {"t": [1.0, 0.0], "E": 0.3}),
        ("W1\n[[1. 2.]\n [3. 4.]]\nb1:\ntensor([0.1, 0.2])", {"W1": [[1.0, 2.0], [3.0, 4.0]], "b1": [0.1, 0.2]}),
        ("E 0.2983\nEpoch 1\n", {"E": 0.2983}),
    ],
)
def test_lines_as_people_write_them(text, found):
    assert entries(text) == found


def test_a_table_with_commas_in_its_numbers():
    rows = read_bytes(b"name;value\nE;0,2984\ny[o1];0,7514\n", "n.csv").entries
    assert {entry.name: float(entry.array) for entry in rows} == {"E": 0.2984, "y[o1]": 0.7514}
    assert rows[0].half == pytest.approx(5e-5)
