"""`gradstep serve` from outside: over HTTP and its websocket, and in a real browser where there is one."""

import asyncio
import base64
import re
import signal
import socket
import sys
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import pyte
import pytest

from tests import GRADSTEP
from tests.patience import PATIENCE
from tests.tui.serving import started
from tui.cli import main

aiohttp = pytest.importorskip("aiohttp")
pytest.importorskip("textual_serve")
browser = pytest.importorskip("tests.tui.browser")
from aiohttp.test_utils import TestServer  # noqa: E402

from tui.web.server import MOST_BYTES, MOST_WALKS, LoopbackServer  # noqa: E402

RIGHT = "\x1b[C"


@contextmanager
def served(*words):
    """The installed command, once it says its address."""
    process, said, port = started([GRADSTEP, "serve", *words])
    try:
        link = re.search(rf"http://127\.0\.0\.1:{port}/\?token=[\w-]{{32}}", said)
        assert link, said
        yield process, link[0]
    finally:
        process.kill()
        process.communicate()


def visitor():
    """A browser without a page: it keeps cookies of an address that is a number, too."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


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

    async def visit(link):
        address = link.partition("/?")[0]
        async with visitor() as session:
            async with session.get(link) as response:
                page = await response.text()
            assert re.findall(r"\w+://[^/\"]+", page) == [address.replace("http", "ws")]  # a room without the internet
            paths = re.findall(r'"(/[^"]+)"', page)
            assert len(paths) == 3
            for path in paths:
                async with session.get(address + path) as response:
                    assert response.status == 200, path
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

    with served(name) as (process, link):
        asyncio.run(visit(link))
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
                    assert not await page.evaluate("document.body?.classList.contains('-closed')")
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
            assert all(url.startswith((address.partition("?")[0], "data:")) for url in asked)
            # read again, the page needs no token in its address, where a projector would show it
            assert await page.evaluate("location.search") == "?fontsize=20"
            assert await page.evaluate("document.cookie") == ""  # no script may read it
            shown.screen.reset()
            await page.call("Page.reload")
            await wait_for("Nothing is computed yet")
            await page.evaluate("frame = document.createElement('iframe')")
            await page.evaluate("frame.src = '/'; document.body.append(frame)")
            while not any(e["request"]["url"].endswith("/") for e in page.happened("Network.requestWillBeSent")):
                await asyncio.sleep(0.1)
                await page.evaluate("0")
            # what is refused is of no origin of ours, once it is there: before, the frame is an empty page
            while not await page.evaluate("frame.contentDocument === null"):
                await asyncio.sleep(0.1)

    with served("mazur") as (_, link):
        asyncio.run(asyncio.wait_for(visit(f"{link}&fontsize=20"), PATIENCE))


FORBIDDEN = 403
UNAVAILABLE = 503


async def test_without_the_token_everything_is_refused_and_no_answer_may_be_framed():
    with_token = re.search(r"token=(.+)", (server := LoopbackServer("false", 8000)).guard.link)[1]
    async with running(server) as ask:
        for path in ("/", "/?token=", f"/?token={with_token[:-1]}", f"/?token={with_token}x", "/ws", "/download/key"):
            assert (await ask(path)).status == FORBIDDEN, path
        assert (await ask("/static/js/textual.js")).status == FORBIDDEN
        assert (await ask("/", cookie="guess")).status == FORBIDDEN
        page = await ask(f"/?token={with_token}")
        assert page.status == 200
        cookie = page.cookies["gradstep-8000"]
        assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (with_token, True, "Strict")
        assert (await ask("/", cookie=with_token)).status == 200
        assert (await ask("/download/key", cookie=with_token)).status == 404  # there is none of that key
        assert (await ask("/elsewhere", cookie=with_token)).status == 404


@pytest.mark.parametrize("host", ["evil.example:8000", "evil.example", "127.0.0.1:8001", "127.0.0.1", "localhost."])
async def test_a_name_of_another_site_that_leads_here_is_refused(host):
    server = LoopbackServer("false", 8000)
    async with running(server) as ask:
        assert (await ask("/?" + server.guard.link.partition("/?")[2], host=host)).status == FORBIDDEN


@pytest.mark.parametrize(
    ("port", "host", "address"),
    [
        (80, "127.0.0.1", "http://127.0.0.1/"),
        (80, "localhost", "http://127.0.0.1/"),
        (80, "127.0.0.1:80", "http://127.0.0.1/"),
        (443, "127.0.0.1:443", "http://127.0.0.1:443/"),
        (8000, "localhost:8000", "http://127.0.0.1:8000/"),
    ],
)
async def test_its_own_page_may_connect_at_any_port(port, host, address):
    server = LoopbackServer("false", port)
    assert server.guard.link.startswith(address + "?token=")
    async with running(server) as ask:
        page = await ask("/?" + server.guard.link.partition("?")[2], host=host)
        assert page.status == 200
        assert f'"ws://{host}/ws"' in await page.text()
        token = server.guard.link.partition("token=")[2]
        # 400: it may come in, but asks for no websocket
        assert (await ask("/ws", host=host, cookie=token, origin=f"http://{host}")).status == 400
        for origin in (
            None,
            "null",
            "http://evil.example",
            f"https://{host}",
            "http://127.0.0.1:9",
            f"http://{host}.evil",
        ):
            assert (await ask("/ws", host=host, cookie=token, origin=origin)).status == FORBIDDEN


@asynccontextmanager
async def running(server):
    """Asks a server that answers on any free port as if it were on its own; each answer must forbid frames."""
    async with TestServer(await server._make_app()) as reached, aiohttp.ClientSession() as session:

        async def ask(path, *, host=None, cookie=None, origin=None):
            headers = {"Host": host or f"127.0.0.1:{server.port}"}
            if cookie is not None:
                headers["Cookie"] = f"gradstep-{server.port}={cookie}"
            if origin is not None:
                headers["Origin"] = origin
            answer = await session.get(reached.make_url(path), headers=headers)
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            return answer

        yield ask


STAND_IN = """
import os, sys
size = f"{os.environ['COLUMNS']}x{os.environ['ROWS']}".encode()
sys.stdout.buffer.write(b"__GANGLION__\\nD" + len(size).to_bytes(4, "big") + size)
sys.stdout.flush()
sys.stdin.buffer.read(1)
"""
"""In place of the app, which starts slowly: it shows its size, and ends with the first byte that comes."""


@asynccontextmanager
async def standing_in(folder):
    """A server at a port of its own, whose walks are the stand-in's; a way to connect, and to ask for the page."""
    (folder / "stand_in.py").write_text(STAND_IN)
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = LoopbackServer(f'"{sys.executable}" -S "{folder / "stand_in.py"}"', port)
    link = server.guard.link
    address = link.partition("/?")[0]
    own = TestServer(await server._make_app(), port=port, socket_factory=lambda *_: listening)
    async with own, visitor() as session:

        def connect(width=80):
            return session.ws_connect(f"{address}/ws?width={width}&height=24", headers={"Origin": address})

        yield connect, partial(session.get, link)
        await asyncio.wait_for(no_walk_is_left(server), PATIENCE)  # no process outlives the event loop


async def no_walk_is_left(server):
    while server._walks:
        await asyncio.sleep(0.02)


async def there_is_room(page):
    while True:
        async with page() as response:
            if response.status == 200:
                return
        await asyncio.sleep(0.02)


async def ended(connection):
    """What ends a connection, and what was shown on it before."""
    shown = b""
    while (message := await connection.receive(timeout=PATIENCE)).type is aiohttp.WSMsgType.BINARY:
        shown += message.data
    return message.type, message.data, shown


NO_PAGES = ["[", "{}", "[]", '["stdin", 5]', '["resize", {"width": "a"}]', '["resize", {"width": 1e9, "height": 5}]']
NO_PAGES += ['["stdin"]', "[" * 100_000, b"\x00", '["stdin", "' + "x" * MOST_BYTES + '"]']


@pytest.mark.parametrize("words", NO_PAGES, ids=lambda words: str(words[:40]))
async def test_what_no_page_says_ends_its_walk(words, tmp_path):
    async with standing_in(tmp_path) as (connect, page):
        assert (await page()).status == 200
        async with connect() as connection:
            await (connection.send_bytes if isinstance(words, bytes) else connection.send_str)(words)
            kind, code, _ = await ended(connection)
            assert (kind, code) == (aiohttp.WSMsgType.CLOSE, 1009 if len(words) > MOST_BYTES else 1003)


async def test_no_terminal_is_so_wide(tmp_path):
    async with standing_in(tmp_path) as (connect, page):
        await page()
        async with connect(width=10**12) as connection:
            assert (await connection.receive(timeout=PATIENCE)).data == b"1000x24"


async def test_the_walks_are_bounded(tmp_path):
    async with standing_in(tmp_path) as (connect, page):
        assert (await page()).status == 200
        walks = [await connect() for _ in range(MOST_WALKS)]
        readers = [asyncio.create_task(ended(walk)) for walk in walks]  # who does not read is taken for gone
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await connect()
        assert refused.value.status == UNAVAILABLE
        async with page() as response:
            assert (response.status, "close one of them" in await response.text()) == (UNAVAILABLE, True)
        await walks.pop().close()
        await asyncio.wait_for(there_is_room(page), PATIENCE)  # a walk is over when its process has ended
        for walk in walks:
            await walk.close()
        await asyncio.gather(*readers)


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
    assert "pip install '.[web]'" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["nowhere"], ["mazur", "--port", "0"], ["mazur", "--port", "many"]])
def test_a_mistake_is_said_before_anything_is_served(words, capsys):
    assert main(["serve", *words]) == 2
    assert capsys.readouterr().out == ""
