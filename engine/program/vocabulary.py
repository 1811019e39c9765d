"""Every function that formulas may call: what it takes, and which formula it is of its arguments.

Adding one is adding one entry to `VOCABULARY`; an activation, a loss or an elementary function is known by its record.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from math import prod

from msgspec import Struct
from msgspec.structs import asdict

from engine.formula.activation import Activation
from engine.formula.activations import ACTIVATIONS, activation
from engine.formula.corners import absolute, extreme
from engine.formula.functions import BY_NAME, EXP, LOG, MAXIMUM, MULTIPLY, SQRT
from engine.formula.loss import Loss
from engine.formula.losses import LOSSES
from engine.formula.tree import Call, Formula, Function
from engine.program.across.arrangement import CONCAT, CONCAT_COLUMNS, STOP, reshape
from engine.program.across.batch import BATCH_MEAN, BATCH_VARIANCE
from engine.program.across.extremes import SHARED
from engine.program.across.joined import reduction
from engine.program.across.pictures import avg_pool, conv, max_pool
from engine.program.across.products import DOT
from engine.program.across.rows import EPS, LOG_SOFTMAX, SOFTMAX, layer_norm
from engine.program.elementwise import operation
from engine.program.operations import Shape, ShapeError, said
from engine.program.parts_of_losses import part_of_loss
from engine.program.settings import CORNER, Option, Setting, loss_options, meant, options_of, settings_of

MOST_AXES = 4
"""Of a value: (out, in, rows, columns) of kernels."""
AXIS = ("rows", "columns")

Make = Callable[..., Formula]
"""From the operands, their shapes, the whole numbers that follow, and settings by name."""


class Entry(Struct, frozen=True):
    """A function that formulas may call.

    Attributes:
        make: the formula.
        least: how many values it takes at least.
        most: and at most; None for any number.
        sizes: how many whole numbers follow them: at least, at most.
        options: settings that may be given, by name.
        like: an example of a call.
        by_place: how many of the options may also follow the values without their names.
        bare: whether one value may follow without brackets: `ln x`, `√x`.
    """

    make: Make
    like: str
    least: int = 1
    most: int | None = 1
    sizes: tuple[int, int] = (0, 0)
    options: Mapping[str, Option] = {}
    by_place: int = 0
    bare: bool = False


def shape_of(formula: Formula, known: Mapping[Formula, Shape]) -> Shape:
    """The shape of a formula, of which some parts have known ones.

    Raises:
        ShapeError: shapes in it do not go together.
    """
    if formula in known:
        return known[formula]
    if not isinstance(formula, Call):
        return ()
    return operation(formula.function).shape([shape_of(argument, known) for argument in formula.arguments])


def _whole(least: int) -> Option:
    return Option(
        f"a whole number of at least {least}",
        lambda value: isinstance(value, float | int) and value == int(value) and least <= value <= 1_000_000,
    )


_AXIS = {"axis": Option("rows or columns", lambda value: value in AXIS)}
_CORNER_OF_SEVERAL = Option(
    f"{CORNER.words}, the slope by each of those that are the same, or {SHARED}",
    lambda value: value == SHARED or CORNER.takes(value),
)


def _of_one(function: Function, name: str, *, bare: bool = False) -> Entry:
    return Entry(lambda operands, shapes: function(*operands), f"{name}(x)", bare=bare)


def _activation(record: Activation, name: str) -> Entry:
    own = settings_of(record)
    usual = ", ".join(
        f"{setting} = {value:g}" if isinstance(value, float) else f"{setting} = {value}"
        for setting, value in asdict((record.elsewhere or (record.settings,))[0]).items()
    )
    return Entry(
        lambda operands, shapes, **settings: activation(record.name, settings).function(*operands),
        f"{name}(x) or {name}(x, {usual})" if own else f"{name}(x)",
        options=options_of(record),
        by_place=len(own),
    )


def _joined(name: str) -> Entry:
    """Elements joined to one number."""
    return Entry(
        lambda operands, shapes, axis="": reduction(name, axis)(*operands),
        f"{name}(x) or {name}(x, axis = rows)",
        options=_AXIS,
    )


def _extreme(name: str) -> Entry:
    """The greatest or the least: of a value's elements, or of several values element by element."""

    def make(
        operands: Sequence[Formula], shapes: Sequence[Shape], axis: str = "", corner: Setting | None = None
    ) -> Formula:
        share = corner if corner is None or isinstance(corner, str) else float(corner)
        if len(operands) == 1:
            return reduction(name, axis, share)(*operands)
        if axis:
            raise ShapeError(f"axis goes with one value: {name}(x, axis = {axis})")
        return reduce(extreme(name, 0.5 if isinstance(share, str) else share), operands)

    like = f"{name}(a, b), or of one value {name}(x), {name}(x, axis = rows)"
    return Entry(make, like, most=None, options={**_AXIS, "corner": _CORNER_OF_SEVERAL})


def _absolute(operands: Sequence[Formula], shapes: Sequence[Shape], corner: float = 0.5) -> Formula:
    return absolute(float(corner))(*operands)


def _loss(record: Loss) -> Entry:
    def make(
        operands: Sequence[Formula], shapes: Sequence[Shape], class_weights: Formula | None = None, **settings: Setting
    ) -> Formula:
        known, values = dict(zip(operands, shapes, strict=True)), operands[:count]
        together = shape_of(Call(MAXIMUM, tuple(values)), known) if record.needs_targets else shapes[0]
        options = {name: meant(value) for name, value in settings.items()}
        part = part_of_loss(record, options, prod(together), *values)
        if class_weights is not None:
            weights = shape_of(class_weights, known)
            if operation(MULTIPLY).shape([weights, together]) != together:
                raise ShapeError(f"class_weights are {said(weights)}, but the outputs {said(together)}")
            part = MULTIPLY(class_weights, part)
        return reduction("sum")(part) if together else part

    options, count = loss_options(record), 2 if record.needs_targets else 1
    numbers = [
        f"{name} = {value:g}"
        for name, value in asdict(record.settings).items()
        if name in options and type(value) is float
    ]
    like = f"{record.name}(y, t" if record.needs_targets else f"{record.name}(y"
    like = f"{like}) or {like}, {numbers[0]})" if numbers else f"{like})"
    own = {name: options[name] for name in sorted(options, key=lambda name: name not in ("delta", "beta"))}
    return Entry(make, like, count, count, options=own, by_place="delta" in own or "beta" in own)


def _concat(operands: Sequence[Formula], shapes: Sequence[Shape], axis: str = "rows") -> Formula:
    return (CONCAT_COLUMNS if axis == "columns" else CONCAT)(*operands)


def _layer_norm(operands: Sequence[Formula], shapes: Sequence[Shape], eps: float = EPS) -> Formula:
    return layer_norm(float(eps))(*operands)


def _conv(operands: Sequence[Formula], shapes: Sequence[Shape], stride: float = 1, padding: float = 0) -> Formula:
    return conv(int(stride), int(padding))(*operands)


def _sized(function: Callable[..., Function], like: str, most: int) -> Entry:
    return Entry(lambda operands, shapes, *sizes: function(*sizes)(*operands), like, sizes=(1, most))


_CONV = {"stride": _whole(1), "padding": _whole(0)}
_EPS = {"eps": Option("a number of at least 0", lambda value: isinstance(value, float | int) and value >= 0)}
_SINGLE = [record for record in ACTIVATIONS.values() if not record.joint]

VOCABULARY: Mapping[str, Entry] = {
    **{name: _of_one(function, name, bare=function is LOG) for name, function in BY_NAME.items()},
    "ln": _of_one(LOG, "ln", bare=True),
    "√": _of_one(SQRT, "√", bare=True),
    **{name: _activation(record, name) for record in _SINGLE for name in (record.symbol, record.name)},
    "exp": _of_one(EXP, "exp"),
    "abs": Entry(_absolute, "abs(x) or abs(x, corner = 0.5)", options={"corner": CORNER}),
    "max": _extreme("max"),
    "min": _extreme("min"),
    **{name: _joined(name) for name in ("sum", "mean", "norm")},
    "softmax": _of_one(SOFTMAX, "softmax"),
    "log_softmax": _of_one(LOG_SOFTMAX, "log_softmax"),
    "layer_norm": Entry(_layer_norm, "layer_norm(v) or layer_norm(v, eps = 1e-5)", options=_EPS),
    "dot": Entry(lambda operands, shapes: DOT(*operands), "dot(a, b)", 2, 2),
    "concat": Entry(_concat, "concat(a, b) or concat(A, B, axis = columns)", most=None, options=_AXIS),
    "reshape": _sized(reshape, "reshape(x, 2, 3)", MOST_AXES),
    "conv": Entry(_conv, "conv(x, k) or conv(x, k, stride = 1, padding = 0)", 2, 2, options=_CONV),
    "max_pool": _sized(max_pool, "max_pool(x, 2)", 1),
    "avg_pool": _sized(avg_pool, "avg_pool(x, 2)", 1),
    "batch_mean": _of_one(BATCH_MEAN, "batch_mean"),
    "batch_var": _of_one(BATCH_VARIANCE, "batch_var"),
    "stop": _of_one(STOP, "stop"),
    **{record.name: _loss(record) for record in LOSSES.values()},
}
"""By name and by sign; `log` is the natural one, as in programs."""
NAMES = tuple(sorted(VOCABULARY.keys() - {"√"} - {record.symbol for record in _SINGLE if record.symbol != record.name}))
"""Those that messages tell: no signs, and of two names for one function the first."""
