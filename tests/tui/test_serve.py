"""`gradstep serve` from outside: over HTTP and its websocket, and in a real browser where there is one."""

import asyncio
import base64
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import pyte
import pytest

from tui.cli import main

aiohttp = pytest.importorskip("aiohttp")
pytest.importorskip("textual_serve")
browser = pytest.importorskip("tests.tui.browser")

PATIENCE = 60
RIGHT = "\x1b[C"


@contextmanager
def served(*words):
    """The installed command, once it says its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [f"{sys.prefix}/bin/gradstep", "serve", *words, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
        yield process, port
    finally:
        process.kill()
        process.communicate()


class Shown:
    """What a page that gets these bytes shows."""

    def __init__(self):
        self.screen = pyte.Screen(120, 40)
        self.stream = pyte.ByteStream(self.screen)

    def __contains__(self, words):
        return words in "\n".join(self.screen.display)


def test_the_page_and_its_websocket(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = "it's $(one).toml"
    (tmp_path / name).write_text("title = '&'\n" + LITTLE)

    async def visit(port):
        address = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession() as session:
            async with session.get(address) as response:
                page = await response.text()
            assert set(re.findall(r"https?://[^/\"]+", page)) == {address}  # a room without the internet shows it, too
            for path in re.findall(rf'{address}(/static/[^"]+)', page):
                async with session.get(address + path) as response:
                    assert response.status == 200, path
            for origin in ({}, {"Origin": "http://elsewhere.example"}):
                with pytest.raises(aiohttp.WSServerHandshakeError):
                    await session.ws_connect(f"{address}/ws", headers=origin)
            websocket = session.ws_connect(f"{address}/ws?width=120&height=40", headers={"Origin": address})
            async with websocket as connection:
                shown = Shown()
                for keys, words in (("", "Nothing is computed yet"), (RIGHT * 2, "0.75"), ("q", "")):
                    if keys:
                        await connection.send_json(["stdin", keys])
                    while words not in shown or not words:
                        message = await connection.receive(timeout=PATIENCE)
                        if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                            assert not words
                            return
                        if message.type == aiohttp.WSMsgType.BINARY:
                            shown.stream.feed(message.data)

    with served(name) as (process, port):
        asyncio.run(visit(port))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (130, "")


@pytest.mark.skipif(browser.CHROMIUM is None, reason="there is no Chromium")
def test_in_a_real_browser():
    async def visit(address):
        async with browser.opened(address) as page:
            shown = Shown()

            async def wait_for(words):
                while words not in shown:
                    assert await page.evaluate("document.body.classList.contains('-closed')") is False
                    await asyncio.sleep(0.2)
                    for frame in page.happened("Network.webSocketFrameReceived"):
                        if frame["response"]["opcode"] == 2:
                            shown.stream.feed(base64.b64decode(frame["response"]["payloadData"]))
                    page.events = [e for e in page.events if e.get("method") != "Network.webSocketFrameReceived"]

            await wait_for("Nothing is computed yet")
            assert await page.evaluate("document.fonts.check('16px Roboto Mono')")
            await page.press("ArrowRight", 39)
            await page.press("ArrowRight", 39)
            await wait_for("0.3775")
            asked = {request["request"]["url"] for request in page.happened("Network.requestWillBeSent")}
            assert all(url.startswith((address, "data:")) for url in asked)

    with served("mazur") as (_, port):
        asyncio.run(asyncio.wait_for(visit(f"http://127.0.0.1:{port}/"), PATIENCE))


LITTLE = """
[network]
inputs = ["i1"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["o1"]
activation = "identity"
weights = [[0.5]]
[[example]]
inputs = [1.5]
targets = [0.0]
"""


def test_a_port_that_is_taken(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["serve", "--port", str(taken.getsockname()[1])]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "something else uses it: give another one with --port" in output.err


def test_without_the_extra(capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "tui.web.server", raising=False)
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    assert main(["serve", "mazur"]) == 2
    assert "pip install 'gradstep[web]'" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["nowhere"], ["mazur", "--port", "0"], ["mazur", "--port", "many"]])
def test_a_mistake_is_said_before_anything_is_served(words, capsys):
    assert main(["serve", *words]) == 2
    assert capsys.readouterr().out == ""
