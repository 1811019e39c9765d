"""The error history on the screen."""

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from tui.chart.series import Series
from tui.chart.shown import Accuracy, Curves, Test
from tui.terminal.drawn import Drawn

if TYPE_CHECKING:
    from tui.chart.plot import Plot

EMPTY = "E appears here after the first error step."


class ErrorChart(Drawn):
    """E of every iteration, with the place one is at. `show` says what to show; it keeps no history of its own."""

    LOOKS = {
        "line": "$role-e",
        "future": "$role-e-muted",
        "other": "$chart-other",
        "test": "$chart-test",
        "band": "$role-e-muted",
        "future-band": "$chart-axis",
        "axis": "$chart-axis",
        "grid": "$chart-grid",
        "label": "$chart-label",
        "cursor": "$chart-cursor",
        "point": "bold $chart-cursor",
    }

    class IterationPicked(Message):
        """Someone clicked on an iteration."""

        def __init__(self, chart: "ErrorChart", iteration: int) -> None:
            super().__init__()
            self.chart = chart
            self.iteration = iteration

        @property
        def control(self) -> "ErrorChart":
            """The chart, for `@on` selectors."""
            return self.chart

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._series = Series(np.empty(0))
        self._other: Series | None = None
        # What is drawn depends on these alone: the plot is kept as long as they stay.
        self._view: dict[str, Any] = {"reached": 0, "logarithmic": False}
        self._plot: Plot | None = None
        self._plot_size = Size(0, 0)

    @property
    def errors(self) -> np.ndarray:
        """The recorded errors, one per iteration."""
        return self._series.errors

    @property
    def position(self) -> int:
        """How many of them have been reached; those beyond are drawn dim."""
        return int(self._view["reached"])

    @property
    def logarithmic(self) -> bool:
        """Whether the axis of the errors is logarithmic."""
        return bool(self._view["logarithmic"])

    def show(
        self,
        errors: ArrayLike,
        position: int,
        *,
        first: int = 0,
        batches: int = 1,
        logarithmic: bool = False,
        other: ArrayLike | None = None,
        curves: Curves | None = None,
        test: Test | None = None,
        tested: float | None = None,
        accuracy: Accuracy | None = None,
    ) -> None:
        """Show these errors, of which `position` have been reached, the cursor on the last of these.

        The first of them, and of `other`, is that of iteration `first`; of an epoch of more than one of `batches` the
        mean is drawn. `curves` says what the two are called; `test` and `tested` are as of `plot`. Where there is
        `accuracy`, that is drawn and not the errors. Redraws only if something differs from what is shown.
        Errors once shown must not change in place; an array that grows is given as a longer view.
        """
        series = _series(errors, first, batches, self._series)
        rival = None if other is None else _series(other, first, batches, self._other)
        view = {
            **{"reached": position, "logarithmic": logarithmic, "curves": curves},
            **{"test": test, "tested": tested, "accuracy": accuracy},
        }
        if series is self._series and rival is self._other and view == self._view:
            return
        self._series, self._other, self._view = series, rival, view
        before, size = self._plot, self.content_size
        self._plot = None
        if before is None or self._plot_size != size or not len(series):
            self.refresh()
            return
        now = self._plot = self._drawn(size)
        longest = zip_longest(before.rows, now.rows)
        changed = [Region(0, row, size.width, 1) for row, (old, new) in enumerate(longest) if old != new]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """One row of the chart."""
        size = self.content_size
        if not len(self._series):
            return self._sentence(y)
        if self._plot is None or self._plot_size != size:
            self._plot = self._drawn(size)
            self._plot_size = size
        if y >= len(self._plot.rows):
            return Strip([Segment(" " * size.width, self.rich_style)], size.width)
        return Strip([Segment(text, self.look(style)) for text, style in self._plot.rows[y]], size.width)

    def _drawn(self, size: Size) -> "Plot":
        view = dict(self._view)
        accuracy, first = view.pop("accuracy", None), self._series.first
        if accuracy is None:
            from tui.chart.plot import plot  # here: a walk begins without any error

            return plot(self._series, size.width, size.height, other=self._other, **view)
        from tui.chart.accuracy import accuracy_plot  # here, as above

        return accuracy_plot(accuracy, size.width, size.height, first=first, known=len(self._series))

    def on_click(self, event: events.Click) -> None:
        """Tell which iteration was meant."""
        offset = event.get_content_offset(self)
        if offset is None or self._plot is None:
            return
        iteration = self._plot.iteration_at(offset.x)
        if iteration is not None:
            event.stop()
            self.post_message(self.IterationPicked(self, iteration))

    def _sentence(self, y: int) -> Strip:
        """A row of what stands here before there is any error."""
        width, height = self.content_size
        lines = _wrapped(EMPTY, max(1, width - 4))
        top = max(0, (height - len(lines)) // 2)
        line = lines[y - top] if top <= y < top + len(lines) else ""
        return Strip([Segment(line[:width].center(width), self.look("label"))], width)


def _series(errors: ArrayLike, first: int, batches: int, present: Series | None) -> Series:
    """What is shown already, if it is the same."""
    array = np.asarray(errors, dtype=np.float64).reshape(-1)
    return present if present is not None and present.holds(array, first, batches) else Series(array, first, batches)


def _wrapped(text: str, width: int) -> list[str]:
    """The text in as few lines as it takes, of about the same length."""
    fewest = _filled(text, width)
    return next(lines for narrow in range(1, width + 1) if len(lines := _filled(text, narrow)) <= len(fewest))


def _filled(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = joined
    return lines
