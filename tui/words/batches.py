"""Which examples of the file a batch holds, in words."""

from collections.abc import Sequence

MOST = 4
"""Numbers that are named one by one where there is little room."""


def numbered(examples: Sequence[int], most: int | None = None) -> str:
    """The examples, counted from 1: `1–4` where one follows the other, else `4, 2, 9`, with `most` of them `4, 2 …`.

    Args:
        examples: their numbers in the file, from 0, in the batch's order.
        most: how many are named one by one; None for all.
    """
    first, count = examples[0], len(examples)
    if count > 1 and list(examples) == list(range(first, first + count)):
        return f"{first + 1}–{first + count}"
    shown = examples if most is None else examples[:most]
    return ", ".join(str(example + 1) for example in shown) + (" …" if len(shown) < count else "")


def titled(examples: Sequence[int]) -> str:
    """`example 3`, `examples 1–2`."""
    return f"example{'s' if len(examples) > 1 else ''} {numbered(examples)}"
