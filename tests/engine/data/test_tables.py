"""Tables as people have them: understood, or one clear message."""

import pytest

from engine.files.problems import ScenarioError
from tests.engine.data.scenarios import scenario

GOOD = {
    "semicolons and decimal commas": "x 1;x 2;t\n1,5;2,5;0,5\n-1,5;3;1",
    "tabs": "x 1\tx 2\tt\n1.5\t2.5\t0.5\n-1.5\t3\t1",
    "tabs and decimal commas": "x 1\tx 2\tt\n1,5\t2,5\t0,5\n-1,5\t3\t1",
    "quotes": '"x 1","x 2","t"\n"1.5","2.5","0.5"\n"-1.5","3","1"',
    "quotes and decimal commas": '"x 1";"x 2";"t"\n"1,5";"2,5";"0,5"\n"-1,5";"3";"1"',
    "an index with an empty heading": ",x 1,x 2,t\n0,1.5,2.5,0.5\n1,-1.5,3,1",
    "an index without a heading": '"x 1","x 2","t"\n"1",1.5,2.5,0.5\n"2",-1.5,3,1',
    "an index, semicolons, decimal commas": '"x 1";"x 2";"t"\n"1";1,5;2,5;0,5\n"2";-1,5;3;1',
    "space around": " x 1 , x 2 , t \n 1.5 , 2.5 , 0.5 \n -1.5, 3 , 1 ",
    "a mark of bytes and ends of lines": "\ufeffx 1;x 2;t\r\n1,5;2,5;0,5\r\n-1,5;3;1\r\n",
    "a separator at the end": "x 1;x 2;t;\n1,5;2,5;0,5;\n-1,5;3;1;",
    "what tells spreadsheets": "sep=;\nx 1;x 2;t\n1,5;2,5;0,5\n-1,5;3;1",
    "a typographic minus": "x 1;x 2;t\n1,5;2,5;0,5\n−1,5;3;1",
    "a row of nothing": "x 1;x 2;t\n1,5;2,5;0,5\n;;\n-1,5;3;1",
    "other columns": "name;x 2;t;x 1\nAnne, Bo;2,5;0,5;1,5\n;3;1;-1,5",
}
TABLE = 'csv = "points.csv"\ninputs = ["x 1", "x 2"]\ntargets = ["t"]'


def read(text, folder):
    (folder / "points.csv").write_text(text, newline="")
    return scenario(TABLE, folder / "made.toml", training="")


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_it_is_understood(text, tmp_path):
    made = read(text, tmp_path)
    assert made.inputs.tolist() == [[1.5, 2.5], [-1.5, 3.0]]
    assert made.targets.tolist() == [[0.5], [1.0]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "x 1,x 2,t\n" + "1,5,2,5,0,5\n" * 200,
            "line 2: 6 cells, but the header has 3: give one cell per column; where",
        ),
        (
            'x 1,x 2,t\n"1,5",2.5,0.5',
            'column x 1: "1,5" has a decimal comma: where the comma is a decimal comma, put ;',
        ),
        ("x 1;x 2;t\n1.000,5;2,5;0,5", "has two kinds of signs: write it without one between thousands"),
        ("x 1;x 2;t\n1,5;2,5;0.5", '"0.5" has a point, but the numbers from line 2 on a decimal comma'),
        ("x 1|x 2|t\n1.5|2.5|0.5", "line 1: there is no , or ; or tab between the headings"),
        ("X 1;x 2;t\n1,5;2,5;0,5", "there is no column x 1 in points.csv"),
    ],
)
def test_what_is_not_understood_is_told_once(text, told, tmp_path):
    with pytest.raises(ScenarioError) as caught:
        read(text, tmp_path)
    assert told in str(caught.value)
    assert len(caught.value.problems) == 1
