"""Makes the pictures of the documentation from a fresh `monitor demo`: `make pictures`. Needs Chromium."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).resolve().parent
MAIL = "kultur-fritid"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main(folder: Path) -> None:
    """Take the picture of the newest mail to one department in `folder`, the result of `monitor demo`."""
    mails = sorted((folder / "mejl").glob(f"* {MAIL}.html"))
    chromium = shutil.which("chromium")
    if not mails or not chromium:
        sys.exit("first: make demo, with Chromium installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 700, "height": 1050})
        page.goto(mails[-1].as_uri())
        page.screenshot(path=DOCS / "mejl.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo-data"))
