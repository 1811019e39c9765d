"""Looks at the graph by itself: `python -m tests.tui.graph.demo 2-2-2 x 1,0 COLUMNS ROWS`; keys step the focus."""

import sys

from textual.app import App, ComposeResult

from tests.tui.graph.pictures import picture
from tui.graph.picture import NodeAt
from tui.graph.widget import NetworkGraph
from tui.terminal.theme import DARK, LIGHT, theme_variables


class Demo(App[None]):
    CSS = "Screen { align: left top; }"

    def __init__(self, shape: list[int], step: str, focus: NodeAt, columns: int, rows: int) -> None:
        super().__init__()
        self.shape, self.step, self.at, self.room = shape, step, focus, (columns, rows)
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        graph = NetworkGraph()
        graph.styles.width, graph.styles.height = self.room
        yield graph

    def on_mount(self) -> None:
        self.show()

    def show(self) -> None:
        self.query_one(NetworkGraph).show(picture(self.shape, self.step, self.at))  # type: ignore[arg-type]

    def key_down(self) -> None:
        self.at = NodeAt(self.at.layer, (self.at.index + 1) % self.shape[self.at.layer])
        self.show()

    def key_l(self) -> None:
        self.theme = LIGHT.name


if __name__ == "__main__":
    shape, step, focus, columns, rows = sys.argv[1:]
    layer, index = map(int, focus.split(","))
    Demo([*map(int, shape.split("-"))], step, NodeAt(layer, index), int(columns), int(rows)).run()
