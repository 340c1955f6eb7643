"""The golden mails in a real browser: accessible, and nothing beside the edge, wide and narrow, light and dark."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from monitor.calls import Budget
from monitor.digest.answers import Signer
from monitor.digest.choose import choose
from monitor.digest.layout import Occasion
from monitor.digest.model import Choice
from monitor.digest.render import render_mail
from monitor.digest.sample import AUDIENCE, NOW
from monitor.vocabulary import MailKind, Status
from tests.digest.many_calls import TEMPLATES, candidate, mail_of, week_of
from tests.web.chromium import ARGUMENTS, CHROMIUM, violations

GOLDEN = Path(__file__).parent.parent / "mails"
VIEWS = ((700, "light"), (390, "light"), (700, "dark"))

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium is installed")]


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def window(chromium):
    """Return one page for all mails: a context made anew costs as much processor time as a mail."""
    page = chromium.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.html")), ids=lambda file: file.stem)
def test_accessible_and_in_view(window, file):
    asked = []

    def note(request):
        asked.append(request.url)

    window.on("request", note)
    window.goto(file.as_uri())
    for number, (width, scheme) in enumerate(VIEWS):
        window.set_viewport_size({"width": width, "height": 900})
        window.emulate_media(color_scheme=scheme)
        assert violations(window, again=number > 0) == [], (width, scheme)
        assert window.evaluate("document.documentElement.scrollWidth") <= width, (width, scheme)
        background = window.evaluate("getComputedStyle(document.querySelector('.page')).backgroundColor")
        assert background == ("rgb(20, 25, 31)" if scheme == "dark" else "rgb(243, 245, 247)")
    assert asked == [file.as_uri()], "nothing is fetched from anywhere"
    window.remove_listener("request", note)


PHONE = {"width": 390, "height": 844}


def _bottom(page, selector):
    """Return how far down the last of these elements ends, in pixels."""
    return page.evaluate(
        "selector => Math.max(...[...document.querySelectorAll(selector)].map(one => one.getBoundingClientRect().bottom))",
        selector,
    )


def test_eight_calls_are_overseen_on_the_first_screen(window):
    window.set_viewport_size(PHONE)
    window.set_content(week_of(8).html)
    assert window.locator(".overview li").count() == 8
    assert _bottom(window, ".overview") <= PHONE["height"]


def test_eight_calls_of_a_first_mail_are_overseen_on_the_first_screen(window):
    calls = [candidate(number) for number in range(8)]
    later = candidate(1, call_id="later", opens=(NOW + timedelta(days=9)).date(), stated_status=Status.FORTHCOMING)
    selection = choose((*calls, later), first=True, previous=None, choice=Choice(), now=NOW)
    assert selection.kind is MailKind.WELCOME
    assert selection.rest
    occasion = Occasion(digest="2026-W23-kultur-fritid", week="2026-W23", now=NOW)
    mail = render_mail(TEMPLATES, selection, AUDIENCE, occasion, Signer(b"calls" * 8)).renderings[0]
    window.set_viewport_size(PHONE)
    window.set_content(mail.html)
    assert window.locator(".overview li").count() == 8
    assert _bottom(window, ".overview") <= PHONE["height"]


def test_a_long_fact_of_the_overview_breaks_within_the_screen(window):
    amounts = Budget(project_min=123_456_789, project_max=987_654_321, currency="DKK")
    window.set_viewport_size({"width": 320, "height": 700})
    window.set_content(mail_of(candidate(0, budget=amounts), candidate(1))[1].renderings[0].html)
    assert window.evaluate("document.documentElement.scrollWidth") <= 320


def test_seven_calls_with_their_cards_are_four_screens(window):
    window.set_viewport_size(PHONE)
    window.set_content(week_of(7).html)
    assert window.locator("table.card h3").count() == 7
    assert _bottom(window, "table.card") <= 4 * PHONE["height"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_busy_week_is_accessible_and_its_overview_leads_to_the_cards(window, scheme):
    window.set_viewport_size(PHONE)
    window.emulate_media(color_scheme=scheme)
    window.set_content(week_of(12).html)
    assert violations(window) == []
    assert window.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    missing = "[...document.querySelectorAll('.overview a')].filter(one => !document.querySelector(one.hash)).length"
    assert window.evaluate(missing) == 0
