"""The tables of losses: made from their records, whose settings are the keys."""

from typing import TYPE_CHECKING, Annotated, Union

from msgspec.structs import asdict

from engine.files.part import Part
from engine.files.rule_parts import part_of
from engine.files.text import one_of
from engine.formula.loss import Loss
from engine.formula.losses import LOSSES, loss_of

LOSS_PARTS = {
    name: part_of(type(record.settings), f"{name.title().replace('_', '')}LossPart", "name", name)
    for name, record in LOSSES.items()
}
"""By name the table of each loss's settings."""
if TYPE_CHECKING:
    LossPart = str | Part
else:
    LossPart = Union[(Annotated[str, one_of(LOSSES)], *LOSS_PARTS.values())]


def loss_in(part: LossPart) -> Loss:
    """The loss that a file names, or gives as a table."""
    if isinstance(part, str):
        return LOSSES[part]
    name = str(part.__struct_config__.tag)
    return loss_of(name, type(LOSSES[name].settings)(**asdict(part)))
