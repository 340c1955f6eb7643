"""The page of a call lists its documents and proves its facts; a page of a document is shown as text; the search finds it."""

import pytest

from monitor.archive import open_archive
from monitor.archive.call_documents import add_fact_change
from monitor.archive.calls import load_call
from monitor.archive.readings import store_readings, stored_reading
from monitor.calls import CallKey
from monitor.documents.kept import facts_of
from tests.documents.kept import HASH, add_fiche
from tests.web.sample import NOW

KEY = CallKey("portal", "portal-000")
PAGE = "/utlysning/portal/portal-000"


@pytest.fixture
def documented(site, tmp_path):
    with open_archive(site.config.archive) as archive:
        add_fiche(archive.db, KEY, tmp_path)
        known = '{"fact": "project_max", "values": [[1000000, "EUR"]], "document": "a"}'
        fresh = '{"fact": "project_max", "values": [[500000, "EUR"]], "document": "b"}'
        add_fact_change(archive.db, KEY, known, fresh, NOW)
    return PAGE


def test_a_call_without_documents_has_no_list(browser):
    assert "Utlysningens dokument" not in browser.get(PAGE).text


def test_the_page_lists_documents_and_proves_facts(browser, documented):
    """What the publisher's fields and the document say differently is marked, with both values and their places."""
    text = browser.get(documented).text
    for part in (
        "Utlysningens dokument",
        "Towns that store rain",
        "6 sidor",
        "Version 1.0 27 January 2026",
        "En del sidor är inskannade bilder utan text.",
        "Blanketter, vägledningar och avtal",
        "Orden bakom varje uppgift",
        f'href="/dokument/{HASH[:16]}/3"',
        "Municipalities may apply.</q>",
        '<a class="tag failed" href="#ordbakom">Olika uppgifter</a>',
        "Finansiären betalar</dt><dd>Högst 60 procent",
        "Högst per projekt: från 1\u00a0000\u00a0000 EUR till 500\u00a0000 EUR",
    ):
        assert part in text, part
    english = browser.get(documented, params={"lang": "en"}).text
    assert "Where does it say so?" in english
    assert "the call document, page 4, Version 1.0 27 January 2026" in english


def test_every_quote_of_the_sample_stands_in_its_source(site):
    """Letter by letter, for every call of the sample and every fact that is shown with words."""
    proven = 0
    with open_archive(site.config.archive) as archive:
        store_readings(archive.db)
        for row in archive.db.execute("SELECT source, call_id FROM calls").fetchall():
            call = load_call(archive.db, *row)
            parts = [call.title, call.summary, *call.applicants]
            parts += [f"{part.title}\n{part.text}" for part in (*call.sections, *call.conditions)]
            for fact in facts_of(archive.db, call, stored_reading(archive.db, *row)):
                for said in fact.statements:
                    if said.origin == "text":
                        assert said.quote
                        assert any(said.quote in part for part in parts), (row, fact)
                        proven += 1
    assert proven > 100


def test_a_page_of_a_document_is_text_and_nothing_else(browser, documented):
    answer = browser.get(f"/dokument/{HASH[:16]}/3")
    assert answer.status_code == 200
    for part in ("Sida 3 av 6", "The available call budget is EUR 12 000 000.", "call-fiche_test_en.pdf#page=3", 'rel="next"'):
        assert part in answer.text, part
    hostile = browser.get(f"/dokument/{HASH[:16]}/6").text
    assert "&lt;script&gt;alert(" in hostile
    assert "<script>alert('page" not in hostile
    assert 'rel="next"' not in hostile
    for path in (f"/dokument/{HASH[:16]}/7", f"/dokument/{'0' * 16}/1", "/dokument/zz/1"):
        assert browser.get(path).status_code == 404


def test_the_search_finds_pages_with_their_number(browser, documented):
    text = browser.get("/sok", params={"q": "prefinancing"}).text
    assert "I utlysningarnas dokument" in text
    assert "Towns that store rain, sida 5" in text
    assert "<mark>Prefinancing</mark>" in text
    assert "#page=5" in text
    assert "I utlysningarnas dokument" not in browser.get("/sok", params={"q": "bibliotek"}).text
