"""What predict mode says, in plain sentences and the notation in use. Numbers are left to whoever shows them."""

from engine.ask.lookup import is_partial
from engine.formula.quantity import KINDS, Quantity
from engine.predict.lesson import LAST_HINT, Lesson
from engine.predict.mistakes import called
from engine.predict.question import Direction, Question, Skill
from engine.program.notation import Notation

ROWS = {"E": "the error", "x": "total inputs", "y": "outputs", "w": "parameters"}
ROWS_OF_GRAPH = {**ROWS, "y": "values"}
HELP = ("a hint", "the numbers too")
"""What an empty line gives before the last hint, by the hints that are shown."""
UPDATES: dict[Direction, str] = {"positive": "up", "negative": "down", "zero": "nowhere"}


def asked(lesson: Lesson, notation: Notation) -> str:
    """The question."""
    question = lesson.question
    if question is None:
        return ""
    name = called(question.quantity, notation)
    if not lesson.asks_direction:
        return f"What will {name} be?"
    if question.row.quantity == "w+":
        return f"Does {question.name} go up, go down, or stay?"
    return f"Will {name} be positive, negative or zero?"


def meaning(question: Question, notation: Notation) -> str:
    """What the number is, and of which example or over which."""
    kind, name = question.row.kind, question.name
    parts = {"E": notation.symbol(Quantity("E")), "x": f"the total input of {name}", "y": f"the output of {name}"}
    text = (kind.of_one or kind.words).format(name, **parts, w=name)
    if question.graph is not None:
        alone = question.graph.errors == (name,)
        of_node = {"y": f"value of {name}", "E": "the error" if alone else f"{name}, a term of the error"}
        text = of_node.get(question.row.quantity, text.replace(parts["y"], name))
    if is_partial(question.after, question.quantity):
        text += f", as far as {question.layered.called(question.row.layer)}"
    if question.examples == 1:
        return text
    if question.per_example:
        return f"{text}, example {question.after.values.examples[question.example] + 1}"
    if kind.over == "iteration" or question.row.per_example:
        return text
    return f"{text}, {question.training.reduction} over {question.examples} examples"


def help_next(lesson: Lesson) -> str:
    """What an empty line gives."""
    if lesson.hints + 1 < LAST_HINT:
        return HELP[lesson.hints]
    return "the direction" if lesson.asks_direction else "the answer"


def said(lesson: Lesson, question: Question, notation: Notation) -> str:
    """What is said to the last answer to a question, which may be closed by it."""
    feedback, update = lesson.feedback, question.row.quantity == "w+"
    if feedback is None:
        return ""
    if feedback.said == "right":
        return f"Right: {_direction(feedback.direction, update=update)}." if feedback.direction else "Right."
    if feedback.said == "told":
        return f"It is {_direction(feedback.direction, update=update)}." if feedback.direction else ""
    if feedback.said == "unreadable":
        return f"This can't be used: {feedback.problem}."
    if feedback.said == "wrong":
        if feedback.diagnosis is not None:
            return f"No. {feedback.diagnosis.sentence(question, notation)}"
        cause = f" {feedback.cause}" if feedback.cause else ""
        return f"No.{cause} Enter on an empty line gives {help_next(lesson)}."
    if feedback.diagnosis is not None:
        return "More digits, please: so far a usual mistake gives the same."
    of = f" of the change of {question.name}" if update else ""
    return f"More digits, please: at least three significant ones{of}."


def _direction(direction: Direction | None, *, update: bool) -> str:
    return UPDATES[direction or "zero"] if update else direction or ""


def skill_words(skill: Skill) -> str:
    """What a skill is about."""
    words = KINDS[skill.quantity].words.format_map(ROWS_OF_GRAPH if skill.of_graph else ROWS)
    if skill.of_graph and skill.quantity == "y":
        return ROWS_OF_GRAPH["y"]
    if skill.quantity == "dE/dy":
        last = "next to the error" if skill.of_graph else "at the last layer"
        return f"{words}, {last if skill.at_outputs else 'going back'}"
    return words


def advice(lesson: Lesson, notation: Notation) -> list[str]:
    """What to practise, a sentence for each skill."""
    sentences = []
    for skill in lesson.to_practise:
        score = lesson.scores[skill]
        often = max(score.mistakes, key=lambda name: score.mistakes[name], default="")
        mostly = f"; most often: {often}" if often else ""
        sentences.append(f"Practise {notation.symbol(Quantity(skill.quantity))}, {skill_words(skill)}{mostly}.")
    return sentences or ["Nothing needs practice: try another scenario, or single numbers with d."]
