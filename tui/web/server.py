"""Serves the app in a web page: each visitor has a process of their own, which textual-serve connects to the page."""

import logging
import os
import socket
from pathlib import Path
from typing import Any

import aiohttp_jinja2
from aiohttp import WSMessage, WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from tui.web.guard import HOST, Guard

MOST_WALKS = 12
"""Pages that are open at once: each has a process."""
MOST_BYTES = 256 << 10
"""Of one message of a page: a pasted text is the longest."""
MOST_COLUMNS, MOST_ROWS = 1000, 500
FONT_SIZES = (6, 96)


class Visit(AppService):
    """The process of one visitor, which is over when the process has ended: the server does not end before it."""

    async def stop(self) -> None:
        """Ends the process and waits for it."""
        await super().stop()
        if self._process is not None:
            await self._process.wait()

    async def told(self, envelope: Any) -> bool:
        """Passes on what a page says; False for what no page of ours says."""
        match envelope:
            case ["stdin", str(keys)]:
                await self.send_bytes(keys.encode(errors="ignore"))
            case ["resize", {"width": int(width), "height": int(height)}]:
                await self.set_terminal_size(*_size(width, height))
            case ["blur", *_]:
                await self.blur()
            case ["focus", *_]:
                await self.focus()
            case _:
                return False
        return True


class LoopbackServer(Server):
    """A server for the browsers of this computer, and for its own page alone.

    The page is our own: textual-serve's asks another host for a font, which a classroom may not reach.
    """

    def __init__(self, command: str, port: int) -> None:
        super().__init__(command, host=HOST, port=port, title="gradstep", templates_path=Path(__file__).parent)
        self.guard = Guard(port)
        self._walks = 0

    async def on_startup(self, app: web.Application) -> None:
        """Says nothing: `serve` has."""

    def serve(self, debug: bool = False) -> None:
        """Serves until a signal ends it. The address is said once it can be opened: textual-serve says it before.

        Raises:
            OSError: the port can't be had.
        """
        logging.basicConfig(level=logging.WARNING, format="gradstep: %(message)s")
        with socket.create_server((HOST, self.port)) as listening:
            print(f"gradstep is at {self.guard.link} (ctrl+C ends it)", flush=True)
            web.run_app(self._make_app(), sock=listening, print=None)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        self.guard.stand_before(app)
        return app

    @aiohttp_jinja2.template("app_index.html")
    async def handle_index(self, request: web.Request) -> dict[str, Any]:
        """The page, which asks for everything else at the address by which it was asked for itself."""
        self._check_room()
        least, most = FONT_SIZES
        return {"host": request.host, "font_size": min(most, max(least, to_int(request.query.get("fontsize", ""), 16)))}

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Connects a page with a process of its own, until one of them ends."""
        self.guard.check_origin(request)
        self._check_room()
        self._walks += 1
        try:
            return await self._walk(request)
        finally:
            self._walks -= 1

    def _check_room(self) -> None:
        if self._walks >= MOST_WALKS:
            raise web.HTTPServiceUnavailable(text=f"{MOST_WALKS} walks are open, which is the most: close one of them")

    async def _walk(self, request: web.Request) -> web.WebSocketResponse:
        page = web.WebSocketResponse(heartbeat=15, max_msg_size=MOST_BYTES)
        await page.prepare(request)

        async def close() -> None:
            await page.close()

        visit = Visit(
            self.command,
            write_bytes=page.send_bytes,
            write_str=page.send_str,
            close=close,
            download_manager=self.download_manager,
        )
        await visit.start(
            *_size(to_int(request.query.get("width", ""), 80), to_int(request.query.get("height", ""), 24))
        )
        try:
            async for message in page:
                if not await self._answered(page, visit, message):
                    await page.close(code=1003, message=b"no page of gradstep says this")
        finally:
            await visit.stop()
        return page

    async def _answered(self, page: web.WebSocketResponse, visit: Visit, message: WSMessage) -> bool:
        if message.type is not WSMsgType.TEXT:
            return False
        try:
            envelope = message.json()
        except (ValueError, RecursionError):
            return False
        match envelope:
            case ["ping", int() | float() | str() as data]:
                await page.send_json(["pong", data])
                return True
        return await visit.told(envelope)


def _size(width: int, height: int) -> tuple[int, int]:
    """A terminal's columns and rows as a process is told them: drawing takes as long as there are cells."""
    return min(MOST_COLUMNS, max(1, width)), min(MOST_ROWS, max(1, height))


def serve(command: str, port: int) -> None:
    """Serves what a command shows until a signal ends it. Raises OSError where the port can't be had."""
    os.environ.pop("NO_COLOR", None)  # of the terminal that it is started from; the page has all colours
    LoopbackServer(command, port).serve()
