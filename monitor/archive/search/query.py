"""Queries: the calls that a search finds, best first, with snippets, and suggestions for mistyped words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from monitor.archive.calls import load_call
from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.listing import NEXT_DEADLINE, STATUS_NOW
from monitor.archive.search.index import LONGEST_WORD, match_expression, stored_zones
from monitor.calls import call_zones
from monitor.language import tokens
from monitor.language.queries import Query, parse_query
from monitor.language.terms import Term
from monitor.language.termset import TermSet

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
_SUGGESTED_LIKENESS = 78.0
"""Least likeness, of 100, of a word that is suggested for a mistyped one."""


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
    db: Database, query: str, now: datetime, filters: Filters | None = None, *, limit: int = 20, offset: int = 0
) -> SearchResult:
    """Return a page of the calls that `query` finds. A term finds exactly the calls on whose lemma texts `TermSet` hits."""
    parsed = parse_query(query)
    where, values = _conditions(parsed, filters or Filters(), now)
    words = _expression(parsed)
    limit, offset = max(0, limit), max(0, offset)
    if words and not where:
        total = int(db.execute("SELECT count(*) FROM search WHERE search MATCH ?", [words]).fetchone()[0])
        rows = _best(db, words, values, limit + offset)[offset:]
    else:
        matching = " AND t.id IN (SELECT rowid FROM search WHERE search MATCH :words)" if words else ""
        total = int(db.execute(f"SELECT count(*) {_FOUND} WHERE 1{matching}{where}", {**values, "words": words}).fetchone()[0])
        rows = db.execute(
            f"{_ordered(words, where)} LIMIT :limit OFFSET :offset", {**values, "words": words, "limit": limit, "offset": offset}
        ).fetchall()
    finder = TermSet(parsed.terms)
    hits = [_hit(db, source, call_id, score, finder) for _, source, call_id, score in rows]
    return SearchResult(total, hits, suggest(db, query) if total == 0 and parsed.terms else [])


def rank_calls(db: Database, query: str, now: datetime, filters: Filters | None = None) -> list[int]:
    """Return the rowids in `calls` of all calls that a query finds, best first."""
    parsed = parse_query(query)
    where, values = _conditions(parsed, filters or Filters(), now)
    words = _expression(parsed)
    return [row[0] for row in db.execute(_ordered(words, where), {**values, "words": words})]


def plain_words_expression(query: str) -> str | None:
    """Return the FTS5 expression of a query of plain words; None for an empty query or one with fields or dates."""
    parsed = parse_query(query)
    if not parsed.terms or parsed.fields or parsed.before is not None or parsed.after is not None:
        return None
    return _expression(parsed)


def weight_rank(rank: float, *, closed: bool, first_seen: datetime, now: datetime) -> float:
    """Return the BM25 rank of a call weighted as in the SQL of `rank_calls`."""
    return rank * (_CLOSED_WEIGHT if closed else 1.0) * (_RECENT_WEIGHT if first_seen > now - _RECENT_WITHIN else 1.0)


def _ordered(words: str, where: str) -> str:
    """Return the SQL of all hits, best first: rowid in `calls`, source, call_id and score."""
    if not words:
        return f"SELECT c.rowid, c.source, c.call_id, 0.0 {_FOUND} WHERE 1{where} ORDER BY c.first_seen DESC, c.source, c.call_id"
    return (
        f"SELECT c.rowid, c.source, c.call_id, -search.rank * {_FACTOR} AS score {_FOUND} JOIN search ON search.rowid = t.id"
        f" WHERE search MATCH :words{where} ORDER BY score DESC, c.source, c.call_id"
    )


def _best(db: Database, words: str, values: Mapping[str, Any], wanted: int) -> list[tuple[int, str, str, float]]:
    """Return the first rows of `_ordered` without joining all hits.

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


def suggest(db: Database, query: str, limit: int = 3) -> list[str]:
    """Return at most `limit` queries with an unknown word replaced by a similar word of the archive, the most similar first."""
    from rapidfuzz import fuzz, process

    corrected: list[tuple[float, str]] = []
    for word in dict.fromkeys(tokens.form(piece.text).word for piece in tokens.pieces(query[:200])):
        if len(word) < 4 or db.execute("SELECT 1 FROM words WHERE word = ?", [word]).fetchone():
            continue
        shortest, longest = len(word) - 2, len(word) + 2
        alike = [
            row[0]
            for row in db.execute(
                "SELECT word FROM words WHERE length(word) BETWEEN ? AND ? AND (word >= ?"
                " AND word < ? OR substr(word, 2, 2) = ?)",
                [shortest, longest, word[0], word[0] + "\U0010ffff", word[1:3]],
            )
        ]
        for similar, likeness, _ in process.extract(
            word, alike, scorer=fuzz.ratio, limit=limit, score_cutoff=_SUGGESTED_LIKENESS
        ):
            corrected.append((likeness, re.sub(re.escape(word), similar, query, flags=re.IGNORECASE)))
    return [text for _, text in sorted(corrected, key=lambda item: (-item[0], item[1]))[:limit]]


def marked(snippet: str) -> list[tuple[bool, str]]:
    """Return the pieces of a snippet as (is a hit, text)."""
    pieces = []
    for part in re.split(f"({MARK_START}[^{MARK_END}]*{MARK_END})", snippet):
        if part:
            hit = part.startswith(MARK_START)
            pieces.append((hit, part[1:-1] if hit else part))
    return pieces


def _expression(query: Query) -> str:
    """Return the FTS5 expression of a query; "" for a query without a required word."""
    if not query.terms:
        return ""
    wanted = " AND ".join(match_expression(term) for term in query.terms)
    return " NOT ".join([f"({wanted})", *(match_expression(term) for term in query.without)])


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
