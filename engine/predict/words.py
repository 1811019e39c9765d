"""What predict mode says, in plain sentences and the notation in use. Numbers are left to whoever shows them."""

from engine.ask.lookup import is_partial
from engine.formula.quantity import Quantity
from engine.predict.lesson import Feedback, Lesson
from engine.predict.mistakes import called
from engine.predict.question import Direction, Kind, Question
from engine.program.notation import Notation

MEANINGS = {
    "x": "total input of {0}",
    "y": "output of {0}",
    "E": "error of {0}",
    "dE/dy": "how {1} changes with the output of {0}",
    "dE/dx": "how {1} changes with the total input of {0}",
    "dE/dw": "how {1} changes with {0}",
    "w+": "{0} after the update",
}
KINDS = {
    "x": "total inputs",
    "y": "outputs",
    "E": "the error",
    "dE/dy": "how the error changes with outputs",
    "dE/dx": "how the error changes with total inputs",
    "dE/dw": "how the error changes with parameters",
    "w+": "new parameters",
}
TRY_AGAIN = "Enter on an empty line gives a hint."
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
    kind = question.row.quantity
    text = MEANINGS[kind].format(question.name, notation.symbol(Quantity("E")))
    if is_partial(question.after, question.quantity):
        text += f", as far as {question.after.scenario.network.called(question.row.layer)}"
    if question.examples == 1:
        return text
    if question.row.per_example:
        return f"{text}, example {question.after.values.examples[question.example] + 1}"
    if kind == "w+":
        return text
    return f"{text}, {question.after.scenario.training.reduction} over {question.examples} examples"


def said(feedback: Feedback, question: Question, notation: Notation) -> str:
    """What is said to an answer."""
    update = question.row.quantity == "w+"
    if feedback.said == "right":
        return f"Right: {_direction(feedback.direction, update=update)}." if feedback.direction else "Right."
    if feedback.said == "told":
        return f"It is {_direction(feedback.direction, update=update)}." if feedback.direction else ""
    if feedback.said == "unreadable":
        return f"This can't be used: {feedback.problem}."
    if feedback.said == "wrong":
        return f"No. {feedback.diagnosis.sentence(question, notation) if feedback.diagnosis else TRY_AGAIN}"
    if feedback.diagnosis is not None:
        return "More digits, please: so far a usual mistake gives the same."
    of = f" of the change of {question.name}" if update else ""
    return f"More digits, please: at least three significant ones{of}."


def _direction(direction: Direction | None, *, update: bool) -> str:
    return UPDATES[direction or "zero"] if update else direction or ""


def kind_words(kind: Kind) -> str:
    """What a kind of questions is about."""
    if kind.quantity == "dE/dy":
        return f"{KINDS['dE/dy']}, {'at the last layer' if kind.at_outputs else 'going back'}"
    return KINDS[kind.quantity]


def advice(lesson: Lesson, notation: Notation) -> list[str]:
    """What to practise, a sentence for each kind."""
    sentences = []
    for kind in lesson.to_practise:
        score = lesson.scores[kind]
        often = max(score.mistakes, key=lambda name: score.mistakes[name], default="")
        mostly = f"; most often: {often}" if often else ""
        sentences.append(f"Practise {notation.symbol(Quantity(kind.quantity))}, {kind_words(kind)}{mostly}.")
    return sentences or ["Nothing needs practice: try another scenario, or single numbers with d."]
