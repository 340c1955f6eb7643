"""Transport of responses: certificates, robots.txt, headers and time limits of sources, over real connections on loopback."""

import json
import os
import signal
import socketserver
import sqlite3
import ssl
import subprocess
import threading
from contextlib import closing, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from monitor.archive import open_archive
from monitor.archive.runs import load_documents
from tests.commands import Installation, breathe
from tests.publishers import Answer, serve

FEED = b'<rss version="2.0"><channel><title>X</title><item><title>Nytt bidrag</title><description>Ans&#246;k senast den 1 oktober 2027. Kommuner kan s&#246;ka.</description><link>https://example.se/1</link></item></channel></rss>'
XML = {"Content-Type": "application/rss+xml"}


def settings(rows, more=""):
    sources = "\n".join(
        f'[[source]]\nid = "{name}"\nkind = "{kind}"\nname = "{name}"\nurl = "{url}"\nlanguage = "sv"\n{extra}'
        for name, (kind, url, extra) in rows.items()
    )
    return f"[network]\nallow_loopback = true\ndelay = 0\nretries = 0\ntimeout = 5\n{more}\n{sources}"


class Feed(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(FEED)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(FEED)

    def log_message(self, *_):
        pass


@contextmanager
def serve_tls(certificate):
    """Serve a feed with a certificate, and return the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def trust(file):
    os.environ["SSL_CERT_FILE"] = file


def test_a_certificate_that_does_not_hold_is_told_and_nothing_is_read(installation):
    trusted, unknown = trustme.CA(), trustme.CA()
    trusted.cert_pem.write_to_path(str(installation.folder / "ca.pem"))

    with (
        serve_tls(trusted.issue_cert("127.0.0.1")) as good,
        serve_tls(unknown.issue_cert("127.0.0.1")) as stranger,
        serve_tls(trusted.issue_cert("other.example")) as misnamed,
    ):
        ports = {"good": good, "stranger": stranger, "misnamed": misnamed}
        rows = {name: ("feed", f"https://127.0.0.1:{port}/", "") for name, port in ports.items()}
        rows["bulk"] = ("bulk", f"https://127.0.0.1:{stranger}/bulk", "")
        installation.configure(settings(rows))
        outcome = installation.fork("crawl", *rows, "--json", before=partial(trust, str(installation.folder / "ca.pem")))
    found = {source["id"]: source for source in outcome.json["sources"]}
    assert (found["good"]["state"], found["good"]["current"]) == ("accepted", 1)
    for name in ("stranger", "misnamed", "bulk"):
        assert (found[name]["state"], found[name]["health"]) == ("failed", "certificate"), found[name]["reason"]
        assert "Webbplatsens certifikat håller inte (127.0.0.1)" in found[name]["reason"]
    assert outcome.code == 1


def test_a_robots_txt_that_fails_allows_nothing_and_many_headers_are_not_kept(installation):
    def answer(asked):
        if asked.path == "/robots.txt":
            return Answer(b"down for maintenance", status=503)
        return Answer(FEED, headers=XML)

    def talkative(asked):
        if asked.path == "/robots.txt":
            return Answer(status=404)
        return Answer(FEED, headers={**XML, "ETag": '"1"', **{f"X-{n}": "x" * 1000 for n in range(50)}})

    with serve(answer) as failing, serve(talkative) as other:
        installation.configure(
            settings(
                {
                    "failing": ("feed", f"{failing.url}/feed", ""),
                    "same": ("feed", f"{failing.url}/other", ""),
                    "other": ("feed", f"{other.url}/feed", ""),
                }
            )
        )
        outcome = installation.fork("crawl", "failing", "same", "other", "--json")
        assert [asked.path for asked in failing.asked] == ["/robots.txt"], "sources of one host ask it once"
    *both, last = outcome.json["sources"]
    for row in both:
        assert (row["state"], row["health"]) == ("failed", "server-error")
        assert "Webbplatsens robots.txt svarade med fel (HTTP 503). Tills den svarar igen läses inget där." in row["reason"]
    assert last["state"] == "accepted"
    with open_archive(installation.archive) as archive:
        headers = json.loads(load_documents(archive.db, "other")[0].headers)
    assert headers["Content-Type"] == "application/rss+xml"
    assert set(headers) <= {"Content-Type", "Etag", "Date", "Server"}


def held_up(asked):
    """Serve a list whose pages never answer."""
    if asked.path == "/lista":
        links = "".join(f'<a href="/lista/{n}">x</a>' for n in range(10))
        return Answer(f"<html><body>{links}</body></html>".encode(), headers={"Content-Type": "text/html"})
    return Answer(headers={"Content-Length": "10"}, pause=True) if asked.path.startswith("/lista/") else Answer(FEED, headers=XML)


def test_a_source_that_takes_too_long_is_left_and_named(installation):
    with serve(held_up) as publisher:
        rows = {
            "lista": ("page", f"{publisher.url}/lista", "links = '/lista/\\d$'\nsource_timeout = 10\n"),
            "good": ("feed", f"{publisher.url}/feed", ""),
        }
        installation.configure(settings(rows))
        outcome = installation.fork("crawl", *rows, "--json")
        asked = [one.path for one in publisher.asked if one.path.startswith("/lista/")]
    lista, good = outcome.json["sources"]
    assert (lista["state"], lista["health"]) == ("failed", "slow")
    assert "Källan hann inte läsas klart på 10 sekunder." in lista["reason"]
    assert len(asked) < 10
    assert good["state"] == "accepted"


def children_of(pid):
    """The living processes that a process began, and those that they began."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text("utf-8").rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(stat.parent.name))
    return found + [grandchild for child in found for grandchild in children_of(child)]


def lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="looks for processes in /proc")
def test_told_to_stop_it_ends_at_once_and_leaves_no_process(installation):
    def slow(asked):
        """A list that the row's own pattern is tried on for longer than anybody waits."""
        if asked.path != "/lista":
            return Answer(status=404)
        return Answer(f"<a href='/lista/{'a' * 60}!'>x</a>".encode(), headers={"Content-Type": "text/html"})

    with serve(slow) as publisher:
        rows = {"lista": ("page", f"{publisher.url}/lista", "links = '/lista/(a+)+$'\n")}
        installation.configure(settings(rows, "parse_timeout = 600"))
        said = installation.folder / "err"
        with said.open("wb") as file:
            process = subprocess.Popen(installation.command("crawl", "lista"), stdout=file, stderr=file)
        children = []
        while len(children) < 5:  # the one that tracks resources, the one that forks, and three that read
            assert process.poll() is None, said.read_text("utf-8")
            children = children_of(process.pid)
            breathe()
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        while any(map(lives, children)):
            breathe()
    assert "läsningen avbröts" in said.read_text("utf-8")
    with closing(sqlite3.connect(installation.archive)) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)


@contextmanager
def serve_bytes(answer):
    """A server that sends `answer` whatever it is asked, and hangs up; gives the port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(65536)
            self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def unanswered(tmp_path_factory):
    """One reading of sources whose servers fail below HTTP, also when they are asked for robots.txt."""
    installation = Installation(tmp_path_factory.mktemp("unanswered"))
    half = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n\r\n<rss>"
    with serve_bytes(b"") as silent, serve_bytes(b"SSH-2.0-OpenSSH_9.2\r\n") as other, serve_bytes(half) as cut:
        addresses = {
            "silent": f"http://127.0.0.1:{silent}/",
            "other": f"http://127.0.0.1:{other}/",
            "cut": f"http://127.0.0.1:{cut}/",
            "plain": f"https://127.0.0.1:{other}/",
            "refused": "http://127.0.0.1:9/",
        }
        installation.configure(settings({name: ("feed", url, "") for name, url in addresses.items()}))
        outcome = installation.fork("crawl", "--json", *addresses)
    return {source["id"]: source for source in outcome.json["sources"]}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("silent", "Servern svarade inte: anslutningen bröts innan svaret var helt."),
        ("other", "Servern svarade inte: det som kom var inget svar enligt HTTP."),
        ("cut", "Servern svarade inte: anslutningen bröts innan svaret var helt."),
        ("plain", "Servern svarade inte: det gick inte att ansluta säkert till den."),
        ("refused", "Servern svarade inte: den tar inte emot anslutningar."),
    ],
)
def test_a_server_that_fails_below_http_is_told_in_swedish(unanswered, source, reason):
    assert (unanswered[source]["state"], unanswered[source]["health"]) == ("failed", "unreachable")
    assert unanswered[source]["reason"] == reason
