"""In a notebook a place of a walk and a calculation show themselves, as IPython asks for it."""

import ast
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine import Session, explained, load_scenario, read, shipped_names
from engine.program.tokens import ExpressionError
from tests.tui.test_picture import letters_of

ROOT = Path(__file__).parents[2]


def shown(value):
    """What a notebook gets, by type, as IPython's formatter of bundles asks: by the method, with two names given."""
    method = type(value)._repr_mimebundle_
    return method(value, include=None, exclude=None)


def at(name, done=None):
    start = Session.open(load_scenario(name))
    return start.seek(start.first, start.count if done is None else done)


def words_of(picture):
    """The text of an SVG, line by line."""
    rows = {}
    for (row, column), sign in sorted(letters_of(picture).items()):
        rows.setdefault(row, {})[column] = sign
    return [
        "".join(cells.get(column, " ") for column in range(max(cells) + 1)).strip() for _, cells in sorted(rows.items())
    ]


def test_a_calculation():
    calculation = explained(at("mazur"), "dE/dw[w5]")
    bundle = shown(calculation)
    assert bundle["text/plain"].splitlines() == [
        "dE/dw = y·dE/dx",
        "dE/dw[w5] = y[h1]·dE/dx[o1]",
        "          = 0.593270·0.138499",
        "          = 0.0821670",
        "with dE/dx[o1] = dy/dx[o1]·dE/dy[o1]",
        "               = 0.186816·0.741365",
        "               = 0.138499",
    ]
    assert words_of(bundle["image/svg+xml"]) == [line.strip() for line in bundle["text/plain"].splitlines()]
    assert repr(calculation) == "<dE/dw[w5] = 0.0821670405642308>"
    assert calculation.value == read(at("mazur"), "dE/dw[w5]")


def test_a_place():
    session = at("mazur", 9)
    bundle = shown(session)
    said, picture = words_of(bundle["image/svg+xml"]), bundle["image/svg+xml"]
    title, *calculation = [line.strip() for line in bundle["text/plain"].splitlines() if line]
    assert title == "Mazur: two inputs, two hidden, two outputs: iteration 0, step 9 of 14" == said[0]
    assert set(calculation) <= set(said)
    assert any("+.08217" in line for line in said)  # on its edge
    assert ElementTree.fromstring(picture).get("role") == "img"
    assert "http" not in picture.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert shown(session) == bundle
    assert repr(session) == "<Session of mazur, iteration 0, step 9 of 14: dE/dw of layer 2>"
    assert repr(session.seek(0, 0)) == "<Session of mazur, iteration 0, step 0 of 14>"


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_walk_and_its_calculations(name):
    session = at(name)
    for place in (session, session.back(), session.seek(session.first, 0)):
        bundle = shown(place)
        ElementTree.fromstring(bundle["image/svg+xml"])
        assert bundle["text/plain"].startswith(session.scenario.title)
    parameters = session.scenario.network.parameter_names[:3]
    asked = [f"y[{session.scenario.network.outputs[0]}]", *(f"dE/dw[{parameter}]" for parameter in parameters)]
    for quantity in asked[:1] if name == "perceptron" else asked:  # it learns without derivatives
        calculation = explained(session, quantity)
        ElementTree.fromstring(shown(calculation)["image/svg+xml"])
        assert calculation.value == read(session, quantity)
        assert ast.literal_eval(repr(calculation).strip("<>").rpartition(" = ")[2]) == calculation.value


def test_another_place_is_gone_to():
    start = at("mazur", 0)
    assert explained(start, "dE/dw[w5]").value is None
    assert repr(explained(start, "dE/dw[w5]")) == "<dE/dw[w5] = not computed>"
    assert explained(start, "3:dE/dw[w5]").value == read(start.seek(3, 14), "dE/dw[w5]")
    for wrong, error in (("1000", LookupError), ("dE/dw[w99]", LookupError), ("x[", ExpressionError)):
        with pytest.raises(error):
            explained(start, wrong)


def test_what_there_is_not_is_told():
    with pytest.raises(LookupError, match="without derivatives"):
        explained(at("perceptron"), f"dE/dw[{at('perceptron').scenario.network.parameter_names[0]}]")


def test_the_package_says_who_shows_them():
    entries = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    assert set(entries["gradstep.shown"]) == {"Session", "Explanation"}
    for where in entries["gradstep.shown"].values():
        module, _, name = where.partition(":")
        assert callable(getattr(import_module(module), name))


PROGRAM = """
import sys
from engine import Session, explained, load_scenario
session = Session.open(load_scenario("mazur"))
before = {name.partition(".")[0] for name in sys.modules}
assert not {"tui", "textual", "rich"} & before
%s
print(sorted(session._repr_mimebundle_()), repr(session))
"""


@pytest.mark.parametrize(
    ("first", "kinds"), [("", ["image/svg+xml", "text/plain"]), ("import engine.showing as s; s.GROUP = 'no'", [])]
)
def test_the_engine_imports_no_screen_until_it_is_shown(first, kinds):
    """And shows nothing but its name where none is installed."""
    result = subprocess.run([sys.executable, "-c", PROGRAM % first], capture_output=True, text=True, check=True)
    assert result.stdout == f"{kinds} <Session of mazur, iteration 0, step 0 of 14>\n"
