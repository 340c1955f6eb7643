"""Pages that are the call themselves, beside or instead of a list."""

from datetime import UTC, datetime

import pytest
from scrapy.http import HtmlResponse

from monitor.calls import Call
from monitor.sources import Source
from tests.collect.test_pages import Untiring, given_by, loader

NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)
OPEN = "<p>Nu kan ni söka medel till kurser om kretslopp. Kommuner och föreningar kan söka till och med den 25 augusti 2026.</p>"
CLOSED = "<p>Här finns våra utlysningar. Kommuner kunde söka till och med den 25 februari 2026.</p>"
LINKS = "<ul><li><a href='/utlysningar/bad'>Bad</a></li><li><a href='/om'>Om oss</a></li></ul>"


def read(body, **fields):
    row = Source.model_validate(
        {
            "id": "x",
            "kind": "page",
            "name": "X",
            "url": "https://x.se/utlysningar",
            "language": "sv",
            "links": "/utlysningar/[a-z]+$",
            **fields,
        }
    )
    spider = loader().load("page")(source=row, now=NOW)
    spider.crawler = Untiring()
    page = HtmlResponse(
        row.url, body=f"<html><body><main><h1>Utlysningar</h1>{body}</main></body></html>".encode(), encoding="utf-8"
    )
    given = given_by(spider.parse(page))
    return (
        [item.url for item in given if isinstance(item, Call)],
        [item.url for item in given if not isinstance(item, Call)],
        spider.reading,
    )


@pytest.mark.parametrize(
    ("body", "fields", "calls", "followed"),
    [
        (OPEN + LINKS, {}, 0, 1),
        (OPEN + LINKS, {"own": True}, 1, 1),
        (OPEN + LINKS, {"links": ""}, 1, 0),
        (OPEN, {"own": True}, 1, 0),
        (CLOSED + LINKS, {"own": True}, 0, 1),
        (LINKS, {"own": True}, 0, 1),
    ],
    ids=["list", "own", "single", "own-without-links", "closed", "no-text"],
)
def test_a_page_that_is_the_call_is_an_item_beside_its_links(body, fields, calls, followed):
    found, requests, reading = read(body, **fields)
    assert (len(found), len(requests)) == (calls, followed)
    assert reading.problems == []


def test_a_list_that_has_no_day_of_its_own_is_left_out_with_the_reason():
    words = "<p>Här söker kommuner bidrag. Läs villkoren för varje utlysning innan ni ansöker hos oss.</p>"
    calls, _, reading = read(words + LINKS, own=True)
    assert calls == []
    assert list(reading.left_out.values()) == ["listan har ingen egen sista dag som ligger framåt"]
