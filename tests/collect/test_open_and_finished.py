"""Open calls are kept in whatever words a page says so; a finished programme is no call. Texts are ours."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.collect.article import Article, describe_item
from monitor.sources import Source
from monitor.vocabulary import Kind

NOW = datetime(2026, 5, 20, 8, tzinfo=ZoneInfo("Europe/Stockholm"))


def describe(title, text, language):
    row = Source(id="x", kind="page", name="X", url="https://x.se/", language=language, publishes=(Kind.CALL,))
    return describe_item(Article(title=title, text=text), source=row, call_id="1", url="https://x.se/1", now=NOW)


@pytest.mark.parametrize(
    ("title", "text", "last"),
    [
        ("Networks", "The call for city networks is open, 4 May - 17 June 2026.", date(2026, 6, 17)),
        ("Energy help", "The ongoing call, closing on June 30, gives towns 60 000 euro.", date(2026, 6, 30)),
        ("Peer review", "Open until 31 December 2028. Towns can host a peer review.", date(2028, 12, 31)),
        ("Exchange visits", "Next cut-off: 15 September 2026. Visits between two towns are paid for.", date(2026, 9, 15)),
        ("Small projects", "The first call will run from 1 September to 30 October 2026.", date(2026, 10, 30)),
        ("Work with us on parks", "The current call closes on 12 June 2026 at 15:00.", date(2026, 6, 12)),
        ("Youth exchange", "Applications are welcome until 1 October 2026.", date(2026, 10, 1)),
    ],
)
def test_an_open_english_call_is_kept(title, text, last):
    call = describe(title, text, "en").call
    assert call is not None, "left out"
    assert (call.kind, [deadline.at.date() for deadline in call.deadlines]) == (Kind.CALL, [last])


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Calls", "The budget is fully committed. No further calls will be launched. The last call closed on 7 June 2024."),
        ("en", "Call for projects", "All funds have been allocated. No more calls are planned. First call: 5 April 2022 - 31 May 2022. Public authorities can apply."),
        ("en", "Call for proposals", "The funding has been exhausted and no new calls are foreseen. Deadline of the third call: 7 June 2024."),
        ("en", "Calls for proposals", "There will be no more calls in this period. The third call closed on 7 June 2024. Who can apply: public authorities."),
        ("sv", "Utlysningar", "Alla medel i programmet är beslutade. Inga fler utlysningar planeras. Sista utlysningen stängde den 7 juni 2024."),
        ("sv", "Utlysningar", "Programmet är avslutat och inga nya utlysningar kommer. Kommuner kunde söka till den 1 mars 2025."),
    ],
)  # fmt: skip
def test_a_finished_programme_is_no_call(language, title, text):
    assert describe(title, text, language).call is None


@pytest.mark.parametrize(
    "text",
    [
        "Projektstöd kan beviljas till föreningar och kommuner i området. Ansök senast 15 oktober 2026.",
        "Stödet beviljas till kommuner som rustar badplatser. Ansökan ska ha kommit in senast den 15 oktober 2026.",
        "Bidrag får beviljas med högst 50 procent av kostnaden. Kommuner kan söka till och med den 15 oktober 2026.",
    ],
)
def test_support_that_can_be_granted_is_a_call(text):
    call = describe("Stöd att söka", text, "sv").call
    assert call is not None
    assert (call.kind, call.deadlines[0].at.date()) == (Kind.CALL, date(2026, 10, 15))


@pytest.mark.parametrize(
    ("text", "last", "opens"),
    [
        ("Sök: 15 december 2026–15 februari 2027", date(2027, 2, 15), date(2026, 12, 15)),
        ("Begär ut 1: 15 januari–15 februari 2027", date(2027, 2, 15), date(2027, 1, 15)),
        ("Ansökan för hösten 2026 stänger 15 oktober.", date(2026, 10, 15), None),
    ],
)
def test_dates_as_state_grants_write_them(text, last, opens):
    call = describe("Statsbidrag för läxhjälp", f"Huvudmän kan söka statsbidrag för läxhjälp. {text}", "sv").call
    assert call is not None
    assert ([deadline.at.date() for deadline in call.deadlines], call.opens) == ([last], opens)
