"""Which edits are in no saved file."""

from engine.walking.branch import branch_at, edited
from engine.walking.session import Session
from engine.walking.unsaved import Saved
from tests.networks import mazur


def missing(saved, session):
    return [(branch.number, edit.name, edit.new) for branch, edit in saved.missing(session)]


def test_a_walk_without_edits_has_nothing_to_save():
    session = Session.open(mazur()).seek(5, 1)
    assert missing(Saved(), session) == []
    assert Saved().where_to_save(session) is session
    assert Saved().with_file_of(session) == Saved()


def test_a_file_holds_the_edits_on_the_way_to_its_place():
    session = edited(Session.open(mazur()).seek(3, 1), {"w5": 0.41, "i1": 0.2})
    session = edited(session.seek(6, 1), {"w1": 1.0})
    assert missing(Saved(), session) == [(1, "w5", 0.41), (1, "i1", 0.2), (2, "w1", 1.0)]
    before = Saved().with_file_of(session.seek(2, 1))
    assert before == Saved()  # a file of iteration 2 knows nothing of what is changed at 3
    between = Saved().with_file_of(session.seek(4, 1))
    assert missing(between, session) == [(2, "w1", 1.0)]
    assert missing(Saved().with_file_of(session.seek(6, 1)), session) == []


def test_more_edits_of_a_branch_that_was_saved():
    session = edited(Session.open(mazur()).seek(3, 1), {"w5": 0.41})
    saved = Saved().with_file_of(session)
    more = edited(session, {"w1": 1.0})
    assert missing(saved, more) == [(1, "w1", 1.0)]
    again = edited(session, {"w5": 0.42})
    assert missing(saved, again) == [(1, "w5", 0.42)]


def test_another_branch_may_get_the_number_of_one_that_was_given_up():
    session = edited(Session.open(mazur()).seek(3, 1), {"b1": 0.5})
    saved = Saved().with_file_of(session)
    given_up = edited(session, {"b1": 0.35})
    assert missing(saved, given_up) == []
    other = edited(given_up.seek(7, 1), {"b1": 0.5})
    assert missing(saved, other) == [(1, "b1", 0.5)]


def test_where_to_save():
    session = edited(Session.open(mazur()).seek(3, 1), {"w5": 0.41}).seek(9, 2)
    assert Saved().where_to_save(session) is session
    main = branch_at(session, 0)
    there = Saved().where_to_save(main)
    assert (there.tree.current, there.position) == (1, session.position)
    there = Saved().where_to_save(branch_at(session.home(), 0))
    assert (there.tree.current, there.iteration) == (1, 3)
    assert Saved().with_file_of(there).where_to_save(main) is main
