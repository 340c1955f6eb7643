"""Pages, calendars and feeds that anyone may read, and pages for the coordinator alone."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, timedelta
from html.parser import HTMLParser

import feedparser
import pytest
from icalendar import Calendar

from monitor.archive import open_archive
from monitor.archive.calls import load_call
from monitor.archive.dossiers import read_references
from monitor.archive.numbers import CallNumbers
from monitor.archive.runs import store_run
from monitor.calls import Call, CallKey
from monitor.digest.answers import AnswerLink, LeaveLink, Signer
from monitor.language.one_line import clean
from monitor.vocabulary import Kind
from tests.web.conftest import Browser, page_of
from tests.web.sample import NOW, source_run

# Words that are the same in both languages.
SAME_IN_BOTH = {"English", "Svenska", "CSV", "Excel", "JSON", "Atom", "Program", "Text"}
PAGES = (
    "/",
    "/forvaltningar",
    "/kommande",
    "/forvaltning/kultur-fritid",
    "/forvaltning/kultur-fritid?tema=kultur",
    "/utlysning/portal/two-stage",
    "/utlysning/norden/norden-000",
    "/utlysning/portal/hostile",
    "/utlysning/portal/event-1",
    "/kallor",
    "/om",
    "/uppfoljning",
    "/utskick/2026-W20-kultur-fritid",
    "/logga-in",
)
COORDINATOR_PAGES = (
    "/samordna",
    "/samordna/utkorg",
    "/regler",
    "/regler/kultur",
    "/regler/nytt",
    "/regler/kultur/versioner",
    "/begrepp",
)
RAW_PAGES = (
    "/archive",
    "/archive/calls",
    "/archive/outbox",
    "/archive.json",
    "/archive/calls.csv",
    "/archive?sql=select+1",
    "/-/settings",
    "/-/metadata",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_everyone_reads_every_page(browser, path, language):
    answer = browser.get(path, params={"lang": language} if language == "en" else None)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert answer.text.count("<h1") == 1
    assert "undefined" not in answer.text.lower()


@pytest.mark.parametrize("path", COORDINATOR_PAGES)
def test_the_desk_and_the_lab_ask_for_a_login(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/logga-in?till={path}"


@pytest.mark.parametrize("path", RAW_PAGES)
def test_raw_tables_and_sql_are_the_coordinators(browser, path):
    assert browser.get(path).status_code == 403
    assert browser.log_in().status_code == 303
    answer = browser.get(path)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", COORDINATOR_PAGES)
def test_the_coordinator_reads_every_page(coordinator, path):
    assert coordinator.get(path).status_code == 200


def test_a_newcomer_finds_what_the_library_can_apply_for_in_one_click(browser):
    front = browser.get("/").text
    assert "Bibliotek, kultur, fritidsgårdar" in front
    assert 'href="/forvaltning/kultur-fritid"' in front
    page = browser.get("/forvaltning/kultur-fritid").text
    assert "Går att söka nu" in page
    assert "bibliotekens läsfrämjande arbete" in page


def test_a_call_tells_why_and_why_not(browser):
    page = browser.get("/utlysning/portal/two-stage").text
    assert "Kultur- och fritidsförvaltningen" in page
    assert "<mark>" in page
    others = page.partition("Varför får inte de andra den?")[2]
    assert "<strong>Socialförvaltningen</strong><p>Bara programmet talar för temat Hemlöshet och bostad först" in others
    assert "steg 1" in page
    assert "steg 2" in page


@pytest.mark.parametrize(("language", "word"), [("sv", "troligen"), ("en", "probably")])
def test_a_year_that_nobody_wrote_is_shown_as_probable(browser, language, word):
    text = " ".join(re.sub(r"<[^>]+>", " ", browser.get("/utlysning/portal/partner-1", params={"lang": language}).text).split())
    assert len(re.findall(rf"(?:Sista dag|Deadline) {word} |{word} \w+ [^.]{{4,40}}(?:Sista dag|Deadline)", text)) == 2
    assert word not in browser.get("/utlysning/portal/two-stage", params={"lang": language}).text


def test_a_changed_call_shows_what_changed_word_by_word(browser):
    page = browser.get("/utlysning/norden/norden-000").text
    assert "<ins>" in page
    assert "(förlängd)" in page
    assert "Nu också för förstudier och resor." in page.replace("</ins>", "").replace("<ins>", "")
    assert "Ny sista dag" in page


def test_a_department_gets_a_calendar_with_the_same_entries_as_its_mails(browser):
    answer = browser.get("/forvaltning/kultur-fritid.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    calendar = Calendar.from_ical(answer.content)
    uids = [str(event["uid"]) for event in calendar.walk("VEVENT")]
    assert len(uids) == len(set(uids)) > 10
    one = Calendar.from_ical(browser.get("/kalender/portal/two-stage.ics").content)
    assert {str(event["uid"]) for event in one.walk("VEVENT")} <= set(uids)


def test_the_archive_is_a_feed_that_another_installation_can_read_to_the_end(browser):
    seen, path = [], "/arkiv.atom"
    while path:
        answer = browser.get(path)
        ET.fromstring(answer.content)
        feed = feedparser.parse(answer.content)
        assert not feed.bozo
        seen += [entry.id for entry in feed.entries]
        path = next((link.href for link in feed.feed.links if link.rel == "next"), "").removeprefix("http://127.0.0.1:8001")
    assert len(seen) == len(set(seen)) == 207
    assert all("javascript:" not in entry.link for entry in feed.entries)


def test_the_json_feed_holds_dates_and_terms(browser):
    document = json.loads(browser.get("/arkiv.json").content)
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    item = next(item for item in document["items"] if item["_eu"]["call_id"] == "norden-000")
    assert item["_eu"]["deadlines"]
    assert item["_eu"]["opens"] == "2026-04-01"
    assert len(document["items"]) == 100
    assert document["next_url"].startswith("http://127.0.0.1:8001/arkiv.json?fore=")


def test_a_mail_is_shown_as_sent_but_nobody_answers_from_there(browser):
    answer = browser.get("/utskick/2026-W20-kultur-fritid/mejl")
    assert answer.status_code == 200
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "/svar/" not in answer.text
    assert "/s/" not in answer.text
    assert "/avsluta/" not in answer.text


def test_a_digest_can_be_narrowed_to_exactly_what_a_link_in_it_means(browser, site):
    whole = browser.get("/utskick/2026-W20-kultur-fritid").text
    part = browser.get("/utskick/2026-W20-kultur-fritid?kalla=portal").text
    shown = [f"/u/{number}" for number in re.findall(r'<li><a href="/u/([0-9]+)"', part)]
    assert whole.count('<li><a href="/u/') > len(shown) > 0
    with open_archive(site.config.archive) as archive:
        others = {f"/u/{number}" for key, number in CallNumbers(archive.db).items() if key.source != "portal"}
    assert others.isdisjoint(shown)
    assert not others.isdisjoint(f"/u/{number}" for number in re.findall(r'<li><a href="/u/([0-9]+)"', whole))


def test_reading_sets_no_cookie(browser):
    for path in PAGES[:-1]:
        assert "set-cookie" not in browser.get(path).headers, path


def test_every_answer_bears_the_headers_that_keep_scripts_out(browser):
    for path in ("/", "/utlysning/portal/hostile", "/finns-inte", "/archive", "/statik/site.css", "/arkiv.atom"):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path


def test_no_page_has_script_or_style_of_its_own_or_from_elsewhere(coordinator):
    for path in (*PAGES, *COORDINATOR_PAGES):
        text = coordinator.get(path).text
        assert "<style" not in text, path
        assert " style=" not in text, path
        assert " onclick=" not in text, path
        assert "<script>" not in text, path
        assert 'src="http' not in text, path
        assert '<link rel="stylesheet" href="http' not in text, path


def test_the_proxys_header_counts_only_when_switched_on_and_only_from_its_address(site):
    inside, outside = ("10.0.0.1", 1), ("10.0.0.2", 1)
    web = site.config.web.model_copy(
        update={"login_header": "X-Remote-User", "login_from": ("10.0.0.1",), "coordinators": ("anna",)}
    )
    for settings, client, user, status in (
        (site.config.web, inside, "Anna", 302),
        (web, outside, "Anna", 302),
        (web, inside, "Berit", 302),
        (web, inside, "Anna", 200),
    ):
        site.sessions._web = settings
        browser = Browser(site, client)
        assert browser.get("/samordna/utkorg", headers={"x-remote-user": user}).status_code == status
        browser.close()


class Texts(HTMLParser):
    """Parser for the texts of a page in its own language: elements with a `lang` of their own are left out."""

    def __init__(self, html):
        super().__init__()
        self.texts, self._open = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag not in ("meta", "link", "input", "br", "img", "rect", "line"):
            self._open.append(tag in ("script", "style", "code") or bool(values.get("lang") and tag != "html"))
        self.texts |= {values[name] for name in ("placeholder", "aria-label", "title") if values.get(name)}

    def handle_endtag(self, tag):
        if tag not in ("meta", "link", "input", "br", "img", "rect", "line"):
            self._open.pop()

    def handle_data(self, data):
        if not any(self._open):
            self.texts.add(" ".join(data.split()).strip(' :.,()”"–·'))


def own_names(site):
    """Return the texts that are Swedish on every page: names of the installation and texts of publishers."""
    rules, db = site.rules, site.archive.db
    found = {text for one in rules.departments.values() for text in (one.name, one.mandate)}
    found |= {one.name for group in (rules.areas.area, rules.areas.goal, rules.areas.sdg) for one in group}
    found |= {one.theme.title for one in rules.themes} | {one.name for one in rules.programmes.values()}
    found |= set(site.source_names.values())
    found |= {
        site.config.municipality.name,
        site.config.municipality.contact,
        "EU-bevakningen",
        "samordnaren",
        "bibliotek biblotek",
    }
    for table, columns in (
        ("calls", "title, summary, body, identifier, data"),
        ("feedback", "note"),
        ("followup", "note"),
        ("renderings", "subject"),
        ("sources", "reason"),
    ):
        found |= {clean(str(value)) for row in db.execute(f"SELECT {columns} FROM {table}") for value in row}
    return " ".join(" ".join(found).split())


@pytest.mark.parametrize(
    "path", [*PAGES, "/finns-inte", "/sok?q=bibliotek&status=open", "/sok?q=biblotek", "/anmal", "svar", "avsluta"]
)
def test_in_english_nothing_of_ours_is_left_in_swedish(browser, site, path):
    signer = Signer(site.secret)
    link = AnswerLink(department="kultur-fritid", source="portal", call_id="rolling", digest="")
    leave = LeaveLink(department="kultur-fritid", recipient="kultur-fritid@example.se")
    path = {"svar": f"/svar/{signer.answer_token(link, NOW.date())}", "avsluta": f"/avsluta/{signer.leave_token(leave)}"}.get(
        path, path
    )
    separator = "&" if "?" in path else "?"
    swedish, english = (Texts(browser.get(f"{path}{more}").text).texts for more in ("", f"{separator}lang=en"))
    names = own_names(site).casefold()
    same = {re.sub(r"^\d+ | – EU-bevakningen$", "", text) for text in swedish & english if re.search(r"[^\W\d_]{3}", text)}
    assert {text for text in same - SAME_IN_BOTH if text.casefold().rstrip("…") not in names and "http" not in text} == set()


def test_the_language_changes_and_nothing_else(browser, site):
    """Change the language: a search keeps its parameters, and a lookup by identifier keeps the language."""
    page = browser.get("/sok?q=bibliotek&status=open&kalla=norden&kalla=kultur").text
    assert 'href="/sok?q=bibliotek&amp;status=open&amp;kalla=norden&amp;kalla=kultur&amp;lang=en" lang="en"' in page
    page = browser.get("/sok?q=bibliotek&lang=en").text
    assert 'href="/sok?q=bibliotek&amp;lang=sv" lang="sv"' in page
    assert browser.get("/hitta?vad=NKF-2026&lang=en").headers["location"] == f"{page_of(site, 'portal', 'rolling')}?lang=en"


@pytest.mark.parametrize("kind", ["svar", "avsluta"])
def test_an_answer_given_in_english_is_thanked_for_in_english(browser, site, kind):
    signer = Signer(site.secret)
    link = AnswerLink(department="kultur-fritid", source="portal", call_id="rolling", digest="")
    leave = LeaveLink(department="kultur-fritid", recipient="kultur-fritid@example.se")
    token = signer.answer_token(link, NOW.date()) if kind == "svar" else signer.leave_token(leave)
    answer = browser.post(f"/{kind}/{token}?lang=en", {"svar": "intressant", "gor": "sluta"}, page=f"/{kind}/{token}?lang=en")
    page = browser.get(answer.headers["location"]).text
    assert '<html lang="en">' in page
    assert ("Thank you." if kind == "svar" else "gets no mails for") in page


@pytest.mark.parametrize("earlier", [f"/u/{CallKey('norden', 'norden-000').short}", "/utlysning/norden/norden-000"])
def test_earlier_addresses_lead_to_the_call(browser, site, earlier):
    page = page_of(site, "norden", "norden-000")
    answer = browser.request("GET", earlier)
    assert (answer.status_code, answer.headers["location"]) == (301, page)
    assert browser.request("GET", f"{earlier}?lang=en").headers["location"] == f"{page}?lang=en"
    assert browser.get(page).status_code == 200


@pytest.mark.parametrize("path", ["/u/0123456789ab", "/u/0", "/u/99999999999", "/u/123456789012", "/u/-1", "/u/", "/u/1/x"])
def test_a_number_without_a_call_has_no_page(browser, path):
    assert browser.get(path).status_code == 404


def test_numbers_of_calls_are_kept_when_the_sources_are_read_again(site):
    with open_archive(site.config.archive) as archive:
        before = dict(CallNumbers(archive.db))
        assert sorted(before.values()) == list(range(1, len(before) + 1))
        calls = [load_call(archive.db, *key) for key in before if key.source == "norden"]
        known = [replace(call, title=f"{call.title} 2") for call in reversed(calls)]
        store_run(archive.db, source_run("norden", "Norden", [replace(known[0], call_id="ny"), *known], NOW), NOW)
        after = dict(CallNumbers(archive.db))
    assert after == before | {CallKey("norden", "ny"): len(before) + 1}


def test_feeds_and_exports_have_short_links_and_names_that_never_change(browser, site):
    page = page_of(site, "norden", "norden-000")
    feed = browser.get("/sok.atom?kalla=norden").text
    assert f'<link rel="via" href="http://127.0.0.1:8001{page}"/>' in feed
    assert "<id>http://127.0.0.1:8001/utlysning/norden/norden-000</id>" in feed
    entry = browser.get("/kalender/norden/norden-000.ics").text.replace("\r\n ", "")
    assert f"http://127.0.0.1:8001{page}" in entry
    assert "utlysning/" not in entry


def test_the_page_of_a_policy_item_names_the_other_documents_of_its_matter(browser, site):
    titles = {"forslag": "Proposal COM(2025) 360 <b>on soil</b>", "remiss": "Remiss av KOM(2025) 360"}
    calls = [
        Call(
            source="eu",
            call_id=name,
            title=title,
            url=f"https://example.eu/{name}",
            kind=Kind.POLICY,
            published=NOW - timedelta(days=9),
        )
        for name, title in titles.items()
    ]
    with site.archive.writing() as db:
        store_run(db, source_run("eu", "EU", calls, NOW), NOW)
        read_references(db, NOW)
    shown = browser.get("/utlysning/eu/remiss")
    assert "<h3>Samma ärende</h3>" in shown.text
    assert re.search(r"Förslag, \d+\smaj: <a [^>]*>Proposal COM\(2025\) 360", shown.text)
    assert "<b>on soil" not in shown.text
    english = browser.get("/utlysning/eu/forslag?lang=en", follow_redirects=True)
    assert "<h3>Same matter</h3>" in english.text
    assert "Swedish referral, " in english.text


def test_a_department_that_was_told_of_a_matter_finds_where_it_went(browser, site):
    at = NOW - timedelta(days=3)
    titles = ("Förslag KOM(2026) 7", "Remiss av KOM(2026) 7")
    proposal, referral = (
        Call(source="eu", call_id=str(days), title=title, url=f"https://example.eu/{days}", kind=Kind.POLICY, published=at)
        for days, title in enumerate(titles)
    )
    with site.archive.writing() as db:
        store_run(db, source_run("eu", "EU", [proposal], at), at)
        read_references(db, at)
        db.execute(
            "INSERT INTO digests (id, department, week, kind, state, created, items, sections)"
            " VALUES ('d', 'kultur-fritid', '2020-W01', 'weekly', 'sent', ?, 1, '{}')",
            [at.isoformat()],
        )
        db.execute(
            "INSERT INTO digest_items (digest, department, source, call_id, section, fact, position, shown, told)"
            " VALUES ('d', 'kultur-fritid', 'eu', '0', 'policy', 'new', 1, 'card', ?)",
            [at.astimezone(UTC).isoformat()],
        )
        store_run(db, source_run("eu", "EU", [proposal, referral], NOW), NOW)
        read_references(db, NOW)
    shown = " ".join(browser.get("/utlysning/eu/0", follow_redirects=True).text.split())
    assert "Ärendet gick vidare" in shown
    assert re.search(r"Remiss, \d+\smaj: Remiss av KOM\(2026\) 7", shown)
    for path in ("/forvaltning/kultur-fritid", "/forvaltning/kultur-fritid.atom", "/forvaltning/kultur-fritid.json"):
        assert titles[1] in browser.get(path).text
        assert titles[1] not in browser.get(path.replace("kultur-fritid", "social")).text
