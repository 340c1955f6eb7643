"""The documentation as a site under /hjalp: built without a dead link, complete, without anything from outside."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from playwright.sync_api import sync_playwright

from monitor.web.framework.app import make_app
from monitor.web.views import handbook
from tests.web.chromium import ARGUMENTS, CHROMIUM, served, violations

ROOT = Path(__file__).resolve().parent.parent.parent


class Parts(HTMLParser):
    """Parser for the addresses that a page links to, those that it loads, and its ids."""

    def __init__(self, html):
        super().__init__()
        self.links, self.loaded, self.ids, self.scripts = [], [], set(), 0
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        elif values.get("href") or values.get("src"):
            self.loaded.append(values.get("href") or values["src"])
        if values.get("id"):
            self.ids.add(values["id"])
        self.scripts += tag == "script"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("help")
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True))
    return folder


@pytest.fixture(scope="module")
def pages(built):
    return {path.name: Parts(path.read_text("utf-8")) for path in built.glob("*.html")}


def test_every_document_is_a_page_and_in_the_menu(pages):
    documents = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"README"}
    assert set(pages) == {f"{name}.html" for name in documents | {"index"}}
    for parts in pages.values():
        assert set(pages) <= {urlsplit(link).path.removeprefix("./") for link in parts.links} | {"index.html"}


def test_links_of_pages_to_a_place_in_the_handbook_lead_there(pages):
    texts = [path.read_text("utf-8") for path in (ROOT / "monitor" / "web" / "templates").glob("*.html")]
    places = {found for text in texts for found in re.findall(r'href="/hjalp/([\w.-]+)#([\w-]+)"', text)}
    assert places
    assert {place for place in places if place[1] not in pages[place[0]].ids} == set()


def test_nothing_comes_from_outside_and_nothing_is_a_script(pages, built):
    for name, parts in pages.items():
        assert parts.scripts == 0, name
        assert [address for address in parts.loaded if urlsplit(address).scheme or address.startswith("//")] == [], name
    css = (built / "site.css").read_text("utf-8")
    assert not re.search(r"@import|url\(", css)


def test_every_link_within_the_site_leads_somewhere(pages, built):
    dead = []
    for name, parts in pages.items():
        for address in (*parts.links, *parts.loaded):
            split = urlsplit(address)
            if split.scheme:
                continue
            target = unquote(split.path) or name
            missing = not (built / target).is_file()
            if missing or (split.fragment and target in pages and unquote(split.fragment) not in pages[target].ids):
                dead.append(f"{name}: {address}")
    assert dead == []


def test_a_dead_link_stops_the_build(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "README.md").write_text("# Ett\n\n[två](finns-inte.md)\n", "utf-8")
    config = load_config(
        str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path / "ut"), docs_dir=str(tmp_path / "docs"), nav=None, strict=True
    )
    with pytest.raises(SystemExit):
        build(config)


def test_the_site_is_served_with_its_pictures_and_style(browser, built, monkeypatch):
    monkeypatch.setattr(handbook, "HELP", built)
    for address in ("/hjalp", "/hjalp/"):
        first = browser.get(address)
        assert (first.status_code, first.headers["location"]) == (302, "/hjalp/koordinator.html")
    page = browser.get("/hjalp/drift.html")
    assert page.status_code == 200
    assert '<html lang="sv">' in page.text
    assert "Säkerhetskopior" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert browser.get("/hjalp/site.css").headers["content-type"].startswith("text/css")
    assert browser.get("/hjalp/mejl.png").content.startswith(b"\x89PNG")
    assert browser.get("/hjalp/json.html").text.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert 'href="/hjalp"' in browser.get("/").text


@pytest.mark.parametrize(
    "path",
    [
        "/hjalp/finns-inte.html",
        "/hjalp/sitemap.xml",
        "/hjalp/../../app.py",
        "/hjalp/%2e%2e/static/lab.js",
        "/hjalp/..%2f..%2fx.html",
    ],
)
def test_no_other_file_is_handed_out(browser, built, monkeypatch, path):
    monkeypatch.setattr(handbook, "HELP", built)
    (built.parent / "x.html").write_text("utanför", "utf-8")
    status, body = browser.raw(path)
    assert status in (400, 404)
    assert "utanför" not in body


def test_without_the_site_the_page_says_how_to_build_it(browser, tmp_path, monkeypatch):
    monkeypatch.setattr(handbook, "HELP", tmp_path)
    answer = browser.get("/hjalp")
    assert answer.status_code == 404
    assert "make docs" in answer.text
    assert re.search(r"^docs: .*\n\t\$\(BIN\)/mkdocs build --strict", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert browser.get("/hjalp/drift.html").status_code == 404


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.is_file(), reason="Chromium is not installed (/usr/bin/chromium)")
def test_the_site_reads_on_a_phone_and_for_everybody(site, built, monkeypatch):
    monkeypatch.setattr(handbook, "HELP", built)
    with served(make_app(site)) as base, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = chromium.new_page(viewport={"width": 390, "height": 844})
        troubles = []
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        for name in ("koordinator", "drift", "json"):
            page.goto(f"{base}/hjalp/{name}.html")
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.emulate_media(color_scheme="dark")
        assert violations(page, again=True) == []
        assert troubles == []
        chromium.close()
