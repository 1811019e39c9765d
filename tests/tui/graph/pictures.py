"""Made-up pictures to draw: a network of any shape at a step of its walk."""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from tui.graph.picture import (
    EdgeAt,
    EdgeLabels,
    Field,
    GapPicture,
    GraphPicture,
    NodeAt,
    NodePicture,
    Role,
    State,
)
from tui.words.format import fit

Step = Literal["x", "y", "dE/dy", "dE/dx", "dE/dw", "w+"]
ORDER: tuple[Role, ...] = ("x", "y", "dE/dy", "dE/dx")


def number(value: float, width: int) -> str:
    return fit(value, width)


def signed(value: float, width: int) -> str:
    return fit(value, width, plus=True)


def picture(
    shape: Sequence[int],
    step: Step = "x",
    focus: NodeAt = NodeAt(1, 0),  # noqa: B008
    *,
    absent: bool = False,
    selected: EdgeAt | None = None,
) -> GraphPicture:
    """The step that computes `step` in the layer of `focus`."""
    rng = np.random.default_rng(len(shape))
    backward = step not in ("x", "y")
    layers = []
    for layer, size in enumerate(shape):
        nodes = []
        for node in range(size):
            state, values = _state(step, focus, NodeAt(layer, node)), rng.uniform(-1, 1, 4).tolist()
            values[1] = 1 / (1 + math.exp(-3 * values[0]))
            fields = tuple(
                Field(role, value if _known(step, focus.layer, role, layer) else None, role, lit)
                for role, value, lit in zip(ORDER, values, _lit(step, focus, NodeAt(layer, node)), strict=True)
            )
            shade = values[1] if not backward else values[3]
            name = _name(shape, layer, node)
            nodes.append(
                NodePicture(
                    name,
                    fields[1:2] if layer == 0 else fields,
                    Field("b", 0.35) if layer else None,
                    Field("t", 0.01 + 0.98 * (node % 2)) if layer == len(shape) - 1 else None,
                    state,
                    shade=shade,
                )
            )
        layers.append(tuple(nodes))
    gaps = []
    for gap, size in enumerate(zip(shape[1:], shape, strict=False)):
        weights = rng.normal(0, 0.6, size)
        active = np.zeros(size, dtype=np.bool_)
        labels: EdgeLabels | None = None
        lit = np.zeros(size, dtype=np.bool_)
        if step in ("x", "dE/dw", "w+") and focus.layer == gap + 1:
            lit[:] = True
            active[focus.index, slice(None) if step == "x" else slice(1)] = True
        if step == "dE/dy" and focus.layer == gap:
            lit[:] = True
            active[:, focus.index] = True
        if step in ("dE/dw", "w+") and gap + 1 == focus.layer:
            labels = EdgeLabels(weights / 7, "dE/dw" if step == "dE/dw" else None)
        role = None if step == "w+" else step
        gone = rng.random(size) < 0.3 if absent else None
        gaps.append(GapPicture(weights, active, lit & ~active, absent=gone, labels=labels, role=role))
    return GraphPicture(
        tuple(layers),
        tuple(gaps),
        number,
        signed,
        focus,
        "still" if step == "w+" else "backward" if backward else "forward",
        None if step == "w+" else step,
        () if selected is None else (selected,),
        sizes=tuple(_size(nodes) for nodes in layers[1:]),
    )


def _size(nodes: Sequence[NodePicture]) -> float | None:
    values = [node.fields[-1].value for node in nodes]
    return None if None in values else max(abs(value or 0.0) for value in values)


def _name(shape: Sequence[int], layer: int, node: int) -> str:
    if layer in (0, len(shape) - 1):
        return f"{'o' if layer else 'i'}{node + 1}"
    return f"h{node + 1}" if len(shape) == 3 else f"h{layer}_{node + 1}"


def _state(step: Step, focus: NodeAt, at: NodeAt) -> State:
    if at == focus:
        return "active"
    return "lit" if at.layer == focus.layer else "idle"


def _known(step: Step, now: int, role: Role, layer: int) -> bool:
    if role in ("x", "y"):
        return step not in ("x", "y") or layer < now or (layer == now and ORDER.index(role) <= ORDER.index(step))
    if step in ("x", "y"):
        return False
    return layer > now or (layer == now and (step in ("dE/dw", "w+") or ORDER.index(role) <= ORDER.index(step)))


def _lit(step: Step, focus: NodeAt, at: NodeAt) -> list[bool]:
    if step in ORDER:
        return [role == step and at.layer == focus.layer for role in ORDER]
    return [False, at.layer == focus.layer - 1, False, at.layer == focus.layer]
