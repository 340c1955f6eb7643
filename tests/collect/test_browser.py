"""Lists made by scripts, read with a real browser that has no network: Scrapy fetches for it, through a proxy that sees everything."""

import json
import os
import socket
import threading
from contextlib import contextmanager, suppress

import pytest

from monitor.collect.advice import advise
from monitor.collect.reading import Problem, ProblemKind, SourceReading
from monitor.config import load_config
from monitor.errors import ConfigError
from monitor.jobs.doctor import examine
from monitor.sources import Source
from tests.commands import Installation
from tests.jobs.test_doctor import NOW
from tests.publishers import Answer, serve
from tests.small_rules import write_rules
from tests.web.chromium import CHROMIUM

pytest.importorskip("playwright.async_api", reason="Playwright is not installed")
needs_chromium = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.is_file(), reason="Chromium is not installed (/usr/bin/chromium)"),
]

HTML = "text/html; charset=utf-8"
PAGE = "<!doctype html><html lang='sv'><head><title>Aktuella stöd</title></head><body>{}</body></html>"
SHELL = PAGE.format("<main><h1>Aktuella stöd</h1><p>Här är stöden.</p><div id='lista'></div></main>{}")
TEXT = (
    "Kommuner kan söka bidrag till lekplatser i hela landet. Sista ansökningsdag är den 20 augusti 2026. Bidraget är högst 200 000 "
    "kronor per projekt, och projekten får pågå i två år. Ansökan görs på webben."
)
LIST_SCRIPT = """
fetch('http://a.example.se/api/stod', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{"sida": 1}'})
.then(answer => answer.json()).then(rows => {
  for (const row of rows) document.querySelector('#lista').innerHTML += `<li><a href="${row.url}">${row.title}</a></li>`;
  HOSTILE
});"""
# What a page may try in order to reach something else than its own publisher, or to cost us a lot.
HOSTILE = """
  new Image().src = 'TRAP/bild'; navigator.sendBeacon('TRAP/signal', 'x'); fetch('TRAP/inre').catch(() => 0);
  try { new WebSocket('TRAP/socket'.replace('http', 'ws')); } catch {}
  const frame = document.createElement('iframe'); frame.src = 'TRAP/ram'; document.body.append(frame);
  for (const rel of ['prefetch', 'preconnect', 'stylesheet', 'icon']) {
    const link = document.createElement('link'); link.rel = rel; link.href = 'TRAP/' + rel; document.head.append(link);
  }
  fetch('http://10.0.0.1/inre').catch(() => 0); fetch('http://a.example.se/hemligt/data').catch(() => 0);
  new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:3478'}]}).createDataChannel('x');
  for (let n = 0; n < 62; n++) fetch('http://a.example.se/mer?n=' + n).catch(() => 0);
  location.href = 'TRAP/bort';"""
ROBOTS = b"User-agent: *\nDisallow: /hemligt/\n"


def publisher(trap):
    """Return the answers of a publisher whose list is made by a script of another host."""
    rows = [{"url": f"/stod/{n}", "title": f"Stöd {n}"} for n in (1, 2)]
    script = LIST_SCRIPT.replace("HOSTILE", HOSTILE.replace("TRAP", trap))
    article = f"<main><h1>Stöd till lekplatser</h1><p>{TEXT}</p></main>"
    pages = {
        "a.example.se/lista": (SHELL.format("<script src='http://cdn.example.se/app.js'></script>"), HTML),
        "cdn.example.se/app.js": (script, "text/javascript"),
        "a.example.se/api/stod": (json.dumps(rows), "application/json"),
        "a.example.se/stod/1": (PAGE.format(article), HTML),
        "a.example.se/stod/2": (PAGE.format(f"<div></div><script>document.body.innerHTML = `{article}`</script>"), HTML),
    }

    def respond(asked):
        if asked.path == "/robots.txt":
            return Answer(ROBOTS)
        body, kind = pages.get(asked.headers["Host"] + asked.path, ("", ""))
        headers = {"Content-Type": kind, "Access-Control-Allow-Origin": "http://a.example.se"}
        return Answer(body.encode(), headers=headers) if body else Answer(status=404)

    return respond


def rows(**sources):
    return "".join(
        f"[[source]]\nid = '{name}'\nkind = 'page'\nname = '{name}'\nurl = 'http://a.example.se/{path}'\nlinks = '/stod/\\d$'\n"
        f"language = 'sv'\nbrowser = {browser}\n"
        for name, (path, browser) in sources.items()
    )


@contextmanager
def trap():
    """Listen on a loopback port; give its address, and a list that every connection is added to, also one without a request."""
    connections = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen():
            with suppress(OSError):  # closed
                while True:
                    connection, address = server.accept()
                    connections.append(address)
                    connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", connections
        server.shutdown(socket.SHUT_RDWR)


def use_the_proxy():
    os.environ["no_proxy"] = ""


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Return the readings with and without a browser, the requests that the proxy got, and the connections of the trap."""
    place = Installation(tmp_path_factory.mktemp("browser"))
    with trap() as (address, connections), serve(publisher(address)) as proxy:
        place.configure(
            f"[network]\ndelay = 0\nretries = 0\ntimeout = 20\nproxy = '{proxy.url}'\nbrowser = '{CHROMIUM}'\n"
            + rows(skriptad=("lista", "true"), vanlig=("lista", "false"))
        )
        outcome = place.fork("crawl", "skriptad", "vanlig", "--json", now="2026-05-20T12:00", timeout=400, before=use_the_proxy)
    assert outcome.out, outcome.err
    return {row["id"]: row for row in outcome.json["sources"]}, proxy.asked, connections


class TestWithChromium:
    """Readings with the browser of this machine."""

    pytestmark = needs_chromium

    def test_a_list_that_a_script_makes_is_read_with_its_articles(self, read):
        found, asked, _ = read
        assert (found["skriptad"]["state"], found["skriptad"]["current"]) == ("accepted", 2), found["skriptad"]
        (posted,) = [one for one in asked if one.path == "/api/stod"]
        assert (posted.method, posted.body) == ("POST", b'{"sida": 1}')

    def test_the_browser_reaches_nothing_by_itself(self, read):
        _, asked, trapped = read
        assert trapped == []
        assert {one.headers["Host"] for one in asked} == {"a.example.se", "cdn.example.se"}, "no private address, no other host"
        assert all(one.headers["User-Agent"].startswith("eu-monitor (") for one in asked)

    def test_robots_and_limits_hold_for_what_a_script_asks_for(self, read):
        _, asked, _ = read
        paths = [one.path for one in asked]
        assert "/hemligt/data" not in paths
        assert paths.count("/robots.txt") == 2, "once for each host"
        assert 10 < paths.count("/mer") < 60

    def test_a_source_that_does_not_ask_for_it_is_read_without(self, read):
        found, _, _ = read
        assert (found["vanlig"]["state"], found["vanlig"]["health"]) == ("failed", "scripted")

    def test_the_doctor_lets_the_browser_run_a_script(self, tmp_path):
        finding = browser_finding(tmp_path, f"[network]\nbrowser = '{CHROMIUM}'\n")
        assert finding.well, finding
        assert "startar" in finding.text


def browser_finding(tmp_path, settings):
    if not (tmp_path / "rules").is_dir():
        write_rules(tmp_path / "rules")
    (tmp_path / "monitor.toml").write_text(f"{settings}\n[rules]\ndir = 'rules'\n", "utf-8")
    found = examine(load_config(tmp_path / "monitor.toml"), NOW, network=False)
    return next((one for one in found if one.name == "Webbläsare"), None)


def test_the_doctor_misses_a_browser_that_a_source_needs(tmp_path):
    assert browser_finding(tmp_path, "") is None
    missing = browser_finding(tmp_path, rows(skriptad=("lista", "true")))
    assert not missing.well
    assert "skriptad ska läsas med en" in missing.text
    assert "network.browser" in missing.advice
    assert "/finns/inte finns inte" in browser_finding(tmp_path, "[network]\nbrowser = '/finns/inte'\n").text


def test_a_browser_is_named_by_its_whole_path(tmp_path):
    (tmp_path / "monitor.toml").write_text("[network]\nbrowser = 'chromium'\n", "utf-8")
    with pytest.raises(ConfigError, match="hela sökvägen till Chromium"):
        load_config(tmp_path / "monitor.toml")


@pytest.mark.parametrize(("browser", "words"), [(False, "--set browser=true"), (True, "monitor doctor")])
def test_the_advice_on_a_list_made_by_scripts_names_the_browser(browser, words):
    source = Source(id="skriptad", kind="page", name="S", url="http://a.example.se/lista", browser=browser)
    problems = [Problem(ProblemKind.SCRIPTED, "Listan fylls av skript i webbläsaren.")]
    assert words in advise(source, SourceReading(), problems, [], NOW)[0]
