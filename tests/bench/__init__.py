"""How fast gradstep is, as ratios to plain programs that run in turn with it: `python -m tests.bench`."""

import os

GIVEN = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""What whoever measures has set; programs that are started have no more, and keep what is compiled."""
for library in ("OPENBLAS", "OMP", "MKL"):  # a second thread would be counted as processor time, too
    os.environ[f"{library}_NUM_THREADS"] = "1"
