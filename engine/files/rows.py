"""Whether the rows of a matrix, of numbers or of names, are as many and as long as the layers want."""

from collections.abc import Sequence

from msgspec import Struct

from engine.files.problems import Problems, plural


class Side(Struct, frozen=True):
    """One side of a matrix: how many there must be, and why.

    Attributes:
        count: how many, or None where that part of the file is wrong.
        owner: of whose nodes, as `layer 1 has`.
        each: what one of them belongs to, as `node of the layer before`.
    """

    count: int | None
    owner: str
    each: str


def sides(
    number: int, n_in: int | None, n_out: int | None, by_source: bool, *, joined: bool = False
) -> tuple[Side, Side]:
    """What must stand down and across in a matrix of layer `number`.

    Args:
        number: the layer, from 1.
        n_in: the nodes of the layer before, if known.
        n_out: the nodes of the layer, if known.
        by_source: whether a row is of a node of the layer before.
        joined: whether inputs come in beside the layer before.
    """
    owner = "the input layer has" if number == 1 else f"layer {number - 1} has"
    each = "node of the layer before"
    if joined:
        owner, each = f"layer {number - 1} has, with the inputs that come in,", f"{each}, then one per input"
    sources = Side(n_in, owner, each)
    targets = Side(n_out, f"layer {number} has", "node of this layer")
    return (sources, targets) if by_source else (targets, sources)


def check_rows(
    rows: Sequence[Sequence[object]], down: Side, across: Side, noun: str, where: str, problems: Problems
) -> bool:
    """Notes every row that does not fit; says whether all do and both sides are known.

    Args:
        rows: the matrix.
        down: how many rows there must be.
        across: how many items a row must have.
        noun: what an item is, `number` or `name`.
        where: in the file the matrix stands.
        problems: gets what is wrong.
    """
    before = len(problems.found)
    if down.count is not None and len(rows) != down.count:
        message = f"has {plural(len(rows), 'row')}, but {down.owner} {plural(down.count, 'node')}"
        problems.add(where, message, f"give one row per {down.each}")
    for i, row in enumerate(rows):
        if across.count is not None and len(row) != across.count:
            message = f"has {plural(len(row), noun)}, but {across.owner} {plural(across.count, 'node')}"
            problems.add(f"{where} row {i + 1}".strip(), message, f"give one {noun} per {across.each}")
        elif across.count is None and len(row) != len(rows[0]):
            message = f"has {plural(len(row), noun)}, but row 1 has {len(rows[0])}"
            problems.add(f"{where} row {i + 1}".strip(), message, "make all rows equally long")
    return len(problems.found) == before and down.count is not None and across.count is not None
