"""Pages on which recipients choose, stop and sign up, and the coordinator's page of them."""

import re
from datetime import timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.recipients import add_recipient, keep_recipient, list_recipients, list_unanswered, list_unreported
from monitor.digest.answers import CONFIRM_DAYS, LeaveLink, Signer
from monitor.jobs.receipts import is_receipt_due, write_receipts
from monitor.settings import Subscription
from monitor.vocabulary import Pace
from tests.web.conftest import rows
from tests.web.sample import NOW

WHO = "kultur-fritid@example.se"


@pytest.fixture
def path(site):
    return f"/avsluta/{Signer(site.secret).leave_token(LeaveLink(department='kultur-fritid', recipient=WHO))}"


@pytest.fixture
def short(site):
    """Return the address in the text part of a mail."""
    return f"/avsluta/{Signer(site.secret).mark(LeaveLink(department='kultur-fritid', recipient=WHO))}"


@pytest.fixture
def coordinator(browser):
    browser.log_in()
    return browser


def stored(site, email=WHO):
    with open_archive(site.config.archive) as archive:
        return {row.department: row for row in list_recipients(site.config, archive.db) if row.folded == email.casefold()}


def choices(**values):
    return {"takt": "weekly", "sprak": "sv", "forvaltning": ["kultur-fritid"], "paus": "", **values}


def choosing(path):
    return path.replace("/avsluta/", "/mejlval/")


def test_looking_changes_nothing(browser, site, path):
    before = [rows(site, table) for table in ("recipients", "recipient_events", "suppressed")]
    for address in (path, f"{path}?gor=sluta", choosing(path), "/anmal", "/anmal?epost=a@nassjo.se&forvaltning=social"):
        browser.get(address)
        browser.request("HEAD", address)
    assert [rows(site, table) for table in ("recipients", "recipient_events", "suppressed")] == before


def test_whose_mails_they_are_can_be_told_and_not_read(browser, path):
    page = browser.get(path).text
    assert "k…d@example.se" in page
    assert WHO not in page


def test_the_short_address_of_a_text_mail_is_as_good_as_the_long_one(browser, site, short):
    assert "k…d@example.se" in browser.get(short).text
    assert browser.get(f"{choosing(short)}/nasta").status_code == 200
    assert browser.post(choosing(short), choices(takt="certain"), page=short).headers["location"].startswith(short)
    assert stored(site)["kultur-fritid"].pace is Pace.CERTAIN
    browser.post(short, {"gor": "sluta"}, page=short)
    assert [row[:2] for row in rows(site, "suppressed")] == [("kultur-fritid", WHO)]
    other = Signer(b"another secret of thirty-two bytes!!")
    for link in (LeaveLink(department="kultur-fritid", recipient=WHO), LeaveLink(department="", recipient=WHO)):
        assert browser.get(f"/avsluta/{other.mark(link)}").status_code == 410
    assert browser.get(f"/avsluta/{Signer(site.secret).mark(LeaveLink(department='social', recipient=WHO))}").status_code == 410


def test_choices_are_kept_and_shown(browser, site, path):
    values = choices(takt="monthly", sprak="en", forvaltning=["kultur-fritid", "social"], utan=["kultur"], paus="2026-07-01")
    answer = browser.post(choosing(path), values, page=path)
    assert answer.status_code == 303
    assert "Dina val är sparade" in browser.get(answer.headers["location"]).text
    found = stored(site)
    assert set(found) == {"kultur-fritid", "social"}
    assert {(row.pace, row.language, row.left_out, str(row.paused_until)) for row in found.values()} == {
        (Pace.MONTHLY, "en", ("kultur",), "2026-07-01")
    }
    page = browser.get(path).text
    assert "har paus från mejlen till" in page
    browser.post(path, {"gor": "fortsatt"}, page=path)
    page = browser.get(path).text
    assert re.search(r'value="monthly" checked', page)
    assert re.search(r'value="social" checked', page)
    assert re.search(r'value="kultur" checked', page)
    assert stored(site)["kultur-fritid"].paused_until is None


@pytest.mark.parametrize("typed", ["1 juli 2026", "1/7 2026", "2026-07-01"])
def test_the_day_of_a_pause_is_read_as_people_write_it(browser, site, path, typed):
    values = choices(forvaltning=["kultur-fritid", "social"], paus=typed)
    assert browser.post(choosing(path), values, page=path).status_code == 303
    assert str(stored(site)["kultur-fritid"].paused_until) == "2026-07-01"
    browser.post(path, {"gor": "fortsatt"}, page=path)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("paus", "någon gång i juli 2026", "Vi förstod inte datumet. Skriv till exempel 2027-02-01."),
        ("paus", "2026-05-20", "Välj en dag efter i dag och högst ett år fram."),
        ("paus", "2028-01-01", "Välj en dag efter i dag och högst ett år fram."),
        ("forvaltning", ["finns-inte"], "Välj minst en, eller tryck på"),
        ("takt", "", "Välj hur ofta."),
        ("sprak", "fi", "Välj språk."),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_typed_is_lost(browser, site, path, field, value, said):
    before = rows(site, "recipients")
    values = choices(takt="certain", sprak="en", forvaltning=["kultur-fritid", "social"])
    answer = browser.post(choosing(path), {**values, field: value}, page=path)
    assert answer.status_code == 400
    page = answer.text
    assert said in page
    assert f'id="fel-{field}"' in page
    assert f'aria-describedby="fel-{field}"' in page
    for name, kept in (("takt", "certain"), ("sprak", "en"), ("forvaltning", "social")):
        assert name == field or re.search(rf'name="{name}" value="{kept}" checked', page)
    if field == "paus":
        assert f'value="{value}"' in page
    assert rows(site, "recipients") == before


def test_a_choice_without_the_pages_token_is_refused(browser, site, path):
    browser.get(path)
    answer = browser.request("POST", choosing(path), data=choices(takt="monthly"))
    assert answer.status_code == 403
    assert stored(site)["kultur-fritid"].pace is Pace.WEEKLY


def test_unticking_a_department_stops_it_with_a_receipt(browser, site, path):
    browser.post(choosing(path), choices(forvaltning=["kultur-fritid", "social"]), page=path)
    browser.post(choosing(path), choices(forvaltning=["kultur-fritid"]), page=path)
    with open_archive(site.config.archive) as archive:
        events = [(event.event, event.department, event.email) for event in list_unanswered(archive.db)]
    assert [event[0] for event in events] == ["changed", "left"], "an added department has a receipt as well"
    assert events[1] == ("left", "social", WHO)
    browser.post(choosing(path), choices(forvaltning=["kultur-fritid", "social"]), page=path)
    assert rows(site, "suppressed") == []


def test_a_stop_is_received_once_and_told_to_both(browser, site, path):
    for _ in range(2):
        browser.post(path, {"gor": "sluta"}, page=path)
    with open_archive(site.config.archive) as archive:
        assert is_receipt_due(site.config, archive.db, NOW)
        write_receipts(site.config, archive.db, NOW)
        assert not is_receipt_due(site.config, archive.db, NOW)
        assert not list_unanswered(archive.db)
        assert not list_unreported(archive.db)
        mails = archive.db.execute(
            "SELECT o.recipient, d.kind FROM outbox o JOIN digests d ON d.id = o.digest WHERE d.id LIKE 'kvitto-%'"
            " OR d.id LIKE '%-mottagare' ORDER BY d.kind"
        ).fetchall()
    assert [tuple(row) for row in mails] == [(site.config.municipality.contact, "notice"), (WHO, "receipt")]
    assert browser.get("/utskick/kvitto-1").status_code == 404
    assert browser.get("/utskick/kvitto-1/mejl").status_code == 404


def test_who_the_coordinator_took_away_does_not_let_itself_in(coordinator, site, path):
    values = {"gor": "ta-bort", "epost": WHO, "forvaltning": "kultur-fritid"}
    coordinator.post("/samordna/mottagare", values, page="/samordna/mottagare")
    assert "Adressen är inte längre mottagare" in coordinator.get(path).text
    coordinator.post(choosing(path), choices(), page="/samordna/mottagare")
    assert stored(site)["kultur-fritid"].removed


def receipt_link(site):
    """Write the receipts and return the address in the last one, without its host."""
    with open_archive(site.config.archive) as archive:
        write_receipts(site.config, archive.db, NOW)
        query = "SELECT text FROM renderings WHERE digest LIKE 'kvitto-%' ORDER BY rowid DESC LIMIT 1"
        ((text,),) = archive.db.execute(query).fetchall()
    return re.search(r"(\?\S+)$", text.strip())[1]


def test_the_link_of_a_receipt_takes_a_change_back(browser, site, path):
    before = rows(site, "recipients")
    html = browser.get(path).text
    subjects = re.findall(r'name="utan" value="([^"]+)"', html)
    assert subjects
    browser.post(choosing(path), choices(takt="certain", utan=subjects), page=path)
    assert rows(site, "recipients") != before
    link = path + receipt_link(site)
    page = browser.get(link).text
    assert "Ta tillbaka ändringen" in page
    assert rows(site, "recipients") != before, "looking changes nothing"
    number = link.rpartition("=")[2]
    answer = browser.post(path, {"gor": "angra", "andring": number}, page=link)
    assert "Dina val är som de var före ändringen." in browser.get(answer.headers["location"]).text
    assert rows(site, "recipients") == before


def test_a_change_of_somebody_else_is_not_taken_back(browser, site, path):
    with open_archive(site.config.archive) as archive:
        add_recipient(archive.db, "social", "en@example.se", "sv", NOW)
    other = f"/avsluta/{Signer(site.secret).leave_token(LeaveLink(department='social', recipient='en@example.se'))}"
    browser.post(choosing(path), choices(takt="monthly"), page=path)
    number = receipt_link(site).rpartition("=")[2]
    assert "Ta tillbaka ändringen" not in browser.get(f"{other}?andring={number}").text
    assert browser.post(other, {"gor": "angra", "andring": number}, page=other).status_code == 410
    assert stored(site)["kultur-fritid"].pace is Pace.MONTHLY
    for number in ("", "x", "99", "9" * 40):
        assert browser.get(f"{path}?andring={number}").status_code == 200
        assert browser.post(path, {"gor": "angra", "andring": number}, page=path).status_code == 410


def test_all_subjects_left_out_stand_on_the_coordinators_pages(coordinator, site, path):
    subjects = re.findall(r'name="utan" value="([^"]+)"', coordinator.get(path).text)
    coordinator.post(choosing(path), choices(takt="certain", utan=subjects[1:]), page=path)
    assert "valde själv bort alla ämnen" not in coordinator.get("/samordna/mottagare").text
    coordinator.post(choosing(path), choices(takt="certain", utan=subjects), page=path)
    for page in ("/samordna/mottagare", "/samordna"):
        assert f"{WHO} valde själv bort alla ämnen 2026-05-20" in coordinator.get(page).text
    html = coordinator.get("/samordna/mottagare").text
    assert "Får nästan inga mejl" in html
    assert "Kultur- och fritidsförvaltningen får inget mejl:" in html


def test_a_pause_that_is_over_does_not_hinder_new_choices(browser, site, path):
    with open_archive(site.config.archive) as archive, archive.db.atomic():
        archive.db.execute("UPDATE recipients SET paused_until = '2026-05-01' WHERE email = ?", [WHO])
    assert 'value="2026-05-01"' not in browser.get(path).text
    assert browser.post(choosing(path), choices(takt="monthly"), page=path).status_code == 303


# Signing up.


def test_without_domains_the_page_says_whom_to_ask(browser, site):
    site.config = site.config.model_copy(update={"subscription": Subscription()})
    page = browser.get("/anmal").text
    assert "Samordnaren lägger till mottagare." in page
    assert "<form method" not in page.partition("<main")[2].partition("</main>")[0]
    answer = browser.post("/anmal", {"epost": "a@nassjo.se", "forvaltning": "social"}, page="/logga-in")
    assert answer.status_code == 400
    assert rows(site, "recipient_events") == []


def test_a_colleague_signs_up_confirms_and_the_coordinator_undoes_it(browser, site):
    values = {"epost": "Ny.Kollega@nassjo.se", "forvaltning": ["social", "kultur-fritid"], "sprak": "en"}
    for _ in range(3):
        answer = browser.post("/anmal", values, page="/anmal")
        assert "Vi har skickat ett mejl till adressen" in browser.get(answer.headers["location"]).text
    with open_archive(site.config.archive) as archive:
        (event,) = list_unanswered(archive.db)
        write_receipts(site.config, archive.db, NOW)
        ((subject, text),) = archive.db.execute("SELECT subject, text FROM renderings WHERE digest LIKE 'kvitto-%'").fetchall()
    assert subject == "Confirm that you want the mails about EU calls"
    assert "Kollega" not in text
    assert stored(site, values["epost"]) == {}, "nobody gets mails before the confirmation"
    path = re.search(r"(/anmal/[^\s?]+)", text)[1]
    page = browser.get(path).text
    assert "N…a@nassjo.se" in page
    assert stored(site, values["epost"]) == {}
    browser.post(path, {}, page=path)
    assert {row.language for row in stored(site, values["epost"]).values()} == {"en"}
    assert set(stored(site, values["epost"])) == {"social", "kultur-fritid"}
    assert "Klart." in browser.get(path).text
    with open_archive(site.config.archive) as archive:
        (joined,) = list_unreported(archive.db)
        assert (joined.id, joined.event) == (event.id, "joined")
        write_receipts(site.config, archive.db, NOW)
        ((said,),) = archive.db.execute("SELECT text FROM renderings WHERE digest LIKE '%-mottagare'").fetchall()
    assert "Ny.Kollega@nassjo.se har anmält sig till mejlen för" in said
    browser.log_in()
    for department in ("social", "kultur-fritid"):
        undo = {"gor": "ta-bort", "epost": "Ny.Kollega@nassjo.se", "forvaltning": department}
        browser.post("/samordna/mottagare", undo, page="/samordna/mottagare")
    assert stored(site, values["epost"]) == {}
    browser.request("POST", path, data={"csrftoken": browser.get(path).text.partition('csrftoken" value="')[2][:60]})
    assert stored(site, values["epost"]) == {}, "a link that was used does not work again"


@pytest.mark.parametrize(
    ("email", "departments", "field", "said"),
    [
        ("a@example.org", ["social"], "epost", "Adressen hör inte till dem som får anmäla sig här."),
        ("a@sub.nassjo.se", ["social"], "epost", "Adressen hör inte till dem"),
        ("a@nassjo.se.example.org", ["social"], "epost", "Adressen hör inte till dem"),
        ("nassjo.se", ["social"], "epost", "Skriv en e-postadress"),
        ("a@nassjo.se", [], "forvaltning", "Välj minst en förvaltning."),
    ],
)
def test_a_sign_up_that_cannot_be_is_answered_beside_its_field(browser, site, email, departments, field, said):
    answer = browser.post("/anmal", {"epost": email, "forvaltning": departments, "sprak": "sv"}, page="/anmal")
    assert answer.status_code == 400
    assert said in answer.text
    assert f'aria-describedby="fel-{field}"' in answer.text
    assert f'value="{email}"' in answer.text
    assert rows(site, "recipient_events") == []


def test_nobody_has_the_program_write_to_a_whole_municipality(browser, site, monkeypatch):
    monkeypatch.setattr("monitor.web.views.subscription.MOST_ASKED", 2)
    codes = [
        browser.post("/anmal", {"epost": f"{name}@nassjo.se", "forvaltning": "social"}, page="/anmal").status_code
        for name in ("a", "b", "c")
    ]
    assert codes == [303, 303, 429]
    assert len(rows(site, "recipient_events")) == 2


def test_a_confirmation_ends_after_its_days(site):
    signer = Signer(site.secret)
    token = signer.confirm_token(7, NOW.date())
    assert signer.read_confirm(token, NOW.date() + timedelta(days=CONFIRM_DAYS)) == 7
    assert signer.read_confirm(token, NOW.date() + timedelta(days=CONFIRM_DAYS + 1)) is None
    assert signer.read_confirm(signer.leave_token(LeaveLink(department="social", recipient="a@x.se")), NOW.date()) is None


# The coordinator's page.


def test_the_coordinator_sees_every_recipient_and_whoever_else_does_not(browser, site, path):
    assert browser.get("/samordna/mottagare").status_code == 302
    browser.post(path, {"gor": "sluta"}, page=path)
    with open_archive(site.config.archive) as archive, archive.db.atomic():
        add_recipient(archive.db, "social", "en@example.se", "en", NOW)
        keep_recipient(archive.db, "social", "en@example.se")
        archive.db.execute("UPDATE outbox SET state = 'waiting', error = '550 5.1.1 no such user' WHERE recipient = ?", [WHO])
    browser.log_in()
    html = browser.get("/samordna/mottagare").text
    assert f"{WHO} slutade själv få mejlen 2026-05-20" in html
    assert "Har slutat själv" in html
    assert "Varje vecka, engelska" in html
    assert "550 5.1.1 no such user" in html
    assert "Kultur- och fritidsförvaltningen får inget mejl:" in html


def test_the_coordinator_adds_and_lets_come_back(coordinator, site, path):
    bad = {"gor": "lagg-till", "epost": "ny", "forvaltning": "social", "sprak": "en"}
    answer = coordinator.post("/samordna/mottagare", bad, page="/samordna/mottagare")
    assert answer.status_code == 400
    assert 'value="ny"' in answer.text
    assert 'id="fel-epost"' in answer.text
    assert re.search(r'value="social" selected', answer.text)
    coordinator.post("/samordna/mottagare", {**bad, "epost": "ny@example.se"}, page="/samordna/mottagare")
    assert stored(site, "ny@example.se")["social"].language == "en"
    coordinator.post(path, {"gor": "sluta"}, page=path)
    back = {"gor": "ater", "epost": WHO, "forvaltning": "kultur-fritid"}
    coordinator.post("/samordna/mottagare", back, page="/samordna/mottagare")
    assert rows(site, "suppressed") == []
    gone = {"gor": "ta-bort", "epost": "nagon@annan.se", "forvaltning": "social"}
    assert coordinator.post("/samordna/mottagare", gone, page="/samordna/mottagare").status_code == 400
