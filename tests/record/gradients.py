"""The starts and the derivatives that every package was given, the same for all: written to gradients.json."""

import json
import random
from pathlib import Path

STEPS = 20
HERE = Path(__file__).parent


def gradients():
    """Of six parameters: plain numbers, 1e-8 throughout, zeros at first, a mixture, large ones, nothing but zeros."""
    draw = random.Random(16)
    rows = []
    for step in range(STEPS):
        mixed = (1e-8, 0.0, 0.5, -1e-8)[step % 4]
        late = 0.0 if step < 3 or step % 5 == 0 else draw.gauss(0, 1)
        rows.append([draw.gauss(0, 1), 1e-8, late, mixed, draw.gauss(0, 100), 0.0])
    return rows


if __name__ == "__main__":
    given = {"w": [1.0, 0.0, -0.5, 0.25, 2.0, -0.001], "g": gradients()}
    (HERE / "gradients.json").write_text(json.dumps(given, indent=1) + "\n")
