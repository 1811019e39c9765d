"""placeholder"""
from dataclasses import dataclass
@dataclass(frozen=True)
class Notation:
    name: str = "canonical"
CANONICAL = Notation()
