"""`gradstep trace --format markdown` and `latex` from outside: what is set, and that it compiles."""

import re
import shutil
import subprocess

import pytest
from markdown_it import MarkdownIt

from engine.files import shipped_names
from tests import GRADSTEP
from tests.shipped import UNTRAINED
from tui.cli import main

PAIRS = {"{": "}", r"\left(": r"\right)", r"\bigl(": r"\bigr)"}
COMPILER = shutil.which("pdflatex")
GREEK = "alpha beta gamma delta varepsilon epsilon eta theta lambda mu pi sigma tau partial nabla".split()
KNOWN_COMMANDS = {
    rf"\{word}"
    for word in (
        "begin end section subsection subsubsection hfill normalfont displaystyle text mathrm textbackslash"
        " textasciicircum textasciitilde dfrac tfrac cdot times sum sqrt ln tanh max left right bigl bigr quad"
        " underline hspace infty hat operatorname top sin cos tan sinh cosh dots varphi min lvert"
    ).split()
}

ODD_NAMES = r"""
title = "50 % of {braces} & a_b $5 #1 \\ ^ ~ π 中 — é"
notation = { x = "net", y = "中", t = "τ", E = "E_total", "dE/dx" = "δ", "w+" = "w_new", "α" = "η" }
[network]
inputs = ["50%", "a&b"]
loss = "cross_entropy"
[[network.layer]]
nodes = ["h{1", "h$2"]
activation = "leaky_relu"
weights = [[1e-9, -0.5], [0.25, -3e7]]
weight_names = [["a_b_c", "w#1"], ['w\1', "_"]]
bias = [-0.5, 0.5]
[[network.layer]]
nodes = ["中文", "β1", "x^2"]
activation = "softmax"
weights = [[0.1, -0.2], [0.3, 0.4], [0.5, 0.6]]
[training]
optimizer = "adam"
batch = "all"
[[example]]
inputs = [-1.5, 2]
targets = [1, 0, 0]
[[example]]
inputs = [0.5, -2]
targets = [0, 0.5, 0.5]
"""


def written(capsys, *words):
    assert main(["trace", *words]) == 0
    return capsys.readouterr().out


def check_balance(text):
    """Every brace, bracket that grows and environment is closed where it should be."""
    text = re.sub(r"\\[\\{}$%&#_^~]", " ", text)
    token = re.compile(r"\\begin\{\w+\*?\}|\\end\{\w+\*?\}|\\left\(|\\right\)|\\bigl\(|\\bigr\)|[{}]")
    opened = []
    for match in token.findall(text):
        if match.startswith(r"\begin"):
            opened.append(match.replace("begin", "end"))
        elif match in PAIRS:
            opened.append(PAIRS[match])
        else:
            assert opened, f"{match} closes nothing"
            assert opened.pop() == match
    assert not opened


def check_document(text):
    """What can be said of a document without a compiler."""
    check_balance(text)
    check_commands(text)
    for equation in re.findall(r"\\begin\{align\*\}\n(.*?)\n\\end\{align\*\}", text, re.DOTALL):
        assert "\n\n" not in equation  # an empty line ends a formula too early
        assert not re.search(r"\^(\{[^{}]*\}|\w)\s*\^", equation), "two exponents"
    declared = {chr(int(code, 16)) for code in re.findall(r"DeclareUnicodeCharacter\{(\w+)\}", text)}
    assert {letter for letter in text if ord(letter) > 0x2100} <= declared


def compiled(text, folder):
    """What a compiler says of a document that it can set; nothing where there is none."""
    check_document(text)
    if not COMPILER:
        return ""
    (folder / "walk.tex").write_text(text)
    command = [COMPILER, "-interaction=nonstopmode", "-halt-on-error", "walk.tex"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-2000:]
    return result.stdout


def check_commands(text):
    """Only what every LaTeX with amsmath knows, so that a mistake is found where there is no compiler, too."""
    commands = set(re.findall(r"\\[A-Za-z]+", text.partition(r"\begin{document}")[2]))
    assert commands <= KNOWN_COMMANDS | {rf"\{letter}" for letter in GREEK}


def check_markdown(text):
    """A host that reads formulas as markdown first gets the same ones: only `\\\\` at a line's end may lose one."""
    check_balance(text)
    formulas = re.findall(r"^\$\$\n(.*?)\n\$\$$", text, re.DOTALL | re.MULTILINE) + re.findall(
        r"(?<!\$)\$([^$\n]+)\$", text
    )
    assert formulas
    for formula in formulas:
        (inline,) = [token for token in MarkdownIt("commonmark").parse(formula) if token.type == "inline"]
        assert {token.type for token in inline.children} <= {"text", "softbreak", "text_special"}
        read = "".join("\n" if token.type == "softbreak" else token.content for token in inline.children)
        assert read == formula.replace("\\\\\n", "\\\n")


def test_the_worked_solution_in_latex(capsys):
    text = written(capsys, "mazur", "--format", "latex")
    assert r"\usepackage{amsmath}" in text
    assert r"\subsubsection*{2/14 forward, layer 1 \hfill \normalfont$\displaystyle x = \sum w \cdot y + b$}" in text
    assert (
        "\\begin{align*}\n"
        "x_{h1} &= w_{1} \\cdot y_{i1} + w_{2} \\cdot y_{i2} + b_{1} \\\\*\n"
        "&= 0.15 \\cdot 0.05 + 0.2 \\cdot 0.1 + 0.35 \\\\*\n"
        "&= 0.3775 \\\\[1.5ex]\n"
        "x_{h2} &= "
    ) in text
    assert r"y_{h1} &= \dfrac{1}{1 + e^{-x_{h1}}} \\*" in text
    assert r"\dfrac{dE}{dw_{5}} &= y_{h1} \cdot \dfrac{dE}{dx_{o1}} \\*" in text
    assert r"w_{5}^{+} &= w_{5} - \alpha \cdot \dfrac{dE}{dw_{5}} \\*" in text


def test_the_worked_solution_in_markdown_in_the_documents_names():
    command = [GRADSTEP, "trace", "mazur", "--format", "markdown", "--notation", "document"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert text.startswith("# Mazur: two inputs, two hidden, two outputs\n\nLayers 2-2-2, $\\eta = 0.5$\n")
    assert "\n## Iteration 0, example 1\n" in text
    assert "\n### 2/14 forward, layer 1\n\n$\\mathrm{net} = \\sum w \\cdot \\mathrm{out} + b$\n" in text
    assert text.count("$$") % 2 == 0
    assert ("$$\n\\begin{aligned}\n\\mathrm{net} _{h1} &= w _{1} \\cdot \\mathrm{out} _{i1} + w _{2}") in text
    assert r"\dfrac{\partial E _{\mathrm{total}}}{\partial \mathrm{out} _{o1}} &=" in text
    check_balance(text)


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_scenario_in_both_notations(name, tmp_path, capsys):
    text = written(capsys, name, "--format", "latex", "--notation", "document")
    assert "Overfull" not in compiled(text, tmp_path)  # nothing stands over a line's end
    check_document(written(capsys, name, "--format", "latex", "--iterations", "1" if name in UNTRAINED else "2"))
    for notation in ("canonical", "document"):
        check_markdown(written(capsys, name, "--format", "markdown", "--notation", notation))


@pytest.mark.parametrize("optimizer", ["adam", '{ name = "momentum", nesterov = true }'])
@pytest.mark.parametrize("notation", ["canonical", "document"])
def test_names_that_mean_something_to_latex(notation, optimizer, tmp_path, capsys):
    path = tmp_path / "odd.toml"
    path.write_text(ODD_NAMES.replace('"adam"', optimizer if "{" in optimizer else '"adam"'))
    text = written(capsys, str(path), "--format", "latex", "--notation", notation, "--iterations", "2")
    compiled(text, tmp_path)
    assert r"\section*{50 \% of \{braces\} \& a\_b \$5 \#1 \textbackslash{}" in text
    assert r"\DeclareUnicodeCharacter{4E2D}" in text
    assert r"\begin{cases}" in text
    assert r"\times 10^{-9}" in text
    assert "β" not in text
    check_markdown(written(capsys, str(path), "--format", "markdown", "--notation", notation))


def test_names_of_a_graph_that_mean_something_to_latex_or_markdown(tmp_path, capsys):
    """A backslash before a sign is eaten by a host that reads markdown first: no formula has one."""
    path = tmp_path / "odd.toml"
    path.write_text("""
title = "odd"
graph = { inputs = ["_", "my_x", "a$b", "c&d"], nodes = ["s_2 = _ * my_x + a$b", "q = max(s_2, c&d)"], error = "q" }
example = [{ inputs = [1, 2, 3, 4] }]
""")
    compiled(written(capsys, str(path), "--format", "latex"), tmp_path)
    text = written(capsys, str(path), "--format", "markdown")
    check_markdown(text)
    assert r"s _{2} &= \text{＿} \cdot \mathrm{my} _{x} + \text{a＄b}" in text
    check_markdown(written(capsys, "sigmoid-circuit", "--format", "markdown"))


@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_what_an_update_remembers_is_computed_before_it(form, tmp_path, capsys):
    """Adam's m and v have no step of their own: their calculations stand with that of the new value."""
    path = tmp_path / "odd.toml"
    path.write_text(ODD_NAMES)
    text = written(capsys, str(path), "--format", form, "--only", "w+").replace(" _{", "_{")
    left = [line.partition(" &=")[0] for line in text.splitlines() if " &=" in line and not line.startswith("&")]
    assert [name[0] for name in left[:6]] == ["m", "v", "\\", "\\", "w", "m"]


def test_what_every_formula_of_the_engine_becomes(capsys, tmp_path):
    path = tmp_path / "odd.toml"
    path.write_text(ODD_NAMES)
    text = written(capsys, str(path), "--format", "latex")
    assert set(re.findall(r"\\text\{[a-z ']{4,}\}", text)) == {r"\text{the example's input}", r"\text{else}"}
    assert r"\sqrt{" in text
    assert r"\dfrac{1}{2} \bigl(" in text
    assert r"y_{\text{50\%}}^{(2)} \cdot \left(\dfrac{dE}{dx_{\text{h\{1}}}\right)^{(2)}" in text
    assert r"\ln (e^{x_{" in text


def test_long_sums_are_broken(tmp_path, capsys):
    inputs = [f"i{i}" for i in range(10)]
    path = tmp_path / "wide.toml"
    path.write_text(f"""
title = "wide"
[network]
inputs = {inputs}
loss = "half_squared_error"
[[network.layer]]
units = 1
activation = "identity"
weights = {{ init = "normal", seed = 1 }}
[[example]]
inputs = {[0.5] * 10}
targets = [1]
""")
    text = written(capsys, str(path), "--format", "latex", "--only", "x")
    assert text.count(r"&\quad + ") == 5  # a line holds more names than numbers
    assert "Overfull" not in compiled(text, tmp_path)
