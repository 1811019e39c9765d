"""Names in so many cells, of whatever letters."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.names import in_cells, shorten, shorten_name

NAMES = st.text("ab1_節点e\u0301\u0302", min_size=1, max_size=30)


@given(NAMES, st.integers(1, 40))
def test_a_name_is_cut_by_cells(name, width):
    for short in (shorten(name, width), shorten_name(name, width)):
        assert cell_len(short) <= width
        assert (short == name) == (cell_len(name) <= width)
        assert short == name or "…" in short
        after = short.partition("…")[2]
        assert not after or not unicodedata.combining(after[0])
    assert cell_len(in_cells(name, width)) == width


def test_both_ends_stay_where_names_that_are_alike_differ():
    assert shorten_name("w_hidden_feature_cat", 12) == "w_hidd…e_cat"
    assert shorten_name("h1_10", 4) == "h…10"
    assert shorten_name("隠れ層の節", 7) == "隠れ…節"
    assert shorten("The Backwards Pass", 8) == "The Bac…"
