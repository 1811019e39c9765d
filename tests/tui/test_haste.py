"""Keys and clicks that come faster than the screens they are for: each finds its own, or does nothing."""

import asyncio

from textual.widgets import Input, OptionList

from tests.tui.screens import at_rest, opened, press, screen_text, settled
from tui.dialogs.ask import Ask
from tui.dialogs.find import Find
from tui.picker.list import EntryList
from tui.stepper.screen import StepperScreen
from tui.terminal.closing import Palette


async def test_a_question_closes_once_and_nothing_else():
    """Its answer may be on its way while the palette comes over it, and `enter` may be pressed twice."""
    async with opened() as (app, pilot):
        await press(pilot, "right", "g")
        asking = app.screen
        assert isinstance(asking, Ask)
        app.action_command_palette()
        asking.dismiss(None)
        await settled(pilot)
        assert isinstance(app.screen, Palette)
        app.screen.dismiss()
        app.screen.dismiss()
        await settled(pilot)
        assert not isinstance(app.screen, Palette)
        await press(pilot, "escape")
        assert isinstance(app.screen, StepperScreen)
        app.push_screen(Ask("again", "again?", "", "goes", str))
        await settled(pilot)
        again = app.screen
        again.dismiss("yes")
        again.dismiss("yes")
        await settled(pilot)
        assert isinstance(app.screen, StepperScreen)


async def test_lists_without_room_for_a_line():
    async with opened("mazur", (20, 5)) as (app, pilot):
        for opening in ("ctrl+p", "v"):
            await press(pilot, opening)
            await pilot.press("pagedown", "pageup", "down", "end", "pagedown")
            await press(pilot, "escape")
            assert isinstance(app.screen, StepperScreen), opening
        app.action_change_theme()
        await press(pilot, "pagedown", "pageup")
        assert isinstance(app.screen, Palette)


async def test_a_choice_from_a_list_that_is_another_by_now():
    """What was chosen is opened, not what stands in its place, and a place that is gone is no error."""
    async with opened("mazur") as (app, pilot):
        await press(pilot, "o")
        await at_rest(pilot)
        picker = app.screen
        listed = picker.query_one(EntryList)
        index = next(i for i, entry in enumerate(picker._entries) if entry.text == "xor")
        chosen = OptionList.OptionSelected(listed, listed.get_option_at_index(index), index)
        picker.query_one(Input).value = "mazur"
        await settled(pilot)
        assert len(picker._entries) <= index
        picker._fill()
        picker.action_move("page_down")  # before it is laid out
        picker.on_option_list_option_selected(chosen)
        await at_rest(pilot)
        assert app.screen.session.scenario.name == "xor"
        await press(pilot, "slash", "w")
        assert isinstance(app.screen, Find)
        listed = app.screen.query_one(OptionList)
        chosen = OptionList.OptionSelected(listed, listed.get_option_at_index(1), 1)
        await press(pilot, "backspace", "o")
        app.screen.on_option_list_option_selected(chosen)
        await settled(pilot)
        assert app.screen.chosen.selected == chosen.option_id


async def test_keys_before_a_walk_has_panels_and_a_drawing_after():
    async with opened() as (app, pilot):
        old = app.screen
        new = app.open_session(old.session)
        new.notes.turn()
        new.notes.lecture()
        new.see.large("history")
        await settled(pilot)
        old.redraw()
        assert app._exception is None
        assert new.has_class("lecture", "large-history")
        before = screen_text(app)
        new.rearrange()
        await settled(pilot)
        assert screen_text(app) == before


async def test_dragging_selects_no_text_of_a_question():
    """Ctrl+C would leave, not copy; and Textual raises where what is clicked on went in the same moment."""
    async with opened() as (app, pilot):
        await press(pilot, "g")
        await pilot.mouse_down(".hint", offset=(1, 0))
        await pilot.hover(".hint", offset=(9, 0))
        await pilot.mouse_up(".hint", offset=(9, 0))
        await asyncio.sleep(0)
        assert not app.screen.selections
