"""How fast gradstep is, as ratios to plain programs that run in turn with it: `python -m tests.bench`."""
