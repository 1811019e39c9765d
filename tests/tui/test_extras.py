"""Installed by itself, without any extra: what needs one says which, and all the rest works."""

import json
import subprocess
import sys

import pytest

BARE = """
import contextlib, io, json, re, sys
from importlib.metadata import packages_distributions, requires

def called(name):
    return re.sub(r"[-_.]+", "-", name).lower()

def needed(name, known):
    for line in requires(name) or ():
        part, _, condition = line.partition(";")
        found = called(re.match(r"[\\w.-]+", part)[0])
        if "extra" not in condition and found not in known:
            known.add(found)
            with contextlib.suppress(ModuleNotFoundError):  # of another system
                needed(found, known)
    return known

kept = needed("gradstep", {"gradstep"})
hidden = {
    package
    for package, owners in packages_distributions().items()
    if not kept & {called(owner) for owner in owners}
}

class Hides:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hides())
from tui.cli import main
found = []
for words in json.loads(sys.argv[1]):
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    texts = [(stream.flush(), stream.buffer.getvalue().decode())[1] for stream in (out, err)]
    found.append((code, texts[0][:200], texts[1]))
print(json.dumps({"hidden": sorted(hidden), "found": found}))
"""
WITH_AN_EXTRA = {
    "web": ["serve", "mazur"],
    "picture": ["picture", "mazur", "-o", "mazur.png"],
    "completion": ["completion", "bash"],
}
WITHOUT = [
    ["list"],
    ["trace", "mazur", "--format", "latex"],
    ["value", "mazur", "E"],
    ["train", "xor", "--iterations", "3"],
    ["check", "one-neuron"],
    ["worksheet", "one-neuron"],
    ["export", "mazur", "--format", "numpy"],
    ["new", "one.toml", "--data", "moons"],
    ["page", "one-neuron", "-o", "one.html"],
    ["picture", "mazur", "-o", "mazur.svg"],
    ["record", "one-neuron", "--speed", "8", "-o", "one.cast"],
    ["schema"],
]


@pytest.fixture
def bare(tmp_path):
    def run(commands):
        done = subprocess.run(
            [sys.executable, "-c", BARE, json.dumps(commands)], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    return run


def test_what_needs_an_extra_says_which(bare):
    told = bare(list(WITH_AN_EXTRA.values()))
    assert {"aiohttp", "textual_serve"} <= set(told["hidden"])
    for extra, (code, out, err) in zip(WITH_AN_EXTRA, told["found"], strict=True):
        assert (code, out) == (2, "")
        assert err == f"gradstep: this needs the extra `{extra}`: in the clone of gradstep, pip install '.[{extra}]'\n"


def test_all_the_rest_works(bare):
    for words, (code, out, err) in zip(WITHOUT, bare(WITHOUT)["found"], strict=True):
        assert (code, err) == (0, ""), words
        assert out, words
