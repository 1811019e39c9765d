"""The settings of a function in a formula, by name or by place: `leaky_relu(x, 0.2)`, `gelu(x, approximate = tanh)`."""

from collections.abc import Callable, Mapping

from msgspec import Struct, ValidationError, convert
from msgspec.inspect import FloatType, LiteralType, Metadata, StructType, Type, type_info

from engine.formula.activation import Activation, Settings
from engine.formula.setting import Share

Setting = float | int | str


class Option(Struct, frozen=True):
    """A setting that is given by its name, `stride = 1`.

    Attributes:
        words: what it must be.
        takes: whether it can be this.
    """

    words: str
    takes: Callable[[Setting], bool]


def settings_of(record: Activation) -> Mapping[str, Option]:
    """Those of an activation, which may be given by place too."""
    return _of(type(record.settings))


def options_of(record: Activation) -> Mapping[str, Option]:
    """All that may be given by name."""
    return {**settings_of(record), **({"corner": _CORNER} if record.corners else {})}


def _of(settings: type[Settings]) -> Mapping[str, Option]:
    kind = type_info(settings)
    assert isinstance(kind, StructType)
    types = settings.__annotations__
    return {field.name: Option(_words(field.type), _taking(types[field.name])) for field in kind.fields}


def _words(kind: Type) -> str:
    if isinstance(kind, Metadata):
        return _words(kind.type)
    if isinstance(kind, LiteralType):
        return " or ".join(map(str, kind.values))
    assert isinstance(kind, FloatType)
    return f"a number above {kind.gt:g}" if kind.gt is not None else f"a number of at least {kind.ge or 0:g}"


def _taking(kind: object) -> Callable[[Setting], bool]:
    def takes(value: Setting) -> bool:
        try:
            convert(value, kind)
        except ValidationError:
            return False
        return True

    return takes


_CORNER = Option("a number from 0 to 1", _taking(Share))
