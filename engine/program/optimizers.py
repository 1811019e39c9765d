"""Update rules: how a derivative becomes a new parameter, each as formulas with the memory that it carries along.

Without settings each is as PyTorch has it. Adding a rule is adding one class to `OPTIMIZERS`; how frameworks have it is
a record of `engine.program.frameworks`.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from msgspec import Meta

from engine.formula.functions import (
    ADD,
    CHOOSE,
    DIVIDE,
    MAXIMUM,
    MINIMUM,
    MULTIPLY,
    SIGN,
    SQRT,
    SQUARE,
    SUBTRACT,
)
from engine.formula.setting import Fraction, NotNegative, Positive, says
from engine.formula.tree import Formula, Symbol
from engine.program.adams import EPSILON, Adam, Adamax, AdamW, Nadam, mean
from engine.program.rule import RATE, TIME, Optimizer, quantity

MU, RHO, DAMPENING = Symbol("μ", r"\mu"), Symbol("ρ", r"\rho"), Symbol("δ", r"\delta")
ETA_PLUS, ETA_MINUS = Symbol("η⁺", r"\eta^{+}"), Symbol("η⁻", r"\eta^{-}")
LEAST, MOST = Symbol("s_min", r"s_{\min}"), Symbol("s_max", r"s_{\max}")
M_NEW, V, V_NEW, U, U_NEW = map(quantity, ("m+", "v", "v+", "u", "u+"))
D, D_NEW, S, S_NEW, AGREEMENT = map(quantity, ("d", "d+", "s", "s+", "agreement"))


class Sgd(Optimizer, frozen=True):
    """Plain gradient descent: w ← w − α·dE/dw."""

    name: ClassVar[str] = "sgd"

    def torch(self) -> str | None:
        """`SGD`."""
        return None if self.decoupled else f"torch.optim.SGD({{of}}, lr=learning_rate{self.torch_decay})"

    def rule(self, w: Formula, g: Formula) -> Mapping[str, Formula]:
        """One step against the derivative; nothing is remembered."""
        return {"w+": SUBTRACT(w, MULTIPLY(RATE, g))}


class Momentum(Optimizer, frozen=True):
    """Classical momentum: v ← μv + g, w ← w − αv; Nesterov's form steps by g + μv (as PyTorch has them)."""

    name: ClassVar[str] = "momentum"
    symbols: ClassVar[Mapping[str, Symbol]] = {"momentum": MU, "dampening": DAMPENING}
    torch_memory: ClassVar[Mapping[str, str]] = {"v": "momentum_buffer"}
    momentum: Annotated[Fraction, says("μ, from 0 to below 1")] = 0.9
    nesterov: Annotated[bool, says("whether it is Nesterov's form")] = False
    dampening: Annotated[Fraction, says("δ: the velocity takes (1 − δ)·g, but for the first time")] = 0.0
    rate_inside: Annotated[bool, says("whether α is in the velocity, and not in the step along it")] = False
    new_velocity: Annotated[bool, says("whether Nesterov's form takes the new velocity for the old one")] = False

    def torch(self) -> str | None:
        """`SGD` with momentum."""
        if self.decoupled or self.rate_inside or self.new_velocity or (self.nesterov and self.dampening):
            return None
        more = f", dampening={self.dampening!r}" if self.dampening else ""
        more += ", nesterov=True" if self.nesterov else ""
        return f"torch.optim.SGD({{of}}, lr=learning_rate, momentum={self.momentum!r}{more}{self.torch_decay})"

    def rule(self, w: Formula, g: Formula) -> Mapping[str, Formula]:
        """The velocity, and a step along it."""
        step = MULTIPLY(RATE, g) if self.rate_inside else g
        velocity = ADD(MULTIPLY(MU, V), step)
        if self.dampening:
            velocity = ADD(MULTIPLY(MU, V), MULTIPLY(SUBTRACT(1.0, DAMPENING), step))
            velocity = CHOOSE(velocity, TIME, 1.0, step)
        along: Formula = V_NEW
        if self.nesterov and self.new_velocity:  # by the formula for the old one: (1 + μ)·g + μ²·v
            along = ADD(MULTIPLY(ADD(1.0, MU), step), MULTIPLY(SQUARE(MU), V_NEW))
        elif self.nesterov:
            along = ADD(step, MULTIPLY(MU, V_NEW))
        return {"v+": velocity, "w+": SUBTRACT(w, along if self.rate_inside else MULTIPLY(RATE, along))}


class RMSprop(Optimizer, frozen=True):
    """RMSprop (Hinton, 2012): a step by the derivative over the root of the mean of its squares."""

    name: ClassVar[str] = "rmsprop"
    squares: ClassVar[tuple[str, ...]] = ("v",)
    symbols: ClassVar[Mapping[str, Symbol]] = {"rho": RHO, "epsilon": EPSILON, "momentum": MU}
    torch_memory: ClassVar[Mapping[str, str]] = {
        "step": "step",
        "v": "square_avg",
        "m": "grad_avg",
        "u": "momentum_buffer",
    }
    rho: Annotated[Fraction, says("ρ of the mean, from 0 to below 1")] = 0.99
    epsilon: Annotated[Positive, says("ε")] = 1e-8
    epsilon_inside: Annotated[bool, says("whether ε is added inside the root")] = False
    centered: Annotated[bool, says("whether the mean's square is taken from the mean of squares")] = False
    momentum: Annotated[Fraction, says("μ, from 0 to below 1")] = 0.0
    rate_inside: Annotated[bool, says("whether α is in the velocity, and not in the step along it")] = False

    def torch(self) -> str | None:
        """`RMSprop`."""
        if self.decoupled or self.epsilon_inside or (self.momentum and self.rate_inside):
            return None
        more = f", momentum={self.momentum!r}" if self.momentum else ""
        more += ", centered=True" if self.centered else ""
        settings = f"lr=learning_rate, alpha={self.rho!r}, eps={self.epsilon!r}{more}{self.torch_decay}"
        return f"torch.optim.RMSprop({{of}}, {settings})"

    def rule(self, w: Formula, g: Formula) -> Mapping[str, Formula]:
        """The mean of squares, with momentum a velocity, and the step."""
        made: dict[str, Formula] = {"v+": mean(RHO, "v", SQUARE(g))}
        spread: Formula = V_NEW
        if self.centered:
            made["m+"] = mean(RHO, "m", g)
            spread = SUBTRACT(V_NEW, SQUARE(M_NEW))
        root = SQRT(ADD(spread, EPSILON)) if self.epsilon_inside else ADD(SQRT(spread), EPSILON)
        if not self.momentum:
            return made | {"w+": SUBTRACT(w, MULTIPLY(RATE, DIVIDE(g, root)))}
        step = DIVIDE(MULTIPLY(RATE, g) if self.rate_inside else g, root)
        along = U_NEW if self.rate_inside else MULTIPLY(RATE, U_NEW)
        return made | {"u+": ADD(MULTIPLY(MU, U), step), "w+": SUBTRACT(w, along)}


class Adagrad(Optimizer, frozen=True):
    """Adagrad (Duchi, Hazan and Singer, 2011): a step by the derivative over the root of the sum of its squares."""

    name: ClassVar[str] = "adagrad"
    squares: ClassVar[tuple[str, ...]] = ("v",)
    symbols: ClassVar[Mapping[str, Symbol]] = {"epsilon": EPSILON, "rate_decay": Symbol("γ", r"\gamma")}
    torch_memory: ClassVar[Mapping[str, str]] = {"step": "step", "v": "sum"}
    epsilon: Annotated[Positive, says("ε")] = 1e-10
    epsilon_inside: Annotated[bool, says("whether ε is added inside the root")] = False
    accumulator: Annotated[NotNegative, says("with what the sum of squares begins")] = 0.0
    rate_decay: Annotated[NotNegative, says("γ: α is divided by 1 + γ·(t − 1)")] = 0.0

    def begins(self, learning_rate: float) -> Mapping[str, float]:
        """The first accumulator."""
        return {"v": self.accumulator}

    def torch(self) -> str | None:
        """`Adagrad`."""
        if self.decoupled or self.epsilon_inside:
            return None
        more = f", lr_decay={self.rate_decay!r}" if self.rate_decay else ""
        more += f", initial_accumulator_value={self.accumulator!r}" if self.accumulator else ""
        return f"torch.optim.Adagrad({{of}}, lr=learning_rate, eps={self.epsilon!r}{more}{self.torch_decay})"

    def rule(self, w: Formula, g: Formula) -> Mapping[str, Formula]:
        """The sum of squares, and the step."""
        root = SQRT(ADD(V_NEW, EPSILON)) if self.epsilon_inside else ADD(SQRT(V_NEW), EPSILON)
        rate: Formula = RATE
        if self.rate_decay:
            before = SUBTRACT(TIME, 1.0)
            rate = DIVIDE(RATE, ADD(1.0, MULTIPLY(self.symbols["rate_decay"], before)))
        return {"v+": ADD(V, SQUARE(g)), "w+": SUBTRACT(w, MULTIPLY(rate, DIVIDE(g, root)))}


class Adadelta(Optimizer, frozen=True):
    """Adadelta (Zeiler, 2012): the step has the size that steps had, in proportion to the derivative's."""

    name: ClassVar[str] = "adadelta"
    squares: ClassVar[tuple[str, ...]] = ("v", "u")
    symbols: ClassVar[Mapping[str, Symbol]] = {"rho": RHO, "epsilon": EPSILON}
    torch_memory: ClassVar[Mapping[str, str]] = {"step": "step", "v": "square_avg", "u": "acc_delta"}
    rho: Annotated[Fraction, says("ρ of the means, from 0 to below 1")] = 0.9
    epsilon: Annotated[Positive, says("ε, inside both roots")] = 1e-6
    old_squares: Annotated[bool, says("whether the step is divided by the mean before this derivative")] = False

    def torch(self) -> str | None:
        """`Adadelta`."""
        if self.decoupled or self.old_squares:
            return None
        return (
            f"torch.optim.Adadelta({{of}}, lr=learning_rate, rho={self.rho!r}, eps={self.epsilon!r}{self.torch_decay})"
        )

    def rule(self, w: Formula, g: Formula) -> Mapping[str, Formula]:
        """The mean of squares, the step, the mean of its squares."""
        root = SQRT(ADD(V if self.old_squares else V_NEW, EPSILON))
        return {
            "v+": mean(RHO, "v", SQUARE(g)),
            "step": MULTIPLY(DIVIDE(SQRT(ADD(U, EPSILON)), root), g),
            "u+": mean(RHO, "u", SQUARE(quantity("step"))),
            "w+": SUBTRACT(w, MULTIPLY(RATE, quantity("step"))),
        }


class Rprop(Optimizer, frozen=True):
    """Rprop (Riedmiller and Braun, 1993): only the derivative's sign counts; the step's size grows while it stays.

    The learning rate is the size of the first step. Where the sign has turned there is no step.
    """

    name: ClassVar[str] = "rprop"
    squares: ClassVar[tuple[str, ...]] = ("s",)
    symbols: ClassVar[Mapping[str, Symbol]] = {
        "eta_plus": ETA_PLUS,
        "eta_minus": ETA_MINUS,
        "step_min": LEAST,
        "step_max": MOST,
    }
    torch_memory: ClassVar[Mapping[str, str]] = {"step": "step", "d": "prev", "s": "step_size"}
    eta_plus: Annotated[float, Meta(gt=1), says("η⁺ by which a step grows, above 1")] = 1.2
    eta_minus: Annotated[float, Meta(gt=0, lt=1), says("η⁻ by which it shrinks, between 0 and 1")] = 0.5
    step_min: Annotated[Positive, says("the smallest step")] = 1e-6
    step_max: Annotated[Positive, says("the largest step")] = 50.0

    @property
    def problem(self) -> tuple[str, str, str] | None:
        """Bounds between which there is no step."""
        if self.step_min > self.step_max:
            message = f"no step is between step_min = {self.step_min:g} and step_max = {self.step_max:g}"
            return "step_min", message, "give a step_min below step_max"
        return None

    def begins(self, learning_rate: float) -> Mapping[str, float]:
        """The first step's size."""
        return {"s": learning_rate}

    def torch(self) -> str | None:
        """`Rprop`."""
        if self.weight_decay:
            return None
        etas, sizes = f"({self.eta_minus!r}, {self.eta_plus!r})", f"({self.step_min!r}, {self.step_max!r})"
        return f"torch.optim.Rprop({{of}}, lr=learning_rate, etas={etas}, step_sizes={sizes})"

    def rule(self, w: Formula, g: Formula) -> Mapping[str, Formula]:
        """Whether the sign has stayed, the step's size, the derivative that is remembered, and the step."""
        shrunk = CHOOSE(MULTIPLY(S, ETA_MINUS), 0.0, AGREEMENT, S)
        size = CHOOSE(MULTIPLY(S, ETA_PLUS), AGREEMENT, 0.0, shrunk)
        return {
            "agreement": MULTIPLY(g, D),
            "s+": MINIMUM(MAXIMUM(size, LEAST), MOST),
            "d+": CHOOSE(0.0, 0.0, AGREEMENT, g),
            "w+": SUBTRACT(w, MULTIPLY(SIGN(D_NEW), S_NEW)),
        }


OPTIMIZERS: dict[str, type[Optimizer]] = {
    rule.name: rule for rule in (Sgd, Momentum, Adam, AdamW, Adamax, Nadam, RMSprop, Adagrad, Adadelta, Rprop)
}
