"""Posts are limited for everybody on every address, and a session that ended loses nothing that was typed."""

import re

import pytest

from monitor.translate.etranslation import CALLBACK_PATH
from monitor.web.framework.auth import COOKIE
from monitor.web.framework.post_limit import PERIOD_SECONDS, PostLimit
from tests.web.conftest import everything, page_of, token
from tests.web.sample import PASSWORD
from tests.web.test_every_post import POSTS, address_of


def test_a_visitor_is_refused_at_the_limit_until_the_period_is_over_and_others_are_not():
    now = [0.0]
    limit = PostLimit(coordinator=3, visitor=2, clock=lambda: now[0])
    assert [limit.admit("192.0.2.1", coordinator=False) for _ in range(3)] == [True, True, False]
    assert limit.admit("192.0.2.2", coordinator=False)
    assert [limit.admit("192.0.2.1", coordinator=True) for _ in range(4)] == [True, True, True, False]
    now[0] = PERIOD_SECONDS
    assert limit.admit("192.0.2.1", coordinator=False)


def posted(browser, route, csrf):
    """Post a form; to the address where a translation engine answers, JSON."""
    if route.pattern.startswith(f"^{CALLBACK_PATH}"):
        return browser.request("POST", address_of(route), json={})
    return browser.post(address_of(route), {"csrftoken": csrf})


@pytest.mark.parametrize("logged_in", [True, False])
def test_every_post_is_limited(browser, site, logged_in):
    if logged_in:
        browser.log_in()
    own = token(browser.get("/om" if logged_in else "/logga-in").text)
    before = everything(site)
    site.posts = PostLimit(coordinator=0, visitor=0)
    answers = {route.pattern: posted(browser, route, own).status_code for route in POSTS}
    assert {pattern: status for pattern, status in answers.items() if status != 429} == {}
    assert len(answers) > 30
    assert everything(site) == before


def test_a_session_that_ended_during_a_correction_loses_no_text(coordinator, site):
    path = page_of(site, "portal", "portal-000")
    page = coordinator.get(path).text
    before = everything(site)
    body = {"title": "Rubrik som ska bli kvar", "summary": "Rad ett\nrad två", "csrftoken": token(page), "losen": "hemligt"}
    del coordinator.cookies[COOKIE]
    asked = coordinator.post(f"{path}/ratta", body)
    assert asked.status_code == 403
    assert everything(site) == before
    fields = dict(re.findall(r'<textarea name="(kvar\.[^"]+)"[^>]*>\n([^<]*)</textarea>', asked.text))
    assert fields == {"kvar.title": "Rubrik som ska bli kvar", "kvar.summary": "Rad ett\nrad två"}
    assert "hemligt" not in asked.text
    login = {**fields, "till": re.search(r'name="till" value="([^"]+)"', asked.text)[1], "csrftoken": token(asked.text)}
    wrong = coordinator.post("/logga-in", {**login, "losen": "fel"})
    assert "rad två" in wrong.text
    resumed = coordinator.post("/logga-in", {**login, "losen": PASSWORD})
    assert resumed.status_code == 200
    assert f'action="{path}/ratta"' in resumed.text
    again = dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\n([^<]*)</textarea>', resumed.text))
    saved = coordinator.post(f"{path}/ratta", {**again, "csrftoken": token(resumed.text)})
    assert saved.status_code == 303
    assert "Rubrik som ska bli kvar" in coordinator.get(path).text


def test_no_other_site_puts_text_into_the_login_page(coordinator, site):
    path = page_of(site, "portal", "portal-000")
    del coordinator.cookies[COOKIE]
    refused = coordinator.post(f"{path}/ratta", {"title": "Inplanterat", "csrftoken": "forged"})
    assert refused.status_code == 403
    assert "Inplanterat" not in refused.text
