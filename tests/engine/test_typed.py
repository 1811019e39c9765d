"""Reading values by their types, held against msgspec's own decoder, which ends at the first thing wrong."""

import hypothesis.strategies as some
import pytest
from hypothesis import given
from msgspec import ValidationError, convert

from engine.files.data_parts import DataPart
from engine.files.model import LayerPart, NetworkPart, PublishedPart, ResumePart, TrainingPart
from engine.files.parts import keys_of, missing, read_part
from engine.files.problems import Problems
from engine.files.weight_parts import MadeWeights
from engine.program.optimizers import OPTIMIZERS

LAYER = {"nodes": ["o1"], "activation": "identity", "weights": [[0.5]], "bias": [0.1], "bias_names": "b"}
TABLES = {
    MadeWeights: {"init": "uniform", "seed": 3, "low": -1, "high": 1.5, "scale": 2},
    LayerPart: LAYER,
    NetworkPart: {"inputs": ["i1"], "loss": "output", "layer": [LAYER]},
    TrainingPart: {"learning_rate": 0.5, "optimizer": {"name": "adam", "beta1": 0.5}, "batch": "all", "frozen": ["w"]},
    DataPart: {"csv": "a.csv", "inputs": ["a"], "targets": {"column": "t", "one_hot": True}, "test": {"part": 0.5}},
    PublishedPart: {"quantity": "E", "value": "1", "within": 0.5, "variant": {"batch": 2, "set": {"w": 1}}},
    ResumePart: {"iteration": 3, "v": {"w": 0.5}},
}
CHOSEN = {"activation", "loss", "notation"}
"""Keys whose texts are held against our own lists, which msgspec does not know."""

words = some.sampled_from(["a", "w5", "all", "sgd", "adam", "target", "sum", "match", "uniform"])
numbers = some.sampled_from([True, -1, 0, 1, 3, 2**63, 10**30, -0.5, 0.0, 0.5, 1.0, 1e300])
values = some.recursive(
    words | numbers,
    lambda inner: (
        some.lists(inner, max_size=3) | some.dictionaries(words | some.sampled_from(["name", "column"]), inner)
    ),
    max_leaves=4,
)


@some.composite
def tables(draw):
    """A model, and a table for it of which a key or two may be wrong, missing or unknown."""
    model = draw(some.sampled_from(list(TABLES)))
    table = dict(TABLES[model])
    for _ in range(draw(some.integers(1, 2))):
        key = draw(some.sampled_from([*keys_of(model), "unknown"]))
        if key not in CHOSEN and draw(some.booleans()):
            table[key] = draw(values)
        else:
            table.pop(key, None)
    return model, table


@given(tables())
def test_it_finds_something_wrong_where_msgspec_does_and_else_the_same_values(case):
    model, table = case
    problems = Problems("a file")
    part = read_part(model, table, "", problems)
    try:
        value = convert(table, model)
    except ValidationError:
        assert problems.found
    else:
        assert [str(problem) for problem in problems.found] == []
        assert part.value == value


@pytest.mark.parametrize(
    ("model", "table", "said"),
    [
        (
            MadeWeights,
            {"init": "unifrom", "seed": -1, "low": "0", "of": 3},
            {
                'init: "unifrom" is not known: the nearest is uniform',
                "seed: -1 is out of range: it must be at least 0",
                'low: "0" is not a number: write it without quotes, like 0.5',
                "of: there is no such key: there are init, seed, low, high, scale",
            },
        ),
        (MadeWeights, {"init": "normal"}, {f"seed: it is missing: {missing(MadeWeights, 'seed')}"}),
        (
            TrainingPart,
            {"optimizer": {"beta1": 0.5}},
            {f"optimizer.name: it is missing: give name: {', '.join(OPTIMIZERS)}"},
        ),
        (
            TrainingPart,
            {"optimizer": {"name": ["adam"], "beta1": "x"}},
            {
                "optimizer.name: a list is not known: "
                "there are sgd, momentum, adam, adamw, adamax, nadam, rmsprop, adagrad, …"
            },
        ),
        (
            TrainingPart,
            {"optimizer": {"name": "adam", "beta1": 1, "nesterov": True}},
            {
                "optimizer.beta1: 1 is out of range: it must be below 1",
                "optimizer.nesterov: there is no such key: there are as, beta1, beta2, epsilon, "
                "epsilon_inside, epsilon_before, amsgrad, largest_corrected, …",
            },
        ),
        (
            TrainingPart,
            {"learning_rate": float("nan"), "batch": 1.5, "frozen": "w", "stop": 3},
            {
                "learning_rate: nan is not finite: give a number that is",
                "batch: 1.5 is not a whole number: write it without a point, like 3",
                'frozen: "w" is not a list: put it in brackets, like [1, 2]',
                "stop: 3 is not a table: write it as { iterations = value }",
            },
        ),
        (
            LayerPart,
            LAYER | {"weights": [[0.5, "x"], [float("inf"), True]], "nodes": []},
            {
                'weights row 1, number 2: "x" is not a number: write it without quotes, like 0.5',
                "weights row 2, number 1: inf is not finite: give a number that is",
                "weights row 2, number 2: true is not a number: write it without quotes, like 0.5",
                "nodes: it is empty: give at least 1",
            },
        ),
        (
            ResumePart,
            {"iteration": 0, "m": {"w": "x", "a b": 1}},
            {
                'm.w: "x" is not a number: write it without quotes, like 0.5',
                "m.a b: the name holds white space: write it as one word, with _ for instance",
            },
        ),
        (
            PublishedPart,
            {"quantity": 3, "value": "1" * 10_001, "variant": {"set": {"w": None}}},
            {
                'quantity: 3 is not text: put it in quotes, like "text"',
                "value: it is too long: 10,000 characters at most",
                "variant.set.w: None is not a number: write it without quotes, like 0.5",
            },
        ),
    ],
)
def test_everything_wrong_is_said_in_one_run(model, table, said):
    problems = Problems("f")
    part = read_part(model, table, "", problems)
    assert {str(problem).removeprefix("f: ") for problem in problems.found} == said
    assert part.bad == {line.partition(":")[0].partition(".")[0].partition(" ")[0] for line in said}
    assert all(part.good(key) and getattr(part.value, key) is not None for key in table if key not in part.bad)
