"""The stepper along a key path through one whole iteration of mazur, at three sizes.

The text of every step is kept; the colours of a step forward and a step back.
"""

import pytest

from tests.tui.screens import SvgFile, TextFile, opened, press, screen_svg, screen_text, size_id, sizes

PICTURED = (2, 10)
"""Steps whose colours are kept: x of the first layer, dE/dy of a hidden one."""


@sizes
async def test_one_iteration_and_back(size, snapshot):
    """Every step forward shows what is computed and nothing more; going back shows the same screens in reverse."""
    async with opened("mazur", size) as (app, pilot):
        there = [screen_text(app)]
        for step in range(1, 15):
            await press(pilot, "right")
            there.append(screen_text(app))
            if step in PICTURED:
                assert screen_svg(app) == snapshot(extension_class=SvgFile, name=f"{size_id(size)} step {step:02}")
        text = "\n".join(f"--- step {step}\n{screen}" for step, screen in enumerate(there))
        assert text == snapshot(extension_class=TextFile, name=f"{size_id(size)} steps")
        for screen in reversed(there[:-1]):
            await press(pilot, "left")
            assert without_recorded_future(screen_text(app)) == without_recorded_future(screen)


def without_recorded_future(text):
    """The step bar and the history show what was walked before; everything else is as it was on the way there."""
    lines = text.replace("◌", "○").splitlines()
    bottom = next(i for i, line in enumerate(lines) if i > 4 and line.startswith("╭"))
    return [line if i < bottom else line[: line.find("╮") + 1 or line.find("│", 1) + 1] for i, line in enumerate(lines)]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("scalar", ["d", *["right"] * 4]),
        ("canonical", ["y", *["right"] * 9]),
        ("iterations", [*["n"] * 12, "p", "p", "p", "l"]),
        ("help", ["question_mark"]),
        ("go to", ["g", *"x[h9]", "enter"]),
    ],
)
@sizes
async def test_other_states(size, name, keys, snapshot):
    """Scalar steps, canonical names, a recorded future on a logarithmic axis, help, a place that does not exist."""
    async with opened("mazur", size) as (app, pilot):
        await press(pilot, *keys)
        for toast in app.screen.query("Toast"):
            toast.remove()
        await press(pilot)
        assert screen_text(app) == snapshot(extension_class=TextFile, name=f"{size_id(size)} {name}")
