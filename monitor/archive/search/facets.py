"""Facets: the calls with each value as a set of bits, so that every choice is counted at once, and ranked hits among them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from heapq import nsmallest
from itertools import islice

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.listing import NEXT_DEADLINE, STATUS_NOW
from monitor.archive.search.query import plain_words_expression, weight_rank
from monitor.calls import CallKey

FACETS = ("kind", "status", "programme", "department", "theme", "area", "sdg", "source", "month")
ORDERS = ("deadline", "newest", "changed", "title")
Choices = Mapping[str, Collection[str]]
_LAST = "9"
_ONE = ord("1")


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A value of a facet with how many calls have it among those that the other choices leave."""

    value: str
    count: int


class FacetIndex:
    """The facets of every call at one moment. Built from the archive, then only read."""

    def __init__(self, db: Database, now: datetime, programme_of: Callable[[CallKey, str, str], str]) -> None:
        """`programme_of` names the programme of a call by its key, programme code and identifier."""
        self.now = now
        self.keys: list[CallKey] = []
        self.positions: dict[int, int] = {}
        self._places: dict[CallKey, int] = {}
        self._factors: list[float] = []
        self._closed: list[bool] = []
        self._values: dict[str, dict[str, bytearray]] = {name: {} for name in FACETS}
        rows = db.execute(
            f"SELECT c.rowid, c.source, c.call_id, c.kind, CASE WHEN c.vanished_at IS NULL THEN {STATUS_NOW} ELSE 'closed' END,"
            f" c.programme, c.identifier, {NEXT_DEADLINE}, c.first_seen, c.last_changed, c.title FROM calls c",
            {"now": stamp(now)},
        ).fetchall()
        rows.sort(key=lambda row: (row[1], row[2]))
        self._room = len(rows) // 8 + 1
        deadlines, seen, changed, titles = [], [], [], []
        instant = stamp(now)
        for place, (rowid, source, call_id, kind, status, programme, identifier, deadline, first, last, title) in enumerate(rows):
            key = CallKey(source, call_id)
            self.keys.append(key)
            self.positions[rowid] = place
            self._places[key] = place
            self._put("kind", kind, place)
            self._put("status", status, place)
            self._put("source", source, place)
            named = programme_of(key, programme, identifier)
            if named:
                self._put("programme", named, place)
            ahead = deadline if deadline and deadline >= instant else ""
            if ahead:
                self._put("month", ahead[:7], place)
            deadlines.append(ahead or _LAST + key[1])
            seen.append(first)
            changed.append(last)
            titles.append(title.casefold())
            self._closed.append(status == "closed")
            self._factors.append(weight_rank(1.0, closed=self._closed[place], first_seen=datetime.fromisoformat(first), now=now))
        self._add_matches(db)
        self._by_id: dict[int, int] = {}
        self._ids = [0] * len(rows)
        for number, source, call_id in db.execute("SELECT id, source, call_id FROM indexed"):
            known = self._places.get(CallKey(source, call_id))
            if known is not None:
                self._by_id[number], self._ids[known] = known, number
        self._bits = {
            facet: {value: int.from_bytes(marks, "little") for value, marks in values.items()}
            for facet, values in self._values.items()
        }
        self._values.clear()
        everyone = range(len(rows))
        self._orders = {
            "deadline": sorted(everyone, key=deadlines.__getitem__),
            "newest": sorted(everyone, key=seen.__getitem__, reverse=True),
            "changed": sorted(everyone, key=changed.__getitem__, reverse=True),
            "title": sorted(everyone, key=titles.__getitem__),
        }
        self.everything = (1 << len(rows)) - 1

    def _put(self, facet: str, value: str, place: int) -> None:
        marks = self._values[facet].get(value)
        if marks is None:
            marks = self._values[facet][value] = bytearray(self._room)
        marks[place >> 3] |= 1 << (place & 7)

    def _add_matches(self, db: Database) -> None:
        served: dict[str, list[tuple[str, str]]] = {}
        for source, call_id, department, themes in db.execute("SELECT source, call_id, department, themes FROM matches"):
            place = self._places.get(CallKey(source, call_id))
            if place is None:
                continue
            self._put("department", department, place)
            values = served.get(themes)
            if values is None:
                values = served[themes] = _served(themes)
            for facet, value in values:
                self._put(facet, value, place)

    def positions_of(self, rowids: Iterable[int]) -> list[int]:
        """Where these rows of `calls` stand in the index, in their order; rows that it does not know yet are left out."""
        positions = self.positions
        return [positions[rowid] for rowid in rowids if rowid in positions]

    def score_positions(self, ranks: Iterable[tuple[int, float]]) -> list[tuple[float, int]]:
        """The scores of these rows of `indexed` by their ranks (the lower, the better), and where each stands in the index."""
        places, factors = self._by_id, self._factors
        return [(rank * factors[place], place) for number, rank in ranks if (place := places.get(number)) is not None]

    def positions_open_first(self, ids: Iterable[int]) -> list[int]:
        """Where these rows of `indexed` stand in the index: what is open before what is closed, else in their order."""
        closed = self._closed
        places = [place for place in map(self._by_id.get, ids) if place is not None]
        return [place for place in places if not closed[place]] + [place for place in places if closed[place]]

    def filter_positions(self, selected: int, places: Iterable[int]) -> Iterator[int]:
        """Those of the places that are selected, in their order."""
        marks = selected.to_bytes(self._room + 1, "little")
        return (place for place in places if marks[place >> 3] >> (place & 7) & 1)

    def ids_of(self, places: Iterable[int]) -> list[int]:
        """The ids in `indexed` of what stands at these places."""
        return [self._ids[place] for place in places]

    def bits_of(self, places: Iterable[int]) -> int:
        """These places as bits."""
        marks = bytearray(b"0") * (8 * self._room)
        for place in places:
            marks[place] = _ONE
        return int(marks[::-1], 2)

    def _one(self, facet: str, values: Collection[str]) -> int:
        bits = 0
        for value in values:
            bits |= self._bits[facet].get(value, 0)
        return bits

    def select(self, within: int, chosen: Choices) -> int:
        """What is left of `within`: any of the values of each facet, all of the facets."""
        for facet, values in chosen.items():
            if values:
                within &= self._one(facet, values)
        return within

    def counts(self, within: int, chosen: Choices) -> dict[str, list[FacetCount]]:
        """Every facet with its values, most first; a facet's own choice does not narrow it, so that one can choose more of it."""
        found = {}
        for facet in FACETS:
            left = self.select(within, {name: values for name, values in chosen.items() if name != facet})
            rows = [FacetCount(value, (left & bits).bit_count()) for value, bits in self._bits[facet].items()]
            kept = [row for row in rows if row.count or row.value in chosen.get(facet, ())]
            found[facet] = sorted(kept, key=lambda row: (row.value if facet == "month" else "", -row.count, row.value))
        return found

    def page(self, selected: int, order: str | Iterable[int], offset: int, limit: int) -> list[CallKey]:
        """A page of what is selected, in one of `ORDERS` or in the order of the places given; with `limit` 0, all of it."""
        places = self._orders[order] if isinstance(order, str) else order
        shown = islice(self.filter_positions(selected, places), offset, offset + limit if limit else None)
        return [self.keys[place] for place in shown]


def _served(themes: str) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for theme in json.loads(themes):
        found["theme", theme["id"]] = None
        for area in theme["strategy"]:
            found["area", area] = None
        for goal in theme["sdgs"]:
            found["sdg", str(goal)] = None
    return list(found)


MAX_RANKED = 10_000
"""Of what is left of what words find when choices are made, so many calls are put in order by the words: the open ones before the closed
ones, and of each what came last. Nobody reads as far as that, and weighing takes longer than finding."""
_LOOKED_AT = 200
_WORDS_FOUND = "FROM search WHERE search MATCH :words"


class RankedPositions:
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
class RankedHits:
    """What was found and put in order at once: `bits` tells all of it by its places in the index."""

    bits: int
    places: Iterable[int]

    def order(self, db: Database, selected: int) -> Iterable[int]:
        """All of it, the best first."""
        return self.places


class LazyRankedHits:
    """What words find, where it is too much to weight_rank: `bits` tells all of it by its places in the index."""

    def __init__(self, index: FacetIndex, words: str, places: list[int], most: int) -> None:
        """`places` are all of it by `FacetIndex.positions_open_first`."""
        self.bits = index.bits_of(places)
        self._index, self._words, self._places, self._most = index, words, places, most
        self._last: tuple[int, RankedPositions] | None = None

    def order(self, db: Database, selected: int) -> Iterable[int]:
        """What is selected, the best first: its first `most` by the words, the others after them."""
        last = self._last
        if last is None or last[0] != selected:
            last = self._last = selected, self._weighed(db, list(self._index.filter_positions(selected, self._places)))
        return last[1]

    def _weighed(self, db: Database, places: list[int]) -> RankedPositions:
        ids = self._index.ids_of(places[: self._most])
        # The plus keeps the ids from being looked up one by one, each with all the words.
        among = f"{_WORDS_FOUND} AND rowid >= :least AND +rowid IN (SELECT value FROM json_each(:ids))"
        values = {"words": self._words, "least": min(ids, default=0), "ids": json.dumps(ids)}
        scored = self._index.score_positions(db.execute(f"SELECT rowid, rank {among}", values))
        # The archive may have changed since: what no longer has the words is still counted, and so it is shown.
        known = {place for _, place in scored}
        lost = [place for place in places[: self._most] if place not in known]
        return RankedPositions(scored, lost + places[self._most :])


Hits = RankedHits | LazyRankedHits


def rank_by_words(db: Database, index: FacetIndex, query: str, *, most: int = MAX_RANKED) -> Hits | None:
    """What a query of words alone finds; None for one that asks for more than words (see `search.ranked`)."""
    words = plain_words_expression(query)
    if words is None:
        return None
    # Weighing takes longer than finding, so it is counted first whether there is a choice to make.
    counted = f"SELECT count(*) FROM (SELECT 1 {_WORDS_FOUND} LIMIT :most + 1)"
    (number,) = db.execute(counted, {"words": words, "most": most}).fetchone()
    if number <= most:
        scored = index.score_positions(db.execute(f"SELECT rowid, rank {_WORDS_FOUND}", {"words": words}))
        return RankedHits(index.bits_of(place for _, place in scored), RankedPositions(scored))
    listed = f"SELECT json_group_array(id) FROM (SELECT rowid AS id {_WORDS_FOUND} ORDER BY rowid)"
    (ids,) = db.execute(listed, {"words": words}).fetchone()
    return LazyRankedHits(index, words, index.positions_open_first(reversed(json.loads(ids))), most)
