"""What every test needs: a terminal whose looks do not depend on the machine."""

import os

for name in [*os.environ]:
    if name.startswith("TEXTUAL_") or name in ("NO_COLOR", "COLORTERM"):
        del os.environ[name]
os.environ["TEXTUAL_ANIMATIONS"] = "none"
