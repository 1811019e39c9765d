"""Tests."""

import shutil
import sysconfig

GRADSTEP = shutil.which("gradstep", path=sysconfig.get_path("scripts")) or "gradstep"
"""The installed program."""
