"""Which known name a mistyped one is most like, and how several are told."""

from collections.abc import Iterable
from itertools import islice

OTHERS = frozenset(
    (
        *("celu", "prelu", "rrelu", "crelu", "relu6", "glu", "reglu", "mish"),
        *("softmin", "softshrink", "logsigmoid", "log_sigmoid", "logsoftmax", "log_softmax"),
        *("hardswish", "hard_swish", "hswish", "tanhshrink", "atanh"),
        *("sparsemax", "hardmax", "maxout", "sin", "cos", "tan", "arctan", "sinh", "cosh", "log10"),
        *("log2", "log1p", "expm1", "exp2", "min", "abs", "sum", "mean"),
        *("mean_squared_log_error", "mean_squared_logarithmic_error"),
        *("root_mean_squared_error", "rmse", "msle", "mape", "mean_absolute_percentage_error", "focal"),
        *("categorical_hinge", "cosine_similarity", "cosine_embedding_loss", "triplet", "contrastive", "ctc"),
        *("adamw", "adamax", "nadam", "radam", "adagrad", "adadelta", "rmsprop", "lamb", "lion", "amsgrad"),
        *("float16", "bfloat16", "fp16", "half"),
        *("xavier_normal", "glorot_normal", "he_uniform", "kaiming_uniform", "truncated_normal", "orthogonal"),
    )
)
"""Names that other programs have for something else than what is spelled most like them here."""


def _of_sum(name: str) -> str:
    return f'which sums over the outputs: {{ name = "{name}", over_outputs = "mean" }} is their mean'


ELSEWHERE = {
    "identity": ("linear", "none"),
    "optax": ("jax", "flax"),
    "scikit-learn": ("sklearn",),
    "pytorch": ("torch",),
    "all": ("full", "full_batch"),
    "float32": ("single", "fp32", "f32"),
    "float64": ("double", "fp64", "f64"),
    "sigmoid": ("logistic", "expit"),
    "leaky_relu": ("lrelu",),
    "silu": ("swish",),
    "exp": ("exponential",),
    "relu": ("rectifier", "rectified_linear"),
    "softplus": ("softrelu", "smooth_relu"),
    "gaussian": ("rbf",),
    "step": ("heaviside", "binary_step", "unit_step"),
    "sign": ("sgn", "signum"),
    "squared_error": ("sse", "sum_of_squares"),
    "mean_squared_error": ("mse", "mse_loss"),
    "cross_entropy": ("ce", "cce", "categorical_crossentropy", "categorical_cross_entropy", "crossentropy"),
    "xavier_uniform": ("glorot_uniform", "glorot"),
    "he_normal": ("kaiming_normal", "kaiming", "he"),
    "kl_divergence": ("kl", "kld", "kl_div", "kullback_leibler", "kullback_leibler_divergence", "relative_entropy"),
}
"""By our name, what the same is called elsewhere."""
UNLIKE = {
    ("gelu_new", "gelu_tanh", "gelu_approximate"): ("gelu", "which has approximate = tanh for it"),
    ("prelu", "parametric_relu"): ("leaky_relu", "whose slope is given and not trained"),
    ("tensorflow", "tf", "tf.keras"): ("keras", "whose optimizers TensorFlow has"),
    ("nesterov", "nag"): ("momentum", "with nesterov = true in its table"),
    ("mae", "mean_absolute_error", "l1", "l1_loss"): ("absolute_error", _of_sum("absolute_error")),
    ("bce", "bce_loss", "bce_with_logits_loss", "log_loss", "binary_crossentropy"): (
        "binary_cross_entropy",
        _of_sum("binary_cross_entropy"),
    ),
    ("huber_loss",): ("huber", _of_sum("huber")),
    ("smooth_l1_loss",): ("smooth_l1", _of_sum("smooth_l1")),
    ("log_cosh_loss",): ("log_cosh", _of_sum("log_cosh")),
    ("hinge_loss",): ("hinge", _of_sum("hinge")),
    ("poisson_loss", "poisson_nll_loss"): ("poisson", _of_sum("poisson")),
    ("quadratic", "quadratic_cost", "l2", "l2_loss"): ("half_squared_error", "which is ½Σ(y−t)²"),
    ("half_mse", "half_mean_squared_error"): (
        "mean_squared_error",
        'which has no ½: { name = "mean_squared_error", half = true } has it',
    ),
    ("sparse_categorical_crossentropy", "sparse_categorical_cross_entropy"): (
        "cross_entropy",
        "which takes a target for each output: 1 for the class, 0 for the others",
    ),
    ("nll", "nll_loss"): ("cross_entropy", "which takes outputs and not their logarithms"),
}
"""What is called so elsewhere, with the function here that comes nearest, and how it is another."""

MOST = 5000
"""Known names that are looked at."""
COMPARED = 50
"""Of these, as many are compared letter by letter: that takes a hundred times as long."""


def most_similar(name: str, known: Iterable[str]) -> str | None:
    """The known name most like this one, or None if none is."""
    from difflib import get_close_matches  # here, because most names are known
    from heapq import nlargest

    name, names = name[:60], list(islice(known, MOST))
    if len(names) > COMPARED:
        names = nlargest(COMPARED, names, key=lambda other: _shared_ends(name, other))
    same = next((other for other in names if other.lower() == name.lower()), None)
    if same is not None:  # large letters for small ones
        return same
    near = get_close_matches(name, names, 3)
    turned = (other for other in near if sorted(other) == sorted(name))  # two letters are exchanged most easily
    return next(turned, next(iter(near), None))


def told_apart(name: str, known: Iterable[str]) -> str | None:
    """What a name from elsewhere is here, among the known names: the same by another name, or nearly; else None."""
    names, plain = list(known), _plain(name)
    for ours in names:
        if plain and plain in map(_plain, (ours, *ELSEWHERE.get(ours, ()))):
            return f"here it is called {ours}"
    for others, (ours, difference) in UNLIKE.items():
        if ours in names and plain in map(_plain, others):
            return f"there is {ours}, {difference}"
    return None


def _plain(name: str) -> str:
    """A name as it is compared: `Leaky ReLU`, `leaky-relu` and `leaky_relu` are one."""
    return "".join(letter for letter in name[:60].lower() if letter not in "_- ")


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


def some_of(names: Iterable[str], most: int = 6) -> str:
    """The first few names."""
    names = list(names)
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
