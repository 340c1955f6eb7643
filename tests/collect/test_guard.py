"""Guard against private addresses: the rules, and over real HTTP the ways in which a publisher may try to evade them."""

import gzip
import json
import sqlite3
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from scrapy import Request

from monitor.collect import guard
from monitor.collect.feeds import parse_feed
from monitor.collect.guard import GuardMiddleware, RefusedAddressError, check_url, refusal_reason
from monitor.config import load_config
from monitor.jobs.crawl import scrapy_settings
from tests.commands import Installation

PUBLIC = "127.0.0.77"


def take_for_public():
    """Treat one loopback address as a public one, so that a hostile publisher can be served there."""
    ordinary = guard.is_public
    guard.is_public = lambda ip: str(ip) == PUBLIC or ordinary(ip)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "2001:db8::1",
        "fe80::1%eth0",
        "::127.0.0.1",
        "::a00:1",
        "::ffff:0:127.0.0.1",
        "64:ff9b:1::127.0.0.1",
        "64:ff9b:1::5db8:d822",
        "fec0::1",
        "3fff::1",
        "3fff:fff:ffff::1",
        "5f00::1",
        "4000::1",
        "192.88.99.1",
        "2002:c058:6301::1",
    ],
)
def test_addresses_where_no_publisher_lives(address):
    assert refusal_reason(address, allow_loopback=False)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822", "2a00:1450:400f::1", "192.88.98.1"]
)
def test_public_addresses(address):
    assert refusal_reason(address, allow_loopback=False) == ""


def test_loopback_alone_may_be_allowed():
    assert refusal_reason("127.0.0.1", allow_loopback=True) == ""
    assert refusal_reason("::1", allow_loopback=True) == ""
    for address in ("10.0.0.1", "169.254.169.254", "192.168.0.1", "fc00::1"):
        assert refusal_reason(address, allow_loopback=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "file:///etc/passwd",
        "ftp://example.se/",
        "gopher://example.se/",
        "data:text/html,x",
        "http://",
        "http://user:pass@example.se/",
        "http://example.se\\@10.0.0.1/",
        "http://exa mple.se/",
        "http://example.se:port/",
        "http://[::1/",
    ],
)
def test_addresses_that_are_refused(url):
    with pytest.raises(RefusedAddressError):
        check_url(url, allow_loopback=False)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://10.0.0.1/", "http://10.0.0.1/: 10.0.0.1 är ingen publik adress"),
        ("ftp://example.se/", "'ftp://example.se/' är varken http eller https"),
        ("http://example.se:port/", "'http://example.se:port/' är ingen adress"),
        ("http://user:pass@example.se/", "'http://user:pass@example.se/' har inget vanligt värdnamn"),
    ],
)
def test_why_an_address_is_refused_is_told_in_swedish(url, reason):
    with pytest.raises(RefusedAddressError) as refused:
        check_url(url, allow_loopback=False)
    assert str(refused.value) == reason


@pytest.mark.parametrize("url", ["https://www.mucf.se/bidrag", "http://example.se:8080/a?b=c", "https://xn--vrnamo-bua.nu/"])
def test_ordinary_addresses_pass(url):
    check_url(url, allow_loopback=False)
    GuardMiddleware(allow_loopback=False).process_request(Request(url))


def test_a_feed_that_declares_entities_is_refused():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!--{"x" * 150_000}--><!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]><rss><channel><item><title>&l9;</title></item></channel></rss>'
    source = load_config(None).source("skr")
    for body in (bomb.encode(), bomb.replace('version="1.0"', 'version="1.0" encoding="UTF-16"').encode("utf-16")):
        with pytest.raises(ValueError, match="entiteter"):
            parse_feed(body, {}, source.url, source, None)


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><rss version="2.0"><channel><item><title>&b;</title></item></channel></rss>'
# id: (kind, where it is sent or how it answers, the class, a word of the sentence)
CASES = {
    "to-loopback": ("feed", "http://127.0.0.1:9/", "refused", "127.0.0.1"),
    "to-private": ("page", "http://10.0.0.1/", "refused", "10.0.0.1"),
    "to-metadata": ("feed", "http://169.254.169.254/latest/meta-data/", "refused", "169.254.169.254"),
    "to-ipv6": ("feed", "http://[::1]:9/", "refused", "::1"),
    "to-name": ("feed", "http://localhost:9/", "refused", "localhost"),
    # The system's resolver takes a number for an address.
    "to-number": ("page", "http://167772161/", "refused", "10.0.0.1"),
    "to-short": ("feed", "http://0xa9fea9fe/", "refused", "169.254.169.254"),
    "to-file": ("feed", "file:///etc/passwd", "refused", "file:///etc/passwd"),
    "bulk-to-name": ("bulk", "http://localhost:9/", "refused", "localhost"),
    "bulk-to-file": ("bulk", "file:///etc/passwd", "refused", "file:///etc/passwd"),
    "announced": ("feed", "2 GB announced", "too-large", "större"),
    "streaming": ("page", "2 GB streaming", "too-large", "större"),
    "gzip-bomb": ("feed", "gzip bomb", "too-large", "större"),
    "laughs": ("feed", "laughs", "refused", "entiteter"),
}


BOMB = gzip.compress(b"<rss>" + b"\0" * 60_000_000, 1)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        case = CASES.get(self.path.strip("/"))
        if case is None:
            return self.reply(404)
        answers = {
            "2 GB announced": (b"", {"Content-Length": str(2 << 30)}),
            "2 GB streaming": (b"", {}),
            "gzip bomb": (BOMB, {"Content-Encoding": "gzip", "Content-Type": "application/rss+xml"}),
            "laughs": (LAUGHS, {"Content-Type": "application/rss+xml"}),
        }
        if case[1] not in answers:
            return self.reply(302, headers={"Location": case[1]})
        body, headers = answers[case[1]]
        if case[1] == "2 GB streaming":
            return self.stream()
        return self.reply(200, body, headers)

    def reply(self, status, body=b"", headers=None):
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Connection", "close")
        self.end_headers()
        sent = 0
        try:
            while sent < 2 << 30:
                sent += self.wfile.write(b"<p>" + b"x" * 65536)
        except ConnectionError:
            pass
        self.server.streamed = sent
        self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def astray(tmp_path_factory):
    """Return the result of reading a hostile publisher at an address that counts as public."""
    folder = tmp_path_factory.mktemp("astray")
    server = ThreadingHTTPServer((PUBLIC, 0), Handler)
    server.streamed = 0
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    rows = "".join(
        f'[[source]]\nid = "{source}"\nkind = "{kind}"\nname = "{source}"\nurl = "http://{PUBLIC}:{server.server_port}/{source}"\n'
        for source, (kind, *_) in CASES.items()
    )
    (folder / "monitor.toml").write_text("[network]\ndelay = 0\nretries = 0\ntimeout = 20\n" + rows, "utf-8")
    done = Installation(folder).fork("crawl", *CASES, "--json", before=take_for_public)
    server.shutdown()
    server.server_close()
    thread.join()
    return folder, done, server.streamed


@pytest.mark.parametrize("source", CASES)
def test_a_publisher_cannot_lead_the_program_astray(astray, source):
    _, done, _ = astray
    row = next(row for row in json.loads(done.out)["sources"] if row["id"] == source)
    _, _, kind, word = CASES[source]
    assert (row["state"], row["health"]) == ("failed", kind)
    assert word in row["reason"]
    assert row["seen"] == row["current"] == 0
    assert row["reason"] in done.err


def test_nothing_of_it_is_stored(astray):
    folder, done, streamed = astray
    assert done.code == 1
    assert streamed < 64 << 20, "the line was kept open"
    with closing(sqlite3.connect(folder / "data" / "archive.db")) as connection:
        assert connection.execute("SELECT count(*) FROM calls").fetchone()[0] == 0
        assert connection.execute("SELECT count(*) FROM documents").fetchone()[0] == 0


def test_nobody_can_send_the_program_code():
    """Scrapy would open a server of its own that runs what it is sent."""
    extensions = scrapy_settings(load_config(None)).getwithbase("EXTENSIONS")
    assert len(extensions) > 5
    assert not any("RemoteControl" in name for name in extensions)
