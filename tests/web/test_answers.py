"""Answers from mails: the page, its button, and what it stores."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.feedback import set_state, store_answer
from monitor.archive.numbers import number_of
from monitor.archive.outbox import is_stopped, stopped_recipients
from monitor.calls import CallKey
from monitor.digest.answers import AnswerLink, LeaveLink, Signer
from monitor.errors import ArchiveError
from tests.web.conftest import rows
from tests.web.sample import NOW


@pytest.fixture
def path(site):
    link = AnswerLink(department="kultur-fritid", source="norden", call_id="norden-001", digest="2026-W20-kultur-fritid")
    return f"/svar/{Signer(site.secret).answer_token(link, NOW.date())}"


@pytest.fixture
def short(site):
    """Return the short addresses of the answers in a stored mail, with the link that each stands for."""
    told = next(row for row in rows(site, "digest_items") if row[7] == "card")
    with open_archive(site.config.archive) as archive:
        text, created = archive.db.execute(
            "SELECT r.text, d.created FROM renderings r JOIN digests d ON d.id = r.digest WHERE d.id = ?", [told[0]]
        ).fetchone()
        number = number_of(archive.db, CallKey(told[2], told[3]))
    link = AnswerLink(department=told[1], source=told[2], call_id=told[3], digest=told[0])
    address = f"/s/{number}-{Signer(site.secret).mark(link)}"
    assert f"http://127.0.0.1:8001{address}\n" in text, "the mail has the address on a line of its own"
    return address, link, datetime.fromisoformat(created)


def feedback(site):
    return {(row[2], row[3], row[4], row[5]): row[6] for row in rows(site, "feedback")}


def test_an_answer_needs_no_login_and_one_button(browser, site, path):
    page = browser.get(f"{path}?svar=intressant").text
    assert "Vad tycker Kultur- och fritidsförvaltningen?" in page
    answer = browser.post(path, {"svar": "intressant", "anteckning": " Prata med Eva. "}, page=path)
    assert answer.status_code == 303
    assert "Tack. Samordnaren får ett mejl om det i dag." in browser.get(answer.headers["location"]).text
    assert feedback(site)["kultur-fritid", "norden", "norden-001", "intressant"] == "Prata med Eva."
    assert any(row[2:6] == ("kultur-fritid", "norden", "norden-001", "intresserad") for row in rows(site, "followup"))


def test_the_short_address_of_a_mail_leads_to_the_page_of_its_answer(browser, site, short):
    address, link, created = short
    answer = browser.request("GET", f"{address}?svar=intressant&lang=en")
    token = answer.headers["location"].removeprefix("/svar/").partition("?")[0]
    signer = Signer(site.secret)
    assert signer.read_answer(token, created.date()) == link
    assert signer.read_answer(token, created.date() + timedelta(days=366)) is None, "it ends a year after the mail"
    assert answer.headers["location"].endswith("?svar=intressant&lang=en")
    assert browser.get(answer.headers["location"]).status_code == 200
    assert browser.request("GET", f"{address}?svar=https://x.se").headers["location"].endswith(token)
    assert browser.request("POST", address, data={"svar": "intressant"}).status_code in (403, 405), "only the page has a button"


def test_a_short_address_is_none_of_another_call_department_or_installation(browser, site, short):
    address, link, _ = short
    number, mark = address.removeprefix("/s/").split("-")
    other = Signer(b"another secret of thirty-two bytes!!").mark(link)
    moved = Signer(site.secret).mark(replace(link, department="social"))
    for wrong in (f"{int(number) + 1}-{mark}", f"999999999-{mark}", f"{number}-{other}", f"{number}-{moved}"):
        assert browser.get(f"/s/{wrong}").status_code == 410, wrong
    for none in (f"{number}", f"{number}-{mark}0", f"{number}-{mark.upper()}z", f"-{mark}"):
        assert browser.get(f"/s/{none}").status_code == 404, none


@pytest.mark.parametrize(
    ("chosen", "button"), [("intressant", "Ja, intressant"), ("inte-for-oss", "Inte för oss"), ("vidare", "Skicka vidare")]
)
def test_the_page_asks_about_the_link_that_was_pressed_alone(browser, path, chosen, button):
    html = browser.get(f"{path}?svar={chosen}").text
    before, folded = html.partition("<main")[2].split("<details", 1)
    assert before.count("<form") == 1
    assert f'class="main" name="svar" value="{chosen}">{button}' in before
    assert folded.partition("</main>")[0].count("<form") == 3
    assert html.count('value="intressant"') == html.count('value="inte-for-oss"') == 1


def test_a_changed_mind_replaces_the_opposite_answer(browser, site, path):
    browser.post(path, {"svar": "intressant"}, page=path)
    browser.post(path, {"svar": "inte-for-oss"}, page=path)
    answers = {key[3] for key in feedback(site) if key[:3] == ("kultur-fritid", "norden", "norden-001")}
    assert answers == {"inte-for-oss"}
    assert (
        "norden-001"
        not in browser.get("/forvaltning/kultur-fritid").text.partition("Går att söka nu")[2].partition("Taget vidare")[0]
    )


def test_passing_on_tells_the_coordinator_to_whom(browser, site, path):
    browser.post(path, {"svar": "vidare", "till": "social", "anteckning": "Kanske er?"}, page=path)
    assert feedback(site)["kultur-fritid", "norden", "norden-001", "vidare"] == "till Socialförvaltningen: Kanske er?"
    browser.log_in()
    assert "till Socialförvaltningen: Kanske er?" in browser.get("/samordna").text


def test_how_it_goes_is_kept_with_its_history(browser, site, path):
    for state in ("soker", "beviljad"):
        browser.post(path, {"lage": state, "anteckning": f"nu {state}"}, page=path)
    states = [row[5] for row in rows(site, "followup") if row[4] == "norden-001"]
    assert states == ["soker", "beviljad"]
    browser.log_in()
    assert "nu beviljad" in browser.get("/forvaltning/kultur-fritid").text
    assert "nu beviljad" in browser.get("/utlysning/norden/norden-001").text


def test_notes_are_for_the_coordinator_and_the_department_alone(browser, site, path):
    page = browser.get(path).text
    assert "ser bara ni och samordnaren" in page
    assert "Only you and the coordinator" in browser.get(f"{path}?lang=en").text
    browser.post(path, {"svar": "intressant", "anteckning": "Ring Eva, eva.privat@example.org"}, page=path)
    browser.post(path, {"lage": "soker", "anteckning": "Eva.privat@example.org skriver"}, page=path)
    assert "va.privat@example.org" in browser.get(path).text
    addresses = [
        "/",
        "/sok",
        "/sok.json",
        "/sok.csv",
        "/sok.atom",
        "/arkiv.json",
        "/forvaltning/kultur-fritid",
        "/forvaltning/kultur-fritid.atom",
        "/forvaltning/kultur-fritid.ics",
        "/utlysning/norden/norden-001",
        "/utlysning/norden/norden-001?lang=en",
        "/kalender/norden/norden-001.ics",
        "/uppfoljning",
        "/uppfoljning?format=json",
    ]
    answered = {address: browser.get(address) for address in addresses}
    assert {answer.status_code for answer in answered.values()} == {200}
    assert [address for address, answer in answered.items() if "privat@example.org" in answer.text] == []
    browser.log_in()
    assert "va.privat@example.org" in browser.get("/utlysning/norden/norden-001").text


def test_an_answer_that_is_none_is_refused(browser, site, path):
    assert browser.post(path, {"svar": "kanske"}, page=path).status_code == 400
    with open_archive(site.config.archive) as archive, pytest.raises(ArchiveError):
        store_answer(archive.db, "social", ("norden", "norden-001"), "kanske", note="", digest="", now=NOW)
    with open_archive(site.config.archive) as archive, pytest.raises(ArchiveError):
        set_state(archive.db, "social", ("norden", "finns-inte"), "soker", note="", who="", now=NOW)


def test_a_call_that_was_answered_stays_readable_for_a_year(browser, path, site):
    site.clock = lambda: NOW.replace(year=2027, month=5, day=19)
    assert browser.get(path).status_code == 200
    site.clock = lambda: NOW.replace(year=2027, month=5, day=22)
    assert browser.get(path).status_code == 410


def test_leaving_and_coming_back(browser, site):
    path = (
        f"/avsluta/{Signer(site.secret).leave_token(LeaveLink(department='kultur-fritid', recipient='kultur-fritid@example.se'))}"
    )
    assert "Sluta få mejlen" in browser.get(path).text

    def stopped():
        with open_archive(site.config.archive) as archive:
            return is_stopped(stopped_recipients(archive.db), "kultur-fritid", "kultur-fritid@example.se")

    assert not stopped()
    browser.post(path, {"gor": "sluta"}, page=path)
    assert stopped()
    assert "Börja få mejlen igen" in browser.get(path).text
    browser.post(path, {"gor": "fortsatt"}, page=path)
    assert not stopped()


def test_a_mail_programs_one_click_stops_without_any_page(browser, site):
    path = (
        f"/avsluta/{Signer(site.secret).leave_token(LeaveLink(department='kultur-fritid', recipient='kultur-fritid@example.se'))}"
    )
    answer = browser.request("POST", path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200, "RFC 8058: no redirect"
    assert "location" not in answer.headers
    assert answer.text == "Klart: inga fler mejl.\n"
    with open_archive(site.config.archive) as archive:
        assert is_stopped(stopped_recipients(archive.db), "kultur-fritid", "kultur-fritid@example.se")
