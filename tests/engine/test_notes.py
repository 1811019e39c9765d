"""A note belongs to one step of its iteration, and the next one is found from anywhere."""

import pytest
from msgspec.structs import replace

from engine.ask.notes import noted_place, notes_at, place_of_note, shown_first
from engine.files import load_scenario, shipped_names
from engine.formula.quantity import Quantity
from engine.program.scenario import Note, Resume
from engine.walking.session import Session
from tests.networks import mazur


def noted(*notes, **training):
    return replace(mazur(**training), notes=tuple(notes))


def places_of(at, detail="layer", iteration=None, last=2, **training):
    """Every place of the first iterations at which a note is shown, found by walking."""
    session, found = Session.open(noted(Note(at, "words", iteration), **training), detail), []
    while session.iteration < last:
        if notes_at(session):
            found.append((session.iteration, session.done))
        session = session.forward()
    return found


@pytest.mark.parametrize(
    ("at", "layer", "scalar"),
    [
        ("start", [(0, 0)], [(0, 0)]),
        ("end", [(0, 14), (1, 14)], [(0, 38), (1, 38)]),
        ("forward", [(0, 1), (1, 1)], [(0, 1), (1, 1)]),
        ("backward", [(0, 7), (1, 7)], [(0, 13), (1, 13)]),
        ("update", [(0, 13), (1, 13)], [(0, 31), (1, 31)]),
        ("x", [(0, 2), (1, 2)], [(0, 3), (1, 3)]),
        ("x[h1]", [(0, 2), (1, 2)], [(0, 3), (1, 3)]),
        ("x[h2]", [(0, 2), (1, 2)], [(0, 4), (1, 4)]),
        ("E", [(0, 6), (1, 6)], [(0, 12), (1, 12)]),
        ("E[o1]", [(0, 6), (1, 6)], [(0, 11), (1, 11)]),
        ("dy/dx[h2]", [(0, 11), (1, 11)], [(0, 25), (1, 25)]),
        ("dE/dw[w6]", [(0, 9), (1, 9)], [(0, 18), (1, 18)]),
        ("w[w6]", [(0, 1), (1, 1)], [(0, 1), (1, 1)]),
        ("E_epoch[1]", [(1, 6)], [(1, 12)]),
        ("w+[b1]", [], []),
    ],
)
def test_a_note_is_shown_at_one_step_of_each_iteration_that_of_the_start_of_the_first(at, layer, scalar):
    assert places_of(at) == layer
    assert places_of(at, "scalar") == scalar


def test_a_note_of_one_iteration_is_shown_in_that_one():
    assert places_of("E", iteration=1) == [(1, 6)]
    assert places_of("start", iteration=1) == [(1, 1)]


def test_a_phase_that_comes_twice_is_noted_where_it_first_comes():
    assert places_of("update", immediate=True, last=1) == [(0, 10)]


def test_several_notes_of_a_place_are_in_file_order():
    session = Session.open(noted(Note("x[h2]", "second node"), Note("forward", "begin"), Note("x", "a row")))
    session = session.seek(0, 2)
    assert [note.text for note in notes_at(session)] == ["second node", "a row"]
    assert [note.text for note in notes_at(session.with_detail("scalar").back())] == ["a row"]


@pytest.mark.parametrize("detail", ["layer", "scalar"])
def test_the_next_note_is_the_one_that_walking_meets_next(detail):
    scenario = noted(Note("E", "", 0), Note("end", ""), Note("dE/dw[w2]", "", 2), Note("start", "", 0))
    walk = [Session.open(scenario, detail)]
    while walk[-1].iteration < 4:
        walk.append(walk[-1].forward())
    for number, session in enumerate(walk[:-80]):
        ahead = next(later for later in walk[number + 1 :] if notes_at(later))
        assert noted_place(session, 1) == ahead.position
        behind = next((earlier for earlier in reversed(walk[:number]) if notes_at(earlier)), None)
        assert noted_place(session, -1) == (None if behind is None else behind.position)


def test_a_far_note_is_found_without_walking():
    session = Session.open(noted(Note("E", "", 10_000)))
    assert noted_place(session, 1) == (10_000, 6, 0)
    assert session.timeline.recorded == 0
    assert noted_place(Session.open(noted()), 1) is None


@pytest.mark.parametrize("name", shipped_names())
def test_every_note_that_is_shipped_has_a_place(name):
    scenario = load_scenario(name)
    for detail in ("layer", "scalar"):
        session, met = Session.open(scenario, detail), list(notes_at(Session.open(scenario, detail)))
        while (place := noted_place(session, 1)) is not None and (
            place.iteration < 3 or len(met) < len(scenario.notes)
        ):
            session = session.seek_position(place)
            met += notes_at(session)
        assert [note for note in scenario.notes if note not in met] == []


def test_a_walk_that_goes_on_from_an_iteration_begins_with_the_note_of_its_start():
    scenario = noted(Note("start", "every"), Note("start", "gone", 0), Note("E", "before", 0), Note("end", "ahead", 5))
    resume = Resume(3, Session.open(scenario).values.state)
    session = Session.open(replace(scenario, resume=resume))
    assert [note.text for note in notes_at(session)] == ["every"]
    assert noted_place(session, -1) is None
    assert noted_place(session, 1) == (5, session.count, 0)


@pytest.mark.parametrize("name", shipped_names())
def test_the_number_of_which_a_note_speaks_is_explained_first(name):
    scenario = load_scenario(name)
    notes = [note for note in scenario.notes if "[" in note.at or note.at == "E"]
    places = [place_of_note(Session.open(scenario), note, note.iteration or 0) for note in notes]
    for note, place in zip(notes, places, strict=True):
        if place is None or place.iteration > 2 or places.count(place) > 1:
            continue
        subject = note.at.partition("[")[2].partition("]")[0].partition("<-")[0] or None
        session = Session.open(scenario).seek(place.iteration, place.rows)
        assert shown_first(session) == Quantity(session.row.quantity, subject)
