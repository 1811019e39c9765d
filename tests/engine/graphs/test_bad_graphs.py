"""Every message about a file with `[graph]`: where it points, and what it says."""

import pytest

from engine.program.scenario import Stop
from tests.engine.graphs.bad_graphs import BAD, GRAPH
from tests.engine.graphs.files import problems_of, read, walked


@pytest.mark.parametrize(
    ("changes", "where", "words"), BAD, ids=[f"{number}-{of}" for number, (_, of, _) in enumerate(BAD)]
)
def test_a_problem_is_told_with_place_and_remedy(changes: list[tuple[str, str]], where: str, words: list[str]) -> None:
    text = GRAPH
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    problems = problems_of(text)
    said = [problem for problem in problems if problem.where == where]
    assert said, list(map(str, problems))
    assert any(all(word in str(problem) for word in words) for problem in said), list(map(str, problems))
    assert all("\n" not in str(problem) and str(problem).isprintable() for problem in problems)


def test_the_small_one_is_read() -> None:
    scenario = read(GRAPH)
    assert scenario.training.stop == Stop()
    assert walked(scenario).complete


def test_all_problems_of_a_file_are_told_at_once() -> None:
    text = GRAPH.replace("c = 2", 'c = "2"').replace("tanh(", "tahn(").replace("[1, 2]", "[1]").replace('"E"', '"F"', 1)
    text = text.replace("learning_rate = 0.5", "learning_rate = 0")
    places = {problem.where for problem in problems_of(text)}
    assert places == {
        *("graph.constants.c", "graph.nodes[1]", "graph.error", "example[1].inputs", "training.learning_rate")
    }


def test_what_uses_a_wrong_line_is_no_problem_of_its_own() -> None:
    text = GRAPH.replace("tanh(", "tahn(")
    assert [problem.where for problem in problems_of(text)] == ["graph.nodes[1]"]


def test_what_is_wrong_in_a_repetition_is_told_once() -> None:
    repeated = '  { for = "t = 1..50", nodes = ["q{t} = tahn(a)"] },\n'
    problems = problems_of(GRAPH.replace('  "E = half', repeated + '  "E = half'))
    assert [problem.where for problem in problems] == ["graph.nodes[2].nodes[1] (t = 1)"]
