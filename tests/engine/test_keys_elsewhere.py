"""Settings of training as other programs call them: the message says what they are here, or where they stand."""

import pytest

from engine.files import ScenarioError, parse_scenario

TEXT = """\
title = "t"
[network]
inputs = ["i1"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["o1"]
activation = "identity"
weights = [[0.5]]
[training]
{training}
[[example]]
inputs = [1]
targets = [0]
"""


@pytest.mark.parametrize(
    ("training", "place", "remedy"),
    [
        ("lr = 0.1", "lr", "here it is called learning_rate"),
        ("epochs = 10", "epochs", "write stop = { epochs = 10 }"),
        ("max_iter = 10", "max_iter", "write stop = { iterations = 1000 }"),
        ("stop = { epoch = 10 }", "stop.epoch", "here it is called epochs"),
        ("stop = { steps = 10 }", "stop.steps", "here it is called iterations"),
        ("stop = 100", "stop", "write it as { iterations = value }"),
        ("batch_size = 4", "batch_size", "here it is called batch"),
        ('batch = "full"', "batch", "here it is called all"),
        ("momentum = 0.9", "momentum", 'write optimizer = { name = "momentum", momentum = 0.9 }'),
        ("l2 = 0.1", "l2", "weight_decay"),
        ("clip = 1.0", "clip", "write it as { norm = value }"),
        ("clip = { max_norm = 1 }", "clip.max_norm", "here it is called norm"),
        ("clip = { clipvalue = 1 }", "clip.clipvalue", "here it is called value"),
        ("seed = 3", "seed", "write shuffle = { seed = 1 } for the order of the examples"),
        ('precision = "single"', "precision", "here it is called float32"),
        ('precision = "float16"', "precision", "there are float32, float64"),
        ('optimizer = "nesterov"', "optimizer", "there is momentum, with nesterov = true in its table"),
        ('optimizer = { as = "keras" }', "optimizer.name", "give name: sgd, momentum, adam"),
        ('optimizer = { name = "adam", lr = 0.1 }', "optimizer.lr", "learning_rate stands beside optimizer"),
        ('optimizer = { name = "adam", betas = [0.9, 1] }', "optimizer.betas", "give beta1 and beta2"),
        ('optimizer = { name = "adam", eps = 1e-7 }', "optimizer.eps", "the nearest is epsilon"),
        (
            'optimizer = { name = "sgd", momentum = 0.9 }',
            "optimizer.momentum",
            'the rule that has it is name = "momentum"',
        ),
        ('optimizer = { name = "rmsprop", alpha = 0.9 }', "optimizer.alpha", "here it is called rho"),
        ('optimizer = { name = "adam", as = "jax" }', "optimizer.as", "here it is called optax"),
        ('optimizer = { name = "adam", as = "tf" }', "optimizer.as", "there is keras, whose optimizers TensorFlow has"),
        ('optimizer = { name = "adam", as = "sklearn" }', "optimizer.as", "here it is called scikit-learn"),
        (
            'optimizer = { name = "rprop", step_min = 1, step_max = 0.1 }',
            "optimizer.step_min",
            "no step is between step_min = 1 and step_max = 0.1: give a step_min below step_max",
        ),
        ("scheduler = 1", "scheduler", 'write learning_rate = { start = 0.1, schedule = "step", every = 100 }'),
        ("learning_rate = { start = 1 }", "learning_rate.schedule", "give schedule: step, exponential"),
        ('learning_rate = { schedule = "inverse", start = 1 }', "learning_rate.rate", "give rate: by how much"),
        (
            'learning_rate = { schedule = "step", start = 1, every = 3, gamma = 0.1 }',
            "learning_rate.gamma",
            "here it is called factor",
        ),
        (
            'learning_rate = { schedule = "warmup", start = 1, iterations = 3, then = "cosine" }',
            "learning_rate.then",
            "write it as { schedule = value }",
        ),
    ],
)
def test_what_is_called_otherwise_elsewhere_is_told(training, place, remedy):
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(TEXT.format(training=training), "a.toml")
    (problem,) = caught.value.problems
    assert problem.where == f"training.{place}"
    assert remedy in str(problem)


@pytest.mark.parametrize(
    ("loss", "activation", "key", "remedy"),
    [
        ('{ name = "cross_entropy", label_smoothing = 0.1 }', '"softmax"', "loss.label_smoothing", "smoothed already"),
        ('{ name = "cross_entropy", pos_weight = 2 }', '"softmax"', "loss.pos_weight", "binary_cross_entropy has it"),
        ('{ name = "squared_error", reduction = "sum" }', '"tanh"', "loss.reduction", "over_outputs joins"),
        ('{ name = "squared_error", weight = [1] }', '"tanh"', "loss.weight", "of outputs it is class_weights"),
        ('{ name = "poisson", log_input = true }', '"exp"', "loss.log_input", 'activation = "exp"'),
        ('"squared_error"', '{ name = "leaky_relu", alpha = 0.2 }', "activation.alpha", "here it is called slope"),
        (
            '"squared_error"',
            '{ name = "leaky_relu", negative_slope = 0.2 }',
            "activation.negative_slope",
            "called slope",
        ),
        ('"squared_error"', '{ name = "softplus", threshold = 20 }', "activation.threshold", "there is beta"),
        (
            '{ name = "squared_error", class_weights = [1, 2] }',
            '"tanh"',
            "loss.class_weights",
            "give one for each output",
        ),
    ],
)
def test_settings_of_functions_as_other_programs_call_them(loss, activation, key, remedy):
    text = TEXT.format(training="").replace('"half_squared_error"', loss).replace('"identity"', activation)
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "t.toml")
    (problem,) = caught.value.problems
    assert problem.where.endswith(key)
    assert remedy in problem.remedy


@pytest.mark.parametrize(("name", "ours"), [("glorot_uniform", "xavier_uniform"), ("kaiming_normal", "he_normal")])
def test_ways_to_draw_as_other_programs_call_them(name, ours):
    text = TEXT.format(training="").replace("[[0.5]]", f'{{ init = "{name}", seed = 1 }}')
    with pytest.raises(ScenarioError, match=f"here it is called {ours}"):
        parse_scenario(text, "t.toml")
