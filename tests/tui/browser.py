"""A headless Chromium that is told what to do over its debugging protocol."""

import asyncio
import shutil
import subprocess
import tempfile
from contextlib import asynccontextmanager

import aiohttp

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OPTIONS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
 --disable-component-update --disable-sync --remote-debugging-port=0 --window-size=1280,800""".split()


class Page:
    """A page, and what has happened in it."""

    def __init__(self, socket):
        self.socket = socket
        self.events = []
        self._number = 0

    async def call(self, method, **parameters):
        """One command; its result."""
        self._number += 1
        await self.socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            message = await self.socket.receive_json()
            if message.get("id") == self._number:
                return message["result"]
            self.events.append(message)

    async def evaluate(self, expression):
        """The value of a JavaScript expression."""
        return (await self.call("Runtime.evaluate", expression=expression))["result"].get("value")

    async def press(self, key, code):
        """A key of the keyboard."""
        for kind in ("keyDown", "keyUp"):
            await self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def happened(self, method):
        """What the events of this kind tell."""
        return [event["params"] for event in self.events if event.get("method") == method]


@asynccontextmanager
async def opened(address):
    """The page at an address, once it is loaded."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [CHROMIUM, *OPTIONS, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            line = ""
            while "DevTools listening on ws://" not in line:
                line = process.stderr.readline()
                assert line, "the browser did not start"
            debugger = "http://" + line.split("ws://")[1].split("/")[0]
            async with aiohttp.ClientSession() as session:
                async with session.get(f"{debugger}/json") as response:
                    (tab,) = [tab for tab in await response.json() if tab["type"] == "page"]
                async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    page = Page(socket)
                    await page.call("Network.enable")
                    await page.call("Page.navigate", url=address)
                    while await page.evaluate("document.readyState") != "complete":
                        await asyncio.sleep(0.1)
                    yield page
        finally:
            process.kill()
            process.wait()
            process.stderr.close()
