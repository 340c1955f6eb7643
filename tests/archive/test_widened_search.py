"""A widened search finds calls by other words, names and identifiers, after those that hold the typed words, each once."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.archive import open_archive
from monitor.archive.matches import NewMatch, store_matches
from monitor.archive.search.facets import FacetIndex, rank_tiers
from monitor.archive.search.index import index_texts
from monitor.archive.search.query import Filters, marked, rank_calls, search
from monitor.archive.search.tiers import find_tiers, target_resolver, widen_query
from monitor.language import analyser
from monitor.language.concepts import Concept, Concepts
from monitor.language.queries import parse_query
from monitor.language.widening import Names, SearchVocabulary, list_names
from tests.archive.test_search import make_call, store

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
CONCEPTS = Concepts(
    [
        Concept(id="avlopp", sv=("avlopp",), en=("wastewater", "sewage")),
        Concept(id="aldre", sv=("äldreomsorg",), en=("elderly care",)),
        Concept(id="cerv", sv=("medborgarprogrammet",), en=("Citizens programme",), programme=("cerv",)),
    ]
)
NAMES = Names(
    list_names(
        [("life", ("LIFE",)), ("cerv", ("CERV",))], [("idrott", "Idrott och fysisk aktivitet")], [("made", ("Kulturrådet",))]
    )
)
VOCABULARY = SearchVocabulary(CONCEPTS, NAMES)
FILTERS = Filters(programmes={"life": {"life", "LIFE"}, "cerv": {"cerv", "CERV"}})
TITLES = {
    "own": "Renare avlopp i små orter",
    "english": "Urban wastewater treatment",
    "synonym": "Sewage sludge",
    "both": "Avlopp and wastewater for towns",
    "life": "Standard action projects",
    "cerv": "Networks of Towns",
    "care": "Quality of elderly care",
    "place": "Bibliotek i Nässjö",
    "sport": "Young people on the pitch",
}
IDENTIFIERS = {"life": "LIFE-2026-SAP-ENV", "cerv": "CERV-2026-CITIZENS-TOWN-NT"}


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    with open_archive(tmp_path_factory.mktemp("wide") / "archive.db") as archive:
        rng = random.Random(1)
        plain = {"summary": "", "sections": (), "keywords": (), "language": ""}
        store(
            archive.db,
            *(
                make_call(0, rng, call_id=name, title=title, identifier=IDENTIFIERS.get(name, ""), **plain)
                for name, title in TITLES.items()
            ),
        )
        index_texts(archive.db, analyser())
        match = NewMatch(
            source="made", call_id="sport", department="kultur-fritid", relevance=60, fit=50, level="trolig",
            themes=[{"id": "idrott", "title": "Idrott", "strategy": [], "sdgs": []}], evidence=[], fit_card={}, rule_version="v1",
        )  # fmt: skip
        store_matches(archive.db, [match], "v1", {"a.toml": "x"}, NOW, program="p")
        yield archive.db


def found(db, query, **chosen):
    result = search(db, query, NOW, FILTERS, vocabulary=VOCABULARY, **chosen)
    return [hit.call_id for hit in result.hits]


def test_what_holds_the_word_itself_comes_first(db):
    calls = found(db, "avlopp")
    assert set(calls[:2]) == {"own", "both"}
    assert set(calls[2:]) == {"english", "synonym"}
    result = search(db, "avlopp", NOW, FILTERS, vocabulary=VOCABULARY)
    assert (result.total, result.widened, result.instead) == (4, ["wastewater", "sewage"], None)
    assert all(any(is_hit for is_hit, _ in marked(hit.snippet)) for hit in result.hits), "the other words are marked as well"


def test_the_typed_words_alone(db):
    assert sorted(hit.call_id for hit in search(db, "avlopp", NOW).hits) == ["both", "own"]
    assert sorted(found(db, '"avlopp"')) == ["both", "own"]
    assert found(db, "avlopp -wastewater towns") == []


@pytest.mark.parametrize(
    ("typed", "call"),
    [
        ("LIFE-2026-SAP", "life"),
        ("2026-CITIZENS-TOWN", "cerv"),
        ("cerv-2026-citizens", "cerv"),
        ("CERV", "cerv"),
        ("Citizens programme", "cerv"),
        ("medborgarprogrammet", "cerv"),
        ("aldreomsorg", "care"),
        ("nassjo", "place"),
        ("Nassjo bibliotek", "place"),
        ("nässjö", "place"),
    ],
)
def test_names_identifiers_and_spellings_find_a_call(db, typed, call):
    assert found(db, typed)[0] == call


def test_a_publisher_and_a_theme_find_their_calls_last(db):
    assert set(found(db, "kulturrådet")) == set(TITLES)
    assert set(found(db, "kulturrådet avlopp")) == {"own", "both", "english", "synonym"}
    assert found(db, "fysisk")[0] == "sport"
    assert found(db, "Idrott och fysisk aktivitet") == ["sport"]


@pytest.mark.parametrize(
    ("typed", "instead"), [("wastewatr", "wastewater"), ("avllopp", "avlopp"), ("äldreomsrog", "äldreomsorg")]
)
def test_a_mistyped_word_shows_the_hits_of_the_right_one(db, typed, instead):
    result = search(db, typed, NOW, FILTERS, vocabulary=VOCABULARY)
    assert result.instead == instead
    assert result.total == search(db, instead, NOW, FILTERS, vocabulary=VOCABULARY).total > 0


def test_a_word_that_is_right_is_never_replaced(db):
    result = search(db, "simhall", NOW, FILTERS, vocabulary=VOCABULARY)
    assert (result.total, result.instead) == (0, None)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [
                "avlopp",
                "wastewater",
                "LIFE",
                "CERV",
                "towns",
                "i",
                "-avlopp",
                "-towns",
                '"sewage"',
                "nassjo",
                "kulturrådet",
                "LIFE-2026",
            ]
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(1, 4),
)
def test_pages_hold_every_hit_once_in_the_order_of_the_search_page(db, words, size):
    query = " ".join(words)
    whole = search(db, query, NOW, FILTERS, vocabulary=VOCABULARY, limit=100)
    calls = [hit.call_id for hit in whole.hits]
    assert len(calls) == len(set(calls)) == whole.total
    pages = [
        hit.call_id
        for start in range(0, len(calls) + size, size)
        for hit in search(db, query, NOW, FILTERS, vocabulary=VOCABULARY, limit=size, offset=start).hits
    ]
    assert pages == calls
    typed = {hit.call_id for hit in search(db, query, NOW, limit=100).hits}
    assert typed <= set(calls)
    if whole.instead:
        return
    rows = dict(db.execute("SELECT rowid, call_id FROM calls"))
    assert [rows[row] for row in rank_calls(db, query, NOW, FILTERS, VOCABULARY)] == calls
    parsed = parse_query(query)
    if parsed.terms:
        index = FacetIndex(db, NOW, lambda key, code, identifier: "")
        tiers = find_tiers(db, widen_query(db, parsed, VOCABULARY), target_resolver(db, FILTERS.programmes))
        hits = rank_tiers(db, index, tiers)
        assert {key.call_id for key in index.page(hits.bits, hits.order(db, hits.bits), 0, 0)} == set(calls)
