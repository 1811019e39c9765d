"""The walk in plain sentences, for screen readers and slow lines: no drawing, no colours, an answer to each line typed.

It needs no terminal: lines may come from a pipe.
"""

import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext

from engine.ask.health import health
from engine.ask.notes import notes_at
from engine.ask.whereabouts import place_called
from engine.explain.parts import Explanation
from engine.explain.trace import entries, explanations, whole_row
from engine.files.problems import plural
from engine.files.save.saver import Saver
from engine.files.save.where import SaveError, TakenError, path_of, proposed
from engine.formula.quantity import Quantity
from engine.program.expression import ExpressionError
from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.notation import Notation
from engine.program.steps import DETAILS
from engine.program.tokens import like
from engine.told import Told, untold
from engine.walking.branch import branch_at, edited, standing
from engine.walking.changes import ChangeError, read_changes
from engine.walking.session import Session
from engine.walking.unsaved import Saved
from tui.paper.plain_lesson import PlainLesson
from tui.words.branches import branch_title
from tui.words.calculation import known, numbers_of, result_of, rule, symbol, symbols_of, text_of
from tui.words.ending import no_iteration_after
from tui.words.format import number
from tui.words.health import ROWS, sentence
from tui.words.notes import plain_words
from tui.words.origins import origins_of
from tui.words.rows import rate_counts, shape_words, subject_of
from tui.words.saving import in_no_file, what_is_saved, written

DIGITS = 6


def commands(network: Network | Graph) -> tuple[tuple[str, str], ...]:
    """What can be typed, with examples that the walk has."""
    some = like(network)
    value = f"{some.parameter}=0.41" if some.parameter else f"{next(iter(network.inputs), some.node)}=0.41"
    whole = "a whole value" if isinstance(network, Graph) else "a whole layer"
    place = f"3:{some.quantity}" if some.parameter else some.quantity
    return (
        ("enter", "one step"),
        ("b", "one step back"),
        ("n, p", "next or previous iteration"),
        ("g PLACE", f"go to an iteration (g 1000) or a place (g {place})"),
        ("e NAME=VALUE", f"change a number here (e {value}); the walk as it was stays"),
        ("w N", "to branch N (w 0: the walk without changes)"),
        ("s FILE", "save the walk as it stands at the start of this iteration; s alone: under a free name"),
        ("d", f"{whole} or one number in each step"),
        ("t", "predict each number before it is shown: a line after a question is an answer, t leaves"),
        ("?", "these commands"),
        ("q", "quit"),
    )


Waits = Callable[[], AbstractContextManager[Told]]
"""What is told how far a move is, as long as that takes."""


def walk_plainly(
    session: Session,
    notation: Notation,
    lines: Iterable[str] | None = None,
    waits: Waits = lambda: nullcontext(untold),
) -> None:
    """Answers each line typed until `q` or the end of the lines.

    Args:
        session: where to start.
        notation: the names.
        lines: what is typed; the standard input if None.
        waits: what is told how far a long move is.
    """
    talk, lesson = _Talk(notation, Saver(session.scenario), waits), PlainLesson(notation, DIGITS)
    talk.introduce(session)
    sys.stdout.flush()
    for line in sys.stdin if lines is None else lines:
        command, _, argument = line.strip().partition(" ")
        if talk.leaves(session, command):
            break
        moved: Session | None = None
        if command != "q" and lesson.takes(line.strip()):
            moved = lesson.hear(session, line.strip())
        elif command != "q":
            moved = talk.answer(session, command, argument)
        if moved is not None:
            session = moved
            talk.place(session)
            lesson.go_on(session)
        sys.stdout.flush()
    lesson.end()


class _Talk:
    """Says places in words."""

    def __init__(self, notation: Notation, saver: Saver, waits: Waits) -> None:
        self.notation, self._waits = notation, waits
        self._saver, self._saved, self._asked = saver, Saved(), False

    def leaves(self, session: Session, command: str) -> bool:
        """Whether a command ends the walk: `q`, and where edits would be lost `q` once more."""
        if command != "q":
            self._asked = False
            return False
        edits = in_no_file(self._saved, session, self.notation, DIGITS)
        if self._asked or not edits:
            return True
        self._asked = True
        be, them = ("is", "it") if len(edits) == 1 else ("are", "them")
        print(
            f"{plural(len(edits), 'edit')} {be} not saved ({'; '.join(edits)}): {self._way_to_save(session)} saves, "
            f"q once more leaves without {them}."
        )
        return False

    def _way_to_save(self, session: Session) -> str:
        """The commands that save an edit that is in no file."""
        there = self._saved.where_to_save(session)
        way = [] if there.timeline is session.timeline else [f"w {there.tree.branch.number}"]
        if there.iteration != session.iteration:
            way.append(f"g {there.iteration}")
        return " then ".join([*way, "s"])

    def introduce(self, session: Session) -> None:
        scenario = session.scenario
        rate = symbol(Quantity("learning_rate"), self.notation).text + "₀" * (scenario.training.schedule is not None)
        value = f", {rate} = {number(scenario.training.learning_rate, DIGITS)}" if rate_counts(scenario) else ""
        print(f"{scenario.title}. {shape_words(scenario)}{value}.")
        for line in origins_of(scenario):
            print(f"{line}.")
        print("Press enter for the first step, ? for the commands, q to quit.")
        if session.row is not None:
            self.place(session)
        else:
            self._notes(session)

    def answer(self, session: Session, command: str, argument: str) -> Session | None:
        """Where a command leads; None where it leads nowhere, and then it has said why."""
        moves: dict[str, tuple[Callable[[], Session], str]] = {
            "": (session.forward, f"The walk ends here: {session.ending}."),
            "b": (session.back, "This is the start."),
            "n": (session.next_iteration, no_iteration_after(session)),
            "p": (session.previous_iteration, "This is the first iteration."),
            "g": (lambda: self._go(session, argument), "You are there."),
            "e": (lambda: self._edit(session, argument), "It is so already."),
            "w": (lambda: self._branch(session, argument), "You are there."),
        }
        if command == "s":
            print(self._save(session, argument.strip()))
            return None
        self._saver.forget()
        if command == "d":
            detail = DETAILS[1 - DETAILS.index(session.detail)]
            print(
                "One step is one number."
                if detail == "scalar"
                else f"One step is a whole {'value' if session.scenario.graph else 'layer'}."
            )
            return session.with_detail(detail)
        if command not in moves:
            if command != "?":
                print(f"There is no command {command!r}.")
            print("; ".join(f"{key}: {purpose}" for key, purpose in commands(session.scenario.network)) + ".")
            return None
        move, why_not = moves[command]
        try:
            with self._waits() as told, session.timeline.telling(told):
                moved = move()
        except KeyboardInterrupt:
            print("Stopped: you are where you were.")
            return None
        except ChangeError as error:  # it begins with a name, which has no other letters
            print(f"{error}.")
            return None
        except (ExpressionError, LookupError) as error:
            message = str(error.args[0])
            print(f"{message[:1].upper()}{message[1:]}.")
            return None
        if moved is session:
            print(why_not)
            return None
        return moved

    def _go(self, session: Session, argument: str) -> Session:
        return session.seek_position(place_called(session, argument))

    def _edit(self, session: Session, argument: str) -> Session:
        changed = edited(session, read_changes(session.scenario, [argument]))
        if changed is not session:
            branch = changed.tree.branch
            title = branch_title(branch, self.notation, DIGITS)
            print(f"Now in branch {title}." if branch.edits else f"Now in {title}.")
        return changed

    def _branch(self, session: Session, argument: str) -> Session:
        for branch in session.tree.branches:
            if argument.strip() == str(branch.number):
                return branch_at(session, branch.number)
        titles = "; ".join(branch_title(branch, self.notation, DIGITS) for branch in session.tree.branches)
        raise LookupError(f"there is no branch {argument.strip() or 'without a number'}: there are {titles}")

    def _save(self, session: Session, name: str) -> str:
        """Writes a file; what came of it."""
        scenario = standing(session)
        try:
            path = path_of(name) if name else proposed(scenario)
            kept = self._saver.save(scenario, path)
        except TakenError as error:
            return f"{error}: s {name} once more replaces it." if error.seen else f"{error}."
        except SaveError as error:
            return f"{error}."
        self._saved = self._saved.with_file_of(session)
        return f"{written(path, kept=kept)} It holds {what_is_saved(session)}."

    def place(self, session: Session) -> None:
        """Where the walk stands, and what the last step computed."""
        row = session.row
        if row is None:
            print("Nothing is computed.")
            self._notes(session)
            return
        found = list(entries(session))
        subject = subject_of(row, session.scenario, the_inputs="the inputs")
        general = text_of(rule(whole_row(found[0]), self.notation))
        print(
            f"Iteration {session.iteration}, step {session.done} of {session.count}, {row.phase}, {subject}: {general}."
        )
        for entry in found:
            for explanation, example in explanations(entry):
                self._say(explanation, example)
        self._ailments(session)
        self._notes(session)
        if session.event is not None:
            print(f"The walk ends here: {session.event}.")

    def _ailments(self, session: Session) -> None:
        """What is wrong with the nodes of the last step, where that step found it out."""
        for name, ailments in health(session).items():
            for ailment in ailments:
                if session.row is not None and ROWS[ailment.kind] == session.row.quantity and name in session.fresh:
                    print(f"{name} is {sentence(ailment, self.notation)}")

    def _notes(self, session: Session) -> None:
        """A teacher's words on the place, a blank line before and after them: they are a block of their own."""
        for note in notes_at(session):
            print(f"\nNote: {plain_words(note, self.notation)}\n")

    def _say(self, explanation: Explanation, example: int | None) -> None:
        left = symbol(explanation.quantity, self.notation).text
        forms = [symbols_of(explanation, self.notation), numbers_of(explanation, DIGITS)] if known(explanation) else []
        texts = [text_of(form) for form in (*forms, result_of(explanation, DIGITS)) if form]
        said = [text for i, text in enumerate(texts) if i == 0 or text != texts[i - 1]]
        of_example = "" if example is None else f" of example {example}"
        words = f" {explanation.words}" if explanation.words else ""
        print(f"{left}{of_example} = {' = '.join(said)}.{words}")
