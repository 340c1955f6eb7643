"""Every address that takes a post refuses one without login, without its token and with a token of another; none is left out."""

import re

import pytest

from monitor.errors import SourceError
from monitor.web.urls import ROUTES
from tests.web.conftest import everything, token

SAMPLES = ("1", "schedule", "kultur", "kultur-fritid", "schedule", "0" * 24, "2026-W20-kultur-fritid")
GROUP = re.compile(r"\(\?P<\w+>((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)")


def address_of(route):
    """Return an address that the route answers."""

    def fill(group):
        return next(sample for sample in SAMPLES if re.fullmatch(group[1], sample))

    path = GROUP.sub(fill, route.pattern.removeprefix("^").removesuffix("$")).replace("\\.", ".")
    # Of two forms of an address, the first.
    path = re.sub(r"\(\?:([^()|]*)\|[^()]*\)", r"\1", path)
    assert re.match(route.pattern, path), route.pattern
    return path


POSTS = [route for route in ROUTES if "POST" in route.methods]
COORDINATORS = [address_of(route) for route in POSTS if route.coordinator]


def test_every_post_is_the_coordinators_or_has_a_signed_link_or_is_the_login():
    # /oversattning has a secret reference that holds once: tests/web/test_translated.py.
    others = [route.pattern for route in POSTS if not route.coordinator]
    assert [
        pattern
        for pattern in others
        if not re.match(
            r"\^/(avsluta|svar|anmal|logga-|prenumeration|mejlval|forvaltning|oversattning|kom-igang/losenord)", pattern
        )
    ] == []


def test_the_settings_are_among_them():
    assert {"/samordna/installningar/schedule", "/samordna/kallor/ny", "/samordna/installningar/historik"} <= set(COORDINATORS)


def test_a_post_without_login_or_token_changes_nothing(browser, site):
    settings, before = site.config.path.read_bytes(), everything(site)
    own = token(browser.get("/logga-in").text)
    values = {"gor": "spara", "crawl": "01:00", "andring": "1", "epost": "a@example.se", "text": "x"}
    answers = [browser.request("POST", path, data={**values, "csrftoken": own}).status_code for path in COORDINATORS]
    assert set(answers) == {403}, "nobody is logged in"
    browser.log_in()
    for body in (values, {**values, "csrftoken": "forged"}):
        assert {browser.request("POST", path, data=body).status_code for path in COORDINATORS} == {403}
    assert everything(site) == before
    assert site.config.path.read_bytes() == settings


def test_every_form_keeps_its_text_when_the_session_has_ended(browser, site):
    """With the password and, where the municipality has accounts, beside the log-in to those."""
    before, typed = everything(site), "Rad ett\nrad två som ska bli kvar"
    own = token(browser.get("/logga-in").text)
    lost = [
        path
        for path in COORDINATORS
        if typed not in browser.request("POST", path, data={"text": typed, "csrftoken": own}).text.replace("\r", "")
    ]
    assert lost == []
    assert everything(site) == before


class Silent(dict):
    """Answers of the jobs that read a source, none of which answers."""

    def __missing__(self, address):
        raise SourceError(str(address), "Adressen svarar inte.")


NONSENSE = {
    "version": "9" * 40,
    "andring": "-1",
    "vecka": "2026-W99",
    "kalla": "finns\x00inte",
    "id": "x" * 3000,
    "nyckel": "../../etc/passwd",
    "epost": "ingen adress",
    "forvaltning": "finns-inte",
    "deadlines": "i övermorgon",
    "crawl": "25:99",
    "threshold": "många",
    "url": "javascript:alert(1)",
    "adress": "inte en adress",
    "text": "[[[ ingen TOML",
    "grund": "x",
    "sett": "x",
    "redigering": "text",
    "plats": "1e9",
    "belopp": "mycket",
    "applied_on": "32 maj",
    "state": "lycklig",
    "veckor": "400",
    "m.1": "kanske",
    "signal-antal": "100000",
}


@pytest.mark.parametrize("action", ["spara", "granska", "prova"])
def test_nonsense_in_every_form_is_an_answer_and_changes_no_file(coordinator, site, action):
    site.jobs.checks = Silent()
    files = {path: path.read_bytes() for path in [site.config.path, *site.config.rules_dir.rglob("*.toml")]}
    own = token(coordinator.get("/samordna").text)
    values = {**NONSENSE, "gor": action, "csrftoken": own}
    failed = {
        path: answer.status_code for path in COORDINATORS if (answer := _posted(coordinator, path, values)).status_code >= 500
    }
    assert failed == {}
    assert {path: path.read_bytes() for path in [site.config.path, *site.config.rules_dir.rglob("*.toml")]} == files


def _posted(coordinator, path, values):
    answer = coordinator.request("POST", path, data=values)
    assert answer.status_code != 429, "the limit of posts hides the form"
    assert "Traceback" not in answer.text
    return answer
