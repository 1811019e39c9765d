"""What a setting of a function or of a rule may be: its type says the range, and what it is for."""

from typing import Annotated

from msgspec import Meta

Fraction = Annotated[float, Meta(ge=0, lt=1)]
Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]


def says(words: str) -> Meta:
    """What a setting is for, as the JSON Schema and messages tell it."""
    return Meta(description=words)
