"""Check for a browser that reads pages made by scripts, without loading or starting it."""

from __future__ import annotations

import os
from importlib.util import find_spec


def find_obstacle(path: str) -> str:
    """Return in Swedish why an installation with this `network.browser` reads nothing with a browser; "" where it may.

    The browser is not started: `monitor.collect.browser.try_browser` does that.
    """
    if not path:
        return "Ingen webbläsare är angiven i network.browser."
    if find_spec("playwright") is None:
        return "Playwright är inte installerat (tillägget browser)."
    if not os.access(path, os.X_OK):
        return f"Det finns ingen webbläsare på {path}."
    return ""
