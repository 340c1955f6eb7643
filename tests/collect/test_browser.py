"""Lists made by scripts, read with a real browser that has no network: Scrapy fetches for it, through a proxy that sees everything."""

import json
import os
import socket
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest

from monitor.cli.sources import _check_lines
from monitor.collect.advice import find_remedies
from monitor.collect.installed_browser import find_obstacle
from monitor.collect.reading import Problem, ProblemKind, SourceReading
from monitor.collect.verdicts import judge_check
from monitor.config import load_config
from monitor.errors import ConfigError
from monitor.jobs.check_sources import CheckedSource, describe_todo, is_same_row
from monitor.jobs.doctor import examine
from monitor.sources import Source
from tests.commands import Installation
from tests.forked import run_function
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


def publisher(trap="", calls=2, *, shell=True):
    """Return the answers of a publisher whose list is made by a script of another host; hostile to the address `trap`.

    With `shell` one of its calls is an empty page that a script fills, too.
    """
    rows = [{"url": f"/stod/{n}", "title": f"Stöd {n}"} for n in range(1, calls + 1)]
    script = LIST_SCRIPT.replace("HOSTILE", HOSTILE.replace("TRAP", trap) if trap else "")
    article = f"<main><h1>Stöd till lekplatser</h1><p>{TEXT}</p></main>"
    made = f"<div></div><script>document.body.innerHTML = `{article}`</script>"
    pages = {
        "a.example.se/lista": (SHELL.format("<script src='http://cdn.example.se/app.js'></script>"), HTML),
        "cdn.example.se/app.js": (script, "text/javascript"),
        "a.example.se/api/stod": (json.dumps(rows), "application/json"),
        "a.example.se/stod/1": (PAGE.format(article), HTML),
        "a.example.se/stod/3": (PAGE.format(article), HTML),
        "a.example.se/stod/2": (PAGE.format(made if shell else article), HTML),
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


def shells():
    """Return the answers of a site whose every page is a shell: its menu, its list and its calls are made by scripts."""
    article = f"<main><h1>Stöd till badplatser N</h1><p>{TEXT.replace('lekplatser', 'badplatser')}</p></main>"
    made = {
        "/": "<nav><a href='/utlysningar/'>Utlysningar att söka</a></nav><main><h1>Portalen</h1></main>",
        "/utlysningar/": "<main><h1>Utlysningar</h1>"
        + "".join(f"<p><a href='/utlysningar/stod-{n}'>Stöd {n}</a></p>" for n in (1, 2, 3))
        + "</main>",
        **{f"/utlysningar/stod-{n}": article.replace("N", str(n)) for n in (1, 2, 3)},
    }
    shell = PAGE.format("<div id='root'></div><script>document.querySelector('#root').innerHTML += `{}`</script>")

    def respond(asked):
        if asked.path == "/robots.txt":
            return Answer(ROBOTS)
        return Answer(shell.replace("{}", made.get(asked.path, "")).encode(), headers={"Content-Type": HTML})

    return respond


def search(settings, answer, *addresses):
    """Search sites one after the other, as `sources find` does; write the answers as JSON."""
    use_the_proxy()
    from monitor.jobs.find_sources import SiteSearch
    from monitor.jobs.reading_process import ReadingProcess

    readings = ReadingProcess(load_config(settings), datetime(2026, 5, 20, 8, tzinfo=UTC))
    searches = [SiteSearch(readings, address, 120.0) for address in addresses]
    for one in searches:
        one.begin()
    readings.run()
    answer.write_text(json.dumps([one.outcome() for one in searches]), "utf-8")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Return what `sources find` answers about the list and about the site of shells, and the requests that the proxy got."""
    place = Installation(tmp_path_factory.mktemp("found"))
    lists, site = publisher(calls=3, shell=False), shells()

    def respond(asked):
        return (site if asked.headers["Host"] == "b.example.se" else lists)(asked)

    with serve(respond) as proxy:
        place.configure(f"[network]\ndelay = 0\nretries = 0\ntimeout = 20\nproxy = '{proxy.url}'\nbrowser = '{CHROMIUM}'\n")
        answer = place.folder / "answer.json"
        run_function(search, place.folder / "monitor.toml", answer, "http://a.example.se/lista", "http://b.example.se/")
    return json.loads(answer.read_text("utf-8")), proxy.asked


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

    def test_find_reads_a_list_that_a_script_makes_with_the_browser_and_says_so(self, found):
        (answer, _), asked = found
        assert answer["browser"]
        first = answer["rows"][0]
        assert (first["row"]["url"], first["row"]["browser"]) == ("http://a.example.se/lista", True)
        assert first["way"] == "sidan, läst med installationens webbläsare"
        assert [item["title"] for item in first["check"]["items"]] == ["Stöd till lekplatser"] * 3
        assert Source.model_validate(first["row"]).browser
        paths = [f"{one.headers['Host']}{one.path}" for one in asked]
        assert (paths.count("a.example.se/lista"), paths.count("a.example.se/api/stod")) == (1, 1), "its scripts ran once"

    def test_find_follows_the_links_that_scripts_make_on_the_first_page_of_a_site(self, found):
        (_, answer), _ = found
        first = answer["rows"][0]
        assert (first["row"]["url"], first["row"].get("browser")) == ("http://b.example.se/utlysningar/", True)
        assert (first["sure"], first["items"], first["ahead"]) == (True, 3, 3), first["doubts"]

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


SCRIPTED = [Problem(ProblemKind.SCRIPTED, "Listan fylls av skript i webbläsaren.")]


def scripted(**more):
    return Source(**{"id": "skriptad", "kind": "page", "name": "S", "url": "http://a.example.se/lista", **more})


@pytest.mark.parametrize(
    ("source", "can_browse", "words", "change"),
    [
        (scripted(), True, "Pröva browser = true", {"browser": "true"}),
        (scripted(), False, "Be it-avdelningen om en: docs/drift.md, Webbläsare.", {}),
        (scripted(browser=True), True, "fast sidan lästes med webbläsare", {}),
        (scripted(browser=True), False, "monitor doctor", {}),
        (scripted(kind="feed"), True, "Leta annars efter ett flöde", {}),
    ],
)
def test_the_advice_on_a_list_made_by_scripts_is_what_the_installation_allows(source, can_browse, words, change):
    first = find_remedies(source, SourceReading(), SCRIPTED, [], NOW, can_browse=can_browse)[0]
    assert words in first.text
    assert first.change == change
    told = judge_check(source, SourceReading(), SCRIPTED, [], NOW, can_browse=can_browse).todo
    assert ("(monitor sources check skriptad --set browser=true)" in told) == bool(change)


def test_a_row_of_the_same_list_with_the_browser_is_told_as_such():
    check = judge_check(scripted(), SourceReading(), SCRIPTED, [], NOW)
    row = {"kind": "page", "url": "http://a.example.se/lista", "links": "/stod/[^/]+", "browser": True}
    told = describe_todo(CheckedSource(scripted(), check, found={"row": row, "sure": True}))
    assert told == (
        "Listan byggs av skript, men kan läsas med installationens webbläsare. Pröva: monitor sources check skriptad"
        " --set kind='page' --set url='http://a.example.se/lista' --set links='/stod/[^/]+' --set browser=true"
    )
    assert not is_same_row(row, scripted(links=row["links"]))
    assert is_same_row(row, scripted(links=row["links"], browser=True))


def test_what_keeps_an_installation_from_reading_with_a_browser_is_said(tmp_path, monkeypatch):
    browser = tmp_path / "chromium"
    assert "network.browser" in find_obstacle("")
    assert find_obstacle(str(browser)) == f"Det finns ingen webbläsare på {browser}."
    browser.touch(0o755)
    assert find_obstacle(str(browser)) == ""
    monkeypatch.setattr("monitor.collect.installed_browser.find_spec", lambda name: None)
    assert "Playwright är inte installerat" in find_obstacle(str(browser))


def test_the_command_shows_how_to_try_the_advice():
    first = find_remedies(scripted(), SourceReading(), SCRIPTED, [], NOW, can_browse=True)[0]
    told = {
        "id": "skriptad",
        "name": "S",
        "url": "",
        "problems": [],
        "items": [],
        "left_out": [],
        "skipped": [],
        "quality": {"items": 0},
    }
    lines = _check_lines({**told, "advice": [first.text], "remedies": [{"text": first.text, "change": dict(first.change)}]})
    assert lines[2:4] == [f"Att göra: {first.text}", "  Pröva: monitor sources check skriptad --set browser=true"]
