"""Log-in with the municipality's accounts against a provider that is not ours: oidc-provider-mock, over real HTTP."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from monitor.settings import Oidc
from monitor.web.framework.oidc import ACCOUNT_COOKIE, COORDINATOR, READER, Account, Accounts, Provider, role_of
from tests.web.conftest import Browser, everything, page_of, token

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
ROLES = {"anna": ["EU-samordnare"], "bo": ["EU-lasare"], "cia": ["Vaktmästare"]}


@pytest.fixture(scope="module")
def issuer():
    mock = pytest.importorskip("oidc_provider_mock", reason="oidc-provider-mock, the provider, is not installed")
    users = [mock.User(sub=name, claims={"name": f"{name.title()} Andersson", "roles": roles}) for name, roles in ROLES.items()]
    with mock.run_server_in_thread(user_claims=users, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def configured(site, issuer, monkeypatch):
    """Return a maker of a browser on the sample with the provider; arguments are further settings of the log-in."""
    monkeypatch.setenv("MONITOR_OIDC_SECRET", "hemlig")
    browsers = []

    def make(**more):
        oidc = Oidc(issuer=issuer, client_id="eu-arkivet", coordinator=("EU-samordnare",), reader=("EU-lasare",), **more)
        site.config = site.config.model_copy(update={"oidc": oidc})
        site.provider = Provider(site.config, site.secret)
        browsers.append(Browser(site))
        return browsers[-1]

    yield make
    for browser in browsers:
        browser.close()


def answer_of(browser, user, onward="/samordna"):
    """Log in at the provider as a person would, and return the address to which it sends the browser back."""
    begun = browser.get("/logga-in/konto", params={"till": onward})
    assert begun.status_code == 303, begun.text
    query = parse_qs(urlsplit(begun.headers["location"]).query)
    assert {"state", "nonce", "code_challenge"} <= query.keys()
    assert query["code_challenge_method"] == ["S256"]
    back = httpx.post(begun.headers["location"], data={"sub": user})
    assert back.status_code == 302, back.text
    address = back.headers["location"]
    assert address.startswith("http://127.0.0.1:8001/logga-in/svar?")
    return address.removeprefix("http://127.0.0.1:8001")


def log_in(browser, user, onward="/samordna"):
    return browser.get(answer_of(browser, user, onward))


def test_a_coordinator_logs_in_and_out(configured):
    browser = configured()
    assert "/logga-in/konto" in browser.get("/logga-in").text
    answer = log_in(browser, "anna")
    assert (answer.status_code, answer.headers["location"]) == (303, "/samordna")
    desk = browser.get("/samordna")
    assert desk.status_code == 200
    assert "Anna Andersson" in desk.text
    copied = browser.cookies[ACCOUNT_COOKIE]
    assert browser.post("/logga-ut", page="/samordna").status_code == 303
    browser.cookies.set(ACCOUNT_COOKIE, copied)
    assert browser.get("/samordna").status_code == 302


def test_a_session_of_an_account_that_ended_loses_no_text(configured, site):
    """The fields stay in the browser: the log-in is in a new tab, and the form is sent again from the page that kept them."""
    browser = configured()
    log_in(browser, "anna")
    path = page_of(site, "portal", "portal-000")
    own, before = token(browser.get(path).text), everything(site)
    del browser.cookies[ACCOUNT_COOKIE]
    asked = browser.post(f"{path}/ratta", {"title": "Rubrik som ska bli kvar", "summary": "Rad ett\nrad två", "csrftoken": own})
    assert asked.status_code == 403
    assert "hemlig" not in asked.text
    form = re.search(rf'<form method="post" action="{path}/ratta">.*?</form>', asked.text, re.DOTALL)[0]
    fields = dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\n([^<]*)</textarea>', form))
    assert fields == {"title": "Rubrik som ska bli kvar", "summary": "Rad ett\nrad två"}
    # Sent too early, it is asked for again with all of its text.
    early = browser.post(f"{path}/ratta", {**fields, "csrftoken": token(form)})
    assert (early.status_code, "rad två" in early.text) == (403, True)
    assert everything(site) == before
    beside = re.search(r'href="(/logga-in/konto[^"]*)" target="_blank"', early.text)[1]
    done = log_in(browser, "anna", parse_qs(urlsplit(beside).query)["till"][0])
    assert "står det du skrev kvar" in browser.get(done.headers["location"]).text
    assert browser.post(f"{path}/ratta", {**fields, "csrftoken": token(form)}).status_code == 303
    assert "Rubrik som ska bli kvar" in browser.get(path).text


def test_the_page_after_the_log_in_beside_a_form_is_for_those_who_are_in(configured):
    assert configured().get("/logga-in/klar").headers["location"] == "/logga-in"


def test_a_reader_reads_and_steers_nothing(configured):
    browser = configured(login_to_read=True)
    assert browser.get("/sok").headers["location"] == "/logga-in?till=/sok"
    assert browser.get("/arkiv.json").status_code == 303
    assert browser.get("/robots.txt").status_code == 200
    answer = log_in(browser, "bo", "/sok")
    assert answer.headers["location"] == "/sok"
    page = browser.get("/sok")
    assert page.status_code == 200
    assert "Bo Andersson" in page.text
    assert browser.get("/samordna").status_code == 302
    refused = browser.post("/regler/kontrollera", {"csrftoken": token(browser.get("/sok").text)})
    assert refused.status_code in (403, 404, 405)


def test_an_account_without_a_role_gets_nothing(configured):
    browser = configured(login_to_read=True)
    answer = log_in(browser, "cia")
    assert answer.status_code == 403
    assert "har ingen roll" in answer.text
    assert ACCOUNT_COOKIE not in browser.cookies


def test_an_answer_to_another_browser_is_refused(configured):
    address = answer_of(configured(), "anna")
    victim = configured()
    assert victim.get(address).status_code == 403
    answer_of(victim, "bo")
    assert "hör inte till den här webbläsaren" in victim.get(address).text
    assert ACCOUNT_COOKIE not in victim.cookies


def test_a_code_is_good_once_and_a_cancelled_log_in_is_told(configured):
    browser = configured()
    address = answer_of(browser, "anna")
    kept = dict(browser.cookies)
    assert browser.get(address).status_code == 303
    for name, value in kept.items():
        browser.cookies.set(name, value, path="/logga-in")
    assert browser.get(address).status_code == 403
    browser = configured()
    begun = browser.get("/logga-in/konto")
    denied = httpx.post(begun.headers["location"], data={"action": "deny"}).headers["location"]
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    cancelled = browser.get(f"/logga-in/svar?error=access_denied&state={state}")
    assert "access_denied" in denied
    assert "avbröts" in cancelled.text


def test_a_token_for_another_archive_is_refused(configured, monkeypatch):
    browser = configured()
    address = answer_of(browser, "anna")
    provider = browser.site.provider
    provider._settings = provider._settings.model_copy(update={"issuer": "http://localhost:1"})
    assert "inte går att lita på" in browser.get(address).text


def test_a_provider_that_is_down_is_told_and_the_password_still_works(site, monkeypatch):
    monkeypatch.setenv("MONITOR_OIDC_SECRET", "hemlig")
    site.config = site.config.model_copy(update={"oidc": Oidc(issuer="http://127.0.0.1:9", client_id="x")})
    site.provider = Provider(site.config, site.secret)
    browser = Browser(site)
    assert browser.get("/logga-in/konto").status_code == 503
    assert browser.log_in().status_code == 303
    assert browser.get("/samordna").status_code == 200
    browser.close()


def test_the_log_in_leads_to_no_other_site(configured):
    browser = configured()
    assert log_in(browser, "anna", "https://ond.example/").headers["location"] == "/samordna"


def test_without_a_provider_there_is_no_such_page(browser):
    assert browser.get("/logga-in/konto").status_code == 404
    assert "kommunens konto" not in browser.get("/logga-in").text


@pytest.mark.parametrize(
    ("claims", "claim", "role"),
    [
        ({"roles": ["A", "K"]}, "roles", COORDINATOR),
        ({"realm_access": {"roles": ["L"]}}, "realm_access.roles", READER),
        ({"roles": "K"}, "roles", COORDINATOR),
        ({"roles": {"K": True}}, "roles", ""),
        ({"roles": [["K"], 1]}, "roles", ""),
        ({}, "realm_access.roles", ""),
    ],
)
def test_roles(claims, claim, role):
    assert role_of(claims, Oidc(claim=claim, coordinator=("K",), reader=("L",))) == role


def test_a_forged_session_is_none(tmp_path):
    accounts = Accounts(tmp_path, b"a" * 32)
    cookie = accounts.begin(Account("Anna", COORDINATOR))
    assert accounts.find(cookie) == Account("Anna", COORDINATOR)
    assert Accounts(tmp_path, b"b" * 32).find(cookie) is None
    assert accounts.find("") is None
