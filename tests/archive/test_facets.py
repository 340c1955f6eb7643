"""Facets: counts, pages and orders equal those of reading every call."""

from datetime import timedelta

import pytest

from monitor.archive.search.facets import FacetIndex, LazyRankedHits, rank_by_words
from monitor.archive.search.index import (
    find_indexed_ids,
    index_call,
    index_texts,
    list_stale_ids,
    read_indexed_calls,
    stored_zones,
)
from monitor.archive.search.query import is_plain
from monitor.archive.search.tiers import typed_expression
from monitor.calls import Kind
from monitor.language.analyser import analyser
from monitor.language.queries import parse_query
from monitor.language.terms import parse_term
from tests.mailing import MONDAY, WEEK, World, a_call

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Twelve calls about libraries, every third closed, and an event; half of them matched."""
    world = World(tmp_path_factory.mktemp("facets"))
    due = {0: "2026-05-01", 1: "2026-07-10", 2: "2026-09-10"}
    calls = [a_call(f"{n:02}", due[n % 3], title=f"Stöd till bibliotek {n:02}") for n in range(12)]
    world.publish(*calls, at=MONDAY - 8 * WEEK)
    event = a_call("fest", source="feed", title="Konferens", kind=Kind.EVENT, starts=MONDAY + WEEK)
    world.publish(event, at=MONDAY - DAY, source="feed", departments=("social",))
    with world.archive() as archive:
        index_texts(archive.db, analyser())
    return world


@pytest.fixture
def db(world):
    with world.archive() as archive:
        yield archive.db


@pytest.fixture
def index(db):
    return FacetIndex(db, MONDAY, lambda key, programme, identifier: "life" if key[1] == "01" else "")


def counted(index, within, chosen, facet):
    return {row.value: row.count for row in index.counts(within, chosen)[facet]}


def test_values_of_a_facet_are_counted_within_the_other_choices(index):
    everything = index.all_bits
    assert counted(index, everything, {}, "status") == {"open": 9, "closed": 4}
    assert counted(index, everything, {}, "department") == {"kultur-fritid": 12, "social": 1}
    assert counted(index, everything, {}, "programme") == {"life": 1}
    assert counted(index, everything, {}, "month") == {"2026-07": 4, "2026-09": 4}
    chosen = {"kind": ["event"]}
    assert counted(index, everything, chosen, "department") == {"social": 1}
    assert counted(index, everything, chosen, "kind") == {"call": 12, "event": 1}, "one can still choose more of the facet"
    assert index.select(everything, {"kind": ["call"], "status": ["closed"]}).bit_count() == 4
    assert index.select(everything, {"kind": []}) == everything


def test_pages_follow_each_other_in_each_order(index):
    calls = index.select(index.all_bits, {"status": ["open"], "kind": ["call"]})
    everyone = index.page(calls, "deadline", 0, 0)
    assert [call_id for _, call_id in everyone] == ["01", "04", "07", "10", "02", "05", "08", "11"]
    assert index.page(calls, "deadline", 2, 3) == everyone[2:5]
    assert index.page(index.all_bits, "newest", 0, 1) == [("feed", "fest")]
    assert index.page(index.all_bits, "title", 0, 1) == [("feed", "fest")]
    assert len(index.page(index.all_bits, "changed", 0, 0)) == 13


def test_words_find_the_same_calls_few_or_many_at_a_time(db, index):
    words = typed_expression(parse_query("bibliotek"))
    few = rank_by_words(db, index, words)
    many = rank_by_words(db, index, words, most=5)
    assert isinstance(many, LazyRankedHits)
    assert few.bits == many.bits
    closed = index.select(index.all_bits, {"status": ["closed"]})
    for selected in (index.all_bits, few.bits & ~closed):
        first = index.page(selected & few.bits, few.order(db, selected), 0, 0)
        second = index.page(selected & many.bits, many.order(db, selected), 0, 0)
        assert sorted(first) == sorted(second)
    assert [key[1] for key in index.page(many.bits, many.order(db, many.bits), 8, 4)] == sorted(
        (key[1] for key in index.page(many.bits & closed, "title", 0, 0)), reverse=True
    ), "what is closed comes after what is open"
    assert not is_plain(parse_query("bibliotek före:2026-07-15")), "more than words is asked for"


def test_terms_are_found_by_zone_and_calls_read_with_their_texts(db):
    term = parse_term("bibliotek")
    found = find_indexed_ids(db, [term], ["title"])
    assert len(found) == 12
    assert find_indexed_ids(db, [term], ["context"]) == set()
    assert find_indexed_ids(db, []) == set()
    calls = {call.call_id: zones for call, zones in read_indexed_calls(db, analyser(), found)}
    assert calls["03"] == stored_zones(db, "portal", "03")


def test_a_change_is_seen_until_the_call_is_indexed_again(tmp_path):
    world = World(tmp_path)
    world.crawl(a_call("1", title="Stöd till bibliotek"), at=MONDAY)
    with world.archive() as archive:
        index_texts(archive.db, analyser())
        assert list_stale_ids(archive.db) == set()
    world.crawl(a_call("1", title="Stöd till museer"), at=MONDAY + DAY)
    with world.archive() as archive:
        db = archive.db
        (row,) = list_stale_ids(db)
        assert stored_zones(db, "portal", "1") is None
        ((_, zones),) = read_indexed_calls(db, analyser(), [row])
        index_call(db, analyser(), "portal", "1")
        index_call(db, analyser(), "portal", "borta")
        assert list_stale_ids(db) == set()
        assert stored_zones(db, "portal", "1") == zones
