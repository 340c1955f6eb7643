"""Make the pictures of the documentation from a fresh `monitor demo`: `make pictures`. Needs Chromium."""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

from monitor.archive import open_archive
from monitor.archive.feedback import set_state, store_answer
from monitor.calls import CallKey
from monitor.config import load_config
from monitor.jobs.serve import make_site
from monitor.web.framework.app import make_app
from monitor.web.framework.auth import save_password
from monitor.web.framework.request import Site
from tests.web.chromium import ARGUMENTS, CHROMIUM, served

DOCS = Path(__file__).resolve().parent
DEPARTMENT = "kultur-fritid"
PASSWORD = "bara för bilderna"  # noqa: S105 - of a copy that is thrown away
COOPERATION, LONA = "CREA-CULT-2026-COOP-1", "LONA: lokala naturvårdssatsningen"
RESCUE, NORDBUK = "UCPM-2026-KAPP-PVPP", "NORDBUK: stöd till barns och ungas egna projekt"
# What departments might have answered: (department, call, answer, note).
ANSWERS = (
    (DEPARTMENT, COOPERATION, "intressant", "Biblioteket vill vara med. Vem kan hjälpa oss att hitta partner?"),
    ("samhallsplanering", LONA, "inte-for-oss", "Hör hemma hos miljö och bygg."),
)
STATES = (
    (DEPARTMENT, COOPERATION, "intresserad", "Tas upp på ledningsgruppen i juni."),
    (DEPARTMENT, NORDBUK, "soker", "Ungdomsrådet skriver ansökan."),
    ("raddning-beredskap", RESCUE, "intresserad", ""),
    ("miljo-bygg", LONA, "beviljad", "450 000 kronor till våtmarken."),
)
PAGES = {
    "sok": "/sok?q=kommuner&typ=call&status=open",
    "utlysning": f"/hitta?vad={quote(RESCUE)}",
    "forvaltning": f"/forvaltning/{DEPARTMENT}",
    "samordna": "/samordna",
    "regler": "/regler/kultur",
    "uppfoljning": "/uppfoljning",
}


def main(folder: Path) -> None:
    """Take the pictures of the newest mail to one department and of the six main pages; `folder` is that of `monitor demo`."""
    mails = sorted((folder.absolute() / "mejl").glob(f"* {DEPARTMENT}.html"))
    if not mails or not CHROMIUM.is_file():
        sys.exit("first: make demo, with Chromium installed")
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        copy = Path(temporary) / "installation"
        shutil.copytree(folder, copy)
        site = made_ready(copy)
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 700, "height": 1050})
        page.goto(mails[-1].as_uri())
        page.screenshot(path=DOCS / "mejl.png")
        page.set_viewport_size({"width": 390, "height": 844})
        page.screenshot(path=DOCS / "mejl-telefon.png")
        with served(make_app(site)) as base:
            take_pages(browser, base)
        browser.close()
        site.archive.close()


def made_ready(folder: Path) -> Site:
    """Return the installation some days after its last mails, with invented answers of departments."""
    config = load_config(folder / "monitor.toml")
    save_password(config.data_dir, PASSWORD)
    with open_archive(config.archive) as archive:
        (built,) = archive.db.execute("SELECT max(created) FROM digests").fetchone()
        now = datetime.fromisoformat(built)

        def key(call: str) -> CallKey:
            row = archive.db.execute("SELECT source, call_id FROM calls WHERE ? IN (title, identifier)", [call]).fetchone()
            return CallKey(row[0], row[1])

        for department, call, answer, note in ANSWERS:
            store_answer(archive.db, department, key(call), answer, note=note, digest="", now=now)
        for department, call, state, note in STATES:
            set_state(archive.db, department, key(call), state, note=note, who="samordnaren", now=now)
    return make_site(config, lambda: now + timedelta(days=5))


def take_pages(browser: Browser, base: str) -> None:
    """Log in and take each page as the coordinator sees it; the lab with a department that was just added."""
    page = browser.new_page(base_url=base, viewport={"width": 1280, "height": 1000}, locale="sv-SE")
    page.goto("/logga-in")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    for name, path in PAGES.items():
        page.goto(path)
        if name == "regler":
            page.get_by_label("Barn- och utbildningsförvaltningen").check()
            page.locator("#utfall[data-number]").wait_for()
            page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=DOCS / f"{name}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo-data"))
