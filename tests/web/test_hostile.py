"""Hostile publishers, mail scanners and visitors: the right page and status, no script run, no change stored."""

import asyncio
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from monitor.archive import open_archive
from monitor.archive.calls import load_call
from monitor.archive.left_out import LeftOutItem, store_left_out, take_back
from monitor.digest.answers import AnswerLink, LeaveLink, Signer
from monitor.web.framework.addresses import long_call_path, safe_url
from monitor.web.framework.auth import LoginThrottle, Sessions
from tests.web.conftest import BASE, Browser, everything, page_of
from tests.web.sample import NOW

HOSTILE_QUERIES = (
    '"',
    "*",
    "AND",
    "OR NOT",
    "NEAR(",
    "NEAR(bibliotek kultur, 2)",
    "title:bibliotek",
    "före:",
    "före:i morgon",
    "program:",
    "-",
    "--",
    "smart-city",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "å" * 400,
    "😀 \u202e abc",
    "%00",
    "\x00",
    "(" * 200,
    "^bibliotek",
    "{a b}",
    "bibliotek* OR",
    "a" * 3000,
)


class Page(HTMLParser):
    """Parser for the addresses and the scripts of a page."""

    def __init__(self, html):
        super().__init__()
        self.addresses, self.scripts, self.handlers, self.data = [], [], [], []
        self._in_data = False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.addresses += [values[name] for name in ("href", "src", "action", "formaction") if values.get(name)]
        self.handlers += [name for name in values if name.startswith("on")]
        # A block of data, which no browser runs: https://html.spec.whatwg.org/multipage/scripting.html#data-block
        self._in_data = tag == "script" and values == {"type": "application/ld+json"}
        if tag == "script" and not self._in_data:
            self.scripts.append(values.get("src"))

    def handle_data(self, data):
        if self._in_data:
            self.data.append(json.loads(data))
            self._in_data = False


@pytest.mark.parametrize(
    "path",
    ["/utlysning/portal/hostile", "/forvaltning/kultur-fritid", "/sok?q=kulturarv", "/utskick/2026-W20-kultur-fritid", "/"],
)
def test_what_a_publisher_writes_is_text_and_nothing_else(browser, path):
    html = browser.get(path).text
    page = Page(html)
    assert page.scripts == []
    assert len(page.data) == path.startswith("/utlysning/")
    assert page.handlers == []
    assert not [
        address for address in page.addresses if address.strip().lower().startswith(("javascript:", "data:", "vbscript:"))
    ]
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_a_hostile_title_is_shown_as_it_was_written(browser):
    html = browser.get("/utlysning/portal/hostile").text
    assert "&lt;script&gt;alert(&#34;bibliotek&#34;)&lt;/script&gt;" in html
    assert "\u202e" not in html.partition("<h1")[2].partition("</h1>")[0]
    assert 'class="button main"' not in html


@pytest.mark.parametrize("query", HOSTILE_QUERIES)
def test_nothing_that_is_typed_is_an_error(browser, query):
    answer = browser.get("/sok", params={"q": query})
    assert answer.status_code == 200
    assert "<h1" in answer.text


@pytest.mark.parametrize(
    "values",
    [
        {"sida": "-1"},
        {"sida": "9" * 50},
        {"sida": "x"},
        {"sort": "'"},
        {"typ": "x" * 99},
        {"manad": "2026-99"},
        {"mal": "<b>"},
        {"status": "\x00"},
    ],
)
def test_choices_that_make_no_sense_are_left_out(browser, values):
    assert browser.get("/sok", params=values).status_code == 200


def test_a_query_of_a_megabyte_is_refused(browser):
    status, body = browser.raw("/sok", b"q=" + b"a" * 1_000_000)
    assert status == 414
    assert "Frågan är för lång" in body
    assert browser.raw("/" + "a" * 100_000)[0] == 414


@pytest.mark.parametrize(
    "path",
    [
        "/statik/../pages.py",
        "/statik/..%2fpages.py",
        "/statik/%2e%2e/%2e%2e/site.py",
        "/../../etc/passwd",
        "/utlysning/..%2f..%2f/x",
        "/utlysning/portal/%00",
        "/utlysning/portal/%ff%fe",
        "/~61rchive/calls",
        "/%61rchive/calls",
        "//archive/calls",
        "/regler/..%2fdepartments",
        "/original/../1",
        "/utskick/%27",
        "/kalender/a/b.ics",
        "/forvaltning/finns-inte",
        "/hitta?vad=finns-inte-alls",
    ],
)
def test_paths_that_lead_nowhere_say_so(browser, path):
    answer = browser.get(path)
    assert answer.status_code in (302, 400, 403, 404)
    assert "root:" not in answer.text
    assert "from __future__" not in answer.text
    assert "Traceback" not in answer.text


def test_logging_in_leads_on_to_no_other_site(browser):
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        html = browser.get("/logga-in", params={"till": target}).text
        assert 'name="till" value="/samordna"' in html


def test_a_post_without_its_token_does_nothing(coordinator, site):
    before = everything(site)
    signer = Signer(site.secret)
    answer = signer.answer_token(
        AnswerLink(department="kultur-fritid", source="norden", call_id="norden-001", digest=""), NOW.date()
    )
    for path in (
        "/samordna/rad",
        "/samordna/lagg-till",
        "/samordna/mejl/kultur-fritid/andra",
        "/kom-igang/losenord",
        "/kom-igang/kommun",
        "/samordna/svar/1",
        "/utlysning/norden/norden-001/ratta",
        "/utlysning/norden/norden-001/styr",
        "/regler/kultur/spara",
        f"/svar/{answer}",
        "/logga-ut",
    ):
        values = {
            "forvaltning": "kultur-fritid",
            "val": "hold",
            "title": "x",
            "svar": "intressant",
            "rad": "x",
            "text": "x",
        }
        for body in (values, {**values, "csrftoken": "forged"}):
            refused = coordinator.request("POST", path, data=body)
            assert refused.status_code == 403, path
            assert "Det får du inte göra härifrån" in refused.text
        assert coordinator.request("GET", path).status_code in (200, 302, 405), path
    assert everything(site) == before
    assert coordinator.get("/samordna/utkorg").status_code == 200, "still logged in"


def test_a_post_without_any_cookie_does_nothing_either(browser, site):
    before = everything(site)
    token = Signer(site.secret).answer_token(
        AnswerLink(department="kultur-fritid", source="norden", call_id="norden-001", digest=""), NOW.date()
    )
    assert browser.request("POST", f"/svar/{token}", data={"svar": "intressant"}).status_code == 403
    assert browser.request("POST", "/logga-in", data={"losen": "x"}).status_code == 403
    assert everything(site) == before


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"content-type": "application/json"}, b"{}", 415),
        ({"content-type": "multipart/form-data"}, b"", 415),
        ({"content-type": "application/x-www-form-urlencoded"}, b"a" * 400_000, 413),
        ({"content-type": "application/x-www-form-urlencoded"}, b"\xff\xfe=\xff", 400),
    ],
)
def test_forms_that_are_none_are_refused(coordinator, headers, content, status):
    assert coordinator.request("POST", "/samordna/rad", headers=headers, content=content).status_code == status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(browser, method):
    assert browser.request(method, "/").status_code == 405


def test_forged_broken_and_old_links_answer_for_nobody(browser, site):
    before = everything(site)
    signer, other = Signer(site.secret), Signer(b"another secret of thirty-two bytes!!")
    link = AnswerLink(department="kultur-fritid", source="norden", call_id="norden-001", digest="")
    good = signer.answer_token(link, NOW.date())
    tokens = [
        other.answer_token(link, NOW.date()),
        good[:-9] + ("a" if good[-9] != "a" else "b") + good[-8:],
        good + "x",
        "x",
        "WyJhIl0.x",
        signer.answer_token(link, NOW.date().replace(year=2024)),
        signer.leave_token(LeaveLink(department="kultur-fritid", recipient="kultur-fritid@example.se")),
        signer.answer_token(AnswerLink(department="okänd", source="norden", call_id="norden-001", digest=""), NOW.date()),
    ]
    for token in tokens:
        assert browser.get(f"/svar/{token}").status_code == 410, token
        assert browser.post(f"/svar/{token}", {"svar": "intressant"}, page=f"/svar/{good}").status_code == 410
    for token in ("x", good, other.leave_token(LeaveLink(department="kultur-fritid", recipient="a@example.se"))):
        assert browser.get(f"/avsluta/{token}").status_code == 410
        assert browser.request("POST", f"/avsluta/{token}", data={"List-Unsubscribe": "One-Click"}).status_code == 410
    assert everything(site) == before


@pytest.fixture
def waited(site):
    """Return a list that collects the seconds that login attempts would wait; nobody waits."""
    seconds = []

    async def sleep(length):
        seconds.append(length)

    site.sessions.throttle = LoginThrottle(sleep)
    return seconds


def test_wrong_passwords_make_the_next_try_slower_and_never_refuse_the_right_one(browser, waited):
    for _ in range(12):
        assert browser.log_in("fel").status_code == 403
    assert waited == [1, 2, 4, 8, 8, 8, 8]
    assert browser.log_in().status_code == 303
    waited.clear()
    browser.cookies.clear()
    assert browser.log_in("fel").status_code == 403
    assert waited == []


def test_a_browser_that_has_logged_in_before_never_waits_for_the_guesses_of_others(site, browser, waited):
    assert browser.log_in().status_code == 303
    browser.post("/logga-ut", page="/samordna")
    stranger = Browser(site)
    for _ in range(12):
        stranger.log_in("fel")
    waited.clear()
    assert browser.log_in().status_code == 303
    assert waited == []
    stranger.close()


def test_tries_at_the_same_time_wait_for_each_other_and_are_bounded():
    async def attack():
        done = asyncio.Event()

        async def sleep(length):
            await done.wait()

        throttle = LoginThrottle(sleep)
        for _ in range(9):
            throttle.record_failure("address 10.0.0.1")
        tries = [asyncio.ensure_future(throttle.wait("address 10.0.0.1")) for _ in range(50)]
        await asyncio.sleep(0)
        assert await throttle.wait("address 10.0.0.2")
        done.set()
        return await asyncio.gather(*tries)

    assert asyncio.run(attack()).count(True) == 4


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "address"),
    [
        ((), "127.0.0.1", "10.1.1.1", "127.0.0.1"),
        (("127.0.0.1",), "127.0.0.1", "10.1.1.1", "10.1.1.1"),
        (("127.0.0.1",), "127.0.0.1", "6.6.6.6, 10.1.1.1", "10.1.1.1"),
        (("127.0.0.1", "10.0.0.2"), "127.0.0.1", "6.6.6.6, 10.1.1.1, 10.0.0.2", "10.1.1.1"),
        (("127.0.0.1",), "10.9.9.9", "10.1.1.1", "10.9.9.9"),
        (("127.0.0.1",), "127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_only_a_named_proxy_says_who_asks(site, proxies, peer, forwarded, address):
    web = site.config.web.model_copy(update={"proxies": proxies})
    sessions = Sessions(site.config.data_dir, site.secret, web)
    assert sessions.client_address(peer, {"x-forwarded-for": forwarded} if forwarded else {}) == address


def test_a_session_ends_at_log_out_and_a_copy_of_its_cookie_with_it(coordinator):
    copied = coordinator.cookies["samordnare"]
    assert coordinator.get("/samordna").status_code == 200
    coordinator.post("/logga-ut", page="/samordna")
    coordinator.cookies.set("samordnare", copied)
    assert coordinator.get("/samordna").status_code == 302


def test_a_call_with_a_long_address_has_a_page_and_answer_links(browser, site):
    call_id = "https://exempel.se/" + "å" * 900
    with open_archive(site.config.archive) as archive:
        call = replace(load_call(archive.db, "norden", "norden-001"), call_id=call_id, url=call_id)
        store_left_out(archive.db, "norden", {}, {call_id: LeftOutItem("prov", call)}, NOW)
        take_back(archive.db, "norden", call_id, NOW)
    assert browser.get(long_call_path("norden", call_id)).status_code == 200
    assert browser.get(page_of(site, "norden", call_id)).status_code == 200
    link = AnswerLink(department="kultur-fritid", source="norden", call_id=call_id, digest="2026-W20-kultur-fritid")
    assert browser.get(f"/svar/{Signer(site.secret).answer_token(link, NOW.date())}").status_code == 200


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "http://user:pw@example.se/", "https://user@example.se/", "//example.se", "http://[::1", "ftp://a/"],
)
def test_an_address_that_is_no_plain_web_address_is_never_a_link(url):
    assert safe_url(url) == ""


def test_a_cookie_that_we_did_not_sign_is_nobody(browser):
    browser.cookies.set("samordnare", "WyJzYW1vcmRuYXJlbiIsImFiYyJd.aaaa.bbbb")
    browser.cookies.set("ds_actor", "forged")
    assert browser.get("/samordna").status_code == 302
    assert browser.get("/archive").status_code == 403


def test_the_session_is_for_http_alone_and_for_this_site(browser):
    answer = browser.log_in()
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("samordnare="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    page = browser.get("/om")
    assert page.headers["cache-control"] == "private, no-store"


def test_logging_out_ends_the_session_only_by_post(coordinator):
    assert coordinator.get("/logga-ut").status_code == 405
    assert coordinator.get("/samordna/utkorg").status_code == 200
    assert coordinator.post("/logga-ut", page="/samordna/utkorg").status_code == 303
    assert coordinator.get("/samordna/utkorg").status_code == 302


def mail_links(site):
    """Return every address of ours in every stored mail, as a recipient gets it."""
    signer = Signer(site.secret)
    with open_archive(site.config.archive) as archive:
        mails = archive.db.execute(
            "SELECT r.html || r.text, d.department FROM renderings r JOIN digests d ON d.id = r.digest"
        ).fetchall()
    found = set()
    for html, department in mails:
        leave = signer.leave_token(LeaveLink(department=department, recipient=f"{department}@example.se"))
        for address in re.findall(
            r"http://127\.0\.0\.1:8001/[^\"\s<>]*", html.replace("RECIPIENT-TOKEN", leave).replace("&amp;", "&")
        ):
            found.add(address.rstrip(".,)"))
    return sorted(found)


def test_every_link_of_every_mail_opened_a_hundred_times_changes_no_row(browser, site):
    links = [link.removeprefix(BASE) or "/" for link in mail_links(site)]
    kinds = {link.split("/")[1].split("?")[0] for link in links}
    assert {"s", "avsluta", "u", "kallor", "utskick"} <= kinds
    before = everything(site)
    for link in links:
        answer = browser.get(link)
        if link.startswith("/s/"):
            assert answer.status_code == 303, link
            answer = browser.get(answer.headers["location"])
        assert answer.status_code == 200, link
    for kind in sorted(kinds):
        link = next(link for link in links if link.split("/")[1].split("?")[0] == kind)
        for _ in range(100):
            browser.get(link)
        browser.request("HEAD", link)
    assert everything(site) == before
