"""Chromium: nine of the coordinator's twelve tasks from the desk to done, without touching a file, with their clicks and fields.

The others are a theme (test_chromium_theme.py), a source (test_chromium_settings.py), and a change that is seen before it is
saved and taken back (test_chromium.py, `test_login_lab_edit_with_preview_and_save`).
"""

import io
import re
import shutil
import tomllib
from dataclasses import dataclass, replace
from datetime import timedelta

import docx
import openpyxl
import pytest
from playwright.sync_api import expect

from monitor.archive import open_archive
from monitor.archive.feedback import store_answer
from monitor.archive.runs import store_run
from monitor.calls import Call, Deadline
from monitor.config import load_config
from monitor.jobs.match import match_archive
from monitor.jobs.serve import PageWork
from monitor.matching.rules.load import load_rules
from monitor.web.framework import kept
from monitor.web.framework.app import make_app
from monitor.web.framework.request import Site
from tests.publishers import Answer, serve
from tests.web.chromium import CHROMIUM, served, violations
from tests.web.conftest import changeable_rules
from tests.web.sample import NOW, source_run
from tests.web.test_chromium import WIDE, chromium, log_in, open_page  # noqa: F401 - a fixture among them

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.is_file(), reason="Chromium is not installed (/usr/bin/chromium)"),
]
FALSE_MATCH = Call(
    source="kultur",
    call_id="false-match",
    title="Software libraries for astronomy",
    url="https://kultur.example.org/calls/astronomy",
    summary="Programs that read catalogues of stars. Public bodies may apply.",
    language="en",
    published=NOW - timedelta(days=4),
    deadlines=(Deadline(at=NOW + timedelta(days=60)),),
)
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Ungdomsstyrelsen</title><link>{url}/</link>
<item><title>Stöd till ungas fritid</title><link>{url}/1</link><pubDate>Mon, 18 May 2026 08:00:00 GMT</pubDate>
<description>Kommuner kan söka bidrag till mötesplatser för unga. Sista ansökningsdag 1 september 2026.</description></item>
</channel></rss>"""
WEB_PAGE = '<html lang="sv"><head><title>Nyheter</title><link rel="alternate" type="application/rss+xml" href="/flode.xml"></head><body><h1>Nyheter</h1></body></html>'  # fmt: skip


class Jobs(PageWork):
    """The jobs of the pages, but for the matching after a change."""

    def rematch(self):
        pass


@dataclass
class Hand:
    """Hand of the coordinator on a page: it counts the clicks and the fields that a task needs."""

    page: object
    clicks: int = 0
    fields: int = 0

    def click(self, role, name, *, within=None, exact=True):
        self.press((within or self.page).get_by_role(role, name=name, exact=exact).first)

    def press(self, locator):
        locator.click()
        self.clicks += 1

    def fill(self, label, text, *, within=None):
        (within or self.page).get_by_label(label).first.fill(text)
        self.fields += 1

    def select(self, label, choice):
        self.page.get_by_label(label).first.select_option(choice)
        self.fields += 1

    @property
    def needed(self):
        """Clicks and fields so far."""
        return self.clicks, self.fields


@pytest.fixture(scope="module")
def publisher():
    """Publisher whose address of old is now a web page that names its feed."""

    def respond(asked):
        if asked.path == "/nyheter":
            return Answer(WEB_PAGE.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
        if asked.path == "/flode.xml":
            base = f"http://{asked.headers['Host']}"
            return Answer(FEED.format(url=base).encode(), headers={"Content-Type": "application/rss+xml; charset=utf-8"})
        return Answer(status=404)

    with serve(respond) as publisher:
        yield publisher


@pytest.fixture(scope="module")
def site(sample_folder, sample_rules, tmp_path_factory, publisher):
    folder = tmp_path_factory.mktemp("tasks") / "installation"
    shutil.copytree(sample_folder, folder)
    settings = folder / "monitor.toml"
    text = settings.read_text("utf-8").replace("https://ungdom.example.org/", f"{publisher.url}/nyheter")
    settings.write_text(f"{text}# Prov på den egna datorn.\n[network]\nallow_loopback = true\ndelay = 0\n", "utf-8")
    config = load_config(settings)
    with open_archive(config.archive) as archive:
        run = replace(source_run("kultur", "Kulturrådet", [FALSE_MATCH], NOW), complete_list=False)
        store_run(archive.db, run, NOW)
        match_archive(archive, load_rules(config.rules_dir), NOW)
        store_answer(archive.db, "kultur-fritid", FALSE_MATCH.key, "inte-for-oss", note="", digest="", now=NOW)
    made = Site(config, lambda: NOW, Jobs(config))
    made._rules = changeable_rules(made, sample_rules)
    yield made
    made.archive.close()


@pytest.fixture(scope="module")
def opened(chromium, site):  # noqa: F811
    with served(make_app(site)) as base:
        made, troubles = open_page(chromium, base)
        made.set_default_timeout(25_000)
        log_in(made)
        yield made, troubles
        made.context.close()


@pytest.fixture
def page(opened):
    made, troubles = opened
    troubles.clear()
    made.set_viewport_size(WIDE)
    made.goto("/samordna")
    yield made
    assert troubles == []


@pytest.fixture
def hand(page):
    return Hand(page)


def test_why_did_a_department_get_a_call(page, hand):
    """Two clicks: the call in the next mail, the words that decided; the theme, its sum and its threshold stand there."""
    panel = page.locator("details.panel", has=page.get_by_text(re.compile("^Samhällsplaneringskontoret")))
    hand.press(panel.get_by_role("link", name=re.compile("^Klimatanpassning i mindre")).first)
    reasons = page.locator("ul.why > li", has=page.get_by_role("link", name="Samhällsplaneringskontoret: miljö och bygg"))
    hand.press(reasons.get_by_text("Orden som avgjorde"))
    expect(reasons.get_by_text(re.compile(r"Klimatanpassning: \d+ av \d+ poäng"))).to_be_visible()
    expect(reasons.locator("mark").first).to_have_text("Klimatanpassning")
    assert hand.needed == (2, 0)


def test_a_false_match_is_removed(page, site, hand):
    """Three clicks and two fields: the word that decided stands beside the department's answer and leads to where it is changed."""
    answers = page.get_by_role("region", name="Svar från förvaltningarna")
    hand.press(answers.get_by_role("link", name=re.compile("^Ordet ”libraries” avgjorde")))
    score = page.get_by_role("region", name=re.compile("^Poäng för Software libraries"))
    expect(score.locator("li").first).to_contain_text("ur begreppet bibliotek")
    concepts = page.locator(":target").get_by_label("Begrepp (id), med komma emellan")
    assert " bibliotek," in concepts.input_value()
    concepts.fill(concepts.input_value().replace(" bibliotek,", ""))
    hand.fields += 1
    page.locator("#utfall[data-number]").wait_for()
    lost = page.locator("#utfall .loss")
    expect(lost.get_by_role("link", name=re.compile("^Software libraries")).first).to_be_visible()
    hand.fill("Varför ändras det?", "Programbibliotek är ingen kultur")
    hand.click("button", "Spara temat")
    expect(page.get_by_role("status").filter(has_text="Temat är sparat")).to_be_visible()
    page.goto("/samordna")
    hand.click("button", re.compile("^Klart Software libraries"), exact=False)
    expect(page.get_by_role("region", name="Svar från förvaltningarna").get_by_text("Ordet ”libraries")).to_have_count(0)
    theme = tomllib.loads((site.config.rules_dir / "themes" / "kultur.toml").read_text("utf-8"))
    assert "bibliotek" not in next(signal for signal in theme["signal"] if signal["id"] == "kulturarv")["concepts"]
    assert hand.needed == (3, 2)


def test_a_recipient_is_added(page, hand):
    """Two clicks and two fields."""
    hand.click("link", "Mottagare")
    hand.fill("E-postadress", "anna.ny@nassjo.se")
    hand.select("Förvaltning eller bolag", "kultur-fritid")
    hand.click("button", "Lägg till")
    expect(page.get_by_role("row", name=re.compile(r"^anna\.ny@nassjo\.se"))).to_contain_text("Får mejl")
    assert violations(page) == []
    assert hand.needed == (2, 2)


def test_a_last_day_is_corrected(page, hand):
    """Three clicks and one field, with the day as people write it."""
    hand.press(page.get_by_role("link", name=re.compile("^Town twinning")).first)
    hand.press(page.get_by_text("Rätta uppgifter"))
    hand.fill("Sista dag", "1 februari 2027")
    hand.click("button", "Spara det som är ändrat")
    dates = page.get_by_role("region", name="Datum")
    expect(dates).to_contain_text("1 februari 2027")
    expect(dates).to_contain_text("Rättat av kommunen 20 maj")
    expect(dates).not_to_contain_text("Utgivarens ord")
    assert hand.needed == (3, 1)


def test_the_fields_of_a_correction_have_room_for_what_is_written_in_them(page, hand):
    hand.press(page.get_by_role("link", name=re.compile("^Town twinning")).first)
    hand.press(page.get_by_text("Rätta uppgifter"))
    for width, title in ((1200, 600), (390, 300)):
        page.set_viewport_size({"width": width, "height": 900})
        widths = {
            name: page.locator(f"[id='ratta-{name}']").bounding_box()["width"] for name in ("title", "applicants", "budget-total")
        }
        assert min(widths["title"], widths["applicants"]) >= title
        assert widths["title"] > widths["budget-total"]
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_line_on_top_of_the_next_mail(page, hand):
    """Three clicks and one field; the last two show the mail with the line."""
    hand.fill("Egen rad överst till alla", "Kom på fikat om EU-stöd den 3 juni.")
    hand.click("button", "Spara raden till alla")
    hand.press(page.get_by_text(re.compile("^Kultur- och fritidsförvaltningen: ")))
    hand.press(page.get_by_role("link", name=re.compile("^Se mejlet och ändra i det Kultur")))
    mail = page.frame_locator("iframe[title='Mejlet som det blir']")
    expect(mail.get_by_text("Kom på fikat om EU-stöd den 3 juni.")).to_be_visible()
    assert hand.needed == (3, 1)


def test_the_mails_of_one_department_are_stopped(page, site, hand, monkeypatch):
    """Five clicks and one field; the desk shows no mail to the department any more, also on a slow machine."""
    monkeypatch.setattr(kept, "FAST_SECONDS", -1.0)
    hand.click("link", "Inställningar")
    hand.press(page.get_by_role("main").get_by_role("link", name="Förvaltningar", exact=True).first)
    hand.click("link", "Tekniska serviceförvaltningen")
    hand.select("Får mejl", "nej")
    hand.click("button", "Granska ändringen")
    expect(page.get_by_role("heading", name="Det här ändras")).to_be_visible()
    hand.click("button", "Spara")
    expect(page.get_by_role("status")).to_contain_text("Ändringen är sparad.")
    page.goto("/samordna")
    expect(page.locator("details.panel summary").filter(has_text="Tekniska")).to_have_count(0)
    expect(page.locator("details.panel summary").filter(has_text="Kultur")).to_have_count(1)
    departments = tomllib.loads((site.config.rules_dir / "departments.toml").read_text("utf-8"))["department"]
    assert [one["id"] for one in departments if one.get("enabled") is False] == ["teknisk-service"]
    assert hand.needed == (5, 1)


def test_why_did_we_not_get_this(page, hand):
    """Four clicks and one field, with words of the title in the wrong order."""
    hand.click("link", "Gick till ingen")
    hand.fill("Saknar du en utlysning?", "nyanlända språk integration")
    hand.click("button", "Leta")
    hand.press(page.get_by_role("main").get_by_role("link", name=re.compile("^Integration och språk för nyanlända")).first)
    hand.press(page.get_by_text("Varför får inte de andra den?"))
    reason = page.locator("details[open] .why li", has=page.get_by_text("Kultur- och fritidsförvaltningen", exact=True))
    expect(reason.get_by_role("paragraph")).to_contain_text("poäng")
    assert hand.needed == (4, 1)


def test_the_report_for_kommunstyrelsen(page, hand):
    """Four clicks and two fields: the page, and the same as Word and Excel."""
    hand.click("link", "Uppföljning")
    hand.fill("Från och med", "2026-01-01")
    hand.fill("Till och med", "2026-05-20")
    hand.click("button", "Visa")
    text = page.get_by_role("main").inner_text()
    found = re.search(r"hittade (\d+) nya utlysningar", text)
    made = {}
    for kind in ("Word", "Excel"):
        with page.expect_download() as download:
            hand.click("link", kind)
        made[kind] = io.BytesIO(download.value.path().read_bytes())
    assert found[0] in "\n".join(paragraph.text for paragraph in docx.Document(made["Word"]).paragraphs)
    assert {"Rapporten", "Siffrorna", "Projekt"} <= set(openpyxl.load_workbook(made["Excel"]).sheetnames)
    assert hand.needed == (4, 2)


def test_a_broken_source_is_mended(page, site, publisher, hand):
    """Five clicks and no field: its name on the desk, the trial, the advice's button, the review, and saving."""
    hand.press(page.get_by_role("region", name="Källor som behöver ses över").get_by_role("link", name="Ungdomsstyrelsen"))
    hand.click("button", "Prova källan nu")
    expect(page.get_by_text("Sidan anger ett flöde.").first).to_be_visible()
    assert violations(page) == []
    hand.press(page.get_by_role("button", name=re.compile("^Prova det Sidan anger ett flöde")))
    expect(page.get_by_text("1 post skulle sparas")).to_be_visible()
    hand.click("button", "Granska ändringen")
    hand.click("button", "Spara")
    expect(page.get_by_role("status")).to_contain_text("Ändringen är sparad.")
    assert load_config(site.config.path).source("ungdom").url == f"{publisher.url}/flode.xml"
    assert "# Prov på den egna datorn." in site.config.path.read_text("utf-8")
    assert hand.needed == (5, 0)
