"""Chromium: a source added by its address, a new threshold and a source switched off, without a file touched; axe on each page."""

import shutil
from datetime import date

import pytest
from playwright.sync_api import expect

from monitor.config import load_config
from monitor.demo.server import SampleServer
from monitor.jobs.serve import PageWork
from monitor.web.framework.app import make_app
from monitor.web.framework.auth import COOKIE
from monitor.web.framework.request import CurrentRules, Site
from monitor.web.views import settings_sources
from tests.web.chromium import CHROMIUM, served, violations
from tests.web.sample import NOW, PASSWORD
from tests.web.test_chromium import axe_finds, chromium, log_in, open_page  # noqa: F401 - a fixture among them

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.is_file(), reason="Chromium is not installed (/usr/bin/chromium)"),
]
PAGES = (
    "/samordna/installningar",
    "/samordna/installningar/schedule",
    "/samordna/installningar/digest",
    "/samordna/installningar/historik",
    "/samordna/forvaltningar",
    "/samordna/forvaltningar/kultur-fritid",
    "/samordna/program/life",
    "/samordna/kallor",
    "/samordna/kallor/norden",
    "/samordna/kallor/ny",
)


class Jobs(PageWork):
    """The jobs of the pages, but for the matching after a change."""

    def rematch(self):
        pass


@pytest.fixture(scope="module")
def publisher():
    with SampleServer(date(2026, 5, 20)) as server:
        yield server


@pytest.fixture(scope="module")
def site(sample_folder, tmp_path_factory, publisher):
    folder = tmp_path_factory.mktemp("settings") / "installation"
    shutil.copytree(sample_folder, folder)
    with (folder / "monitor.toml").open("a", encoding="utf-8") as file:
        file.write("# Prov på den egna datorn.\n[network]\nallow_loopback = true\ndelay = 0\n")
    config = load_config(folder / "monitor.toml")
    made = Site(config, lambda: NOW, Jobs(config))
    made._rules = CurrentRules(config.rules_dir)
    yield made
    made.archive.close()


@pytest.fixture(scope="module")
def base(site):
    with served(make_app(site)) as address:
        yield address


@pytest.fixture
def page(chromium, base):  # noqa: F811
    made, troubles = open_page(chromium, base)
    made.set_default_timeout(90_000)
    yield made
    made.context.close()
    # Chromium itself reports the status of a form that was refused.
    assert [text for text in troubles if "status of 400" not in text] == []


def test_a_source_is_added_a_threshold_changed_and_a_source_switched_off(page, site, publisher, monkeypatch):
    monkeypatch.setattr(settings_sources, "_PATIENCE_SECONDS", 0.0)
    log_in(page)
    page.get_by_role("link", name="Inställningar").click()
    page.get_by_role("link", name="Källor", exact=True).last.click()
    page.get_by_role("link", name="Lägg till en källa").click()
    page.get_by_label("Adress").fill(f"{publisher.base}/brysselkontoret/feed.atom")
    page.get_by_role("button", name="Läs adressen").click()
    progress = page.frame_locator(".guide-progress")
    expect(progress.get_by_role("status")).to_contain_text("Läser.")
    progress.get_by_role("link", name="Visa vad som hittades").click(timeout=90_000)
    found = page.get_by_role("region", name="Flöde: Brysselkontoret")
    expect(found.get_by_text("sista ansökningsdag").first).to_be_visible(timeout=90_000)
    assert violations(page) == []
    found.get_by_role("button", name="Ta den här").click()
    expect(page.get_by_role("heading", name="Det här ändras")).to_be_visible()
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Ändringen är sparad.")
    expect(page.get_by_role("link", name="Brysselkontoret för södra Sverige (exempel)")).to_be_visible()
    source = load_config(site.config.path).sources[-1]
    assert (source.kind, source.url, source.language) == ("feed", f"{publisher.base}/brysselkontoret/feed.atom", "sv")

    page.get_by_role("link", name="Nordiska ministerrådet", exact=True).click()
    page.get_by_label("Läses", exact=True).select_option("nej")
    page.get_by_role("button", name="Granska ändringen").click()
    expect(page.get_by_text("Det som redan är läst finns kvar i arkivet.")).to_be_visible()
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_text("Källan är avstängd.")).to_be_visible()
    assert not load_config(site.config.path).source("norden").enabled

    page.goto("/samordna/forvaltningar")
    page.get_by_role("link", name="Kultur- och fritidsförvaltningen").click()
    page.get_by_label("Tröskel i poäng").fill("5,5")
    page.get_by_role("button", name="Granska ändringen").click()
    expect(page.get_by_role("heading", name="Vad ändringen gör")).to_be_visible(timeout=90_000)
    assert violations(page) == []
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Ändringen är sparad.")
    assert "threshold = 5.5" in (site.config.rules_dir / "departments.toml").read_text("utf-8")

    page.goto("/samordna/installningar/historik")
    expect(page.get_by_role("button", name="Ångra")).to_have_count(3)
    page.get_by_role("button", name="Ångra").nth(1).click()
    expect(page.get_by_role("status")).to_contain_text("Ändringen är ångrad.")
    assert load_config(site.config.path).source("norden").enabled
    assert "# Prov på den egna datorn." in site.config.path.read_text("utf-8")


def test_a_wrong_time_is_named_beside_its_field_by_keyboard_alone(page):
    log_in(page)
    page.goto("/samordna/installningar/schedule")
    page.get_by_label("Längsta läsning i minuter").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("två timmar")
    page.keyboard.press("Enter")
    field = page.get_by_label("Längsta läsning i minuter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("Skriv ett heltal, inte ”två timmar”. En läsning som tar längre tid avbryts.")
    expect(field).to_have_value("två timmar")
    assert violations(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_fingers_find_the_buttons(page, site, base, path):
    page.context.add_cookies([{"name": COOKIE, "value": site.sessions.log_in(PASSWORD, "127.0.0.1"), "url": base}])
    found = axe_finds(page, path)
    assert not found, "\n".join(map(str, found))
    low = "all => all.filter(one => one.offsetParent && one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"
    shown = "button, .button, select, input:not([type=hidden], [type=checkbox]), summary"
    assert page.locator(shown).evaluate_all(low) == []
