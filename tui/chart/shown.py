"""What the chart may show besides E of every iteration. Whoever asks for it needs nothing of how it is drawn."""

from typing import NamedTuple


class Curves(NamedTuple):
    """What the two curves are called, where there are two."""

    own: str
    other: str


class Test(NamedTuple):
    """E of the test part at some iterations, counted from the first one drawn.

    Attributes:
        places: the iterations.
        errors: E at each.
        whole: whether that is all there is to know of it; else the rest is being measured, or was not.
    """

    places: tuple[int, ...]
    errors: tuple[float, ...]
    whole: bool = True


class Accuracy(NamedTuple):
    """What is known of it, in percent; nan where it is not.

    Attributes:
        iterations: at whose start it was measured.
        training: of the examples that are trained on.
        test_iterations: at whose start that of the test part was; none where there is none.
        test: of the test part.
        at: the iteration where the cursor stands.
        now: there.
        test_now: likewise.
        whole: as of `Test`, of the training examples.
        test_whole: likewise of the test part, if there is one.
    """

    iterations: tuple[int, ...]
    training: tuple[float, ...]
    test_iterations: tuple[int, ...]
    test: tuple[float, ...]
    at: int
    now: float
    test_now: float
    whole: bool = True
    test_whole: bool = True
