"""A table that numpy reads is the one that is read cell by cell; whatever is wrong, or not plain, is left to that."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.files import plain_table, tables
from engine.files.problems import Problems

HEADER = ["a", "b", "c", "word"]
NUMBER = st.floats(allow_nan=False, allow_infinity=False).map(repr)
ODD = ["", " 1 ", "nan", "inf", "1_0", "0x10", "1,5", "−1", "x", '"2"', "1e400", "1 2", "+1", ".5", "5."]
CELLS = st.one_of(
    NUMBER,
    st.integers(-999, 999).map(str),
    st.sampled_from(
        ["", " 1 ", "nan", "inf", "1_0", "0x10", "1,5", "−1", "x", '"2"', "1e400", "1 2", "+1", ".5", "5."]
    ),
)
PLAIN = st.tuples(
    *[st.floats(allow_nan=False, allow_infinity=False).map(repr)] * 3, st.sampled_from(["cat", "7", "d "])
)
WHOLE = st.tuples(*[st.integers(0, 2**70).map(str)] * 3, st.sampled_from(["cat", "7", "d "]))
ROWS = st.one_of(
    st.lists(st.one_of(PLAIN, st.lists(CELLS, min_size=3, max_size=5)), max_size=6),
    st.lists(st.one_of(WHOLE, st.lists(CELLS, min_size=4, max_size=4)), max_size=3),
)
CHOSEN = st.sampled_from([["a", "c"], ["a", "b", "c"], ["c", "b", "a"]])
"""Some columns, all of them as they stand, and in another order."""


def read(folder, text, chosen):
    """What comes out, or what is said of it."""
    (folder / "t.csv").write_text(text, encoding="utf-8", newline="")
    problems = Problems("s.toml")
    table = tables.read_columns(folder, "t.csv", chosen, ["word"], "data.csv", problems)
    found = [str(problem) for problem in problems.found]
    return found if table is None else (list(table.lines), table.numbers.tobytes(), table.words)


@pytest.mark.filterwarnings("error")
@settings(max_examples=120, deadline=None)
@given(ROWS, st.sampled_from(["\n", "\r\n", "\n\n"]), st.booleans(), CHOSEN)
@example([("1", "2", "3", "cat")] * 3, "\n", True, ["a", "c"])
@example([("1", "2", "3", "cat"), ("1", "2", "3", "cat", "4")], "\n", True, ["a", "c"])
@example([("1", "2", "3", "cat"), ("1", "2", "3", "cat", "4")], "\n", True, ["a", "b", "c"])
@example([("1", "2", "3", "cat"), ("1", "2", "3", " ")], "\n", True, ["a", "b", "c"])
@example([("0", "2", "3", "4", "cat")], "\n", True, ["a", "b", "c"])
@example([("9007199254740993", "9223372036854775808", "-0", "cat")], "\n", True, ["a", "b", "c"])
@example([("9007199254740993", "9223372036854775808", "0", "cat")], "\n", True, ["a", "b", "c"])
@example([("9007199254740993", "9223372036854775807", "0", "cat")], "\n", True, ["a", "b", "c"])
@example([("1", "nan", "3", "cat")], "\n", True, ["a", "c"])
@example([("1", "2", "nan", "cat")], "\n", False, ["a", "c"])
@example([("1", "2", "nan", "cat")], "\n", False, ["a", "b", "c"])
def test_as_cell_by_cell(tmp_path_factory, rows, end, closed, chosen):
    folder = tmp_path_factory.mktemp("table")
    text = end.join([",".join(HEADER), *map(",".join, rows)]) + end * closed
    quick = read(folder, text, chosen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "read_plainly", lambda *_: None)
        assert read(folder, text, chosen) == quick


def test_a_plain_table_is_read_so(tmp_path):
    """The quick way is taken, and only there."""
    text = "label,p1,p2\n5,0,255\n0,1,2\n"
    table = plain_table.read_plainly(text, 1, 3, [1, 2, 0], 2)
    assert table is not None
    assert (list(table.lines), table.numbers.tolist(), table.words) == ([2, 3], [[0, 255], [1, 2]], [["5", "0"]])
    for other in ('label,p1,p2\n"5",0,1\n', "label,p1,p2\n5,0\n", "label,p1,p2\n5,0,nan\n", "label,p1,p2\n5,0,\n"):
        assert plain_table.read_plainly(other, 1, 3, [1, 2, 0], 2) is None
