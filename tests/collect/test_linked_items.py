"""Entries of feeds that have a title alone are read at their addresses; lists are followed over their pages."""

import json
import sqlite3
from contextlib import closing

import pytest
from scrapy.http import HtmlResponse

from monitor.collect.links import find_next_page
from tests.publishers import Answer, serve

HTML = {"Content-Type": "text/html; charset=utf-8"}
SETTINGS = """[network]
allow_loopback = true
delay = 0
retries = 0
"""
TEXT = "Municipalities can apply for support to wetlands. Deadline for applications: 22 September 2026. The budget is EUR 4 million. "


def entry(number, description=None):
    title = f"Wetlands call {number}"
    words = title if description is None else description
    return f"<item><title>{title}</title><link>{{url}}/news/{number}</link><description>{words}</description><pubDate>Tue, 05 May 2026 08:00:00 GMT</pubDate></item>"


FEED = '<rss version="2.0"><channel><title>News</title>' + "".join(map(entry, range(1, 6))) + entry(6, TEXT) + "</channel></rss>"


class Agency:
    """Serve a feed whose entries have a title alone: page 2 is gone, 3 is a challenge, 4 has no text, 5 fails for a while."""

    url = ""
    failing = True

    def __call__(self, asked):
        if asked.path == "/feed":
            return Answer(FEED.replace("{url}", self.url).encode(), headers={"Content-Type": "application/rss+xml"})
        number = asked.path.rpartition("/")[2]
        if number == "3":
            return Answer(b"", status=202, headers={"x-amzn-waf-action": "challenge"})
        if number == "4":
            return Answer(b"<html><body><div id='app'></div><script>a()</script></body></html>", headers=HTML)
        if number == "5" and self.failing:
            return Answer(status=503)
        if number in ("1", "5"):
            return Answer(f"<html><body><main><h1>x</h1><p>{TEXT * 2}</p></main></body></html>".encode(), headers=HTML)
        return Answer(status=404)


def calls(installation):
    with closing(sqlite3.connect(installation.archive)) as connection:
        rows = connection.execute("SELECT call_id, data FROM calls").fetchall()
    return {key.rpartition("/")[2]: json.loads(data) for key, data in rows}


def test_an_entry_with_a_title_alone_is_read_at_its_link(installation):
    agency = Agency()
    with serve(agency) as served:
        agency.url = served.url
        row = f'[[source]]\nid = "agency"\nkind = "feed"\nname = "Agency"\nurl = "{served.url}/feed"\nlanguage = "en"\npublishes = ["call", "news"]\n'
        installation.configure(SETTINGS + row)
        first = installation.fork("crawl", "agency", "--json", now="2026-05-20T08:00")
        asked = [request.path for request in served.asked]
        found = calls(installation)
        agency.failing = False
        installation.fork("crawl", "agency", "--json", now="2026-05-21T08:00")
        later = calls(installation)
    assert "/news/6" not in asked, "an entry with a text of its own needs no second request"
    [report] = first.json["sources"]
    assert report["state"] == "accepted", "the page of one entry is not the source"
    assert found["1"]["title"] == "Wetlands call 1"
    assert found["1"]["published"].startswith("2026-05-05")
    assert found["1"]["deadlines"][0]["at"].startswith("2026-09-22")
    assert {"2", "3", "4"} & found.keys() == set(), "what the feed alone says of them is no call, and their pages say nothing"
    assert "5" not in found, "it may answer tomorrow"
    assert report["skipped"] == 1
    assert later["5"]["deadlines"][0]["at"].startswith("2026-09-22")


def test_the_next_pages_of_a_list_of_calls_are_followed_and_those_of_news_are_not(installation):
    def respond(asked):
        if asked.path == "/list":
            page = int(asked.query.get("page", ["0"])[0])
            links = "".join(f"<a href='/calls/{3 * page + n}'>Call {3 * page + n}</a>" for n in (1, 2, 3))
            pager = "".join(f"<a href='?page={n}'>{n + 1}</a>" for n in range(20) if n != page)
            return Answer(f"<html><body><main>{links}</main><ul>{pager}</ul></body></html>".encode(), headers=HTML)
        return Answer(
            f"<html><body><main><h1>Call {asked.path}</h1><p>{TEXT * 2}</p></main></body></html>".encode(), headers=HTML
        )

    with serve(respond) as served:
        rows = "".join(
            f'[[source]]\nid = "{kind}"\nkind = "page"\nname = "{kind}"\nurl = "{served.url}/list?of={kind}"\nlanguage = "en"\n'
            f"links = '/calls/\\d+$'\npublishes = [\"{kind}\"]\n"
            for kind in ("call", "news")
        )
        installation.configure(SETTINGS + rows.replace("/list?of=news", "/list").replace("/list?of=call", "/list?"))
        outcome = installation.fork("crawl", "call", "news", "--json", now="2026-05-20T08:00")
    assert {row["id"]: row["new"] for row in outcome.json["sources"]} == {"call": 15, "news": 3}


def page(body, url="https://x.se/lista"):
    return HtmlResponse(url, body=f"<html><body>{body}</body></html>".encode(), encoding="utf-8")


@pytest.mark.parametrize(
    ("body", "url", "following"),
    [
        ('<a rel="next" href="/lista/sida-2">Nästa</a>', "https://x.se/lista", "https://x.se/lista/sida-2"),
        ('<link rel="next" href="?page=2"><a href="?page=1">2</a>', "https://x.se/lista", "https://x.se/lista?page=2"),
        ('<a class="next page-numbers" href="/lista/page/2/">→</a>', "https://x.se/lista", "https://x.se/lista/page/2/"),
        ('<a href="?page=1">2</a><a href="?page=2">3</a>', "https://x.se/lista", "https://x.se/lista?page=1"),
        ('<a href="?page=1">1</a><a href="?page=2">2</a>', "https://x.se/lista", "https://x.se/lista?page=2"),
        ('<a href="?page=0">1</a><a href="?page=2">3</a>', "https://x.se/lista?page=1", "https://x.se/lista?page=2"),
        ('<a href="?q=a&amp;b_offset=10">2</a>', "https://x.se/lista?q=a&b_offset=0", "https://x.se/lista?q=a&b_offset=10"),
        ('<a href="?page=2">2</a>', "https://x.se/lista?page=2", ""),
        ('<a href="?page=99999999">x</a><a href="?page=two">x</a>', "https://x.se/lista", ""),
        ('<a href="?sort=2">x</a><a href="/annat?page=2">x</a>', "https://x.se/lista", ""),
        ('<a href="?page=2&amp;sort=day">x</a>', "https://x.se/lista", ""),
        ('<a rel="next" href="https://other.se/lista?page=2">x</a>', "https://x.se/lista", ""),
        ('<a rel="next" href="#topp">x</a><a rel="next" href="javascript:next()">x</a>', "https://x.se/lista", ""),
    ],
)
def test_the_page_that_continues_a_list(body, url, following):
    assert find_next_page(page(body, url)) == following
