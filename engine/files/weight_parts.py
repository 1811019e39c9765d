"""The tables that say where numbers come from: a file, a file of arrays, or a draw."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from engine.files.data_parts import Seed
from engine.files.part import Part
from engine.formula.setting import Positive, says

Sizes = Annotated[
    Any,
    Meta(extra_json_schema={"type": "array", "items": {"type": "integer", "minimum": 1}, "maxItems": 4}),
]
"""The shape of a value."""


class CsvMatrix(Part):
    """A matrix in a file."""

    csv: Annotated[str, says("a file beside the scenario: rows of numbers with , or ; or tabs between, no header")]


class StoredArray(Part):
    """An array in a file of them."""

    file: Annotated[str, says("a .safetensors or .npz file beside the scenario")]
    name: Annotated[
        str | None, says("the array's name in it; else the only one that fits, or of a graph the parameter's own name")
    ] = None


class StoredWeights(Part):
    """All layers' weights and biases in a file."""

    file: Annotated[str, says("a .safetensors or .npz file beside the scenario")]
    names: Annotated[list[str], says("the arrays' names in the layers' order, where names and shapes do not tell")] = []


class MadeWeights(Part):
    """Weights drawn at random, the same each time."""

    init: Annotated[Literal["xavier_uniform", "he_normal", "uniform", "normal"], says("how they are drawn")]
    seed: Annotated[Seed, says("a whole number from 0: the same seed draws the same weights")]
    low: Annotated[float | None, says("the lower bound of uniform (-1)")] = None
    high: Annotated[float | None, says("the upper bound of uniform (1)")] = None
    scale: Annotated[Positive | None, says("the standard deviation of normal (1)")] = None


class DrawnValue(MadeWeights, kw_only=True):
    """A parameter of a graph drawn at random, the same each time."""

    shape: Annotated[Sizes, says("its sizes, like [4, 2]")]
    fan_in: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        says("how many numbers come into one of what is made with it, where that matters"),
    ] = None


def one_of_parts(*parts: str) -> dict[str, Any]:
    """The schema of one of several tables, by their names."""
    return {"anyOf": [{"$ref": f"#/$defs/{part}"} for part in parts]}


WeightsTable = Annotated[
    dict[str, Any],
    Meta(extra_json_schema=one_of_parts("CsvMatrix", "StoredArray", "MadeWeights")),
]
"""One of parts that differ in their first key: which of them is known once it is read."""
BiasTable = Annotated[dict[str, Any], Meta(extra_json_schema=one_of_parts("CsvMatrix", "StoredArray"))]
