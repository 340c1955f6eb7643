"""The follow-up report: figures, text, Word and Excel agree with the archive; year boundaries and changes of state."""

import io
import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import docx
import openpyxl
import pytest

from monitor.archive.feedback import set_state
from monitor.archive.projects import FollowedProject, Project, ReportingDay, read_project, store_project
from monitor.awards.municipal import FundedGroup
from monitor.calls import CallKey
from monitor.config import Config
from monitor.digest.render import load_templates
from monitor.paths import DIGESTS
from monitor.settings import Money
from monitor.web.report.excel import as_excel_report
from monitor.web.report.facts import Period, read_facts, read_period
from monitor.web.report.progress import Progress, progress_of
from monitor.web.report.tables import AMOUNTS, COUNTS, DIMENSIONS, FIGURES, NAMES, make_document
from monitor.web.report.text import FUNDED_COLUMNS, FUNDED_HEADING, ReportWords, has_comparison, write_text
from monitor.web.report.word import as_word
from tests.mailing import MONDAY, STOCKHOLM, WEEK, World, a_call, small_rules

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
WORDS = {language: load_templates((DIGESTS,)).wording(language) for language in ("sv", "en")}
TITLE = "Uppföljning"


def at(day, clock="12:00"):
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=STOCKHOLM)


def work(*states, **project):
    entered = Project(department="social", source="portal", call_id="1", **project) if project else None
    noted = tuple((at(day), state) for day, state in states)
    return FollowedProject(
        department="social", source="portal", call_id="1", call_title="Utlysning 1", identifier="", programme="",
        states=noted, project=entered,
    )  # fmt: skip


def progress(work, last="2026-12-31"):
    return progress_of(work, date.fromisoformat(last), STOCKHOLM)


JUNE = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], Progress()),
        ([("2026-06-01", "intresserad")], Progress("intresserad", JUNE)),
        ([("2026-06-01", "avstar")], Progress("avstar")),
        # Who was granted money has applied, though nobody noted it.
        ([("2026-06-01", "beviljad")], Progress("beviljad", JUNE, JUNE, JUNE)),
        # A decision that was corrected, and a grant that was given up, are none.
        ([("2026-06-01", "beviljad"), ("2026-06-09", "avslag")], Progress("avslag", JUNE, JUNE, None, date(2026, 6, 9))),
        ([("2026-06-01", "beviljad"), ("2026-06-09", "avstar")], Progress("avstar", JUNE, JUNE)),
        # A refusal, and a new application to the same call.
        ([("2026-06-01", "avslag"), ("2026-06-09", "soker")], Progress("soker", JUNE, JUNE)),
        # A state that is noted again, with a note, was reached the first time.
        ([("2026-06-01", "beviljad"), ("2026-09-01", "beviljad")], Progress("beviljad", JUNE, JUNE, JUNE)),
    ],
)
def test_states_and_the_days_on_which_they_were_reached(states, expected):
    assert progress(work(*states)) == expected


def test_the_days_that_were_entered_take_the_place_of_those_of_the_notes():
    late = work(("2027-01-10", "soker"), ("2027-01-10", "beviljad"), applied_on=date(2026, 10, 1), decided_on=date(2026, 12, 20))
    assert progress(late) == Progress("beviljad", date(2026, 10, 1), date(2026, 10, 1), date(2026, 12, 20))
    assert progress(late, "2026-12-19").state == "soker"
    assert progress(late, "2026-09-30") == Progress()


def test_an_entered_application_counts_before_a_decision_alone_and_interest_stays_earlier():
    decided = work(("2026-03-01", "intresserad"), ("2026-06-01", "beviljad"), applied_on=date(2026, 4, 1))
    assert progress(decided) == Progress("beviljad", date(2026, 3, 1), date(2026, 4, 1), JUNE)
    # Interest that was noted afterwards is no later than the application.
    noted = work(("2026-06-01", "intresserad"), ("2026-06-01", "soker"), applied_on=date(2026, 4, 1))
    assert progress(noted).interested == date(2026, 4, 1)
    # An application that is planned is none yet.
    planned = work(("2026-06-01", "soker"), applied_on=date(2026, 9, 1))
    assert progress(planned, "2026-08-31") == Progress()


def test_the_same_days_of_the_year_before():
    assert YEAR.a_year_before() == Period(date(2025, 1, 1), date(2025, 12, 31))
    leap = Period(date(2028, 2, 1), date(2028, 2, 29))
    assert leap.a_year_before() == Period(date(2027, 2, 1), date(2027, 2, 28))
    now = at("2026-05-20")
    assert read_period(None, None, now, Config()) == Period(date(2026, 1, 1), date(2026, 5, 20))
    assert read_period(at("2026-02-01", "00:00"), at("2026-03-01", "00:00"), now, Config()).last == date(2026, 2, 28)


@pytest.fixture
def world(tmp_path):
    """Installation with calls of two years, told at the end of one and the beginning of the next, and projects."""
    world = World(tmp_path).welcomed()
    world.config = world.config.model_copy(update={"money": Money(rates={"EUR": 11.0})})
    return world


def told(world, call, moment):
    world.publish(call, at=moment)
    world.week(moment)


def document(world, period=YEAR):
    with world.archive() as archive:
        return make_document(read_facts(archive.db, world.config, period), small_rules(), world.config)


def enter(world, state, now, *, call="1", department="kultur-fritid", **values):
    with world.archive() as archive:
        stored = read_project(archive.db, department, CallKey("portal", call))
        base = stored or Project(department=department, source="portal", call_id=call)
        store_project(archive.db, replace(base, **values), state, note="", who="Anna", now=now)


def test_an_empty_archive_gives_a_report_that_says_so(tmp_path):
    world = World(tmp_path)
    with world.archive():
        pass
    made = document(world)
    assert {made["total"][figure] for figure in FIGURES} == {0}
    assert (made["projects"], made["running"]) == ([], [])
    assert not has_comparison(made)
    words = ReportWords(WORDS["sv"], MONDAY)
    text = " ".join(paragraph.text for paragraph in write_text(made, words))
    assert "hittade 0 nya utlysningar." in text
    assert "Ingen ansökan är noterad under tiden." in text
    assert "året innan" not in text
    assert docx.Document(io.BytesIO(as_word(made, write_text(made, words), TITLE, words))).tables
    book = openpyxl.load_workbook(io.BytesIO(as_excel_report(made, write_text(made, words), TITLE, words)))
    assert book.sheetnames == ["Rapporten", "Siffrorna", "Projekt"]


def test_each_call_counts_in_the_year_of_the_municipalitys_clock(world):
    """The archive has times of UTC: half past midnight in Sweden is still the day before there."""
    told(world, a_call("1", "2027-03-01"), datetime(2026, 12, 31, 23, 50, tzinfo=STOCKHOLM))
    told(world, a_call("2", "2027-03-01"), datetime(2027, 1, 1, 0, 30, tzinfo=STOCKHOLM))
    next_year = document(world, Period(date(2027, 1, 1), date(2027, 12, 31)))
    assert (next_year["total"]["found"], next_year["previous"]["total"]["found"]) == (1, 1)
    assert document(world)["total"]["found"] == 1
    assert [(row["id"], row["found"], row["previous"]["found"]) for row in next_year["months"]] == [
        ("2027-01", 1, 0),
        ("2027-12", 0, 1),
    ]


def test_a_call_told_last_year_is_not_told_anew_by_a_reminder(world):
    told(world, a_call("1", "2027-01-29"), at("2026-12-28"))
    with world.archive() as archive:
        archive.db.execute(
            "INSERT INTO digest_items SELECT digest, department, source, call_id, section, 'reminder', position, shown,"
            " '2027-01-04T06:00:00+00:00', numbered FROM digest_items WHERE fact = 'new'"
        )
    next_year = document(world, Period(date(2027, 1, 1), date(2027, 12, 31)))
    assert next_year["total"]["told"] == 0
    assert next_year["previous"]["total"]["told"] == 1


def test_an_application_of_one_year_that_is_granted_in_the_next_counts_once_in_each(world):
    told(world, a_call("1", "2026-11-01"), MONDAY)
    enter(world, "soker", at("2026-10-20"), currency="EUR", applied_amount=100_000, own_amount=10_000)
    enter(world, "beviljad", at("2027-02-03"), granted_amount=90_000)
    this, following = document(world), document(world, Period(date(2027, 1, 1), date(2027, 12, 31)))

    def figures(made):
        return [made["total"][name] for name in ("applied", "granted", *AMOUNTS)]

    assert figures(this) == [1, 0, 1_100_000, 0, 0]
    assert figures(following) == [0, 1, 0, 990_000, 110_000]
    assert following["previous"]["total"]["applied_amount"] == 1_100_000
    assert [project["state"] for project in this["projects"]] == ["soker"]
    assert following["amounts"]["entered"]["granted_amount"] == {"EUR": 90_000}
    assert following["amounts"]["rates"] == {"EUR": 11.0}
    (row,) = following["departments"]
    assert (row["granted_amount"], row["previous"]["applied_amount"]) == (990_000, 1_100_000)


def test_a_project_that_changed_state_counts_as_it_stands_at_the_end(world):
    told(world, a_call("1", "2026-11-01"), MONDAY)
    enter(world, "soker", at("2026-06-02"), applied_amount=500_000, granted_amount=None)
    enter(world, "beviljad", at("2026-09-01"), granted_amount=400_000)
    assert document(world)["total"]["granted_amount"] == 400_000
    assert document(world, Period(date(2026, 1, 1), date(2026, 8, 31)))["projects"][0]["state"] == "soker"
    enter(world, "avslag", at("2026-10-01"))
    made = document(world)
    assert [made["total"][name] for name in ("applied", "granted", "refused", "granted_amount")] == [1, 0, 1, 0]
    assert document(world, Period(date(2026, 1, 1), date(2026, 9, 30)))["total"]["granted"] == 1


def test_a_currency_without_a_rate_is_named_and_not_summed(world):
    told(world, a_call("1", "2026-11-01"), MONDAY)
    enter(world, "soker", at("2026-06-02"), currency="USD", applied_amount=70_000)
    made = document(world)
    assert (made["total"]["applied"], made["total"]["applied_amount"]) == (1, 0)
    assert made["amounts"]["without_rate"] == ["USD"]
    text = " ".join(paragraph.text for paragraph in write_text(made, ReportWords(WORDS["sv"], MONDAY)))
    assert "Belopp i USD är inte omräknade" in text


def test_running_projects_are_those_from_before_that_wait_or_have_not_ended(world):
    for call in ("1", "2", "3", "4"):
        world.crawl(*[a_call(one, "2026-11-01") for one in ("1", "2", "3", "4")], at=MONDAY)
        enter(world, "soker", at("2025-03-01"), call=call)
    enter(world, "beviljad", at("2025-06-01"), call="2", ends=date(2027, 1, 1))
    enter(world, "beviljad", at("2025-06-01"), call="3", ends=date(2025, 12, 31))
    enter(world, "avslag", at("2025-06-01"), call="4")
    made = document(world)
    assert made["projects"] == []
    assert [(project["call_id"], project["state"]) for project in made["running"]] == [("1", "soker"), ("2", "beviljad")]


@pytest.fixture
def full(world):
    """Document with a granted, a waiting and a refused project beside figures of the year before."""
    told(world, a_call("0", "2025-12-01"), at("2025-06-02"))
    told(world, a_call("1", "2026-11-01"), MONDAY)
    told(world, a_call("2", "2026-11-01"), MONDAY + WEEK)
    told(world, a_call("3", "2026-11-01"), MONDAY + 2 * WEEK)
    reports = (ReportingDay(date(2027, 3, 31), "slutrapporten"),)
    enter(
        world, "beviljad", at("2026-09-01"), title="Läsfest", applied_amount=1_500_000, granted_amount=1_250_000, reports=reports
    )
    enter(world, "soker", at("2026-10-01"), call="2", currency="EUR", applied_amount=100_000)
    enter(world, "avslag", at("2026-10-02"), call="3", department="social", title="=1+1")
    return document(world)


def sums_agree(rows, made):
    """Return whether rows of departments add up to the totals, which each count once per department."""
    return all(sum(row[name] for row in rows) == made["total"][name] for name in ("told", "applied", "granted", *AMOUNTS))


def test_the_rows_of_departments_add_up_to_the_totals(full):
    assert sums_agree(full["departments"], full)
    assert full["total"]["applied_amount"] == 1_500_000 + 1_100_000
    assert full["total"]["granted_amount"] == 1_250_000


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_text_says_in_sentences_what_the_figures_are(full, language):
    words = ReportWords(WORDS[language], MONDAY)
    text = " ".join(paragraph.text for paragraph in write_text(full, words)).replace("\u00a0", " ")
    expected = {
        "sv": (
            "Rapporten gäller tiden från 1 januari 2026 till 31 december 2026.",
            "EU-bevakningen hittade 3 nya utlysningar (samma tid året innan: 1).",
            "tillsammans skickades de ut 3 gånger",
            "3 ansökningar lämnades in, på tillsammans 2,6 miljoner kronor (samma tid året innan: 0).",
            "1 projekt beviljades, på tillsammans 1,25 miljoner kronor",
            "1 ansökan fick avslag",
            "1 ansökan väntar på besked den 31 december 2026.",
            "Kultur- och fritidsförvaltningen fick 1,25 miljoner kronor till ”Läsfest”.",
            "Närmast ska slutrapporten för ”Läsfest” lämnas senast 31 mars 2027.",
            "Belopp saknas för 1 projekt",
            "1 EUR = 11 kronor",
        ),
        "en": ("3 applications were handed in, together 2.6 million", "1 application waits for a decision on 31 December 2026."),
    }[language]
    assert [sentence for sentence in expected if sentence not in text] == []
    assert "tips" not in text.lower().split()


def test_word_has_the_text_and_every_figure(full):
    words = ReportWords(WORDS["sv"], MONDAY)
    paragraphs = write_text(full, words)
    made = docx.Document(io.BytesIO(as_word(full, paragraphs, TITLE, words)))
    texts = [paragraph.text for paragraph in made.paragraphs]
    assert texts[0] == TITLE
    assert set(texts) >= {paragraph.text for paragraph in paragraphs}
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in made.tables]
    totals = {row[0]: row[1:] for row in tables[0][1:]}
    plain = words.wording.number
    assert totals == {NAMES[name]: [plain(full["total"][name]), plain(full["previous"]["total"][name])] for name in FIGURES}
    assert [row[0] for row in tables[1][1:]] == [project["title"] for project in full["projects"]]
    assert len(tables) == 2 + sum(1 for dimension in DIMENSIONS if full[dimension])
    for table, section in ((tables[1], made.sections[1]), (tables[2], made.sections[1])):
        assert section.page_width > section.page_height, "wide tables lie on landscape pages"
        assert len({len(row) for row in table}) == 1


def test_the_projects_in_publishers_lists_are_in_word_and_excel(world):
    groups = [
        FundedGroup("LIFE", 2024, 2, (("EUR", 90_000), ("SEK", 1_200_000)), 1, ("Polen", "Finland")),
        FundedGroup("Interreg", None, 1, (), 1),
    ]
    with world.archive() as archive:
        made = make_document(read_facts(archive.db, world.config, YEAR), small_rules(), world.config, groups)
    words = ReportWords(WORDS["sv"], MONDAY)
    file = docx.Document(io.BytesIO(as_word(made, write_text(made, words), TITLE, words)))
    assert FUNDED_HEADING in [paragraph.text for paragraph in file.paragraphs]
    rows = [[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in file.tables[1].rows]
    assert rows == [
        list(FUNDED_COLUMNS),
        ["LIFE", "2024", "2", "90 000 EUR + 1 200 000 kr, står inte för 1", "Polen, Finland"],
        ["Interreg", "okänt", "1", "står inte för 1", "står inte"],
    ]
    book = openpyxl.load_workbook(io.BytesIO(as_excel_report(made, write_text(made, words), TITLE, words)))
    heads, *rows = sheet_rows(book, "EU-projekt")
    assert [row[:5] for row in rows] == [
        ["LIFE", 2024, 2, 90_000, "EUR"],
        ["LIFE", 2024, None, 1_200_000, "SEK"],
        ["Interreg", None, 1, None, None],
    ]
    assert sum(row[heads.index("Projekt")] or 0 for row in rows) == 3


def test_word_and_excel_name_a_state_with_the_same_words(full):
    words = ReportWords(WORDS["sv"], MONDAY)
    made = docx.Document(io.BytesIO(as_word(full, write_text(full, words), TITLE, words)))
    heads, *rows = [[cell.text for cell in row.cells] for row in made.tables[1].rows]
    book = openpyxl.load_workbook(io.BytesIO(as_excel_report(full, write_text(full, words), TITLE, words)))
    sheet = [dict(zip(sheet_rows(book, "Projekt")[0], row, strict=True)) for row in sheet_rows(book, "Projekt")[1:]]
    state = heads.index("Läge")
    assert {row[0]: row[state] for row in rows} == {row["Projekt"]: row["Läge"] for row in sheet}
    assert {row[state] for row in rows} == {"Beviljat", "Sökt", "Avslag"}


def test_an_application_that_is_being_written_is_no_application_yet(world):
    told(world, a_call("1", "2026-11-01"), MONDAY)
    enter(world, "skriver", at("2026-06-02"))
    made = document(world)
    assert (made["total"]["interested"], made["total"]["applied"], made["projects"]) == (1, 0, [])


def test_the_tables_of_word_are_no_wider_than_their_page(full):
    words = ReportWords(WORDS["sv"], MONDAY)
    made = docx.Document(io.BytesIO(as_word(full, write_text(full, words), TITLE, words)))
    for number, table in enumerate(made.tables):
        section = made.sections[0 if number == 0 else 1]
        room = section.page_width - section.left_margin - section.right_margin
        assert sum(cell.width for cell in table.rows[0].cells) <= room + 1000
    a4 = {round(side / 36000) for section in made.sections for side in (section.page_width, section.page_height)}
    assert a4 == {210, 297}


def sheet_rows(book, name):
    return [list(row) for row in book[name].iter_rows(values_only=True)]


def test_excel_has_numbers_that_add_up_and_days_that_are_days(full):
    words = ReportWords(WORDS["sv"], MONDAY)
    book = openpyxl.load_workbook(io.BytesIO(as_excel_report(full, write_text(full, words), TITLE, words)))
    assert {row[0]: row[1] for row in sheet_rows(book, "Siffrorna")[1:]} == {NAMES[name]: full["total"][name] for name in FIGURES}
    heads, *rows = sheet_rows(book, "Förvaltningar")
    assert heads[1:3] == ["Hittade", "Hittade, året innan"]
    for name in ("told", "applied", "granted", *AMOUNTS):
        column = heads.index(NAMES[name])
        assert sum(row[column] for row in rows) == full["total"][name], name
        assert sum(row[column + 1] for row in rows) == full["previous"]["total"][name], name
    heads, *rows = sheet_rows(book, "Projekt")
    by_title = {row[0]: dict(zip(heads, row, strict=True)) for row in rows}
    assert by_title["Läsfest"]["Beslut den"].date() == date(2026, 9, 1)
    assert by_title["Läsfest"]["Beviljat belopp"] == 1_250_000
    assert by_title["Utlysning 2"]["Valuta"] == "EUR"
    assert by_title["=1+1"]["Läge"] == "Avslag", "a title is no formula"
    assert {book[name].page_setup.paperSize for name in book.sheetnames} == {"9"} or {
        book[name].page_setup.paperSize for name in book.sheetnames
    } == {9}


def test_counts_of_a_document_are_those_of_the_archive(full, world):
    with world.archive() as archive:
        (found,) = archive.db.execute(
            "SELECT count(*) FROM calls WHERE kind = 'call' AND first_seen BETWEEN '2026-01-01' AND '2026-12-31T23:00'"
        ).fetchone()
    assert full["total"]["found"] == found
    assert set(COUNTS) | set(AMOUNTS) == set(FIGURES)


def test_the_department_page_and_the_report_take_the_same_states(world):
    """A state that is noted on the department's page, without amounts, is in the report as well."""
    told(world, a_call("1", "2026-11-01"), MONDAY)
    with world.archive() as archive:
        set_state(archive.db, "social", CallKey("portal", "1"), "soker", note="", who="", now=MONDAY + timedelta(days=1))
    made = document(world)
    assert (made["total"]["applied"], made["projects"][0]["applied_on"]) == (1, "2026-06-02")
    assert made["projects"][0]["applied_amount"] is None


def test_the_report_is_handed_out_as_word_excel_and_json(browser):
    for form, kind in (("docx", "wordprocessingml"), ("xlsx", "spreadsheetml"), ("json", "json")):
        answer = browser.get(f"/uppfoljning.{form}?fran=2026-01-01&till=2026-12-31")
        assert answer.status_code == 200
        assert kind in answer.headers["content-type"]
        assert f'filename="uppfoljning.{form}"' in answer.headers["content-disposition"]
    made = json.loads(answer.content)
    assert made == browser.get("/uppfoljning?format=json&fran=2026-01-01&till=2026-12-31").json()
    assert browser.get("/uppfoljning.abcd").status_code == 404
    for days in ("fran=0001-01-01", "till=9999-12-31", "fran=2026-12-31&till=2026-01-01"):
        assert browser.get(f"/uppfoljning?{days}").status_code == 200


def test_a_day_that_is_none_is_answered_beside_its_field_with_what_was_typed(browser):
    page = browser.get("/uppfoljning?fran=1%20mars%20%3Cb%3E&till=2026-05-20").text
    field = page.partition('id="fran"')[2].partition("</div>")[0]
    assert 'type="text" value="1 mars &lt;b&gt;" aria-invalid="true" aria-describedby="fel-fran"' in field
    assert 'id="fel-fran" role="alert">Vi förstod inte datumet. Skriv till exempel 2027-02-01.<' in field
    assert 'type="date" value="2026-05-20">' in page, "the other field stays"
    assert "Siffrorna gäller 2026-01-01 till 2026-05-20." in page
    assert "We did not understand the date" in browser.get("/uppfoljning?till=2026-02-30&lang=en").text
    reversed_days = browser.get("/uppfoljning?fran=2026-12-31&till=2026-01-01").text
    assert "Den här dagen är före den första. Välj en senare." in reversed_days
    assert "Siffrorna gäller 2026-01-01 till 2026-05-20." in reversed_days, "not of a period that ends before it begins"
    assert "field-problem" not in browser.get("/uppfoljning?fran=2026-01-01&till=").text
    for address in ("/uppfoljning.json?fran=x", "/uppfoljning?format=json&till=31.12.2026", "/uppfoljning.docx?fran=0001-01-01"):
        assert browser.get(address).status_code == 400, "no file of another period than the one asked for"
