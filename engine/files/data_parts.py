"""The shape of a file's examples: `[[example]]` and `[data]`, of layers and of graphs."""

from typing import Annotated, Any

from msgspec import Meta

from engine.files.made_data import KINDS
from engine.files.part import Part
from engine.files.text import GraphName, one_of
from engine.formula.setting import NotNegative, says

MAX_EXAMPLES = 100_000
"""That are made."""
MAX_NUMBERS = 64_000_000
"""The most that one table gives to examples: 512 MB, which holds the 60,000 pictures of MNIST."""

Seed = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Numbers = Annotated[Any, Meta(extra_json_schema={"$ref": "#/$defs/Numbers"})]
"""A number, a list, a matrix: one value of a graph; the schema names `model.NUMBERS` so."""


class ExamplePart(Part):
    """`[[example]]`."""

    inputs: Annotated[list[float], says("one number per input node")]
    targets: Annotated[list[float] | None, says("one number per output node")] = None
    weight: Annotated[NotNegative, says("a factor of its part in the error, and in every derivative")] = 1.0


Given = list[Numbers] | dict[GraphName, Numbers]
"""Of each value of a graph what an example gives, in their order or by name."""
Columns = Annotated[list[str], Meta(min_length=1)]
ColumnOrColumns = Annotated[
    Any,
    Meta(
        extra_json_schema={
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}},
                {"$ref": "#/$defs/TargetColumn"},
            ]
        }
    ),
]
GivenColumns = list[ColumnOrColumns] | dict[GraphName, ColumnOrColumns]
"""Of each value of a graph its column, or columns, likewise."""


class GraphExamplePart(Part):
    """`[[example]]` of a graph."""

    inputs: Annotated[Given, says("what it gives of each input, in their order or by name")] = []
    targets: Annotated[Given, says("likewise of each target")] = []
    upstream: Annotated[dict[GraphName, Numbers], says("the derivatives of E by nodes")] = {}
    weight: Annotated[NotNegative, says("a factor of its part in the error, and in every derivative")] = 1.0


class TargetColumn(Part):
    """Targets from one column; of a graph a vector."""

    column: Annotated[str, says("the column's name in the header")]
    one_hot: Annotated[
        bool, says("whether each different value is one output (of a graph one element): 1 there, else 0")
    ] = False


class MakePart(Part):
    """Examples that are drawn, the same each time."""

    kind: Annotated[Annotated[str, one_of(KINDS)], says("what they look like")]
    count: Annotated[Annotated[int, Meta(ge=2, le=MAX_EXAMPLES)], says("how many")] = 200
    noise: Annotated[Annotated[float, Meta(ge=0, le=1)], says("how far they are off, 0 … 1")] = 0.1
    seed: Annotated[Seed, says("a whole number from 0: the same seed draws the same examples")] = 1


Share = Annotated[float, Meta(gt=0, lt=1)]


class KeptPart(Part):
    """Which examples are kept for the test."""

    part: Annotated[Share, says("how many of the examples, between 0 and 1")]
    seed: Annotated[Seed, says("a whole number from 0: the same seed takes the same ones")]


class _Prepared(Part):
    """What is done with the examples before they are walked."""

    make: Annotated[MakePart | None, says("examples that are drawn, instead of csv")] = None
    test: Annotated[
        Share | KeptPart | None,
        says("the part of the examples that is never trained on; they are drawn by the seed of make, else by 1"),
    ] = None
    standardize: Annotated[
        bool, says("whether from each input the mean is subtracted, and it is divided by the standard deviation")
    ] = False


class DataPart(_Prepared):
    """`[data]`: examples from a file, or made."""

    csv: Annotated[
        str | None, says("a file beside the scenario: a header, then rows of numbers with , or ; or tabs between")
    ] = None
    inputs: Annotated[Columns | None, says("the columns of the inputs")] = None
    targets: Annotated[Columns | TargetColumn | None, says("the columns of the targets, or one column")] = None
    weight: Annotated[str | None, says("the column of the examples' weights: factors of their errors")] = None


class GraphDataPart(_Prepared):
    """`[data]` of a graph: a column for a number, a list of columns, or one of words, for a vector."""

    csv: Annotated[
        str | None, says("a file beside the scenario: a header, then rows of numbers with , or ; or tabs between")
    ] = None
    inputs: Annotated[
        GivenColumns | None, says("the columns of the inputs, in their order or by name, or for a vector one of words")
    ] = None
    targets: Annotated[GivenColumns | None, says("the columns of the targets, likewise")] = None
    weight: Annotated[str | None, says("the column of the examples' weights: factors of their errors")] = None
