"""The shape of a scenario file: which keys there are, of what type. What the values mean together is checked by
the modules that read its parts (`shape`, `examples`, `learning`, `figures`).

Types are strict: a boolean or a quoted number is no number. `parts` reads a table by them.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from engine.files.data_parts import Numbers, Seed
from engine.files.loss_parts import LossPart
from engine.files.part import Part
from engine.files.printed import MAX_DIGITS
from engine.files.rule_parts import ActivationPart, OptimizerPart, RatePart
from engine.files.text import AnyName, GraphName, Line, Name, Prose, Symbol, one_of
from engine.files.weight_parts import BiasTable, Sizes, StoredWeights, WeightsTable, one_of_parts
from engine.formula.setting import NotNegative, Positive, says
from engine.program.notation import NOTATIONS
from engine.program.tokens import MAX_ITERATIONS

MAX_LAYERS = 32
MAX_PARAMETERS = 1_000_000
MAX_ELEMENTS = 1_000_000
"""Of one value of a graph."""

Iteration = Annotated[int, Meta(ge=0, le=MAX_ITERATIONS)]
Kept = Annotated[int, Meta(ge=0, le=15)]
Names = Annotated[list[Name], Meta(min_length=1)]
NotationName = Annotated[str, one_of(NOTATIONS)]


NUMBERS: dict[str, Any] = {
    "anyOf": [{"type": "number"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Numbers"}}]
}


class LayerPart(Part, kw_only=True):
    """`[[network.layer]]`: a layer of nodes and the weights that come into it."""

    nodes: Annotated[Names | None, says("the names of the layer's nodes")] = None
    units: Annotated[
        Annotated[int, Meta(ge=1, le=MAX_PARAMETERS)] | None,
        says("how many nodes the layer has, instead of nodes: names are given"),
    ] = None
    activation: Annotated[
        ActivationPart, says("the function from a node's total input to its output, or a list: one for each node")
    ]
    label: Annotated[Line, says("a few letters above the layer in the drawing, like t = 1")] = ""
    inputs: Annotated[
        Names | None, says("the inputs that come into this layer beside the layer before; else into layer 1")
    ] = None
    tie: Annotated[
        Name | None, says("layers with the same tie use the same parameters, which the first of them gives")
    ] = None
    weights: Annotated[
        list[list[float]] | WeightsTable | None,
        says("one row per node of this layer, one column per node of the layer before, then one per input"),
    ] = None
    weights_by: Annotated[Literal["target", "source"], says("source: one row per node of the layer before")] = "target"
    weight_names: Annotated[list[list[Name]] | None, says("a name for each weight")] = None
    bias: Annotated[float | list[float] | BiasTable | None, says("one number shared by the layer, or one per node")] = (
        None
    )
    bias_names: Annotated[Name | list[Name] | None, says("one name (shared), or one per node")] = None
    train_bias: Annotated[bool, says("whether the layer's biases are trained")] = True


class NetworkHead(Part):
    """`[network]` without its layers."""

    inputs: Annotated[Names, says("the names of the input nodes")]
    loss: Annotated[LossPart, says("the error of one example, or a table of its name and settings")]
    features: Annotated[
        dict[Name, str], says('further inputs, each a formula of those before it: { f1 = "x1**2", f2 = "x1 * x2" }')
    ] = {}


class NetworkPart(NetworkHead, kw_only=True):
    """`[network]`."""

    weights: Annotated[StoredWeights | None, says("where those of all layers are that give none themselves")] = None
    layer: Annotated[
        list[LayerPart],
        Meta(min_length=1, max_length=MAX_LAYERS, description="the layers, the last one being the outputs"),
    ]


class RepetitionPart(Part):
    """A line of a graph's `nodes` that writes others out, once for each number."""

    over: Annotated[str, says("the numbers, like t = 1..3; down, t = 3..1")] = field(name="for")
    nodes: Annotated[list[Any], Meta(min_length=1, description="the lines, with {t}, {t-1}, {t+1} in them")]


Values = list[GraphName] | dict[GraphName, Sizes]
"""Names of numbers, or name = shape."""


class GraphPart(Part, kw_only=True):
    """`[graph]`: a function of formulas."""

    inputs: Annotated[Values, says("what an example gives: names of numbers, or name = shape")] = []
    targets: Annotated[Values, says("what an example gives besides, by which nothing is differentiated")] = []
    constants: Annotated[
        dict[GraphName, Annotated[Any, Meta(extra_json_schema=one_of_parts("Numbers", "CsvMatrix", "StoredArray"))]],
        says("given once, neither trained nor differentiated: numbers, lists, matrices, or from where they come"),
    ] = {}
    nodes: Annotated[
        list[Any],
        Meta(
            min_length=1,
            description='the formulas, "name = formula" each, in the order of the walk, and repetitions of them',
            extra_json_schema={"items": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/RepetitionPart"}]}},
        ),
    ]
    error: Annotated[
        GraphName | list[GraphName] | None, says("the node that is differentiated, or several: their sum")
    ] = None
    upstream: Annotated[dict[GraphName, Numbers] | None, says("the derivatives of E by nodes, in place of error")] = (
        None
    )
    gates: Annotated[bool, says("whether each operation is a node of its own, as circuits are drawn")] = False
    shown: Annotated[list[GraphName], says("nodes that E does not depend on")] = []
    parameters: Annotated[
        dict[
            GraphName,
            Annotated[Any, Meta(extra_json_schema=one_of_parts("Numbers", "CsvMatrix", "StoredArray", "DrawnValue"))],
        ],
        says("what is trained, where the walk begins: numbers, lists, matrices, or from where they come"),
    ] = {}


class StopPart(Part):
    """Where a run ends by itself."""

    iterations: Annotated[Annotated[int, Meta(ge=1, le=MAX_ITERATIONS)] | None, says("after so many iterations")] = None
    epochs: Annotated[Annotated[int, Meta(ge=1, le=MAX_ITERATIONS)] | None, says("after so many epochs")] = None
    error: Annotated[Positive | None, says("once an iteration's error is below this")] = None
    patience: Annotated[
        Annotated[int, Meta(ge=1, le=MAX_ITERATIONS)] | None,
        says("once the error of the test part has not fallen below its least for so many epochs"),
    ] = None
    epoch_error: Annotated[
        Positive | None, says("once the errors of an epoch's iterations, added up, are below this")
    ] = None


class ShufflePart(Part):
    """A new order of the examples each epoch."""

    seed: Annotated[Seed, says("a whole number from 0: the same seed draws the same orders")]


class ClipPart(Part):
    """A bound to the derivatives that an update rule takes."""

    norm: Annotated[Positive | None, says("c: derivatives whose norm is more are scaled down to it together")] = None
    value: Annotated[Positive | None, says("c: each derivative is cut to −c … c")] = None
    over: Annotated[
        Literal["all", "layer", "parameter"],
        says("over what a norm goes: all that is trained, each layer, or weights and biases each by themselves"),
    ] = "all"
    epsilon: Annotated[NotNegative, says("ε that is added to the norm; PyTorch's is 1e-6")] = 0.0


class PenaltyPart(Part):
    """A part of E that is made of parameters alone: large ones cost."""

    l2: Annotated[NotNegative, says("λ of w²")] = 0.0
    l1: Annotated[NotNegative, says("λ of the absolute value of w, whose slope at 0 is taken to be 0")] = 0.0
    half: Annotated[bool, says("whether it is ½·λ·w², and not λ·w²")] = True
    biases: Annotated[bool, says("whether parameters that are only added are penalized, too")] = False
    per: Annotated[
        Literal["batch", "example", "epoch"],
        says("by what λ is divided: by nothing, by the examples of the batch, by all examples"),
    ] = "batch"
    parameters: Annotated[list[AnyName], says("the names of those that are penalized, instead of all weights")] = []


class TrainingPart(Part):
    """`[training]`: how parameters are updated."""

    learning_rate: Annotated[
        RatePart, says("α, or how it changes; of an optimizer as a framework has it, the framework's own")
    ] = 0.1
    optimizer: Annotated[OptimizerPart, says("the update rule")] = "sgd"
    rule: Annotated[
        Literal["gradient", "perceptron", "delta"],
        says("without derivatives, of one layer: w + α·(t − y)·input (perceptron), w + α·(t − x)·input (delta)"),
    ] = "gradient"
    weight_decay: Annotated[
        NotNegative | None, says("λ: α·λ·w is taken from each parameter besides (the decoupled form)")
    ] = None
    clip: Annotated[ClipPart | None, says("a bound to the derivatives that the rule takes")] = None
    penalty: Annotated[PenaltyPart | None, says("a penalty on large weights, which is a part of E and of dE/dw")] = None
    batch: Annotated[Annotated[int, Meta(ge=1)] | Literal["all"], says('examples per update, or "all"')] = 1
    reduction: Annotated[
        Literal["mean", "sum", "weighted_mean"],
        says("how the examples of a batch are combined; weighted_mean divides by what their weights sum to"),
    ] = "mean"
    update: Annotated[
        Literal["simultaneous", "immediate"],
        says("immediate: a layer is updated before the error goes back through it"),
    ] = "simultaneous"
    frozen: Annotated[list[AnyName], says("the names of parameters that are not trained")] = []
    shuffle: Annotated[ShufflePart | None, says("draws a new order of the examples each epoch")] = None
    stop: Annotated[StopPart | None, says("where a run ends by itself")] = None
    precision: Annotated[
        Literal["float64", "float32"], says("float32: every operation in single precision, as frameworks compute")
    ] = "float64"


class VariantPart(TrainingPart):
    """The settings under which a published figure is right."""

    loss: Annotated[LossPart | None, says("another loss")] = None
    activation: Annotated[
        dict[str, ActivationPart],
        says('other activation functions, by the number of the layer: { 1 = "tanh" }'),
    ] = {}
    iteration: Annotated[Iteration | None, says("after so many updates")] = None
    set: Annotated[
        dict[AnyName, float], says("other values by name, of parameters, inputs and targets (i1; i1@2: of example 2)")
    ] = {}
    decimals: Annotated[Kept | None, says("every number is rounded to so many decimals once it is made")] = None
    digits: Annotated[Annotated[int, Meta(ge=1, le=15)] | None, says("likewise to so many significant digits")] = None
    slope: Annotated[
        Literal["input", "output"],
        says("output: slopes are taken from outputs, as y(1 - y), whatever digits that leaves"),
    ] = "input"
    bias: Annotated[bool, says("false: without biases")] = True


class PublishedPart(Part):
    """`[[published]]`: a figure printed in the document."""

    quantity: Annotated[str, says("what it is: a quantity, or arithmetic over quantities")]
    value: Annotated[Line, says("the figure exactly as printed, in quotes")]
    printed_decimals: Annotated[
        Annotated[int, Meta(ge=0, le=MAX_DIGITS)] | None,
        says("its decimals with the zeros at the end that are not printed: 0.5 with 4 is 0.5000"),
    ] = None
    iteration: Annotated[Iteration, says("after so many updates")] = 0
    epoch: Annotated[
        Iteration | None,
        says("after so many epochs, instead of iteration: with example, at the iteration of the epoch that takes it"),
    ] = None
    example: Annotated[Annotated[int, Meta(ge=1)] | None, says("of which example, from 1")] = None
    where: Annotated[Line, says("where the document prints it")] = ""
    verdict: Annotated[Literal["match", "rounded", "variant", "erratum"], says("what is known about it")] = "match"
    within: Annotated[Positive | str | None, says("how far a rounded figure may be off")] = None
    variant: Annotated[VariantPart | None, says("the settings under which it is right")] = None
    note: Annotated[Prose, says("why it differs")] = ""


class NotePart(Part):
    """`[[note]]`: a teacher's words."""

    at: Annotated[Line, says("a quantity, a phase, start or end")]
    text: Annotated[Prose, says("the words")]
    iteration: Annotated[
        Iteration | None,
        says("only at this iteration; without it a start note is of the first, all others of every one"),
    ] = None


Remembered = dict[AnyName, float] | None


class ResumePart(Part):
    """`[resume]`: where a walk goes on that was saved on its way."""

    iteration: Annotated[Iteration, says("the updates made before")]
    m: Annotated[Remembered, says("m of each parameter, by name: the mean of its derivatives")] = None
    v: Annotated[Remembered, says("v of each: momentum's velocity, the mean or sum of squares of its derivatives")] = (
        None
    )
    u: Annotated[
        Remembered,
        says("u of each: adadelta's mean of squares of steps, adamax's largest derivative, rmsprop's velocity"),
    ] = None
    s: Annotated[Remembered, says("s of each: rprop's step")] = None
    d: Annotated[Remembered, says("d of each: rprop's last derivative")] = None
    p: Annotated[Remembered, says("p of each: nadam's product")] = None


_OF_LAYERS = {"items": {"anyOf": [{"required": ["weights"]}, {"required": ["tie"]}]}}
_WEIGHTS_THERE = {"anyOf": [{"required": ["weights"]}, {"properties": {"layer": _OF_LAYERS}}]}
"""Each layer has weights, is tied to one that has, or a file has those of all."""


class Head(Part):
    """The keys above the first table."""

    title: Annotated[Line, says("one line that says what it is")]
    document: Annotated[Line, says("the title of the document it comes from")] = ""
    topics: Annotated[list[Line], says("words by which the picker finds it: beginner, recurrent, …")] = []
    notation: Annotated[
        NotationName | dict[str, Symbol], says("the document's symbols: one of the known ones, or a table")
    ] = "canonical"


class ScenarioFile(Head, kw_only=True):
    """A scenario file of gradstep."""

    network: Annotated[
        NetworkPart | None,
        Meta(
            description="the network",
            extra_json_schema={"allOf": [_WEIGHTS_THERE]},
        ),
    ] = None
    graph: Annotated[GraphPart | None, says("formulas, instead of a network")] = None
    training: Annotated[TrainingPart, says("how parameters are updated")] = field(default_factory=TrainingPart)
    example: Annotated[
        list[Annotated[dict[str, Any], Meta(extra_json_schema=one_of_parts("ExamplePart", "GraphExamplePart"))]],
        says("the examples, in the order they are taken"),
    ] = []
    data: Annotated[
        Annotated[dict[str, Any], Meta(extra_json_schema=one_of_parts("DataPart", "GraphDataPart"))] | None,
        says("examples from a file, or made, instead of example"),
    ] = None
    published: Annotated[list[PublishedPart], says("figures that the document prints")] = []
    note: Annotated[list[NotePart], says("a teacher's words")] = []
    resume: Annotated[ResumePart | None, says("where a walk goes on that was saved on its way")] = None
