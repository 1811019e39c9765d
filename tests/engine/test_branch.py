"""Edits and branches: the numbers of a walk that was changed by hand, and the old ones where it was not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.ask.lookup import value_at
from engine.check.gradients import check_gradient
from engine.check.marks import figures_here
from engine.explain.terms import explain
from engine.files import load_scenario
from engine.formula.quantity import Quantity
from engine.walking.branch import branch_at, edited, history_of, standing
from engine.walking.changes import ChangeError, read_changes, spot_of, value_of
from engine.walking.session import Position, Session
from tests.engine.walks import SCENARIOS, numbers, walked
from tests.networks import make, mazur


def changed_by_hand(scenario, part, index, value):
    """The scenario with another number, by plain numpy."""
    if part == "learning_rate":
        return replace(scenario, training=replace(scenario.training, learning_rate=value))
    array = getattr(scenario, part).copy()
    array[index] = value
    return replace(scenario, **{part: array})


def some_change(scenario, draw):
    """A name, and where in the scenario its number stands."""
    network, example = scenario.network, draw(st.integers(0, len(scenario.inputs) - 1))
    part = draw(st.sampled_from(["theta", "inputs", "targets", "learning_rate"]))
    if part == "targets" and network.loss.name == "cross_entropy":
        part = "inputs"
    if part == "theta":
        index = draw(st.integers(0, len(scenario.theta) - 1))
        return network.parameter_names[index], part, index
    if part == "learning_rate":
        return part, part, None
    nodes = network.inputs if part == "inputs" else network.outputs
    number = draw(st.integers(0, len(nodes) - 1))
    return f"{nodes[number]}@{example + 1}", part, (example, number)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_an_edit_is_the_walk_of_a_scenario_changed_by_hand_there(data):
    draw = data.draw
    scenario = SCENARIOS[draw(st.sampled_from(sorted(SCENARIOS)))]()
    detail = draw(st.sampled_from(["layer", "scalar"]))
    main = Session.open(scenario, detail)
    k, more = draw(st.integers(0, 20)), draw(st.integers(0, 20))
    main = main.seek(k + draw(st.integers(0, 3)), 1).seek(k, draw(st.integers(1, main.count)))
    name, part, index = some_change(scenario, draw)
    branch = edited(main, {name: 0.625})

    assert (branch.position, branch.detail) == (main.position, detail)
    before = walked(scenario, k + 1)
    changed = changed_by_hand(replace(scenario, theta=before[-1].beginning.theta), part, index, 0.625)
    after = walked(changed, more + 1, changed.theta, before[-1].beginning.state, first=k)
    rows = len(branch.values.results)
    assert [a.tobytes() for a in branch.values.results] == [a.tobytes() for a in after[0].results[:rows]]

    there = branch.seek(k + more, 1).seek(k + more, branch.count)
    assert numbers(there.values) == numbers(after[-1])
    assert there.history.tolist() == [values.error for values in (*before[:-1], *after)]
    if k:
        shared = there.seek(k - 1, there.count)
        assert numbers(shared.values) == numbers(before[-2])
        assert numbers(shared.forward().seek(k, shared.count).values) == numbers(after[0])  # over the fork by a step
    parent = branch_at(there, 0)
    assert parent.position == main.position
    assert numbers(parent.values) == numbers(main.values)
    assert parent.furthest == main.furthest
    assert numbers(parent.seek(k, parent.count).values) == numbers(before[-1])


def test_a_branch_of_a_branch_and_the_way_back():
    main = Session.open(mazur()).seek(6, 3)
    one = edited(main.seek(3, 9), {"w5": 0.41}).seek(9, 2)
    two = edited(one.seek(5, 4), {"learning_rate": 2.0})
    assert [(b.number, b.parent, b.iteration) for b in two.tree.branches] == [(0, None, 0), (1, 0, 3), (2, 1, 5)]
    assert [two.tree.depth(branch) for branch in two.tree.branches] == [0, 1, 2]
    assert two.tree.branch.edits[0].new == 2.0
    assert two.seek(4, 1).scenario.training.learning_rate == 0.5
    assert two.seek(5, 1).scenario.training.learning_rate == 2.0
    assert numbers(two.seek(4, 14).values) == numbers(one.seek(4, 14).values)
    assert numbers(two.seek(2, 14).values) == numbers(main.seek(2, 14).values)
    assert branch_at(two, 1).position == Position(5, 4)
    assert branch_at(two, 1, same_place=True).furthest == one.furthest
    assert branch_at(two, 0).position == Position(3, 9)
    same = branch_at(two.seek(8, 1), 0, same_place=True)
    assert numbers(same.values) == numbers(main.seek(8, 1).values)
    assert branch_at(same, 0) is same
    assert history_of(two, two.tree.branches[1]).tolist() == one.history.tolist()
    assert history_of(two, two.tree.branches[0]).tolist() == main.history.tolist()
    with pytest.raises(KeyError):
        branch_at(two, 3)


def test_the_tree_of_branches():
    branch = edited(Session.open(mazur()).seek(5, 1), {"w5": 0.6})
    tree = edited(branch.seek(9, 1), {"w5": 0.7}).tree
    assert (tree.main.number, tree.branch.number, tree.next_number) == (0, 2, 3)
    assert [tuple(child.number for child in tree.children(number)) for number in range(3)] == [(1,), (2,), ()]
    assert [tree.depth(one) for one in tree.branches] == [0, 1, 2]
    assert [tree.owner(k).number for k in (0, 4, 5, 8, 9, 20)] == [0, 0, 1, 1, 2, 2]
    with pytest.raises(KeyError):
        tree.numbered(3)


def test_which_edits_make_a_branch():
    main = Session.open(mazur()).seek(5, 1)
    one = edited(main, {"w5": 0.6, "learning_rate": 0.5})  # of these only the weight is another
    assert [edit.name for edit in one.tree.branch.edits] == ["w5"]
    later = edited(branch_at(one, 0).seek(8, 1), {"w5": 0.6})  # the same edit, elsewhere
    assert [branch.number for branch in later.tree.branches] == [0, 1, 2]
    again = edited(branch_at(later, 0).seek(5, 1), {"w5": 0.6})
    assert again.tree.branch.number == 1
    joined = edited(again, {"w6": 0.7})
    assert [branch.number for branch in joined.tree.branches] == [0, 1, 2]
    assert [edit.name for edit in joined.tree.branch.edits] == ["w5", "w6"]
    start = edited(Session.open(mazur()), {"w5": 0.6})  # at iteration 0 the scenario is left as it was, too
    assert (start.tree.branch.number, start.tree.main.timeline.scenario.theta[5]) == (1, 0.40)


def test_an_edit_where_the_parents_course_is_still_shared_leaves_the_parent():
    one = edited(Session.open(mazur()).seek(3, 9), {"w5": 0.41}).seek(4, 1)
    two = edited(one.seek(1, 1), {"w6": 0.1})
    assert (two.tree.branch.number, two.tree.branch.parent) == (2, 0)
    assert value_at(two.seek(3, 1), Quantity("w", "w5")) != 0.41
    assert branch_at(two, 1).position == Position(1, 1)


def test_edits_at_the_same_iteration_join_until_the_branch_goes_on():
    main = Session.open(mazur()).seek(3, 9)
    one = edited(main, {"w5": 0.41})
    both = edited(one.seek(3, 12), {"w6": 0.1, "b1": 0.2})
    assert [edit.name for edit in both.tree.branch.edits] == ["w5", "w6", "b1"]
    assert (both.tree.branch.number, len(both.tree.branches)) == (1, 2)
    assert [value_at(both, Quantity("w", name)) for name in ("w5", "w6", "b1")] == [0.41, 0.1, 0.2]
    on = edited(both.seek(4, 1).seek(3, 9), {"w6": 0.3})
    assert (on.tree.branch.number, on.tree.branch.parent) == (2, 1)
    assert value_at(on, Quantity("w", "w5")) == 0.41
    assert value_at(branch_at(on, 1), Quantity("w", "w6")) == 0.1
    again = edited(branch_at(on, 1), {"w6": 0.3})  # the same edit at the same place: the branch that there is
    assert (again.tree.current, len(again.tree.branches)) == (2, 3)


def test_taking_every_edit_back_leads_to_the_parent():
    main = Session.open(mazur()).seek(3, 9)
    old = value_at(main, Quantity("w", "w5"))
    one = edited(edited(main, {"w5": 0.41}), {"w6": 0.1})
    less = edited(one, {"w6": value_at(main, Quantity("w", "w6"))})
    assert [edit.name for edit in less.tree.branch.edits] == ["w5"]
    back = edited(less, {"w5": old})
    assert (back.tree.current, len(back.tree.branches)) == (0, 1)
    assert numbers(back.values) == numbers(main.values)
    assert edited(main, {"w5": old}) is main


def test_what_is_changed_at_the_start_is_a_scenario_without_a_past():
    start = Session.open(mazur())
    branch = edited(start, {"w5": 0.41, "i1": 0.2, "o2": 0.5})
    assert (branch.iteration, branch.done) == (0, 0)
    scenario = standing(branch)
    assert scenario.resume is None
    assert scenario.theta[5] == 0.41
    assert (scenario.inputs.tolist(), scenario.targets.tolist()) == ([[0.2, 0.10]], [[0.01, 0.5]])
    assert numbers(branch.seek(0, 14).values) == numbers(walked(scenario, 1)[0])


def test_an_edit_that_overflows_stops_there_and_can_be_left():
    main = Session.open(make((2, 2, 2), "identity", "identity")).seek(2, 14)
    branch = edited(main, {"w2_1_1": 1e308, "w2_2_1": 1e308, "i1": 1e200})
    assert branch.event is not None
    assert branch.event.iteration == branch.iteration == 2
    assert numbers(branch_at(branch, 0).values) == numbers(main.values)


def test_what_can_not_be_changed_is_said():
    session = Session.open(mazur())
    for values, reason in (
        ({"h1": 1.0}, "it is computed"),
        ({"w55": 1.0}, "is w5 meant"),
        ({"learning_rate": 0.0}, "above 0"),
        ({"w5": float("nan")}, "not a finite number"),
        ({"i1@2": 0.0}, "no example 2"),
    ):
        with pytest.raises(ChangeError, match=reason):
            edited(session, values)
    with pytest.raises(ChangeError, match="no targets with the loss output"):
        edited(Session.open(make(loss="output")), {"o1": 1.0})


def test_what_is_written_on_a_command_line():
    two = make(examples=2)
    told = read_changes(two, ["w1_1_1=−0.5", " w1_1_1 = 0.25", "α=0.1", "i1@1=2", "i1@2=3", "o1@2=0.5"])
    assert told == {"w1_1_1": 0.25, "learning_rate": 0.1, "i1@1": 2, "i1@2": 3, "o1@2": 0.5}
    assert read_changes(mazur(), ["w5=−0.5"]) == {"w5": -0.5}
    for change in (
        "w5",
        "w5=",
        "w5=one",
        "w5=inf",
        "i1@0=1",
        "i1@3=1",
        "i1@٢=1",
        f"i1@{'9' * 5000}=1",
        "w5@1=1",
        "h1_1@1=1",
    ):
        with pytest.raises(ChangeError):
            read_changes(two, [change])


def test_targets_stay_possible_for_the_loss():
    session = Session.open(make((2, 2), last="softmax", loss="kl_divergence", examples=2))
    with pytest.raises(ChangeError, match="o1@2: the targets sum to"):
        edited(session, {"o1@2": 0.9})
    both = edited(session, {"o1@2": 0.9, "o2@2": 0.1})
    assert both.scenario.targets[1].tolist() == [0.9, 0.1]
    assert value_of(both.scenario, spot_of(both.scenario, "o1@2")) == 0.9
    of_any = Session.open(make((2, 2), last="softmax", loss="cross_entropy", examples=2))
    assert edited(of_any, {"o1@2": 0.9}).scenario.targets[1, 0] == 0.9
    sigmoid = Session.open(make((2, 2), loss="binary_cross_entropy"))
    with pytest.raises(ChangeError, match="out of range"):
        edited(sigmoid, {"o1": 1.5})


def test_published_figures_are_of_the_walk_as_its_author_wrote_it():
    main = Session.open(load_scenario("mazur")).seek(1, 14)
    assert figures_here(main.seek(0, 14))
    assert figures_here(main)
    branch = edited(main, {"w5": 0.41})
    assert not figures_here(branch)
    assert figures_here(branch.seek(0, 14)) == figures_here(main.seek(0, 14))


def test_derivatives_of_a_branch_pass_the_gradient_check():
    branch = edited(Session.open(make((2, 3, 2), "tanh", examples=3)).seek(2, 1), {"i1@3": 2.0, "o1@3": 0.4})
    values = branch.seek(2, branch.count).values
    check = check_gradient(branch.scenario, values.beginning.theta, values.examples)
    assert values.examples == (2,)
    assert check.ok
    walk = np.concatenate([values.need("dE/dw", layer) for layer in (1, 2)]).tolist()
    assert walk == [parameter.analytic for parameter in check.parameters]


def test_a_number_set_by_hand_says_so_where_it_was_set():
    branch = edited(Session.open(mazur()).seek(3, 9), {"w5": 0.41, "b1": 0.1})
    assert "as you set it" in explain(branch, Quantity("w", "w5")).rule.text
    assert "made by the update of iteration 2" in explain(branch, Quantity("w", "w6")).rule.text
    later = branch.seek(4, 1)
    assert "made by the update of iteration 3" in explain(later, Quantity("w", "w5")).rule.text
    assert "frozen, no update changes it" in explain(later, Quantity("w", "b1")).rule.text
