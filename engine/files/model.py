"""The shape of a scenario file: which keys there are, of what type. What the values mean together is checked by
the modules that read its parts (`shape`, `examples`, `learning`, `figures`).

Strict types: a boolean or a quoted number is no number. Choices between types are told apart by a function and not by
trying each, so that an error is about the one that was meant.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from engine.activations import ACTIVATIONS
from engine.files.text import Line, Name, OneOf, Prose, Symbol
from engine.losses import LOSSES
from engine.notation import NOTATIONS
from engine.tokens import MAX_ITERATIONS

MAX_LAYERS = 32
MAX_PARAMETERS = 1_000_000

Number = Annotated[float, Field(allow_inf_nan=False)]
Fraction = Annotated[float, Field(allow_inf_nan=False, ge=0, lt=1)]
Positive = Annotated[float, Field(allow_inf_nan=False, gt=0)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
LossName = Annotated[str, OneOf(LOSSES)]
ActivationName = Annotated[str, OneOf(ACTIVATIONS)]
NotationName = Annotated[str, OneOf(NOTATIONS)]

LIST, TABLE, PLAIN, TEXT = "a list", "a table", "a plain value", "a text"
"""The tags of choices between types; places of errors leave them out."""


def _kind(value: Any) -> str:
    return LIST if isinstance(value, list) else TABLE if isinstance(value, dict) else PLAIN


class Part(BaseModel):
    """What all tables of a scenario file have in common."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True, validate_assignment=True)


class CsvMatrix(Part):
    """A matrix in a file."""

    csv: str = Field(description="a file beside the scenario: rows of numbers with commas between, no header")


class MadeWeights(Part):
    """Weights drawn at random, the same each time."""

    init: Literal["xavier_uniform", "he_normal", "uniform", "normal"] = Field(description="how they are drawn")
    seed: Seed = Field(description="a whole number from 0: the same seed draws the same weights")
    low: Number | None = Field(default=None, description="the lower bound of uniform (-1)")
    high: Number | None = Field(default=None, description="the upper bound of uniform (1)")
    scale: Positive | None = Field(default=None, description="the standard deviation of normal (1)")


def _weights_kind(value: Any) -> str:
    return ("csv" if "csv" in value else "init") if isinstance(value, dict) else LIST


Weights = Annotated[
    Annotated[list[list[Number]], Tag(LIST)] | Annotated[CsvMatrix, Tag("csv")] | Annotated[MadeWeights, Tag("init")],
    Discriminator(_weights_kind),
]
Biases = Annotated[
    Annotated[Number, Tag(PLAIN)] | Annotated[list[Number], Tag(LIST)],
    Discriminator(lambda value: LIST if isinstance(value, list) else PLAIN),
]
BiasNames = Annotated[
    Annotated[Name, Tag(PLAIN)] | Annotated[list[Name], Tag(LIST)],
    Discriminator(lambda value: LIST if isinstance(value, list) else PLAIN),
]


class LayerPart(Part):
    """`[[network.layer]]`: a layer of nodes and the weights that come into it."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["weights"]}, {"required": ["tie"]}]})

    nodes: Annotated[list[Name], Field(min_length=1)] | None = Field(
        default=None, description="the names of the layer's nodes"
    )
    units: Annotated[int, Field(ge=1, le=MAX_PARAMETERS)] | None = Field(
        default=None, description="how many nodes the layer has, instead of nodes: names are given"
    )
    activation: ActivationName = Field(description="the function from a node's total input to its output")
    label: Line = Field(default="", description="a few letters above the layer in the drawing, like t = 1")
    inputs: Annotated[list[Name], Field(min_length=1)] | None = Field(
        default=None, description="the inputs that come into this layer beside the layer before; else into layer 1"
    )
    tie: Name | None = Field(
        default=None, description="layers with the same tie use the same parameters, which the first of them gives"
    )
    weights: Weights | None = Field(
        default=None,
        description="one row per node of this layer, one column per node of the layer before, then one per input",
    )
    weights_by: Literal["target", "source"] = Field(
        default="target", description="source: one row per node of the layer before"
    )
    weight_names: list[list[Name]] | None = Field(default=None, description="a name for each weight")
    bias: Biases | None = Field(default=None, description="one number shared by the layer, or one per node")
    bias_names: BiasNames | None = Field(default=None, description="one name (shared), or one per node")
    train_bias: bool = Field(default=True, description="whether the layer's biases are trained")


class NetworkHead(Part):
    """`[network]` without its layers."""

    inputs: Annotated[list[Name], Field(min_length=1)] = Field(description="the names of the input nodes")
    loss: LossName = Field(description="the error of one example")


class NetworkPart(NetworkHead):
    """`[network]`."""

    layer: Annotated[list[LayerPart], Field(min_length=1, max_length=MAX_LAYERS)] = Field(
        description="the layers, the last one being the outputs"
    )


class SgdPart(Part):
    """Plain gradient descent."""

    name: Literal["sgd"] = Field(description="sgd")


class MomentumPart(Part):
    """Classical or Nesterov momentum."""

    name: Literal["momentum"] = Field(description="momentum")
    momentum: Fraction = Field(default=0.9, description="μ, from 0 to below 1")
    nesterov: bool = Field(default=False, description="whether it is Nesterov's form")


class AdamPart(Part):
    """Adam."""

    name: Literal["adam"] = Field(description="adam")
    beta1: Fraction = Field(default=0.9, description="β₁, from 0 to below 1")
    beta2: Fraction = Field(default=0.999, description="β₂, from 0 to below 1")
    epsilon: Positive = Field(default=1e-8, description="ε, added outside the root")


def _optimizer_kind(value: Any) -> str:
    if not isinstance(value, dict):
        return PLAIN
    name = value.get("name")
    return name if name in ("momentum", "adam") else "sgd"


OptimizerChoice = Annotated[
    Annotated[Literal["sgd", "momentum", "adam"], Tag(PLAIN)]
    | Annotated[SgdPart, Tag("sgd")]
    | Annotated[MomentumPart, Tag("momentum")]
    | Annotated[AdamPart, Tag("adam")],
    Discriminator(_optimizer_kind),
]


class StopPart(Part):
    """Where a run ends by itself."""

    iterations: Annotated[int, Field(ge=1, le=MAX_ITERATIONS)] | None = Field(
        default=None, description="after so many iterations"
    )
    error: Positive | None = Field(default=None, description="once an iteration's error is below this")


class ShufflePart(Part):
    """A new order of the examples each epoch."""

    seed: Seed = Field(description="a whole number from 0: the same seed draws the same orders")


class TrainingPart(Part):
    """`[training]`: how parameters are updated."""

    learning_rate: Positive = Field(default=0.1, description="α")
    optimizer: OptimizerChoice = Field(default="sgd", description="the update rule")
    batch: Annotated[
        Annotated[Annotated[int, Field(ge=1)], Tag(PLAIN)] | Annotated[Literal["all"], Tag("all")],
        Discriminator(lambda value: "all" if isinstance(value, str) else PLAIN),
    ] = Field(default=1, description='examples per update, or "all"')
    reduction: Literal["mean", "sum"] = Field(default="mean", description="how the examples of a batch are combined")
    update: Literal["simultaneous", "immediate"] = Field(
        default="simultaneous", description="immediate: a layer is updated before the error goes back through it"
    )
    frozen: list[Name] = Field(default=[], description="the names of parameters that are not trained")
    shuffle: ShufflePart | None = Field(default=None, description="draws a new order of the examples each epoch")
    stop: StopPart | None = Field(default=None, description="where a run ends by itself")


class ExamplePart(Part):
    """`[[example]]`."""

    inputs: list[Number] = Field(description="one number per input node")
    targets: list[Number] | None = Field(default=None, description="one number per output node")


class TargetColumn(Part):
    """Targets from one column."""

    column: str = Field(description="the column's name in the header")
    one_hot: bool = Field(default=False, description="whether each different value is one output: 1 there, else 0")


class DataPart(Part):
    """`[data]`: examples from a file."""

    csv: str = Field(description="a file beside the scenario: a header, then rows of numbers with commas between")
    inputs: Annotated[list[str], Field(min_length=1)] = Field(description="the columns of the inputs")
    targets: (
        Annotated[
            Annotated[Annotated[list[str], Field(min_length=1)], Tag(LIST)] | Annotated[TargetColumn, Tag(TABLE)],
            Discriminator(lambda value: TABLE if isinstance(value, (dict, TargetColumn)) else LIST),
        ]
        | None
    ) = Field(default=None, description="the columns of the targets, or one column")


class VariantPart(TrainingPart):
    """The settings under which a published figure is right."""

    loss: LossName | None = Field(default=None, description="another loss")
    iteration: Annotated[int, Field(ge=0, le=MAX_ITERATIONS)] | None = Field(
        default=None, description="after so many updates"
    )
    set: dict[Name, Number] = Field(default={}, description="other values of parameters, by name")


class PublishedPart(Part):
    """`[[published]]`: a figure printed in the document."""

    quantity: str = Field(description="what it is: a quantity, or arithmetic over quantities")
    value: Line = Field(description="the figure exactly as printed, in quotes")
    iteration: Annotated[int, Field(ge=0, le=MAX_ITERATIONS)] = Field(default=0, description="after so many updates")
    example: Annotated[int, Field(ge=1)] | None = Field(default=None, description="of which example, from 1")
    where: Line = Field(default="", description="where the document prints it")
    verdict: Literal["match", "rounded", "variant", "erratum"] = Field(
        default="match", description="what is known about it"
    )
    within: (
        Annotated[
            Annotated[Positive, Tag(PLAIN)] | Annotated[str, Tag(TEXT)],
            Discriminator(lambda value: TEXT if isinstance(value, str) else PLAIN),
        ]
        | None
    ) = Field(default=None, description="how far a rounded figure may be off")
    variant: VariantPart | None = Field(default=None, description="the settings under which it is right")
    note: Prose = Field(default="", description="why it differs")


class NotePart(Part):
    """`[[note]]`: a teacher's words."""

    at: Line = Field(description="a quantity, a phase, start or end")
    text: Prose = Field(description="the words")
    iteration: Annotated[int, Field(ge=0, le=MAX_ITERATIONS)] | None = Field(
        default=None, description="only at this iteration"
    )


class ResumePart(Part):
    """`[resume]`: where a walk goes on that was saved on its way."""

    iteration: Annotated[int, Field(ge=0, le=MAX_ITERATIONS)] = Field(description="the updates made before")
    m: dict[Name, Number] | None = Field(default=None, description="adam's m of each parameter, by name")
    v: dict[Name, Number] | None = Field(default=None, description="momentum's or adam's v of each parameter, by name")


class Head(Part):
    """The keys above the first table."""

    title: Line = Field(description="one line that says what it is")
    document: Line = Field(default="", description="the title of the document it comes from")
    notation: Annotated[
        Annotated[NotationName, Tag(PLAIN)] | Annotated[dict[str, Symbol], Tag(TABLE)],
        Discriminator(lambda value: TABLE if isinstance(value, dict) else PLAIN),
    ] = Field(default="canonical", description="the document's symbols: one of the known ones, or a table")


class ScenarioFile(Head):
    """A scenario file of gradstep."""

    network: NetworkPart = Field(description="the network")
    training: TrainingPart = Field(default=TrainingPart(), description="how parameters are updated")
    example: list[ExamplePart] = Field(default=[], description="the examples, in the order they are taken")
    data: DataPart | None = Field(default=None, description="examples from a file, instead of example")
    published: list[PublishedPart] = Field(default=[], description="figures that the document prints")
    note: list[NotePart] = Field(default=[], description="a teacher's words")
    resume: ResumePart | None = Field(default=None, description="where a walk goes on that was saved on its way")
