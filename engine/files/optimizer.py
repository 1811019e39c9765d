"""The update rule of a `[training]`: its settings, those of a framework where it is as that has it, and its decay."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import asdict

from engine.files.model import TrainingPart, VariantPart
from engine.files.part import Part
from engine.files.parts import Partial
from engine.files.problems import Problems
from engine.program.frameworks import Framework, as_in, rules_of
from engine.program.learning_rules import LEARNING_RULES
from engine.program.optimizers import OPTIMIZERS
from engine.program.rule import Optimizer
from engine.program.schedules import SCHEDULES, Schedule

NOT_SETTINGS = ("name", "as")


def _rule(part: TrainingPart) -> str:
    chosen = part.optimizer
    return chosen if isinstance(chosen, str) else str(chosen.__struct_config__.tag)


def _framework(part: TrainingPart) -> Framework | None:
    """The framework that has the rule in this form, where one is named that has it."""
    like = getattr(part.optimizer, "like", None)
    return None if like is None else as_in(like, _rule(part))


def optimizer_of(part: TrainingPart, raw: Mapping[str, Any]) -> Optimizer:
    """The rule with its settings; `raw` is the table as it stands in the file: it says what is given."""
    if part.rule in LEARNING_RULES:
        return LEARNING_RULES[part.rule]()
    given: dict[str, Any] = {}
    if isinstance(part.optimizer, Part):
        given = {key: getattr(part.optimizer, key) for key in raw["optimizer"] if key not in NOT_SETTINGS}
    if part.weight_decay is not None:
        given |= {"weight_decay": part.weight_decay, "coupled": False}
    framework = _framework(part)
    return OPTIMIZERS[_rule(part)](**given) if framework is None else framework.optimizer(given)


def rate_of(part: TrainingPart, raw: Mapping[str, Any]) -> tuple[float, Schedule | None]:
    """The learning rate, or the framework's own where there is none; and how it changes."""
    framework, rate = _framework(part), part.learning_rate
    if isinstance(rate, Part):
        return float(asdict(rate)["start"]), _schedule(rate)
    if "learning_rate" in raw or framework is None or framework.learning_rate is None:
        return rate, None
    return framework.learning_rate, None


def _schedule(part: Part) -> Schedule:
    settings = {name: value for name, value in asdict(part).items() if name != "start"}
    if isinstance(settings.get("then"), Part):
        settings["then"] = _schedule(settings["then"])
    return SCHEDULES[str(part.__struct_config__.tag)](**settings)


def check_optimizer(part: Partial[TrainingPart] | Partial[VariantPart], where: str, problems: Problems) -> None:
    """Notes a framework that has no such rule or has it otherwise, and a decay that is given twice."""
    if not part.good("optimizer", "weight_decay"):
        return
    rule, like = _rule(part.value), getattr(part.value.optimizer, "like", None)
    if like is not None and _framework(part.value) is None:
        message = f"there is no {rule} as {like} has it: either it has none, or no settings describe it"
        problems.add(f"{where}.optimizer.as", message, f"of {like} there are {', '.join(rules_of(like))}")
    given = part.raw.get("optimizer")
    framework, table = _framework(part.value), given if isinstance(given, dict) else {}
    for setting, how in framework.unlike.items() if framework is not None else ():
        if table.get(setting):
            problems.add(f"{where}.optimizer.{setting}", f"{like} {how}", "take it out, or as")
    if (like is None or framework is not None) and (found := optimizer_of(part.value, part.raw).problem) is not None:
        setting, message, remedy = found
        problems.add(f"{where}.optimizer.{setting}", message, remedy)
    if part.value.weight_decay is not None and "weight_decay" in table:
        problems.add(f"{where}.weight_decay", "the optimizer has a weight_decay, too", "take one of them out")


def check_rate(part: Partial[TrainingPart], where: str, problems: Problems) -> None:
    """Notes a learning rate that is missing: of an optimizer as a framework has it that has none of its own."""
    framework = _framework(part.value) if part.good("optimizer") else None
    if framework is not None and framework.learning_rate is None and "learning_rate" not in part.raw:
        message = f"it is missing: {framework.framework} has no learning rate of its own for {framework.called}"
        problems.add(f"{where}.learning_rate", message, "give learning_rate")
