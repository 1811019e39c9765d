"""`gradstep check` of a figure that is not what is computed: what was done to get it, and the lines that declare it."""

import json
import math
import re
import shutil
import sys

import pytest
from msgspec.structs import replace

from engine import load_scenario
from engine.check.walked import Walked
from engine.comparison import figures
from engine.files import shipped_path
from engine.formula.precision import Arithmetic
from engine.program.adams import Adam
from engine.program.expression import parse_expression
from engine.program.optimizers import Momentum
from engine.program.scenario import Published
from engine.walking.timeline import Timeline
from tui.cli import main


@pytest.fixture(autouse=True)
def _searched_once(monkeypatch):
    """In a test the search for the same figures is made once, whatever is printed of it."""
    search, known = figures.causes_of, {}

    def causes_of(done, *watch):
        wanted = [(one.figure.expression.text, one.figure.value, one.figure.iteration, one.ok) for one in done.figures]
        key = done.scenario.title, *wanted
        if key not in known:
            known[key] = search(done, *watch)
        return known[key]

    monkeypatch.setattr(figures, "causes_of", causes_of)


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


def causes_of(capsys, path):
    return [(cause["cause"], cause["at"]) for cause in objects(capsys, path)[-1]["cause"]]


ARITHMETIC = [
    ("-learning_rate * dE/dx[h1]", "0.0043856773", "sign", "-learning_rate * dE/dx[h1]"),
    ("-learning_rate * dE/dx[h1]", "-0.0087713547", "loss", "dE/dy:2"),
    ("w[w5] - learning_rate * dE/dw[w5]", "0.44108352", "sign", "w[w5] - learning_rate * dE/dw[w5]"),
    ("w[w5] - learning_rate * dE/dw[w5]", "0.317832959", "learning-rate", "w[w5] - learning_rate * dE/dw[w5]"),
    ("dE/dx[h1] * y[i1]", "0.00181751532", "slope-forgotten", "dE/dx[h1]"),
    ("y[h1] * (1 - y[h1])", "0.23499375", "activation-forgotten", "y[h1]"),
    ("dy/dx[h1]", "0.23499375", "slope-of-x", "dy/dx[h1]"),
    ("dy/dx[h1]", "-0.241300709", "sign", "dy/dx[h1]"),
    ("dE/dw[w5]**2", "0.0821670406", "not-squared", "dE/dw[w5]**2"),
]


@pytest.mark.parametrize(("quantity", "value", "cause", "at"), ARITHMETIC)
def test_arithmetic_over_quantities_and_slopes_are_searched(quantity, value, cause, at, tmp_path, capsys):
    path = with_figure(tmp_path / "mine.toml", "mazur", f'quantity = "{quantity}"', f'value = "{value}"')
    assert causes_of(capsys, path) == [(cause, at)]
    declared_and_passes(capsys, path)


def test_an_example_that_is_not_in_the_batch_is_searched_by_itself(tmp_path, capsys):
    """Of the third picture, whose turn is at iteration 2: x[y1] before any update, without its bias."""
    start = load_scenario("baeldung-stochastic")
    inputs, (w1, w2, w3, w4, b1, w5, w6, _) = start.inputs[2], start.theta
    hidden = [1 / (1 + math.exp(-(u * inputs[0] + v * inputs[1] + b1))) for u, v in ((w1, w2), (w3, w4))]
    number = w5 * hidden[0] + w6 * hidden[1]
    lines = ['quantity = "x[y1]"', "example = 3", f'value = "{number:.8f}"']
    path = with_figure(tmp_path / "mine.toml", "baeldung-stochastic", *lines)
    assert causes_of(capsys, path) == [("bias-forgotten", "x[y1]")]


def pictures(epochs, *, slope=True, mean=True, batch=1):
    """The E of each epoch of `baeldung-stochastic` or `-batches`, by a program of its own."""
    start = load_scenario("baeldung-stochastic")
    w1, b1, w5, b2 = [list(start.theta[:2]), list(start.theta[2:4])], start.theta[4], list(start.theta[5:7]), 0.2
    sums = []
    for _ in range(epochs):
        total = 0.0
        for first in range(0, len(start.inputs), batch):
            chosen = list(zip(start.inputs, start.targets, strict=True))[first : first + batch]
            d1, d5, of_b1, of_b2, error = [[0.0, 0.0], [0.0, 0.0]], [0.0, 0.0], 0.0, 0.0, 0.0
            for inputs, (target,) in chosen:
                hidden = [1 / (1 + math.exp(-(row[0] * inputs[0] + row[1] * inputs[1] + b1))) for row in w1]
                output = 1 / (1 + math.exp(-(w5[0] * hidden[0] + w5[1] * hidden[1] + b2)))
                error += (output - target) ** 2
                last = 2 * (output - target) * output * (1 - output)
                of_b2 += last
                for j in range(2):
                    d5[j] += last * hidden[j]
                    back = last * w5[j] * (hidden[j] * (1 - hidden[j]) if slope else 1.0)
                    of_b1 += back
                    d1[j] = [d1[j][0] + back * inputs[0], d1[j][1] + back * inputs[1]]
            step = 0.5 / (len(chosen) if mean else 1)
            total += error / (len(chosen) if mean else 1)
            w1 = [[w1[j][i] - step * d1[j][i] for i in range(2)] for j in range(2)]
            w5, b1, b2 = [w5[j] - step * d5[j] for j in range(2)], b1 - step * of_b1, b2 - step * of_b2
        sums.append(total)
    return sums


EPOCHS = [
    ("baeldung-stochastic", "E_epoch[2]", lambda: pictures(4, slope=False)[2], "slope-forgotten", "dE/dx:1"),
    ("baeldung-stochastic", "E_epoch[2]", lambda: pictures(4)[3], "other-iteration", "E_epoch[2]"),
    ("baeldung-stochastic", "E_epoch[2]", lambda: pictures(3)[2] / 6, "reduction", "E_epoch[2]"),
    ("baeldung-batches", "E_epoch[1]", lambda: pictures(2, batch=2, mean=False)[1], "reduction", "setting"),
    ("baeldung-batches", "E_epoch[1]", lambda: pictures(2, batch=2, slope=False)[1], "slope-forgotten", "dE/dx:1"),
]


@pytest.mark.parametrize(("shipped", "quantity", "number", "cause", "at"), EPOCHS)
def test_epochs_are_searched(shipped, quantity, number, cause, at, tmp_path, capsys):
    path = with_figure(tmp_path / "mine.toml", shipped, f'quantity = "{quantity}"', f'value = "{number():.9f}"')
    assert causes_of(capsys, path) == [(cause, at)]
    declared_and_passes(capsys, path)


def test_the_own_program_walks_as_we_do():
    walk = Timeline(load_scenario("baeldung-batches")).errors(9).tolist()[:9]
    assert pictures(3, batch=2) == pytest.approx([sum(walk[:3]), sum(walk[3:6]), sum(walk[6:9])], rel=1e-12)


def test_what_no_mistake_gives_is_not_explained(tmp_path, capsys):
    path = with_figure(tmp_path / "mine.toml", "baeldung-stochastic", 'quantity = "E_epoch[2]"', 'value = "1.4737261"')
    assert causes_of(capsys, path) == []


def walked(shipped, quantity, iteration, **training):
    """A figure under another training."""
    start = load_scenario(shipped)
    other = replace(start, training=replace(start.training, **training))
    figure = Published(parse_expression(quantity), "0", 0.0, 0.0, iteration)
    return Walked(other).value(figure, iteration)


OTHERS = [
    ("mazur", "E", 3, {"learning_rate": 0.05}, "learning-rate", "learning_rate = 0.05"),
    ("mazur", "w+[w5]", 0, {"learning_rate": 0.1}, "learning-rate", "learning_rate = 0.1"),
    ("mazur", "E", 20, {"optimizer": Momentum()}, "optimizer", 'optimizer = { name = "momentum", momentum = 0.9 }'),
    ("mazur", "w[w5]", 3, {"optimizer": Adam()}, "optimizer", "optimizer = "),
    ("mazur", "E", 150, {"arithmetic": Arithmetic(precision="float32")}, "float32", 'precision = "float32"'),
]


@pytest.mark.parametrize(("shipped", "quantity", "iteration", "training", "cause", "told"), OTHERS)
def test_other_updates_and_arithmetic_are_found_and_declared(
    shipped, quantity, iteration, training, cause, told, tmp_path, capsys
):
    value = f"{walked(shipped, quantity, iteration, **training):.12g}"
    lines = [f'quantity = "{quantity}"', f"iteration = {iteration}", f'value = "{value}"']
    path = with_figure(tmp_path / "mine.toml", shipped, *lines)
    assert [one["cause"] for one in objects(capsys, path)[-1]["cause"]] == [cause]
    assert f"variant = {{ {told}" in declared_and_passes(capsys, path)


def test_biases_that_are_missing_in_all_layers_are_declared_so(tmp_path, capsys):
    variant = ["variant = { bias = false }", 'verdict = "variant"', 'note = "none"']
    path = with_figure(tmp_path / "theirs.toml", "mazur", 'quantity = "E"', 'value = "12"', *variant)
    number = objects(capsys, path)[-1]["under_variant"]
    path = with_figure(tmp_path / "mine.toml", "mazur", 'quantity = "E"', f'value = "{number:.10f}"')
    assert [one["cause"] for one in objects(capsys, path)[-1]["cause"]] == ["bias-forgotten"]
    assert "variant = { bias = false }" in declared_and_passes(capsys, path)


def test_a_terminal_is_told_which_figure_is_searched(tmp_path, capsys, monkeypatch):
    path = with_figure(tmp_path / "mine.toml", "mazur", 'quantity = "dE/dw[w5]"', 'value = "-0.082167041"')
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    main(["check", str(path)])
    assert "looking for what was done to get figure 1 of 1 …" in capsys.readouterr().err
