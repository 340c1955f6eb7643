"""The pictures in docs/: `python -m tests.web.screenshots` makes the sample installation, opens its main pages and writes them."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from monitor.jobs.serve import make_site
from monitor.web.app import make_app
from monitor.web.login import save_password
from tests.web.chromium import ARGUMENTS, CHROMIUM, served
from tests.web.sample import NOW, PASSWORD, make_sample

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {
    "sok": "/sok?q=bibliotek&status=open",
    "utlysning": "/utlysning/norden/norden-000",
    "forvaltning": "/forvaltning/kultur-fritid",
    "samordna": "/samordna",
    "regler": "/regler/kultur",
    "uppfoljning": "/uppfoljning",
}


def main() -> int:
    """Write a picture of each main page."""
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        config = make_sample(Path(folder) / "installation")
        save_password(config.data_dir, PASSWORD)
        site = make_site(config, lambda: NOW)
        with served(make_app(site)) as base:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
            page = browser.new_page(base_url=base, viewport={"width": 1280, "height": 1000}, locale="sv-SE")
            page.goto("/logga-in")
            page.get_by_label("Lösenord").fill(PASSWORD)
            page.get_by_role("button", name="Logga in").click()
            for name, path in PAGES.items():
                page.goto(path)
                if name == "regler":
                    words = page.get_by_label("Ord och fraser, med komma emellan").first
                    words.fill(f"{words.input_value()}, cykelvägar")
                    page.locator('#utfall[data-number="1"]').wait_for()
                page.screenshot(path=DOCS / f"{name}.png")
                print(DOCS / f"{name}.png", file=sys.stderr)
            browser.close()
        site.archive.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
