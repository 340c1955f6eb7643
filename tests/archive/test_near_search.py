"""A word that no call holds finds calls by its parts and by near subjects; few hits are followed by narrower subjects."""

import random
from datetime import UTC, datetime

import pytest

from monitor.archive import open_archive
from monitor.archive.search.index import index_texts
from monitor.archive.search.query import marked, search
from monitor.language import analyser
from monitor.language.concepts import Concept, Concepts
from monitor.language.terms import parse_term
from monitor.language.widening import Names, SearchVocabulary, list_names, widen_term
from tests.archive.test_search import make_call, store

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
CONCEPTS = Concepts(
    [
        Concept(id="sjukdom", sv=("sjukdom", "sjuk"), en=("disease", "ill")),
        Concept(id="demens", sv=("demens",), en=("dementia",), broader="sjukdom"),
        Concept(id="elfordon", sv=("elbil",), en=("electric vehicle",)),
        Concept(id="brand", sv=("brand",), en=("fire",)),
        Concept(id="forsorjning", sv=("försörjning",), en=("supply",)),
        Concept(id="vatten", sv=("vatten",), en=("water",)),
        Concept(id="friluftsliv", sv=("friluftsliv",), en=("outdoor recreation",)),
        Concept(id="fritidsfiske", sv=("sportfiske",), en=("angling",), broader="friluftsliv"),
        Concept(id="klattring", sv=("klättring",), en=("climbing",), broader="friluftsliv"),
        Concept(id="raddningstjanst", sv=("räddningstjänst",), en=("rescue service",)),
        Concept(id="brandman", sv=("brandman",), en=("firefighter",), broader="raddningstjanst"),
        Concept(id="sjofart", sv=("hamn",), en=("seaport",)),
    ]
)
VOCABULARY = SearchVocabulary(CONCEPTS, Names(list_names([], [], [("made", ("Demensbranden",))])))
TITLES = {
    "dementia": "Life with dementia",
    "ill": "Support for people who are ill",
    "vehicles": "Charging of an electric vehicle",
    "fires": "Forest fire and drought",
    "vehicle-fires": "Fire in an electric vehicle",
    "angling": "Angling along the coast",
    "rescue": "A modern rescue service",
    "crew": "Clothes of a firefighter",
    "port": "Shore power in each seaport",
    **{f"water-{number}": f"Clean water in town {number}" for number in range(20)},
}


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    with open_archive(tmp_path_factory.mktemp("near") / "archive.db") as archive:
        rng = random.Random(1)
        plain = {"summary": "", "sections": (), "keywords": (), "language": ""}
        store(archive.db, *(make_call(0, rng, call_id=name, title=title, **plain) for name, title in TITLES.items()))
        index_texts(archive.db, analyser())
        yield archive.db


def find(db, query):
    result = search(db, query, NOW, vocabulary=VOCABULARY, limit=30)
    return [hit.call_id for hit in result.hits], result


@pytest.mark.parametrize(
    ("typed", "calls"),
    [
        ("demenssjuka", ["dementia"]),
        ("demensstrategi", ["dementia"]),
        ("elbilsbränder", ["vehicle-fires"]),
        ("elbilsbrand", ["vehicle-fires"]),
        ("friluftsliv", ["angling"]),
        ("hamnar", ["port"]),
        ("hamnarna", ["port"]),
    ],
)
def test_a_word_that_no_call_holds_finds_what_it_is_made_of_or_stands_near(db, typed, calls):
    assert find(db, typed)[0] == calls


def test_a_sibling_is_another_subject(db):
    assert find(db, "klättring")[0] == []


def test_the_reader_is_told_and_the_hits_are_marked(db):
    calls, result = find(db, "elbilsbrand")
    assert {"electric vehicle", "fire"} <= set(result.widened)
    assert result.instead is None
    assert any(is_hit for is_hit, _ in marked(result.hits[0].snippet))
    assert calls == ["vehicle-fires"]


def test_a_clause_that_no_call_holds_is_replaced_beside_one_that_calls_hold(db):
    assert find(db, "demenssjuka life")[0] == ["dementia"]
    assert find(db, "demenssjuka water")[0] == []


def test_a_part_that_much_of_the_archive_holds_does_not_stand_for_the_word(db):
    assert find(db, "vattenförsörjning")[0] == []


@pytest.mark.parametrize("typed", ['"demenssjuka"', "demenssjuk*", "-demenssjuka klättring"])
def test_quotes_stars_and_unwanted_words_stay_as_typed(db, typed):
    assert find(db, typed)[0] == []


def test_the_name_of_a_publisher_is_not_taken_apart(db):
    assert set(find(db, "demensbranden")[0]) == set(TITLES)


def test_few_hits_are_followed_by_those_of_narrower_subjects(db):
    calls, result = find(db, "räddningstjänst")
    assert calls == ["rescue", "crew"]
    assert result.total == 2
    assert "firefighter" in result.widened
    assert find(db, "vatten")[1].total == 20
    assert [hit.call_id for hit in search(db, "räddningstjänst", NOW, vocabulary=VOCABULARY, limit=1, offset=1).hits] == ["crew"]


@pytest.mark.parametrize(
    ("typed", "noun"), [("hamnar", "seaport"), ("hamn", "seaport"), ("elbilar", "electric vehicle"), ("bränder", "fire")]
)
def test_a_plural_finds_the_concept_of_its_noun(typed, noun):
    assert noun in [term.text for term in widen_term(parse_term(typed), VOCABULARY).others]
