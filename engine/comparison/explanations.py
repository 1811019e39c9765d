"""Where mistakes are looked for: in rows, in iterations from the start, in settings, in what is shown, in rounding."""

from collections.abc import Iterable, Iterator

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.comparison.arithmetic import slips
from engine.comparison.asides import Asides
from engine.comparison.cause import PLAINNESS, WORDS
from engine.comparison.explanation import Explanation
from engine.comparison.faults import Fault, Faults
from engine.comparison.forms import slope_from_output
from engine.comparison.general_faults import other_examples
from engine.comparison.loss_faults import activation_twice
from engine.comparison.orders import kept
from engine.comparison.other_formulas import other_formulas
from engine.comparison.penalties import Penalty, digits_of, in_derivative, in_error, of_error
from engine.comparison.rounding import Rounding, roundings
from engine.comparison.row_faults import RowFaults
from engine.comparison.settings import SETTING, SLOWLY, Setting, settings_of
from engine.comparison.slots import Slot, Slots
from engine.comparison.starts import alone, on, start_of
from engine.comparison.strengths import strengths
from engine.comparison.trial import Outcome, Trials
from engine.comparison.verdicts import Judge
from engine.program.scenario import Scenario, Variant
from engine.program.steps import Row, Steps
from engine.walking.advance import complete
from engine.walking.timeline import Timeline
from engine.walking.values import Values

Array = NDArray[np.float64]

MOST_ROWS = 25_000
"""Rows that are computed to look for mistakes made from the start; beyond that, none is looked for so."""
OF_ROWS = ("arithmetic", "penalty", "reduction", "by_weights", "immediate", "frozen")
"""What the rows of an iteration, and the numbers in them but for new parameters, ask of how is trained."""
NEAR = 3
"""Iterations before and after the right one that are looked at."""
PENALTY_OF_ROWS = 2
"""How much less plain a penalty of rows is than one of the whole walk, which says the same of all rows."""


class Explanations:
    """Looks for explanations of what a judge has found wrong.

    Args:
        judge: it.
        timeline: of the walk.
    """

    def __init__(self, judge: Judge, timeline: Timeline) -> None:
        self.judge, self.timeline, self.slots = judge, timeline, judge.slots
        self.asides = Asides(judge)
        self.trials = Trials(judge, self.asides)
        self.row_faults = RowFaults(judge, self.trials)
        self.rows = judge.slots.steps.rows
        self.training = judge.slots.scenario.training
        self.examples = alone(timeline, judge.ours)
        self.firsts: list[float] = []

    def _parts_ways(self, index: int) -> bool:
        """Whether a mistake in a row makes a slope from an output another one than from what goes in.

        In total inputs of layers it does not: outputs follow from them.
        """
        row = self.rows[index]
        return row.phase == "forward" and (row.quantity != "x" or self.slots.steps.of_graph)

    def from_the_start(self) -> Iterator[Explanation]:
        """Of an iteration after the first: mistakes that were made in all before it as well."""
        iteration, first = self.judge.ours.iteration, self.timeline.first
        right = any(self.slots.is_parameter(slot) and slot.role == "value" for slot in self.judge.given.slots)
        if iteration == first or (right and not self._of_parameters):
            return
        tries = [
            (index, faults)
            for index in range(len(self.rows))
            for fault in self.row_faults.of(index)
            for faults in self._scopes(index, fault)
            if not fault.printed
        ]
        if len(tries) * len(self.rows) * (iteration - first + 1) > MOST_ROWS:
            return
        begun = self.judge.known.begin(self.timeline.start(first))
        for index, faults in tries:
            start = self.trials.through(faults, begun, iteration)
            if start is not None:
                start = on(self.timeline, start, self.examples)
                outcome = self._from(self.trials, faults, start)
                if outcome is not None:
                    yield self._explanation(faults, index, outcome, len(faults), len(self.rows) - index)

    def of_kept_gradients(self) -> Iterator[Explanation]:
        """Derivatives that were added to those of the iterations before, and parameters that come of it."""
        iteration, first = self.judge.ours.iteration, self.timeline.first
        if iteration == first or len(self.rows) * (iteration - first + 1) > MOST_ROWS:
            return
        faults = kept(self.rows)
        start = self.trials.through(faults, self.timeline.start(first), iteration)
        outcome = None if start is None else self._from(self.trials, faults, on(self.timeline, start, self.examples))
        if outcome is not None:
            words = f"{WORDS['gradients-kept']}; before each update they should be of its iteration alone (zero_grad)"
            yield Explanation("gradients-kept", outcome, (PLAINNESS.index("gradients-kept"), -1), words=words)

    @property
    def _of_parameters(self) -> bool:
        """Whether what is wrong first are parameters with which the iteration begins."""
        return self.row_faults.wrong_row == -1

    def _from(self, trials: Trials, faults: Faults, start: Values) -> Outcome | None:
        """What becomes of an iteration that begins so; None where that does not explain the numbers."""
        if self._of_parameters:
            values = trials.whole(faults, start)
            return None if values is None else trials.shown(values)
        outcome = self._noted(trials.run(faults, 0, start))
        return outcome if outcome.failed_at is None and outcome.hits else None

    def in_this_iteration(self) -> Iterator[Explanation]:
        """Mistakes of rows, in each row that may have them, there alone or in the rows like it as well."""
        last = self.row_faults.wrong_row
        for index in range(-1 if last is None else last, -1, -1):
            for fault in self.row_faults.of(index) if self.row_faults.open(index) else ():
                for scope, faults in enumerate(self._scopes(index, fault)):
                    seen = any(map(self.trials.sees, faults))
                    if fault.printed and not seen:
                        continue  # what is only shown, where nothing is given, changes nothing
                    outcome = self._noted(self.trials.run(faults, index))
                    if outcome.failed_at is not None and outcome.failed_at > index and seen and not fault.printed:
                        outcome = self.trials.run(faults, index, printed=True)
                    if outcome.failed_at is not None and outcome.failed_at > index and self._parts_ways(index):
                        outcome = self.trials.run(faults, index, from_outputs=True)
                    if outcome.failed_at is None and outcome.hits:
                        yield self._explanation(faults, index, outcome, scope, (last or 0) - index)
                for masked in self.row_faults.masked(index, fault) if index == last else ():
                    outcome = self.trials.run(masked, index)
                    if outcome.failed_at is None and outcome.hits:
                        yield self._explanation(masked, index, outcome, 2, 0)
                        break

    def of_arithmetic(self) -> Iterator[Explanation]:
        """Mistakes of the arithmetic over quantities, where one number of it is all that is wrong."""
        singles = self.trials.wrong_singles
        if len(singles) != 1 or any(self.trials.wrong(slot).any() for slot in self.judge.given.slots):
            return
        (single,), scenario = singles, self.slots.scenario
        for number, slip in enumerate(slips(single.expression, scenario)):
            other = replace(single, expression=slip.expression).value(scenario, self.judge.last)
            if other is None:
                continue
            self.firsts.append(other)
            if single.agrees(other):
                hits = self.trials.hits_of(self.trials.wrong_asides[0], np.array([other]))
                outcome = Outcome(None, self.judge.last, tuple(hits), 1, other)
                order = (PLAINNESS.index(slip.cause), -1, number)
                words = f"{slip.words}; it should be {single.expression}"
                yield Explanation(slip.cause, outcome, order, words=words, at=str(single.expression))

    def of_asides(self) -> Iterator[Explanation]:
        """Mistakes in numbers that no row makes, and in them alone."""
        start, count = self.judge.walk[-1].values, len(self.rows)
        for index, group in self.asides.groups.items():
            if not any((aside.marks == 4).any() for aside in group):
                continue
            for fault in self.row_faults.of(index):
                for only_wrong in (False, True):
                    outcome = self.trials.run({index: [fault]}, 0, start, only_wrong=only_wrong)
                    if outcome.failed_at is None and outcome.hits:
                        order = (PLAINNESS.index(fault.cause) + len(PLAINNESS) * only_wrong, -1, index - count)
                        faults = {index: [fault]}
                        yield Explanation(fault.cause, outcome, order, index, faults, details=fault.details)
                        break

    def of_penalties(self) -> Iterator[Explanation]:
        """A penalty that is in E, there alone or in its derivatives as well."""
        slot, steps, place = Slot("total", "E"), self.slots.steps, self.row_faults.place
        placed = self.judge.given.slots.get(slot)
        if placed is None or not self.trials.wrong(slot).any() or self.row_faults.wrong_row != steps.error_row:
            return
        off, start = float(placed.numbers - self.judge.followed(slot)), self.judge.walk[-1].values
        allowed = float(self.judge.tolerance.single(slot, placed, placed.numbers))
        for penalty in of_error(place, off, allowed, start.theta):
            error = {steps.error_row: [in_error(place, penalty)]}
            plainer = (digits_of(penalty.size), penalty.biases, penalty.examples)
            for where, faults in (("", error), *self._with_derivatives(error, penalty)):
                outcome = self.trials.run(faults, steps.error_row)
                if outcome.failed_at is None and outcome.hits:
                    yield Explanation(
                        "penalty",
                        outcome,
                        (PLAINNESS.index("penalty"), *plainer),
                        None if where else steps.error_row,
                        faults,
                        words=f"a penalty on the parameters is in E, {penalty.of_error}, and {where}",
                        details=penalty.details,
                        chance=penalty.chance if len(outcome.hits) == 1 else None,
                    )
                    break

    def of_activation_twice(self) -> Iterator[Explanation]:
        """The outputs' activation function used again by the loss, which takes them for total inputs."""
        index = self.slots.steps.error_row
        for number, faults in enumerate(activation_twice(self.row_faults.place)):
            outcome = self._noted(self.trials.run(faults, min(faults)))
            if outcome.failed_at is None and outcome.hits:
                order, at = (PLAINNESS.index("activation-twice"), number), "E" if index in faults else SETTING
                words = f"{WORDS['activation-twice']}: a loss was given what they make that takes what goes in (logits)"
                yield Explanation("activation-twice", outcome, order, words=words, at=at)

    def _with_derivatives(self, error: Faults, penalty: Penalty) -> Iterator[tuple[str, Faults]]:
        """The penalty in E and in what it is derived by: of all that has it, or of the weights alone."""
        rows = [index for index, row in enumerate(self.rows) if row.quantity == "dE/dw"]

        def of(one: Penalty) -> Faults:
            place = self.row_faults.place
            return {**error, **{index: [in_derivative(place, self.rows[index], one)] for index in rows}}

        if penalty.weights:
            yield "in its derivatives", of(penalty)
            if penalty.biases:
                words = "in its derivatives by the weights; of the biases it is missing there"
                yield words, of(replace(penalty, biases=False))

    def of_settings(self) -> Iterator[Explanation]:
        """Settings of the scenario, from the start and in this iteration alone."""
        scenario = self.timeline.scenario_at(self.judge.ours.iteration)
        yield from self._under((*settings_of(scenario), *strengths(self.row_faults.place, self.judge)))

    def of_formulas(self) -> Iterator[Explanation]:
        """Formulas of a graph's nodes that are others, with the derivatives that they have then."""
        yield from self._under(other_formulas(self.row_faults.place))

    def _under(self, settings: Iterable[Setting]) -> Iterator[Explanation]:
        ours = self.judge.ours
        for setting in settings:
            if setting.slow and ours.iteration - self.timeline.first > SLOWLY:
                continue
            if setting.later and ours.iteration == self.timeline.first:
                continue
            if setting.cause == "batch-order" and self.examples is not None:  # one example by itself is chosen
                continue
            in_update = self._only_in_update(setting.scenario)
            timeline = Timeline(
                setting.scenario, steps=self.slots.steps if in_update else self._steps(setting.scenario)
            )
            slots = Slots(setting.scenario, timeline.steps, self.slots.batch)
            trials = Trials(self.judge, self.asides, slots, self.judge.known if in_update else None)
            for by_itself in (False, True) if ours.iteration > timeline.first and not self._of_parameters else (False,):
                start = self._start_under(timeline, alone=by_itself)
                if start is None:
                    continue
                outcome = self._from(trials, {}, start)
                if outcome is not None:
                    scope = -1 if ours.iteration > timeline.first else 3
                    # one of many rates, on one step: a loss without its ½ gives twice as much, too, and is plainer
                    rank = "optimizer" if setting.cause == "learning-rate" and scope == 3 else setting.cause
                    order = (PLAINNESS.index(rank), scope, int(by_itself))
                    yield Explanation(
                        setting.cause,
                        outcome,
                        order,
                        words=setting.words,
                        at=setting.at,
                        details=setting.details,
                        variant=setting.variant,
                        chance=setting.chance if len(outcome.hits) == 1 else None,
                        fitted=setting.chance is not None,
                    )

    def _steps(self, scenario: Scenario) -> Steps | None:
        """The rows of a scenario that has our network, and is trained otherwise; None of another one."""
        ours = self.slots.scenario
        return Steps(ours.network, scenario.training, self.slots.program) if scenario.network is ours.network else None

    def _only_in_update(self, scenario: Scenario) -> bool:
        """Whether a scenario is ours but for what only the update of parameters asks for."""
        ours, other = self.slots.scenario, scenario.training
        own = ours.training
        return (
            scenario.network is ours.network
            and (own.learning_rule or other.learning_rule) is None
            and all(getattr(own, name) == getattr(other, name) for name in OF_ROWS)
        )

    def _start_under(self, timeline: Timeline, *, alone: bool) -> Values | None:
        """The iteration's start under another setting; `alone`: with our parameters."""
        iteration = self.judge.ours.iteration
        try:
            start = start_of(timeline, iteration, self.examples)
        except IndexError:
            return None
        beginning = self.judge.ours.beginning
        if not alone:
            return start
        state = beginning.state if beginning.state.shape == start.state.shape else start.state
        return replace(beginning, steps=start.steps, iteration=iteration, state=state, event=None)

    def shown(self) -> Iterator[Explanation]:
        """Numbers of another iteration, or of another example."""
        own = self.judge.ours.iteration
        near = [own + by for size in range(1, NEAR + 1) for by in (-size, size)]
        for iteration in near if not self.slots.steps.ends else ():
            try:
                values = complete(
                    self.timeline.scenario_at(max(iteration, 0)), start_of(self.timeline, iteration, self.examples)
                )
            except IndexError:
                continue
            if len(values.examples) == self.slots.batch:
                outcome = self._shown(values)
                if outcome is not None:
                    order = (PLAINNESS.index("other-iteration"), 0, abs(iteration - own))
                    words = f"these are the numbers of iteration {iteration}; those of iteration {own} are asked"
                    details = {"iteration": iteration}
                    variant = Variant(self.training, iteration=iteration, told=details) if iteration >= 0 else None
                    yield Explanation("other-iteration", outcome, order, words=words, details=details, variant=variant)
        for example, values in other_examples(self.row_faults.place, self.judge.ours.beginning):
            outcome = self._shown(values)
            if outcome is not None:
                order = (PLAINNESS.index("other-example"), 0, example)
                words = f"these are the numbers of example {example}; the iteration takes example "
                words += f"{self.judge.ours.examples[0] + 1}"
                yield Explanation("other-example", outcome, order, words=words, details={"example": example})

    def _shown(self, values: Values) -> Outcome | None:
        """Whether all numbers that are not right are those of other values."""
        if values.event is not None:
            return None
        return self.trials.shown(values)

    def rounded(self) -> Iterator[Explanation]:
        """Every step rounded, or cut off: as a walk in this arithmetic, or the rows alone."""
        for one in roundings():
            order = (PLAINNESS.index("rounded"), *one.order)
            variant = None
            if one.arithmetic is not None:
                variant = Variant(replace(self.training, arithmetic=one.arithmetic), told=one.details)
            for outcome in (*self._in_arithmetic(variant), *self._in_rows(one)):
                yield Explanation("rounded", outcome, order, words=one.words, details=one.details, variant=variant)

    def _in_rows(self, one: Rounding) -> Iterator[Outcome]:
        """Each row rounded, with slopes from what goes in or from outputs, where that explains the numbers."""
        fault = Fault("rounded", lambda values, row, result: one.made(result), details=one.details)
        for from_outputs in (False, True):
            before = [Fault("rounded", self._from_outputs)] if from_outputs else []
            faults = {
                index: [*(before if row.phase == "backward" else ()), fault]
                for index, row in enumerate(self.rows)
                if row.layer or row.quantity != "y"
            }
            outcome = self.trials.run(faults, 0, self.judge.ours.beginning)
            if outcome.failed_at is None and outcome.hits:
                yield outcome

    def _from_outputs(self, values: Values, row: Row, result: Array) -> Array:
        return slope_from_output(self.row_faults.place, values, row, result)

    def _in_arithmetic(self, variant: Variant | None) -> Iterator[Outcome]:
        """The walk in another arithmetic, from its beginning on, where that explains the numbers."""
        iteration = self.judge.ours.iteration
        if variant is None or iteration - self.timeline.first > NEAR:  # slow: every number is rounded by itself
            return
        scenario = self.timeline.scenario_at(iteration)
        timeline = Timeline(replace(scenario, training=variant.training))
        start = self._start_under(timeline, alone=False)
        if start is not None:
            slots = Slots(timeline.scenario_at(iteration), timeline.steps, self.slots.batch)
            outcome = Trials(self.judge, self.asides, slots).run({}, 0, start)
            if outcome.failed_at is None and outcome.hits:
                yield outcome

    def _scopes(self, index: int, fault: Fault) -> Iterator[Faults]:
        """The row alone, with all rows after it that are like it, or with those of the same node's steps."""
        yield {index: [fault]}
        alike = self.row_faults.alike(index, fault)
        if alike:
            yield {index: [fault], **alike}
        steps = self.row_faults.in_every_step(index, fault)
        if steps and steps.keys() != alike.keys():
            yield {index: [fault], **steps}

    def _noted(self, outcome: Outcome) -> Outcome:
        """Notes what comes out for the number that is wrong first: so many others come near it by chance."""
        if outcome.first is not None:
            self.firsts.append(outcome.first)
        return outcome

    def _explanation(self, faults: Faults, index: int, outcome: Outcome, scope: int, distance: int) -> Explanation:
        (fault, *_) = faults[index]
        of_rows = PENALTY_OF_ROWS if fault.cause == "penalty" else 0
        order = (PLAINNESS.index(fault.cause), scope + of_rows, distance)
        return Explanation(fault.cause, outcome, order, index, faults, details=fault.details)
