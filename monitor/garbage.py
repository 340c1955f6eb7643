"""How seldom the collector looks for garbage, in a command as in a benchmark of what a command does."""

from __future__ import annotations

import atexit
import gc


def collect_seldom() -> None:
    """Let the collector look seldom, and not at all on the way out.

    Importing makes tens of thousands of objects that stay to the end: looking for garbage among them takes a tenth of a short command's time.
    """
    gc.set_threshold(20_000)
    atexit.register(gc.freeze)
