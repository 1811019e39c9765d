"""README stays true: its keys, its picture, its scenario and its commands are held against the program."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import numpy as np
import pytest

from engine.check.audit import audit
from engine.check.gradients import check_gradient
from engine.files import load_scenario, parse_scenario, shipped_names, shipped_path
from engine.formula.activations import ACTIVATIONS
from engine.formula.losses import LOSSES
from engine.formula.tree import Ref
from engine.program.frameworks import FRAMEWORKS
from engine.program.optimizers import OPTIMIZERS
from engine.program.vocabulary import NAMES, VOCABULARY
from engine.walking.session import Session
from tests.engine.test_frameworks import RECORDED, WITHIN
from tests.shipped import GRAPHS
from tests.tui.page_picture import FILE, mark_in, page_and_mark
from tests.tui.screens import opened, press
from tui.cli import main
from tui.commands.schema import schema
from tui.terminal.picture.shot import taken
from tui.terminal.picture.svg import svg
from tui.view.keys import KEYS, PICKER_KEYS, shown
from tui.words.rows import place_words
from tui.words.verdicts import word_of

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def block_with(words):
    return next(block for block in blocks("toml") if words in block)


def keys_table(entries):
    rows = []
    for entry in entries:
        keys = ", ".join(f"`{shown(key)}`" for key in entry.keys)
        rows.append(f"| {keys} | {entry.purpose} |")
    return "\n".join(rows)


def test_the_table_of_keys_is_the_list_of_keys():
    table = README.partition("<!-- keys")[2].partition("<!-- end of keys")[0]
    assert keys_table(KEYS) in table


def test_the_table_of_the_pickers_keys_is_their_list():
    table = README.partition("<!-- picker keys")[2].partition("<!-- end of picker keys")[0]
    assert keys_table(PICKER_KEYS) in table


def documents_table():
    words = ("match", "weak", "rounded", "variant", "erratum")
    rows = [f"| document | scenarios | figures | {' | '.join(words)} |", "|---" * (3 + len(words)) + "|"]
    by_document = {}
    for name in shipped_names():
        done = audit(load_scenario(name))
        by_document.setdefault(done.scenario.document or "our own", []).append(done)
    for document, audits in sorted(by_document.items()):
        names = ", ".join(f"`{done.scenario.name}`" for done in audits)
        found = [word_of(check) for done in audits for check in done.figures]
        assert set(found) <= {*words}
        counts = [len(found), *map(found.count, words)]
        rows.append(f"| {document} | {names} | {' | '.join(map(str, counts))} |")
    return "\n".join(rows)


def test_the_table_of_documents_is_the_audit():
    """To renew it, put into README what this prints."""
    table = documents_table()
    print(table)
    assert table in README.partition("<!-- documents")[2].partition("<!-- end of documents")[0]


PLAIN = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "`true`, `false`"}
LISTS = {
    "text": "texts",
    "a number": "numbers",
    "numbers": "rows of numbers",
    "texts": "rows of texts",
    "a whole number": "whole numbers",
    "a table": "tables",
    "text or a table": "texts and tables",
    "numbers of any shape": "numbers of any shape",
    "text or texts": "texts or lists of them",
    "text or texts or a table": "a list",
}


def kinds_of(part, schema):
    """A part of the schema in words: what a value may be."""
    if part.get("$ref") == "#/$defs/Numbers":
        return "numbers of any shape"
    if "$ref" in part:
        return kinds_of(schema["$defs"][part["$ref"].removeprefix("#/$defs/")], schema)
    if "properties" in part:
        return "a table"
    choices = part.get("oneOf") or part.get("anyOf")
    if choices:
        words = [kinds_of(choice, schema) for choice in choices if choice.get("type") != "null"]
        return " or ".join(dict.fromkeys(words))
    if "enum" in part or "const" in part:
        return ", ".join(f"`{choice}`" for choice in part.get("enum", [part.get("const")]))
    if part["type"] == "array":
        return LISTS.get(kinds_of(part["items"], schema), "a list of these") if "items" in part else "a list"
    return PLAIN.get(part["type"], "a table")


def keys_of(part, schema, before=""):
    """(key, values, description) of each key of a table of the schema, and of the keys of the tables in it."""
    for key, of in part["properties"].items():
        default = of.get("default")
        told = "" if default in (None, "", [], {}) or isinstance(default, dict) else f" ({json.dumps(default)})"
        need = "; needed" if key in part.get("required", ()) else ""
        yield f"{before}{key}", kinds_of(of, schema), f"{of.get('description', '')}{told}{need}"
        for name in dict.fromkeys(re.findall(r"#/\$defs/(\w+)", json.dumps(of))):
            if name == "Numbers":
                continue
            inner = schema["$defs"][name]["properties"]
            if name == "VariantPart":  # all keys of [training], and these
                inner = {
                    key: of for key, of in inner.items() if key not in schema["$defs"]["TrainingPart"]["properties"]
                }
            named = "NAME." if f"/{name}" in json.dumps(of.get("additionalProperties")) else ""
            yield from keys_of(schema["$defs"][name] | {"properties": inner}, schema, f"{before}{key}.{named}")


def format_table():
    rows = {}
    whole = schema()
    for key, values, description in keys_of(whole, whole):
        if key.startswith("published.variant.activation.NAME."):  # those of a layer's
            continue
        if key == "training.optimizer.name":
            values, description = ", ".join(f"`{name}`" for name in OPTIMIZERS), "which rule; needed"
        elif key == "network.layer.activation.name":
            values, description = ", ".join(f"`{name}`" for name in ACTIVATIONS), "which function; needed"
        elif key.endswith(".loss.name"):
            values, description = ", ".join(f"`{name}`" for name in LOSSES), "which one; needed"
        elif key.endswith(".schedule") and key in rows:
            values, description = f"{rows[key][0]}, {values}", "which one; needed"
        elif (
            key.startswith(("training.optimizer.", "training.learning_rate.", "network.layer.activation."))
            or ".loss." in key
        ) and key in rows:
            description = of_several_rules(rows[key][1], description)
        elif key in rows and rows[key] != (values, description):
            values = " or ".join(dict.fromkeys(f"{rows[key][0]} or {values}".split(" or ")))
            description = f"{rows[key][1]}; of a graph {description}"
        rows[key] = values.replace("numbers of any shape or a table", "numbers or a table"), description
    return ["| key | value | |", "|---|---|---|", *(f"| `{key}` | {' | '.join(row)} |" for key, row in rows.items())]


def of_several_rules(told, description):
    """What is said of a setting of several rules: its default may be another one."""
    words, found, default = description.rpartition(" (")
    if not found:
        both = dict.fromkeys([*told.removesuffix("; needed").split("; "), description.removesuffix("; needed")])
        return "; ".join(both) + "; needed" * description.endswith("; needed")
    before, _, defaults = told.rpartition(" (")
    before = before if before.startswith(words) else f"{before}; {words}"
    return f"{before} ({' or '.join(dict.fromkeys([*defaults[:-1].split(' or '), default[:-1]]))})"


def said_settings(settings):
    return ", ".join(f"`{name} = {json.dumps(value)}`" for name, value in settings.items())


def frameworks_table():
    head = "| `as` | `name` | called there | settings | its own α | agreement | compared with these, too | refused |"
    rows = [head, "|---" * 8 + "|"]
    for one in FRAMEWORKS:
        rate = "" if one.learning_rate is None else f"{one.learning_rate:g}"
        agreement = "1e-6 (single precision)" if one.framework in WITHIN else "1e-14"
        runs = [run["settings"] for run in RECORDED[one.framework]["runs"] if run["rule"] == one.rule]
        others = "; ".join(said_settings(settings) for settings in runs if settings)
        refused = ", ".join(f"`{name}`" for name in one.unlike)
        settings = said_settings(one.settings)
        cells = f"`{one.framework}`", f"`{one.rule}`", one.called, settings, rate, agreement, others, refused
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def test_the_table_of_frameworks_is_made_from_the_records():
    """To renew it, put into README what this prints."""
    table = frameworks_table()
    print(table)
    part = README.partition("<!-- frameworks")[2].partition("<!-- end of frameworks")[0]
    assert table in part
    for name, record in RECORDED.items():
        versions = ", ".join(f"{package} {version}" for package, version in record["versions"].items())
        assert f"{name}: {versions}" in part


def test_the_table_of_keys_of_a_scenario_is_the_schema():
    """To renew it, put into README what this prints."""
    table = "\n".join(format_table())
    print(table)
    assert table in README.partition("<!-- format")[2].partition("<!-- end of format")[0]


async def test_the_picture_is_the_real_screen():
    """To renew it: delete the file and run this test twice."""
    path = ROOT / "tests" / "picture.svg"
    assert str(path.relative_to(ROOT)) in README
    async with opened("mazur", (120, 40)) as (app, pilot):
        await press(pilot, *["n"] * 20, *["right"] * 9)
        picture = svg(taken(app), place_words(app.screen.session))
    if not path.exists():
        path.write_text(picture)
        pytest.fail("there was no picture; now there is")
    assert path.read_text() == picture


async def test_the_map_is_the_real_screen():
    """To renew it: delete the file and run this test twice."""
    path = ROOT / "tests" / "map.svg"
    assert str(path.relative_to(ROOT)) in README
    async with opened(Session.open(load_scenario("xor")).fast_forward(300), (104, 36)) as (app, pilot):
        await press(pilot, "h")
        picture = svg(taken(app), place_words(app.screen.session))
    if not path.exists():
        path.write_text(picture)
        pytest.fail("there was no picture; now there is")
    assert path.read_text() == picture


def test_the_picture_of_a_page_is_of_the_page_as_it_is():
    """To renew it, where there is a Chromium: python -m tests.tui.page_picture."""
    _, mark = page_and_mark()
    assert str(FILE.relative_to(ROOT)) in README
    assert mark_in(FILE.read_bytes()) == mark


def test_what_it_names_is_there():
    """Each file, and each room; and no room goes without saying."""
    for name in re.findall(r"`([\w.]+/[\w./]+(?:\.py|/run))`|`((?:engine|tui)/\w+)`", README):
        assert any((ROOT / folder / "".join(name)).exists() for folder in (".", "engine")), name
    rooms = README.partition("## How it is built")[2].split("```")[1]
    for package in ("engine", "tui"):
        for folder in (ROOT / package).iterdir():
            if (folder / "__init__.py").exists():
                assert re.search(rf"\b{folder.name}\b", rooms), folder


def test_the_scenario_opens():
    text, published = blocks("toml")[0], block_with('[[published]]\nquantity = "dE/dw[w5]"')
    assert tomllib.loads(text)
    scenario = parse_scenario(text, "readme.toml")
    assert Session.open(scenario).seek(3, 1).iteration == 3
    mazur = shipped_path("mazur").read_text()
    assert audit(parse_scenario(f"{mazur}\n{published}", "readme.toml")).figures[-1].verdict == "match"


def test_the_weights_of_a_trained_model_are_read(tmp_path):
    save_file = pytest.importorskip("safetensors.numpy").save_file  # of the extra `import`
    layer, units = blocks("toml")[0].partition("[training]")[2], np.arange(6.0).reshape(3, 2)
    save_file({"0.weight": units, "0.bias": np.ones(3)}, tmp_path / "model.safetensors")
    example = layer[layer.index("[[example]]") :].replace("[0.01]", "[0, 0, 1]")
    scenario = parse_scenario(
        f'title = "t"\n{block_with("model.safetensors")}\n{example}', "readme.toml", tmp_path / "readme.toml"
    )
    np.testing.assert_array_equal(scenario.theta, [*range(6), 1, 1, 1])


def functions_table():
    """What formulas may call, from the vocabulary."""
    rows = {"each element": [], "whole values": [], "errors": []}
    for name in NAMES:
        entry = VOCABULARY[name]
        plain = entry.most == 1 and not entry.sizes[1] and (set(entry.options) <= {"corner"} or name in ACTIVATIONS)
        if name in LOSSES:
            rows["errors"].append(f"`{entry.like}`")
        elif plain and entry.make([Ref("x")], [()]).function.across is None:
            rows["each element"].append(f"`{entry.like.partition(' or ')[2] or name}`")
        else:
            rows["whole values"].append(f"`{entry.like}`")
    lines = (f"| {kind} | {', '.join(dict.fromkeys(found))} |" for kind, found in rows.items())
    return "\n".join(["| of | functions |", "|---|---|", *lines])


def test_the_table_of_functions_is_the_vocabulary():
    """To renew it, put into README what this prints."""
    table = functions_table()
    print(table)
    assert table in README.partition("<!-- functions")[2].partition("<!-- end of functions")[0]


GRAPHS_WRITTEN = [text for text in blocks("toml") if "[graph]" in text]


@pytest.mark.parametrize("text", GRAPHS_WRITTEN, ids=range(len(GRAPHS_WRITTEN)))
def test_the_functions_walk_and_their_figures_match(text):
    assert len(text.splitlines()) < 40
    scenario = parse_scenario(text, "readme.toml")
    done = audit(scenario)
    assert done.ok
    assert {check.verdict for check in done.figures} <= {"match"}
    start = Session.open(scenario)
    values = start.seek(0, start.count).values
    assert check_gradient(scenario, values.beginning.theta, values.examples).ok


def test_a_cell_is_short_and_audited():
    cell = next(text for text in GRAPHS_WRITTEN if "f1 =" in text or "f{k}" in text)
    assert len(cell.splitlines()) < 30
    assert "[[published]]" in cell


def test_the_lessons_on_functions_are_all_told():
    section = README.partition("## Any function")[2].partition("\n## ")[0]
    assert [name for name in GRAPHS if f"`{name}`" not in section] == []


@pytest.mark.parametrize("code", blocks("python"))
def test_the_programs_run(code):
    if "import torch" in code:
        pytest.importorskip("torch")
    exec(compile(code, "README.md", "exec"), {"__name__": "__main__"})


def test_the_time_steps_are_tied():
    head = 'title = "t"\n[network]\ninputs = ["h0", "in1", "in2"]\nloss = "output"\n'
    scenario = parse_scenario(f"{head}{block_with('label = ')}\n[[example]]\ninputs = [0, 1, 2]\n", "readme.toml")
    assert scenario.network.parameter_names == ("w_h", "w_in")
    assert scenario.network.uses(1) == (1, 2)


@pytest.mark.parametrize(
    "line", [line for block in blocks("sh") for line in block.splitlines() if line.startswith("gradstep")]
)
def test_the_commands_run(line, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some write files
    Path("numbers.txt").write_text("dE/dw[w5] = 0.0822", encoding="utf-8")
    words = shlex.split(line.partition(" > ")[0], comments=True)
    if words[-1].endswith(".png"):
        pytest.importorskip("resvg_py")  # of the extra `picture`
    assert main(words[1:]) == 0
    assert capsys.readouterr().out


def test_the_picture_of_a_panel_is_what_its_command_makes(tmp_path, monkeypatch):
    """To renew it, run the command in the folder `tests`."""
    monkeypatch.chdir(tmp_path)
    (shown_name,) = re.findall(r"!\[.*\]\(tests/(xor[\w-]*\.svg)\)", README)
    command = next(line for block in blocks("sh") for line in block.splitlines() if shown_name in line)
    assert main(shlex.split(command, comments=True)[1:]) == 0
    assert Path(shown_name).read_text() == (ROOT / "tests" / shown_name).read_text()


MINE = """
z1 = tensor([0.3775, 0.3925])
a1 = tensor([0.5933, 0.5969])
dz2 = [ 0.13849856 -0.03809824]
dz1 = [0.0364 0.0414]
dW1 = [[0.0018 0.0036]
 [0.0021 0.0041]]
"""


def test_what_a_comparison_prints(tmp_path, capsys):
    path = tmp_path / "numbers.txt"
    path.write_text(MINE, encoding="utf-8")
    assert main(["compare", "mazur", str(path)]) == 1
    printed = capsys.readouterr().out
    lines = README.partition("$ gradstep compare mazur numbers.txt\n")[2].partition("```")[0].splitlines()
    assert [line for line in lines if line not in printed.splitlines() and line.strip() != "…"] == []
