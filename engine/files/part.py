"""What all tables of a scenario file have in common."""

from msgspec import Struct


class Part(Struct, forbid_unknown_fields=True):
    """What all tables of a scenario file have in common."""
