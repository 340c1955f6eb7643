"""The plan of a call: its page, who may note states, its files, the list of plans, the mail's reminders, and the command."""

import io
import json
import re
from datetime import date, timedelta

import pytest
from docx import Document
from icalendar import Calendar

from monitor.archive import open_archive
from monitor.archive.feedback import set_state
from monitor.archive.plans import list_planned, read_steps, store_steps
from monitor.archive.projects import Project, store_project
from monitor.calls import CallKey
from monitor.digest.answers import AnswerLink, Signer
from monitor.errors import ArchiveError
from monitor.jobs.digest import DigestBuilder
from monitor.jobs.plan import make_call_plan, plan_reminders, plan_row
from monitor.vocabulary import StepState
from tests.web.conftest import rows, token
from tests.web.sample import NOW

KEY = CallKey("portal", "two-stage")
PAGE = "/utlysning/portal/two-stage/plan"
FORM = f"{PAGE}?forvaltning=kultur-fritid"


@pytest.fixture
def own_link(site):
    link = AnswerLink(department="kultur-fritid", source=KEY.source, call_id=KEY.call_id, digest="2026-W20-kultur-fritid")
    return f"/svar/{Signer(site.secret).answer_token(link, NOW.date())}/plan"


def noted(site):
    with open_archive(site.config.archive) as archive:
        return {id_: (step.state, step.who) for id_, step in read_steps(archive.db, "kultur-fritid", KEY).items()}


def test_a_reader_sees_what_cannot_be_made_and_can_change_nothing(browser, site):
    page = browser.get(PAGE).text
    assert "Det här hinns inte före sista dagen, fredag" in page
    assert "kommunstyrelsen beslutar" in page
    assert "<select" not in page
    assert browser.get(f"{PAGE}?forvaltning=finns-inte").status_code == 404
    before = rows(site, "plan_steps")
    answer = browser.post(
        f"{PAGE}/steg",
        {"forvaltning": "kultur-fritid", "steg-namnd": "klart", "csrftoken": token(page) if "csrftoken" in page else "x"},
    )
    assert answer.status_code in (302, 303, 403)
    assert rows(site, "plan_steps") == before == []


def test_the_plan_is_in_english_too(browser):
    page = browser.get(f"{PAGE}?lang=en").text
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "This cannot be made before the last day, Friday" in main
    assert "The municipal executive board decides" in main
    assert "State aid" in main
    assert not re.search("beslutar|Börja|Klart|Statsstöd", main)


def test_the_coordinator_notes_states_and_what_somebody_else_noted_meanwhile_stays(coordinator, site):
    page = coordinator.get(FORM).text
    csrf = token(page)
    with open_archive(site.config.archive) as archive:
        store_steps(archive.db, "kultur-fritid", KEY, {"partner": "klart"}, who="Kultur", now=NOW)
    values = {"forvaltning": "kultur-fritid", "csrftoken": csrf}
    values |= {
        "steg-namnd": "behovs-inte",
        "var-namnd": "",
        "steg-partner": "",
        "var-partner": "",
        "steg-moms": "klart",
        "var-moms": "",
    }
    answer = coordinator.post(f"{PAGE}/steg", values)
    assert answer.status_code == 303
    assert "klart=plan" in answer.headers["location"]
    assert noted(site) == {
        "namnd": (StepState.NOT_NEEDED, "samordnaren"),
        "partner": (StepState.DONE, "Kultur"),
        "moms": (StepState.DONE, "samordnaren"),
    }
    page = coordinator.get(answer.headers["location"]).text
    assert "Planen är sparad." in page
    assert "samordnaren, 20" in page
    # Taken back, by the same form.
    coordinator.post(f"{PAGE}/steg", {**values, "steg-namnd": "", "var-namnd": "behovs-inte"})
    assert "namnd" not in noted(site)
    for wrong in ({"steg-namnd": "kanske"}, {"forvaltning": "finns-inte"}):
        assert coordinator.post(f"{PAGE}/steg", {**values, **wrong}).status_code == 400


def test_a_department_notes_states_by_the_link_of_its_mail_alone(browser, site, own_link):
    page = browser.get(own_link).text
    assert "Kultur- och fritidsförvaltningen" in page
    assert rows(site, "plan_steps") == [], "opening a link changes nothing"
    answer = browser.post(own_link, {"steg-ja-fran-chefen": "klart", "var-ja-fran-chefen": ""}, page=own_link)
    assert answer.status_code == 303
    assert noted(site) == {"ja-fran-chefen": (StepState.DONE, "Kultur- och fritidsförvaltningen")}
    forged = own_link.replace("/plan", "x/plan")
    assert browser.get(forged).status_code == 410
    assert browser.post(own_link, {"steg-namnd": "klart"}).status_code == 403, "without the token of the page"
    assert "Kultur- och fritidsförvaltningen, 20" not in browser.get(FORM).text, "who noted it is for the department alone"


def test_the_project_says_that_the_application_was_handed_in(coordinator, site):
    project = Project(
        department="kultur-fritid", source=KEY.source, call_id=KEY.call_id, own_amount=300_000, applied_on=date(2026, 5, 19),
        starts=date(2027, 1, 1), ends=date(2028, 12, 31),
    )  # fmt: skip
    with open_archive(site.config.archive) as archive:
        store_project(archive.db, project, "soker", note="", who="samordnaren", now=NOW)
    page = coordinator.get(FORM).text
    assert "Ansökan lämnades in 19" in page
    assert 'name="steg-inlamning"' not in page, "the day is kept with the project alone"
    assert "300 000" in page.replace("\xa0", " ")
    assert re.findall(r'<th scope="row">(\d{4})</th>', page) == ["2027", "2028"]


def test_calendar_and_word_have_the_same_days_as_the_page(browser, site):
    file = browser.get(f"{PAGE}.ics?forvaltning=kultur-fritid")
    assert file.headers["content-type"].startswith("text/calendar")
    events = {str(event["summary"]).partition(":")[0]: event for event in Calendar.from_ical(file.content).walk("VEVENT")}
    assert "Ansökan och budget är skrivna" in events
    assert "Kommunstyrelsen beslutar" not in events, "a meeting that cannot be made is in no calendar"
    event = events["Ansökan och budget är skrivna"]
    assert event.decoded("dtstart") == date(2026, 6, 18)
    assert not event.errors
    uids = [str(event["uid"]) for event in events.values()]
    again = Calendar.from_ical(browser.get(f"{PAGE}.ics?forvaltning=kultur-fritid").content).walk("VEVENT")
    assert [str(event["uid"]) for event in again] == uids
    word = Document(io.BytesIO(browser.get(f"{PAGE}.docx?lang=en").content))
    texts = [paragraph.text for paragraph in word.paragraphs]
    assert texts[0].startswith("Plan: ")
    assert any("This cannot be made before the last day" in text for text in texts)
    cells = [[cell.text for cell in row.cells] for row in word.tables[0].rows]
    assert cells[0] == ["Steps", "When", "Status"]
    assert ["The application and its budget are written", "Begin by 21 May. Done by 18 June.", "Now"] in [
        [cell.replace("\xa0", " ") for cell in row] for row in cells
    ]
    assert browser.get(f"{PAGE}.pdf").status_code == 404


def test_the_coordinator_sees_all_plans_the_urgent_first(coordinator, browser, site):
    page = coordinator.get("/samordna/planer").text
    assert page.index("i två steg") < page.index("Nordisk kulturfond")
    assert "Hinns inte: 2" in page
    assert "0 av 8" in page
    assert 'href="/samordna/planer"' in coordinator.get("/samordna").text
    with open_archive(site.config.archive) as archive:
        set_state(archive.db, "kultur-fritid", KEY, "avstar", note="", who="", now=NOW)
        assert [key for _, key in list_planned(archive.db)] == [CallKey("portal", "rolling")]
    assert "i två steg" not in coordinator.get("/samordna/planer").text.partition("<main")[2]


def test_the_weeks_mail_reminds_of_what_is_late_or_due(site, own_link):
    rules = site.rules
    department = rules.departments["kultur-fritid"]
    with open_archive(site.config.archive) as archive:
        (reminder,) = plan_reminders(site.config, archive.db, rules, department, NOW)
        assert reminder.call_id == "two-stage"
        later = NOW + timedelta(weeks=1)
        draft = DigestBuilder(site.config, archive, rules, later, dry_run=True).draft(department)
        (one,) = draft.rendered.renderings
        other = DigestBuilder(site.config, archive, rules, later, dry_run=True).draft(rules.departments["miljo-bygg"])
    text = one.text.replace("\xa0", " ").replace(" \n", " ")
    assert "ER PLAN\n=======" in text
    assert "- Hinns inte före sista dagen, 19 juni: Nämnden beslutar och Kommunstyrelsen beslutar." in text
    assert "- Partner är med och rollerna är klara: borde ha börjat 6 maj." in text
    assert "- 2 steg till brådskar." in text
    assert "/plan" in one.html
    assert "Er plan" in one.html
    assert "Er plan" not in other.rendered.renderings[0].html


def test_the_command_says_the_same(site):
    with open_archive(site.config.archive) as archive:
        made = make_call_plan(site.config, archive.db, site.rules, NOW, "portal/two-stage", files=("ics", "docx"))
        row = json.loads(json.dumps(plan_row(made)))
        with pytest.raises(ArchiveError):
            make_call_plan(site.config, archive.db, site.rules, NOW, "finns-inte-alls")
    assert row["last_day"] == "2026-06-19"
    steps = {step["id"]: step for step in row["steps"]}
    assert (steps["kommunstyrelse"]["verdict"], steps["kommunstyrelse"]["decided"]) == ("impossible", False)
    assert steps["inlamning"]["due"] == "2026-06-18", "the last day is Midsummer's Eve"
    assert made.files["ics"].startswith(b"BEGIN:VCALENDAR")
    assert made.files["docx"].startswith(b"PK")


def test_states_that_are_none_are_refused(site):
    with open_archive(site.config.archive) as archive:
        with pytest.raises(ArchiveError, match="är inget läge för ett steg"):
            store_steps(archive.db, "kultur-fritid", KEY, {"namnd": "kanske"}, who="", now=NOW)
        with pytest.raises(ArchiveError):
            store_steps(archive.db, "kultur-fritid", CallKey("portal", "finns-inte"), {"namnd": "klart"}, who="", now=NOW)
