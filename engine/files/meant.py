"""Keys as other programs call them: what an unknown key of a table is here, or where it stands."""

from collections.abc import Collection

from engine.files.problems import nearest

_RATE = (("learning_rate", "here it is called learning_rate"), ("as", "learning_rate stands beside optimizer"))
_EPOCHS = (("epochs", "here it is called epochs"), ("stop", "write stop = { epochs = 10 }"))
_ITERATIONS = (("iterations", "here it is called iterations"), ("stop", "write stop = { iterations = 1000 }"))
_SCHEDULE = (("learning_rate", 'write learning_rate = { start = 0.1, schedule = "step", every = 100 }'),)
_PENALTY = (("penalty", "write penalty = { l2 = 0.01 }, or weight_decay = 0.01 for the decoupled form"),)
_SLOPE = (("slope", "here it is called slope"),)
_OF_ADAM = (("beta1", "give beta1 and beta2"),)
_MOMENTUM = (
    ("optimizer", 'write optimizer = { name = "momentum", momentum = 0.9 }'),
    ("as", 'the rule that has it is name = "momentum"'),
)
_MEANT: dict[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(("lr", "eta", "learningrate", "initial_learning_rate", "init_value"), _RATE),
    "learning_rate": _RATE[1:],
    "alpha": (("rho", "here it is called rho"), *_SLOPE, *_RATE),
    **dict.fromkeys(("negative_slope", "leak", "leakage"), _SLOPE),
    "pos_weight": (("class_weights", "binary_cross_entropy has it; class_weights are factors of the outputs' parts"),),
    "reduction": (
        ("over_outputs", "over_outputs joins an example's outputs; how examples are joined stands under [training]"),
    ),
    "label_smoothing": (("class_weights", "give targets that are smoothed already, like 0.9 and 0.05"),),
    "from_logits": (("class_weights", "take it out: losses are of outputs, and cancel with the last activation here"),),
    "log_input": (("class_weights", 'take it out: it is activation = "exp" in the last layer'),),
    **dict.fromkeys(("epoch", "n_epochs", "num_epochs", "max_epochs", "epochs"), _EPOCHS),
    **dict.fromkeys(("iteration", "max_iter", "steps", "max_steps", "iterations", "t_max"), _ITERATIONS),
    **dict.fromkeys(("schedule", "scheduler", "lr_schedule", "lr_scheduler"), _SCHEDULE),
    **dict.fromkeys(("l1", "l2", "regularization"), _PENALTY),
    "betas": _OF_ADAM,
    "momentum": _MOMENTUM,
    "mu": (("momentum", "here it is called momentum"),),
    "decay": (("rho", "here it is called rho"), ("rate", "here it is called rate"), ("factor", "it is called factor")),
    "gamma": (("factor", "here it is called factor"), ("rate", "here it is called rate")),
    "decay_rate": (("factor", "here it is called factor"), ("rate", "here it is called rate")),
    "step_size": (("every", "here it is called every"), *_RATE),
    "decay_steps": (("every", "here it is called every"), ("iterations", "here it is called iterations")),
    "eta_min": (("end", "here it is called end"),),
    "initial_accumulator_value": (("accumulator", "here it is called accumulator"),),
    "lr_decay": (("rate_decay", "here it is called rate_decay"),),
    "lambd": (("weight_decay", "here it is called weight_decay"),),
    "batch_size": (("batch", "here it is called batch"),),
    **dict.fromkeys(("max_norm", "clipnorm", "global_clipnorm"), (("norm", "here it is called norm"),)),
    **dict.fromkeys(("clip_value", "clipvalue", "max"), (("value", "here it is called value"),)),
    **dict.fromkeys(("path", "npz", "safetensors", "filename"), (("file", "here it is called file"),)),
    **dict.fromkeys(("csv", "init"), (("names", "it goes into the weights of a layer"),)),
    **dict.fromkeys(
        ("weight", "weights", "sample_weight", "sample_weights"),
        (
            ("weight", "here it is called weight"),
            ("class_weights", "of outputs it is class_weights; of examples it stands in [[example]]"),
        ),
    ),
    "seed": (
        ("names", "it goes into the weights of a layer"),
        ("shuffle", "write shuffle = { seed = 1 } for the order of the examples"),
    ),
}
"""By a key that there is not: of the keys that the table has one, and what is said where it has that."""


def remedy_for(key: str, known: Collection[str]) -> str:
    """What to do about a key that a table does not have.

    Args:
        key: it.
        known: the table's own keys.
    """
    told = next((words for ours, words in _MEANT.get(key.lower(), ()) if ours in known), None)
    return told or (nearest(key, known) if known else "take it out")
