"""What is printed in an encoding that lacks signs: no number loses its own, and files for programs stay the same."""

import codecs
import csv
import encodings.aliases
import io
import json
import os
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.files import shipped_names
from tests import GRADSTEP
from tests.shipped import UNTRAINED
from tui.cli import main
from tui.paper.encodings import MEANINGS, Translated, can_encode, in_encoding
from tui.words.format import number


def is_of_text(name):
    """Whether it encodes letters, all of ASCII among them."""
    try:
        return codecs.lookup(name)._is_text_encoding and can_encode("".join(map(chr, range(32, 127))), name)
    except LookupError:
        return False


ENCODINGS = sorted(filter(is_of_text, {*encodings.aliases.aliases.values()} - {"idna", "punycode"}))
NUMBER = re.compile(r"[-−]?(?:\d+\.\d+(?:e[-+−]?\d+)?|\binf\b|∞)")
"""As it is printed; what has no point may stand in an exponent or a fraction."""


def numbers(text):
    return [found.replace("−", "-").replace("∞", "inf") for found in NUMBER.findall(text)]


def test_the_encodings_that_are_tried():
    assert {"ascii", "cp1252", "cp437", "cp850", "latin_1", "koi8_r", "shift_jis", "gbk", "utf_8", "cp037"} <= {
        *ENCODINGS
    }
    assert len(ENCODINGS) > 70


@given(
    st.lists(st.floats(allow_nan=False) | st.floats(-2, 2), min_size=1, max_size=8),
    st.integers(1, 17),
    st.sampled_from(ENCODINGS),
    st.sampled_from([" · ", " − ", "·(", " ≈ ", "−", "²·", "½", " → "]),
)
def test_every_number_comes_out_as_it_went_in(values, digits, encoding, between):
    texts = [number(value, digits) for value in values]
    shown = in_encoding(between.join(f" {text} " for text in texts), encoding)
    read = shown.encode(encoding).decode(encoding)
    assert read == shown  # nothing is left that is replaced by another hand
    found = [float(text.replace("−", "-").replace("∞", "inf")) for text in texts]
    rest = read
    for value in found:  # each is there, in this order
        for text in re.finditer(r"-?(?:\d+(?:\.\d*)?(?:e[-+]?\d+)?|inf)", rest.replace("−", "-").replace("∞", "inf")):
            if float(text[0]) == value:
                rest = rest.replace("−", "-").replace("∞", "inf")[text.end() :]
                break
        else:
            pytest.fail(f"{value} is missing in {read}")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_sign_comes_out_or_has_a_meaning(encoding):
    for sign, meaning in MEANINGS.items():
        shown = in_encoding(sign, encoding)
        assert shown in (sign, meaning)
        assert shown.encode(encoding).decode(encoding) == shown
    assert in_encoding("−1", encoding) in ("−1", "-1")
    assert len({in_encoding(letter, encoding) for letter in "αβγδεηθλμσφψω"}) == 13  # no two become one
    assert in_encoding("ŷ", encoding) != in_encoding("y", encoding)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("−0.5·(−2) × x²", "-0.5*(-2) * x^2"),
        ("10⁻³ 10¹⁰ a⁽²⁾", "10^-3 10^10 a^(2)"),
        ("3½ ½·(t − y)² 0.5½", "3 1/2 1/2*(t - y)^2 0.5 1/2"),
        ("∂E/∂w = Σ δ·y → σ(x) ≈ 1 ≠ 2 … ✓", "dE/dw = sum delta*y -> sigma(x) ~ 1 != 2 ... ok"),
        ("β₁ Δ ŷ y\N{COMBINING CIRCUMFLEX ACCENT} −∞ √v ∇E", "beta_1 Delta yhat yhat -inf sqrtv grad E"),
        ("größer 日本", r"gr\xf6\xdfer \u65e5\u672c"),
    ],
)
def test_in_ascii(text, said):
    assert in_encoding(text, "ascii") == said
    assert in_encoding(text, "utf-8") == text


def test_an_exponent_is_replaced_as_a_whole():
    """Latin-1 has ¹ and not ⁰: half of it would be another number."""
    assert in_encoding("10¹⁰ x² ½", "latin-1") == "10^10 x² ½"


class Shown(io.TextIOWrapper):
    """A terminal."""

    def isatty(self):
        return True


def printed(words, encoding, monkeypatch, typed="", stream=io.TextIOWrapper):
    """What a command writes on standard output and standard error, where both have this encoding; its exit code."""
    streams = []
    for name in ("stdout", "stderr"):
        streams.append(stream(io.BytesIO(), encoding=encoding))
        monkeypatch.setattr(sys, name, streams[-1])
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    code = main(words)
    for stream in streams:
        stream.flush()
    content = [stream.buffer.getvalue() for stream in streams]
    return *content, code


LINES = [
    *(
        ["trace", name, "--notation", notation]
        for name in ("google", "two-neurons")
        for notation in ("document", "canonical")
    ),
    ["trace", "four-layer-cross-entropy", "--digits", "17", "--detail", "scalar"],
    ["trace", "xor", "--from", "30", "--only", "dE/dw"],
    ["check", "two-neurons", "mazur", "baeldung-cost"],
    ["train", "xor", "--iterations", "50"],
    ["mazur", "--plain"],
    ["list"],
    ["--help"],
    ["trace", "--help"],
]
TYPED = "\n\n\n\ng dE/dw[w5]\n\n\n\n\nn\ne w5=-0.5\nt\n\n\n-1\nt\n?\nq\n"


@pytest.mark.parametrize("words", LINES, ids=" ".join)
def test_every_number_of_every_command(words, monkeypatch):
    whole, wrong, code = printed(words, "utf-8", monkeypatch, TYPED)
    expected = numbers(whole.decode())
    assert expected or words[-1] in ("list", "--help")
    for encoding in (
        ENCODINGS if words[:2] == ["trace", "google"] else ("ascii", "cp1252", "cp437", "latin_1", "koi8_r")
    ):
        out, err, same = printed(words, encoding, monkeypatch, TYPED)
        text = out.decode(encoding)
        assert numbers(text) == expected, encoding
        assert text.count("?") == whole.decode().count("?"), encoding
        assert (err.decode(encoding), same) == (in_encoding(wrong.decode(), encoding), code)


@pytest.mark.parametrize("name", shipped_names())
def test_every_number_of_every_scenario(name, monkeypatch):
    words = ["trace", name, "--notation", "document", "--iterations", "1" if name in UNTRAINED else "2"]
    expected = numbers(printed(words, "utf-8", monkeypatch)[0].decode())
    assert any(text.startswith("-") for text in expected) or name in ("baeldung-identity", "perceptron", *UNTRAINED)
    for encoding in ("ascii", "cp1252"):
        assert numbers(printed(words, encoding, monkeypatch)[0].decode(encoding)) == expected


FOR_PROGRAMS = [
    *(
        ["trace", "mine.toml", "--format", form, "--notation", "document"]
        for form in ("jsonl", "csv", "markdown", "latex")
    ),
    ["worksheet", "mine.toml"],
    ["export", "mine.toml", "--format", "numpy"],
    ["check", "mine.toml", "--json"],
    ["train", "mine.toml", "--json"],
    ["list", "--json"],
    ["schema"],
]


@pytest.mark.parametrize("words", FOR_PROGRAMS, ids=" ".join)
def test_files_for_programs_are_the_same_everywhere(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(
        """
title = "Größen − ŷ"
[network]
inputs = ["größe", "β"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["ŷ", "y"]
activation = "tanh"
weights = [[-0.5, 0.25], [0.75, -0.125]]
[[example]]
inputs = [1.0, -2.0]
targets = [0.5, 0.25]
[[published]]
quantity = "x[ŷ]"
value = "−1"
""",
        encoding="utf-8",
    )
    whole, _, code = printed(words, "utf-8", monkeypatch)
    assert code == 0
    assert whole
    for encoding in ("ascii", "cp1252", "latin_1", "utf_16"):
        out, _, _ = printed(words, encoding, monkeypatch)
        assert out.decode("utf-8" if encoding != "utf_16" else "utf_16") == whole.decode(), encoding
    if words[-1] == "--json" or words[-2:] == ["--format", "jsonl"]:
        assert [json.loads(line) for line in whole.decode().splitlines()] if "jsonl" in words else json.loads(whole)
    if "csv" in words:
        assert {row[6] for row in csv.reader(io.StringIO(whole.decode()))} >= {"ŷ", "y", "größe", "β"}


def test_a_terminal_of_another_encoding_sees_its_own(monkeypatch):
    """Nobody redirects it: what is for programs is only looked at."""
    out, _, _ = printed(["list", "--json"], "cp1252", monkeypatch, stream=Shown)
    assert len(json.loads(out.decode("cp1252"))) == len(shipped_names())
    assert isinstance(sys.stdout, Translated)


@pytest.mark.parametrize(
    "variables",
    [{"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
    ids=str,
)
def test_from_outside(variables):
    result = subprocess.run(
        [GRADSTEP, "trace", "mazur"], capture_output=True, env=os.environ | variables, check=True
    ).stdout.decode("cp1252")
    usual = subprocess.run([GRADSTEP, "trace", "mazur"], capture_output=True, encoding="utf-8", check=True).stdout
    assert "- 0.5" in result
    assert "?" not in result
    assert numbers(result) == numbers(usual)


def test_what_is_typed_in_another_encoding_ends_nothing():
    result = subprocess.run([GRADSTEP, "mazur", "--plain"], input=b"\n\xfc\n\nq\n", capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")
    assert "There is no command '\N{REPLACEMENT CHARACTER}'." in result.stdout.decode()
