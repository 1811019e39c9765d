"""Which edits of a walk are in no saved file."""

from typing import NamedTuple

from msgspec import Struct, field

from engine.walking.branch import branch_at
from engine.walking.session import Session
from engine.walking.tree import Branch, Edit


class Made(NamedTuple):
    """An edit and where it was made: a branch that is given up may leave its number to another one."""

    branch: int
    iteration: int
    edit: Edit


class Saved(Struct, frozen=True):
    """The edits that are in some file."""

    edits: frozenset[Made] = field(default_factory=frozenset)

    def with_file_of(self, session: Session) -> "Saved":
        """After a file was written of the walk as it stands at the start of the session's iteration."""
        return Saved(self.edits | _in_file_of(session))

    def missing(self, session: Session) -> tuple[tuple[Branch, Edit], ...]:
        """Every edit that is in no file, with its branch, in the order in which they were made."""
        return tuple(
            (branch, edit)
            for branch in session.tree.branches
            for edit in branch.edits
            if _made(branch, edit) not in self.edits
        )

    def where_to_save(self, session: Session) -> Session:
        """The place itself, if a file of it would hold an edit that is in none; else one that would, where one is."""
        missing = self.missing(session)
        if not missing or _in_file_of(session) - self.edits:
            return session
        branch = missing[0][0]
        there = branch_at(session, branch.number)
        return there if there.iteration >= branch.iteration else there.seek(branch.iteration, 1)


def _made(branch: Branch, edit: Edit) -> Made:
    return Made(branch.number, branch.iteration, edit)


def _in_file_of(session: Session) -> frozenset[Made]:
    """The edits on the way to the start of the session's iteration."""
    branch = session.tree.owner(session.iteration)
    way = [branch]
    while branch.parent is not None:
        branch = session.tree.numbered(branch.parent)
        way.append(branch)
    return frozenset(_made(branch, edit) for branch in way for edit in branch.edits)
