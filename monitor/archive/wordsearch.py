"""What words find among the calls of a facet index: all of it as bits, and its calls with the best first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from itertools import islice

from monitor.archive.database import Database
from monitor.archive.facets import FacetIndex
from monitor.archive.search import words_alone

WEIGHED = 10_000
"""Of what is left of what words find when choices are made, so many calls are put in order by the words: the open ones before the closed
ones, and of each what came last. Nobody reads as far as that, and weighing takes longer than finding."""
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


@dataclass(frozen=True, slots=True)
class InOrder:
    """What was found and put in order at once: `bits` tells all of it by its places in the index."""

    bits: int
    places: Iterable[int]

    def order(self, db: Database, selected: int) -> Iterable[int]:
        """All of it, the best first."""
        return self.places


class Many:
    """What words find, where it is too much to weigh: `bits` tells all of it by its places in the index."""

    def __init__(self, index: FacetIndex, words: str, places: list[int], most: int) -> None:
        """`places` are all of it by `FacetIndex.foremost`."""
        self.bits = index.bits_of(places)
        self._index, self._words, self._places, self._most = index, words, places, most
        self._last: tuple[int, Ranked] | None = None

    def order(self, db: Database, selected: int) -> Iterable[int]:
        """What is selected, the best first: its first `most` by the words, the others after them."""
        last = self._last
        if last is None or last[0] != selected:
            last = self._last = selected, self._weighed(db, list(self._index.among(selected, self._places)))
        return last[1]

    def _weighed(self, db: Database, places: list[int]) -> Ranked:
        ids = self._index.ids_of(places[: self._most])
        # The plus keeps the ids from being looked up one by one, each with all the words.
        among = f"{_FOUND} AND rowid >= :least AND +rowid IN (SELECT value FROM json_each(:ids))"
        values = {"words": self._words, "least": min(ids, default=0), "ids": json.dumps(ids)}
        scored = self._index.scored(db.execute(f"SELECT rowid, rank {among}", values))
        # The archive may have changed since: what no longer has the words is still counted, and so it is shown.
        known = {place for _, place in scored}
        lost = [place for place in places[: self._most] if place not in known]
        return Ranked(scored, lost + places[self._most :])


Hits = InOrder | Many


def by_words(db: Database, index: FacetIndex, query: str, *, most: int = WEIGHED) -> Hits | None:
    """What a query of words alone finds; None for one that asks for more than words (see `search.ranked`)."""
    words = words_alone(query)
    if words is None:
        return None
    # Weighing takes longer than finding, so it is counted first whether there is a choice to make.
    counted = f"SELECT count(*) FROM (SELECT 1 {_FOUND} LIMIT :most + 1)"
    (number,) = db.execute(counted, {"words": words, "most": most}).fetchone()
    if number <= most:
        scored = index.scored(db.execute(f"SELECT rowid, rank {_FOUND}", {"words": words}))
        return InOrder(index.bits_of(place for _, place in scored), Ranked(scored))
    listed = f"SELECT json_group_array(id) FROM (SELECT rowid AS id {_FOUND} ORDER BY rowid)"
    (ids,) = db.execute(listed, {"words": words}).fetchone()
    return Many(index, words, index.foremost(reversed(json.loads(ids))), most)
