"""A work beside the app that a test holds."""

from tui.terminal.beside import Beside, StoppedError


class Held(Beside):
    """It stands still where it is shown until it is let go."""

    let_go = None
    what = "iterations walked again"

    async def result(self):
        self._show(12, 40, self.what)
        await type(self).let_go.wait()
        if self.stopped:
            raise StoppedError
        return self._work(self._told)
