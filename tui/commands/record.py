"""Record a walk for a page or a talk: every step as a terminal shows it, in a file that asciinema and its player play.

It begins where --at says, or with nothing computed, and goes through K iterations. A step is seen for a second, with
--speed 2 for half of one; where a teacher's note appears, for as long as its words take to read. The same walk gives
the same bytes.

Example:
  gradstep record mazur --speed 2 -o mazur.cast
"""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.ask.notes import notes_at
from engine.files.problems import printable
from engine.walking.session import Session
from tui.commands.messages import OptionError
from tui.commands.options import above_zero, whole
from tui.commands.progress import waiting
from tui.commands.stage import (
    Stage,
    add_options,
    check_file,
    play,
    session_of,
    told_end,
    write,
)
from tui.words.rows import place_words

if TYPE_CHECKING:
    from tui.terminal.picture.cast import Recording

MOST_STEPS = 20_000
"""Of one recording: hours, and hundreds of megabytes."""
WORDS_A_SECOND = 3.0
"""That somebody reads who looks at the network, too."""
FASTEST = 1_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    add_options(parser)
    parser.add_argument("--iterations", type=whole(1), default=1, metavar="K", help="how many (1)")
    parser.add_argument("--speed", type=_speed, default=1.0, metavar="X", help="steps a second (1)")
    parser.add_argument("-o", "--output", metavar="FILE.cast", required=True, help="the recording")


def _speed(text: str) -> float:
    speed = above_zero(text)
    if speed > FASTEST:
        raise argparse.ArgumentTypeError(f"{text!r} steps a second can't be seen: {FASTEST:,} are the most")
    return speed


def run(options: argparse.Namespace) -> int:
    """Writes the recording; 1 if the walk ends early because a number left the finite ones."""
    from tui.terminal.picture.cast import Recording

    with waiting() as sign:
        start = session_of(options, sign)
        steps = options.iterations * start.count
        if steps > MOST_STEPS:
            raise OptionError(f"--iterations {options.iterations} is {steps:,} steps: {MOST_STEPS:,} are the most")
        check_file(options.output)
        recording, last = Recording(start.scenario.title), start

        async def record(stage: Stage) -> None:
            nonlocal last
            await stage.seen()  # what is said when a walk is opened is over
            for done, last in enumerate(_walk(start, options.iterations)):
                sign(done, steps, "steps")
                await _add(stage, last, recording, options.speed)

        play(start, options, record, notes=not options.no_notes)
        write(options.output, "".join(recording.lines()))
    print(f"{printable(options.output)} is written: {recording.seconds:g} seconds, to {place_words(last)}")
    return told_end(last)


def _walk(start: Session, iterations: int) -> Iterator[Session]:
    """Every place from the first one to the end of the last iteration."""
    session, end = start, start.iteration + iterations
    while session.iteration < end:
        yield session
        on = session.forward()
        if on is session:
            return
        session = on


async def _add(stage: Stage, session: Session, recording: "Recording", speed: float) -> None:
    """What is seen at a place, page by page where a note has several."""
    screen = stage.walk
    screen.session = session
    pages = screen.notes.pages
    words = sum(len(note.text.split()) for note in notes_at(session)) if pages else 0
    for page in range(max(1, pages)):
        if page:
            screen.notes.turn_to(page)
        shot = await stage.moved()
        recording.add(shot, max(1.0, words / WORDS_A_SECOND / max(1, pages)) / speed)
