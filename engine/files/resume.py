"""The `[resume]` of a file: where a walk goes on that was saved on its way, and what its optimizer remembers there."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.files.model import ResumePart
from engine.files.parts import keys_of, read_part
from engine.files.problems import MOST_SHOWN, Problems, described, nearest, plural
from engine.formula.arithmetic import locked
from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.scenario import Published, Resume, Training

SLOTS = tuple(key for key in keys_of(ResumePart) if key != "iteration")
"""The keys of what optimizers remember."""


def read_resume(
    section: Any, training: Training | None, network: Network | Graph | None, problems: Problems
) -> Resume | None:
    """Reads `[resume]` and notes every problem in it.

    Args:
        section: what TOML gives for `resume`, or None.
        training: the file's, or None where it is wrong: then it is not known what the optimizer remembers.
        network: shape and names, or None where they are wrong.
        problems: gets what is wrong.
    """
    if section is None:
        return None
    if not isinstance(section, dict):
        problems.add("resume", f"{described(section)} is not a table", "write [resume] with iteration below it")
        return None
    before = len(problems.found)
    part = read_part(ResumePart, section, "resume", problems)
    if training is None or network is None:
        return None
    tables = {key: getattr(part.value, key) for key in SLOTS if part.good(key)}
    for key, table in tables.items():
        _check(key, table, training, network, problems)
    if len(problems.found) > before:
        return None
    state = np.zeros((len(training.optimizer.slots), len(network.parameter_names)))
    for row, slot in zip(state, training.optimizer.slots, strict=True):
        for name, number in tables[slot].items():
            row[network.parameter_index[name]] = number
    return Resume(part.value.iteration, locked(state))


def _check(
    key: str, table: Mapping[str, float] | None, training: Training, network: Network | Graph, problems: Problems
) -> None:
    """Notes what is wrong with the numbers under one key: each trained parameter must have one."""
    where, optimizer = f"resume.{key}", training.optimizer
    if key not in optimizer.slots:
        if table is not None:
            problems.add(where, f"{optimizer.name} remembers no {key}", "take it out")
        return
    trained = [name for i, name in enumerate(network.parameter_names) if i not in training.frozen]
    if table is None:
        remedy = f"give {key} = {{ {trained[0]} = 0.0 }} and so on" if trained else f"give {key} = {{}}"
        problems.add(where, f"it is missing: {optimizer.name} remembers {key} of each parameter", remedy)
        return
    most = len(problems.found) + MOST_SHOWN
    for name, number in table.items():
        if name not in network.parameter_index:
            problems.add(f"{where}.{name}", f"there is no parameter {name}", nearest(name, network.parameter_index))
        elif key in optimizer.squares and number < 0:
            problems.add(f"{where}.{name}", f"{described(number)} is out of range", "it must be at least 0")
        if len(problems.found) > most:
            return
    missing = [name for name in trained if name not in table]
    if missing:
        more = f" and {plural(len(missing) - 1, 'other')} are" if len(missing) > 1 else " is"
        problems.add(where, f"{missing[0]}{more} missing", "give one number for each parameter that is trained")


def check_begun(published: tuple[Published, ...], resume: Resume, training: Training, problems: Problems) -> None:
    """Notes figures from before the walk begins, and those that need another memory than there is.

    Args:
        published: every figure of the file.
        resume: where its walk begins.
        training: the file's own.
        problems: gets what is wrong.
    """
    begun = f"the walk begins at iteration {resume.iteration:,}"
    for number, figure in enumerate(published, 1):
        where, variant = f"published[{number}]", figure.variant
        if figure.iteration < resume.iteration:
            problems.add(f"{where}.iteration", begun, "give none before it, or take the figure out")
        if variant is None:
            continue
        if variant.iteration is not None and variant.iteration < resume.iteration:
            problems.add(f"{where}.variant.iteration", begun, "give none before it, or take the figure out")
        if variant.training.optimizer.slots != training.optimizer.slots:
            message = f"{variant.training.optimizer.name} can't go on with what [resume] remembers"
            problems.add(f"{where}.variant.optimizer", message, "take it out")
