"""The page of a call lists its documents and proves its facts; a page of a document is shown as text; the search finds it."""

import re
from collections import Counter

import pytest

from monitor.archive import open_archive
from monitor.archive.call_documents import PROGRAMMES, add_fact_change
from monitor.archive.calls import load_call
from monitor.archive.document_terms import TermPages, find_term_pages
from monitor.archive.readings import store_readings, stored_reading
from monitor.calls import CallKey
from monitor.documents.kept import facts_of
from monitor.jobs.match import match_archive
from monitor.language.analyser import analyser
from monitor.language.terms import parse_term
from monitor.matching.rules.load import load_rules
from monitor.web.framework.request import CurrentRules
from monitor.web.views.concept_lab import preview_concepts
from monitor.web.views.rule_lab import preview
from monitor.web.views.theme_form import write_form
from tests.documents.kept import HASH, add_fiche, add_text
from tests.web.conftest import changeable_rules, page_of
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


RAIN = '\n[[signal]]\nid = "regn"\nwords = ["prefinancing", "audit certificate"]\nweight = 5\n'


def test_the_rule_lab_shows_the_pages_that_have_a_word_apart_from_what_decides(coordinator, site, documented):
    """No text of a call has the word: nothing is gained, and the page is shown beside with its number and both its links."""
    text = (site.config.rules_dir / "themes" / "kultur.toml").read_text("utf-8")
    fields = {"text": text + RAIN, "redigering": "text"}
    outcome = coordinator.post("/regler/kultur/prova", fields, page="/regler/kultur").json()["outcome"]
    deciding, _, beside = outcome.partition("Orden i utlysningarnas dokument")
    assert ": 0 till, 0 bort" in deciding
    assert "refinancing" not in deciding
    assert "dokumenten avgör inte vem som får vad. 1 sida i 1 dokument" in beside
    assert f'href="/dokument/{HASH[:16]}/5">Towns that store rain, sida 5</a>' in beside
    assert "<mark>Prefinancing</mark>" in beside
    assert "#page=5" in beside
    assert "<mark>audit certificate</mark>" in beside


def test_without_a_page_that_has_a_word_the_lab_shows_no_such_part(coordinator, documented):
    assert "Orden i utlysningarnas dokument" not in coordinator.get("/regler/kultur").text


def test_the_points_of_one_call_are_shown_with_the_pages_of_its_documents_alone(coordinator, site, sample_rules, documented):
    site._rules = changeable_rules(site, sample_rules)
    file = site.config.rules_dir / "themes" / "kultur.toml"
    file.write_text(file.read_text("utf-8") + RAIN, "utf-8")
    path = page_of(site, *KEY)
    other = page_of(site, "portal", "portal-001")
    shown = coordinator.get(f"/regler/kultur?utlysning={path.rpartition('/')[2]}").text
    assert "Temats ord i dess dokument (1)" in shown
    assert "de ger inga poäng" in shown
    assert "Temats ord i dess dokument" not in coordinator.get(f"/regler/kultur?utlysning={other.rpartition('/')[2]}").text


def test_an_edited_concept_shows_the_pages_that_have_its_new_word(coordinator, site, documented):
    folder = site.config.rules_dir
    (folder / "concepts" / "prov.toml").write_text(
        'title = "Prov"\n[[concept]]\nid = "prov-forskott"\nsv = ["provförskott"]\nen = ["provisional advance"]\n', "utf-8"
    )
    theme = folder / "themes" / "kultur.toml"
    theme.write_text(theme.read_text("utf-8") + '\n[[signal]]\nid = "f"\nconcepts = ["prov-forskott"]\nweight = 5\n', "utf-8")
    site._rules = CurrentRules(folder)
    text = (folder / "concepts" / "prov.toml").read_text("utf-8").replace('"provisional advance"', '"prefinancing"')
    with open_archive(site.config.archive) as archive:
        outcome = preview_concepts(archive.db, site.rules, "prov", text, NOW)
    assert outcome.problems == []
    assert [(hit.number, hit.calls) for hit in outcome.pages.pages] == [(5, (KEY,))]


def test_many_pages_of_one_document_leave_room_for_others(site, tmp_path):
    """A work programme has the word on each of its pages; three of them are shown, and the call's own document as well."""
    with open_archive(site.config.archive) as archive:
        add_fiche(archive.db, KEY, tmp_path)
        pages = [f"Section {number}. Prefinancing and prefinancing again." for number in range(1, 40)]
        add_text(archive.db, PROGRAMMES, "ef" * 16, "https://example.org/programme.pdf", pages)
        found = find_term_pages(archive.db, [parse_term("prefinancing")], analyser())
        assert (found.total, found.documents) == (40, 2)
        assert sorted(Counter(hit.document for hit in found.pages).items()) == [(HASH, 1), ("ef" * 16, 3)]
        assert find_term_pages(archive.db, [parse_term("prefinancing")], analyser(), key=KEY).total == 1
        assert find_term_pages(archive.db, [parse_term("avloppsvatten")], analyser()) == TermPages()


def test_a_theme_that_asks_is_foretold_and_shown_with_the_page(coordinator, site, sample_rules, documented):
    """The preview says what matching then does, and the call's page leads from the word to the page that has it."""
    site._rules = changeable_rules(site, sample_rules)
    file = site.config.rules_dir / "themes" / "kultur.toml"
    heavy = "".join(
        f'\n[[signal]]\nid = "{name}"\nwords = ["{word}"]\nweight = 10\n'
        for name, word in (("forskott", "prefinancing"), ("revision", "audit certificate"))
    )
    text = file.read_text("utf-8").replace("[theme]\n", "[theme]\ndocuments = true\n", 1) + heavy
    with open_archive(site.config.archive) as archive:
        outcome = preview(archive.db, site.rules, "kultur", text, NOW)
        gained = {item.key: item.marks for department in outcome.departments for item in department.gained}
        before = departments_of(archive.db, KEY)
        file.write_text(text, "utf-8")
        match_archive(archive, load_rules(site.config.rules_dir), NOW)
        after = departments_of(archive.db, KEY)
    assert after - before
    [mark, *_] = gained[KEY]
    assert (mark.found, mark.where, mark.address) == ("Prefinancing", "Towns that store rain, sida 5", f"/dokument/{HASH[:16]}/5")
    shown = coordinator.get(PAGE).text
    assert "Utan orden i dess dokument hade den inte gått dit: Towns that store rain, sida 5." in shown
    assert f'(<a href="/dokument/{HASH[:16]}/5">Towns that store rain, sida 5</a>)' in shown
    assert "<mark>Prefinancing</mark> of 80 %" in shown
    english = coordinator.get(PAGE, params={"lang": "en"}).text
    assert "Without the words in its documents it would not have gone there." in english
    assert "Towns that store rain, page 5</a>)" in english
    page_ = coordinator.get("/regler/kultur").text
    assert "Temat räknar orden i utlysningarnas egna dokument" in page_
    assert re.search(r'name="dokument" value="1" checked', page_)


def departments_of(db, key):
    return {row[0] for row in db.execute("SELECT department FROM matches WHERE source = ? AND call_id = ?", key)}


@pytest.mark.parametrize(("box", "key"), [("dokument", "documents"), ("foretrade", "yields")])
def test_the_box_of_the_form_writes_and_takes_away_the_key(box, key):
    text = '[theme]\nid = "x"  # ett namn\ntitle = "X"\ndepartments = ["a"]\nstrategy = ["b"]\n'
    lists = {"avdelning": ["a"], "omrade": ["b"]}
    asked = write_form(text, {"titel": "X", f"{box}-visas": "1", box: "1"}, lists)
    assert asked == text + f"{key} = true\n"
    assert write_form(asked, {"titel": "X", f"{box}-visas": "1"}, lists) == text
    assert write_form(asked, {"titel": "X"}, lists) == asked, "a form that does not show the box"
