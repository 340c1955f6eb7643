"""Facets of a search: counts of each choice, and pages of the chosen calls, from an index in memory.

A FacetIndex numbers the calls of the archive by position, in the order of their keys, and has for each value of each facet an
integer whose bit N is set when the call at position N has the value:

    position      0             1            2
    key           feed/fest     portal/A     portal/B
    kind=call     0             1            1          -> 0b110
    status=open   1             0            1          -> 0b101

A choice is `&`, several values of one facet are `|`, and a count is `int.bit_count()`: all facets of a search are counted
together in milliseconds, also among 100,000 calls. Three numbers name a call: its position here, its rowid in `calls`, and its
id in `indexed`, by which the full-text index knows it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from heapq import nsmallest
from itertools import islice

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.listing import NEXT_DEADLINE, STATUS_NOW
from monitor.archive.search.query import weight_rank
from monitor.archive.search.tiers import Tier, Tiers
from monitor.archive.unmatched import NOBODY, unmatched_rows
from monitor.calls import CallKey
from monitor.vocabulary import Kind

FACETS = ("kind", "status", "programme", "department", "theme", "area", "sdg", "source", "month")
ORDERS = ("deadline", "newest", "changed", "title")
Choices = Mapping[str, Collection[str]]
"""Chosen values by facet."""
_AFTER_ALL_DATES, _CLOSED_LAST = "9a", "9b"
"""Begin the sorting keys of calls without a date to come: open ones, then closed ones."""


@dataclass(frozen=True, slots=True)
class FacetCount:
    """Value of a facet with the number of calls that have it among those that the choices in the other facets leave."""

    value: str
    count: int


class FacetIndex:
    """Facets of every call at one time. Built from the archive, then only read."""

    def __init__(self, db: Database, now: datetime, programme_of: Callable[[CallKey, str, str], str]) -> None:
        """Build the index as of `now`; `programme_of` names the programme of a call by key, programme code and identifier."""
        self.now = now
        self.keys: list[CallKey] = []
        self.positions: dict[int, int] = {}
        self._positions_by_key: dict[CallKey, int] = {}
        self._weights: list[float] = []
        self._closed: list[bool] = []
        # Positions with each value, in any order: a list takes a third of the time of setting each bit in its byte.
        having: dict[str, dict[str, list[int]]] = {name: defaultdict(list) for name in FACETS}
        rows = db.execute(
            f"SELECT c.rowid, c.source, c.call_id, c.kind, CASE WHEN c.vanished_at IS NULL THEN {STATUS_NOW} ELSE 'closed' END,"
            f" c.programme, c.identifier, {NEXT_DEADLINE}, c.first_seen, c.last_changed, c.title FROM calls c",
            {"now": stamp(now)},
        ).fetchall()
        rows.sort(key=lambda row: (row[1], row[2]))
        self._bytes = len(rows) // 8 + 1
        deadlines, seen, changed, titles = [], [], [], []
        instant = stamp(now)
        weights: dict[tuple[str, bool], float] = {}  # the calls of one reading were first seen at the same time
        for position, row in enumerate(rows):
            rowid, source, call_id, kind, status, code, identifier, deadline, first_seen, last_changed, title = row
            key = CallKey(source, call_id)
            self.keys.append(key)
            self.positions[rowid] = position
            self._positions_by_key[key] = position
            having["kind"][kind].append(position)
            if kind != Kind.NEWS:
                having["status"][status].append(position)
            having["source"][source].append(position)
            programme = programme_of(key, code, identifier)
            if programme:
                having["programme"][programme].append(position)
            upcoming = deadline if deadline and deadline >= instant else ""
            if upcoming:
                having["month"][upcoming[:7]].append(position)
            deadlines.append(upcoming or f"{_CLOSED_LAST if status == 'closed' else _AFTER_ALL_DATES}{key[1]}")
            seen.append(first_seen)
            changed.append(last_changed)
            titles.append(title.casefold())
            closed = status == "closed"
            self._closed.append(closed)
            weight = weights.get((first_seen, closed))
            if weight is None:
                seen_at = datetime.fromisoformat(first_seen)
                weight = weights[first_seen, closed] = weight_rank(1.0, closed=closed, first_seen=seen_at, now=now)
            self._weights.append(weight)
        self._add_matches(db, having)
        having["department"][NOBODY] += self.positions_of(unmatched_rows(db, now))
        self._positions_by_id: dict[int, int] = {}
        self._ids = [0] * len(rows)
        for number, source, call_id in db.execute("SELECT id, source, call_id FROM indexed"):
            found = self._positions_by_key.get(CallKey(source, call_id))
            if found is not None:
                self._positions_by_id[number], self._ids[found] = found, number
        self._bits = {
            facet: {value: self.bits_of(positions) for value, positions in values.items() if positions}
            for facet, values in having.items()
        }
        every = range(len(rows))
        self._orders = {
            "deadline": sorted(every, key=deadlines.__getitem__),
            "newest": sorted(every, key=seen.__getitem__, reverse=True),
            "changed": sorted(every, key=changed.__getitem__, reverse=True),
            "title": sorted(every, key=titles.__getitem__),
        }
        self.all_bits = (1 << len(rows)) - 1

    def _add_matches(self, db: Database, having: Mapping[str, dict[str, list[int]]]) -> None:
        """Add the positions of the departments, themes, areas and goals of the stored matches."""
        values_by_text: dict[str, list[tuple[str, str]]] = {}
        for source, call_id, department, themes in db.execute("SELECT source, call_id, department, themes FROM matches"):
            position = self._positions_by_key.get(CallKey(source, call_id))
            if position is None:
                continue
            having["department"][department].append(position)
            values = values_by_text.get(themes)
            if values is None:
                values = values_by_text[themes] = _theme_values(themes)
            for facet, value in values:
                having[facet][value].append(position)

    def positions_of(self, rowids: Iterable[int]) -> list[int]:
        """Return the positions of rows of `calls` in their order, without rows newer than the index."""
        positions = self.positions
        return [positions[rowid] for rowid in rowids if rowid in positions]

    def score_positions(self, ranks: Iterable[tuple[int, float]]) -> list[tuple[float, int]]:
        """Return (score, position) for each (id in `indexed`, BM25 rank); a lower score is better."""
        positions, weights = self._positions_by_id, self._weights
        return [(rank * weights[position], position) for number, rank in ranks if (position := positions.get(number)) is not None]

    def positions_open_first(self, ids: Iterable[int]) -> list[int]:
        """Return the positions of rows of `indexed`, calls that are not closed first, else in the order of `ids`."""
        closed = self._closed
        positions = [position for position in map(self._positions_by_id.get, ids) if position is not None]
        return [at for at in positions if not closed[at]] + [at for at in positions if closed[at]]

    def filter_positions(self, selected: int, positions: Iterable[int]) -> Iterator[int]:
        """Yield the positions whose bits are set in `selected`, in their order."""
        marks = selected.to_bytes(self._bytes + 1, "little")
        return (position for position in positions if marks[position >> 3] >> (position & 7) & 1)

    def ids_with(self, facet: str, value: str) -> list[int]:
        """Return the ids in `indexed` of the calls that have a value of a facet."""
        return self.ids_of(self.filter_positions(self._bits[facet].get(value, 0), range(len(self.keys))))

    def ids_of(self, positions: Iterable[int]) -> list[int]:
        """Return the ids in `indexed` of the calls at these positions."""
        return [self._ids[position] for position in positions]

    def bits_of(self, positions: Iterable[int]) -> int:
        """Return an integer with the bits of these positions set."""
        # Digits read as one number take half the time of setting each bit in its byte.
        digits = bytearray(b"0") * (8 * self._bytes)
        one = ord("1")
        for position in positions:
            digits[position] = one
        return int(digits[::-1], 2)

    def _union(self, facet: str, values: Collection[str]) -> int:
        bits = 0
        for value in values:
            bits |= self._bits[facet].get(value, 0)
        return bits

    def select(self, within: int, chosen: Choices) -> int:
        """Return the bits of `within` that have one of the chosen values in every facet with a choice."""
        for facet, values in chosen.items():
            if values:
                within &= self._union(facet, values)
        return within

    def counts(self, within: int, chosen: Choices) -> dict[str, list[FacetCount]]:
        """Return the values of every facet with their counts in `within`, largest first; months in their order.

        A facet's own choice does not narrow its counts, so that more of its values can be chosen.
        """
        counts = {}
        for facet in FACETS:
            left = self.select(within, {name: values for name, values in chosen.items() if name != facet})
            rows = [FacetCount(value, (left & bits).bit_count()) for value, bits in self._bits[facet].items()]
            shown = [row for row in rows if row.count or row.value in chosen.get(facet, ())]
            counts[facet] = sorted(shown, key=lambda row: (row.value if facet == "month" else "", -row.count, row.value))
        return counts

    def page(self, selected: int, order: str | Iterable[int], offset: int, limit: int) -> list[CallKey]:
        """Return a page of the selected calls, in one of ORDERS or in the order of the positions given; all for `limit` 0."""
        positions = self._orders[order] if isinstance(order, str) else order
        shown = islice(self.filter_positions(selected, positions), offset, offset + limit if limit else None)
        return [self.keys[position] for position in shown]


def _theme_values(themes: str) -> list[tuple[str, str]]:
    """Return (facet, value) for each theme, area and goal of the themes of a match, each once."""
    values: dict[tuple[str, str], None] = {}
    for theme in json.loads(themes):
        values["theme", theme["id"]] = None
        for area in theme["strategy"]:
            values["area", area] = None
        for goal in theme["sdgs"]:
            values["sdg", str(goal)] = None
    return list(values)


MAX_RANKED = 10_000
"""Most calls of a search that are ranked by their words, which takes longer than finding them: of more, the open calls before the
closed ones, and of each the latest indexed. Nobody reads as far as the others."""
_SORTED_AT_FIRST = 200
"""Number of best hits that are sorted at first; the rest is sorted only for a reader of later pages."""
_MATCHING = "FROM search WHERE search MATCH :words"


class RankedPositions:
    """Positions, best first: those with a score, the lowest first and then by position, followed by `others` in their order.

    Most readers look at the first page, twenty of what may be a third of the archive, so only the first are sorted at once.
    """

    def __init__(self, scored: list[tuple[float, int]], others: list[int] | None = None) -> None:
        self._scored, self._others = scored, others or []

    def __iter__(self) -> Iterator[int]:
        yield from self._first
        yield from islice(self._all, len(self._first), None)
        yield from self._others

    @cached_property
    def _first(self) -> list[int]:
        return [position for _, position in nsmallest(_SORTED_AT_FIRST, self._scored)]

    @cached_property
    def _all(self) -> list[int]:
        return [position for _, position in sorted(self._scored)]


@dataclass(frozen=True, slots=True)
class RankedHits:
    """Hits of a search that are ranked already."""

    bits: int
    """All hits by their positions."""
    positions: Iterable[int]
    """All hits, best first."""

    def order(self, db: Database, selected: int) -> Iterable[int]:
        """Return the positions of all hits, best first."""
        return self.positions


class LazyRankedHits:
    """Hits of a search that are too many to rank: `order` ranks the first of the selected ones when it is called."""

    def __init__(self, index: FacetIndex, words: str, positions: list[int], most: int) -> None:
        """Keep the hits: `positions` are all of them as `FacetIndex.positions_open_first` orders them."""
        self.bits = index.bits_of(positions)
        self._index, self._words, self._positions, self._most = index, words, positions, most
        self._last: tuple[int, RankedPositions] | None = None

    def order(self, db: Database, selected: int) -> Iterable[int]:
        """Return the positions of the selected hits, best first: `most` of them ranked, followed by the others."""
        last = self._last
        if last is None or last[0] != selected:
            last = self._last = selected, self._rank(db, list(self._index.filter_positions(selected, self._positions)))
        return last[1]

    def _rank(self, db: Database, positions: list[int]) -> RankedPositions:
        ids = self._index.ids_of(positions[: self._most])
        # The plus keeps SQLite from looking up the ids one by one, each with all the words.
        query = f"{_MATCHING} AND rowid >= :least AND +rowid IN (SELECT value FROM json_each(:ids))"
        values = {"words": self._words, "least": min(ids, default=0), "ids": json.dumps(ids)}
        scored = self._index.score_positions(db.execute(f"SELECT rowid, rank {query}", values))
        # The archive may have changed since: calls that no longer have the words are counted, so they are shown, too.
        ranked = {position for _, position in scored}
        unranked = [position for position in positions[: self._most] if position not in ranked]
        return RankedPositions(scored, unranked + positions[self._most :])


class TieredHits:
    """Hits of the tiers of a search: the calls of an earlier tier come first, and are no longer in a later tier."""

    def __init__(self, tiers: Sequence[RankedHits | LazyRankedHits]) -> None:
        self._tiers = tiers
        self.bits = 0
        for tier in tiers:
            self.bits |= tier.bits

    def order(self, db: Database, selected: int) -> Iterable[int]:
        """Return the positions of the selected hits, best first."""
        left = selected
        for tier in self._tiers:
            if left & tier.bits:
                yield from self._of_tier(db, tier, left & tier.bits)
            left &= ~tier.bits

    def _of_tier(self, db: Database, tier: RankedHits | LazyRankedHits, selected: int) -> Iterator[int]:
        marks = selected.to_bytes(selected.bit_length() // 8 + 1, "little")
        for position in tier.order(db, selected):
            if position >> 3 < len(marks) and marks[position >> 3] >> (position & 7) & 1:
                yield position


Hits = RankedHits | LazyRankedHits | TieredHits


def rank_tiers(db: Database, index: FacetIndex, tiers: Tiers, *, most: int = MAX_RANKED) -> Hits:
    """Return the hits of the tiers of a search; `most` of each tier are ranked by their words."""
    hits: list[RankedHits | LazyRankedHits] = []
    for tier in tiers.all:
        if tier.words:
            hits.append(rank_by_words(db, index, tier.words, most=most, tier=tier))
        else:
            positions = index.positions_open_first(sorted(tier.ids, reverse=True))
            hits.append(RankedHits(index.bits_of(positions), positions))
    return hits[0] if len(hits) == 1 else TieredHits(hits)


def rank_by_words(
    db: Database, index: FacetIndex, words: str, *, most: int = MAX_RANKED, tier: Tier | None = None
) -> RankedHits | LazyRankedHits:
    """Return the hits of an FTS5 expression: those of a tier as the tier ranks them, others by BM25."""
    # Counted first: ranking takes longer than finding.
    counted = f"SELECT count(*) FROM (SELECT 1 {_MATCHING} LIMIT :most + 1)"
    (number,) = db.execute(counted, {"words": words, "most": most}).fetchone()
    if number <= most:
        values = {"words": words}
        ranks = f"SELECT rowid, rank {_MATCHING}"
        if tier is not None and (ranking := tier.rank(db, number)) is not None:
            values = {**values, **ranking.values}
            ranks = f"SELECT id, rank FROM ({ranking.sql}) WHERE id IN (SELECT rowid {_MATCHING})"
        scored = index.score_positions(db.execute(ranks, values))
        return RankedHits(index.bits_of(position for _, position in scored), RankedPositions(scored))
    listed = f"SELECT json_group_array(id) FROM (SELECT rowid AS id {_MATCHING} ORDER BY rowid)"
    (ids,) = db.execute(listed, {"words": words}).fetchone()
    return LazyRankedHits(index, words, index.positions_open_first(reversed(json.loads(ids))), most)
