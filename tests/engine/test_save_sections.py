"""A TOML text in pieces: together they are the text, and each is what its header says."""

import tomllib

import pytest

from engine.files import shipped_names, shipped_path
from engine.files.save.sections import sections, without

TRICKY = '''\
# the file
top = [
[1],
[2]
]
# directly above a
[a]  # here
x = """
[b]
# not a comment
[[c]]
# the end of a text"""
["b"] # quoted
y = [
  # in a list
  [3, 4],
  [5]
]
[b.deeper]
z = 1

# by itself

[[c]]
x = \'\'\'
[a]\'\'\'
# about x

# after c

[[ c ]]
'''


@pytest.mark.parametrize("text", [TRICKY, *(shipped_path(name).read_text() for name in shipped_names())])
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_together_they_are_the_text(text, ends):
    text = text.replace("\n", ends)
    pieces = sections(text)
    assert "".join(piece.text for piece in pieces) == text
    for name in {piece.name for piece in pieces if piece.name}:
        rest = tomllib.loads("".join(piece.text for piece in without(pieces, {name})))
        whole = tomllib.loads(text)
        del whole[name]
        assert rest == whole


def test_the_comment_above_a_header_is_its_own():
    names = [piece.name for piece in sections(TRICKY)]
    assert names == ["", "a", "b", "b", "c", "c"]
    assert sections(TRICKY)[1].text.startswith("# directly above a\n[a]  # here\n")


def test_a_comment_by_itself_stays():
    text = "".join(piece.text for piece in without(sections(TRICKY), {"b"}))
    assert '# the end of a text"""\n\n# by itself\n\n[[c]]' in text
    assert "in a list" not in text
    text = "".join(piece.text for piece in without(sections(TRICKY), {"c"}))
    assert "about x" not in text
    assert "after c" not in text  # more of the same follows
    assert "directly above" not in "".join(piece.text for piece in without(sections(TRICKY), {"a"}))


def test_nothing_is_nothing():
    assert sections("") == []
    assert [piece.text for piece in sections("# only this")] == ["# only this"]


def test_a_comment_directly_below_a_key_goes_with_it():
    text = "[a]\nx = 1\n# about x\n\n# by itself\n"
    assert "".join(piece.text for piece in without(sections(text), {"a"})) == "\n# by itself\n"
    assert "".join(piece.text for piece in without(sections("[a]\nx = 1\n# about x\n"), {"a"})) == ""
