"""Figures that differ for one reason: a setting, or an arithmetic, that gives several of them at once.

By itself a figure of few digits is explained by too much. What gives all of them is another matter: who rounds every
step is off by a unit here and there, in no order, and no other way to calculate is off by the same.
"""

from collections.abc import Iterator, Mapping
from math import comb, prod

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from engine.check.walked import Walked, last_iteration
from engine.comparison.cause import PLAINNESS, Cause
from engine.comparison.rounding import roundings
from engine.comparison.search import BY_CHANCE
from engine.comparison.settings import SLOWLY, Setting, settings_of
from engine.program.scenario import Published, Scenario, Variant

ROUNDED = 100
"""Iterations that are walked with every step rounded: each number is rounded by itself, which is slow."""


class Try(Struct, frozen=True, eq=False):
    """A setting and what it makes of figures.

    Attributes:
        setting: it.
        order: less is plainer.
        numbers: by figure.
        by_itself: whether each figure says something of its own, since what rounding does is alike to chance.
    """

    setting: Setting
    order: tuple[int, ...]
    numbers: Mapping[int, float]
    by_itself: bool


def explained_together(scenario: Scenario, figures: Mapping[int, Published]) -> dict[int, tuple[Cause, ...]]:
    """What was done to get several figures, by their numbers: the plainest that gives most; nothing of one alone.

    Args:
        scenario: whose figures they are.
        figures: those that differ.
    """
    walk = Walked(scenario)
    off = {number: abs(figure.number - walk.value(figure, figure.iteration)) for number, figure in figures.items()}
    figures = {number: figure for number, figure in figures.items() if np.isfinite(off[number])}
    if len(figures) < 2:
        return {}
    tries = list(_tries(scenario, figures))
    best: tuple[tuple[int, tuple[int, ...]], Try, list[int], float] | None = None
    for one in tries:
        hit = [number for number, figure in figures.items() if _gives(one.numbers[number], figure)]
        if len(hit) < 2:
            continue
        chance = _by_chance(one, hit, tries, figures, off)
        key = (-len(hit), one.order)
        if chance <= BY_CHANCE and (best is None or key < best[0]):
            best = (key, one, hit, chance)
    if best is None:
        return {}
    _, one, hit, chance = best
    setting = one.setting
    cause = Cause(setting.cause, setting.at, len(hit), setting.words, dict(setting.details), chance, setting.variant)
    return dict.fromkeys(hit, (cause,))


def _gives(number: float, figure: Published) -> bool:
    return bool(abs(number - figure.number) <= figure.resolution / 2)


def _by_chance(
    one: Try, hit: list[int], tries: list[Try], figures: Mapping[int, Published], off: Mapping[int, float]
) -> float:
    """How many tries would give as many figures by chance.

    Of a setting that changes all figures alike, one of them says it all: the one with most digits.
    """
    open_ = {number: min(1.0, figures[number].resolution / 2 / max(off[number], 1e-300)) for number in hit}
    if one.by_itself:
        alike = sum(other.by_itself for other in tries)
        return alike * comb(len(figures), len(hit)) * prod(open_.values())
    most = min(hit, key=open_.__getitem__)
    figure = figures[most]
    others = {float(f"{other.numbers[most]:.12e}") for other in tries if np.isfinite(other.numbers[most])}
    near = sum(figure.resolution / 2 < abs(number - figure.number) < 0.999 * off[most] for number in others)
    return (1 + near) * open_[most]


def _tries(scenario: Scenario, figures: Mapping[int, Published]) -> Iterator[Try]:
    last = max(last_iteration(scenario, figure, figure.iteration) for figure in figures.values())
    walked = last - scenario.first_iteration
    for setting in settings_of(scenario):
        if not (setting.slow and walked > SLOWLY):
            yield _tried(setting, (PLAINNESS.index(setting.cause),), figures, by_itself=False)
    for one in roundings() if walked <= ROUNDED and scenario.training.arithmetic.exact else ():
        if one.arithmetic is not None:
            training = replace(scenario.training, arithmetic=one.arithmetic)
            variant = Variant(training, told=one.details)
            other = replace(scenario, training=training)
            setting = Setting("rounded", other, one.words, details=one.details, variant=variant)
            yield _tried(setting, (PLAINNESS.index("rounded"), *one.order), figures, by_itself=True)


def _tried(setting: Setting, order: tuple[int, ...], figures: Mapping[int, Published], *, by_itself: bool) -> Try:
    walk = Walked(setting.scenario)
    numbers = {number: walk.value(figure, figure.iteration) for number, figure in figures.items()}
    return Try(setting, order, numbers, by_itself)
