"""`gradstep worksheet` from outside: blanks and answers belong together, and the sheet does not tell them."""

import re
import subprocess

import pytest

from engine.files import shipped_names
from tests import GRADSTEP
from tests.tui.test_trace_math import check_document, check_markdown, compiled
from tui.cli import main

BLANK = re.compile(r"\\underline\{\\hspace\{6em\}\} \\quad \((\d+)\)")
ANSWER = re.compile(r"^\((\d+)\) \\quad", re.MULTILINE)


def sheet(capsys, *words):
    assert main(["worksheet", *words]) == 0
    page, _, answers = capsys.readouterr().out.partition("Answers")
    return page, answers


@pytest.mark.parametrize(("blank", "count"), [("all", 37), ("backward", 26), ("half", 18)])
def test_blanks_are_numbered_and_have_their_answers(blank, count, capsys):
    page, answers = sheet(capsys, "mazur", "--blank", blank)
    numbers = [str(i) for i in range(1, count + 1)]
    assert BLANK.findall(page) == numbers
    assert ANSWER.findall(answers) == numbers


def test_what_is_asked_is_not_told(capsys):
    page, answers = sheet(capsys, "mazur", "--digits", "9")
    assert "0.593269992" in answers
    assert "0.298371109" in answers
    results = set(re.findall(r"&= (-?[0-9.]{6,})\n\\end", answers))
    assert len(results) > 20
    assert not [result for result in results if result in page]
    page, answers = sheet(capsys, "mazur", "--digits", "9", "--blank", "backward")
    assert "0.751365070" in page
    assert "0.0821670406" in answers
    assert "0.0821670406" not in page
    page, answers = sheet(capsys, "mazur", "--digits", "9", "--blank", "half")
    assert not [result for result in re.findall(r"&= (-?[0-9.]{6,})\n\\end", answers) if result in page]


def test_the_key_in_its_own_file_by_the_installed_command(tmp_path):
    command = [GRADSTEP, "worksheet", "mazur", "--set", "w5=0.41", "--key", "answers.md"]
    (tmp_path / "answers.md").write_text("older")
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Answers" not in result.stdout
    assert "w _{5} = 0.41" in result.stdout
    key = (tmp_path / "answers.md").read_text()
    assert key.startswith("# Mazur")
    assert ANSWER.findall(key) == BLANK.findall(result.stdout)
    assert [path.name for path in tmp_path.iterdir()] == ["answers.md"]


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_scenario_in_both_formats(name, tmp_path, capsys):
    key = tmp_path / "key.tex"
    words = ["worksheet", name, "--blank", "half", "--notation", "document"]
    assert main([*words, "--format", "latex", "--key", str(key)]) == 0
    assert "Overfull" not in compiled(capsys.readouterr().out, tmp_path)
    check_document(key.read_text())
    assert main(words) == 0
    check_markdown(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("words", "say"),
    [
        (["mazur", "--blank", "some"], "backward"),
        (["mazur", "--set", "w9=1"], "--set"),
        (["mazur", "--key", "nowhere/a.md"], "No such file"),
        (["mazur", "--key", "."], "--key"),
        (["mazur", "--key", ""], "--key"),
        (["mazur", "--key", "a\0b"], "no path"),
        ([], "SCENARIO"),
    ],
)
def test_a_mistake_is_one_clear_line_and_exit_2(words, say, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["worksheet", *words]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert say in output.err
    assert "Traceback" not in output.err
    assert not list(tmp_path.iterdir())
