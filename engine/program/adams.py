"""Adam and the rules that are made from it: means of the derivative and of its squares, corrected for their start."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from engine.formula.functions import ABSOLUTE, ADD, DIVIDE, MAXIMUM, MULTIPLY, RAISE, SQRT, SQUARE, SUBTRACT
from engine.formula.setting import Fraction, NotNegative, Positive, says
from engine.formula.tree import Formula, Symbol
from engine.program.rule import RATE, TIME, Optimizer, quantity

BETA1, BETA2 = Symbol("β₁", r"\beta_{1}"), Symbol("β₂", r"\beta_{2}")
EPSILON, PSI = Symbol("ε", r"\varepsilon"), Symbol("ψ", r"\psi")
M_NEW, V_NEW, U, U_NEW, P, P_NEW = map(quantity, ("m+", "v+", "u", "u+", "p", "p+"))
M_HAT, V_HAT = quantity("m_hat"), quantity("v_hat")


def mean(share: Symbol, slot: str, new: Formula) -> Formula:
    """A running mean: the old one's share, and the rest of the new number."""
    return ADD(MULTIPLY(share, quantity(slot)), MULTIPLY(SUBTRACT(1.0, share), new))


def correction(share: Symbol) -> Formula:
    """What a running mean that began with 0 falls short of, by now: 1 − β^t."""
    return SUBTRACT(1.0, RAISE(share, TIME))


class Adam(Optimizer, frozen=True):
    """Adam (Kingma and Ba, 2015) with bias correction, ε outside the root (as PyTorch has it)."""

    name: ClassVar[str] = "adam"
    squares: ClassVar[tuple[str, ...]] = ("v", "u")
    symbols: ClassVar[Mapping[str, Symbol]] = {"beta1": BETA1, "beta2": BETA2, "epsilon": EPSILON}
    torch_memory: ClassVar[Mapping[str, str]] = {
        "step": "step",
        "m": "exp_avg",
        "v": "exp_avg_sq",
        "u": "max_exp_avg_sq",
    }
    beta1: Annotated[Fraction, says("β₁, from 0 to below 1")] = 0.9
    beta2: Annotated[Fraction, says("β₂, from 0 to below 1")] = 0.999
    epsilon: Annotated[Positive, says("ε")] = 1e-8
    epsilon_inside: Annotated[bool, says("whether ε is added inside the root")] = False
    epsilon_before: Annotated[bool, says("whether ε is added before the bias correction")] = False
    amsgrad: Annotated[bool, says("whether the largest mean of squares so far, u, is in the place of v")] = False
    largest_corrected: Annotated[bool, says("whether that is the largest of the corrected means")] = False

    @property
    def problem(self) -> tuple[str, str, str] | None:
        """ε before a correction that is made before the largest is taken."""
        if self.amsgrad and self.largest_corrected and self.epsilon_before:
            message = "the largest of the corrected means has no ε before the correction"
            return "largest_corrected", message, "take it out, or give epsilon_before = false"
        return None

    def torch(self) -> str | None:
        """`Adam`, or with a decoupled decay `AdamW`."""
        if self.epsilon_inside or self.epsilon_before or (self.amsgrad and self.largest_corrected):
            return None
        name = "AdamW" if self.decoupled else "Adam"
        settings = f"betas=({self.beta1!r}, {self.beta2!r}), eps={self.epsilon!r}{self.torch_decay}"
        settings += ", amsgrad=True" if self.amsgrad else ""
        return f"torch.optim.{name}({{of}}, lr=learning_rate, {settings})"

    def rule(self, w: Formula, g: Formula) -> Mapping[str, Formula]:
        """Both means, what corrects them, and a step by the first over the root of the second."""
        step = DIVIDE(RATE, correction(BETA1))
        made: dict[str, Formula] = {
            "m+": mean(BETA1, "m", g),
            "v+": mean(BETA2, "v", SQUARE(g)),
            "m_hat": DIVIDE(M_NEW, correction(BETA1)),
            "v_hat": DIVIDE(V_NEW, correction(BETA2)),
        }
        if self.amsgrad:
            made["u+"] = MAXIMUM(U, V_HAT if self.largest_corrected else V_NEW)
        return made | {"w+": SUBTRACT(w, MULTIPLY(step, DIVIDE(M_NEW, self._root())))}

    def _root(self) -> Formula:
        """The root of the second mean, or of the largest, corrected, with ε where the settings have it."""
        short, squares = SQRT(correction(BETA2)), U_NEW if self.amsgrad else V_NEW
        if self.amsgrad and self.largest_corrected:
            return SQRT(ADD(U_NEW, EPSILON)) if self.epsilon_inside else ADD(SQRT(U_NEW), EPSILON)
        if self.epsilon_before:
            root = SQRT(ADD(squares, EPSILON)) if self.epsilon_inside else ADD(SQRT(squares), EPSILON)
            return DIVIDE(root, short)
        if self.epsilon_inside:
            return SQRT(ADD(DIVIDE(U_NEW, correction(BETA2)) if self.amsgrad else V_HAT, EPSILON))
        return ADD(DIVIDE(SQRT(squares), short), EPSILON)


class AdamW(Adam, frozen=True, kw_only=True):
    """Adam with a decoupled weight decay (Loshchilov and Hutter, 2019)."""

    name: ClassVar[str] = "adamw"
    weight_decay: Annotated[NotNegative, says("λ of the weight decay")] = 0.01


class Adamax(Optimizer, frozen=True):
    """Adamax (Kingma and Ba, 2015): the largest derivative, which fades, in place of a mean of squares."""

    name: ClassVar[str] = "adamax"
    squares: ClassVar[tuple[str, ...]] = ("u",)
    symbols: ClassVar[Mapping[str, Symbol]] = {"beta1": BETA1, "beta2": BETA2, "epsilon": EPSILON}
    torch_memory: ClassVar[Mapping[str, str]] = {"step": "step", "m": "exp_avg", "u": "exp_inf"}
    beta1: Annotated[Fraction, says("β₁, from 0 to below 1")] = 0.9
    beta2: Annotated[Fraction, says("β₂, from 0 to below 1")] = 0.999
    epsilon: Annotated[Positive, says("ε")] = 1e-8
    epsilon_inside: Annotated[bool, says("whether ε is added to each size, and not to the largest")] = True

    def torch(self) -> str | None:
        """`Adamax`."""
        if self.decoupled or not self.epsilon_inside:
            return None
        settings = f"betas=({self.beta1!r}, {self.beta2!r}), eps={self.epsilon!r}{self.torch_decay}"
        return f"torch.optim.Adamax({{of}}, lr=learning_rate, {settings})"

    def rule(self, w: Formula, g: Formula) -> Mapping[str, Formula]:
        """The mean, the largest, and a step by the one over the other."""
        size = ADD(ABSOLUTE(g), EPSILON) if self.epsilon_inside else ABSOLUTE(g)
        largest = U_NEW if self.epsilon_inside else ADD(U_NEW, EPSILON)
        step = DIVIDE(RATE, correction(BETA1))
        return {
            "m+": mean(BETA1, "m", g),
            "u+": MAXIMUM(MULTIPLY(BETA2, U), size),
            "m_hat": DIVIDE(M_NEW, correction(BETA1)),
            "w+": SUBTRACT(w, MULTIPLY(step, DIVIDE(M_NEW, largest))),
        }


class Nadam(Optimizer, frozen=True):
    """Nadam (Dozat, 2016): Adam whose mean looks one step ahead, as Nesterov's momentum does."""

    name: ClassVar[str] = "nadam"
    squares: ClassVar[tuple[str, ...]] = ("v",)
    symbols: ClassVar[Mapping[str, Symbol]] = {
        "beta1": BETA1,
        "beta2": BETA2,
        "epsilon": EPSILON,
        "momentum_decay": PSI,
    }
    beta1: Annotated[Fraction, says("β₁, from 0 to below 1")] = 0.9
    beta2: Annotated[Fraction, says("β₂, from 0 to below 1")] = 0.999
    epsilon: Annotated[Positive, says("ε")] = 1e-8
    warming: Annotated[bool, says("whether β₁ is warmed up: β₁·(1 − ½·0.96^(t·ψ)) at update t")] = True
    momentum_decay: Annotated[NotNegative, says("ψ of that")] = 0.004

    def begins(self, learning_rate: float) -> Mapping[str, float]:
        """The product of no numbers."""
        return {"p": 1.0}

    def torch(self) -> str | None:
        """None: `NAdam` keeps its product in single precision, whatever the parameters have."""
        return None

    def rule(self, w: Formula, g: Formula) -> Mapping[str, Formula]:
        """Both means, corrected, and a step by the first over the root of the second."""
        now, after = self._warmed(TIME), self._warmed(ADD(TIME, 1.0))
        made: dict[str, Formula] = {}
        past, ahead = correction(BETA1), SUBTRACT(1.0, RAISE(BETA1, ADD(TIME, 1.0)))
        if self.warming:
            made["p+"] = MULTIPLY(P, now)
            past, ahead = SUBTRACT(1.0, P_NEW), SUBTRACT(1.0, MULTIPLY(P_NEW, after))
        m_hat = ADD(DIVIDE(MULTIPLY(after, M_NEW), ahead), DIVIDE(MULTIPLY(SUBTRACT(1.0, now), g), past))
        return made | {
            "m+": mean(BETA1, "m", g),
            "v+": mean(BETA2, "v", SQUARE(g)),
            "m_hat": m_hat,
            "v_hat": DIVIDE(V_NEW, correction(BETA2)),
            "w+": SUBTRACT(w, MULTIPLY(RATE, DIVIDE(M_HAT, ADD(SQRT(V_HAT), EPSILON)))),
        }

    def _warmed(self, time: Formula) -> Formula:
        """β₁ at an update."""
        if not self.warming:
            return BETA1
        return MULTIPLY(BETA1, SUBTRACT(1.0, MULTIPLY(0.5, RAISE(0.96, MULTIPLY(time, PSI)))))
