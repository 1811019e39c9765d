"""Who may drive a walk in the browser: whoever has the printed link, on this computer, from gradstep's own page.

The loopback address alone keeps out neither another user of the computer, nor a page of another site that the browser
shows: it may send requests to this address, frame its pages, or have its own name lead here (DNS rebinding).
"""

import secrets

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
HTTP_PORT = 80
"""Browsers leave it out of an address, and of what they say about it."""
HEADERS = {
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Of every answer. The first two say the same, to old browsers and new ones: no page may frame this one."""


class Guard:
    """Refuses every request that has not come from the printed link.

    The page sets a cookie, so that what it asks for itself, and the page read again, need no token in the address.

    Attributes:
        link: the address with the token, which opens the page.
    """

    def __init__(self, port: int) -> None:
        after = "" if port == HTTP_PORT else f":{port}"
        self._token = secrets.token_urlsafe(24)
        self._cookie = f"gradstep-{port}"  # a browser sends the cookies of all ports of a host to each of them
        self._hosts = {name + after for name in NAMES} | {f"{name}:{port}" for name in NAMES}
        self.link = f"http://{HOST}{after}/?token={self._token}"

    def stand_before(self, app: web.Application) -> None:
        """Lets the app see only what is allowed, and adds to each answer what a browser must not do with it."""
        app.middlewares.append(self._middleware())
        app.on_response_prepare.append(_add_headers)

    def check_origin(self, request: web.Request) -> None:
        """Refuses a websocket that a page of another site opens, which any browser would let it do."""
        if request.headers.get("Origin") != f"http://{request.host}":
            raise web.HTTPForbidden(text="only gradstep's own page may connect")

    def _middleware(self) -> Middleware:
        @web.middleware
        async def checked(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.host.lower() not in self._hosts:
                raise web.HTTPForbidden(text="gradstep is not at this address: open the link that it printed")
            by_link = self._is_token(request.query.get("token"))
            if not (by_link or self._is_token(request.cookies.get(self._cookie))):
                raise web.HTTPForbidden(text="open the link that gradstep printed: it ends in a token that lets you in")
            response = await handler(request)
            if by_link and not response.prepared:
                response.set_cookie(self._cookie, self._token, httponly=True, samesite="Strict")
            return response

        return checked

    def _is_token(self, given: str | None) -> bool:
        """Whether it is; found out in the same time however much of it is right."""
        return secrets.compare_digest((given or "").encode(errors="ignore"), self._token.encode())


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
