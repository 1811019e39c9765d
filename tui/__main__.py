"""`python -m tui` is the same as `gradstep`."""

import sys

from tui.cli import main

sys.exit(main())
