"""The screen on which a scenario is chosen: a list, what the chosen line opens beside it, and a line to search by.

The first paint needs no file. The shipped scenarios are read after it, one at a turn, then their figures are checked in
slices; a file of the user's is read in a thread once the choice rests on it, for it may be large.
"""

import asyncio
import os
from pathlib import Path

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Input, Label, OptionList, Static

from engine.files import shipped_names, shipped_path
from engine.files.problems import plural
from engine.program.notation import CANONICAL
from engine.program.scenario import Scenario
from tui.dialogs.help import Help
from tui.panels.key_line import KeyLine
from tui.picker.catalogue import Catalogue, Reading
from tui.picker.details import Details
from tui.picker.entries import Entry, folder_entries, in_words, no_hit, shipped_entries, typed
from tui.picker.folder import Folder, read_folder
from tui.picker.list import EntryList, Line, Search
from tui.picker.problems import FileProblems
from tui.picker.words import Columns, columns, line
from tui.terminal.beside import Beside, StoppedError
from tui.terminal.closing import ClosingScreen
from tui.view.keys import PICKER_FOOTER, PICKER_KEYS, bindings
from tui.words.names import shorten
from tui.words.progress import progress_words

REST = 0.06
"""Seconds that the choice must rest on a file before it is read: a held-down key passes over many."""
PLACEHOLDER = "search: words, or a path such as ~/networks/"
NORMAL = 100
STOPS = "escape stops"


class Picker(ClosingScreen[Scenario | None]):
    """Its result is the chosen scenario, or None to go back to where it was opened from."""

    AUTO_FOCUS = ""
    KEYS = PICKER_KEYS
    BINDINGS = bindings(PICKER_KEYS, PICKER_FOOTER)
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (NORMAL, "-normal")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (16, "-short"), (20, "-medium")]

    def __init__(self, catalogue: Catalogue, here: Path | None = None, *, returns: bool = False) -> None:
        """A picker.

        Args:
            catalogue: what is known already.
            here: the file that is open, where the choice begins.
            returns: whether there is a walk to go back to.
        """
        super().__init__()
        self._catalogue, self._returns = catalogue, returns
        self._shipped = [shipped_path(name) for name in shipped_names()]
        self._wanted, folder = here, _working_folder()
        if here is not None and here not in self._shipped:
            folder = Path(os.path.realpath(here.parent))
            self._wanted = folder / here.name
        self._folder = read_folder(folder)
        self._searched: Folder | None = None
        """The folder of the path that is being typed."""
        self._entries: list[Entry] = []
        self._reading = True
        self._opening: Beside[Reading] | None = None
        """What is read to be opened."""
        self._columns = Columns()
        """As wide as what is listed needs them."""

    def compose(self) -> ComposeResult:
        """Title, search, list, details, keys."""
        yield Static("", id="heading", markup=False)
        yield Search(placeholder=PLACEHOLDER, id="search", compact=True)
        with Container(id="choice"):
            yield EntryList(id="entries", markup=False)
            yield Details(id="details")
        yield Label("gradstep needs a little more room: at least 60 columns and 16 rows", id="room", markup=False)
        yield KeyLine(PICKER_FOOTER, lambda key: key != "escape" or self._returns or self._searching)

    def on_mount(self) -> None:
        """Reads what there is, after the first paint."""
        self.query_one("#entries").border_title = Content("scenarios")
        self.call_after_refresh(self._read_shipped)

    def on_resize(self) -> None:
        """Another width has room for other columns."""
        self.call_after_refresh(self._fill)

    # What there is

    @work(exclusive=True, group="shipped")
    async def _read_shipped(self) -> None:
        for path in self._shipped:
            if not self._catalogue.is_current(path):
                self._catalogue.read(path)
                await asyncio.sleep(0)
        self._reading = False
        self._fill()
        for entry in [entry for entry in self._entries if entry.kind == "shipped"]:
            await self._check(entry.path)

    async def _check(self, path: Path) -> None:
        """Checks a file's figures, unless that is done."""
        if self._catalogue.tally(path) is None:
            await self._catalogue.audit(path)
            self._renew(path)

    def _list(self) -> list[Entry]:
        """The lines for what is typed."""
        asked = typed(self.query_one(Input).value, self._folder.path)
        if asked.folder is not None:
            if self._searched is None or self._searched.path != asked.folder:
                self._searched = read_folder(asked.folder)
            entries = folder_entries(self._searched, asked)
        else:
            readings = [(path, self._catalogue.known(path)) for path in self._shipped]
            scenarios = [(path, reading.scenario) for path, reading in readings if reading is not None]
            entries = [*shipped_entries(scenarios, asked.words), *folder_entries(self._folder, asked)]
        return entries or no_hit(asked, [path.stem for path in self._shipped])

    def _fill(self) -> None:
        """Draws the list anew; the choice stays on its line, else goes to the first."""
        if self._reading or not self.is_there:
            return
        listed, before = self.query_one(EntryList), self._chosen
        wanted = self._wanted if before is None else before.path
        self._entries = self._list()
        self._columns = columns(self._known_of(self._entries), self._line_width)
        listed.set_options(Line(self._line(entry), entry) for entry in self._entries)
        chosen = [index for index, entry in enumerate(self._entries) if entry.chosen]
        kept = (index for index in chosen if self._entries[index].path == wanted)
        listed.highlighted = next(kept, chosen[0] if chosen else None)
        listed.call_after_refresh(listed.scroll_to_highlight)
        if not chosen:
            self.query_one(Details).show(None, None, None)
        self._draw_heading()

    def _known_of(self, entries: list[Entry]) -> list[tuple[Entry, Scenario | None]]:
        readings = [(entry, self._catalogue.known(entry.path)) for entry in entries if entry.chosen]
        return [(entry, None if reading is None else reading.scenario) for entry, reading in readings]

    def _line(self, entry: Entry) -> Content:
        return line(entry, self._catalogue.known(entry.path), self._catalogue.tally(entry.path), self._columns)

    @property
    def _line_width(self) -> int:
        return max(1, self.query_one(EntryList).container_size.width - 3)

    def _draw_heading(self) -> None:
        files = self._folder
        there = f"{len(self._shipped)} shipped, {plural(len(files.files), 'file')} in {in_words(files.path)}"
        left, width = "gradstep   choose a scenario", self.app.size.width - 2
        right = shorten(there, max(0, width - cell_len(left) - 3))
        between = " " * max(1, width - cell_len(left) - cell_len(right))
        self.query_one("#heading", Static).update(Content.assemble((left[:8], "bold"), left[8:], between, right))

    @property
    def _chosen(self) -> Entry | None:
        index = self.query_one(EntryList).highlighted
        return None if index is None or index >= len(self._entries) else self._entries[index]

    # What is chosen

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another line is chosen."""
        self.query_one(Details).show_from_the_top()
        self._look()

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        """Shows what the chosen line opens; a file that is not known yet is read once the choice rests."""
        entry = self._chosen
        if entry is None:
            return
        self._show_details(entry.path)
        if self._opening is not None:
            return
        if entry.kind == "file" and not self._catalogue.is_current(entry.path):
            await asyncio.sleep(REST)
            await self._read(entry.path)
            self._renew(entry.path)
        if entry.kind == "file":  # the shipped ones' have their turn without being asked
            await self._check(entry.path)

    async def _read(self, path: Path, *, opens: bool = False) -> Reading | None:
        """What reading a file gives, which is said in the details as far as it is; nothing where it was stopped."""

        def show(done: int, of: int | None, what: str) -> None:
            chosen = self._chosen
            if self.is_there and (opens or (chosen is not None and chosen.path == path)):
                self.query_one(Details).say(path.name, f"{progress_words(done, of, what)} …", STOPS if opens else "")

        work = Beside(lambda told: self._catalogue.read(path, told), show)
        self._opening = work if opens else self._opening
        try:
            return await work.result()
        except StoppedError:
            self.notify("Stopped: nothing is opened.", timeout=2, markup=False)
            return None
        finally:
            self._opening = None if opens else self._opening

    def _renew(self, path: Path) -> None:
        """Draws a file's line anew, and the details if it is chosen."""
        if not self.is_there:
            return
        listed = self.query_one(EntryList)
        for index, entry in enumerate(self._entries):
            if entry.path == path and entry.kind in ("file", "shipped"):
                listed.replace_line(index, self._line(entry))
        self._show_details(path)

    def _show_details(self, path: Path) -> None:
        """Draws the details of a file, if it is chosen."""
        chosen = self._chosen
        if self.is_there and chosen is not None and chosen.path == path:
            self.query_one(Details).show(chosen, self._catalogue.known(path), self._catalogue.tally(path))

    # Keys

    def action_move(self, how: str) -> None:
        """Moves the choice."""
        getattr(self.query_one(EntryList), f"action_{how}")()

    def action_open(self) -> None:
        """Opens the chosen line."""
        self.query_one(EntryList).action_select()
        if self._chosen is None:
            words = "The scenarios are being read." if self._reading else "Nothing is chosen."
            self.notify(words, timeout=2, markup=False)

    def on_input_submitted(self) -> None:
        """`enter` while something is typed opens the chosen line as well."""
        self.action_open()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A folder is listed, a file is read and opened."""
        if not isinstance(event.option, Line):
            return
        entry = event.option.entry
        if self._opening is not None:
            self.notify("A file is being read: escape stops it.", timeout=2, markup=False)
        elif entry.kind == "folder":
            self._enter(entry.path)
        else:
            self._open(entry.path)

    def _enter(self, path: Path) -> None:
        came_from = self._folder.path
        target = Path(os.path.realpath(path))  # of links that lead in a circle, too
        self._folder = read_folder(target)
        self._searched = None
        self._leave_search()
        self._fill()
        inside = [index for index, entry in enumerate(self._entries) if entry.kind in ("file", "folder")]
        back = (index for index in inside if self._entries[index].path == came_from and came_from.parent == target)
        first = (index for index in inside if self._entries[index].kind == "file")
        self.query_one(EntryList).highlighted = next(back, next(first, inside[0] if inside else None))

    @work(exclusive=True, group="open")
    async def _open(self, path: Path) -> None:
        self.workers.cancel_group(self, "look")  # which may be reading it, too
        reading = await self._read(path, opens=True)
        if not self.is_active:  # something else was opened in the meantime
            return
        if reading is None:
            self.query_one(Details).say(path.name, "It is not read: enter opens it.")
            return
        if reading.scenario is not None:
            self.dismiss(reading.scenario)
            return
        self._renew(path)
        self.app.push_screen(FileProblems(path, reading, self._catalogue.read), self._mended)

    def _mended(self, scenario: Scenario | None) -> None:
        if scenario is not None:
            self.dismiss(scenario)

    def action_reload(self) -> None:
        """Looks again at the folder and at the chosen file."""
        self._folder, self._searched = read_folder(self._folder.path), None
        chosen = self._chosen
        if chosen is not None and chosen.kind == "file":
            self._catalogue.forget(chosen.path)
        self._fill()
        self._look()
        self._read_shipped()
        self.notify("Read again.", timeout=1, markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is typed, `/` is typed too."""
        return not (action == "search" and isinstance(self.focused, Input))

    def action_search(self) -> None:
        """To the line to search by."""
        self.query_one(Input).focus()

    def action_details(self) -> None:
        """To the details, and back to the list."""
        about = self.query_one("#about")
        self.set_focus(None if self.focused is about else about)

    def on_input_changed(self) -> None:
        """Narrows the list."""
        self._fill()
        self.refresh_bindings()

    def action_return(self) -> None:
        """Stops what is being opened; else out of the search; then back to the walk."""
        if self._opening is not None:
            self._opening.stop()
        elif self._searching:
            self._leave_search()
        elif self._returns:
            self.dismiss(None)
        else:
            self.notify("There is no walk to go back to: enter opens one, q leaves.", timeout=2, markup=False)

    @property
    def _searching(self) -> bool:
        return self.focused is not None or bool(self.query_one(Input).value)

    def _leave_search(self) -> None:
        self.set_focus(None)
        self.query_one(Input).value = ""

    def action_help(self) -> None:
        """Every key."""
        self.app.push_screen(Help(CANONICAL, PICKER_KEYS))

    def action_quit(self) -> None:
        """Leaves, or goes back to the walk, which may hold something that is not saved."""
        if self._returns:
            self.dismiss(None)
        else:
            self.app.exit()


def _working_folder() -> Path:
    try:
        return Path.cwd()
    except OSError:  # it is gone
        return Path.home()
