"""Names in so many cells, of whatever letters."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.words.names import in_cells, shorten, shorten_name, shorten_names

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


LISTS = st.one_of(
    st.lists(NAMES.filter(lambda name: cell_len(name) > 0), min_size=1, max_size=30, unique=True),
    st.lists(
        st.from_regex(r"w_h\d{1,2}_\d{1,2}_h\d{1,2}_\d{1,2}", fullmatch=True), min_size=2, max_size=60, unique=True
    ),
    st.lists(st.from_regex(r"(aaaa){1,4}[ab]{0,9}(aaaa){1,4}", fullmatch=True), min_size=2, max_size=40, unique=True),
)


@given(LISTS, st.integers(1, 16), st.integers(0, 3))
def test_no_two_names_look_alike(names, width, more):
    """In cells that hold `#` and their number, any names can be told apart; a name that has room is never cut."""
    widths = tuple(width + more * (place % 2) for place in range(len(names)))
    shown = shorten_names(tuple(names), widths)
    for name, text, room in zip(names, shown, widths, strict=True):
        assert cell_len(text) <= room
        assert text == name or cell_len(name) > room
    if width > len(str(len(names))):
        assert len(set(shown)) == len(shown)
    else:  # what cannot be told apart says at least nothing of another
        told = [text for text in shown if text.strip("…")]
        assert len(set(told)) == len(told)


def test_of_names_that_would_look_alike_what_differs_stays():
    tied = ("w_h10_1_h2_1", "w_h11_1_h2_1", "w_h12_1_h2_1")
    assert shorten_names(tied, (10,) * 3) == ("w_h10…h2_1", "w_h11…h2_1", "w_h12…h2_1")
    assert shorten_names(("begin_a_end_of_it", "begin_b_end_of_it"), (8, 8)) == ("begin_a…", "begin_b…")
    assert shorten_names(("a" * 9 + "b" + "a" * 9, "a" * 9 + "c" + "a" * 9), (4, 4)) == ("…ab…", "…ac…")
    first, second = "the_first_input_of_this_network_is_calle", "the_second_input_of_this_network_is_call"
    one, two = "hidden_node_number_one_of_the_first_laye", "hidden_node_number_two_of_the_first_laye"
    weights = tuple(f"w_{source}_{target}" for target in (one, two) for source in (first, second))
    told = ("…firs…r_one…", "…seco…r_one…", "…firs…r_two…", "…seco…r_two…")
    assert shorten_names(weights, (12,) * 4) == told
    output = "the_only_output_node_of_this_network_whi"
    named = (*weights, f"b_{one}", f"b_{two}", f"w_{one}_{output}", f"w_{two}_{output}")
    single = ("b_…mber_one…", "b_…mber_two…", "w_…mber_one…", "w_…mber_two…")
    assert shorten_names(named, (12,) * 8) == (*told, *single)
    assert shorten_names(("ab", "ba", "aa", "bb"), (1, 1, 1, 1)) == ("…",) * 4
