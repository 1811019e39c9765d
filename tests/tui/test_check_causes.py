"""`gradstep check` of a figure that is not what is computed: what was done to get it, and the lines that declare it."""

import json
import re
import shutil

import pytest

from engine.files import shipped_path
from tui.cli import main


def checked(capsys, path):
    code = main(["check", str(path)])
    return code, capsys.readouterr().out


def objects(capsys, path):
    main(["check", str(path), "--json"])
    return [entry for entry in json.loads(capsys.readouterr().out) if entry["kind"] == "figure"]


def lines_of(output):
    """The lines that are printed to be pasted."""
    return "\n".join(re.findall(r"^ {8}((?:verdict|within|variant|note) = .*)$", output, re.MULTILINE))


def with_figure(path, shipped, *lines):
    """A shipped scenario with one figure more, beside the table that it may read."""
    shutil.copy(shipped_path("mazur").with_name("baeldung-pixels.csv"), path.parent)
    path.write_text(shipped_path(shipped).read_text() + "\n".join(["\n[[published]]", *lines, ""]))
    return path


def declared_and_passes(capsys, path):
    """Whether the lines that are printed make the check of the file pass; the lines."""
    code, output = checked(capsys, path)
    lines = lines_of(output)
    assert (code, bool(lines)) == (1, True)
    path.write_text(f"{path.read_text()}{lines}\n")
    code, output = checked(capsys, path)
    assert (code, "✗" in output) == (0, False)
    return lines


def test_mazurs_figure_undeclared_names_the_order_of_updates(tmp_path, capsys):
    lines = ['quantity = "E"', 'value = "0.291027924"', "iteration = 1"]
    path = with_figure(tmp_path / "mine.toml", "mazur", *lines)
    figure = objects(capsys, path)[-1]
    assert [(cause["cause"], cause["at"], cause["explains"]) for cause in figure["cause"]] == [
        ("updated-weight", "setting", 1)
    ]
    assert 'variant = { update = "immediate" }' in declared_and_passes(capsys, path)


SETTINGS = [
    ("mazur", "updated-weight", 'update = "immediate"', "w+[w1]", 0),
    ("mazur", "other-iteration", "iteration = 2", "E", 1),
    ("mazur", "loss", 'loss = "squared_error"', "E", 0),
    ("baeldung-full-batch", "reduction", 'reduction = "sum"', "E", 1),
    ("baeldung-full-batch", "bias-not-trained", 'frozen = ["b1", "b2"]', "E", 1),
]


@pytest.mark.parametrize(("shipped", "cause", "settings", "quantity", "iteration"), SETTINGS)
def test_a_setting_is_found_and_declared(shipped, cause, settings, quantity, iteration, tmp_path, capsys):
    lines = [f'quantity = "{quantity}"', f"iteration = {iteration}"]
    variant = [f"variant = {{ {settings} }}", 'verdict = "variant"', 'note = "other settings"']
    path = with_figure(tmp_path / "theirs.toml", shipped, *lines, 'value = "12345"', *variant)
    number = objects(capsys, path)[-1]["under_variant"]
    path = with_figure(tmp_path / "mine.toml", shipped, *lines, f'value = "{number:.10f}"')
    assert [one["cause"] for one in objects(capsys, path)[-1]["cause"]] == [cause]
    assert f"variant = {{ {settings} }}" in declared_and_passes(capsys, path)


def test_a_mistake_that_is_no_setting_is_declared_an_erratum(tmp_path, capsys):
    path = with_figure(tmp_path / "mine.toml", "mazur", 'quantity = "dE/dw[w5]"', 'value = "-0.082167041"')
    lines = declared_and_passes(capsys, path)
    assert 'verdict = "erratum"' in lines
    assert "sign" in lines


def test_nothing_is_declared_where_nothing_is_found(tmp_path, capsys):
    path = with_figure(tmp_path / "mine.toml", "mazur", 'quantity = "dE/dw[w5]"', 'value = "0.0834217"')
    figures = objects(capsys, path)
    assert figures[-1]["cause"] == []
    assert all("cause" not in figure for figure in figures[:-1])
    code, output = checked(capsys, path)
    assert (code, "Cause" in output, lines_of(output)) == (1, False, "")
