"""The chart in an app."""

import numpy as np
import pytest
from textual import on
from textual.app import App, ComposeResult

from tui.chart import ErrorChart
from tui.terminal.theme import THEMES, theme_variables


class Bench(App):
    CSS = "ErrorChart { width: 42; height: 9; border: round white; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.picked = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme_variables(self.current_theme)

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)

    def compose(self) -> ComposeResult:
        yield ErrorChart(id="history")

    @on(ErrorChart.IterationPicked, "#history")
    def note(self, event: ErrorChart.IterationPicked) -> None:
        self.picked.append(event.iteration)


@pytest.fixture
def errors():
    return 0.3 * np.exp(-np.arange(1000) / 250)


def shown(chart):
    return [chart.render_line(row).text for row in range(chart.content_size.height)]


async def test_before_the_first_error_it_says_what_comes():
    app = Bench()
    async with app.run_test():
        chart = app.query_one(ErrorChart)
        assert " ".join("".join(shown(chart)).split()) == "E appears here after the first error step."
        assert {len(line) for line in shown(chart)} == {38}


async def test_it_redraws_only_what_changed(errors, monkeypatch):
    app = Bench()
    async with app.run_test() as pilot:
        chart = app.query_one(ErrorChart)
        refreshed = []
        monkeypatch.setattr(chart, "refresh", lambda *args, **options: refreshed.append(options) or chart)
        chart.show(errors, 500)
        chart.show(errors[:], 500)
        assert len(refreshed) == 1
        chart.show(errors, 501)
        chart.show(errors, 501, logarithmic=True)
        assert len(refreshed) == 3
        assert (chart.position, chart.logarithmic, len(chart.errors)) == (501, True, 1000)
        await pilot.pause()
        assert " 500: 0.04060 " in shown(chart)[-2]


async def test_a_click_picks_an_iteration(errors):
    app = Bench()
    async with app.run_test() as pilot:
        chart = app.query_one(ErrorChart)
        chart.show(errors, 500)
        await pilot.pause()
        cursor = shown(chart)[1].rindex("│")
        await pilot.click(chart, offset=(cursor + 2, 3))  # border and padding
        await pilot.click(chart, offset=(2, 3))
        assert len(app.picked) == 1
        assert abs(app.picked[0] - 499) <= 15


@pytest.mark.parametrize("theme", ["gradstep-dark", "gradstep-light", "ansi-dark", "nord"])
@pytest.mark.parametrize("no_color", [False, True])
async def test_every_theme_and_no_colour(errors, monkeypatch, theme, no_color):
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    app = Bench()
    async with app.run_test(size=(60, 12)) as pilot:
        app.theme = theme
        chart = app.query_one(ErrorChart)
        for history in ([], [0.3], errors):
            chart.show(history, len(history))
            await pilot.pause()
        for row in range(chart.content_size.height):
            assert all(segment.style is not None for segment in chart.render_line(row))


async def test_it_follows_its_size(errors):
    app = Bench()
    async with app.run_test() as pilot:
        chart = app.query_one(ErrorChart)
        chart.show(errors, 500)
        for width, height in ((42, 9), (24, 6), (60, 14), (5, 3), (42, 9)):
            chart.styles.width, chart.styles.height = width, height
            await pilot.pause()
            assert {len(line) for line in shown(chart)} <= {max(width - 4, 0)}
