"""The answer of a call's own document to "may we apply": on the card that is stored with a match, on the page and in the mail."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import open_archive
from monitor.calls import Budget, CallKey, Deadline
from monitor.digest.fit_wording import fit_lines
from monitor.digest.render import load_templates
from monitor.digest.summary import written_summary
from monitor.documents.facts import DISPUTED, IN_DOCUMENT, DocumentSource, answered_card, filled_card, gather_facts
from monitor.documents.model import FileFormat
from monitor.documents.statements import FactName, PageStatement
from monitor.fit import FitCard, card_from_json, card_to_json
from monitor.jobs.match import match_archive
from monitor.paths import DIGESTS
from monitor.vocabulary import Kind
from tests.documents.kept import add_text
from tests.matching.archived import NOW, store_calls
from tests.matching.rules import a_call, small_rules

KEY = CallKey("test", "A")
CALL = a_call("Youth exchange", "For young people.", call_id="A")
YES, NO = "Eligible participants\nMunicipalities are eligible.", "Eligible participants\nMunicipalities are not eligible."
GUESS = FitCard(municipality="ja", guessed=True, reason="Vanligt i programmet.")
READ = FitCard(municipality="ja", quote="Kommuner kan söka.")


def said(value, words="words", page=1):
    return PageStatement(FactName.MUNICIPALITY, value, words, page)


@pytest.fixture
def archive(tmp_path):
    with open_archive(tmp_path / "archive.db") as archive:
        yield archive


@pytest.mark.parametrize("card", [GUESS, FitCard(), replace(GUESS, municipality="nej")])
@pytest.mark.parametrize("value", ["ja", "som partner", "nej"])
def test_a_document_answers_in_place_of_a_guess_and_of_silence(card, value):
    found = answered_card(card, [said(value, "so it stands")])
    assert (found.municipality, found.guessed, found.reason, found.quote) == (value, False, IN_DOCUMENT, "so it stands")


@pytest.mark.parametrize(
    ("card", "values"), [(READ, ["nej"]), (READ, ["som partner"]), (READ, ["ja", "nej"]), (GUESS, ["ja", "nej"])]
)
def test_where_text_and_documents_differ_none_is_chosen(card, values):
    found = answered_card(card, [said(value) for value in values])
    assert (found.municipality, found.disputed, found.reason, found.quote) == ("framgår inte", True, DISPUTED, "")


@pytest.mark.parametrize(
    ("card", "values"),
    [
        (READ, ["ja"]),
        (READ, []),
        (replace(READ, municipality="nej"), ["ja"]),
        (replace(READ, owned=True), ["nej"]),
        (replace(GUESS, corrected=(("terms.municipality", datetime(2026, 5, 1, tzinfo=ZoneInfo("UTC"))),)), ["nej"]),
    ],
    ids=["the same", "no document", "a no of the text", "the municipality's companies", "a person's answer"],
)
def test_the_text_stands(card, values):
    assert answered_card(card, [said(value) for value in values]) == card


def stored_card(archive):
    match_archive(archive, small_rules(), NOW)
    [row] = archive.db.execute("SELECT fit_card FROM matches WHERE call_id = 'A'").fetchall()
    return json.dumps(json.loads(row[0]), ensure_ascii=False)


@pytest.mark.parametrize(("text", "answer"), [(YES, '"municipality": "ja"'), (NO, '"municipality": "nej"')])
def test_the_card_of_a_match_has_the_answer_of_the_document(archive, text, answer):
    store_calls(archive.db, [CALL])
    assert '"municipality": "framgår inte"' in stored_card(archive)
    add_text(archive.db, KEY, "ab" * 16, "https://example.org/call.pdf", ["Contents", text])
    assert answer in stored_card(archive)
    assert IN_DOCUMENT in stored_card(archive)


def test_a_disputed_card_is_stored_and_worded_in_both_languages():
    card = card_from_json(card_to_json(answered_card(READ, [said("nej")])), Budget())
    assert card.disputed
    templates = load_templates((DIGESTS,))
    for language, words in (
        ("sv", "Olika uppgifter. Uppgifterna om vem som kan söka går isär. Fråga utgivaren."),
        ("en", "Statements differ. What is said of who may apply differs. Ask the publisher."),
    ):
        [line] = [line for line in fit_lines(card, templates.wording(language)) if line.key == "municipality"]
        assert (line.value, line.known) == (words, False)


def test_a_sum_that_only_the_document_states_is_filled_in_beside_the_calls_own():
    call = replace(CALL, budget=Budget(total=9_000_000, currency="EUR"))
    statement = PageStatement(FactName.PROJECT_MAX, [450_000, "EUR"], "at most EUR 450 000", 1)
    document = DocumentSource(hash="a", title="A", version="", format=FileFormat.PDF, labels={}, statements=[statement])
    card = filled_card(FitCard(budget=call.budget), gather_facts(call, None, [document]))
    assert (card.budget.total, card.budget.project_max, card.budget.currency) == (9_000_000, 450_000, "EUR")
    other = replace(statement, value=[450_000, "SEK"])
    card = filled_card(FitCard(budget=call.budget), gather_facts(call, None, [replace(document, statements=[other])]))
    assert card.budget.project_max is None


def test_a_summary_that_says_no_names_no_last_day_to_apply_by():
    """A last day behind a no ("Kommuner kan inte söka, senast 14 januari") would say that there is a day to do it by."""
    call = replace(CALL, kind=Kind.CALL, deadlines=(Deadline(at=NOW + timedelta(days=20), text="9 June 2026"),))
    wording = load_templates((DIGESTS,)).wording("sv")
    for card, words in ((answered_card(GUESS, [said("nej")]), "Kommuner kan inte söka."), (READ, "Kommuner kan söka, senast ")):
        assert any(sentence.startswith(words) for sentence in written_summary(call, [], "CERV", card, wording, NOW))
