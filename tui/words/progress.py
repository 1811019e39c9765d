"""How far a work is, in words; what it tells is as of `engine.told`."""


def progress_words(done: int, of: int | None, what: str) -> str:
    """`43 of 1,000 iterations`, `43 iterations`, `reading data.csv`."""
    if of is None:
        return f"{done:,} {what}" if done else what
    return f"{done:,} of {of:,} {what}"
