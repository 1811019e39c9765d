"""The tables of losses: made from their records, whose settings are the keys."""

from typing import TYPE_CHECKING, Annotated, Any, Union

from msgspec.structs import asdict

from engine.files.part import Part
from engine.files.problems import plural
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
    given: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in asdict(part).items()
    }
    return loss_of(name, type(LOSSES[name].settings)(**given))


def weights_problem(loss: Loss, outputs: int) -> tuple[str, str] | None:
    """Why it cannot be the loss of so many outputs, and a remedy; or None."""
    weights = loss.settings.class_weights
    if weights is not None and min(weights, default=0.0) < 0:
        return f"{min(weights):g} is out of range", "it must be at least 0"
    if weights is None or len(weights) == outputs:
        return None
    are = "is" if outputs == 1 else "are"
    return (
        f"has {plural(len(weights), 'number')}, but there {are} {plural(outputs, 'output')}",
        "give one for each output",
    )
