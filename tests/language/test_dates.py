"""Dates in running text: roles, days, times; what is doubtful is reported and never guessed. The phrases are ours."""

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.language.dates import DateRole, Exactness, find_dates

READ = date(2026, 3, 10)
SV = ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"]
EN = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
NO = ["januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "desember"]


def first(text, reference=READ, **kwargs):
    """Return the deadline of a phrase, or else its first date."""
    found = find_dates(text, reference=reference, **kwargs)
    return next((item for item in found if item.role is DateRole.DEADLINE), found[0] if found else None)


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("Sista dag att söka är torsdag 23 april 2026 kl. 23.59", "2026-04-23", "23:59"),
        ("Ansökan ska vara inlämnad senast måndagen den 4 maj kl 12", "2026-05-04", "12:00"),
        ("Ansökningsperioden är öppen 2 mars–30 april 2026", "2026-04-30", None),
        ("Ansökan öppen: 2026-03-01–2026-04-30", "2026-04-30", None),
        ("Ansökningstid: 15 april – 15 maj", "2026-05-15", None),
        ("Utlysningen stänger kl. 14.00 den 12 juni 2026.", "2026-06-12", "14:00"),
        ("Deadline for submission: 17 September 2026, 17:00 CEST", "2026-09-17", "17:00"),
        ("Applications must be submitted no later than 1 October 2026 at 5 pm (CET)", "2026-10-01", "17:00"),
        ("Submission deadline: Thursday, 24 September 2026, 17:00 (Brussels time)", "2026-09-24", "17:00"),
        ("Deadline date : 15/06/2026", "2026-06-15", None),
        ("7 May 2026 17:00:00 (Brussels local time)", "2026-05-07", "17:00"),
        ("The call closes on 30 June 2026.", "2026-06-30", None),
        ("Closing date: 30/06/2026 17:00", "2026-06-30", "17:00"),
        ("Deadline: September 3rd, 2026 12 noon", "2026-09-03", "12:00"),
        ("Deadline: 3-Sep-2026", "2026-09-03", None),
        ("Søknadsfrist: 1. september 2026 kl. 13.00", "2026-09-01", "13:00"),
        ("Ansøgningsfrist: 15. oktober 2026 kl. 12.00", "2026-10-15", "12:00"),
        ("Ansökan ska vara Länsstyrelsen tillhanda senast 1 december 2026", "2026-12-01", None),
        ("Nästa ansökningsomgång öppnar den 1 september och stänger den 15 oktober 2026.", "2026-10-15", None),
        ("Du kan ansöka från och med den 3 februari till och med den 31 mars 2026.", "2026-03-31", None),
        ("Ansökan kan lämnas in fr.o.m. 1 april t.o.m. 15 maj 2026", "2026-05-15", None),
        ("Ni kan lämna in er ansökan fram till den 20 augusti 2026.", "2026-08-20", None),
        ("Vi tar emot ansökningar mellan 1 och 30 september 2026.", "2026-09-30", None),
        ("Utlysningen har förlängts till den 30 april 2026", "2026-04-30", None),
        ("Ansökningsperioden är förlängd till 15/4", "2026-04-15", None),
        ("Ansökan ska skickas in senast 15/4 2026", "2026-04-15", None),
        ("Ansök senast den 31/3-2026", "2026-03-31", None),
        ("Ansök senast den 31/3-26", "2026-03-31", None),
        ("Sista ansökningsdag 05.06.2026", "2026-06-05", None),
        ("1.9.–30.9.2026 kl 16.15", "2026-09-30", "16:15"),
        ("Ansökan ska ha inkommit till fonden senast klockan 12.00 den 7 oktober 2026", "2026-10-07", "12:00"),
        ("Sök senast den första juni", "2026-06-01", None),
        ("Sök bidraget senast 31 maj i år", "2026-05-31", None),
        ("Ansökan senast den 15 januari nästa år", "2027-01-15", None),
        ("Ansökan är öppen till och med sista februari 2028", "2028-02-29", None),
        ("ansökan stänger midnatt den 31 maj 2026", "2026-05-31", "23:59"),
        ("Ansökan stänger den 31 maj 2026 kl. 24.00", "2026-05-31", "23:59"),
        ("Sista dag att ansöka 2024 var den 3 juni.", "2024-06-03", None),
        ("Ansökan öppnar: 1 april 2026 kl 09:00\nAnsökan stänger: 15 maj 2026 kl 16:00", "2026-05-15", "16:00"),
        (
            "Viktiga datum\nUtlysningen öppnar 1 april 2026\nSista ansökningsdag 15 maj 2026\nBeslut 30 september 2026",
            "2026-05-15",
            None,
        ),
        ("Ansökningstider\n4 oktober 2026 klockan 12.00", "2026-10-04", "12:00"),
        ("Vårens utlysning stängde den 15 december.", "2025-12-15", None),
        ("mån 4 maj 2026, 23:59", "2026-05-04", "23:59"),
    ],
)
def test_deadlines(text, day, clock):
    found = first(text)
    assert found.role is DateRole.DEADLINE
    assert (found.date, found.time) == (date.fromisoformat(day), time.fromisoformat(clock) if clock else None)
    assert found.precision is (Exactness.MINUTE if clock else Exactness.DAY)
    assert found.text == text[found.start : found.end]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Öppnar 12 augusti 2026", DateRole.OPENING),
        ("Opening date: 15 January 2026", DateRole.OPENING),
        ("Planned opening date 5 May 2026", DateRole.OPENING),
        ("Publicerad: 2026-03-01", DateRole.PUBLICATION),
        ("Senast uppdaterad 3 mars 2026", DateRole.PUBLICATION),
        ("Sidan granskad 12 januari 2026", DateRole.PUBLICATION),
        ("Beslut fattas senast den 30 september 2026", DateRole.DECISION),
        ("Projekten ska vara avslutade senast den 31 december 2028.", DateRole.OTHER),
        ("Slutrapporten ska lämnas in senast den 1 mars 2028", DateRole.OTHER),
        ("Webbinarium om utlysningen den 25 mars 2026 kl. 10.00–11.30", DateRole.OTHER),
        ("Anmäl dig till informationsmötet senast den 20 mars 2026", DateRole.OTHER),
        ("Frågor kan ställas till och med den 1 april 2026.", DateRole.OTHER),
        ("Sista dag för komplettering av ansökan: 5 maj 2026", DateRole.OTHER),
        ("Projektstart tidigast 1 januari 2027", DateRole.OTHER),
        ("Europadagen firas den 9 maj 2026", DateRole.OTHER),
    ],
)
def test_what_is_no_deadline(text, role):
    assert [item.role for item in find_dates(text, reference=READ)] == [role]


@pytest.mark.parametrize(
    ("text", "role", "exactness"),
    [
        ("Ansökningar tas emot löpande.", DateRole.DEADLINE, Exactness.ROLLING),
        ("Applications are accepted on a rolling basis.", DateRole.DEADLINE, Exactness.ROLLING),
        ("Utlysningen öppnar våren 2026", DateRole.OPENING, Exactness.SEASON),
        ("Utlysningen stänger i oktober 2026", DateRole.DEADLINE, Exactness.MONTH),
        ("Sista ansökningsdag: meddelas senare", DateRole.DEADLINE, Exactness.NONE),
        ("Stänger: Ej beslutat", DateRole.DEADLINE, Exactness.NONE),
        ("Deadline: TBA", DateRole.DEADLINE, Exactness.NONE),
        ("Utlysningen öppnar snart", DateRole.OPENING, Exactness.NONE),
        ("Ansökan senast tre veckor efter beslut, dock senast 1 november", DateRole.DEADLINE, Exactness.RECURRING),
    ],
)
def test_stated_but_no_day(text, role, exactness):
    found = first(text)
    assert (found.role, found.date, found.precision) == (role, None, exactness)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Sista ansökningsdatum 2026-09-31", "kalendern"),
        ("Deadline: 31 February 2026", "kalendern"),
        ("Sista ansökningsdag är den 30 februari", "kalendern"),
        ("Deadline: 2026-13-01", "kalendern"),
        ("Deadline 05.06.26", "tvåsiffrigt"),
        ("Sök stöd senast 8 mars", "förbi"),
        ("Utlysningen skulle ha öppnat den 5 maj", "framflyttad"),
        ("Ansökan som skulle stänga den 5 maj 2026 skjuts upp", "framflyttad"),
    ],
)
def test_what_cannot_be_known_is_said_and_not_guessed(text, words):
    found = first(text)
    assert found.date is None
    assert words in found.ambiguous


def test_day_and_month_may_be_swapped_where_a_text_counts_the_american_way():
    found = first("Deadline: 05/06/2026 5:00 PM", language="en")
    assert found.date is None
    assert "omkastade" in found.ambiguous
    assert first("Deadline: 05/06/2026 17:00", language="en").date == date(2026, 6, 5)


@pytest.mark.parametrize("word", ["före", "innan"])
def test_before_keeps_the_day_with_a_remark(word):
    found = first(f"Ansök {word} den 22 juni")
    assert found.date == date(2026, 6, 22)
    assert word in found.ambiguous


@pytest.mark.parametrize(
    "text",
    [
        "anslag 2:4 och utlysning 2021:2",
        "beslut 1313/2013/EU, COM(2025) 548 och (EU) 2021/1057",
        "dnr 2015/00394, läsåret 2021/22, programperioden 2021–2027",
        "minst 1 Gbit/s, öppet 24/7, 3/4 av kostnaden",
        "Tfn 010-345 20 26, org.nr 212000-0530",
        "artikel 25/8 i avtalet",
        "https://example.se/nyheter/2026/05/07/sok-senast",
        "may 5 of them apply",
    ],
)
def test_what_is_no_date(text):
    assert find_dates(text, reference=READ) == []


def test_period_is_its_last_day_and_keeps_the_first():
    found = first("Ansökan är öppen mellan 5 december och 31 mars", reference=date(2026, 12, 19))
    assert (found.date_from, found.date) == (date(2026, 12, 5), date(2027, 3, 31))
    found = first("Utlysningen öppnade 5 december och stänger 14 mars 2027")
    assert (found.date_from, found.date) == (date(2026, 12, 5), date(2027, 3, 14))


def test_the_year_of_a_heading_and_of_a_list_holds_for_its_days():
    found = find_dates("Sista ansökningsdagar 2027 är\n• 1 februari\n• 1 oktober", reference=READ)
    assert [(item.role, item.date) for item in found] == [
        (DateRole.DEADLINE, date(2027, 2, 1)),
        (DateRole.DEADLINE, date(2027, 10, 1)),
    ]
    found = find_dates("Ansök senast den 1 februari, 1 maj eller 1 oktober 2027", reference=READ)
    assert [item.date for item in found] == [date(2027, 2, 1), date(2027, 5, 1), date(2027, 10, 1)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ansökan ska vara inne den 4 maj 2027 i tjänsten, som öppnar den 1 februari samma år.", "sv"),
        ("The call closes on 4 May 2027 and opens on 1 February of the same year.", "en"),
        ("Fristen er 4. maj 2027, og ordningen åpner 1. februar samme år.", "nb"),
    ],
)
def test_the_same_year_is_that_of_the_date_before(text, language):
    found = find_dates(text, reference=date(2026, 11, 27), language=language)
    assert [item.date for item in found] == [date(2027, 5, 4), date(2027, 2, 1)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Puljen er åben for ansøgninger fra den 1. februar 2027 og modtager løbende ansøgninger.", "da"),
        ("Ordningen er åpen for søknader fra 1. februar 2027 og tar imot søknader løpende.", "nb"),
        ("Stödet är öppet för ansökningar från och med den 1 februari 2027.", "sv"),
        ("The scheme is open for applications from 1 February 2027.", "en"),
    ],
)
def test_a_round_that_is_open_from_a_day_opens_on_it(text, language):
    first = find_dates(text, reference=date(2026, 11, 27), language=language)[0]
    assert (first.date, first.role) == (date(2027, 2, 1), DateRole.OPENING)


def test_a_year_on_the_next_line_is_not_the_year_of_the_day():
    assert first("Sista ansökningsdag 3 maj\n2024 års utlysning").date == date(2026, 5, 3)


def test_without_year_and_reference_a_day_recurs():
    found = first("Ansökan senast den 25/8", reference=None)
    assert (found.role, found.date, found.precision) == (DateRole.DEADLINE, None, Exactness.RECURRING)


def test_the_date_of_publication_in_the_text_is_a_reference():
    assert first("Publicerad 2025-09-01\nAnsök senast den 6 oktober", reference=None).date == date(2025, 10, 6)


def test_zone_is_named_or_the_publishers():
    assert first("Deadline: 7 May 2026 17:00 Brussels time").zone == "Europe/Brussels"
    assert first("Sista ansökningsdag 7 maj 2026 kl. 12 (finsk tid)").zone == "Europe/Helsinki"
    assert first("Sista ansökningsdag 7 maj 2026 kl. 12").zone == "Europe/Stockholm"
    assert first("Sista ansökningsdag 7.5.2026 kl. 12", zone="Europe/Helsinki").zone == "Europe/Helsinki"


def test_t48_midnight_in_another_zone_is_not_the_day_before():
    found = first("Deadline: 2026-05-06T22:00:00Z")
    assert (found.date, found.time, found.precision) == (date(2026, 5, 7), None, Exactness.DAY)
    assert first("Deadline: 2026-05-07T15:00:00Z", zone="Europe/Brussels").time == time(17)


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("Sista ansökningsdag: 05.06.2026", date(2026, 6, 5), None),
        ("Sista ansökningsdag: 11/5/2026", date(2026, 5, 11), None),
        ("Sista ansökningsdag: 7/5 2026", date(2026, 5, 7), None),
        ("7 maj 2026 kl 17.00", date(2026, 5, 7), time(17)),
        ("7 May 2026 17:00:00 Brussels time", date(2026, 5, 7), time(17)),
        ("Sista ansökningsdag: 2026-13-01", None, None),
    ],
)
def test_t49_what_date_libraries_misread(text, day, clock):
    found = first(text)
    assert (found.date, found.time) == (day, clock)


@pytest.mark.parametrize("text", ["Stänger maj 2026", "Stänger 2026"])
def test_t49_a_month_or_a_year_never_becomes_a_day(text):
    assert all(item.date is None for item in find_dates(text, reference=READ))


@pytest.mark.parametrize(
    "text",
    [
        "Deadline: 0001-01-01",
        "Deadline 31/12/2099",
        "Stänger 31 december 9999",
        "Deadline: 1970-01-01T00:00:00Z",
        "Stänger 1900-01-01",
    ],
)
def test_t52_years_that_machines_fill_in_are_no_dates(text):
    found = first(text)
    assert found.date is None
    assert "utfyllnad" in found.ambiguous


FORMS = [
    lambda d: f"{d.day} {SV[d.month - 1]} {d.year}",
    lambda d: f"{d.day} {SV[d.month - 1].capitalize()} {d.year}",
    lambda d: f"den {d.day}:e {SV[d.month - 1]}, {d.year}",
    lambda d: f"{d.day} {SV[d.month - 1][:3]} {d.year}",
    lambda d: f"{d.day} {EN[d.month - 1]} {d.year}",
    lambda d: f"{d.day}-{EN[d.month - 1][:3]}-{d.year}",
    lambda d: f"{EN[d.month - 1]} {d.day}, {d.year}",
    lambda d: f"{EN[d.month - 1][:3]} {d.day} {d.year}",
    lambda d: f"{d.day}. {NO[d.month - 1]} {d.year}",
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: f"{d:%d.%m.%Y}",
    lambda d: f"{d:%d/%m/%Y}",
    lambda d: f"{d.day}/{d.month} {d.year}",
    lambda d: f"{d.day}/{d.month}-{d.year}",
    lambda d: d.isoformat(),
    lambda d: f"{d:%Y/%m/%d}",
]
CLOCKS = [
    lambda t: f" kl. {t:%H.%M}",
    lambda t: f", kl {t:%H:%M}",
    lambda t: f" klockan {t:%H.%M}",
    lambda t: f" {t:%H:%M}:00 Brussels time",
    lambda t: f" at {t:%H.%M} (CET)",
    lambda t: f",{t:%H.%M} (svensk tid)",
    lambda t: f" {t.hour % 12 or 12}:{t:%M} {'PM' if t.hour >= 12 else 'AM'}",
]
LABELS = ["Sista ansökningsdag: ", "Deadline: ", "Ansök senast ", "Utlysningen stänger ", "Søknadsfrist: ", ""]
DAYS = st.dates(date(2000, 1, 1), date(2098, 12, 31))
TIMES = st.times().map(lambda t: time(t.hour, t.minute)).filter(lambda t: t != time(0))


@given(day=DAYS, form=st.sampled_from(FORMS), label=st.sampled_from(LABELS))
def test_any_day_in_any_form_comes_back(day, form, label):
    found = find_dates(label + form(day), reference=READ)
    assert [(item.date, item.role, item.time) for item in found] == [(day, DateRole.DEADLINE, None)]


@given(day=DAYS, form=st.sampled_from(FORMS), clock=st.sampled_from(CLOCKS), at=TIMES)
def test_any_minute_in_any_form_comes_back(day, form, clock, at):
    found = find_dates("Sista ansökningsdag " + form(day) + clock(at), reference=READ)
    assert [(item.date, item.time) for item in found] == [(day, at)]


@given(
    start=st.dates(date(2000, 1, 1), date(2098, 1, 1)),
    length=st.integers(1, 300),
    form=st.sampled_from(FORMS[:2] + FORMS[4:5] + FORMS[9:11] + FORMS[14:15]),
    link=st.sampled_from([" – ", "–", "-", " till ", " till den ", " t.o.m. "]),
)
def test_any_period_comes_back(start, length, form, link):
    end = date.fromordinal(start.toordinal() + length)
    found = find_dates(f"Ansökan är öppen {form(start)}{link}{form(end)}.", reference=READ)
    assert [(item.date_from, item.date, item.role) for item in found] == [(start, end, DateRole.DEADLINE)]


@given(day=DAYS, reference=DAYS)
@settings(deadline=None)
def test_a_missing_year_is_never_before_the_reference_nor_far_after(day, reference):
    found = find_dates(f"Sista ansökningsdag är den {day.day} {SV[day.month - 1]}", reference=reference)[0]
    if found.date is None:
        assert found.ambiguous
    else:
        assert 0 <= (found.date - reference).days <= 334
        assert (found.date.month, found.date.day) == (day.month, day.day)
        assert found.assumed


ALPHABET = st.sampled_from(
    [
        *" \n.,:;-–/()•0123456789",
        "den ",
        "senast ",
        "maj ",
        "mars",
        "kl. ",
        "2026",
        "25/8",
        "till ",
        "sista ",
        "T",
        "Z",
        "ansök ",
        "å",
        "\u00a0",
        "٣",
        "ß",
        "e\u0301",
        "januari",
    ]
)


@given(st.one_of(st.text(), st.lists(ALPHABET, max_size=30).map("".join)), st.one_of(st.none(), st.dates()))
def test_no_text_raises_and_offsets_hold(text, reference):
    for item in find_dates(text, reference=reference):
        assert text[item.start : item.end] == item.text
        assert item.start < item.end
        assert item.date is not None or item.precision not in (Exactness.DAY, Exactness.MINUTE)
