"""From the dates of a text to the deadlines of a call."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.calls import Call, DeadlineModel, Precision, call_status, next_deadline
from monitor.language.deadlines import earliest_published, find_deadlines, instant
from monitor.vocabulary import Status

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


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
("sv","Omgången är öppen 1 februari–19 mars 2027. Ansökan ska vara inne före kl. 15.00 på sista dagen.",["2027-03-19T15:00"]),
("sv","Ansökningsperiod: 12 januari–9 februari 2027, sista dagen stänger systemet kl. 15.00.",["2027-02-09T15:00"]),
("nb","Utlysningen er åpen fra 20. januar til 24. februar 2027, og søknaden må være sendt inn før kl. 15.00 siste dag.",["2027-02-24T15:00"]),
("sv","Ansökningsperioden är 4–25 januari 2027. Portalen stänger kl. 12.",["2027-01-25T12:00"]),
("sv","Sök senast den 2 mars 2027 eller den 5 oktober 2027, båda kl. 14.00.",["2027-03-02T14:00","2027-10-05T14:00"]),
("en","Cut-off dates: 4 February 2027 and 6 May 2027, both at 12:00 Brussels time.",["2027-02-04T12:00","2027-05-06T12:00"]),
("en","The call is open from 11 January to 26 March 2027. Proposals must arrive by 5 p.m. on the last day.",["2027-03-26T17:00"]),
("en","Application deadlines in 2027: 3 March, 2 June and 1 December. Each round closes at 16:00 Finnish time.",["2027-03-03T16:00","2027-06-02T16:00","2027-12-01T16:00"]),
("da","Puljen er åben 5. januar–12. februar 2027. Ansøgningen skal være indsendt senest kl. 23.59 den sidste dag.",["2027-02-12T23:59"]),
("da","Frister for ansøgning: 1. april 2027 og 1. november 2027, begge kl. 12.00.",["2027-04-01T12:00","2027-11-01T12:00"]),
("nb","Søknadsfrister er 15. januar 2027 og 20. august 2027, begge kl. 15.00.",["2027-01-15T15:00","2027-08-20T15:00"]),
("nb","Utlysningen er åpen 3. januar til 3. mars 2027. Portalen stenger kl. 13.00.",["2027-03-03T13:00"]),
("sv","Ansökan är öppen till midnatt mellan den 14 och 15 april 2027.",["2027-04-14T23:59"]),
("sv","Utlysningen stänger natten till den 1 april 2027.",["2027-03-31T23:59"]),
("da","Ansøg inden midnat natten mellem den 3. og 4. maj 2027.",["2027-05-03T23:59"]),
("nb","Søknadsfristen er natt til tirsdag 2. mars 2027.",["2027-03-01T23:59"]),
("en","Apply by midnight between 9 and 10 June 2027.",["2027-06-09T23:59"]),
("sv","Ny sista ansökningsdag är 30 mars 2027. Tidigare angiven sista ansökningsdag var 1 mars 2027.",["2027-03-30"]),
("en","Applications are due by 30 March 2027. The previously announced deadline was 1 March 2027.",["2027-03-30"]),
("da","Ansøgningsfristen er 30. marts 2027. Den oprindelige frist 1. marts 2027 gælder ikke længere.",["2027-03-30"]),
("nb","Søknadsfristen er 30. mars 2027. Opprinnelig frist 1. mars 2027 gjelder ikke lenger.",["2027-03-30"]),
("sv","Sök senast den 3 mars 2027. Rättelse: sista ansökningsdag är den 13 mars 2027.",["2027-03-13"]),
("sv","Sista ansökningsdag är den 9 april 2027. Lagen (2019:1) reviderades senast 2021-06-30.",["2027-04-09"]),
("sv","Sök bidrag för perioden 2028-01-01–2029-12-31 senast den 4 februari 2027.",["2027-02-04"]),
("en","Apply for the period 1 January 2028 – 31 December 2029 by 4 February 2027.",["2027-02-04"]),
("sv","Under 2027 är sista ansökningsdag den 1 februari och den 1 september.",["2027-02-01","2027-09-01"]),
("da","Ansøgningsfrist: 4.5.27",["2027-05-04"]),
("sv","Två stopp: 1 mars 2027 och 1 september 2027. Sök i portalen.",["2027-03-01","2027-09-01"]),
("en","Please hand in a short idea by noon on Tuesday 2 February 2027.",["2027-02-02T12:00"]),
("nb","Bedriften leverer endelig søknad 9. mars 2027.",["2027-03-09"]),
("sv","Frågor besvaras varje dag kl. 9.00. Sök senast den 3 mars 2027.",["2027-03-03"]),
("sv","Sök senast den 3 mars 2027. Kontoret stänger kl. 16.00.",["2027-03-03"]),
("sv","Sök senast den 3 mars 2027. Webbinariet börjar kl. 10.00 och slutar kl. 11.00.",["2027-03-03"]),
("en","Apply by 3 March 2027. Our helpdesk closes at 16:00.",["2027-03-03"]),
("en","Apply by 3 March 2027. We answer all at 10:00.",["2027-03-03"]),
("sv","Besked lämnas den 5 maj 2027. Sista ansökningsdag är den 3 mars 2027.",["2027-03-03"]),
("sv","Lämna förslag på datum för mötet den 5 maj 2027. Sista ansökningsdag är den 3 mars 2027.",["2027-03-03"]),
    ],
)  # fmt: skip
def test_times_that_stand_apart_midnights_and_days_that_no_longer_hold(language, text, expected):
    found = find_deadlines(text, reference=date(2026, 11, 20), language=language).deadlines
    assert [
        item.at.date().isoformat() if item.precision is Precision.DAY else item.at.strftime("%Y-%m-%dT%H:%M") for item in found
    ] == expected


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("sv", "Ansökningstiden börjar 2026-12-10 och slutar 2027-02-01.", date(2026, 12, 10)),
        ("en", "The agency will publish the call on 8 April 2027. Apply by 9 September 2027.", date(2027, 4, 8)),
        ("sv", "Det går att söka mellan den 7 januari 2027 och midnatt natten mellan den 28 februari och den 1 mars 2027.", date(2027, 1, 7)),
        ("da", "Ansøg inden midnat natten mellem den 3. og 4. maj 2027.", None),
        ("sv", "Sök bidrag för perioden 2028-01-01–2029-12-31 senast den 4 februari 2027.", None),
    ],
)  # fmt: skip
def test_the_opening_day_is_that_of_applying(language, text, day):
    assert find_deadlines(text, reference=date(2026, 11, 20), language=language).opens == day


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("sv", "Visa ert intresse senast den 12 januari.", date(2027, 1, 12)),
        ("en", "Express your interest by Friday, January 15.", date(2027, 1, 15)),
        ("da", "Skriv til os senest 14. januar.", date(2027, 1, 14)),
        ("nb", "Gi beskjed innen 20. februar 2027.", date(2027, 2, 20)),
        ("en", "Towns can respond up to and including 14 February 2027.", date(2027, 2, 14)),
    ],
)
def test_a_word_that_is_waited_for_is_an_answer(language, text, day):
    found = find_deadlines(text, reference=date(2026, 11, 20), language=language)
    assert [item.at.date() for item in found.answers] == [day]
    assert found.deadlines == ()


@pytest.mark.parametrize(
    ("language", "text", "times"),
    [
        (
            "sv",
            "Skissen lämnas senast 3 februari 2027 kl. 13.00 och ansökan senast den 20 april 2027, samma klockslag.",
            [13, 13],
        ),
        (
            "sv",
            "Skiss lämnas senast den 2 februari 2027 kl. 12.00 och ansökan senast den 20 april 2027, även då kl. 11.00.",
            [12, 11],
        ),
        ("nb", "Skissefrist er 3. februar 2027 kl. 13.00. Søknadsfrist er 5. mai 2027, samme klokkeslett.", [13, 13]),
        ("da", "Første frist er den 3. februar 2027 kl. 12.00. Anden frist er den 5. maj 2027 på samme tidspunkt.", [12, 12]),
        ("en", "Outlines are due by 9 February 2027 at 17:00 and full proposals by 7 September 2027 at the same time.", [17, 17]),
        ("en", "Apply by 15 January 2027 or 15 August 2027, in both cases before 15:00.", [15, 15]),
        ("sv", "Sista dag är 15 januari 2027 och 15 augusti 2027, i båda fallen kl. 15.00.", [15, 15]),
        # No time is stated before, or it is another one's.
        ("en", "The deadline is 9 February 2027. Full proposals are due by 7 September 2027 at the same time.", [23, 23]),
        ("sv", "Sista ansökningsdag är 9 februari 2027 kl 15. Ansök om nästa del senast 12 maj 2027.", [15, 23]),
    ],
)
def test_a_time_said_once_is_that_of_both_days(language, text, times):
    found = find_deadlines(text, reference=date(2026, 11, 20), language=language)
    assert [item.at.hour for item in found.deadlines] == times


@pytest.mark.parametrize(
    ("language", "text"),
    [("da", "Kommuner kan ansøge indtil den 1. marts 2027."), ("nb", "Kommuner kan søke inntil 1. mars 2027.")],
)
def test_until_in_danish_and_norwegian_closes(language, text):
    found = find_deadlines(text, reference=date(2026, 11, 20), language=language)
    assert [item.at.date() for item in found.deadlines] == [date(2027, 3, 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Apply by 3 June 2027. The call was agreed by the steering group on 12 May 2026.", ["2027-06-03"]),
        ("Apply by 3 June 2027. The programme was adopted on 12 May 2026.", ["2027-06-03"]),
        ("Ansøg senest den 2. marts 2027. Bekendtgørelsen, nr. 900 af 1. juni 2026, har reglerne.", ["2027-03-02"]),
        ("Sista dag var egentligen den 1 mars 2027, men tiden har förlängts till den 15 mars 2027.", ["2027-03-15"]),
        ("Sista ansökningsdag var först den 1 mars 2027 men är nu den 15 mars 2027.", ["2027-03-15"]),
    ],
)
def test_days_of_decisions_and_days_that_were_moved_are_no_deadlines(text, expected):
    assert days(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Application period: 15 January - 31 March 2027, closing at 17:00 (Brussels time).",
        "The call is open between 15 January and 31 March 2027. The system locks at 17:00 (Brussels time) on the last day.",
    ],
)
def test_a_time_that_closes_the_round_belongs_to_its_last_day(text):
    assert [item.at.isoformat() for item in read(text).deadlines] == ["2027-03-31T17:00:00+02:00"]


def test_the_opening_of_another_round_is_not_that_of_this_one():
    text = "Apply by 17 January 2027. The previous edition, launched on 2 October 2025, drew 611 applications."
    assert read(text).opens is None
    assert read("Sökbar 15 januari-12 februari 2027. Nästa omgång öppnar den 1 oktober 2027.").opens == date(2027, 1, 15)
    assert read("Ansökan öppnar den 1 december 2026 och stänger den 12 februari 2027.").opens == date(2026, 12, 1)
