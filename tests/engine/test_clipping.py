"""Derivatives that have a bound before the rule takes them."""

import math

import numpy as np
import pytest
from msgspec.structs import replace

from engine import Session, compare
from engine.ask.reading import read
from engine.check.gradients import check_gradient
from engine.explain.parts import part_of
from engine.explain.terms import explain
from engine.files import load_scenario, parse_scenario
from engine.files.problems import ScenarioError
from engine.files.save.save import save
from engine.formula.quantity import Quantity
from engine.program.adams import Adam
from engine.program.clip import OVER, Clip
from engine.program.optimizers import Momentum, Sgd
from engine.walking.advance import complete
from engine.walking.branch import edited, standing
from engine.walking.clipping import norm_of
from engine.walking.timeline import Timeline
from engine.walking.values import Values
from tests.engine.bad_scenarios import SMALL
from tests.engine.graphs.files import CIRCUIT
from tests.engine.graphs.files import read as read_graph
from tests.networks import make, unrolled

GIVEN = [(3.0, 4.0), (6.0, 8.0)]
"""Derivatives by two parameters of two numbers each."""


def of_given(clip):
    """What is left of these, by a graph whose derivatives they are."""
    over = "" if clip.norm is None else f', over = "{clip.over}", epsilon = {clip.epsilon}'
    bound = f"value = {clip.value}" if clip.norm is None else f"norm = {clip.norm}"
    text = f"""title = "given"
[graph]
inputs = {{ g = [2], h = [2] }}
nodes = ["E = sum(a * g) + sum(b * h)"]
error = "E"
[graph.parameters]
a = [0.5, 0.25]
b = [1.0, 2.0]
[training]
clip = {{ {bound}{over} }}
[[example]]
inputs = {{ g = {list(GIVEN[0])}, h = {list(GIVEN[1])} }}
"""
    start = Session.open(read_graph(text))
    session = start.seek(0, start.count)
    return [read(session, f"clipped[{name}]") for name in ("a.1", "a.2", "b.1", "b.2")]


@pytest.mark.parametrize(
    ("clip", "left"),
    [
        (Clip(norm=1.0), (0.26832816, 0.35777088, 0.53665631, 0.71554175)),  # Keras's global_clipnorm
        (Clip(norm=1.0, over="parameter"), (0.6, 0.8, 0.6, 0.8)),  # its clipnorm
        (Clip(norm=1.0, over="parameter", epsilon=1e-6), (0.59999988, 0.79999984, 0.59999994, 0.79999992)),  # PyTorch
        (Clip(norm=20.0), (3.0, 4.0, 6.0, 8.0)),
        (Clip(norm=5.0, over="parameter"), (3.0, 4.0, 3.0, 4.0)),
        (Clip(norm=5.0, over="parameter", epsilon=1e-6), (2.9999994, 3.9999992, 2.9999997, 3.9999996)),
        (Clip(value=5.0), (3.0, 4.0, 5.0, 5.0)),
    ],
    ids=repr,
)
def test_as_frameworks_clip(clip, left):
    assert of_given(clip) == pytest.approx(left, rel=3e-8)


def independent(scenario, clip, iterations):
    """The walk with clipping by hand between the derivatives of a walk without and the rule."""
    free = replace(scenario, training=replace(scenario.training, clip=None))
    training, session = free.training, Session.open(free)
    theta, state = free.theta.copy(), training.optimizer.first_state(training.learning_rate, len(free.theta))
    trained = np.array([index not in training.frozen for index in range(len(theta))])
    for k in range(iterations):
        names = free.network.parameter_names
        start = Session.open(replace(free, theta=theta))
        session = start.seek(0, start.count)
        g = np.array([read(session, f"dE/dw[{name}]") for name in names])
        groups = {"all": [names]}
        layers = [layer.parameter_names for layer in free.network.layers]
        groups["layer"] = layers
        groups["parameter"] = [
            part
            for layer, own in zip(free.network.layers, layers, strict=True)
            for part in (own[: -len(layer.bias_names)], own[-len(layer.bias_names) :])
        ]
        if clip.norm is None:
            g = np.clip(g, -clip.value, clip.value)
        for group in groups[clip.over] if clip.norm is not None else ():
            at = np.array([name in group for name in names])
            size = math.sqrt(sum(g[at & trained] ** 2)) + clip.epsilon
            g[at] *= min(1.0, clip.norm / size)
        new, new_state = training.optimizer.update(theta, g, state, training.learning_rate, k + 1)
        theta, state = np.where(trained, new, theta), np.where(trained, new_state, state)
    return theta


@pytest.mark.parametrize("over", OVER)
@pytest.mark.parametrize("optimizer", [Sgd(), Momentum(0.9), Adam(), Adam(weight_decay=0.1, coupled=True)], ids=repr)
def test_a_rule_takes_and_remembers_clipped_derivatives(optimizer, over):
    for clip in (Clip(norm=0.05, over=over), Clip(norm=0.05, over=over, epsilon=1e-6), Clip(value=0.02)):
        scenario = make((2, 3, 2), examples=2, batch=2, optimizer=optimizer, clip=clip, frozen=frozenset({1, 7, 12}))
        walked = Session.open(scenario).seek(4, 1).values.theta
        assert walked == pytest.approx(independent(scenario, clip, 4), rel=1e-12)


def test_a_tied_parameter_counts_once():
    scenario = unrolled(clip=Clip(norm=1e-3))
    start = Session.open(scenario)
    session, names = start.seek(0, start.count), scenario.network.parameter_names
    norm = math.sqrt(sum(read(session, f"dE/dw[{name}]") ** 2 for name in names))
    assert read(session, f"norm[{names[0]}]") == pytest.approx(norm, rel=1e-14)
    assert sum(read(session, f"clipped[{name}]") ** 2 for name in names) == pytest.approx(1e-6, rel=1e-12)


@pytest.mark.parametrize("over", [*OVER, None])
def test_an_explanation_comes_to_the_number_of_the_walk(over):
    clip = Clip(value=0.01) if over is None else Clip(norm=0.02, over=over)
    start = Session.open(make((1, 1, 1), clip=clip))
    session = start.seek(0, start.count)
    for name in session.scenario.network.parameter_names:
        explanation = explain(session, Quantity("w+", name))
        kinds = ["clipped"] if over is None else ["norm", "clipped"]
        assert [one.quantity.kind for one in explanation.where] == kinds
        for one in (explanation, *explanation.where):
            (part,) = one.parts
            assert one.value == read(session, str(one.quantity))
            if over != "all" or one.quantity.kind != "norm":  # four are told by their count
                assert part_of(part.formula).value == pytest.approx(one.value, rel=1e-12)


def test_the_norm_is_not_known_before_the_update():
    start = Session.open(make(clip=Clip(norm=0.1)))
    assert read(start.seek(0, start.count - 3), "norm[w1_1_1]") is None


def test_a_norm_that_leaves_the_finite_numbers_is_an_event():
    scenario = make((1, 1), last="identity", loss="output", bias="none", clip=Clip(norm=1.0))
    session = edited(Session.open(scenario), {"i1": 1e200})
    event = session.seek(0, session.count).event
    assert (event.quantity, event.value) == (Quantity("norm", "w1_1_1"), math.inf)


def test_the_gradient_check_is_of_the_error_alone():
    clipped, free = (make(clip=clip) for clip in (Clip(norm=1e-3), None))
    found, expected = (check_gradient(scenario, scenario.theta, (0,)) for scenario in (clipped, free))
    assert found.ok
    assert found.all == expected.all


@pytest.mark.parametrize("other", [None, Clip(norm=0.02, over="layer"), Clip(norm=0.02, over="parameter")], ids=repr)
@pytest.mark.parametrize("iteration", [0, 2])
def test_who_clips_otherwise_is_told_so(other, iteration):
    scenario = make((2, 3, 2), clip=Clip(norm=0.02))
    wrong = Session.open(replace(scenario, training=replace(scenario.training, clip=other)))
    session, names = Session.open(scenario).seek(iteration, 1), scenario.network.parameter_names
    theta = wrong.seek(iteration + 1, 1).values.theta.tolist()
    found = compare(session, {f"w+[{name}]": value for name, value in zip(names, theta, strict=True)})
    assert [cause.cause for cause in found.causes] == ["optimizer"]
    expected = "the rule without its clip" if other is None else f"a clip by the norm over {OVER[other.over]}"
    assert found.causes[0].details["form"] == expected


def clip_of(text, figure=""):
    return parse_scenario(f"{SMALL}[training]\n{text}\n{figure}", "small.toml")


def test_a_file_says_it_and_a_variant_too():
    assert clip_of('clip = { norm = 2, over = "layer", epsilon = 1e-6 }').training.clip == Clip(
        2.0, None, "layer", 1e-6
    )
    figure = '[[published]]\nquantity = "w+[w_a_n]"\nvalue = "1"\nverdict = "variant"\nnote = "n"\n'
    (published,) = clip_of("clip = { norm = 2.0 }", figure + "variant = { clip = { value = 0.5 } }").published
    assert published.variant.training.clip == Clip(value=0.5)


DEEP = """title = "deep"
[network]
inputs = ["a"]
loss = "output"
[[network.layer]]
nodes = ["h"]
activation = "tanh"
weights = [[1.0]]
[[network.layer]]
nodes = ["o"]
activation = "tanh"
weights = [[1.0]]
[[example]]
inputs = [1.0]
[training]
"""


@pytest.mark.parametrize(
    "more",
    [
        'update = "immediate"\nclip = { norm = 1.0 }\n',
        'update = "immediate"\n[[published]]\nquantity = "E"\nvalue = "1"\nverdict = "variant"\nnote = "n"\n'
        "variant = { clip = { norm = 1.0 } }",
    ],
)
def test_the_norm_over_all_is_not_known_where_updates_are_immediate(more):
    with pytest.raises(ScenarioError, match="not known when the last layer is updated"):
        parse_scenario(DEEP + more, "deep.toml")
    parse_scenario(DEEP + 'update = "immediate"\nclip = { norm = 1.0, over = "layer" }', "deep.toml")


def test_a_graph_has_no_layers():
    with pytest.raises(ScenarioError, match="a graph has no layers"):
        read_graph(CIRCUIT + '[training]\nclip = { norm = 1.0, over = "layer" }\n')


def test_it_is_saved(tmp_path):
    session = edited(Session.open(make(clip=Clip(norm=0.5, over="layer"))), {"w1_1_1": 2.0})
    save(standing(session), tmp_path / "saved.toml")
    assert load_scenario(tmp_path / "saved.toml").training.clip == Clip(norm=0.5, over="layer")


def chain(nodes, over):
    """A graph of so many nodes, one behind the other, each with a parameter of its own."""
    formulas = ", ".join(f'"h{t} = tanh(w{t} * h{t - 1})"' for t in range(1, nodes + 1))
    parameters = "\n".join(f"w{t} = 0.5" for t in range(1, nodes + 1))
    return read_graph(f"""title = "chain"
[graph]
inputs = ["h0"]
nodes = [{formulas}, "E = h{nodes} * h{nodes}"]
error = "E"
[graph.parameters]
{parameters}
[training]
clip = {{ norm = 0.01, over = "{over}" }}
[[example]]
inputs = [1.0]
""")


@pytest.mark.parametrize("over", ["all", "parameter"])
def test_what_a_walk_looks_up_for_its_norms_grows_with_its_rows(over, monkeypatch):
    needed, need = [], Values.need
    monkeypatch.setattr(Values, "need", lambda *of: needed.append(of) or need(*of))

    def count(nodes):
        needed.clear()
        timeline = Timeline(chain(nodes, over))
        complete(timeline.scenario, timeline.start(0))
        return len(needed)

    assert count(40) == 2 * count(20)


def test_a_norm_that_is_known_later_is_not_known_before():
    scenario = chain(4, "all")
    timeline = Timeline(scenario)
    values = complete(scenario, timeline.start(0))
    derivatives = [at for at, row in enumerate(timeline.steps.rows) if row.quantity == "dE/dw"]
    for stage in values.history():
        known = len(stage.results) > derivatives[-1]
        if len(stage.results) <= derivatives[0]:
            break
        if known:
            assert norm_of(scenario.training.clip, stage, 0) == norm_of(scenario.training.clip, values, 0)
        else:
            with pytest.raises(LookupError):
                norm_of(scenario.training.clip, stage, 0)
