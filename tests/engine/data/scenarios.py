"""Small scenarios with a [data] table."""

from engine.files import parse_scenario

NETWORK = """
title = "made"
[network]
inputs = ["x1", "x2"]
loss = "{loss}"
{features}
[[network.layer]]
units = 3
activation = "tanh"
weights = {{ init = "xavier_uniform", seed = 1 }}
bias = 0.1
[[network.layer]]
units = {outputs}
activation = "{last}"
weights = {{ init = "xavier_uniform", seed = 1 }}
bias = 0.1
[data]
{data}
[training]
{training}
"""


def text(
    data, *, features="", last="tanh", loss="half_squared_error", outputs=1, training="batch = 7\nlearning_rate = 0.1"
):
    return NETWORK.format(data=data, features=features, last=last, loss=loss, outputs=outputs, training=training)


def scenario(data, path=None, **settings):
    return parse_scenario(text(data, **settings), "made.toml", path)
