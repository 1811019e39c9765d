"""README stays true: its keys, its picture, its scenario and its commands are held against the program."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from engine.audit import audit
from engine.files import load_scenario, parse_scenario, shipped_names, shipped_path
from engine.session import Session
from tests.tui.screens import opened, press, screen_svg
from tui.cli import main
from tui.keys import KEYS, PICKER_KEYS, shown

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


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
    rows = ["| document | scenarios | figures | match | rounded | variant | erratum |", "|---|---|---|---|---|---|---|"]
    by_document = {}
    for name in shipped_names():
        done = audit(load_scenario(name))
        by_document.setdefault(done.scenario.document or "our own", []).append(done)
    for document, audits in sorted(by_document.items()):
        names = ", ".join(f"`{done.scenario.name}`" for done in audits)
        verdicts = [check.verdict for done in audits for check in done.figures]
        counts = [len(verdicts), *(verdicts.count(verdict) for verdict in ("match", "rounded", "variant", "erratum"))]
        rows.append(f"| {document} | {names} | {' | '.join(map(str, counts))} |")
    return "\n".join(rows)


def test_the_table_of_documents_is_the_audit():
    """To renew it, put into README what this prints."""
    table = documents_table()
    print(table)
    assert table in README.partition("<!-- documents")[2].partition("<!-- end of documents")[0]


async def test_the_picture_is_the_real_screen():
    """To renew it: delete the file and run this test twice."""
    path = ROOT / "tests" / "picture.svg"
    assert str(path.relative_to(ROOT)) in README
    async with opened("mazur", (120, 40)) as (app, pilot):
        await press(pilot, *["n"] * 20, *["right"] * 9)
        picture = screen_svg(app)
    if not path.exists():
        path.write_text(picture)
        pytest.fail("there was no picture; now there is")
    assert path.read_text() == picture


def test_the_scenario_opens():
    text, _, published = blocks("toml")
    assert tomllib.loads(text)
    scenario = parse_scenario(text, "readme.toml")
    assert Session.open(scenario).seek(3, 1).iteration == 3
    mazur = shipped_path("mazur").read_text()
    assert audit(parse_scenario(f"{mazur}\n{published}", "readme.toml")).figures[-1].verdict == "match"


def test_the_time_steps_are_tied():
    head = 'title = "t"\n[network]\ninputs = ["h0", "in1", "in2"]\nloss = "output"\n'
    scenario = parse_scenario(f"{head}{blocks('toml')[1]}\n[[example]]\ninputs = [0, 1, 2]\n", "readme.toml")
    assert scenario.network.parameter_names == ("w_h", "w_in")
    assert scenario.network.uses(1) == (1, 2)


@pytest.mark.parametrize(
    "line", [line for block in blocks("sh") for line in block.splitlines() if line.startswith("gradstep")]
)
def test_the_commands_run(line, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some write files
    words = shlex.split(line, comments=True)
    assert main(words[1:]) == 0
    assert capsys.readouterr().out
