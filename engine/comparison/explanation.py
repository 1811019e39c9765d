"""One way in which somebody's numbers may have come about."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from engine.comparison.faults import Faults
from engine.comparison.settings import SETTING
from engine.comparison.trial import Outcome
from engine.program.scenario import Variant


class Explanation(Struct, frozen=True, eq=False):
    """One way to get the numbers.

    Attributes:
        cause: the mistake's name.
        outcome: what became of it.
        order: less is plainer.
        row: the row that it changes, the first of them; None of a setting.
        faults: what is done wrong, by row.
        words: of a setting, what is otherwise.
        at: of a setting, where.
        details: what more there is to say.
        variant: the settings of a file that say the same, if there are any.
        chance: of a number of its own that was found from one number, how many as round there would be by chance.
        fitted: whether a number of its own was found from one of those that it explains.
    """

    cause: str
    outcome: Outcome
    order: tuple[int, ...]
    row: int | None = None
    faults: Faults = field(default_factory=dict)
    words: str = ""
    at: str = SETTING
    details: Mapping[str, Any] = field(default_factory=dict)
    variant: Variant | None = None
    chance: float | None = None
    fitted: bool = False
