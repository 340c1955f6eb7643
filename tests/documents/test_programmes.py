"""Work programmes become coming calls with page and words; a value that the page does not surely give is left out."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.documents.child import read_document, run_limited
from monitor.documents.model import DocumentPage
from monitor.documents.planned_times import find_times
from monitor.documents.programmes import read_programme
from tests.documents.files import docx_bytes, write
from tests.documents.programme import COLUMNS, ROWS, boxes_pdf, topics_pdf

NAME = "CERV work programme 2027"


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Return a function that gives the pages of a file and the calls that it plans, both read in child processes."""
    folder = tmp_path_factory.mktemp("programmes")

    def read(body, name="programme.pdf"):
        pages = read_document(write(folder, name, body)).pages
        return pages, run_limited(read_programme, pages)

    return read


def times(entry):
    return [time and (time.first, time.last) for time in (entry.opens, entry.closes)]


def day(text):
    return (date.fromisoformat(text),) * 2


def lines(*rows, page=2):
    """Return the calls that lines of one page plan, after a first page with the name of the programme."""
    return read_programme([DocumentPage(1, "", NAME), DocumentPage(page, "", "\n".join(rows))])


def test_a_table_of_topics_is_read_with_every_value(planned):
    pages, found = planned(topics_pdf())
    assert [(one.identifier, one.title, one.action, one.amount, one.page) for one in found] == [
        (
            "CERV-2027-CITIZENS-TOWN-TT",
            "Youth exchange between twin towns about water, with guests of every age",
            "CERV-LS",
            4_500_000,
            3,
        ),
        ("CERV-2027-CITIZENS-TOWN-NT", "Networks of towns", "CERV-PJG", 6_000_000, 3),
        ("CERV-2027-CITIZENS-REM", "Remembrance in 2027", "CERV-PJG", 16_200_000, 3),
        ("CERV-2028-CHILD", "Children's rights in cities", "CERV-PJG", 17_000_000, 3),
    ]
    assert times(found[0]) == [day("2027-01-21"), day("2027-04-22")]
    assert times(found[3]) == [(date(2028, 1, 1), date(2028, 3, 31)), None]
    assert found[3].opens.words == "Q1 2028"
    assert {one.programme for one in found} == {"CERV"}
    text = {page.number: page.text for page in pages}
    assert all(one.quote and one.quote in text[one.page] for one in found)
    assert "Topics may be changed" not in found[3].quote


def test_boxes_are_read_below_their_headings(planned):
    """A purchase of the Commission is no call; a call without an identifier keeps the programme of the document."""
    pages, found = planned(boxes_pdf())
    assert [(one.identifier, one.title, one.programme, one.action, one.amount, one.page) for one in found] == [
        ("CREA-CULT-2027-TOOLS", "Small libraries that lend tools", "CREA", "Project grants", 12_500_000, 2),
        ("", "Stages in small towns", "CREA", "Project grants", 3_200_000, 3),
    ]
    assert times(found[0]) == [(date(2026, 10, 1), date(2026, 12, 31)), day("2027-03-04")]
    assert times(found[1]) == [(date(2027, 4, 1), date(2027, 4, 30)), (date(2027, 9, 1), date(2027, 9, 30))]
    text = {page.number: page.text for page in pages}
    assert all(one.quote in text[one.page] for one in found)


def test_a_table_in_word_is_read_as_one_in_a_pdf(planned):
    blocks = [("h1", "2.1 Calls"), ("p", f"{NAME} has these calls."), ("table", [COLUMNS, *ROWS])]
    _, found = planned(docx_bytes(blocks), "programme.docx")
    _, same = planned(topics_pdf())
    assert [(one.identifier, one.title, one.amount, times(one)) for one in found] == [
        (one.identifier, one.title, one.amount, times(one)) for one in same
    ]


def test_a_table_goes_on_over_pages_under_running_headers(planned):
    many = [
        (f"LIFE-2027-TEST-T{n:02}: Ponds in town number {n}", "LIFE-PJG", f"{n}.50", "20 April 2027", "22 September 2027")
        for n in range(1, 60)
    ]
    _, found = planned(topics_pdf(many, title="LIFE work programme 2025-2027"))
    assert [(one.identifier, one.amount) for one in found] == [
        (f"LIFE-2027-TEST-T{n:02}", n * 1_000_000 + 500_000) for n in range(1, 60)
    ]
    assert {tuple(times(one)) for one in found} == {(day("2027-04-20"), day("2027-09-22"))}
    assert [one.title for one in found] == [f"Ponds in town number {n}" for n in range(1, 60)]
    assert len({one.page for one in found}) > 1


def test_a_table_without_its_column_names_goes_on_while_only_rows_follow():
    """Columns after the last that is read are passed over; a sentence between two rows ends the table."""
    row = "LIFE-2027-A-{}: Ponds LIFE-PJG 4 500 000 15 January 2027 15 April 2027 CINEA"
    texts = [
        NAME,
        "\n".join((HEADER, row.format("B"), row.format("C"))),
        "\n".join((row.format("D"), "All this may change.", row.format("E"))),
    ]
    found = read_programme([DocumentPage(number, "", text) for number, text in enumerate(texts, start=1)])
    assert [(one.identifier, one.page) for one in found] == [("LIFE-2027-A-B", 2), ("LIFE-2027-A-C", 2), ("LIFE-2027-A-D", 3)]


HEADER = "Topic Type of action Indicative budget (EUR) Opening Deadline"


def test_days_above_a_table_are_those_of_its_rows():
    [found] = lines(
        "Call - Cities", "Opening: 15 Apr 2027", "Deadline(s): 16 Sep 2027", "Topics Type of Action Budgets (EUR million)",
        "HORIZON-MISS-2027-04-CIT-02: Hydrogen cities", "IA 12.00",
    )  # fmt: skip
    assert (times(found), found.amount) == ([day("2027-04-15"), day("2027-09-16")], 12_000_000)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("LIFE-2027-A-B: Ponds LIFE-PJG 4 500 000 15/01/2027 15/04/2027", (4_500_000, [day("2027-01-15"), day("2027-04-15")])),
        ("LIFE-2027-A-\nB: Ponds LIFE-PJG 4 500 000 15 January\n2027 15\nApril 2027", (4_500_000, [day("2027-01-15"), day("2027-04-15")])),
        ("LIFE-2027-A-B: Ponds LIFE-PJG EUR 4.5 million Q1 2027 Q2-Q3 2027", (4_500_000, [(date(2027, 1, 1), date(2027, 3, 31)), (date(2027, 4, 1), date(2027, 9, 30))])),
        ("LIFE-2027-A-B: Ponds LIFE-PJG 450 January 2027 May 2027", (None, [(date(2027, 1, 1), date(2027, 1, 31)), (date(2027, 5, 1), date(2027, 5, 31))])),
        ("LIFE-2027-A-B: Ponds LIFE-PJG 4 500 000 15 January 2027 - 15 April 2027", (4_500_000, [day("2027-01-15"), day("2027-04-15")])),
        ("LIFE-2027-A-B: Ponds LIFE-PJG 4 500 000 15 January 2027 15 April 2027 1 December 2027", (4_500_000, [day("2027-01-15"), day("2027-04-15")])),
        ("LIFE-2027-A-B: Ponds LIFE-PJG 4 500 000 tbd 15 April 2027", (4_500_000, [None, day("2027-04-15")])),
    ],
)  # fmt: skip
def test_a_row_is_read_in_the_forms_that_programmes_use(row, expected):
    [found] = lines(HEADER, row)
    assert (found.identifier, found.title) == ("LIFE-2027-A-B", "Ponds")
    assert (found.amount, times(found)) == expected


@pytest.mark.parametrize(
    "row",
    [
        "LIFE-2027-A-B: Ponds LIFE-PJG 4 500 000 15 April 2027",
        "LIFE-2027-A-B: Ponds LIFE-PJG 4 500 000",
        "LIFE-2027-A-B: Ponds LIFE-PJG 4 500 000 spring 2027 autumn 2027",
        "LIFE-2027-A-B: Ponds LIFE-PJG 4 500 000 03/02/2027 05/04/2027",
        "LIFE-2027-A-B: Ponds LIFE-PJG 4 500 000 31 June 2027 31 September 2027",
        "LIFE-2027-A-B: Study of ponds Procurement 4 500 000 15 January 2027 15 April 2027",
        "LIFE-A-B: Ponds LIFE-PJG 4 500 000 15 January 2027 15 April 2027",
        "See LIFE-2027-A-B: Ponds LIFE-PJG 4 500 000 15 January 2027 15 April 2027",
    ],
    ids=[
        "one of two days",
        "no day",
        "seasons",
        "which is the month",
        "no such day",
        "a purchase",
        "no year",
        "mentioned in passing",
    ],
)
def test_a_row_that_is_not_sure_plans_nothing(row):
    assert lines(HEADER, row) == ()


@pytest.mark.parametrize(
    "header",
    [
        "Topic Budget 2027 (EUR) Budget 2028 (EUR) Opening Deadline",
        "Topic Budget Opening Deadline",
        "Topic Number of projects Budget (EUR) Maximum per project Opening Deadline",
    ],
)
def test_a_budget_that_may_be_another_figure_is_left_out(header):
    [found] = lines(header, "LIFE-2027-A-B: Ponds 4 500 000 1 500 000 15 January 2027 15 April 2027")
    assert (found.amount, times(found)) == (None, [day("2027-01-15"), day("2027-04-15")])


def test_prose_about_topics_plans_nothing():
    """Neither an identifier at the beginning of a line nor the words of column names in sentences make a table."""
    assert lines(
        "The topic with the largest budget has its opening and its deadline in 2027.",
        "CERV-2027-CHILD is meant for cities. It was opened on 21 January 2026 and had its deadline on 22 April 2026.",
        "Deadline for appeals: 1 May 2027",
    ) == ()  # fmt: skip


def test_a_date_in_a_title_is_never_taken_for_a_column():
    [found] = lines(HEADER, "LIFE-2027-A-B: Festival LIFE-PJG 4 500 000 15 January 2027 15 April 2027", "CERV-2027-C-D: From 3 May 2026 CERV-PJG 1 000 000 15 January 2027")  # fmt: skip
    assert found.identifier == "LIFE-2027-A-B"


@pytest.mark.parametrize(("words", "open_places"), [("n/a", 1), ("to be confirmed", 1), ("Q4-Q1 2027", 1), ("2027", 0)])
def test_words_that_leave_a_time_open_are_places_without_a_time(words, open_places):
    assert [place.time for place in find_times(words)] == [None] * open_places


@pytest.mark.parametrize("name", ["online-manual_om_en", "rules-legal-entity-validation_en"])
def test_the_commissions_guides_plan_no_call(shared, name):
    """115 real pages with identifiers, days, deadlines and budgets in their sentences."""
    text = (shared / "data" / "open" / "call-documents" / f"{name}.txt").read_text("utf-8")
    assert read_programme([DocumentPage(number, "", page) for number, page in enumerate(text.split("\f"), start=1)]) == ()


PIECES = st.sampled_from(
    [HEADER, "LIFE-2027-A-B: Ponds", "LIFE-PJG", "4 500 000", "15 January 2027", "Q1 2027", "2.1 Heading", "|", "Deadline", "\n", "3",
     "Opening: 1 May 2027", "Indicative budget EUR 5 million", "Publication of the call", "Topic title", "29/02/2027", "."]
)  # fmt: skip


@given(st.lists(st.lists(PIECES, max_size=14).map(" ".join), min_size=1, max_size=4))
def test_every_quote_stands_on_its_page_whatever_the_pages_hold(texts):
    pages = [DocumentPage(number, "", text) for number, text in enumerate([NAME, *texts], start=1)]
    for entry in read_programme(pages):
        assert entry.quote in pages[entry.page - 1].text
        assert entry.opens or entry.closes
        assert entry.amount is None or entry.amount >= 1_000


@pytest.mark.parametrize(
    ("budget", "amount"),
    [("EUR 4\n500 000", 4_500_000), ("EUR 4.5\nmillion", 4_500_000), ("EUR 500\n000", 500_000), ("EUR 4", None), ("4\n500 000 EUR", None)],
)  # fmt: skip
def test_the_budget_of_a_box_is_read_whole_or_not_at_all(budget, amount):
    rows = ("4.1.2 Climate governance and", "information for towns", "Type of action: action grant", f"Budget: {budget}")
    [found] = lines(*rows, "Opening: 15 April 2027", "Deadline: 22 September", "2027")
    assert (found.title, found.amount) == ("Climate governance and information for towns", amount)
    assert times(found) == [day("2027-04-15"), day("2027-09-22")]
    assert f"Budget: {budget}\nOpening" in found.quote


def test_a_title_over_two_lines_is_kept_whole():
    rows = ("Topic title: Small libraries", "that lend tools", "Type of action: action grant", "Opening: 15 April 2027")
    assert [one.title for one in lines(*rows)] == ["Small libraries that lend tools"]
    rows = (
        "4.1.2 Small libraries",
        "that lend tools",
        "Type of action: action grant",
        "Budget: EUR 5 000",
        "Opening: 15 April 2027",
    )
    assert [one.title for one in lines(*rows)] == ["Small libraries that lend tools"]
