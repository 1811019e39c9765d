"""Serves the app in a web page: each visitor has a process of their own, which textual-serve connects to the page."""

import logging
import os
import socket
from pathlib import Path

import textual_serve.server
from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server

HOST = "127.0.0.1"


class Visit(AppService):
    """The process of one visitor, which is over when the process has ended: the server does not end before it."""

    async def stop(self) -> None:
        """Ends the process and waits for it."""
        await super().stop()
        if self._process is not None:
            await self._process.wait()


textual_serve.server.AppService = Visit  # type: ignore[attr-defined]  # Server makes one for each, by this name


class LoopbackServer(Server):
    """A server for the browsers of this computer, and for its own page alone.

    The page is our own: textual-serve's asks another host for a font, which a classroom may not reach.
    """

    def __init__(self, command: str, port: int) -> None:
        super().__init__(command, host=HOST, port=port, title="gradstep", templates_path=Path(__file__).parent)

    async def on_startup(self, app: web.Application) -> None:
        """Says nothing: `serve` has."""

    def serve(self, debug: bool = False) -> None:
        """Serves until a signal ends it. The address is said once it can be opened: textual-serve says it before.

        Raises:
            OSError: the port can't be had.
        """
        logging.basicConfig(level=logging.WARNING, format="gradstep: %(message)s")
        with socket.create_server((HOST, self.port)) as listening:
            print(f"gradstep is at {self.public_url}/ (ctrl+C ends it)", flush=True)
            web.run_app(self._make_app(), sock=listening, print=None)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Connects a page: not that of another site, which any browser here would let in."""
        allowed = {f"http://{name}:{self.port}" for name in (HOST, "localhost")}
        if request.headers.get("Origin") not in allowed:
            raise web.HTTPForbidden(text="only gradstep's own page may connect")
        response: web.WebSocketResponse = await super().handle_websocket(request)
        return response


def serve(command: str, port: int) -> None:
    """Serves what a command shows until a signal ends it. Raises OSError where the port can't be had."""
    os.environ.pop("NO_COLOR", None)  # of the terminal that it is started from; the page has all colours
    LoopbackServer(command, port).serve()
