"""Search: the calls that a query finds, best first, with snippets, and suggestions for mistyped words."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from monitor.archive.calls import load_call
from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.listing import NEXT_DEADLINE, STATUS_NOW
from monitor.archive.search.corrections import correct_query
from monitor.archive.search.index import LONGEST_WORD, match_expression, stored_zones
from monitor.archive.search.ranking import Ranking
from monitor.archive.search.tiers import Tier, find_tiers, shown_terms, target_resolver, widen_query
from monitor.calls import call_zones
from monitor.language import tokens
from monitor.language.queries import Query, parse_query
from monitor.language.terms import Term
from monitor.language.termset import TermSet
from monitor.language.widening import SearchVocabulary, WideQuery

MARK_START, MARK_END = "\ue000", "\ue001"
"""Marks around a hit in a snippet: characters of the private use area, which no text has. `marked` splits a snippet at them."""

_CLOSED_WEIGHT = 0.5
"""Factor of the score of a closed call: only twice the score puts it before an open one."""
_RECENT_WEIGHT = 1.1
"""Factor of the score of a recently found call, which puts it first among equals."""
_RECENT_WITHIN = timedelta(days=90)
_SNIPPET_WORDS = 32
_FACTOR = (
    f"CASE WHEN c.vanished_at IS NOT NULL OR {STATUS_NOW} = 'closed' THEN {_CLOSED_WEIGHT} ELSE 1.0 END"
    f" * CASE WHEN c.first_seen > :recent THEN {_RECENT_WEIGHT} ELSE 1.0 END"
)
# This index has every column that conditions and ranking read: without it, the long rows of `calls` would be read for each hit.
_CALLS = "JOIN calls c INDEXED BY calls_found ON c.source = t.source AND c.call_id = t.call_id"
_FOUND = f"FROM indexed t {_CALLS}"
_FIRST_LIKELY = 256
"""Number of hits with the best ranks that are weighted at first, where a search shows only its best."""
_COLUMNS = {"kind": "c.kind", "status": f"({STATUS_NOW})", "source": "c.source"}


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Call that a search found."""

    source: str
    call_id: str
    title: str
    url: str
    score: float
    """Higher is better; 0 for a search without words."""
    snippet: str
    """Plain text of the call with MARK_START and MARK_END around the words that were found. Pages have to escape it."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Page of the calls that a query finds."""

    total: int
    """Number of all calls that the query finds."""
    hits: list[SearchHit]
    suggestions: list[str] = field(default_factory=list)
    """Corrected queries, where the query finds nothing."""
    widened: list[str] = field(default_factory=list)
    """Terms that were searched for as well, those in the other language first."""
    instead: str | None = None
    """Corrected query whose hits these are; None where they are those of the query as typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Choices besides the words of a query; "" for all."""

    kind: str = ""
    programme: str = ""
    department: str = ""
    status: str = ""
    source: str = ""
    programmes: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Programme codes and prefixes of identifiers that each name of a programme stands for, in lower case."""


def search(
    db: Database,
    query: str,
    now: datetime,
    filters: Filters | None = None,
    *,
    vocabulary: SearchVocabulary | None = None,
    limit: int = 20,
    offset: int = 0,
) -> SearchResult:
    """Return a page of the calls that `query` finds.

    Without a vocabulary, a term finds exactly the calls on whose lemma texts `TermSet` hits. With one, the query is widened; a
    query that finds nothing gives the hits of the first suggestion that finds something.
    """
    filters = filters or Filters()
    found = _search(db, query, now, filters, vocabulary, limit, offset)
    if found.total or not parse_query(query).terms:
        return found
    corrections = correct_query(db, query, vocabulary)
    for correction in corrections if vocabulary is not None else ():
        mended = _search(db, correction.query, now, filters, vocabulary, limit, offset) if correction.mistyped else found
        if mended.total:
            return replace(mended, instead=correction.query)
    return replace(found, suggestions=[correction.query for correction in corrections])


def _search(
    db: Database,
    query: str,
    now: datetime,
    filters: Filters,
    vocabulary: SearchVocabulary | None,
    limit: int,
    offset: int,
) -> SearchResult:
    parsed = parse_query(query)
    wide = widen_query(db, parsed, vocabulary)
    where, values = _conditions(parsed, filters, now)
    first, end = max(0, offset), max(0, offset) + max(0, limit)
    total, rows = 0, []
    for tier in _tiers(db, wide, filters):
        number = _count(db, tier, where, values)
        start, stop = max(0, first - total), min(number, end - total)
        if start < stop:
            rows += _tier_rows(db, tier, where, values, number, start, stop)
        total += number
    finder = TermSet(wide.terms)
    hits = [_hit(db, source, call_id, score, finder) for _, source, call_id, score in rows]
    return SearchResult(total, hits, widened=list(shown_terms(db, wide)))


def rank_calls(
    db: Database, query: str, now: datetime, filters: Filters | None = None, vocabulary: SearchVocabulary | None = None
) -> list[int]:
    """Return the rowids in `calls` of all calls that a query finds, best first."""
    parsed = parse_query(query)
    filters = filters or Filters()
    where, values = _conditions(parsed, filters, now)
    tiers = _tiers(db, widen_query(db, parsed, vocabulary), filters)
    rows: list[int] = []
    for tier in tiers:
        ranking = tier.tier.rank(db, _count(db, tier, where, values)) if tier.tier and tier.tier.clauses else None
        rows += [row[0] for row in db.execute(*_tier_query(tier, where, values, ranking))]
    return rows


def is_plain(query: Query) -> bool:
    """Return whether a query has required words and neither fields nor dates: its hits depend on the index of words alone."""
    return bool(query.terms) and not (query.fields or query.before is not None or query.after is not None)


@dataclass(frozen=True, slots=True)
class _Tier:
    """Tier to be read: its calls, without those of an earlier tier."""

    tier: Tier | None
    """None for a query without words: every call."""
    without: frozenset[int] = frozenset()


def _tiers(db: Database, wide: WideQuery, filters: Filters) -> list[_Tier]:
    if not wide.query.terms:
        return [_Tier(None)]
    tiers = find_tiers(db, wide, target_resolver(db, filters.programmes))
    return [_Tier(tier, frozenset() if tier.ids else tiers.first) for tier in tiers.all]


def _tier_conditions(tier: _Tier, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the SQL conditions of a tier on `indexed t`, and its values."""
    if tier.tier is None:
        return "", dict(values)
    if tier.tier.ids:
        return " AND t.id IN (SELECT value FROM json_each(:ids))", {**values, "ids": json.dumps(sorted(tier.tier.ids))}
    left_out = " AND t.id NOT IN (SELECT value FROM json_each(:without))" if tier.without else ""
    return left_out, {**values, "words": tier.tier.words, "without": json.dumps(sorted(tier.without))}


def _count(db: Database, tier: _Tier, where: str, values: Mapping[str, Any]) -> int:
    conditions, bound = _tier_conditions(tier, values)
    words = tier.tier.words if tier.tier else ""
    if words and not where and not conditions:
        return int(db.execute("SELECT count(*) FROM search WHERE search MATCH ?", [words]).fetchone()[0])
    matching = " AND t.id IN (SELECT rowid FROM search WHERE search MATCH :words)" if words else ""
    return int(db.execute(f"SELECT count(*) {_FOUND} WHERE 1{matching}{conditions}{where}", bound).fetchone()[0])


def _tier_rows(
    db: Database, tier: _Tier, where: str, values: Mapping[str, Any], number: int, start: int, stop: int
) -> list[tuple[int, str, str, float]]:
    """Return the rows of a tier of `number` calls from `start` to `stop`, best first: rowid, source, call_id and score."""
    ranking = tier.tier.rank(db, number) if tier.tier else None
    if tier.tier is not None and tier.tier.words and not ranking and not where and not tier.without:
        return _best(db, tier.tier.words, values, stop)[start:]
    query, bound = _tier_query(tier, where, values, ranking)
    return db.execute(f"{query} LIMIT :limit OFFSET :start", {**bound, "limit": stop - start, "start": start}).fetchall()


def _tier_query(tier: _Tier, where: str, values: Mapping[str, Any], ranking: Ranking | None = None) -> tuple[str, dict[str, Any]]:
    """Return the SQL of all calls of a tier, best first, and its values."""
    conditions, bound = _tier_conditions(tier, values)
    if tier.tier is None or not tier.tier.words:
        closed = "c.vanished_at IS NOT NULL OR " + STATUS_NOW + " = 'closed', " if tier.tier else ""
        return (
            f"SELECT c.rowid, c.source, c.call_id, 0.0 {_FOUND} WHERE 1{conditions}{where}"
            f" ORDER BY {closed}c.first_seen DESC, c.source, c.call_id"
        ), bound
    if ranking is not None:
        return (
            f"SELECT c.rowid, c.source, c.call_id, -ranked.rank * {_FACTOR} AS score {_FOUND}"
            f" JOIN ({ranking.sql}) AS ranked ON ranked.id = t.id"
            f" WHERE t.id IN (SELECT rowid FROM search WHERE search MATCH :words){conditions}{where}"
            " ORDER BY score DESC, c.source, c.call_id"
        ), {**bound, **ranking.values}
    return (
        f"SELECT c.rowid, c.source, c.call_id, -search.rank * {_FACTOR} AS score {_FOUND} JOIN search ON search.rowid = t.id"
        f" WHERE search MATCH :words{conditions}{where} ORDER BY score DESC, c.source, c.call_id"
    ), bound


def weight_rank(rank: float, *, closed: bool, first_seen: datetime, now: datetime) -> float:
    """Return the BM25 rank of a call weighted as in the SQL of `rank_calls`."""
    return rank * (_CLOSED_WEIGHT if closed else 1.0) * (_RECENT_WEIGHT if first_seen > now - _RECENT_WITHIN else 1.0)


def _best(db: Database, words: str, values: Mapping[str, Any], wanted: int) -> list[tuple[int, str, str, float]]:
    """Return the first rows of `_tier_query` without joining all hits.

    Takes the hits with the best BM25 ranks and weights them; when a hit beyond them could still be among the best after
    weighting, takes eight times as many.
    """
    likely = max(_FIRST_LIKELY, 4 * wanted)
    while True:
        rows = db.execute(
            "WITH likely AS MATERIALIZED"
            " (SELECT rowid AS id, rank FROM search WHERE search MATCH :words ORDER BY rank LIMIT :likely)"
            f" SELECT c.rowid, c.source, c.call_id, -likely.rank * {_FACTOR} AS score, likely.rank"
            f" FROM likely JOIN indexed t ON t.id = likely.id {_CALLS}"
            " ORDER BY score DESC, c.source, c.call_id",
            {**values, "words": words, "likely": likely},
        ).fetchall()
        if len(rows) < likely or (len(rows) >= wanted and rows[wanted - 1][3] > _RECENT_WEIGHT * min(-row[4] for row in rows)):
            return [row[:4] for row in rows[:wanted]]
        likely *= 8


def marked(snippet: str) -> list[tuple[bool, str]]:
    """Return the pieces of a snippet as (is a hit, text)."""
    pieces = []
    for part in re.split(f"({MARK_START}[^{MARK_END}]*{MARK_END})", snippet):
        if part:
            hit = part.startswith(MARK_START)
            pieces.append((hit, part[1:-1] if hit else part))
    return pieces


def _conditions(query: Query, filters: Filters, now: datetime) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"now": stamp(now), "recent": stamp(now - _RECENT_WITHIN)}
    where: list[str] = []

    def any_of(template: str, choices: Collection[str]) -> None:
        alternatives = []
        for text in choices:
            name = f"v{len(values)}"
            values[name] = text
            alternatives.append(template.replace("?", f":{name}"))
        where.append(f"({' OR '.join(alternatives)})")

    chosen = {
        name: (*query.fields.get(name, ()), *((own,) if (own := getattr(filters, name)) else ()))
        for name in ("kind", "status", "programme", "source", "department")
    }
    for name in ("kind", "status", "source"):
        if chosen[name]:
            any_of(f"{_COLUMNS[name]} = ? COLLATE NOCASE", chosen[name])
    for programme in chosen["programme"]:
        codes = {programme, *filters.programmes.get(programme.casefold(), ())}
        any_of("(c.programme = ? COLLATE NOCASE OR c.identifier LIKE ? || '-%')", sorted(codes))
    for department in chosen["department"]:
        any_of(
            "EXISTS (SELECT 1 FROM matches m WHERE m.source = c.source AND m.call_id = c.call_id AND m.department = ?)",
            [department],
        )
    if query.before is not None:
        any_of(f"{NEXT_DEADLINE} < ?", [stamp(datetime.combine(query.before, time.min, now.tzinfo))])
    if query.after is not None:
        any_of(f"{NEXT_DEADLINE} > ?", [stamp(datetime.combine(query.after, time.max, now.tzinfo))])
    if query.without and not query.terms:
        unwanted = " OR ".join(map(match_expression, query.without))
        any_of("t.id NOT IN (SELECT rowid FROM search WHERE search MATCH ?)", [unwanted])
    return "".join(f" AND {condition}" for condition in where), values


def _hit(db: Database, source: str, call_id: str, score: float, finder: TermSet) -> SearchHit:
    call = load_call(db, source, call_id)
    if call is None:
        raise LookupError(f"{source}/{call_id} left the archive while it was searched")
    snippet = make_snippet(call_zones(call), stored_zones(db, source, call_id) or {}, finder)
    return SearchHit(source, call_id, call.title, call.url, round(float(score), 6), snippet)


def make_snippet(texts: Mapping[str, str], lemma_texts: Mapping[str, str], terms: TermSet | Sequence[Term]) -> str:
    """Return the passage of a call with most of the terms, as written, with the hits marked; its beginning without any hit."""
    finder = terms if isinstance(terms, TermSet) else TermSet(terms)
    best: tuple[int, str, list[tuple[int, int]], int] | None = None
    for zone in ("summary", "body", "context", "title"):
        found = finder.find(lemma_texts.get(zone, ""))
        for _, start, _ in found:
            inside = [hit for hit in found if start <= hit[1] and hit[2] < start + _SNIPPET_WORDS]
            distinct = len({term for term, _, _ in inside})
            if best is None or distinct > best[0]:
                best = (distinct, zone, [(first, last) for _, first, last in inside], start)
        if best is not None and best[0] == len(finder.terms):
            break
    if best is None:
        return _passage(texts.get("summary") or texts.get("body") or "", 0, [])
    _, zone, hits, start = best
    return _passage(texts[zone], max(0, start - 6), hits)


def _passage(text: str, first: int, hits: Sequence[tuple[int, int]]) -> str:
    places = [word.span() for word in islice(tokens.words(text), first + _SNIPPET_WORDS + 1)]
    if not places:
        return ""
    last = min(len(places), first + _SNIPPET_WORDS) - 1
    starts = {a for a, _ in hits}
    pieces, at, until = [], places[first][0], -1
    for number in range(first, last + 1):
        start, end = places[number]
        pieces.append(text[at:start])
        if number in starts and until < number:
            until = max(b for a, b in hits if a == number)
            pieces.append(MARK_START)
        pieces.append(text[start : min(end, start + LONGEST_WORD)])
        at = end
        if number == until:
            pieces.append(MARK_END)
            until = -1
    if until >= 0:
        pieces.append(MARK_END)
    stretch = " ".join("".join(pieces).split())
    return f"{'… ' if first else ''}{stretch}{' …' if last + 1 < len(places) else ''}"
