"""Softmax, and losses that cancel with an activation, in straight-line Python: for running on quickly.

Lines are written for names of numbers, in the order of arithmetic that the functions of lists have, and may use what
those of the activation left: of softmax the largest x and the powers, of sigmoid `c{y}`, which is 1 − y.
"""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

Names = Sequence[str]


class RowLines(Struct, frozen=True):
    """A function of a row of numbers, where lines are quicker than a call.

    Attributes:
        value: from x and y.
        back: from y, what comes back to each y, and what is to come back to each x.
    """

    value: Callable[[Names, Names], Iterator[str]]
    back: Callable[[Names, Names, Names], Iterator[str]]


class FusedLines(Struct, frozen=True):
    """A loss of one example from total inputs.

    Attributes:
        activation: with which it cancels.
        parts: from x, t, y and the parts in E.
        slopes: from y, t and y − t.
    """

    activation: str
    parts: Callable[[Names, Names, Names, Names], Iterator[str]]
    slopes: Callable[[Names, Names, Names], Iterator[str]]


def _softmax(x: Names, y: Names) -> Iterator[str]:
    """`Softmax.outputs`."""
    top, powers = _top(y), _powers(y)
    largest = f"max({', '.join(x)})" if len(x) > 1 else x[0]
    yield f"{top} = {largest}"
    yield from (f"{power} = exp({one} - {top})" for power, one in zip(powers, x, strict=True))
    yield f"total = {' + '.join(powers)}"
    yield from (f"{output} = {power} / total" for output, power in zip(y, powers, strict=True))


def _softmax_back(y: Names, back: Names, names: Names) -> Iterator[str]:
    """dE/dx_k = Σ_j dy_j/dx_k·dE/dy_j, from the first j to the last; 1 − y_k is the sum of the others."""
    for k, name in enumerate(names):
        slopes = (f"{y[k]} * ({_others(y, k)})" if j == k else f"-{y[j]} * {y[k]}" for j in range(len(y)))
        yield f"{name} = {' + '.join(f'{slope} * {d}' for slope, d in zip(slopes, back, strict=True))} + 0.0"


def _of_softmax(x: Names, t: Names, y: Names, parts: Names) -> Iterator[str]:
    """t_j·(ln Σ e^x − x_j): of the powers all but the first that is the largest are added up."""
    top, powers, last = _top(y), _powers(y), len(x) - 1
    for k, value in enumerate(x):
        if last:
            yield "else:" if k == last else f"{'elif' if k else 'if'} {value} == {top}:"
        yield f"{'    ' if last else ''}rest = log1p({_others(powers, k)})"
    for value, target, part in zip(x, t, parts, strict=True):
        yield f"{part} = {target} * (({top} - {value}) + rest)"


def _of_softmax_slopes(y: Names, t: Names, names: Names) -> Iterator[str]:
    """y − t, near 1 from the sums of the others."""
    for j, (output, target, name) in enumerate(zip(y, t, names, strict=True)):
        rest = f"(0.0 + {_others(t, j)}) - ({_others(y, j)})"
        yield f"{name} = {rest} if {output} > 0.5 and {target} > 0.5 else {output} - {target}"


def _of_sigmoid(x: Names, t: Names, y: Names, parts: Names) -> Iterator[str]:
    """t·softplus(−x) + (1 − t)·softplus(x), of which both have the same logarithm."""
    for value, target, part in zip(x, t, parts, strict=True):
        yield f"if {value} > 0:"
        yield f"    rest = log1p(exp(-{value}))"
        yield f"    {part} = {target} * rest + (1 - {target}) * ({value} + rest)"
        yield "else:"
        yield f"    rest = log1p(exp({value}))"
        yield f"    {part} = {target} * (-{value} + rest) + (1 - {target}) * rest"


def _of_sigmoid_slopes(y: Names, t: Names, names: Names) -> Iterator[str]:
    """y − t, near 1 from what both leave of it."""
    for output, target, name in zip(y, t, names, strict=True):
        near = f"{output} > 0.5 and {target} > 0.5"
        yield f"{name} = (1 - {target}) - c{output} if {near} else {output} - {target}"


def _top(y: Names) -> str:
    return f"top_{y[0]}"


def _powers(y: Names) -> list[str]:
    return [f"power_{output}" for output in y]


def _others(numbers: Names, j: int) -> str:
    """The sum of all but the j-th, none of which is −0."""
    return " + ".join([*numbers[:j], *numbers[j + 1 :]]) or "0.0"


SOFTMAX = RowLines(_softmax, _softmax_back)
OF_SOFTMAX = FusedLines("softmax", _of_softmax, _of_softmax_slopes)
"""Cross entropy of softmax."""
OF_SIGMOID = FusedLines("sigmoid", _of_sigmoid, _of_sigmoid_slopes)
"""Binary cross entropy of sigmoid."""
