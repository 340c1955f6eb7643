"""Behind an outgoing proxy: sources are read through it, at any address, and it gets requests for publishers alone."""

import json

import pytest

from monitor.collect.guard import GuardMiddleware, RefusedAddressError, check_url
from monitor.jobs.doctor import reach_host
from tests.bulk_file import grant
from tests.commands import Installation
from tests.publishers import Answer, serve

NOW = "2026-05-20T12:00"
FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title><link>http://a.example.se/</link><item><title>Utlysning</title>'
    b"<link>http://a.example.se/1</link><guid>1</guid><pubDate>Mon, 18 May 2026 08:00:00 GMT</pubDate></item></channel></rss>"
)
SOURCES = {
    "behind": ("feed", "http://a.example.se/feed"),
    "bulky": ("bulk", "http://a.example.se/bulk"),
    "inwards": ("feed", "http://a.example.se/inwards"),
    "itself": ("feed", "http://a.example.se/itself"),
}


def answer(asked, place):
    bodies = {"/feed": FEED, "/bulk": json.dumps({"fundingData": {"GrantTenderObj": [grant(1)]}}).encode()}
    to = {"/inwards": "http://10.0.0.1/", "/itself": f"{place[0]}/feed"}.get(asked.path)
    if to:
        return Answer(status=302, headers={"Location": to})
    body = bodies.get(asked.path)
    return Answer(body, headers={"Content-Type": "application/xml"}) if body else Answer(status=404)


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    """Return the result of reading host names that only the proxy can resolve, and the requests that the proxy got."""
    place = Installation(tmp_path_factory.mktemp("behind"))
    address = []
    with serve(lambda asked: answer(asked, address)) as proxy:
        address.append(proxy.url)
        rows = "".join(
            f'[[source]]\nid = "{name}"\nkind = "{kind}"\nname = "{name}"\nurl = "{url}"\n'
            for name, (kind, url) in SOURCES.items()
        )
        place.configure(f'[network]\ndelay = 0\nretries = 0\ntimeout = 20\nproxy = "{proxy.url}"\n{rows}')
        outcome = place.run("crawl", *SOURCES, "--json", now=NOW, no_proxy="")
        return {row["id"]: row for row in outcome.json["sources"]}, proxy.asked


@pytest.mark.parametrize("source", ["behind", "bulky"])
def test_a_source_is_read_through_the_proxy(reading, source):
    rows, _ = reading
    assert (rows[source]["state"], rows[source]["current"]) == ("accepted", 1), rows[source]


@pytest.mark.parametrize(("source", "words"), [("inwards", "10.0.0.1"), ("itself", "är proxyn själv")])
def test_the_proxy_is_no_way_in(reading, source, words):
    rows, asked = reading
    assert rows[source]["state"] == "failed"
    assert words in rows[source]["reason"]
    assert {one.headers["Host"] for one in asked} == {"a.example.se"}


def test_a_search_for_sources_goes_through_the_proxy_to_its_end(tmp_path):
    links = "".join(f'<li><a href="/stod/{n}">Stöd {n}</a></li>' for n in range(3))
    text = "Kommuner kan söka bidrag till lekplatser i hela landet. Sista ansökningsdag är den 20 augusti 2026."
    pages = {"/stod": f"<h1>Stöd</h1><ul>{links}</ul>"} | {f"/stod/{n}": f"<h1>Stöd {n}</h1><p>{text}</p>" for n in range(3)}

    def page(asked):
        body = pages.get(asked.path, "")
        whole = f"<!doctype html><html lang='sv'><head><title>Stöd</title></head><body><main>{body}</main></body></html>"
        return Answer(whole.encode(), headers={"Content-Type": "text/html; charset=utf-8"}) if body else Answer(status=404)

    place = Installation(tmp_path)
    with serve(page) as proxy:
        place.configure(f'[network]\ndelay = 0\nretries = 0\ntimeout = 20\nproxy = "{proxy.url}"\n')
        outcome = place.run("sources", "find", "http://a.example.se/stod", "--json", now=NOW, no_proxy="")
    assert outcome.json["rows"][0]["items"] == 3, outcome.json


def test_an_address_of_this_machine_goes_past_the_proxy():
    from scrapy import Request

    guard = GuardMiddleware(True, "http://127.0.0.1:3128")
    for url, proxy in (("http://127.0.0.1:9000/", None), ("http://a.example.se/", "http://127.0.0.1:3128")):
        request = Request(url)
        guard.process_request(request)
        assert request.meta["proxy"] == proxy


def test_the_proxys_own_name_is_no_publishers():
    with pytest.raises(RefusedAddressError, match="proxy"):
        check_url("http://proxy.example.se/", allow_loopback=False, proxy_host="proxy.example.se")


@pytest.mark.parametrize(("status", "words"), [(200, ""), (403, "proxyn släpper inte fram (403 Forbidden)")])
def test_the_doctor_asks_the_proxy_whether_it_lets_a_source_through(status, words):
    with serve(lambda asked: Answer(status=status)) as proxy:
        assert reach_host("https://a.example.se/feed", proxy.url) == words
        assert proxy.asked[0].method == "CONNECT"
