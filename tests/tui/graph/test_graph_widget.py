"""The graph in an app: colours, clicks, and that a step repaints only what it changed."""

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from tests.tui.graph.pictures import picture
from tui.graph.picture import EdgeAt, NodeAt
from tui.graph.widget import NetworkGraph
from tui.terminal.theme import THEMES, theme_variables


class GraphApp(App[None]):
    def __init__(self, theme: str = "gradstep-dark") -> None:
        super().__init__()
        for own in THEMES:
            self.register_theme(own)
        self.theme = theme
        self.chosen: list[NodeAt | EdgeAt] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield NetworkGraph()

    def on_network_graph_node_selected(self, message: NetworkGraph.NodeSelected) -> None:
        self.chosen.append(message.node)

    def on_network_graph_edge_selected(self, message: NetworkGraph.EdgeSelected) -> None:
        self.chosen.append(message.edge)


@pytest.mark.parametrize("theme", ["gradstep-dark", "gradstep-light", "ansi-dark", "textual-light"])
@pytest.mark.parametrize("shape", [(2, 2, 2), (8, 16, 8, 4)])
async def test_every_run_has_a_style_in_every_theme(theme: str, shape: tuple[int, ...]) -> None:
    app = GraphApp(theme)
    async with app.run_test(size=(78, 24)) as pilot:
        graph = app.query_one(NetworkGraph)
        assert all(segment.style is not None for segment in graph.render_line(0))
        graph.show(picture(shape, selected=EdgeAt(0, 0, 0)))
        await pilot.pause()
        for row in range(24):
            strip = graph.render_line(row)
            assert strip.cell_length == 78
            assert all(segment.style is not None for segment in strip)


async def test_no_colour_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = GraphApp()
    async with app.run_test(size=(78, 12)) as pilot:
        app.query_one(NetworkGraph).show(picture((2, 2, 2)))
        await pilot.pause()


async def test_lit_numbers_are_bold_in_the_colour_of_their_quantity() -> None:
    app = GraphApp()
    async with app.run_test(size=(78, 12)):
        graph = app.query_one(NetworkGraph)
        lit, plain = graph.look("x strong"), graph.look("x")
        assert lit.bold
        assert lit.color == plain.color
        shaded = graph.look("shade-positive-4 value")
        assert shaded.bgcolor != graph.look("value").bgcolor
        assert shaded.color == graph.look("value").color


async def test_clicks_tell_the_node_and_the_edge() -> None:
    app = GraphApp()
    async with app.run_test(size=(78, 12)) as pilot:
        graph = app.query_one(NetworkGraph)
        graph.show(picture((2, 2, 2)))
        await pilot.pause()
        assert graph._drawing is not None
        geometry = graph._drawing.geometry
        box, port = geometry.boxes[NodeAt(2, 1)], geometry.ports[1]
        await pilot.click(NetworkGraph, offset=(box.x + 2, box.y + 1))
        await pilot.click(NetworkGraph, offset=(port.start + 2, port.row))
        await pilot.click(NetworkGraph, offset=(0, 11))
        assert app.chosen == [NodeAt(2, 1), port.edge]


async def test_a_step_repaints_only_what_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    app = GraphApp()
    async with app.run_test(size=(78, 12)) as pilot:
        graph = app.query_one(NetworkGraph)
        graph.show(picture((2, 2, 2), "x", NodeAt(1, 0)))
        await pilot.pause()
        regions: list[Region] = []
        monkeypatch.setattr(graph, "refresh", lambda *changed, **_: regions.extend(changed))
        graph.show(picture((2, 2, 2), "x", NodeAt(1, 0)))
        assert regions == []
        graph.show(picture((2, 2, 2), "x", NodeAt(1, 1)))
        assert regions
        assert sum(region.area for region in regions) < 78 * 12 / 2


async def test_partial_repaint_shows_the_same_as_a_whole_one() -> None:
    app = GraphApp()
    async with app.run_test(size=(78, 12)) as pilot:
        graph = app.query_one(NetworkGraph)
        for step in ("x", "y", "dE/dy", "dE/dx", "dE/dw", "w+"):
            graph.show(picture((2, 2, 2), step, NodeAt(1, 1)))
            await pilot.pause()
            seen = [strip.text for strip in app.screen._compositor.render_strips()]
            graph.refresh()
            await pilot.pause()
            assert [strip.text for strip in app.screen._compositor.render_strips()] == seen
