"""The equation: the rule, the calculation in names, the numbers put in, the result; and what comes next."""

from bisect import bisect_left

from rich.cells import cell_len
from textual.content import Content

from engine.explain.origin import is_given
from engine.explain.parts import Explanation
from engine.formula.quantity import Quantity
from engine.walking.session import ALL_THERE_IS
from tui.panels.calculation import LEAST_NAME, lines_of, name_before, named, styled, wrapped
from tui.panels.header import purpose
from tui.panels.lines import LinesPanel
from tui.panels.note import note_lines, note_title, page_count, page_of
from tui.panels.thick_lines import DOTS, thick_lines
from tui.terminal.borders import label
from tui.view.seen import Others, View
from tui.words.calculation import (
    Run,
    chained,
    numbers_of,
    operands_of,
    result_of,
    rule,
    shortened,
    spaced,
    symbol,
    symbols_of,
    text_of,
)
from tui.words.health import sentence
from tui.words.names import shorten_name
from tui.words.thick import Dot
from tui.words.verdicts import SIGNS, STYLES

START_WORDS = "Nothing is computed yet. Press → to take the first step."

SELECTED = "   selected"
KEYS_OF_SELECTION = f"{SELECTED}: enter to its step, esc clears"
SOURCES = "where its numbers come from:"
LEAST_SOURCES = 4
"""Rows for them that are worth a heading and the blank line above it."""

TERMS = (24, 16, 12, 8, 6, 4, 3)
"""How many terms of a long sum are shown, by the room that there is."""

RIGHT = "✓ right"
"""The remark on a right answer of predict mode."""

KEY_OF_NOTE = "   i: note"
_Way = tuple[Explanation, bool, Dot | None]
"""A form, whether its lines are apart, and of what dots its digits are."""

BESIDE_TITLE = 6
"""Cells of the upper border that are no title."""

INDENT = 1
"""Cells beside a teacher's words, that they are told from a calculation at a glance."""


def equation(view: View, width: int, height: int) -> list[Content]:
    """The panel's lines in at most `width` × `height` cells.

    Of a long sum, as many terms as there is room for; below, in a line each, what else the step computed.
    """
    explanation = view.explanation
    if explanation is None:
        return Content.styled(START_WORDS, "$text-muted").wrap(width)
    complete = _complete(explanation, view, width, height)
    lines, others = complete or (_shortest(explanation, view, width, height), view.others())
    return _with_others(lines, others, view, width, height)


def _complete(explanation: Explanation, view: View, width: int, height: int) -> tuple[list[Content], Others] | None:
    """The calculation with nothing left out and what to tell below it; None where it does not fit."""
    drawn = _as_matrices(view, width, height)
    if drawn is not None:
        lines, others = drawn
        others = [explanation.quantity, *(other for other in others if other != explanation.quantity)]
        return lines, Others.of(others)
    whole = _whole(explanation, view, width, height)
    return None if whole is None else (whole, Others([], 0) if view.lecturing else view.others())


def _as_matrices(view: View, width: int, height: int) -> tuple[list[Content], list[Quantity]] | None:
    """The step as matrices, where those are wanted, it has that form and there is room for it."""
    if not view.matrices or not view.focus_is_fresh or height <= 0:
        return None
    from tui.panels.matrix import matrix_lines  # here, because the first screen has none

    return matrix_lines(view, width, height)


def _shortest(explanation: Explanation, view: View, width: int, height: int) -> list[Content]:
    """Of a calculation that does not fit, as many terms as do."""
    made: dict[int, list[Content]] = {}
    count = len(explanation.parts)

    def lines(terms: int) -> list[Content]:
        shown = min(terms, count)  # where there are no more, it is as it was: a node's one term may be a sum inside
        if shown not in made:
            made[shown] = _lines(shortened(explanation, terms), view, width)
        return made[shown]

    index = min(bisect_left(TERMS, True, key=lambda terms: len(lines(terms)) <= height), len(TERMS) - 1)
    return lines(TERMS[index])


def _whole(explanation: Explanation, view: View, width: int, height: int) -> list[Content] | None:
    """The calculation with nothing left out, the longer chain of factors if that fits; None where it does not fit."""
    if 2 * len(explanation.summands) > width * height:  # a letter and a sign each: of thousands, none is written first
        return None
    if sum(len(part.pieces) for part in explanation.summands) > width * height:  # nor of one that has as many inside it
        return None
    if cell_len(text_of(named(symbols_of(explanation, view.notation), LEAST_NAME))) > width * height:
        return None
    chain = chained(explanation)
    forms = [explanation] if chain is None or _widest(chain, view, width) > width else [chain, explanation]
    apart: tuple[bool, ...] = (True, False) if view.lecturing else (False,)
    # in a lecture thick digits before all else: nothing else is read in the last row of a room
    thick: list[_Way] = [(explanation, wide, dot) for wide in apart for dot in DOTS] if view.lecturing else []
    for form, wide, dot in [*thick, *((form, wide, None) for form in forms for wide in apart)]:
        lines = _lines(form, view, width, apart=wide, dot=dot)
        if lines and len(lines) <= height:
            return lines
    return None


def note(view: View, width: int, height: int) -> list[Content]:
    """The notes' page in `width` × `height` cells; below it, where all of the words has room, the calculation."""
    words = note_lines(view.notes, view.notation, width)
    below = _below_note(view, width, height - len(words) - 1)
    return [*words, Content(""), *below] if below else page_of(words, height, view.note_page or 0)


def _below_note(view: View, width: int, height: int) -> list[Content]:
    """The whole calculation and all that stands below it; where there is no room for that, its shortest forms."""
    explanation = view.explanation
    if height < 1:
        return []
    if explanation is None:
        return [Content.styled(START_WORDS, "$text-muted").truncate(width, ellipsis=True)]
    if _complete(explanation, view, width, height) is not None:
        return equation(view, width, height)
    line = _in_one_line(explanation, view, width)
    general = styled(rule(explanation, view.notation))
    return [general, line] if height > 1 and explanation.parts and general.cell_length <= width else [line]


def is_below_note(view: View, width: int, height: int) -> bool:
    """Whether the calculation is seen below the notes in the form that was chosen, with nothing left out."""
    room = height - len(note_lines(view.notes, view.notation, width)) - 1
    if view.explanation is None or room < 1:
        return False
    if _as_matrices(view, width, height) is not None:
        return _as_matrices(view, width, room) is not None
    return _whole(view.explanation, view, width, room) is not None


def _with_others(lines: list[Content], others: Others, view: View, width: int, height: int) -> list[Content]:
    """Below the lines what a selected node suffers from, and in a line each, as many as fit, other calculations."""
    lines = [*lines, *_ailments(view, width, height - len(lines))]
    room = height - len(lines)
    shown = others.first[: room if others.total <= room else max(0, room - 1)]
    if 0 < others.total < room:
        lines.append(Content(""))
    lines += [_in_one_line(view.explain(other), view, width) for other in shown]
    if len(shown) < others.total and room > 0:
        lines.append(Content.styled(f"… and {others.total - len(shown)} more like it", "$text-muted"))
    lines += _sources(view, {view.focus, *shown}, width, height - len(lines))
    return lines[:height]


def _ailments(view: View, width: int, height: int) -> list[Content]:
    """What the selected node suffers from, in as many lines as there are or fewer."""
    sentences = [Content(sentence(ailment, view.notation)) for ailment in view.health.get(view.selected or "", ())]
    lines = [line for words in sentences for line in words.wrap(width)]
    if len(lines) > height:
        lines = [words.truncate(width, ellipsis=True) for words in sentences][: max(0, height)]
    return [line.stylize("$text-warning") for line in lines]


def _sources(view: View, shown: set[Quantity | None], width: int, room: int) -> list[Content]:
    """Where there is room: how the numbers of the calculation came about, and the numbers of those, and so on back."""
    if view.explanation is None or room < LEAST_SOURCES or view.lecturing:
        return []
    lines: list[Content] = []
    ahead, met = [view.explanation], {view.focus}
    shown |= {where.quantity for where in view.explanation.where}
    while ahead and len(lines) < room - 2:
        for operand in operands_of(ahead.pop(0), of_each_name=True):
            # an iteration before made a parameter: nothing of it stands here, and all of it would be walked again
            known = operand.quantity in met or operand.quantity.kind == "w" or is_given(view.source, operand.quantity)
            calculation = None if known else view.explain(operand.quantity)
            met.add(operand.quantity)
            if calculation is not None and calculation.parts and calculation.example == view.example:
                ahead.append(calculation)
                lines += [] if operand.quantity in shown else [_in_one_line(calculation, view, width)]
                if len(lines) >= room - 2:  # a sum may have thousands of them
                    break
    return [Content(""), Content.styled(SOURCES, "$text-muted"), *lines[: room - 2]] if lines else []


def _in_one_line(explanation: Explanation, view: View, width: int) -> Content:
    """`net_h2 = 0.25·0.05 + 0.3·0.1 + 0.35 = 0.3925`, with fewer terms where they do not fit."""
    left = name_before(explanation.quantity, view, max(LEAST_NAME, width // 3))
    result = result_of(explanation, view.digits)
    count = len(explanation.parts)
    for most in dict.fromkeys(min(most, count) for most in (count, 6, 4, 3)):
        if 2 * most > width:  # a letter and a sign each: of thousands, none is made first
            continue
        shorter = shortened(explanation, most)
        if sum(len(part.operands) for part in shorter.summands) > width:  # each takes a cell or more
            continue
        numbers = numbers_of(shorter, view.digits)
        runs = [*numbers, Run(" = "), *result] if text_of(numbers) not in ("", text_of(result)) else result
        line = Content.assemble(f"{left} = ", styled(runs), _sign_of(explanation, view))
        if line.cell_length <= width:
            return line
    return Content.assemble(f"{left} = … = ", styled(result)).truncate(width, ellipsis=True)


def _sign_of(explanation: Explanation, view: View) -> Content:
    """The sign of a number that the document prints, or somebody has."""
    sign = view.sign(explanation.quantity)
    return Content("") if sign is None else Content.styled(f" {SIGNS[sign.word]}", STYLES[sign.word])


def _lines(
    explanation: Explanation, view: View, width: int, *, apart: bool = False, dot: Dot | None = None
) -> list[Content]:
    """The rule, the names, the numbers, the result.

    Args:
        explanation: the calculation.
        view: what is seen.
        width: cells of a line.
        apart: with a blank line between two of them.
        dot: with the numbers in thick digits of such dots; nothing if they do not fit.
    """
    lines: list[Content] = []
    beside_thick = False
    for block in _blocks(explanation, view, width, dot):
        is_thick = dot is not None and len(block) >= dot.rows > 1
        lines += [Content(""), *block] if lines and (apart or is_thick or beside_thick) else block
        beside_thick = is_thick
    return lines


def _blocks(explanation: Explanation, view: View, width: int, dot: Dot | None = None) -> list[list[Content]]:
    general = rule(explanation, view.notation)
    if view.lecturing:
        general = spaced(general)
    first = [styled(general).truncate(width, ellipsis=True)]
    words = [[line] for line in _words(explanation, width)]
    if not explanation.parts:
        if dot is not None:
            return []
        lines = [Content.assemble(*first, "   ", styled(result_of(explanation, view.digits)))]
        earlier = [] if explanation.earlier is None else _blocks(explanation.earlier, view, width)
        return [lines, *earlier, *words]
    forms = lines_of(explanation, view, width)
    # a formula of its own is the rule, too: it is written once
    said = f"{forms[0][0]} = {text_of(forms[0][1])}"
    blocks = [first] if text_of(general) and text_of(general) != said else []
    indent = cell_len(forms[0][0])
    last = len(forms) - 1
    large = None if dot is None or last < 2 else thick_lines([Run("= "), *forms[last - 1][1]], width, dot)
    if dot is not None and large is None:
        return []
    for number, (prefix, form) in enumerate(forms):
        if large is not None and number == last - 1:
            blocks.append(large)
            continue
        rows = wrapped(" " * indent if number else prefix, form, width)
        if number == last and explanation.value is not None:
            rows = [row.stylize("bold") for row in rows]
        blocks.append(rows)
    return [*blocks, *([_with(where, view, width)] for where in explanation.where), *words]


def _with(where: Explanation, view: View, width: int) -> Content:
    """`with δ_o1 = names = numbers = result` in one line: the names go first where it is too long."""
    forms = [form for _, form in lines_of(where, view, width)]
    while True:
        line = [Run("with "), *named([symbol(where.quantity, view.notation)], max(LEAST_NAME, width // 3))]
        for form in forms:
            line += [Run(" = "), *form]
        content = styled(line)
        if content.cell_length <= width or len(forms) <= 2:
            return content.truncate(width, ellipsis=True)
        forms = forms[1:]


def _widest(explanation: Explanation, view: View, width: int) -> int:
    """Cells that the longest of its lines takes, the rule's and the calculation's."""
    forms = lines_of(explanation, view, width)
    widths = [cell_len(forms[0][0]) + 3 + cell_len(text_of(form)) for _, form in forms]
    return max(cell_len(text_of(rule(explanation, view.notation))), *widths)


def _words(explanation: Explanation, width: int) -> list[Content]:
    if not explanation.words:
        return []
    return list(Content.styled(explanation.words, "$text-muted italic").wrap(width))


def _printed(view: View) -> str:
    """What the document prints for the number in focus, or somebody has, if that is known."""
    sign = None if view.focus is None else view.sign(view.focus)
    return "" if sign is None else f"   {SIGNS[sign.word]} {sign.said}"


class EquationPanel(LinesPanel):
    """The calculation of the focused number, or the notes of the place."""

    def show(self, view: View) -> None:
        """Draws the view's calculation or note; the border says what it is and what comes next."""
        self._view = view
        self.set_class(view.note_page is not None, "note")
        self.set_class(view.remark == RIGHT, "right")
        upcoming = f"next: {self._upcoming(view)}" if view.session.ending is None else "the walk ends here"
        if view.session.ending == ALL_THERE_IS:
            upcoming += ": nothing is trained"
        label(self, self._title(view), "   ".join(filter(None, (view.way_back("equation"), upcoming))))
        self._draw()

    def pages(self, view: View) -> int:
        """Pages that the view's notes take here."""
        width, height = self._room_of_notes
        return page_count(note_lines(view.notes, view.notation, width), height)

    def has_room_below_note(self, view: View) -> bool:
        """Whether the view's calculation is seen below its notes."""
        return is_below_note(view, *self._room_of_notes)

    def has_matrices(self, view: View) -> bool:
        """Whether the view's calculation has a form as matrices for which there is room."""
        return _as_matrices(view, *self.content_size) is not None

    def _title(self, view: View) -> str:
        room = self.size.width - BESIDE_TITLE
        if view.note_page is not None:
            said = f"{view.remark}   " if view.remark else ""
            return said + note_title(view.notes, view.note_page, self.pages(view), room - cell_len(said))
        title = "calculation"
        if view.focus is not None:
            title = shorten_name(symbol(view.focus, view.notation).text, max(LEAST_NAME, room // 2)) + _printed(view)
        title += f"   {view.remark}" if view.remark else ""
        keys = []
        if view.selected is not None:
            keys = [KEYS_OF_SELECTION, SELECTED]
        elif view.notes:
            keys = [KEY_OF_NOTE]
        return title + next((words for words in keys if cell_len(title + words) <= room), "")

    def _upcoming(self, view: View) -> str:
        session = view.session
        words = purpose(view, session.next_row)
        if session.done == session.count:
            words += f", iteration {session.iteration + 1:,}"
        return words

    def on_resize(self) -> None:
        """Fits the calculation and the words on the border to the new size."""
        if hasattr(self, "_view"):
            self.show(self._view)

    def prepare(self, view: View) -> None:
        """Draws a view that may be shown next."""
        if self.content_size:
            self.prepare_lines(self._lines_of(view), self.content_size.width, view.drawings)

    def _draw(self) -> None:
        if self.content_size:
            self.paint(self._lines_of(self._view), self.content_size.width, self._view.drawings)

    @property
    def _room_of_notes(self) -> tuple[int, int]:
        """Width and height of the words: a padding of the style sheet would have the whole screen arranged anew."""
        return self.content_size.width - 2 * INDENT, self.content_size.height

    def _lines_of(self, view: View) -> list[Content]:
        def made() -> list[Content]:
            if view.note_page is None:
                return equation(view, *self.content_size)
            return [Content(" " * INDENT).append(line) for line in note(view, *self._room_of_notes)]

        return view.drawings.get(("calculation", self.content_size), made)
