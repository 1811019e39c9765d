"""What is sent after each key makes of a terminal what the whole screen, as Textual draws it, would make of it."""

import pyte
import pytest
from rich.console import Console

from tests.tui.screens import opened, press, settled
from tui.terminal.app import TerminalApp
from tui.terminal.changes import Changes
from tui.terminal.terse import TerseUpdate

CONSOLE = Console(force_terminal=True, color_system="truecolor")

pytestmark = pytest.mark.usefixtures("drawn_at_once")

WALKS = {
    "steps": "right right right left n p end home right_square_bracket right k right k",
    "messages lie over panels": "d right right d left x right",
    "panels come and go": "h right right h 2 right right 2 right 5 right 5",
    "dialogs come and go": "question_mark escape right v escape right c escape right ctrl+p escape right",
    "a selection": "up down down right tab down right left escape",
    "a lecture, and words of one's own": "m right right m t right escape escape right",
}


class Shown:
    """A terminal that is fed whatever the app would send to its own."""

    def __init__(self, columns, rows):
        self.screen = pyte.Screen(columns, rows + 1)  # what is in its last column scrolls nothing
        self.stream = pyte.Stream(self.screen)

    def feed(self, update):
        self.stream.feed(update.render_segments(CONSOLE))

    def cells(self):
        """All that is seen."""
        plain = pyte.Screen(1, 1).cursor.attrs
        return [
            cell if is_seen(cell) else plain._replace(bg=cell.bg)
            for y in range(self.screen.lines - 1)
            for x in range(self.screen.columns)
            for cell in [self.screen.buffer[y][x]]
        ]


def is_seen(cell):
    return cell.data != " " or cell.reverse or cell.underscore or cell.strikethrough


@pytest.fixture
def sent(monkeypatch):
    """What the app would send, in order."""
    updates = []
    monkeypatch.setattr(TerminalApp, "_display", lambda app, screen, update: updates.append(update))
    return updates


async def compared(app, pilot, sent, shown):
    """The terminal that is fed what was sent, and one that is fed the whole screen, are alike; what was sent."""
    await settled(pilot)
    now = [update for update in sent if update is not None]
    sent.clear()
    for update in now:
        shown.feed(update if isinstance(update, TerseUpdate) else TerseUpdate.of(update))
    whole = Shown(*app.size)
    whole.feed(app.screen._compositor.render_update(full=True, screen_stack=app._background_screens))
    assert shown.cells() == whole.cells()
    return now


@pytest.mark.parametrize("scenario", ["mazur", "xor", "lstm-cell"])
@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
@pytest.mark.parametrize("keys", WALKS.values(), ids=WALKS)
async def test_a_terminal_shows_the_whole_screen(keys, size, scenario, sent):
    async with opened(scenario, size) as (app, pilot):
        assert isinstance(app.screen._compositor, Changes)
        shown = Shown(*size)
        await compared(app, pilot, sent, shown)
        short = 0
        for key in keys.split():
            await press(pilot, key)
            short += any(isinstance(update, TerseUpdate) for update in await compared(app, pilot, sent, shown))
        assert short > 1
