"""The shipped rows: complete, honest, and in step with docs/sources.md; sources of one's own without code."""

import json
import tomllib
from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from monitor.calls import Call
from monitor.collect.article import describe_item, read_article
from monitor.config import load_config
from monitor.jobs.sources import describe_sources, render_page
from monitor.language.applicant_roles import Role, municipal_role
from monitor.language.applicants import find_applicants
from monitor.matching.engine import judge_call
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES
from monitor.sources import Source
from monitor.vocabulary import Kind
from tests.conftest import ROOT
from tests.publishers import Answer, serve

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 5, 20, 12, tzinfo=STOCKHOLM)
# Every publisher that the municipality is served by, as a word of the publisher's or the source's name.
PUBLISHERS = (
    "portal för utlysningar", "hela listan", "Europa Direkt Jönköpings län", "Region Jönköpings län", "representation i Sverige", "Europaparlamentets kontor",
    "pressrum", "EUR-Lex", "Tillväxtverket", "ESF-rådet", "UHR", "MUCF", "Vinnova", "Energimyndigheten", "Naturvårdsverket", "LIFE", "Jordbruksverket", "Leader",
    "Kulturrådet", "Boverket", "Migrationsverket", "civilt försvar", "Länsstyrelsen i Jönköpings län", "PTS", "eufonder.se", "Interreg Östersjö", "Interreg Europe",
    "Urbact", "Urban Initiative", "Cinea", "Eacea", "Nordplus", "Nordisk kulturfond", "Nordiska ministerrådet", "Nordregio", "SKR", "Jönköping University",
    "Skolverket", "statsbidragskalendern", "SPSM", "Regeringen, remisser", "faktapromemorior", "uppdrag till myndigheter", "g0v.se", "Tyck till", "propositioner", "Brå",
    "Socialstyrelsen", "Kammarkollegiet", "Arbetsförmedlingen", "Folkhälsomyndigheten", "arvsfonden", "Trafikverket", "European City Facility", "Otlas", "Enterprise Europe Network",
    "Östersjöstaternas råd", "Svenska institutet", "Formas", "civilt försvar, finansiering", "Cellar", "pressrum, hela texter", "Statsbidragsportalen",
)  # fmt: skip


@pytest.fixture(scope="module")
def rows():
    return load_config(None).sources


def test_every_publisher_is_listed(rows):
    assert len(rows) >= 80
    names = " ".join(f"{row.name} {row.publisher}" for row in rows)
    assert [name for name in PUBLISHERS if name not in names] == []


def test_rows_say_what_a_coordinator_needs(rows):
    assert all(row.publisher and row.language for row in rows)
    assert len({row.url for row in rows}) == len(rows)
    assert any(Kind.POLICY in row.publishes for row in rows)
    programmes = (ROOT / "rules" / "programmes.toml").read_text("utf-8")
    assert all(f'id = "{row.programme}"' in programmes for row in rows if row.programme)


def test_what_is_not_confirmed_is_read_all_the_same(rows):
    assert {row.address for row in rows} == {"confirmed", "unconfirmed"}
    assert all(row.enabled or row.note.startswith("Avstängd: ") for row in rows)
    assert sum(row.enabled for row in rows) >= 50


def test_every_row_says_when_and_where_its_address_was_seen_or_that_nobody_has(rows):
    observed = tomllib.loads((ROOT / "tests" / "sources" / "observed.toml").read_text("utf-8"))
    ways = {"program": "code", "page": "page", "stored": "stored"}
    for row in rows:
        confirmed = row.address == "confirmed"
        assert bool(row.confirmed_by) == confirmed, row.id
        assert confirmed or not row.confirmed, row.id
        assert ("Ingen har sett" in row.confirmation()) != confirmed, row.id
        seen = observed.get(row.id, {})
        assert bool({"url", "like"} & seen.keys()) == confirmed, row.id
        if confirmed:
            where, _, rest = seen["seen"].partition(" ")
            assert (row.confirmed_by, row.confirmed[:4]) == (ways[where], rest[:4]), row.id
    assert sum(row.address == "confirmed" for row in rows) >= 79
    assert sum(bool(row.confirmed) for row in rows) >= 51


@pytest.mark.parametrize("name", ["pts", "interreg-europe", "trafikverket", "lansstyrelsen-jonkoping-landsbygd"])
def test_an_address_that_was_seen_is_not_said_to_be_unseen(rows, name):
    assert "Adressen är bekräftad" in next(row for row in rows if row.id == name).confirmation()


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({}, "Ingen har sett att adressen ger rätt sida."),
        ({"address": "confirmed", "confirmed_by": "page"}, "Adressen är bekräftad (sparad sida), okänt när."),
        ({"address": "confirmed", "confirmed_by": "code", "confirmed": "2026-08"}, "Adressen är bekräftad 2026-08 (öppen kod)."),
        ({"address": "confirmed", "confirmed": "2026"}, "Adressen är bekräftad 2026."),
    ],
)
def test_a_confirmation_is_told_as_exactly_as_it_is_known(keys, words):
    assert Source(id="x", kind="page", name="X", url="https://x.se/", **keys).confirmation() == words


@pytest.mark.parametrize("wrong", ["2026-8", "i maj", "2026-08-1", "26"])
def test_a_time_of_confirmation_is_a_day_a_month_or_a_year(wrong):
    with pytest.raises(ValidationError):
        Source(id="x", kind="page", name="X", url="https://x.se/", confirmed=wrong)


def test_the_list_holds_every_row_before_anything_was_read(rows):
    listed = describe_sources(load_config(None), None, NOW)
    assert [row["id"] for row in listed] == [row.id for row in rows]
    assert {row["health"] for row in listed} == {""}
    assert {row["overdue"] for row in listed} == {False}


def test_docs_are_in_step_with_the_rows(rows):
    assert (ROOT / "docs" / "sources.md").read_text("utf-8") == render_page(rows), (
        "run: python -m monitor.jobs.sources > docs/sources.md"
    )


FEED = '<rss version="2.0"><channel><title>X</title><item><title>Sök bidrag till vänorter</title><link>https://x.se/1</link><description>Sista ansökningsdag är 1 oktober 2026.</description></item></channel></rss>'
PAGE = "<html lang='sv'><head><title>Bidrag till bad</title></head><body><main><article><h1>Bidrag till bad</h1><p>Kommuner kan söka bidrag till nya badplatser vid sjöar. Sista ansökningsdag är den 15 september 2026. Bidraget är högst 200 000 kronor för varje plats.</p></article></main></body></html>"
LIST = "<html><body><main><h1>Bidrag</h1><a href='/bidrag/bad'>Bidrag till bad</a><a href='/om'>Om oss</a></main></body></html>"


def test_a_feed_and_a_page_of_ones_own_need_no_code(installation):
    answers = {"/feed": (FEED, "application/rss+xml"), "/bidrag/": (LIST, "text/html"), "/bidrag/bad": (PAGE, "text/html")}

    def respond(asked):
        body, kind = answers.get(asked.path, ("", ""))
        return Answer(body.encode(), headers={"Content-Type": f"{kind}; charset=utf-8"}) if body else Answer(status=404)

    with serve(respond) as publisher:
        feed = f'[[source]]\nid = "grannkommunen"\nkind = "feed"\nname = "Grannkommunen"\nurl = "{publisher.url}/feed"\nlanguage = "sv"\n'
        page = f'[[source]]\nid = "stiftelsen"\nkind = "page"\nname = "Stiftelsen"\nurl = "{publisher.url}/bidrag/"\nlinks = "/bidrag/[a-z]+$"\nlanguage = "sv"\n'
        installation.configure(f"[network]\nallow_loopback = true\ndelay = 0\nretries = 0\n{feed}{page}")
        outcome = installation.fork("crawl", "grannkommunen", "stiftelsen", "--json", now="2026-05-20T08:00")
        checked = installation.fork("sources", "check", "stiftelsen", now="2026-05-20T08:00")
    assert outcome.code == 0, outcome.err
    assert {row["id"]: (row["state"], row["new"]) for row in outcome.json["sources"]} == {
        "grannkommunen": ("accepted", 1),
        "stiftelsen": ("accepted", 1),
    }
    assert "sista ansökningsdag: 2026-09-15T23:59:59+02:00" in checked.out
    assert "Att göra: Adressen fungerar." in checked.out


def page_of(row):
    """Return the labelled text as a page with a menu, a notice and a footer around it."""
    blocks = []
    for block in row["text"].split("\n\n"):
        lines = block.split("\n")
        listed = all(line.startswith("•") for line in lines)
        blocks.append(
            "<ul>" + "".join(f"<li>{escape(line[1:])}</li>" for line in lines) + "</ul>"
            if listed
            else f"<p>{'<br>'.join(map(escape, lines))}</p>"
        )
    title = escape(row["title"])
    return f"""<!DOCTYPE html><html lang="{row["lang"]}"><head><meta charset="utf-8"><title>{title}</title></head><body>
<div class="cookie-notice"><p>Vi använder kakor för att webbplatsen ska fungera.</p><button>Godkänn</button></div>
<header><nav><ul><li><a href="/">Start</a></li><li><a href="/om">Om oss</a></li><li><a href="/kontakt">Kontakt</a></li></ul></nav></header>
<main><article><h1>{title}</h1>{"".join(blocks)}</article></main>
<footer><p>Växel 0380-51 80 00</p><p>Fick du hjälp av informationen på sidan?</p></footer></body></html>"""


def read_day(row, deadlines):
    """Return a day on which the page could be read: a month before its first deadline, else in a year that it names."""
    if deadlines:
        first = date.fromisoformat(min(deadlines))
        return (
            datetime(first.year, first.month, 1, tzinfo=STOCKHOLM)
            if first.day > 20
            else datetime.fromtimestamp(
                datetime(first.year, first.month, first.day, tzinfo=STOCKHOLM).timestamp() - 30 * 86400, STOCKHOLM
            )
        )
    years = [int(word) for word in row["url"].replace("-", "/").split("/") if word.isdigit() and 2000 < int(word) < 2030]
    return datetime(max(years, default=2024), 12, 1, tzinfo=STOCKHOLM)


@pytest.mark.shared
def test_labelled_pages_fed_as_articles(shared):
    source = Source.model_validate({"id": "x", "kind": "page", "name": "X", "url": "https://x.se/"})
    rows = [json.loads(line) for line in (shared / "data/sv/pages.jsonl").read_text("utf-8").splitlines()]
    kinds, stated, right, invented = 0, 0, 0, []
    for row in rows:
        deadlines = set(row.get("deadline_all") or ([row["deadline"]] if row["deadline"] else []))
        article = read_article(page_of(row), row["url"], STOCKHOLM)
        call, *_ = describe_item(article, source=source, call_id=row["url"], url=row["url"], now=read_day(row, deadlines))
        kinds += (call.kind.value if call else "other") == row["kind"]
        found = {deadline.at.astimezone(STOCKHOLM).date().isoformat() for deadline in call.deadlines} if call else set()
        stated += bool(row["deadline"])
        right += bool(row["deadline"]) and deadlines <= found
        invented += [row["url"]] if found - deadlines else []
    assert kinds >= 0.90 * len(rows), f"{kinds} of {len(rows)}"
    assert right >= 0.90 * stated, f"{right} of {stated}"
    assert invented == []


# Rows whose items are all limited to one area. No place means that nothing limits them for the municipality: they are of the
# whole country, of the EU or of a programme that holds the whole country, or they tell of calls everywhere (Europa Direkt and the
# office in Brussels). A place too many parts reports of one call that name another area.
PLACES = {
    "region-jonkoping": "Småland och Öarna",
    "region-jonkoping-nyheter": "Jönköpings län",
    "lansstyrelsen-jonkoping": "Jönköpings län",
    "lansstyrelsen-jonkoping-kalender": "Jönköpings län",
    "lansstyrelsen-jonkoping-landsbygd": "Jönköpings län",
    "jonkoping-university": "Jönköpings län",
    "leader": "Astrid Lindgrens hembygd",
}
# Rows with calls that neither they nor their programme have one sort of applicants for: each call says it.
PORTAL = "funding-tenders", "funding-tenders-bulk", "vinnova"
TELLS_OF_OTHERS_CALLS = (
    "europa-direkt-jonkoping", "region-jonkoping", "region-jonkoping-nyheter", "lansstyrelsen-jonkoping", "brysselkontoret", "eu-representationen",
    "eufonder", "eufonder-nyheter", "cinea", "eacea", "eu-miljo", "eu-digitalt", "eit-urban-mobility", "eurocities", "polis", "eltis", "tillvaxtverket-nyheter",
    "uhr-nyheter", "mucf-nyheter", "civilt-forsvar", "skr", "folkhalsomyndigheten-nyheter", "nordregio",
)  # fmt: skip
GRANTS_OF_SEVERAL_SORTS = (
    "tillvaxtverket", "uhr", "mucf", "energimyndigheten", "energimyndigheten-rss", "naturvardsverket", "jordbruksverket-utlysningar", "kulturradet", "boverket",
    "migrationsverket", "pts", "formas", "filminstitutet", "nordisk-kulturkontakt", "nordiska-ministerradet",
)  # fmt: skip


def test_every_row_states_its_rhythm_and_least_number():
    written = tomllib.loads((ROOT / "spiders" / "sources.toml").read_text("utf-8"))["source"]
    assert [row["id"] for row in written if not {"every", "expected"} <= row.keys()] == []


def test_every_row_has_a_place_or_is_limited_to_none(rows):
    assert {row.id: row.place for row in rows if row.place} == PLACES


def test_a_place_of_a_row_is_ours(rows):
    rules = load_rules(RULES)
    for place in PLACES.values():
        call = Call(source="x", call_id="x", title="Stöd till badplatser", url="https://x.se/", place=(place,), language="sv")
        assert judge_call(rules, call).gates.step != "outside", place


def test_every_row_with_calls_says_who_may_apply_or_leaves_it_to_its_programme_or_to_each_call(rows):
    programmes = tomllib.loads((ROOT / "rules" / "programmes.toml").read_text("utf-8"))["programme"]
    said = {programme["id"] for programme in programmes if programme.get("applicants")}
    asked = [row for row in rows if Kind.CALL in row.publishes]
    left = {row.id for row in asked if not row.applicants and row.programme not in said}
    assert left == {*PORTAL, *TELLS_OF_OTHERS_CALLS, *GRANTS_OF_SEVERAL_SORTS}
    assert [row.id for row in rows if row.applicants and row not in asked] == []


@pytest.mark.parametrize("name", [row.id for row in load_config(None).sources if row.applicants])
def test_applicants_of_a_row_never_shut_the_municipality_out(name):
    row = load_config(None).source(name)
    said = municipal_role(find_applicants(f"Vem kan söka:\n{row.applicants}", row.language))
    assert said is None or said.role is not Role.NOT


NATIONAL_GRANTS = (
    "skolverket", "skolverket-kalender", "spsm", "bra", "kammarkollegiet", "trafikverket", "robust-kommun", "rf", "socialstyrelsen",
)  # fmt: skip


def test_state_grants_state_who_may_apply(rows):
    known = {row.id: row for row in rows}
    assert [source for source in NATIONAL_GRANTS if not known[source].applicants] == []
    assert sum(row.enabled for row in rows) >= 80
