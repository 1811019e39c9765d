"""The picture of a page that README shows, and what says whether it is still that of the page.

A browser draws it, so it isn't drawn anew by a test, which compares what went into it instead. To renew it, where there
is a Chromium: `python -m tests.tui.page_picture`.
"""

import asyncio
import base64
import hashlib
import json
import struct
import tempfile
import zlib
from pathlib import Path

from engine.files import load_scenario
from engine.walking.session import Session
from tui.page.document import document
from tui.page.walked import walked

FILE = Path(__file__).parent.parent / "page.png"
KEY = b"page"
PLACE = "#0:9"
WIDTH, HEIGHT = 1200, 790
BEGIN = 8
"""Bytes of a PNG before its first chunk."""


def page_and_mark():
    """The page, and a mark of all that is seen of it, without the numbers by which answers are judged."""
    scenario = load_scenario("google")
    walk = walked(Session.open(scenario), 0, 1, scenario.names(canonical=False), 4)
    page = document(walk)
    for place in walk["places"]:
        for view in place["views"]:
            view.pop("question", None)
    return page, hashlib.sha256((document(walk)).encode()).hexdigest()


def chunks(png):
    """Each chunk's kind and data."""
    at = BEGIN
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def marked(png, mark):
    """The picture with the mark of its page in it."""
    data = b"tEXt" + KEY + b"\0" + mark.encode()
    chunk = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    last = len(png) - 12  # IEND
    return png[:last] + chunk + png[last:]


def mark_in(png):
    """The mark of the page that a picture is of."""
    return next(data[len(KEY) + 1 :].decode() for kind, data in chunks(png) if kind == b"tEXt" and data.startswith(KEY))


async def drawn(page):
    """What a browser shows of it."""
    from tests.tui.browser import opened

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(page, encoding="utf-8")
        async with opened("about:blank") as tab:
            await tab.call(
                "Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=1, mobile=False
            )
            await tab.call("Page.navigate", url=path.as_uri() + PLACE)
            while await tab.evaluate("!document.getElementById('walk') || document.getElementById('walk').hidden"):
                await asyncio.sleep(0.05)
            return base64.b64decode((await tab.call("Page.captureScreenshot", format="png"))["data"])


if __name__ == "__main__":
    page, mark = page_and_mark()
    FILE.write_bytes(marked(asyncio.run(drawn(page)), mark))
    print(json.dumps({"picture": str(FILE), "bytes": FILE.stat().st_size}))
