"""The tables of activations, of update rules and of schedules: made from their records, whose settings are the keys."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from msgspec import NODEFAULT, Struct, defstruct, field
from msgspec.structs import fields

from engine.files.part import Part
from engine.files.text import one_of
from engine.formula.activations import ACTIVATIONS
from engine.formula.setting import Positive, Share, says
from engine.program.frameworks import NAMES
from engine.program.optimizers import OPTIMIZERS
from engine.program.schedules import SCHEDULES


def part_of(record: type[Struct], name: str, tag_field: str, tag: str, *more: tuple[Any, ...]) -> type[Part]:
    """The table of a record's settings."""
    settings = [
        (one.name, one.type) if one.default is NODEFAULT else (one.name, one.type, one.default)
        for one in fields(record)
        if one.name not in {name for name, *_ in more}
    ]
    made: type[Part] = defstruct(  # type: ignore[assignment]
        name,
        [*more, *settings],
        bases=(Part,),
        namespace={"__doc__": (record.__doc__ or "").partition("\n")[0], "__module__": __name__},
        tag_field=tag_field,
        tag=tag,
        kw_only=True,
    )
    return made


_LIKE = ("like", Annotated[Literal[NAMES] | None, says("as which framework has it")], field(default=None, name="as"))
_START = ("start", Annotated[Positive, says("α to begin with")])
OPTIMIZER_PARTS = {
    name: part_of(rule, f"{rule.__name__}Part", "name", name, _LIKE) for name, rule in OPTIMIZERS.items()
}
"""By name the table of each update rule's settings."""
_NEXT = {
    name: part_of(record, f"Then{record.__name__}Part", "schedule", name)
    for name, record in SCHEDULES.items()
    if "then" not in record.__struct_fields__
}
_THEN = ("then", Annotated[Union[(*_NEXT.values(), None)], says("how it goes on, as if it began then")], None)
SCHEDULE_PARTS = {
    name: part_of(
        record, f"{record.__name__}Part", "schedule", name, _START, *[_THEN] * ("then" in record.__struct_fields__)
    )
    for name, record in SCHEDULES.items()
}
"""By name the table of each schedule's settings."""
_CORNER = (
    "corner",
    Annotated[
        Share | list[Share] | None,
        says(
            "which slope is taken where it jumps, 0 that on the left, 1 that on the right, or a list with one for each"
        ),
    ],
    None,
)
ACTIVATION_PARTS = {
    name: part_of(
        type(record.settings),
        f"{name.title().replace('_', '')}Activation",
        "name",
        name,
        *[_CORNER] * bool(record.corners),
    )
    for name, record in ACTIVATIONS.items()
}
"""By name the table of each activation's settings."""
ActivationName = Annotated[str, one_of(ACTIVATIONS)]
if TYPE_CHECKING:
    OneActivation = str | Part
    ActivationPart = OneActivation | list[OneActivation]
    OptimizerPart = str | Part
    RatePart = float | Part
else:
    OneActivation = Union[(ActivationName, *ACTIVATION_PARTS.values())]
    ActivationPart = OneActivation | list[OneActivation]
    OptimizerPart = Union[(Literal[tuple(OPTIMIZERS)], *OPTIMIZER_PARTS.values())]
    RatePart = Union[(Positive, *SCHEDULE_PARTS.values())]
