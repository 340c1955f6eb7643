"""Themes that count the words of calls' own documents: what counts, what never does, and how the reason names the page."""

import json
from datetime import timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.call_documents import PROGRAMMES
from monitor.calls import CallKey, Link
from monitor.documents.own import MOST_DOCUMENTS, MOST_PAGES, OwnDocuments
from monitor.jobs.match import archived_calls
from monitor.matching.explain import Circumstances, why
from monitor.matching.match import match_calls
from tests.commands import Installation
from tests.documents.files import pdf_bytes
from tests.documents.kept import add_text
from tests.matching.archived import NOW, store_calls
from tests.matching.rules import ENERGY, YOUTH, a_call, small_rules, write_rules

ASKING = YOUTH.replace('title = "Ungdomsutbyten"', 'title = "Ungdomsutbyten"\ndocuments = true')
KEY = CallKey("test", "A")
ASKING += '\n[[signal]]\nid = "schack"\nwords = ["chess"]\nweight = 9\nin = ["title"]\n'
CALL = a_call("Ungdomar i Europa", call_id="A", language="sv")
"""Four of six points: the word of the signal `unga` in its title. The document gives the two that are missing."""
PAGES = ["Contents", "Towns meet.", "Applicants arrange youth exchanges between towns."]


@pytest.fixture(scope="module")
def rules():
    return small_rules(ungdom=ASKING)


@pytest.fixture
def archive(tmp_path):
    with open_archive(tmp_path / "archive.db") as archive:
        yield archive


def matched(archive, rules):
    return {
        judgement.call.call_id: [match.department for match in matches]
        for judgement, matches in match_calls(rules, archived_calls(archive, rules))
    }


def explained(archive, rules, call=CALL, department="kultur"):
    documents = OwnDocuments(archive.db, rules.analyser).of(call.key)
    return why(rules, call, department, Circumstances(now=NOW), documents=documents)


def test_a_theme_that_does_not_ask_is_as_without_documents(archive):
    plain = small_rules()
    store_calls(archive.db, [CALL])
    add_text(archive.db, KEY, "ab" * 16, "https://example.org/call.pdf", PAGES)
    assert matched(archive, plain) == {"A": []}
    assert all(prepared.documents is None for prepared in archived_calls(archive, plain))


def test_a_page_gives_the_points_that_are_missing_and_the_reason_names_it(archive, rules):
    store_calls(archive.db, [CALL])
    assert matched(archive, rules) == {"A": []}
    add_text(archive.db, KEY, "ab" * 16, "https://example.org/call.pdf", PAGES)
    assert matched(archive, rules) == {"A": ["kultur"]}
    found = explained(archive, rules)
    hit = next(item for item in found.evidence if item.document)
    assert (hit.found, hit.points, hit.zone, hit.named_place) == ("youth exchanges", 2, "documents", "call.pdf, sida 3")
    assert PAGES[2][hit.start : hit.end] == "youth exchanges"
    assert found.places == ("call.pdf, sida 3",)
    assert found.text == (
        "Den går till Kultur och fritid. Tema: Ungdomsutbyten. Utan orden i dess dokument hade den inte gått dit: call.pdf, sida 3."
    )


def test_what_the_texts_give_alone_is_not_put_down_to_documents(archive, rules):
    call = a_call("Youth exchange", "For young people.", call_id="A")
    add_text(archive.db, KEY, "ab" * 16, "https://example.org/call.pdf", PAGES)
    found = explained(archive, rules, call)
    assert (found.points, found.places, "dokument" in found.text) == (12, (), False)


@pytest.mark.parametrize(
    ("pages", "key", "role"),
    [
        (["For researchers only. Nothing of ours."], KEY, "call"),
        (["A game of chess."], KEY, "call"),  # its signal looks in the title alone
        (PAGES, KEY, "guide"),
        (PAGES, KEY, "programme"),
        (PAGES, PROGRAMMES, "programme"),
        (PAGES, CallKey("test", "B"), "call"),
        (["x"] * MOST_PAGES + PAGES, KEY, "call"),
    ],
    ids=["veto", "in", "guide", "programme of the call", "work programme", "other call", "page after the last that counts"],
)
def test_this_gives_no_points(archive, rules, pages, key, role):
    add_text(archive.db, key, "ab" * 16, "https://example.org/call.pdf", pages, role)
    found = explained(archive, rules)
    assert (found.step, found.points, found.places) == ("below-threshold", 4, ())
    assert not any(item.document for item in found.evidence)


def test_a_veto_in_a_document_does_not_strike(archive, rules):
    add_text(archive.db, KEY, "ab" * 16, "https://example.org/call.pdf", [*PAGES, "For researchers only."])
    assert explained(archive, rules).step == "matched"


def test_only_the_first_documents_of_a_call_count(archive, rules):
    for number in range(MOST_DOCUMENTS + 1):
        pages = PAGES if number == MOST_DOCUMENTS else ["Nothing."]
        add_text(archive.db, KEY, f"{number:032x}", f"https://example.org/{number}.pdf", pages)
    assert explained(archive, rules).step == "below-threshold"


def test_a_needed_word_stands_on_the_same_page_or_in_the_call_itself(archive):
    """On another page of a long document it would say nothing."""
    rules = small_rules(energi=ENERGY.replace('id = "energi"\ntitle', 'id = "energi"\ndocuments = true\ntitle', 1))
    pages = ["Energy.", "Art in public buildings.", "Public buildings save energy."]
    add_text(archive.db, KEY, "ab" * 16, "https://example.org/call.pdf", pages[:2])
    assert explained(archive, rules, a_call("Konst", call_id="A")).evidence == ()
    [hit] = explained(archive, rules, a_call("Energy for all", call_id="A")).evidence
    assert (hit.signal, hit.page, hit.points) == ("byggnader", 2, 1)
    add_text(archive.db, KEY, "cd" * 16, "https://example.org/call.pdf", pages)
    [hit] = explained(archive, rules, a_call("Konst", call_id="A")).evidence
    assert (hit.signal, hit.page, hit.points) == ("byggnader", 3, 1)


def test_no_word_on_two_pages_counts_twice(archive, rules):
    add_text(archive.db, KEY, "ab" * 16, "https://example.org/call.pdf", PAGES * 20)
    assert explained(archive, rules).points == 6


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nya cykelvägar byggs.", "cykelvägar"),
        ("LIFE:s projekt.", "LIFE:s"),
        ("Om vatten- och avloppsfrågor.", "avloppsfrågor"),
        ("Youth\nexchanges.", "Youth\nexchanges"),
        ("Laddstationerna.", "Laddstationerna"),
    ],
)
def test_a_term_that_the_index_finds_is_found_again_on_the_page(archive, text, found):
    words = '"*väg", "avlopp*", "LIFE", "laddstation", "youth exchange", "ungdomsutbyte"'
    rules = small_rules(ungdom=ASKING.replace('"ungdomsutbyte", "youth exchange"', words))
    add_text(archive.db, KEY, "ab" * 16, "https://example.org/call.pdf", ["Contents.", text])
    [hit] = [item for item in explained(archive, rules).evidence if item.document]
    assert (hit.found, hit.page) == (found, 2)


@pytest.fixture(scope="module")
def place(tmp_path_factory, publisher):
    """Return an installation whose theme asks, with a call that no department is matched with and that links to a document."""
    home = Installation(tmp_path_factory.mktemp("asking"))
    write_rules(home.folder / "rules", **{"themes/ungdom.toml": ASKING})
    home.configure('data_dir = "data"\n[rules]\ndir = "rules"\n[network]\nallow_loopback = true\ndelay = 0\ntimeout = 5\n')
    path = "/docs/2021-2027/erasmus/wp-call/2026/call-fiche_erasmus-2026-test_en.pdf"
    publisher.files = {path: pdf_bytes(PAGES, title="Towns that meet")}
    with open_archive(home.archive) as archive:
        link = Link(title="call document", url=f"{publisher.address}{path}")
        store_calls(archive.db, [a_call(CALL.title, call_id="A", language="sv", attachments=(link,))])
    return home


def ask(place, *words, days=0):
    return place.ask(*words, now=(NOW + timedelta(days=days)).isoformat())


def test_a_document_that_arrives_or_changes_is_matched_at_once(place, publisher):
    assert ask(place, "match", "--json").json["matches"] == 0
    found = ask(place, "documents", "fetch", "--json").json
    assert [row["state"] for row in found["documents"]] == ["read"], "a call that reaches nobody is fetched for the theme"
    with open_archive(place.archive) as archive:
        [row] = archive.db.execute("SELECT department, evidence FROM matches").fetchall()
    hit = next(item for item in json.loads(row[1]) if item["document"])
    assert (row[0], hit["title"], hit["place"], hit["found"]) == ("kultur", "Towns that meet", "sida 3", "youth exchanges")
    shown = ask(place, "why", "A").out
    assert "hade den inte gått dit: Towns that meet, sida 3." in shown
    publisher.files = dict.fromkeys(publisher.files, pdf_bytes(["Nothing of this."], title="Towns that meet"))
    assert [row["state"] for row in ask(place, "documents", "fetch", "--json", days=8).json["documents"]] == ["read"]
    with open_archive(place.archive) as archive:
        assert archive.db.execute("SELECT count(*) FROM matches").fetchone()[0] == 0, "the new version has no such word"


def test_two_rule_sets_are_compared_with_the_documents_that_one_of_them_asks_for(place, tmp_path):
    """Also when it is the other one: the preview of a changed theme, `rules compare` and matching agree."""
    with open_archive(place.archive) as archive:
        add_text(archive.db, KEY, "ef" * 16, "https://example.org/more.pdf", PAGES)
    plain = write_rules(tmp_path / "plain")
    change = ask(place, "rules", "compare", str(plain), "--json").json["departments"]["kultur"]
    assert [(row["call_id"], row["because"]) for row in change["lost"]] == [
        ("A", ["”youth exchanges” (utbyte: 2 p, här 0 p)", "4 av 6 poäng"])
    ]
    change = ask(place, "rules", "compare", str(plain), str(place.folder / "rules"), "--json").json["departments"]["kultur"]
    assert [row["call_id"] for row in change["gained"]] == ["A"]
