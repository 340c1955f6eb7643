"""Chromium for tests and pictures, and a server that it opens pages of."""

import socket
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from axe_playwright_python.sync_playwright import Axe

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]

# What hangs on size and colours; everything else is the same however a page is shown.
_SEEN = {"runOnly": ["color-contrast", "scrollable-region-focusable", "target-size", "link-in-text-block"]}
# Where a violation stands is told by its HTML; working out selectors for all that is well takes longer than the checks.
_QUICK = {"resultTypes": ["violations"], "selectors": False, "preload": False}
_AXE = Axe().axe_script


def violations(page, *, again=False):
    """Return the rule and the elements of each finding of axe on a page; `again` for the same page in another size or colour."""
    if not again:
        page.evaluate(_AXE)
    result = page.evaluate("options => axe.run(document, options)", {**(_SEEN if again else {}), **_QUICK})
    return [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in result["violations"]]


@contextmanager
def served(app, port=0):
    """Serve the application on loopback and yield its address."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(64)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", proxy_headers=False, lifespan="on"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        ends = time.monotonic() + 30
        while not server.started:
            if time.monotonic() > ends or not thread.is_alive():
                raise RuntimeError("the server did not start")
            threading.Event().wait(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)
