"""The lines of a script that clip derivatives before the update."""

from collections.abc import Collection, Iterator

from msgspec import Struct

from engine.program.clip import Clip
from engine.program.equations import Program
from engine.program.steps import Row, Steps
from tui.paper.script_names import PythonNames

TORCH_EPSILON = 1e-6
"""What `clip_grad_norm_` adds to a norm."""


class Group(Struct, frozen=True):
    """Parameters whose derivatives have a norm in common.

    Attributes:
        norm: what the script calls the norm; nothing where each derivative has its bound by itself.
        parts: by parameter of the program, which elements of it belong to the norm; None of all.
    """

    norm: str
    parts: dict[str, list[int] | None]

    @property
    def whole(self) -> bool:
        """Whether no element of its parameters is left out."""
        return all(part is None for part in self.parts.values())


class Clipping:
    """What clips, group by group."""

    def __init__(self, clip: Clip, steps: Steps, names: PythonNames) -> None:
        self.clip, self._program = clip, steps.program
        groups = [(names.free("norm"), one.indices.tolist()) for one in steps.together(clip)]
        self._groups = [Group(norm, dict(_parts(steps.program, set(group)))) for norm, group in groups]
        self._done = set[str]()

    def before(self, rows: Collection[Row]) -> list[Group]:
        """What has to be clipped now: before these updates, what is known by then and in no earlier one."""
        names = {name for row in rows for name in row.values}
        if self.clip.norm is None:
            return [Group("", dict.fromkeys((name for name in self._program.parameters if name in names), None))]
        found = [group for group in self._groups if names & set(group.parts) and group.norm not in self._done]
        self._done.update(group.norm for group in found)
        return found


def _parts(program: Program, group: set[int]) -> Iterator[tuple[str, list[int] | None]]:
    for name, span in program.parameters.items():
        within = [index - span.start for index in range(span.start, span.stop) if index in group]
        if within:
            yield name, None if len(within) == span.stop - span.start else within
