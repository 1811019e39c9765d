"""The screen that walks, and what it does besides walking: running on, notes, predict mode, branches, saving."""
