"""Text in so many cells of the terminal: what does not fit ends in `…`."""

from rich.cells import cell_len, set_cell_size


def shortened(text: str, width: int) -> str:
    """The text in at most `width` cells."""
    return text if cell_len(text) <= width else set_cell_size(text, max(0, width - 1)) + "…" * (width > 0)


def filled(text: str, width: int) -> str:
    """The text in exactly `width` cells."""
    return set_cell_size(shortened(text, width), width)
