"""Predict mode as one immutable state: the open question, what was said to the last answer, and the scores.

What is asked fades, for each skill by itself. At first it is asked at every step; after two right answers in a row only
where it is new in an iteration; after two more in every second iteration. An answer that was wrong or needed help
takes it one stage back.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from engine.predict.answer import Answer, AnswerError, read_answer, read_direction, sides_of
from engine.predict.judge import Judgement, judge
from engine.predict.mistakes import Diagnosis
from engine.predict.question import Direction, Question, Skill, question_of
from engine.program.notation import Notation
from engine.walking.session import Session

IN_A_ROW = 2
"""Right answers in a row after which a skill is asked less often."""
LAST_STAGE = 2
LAST_HINT = 3
"""Hints: 1 the rule in symbols, 2 its numbers, 3 the answer."""
ENOUGH = 0.8
"""The part of right answers below which a skill wants practice."""

Said = Literal["right", "wrong", "coarse", "unreadable", "told"]
"""What an answer was; `told` where the last hint gave it."""


class Score(Struct, frozen=True):
    """How predicting went with one skill.

    Attributes:
        asked: questions that were answered, or given up.
        right: those that were right at once and without a hint.
        row: right ones in a row, at this stage.
        stage: 0 asked at every step, 1 once an iteration, 2 every second iteration.
        last: the iteration in which it was asked last.
        mistakes: how often each mistake was made.
    """

    asked: int = 0
    right: int = 0
    row: int = 0
    stage: int = 0
    last: int | None = None
    mistakes: Mapping[str, int] = field(default_factory=dict)

    def is_due(self, iteration: int) -> bool:
        """Whether it is to be asked in this iteration."""
        return self.last is None or abs(iteration - self.last) >= self.stage

    def answered(self, iteration: int, *, right: bool) -> "Score":
        """The score with one question more."""
        row, stage = (self.row + 1, self.stage) if right else (0, max(0, self.stage - 1))
        if row == IN_A_ROW and stage < LAST_STAGE:
            row, stage = 0, stage + 1
        return replace(self, asked=self.asked + 1, right=self.right + right, row=row, stage=stage, last=iteration)

    def with_mistake(self, name: str) -> "Score":
        """The score with one mistake more."""
        return replace(self, mistakes={**self.mistakes, name: self.mistakes.get(name, 0) + 1})


class Feedback(Struct, frozen=True):
    """What is said to an answer.

    Attributes:
        said: what it was.
        diagnosis: the mistake that made it, or with which it agrees as well.
        problem: why it can't be read.
        direction: the direction, where that was right or told.
        answer: a wrong one that no mistake of the step makes.
        cause: what was done to get that one, in words, once it is found in the steps before.
    """

    said: Said
    diagnosis: Diagnosis | None = None
    problem: str = ""
    direction: Direction | None = None
    answer: Answer | None = None
    cause: str = ""


class Lesson(Struct, frozen=True, eq=False):
    """Predict mode.

    Attributes:
        scores: by skill.
        question: the open question, or None.
        asks_direction: whether it is still at the direction.
        hints: how many hints are shown.
        spoilt: whether a wrong answer was given.
        feedback: what was said to the last answer.
        answered: the last question that was closed by an answer or by its last hint.
        passed_over: whether the step could be asked about, but is not this time.
    """

    scores: Mapping[Skill, Score] = field(default_factory=dict)
    question: Question | None = None
    asks_direction: bool = False
    hints: int = 0
    spoilt: bool = False
    feedback: Feedback | None = None
    answered: Question | None = None
    passed_over: bool = False

    def ask(self, session: Session, selected: str | None = None, example: int = 0) -> "Lesson":
        """Opens the question about the next step; without one where there is nothing to predict or it is not due."""
        question = question_of(session, selected, example)
        if question is None:
            return Lesson(self.scores)
        if not self.score(question.skill).is_due(question.after.iteration):
            return Lesson(self.scores, passed_over=True)
        return Lesson(self.scores, question, question.is_directed)

    def score(self, skill: Skill) -> Score:
        """How it went so far."""
        return self.scores.get(skill, Score())

    def answer(self, text: str, notation: Notation) -> "Lesson":
        """The lesson after an answer; without a text, after asking for help.

        Args:
            text: what was typed.
            notation: the names in use, which an answer may use too.
        """
        if self.question is None:
            return self
        if not text.strip():
            return self._help(self.question)
        direction = read_direction(text) if self.asks_direction else None
        if direction is not None:
            return self._judge_direction(self.question, direction)
        try:
            answers = [read_answer(side, self.question, notation) for side in sides_of(text, self.question, notation)]
        except AnswerError as error:
            return replace(self, feedback=Feedback("unreadable", problem=str(error.args[0])))
        # of what is said to be equal, a result in few digits may follow the calculation, but nothing wrong
        judgement, answer = min(
            ((judge(answer, self.question), answer) for answer in answers),
            key=lambda pair: ("wrong", "right", "coarse").index(pair[0].verdict),
        )
        if self.asks_direction and judgement.verdict == "wrong":
            change = answer.value - self.question.base
            typed: Direction = "zero" if change == 0 else "positive" if change > 0 else "negative"
            if typed not in self.question.directions:
                return self._wrong(judgement, answer)
        # a number says the direction as well
        return replace(self, asks_direction=False)._judged(self.question, judgement, answer)

    def with_cause(self, cause: str) -> "Lesson":
        """The lesson with words for what was done to get the last answer, a wrong one."""
        return self if self.feedback is None else replace(self, feedback=replace(self.feedback, cause=cause))

    def leave(self) -> "Lesson":
        """Without an open question; one that was tried counts."""
        if self.question is None or not (self.spoilt or self.hints):
            return Lesson(self.scores)
        return replace(self._closed(self.question, right=False), answered=None)

    def _judge_direction(self, question: Question, direction: Direction) -> "Lesson":
        if direction in question.directions:
            return replace(self, asks_direction=False, feedback=Feedback("right", direction=direction))
        return self._wrong(Judgement("wrong"))

    def _judged(self, question: Question, judgement: Judgement, answer: Answer) -> "Lesson":
        if judgement.verdict == "right":
            right = not (self.spoilt or self.hints)
            return replace(self._closed(question, right=right), feedback=Feedback("right"))
        if judgement.verdict == "coarse":
            return replace(self, feedback=Feedback("coarse", judgement.diagnosis))
        return self._wrong(judgement, answer)

    def _wrong(self, judgement: Judgement, answer: Answer | None = None) -> "Lesson":
        unexplained = answer if judgement.diagnosis is None else None
        feedback = Feedback("wrong", judgement.diagnosis, answer=unexplained)
        wrong = replace(self, spoilt=True, feedback=feedback)
        if judgement.diagnosis is None or self.question is None:
            return wrong
        skill = self.question.skill
        score = self.score(skill).with_mistake(judgement.diagnosis.mistake.name)
        return replace(wrong, scores={**self.scores, skill: score})

    def _help(self, question: Question) -> "Lesson":
        if self.hints + 1 < LAST_HINT:
            return replace(self, hints=self.hints + 1, feedback=None)
        if self.asks_direction:  # the number is still to be found
            told = Feedback("told", direction=question.directions[0])
            return replace(self, asks_direction=False, feedback=told)
        return replace(self._closed(question, right=False), feedback=Feedback("told"))

    def _closed(self, question: Question, *, right: bool) -> "Lesson":
        score = self.score(question.skill).answered(question.after.iteration, right=right)
        return Lesson({**self.scores, question.skill: score}, answered=question)

    # The sum of it

    @property
    def asked(self) -> int:
        """Questions so far."""
        return sum(score.asked for score in self.scores.values())

    @property
    def right(self) -> int:
        """Those that were right at once."""
        return sum(score.right for score in self.scores.values())

    @property
    def to_practise(self) -> tuple[Skill, ...]:
        """The skills that want practice, the weakest first."""
        weak = [(score.right / score.asked, skill) for skill, score in self.scores.items() if score.asked]
        return tuple(skill for part, skill in sorted(weak, key=lambda pair: pair[0]) if part < ENOUGH)
