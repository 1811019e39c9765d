"""An ailing node carries a word or a sign, and says why when it is selected."""

import pytest

from engine.ask.health import Ailment
from engine.files import load_scenario
from engine.program.notation import CANONICAL, NOTATIONS
from engine.walking.session import Session
from tests.tui.screens import TextFile, opened, press, screen_text, size_id, sizes
from tui.paper.plain import walk_plainly
from tui.words.health import sentence


def at(name, iteration, done):
    return Session.open(load_scenario(name)).seek(iteration, done)


@pytest.mark.parametrize(
    ("ailment", "words"),
    [
        (Ailment("dead", 0.0), "dead: slope 0 for every example"),
        (Ailment("saturated", 0.00246651), "saturated: slope at most 0.00247 for every example"),
        (Ailment("vanishing", 0.0000924), "vanishing: dE/dx is 10823 times smaller than at the output"),
        (Ailment("exploding", 1296.0), "exploding: dE/dx is 1296 times larger than at the output"),
    ],
)
def test_each_says_why(ailment, words):
    assert sentence(ailment, CANONICAL).startswith(words)
    assert len(sentence(ailment, NOTATIONS["baeldung"])) < 100


async def test_a_selected_node_says_what_it_suffers_from():
    async with opened(at("saturation", 0, 8), (80, 24)) as (app, pilot):
        await press(pilot, "slash", *"h1", "enter")
        assert "slope at most 0.00247 for every example" in screen_text(app)
        await press(pilot, "escape")
        assert "slope at most" not in screen_text(app)


def test_the_plain_walk_says_it_once_where_it_is_found_out(capsys):
    walk_plainly(Session.open(load_scenario("saturation")), CANONICAL, [""] * 9)
    said = capsys.readouterr().out
    assert said.count("h1 is saturated: ") == said.count("out is saturated: ") == 1


@sizes
async def test_looks(size, snapshot):
    """Words on the boxes where they fit, else a sign; signs in the table; why, where a node is selected."""
    seen = []
    for session, name in ((at("dead-relu", 1, 12), "h2"), (at("vanishing", 0, 26), "n1")):
        async with opened(session, size) as (app, pilot):
            await press(pilot, "slash", *name, "enter")
            seen.append(screen_text(app))
    assert "\n".join(seen) == snapshot(extension_class=TextFile, name=size_id(size))
