"""Ranked positions: any page equals that of the fully sorted list."""

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from monitor.archive.search.facets import RankedPositions

# Few scores, so that many are equal; places in any order, each once.
SCORED = st.lists(st.integers(0, 2_000), max_size=900, unique=True).flatmap(
    lambda places: st.tuples(st.just(places), st.lists(st.integers(-5, 0), min_size=len(places), max_size=len(places)))
)


@given(SCORED, st.lists(st.integers(2_001, 3_000), max_size=9, unique=True), st.integers(0, 900))
def test_any_page_of_a_ranking_is_the_same_as_of_all_in_order(scored, others, looked_at):
    places, scores = scored
    pairs = [(score / 4, place) for place, score in zip(places, scores, strict=True)]
    everything = [place for _, place in sorted(pairs)] + others
    ranking = RankedPositions(pairs, others)
    assert list(islice(ranking, looked_at)) == everything[:looked_at]
    assert list(ranking) == list(ranking) == everything
