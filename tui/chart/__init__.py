"""The error history: geometry as pure functions of (errors, size), and the widget that shows it."""

from tui.chart.widget import ErrorChart

__all__ = ["ErrorChart"]
