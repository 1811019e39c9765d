"""`gradstep schema` from outside: every shipped scenario conforms, and what is wrong does not."""

import json
import subprocess
import tomllib

import pytest

from engine.files import shipped_names, shipped_path
from engine.files.beginning import beginning
from tests import GRADSTEP
from tests.engine.graphs.files import ATTENTION, CIRCUIT, RECURRENT

try:
    from jsonschema import Draft202012Validator
except ImportError:
    Draft202012Validator = None

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
ANNOTATIONS = {"title", "description", "default", "$defs", "$schema", "discriminator"}


@pytest.fixture(scope="module")
def schema():
    command = [GRADSTEP, "schema"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def conforms(value, part, schema):
    """Whether a value is as a part of the schema says, in as much of JSON Schema as is used here."""
    if Draft202012Validator is not None and part is schema:
        return Draft202012Validator(schema).is_valid(value)

    def fits(key, rule):
        if key == "$ref":
            return conforms(value, schema["$defs"][rule.removeprefix("#/$defs/")], schema)
        if key == "type":
            if rule == "null":
                return value is None
            return isinstance(value, TYPES[rule]) and (rule == "boolean" or not isinstance(value, bool))
        if key in ("anyOf", "oneOf"):
            count = sum(conforms(value, choice, schema) for choice in rule)
            return count == 1 if key == "oneOf" else count > 0
        if key == "allOf":
            return all(conforms(value, choice, schema) for choice in rule)
        if key == "properties":
            return all(conforms(value[name], of, schema) for name, of in rule.items() if name in value)
        if key == "additionalProperties":
            others = [item for name, item in value.items() if name not in part.get("properties", {})]
            return not others if rule is False else all(conforms(item, rule, schema) for item in others)
        simple = {
            "required": lambda: set(rule) <= set(value),
            "items": lambda: all(conforms(item, rule, schema) for item in value),
            "enum": lambda: value in rule,
            "const": lambda: value == rule,
            "minItems": lambda: len(value) >= rule,
            "maxItems": lambda: len(value) <= rule,
            "maxLength": lambda: len(value) <= rule,
            "minimum": lambda: value >= rule,
            "maximum": lambda: value <= rule,
            "exclusiveMinimum": lambda: value > rule,
            "exclusiveMaximum": lambda: value < rule,
        }
        return simple[key]()

    keys = sorted(set(part) - ANNOTATIONS, key=lambda key: key != "type")
    return all(fits(key, part[key]) for key in keys)


def test_the_head(schema):
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["title"] == "A scenario of gradstep"
    assert schema["required"] == ["title"]
    assert schema["oneOf"] == [{"required": ["network"]}, {"required": ["graph"]}]
    assert all(of.get("description") for of in schema["properties"].values())


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_scenario_conforms(name, schema):
    assert conforms(tomllib.loads(shipped_path(name).read_text()), schema, schema)


def test_a_walk_that_goes_on_conforms(schema):
    text = beginning((2, 3, 1), "sigmoid", "half_squared_error")
    assert conforms(
        tomllib.loads(f"{text}\n[resume]\niteration = 3\nv = {{ w_i1_h1 = 0.5, b_h1 = 1 }}\n"), schema, schema
    )


@pytest.mark.parametrize("text", [CIRCUIT, ATTENTION, RECURRENT])
def test_graphs_conform(text, schema):
    assert conforms(tomllib.loads(text), schema, schema)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("inputs = { X = [3, 4] }", "inputs = { X = [3, 0] }"),
        ('"Q = X @ WQ"', "3"),
        ("shape = [4, 2]", 'shape = "4"'),
        ("[[1, 0, 1, 0]", "[[true, 0, 1, 0]"),
        ('error = "E"', "error = 1"),
        ("seed = 3", "sed = 3"),
    ],
)
def test_what_is_wrong_in_a_graph_does_not(old, new, schema):
    assert old in ATTENTION
    assert not conforms(tomllib.loads(ATTENTION.replace(old, new, 1)), schema, schema)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("learning_rate = 0.5", "learning_rate = 0"),
        ("learning_rate = 0.5", 'learning_rate = "0.5"'),
        ("batch = 1 ", 'batch = "some" '),
        ('"sgd"', '"sgdd"'),
        ('"sgd"', '{ name = "adam", beta3 = 1 }'),
        ('activation = "sigmoid"', 'activation = "swish"'),
        ("inputs = [0.37", "inputs = [true"),
        ("title =", "titel ="),
        ("title =", "resume = { iteration = -1 }\ntitle ="),
        ("title =", 'resume = { iteration = 3, v = { w1 = "0.1" } }\ntitle ='),
        ("title =", "resume = { iteration = 3, q = { w1 = 0.1 } }\ntitle ="),
    ],
)
def test_what_is_wrong_does_not(old, new, schema):
    text = beginning((2, 3, 1), "sigmoid", "half_squared_error")
    assert conforms(tomllib.loads(text), schema, schema)
    assert old in text
    assert not conforms(tomllib.loads(text.replace(old, new, 1)), schema, schema)
