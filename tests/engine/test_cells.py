"""CSV files as people have them, spreadsheets' and statistics programs'; and what is said where they can't be read."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.files import ScenarioError, load_scenario
from engine.files.save.save import save

NETWORK = """title = "t"
[network]
inputs = ["i1", "i2"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["o1"]
activation = "identity"
weights = {weights}
"""
DATA = """[data]
csv = "t.csv"
inputs = ["u", "v w"]
targets = {targets}
"""
HOT = '{ column = "kind", one_hot = true }'


def loaded(folder, table, *, targets='["t"]', weights="[[1, 2]]"):
    """A scenario whose examples are this table's, as bytes or text."""
    (folder / "t.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    (folder / "s.toml").write_text(NETWORK.format(weights=weights) + DATA.format(targets=targets))
    return load_scenario(folder / "s.toml")


def problems(*arguments, **options):
    with pytest.raises(ScenarioError) as caught:
        loaded(*arguments, **options)
    return [f"{problem.message}: {problem.remedy}" for problem in caught.value.problems]


@pytest.mark.parametrize(
    "table",
    [
        "u,v w,t\n0.5,-2,1\n3,4,2e-1\n",
        "u;v w;t\n0,5;-2;1\n3;4;2e-1\n",  # a spreadsheet's where the comma is the decimal sign
        "u;v w;t\n0.5;-2;1\n3;4;2e-1\n",
        "u\tv w\tt\n0,5\t-2\t1\n3\t4\t2e-1\n",
        "sep=;\nu;v w;t\n0,5;-2;1\n3;4;0,2\n",
        "SEP=,\r\nu,v w,t\r\n0.5,-2,1\r\n3,4,0.2\r\n",
        '\ufeff"u","v w","t"\r\n"0.5","-2","1"\r\n"3","4",".2"\r\n',
        ' "u" , "v w" ,t\n'.replace('" ,', '",') + "0.5,  -2 ,1\n\n3, 4,.2",
        ",u,v w,t\n0,0.5,-2,1\n1,3,4,.2\n",  # an index without a heading: pandas
        '"","u","v w","t"\n"a",0.5,-2,1\n"b",3,4,.2\n',  # R, write.csv
        '"u";"v w";"t"\n"1";0,5;-2;1\n"2";3;4;,2\n',  # R, write.csv2 and row names without their heading
        '"u","v w","t"\n"red, dark",0.5,-2,1\n"a ""b""",3,4,.2\n',
        "u,v w,t\n0,0.5,-2,1\n1,3,4,.2\n",
        'more;u;v w;t\n"a;\nb";0,5;-2;1\n"1.000,5";3;4;0,2\n',  # what is not asked for may be anything
        "u,v w,t,x;y\n0.5,-2,1,\n3,4,.2,1;2\n",
        "u,v w,t\r0.5,-2,1\r3,4,.2\r",
    ],
)
def test_what_is_understood(tmp_path, table):
    scenario = loaded(tmp_path, table)
    assert scenario.inputs.tolist() == [[0.5, -2], [3, 4]]
    assert scenario.targets.tolist() == [[1], [0.2]]


WORDS = st.text(st.sampled_from('ab ,;\t".-5é'), min_size=1, max_size=6).filter(str.strip)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(
    rows=st.lists(st.tuples(NUMBERS, NUMBERS, WORDS), min_size=1, max_size=5),
    separator=st.sampled_from(",;\t"),
    decimal_comma=st.booleans(),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
    index=st.sampled_from([None, 0, 1]),
)
def test_what_python_writes_is_read_back(tmp_path_factory, rows, separator, decimal_comma, quoting, end, mark, index):
    text = io.StringIO()
    table = csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=end)
    table.writerow(["u", "v w", "kind"])
    for number, (u, v, word) in enumerate(rows):
        cells = [repr(u), repr(v)]
        if decimal_comma and separator != ",":
            cells = [cell.replace(".", ",") for cell in cells]
        table.writerow([*([] if index is None else [number + index]), *cells, word.strip()])
    kinds = {word.strip() for *_, word in rows}
    folder = tmp_path_factory.mktemp("written")
    layer = f"[{', '.join(['[1, 2]'] * len(kinds))}]"
    network = NETWORK.replace('["o1"]', str([f"o{k}" for k in range(len(kinds))])).replace("{weights}", layer)
    (folder / "t.csv").write_bytes((mark + text.getvalue()).encode())
    (folder / "s.toml").write_text(network + DATA.format(targets=HOT))
    scenario = load_scenario(folder / "s.toml")
    assert scenario.inputs.tolist() == [[u, v] for u, v, _ in rows]
    hot = [[float(value) for value in row] for row in scenario.targets]
    assert [sum(row) for row in hot] == [1] * len(rows)
    assert len({(word.strip(), tuple(row)) for (*_, word), row in zip(rows, hot, strict=True)}) == len(kinds)


SAID = [
    (
        'u,v w,kind\n1,2,a\n3,4,"b\n5,6,a\n7,8,b\n',
        't.csv line 3, column 3: the quote that opens here is not closed: close it with "',
    ),
    (
        'u,v w,kind\n1,2,a\n3,4,"b\n5,6,"a"\n7,8,b\n',
        "t.csv line 3, column 3: after the quotes that open here and close in line 4, the cell goes on: "
        'put " at its end only, and "" for a " in it',
    ),
    (
        'u,v w,kind\n1,2,"a" b\n',
        "t.csv line 2, column 3: after the quotes that open here and close, the cell goes on: "
        'put " at its end only, and "" for a " in it',
    ),
    (
        'u,v w,kind\n1,2,"a\n4,5,"\n7,8,b\n',
        't.csv line 2, column kind: its quotes close in a later line: close them with " in this line: '
        "a row of numbers has one line",
    ),
    (
        'u,v w,kind\n"1,2,a\n4",5,b\n7,8,b\n',
        't.csv line 2, column u: its quotes close in a later line: close them with " in this line: '
        "a row of numbers has one line",
    ),
    (
        "u,v w,kind\n1,2,a\n3,4,\n5,6, \n",
        "t.csv line 3, column kind: the cell is empty: give a word or a number, or leave the row out",
        "t.csv line 4, column kind: the cell is empty: give a word or a number, or leave the row out",
    ),
    (
        "u,v w,kind\n1,,a\n",
        "t.csv line 2, column v w: the cell is empty: give a number like 0.5, or leave the row out",
    ),
    ("u,v w,kind\n1,2,a\n3,4\n", "t.csv line 3: 2 cells, but the header has 3: give one cell per column"),
    ('u,v w,kind\n1,2,"a\nb"\n3\n', "line 2, column kind", "t.csv line 4: 1 cell, but the header has 3"),
    (
        "u,v w,kind\n1,2,a\n1,3,4,a\n",
        "t.csv line 3: 4 cells, but the header has 3: give one cell per column, with a name in the header for each",
    ),
    (
        "u,v w,kind\n7,1,2,a\n9,3,4,a\n",
        "t.csv line 2: 4 cells, but",
        "t.csv line 3: 4 cells, but",
    ),
    ("u,v w,kind\n0,1,2,a\n3,4,a\n", "t.csv line 3: 3 cells, but"),
    ("u,v w,kind\n0,1,2,a\n5,3,4,a\n", "t.csv line 3: 4 cells, but"),
    (
        "u,v w,kind\n1,5,2,5,a,a\n",
        "t.csv line 2: 6 cells, but the header has 3: "
        "give one cell per column; where the comma is a decimal comma, put ; between the cells",
    ),
    (
        "u v w kind\n1 2 a\n",
        "t.csv line 1: there is no , or ; or tab between the headings: put one of them between all cells",
    ),
    (
        "u;v w;kind\n1,5;2,5;a\n1.5;2,5;a\n",
        't.csv line 3, column u: "1.5" has a point, but the numbers from line 2 on a decimal comma: '
        "write all numbers in the same way",
    ),
    (
        "u;v w;kind\n1.000,5;2;a\n",
        't.csv line 2, column u: "1.000,5" has two kinds of signs: write it without one between thousands',
    ),
    ("u;v w;kind\n1,000,5;2;a\n", 't.csv line 2, column u: "1,000,5" is not a finite number: give one like 0.5'),
    ("u|v w|kind\n1|2|a\n", "t.csv line 1: there is no , or ; or tab between the headings"),
    ("u;v w;sort\n1;2;a\n", "there is no column kind in t.csv"),
    (
        "\n\nu;v w;kind\n\n1;x;a\n",
        't.csv line 5, column v w: "x" is not a finite number: give one like 0.5; a column of words',
    ),
    (
        "sep=;\nu;v w;kind\n1;x;a\n",
        't.csv line 3, column v w: "x" is not a finite number: give one like 0.5; a column of words',
    ),
]


@pytest.mark.parametrize(("table", "words"), [(table, words) for table, *words in SAID])
def test_what_is_said(tmp_path, table, words):
    found = problems(tmp_path, table, targets=HOT)
    assert len(found) == len(words)
    assert all(said in problem for problem, said in zip(found, words, strict=True))


def test_a_column_of_words_is_told_in_a_few_lines(tmp_path):
    found = problems(tmp_path, "u,v w,t\n" + "1,2,setosa\n" * 150)
    assert len(found) == 5
    assert "one_hot = true" in found[0]
    assert "there may be more" in found[4]
    found = problems(tmp_path, "u,v w,t\n1,NA,x\n2,3,4\n1,?,5\n")
    assert [problem.partition(":")[0] for problem in found] == [
        "t.csv line 2, column v w",
        "t.csv line 2, column t",
        "t.csv line 4, column v w",
    ]
    assert found[0].endswith("give one like 0.5, or leave the row out")


@pytest.mark.parametrize(
    "table", ["1.5,-0.2\n", "1.5;-0.2\n", "1,5;-0,2\n", "1,5\t-,2\r\n", '\ufeff"1.5","-0.2"\n', "sep=;\n1,5;-0,2\n"]
)
def test_weights(tmp_path, table):
    (tmp_path / "w.csv").write_text(table)
    assert loaded(tmp_path, "u,v w,t\n1,2,3\n", weights='{ csv = "w.csv" }').theta.tolist() == [1.5, -0.2]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('1,"2\n', 'w.csv line 1, column 2: the quote that opens here is not closed: close it with "'),
        ("a,b\n1,2\n", 'w.csv line 1: it begins with words ("a"): take the header out: all rows are numbers'),
        (",a,b\n0,1,2\n", 'w.csv line 1: it begins with words ("a")'),
        ("1 2\n", 'w.csv line 1, number 1: "1 2" are 2 numbers: put , or ; or a tab between them'),
        ("1,\n", "w.csv line 1, number 2: the cell is empty: give a number like 0.5, or leave the row out"),
        ("1;2.5\n1;2,5\n", 'w.csv line 2, number 2: "2,5" has a comma, but the numbers from line 1 on a decimal point'),
    ],
)
def test_what_is_said_of_weights(tmp_path, table, words):
    (tmp_path / "w.csv").write_text(table)
    found = problems(tmp_path, "u,v w,t\n1,2,3\n", weights='{ csv = "w.csv" }')
    assert words in found[0]
    assert len(found) == 1


def test_a_copy_in_another_folder_has_the_same_numbers(tmp_path):
    (tmp_path / "w.csv").write_text("0,1;-,3\n")
    scenario = loaded(tmp_path, "u;v w;t\n0,1;2;,3\n", weights='{ csv = "w.csv" }')
    (there := tmp_path / "there").mkdir()
    save(scenario, there / "copy.toml")
    copy = load_scenario(there / "copy.toml")
    for array, same in zip((copy.theta, copy.inputs, copy.targets), ([0.1, -0.3], [[0.1, 2]], [[0.3]]), strict=True):
        assert array.tolist() == same
    assert "csv" not in (there / "copy.toml").read_text()
    # beside the tables it goes on reading them
    save(scenario, tmp_path / "copy.toml")
    assert (tmp_path / "copy.toml").read_text().count("csv = ") == 2
