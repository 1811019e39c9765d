"""How a notebook shows what is here: by whoever draws it, if anybody is installed who does.

Nothing in the engine knows a screen. What shows a `Session` or an `Explanation` announces itself in its package's
metadata (an entry point of the group below, with the class's name), as plug-ins do. The other way, a list in which it
enters itself, would need somebody to import it before the first cell shows anything.
"""

GROUP = "gradstep.shown"


def bundle(shown: object) -> dict[str, str]:
    """What is shown, by MIME type, as IPython's `_repr_mimebundle_` gives it; nothing where nobody shows it."""
    from importlib.metadata import entry_points  # here: it reads packages' metadata as e-mail, with all that is for it

    for entry in entry_points(group=GROUP, name=type(shown).__name__):
        made: dict[str, str] = entry.load()(shown)
        return made
    return {}
