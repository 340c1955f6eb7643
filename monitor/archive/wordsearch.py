"""What words find among the calls of a facet index: all of it as bits, and its calls with the best first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from heapq import nsmallest
from itertools import islice

from monitor.archive.database import Database
from monitor.archive.facets import FacetIndex
from monitor.archive.search import words_alone

WEIGHED = 10_000
"""Of what words find, so many calls are put in order by them: the open ones before the closed ones, and of each what came last. Nobody
reads as far as that, and weighing takes longer than finding."""
_LOOKED_AT = 200
_FOUND = "FROM search WHERE search MATCH :words"


class Ranked:
    """Places in the index, the best first: those with a score, the lowest first and among equals by place, then `others` in their order.

    Whoever looks at a page sees twenty of what may be a third of the archive: all is put in order only for who looks further.
    """

    def __init__(self, scored: list[tuple[float, int]], others: list[int] | None = None) -> None:
        self._scored, self._others = scored, others or []

    def __iter__(self) -> Iterator[int]:
        yield from self._first
        yield from islice(self._all, len(self._first), None)
        yield from self._others

    @cached_property
    def _first(self) -> list[int]:
        return [place for _, place in nsmallest(_LOOKED_AT, self._scored)]

    @cached_property
    def _all(self) -> list[int]:
        return [place for _, place in sorted(self._scored)]


def by_words(db: Database, index: FacetIndex, query: str, *, most: int = WEIGHED) -> tuple[Ranked, int] | None:
    """What a query of words alone finds, and the same as bits; None for one that asks for more than words (see `search.ranked`).

    Of what it finds, `most` calls are weighed by its words; the others come after them, by `FacetIndex.foremost`.
    """
    words = words_alone(query)
    if words is None:
        return None
    # Weighing takes four times as long as finding, so it is counted first whether there is a choice to make.
    counted = f"SELECT count(*) FROM (SELECT 1 {_FOUND} LIMIT :most + 1)"
    (number,) = db.execute(counted, {"words": words, "most": most}).fetchone()
    if number <= most:
        scored = index.scored(db.execute(f"SELECT rowid, rank {_FOUND}", {"words": words}))
        return Ranked(scored), index.bits_of(place for _, place in scored)
    listed = f"SELECT json_group_array(id) FROM (SELECT rowid AS id {_FOUND} ORDER BY rowid)"
    (ids,) = db.execute(listed, {"words": words}).fetchone()
    places = index.foremost(reversed(json.loads(ids)))
    weighed = index.ids_of(places[:most])
    # The plus keeps the ids from being looked up one by one, each with all the words.
    among = f"{_FOUND} AND rowid >= :least AND +rowid IN (SELECT value FROM json_each(:weighed))"
    values = {"words": words, "least": min(weighed, default=0), "weighed": json.dumps(weighed)}
    return Ranked(index.scored(db.execute(f"SELECT rowid, rank {among}", values)), places[most:]), index.bits_of(places)
