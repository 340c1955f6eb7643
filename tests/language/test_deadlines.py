"""From the dates of a text to the deadlines of a call."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.calls import Call, DeadlineModel, Precision, Status, call_status, next_deadline
from monitor.language.deadlines import earliest_published, find_deadlines, instant

READ = date(2026, 3, 10)

ARTICLE = """Ny utlysning för klimatanpassning
10 mars 2026
Kommuner och kommunala bolag kan söka stöd. Ett webbinarium hålls den 20 mars kl. 10.
Ansök senast den 28 april klockan 15.
Projekten kan starta tidigast den 1 september 2026 och ska vara klara senast den 31 augusti 2029. Beslut lämnas den 30 juni.
Frågor besvaras till och med den 14 april.
Sidan uppdaterades 9 mars 2026."""


def read(text, **kwargs):
    return find_deadlines(text, reference=kwargs.pop("reference", READ), **kwargs)


def days(text, **kwargs):
    return [item.at.date().isoformat() for item in read(text, **kwargs).deadlines]


def test_one_deadline_among_many_dates():
    found = read(ARTICLE)
    (deadline,) = found.deadlines
    assert deadline.at.isoformat() == "2026-04-28T15:00:00+02:00"
    assert (deadline.precision, deadline.zone, deadline.text, deadline.stage) == (
        Precision.MINUTE,
        "Europe/Stockholm",
        "28 april klockan 15",
        None,
    )
    assert (found.model, found.reasons) == (DeadlineModel.SINGLE, ())


def test_opening_day_comes_along():
    found = read("Öppnar: 2 december 2026\nStänger: 6 mars 2027")
    assert found.opens == date(2026, 12, 2)
    assert days("Öppnar: 2 december 2026\nStänger: 6 mars 2027") == ["2027-03-06"]


@pytest.mark.parametrize(
    ("text", "model", "expected"),
    [
        (
            "Ansökningstider\n12 februari 2026 klockan 12.00\n7 maj 2026 klockan 12.00",
            DeadlineModel.CUT_OFFS,
            ["2026-02-12", "2026-05-07"],
        ),
        ("Ansök senast den 3 april, 3 juli och 3 oktober.", DeadlineModel.CUT_OFFS, ["2026-04-03", "2026-07-03", "2026-10-03"]),
        ("Sista ansökningsdag 1 och 15 oktober 2026", DeadlineModel.CUT_OFFS, ["2026-10-01", "2026-10-15"]),
        (
            "Ansökan görs i två steg. Skissen ska ha kommit in senast 1 april 2026. Sista ansökningsdag är 1 september 2026.",
            DeadlineModel.TWO_STAGE,
            ["2026-04-01", "2026-09-01"],
        ),
        ("Ansökningar tas emot löpande.", DeadlineModel.ROLLING, []),
        ("Kommuner kan söka bidrag löpande, dock senast den 31 december 2026.", DeadlineModel.SINGLE, ["2026-12-31"]),
        ("Kommuner kan söka bidrag.", DeadlineModel.UNKNOWN, []),
        ("Vi fick in 37 ansökningar. Utlysningen stängde den 3 februari.", DeadlineModel.UNKNOWN, []),
        ("Löpande verksamhet får inte stöd.", DeadlineModel.UNKNOWN, []),
    ],
)
def test_how_deadlines_hang_together(text, model, expected):
    assert (read(text).model, days(text)) == (model, expected)
    assert [item.stage for item in read(text).deadlines] == ([None] if len(expected) == 1 else list(range(1, len(expected) + 1)))


def test_the_box_wins_over_the_text_and_both_are_reported():
    found = read(
        "Sista dag för ansökan 2026-10-31 23:59\nAlla ansökningar som uppfyller kraven och kommit in senast 2025-10-31 23:59 får stöd."
    )
    assert [item.at.date() for item in found.deadlines] == [date(2026, 10, 31)]
    assert "säger emot" in found.reasons[0]


def test_a_closing_day_before_the_opening_day_is_a_slip():
    found = read(
        "Startdatum: 10 december 2026\nSlutdatum: 8 mars 2026\nAnsökan är öppen från den 10 december 2026 till 8 mars 2027."
    )
    assert [item.at.date() for item in found.deadlines] == [date(2027, 3, 8)]
    assert "före öppningsdagen" in found.reasons[0]


@pytest.mark.parametrize(
    "text", ["Sista ansökningsdatum 2026-09-31", "Deadline: 05.06.26", "Stänger: Ej bestämt", "Stänger 31 december 2099"]
)
def test_what_could_not_be_read_is_said(text):
    found = read(text)
    assert (found.deadlines, found.model) == ((), DeadlineModel.UNKNOWN)
    assert found.reasons


def test_without_a_reference_a_day_without_year_is_no_deadline():
    found = read("Ansök senast den 6 oktober.", reference=None)
    assert found.deadlines == ()
    assert "året framgår inte" in found.reasons[0]


def call(text, **kwargs):
    found = read(text, **kwargs)
    return Call(
        source="s", call_id="1", title="t", url="", deadlines=found.deadlines, deadline_model=found.model, opens=found.opens
    )


def test_t50_a_day_without_time_lasts_to_its_end():
    one = call("Sista ansökningsdag: 7 maj 2026")
    assert one.deadlines[0].at.isoformat() == "2026-05-07T23:59:59+02:00"
    assert one.deadlines[0].precision is Precision.DAY
    assert call_status(one, datetime(2026, 5, 7, 12, tzinfo=UTC)) is Status.OPEN
    assert call_status(one, datetime(2026, 5, 7, 22, 30, tzinfo=UTC)) is Status.CLOSED


@pytest.mark.parametrize(
    ("text", "utc"), [("Deadline: 7 May 2026 17:00 Brussels time", 15), ("Deadline: 12 November 2026 17:00 Brussels time", 16)]
)
def test_t50_five_in_brussels_is_five_in_summer_and_winter(text, utc):
    (deadline,) = read(text).deadlines
    assert deadline.at.astimezone(UTC).hour == utc
    assert (deadline.zone, deadline.at.hour) == ("Europe/Brussels", 17)


def test_t50_midnight_that_begins_a_day_is_neither_the_end_of_that_day_nor_sure():
    found = read("Ansök senast den 1 juni 2026 kl. 00.00")
    assert found.deadlines[0].at.isoformat() == "2026-06-01T00:00:00+02:00"
    assert "vilket dygn" in found.reasons[0]
    assert read("Ansök senast den 1 juni 2026 kl. 24.00").deadlines[0].at.isoformat() == "2026-06-01T23:59:00+02:00"


def test_t51_a_passed_day_closes_and_an_unknown_one_stays_unknown():
    assert call_status(call("Stängd 16 mars 2023"), datetime(2026, 3, 10, tzinfo=UTC)) is Status.CLOSED
    unknown = call("Stänger: Ej bestämt")
    assert unknown.deadline_model is DeadlineModel.UNKNOWN
    assert next_deadline(unknown, datetime(2026, 3, 10, tzinfo=UTC)) is None


def test_t53_the_last_day_is_that_day_in_every_nordic_zone():
    for zone in ("Europe/Stockholm", "Europe/Copenhagen", "Europe/Helsinki"):
        (deadline,) = read("Sista ansökningsdag: 31 maj 2026", zone=zone).deadlines
        assert (deadline.at.date(), deadline.zone) == (date(2026, 5, 31), zone)


def test_t54_the_next_of_several_cut_offs():
    rounds = call("Cut-off dates: 15 April 2026 and 14 October 2026")
    following = next_deadline(rounds, datetime(2026, 5, 1, tzinfo=UTC))
    assert following is not None
    assert following.at.date() == date(2026, 10, 14)


@pytest.mark.parametrize(
    ("url", "text", "day"),
    [
        ("https://example.se/nyheter/2024-02-15-ny-utlysning.html", "", date(2024, 2, 15)),
        ("https://example.se/2019/12/02/ny-utlysning/", "", date(2019, 12, 2)),
        ("https://example.se/nyheter_s/2012/apr/ny.aspx", "Rubrik\n3 april 2012\nText", date(2012, 4, 3)),
        ("https://example.se/nyheter/2013/ny/", "", date(2013, 1, 1)),
        ("https://example.se/sida", "Rubrik\nPublicerad 2022-09-19\nText", date(2022, 9, 19)),
        ("https://example.se/sida", "Sista ansökningsdag 3 maj 2024", None),
        ("https://example.se/artikel/52776", "", None),
    ],
)
def test_the_earliest_day_a_page_can_be_from(url, text, day):
    assert earliest_published(url, text) == day


@given(st.text(), st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2090, 1, 1))))
@settings(deadline=None)
def test_no_text_raises(text, reference):
    for item in find_deadlines(text, reference=reference).deadlines:
        assert item.at.tzinfo is not None
    earliest_published(text, text)


@given(st.dates(date(1995, 1, 1), date(2098, 1, 1)))
@settings(deadline=None)
def test_a_day_at_the_publisher_is_never_another_day(day):
    assert instant(day, None, "Europe/Helsinki").date() == day
