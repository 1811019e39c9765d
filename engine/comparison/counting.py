"""Which layer a number in a name means: people count from 1, programs from 0, frameworks what lies between as well."""

from collections.abc import Callable, Iterable, Mapping

from engine.comparison.naming import Meaning


def counting(parameters: int, nodes: int, in_order: Mapping[int, int], depth: int) -> Callable[[Meaning], int | None]:
    """Layers by their numbers: the first one's is `parameters` for weights and biases, `nodes` for what nodes have."""

    def layer(one: Meaning) -> int | None:
        if one.last and one.number is None:
            return depth
        if one.module and one.family in ("weight", "bias"):
            number = -1 if one.number is None else one.number
            if len(in_order) == depth:
                return in_order.get(number)
            if one.number is not None and one.number % 2 == 0 and all(other % 2 == 0 for other in in_order):
                return one.number // 2 + 1
        if one.number is None:
            return None if one.hidden and depth != 2 and one.family in ("x", "y") else 1
        return one.number + 1 - (parameters if one.family in ("weight", "bias") else nodes)

    return layer


def counted(parameters: int, nodes: int, meanings: Iterable[Meaning], has_zero: bool) -> str:
    """What is to be said of how layers are counted: nothing where from 1."""
    of_parameters = any(one.family in ("weight", "bias") and one.number is not None for one in meanings)
    of_nodes = any(one.family in ("x", "y") and one.number is not None for one in meanings)
    from_zero = [
        words
        for there, first, words in (
            (of_parameters, parameters, "weights and biases"),
            (of_nodes, nodes, "total inputs and outputs"),
        )
        if there and first == 0
    ]
    return f"{' and '.join(from_zero)} are counted from 0: 0 is layer 1" if from_zero else ""
