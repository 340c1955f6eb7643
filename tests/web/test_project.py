"""Projects on a call's page: entered, corrected, saved by two people at once; and the report printed on A4."""

import re
from datetime import date

import pypdfium2
import pytest
from playwright.sync_api import sync_playwright

from monitor.archive import open_archive
from monitor.archive.projects import Project, ReportingDay, list_followed_projects, read_project, store_project
from monitor.calls import CallKey
from monitor.jobs.serve import make_report, render_report
from monitor.web.framework.app import make_app
from tests.web.chromium import ARGUMENTS, CHROMIUM, served, violations
from tests.web.conftest import page_of, rows, token
from tests.web.sample import NOW, PASSWORD

KEY = CallKey("portal", "two-stage")
PAGE = "/utlysning/portal/two-stage"
VALUES = {
    "forvaltning": "kultur-fritid",
    "lage": "soker",
    "namn": "Nätverk för läsning",
    "sokt": "1 450 000",
    "egen": "150.000 kr",
    "valuta": "SEK",
    "sokt_den": "2026-05-04",
    "redovisning1_dag": "2026-12-01",
    "redovisning1_namn": "delrapport",
    "anteckning": "Ring Eva, eva.privat@example.org",
}
needs_chromium = pytest.mark.skipif(not CHROMIUM.is_file(), reason="Chromium is not installed (/usr/bin/chromium)")


def stored(site, department="kultur-fritid"):
    with open_archive(site.config.archive) as archive:
        return read_project(archive.db, department, KEY)


def states(site, department="kultur-fritid"):
    with open_archive(site.config.archive) as archive:
        (found,) = [one for one in list_followed_projects(archive.db, KEY) if one.department == department]
    return [state for _, state in found.states]


def version(html, department):
    """Return the hidden version in the form of a department."""
    return re.search(rf'name="version" value="([^"]*)"><input type="hidden" name="fast" value="{department}"', html)[1]


def test_a_project_is_entered_on_the_page_of_the_call_and_counts_in_the_report(coordinator, site):
    answer = coordinator.post(f"{PAGE}/projekt", VALUES, page=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{page_of(site, 'portal', 'two-stage')}?klart=projekt#klart",
    )
    project = stored(site)
    assert (project.title, project.applied_amount, project.own_amount) == ("Nätverk för läsning", 1_450_000, 150_000)
    assert project.applied_on == date(2026, 5, 4)
    assert project.reports == (ReportingDay(date(2026, 12, 1), "delrapport"),)
    assert states(site) == ["intresserad", "soker"]
    page = coordinator.get(f"{PAGE}?klart=projekt").text
    assert "Projektet är sparat" in page
    assert 'value="1 450 000"' in page
    assert 'value="2026-12-01"' in page
    report = coordinator.get("/uppfoljning?format=json&fran=2026-01-01&till=2026-12-31").json()
    assert report["total"]["applied_amount"] == 1_450_000
    assert "Nätverk för läsning" in {one["title"] for one in report["projects"]}


def test_the_state_goes_on_and_a_report_is_ticked_off(coordinator, site):
    coordinator.post(f"{PAGE}/projekt", VALUES, page=PAGE)
    version_now = version(coordinator.get(PAGE).text, "kultur-fritid")
    changed = {
        **VALUES,
        "version": version_now,
        "lage": "beviljad",
        "beviljat": "1 200 000",
        "redovisning1_klar": "1",
        "anteckning": "",
    }
    assert coordinator.post(f"{PAGE}/projekt", changed, page=PAGE).status_code == 303
    assert states(site) == ["intresserad", "soker", "beviljad"]
    assert stored(site).reports[0].done
    emptied = {**changed, "version": stored(site).saved, "redovisning1_dag": "", "redovisning1_namn": "", "sokt": ""}
    assert coordinator.post(f"{PAGE}/projekt", emptied, page=PAGE).status_code == 303
    assert (stored(site).reports, stored(site).applied_amount) == ((), None)
    assert states(site) == ["intresserad", "soker", "beviljad"], "the same state is not noted again"


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        ({"sokt": "flera miljoner"}, "sokt", "Skriv beloppet som"),
        ({"egen": "12,50"}, "egen", "Skriv beloppet som"),
        ({"egen": "-5"}, "egen", "Skriv beloppet som"),
        ({"beviljat": "9" * 13}, "beviljat", "Skriv beloppet som"),
        ({"sokt_den": "4 maj"}, "sokt_den", "Skriv dagen som"),
        ({"slutar": "0001-01-01"}, "slutar", "Skriv dagen som"),
        ({"beslut_den": "2026-05-03"}, "beslut_den", "före ansökan"),
        ({"borjar": "2027-02-01", "slutar": "2027-01-01"}, "slutar", "innan det börjar"),
        ({"redovisning2_namn": "slutrapport"}, "redovisning2", "Skriv också dagen"),
        ({"forvaltning": "finns-inte", "fast": ""}, "forvaltning", "Välj en förvaltning"),
        ({"lage": "kanske"}, "lage", "Välj ett läge"),
        ({"valuta": "USD"}, "valuta", "Välj en valuta"),
    ],
)
def test_what_does_not_hold_is_said_beside_its_field_and_nothing_typed_is_lost(coordinator, site, wrong, field, reason):
    typed = {**VALUES, **wrong}
    answer = coordinator.post(f"{PAGE}/projekt", typed, page=PAGE)
    assert answer.status_code == 400
    beside = re.search(rf'<p class="field-problem" id="projekt-{field}-fel">([^<]*)</p>', answer.text)
    assert beside, field
    assert reason in beside[1]
    assert f'aria-describedby="projekt-{field}-fel"' in answer.text
    for name in ("namn", "sokt", "egen", "sokt_den", "redovisning1_namn", "redovisning2_namn", "anteckning", *wrong):
        if typed.get(name) and name not in ("forvaltning", "lage", "valuta", "fast"):
            assert f'value="{typed[name]}"' in answer.text, name
    assert stored(site) is None
    assert states(site) == ["intresserad"]


@pytest.mark.parametrize(("text", "amount"), [("450 tkr", 450_000), ("1,5 miljoner", 1_500_000), ("1 200 000 kr", 1_200_000)])
def test_amounts_and_days_are_read_as_people_write_them(coordinator, site, text, amount):
    typed = {**VALUES, "sokt": text, "sokt_den": "4 maj 2026"}
    assert coordinator.post(f"{PAGE}/projekt", typed, page=PAGE).status_code == 303
    assert (stored(site).applied_amount, stored(site).applied_on.isoformat()) == (amount, "2026-05-04")


def test_two_people_at_once_lose_nothing(coordinator, site):
    with open_archive(site.config.archive) as archive:
        project = Project(department="kultur-fritid", source="portal", call_id="two-stage", applied_amount=5)
        store_project(archive.db, project, "soker", note="", who="Bo", now=NOW)
    answer = coordinator.post(f"{PAGE}/projekt", VALUES | {"fast": "kultur-fritid"}, page=PAGE)
    assert answer.status_code == 400
    assert "Någon annan har sparat projektet" in answer.text
    assert "Sökt belopp: 5" in answer.text
    assert 'value="1 450 000"' in answer.text
    assert stored(site).applied_amount == 5
    again = VALUES | {"version": version(answer.text, "kultur-fritid")}
    assert coordinator.post(f"{PAGE}/projekt", again, page=PAGE).status_code == 303
    assert stored(site).applied_amount == 1_450_000


def test_only_the_coordinator_enters_projects_and_only_with_a_token(browser, site):
    before = rows(site, "projects"), rows(site, "followup")
    assert browser.post(f"{PAGE}/projekt", VALUES, page="/logga-in").status_code == 403
    assert 'name="sokt"' not in browser.get(PAGE).text
    browser.log_in()
    assert browser.post(f"{PAGE}/projekt", VALUES).status_code == 403
    assert browser.post(f"{PAGE}/projekt", VALUES | {"csrftoken": "fel"}).status_code == 403
    assert browser.get(f"{PAGE}/projekt").status_code == 405
    missing = VALUES | {"csrftoken": token(browser.get(PAGE).text)}
    assert browser.post("/utlysning/portal/finns-inte/projekt", missing).status_code == 404
    assert (rows(site, "projects"), rows(site, "followup")) == before


def test_notes_of_projects_stay_private(coordinator, site):
    coordinator.post(f"{PAGE}/projekt", VALUES, page=PAGE)
    coordinator.cookies.clear()
    for address in ("/uppfoljning", "/uppfoljning?format=json", PAGE, "/forvaltning/kultur-fritid"):
        assert "privat@example.org" not in coordinator.get(address).text


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.mark.browser
@needs_chromium
def test_a_project_is_entered_by_keyboard_and_no_page_of_it_breaks_accessibility(chromium, site):
    with served(make_app(site)) as base:
        page = chromium.new_context(base_url=base, viewport={"width": 390, "height": 844}, locale="sv-SE").new_page()
        page.goto("/logga-in")
        page.fill("#losen", PASSWORD)
        page.press("#losen", "Enter")
        page.wait_for_load_state()
        page.goto(PAGE)
        page.locator("summary", has_text="Kultur- och fritidsförvaltningen: intresserad").press("Enter")
        form = page.locator("form.project").first
        assert violations(page) == []
        form.get_by_label("Sökt belopp").fill("flera miljoner")
        form.get_by_label("Sökt belopp").press("Enter")
        page.wait_for_url("**/projekt")
        assert page.locator(".field-problem").inner_text() == "Skriv beloppet som 450 000, 450 tkr eller 1,5 miljoner."
        assert violations(page) == []
        page.emulate_media(color_scheme="dark")
        assert violations(page, again=True) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.get_by_label("Sökt belopp").fill("1000000")
        page.get_by_label("Sökt belopp").press("Enter")
        page.wait_for_url("**klart=projekt*")
        page.context.close()
    assert stored(site).applied_amount == 1_000_000


@pytest.mark.browser
@needs_chromium
def test_the_printed_report_fits_a4_and_no_column_is_cut(chromium, site):
    """The page of `report --html`, with amounts as long as they get, printed by Chromium from a dark screen."""
    with open_archive(site.config.archive) as archive:
        project = Project(
            department="kultur-fritid", source="portal", call_id="two-stage", title="Samverkansöverenskommelse " * 5,
            applied_amount=123_456_789, granted_amount=123_456_789, own_amount=23_456_789, applied_on=date(2026, 2, 28),
        )  # fmt: skip
        store_project(archive.db, project, "beviljad", note="", who="", now=NOW)
    file = site.config.data_dir / "rapport.html"
    document = make_report(site.config, NOW, None, None)
    file.write_bytes(render_report(site.config, NOW, document, "html"))
    page = chromium.new_context(color_scheme="dark").new_page()
    page.goto(file.as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    # 182 millimetres between the margins, at 96 pixels an inch.
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    cut = "[...document.querySelectorAll('td, th')].filter(c => c.scrollWidth > c.clientWidth + 1).map(c => c.textContent)"
    assert page.evaluate(cut) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.context.close()
    made = pypdfium2.PdfDocument(printed)
    texts = []
    for sheet in made:
        width, height = sheet.get_size()
        assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (210, 297)
        content = sheet.get_textpage()
        texts.append(content.get_text_bounded())
        boxes = [content.get_rect(number) for number in range(content.count_rects())]
        assert all(box[0] >= 0 and box[2] <= width for box in boxes)
    text = re.sub(r"\s+", " ", " ".join(texts))
    assert re.search(r"Egen ?del, ?kronor", text)
    assert len(re.findall("123 456 789", text.replace("\u00a0", " "))) >= 3
