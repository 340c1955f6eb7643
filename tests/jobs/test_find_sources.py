"""`sources find`: an address is asked once, its kind is told by its answer, and each row that it may become is shown field by field."""

import tomllib
from datetime import UTC, datetime

import pytest
from scrapy.http import HtmlResponse

from monitor.archive.runs import Document
from monitor.collect.recognise import recognise_rows
from monitor.collect.site import find_leads
from monitor.config import load_config
from monitor.errors import ConfigError, SourceError
from monitor.jobs.add_source import add_found_row
from monitor.sources import Source
from tests.commands import Installation
from tests.publishers import Answer, serve

NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)
FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Småstads nyheter</title>
<item><title>Stöd till lekplatser</title><link>{base}/stod/1</link><guid>1</guid><pubDate>Mon, 18 May 2026 08:00:00 +0200</pubDate>
<description>Kommuner kan söka bidrag till lekplatser. Sista ansökningsdag är den 20 augusti 2026. Ansökan görs på webben hos oss.</description></item>
</channel></rss>"""
CALENDAR = """BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//\r\nX-WR-CALNAME:Småstads kalender\r\nBEGIN:VEVENT\r\nUID:1\r\n
DTSTART:20260610T080000Z\r\nDTEND:20260610T100000Z\r\nSUMMARY:Informationsmöte om bidrag\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n""".replace(
    "\r\n\n", "\r\n"
)
ARTICLE = """<!doctype html><html lang="sv"><head><title>Stöd {n} | Småstad</title></head><body><main><h1>Stöd till lekplatser {n}</h1>
<p>Kommuner kan söka bidrag till lekplatser i hela landet. Sista ansökningsdag är den 20 augusti 2026, och ansökan görs på webben.</p>
<p>Bidraget är högst 200 000 kronor per projekt, och projekten får pågå i två år.</p></main></body></html>"""
LIST = """<!doctype html><html lang="sv"><head><title>Aktuella stöd</title>{head}</head><body>
<nav><a href="/om/oss">Om</a><a href="/om/kontakt">Kontakt</a><a href="/om/jobb">Jobb</a><a href="/om/press">Press</a></nav>
<main><h1>Aktuella stöd</h1><ul><li><a href="/stod/1">Ett</a><li><a href="/stod/2">Två</a><li><a href="/stod/3">Tre</a></ul></main>
</body></html>"""


def document(body, kind="text/html; charset=utf-8", url="https://smastad.example.se/stod"):
    return Document(
        url=url, request="1", status=200, headers="{}", content_type=kind, body=body.encode(), fetched=NOW
    )  # fmt: skip


def rows_of(body, kind="text/html; charset=utf-8"):
    return [(row.kind, row.name, row.url, row.language, row.links) for row in recognise_rows(document(body, kind), NOW)]


def test_a_feed_a_calendar_a_list_and_a_page_are_told_by_what_answers():
    address = "https://smastad.example.se/stod"
    assert rows_of(FEED, "text/html") == [("feed", "Småstads nyheter", address, "", "")]
    assert rows_of(CALENDAR, "text/plain") == [("calendar", "Småstads kalender", address, "", "")]
    assert rows_of(LIST.format(head=""))[0] == ("page", "Aktuella stöd", address, "sv", "/stod/[^/?#]+"), "not the menu"
    assert rows_of(ARTICLE.format(n=1)) == [("page", "Stöd 1 | Småstad", address, "sv", "")]
    announced = rows_of(LIST.format(head='<link rel="alternate" type="application/rss+xml" href="/flode.xml">'))
    assert announced[0] == ("feed", "Aktuella stöd", "https://smastad.example.se/flode.xml", "sv", "")
    assert announced[1][0] == "page"


def test_an_answer_that_is_nothing_gives_no_row_and_a_harmful_feed_is_refused():
    assert recognise_rows(document("%PDF-1.7", "application/pdf"), NOW) == []
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
    with pytest.raises(SourceError):
        recognise_rows(document(bomb, "application/rss+xml"), NOW)


def find(tmp_path, pages, path, *more):
    """Return the outcome of `sources find` on a publisher with these pages, and the paths that it was asked for."""
    place = Installation(tmp_path)
    place.configure("# Vår fil\n[network]\nallow_loopback = true\ndelay = 0\nretries = 0\n")

    def respond(asked):
        body, kind = pages.get(asked.path, ("", ""))
        return Answer(body.encode(), headers={"Content-Type": kind}) if body else Answer(status=404)

    with serve(respond) as publisher:
        outcome = place.fork("sources", "find", publisher.url + path, *more, "--json", now="2026-05-20T08:00")
    assert outcome.out, outcome.err
    paths = [asked.path for asked in publisher.asked]
    assert paths.count("/robots.txt") == 1, "all readings of a search share what the host answered"
    return outcome, [path for path in paths if path != "/robots.txt"], publisher.url


def test_a_feed_is_asked_once_and_shown_field_by_field(tmp_path):
    outcome, asked, url = find(tmp_path, {"/flode": (FEED.replace("{base}", "https://x.se"), "application/xml")}, "/flode")
    assert asked == ["/flode"]
    (found,) = outcome.json["rows"]
    assert found["row"] == {"id": "ny", "kind": "feed", "name": "Småstads nyheter", "url": f"{url}/flode", "language": "sv"}
    assert Source.model_validate(found["row"]).language == "sv"
    (item,) = found["check"]["items"]
    assert item["title"] == "Stöd till lekplatser"
    assert item["found"]["deadlines"].startswith("2026-08-20")
    assert "budget" in item["missing"]
    assert outcome.code == 0


def test_a_list_is_asked_once_and_its_articles_are_read(tmp_path):
    pages = {f"/stod/{n}": (ARTICLE.format(n=n), "text/html; charset=utf-8") for n in (1, 2, 3)}
    outcome, asked, _ = find(tmp_path, {"/stod": (LIST.format(head=""), "text/html; charset=utf-8"), **pages}, "/stod", "--write")
    assert asked.count("/stod") == 1
    first = outcome.json["rows"][0]
    assert first["row"]["links"] == "/stod/[^/?#]+"
    assert sorted(item["title"] for item in first["check"]["items"]) == [f"Stöd till lekplatser {n}" for n in (1, 2, 3)]
    assert outcome.json["written"] == "aktuella-stod"
    text = (tmp_path / "monitor.toml").read_text("utf-8")
    assert text.startswith("# Vår fil\n[network]"), "comments stay"
    row = next(source for source in tomllib.loads(text)["source"] if source["id"] == "aktuella-stod")
    assert (row["address"], row["confirmed"], row["confirmed_by"]) == ("confirmed", "2026-05-20", "reading")


def test_an_uncertain_row_is_written_only_when_a_person_chooses_it(tmp_path):
    path = tmp_path / "monitor.toml"
    path.write_text("[municipality]\nname = 'Småstad'\n", "utf-8")
    row = {"id": "ny", "kind": "feed", "name": "Småstads nyheter", "url": "https://smastad.example.se/flode", "language": "sv"}
    found = {
        "address": "https://smastad.example.se/",
        "problems": [],
        "rows": [{"row": row, "sure": False, "doubts": ["Bara en post."]}],
    }
    with pytest.raises(ConfigError, match="Bara en post"):
        add_found_row(load_config(path), found, None, NOW)
    assert add_found_row(load_config(path), found, 1, NOW) == "smastads-nyheter"
    written = load_config(path).source("smastads-nyheter")
    assert (written.url, written.address, written.confirmed) == (row["url"], "unconfirmed", "")
    with pytest.raises(ConfigError, match="läses redan"):
        add_found_row(load_config(path), found, 1, NOW)
    with pytest.raises(ConfigError, match="ingen rad 2"):
        add_found_row(load_config(path), found, 2, NOW)


def test_a_site_whose_only_section_is_get_involved_is_found(tmp_path):
    text = (
        "<p>Cities of any size may apply for this call for networks until {day} August 2026, and join partners from other countries. "
        "The grant is at most EUR 500 000 per network, and the networks may last for two years. Municipalities pay a fifth themselves.</p>"
    )
    kind = "text/html; charset=utf-8"

    def site_page(title, main):
        menu = '<nav><a href="/who-we-are">Who we are</a><a href="/get-involved">Get involved</a><a href="/contact">Contact</a></nav>'
        return (
            f'<html lang="en"><head><title>{title}</title></head><body>{menu}<main><h1>{title}</h1>{main}</main></body></html>',
            kind,
        )

    names = ("networks", "transfer", "twinning")
    listed = "".join(f'<h2><a href="/call-{name}">Call for {name}</a></h2>' for name in names)
    pages = {f"/call-{name}": site_page(f"Call for {name}", text.format(day=day)) for day, name in enumerate(names, 11)}
    pages |= {"/": site_page("Cities together", "<p>We help cities.</p>"), "/get-involved": site_page("Get involved", listed)}
    pages["/sitemap.xml"] = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>', "application/xml"
    outcome, _, url = find(tmp_path, pages, "/")
    best = outcome.json["rows"][0]
    assert (best["row"]["url"], best["row"]["links"], best["sure"]) == (f"{url}/get-involved", "/call-[^/?#]+", True)


def test_an_address_without_a_page_says_why(tmp_path):
    outcome, asked, _ = find(tmp_path, {}, "/borta")
    assert asked == ["/borta", "/"], "nor does the first page of its site"
    assert outcome.json["rows"] == []
    assert outcome.json["problems"] == ["Hittar ingen sida där (HTTP 404). Är adressen rätt skriven?"]
    assert outcome.code == 1


def test_a_feed_in_two_languages_says_both(tmp_path):
    texts = {
        "sv": "Kommuner kan söka bidrag till lekplatser i hela landet, och ansökan görs på webben. Sista dag är den 20 augusti 2026.",
        "en": "Municipalities may apply for grants to playgrounds, and the application is made online. The last day is 20 August 2026.",
    }
    items = "".join(
        f"<item><title>{'Stöd till lekplatser' if language == 'sv' else 'Grants for playgrounds'} {number}</title>"
        f"<link>{{base}}/{number}</link><guid>{number}</guid><pubDate>Mon, 18 May 2026 08:00:00 +0200</pubDate>"
        f"<description>{texts[language]}</description></item>"
        for number, language in enumerate(("sv", "sv", "sv", "en", "en"))
    )
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Nytt</title>{items}</channel></rss>'
    outcome, _, _ = find(tmp_path, {"/flode": (feed, "application/rss+xml")}, "/flode")
    assert outcome.json["rows"][0]["languages"] == ["sv", "en"]


def test_an_address_where_nobody_answers_is_asked_about(tmp_path):
    with serve(lambda asked: Answer(b"")) as publisher:
        url = publisher.url
    place = Installation(tmp_path)
    place.configure("[network]\nallow_loopback = true\ndelay = 0\nretries = 0\n")
    outcome = place.fork("sources", "find", f"{url}/stod", "--json", now="2026-05-20T08:00")
    assert outcome.json["rows"] == []
    (problem,) = outcome.json["problems"]
    assert problem.startswith("Servern svarade inte")
    assert problem.endswith(". Är adressen rätt skriven?")


def test_a_source_is_checked_with_another_value_of_a_key(tmp_path):
    place = Installation(tmp_path)
    with serve(lambda asked: Answer(FEED.encode(), headers={"Content-Type": "application/xml"})) as publisher:
        place.configure(
            "[network]\nallow_loopback = true\ndelay = 0\nretries = 0\n[[source]]\nid = 'smastad'\nkind = 'page'\nname = 'Småstad'\n"
            f"url = '{publisher.url}/gammal'\nlanguage = 'sv'\n"
        )
        new = ("--set", f"url={publisher.url}/flode", "--set", "kind=feed", "--set", "expected=1")
        outcome = place.fork("sources", "check", "smastad", *new, "--json", now="2026-05-20T08:00")
        wrong = place.ask("sources", "check", "smastad", "--set", "address=kanske")
        changed = place.ask("sources", "--json").json["sources"]
        place.fork("sources", "check", "smastad", now="2026-05-21T08:00")
        listed = {row["id"]: row["checked"] for row in place.ask("sources", "--json").json["sources"]}
    assert [asked.path for asked in publisher.asked if asked.path != "/robots.txt"] == ["/flode", "/gammal"]
    assert all(row["checked"] is None for row in changed), "another row was tried"
    assert (listed["smastad"]["at"][:10], listed["smastad"]["verdict"]) == ("2026-05-21", "remade"), "a page is no article there"
    assert len(outcome.json["items"]) == 1
    assert {"address": "confirmed"} in [remedy["change"] for remedy in outcome.json["remedies"]]
    assert wrong.code == 2
    assert "address" in wrong.err


GRANTS = ("Nattskola", "Skolmat", "Simträning", "Läxklubb", "Slöjdsalar", "Fjällresor", "Körsång", "Skolgårdar")
MONTHS = ("september", "oktober", "november")


def timetable(*, linked=False):
    """Return a page with the days of eight grants, each under its heading, which may link to the grant's own page."""

    def part(number, name):
        heading = f'<a href="/tider/{name.lower()}">{name}</a>' if linked else name
        days = f"Sök: 15 {MONTHS[number % 2]}–20 {MONTHS[number % 2 + 1]} 2026"
        return f"<h2>{heading}</h2><p>{days}</p><p>Redovisa: 1–31 mars 2027</p><p>Vem: kommunala huvudmän</p>"

    body = "".join(part(number, name) for number, name in enumerate(GRANTS))
    return f'<!doctype html><html lang="sv"><head><title>Tider för bidrag</title></head><body><main><h1>Tider</h1>{body}</main></body></html>'


def test_a_page_with_the_rounds_of_several_grants_is_one_of_rounds(tmp_path):
    pages = {"/tider": (timetable(), "text/html; charset=utf-8")}
    outcome, _, url = find(tmp_path, pages, "/tider", "--write")
    first = outcome.json["rows"][0]
    assert (first["row"]["kind"], first["row"]["url"], first["items"], first["ahead"], first["sure"]) == (
        "rounds",
        f"{url}/tider",
        8,
        8,
        True,
    )
    assert [item["title"] for item in first["check"]["items"]][:2] == ["Nattskola", "Skolmat"]
    assert [row["row"]["kind"] for row in outcome.json["rows"]] == ["rounds"], "the page alone would be one item"
    written = next(source for source in tomllib.loads((tmp_path / "monitor.toml").read_text("utf-8"))["source"])
    assert written["kind"] == "rounds"


def test_one_grant_with_two_rounds_is_a_page():
    two = ARTICLE.format(n=1).replace("</main>", "<h2>Sök</h2><p>Sök: 1–30 juni 2026</p><p>Sök: 1–30 november 2026</p></main>")
    assert [row[0] for row in rows_of(two)] == ["page"]
    kinds = [row[0] for row in rows_of(timetable(linked=True))]
    assert kinds[0] == "page", "each grant has a page of its own"
    assert "rounds" in kinds


def plain_page(title, body):
    return (
        f'<!doctype html><html lang="sv"><head><title>{title}</title></head><body><main><h1>{title}</h1>{body}</main></body></html>',
        "text/html; charset=utf-8",
    )


def test_the_calendar_file_that_a_section_links_to_is_found_from_the_first_page(tmp_path):
    event = CALENDAR[CALENDAR.index("BEGIN:VEVENT") : CALENDAR.index("END:VCALENDAR")]
    events = CALENDAR.replace("END:VCALENDAR", event.replace("UID:1", "UID:2") + "END:VCALENDAR")
    sitemap = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>'
    pages = {
        "/": plain_page("Småstad", '<p>Välkommen till oss.</p><a href="/kalender/">Kalender</a>'),
        "/kalender/": plain_page("Kalender", '<p>Här är våra möten.</p><a href="/kalender/alla.ics">Hela kalendern</a>'),
        "/kalender/alla.ics": (events, "text/calendar"),
        "/sitemap.xml": (sitemap, "application/xml"),
    }
    outcome, asked, url = find(tmp_path, pages, "/")
    assert "/kalender/alla.ics" in asked
    first = outcome.json["rows"][0]["row"]
    assert (first["kind"], first["url"]) == ("calendar", f"{url}/kalender/alla.ics")


def leads_of(body, url="https://smastad.example.se/"):
    return {lead.url: lead for lead in find_leads(HtmlResponse(url, body=plain_page("Småstad", body)[0].encode()))}


def test_a_link_that_subscribes_to_a_calendar_is_followed_by_https():
    leads = leads_of('<a href="webcal://smastad.example.se/moten/export?typ=ical">Prenumerera</a>')
    assert leads["https://smastad.example.se/moten/export?typ=ical"].way == "kalenderfil som sidan länkar till"
    assert not any("annan" in url for url in leads_of('<a href="webcal://annan.example.org/alla.ics">Prenumerera</a>'))


def test_common_feeds_of_the_root_and_of_a_press_section_are_tried():
    leads = leads_of('<a href="/press/">Press</a>')
    assert {"https://smastad.example.se/index.xml", "https://smastad.example.se/press/rss/"} <= leads.keys()
    assert "https://smastad.example.se/press/rss/" not in leads_of('<a href="/omoss/">Organisation</a>')


def test_write_shows_the_rows_before_it_asks_for_a_number(tmp_path):
    place = Installation(tmp_path)
    place.configure("[network]\nallow_loopback = true\ndelay = 0\nretries = 0\n")
    body = FEED.replace("{base}", "https://x.se").replace("20 augusti 2026", "20 augusti 2025").encode()
    with serve(
        lambda asked: Answer(body, headers={"Content-Type": "application/xml"}) if asked.path == "/flode" else Answer(status=404)
    ) as publisher:
        outcome = place.fork("sources", "find", f"{publisher.url}/flode", "--write", now="2026-05-20T08:00")
    assert outcome.code != 0
    assert "--row 1" in outcome.err
    assert f"{publisher.url}/flode" in outcome.out
    assert "Osäker" in outcome.out
