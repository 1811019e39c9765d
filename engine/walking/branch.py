"""Changing numbers on the way: a branch starts, and the old one stays as it is.

A number is changed at the start of the iteration in which one stands, and the rows done are computed again. There is no
code that takes a change back: the old branch was never touched, and going there is going to one of its places.
"""

from collections.abc import Mapping

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.formula.arithmetic import locked
from engine.program.scenario import Resume, Scenario
from engine.walking.changes import spot_of, value_of, with_values
from engine.walking.session import Session
from engine.walking.timeline import Timeline
from engine.walking.tree import Branch, Edit, Tree

Array = NDArray[np.float64]


def standing(session: Session) -> Scenario:
    """The scenario as it stands at the start of the session's iteration: a walk of it goes on as this one does.

    It has no published figures: those are of the scenario as its author wrote it.
    """
    start = session.values.beginning
    resume = Resume(start.iteration, locked(start.state.copy()))
    at_zero = start.iteration == 0 and not start.state.any()
    # copies: the originals are views into the cache of replayed iterations, which would stay alive with them
    theta = locked(start.theta.copy())
    return replace(session.scenario, theta=theta, published=(), resume=None if at_zero else resume)


def edited(session: Session, values: Mapping[str, float]) -> Session:
    """The same place in the branch in which these numbers are changed; itself where they are so already.

    An edit joins the present branch as long as that has not gone beyond the iteration of its own edits. Taking all of
    them back leads to the parent, and an edit that was made before leads to its branch.

    Args:
        session: the place.
        values: new numbers by name, as `engine.walking.changes` has them.

    Raises:
        ChangeError: a number is not possible there.
    """
    tree = with_edits(session, values)
    return session if tree is None else in_tree(session, tree)


def with_edits(session: Session, values: Mapping[str, float]) -> Tree | None:
    """The tree whose present branch has these edits, nothing being walked in it; None where the numbers are so already.

    Arguments and errors as of `edited`.
    """
    here = standing(session)
    spots = {spot_of(here, name): value for name, value in values.items()}
    changes = [Edit(spot.name, value_of(here, spot), value) for spot, value in spots.items()]
    scenario = with_values(here, values)
    if all(edit.old == edit.new for edit in changes):
        return None
    k, tree = session.iteration, session.tree.leaving(session.position, session.furthest)
    owner, joined = tree.owner(k), joins(session)
    parent = tree.numbered(owner.parent) if joined and owner.parent is not None else owner
    edits = _joined(owner.edits if joined else (), changes)
    known = _same(tree, parent.number, k, edits)
    if joined:
        tree = tree.without(owner.number, parent.number)
    if known is not None:
        return replace(tree, current=known.number)
    number = owner.number if joined else tree.next_number
    timeline = Timeline(scenario, parent=parent.timeline)
    return tree.with_branch(Branch(number, timeline, parent.number, edits, *[session.position] * 2))


def joins(session: Session) -> bool:
    """Whether an edit here is one more of the present branch, which has not gone beyond the iteration of its edits."""
    branch = session.tree.branch
    return bool(branch.edits) and branch.iteration == session.iteration == session.furthest.iteration


def _joined(before: tuple[Edit, ...], now: list[Edit]) -> tuple[Edit, ...]:
    """The edits of a branch after some more; those that are taken back are left out."""
    joined = {edit.name: edit for edit in before}
    for edit in now:
        joined[edit.name] = replace(joined.get(edit.name, edit), new=edit.new)
    return tuple(edit for edit in joined.values() if edit.old != edit.new)


def _same(tree: Tree, parent: int, iteration: int, edits: tuple[Edit, ...]) -> Branch | None:
    """The branch that has these edits already; the parent itself if there are none."""
    if not edits:
        return tree.numbered(parent)
    made = {edit.name: edit.new for edit in edits}
    for branch in tree.children(parent):
        if branch.iteration == iteration and {edit.name: edit.new for edit in branch.edits} == made:
            return branch
    return None


def branch_at(session: Session, number: int, *, same_place: bool = False) -> Session:
    """Another branch, where it was left, or at the place where the session stands now.

    Raises:
        KeyError: there is no branch of this number.
    """
    if number == session.tree.current:
        return session
    there = branch_start(session, number)
    return in_tree(session, there.tree) if same_place else there.seek_shown(there.tree.branch.left)


def branch_start(session: Session, number: int) -> Session:
    """The first place of a branch, the present one being left. Raises KeyError: there is none of this number."""
    tree = replace(session.tree.leaving(session.position, session.furthest), current=number)
    return Session.at_start(tree, session.detail)


def in_tree(session: Session, tree: Tree) -> Session:
    """The session's place in the tree's present branch."""
    return Session.at_start(tree, session.detail).seek_position(session.position)


def history_of(session: Session, branch: Branch) -> Array:
    """E of every iteration that a branch has reached, its parent's included; the session's `first` is its first."""
    furthest = session.furthest if branch.number == session.tree.current else branch.furthest
    return branch.timeline.errors(session.errors_until(furthest))
