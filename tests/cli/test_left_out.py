"""`monitor sources left-out`: what was left out is seen, taken back and left out again, and every reading keeps to it."""

import pytest

from tests.commands import loopback_settings
from tests.publishers import Answer, serve

ENTRY = "<item><title>{title}</title><link>https://example.se/{key}</link><description>{text}</description></item>"
JOB = ENTRY.format(key="jobb", title="Vi söker en samordnare", text="Ansök senast den 1 mars 2027. Skicka ditt CV.")
CALL = ENTRY.format(
    key="stod",
    title="Stöd till cykelvägar",
    text="Kommuner kan söka stöd. Vanliga frågor. Sista ansökningsdag är den 1 mars 2027.",
)
FIRST, SECOND, THIRD, FOURTH = (f"2026-11-{day}T06:00" for day in (25, 26, 27, 28))
KEY = "https://example.se/jobb"


@pytest.fixture
def read(installation):
    """Yield an installation that reads one feed with a job advert and a call, and has read it once."""

    def feed(_):
        return Answer(f'<rss version="2.0"><channel><title>x</title>{JOB}{CALL}</channel></rss>'.encode())

    with serve(feed) as publisher:
        installation.configure(loopback_settings(f"{publisher.url}/feed", source="mucf-nyheter"))
        assert installation.fork("crawl", "--json", "mucf-nyheter", now=FIRST).json["sources"][0]["current"] == 1
        yield installation


def left_out(installation, *arguments, now=FIRST):
    outcome = installation.ask("sources", "left-out", "--json", *arguments, now=now)
    assert outcome.code == 0, outcome.err
    return outcome.json["left_out"]


def found(installation, query="samordnare"):
    return [hit["call_id"] for hit in installation.ask("search", "--json", query, now=FOURTH).json["hits"]]


def test_listed_taken_back_read_again_and_left_out_again(read):
    (row,) = left_out(read)
    assert (row["source"], row["call_id"], row["url"], row["reason"]) == ("mucf-nyheter", KEY, KEY, "platsannons")
    assert row["first_seen"].startswith("2026-11-25")
    assert found(read) == []
    (taken,) = left_out(read, "--take-back", KEY, now=SECOND)
    assert taken["taken_back"].startswith("2026-11-26")
    assert found(read) == [KEY]
    shown = read.ask("show", "--json", KEY, now=SECOND).json
    assert (shown["kind"], [event["type"] for event in shown["events"]]) == ("call", ["new"])
    assert shown["next_deadline"].startswith("2027-03-01")
    again = read.fork("crawl", "--json", "mucf-nyheter", now=THIRD).json["sources"][0]
    assert (again["current"], again["new"], again["vanished"]) == (2, 0, 0)
    checked = read.fork("sources", "check", "mucf-nyheter", "--json", now=THIRD).json
    assert (len(checked["items"]), checked["left_out"]) == (2, [])
    (back,) = left_out(read, "--leave-out", KEY, now=FOURTH)
    assert (back["taken_back"], back["put_back"]) == (None, None)
    assert read.fork("crawl", "--json", "mucf-nyheter", now=FOURTH).json["sources"][0]["current"] == 1
    assert read.ask("show", "--json", KEY, now=FOURTH).json["vanished_at"] is not None
    checked = read.fork("sources", "check", "mucf-nyheter", "--json", now=FOURTH).json
    assert checked["left_out"] == [{"item": KEY, "reason": "platsannons", "title": "Vi söker en samordnare"}]


def test_a_call_is_left_out_by_hand_and_stays_out(read):
    key = "https://example.se/stod"
    (row,) = left_out(read, "--leave-out", key, now=SECOND)
    assert row["reason"] == "lämnad utanför för hand"
    assert read.fork("crawl", "--json", "mucf-nyheter", now=THIRD).json["sources"][0]["current"] == 0
    checked = read.fork("sources", "check", "mucf-nyheter", "--json", now=THIRD).json
    assert {one["item"] for one in checked["left_out"]} == {key, KEY}
    assert checked["items"] == []


def test_it_is_told_in_swedish(read):
    lines = read.ask("sources", "left-out", "mucf-nyheter", now=FIRST).out
    assert lines.splitlines() == [
        "2026-11-25  Vi söker en samordnare",
        f"            {KEY}",
        "            mucf-nyheter: platsannons.",
    ]
    assert read.ask("sources", "left-out", "--take-back", KEY, now=SECOND).out == "Nu en utlysning: Vi söker en samordnare\n"
    assert "Tagen tillbaka 2026-11-26." in read.ask("sources", "left-out", now=SECOND).out
    assert read.ask("sources", "left-out", "--leave-out", KEY, now=SECOND).out == "Lämnad utanför: Vi söker en samordnare\n"
    assert read.ask("sources", "left-out", "mucf", now=SECOND).out == "Inget har lämnats utanför.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--take-back", "https://example.se/okänd"), "finns inte bland det som lämnats utanför"),
        (("--leave-out", "https://example.se/okänd"), "finns inte bland det som lämnats utanför"),
        (("mucf", "--take-back", KEY), "finns inte bland det som lämnats utanför"),
        (("okänd-källa",), "okänd-källa"),
        (("--take-back", KEY, "--leave-out", KEY), "--take-back"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(read, arguments, said):
    outcome = read.ask("sources", "left-out", *arguments, now=SECOND)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert [row["taken_back"] for row in left_out(read)] == [None]


def test_before_the_first_reading_nothing_is_left_out(installation):
    installation.configure("")
    assert left_out(installation) == []
    assert installation.ask("sources", "left-out", "--take-back", KEY).code == 2
    assert not installation.archive.exists()
