"""Graphs on paper: traces, worksheets, plain sentences and what the commands say of what a graph has not."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from engine.files import load_scenario
from engine.formula.losses import LOSSES
from engine.program.vocabulary import NAMES, VOCABULARY
from engine.walking.session import Session
from tests.engine.graphs.files import ATTENTION, CIRCUIT, RECURRENT, WK
from tests.engine.test_graph_notation import BATCH_NORM, SOFTMAX, UPSTREAM
from tests.tui.test_trace_math import check_document, check_markdown, compiled
from tests.tui.test_worksheet import ANSWER, BLANK
from tui.cli import main
from tui.paper.plain import walk_plainly
from tui.words.notes import plain_words

SINGLE = [name for name, entry in VOCABULARY.items() if (entry.least, entry.most) == (1, 1) and entry.sizes == (0, 0)]
EVERYTHING = """
title = "Everything that can be written"
[graph]
inputs = { x = [4], p = [4], A = [2, 3], P = [4, 4], s = [] }
targets = { t = [4] }
nodes = [
  OF_ONE,
  "a1 = s ** 3 + 2 ** s - s * s / (s + 1)", "a2 = abs(s) ** s",
  "v1 = softmax(x) + log_softmax(x) + layer_norm(x) + max(x, 0.5) + min(x, 0.2) + stop(x)",
  "M = A @ A.T + A.1.1",
  "c = conv(P, k, stride = 1, padding = 1)", "d = max_pool(c, 2)", "e1 = avg_pool(P, 2)",
  "r = reshape(A, 3, 2)", "g = concat(x, v1)", "h_1 = concat(A, A, axis = columns)",
  "n = norm(x) + mean(A) + sum(M) + max(x) + min(x) + dot(x, v1)",
  "m = sum(A, axis = rows) + mean(A, axis = rows)",
  OF_LOSSES,
  "E1 = cross_entropy(softmax(x), t) + TOTAL",
  "E2 = binary_cross_entropy(sigmoid(s), 1) + sum(d) + sum(e1) + sum(r) + sum(g) + sum(h_1) + sum(m) + n + a1 + a2",
]
error = ["E1", "E2"]
[graph.parameters]
k = [[0.1, 0.2], [0.3, -0.4]]
[training]
optimizer = "momentum"
[[example]]
inputs = { x = [0.1, 0.7, -0.3, 0.4], p = [0.1, 0.3, 0.2, 0.4], A = [[1, 2, 3], [4, 5, 6]], P = [[1, 2, 3, 4], [2, 3, 4, 5], [0, 1, 0, 1], [5, 6, 7, 8]], s = 0.4 }
targets = { t = [1, 0, 0, 0] }
"""  # noqa: E501
OF_ONE = [f"sum({name}(p))" for name in SINGLE if name not in LOSSES and not name.startswith("batch_")]
OF_LOSSES = [f"{name}(p{', t' if record.needs_targets else ''})" for name, record in LOSSES.items()]
for place, formulas in (("OF_ONE", OF_ONE), ("OF_LOSSES", OF_LOSSES)):
    nodes = (f'"{place.lower()}{number} = {formula}"' for number, formula in enumerate(formulas))
    EVERYTHING = EVERYTHING.replace(place, ", ".join(nodes))
EVERYTHING = EVERYTHING.replace("TOTAL", " + ".join(re.findall(r'"(of_\w+) =', EVERYTHING)))
TEXTS = {
    "circuit": CIRCUIT,
    "attention": ATTENTION,
    "recurrent": RECURRENT,
    "batch": BATCH_NORM,
    "softmax": SOFTMAX,
    "upstream": UPSTREAM,
    "everything": EVERYTHING,
}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "wk.csv").write_text(WK)
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.toml").write_text(text)
    return {name: str(tmp_path / f"{name}.toml") for name in TEXTS}


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(list(words)) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What is said of a mistake: one line, and nothing else."""
    assert main(list(words)) == 2
    out, said = capsys.readouterr()
    assert (out, said.count("\n"), "Traceback" in said) == ("", 1, False)
    return said.removeprefix("gradstep: ").rstrip()


def test_a_trace_reads_as_one_does_it_by_hand(files, capsys) -> None:
    text = printed(capsys, "trace", files["circuit"])
    assert text.startswith("A circuit: f = (x + y) z  (2 nodes)\n")  # nothing is trained: no learning rate
    assert "\n1/8  forward  inputs  as the example gives them\n  x = −2\n  y = 5\n  z = −4\n" in text
    assert "\n3/8  error  f  f = q * z\n  f = q·z\n    = 3·(−4)\n    = −12\n\n4/8" in text
    assert "\n5/8  backward  q  ∂f/∂q = ∂f/∂f·z\n  ∂f/∂q = ∂f/∂f·z\n        = 1·(−4)\n        = −4\n" in text


def test_a_total_stands_where_it_is_another_number(files, capsys) -> None:
    text = printed(capsys, "trace", files["batch"], "--only", "E")
    assert "  L = L⁽¹⁾ + L⁽²⁾ + L⁽³⁾\n" in text
    assert "error  the error  E = E1 + E2\n" in printed(capsys, "trace", files["everything"], "--only", "E")


def test_programs_get_the_same_numbers(files, capsys) -> None:
    records = [
        json.loads(line) for line in printed(capsys, "trace", files["softmax"], "--format", "jsonl").splitlines()
    ]
    assert [record["node"] for record in records][:3] == [None, "z", "p"]
    table = csv.DictReader(io.StringIO(printed(capsys, "trace", files["softmax"], "--format", "csv")))
    values = {(row["quantity"], row["name"]): float(row["value"]) for row in table}
    for record in records:
        for name, value in record["values"].items():
            assert values[record["quantity"], name] == (value[0] if isinstance(value, list) else value)


@pytest.mark.parametrize("name", TEXTS)
def test_every_graph_is_set_in_latex_and_markdown(name, files, capsys, tmp_path) -> None:
    text = printed(capsys, "trace", files[name], "--format", "latex")
    check_document(text)
    compiled(text, tmp_path)
    assert not re.search(r"[⁺ᵀ·−∂√Σ′]", text.partition(r"\begin{document}")[2])
    check_markdown(printed(capsys, "trace", files[name], "--format", "markdown"))


def test_everything_is_in_everything() -> None:
    assert not {name for name in VOCABULARY if f"{name}(" not in EVERYTHING and not name.startswith("batch_")}


def test_elements_are_indices_in_latex(files, capsys) -> None:
    text = printed(capsys, "trace", files["attention"], "--format", "latex")
    assert r"\dfrac{\partial E}{\partial A_{2,3}} &= " in text
    assert (
        r"$\displaystyle \dfrac{\partial E}{\partial S} = {\left(\dfrac{\partial A}{\partial S}\right)}^{\top} \cdot"
        in text
    )
    assert (
        r"\mathrm{WQ}_{1,2}^{+} &= \mathrm{WQ}_{1,2} - \alpha \cdot \dfrac{\partial E}{\partial \mathrm{WQ}_{1,2}}"
        in text
    )
    assert r"\subsubsection*{5/22 forward, S \hfill" in text


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("blank", ["all", "backward"])
def test_worksheets_have_blanks_and_answers(name, blank, files, capsys) -> None:
    page, _, answers = printed(capsys, "worksheet", files[name], "--blank", blank).partition("Answers")
    numbers = BLANK.findall(page)
    assert numbers == ANSWER.findall(answers) == [str(place + 1) for place in range(len(numbers))]
    assert len(numbers) > 3
    check_document(printed(capsys, "worksheet", files[name], "--blank", blank, "--format", "latex"))


def test_a_worksheet_gives_what_is_not_computed(files, capsys) -> None:
    given = printed(capsys, "worksheet", files["recurrent"]).partition("## Iteration")[0]
    assert "h _{0} = 0" in given
    assert "t _{3} = 0.3" in given
    assert "## Given" not in printed(capsys, "worksheet", files["circuit"])
    page = printed(capsys, "worksheet", files["upstream"]).partition("## Answers")[0]
    assert "as the scenario gives it" in page
    assert r"\mathrm{upstream} _{r,2} = 3" in page.partition("## Iteration")[0]


def said(capsys, path: str, *lines: str) -> list[str]:
    scenario = load_scenario(path)
    walk_plainly(Session.open(scenario), scenario.names(canonical=True), lines)
    return capsys.readouterr().out.splitlines()


def test_a_graph_is_walked_in_sentences(files, capsys) -> None:
    lines = said(capsys, files["circuit"], "g dE/dy[q]", "e z=2", "n", "g 3", "d", "?")
    assert lines[0] == "A circuit: f = (x + y) z. 2 nodes."
    assert "Iteration 0, step 5 of 8, backward, q: ∂f/∂q = ∂f/∂f·z." in lines
    assert "∂f/∂q = ∂f/∂f·z = 1·(−4) = −4." in lines
    assert "Now in branch 1: z −4 → 2 at iteration 0." in lines
    assert "No place at iteration 3: nothing is trained, so it ends with iteration 0." in lines
    assert "There is no iteration after this one: nothing is trained, so this iteration is the only one." in lines
    assert "(g dE/dy[q])" in lines[-1]
    assert "(e x=0.41)" in lines[-1]


def test_a_target_is_changed_by_its_name(files, capsys) -> None:
    assert "Now in branch 1: t2 0.2 → 0.9 at iteration 0." in said(capsys, files["recurrent"], "e t2=0.9")
    assert "(g 3:dE/dw[wx])" in said(capsys, files["recurrent"], "?")[-1]


@pytest.mark.parametrize(
    ("at", "line"),
    [
        ("y[q]", "q = x + y = −2 + 5 = 3."),
        ("dE/dy[q<-f]", "∂f/∂q = ∂f/∂f·z = 1·(−4) = −4."),
        ("dE/dy", "∂f/∂f = 1. It is the error itself."),
    ],
)
def test_a_walk_begins_at_a_number(at, line, files, capsys, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert printed(capsys, files["circuit"], "--plain", "--at", at).splitlines()[-1] == line


def test_a_trace_is_narrowed_to_an_element(files, capsys) -> None:
    text = printed(capsys, "trace", files["attention"], "--only", "dE/dw[WQ.1.2]")
    assert "backward  WQ  ∂E/∂WQ = Xᵀ·∂E/∂Q\n  ∂E/∂WQ.1.2 = " in text
    assert text.count("∂E/∂WQ.") == 1


@pytest.mark.parametrize("change", ["X.1.1=9", "WQ.2.1=9", "T.3.2=9"])
def test_inputs_parameters_and_targets_are_set(change, files, capsys) -> None:
    words = ("trace", files["attention"], "--only", "E", "--format", "jsonl")
    assert json.loads(printed(capsys, *words))["total"] != json.loads(printed(capsys, *words, "--set", change))["total"]


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("circuit", ["--only", "x[q]"], "a graph has no x, it has y[NODE]: a node has one value"),
        ("circuit", ["--only", "3"], "name one of y, E, dE/dy, or one of a node: y[q]"),
        ("circuit", ["--only", "dE/dw[W.1.2]"], "there is no parameter W.1.2: this graph has none"),
        ("circuit", ["--only", " "], "it is empty: give a quantity like dE/dy[q]"),
        ("attention", ["--only", "1 + 2"], "is not a single quantity: give one like dE/dw[WQ.1.1]"),
        ("attention", ["--only", "dE/dw[WQ]"], "its elements are WQ.1.1, WQ.1.2"),
        ("circuit", ["--set", "q=3"], "q: it is computed"),
        ("circuit", ["--set", "nothing"], "write NAME=VALUE, like x=0.5"),
        ("attention", ["--set", "WQ=3"], "its elements are WQ.1.1, WQ.1.2"),
        ("recurrent", ["--set", "h0=3"], "it is a constant of the scenario's file"),
        ("circuit", ["--iterations", "2"], "nothing is trained in this graph: one iteration is all there is"),
        ("circuit", ["--from", "2"], "nothing is trained, so it ends with iteration 0"),
    ],
)
def test_what_a_graph_has_not_is_told_in_a_line(name, words, told, files, capsys) -> None:
    assert told in refused(capsys, "trace", files[name], *words)


def test_nothing_runs_on_where_nothing_is_trained(files, capsys) -> None:
    assert "nothing is trained" in refused(capsys, "train", files["circuit"], "--iterations", "5")
    assert "f = −12" in printed(capsys, "train", files["circuit"])
    assert "nothing is trained" in refused(capsys, "worksheet", files["circuit"], "--from", "1")


@pytest.mark.parametrize("at", ["x", "x[q]", "7:y[q]", "dE/dy[z<-q]", "dE/dw", "w+[x]", "nothing"])
def test_places_that_there_are_not_are_told_in_a_line(at, files, capsys) -> None:
    assert refused(capsys, files["circuit"], "--plain", "--at", at).startswith(f"--at {at}: ")


def test_a_note_s_formulas_keep_the_letters_of_the_file(tmp_path) -> None:
    (tmp_path / "noted.toml").write_text(
        CIRCUIT + '[[note]]\nat = "y[q]"\ntext = "`f = (x + y) z`, `dE/dy[q]`, `y[q]`, `α`"\n'
    )
    scenario = load_scenario(tmp_path / "noted.toml")
    words = plain_words(scenario.notes[0], scenario.names(canonical=True))
    assert words == "f = (x + y) z, ∂f/∂q, q, α"


def test_what_functions_there_are_is_said_in_full(tmp_path, capsys) -> None:
    (tmp_path / "foo.toml").write_text(CIRCUIT.replace("x + y", "zzzz(x) + y"))
    said = refused(capsys, "trace", str(tmp_path / "foo.toml"))
    assert set(NAMES) <= set(said.partition("there are ")[2].replace(",", " ").split())
