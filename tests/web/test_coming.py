"""Planned calls on their page, on a department's page and on the page of the call that came, each with its words and its page."""

import re
from dataclasses import replace
from datetime import date

import pytest

from monitor.archive import open_archive
from monitor.archive.call_documents import PROGRAMMES, add_link, note_address
from monitor.archive.calls import load_call
from monitor.awards.planned import PlannedCall, save_planned
from monitor.awards.promises import Promise, save_promises
from monitor.awards.seasons import Basis, Forecast, PromiseOutcome
from monitor.calls import CallKey
from tests.documents.kept import HASH, URL, add_fiche, add_text
from tests.web.sample import NOW

DAY, LAST = (date(2027, 1, 21),) * 2, (date(2027, 4, 22),) * 2
QUOTE = "CERV-2027-CITIZENS-TOWN-TT: <b>Meetings</b>\nCERV-LS 4.50 21 January 2027 22 April 2027"
TOWN = PlannedCall(
    name="CERV-2027-CITIZENS-TOWN-TT", identifier="CERV-2027-CITIZENS-TOWN-TT", title="<b>Meetings</b> between twin towns",
    programme="CERV", year=2027, action="CERV-LS", amount=4_500_000, opens=DAY, closes=LAST, document=HASH, page=3,
    place="sida 3", quote=QUOTE, departments=("kultur-fritid",), made=date(2026, 5, 1),
)  # fmt: skip
POND = replace(
    TOWN,
    name="LIFE-2027-PONDS",
    identifier="LIFE-2027-PONDS",
    title="Ponds in cities",
    programme="LIFE",
    departments=(),
    quote="P",
)
LINE = "Planerad: öppnar 21 januari 2027, sista dag 22 april 2027, 4,5 miljoner euro, enligt arbetsprogrammet, s. 3."


@pytest.fixture
def planned(site, tmp_path):
    """Store two planned calls, the forecast of the round of one, and what became of a third."""
    forecast = Forecast(
        family="CERV-CITIZENS-TOWN-TT", title="Earlier twins", programme="CERV", year=2027, month=date(2027, 2, 1),
        earliest=date(2027, 2, 1), latest=date(2027, 2, 1), years=(2025, 2026), dated=2, basis=Basis.FAMILY, latest_code="CERV-2026-X",
    )  # fmt: skip
    with open_archive(site.config.archive) as archive:
        add_fiche(archive.db, CallKey("portal", "two-stage"), tmp_path)
        code = load_call(archive.db, "portal", "two-stage").identifier
        came = replace(TOWN, name=code, identifier=code, code=code, opened=date(2026, 4, 1), verdict=PromiseOutcome.LATE)
        save_planned(archive.db, [TOWN, POND, came], [])
        save_promises(archive.db, [Promise(forecast=forecast, departments=("kultur-fritid",), made=date(2026, 5, 1))])


def test_the_page_of_coming_calls_has_each_plan_with_its_words_and_its_page(browser, planned):
    page = browser.get("/kommande").text
    assert page.count("Planerad: ") == 2
    assert f"{LINE[:-1]}. Brukar öppna i februari, nästa 2027 (två år i rad)." in page
    assert "LIFE-programmet" in page
    assert "Medborgare, jämlikhet, rättigheter och värden (CERV)" in page
    assert f'href="/dokument/{HASH[:16]}/3"' in page
    assert "&lt;b&gt;Meetings&lt;/b&gt;\nCERV-LS 4.50" in page
    assert "<b>Meetings" not in page
    assert 'href="/forvaltning/kultur-fritid#kommer"' in page
    assert "Towns that store rain, Version 1.0 27 January 2026" in page
    assert browser.get(f"/dokument/{HASH[:16]}/3").status_code == 200
    english = browser.get("/kommande", params={"lang": "en"}).text
    assert (
        "Planned: opens 21 January 2027, last day 22 April 2027, 4.5 million euro, according to the work programme, p. 3."
        in english
    )


def test_a_department_sees_its_own_plans_once_and_no_forecast_of_the_same_round(browser, planned):
    page = browser.get("/forvaltning/kultur-fritid").text
    assert page.count("Planerad: ") == 1
    assert "Earlier twins" not in page
    assert "Ponds in cities" not in page
    assert "Så står det" not in page


def test_the_call_that_came_tells_what_was_planned_and_how_it_turned_out(browser, planned):
    page = browser.get("/utlysning/portal/two-stage").text
    assert "Enligt arbetsprogrammet, s. 3, skulle den öppna 21 januari 2027, öppnade i april 2026: senare än väntat." in page


def test_without_a_programme_the_page_leads_on(browser):
    page = browser.get("/kommande").text
    assert "Inget arbetsprogram är inläst" in page
    assert "/sok?typ=call&amp;status=forthcoming" in page
    assert 'href="/kommande"' in browser.get("/forvaltningar").text


def test_a_plan_on_the_page_says_whom_it_is_likely_to_concern(browser, coordinator, planned):
    page = browser.get("/kommande").text
    assert page.count("Rör troligen Kultur- och fritidsförvaltningen</span>") == 1
    assert "Rör troligen</span>" in page
    assert "Lägg till arbetsprogram" in coordinator.get("/kommande").text


def test_the_page_of_settings_says_what_was_read_in_each_programme(coordinator, site, planned):
    """One that was read and plans something, one that plans nothing, one that could not be fetched, and one that is still to come."""
    with open_archive(site.config.archive) as archive:
        db = archive.db
        add_link(db, PROGRAMMES, URL, "", "programme", 0)
        add_text(db, PROGRAMMES, "cd" * 16, "https://example.org/tom.pdf", ["Nothing is planned."], "programme")
        for place, name in enumerate(("saknas", "snart"), start=2):
            add_link(db, PROGRAMMES, f"https://example.org/{name}.pdf", "", "programme", place)
        note_address(db, "https://example.org/saknas.pdf", "svarade 404", NOW)
    page = coordinator.get("/samordna/installningar/documents").text
    text = " ".join(re.sub(r"<[^>]+>", " ", page[page.index("Det här är inläst") : page.index("Se det som planeras")]).split())
    assert "Towns that store rain 6 sidor, Version 1.0 27 January 2026. 3 planerade utlysningar." in text
    assert "tom.pdf 1 sida. Inga planerade utlysningar gick att läsa ut." in text
    assert "https://example.org/saknas.pdf Kunde inte läsas Svarade 404." in text
    assert "https://example.org/snart.pdf Inte hämtat än." in text


def test_without_a_programme_the_page_of_settings_has_no_list(coordinator):
    page = coordinator.get("/samordna/installningar/documents").text
    assert "Adresser till arbetsprogram" in page
    assert "Det här är inläst" not in page
