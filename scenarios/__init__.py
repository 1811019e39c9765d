"""The scenarios that gradstep ships: data files, found by name whether run from a clone or installed."""
