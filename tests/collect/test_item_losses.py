"""A single page or a short list that loses its days or texts is degraded, unless its round has ended or it says so."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.calls import Call
from monitor.collect.health import HealthClass, RunFacts, judge_health
from monitor.collect.item_losses import ItemFacts, find_item_losses, measure_items, read_items
from monitor.collect.usual import find_losses
from tests.commands import Installation
from tests.publishers import Answer, serve

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
ITEM = ItemFacts(deadline=True, starts=False, chars=900, until="2027-03-01T23:59:59+01:00", closed=False, rolling=False)
UNDATED = replace(ITEM, deadline=False, until=None)
ONE_UNDATED = "Posten har inte längre någon sista ansökningsdag, som den förr alltid hade."
SHORT = "Texterna har blivit korta: omkring 40 tecken. Förr var de omkring 900."


def reading(day, **each):
    at = START + timedelta(days=day)
    return RunFacts(at=at, accepted=True, items=len(each), changes=1, each=each)


def losses(now, *, before=None, readings=8, day=9):
    """Return the losses of a reading of the items `now` after some of the items `before`."""
    before = before or dict.fromkeys(now, ITEM)
    return find_losses(reading(day, **now), [reading(number, **before) for number in range(readings)])


def test_what_each_item_had_in_four_readings_and_none_has_now_is_lost():
    assert losses({"a": UNDATED}) == [ONE_UNDATED]
    assert losses({"a": UNDATED}, readings=4) == [ONE_UNDATED]
    assert losses({"a": UNDATED}, readings=3) == [], "three readings teach nothing of one page"
    assert losses({"a": replace(UNDATED, chars=40)}) == [ONE_UNDATED, SHORT]
    assert losses(dict.fromkeys("abcd", UNDATED)) == [
        "Ingen av 4 poster har längre sista ansökningsdag. Förr hade de flesta det."
    ]
    assert losses({"a": ITEM}) == []
    event = replace(UNDATED, starts=True)
    assert losses({"a": UNDATED}, before={"a": event}) == ["Posten har inte längre någon starttid, som den förr alltid hade."]


def test_an_item_that_keeps_it_or_had_it_seldom_shows_no_loss():
    assert losses({"a": UNDATED, "b": UNDATED, "c": ITEM}) == []
    assert losses({"a": UNDATED, "b": UNDATED}, before={"a": ITEM, "b": UNDATED}) == [], "half of them had it"
    assert losses({"new": UNDATED, "other": UNDATED}, before={"a": ITEM}) == [], "others items than before"
    assert losses({"a": UNDATED, "new": ITEM}, before={"a": ITEM}) == [], "the new one can be read"
    assert losses({"a": replace(ITEM, chars=60)}, before={"a": replace(ITEM, chars=300)}) == [], "its text was never long"
    assert losses({"a": replace(ITEM, chars=300)}) == []
    mixed = [*(reading(day, a=ITEM) for day in range(7)), reading(7, a=UNDATED)]
    assert find_losses(reading(9, a=UNDATED), mixed) == [], "a person has accepted it so"
    assert find_losses(reading(9, a=UNDATED), [*mixed, *(reading(10 + day, a=ITEM) for day in range(3))]) == []


def test_a_round_that_has_ended_may_lose_its_day_and_its_text():
    bare = replace(UNDATED, chars=40)
    assert losses({"a": bare}, day=200) == [], "its last day has passed"
    assert losses({"a": replace(bare, closed=True)}) == []
    assert losses({"a": replace(UNDATED, rolling=True)}) == []
    assert losses({"a": replace(bare, rolling=True)}) == [SHORT]
    assert losses({"a": replace(bare, closed=True)}, before={"a": replace(ITEM, closed=True)}) != [], "it always said so"
    one_closed = {"a": replace(bare, closed=True), "b": bare, "c": bare}
    assert len(losses(one_closed)) == 2, "the others are not closed"


def test_facts_are_measured_of_few_items_alone_and_read_back():
    call = Call(source="s", call_id="1", title="Stöd till bryggor", url="https://x.se/")
    few = {str(number): call for number in range(10)}
    assert read_items(measure_items(few))["3"].deadline is False
    assert measure_items({**few, "11": call}) == {}
    assert read_items(None) == {}
    assert list(find_item_losses({}, [], START)) == []


def test_a_loss_that_a_person_has_accepted_is_no_trouble_any_more():
    earlier = [reading(day, a=ITEM) for day in range(6)]
    now = reading(7, a=UNDATED)
    assert judge_health([*earlier, now], every=1, expected=1).kind is HealthClass.FIELDS
    assert judge_health([*earlier, replace(now, accepted_doubts=("fields",))], every=1, expected=1).kind is HealthClass.OK


HTML = {"Content-Type": "text/html; charset=utf-8"}
TEXT = (
    "Kommuner och regioner kan söka bidrag till bryggor, leder och rastplatser som alla kan nå. Bidraget är på högst två miljoner"
    " kronor per projekt och täcker hälften av kostnaden. Projekten får pågå i tre år, och arbetet ska redovisas varje höst. "
) * 4
DATED = f"<p>Sista ansökningsdag är den 1 mars 2027.</p><p>{TEXT}</p>"


class Publisher:
    """Serve a page alone and a list of four calls, whose pages hold the markup `body`."""

    body = DATED

    def respond(self, request):
        if request.path == "/lista/":
            links = "".join(f'<li><h2><a href="/lista/s{number}">Stöd {number}</a></h2></li>' for number in range(4))
            return self.page("Stöd", f"<ul>{links}</ul>")
        if request.path.startswith(("/lista/s", "/ensam")):
            return self.page(f"Stöd till bryggor {request.path[-1]}", self.body)
        return Answer(status=404)

    def page(self, title, body):
        return Answer(
            f"<html><head><title>{title}</title></head><body><main><h1>{title}</h1>{body}</main></body></html>".encode(),
            headers=HTML,
        )


@pytest.mark.parametrize(
    ("body", "days", "is_accepted"),
    [
        ("<p>Sidan är under arbete. Välkommen åter.</p>", (12, 22), False),
        (f"<p>{TEXT}</p>", (12,), False),
        ("<p>Ansökan är stängd. Stödet kunde sökas av kommuner.</p>", (12,), True),
    ],
)
def test_a_page_and_a_short_list_that_lose_their_days_wait_for_a_person(tmp_path, body, days, is_accepted):
    place, publisher = Installation(tmp_path), Publisher()
    with serve(publisher.respond) as served:
        rows = "".join(
            f'[[source]]\nid = "{name}"\nkind = "page"\nname = "{name}"\nurl = "{served.url}/{name}/"\n{links}expected = 1\nlanguage = "sv"\n'
            for name, links in (("ensam", ""), ("lista", 'links = "/lista/s"\n'))
        )
        place.configure(f"[network]\nallow_loopback = true\ndelay = 0\nretries = 0\n{rows}")

        def crawl(day):
            reports = place.fork("crawl", "ensam", "lista", "--json", now=f"2026-11-{day:02}T08:00").json["sources"]
            return [report["state"] in ("accepted", "unchanged") for report in reports]

        for day in range(7, 12):
            assert crawl(day) == [True, True]
        before = deadlines(place)
        assert len(before) == 5
        assert all(before)
        publisher.body = body
        for day in days:
            assert crawl(day) == [is_accepted, is_accepted]
        if is_accepted:
            return
        assert deadlines(place) == before
        for name in ("ensam", "lista"):
            assert health(place, name) == "fields"
            assert place.fork("sources", "accept", name, now="2026-11-22T09:00").code == 0
            assert health(place, name) == ""
        assert crawl(23) == [True, True]
        assert health(place, "ensam") == ""


def deadlines(place):
    with closing(sqlite3.connect(f"file:{place.archive}?mode=ro", uri=True)) as connection:
        return [row[0] for row in connection.execute("SELECT next_deadline FROM calls ORDER BY source, call_id")]


def health(place, name):
    rows = place.fork("sources", "--json", now="2026-11-22T10:00").json["sources"]
    return next(row for row in rows if row["id"] == name)["health"]
