"""Which known name a mistyped one is most like."""

from collections.abc import Iterable
from difflib import get_close_matches
from heapq import nlargest
from itertools import islice

OTHERS = frozenset(
    (
        *("gelu", "elu", "selu", "celu", "silu", "prelu", "rrelu", "crelu", "relu6", "glu", "reglu", "swish", "mish"),
        *("softplus", "softsign", "softmin", "softshrink", "logsigmoid", "log_sigmoid", "logsoftmax", "log_softmax"),
        *("hardtanh", "hard_tanh", "hardsigmoid", "hard_sigmoid", "hardswish", "hard_swish", "tanhshrink", "atanh"),
        *("sparsemax", "hardmax", "maxout", "step", "sign", "sin", "cos", "tan", "arctan", "sinh", "cosh", "log10"),
        *("log2", "log1p", "expm1", "exp2", "min", "abs", "sum", "mean"),
        *("absolute_error", "mean_absolute_error", "mean_squared_log_error", "mean_squared_logarithmic_error"),
        *("root_mean_squared_error", "hinge", "huber", "focal", "poisson", "categorical_hinge"),
        *("adamw", "adamax", "nadam", "radam", "adagrad", "adadelta", "rmsprop", "lamb", "lion", "amsgrad"),
        *("xavier_normal", "glorot_normal", "he_uniform", "kaiming_uniform", "truncated_normal", "orthogonal"),
    )
)
"""Names that other programs have for something else than what is spelled most like them here."""

MOST = 5000
"""Known names that are looked at."""
COMPARED = 50
"""Of these, as many are compared letter by letter: that takes a hundred times as long."""


def most_similar(name: str, known: Iterable[str]) -> str | None:
    """The known name most like this one, or None if none is."""
    name, names = name[:60], list(islice(known, MOST))
    if len(names) > COMPARED:
        names = nlargest(COMPARED, names, key=lambda other: _shared_ends(name, other))
    near = get_close_matches(name, names, 3)
    turned = (other for other in near if sorted(other) == sorted(name))  # two letters are exchanged most easily
    return next(turned, next(iter(near), None))


def is_another(name: str) -> bool:
    """Whether it is the name of a function or rule that there is elsewhere, but not here: no misspelt one of ours."""
    return name.lower().replace("-", "_") in OTHERS


def _shared_ends(a: str, b: str) -> int:
    """How many letters are the same from the beginning and from the end, less what the lengths differ by."""
    count = -abs(len(a) - len(b))
    for one, other in ((a, b), (a[::-1], b[::-1])):
        for left, right in zip(one, other, strict=False):
            if left != right:
                break
            count += 1
    return count
