"""Any number of a walk by what a person calls it: for programs that use the engine, and for `gradstep value`."""

from functools import cached_property

from engine.ask.lookup import value_at, value_of
from engine.formula.quantity import Quantity, kind_of
from engine.program.batches import batches_per_epoch
from engine.program.expression import check_quantity, parse_expression
from engine.program.quantity_check import check_rule
from engine.program.scenario import Scenario
from engine.program.tokens import like
from engine.walking.advance import advance, begin_with
from engine.walking.session import Session
from engine.walking.values import Values


class _NotYetError(Exception):
    """A number that is asked for is not computed."""


def read(session: Session, text: str, example: int = 0) -> float | None:
    """The number of a quantity, or of plain arithmetic over quantities, at the session's place.

    Quantities are those of scenario files: `x[h1]`, `y[h1]`, `t[o1]`, `dy/dx[h1]`, `E`, `E[o1]`, `dE/dy[h1]`,
    `dE/dy[h1<-o1]`, `dE/dx[h1]`, `dE/dw[w5]`, `w[w5]`, `w+[w5]` and `learning_rate`. Weights, biases and targets have
    no unit but what the scenario's author gives them. Of a graph of formulas they are `y[q]`, `dE/dy[q]`,
    `dE/dy[q<-f]`, the local derivative `dy/dy[f<-q]`, and those of parameters.

    Args:
        session: the place.
        text: `dE/dw[w5]`, or arithmetic like `-learning_rate * dE/dw[w5]`.
        example: of quantities of nodes, the example's number within the batch, from 0.

    Returns:
        the number, to the last bit the one that the app shows; None while it is not computed.

    Raises:
        ExpressionError: the text is no quantity and no arithmetic.
        LookupError: the network has no such node or parameter, or the batch no such example; it says which there are.

    Example:
        >>> from engine import Session, load_scenario, read
        >>> start = Session.open(load_scenario("mazur"))
        >>> read(start.seek(0, start.count), "dE/dw[w5]")
        0.0821670405642308
        >>> print(read(start, "dE/dw[w5]"))
        None
    """
    count = len(session.values.examples)
    if not 0 <= example < count:
        raise LookupError(f"there is no example {example} in this batch: they are numbered from 0 to {count - 1}")
    return _InBatch(session, example).read(text)


class Reader:
    """Numbers at a place of a walk as figures name them: an epoch's error too, and of one example of the file.

    Attributes:
        session: the place.
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    def read(self, text: str) -> float | None:
        """The number of a quantity, or of plain arithmetic over quantities; None while it is not computed.

        A parameter's name alone is its `w`, a node's its `y`.

        Raises:
            ExpressionError: the text is no quantity and no arithmetic.
            LookupError: there is no such node or parameter; the message says which there are.
        """
        network = self.session.scenario.network
        expression = parse_expression(text, names=network, like=like(network))
        for quantity in expression.quantities():
            training = self.session.scenario.training
            problem = check_quantity(quantity, network, text) or check_rule(quantity, training)
            if problem:
                raise LookupError(problem)

        def number(quantity: Quantity) -> float:
            value = self.number(quantity)
            if value is None:
                raise _NotYetError
            return value

        try:
            return expression.evaluate(number)
        except _NotYetError:
            return None

    def number(self, quantity: Quantity) -> float | None:
        """One quantity, of the batch, or of its first example; None while it is not computed."""
        if quantity.epoch is not None:
            return self._of_epoch(quantity.epoch)
        return value_at(self.session, quantity)

    def _of_epoch(self, epoch: int) -> float | None:
        """The sum of the errors of an epoch's iterations, once the last of them is known."""
        session, size = self.session, batches_per_epoch(self.session.scenario)
        last = (epoch + 1) * size
        if session.errors_until(session.position) < last:
            return None
        errors = session.timeline.errors(last, last - size).tolist()
        total = 0.0
        for error in errors:
            total += error
        return total if len(errors) == size else None


class _InBatch(Reader):
    """As `read` has them."""

    def __init__(self, session: Session, example: int) -> None:
        super().__init__(session)
        self._example = example

    def number(self, quantity: Quantity) -> float | None:
        if quantity.epoch is not None:
            raise LookupError(f"{quantity} is not of one place: sum the E of the epoch's iterations, Session.history")
        return value_at(self.session, quantity, self._example)


class OfExample(Reader):
    """Numbers of one example by itself, whether it is in the batch or not: `E` and `dE/dw` are its own."""

    def __init__(self, session: Session, example: int) -> None:
        """Of an example of the file, counted from 1.

        Raises:
            LookupError: there is no such example, or it is nothing by itself.
        """
        super().__init__(session)
        scenario, count = session.scenario, len(session.scenario.inputs)
        if not 1 <= example <= count:
            raise LookupError(f"there is no example {example}: they are numbered from 1 to {count:,}")
        if scenario.graph is not None and scenario.graph.joins_examples:
            raise LookupError("the examples of a batch meet in this graph: none has numbers by itself")
        self._example = example - 1

    def number(self, quantity: Quantity) -> float | None:
        """One quantity; what the whole iteration has once is that of the walk."""
        if quantity.epoch is not None or kind_of(quantity.kind).over == "iteration":
            return super().number(quantity)
        return value_of(self.session.scenario, self._values, quantity)

    @cached_property
    def _values(self) -> Values:
        """The same rows as the session's, of this example."""
        there = self.session.values
        start, rows = there.beginning, len(there.results)
        scenario = self.session.scenario.without_penalty
        values = _alone(scenario, start, self._example)
        while len(values.results) < rows and values.event is None:
            values = advance(scenario, values)
        return values


def _alone(scenario: Scenario, start: Values, example: int) -> Values:
    return begin_with(scenario, start.steps, start.iteration, start.theta, start.state, (example,))
