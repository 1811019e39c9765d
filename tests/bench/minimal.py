"""The least that a Textual app can be whose keys change the whole screen: a label as large as it, and a footer."""

from textual.app import App
from textual.widgets import Footer, Static


class Minimal(App):
    CSS = "Static { height: 1fr; }"
    BINDINGS = [("right", "step", "Step"), ("left", "step", "Step")]
    count = 0

    def compose(self):
        yield Static("count", id="label")
        yield Footer()

    def action_step(self):
        self.count += 1
        self.query_one("#label").update("\n".join(f"count {self.count} line {row} " * 8 for row in range(60)))


if __name__ == "__main__":
    Minimal().run()
