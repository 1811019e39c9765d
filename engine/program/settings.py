"""The settings of a function in a formula, by name or by place: `leaky_relu(x, 0.2)`, `gelu(x, approximate = tanh)`."""

from collections.abc import Callable, Mapping

from msgspec import Struct, ValidationError, convert
from msgspec.inspect import BoolType, FloatType, LiteralType, Metadata, StructType, Type, UnionType, type_info

from engine.formula.activation import Activation
from engine.formula.loss import Loss
from engine.formula.setting import Share

Setting = float | int | str


class Option(Struct, frozen=True):
    """A setting that is given by its name, `stride = 1`.

    Attributes:
        words: what it must be.
        takes: whether it can be this.
        of_value: whether it is a value, given by its name or as a formula.
    """

    words: str
    takes: Callable[[Setting], bool]
    of_value: bool = False


def settings_of(record: Activation) -> Mapping[str, Option]:
    """Those of an activation, which may be given by place too."""
    return _of(type(record.settings))


def options_of(record: Activation) -> Mapping[str, Option]:
    """All that may be given by name."""
    return {**settings_of(record), **({"corner": CORNER} if record.corners else {})}


def names_of(record: Activation) -> tuple[str, ...]:
    """The names of all that may be given by name; without looking at what they must be, as reading words does."""
    return (*type(record.settings).__struct_fields__, *["corner"] * bool(record.corners))


def loss_options(record: Loss) -> Mapping[str, Option]:
    """Those of a loss."""
    return _of(type(record.settings))


def meant(setting: Setting) -> float | int | str | bool:
    """A setting as a record has it."""
    return setting == "true" if setting in ("true", "false") else setting


def _of(settings: type[Struct]) -> Mapping[str, Option]:
    kind = type_info(settings)
    assert isinstance(kind, StructType)
    return {field.name: _option(field.type, settings, field.name) for field in kind.fields}


def _option(kind: Type, settings: type[Struct], name: str) -> Option:
    if isinstance(kind, Metadata):
        kind = kind.type if isinstance(kind.type, UnionType) else kind
    if isinstance(kind, UnionType):  # one number for each output
        return Option("a value that meets the outputs element by element, such as a constant", lambda _: True, True)
    types = {key: of for one in reversed(settings.__mro__) for key, of in getattr(one, "__annotations__", {}).items()}
    return Option(_words(kind), _taking(types[name]))


def _words(kind: Type) -> str:
    if isinstance(kind, Metadata):
        return _words(kind.type)
    if isinstance(kind, LiteralType):
        return " or ".join(map(str, kind.values))
    if isinstance(kind, BoolType):
        return "true or false"
    assert isinstance(kind, FloatType)
    return f"a number above {kind.gt:g}" if kind.gt is not None else f"a number of at least {kind.ge or 0:g}"


def _taking(kind: object) -> Callable[[Setting], bool]:
    def takes(value: Setting) -> bool:
        try:
            convert(meant(value), kind)
        except ValidationError:
            return False
        return True

    return takes


CORNER = Option("a number from 0 to 1", _taking(Share))
