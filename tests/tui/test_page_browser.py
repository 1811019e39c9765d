"""A page in a real browser, without a network: stepped through, answered, printed. What it shows is what it holds."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest

from engine.files import load_scenario
from engine.predict.lesson import Lesson
from engine.predict.mistakes import slips_of
from engine.predict.question import question_of
from engine.walking.session import Session
from tests.patience import PATIENCE
from tests.tui.test_page import HOSTILE, HOSTILE_NOTE, Page, hostile, made, seen_at, text_of
from tui.words.format import number

browser = pytest.importorskip("tests.tui.browser")
if browser.CHROMIUM is None:
    pytest.skip("there is no browser", allow_module_level=True)

RIGHT, LEFT = ("ArrowRight", 39), ("ArrowLeft", 37)
SHOWN = """(() => {
  const of = (where) => [...document.querySelectorAll(where)];
  const columns = of('table').map((table) => [...table.rows[1].cells].map((_, i) =>
    [...table.tBodies[0].rows].map((row) => row.cells[i]).filter((cell) => cell.matches('td:not(.about)'))));
  return JSON.stringify({
    cells: columns.flat(2).map((cell) => cell.textContent),
    lit: columns.flat(2).map((cell, i) => cell.classList.contains('lit') ? i : -1).filter((i) => i >= 0),
    where: document.getElementById('where').textContent,
    what: document.getElementById('what').textContent,
    notes: of('.note').map((note) => note.textContent),
    lines: of('#calculation > .calc .line').map((line) => line.textContent),
    others: of('#calculation > details summary').map((line) => line.textContent),
    picture: of('#graph text').map((text) => text.textContent).join(''),
    lines_of_picture: of('#graph path').length,
  });
})()"""


@asynccontextmanager
async def shown(path, width=1280, height=900, media="screen"):
    """The page from a file, in a browser that reaches nothing else."""
    async with browser.opened("about:blank") as page:
        await page.call("Page.enable")
        await page.call("Runtime.enable")
        await page.call(
            "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0
        )
        await page.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        await page.call("Page.navigate", url=path.as_uri())
        while await page.evaluate("!window.document.getElementById('walk') || document.getElementById('walk').hidden"):
            pass
        yield page
        assert not page.happened("Runtime.exceptionThrown")
        asked = {event["request"]["url"].partition("#")[0] for event in page.happened("Network.requestWillBeSent")}
        assert asked <= {path.as_uri(), "about:blank", "data:,"}


async def now(page):
    return json.loads(await page.evaluate(SHOWN))


def expected(data, at, slot=0):
    place, kept = data["places"][at], seen_at(data, at, slot)
    told = place["views"][slot]["calculation"]["all"]
    runs = [run for row in kept["wide"][:-1] for run in data["rows"][row]]
    return {
        "cells": kept["cells"],
        "lit": [i for first, end in place["views"][slot]["lit"] for i in range(first, end) if kept["cells"][i].strip()],
        "what": place["what"],
        "notes": [text_of(note) for note in place["notes"]],
        "others": [text_of(one["short"]) for one in told[1:]],
        "results": [text_of(line[2]) for line in told[0]["lines"]] if told else [],
        "letters": {letter for run in runs for letter in run[2] if letter.isalnum()},
    }


def agree(seen, wanted):
    for part in ("cells", "lit", "what", "notes"):
        assert seen[part] == wanted[part], part
    assert [other.partition("\xa0")[0] for other in seen["others"]] == wanted["others"]
    assert len(seen["lines"]) == len(wanted["results"])
    assert all(line.endswith(result) for line, result in zip(seen["lines"], wanted["results"], strict=True))
    assert {letter for letter in seen["picture"] if letter.isalnum()} == wanted["letters"]
    assert seen["lines_of_picture"] > 0


@pytest.mark.parametrize(("name", "iterations"), [("google", 1), ("attention", 1), ("mazur", 2)])
async def test_it_steps_forward_and_back_to_the_same_numbers(name, iterations, tmp_path):
    path = made(tmp_path, name, "--iterations", str(iterations))
    data = Page(path.read_text(encoding="utf-8")).walk
    last = len(data["places"]) - 1
    async with shown(path) as page:
        forward = []
        for at in range(last + 1):
            seen = await now(page)
            agree(seen, expected(data, at))
            assert seen["where"].endswith(f"step {data['places'][at]['step']}/{data['places'][at]['of']}")
            forward.append(seen)
            await page.press(*RIGHT)
        assert await now(page) == forward[-1]  # there is nothing after the last
        for at in range(last - 1, -1, -1):
            await page.press(*LEFT)
            assert await now(page) == forward[at]
        await page.press("End", 35)
        assert await now(page) == forward[-1]
        await page.press("Home", 36)
        assert await now(page) == forward[0]


async def test_buttons_a_finger_and_the_address_lead_on_too(tmp_path):
    path = made(tmp_path, "mazur", "--iterations", "2")
    data = Page(path.read_text(encoding="utf-8")).walk
    async with shown(path, 360, 740) as page:
        await page.evaluate("document.getElementById('on').click()")
        assert (await now(page))["what"] == data["places"][1]["what"]
        await page.evaluate("window.swipes = 0; document.addEventListener('touchend', () => { window.swipes += 1; })")
        for swipes, (start, end) in enumerate(((300, 60), (300, 60), (60, 300)), 1):
            await page.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": start, "y": 120}])
            await page.call("Input.dispatchTouchEvent", type="touchMove", touchPoints=[{"x": end, "y": 122}])
            await page.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
            async with asyncio.timeout(PATIENCE):
                while await page.evaluate("window.swipes") < swipes:  # the browser doesn't wait for the page with them
                    await asyncio.sleep(0.01)
        assert (await now(page))["what"] == data["places"][2]["what"]
        assert await page.evaluate("location.hash") == "#0:2"
        await page.press("n", 78)
        assert (await now(page))["where"] == "iteration 1   step 2/14"
        await page.evaluate("location.hash = '#1:9'")
        assert (await now(page))["where"] == "iteration 1   step 9/14"
        agree({**await now(page), "picture": "", "cells": []}, {**expected(data, 23), "letters": set(), "cells": []})
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        narrow = [data["sizes"]["narrow"][0] * 10, data["sizes"]["narrow"][1] * 20]
        assert await page.evaluate("document.getElementById('graph').getAttribute('viewBox')") == "0 0 {} {}".format(
            *narrow
        )
        assert await page.evaluate("document.getElementById('said').getAttribute('aria-live')") == "polite"


async def test_each_example_of_a_batch_is_shown(tmp_path):
    path = made(tmp_path, "baeldung-full-batch")
    data = Page(path.read_text(encoding="utf-8")).walk
    async with shown(path) as page:
        for _ in range(4):
            await page.press(*RIGHT)
        for slot in (2, 0, 3):
            await page.evaluate(
                f"e = document.querySelector('select'); e.selectedIndex = {slot}; e.dispatchEvent(new Event('change'))"
            )
            agree(await now(page), expected(data, 4, slot))


async def test_hostile_texts_are_shown_and_do_nothing(tmp_path):
    path = made(tmp_path, str(hostile(tmp_path)))
    async with shown(path) as page:
        assert await page.evaluate("window.taken") is None
        assert await page.evaluate("document.querySelector('h1').textContent") == HOSTILE
        seen = await now(page)
        assert seen["notes"] == [f"{HOSTILE_NOTE} bold dE/dw"]
        await page.press(*RIGHT)
        assert "i1&lt;'" in await page.evaluate("document.querySelector('table').textContent")


async def test_on_paper_is_every_step(tmp_path):
    path = made(tmp_path, "mazur")
    data = Page(path.read_text(encoding="utf-8")).walk
    async with shown(path) as page:
        printed = await page.call("Page.printToPDF", preferCSSPageSize=True)
        assert len(printed["data"]) > 10_000
        await page.call("Emulation.setEmulatedMedia", media="print")
        text = await page.evaluate("document.getElementById('paper').innerText")
        assert not await page.evaluate("document.querySelector('nav').getClientRects().length")
        assert await page.evaluate("document.querySelectorAll('#paper svg').length") == 2
    for place in data["places"]:
        assert f"step {place['step']}/{place['of']}" in text
        for one in place["views"][0]["calculation"]["all"][1:]:
            assert text_of(one["short"]) in text
    assert "1 / (1 + e^−0.3775)" in text


def answers_to(question):
    """Right numbers and wrong ones, in few digits and in many."""
    slips = [slip.slip.value for slip in slips_of(question)][:12]
    values = [question.value, *slips, question.value * 1.01, 0.5]
    return list(dict.fromkeys(number(value, digits) for value in values for digits in (1, 2, 3, 4, 7, None)))


ASKED = """(() => {
  const at = document.getElementById('at'), answer = document.getElementById('answer');
  return JSON.stringify(%s.map((text) => {
    at.value = %d;
    at.dispatchEvent(new Event('input'));
    answer.value = text;
    document.getElementById('question').requestSubmit();
    if (Number(at.value) > %d) return ['right', ''];
    const judged = document.getElementById('judged');
    return [judged.className.replace('-answer', ''), judged.textContent];
  }));
})()"""


@pytest.mark.parametrize("name", ["mazur", "circuit", "penalty"])
async def test_answers_are_judged_as_the_app_judges_them(name, tmp_path):
    """Of what is said besides, the mistake."""
    path = made(tmp_path, name)
    data = Page(path.read_text(encoding="utf-8")).walk
    scenario = load_scenario(name)
    start, notation = Session.open(scenario), scenario.names(canonical=False)
    judged = set()
    async with shown(path) as page:
        await page.press("t", 84)
        for at, place in enumerate(data["places"][:-1]):
            session = start.seek(place["iteration"], place["step"]) if place["step"] else start.home()
            question = question_of(session)
            assert ("question" in place["views"][0]) == (question is not None)
            if question is None:
                continue
            texts = answers_to(question)
            said = json.loads(await page.evaluate(ASKED % (json.dumps(texts), at, at)))
            for text, (verdict, words) in zip(texts, said, strict=True):
                feedback = Lesson(question=question).answer(text, notation).feedback
                if feedback.diagnosis is not None and feedback.said == "wrong":
                    assert words == f"✗ No. {feedback.diagnosis.sentence(question, notation)}", (at, text)
                assert verdict == feedback.said, (at, text)
                judged.add(verdict)
    assert judged >= {"right", "wrong"}


async def test_a_question_hides_the_number_until_it_is_answered_or_told(tmp_path):
    path = made(tmp_path, "mazur")
    async with shown(path) as page:
        for _ in range(2):
            await page.press(*RIGHT)
        await page.press("t", 84)
        assert await page.evaluate("document.getElementById('asks').textContent") == "What will out_h1 be?"
        visible = await page.evaluate("document.querySelector('main').innerText")
        assert "0.5933" not in visible
        await page.press(*RIGHT)  # no way round it
        assert "0.5933" not in await page.evaluate("document.querySelector('main').innerText")
        for hint in ("1 / (1 + e^−net_h1)", "1 / (1 + e^−0.3775)"):
            await page.evaluate("document.getElementById('hint').click()")
            assert hint in await page.evaluate("document.getElementById('hints').innerText")
        await page.evaluate("document.getElementById('hint').click()")
        assert "0.5933" in await page.evaluate("document.querySelector('main').innerText")
        assert await page.evaluate("document.getElementById('score').textContent") == "0 of 1 right at once"
        await page.evaluate("document.getElementById('answer').value = '1.106'")
        await page.evaluate("document.getElementById('question').requestSubmit()")
        assert "✓ Right." in await page.evaluate("document.querySelector('main').innerText")
        assert await page.evaluate("document.getElementById('score').textContent") == "1 of 2 right at once"
        await page.press("Escape", 27)
        assert await page.evaluate("document.getElementById('question').hidden")
