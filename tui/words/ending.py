"""What is said where a walk does not go on."""

from engine.walking.session import ALL_THERE_IS, Session


def no_iteration_after(session: Session) -> str:
    """Why there is no iteration after the present one, in a sentence; it is not asked where there is one."""
    if session.ending is not None:
        return f"The walk ends here: {session.ending}."
    return f"There is no iteration after this one: {ALL_THERE_IS}."
