"""Chromium: a theme made without touching a file, and axe, narrow screens and the keyboard on the pages that it needs."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from monitor.config import load_config
from monitor.jobs.serve import PageWork
from monitor.web.framework.app import make_app
from monitor.web.framework.request import Site
from tests.web.chromium import CHROMIUM, served, violations
from tests.web.conftest import changeable_rules
from tests.web.sample import NOW
from tests.web.test_chromium import axe_finds, chromium, log_in, open_page  # noqa: F401 - a fixture among them

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.is_file(), reason="Chromium is not installed (/usr/bin/chromium)"),
]


class Jobs(PageWork):
    """The jobs of the pages, but for the matching after a change."""

    def rematch(self):
        pass


@pytest.fixture(scope="module")
def page(sample_folder, sample_rules, tmp_path_factory, chromium):  # noqa: F811
    folder = tmp_path_factory.mktemp("theme") / "installation"
    shutil.copytree(sample_folder, folder)
    config = load_config(folder / "monitor.toml")
    site = Site(config, lambda: NOW, Jobs(config))
    site._rules = changeable_rules(site, sample_rules)
    with served(make_app(site)) as base:
        made, troubles = open_page(chromium, base)
        made.set_default_timeout(90_000)
        log_in(made)
        yield made
        made.context.close()
    site.archive.close()
    assert [text for text in troubles if "status of 400" not in text] == []


def test_a_theme_in_five_minutes(page):
    page.get_by_role("link", name="Regler", exact=True).first.click()
    page.get_by_role("link", name="Nytt tema", exact=True).click()
    page.get_by_label("Namn på ämnet").fill("Cykelvägar")
    page.get_by_label("Kultur- och fritidsförvaltningen").check()
    page.get_by_label("Ord som säger vad ämnet är").fill("cykelväg")
    page.get_by_role("button", name="Visa vad temat tar").click()
    expect(page.get_by_role("status").first).to_contain_text("Utkastet är sparat", timeout=90_000)
    draft = page.url.partition("?")[0]
    taken = page.get_by_role("region", name="Det här skulle temat ta")
    others = page.get_by_role("region", name="Annat som förvaltningen får")
    for number in range(3):
        taken.get_by_label("Ja", exact=True).nth(number).check()
    for number in range(2):
        others.get_by_label("Nej", exact=True).nth(number).check()
    found = axe_finds(page, draft)
    assert not found, "\n".join(map(str, found))
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 900})
    # Loaded again by the checks: what was not saved is gone, as on any page.
    for number in range(3):
        page.get_by_role("region", name="Det här skulle temat ta").get_by_label("Ja", exact=True).nth(number).check()
    for number in range(2):
        page.get_by_role("region", name="Annat som förvaltningen får").get_by_label("Nej", exact=True).nth(number).check()
    page.get_by_role("button", name="Sätt i bruk").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Temat är i bruk på prov.", timeout=90_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Cykelvägar på prov")


@pytest.mark.parametrize(
    "path",
    ["/regler/utkast/ny", "/regler/cykelvagar/prov", "/samordna/mejl/kultur-fritid/prov/cykelvagar", "/samordna/kallor/ny"],
)
def test_axe_finds_nothing(page, path):
    found = axe_finds(page, path)
    assert not found, "\n".join(map(str, found))
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_match_leads_to_its_signal(page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/sok?forvaltning=kultur-fritid&tema=kultur")
    page.locator("ol.hits h2 a").first.click()
    page.get_by_text("Orden som avgjorde").first.click()
    page.get_by_role("link", name=re.compile("^Signalen ")).first.click()
    expect(page.get_by_role("heading", name=re.compile("^Poäng för"))).to_be_visible()
    expect(page.locator(":target")).to_have_count(1)
    assert violations(page) == []
