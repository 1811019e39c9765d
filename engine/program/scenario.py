"""A scenario as the rest of the engine uses it: checked, complete, immutable.

`engine.files` makes one from a TOML file; a program may make one by itself.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.formula.activation import Activation
from engine.formula.loss import Loss
from engine.formula.precision import EXACT, Arithmetic
from engine.formula.tree import Formula, Leaf, Symbol, filled
from engine.program.clip import CLIPPED, Clip
from engine.program.expression import Expression
from engine.program.graph import Graph
from engine.program.graph_notation import names_of
from engine.program.learning_rules import LearningRule
from engine.program.network import Network
from engine.program.notation import CANONICAL, Notation
from engine.program.optimizers import Sgd
from engine.program.penalty import Penalty
from engine.program.preparation import Preparation
from engine.program.rule import DERIVATIVE, Optimizer
from engine.program.schedules import Schedule

Array = NDArray[np.float64]


class Stop(Struct, frozen=True):
    """Where a run ends by itself.

    Attributes:
        iterations: after so many.
        error: once an iteration's error is below it.
        patience: once the error of the test part has not fallen below its least for so many epochs.
        epoch_error: once the errors of an epoch's iterations, added up, are below it.
    """

    iterations: int | None = None
    error: float | None = None
    patience: int | None = None
    epoch_error: float | None = None


class Training(Struct, frozen=True):
    """How parameters are updated.

    Attributes:
        learning_rate: α, or α₀ where it changes.
        schedule: how it changes, or None.
        optimizer: the update rule.
        clip: a bound to the derivatives that it takes, or None.
        batch: examples per update; the last batch of an epoch may be smaller.
        reduction: how the examples of a batch are combined, in E and in dE/dw.
        by_weights: whether weights are scaled in each batch so that E is divided by what they sum to.
        immediate: whether layer l is updated before the error goes back through it.
        frozen: indices in θ of the parameters that are not trained.
        shuffle: the seed that draws a new order of the examples each epoch, or None for file order.
        stop: where a run ends by itself.
        arithmetic: how exactly numbers are computed, and what is kept of them.
        penalty: a part of E that is made of parameters alone, or None.
    """

    learning_rate: float = 0.1
    schedule: Schedule | None = None
    optimizer: Optimizer = field(default_factory=Sgd)
    clip: Clip | None = None
    batch: int = 1
    reduction: Literal["mean", "sum"] = "mean"
    by_weights: bool = False
    immediate: bool = False
    frozen: frozenset[int] = frozenset()
    shuffle: int | None = None
    stop: Stop = Stop()
    arithmetic: Arithmetic = EXACT
    penalty: Penalty | None = None

    def formulas(self) -> Mapping[str, Formula]:
        """All that an update computes of one parameter, in order: the bound to its derivative, then the rule's."""
        own = self.optimizer.formulas()
        if self.clip is None:
            return own
        of_clipped: dict[Leaf, Formula] = {DERIVATIVE: CLIPPED}
        return {**self.clip.formulas(), **{name: filled(formula, of_clipped) for name, formula in own.items()}}

    @property
    def settings(self) -> dict[Symbol, float]:
        """The numbers of those formulas' symbols."""
        return self.optimizer.settings | ({} if self.clip is None else self.clip.settings)

    @property
    def learning_rule(self) -> LearningRule | None:
        """The rule that learns without derivatives; None where parameters go against theirs."""
        return self.optimizer if isinstance(self.optimizer, LearningRule) else None

    def rate(self, iteration: int) -> float:
        """The learning rate in force at an iteration."""
        return self.learning_rate if self.schedule is None else self.schedule.at(self.learning_rate, iteration)


class Variant(Struct, frozen=True):
    """The settings under which a published figure is right.

    Attributes:
        training: how the parameters are updated there.
        loss: another loss, or None for the scenario's own.
        iteration: after how many updates, or None for the figure's own.
        parameters: other values where the walk begins, by name: of parameters, inputs and targets.
        biases: whether there are any; without them they are 0, and stay so.
        told: the settings as the file gives them.
        activations: other activation functions, by the number of the layer.
    """

    training: Training
    loss: Loss | None = None
    iteration: int | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    biases: bool = True
    told: Mapping[str, Any] = field(default_factory=dict)
    activations: Mapping[int, Activation | tuple[Activation, ...]] = field(default_factory=dict)


class Published(Struct, frozen=True):
    """A figure that a document prints, and what the audit is told about it."""

    expression: Expression
    value: str
    number: float
    resolution: float
    """One unit of the last printed digit."""
    iteration: int = 0
    epoch: int | None = None
    """By which the file says the iteration, if it does."""
    example: int | None = None
    where: str = ""
    verdict: Literal["match", "rounded", "variant", "erratum"] = "match"
    within: float | None = None
    variant: Variant | None = None
    note: str = ""
    zeros: int = 0
    """How many zeros at the end of a whole number may be no digits."""
    goes_on: bool = False
    """Whether it is printed with dots after it, which say that its digits go on."""

    @property
    def digits(self) -> int:
        """The significant digits that are printed, the zeros at the end included; none of a plain 0."""
        return len(str(round(abs(self.number) / self.resolution))) if self.number else 0


class Note(Struct, frozen=True):
    """A teacher's words, shown where the walk reaches `at`: a quantity, a phase, "start" or "end"."""

    at: str
    text: str
    iteration: int | None = None


class Origin(Struct, frozen=True):
    """What was taken from a file of arrays.

    Attributes:
        file: its name.
        name: the array's.
        of: what it became, in words.
        shape: as it stands there.
        turned: whether rows and columns were changed over.
        why: what decided that; empty where nothing had to.
        open: whether it could be either, so that it was taken as it stands.
    """

    file: str
    name: str
    of: str
    shape: tuple[int, ...]
    turned: bool = False
    why: str = ""
    open: bool = False


class Resume(Struct, frozen=True, eq=False):
    """From where a walk goes on that was saved on its way: it has no places before.

    Attributes:
        iteration: k, the updates made before; the scenario's `theta` are the parameters at its start.
        state: the optimizer's memory there, shape (slots, parameters).
    """

    iteration: int
    state: Array


class Held(Struct, frozen=True, eq=False):
    """Examples that are kept for the test: looked at, and never trained on.

    Attributes:
        inputs: as of a scenario.
        targets: likewise.
        weights: likewise.
    """

    inputs: Array
    targets: Array | None
    weights: Array | None = None


class Scenario(Struct, frozen=True, eq=False):
    """A network or a graph of formulas with its parameters, its examples and how it learns.

    Attributes:
        name: the shipped name, or the file's name without its ending.
        title: one line that says what it is.
        network: shape and names; a `Graph` where the file gives formulas instead of layers.
        theta: the parameters where the walk begins, in the order of `network.parameter_names`.
        training: how they are updated.
        inputs: shape (examples, inputs).
        targets: shape (examples, outputs), or None where the loss needs none; of a graph also the derivatives that an
            example gives, behind the targets.
        document: the title of the document it comes from.
        topics: words by which the picker finds it.
        notation: the names that the document uses.
        path: the file.
        published: the figures that the document prints.
        notes: a teacher's words.
        resume: the iteration at which the walk begins and the optimizer's memory there, or None for 0 and none.
        text: of the file as it was read; empty where there is none.
        test: the examples that are kept for the test, or None.
        preparation: what was done with the inputs before they came here, or None where they are as the data have them.
        origins: what was taken from files of arrays.
        weights: a factor of each example's part in E, shape (examples, outputs): one for all outputs; None where none
            is given.
    """

    name: str
    title: str
    network: Network | Graph
    theta: Array
    training: Training
    inputs: Array
    targets: Array | None
    document: str = ""
    topics: tuple[str, ...] = ()
    notation: Notation = CANONICAL
    path: Path | None = None
    published: tuple[Published, ...] = ()
    notes: tuple[Note, ...] = ()
    resume: Resume | None = None
    text: str = ""
    test: Held | None = None
    preparation: Preparation | None = None
    origins: tuple[Origin, ...] = ()
    weights: Array | None = None

    def __repr__(self) -> str:
        """Short: arrays and the file's text would fill a screen."""
        return f"<Scenario {self.name}, {self.shape}>"

    @property
    def raw_inputs(self) -> Array:
        """The inputs as the data have them, shape (examples, raw inputs)."""
        return self.inputs if self.preparation is None else self.preparation.raw_of(self.inputs)

    @property
    def without_penalty(self) -> "Scenario":
        """The same without what belongs to a batch as a whole: for an example's own E and its derivatives."""
        if self.training.penalty is None:
            return self
        return replace(self, training=replace(self.training, penalty=None))

    @property
    def layered(self) -> Network:
        """The network, of what makes sense of layers only.

        Raises:
            LookupError: the scenario is a graph of formulas.
        """
        if isinstance(self.network, Graph):
            raise LookupError("a graph of formulas has no layers")
        return self.network

    @property
    def graph(self) -> Graph | None:
        """The graph of formulas; None where there are layers."""
        return self.network if isinstance(self.network, Graph) else None

    def names(self, *, canonical: bool) -> Notation:
        """What its numbers are called: by our own names or the document's, in a graph by those of its file."""
        notation = CANONICAL if canonical else self.notation
        return (
            notation
            if self.graph is None
            else names_of(self.graph, notation, penalized=self.training.penalty is not None)
        )

    @property
    def first_iteration(self) -> int:
        """The iteration at which the walk begins."""
        return 0 if self.resume is None else self.resume.iteration

    @property
    def shape(self) -> str:
        """The layers' sizes, `2-2-2`; of a graph how many nodes it has."""
        if isinstance(self.network, Graph):
            count = len(self.network.graph_nodes)
            return f"{count:,} node" + ("" if count == 1 else "s")
        return "-".join(map(str, self.network.shape))
