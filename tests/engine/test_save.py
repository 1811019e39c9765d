"""A walk that was saved goes on, in whatever way its file was written, to the last bit."""

import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.files import load_scenario, parse_scenario, shipped_names
from engine.files.disk import signature_of
from engine.files.save.alike import same
from engine.files.save.listed import text as listed_text
from engine.files.save.save import save, saved_text
from engine.program.scenario import Resume, Stop
from engine.walking.branch import edited, standing
from engine.walking.session import Session
from tests.engine.authors import Author
from tests.engine.walks import SCENARIOS, numbers, walked
from tests.networks import make
from tests.shipped import GRAPHS, UNTRAINED

FURTHER = 3


def goes_on(session, read):
    """Whether the scenario that was read walks on as the session does, by nothing but `advance`."""
    start, scenario = session.values.beginning, session.scenario
    expected = walked(scenario, FURTHER, start.theta, start.state, session.iteration)
    again = Session.open(read)
    assert (again.iteration, again.done, read.published) == (session.iteration, 0, ())
    for values in expected:
        again = again.seek(values.iteration, again.count)
        assert numbers(again.values) == numbers(values)
        if values.event is not None:
            break
    assert numbers(again.home().values.beginning) == numbers(start)


@settings(max_examples=60)
@given(st.integers(0, 10**9), st.sampled_from([0, 0, 1, 7]), st.integers(0, 5), st.data())
def test_a_saved_walk_goes_on(seed, iteration, changes, data):
    with tempfile.TemporaryDirectory() as folder:
        here, elsewhere = Path(folder) / "here", Path(folder) / "elsewhere"
        here.mkdir()
        elsewhere.mkdir()
        author = Author(here, seed)
        scenario = load_scenario(author.write())
        session = Session.open(scenario).seek(iteration, min(iteration, 1))
        network = scenario.network
        names = [*network.parameter_names, *(f"{name}@1" for name in network.inputs), "learning_rate"]
        for _ in range(changes):
            session = edited(session, {data.draw(st.sampled_from(names)): data.draw(st.floats(0.001, 2))})
        session = session.seek(session.iteration + data.draw(st.integers(0, 2)), 1)
        new = data.draw(st.sampled_from([here, elsewhere])) / "saved.toml"
        kept = save(standing(session), new)
        text = new.read_text()
        goes_on(session, load_scenario(new))
        assert kept
        assert set(re.findall(r"# comment \d+", text)) == {f"# comment {i}" for i in range(author.comments + 1)}
        assert "# figure" not in text
        assert text.count("a note") == scenario.text.count("a note")
        again = new.with_name("again.toml")  # what was saved can be saved
        assert save(standing(Session.open(load_scenario(new))), again)
        assert again.read_text() == text


@pytest.mark.parametrize("name", [name for name in shipped_names() if name not in UNTRAINED])
def test_shipped_ones_are_kept_as_they_are_written(name, tmp_path):
    session = Session.open(load_scenario(name)).seek(3, 1)
    text, kept = saved_text(standing(session), tmp_path / "saved.toml")
    assert kept
    goes_on(session, parse_scenario(text, "saved.toml"))
    original = session.scenario.text.partition("[[published]]")[0].splitlines()
    parameters = [f"{name} =" for name in session.scenario.network.parameter_shapes] if name in GRAPHS else []
    for line in original:
        numbers_may_differ = line.startswith(
            ("weights", "bias ", "[data]", "csv", "inputs", "targets", " ", "parameters", *parameters)
        )
        assert numbers_may_differ or line in text.splitlines(), line


AUTHORS = """\
# Mine.

title = "Mine"   # a title

[network]
inputs = ["a", "b"]
loss = "half_squared_error"

# the only layer
[[network.layer]]
nodes = ["n"]
activation = "sigmoid"
weights = [[
    1,     # from a
    2.50,  # from b
]]
bias = 0.1   # small
train_bias = false

# as printed
[[published]]
quantity = "E"
value = "1"

# The examples:

[[example]]
inputs = [1, 2]
targets = [0.5]

[training]
optimizer = "momentum"
"""


def test_only_what_has_changed_is_written_anew(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(AUTHORS)
    session = edited(Session.open(load_scenario(path)), {"w_b_n": 2.75, "b": -1.0, "learning_rate": 0.25})
    assert save(standing(session), tmp_path / "new.toml")
    expected = AUTHORS.replace("2.50", "2.75").replace("[1, 2]", "[1, -1.0]") + "learning_rate = 0.25\n"
    figure = expected[expected.index("# as printed") : expected.index("# The examples")]
    assert (tmp_path / "new.toml").read_text() == expected.replace(figure, "")

    session = session.seek(2, 1)
    assert save(standing(session), tmp_path / "later.toml")
    text = (tmp_path / "later.toml").read_text()
    v = session.values.beginning.state[0].tolist()
    assert text.endswith(
        "learning_rate = 0.25\n\n[resume]  # the walk goes on from here\niteration = 2\n\n"
        f"[resume.v]\nw_a_n = {v[0]!r}\nw_b_n = {v[1]!r}\n"  # the bias is not trained
    )
    assert "\n    # from a" not in text
    assert re.search(r"\n    [01]\.\d+,     # from a\n    2\.\d+,  # from b\n\]\]\nbias = 0.1   # small\n", text)
    goes_on(session, load_scenario(tmp_path / "later.toml"))


def test_the_ends_of_lines_stay(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(AUTHORS.replace("\n", "\r\n").encode())
    assert save(standing(Session.open(load_scenario(path)).seek(2, 1)), tmp_path / "new.toml")
    content = (tmp_path / "new.toml").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") > 30


def test_the_file_is_the_one_that_was_opened(tmp_path):
    """It may be changed or gone by now."""
    path = tmp_path / "mine.toml"
    path.write_text(AUTHORS)
    scenario = standing(Session.open(load_scenario(path)).seek(2, 1))
    path.unlink()
    assert save(scenario, tmp_path / "new.toml")
    assert "# the only layer" in (tmp_path / "new.toml").read_text()


def test_tables_of_numbers_that_are_gone_are_listed(tmp_path):
    path, weights = tmp_path / "mine.toml", tmp_path / "w.csv"
    path.write_text(AUTHORS.replace(AUTHORS[AUTHORS.index("[[\n") : AUTHORS.index("bias")], '{ csv = "w.csv" }\n'))
    weights.write_text("1,2.5")
    session = Session.open(load_scenario(path))
    for change in (weights.unlink, lambda: weights.write_text("3,4")):
        change()
        assert save(standing(session), tmp_path / "new.toml", over=signature_of(tmp_path / "new.toml"))
        assert "weights = [[1.0, 2.5]]\n" in (tmp_path / "new.toml").read_text()


@pytest.mark.parametrize("name", SCENARIOS)
def test_one_without_a_file_is_written_whole(name, tmp_path):
    for iteration in (0, 3):
        session = Session.open(SCENARIOS[name]()).seek(iteration, 1)
        assert not save(standing(session), tmp_path / f"{iteration}.toml")
        goes_on(session, load_scenario(tmp_path / f"{iteration}.toml"))


@settings(max_examples=25)
@given(st.integers(0, 10**9), st.integers(0, 3))
def test_so_is_any_that_has_lost_its_text(seed, iteration):
    with tempfile.TemporaryDirectory() as folder:
        scenario = replace(load_scenario(Author(Path(folder), seed).write()), text="")
        session = Session.open(scenario).seek(iteration, 1)
        assert not save(standing(session), Path(folder) / "saved.toml")
        goes_on(session, load_scenario(Path(folder) / "saved.toml"))


INLINE = """
title = "inline"
example = [{ inputs = [1, 2], targets = [0.5] }]
network.inputs = ["a", "b"]
network.loss = "half_squared_error"
network.layer = [{ nodes = ["n"], activation = "sigmoid", weights = [[1, 2]] }] # one
published = [{ quantity = "E", value = "1" }]
"""
OUT_OF_ORDER = """
title = "out of order"
[[note]]
at = "start"
text = "a"
[[network.layer]]
nodes = ["n"]
activation = "sigmoid"
weights = [[1, 2]]
[[published]]
quantity = "E"
value = "1"
[[note]]
at = "end"
text = "b"
[[network.layer]]
units = 1
activation = "tanh"
weights = [[1]]
[training]
[network]
inputs = ["a", "b"]
loss = "half_squared_error"
[[example]]
inputs = [1, 2]
targets = [0.5]
"""


@pytest.mark.parametrize("text", [INLINE, OUT_OF_ORDER], ids=["inline", "out of order"])
def test_unusual_files_are_kept_too(text, tmp_path):
    path = tmp_path / "odd.toml"
    path.write_text(text)
    session = edited(Session.open(load_scenario(path)), {"w_a_n": 3.0, "learning_rate": 1.0}).seek(2, 1)
    assert save(standing(session), tmp_path / "new.toml")
    goes_on(session, load_scenario(tmp_path / "new.toml"))


def test_what_is_written_whole_has_its_topics(tmp_path):
    topics = ("beginner", 'a "quoted" one')
    scenario = replace(load_scenario("xor"), text="", topics=topics)
    text, kept = saved_text(scenario, tmp_path / "saved.toml")
    assert not kept
    assert parse_scenario(text, "saved.toml").topics == topics


def test_what_is_written_whole_has_its_stop_and_is_not_taken_for_another(tmp_path):
    scenario = make(stop=Stop(3, 1e-6))
    assert not save(scenario, tmp_path / "new.toml")
    assert load_scenario(tmp_path / "new.toml").training.stop == Stop(3, 1e-6)
    assert same(scenario, replace(scenario, targets=scenario.targets.copy()))
    assert not same(scenario, replace(scenario, targets=scenario.targets + 1))
    assert not same(scenario, replace(scenario, inputs=scenario.inputs + 1))
    assert not same(scenario, replace(scenario, targets=None))
    begun = [replace(scenario, resume=Resume(3, np.full((1, 2), memory))) for memory in (0.0, 1.0, -0.0)]
    assert [same(begun[0], other) for other in (scenario, *begun)] == [False, True, False, False]


def test_a_text_of_several_lines_is_written_in_several():
    assert listed_text("a\nb") == '"""a\nb"""'
    assert listed_text("δ") == '"δ"'
    assert listed_text('a "b"') == '"a \\"b\\""'


def test_what_cannot_be_kept_is_written_whole(tmp_path, monkeypatch):
    path = tmp_path / "mine.toml"
    path.write_text(AUTHORS)
    session = Session.open(load_scenario(path)).seek(2, 1)

    def wrong(*_):
        return AUTHORS

    def impossible(*_):
        raise KeyError("no such item")

    for way in (wrong, impossible):
        monkeypatch.setattr("engine.files.save.save.revised", way)
        assert not save(standing(session), tmp_path / "new.toml", over=signature_of(tmp_path / "new.toml"))
        assert "#" not in (tmp_path / "new.toml").read_text().replace("# the walk goes on from here", "")
        goes_on(session, load_scenario(tmp_path / "new.toml"))
