"""Widened hits: every term of a concept counts as the same word, however rare it is, and a title goes before mentions."""

import random
from datetime import UTC, datetime

import pytest

from monitor.archive import open_archive
from monitor.archive.search.facets import FacetIndex, rank_tiers
from monitor.archive.search.index import index_texts
from monitor.archive.search.query import Filters, rank_calls, search
from monitor.archive.search.ranking import rank_clauses
from monitor.archive.search.tiers import Tier, find_tiers, target_resolver, widen_query
from monitor.language import analyser
from monitor.language.concepts import Concept, Concepts
from monitor.language.queries import parse_query
from monitor.language.widening import SearchVocabulary
from tests.archive.test_search import make_call, store

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
VOCABULARY = SearchVocabulary(
    Concepts(
        [
            Concept(id="cyber", sv=("cybersäkerhet",), en=("cybersecurity", "cyber protection")),
            Concept(id="vatten", sv=("grundvatten",), en=("groundwater",)),
        ]
    )
)
_FILLER = "The applicants describe the methods, the partners and the results of the work in some detail. " * 3
SUMMARIES = {
    "mention": f"Plants need cyber protection. {_FILLER}",
    "subject": f"Cybersecurity is tested. {_FILLER} Tools for cybersecurity. Training in cybersecurity for staff.",
    "titled": f"Cybersecurity is taught. {_FILLER}",
    **{f"usual{number}": f"Some cybersecurity. {_FILLER}" for number in range(6)},
    **{f"other{number}": f"Forests and lakes. {_FILLER}" for number in range(12)},
    "both": f"Cybersecurity of groundwater plants. {_FILLER}",
}
TITLES = {"titled": "Cybersecurity for towns"}


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    with open_archive(tmp_path_factory.mktemp("ranked") / "archive.db") as archive:
        rng = random.Random(1)
        calls = [
            make_call(0, rng, call_id=name, title=TITLES.get(name, "Standard projects"), summary=text, sections=(), keywords=())
            for name, text in SUMMARIES.items()
        ]
        store(archive.db, *calls)
        index_texts(archive.db, analyser())
        yield archive.db


def found(db, query):
    return [hit.call_id for hit in search(db, query, NOW, vocabulary=VOCABULARY, limit=30).hits]


def test_a_rare_synonym_that_is_mentioned_goes_after_the_subject_in_its_usual_word(db):
    calls = found(db, "cybersäkerhet")
    assert calls[:2] == ["titled", "subject"]
    assert "mention" in calls[2:]
    assert len(calls) == 10


def test_every_clause_counts(db):
    assert found(db, "cybersäkerhet grundvatten") == ["both"]


def test_the_search_page_and_the_list_have_the_same_order(db):
    parsed = parse_query("cybersäkerhet")
    tiers = find_tiers(db, widen_query(db, parsed, VOCABULARY), target_resolver(db, {}))
    index = FacetIndex(db, NOW, lambda key, code, identifier: "")
    hits = rank_tiers(db, index, tiers)
    rows = dict(db.execute("SELECT rowid, call_id FROM calls"))
    listed = [rows[row] for row in rank_calls(db, "cybersäkerhet", NOW, Filters(), VOCABULARY)]
    assert listed == found(db, "cybersäkerhet")
    shown = [key.call_id for key in index.page(hits.bits, hits.order(db, hits.bits), 0, 0)]
    assert shown[:2] == listed[:2]
    assert sorted(shown) == sorted(listed)


def test_the_terms_of_a_clause_weigh_together_less_than_two_clauses(db):
    ranking = rank_clauses(db, [['"cybersecurity"', '"cyber protection"'], ['"groundwater"']])
    rows = dict(db.execute(ranking.sql, ranking.values).fetchall())
    assert len(rows) == 10
    rows_by_call = {call: rows.get(id_) for id_, call in db.execute("SELECT id, call_id FROM indexed")}
    assert min(rows_by_call, key=lambda call: rows_by_call[call] or 0) == "both"


def test_a_tier_of_many_calls_is_ranked_by_its_whole_expression(db):
    tier = Tier(words='"cybersecurity"', clauses=(('"cybersecurity"',),))
    assert tier.rank(db, 500) is not None
    assert tier.rank(db, 501) is None
    assert Tier(words='"cybersecurity"').rank(db, 1) is None


def test_nothing_found_and_too_many_phrases_are_not_ranked(db):
    assert rank_clauses(db, [['"nowhere"']]) is None
    assert rank_clauses(db, [[f'"word{number}"' for number in range(500)]]) is None
