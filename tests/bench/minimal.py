"""The least that a Textual app can be whose keys change the whole screen: a label as large as it, and a footer."""

from textual.app import App
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, Static


class Modal(ModalScreen):
    """The least that a dialog can be: twenty lines in a frame."""

    CSS = "Modal { align: center middle; } Vertical { width: 80%; height: 80%; border: round $primary; }"
    BINDINGS = [("escape", "dismiss", "close")]

    def compose(self):
        with Vertical():
            yield Static("\n".join(f"line {row} of a dialog" for row in range(20)))


class Minimal(App):
    CSS = "#label { height: 1fr; }"
    BINDINGS = [("right", "step", "Step"), ("left", "step", "Step"), ("v", "open", "Open")]
    count = 0

    def compose(self):
        yield Static("count", id="label")
        yield Footer()

    def action_step(self):
        self.count += 1
        self.query_one("#label").update("\n".join(f"count {self.count} line {row} " * 8 for row in range(60)))

    def action_open(self):
        self.push_screen(Modal())


if __name__ == "__main__":
    Minimal().run()
