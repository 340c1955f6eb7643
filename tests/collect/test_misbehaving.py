"""A publisher that fails in every known way, over real HTTP: each failure has its class, other sources are read, no call is lost."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.publishers import Answer, serve

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
BAD_DAY = START + timedelta(days=62)
DATED = "Kommuner kan söka bidrag till nummer {n}. Sista ansökningsdag är {n} oktober 2026."
UNDATED = "Kommuner kan söka bidrag till nummer {n}. Utlysningen beskrivs närmare i ansökningssystemet."

# id: kind, what it turns to on the bad day, the class it is then given
SOURCES = {
    "good": ("feed", None, ""),
    "quiet": ("feed", None, ""),
    "silent": ("feed", "no entries", "silent"),
    "drop": ("feed", "few entries", "drop"),
    "fields": ("feed", "no dates", "fields"),
    "stale": ("feed", None, "stale"),
    "gone": ("feed", "404", "gone"),
    "gone-for-good": ("page", "410", "gone"),
    "moved": ("feed", "301", "moved"),
    "forbidden": ("page", "403", "blocked"),
    "bot-challenge": ("page", "challenge", "blocked"),
    "html": ("feed", "html", "not-a-feed"),
    "layout": ("page", "layout", "layout"),
    "articles": ("page", "articles", "layout"),
    "broken": ("feed", "500", "server-error"),
    "loop": ("feed", "loop", "server-error"),
    "robots": ("page", "robots", "robots"),
    "slow": ("feed", "slow", "unreachable"),
}
CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Enable JavaScript and cookies to continue</body></html>"
STATUS = {"404": 404, "410": 410, "403": 403, "500": 500}


def entry(source, n, text, day):
    return (
        f"<item><title>Utlysning {n} hos {source}</title><link>https://example.se/{source}/{n}</link>"
        f"<description>{text.format(n=n)}</description><pubDate>{format_datetime(day)}</pubDate></item>"
    )


def feed(source, count, text, day):
    items = "".join(entry(source, n, text, day) for n in range(1, count + 1))
    return Answer(
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{source}</title>{items}</channel></rss>'.encode(),
        headers={"Content-Type": "application/rss+xml"},
    )


def page(body):
    text = f"<!DOCTYPE html><html lang='sv'><head><title>Utlysningar</title></head><body><main>{body}</main></body></html>"
    return Answer(text.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def article(source, n):
    text = (
        f"Kommuner kan söka bidrag till projekt {n} hos {source}. Bidraget är högst 100 000 kronor. Sista ansökningsdag är {n} oktober 2026. "
        * 2
    )
    return page(f"<article><h1>Bidrag {n} hos {source}</h1><p>{text}</p></article>")


class Publishers:
    """Serve all publishers on one host; setting `bad` makes them fail."""

    bad = False
    day = START

    def __call__(self, asked):
        parts = asked.path.strip("/").split("/")
        source = parts[0]
        if source == "robots.txt":
            return Answer(b"User-agent: *\nDisallow: /robots/\n") if self.bad else Answer(status=404)
        if source not in SOURCES:
            return feed("moved", 6, DATED, START) if source == "new-address" else Answer(status=404)
        kind, turn, _ = SOURCES[source]
        turned = turn if self.bad else None
        if turned in STATUS:
            return Answer(b"no", status=STATUS[turned])
        if kind == "page":
            return self.answer_page(source, parts, turned)
        return self.answer_feed(source, turned)

    def answer_page(self, source, parts, turned):
        if len(parts) > 1:
            return page("<p></p>") if turned == "articles" else article(source, int(parts[1]))
        if turned == "challenge":
            return Answer(CHALLENGE, headers={"Content-Type": "text/html"})
        where = "/bidrag/" if turned == "layout" else f"/{source}/"
        return page(
            "<ul>"
            + "".join(
                f'<li><a href="{where}{n}">Bidrag {n} för den som vill söka medel till ett projekt</a></li>' for n in (1, 2, 3)
            )
            + "</ul>"
        )

    def answer_feed(self, source, turned):
        if turned == "301":
            return Answer(status=301, headers={"Location": "/new-address/feed"})
        if turned == "loop":
            return Answer(status=302, headers={"Location": f"/{source}"})
        if turned == "html":
            return page("<h1>Vår nya webbplats</h1><p>Välkommen hit.</p>")
        if turned == "slow":
            return Answer(b"", headers={"Content-Length": "10"}, pause=True)
        if source == "quiet":
            return feed(source, 0 if self.bad or self.day == START + timedelta(days=1) else 2, DATED, START)
        count = {"no entries": 0, "few entries": 3}.get(turned, 12 if source == "drop" else 6)
        fresh = self.bad and source != "stale"
        return feed(
            source,
            count + (1 if source == "good" and fresh else 0),
            UNDATED if turned == "no dates" else DATED,
            self.day if fresh else START,
        )


def settings(url, timeout):
    rows = []
    for source, (kind, _, _) in SOURCES.items():
        links = f"links = '/{source}/\\d+$'\n" if kind == "page" else ""
        rows.append(
            f'[[source]]\nid = "{source}"\nkind = "{kind}"\nname = "Källan {source}"\nurl = "{url}/{source}"\nlanguage = "sv"\n{links}'
        )
    return f"[network]\nallow_loopback = true\ndelay = 0\nretries = 0\ntimeout = {timeout}\n" + "\n".join(rows)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """Return the outcome of three good days and a bad one, and the archive after them."""
    from tests.commands import Installation

    installation = Installation(tmp_path_factory.mktemp("misbehaving"))
    publishers = Publishers()
    outcomes, patience = [], 30
    with serve(publishers) as publisher:
        for day in (0, 1, 2, 62):
            publishers.day = START + timedelta(days=day)
            publishers.bad = day == 62
            # Only on the bad day does anybody have to be waited for: a while by the measure of this machine on a good day.
            installation.configure(settings(publisher.url, patience if publishers.bad else 30))
            begun = time.monotonic()
            outcomes.append(installation.fork("crawl", *SOURCES, "--json", now=publishers.day.isoformat()))
            patience = 2 + round(time.monotonic() - begun)
        listed = installation.ask("sources", "--json", now=BAD_DAY.isoformat())
        checked = {
            source: installation.fork("sources", "check", source, "--json", now=BAD_DAY.isoformat())
            for source in ("layout", "good")
        }
    return installation, outcomes, listed, checked


def by_id(outcome):
    return {source["id"]: source for source in outcome.json["sources"]}


def test_good_days_are_told_as_good(story):
    _, outcomes, _, _ = story
    for outcome in outcomes[:3]:
        found = by_id(outcome)
        assert {source: row["health"] for source, row in found.items()} == dict.fromkeys(SOURCES, "")
        assert {row["state"] for row in found.values()} <= {"accepted", "unchanged"}
        assert outcome.code == 0


@pytest.mark.parametrize("source", SOURCES)
def test_each_way_is_told_apart(story, source):
    _, outcomes, _, _ = story
    row = by_id(outcomes[3])[source]
    assert row["health"] == SOURCES[source][2]
    assert bool(row["health_text"]) == bool(row["health"])
    assert row["health_text"] in outcomes[3].err


def test_a_source_that_has_lost_its_last_days_is_degraded_and_not_accepted(story):
    _, outcomes, _, _ = story
    lost = by_id(outcomes[3])["fields"]
    assert lost["state"] == "degraded"
    assert lost["reason"].startswith("Ingen av 6 poster har längre sista ansökningsdag.")


def test_the_others_are_read_and_the_exit_code_asks_for_attention(story):
    _, outcomes, _, _ = story
    found = by_id(outcomes[3])
    assert outcomes[3].code == 1
    assert found["good"]["state"] == "accepted"
    assert found["good"]["new"] == 1


def test_the_archive_keeps_its_calls(story):
    installation, outcomes, _, _ = story
    before = {source: row["current"] for source, row in by_id(outcomes[0]).items()}
    with closing(sqlite3.connect(installation.archive)) as connection:
        kept = dict(
            connection.execute(
                "SELECT source, count(*) FROM calls WHERE vanished_at IS NULL AND closed_at IS NULL GROUP BY source"
            )
        )
    assert kept == before | {"good": before["good"] + 1}


def test_the_list_says_since_when(story):
    _, _, listed, _ = story
    rows = {row["id"]: row for row in listed.json["sources"]}
    assert rows["silent"]["health_text"] == "Källan är tom. Den brukar ha omkring 6 poster."
    assert rows["silent"]["health_since"][:10] == rows["silent"]["health_seen"][:10] == BAD_DAY.date().isoformat()
    assert rows["good"]["health_since"] is None


def test_checking_a_source_says_what_to_change_and_stores_nothing(story):
    installation, _, _, checked = story
    layout, good = checked["layout"], checked["good"]
    assert layout.code == 1
    assert any("links = '/bidrag/[^?#]+'" in advice for advice in layout.json["advice"])
    assert good.code == 0
    item = good.json["items"][0]
    assert "deadlines" in item["found"]
    assert "budget" in item["missing"]
    assert good.json["fields"]["deadlines"] == 7
    with closing(sqlite3.connect(installation.archive)) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone()[0] == 4 * len(SOURCES)
