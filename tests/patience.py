"""How long a test waits for what should come at once."""

PATIENCE = 600.0
"""Seconds that a busy machine may take; what hangs ends after them. No test asserts a time."""
