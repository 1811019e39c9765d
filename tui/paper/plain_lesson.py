"""Predict mode in plain sentences: what is typed while a question is open is an answer."""

from engine.formula.quantity import Quantity
from engine.predict.lesson import Lesson
from engine.predict.question import Question
from engine.predict.words import advice, asked, meaning, said, skill_words
from engine.program.notation import Notation
from engine.walking.session import Session
from tui.words.calculation import text_of
from tui.words.hints import hint_lines
from tui.words.quoted import in_notation

LEAVE = "t"


class PlainLesson:
    """A lesson that talks."""

    def __init__(self, notation: Notation, digits: int) -> None:
        self._notation, self._digits = notation, digits
        self._lesson = Lesson()
        self._on = False

    def takes(self, line: str) -> bool:
        """Whether a line is for the lesson, and no command of the walk."""
        return line == LEAVE or (self._on and (line == "" or self._lesson.question is not None) and line != "?")

    def hear(self, session: Session, line: str) -> Session | None:
        """Answers a line; the session where that leads, or None."""
        if line == LEAVE and self._on:
            self.end()
            return None
        if line == LEAVE:
            self._on = True
            print(f"Predict mode: each step asks first; an empty line gives a hint, {LEAVE} leaves.")
            self.go_on(session)
            return None
        if self._lesson.question is None:
            return self._forward(session)
        return self._answer(self._lesson.question, line)

    def go_on(self, session: Session) -> None:
        """In predict mode, asks about the next step at once, so that the next line is an answer."""
        if not self._on or session.forward() is session:
            return
        self._lesson = self._lesson.ask(session)
        if self._lesson.question is not None:
            self._say_question(self._lesson.question)
        elif self._lesson.passed_over:
            print("Press enter: the next step is not asked this time.")
        else:
            print("Press enter: the next step has nothing to predict.")

    def end(self) -> None:
        """Leaves predict mode; the summary, if there is one."""
        if not self._on:
            return
        self._lesson, self._on = self._lesson.leave(), False
        print("Predict mode is off.")
        if not self._lesson.asked:
            return
        print(f"{self._lesson.right} of {self._lesson.asked} right at once, without a hint.")
        for skill, score in self._lesson.scores.items():
            if score.asked:
                symbol = self._notation.symbol(Quantity(skill.quantity))
                print(f"{symbol}, {skill_words(skill)}: {score.right} of {score.asked}.")
        print("\n".join(advice(self._lesson, self._notation)))

    def _forward(self, session: Session) -> Session | None:
        moved = session.forward()
        if moved is session:
            print(f"The walk ends here: {session.ending}.")
            return None
        return moved

    def _explained(self, lesson: Lesson, question: Question) -> Lesson:
        """The lesson with what was done to get a wrong answer, where only the steps before say it."""
        if lesson.feedback is None or lesson.feedback.answer is None:
            return lesson
        from engine.comparison.answers import cause_of, searched  # here: right answers need no search

        cause = cause_of(question, lesson.feedback.answer) if searched(question) else ""
        return lesson.with_cause(in_notation(cause, self._notation)) if cause else lesson

    def _answer(self, question: Question, line: str) -> Session | None:
        before = self._lesson
        self._lesson = self._explained(before.answer(line, self._notation), question)
        words = said(self._lesson, question, self._notation)
        if words:
            print(words)
        if self._lesson.question is None:
            return question.after
        if self._lesson.hints > before.hints:
            known = hint_lines(before, self._notation, self._digits)
            for hint in hint_lines(self._lesson, self._notation, self._digits):
                if hint not in known:
                    print(f"{hint.left} = {text_of(hint.runs)}.")
        if self._lesson.asks_direction != before.asks_direction:
            self._say_question(question)
        return None

    def _say_question(self, question: Question) -> None:
        print(f"{asked(self._lesson, self._notation)} ({meaning(question, self._notation)})")
