"""The branches of a walk: where each leaves its parent, and what was changed there by hand.

A branch is (parent, k, edits): before iteration k it shares its parent's course, from k on it has its own. Nothing here
changes: an edit makes another tree, in which the old branch is what it was.
"""

from msgspec import Struct
from msgspec.structs import replace

from engine.walking.position import Position
from engine.walking.timeline import Timeline


class Edit(Struct, frozen=True):
    """A number that was changed by hand.

    Attributes:
        name: as `engine.walking.changes` writes it: `w5`, `i1@2`, `o1`, `learning_rate`.
        old: what the parent has there.
        new: what the branch has.
    """

    name: str
    old: float
    new: float


class Branch(Struct, frozen=True, eq=False):
    """One course of a walk.

    Attributes:
        number: of the branch, which it keeps; 0 is the scenario as it was opened.
        timeline: its course.
        parent: the number of the branch that it leaves, or None.
        edits: what was changed at the start of its first own iteration, in the order of the first change of each.
        left: where it stood when it was left.
        furthest: the furthest place reached.
    """

    number: int
    timeline: Timeline
    parent: int | None
    edits: tuple[Edit, ...]
    left: Position
    furthest: Position

    @property
    def iteration(self) -> int:
        """k, its first own iteration."""
        return self.timeline.fork


class Tree(Struct, frozen=True, eq=False):
    """The branches in the order in which they were made, and in which of them the walk is.

    Attributes:
        branches: main first; a parent comes before its children.
        current: the number of the present branch.
    """

    branches: tuple[Branch, ...]
    current: int = 0

    @classmethod
    def of(cls, timeline: Timeline) -> "Tree":
        """A walk without edits."""
        start = Position(timeline.first, 0)
        return cls((Branch(0, timeline, None, (), start, start),))

    @property
    def main(self) -> Branch:
        """The scenario as it was opened."""
        return self.branches[0]

    @property
    def branch(self) -> Branch:
        """The present one."""
        return self.numbered(self.current)

    def numbered(self, number: int) -> Branch:
        """The branch of this number.

        Raises:
            KeyError: there is none.
        """
        for branch in self.branches:
            if branch.number == number:
                return branch
        raise KeyError(number)

    def owner(self, iteration: int) -> Branch:
        """The branch to whose own course an iteration of the present one belongs: itself, or a parent."""
        branch = self.branch
        while branch.parent is not None and iteration < branch.iteration:
            branch = self.numbered(branch.parent)
        return branch

    def children(self, number: int) -> tuple[Branch, ...]:
        """The branches that leave this one."""
        return tuple(branch for branch in self.branches if branch.parent == number)

    def depth(self, branch: Branch) -> int:
        """How many parents it has."""
        return 0 if branch.parent is None else 1 + self.depth(self.numbered(branch.parent))

    def leaving(self, left: Position, furthest: Position) -> "Tree":
        """The tree in which the present branch remembers where it stood."""
        noted = replace(self.branch, left=left, furthest=furthest)
        return replace(self, branches=tuple(noted if b.number == noted.number else b for b in self.branches))

    def with_branch(self, branch: Branch) -> "Tree":
        """The tree with one branch more, as the present one."""
        before = [other for other in self.branches if other.number < branch.number]
        return Tree((*before, branch, *self.branches[len(before) :]), branch.number)

    def without(self, number: int, current: int) -> "Tree":
        """The tree without a branch that has no children, with another one as the present one."""
        return Tree(tuple(branch for branch in self.branches if branch.number != number), current)

    @property
    def next_number(self) -> int:
        """The number of the next new branch."""
        return 1 + max(branch.number for branch in self.branches)
