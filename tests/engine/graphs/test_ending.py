"""Where a graph of which nothing is trained ends."""

from engine.walking.session import ALL_THERE_IS, Session
from tests.engine.graphs.files import CIRCUIT, read


def test_where_nothing_is_trained_a_walk_ends_in_words():
    session = Session.open(read(CIRCUIT))
    assert session.ending is None
    last = session.seek(0, session.count)
    assert last.ending == ALL_THERE_IS
    assert last.forward() is last
    assert last.back().ending is None
    scalar = session.with_detail("scalar")
    assert scalar.seek(0, scalar.count - 1).ending is None
