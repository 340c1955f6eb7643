"""Searching the archive: the calls that a query finds, the best first, with the words that were found, and mended words."""

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
"""What stands around a hit in a snippet. Private-use characters: no text has them; `marked` parts a snippet at them."""

# A closed call needs twice the words to stand before an open one; among equals, what was found lately stands first.
_CLOSED, _RECENT = 0.5, 1.1
_RECENTLY = timedelta(days=90)
_SNIPPET = 32
_FACTOR = (
    f"CASE WHEN c.vanished_at IS NOT NULL OR {STATUS_NOW} = 'closed' THEN {_CLOSED} ELSE 1.0 END"
    f" * CASE WHEN c.first_seen > :recent THEN {_RECENT} ELSE 1.0 END"
)
# This index holds every column that choosing and ranking read: without it, the long rows of `calls` would be read for each hit.
_CALLS = "JOIN calls c INDEXED BY calls_found ON c.source = t.source AND c.call_id = t.call_id"
_FOUND = f"FROM indexed t {_CALLS}"
_LIKELY = 256
_COLUMNS = {"kind": "c.kind", "status": f"({STATUS_NOW})", "source": "c.source"}
_ALIKE = 78.0


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A call that was found; a higher score is better. `snippet` is plain text of the call with `MARK_START` and `MARK_END` around the
    words that were found, to be escaped by whoever shows it."""

    source: str
    call_id: str
    title: str
    url: str
    score: float
    snippet: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """How many calls a query finds, a page of them, and, where it finds none, what may have been meant."""

    total: int
    hits: list[SearchHit]
    suggestions: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What was chosen beside the words; empty: all. `programmes` gives the codes and beginnings of identifiers that a name stands for."""

    kind: str = ""
    programme: str = ""
    department: str = ""
    status: str = ""
    source: str = ""
    programmes: Mapping[str, Collection[str]] = field(default_factory=dict)


def search(
    db: Database, query: str, now: datetime, filters: Filters | None = None, *, limit: int = 20, offset: int = 0
) -> SearchResult:
    """The calls that `query` finds. Every term finds exactly the calls on whose stored texts `TermSet` hits."""
    asked = parse_query(query)
    where, values = _conditions(asked, filters or Filters(), now)
    words = _expression(asked)
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
    finder = TermSet(asked.terms)
    hits = [_hit(db, source, call_id, score, finder) for _, source, call_id, score in rows]
    return SearchResult(total, hits, suggest(db, query) if total == 0 and asked.terms else [])


def rank_calls(db: Database, query: str, now: datetime, filters: Filters | None = None) -> list[int]:
    """The row ids in `calls` of everything that a query finds, the best first."""
    asked = parse_query(query)
    where, values = _conditions(asked, filters or Filters(), now)
    words = _expression(asked)
    return [row[0] for row in db.execute(_ordered(words, where), {**values, "words": words})]


def plain_words_expression(query: str) -> str | None:
    """The full-text expression of a query of words; None for one that asks for more, or for nothing: `rank_calls` answers any."""
    asked = parse_query(query)
    if not asked.terms or asked.fields or asked.before is not None or asked.after is not None:
        return None
    return _expression(asked)


def weight_rank(rank: float, *, closed: bool, first_seen: datetime, now: datetime) -> float:
    """The score of a call that ranks so by its words: the same as `rank_calls` puts in order."""
    return rank * (_CLOSED if closed else 1.0) * (_RECENT if first_seen > now - _RECENTLY else 1.0)


def _ordered(words: str, where: str) -> str:
    """Everything that is found, the best first: row id, source, call and score."""
    if not words:
        return f"SELECT c.rowid, c.source, c.call_id, 0.0 {_FOUND} WHERE 1{where} ORDER BY c.first_seen DESC, c.source, c.call_id"
    return (
        f"SELECT c.rowid, c.source, c.call_id, -search.rank * {_FACTOR} AS score {_FOUND} JOIN search ON search.rowid = t.id"
        f" WHERE search MATCH :words{where} ORDER BY score DESC, c.source, c.call_id"
    )


def _best(db: Database, words: str, values: Mapping[str, Any], wanted: int) -> list[tuple[int, str, str, float]]:
    """The first rows of `_ordered`, without joining everything: those whose words alone rank highest, as many as leave no doubt."""
    likely = max(_LIKELY, 4 * wanted)
    while True:
        rows = db.execute(
            "WITH likely AS MATERIALIZED (SELECT rowid AS id, rank FROM search WHERE search MATCH :words ORDER BY rank LIMIT :likely)"
            f" SELECT c.rowid, c.source, c.call_id, -likely.rank * {_FACTOR} AS score, likely.rank"
            f" FROM likely JOIN indexed t ON t.id = likely.id {_CALLS}"
            " ORDER BY score DESC, c.source, c.call_id",
            {**values, "words": words, "likely": likely},
        ).fetchall()
        if len(rows) < likely or (len(rows) >= wanted and rows[wanted - 1][3] > _RECENT * min(-row[4] for row in rows)):
            return [row[:4] for row in rows[:wanted]]
        likely *= 8


def suggest(db: Database, query: str, limit: int = 3) -> list[str]:
    """The query with its unknown words replaced by the most alike words of the archive, or nothing when there are none."""
    from rapidfuzz import fuzz, process

    mended: list[tuple[float, str]] = []
    for word in dict.fromkeys(tokens.form(piece.text).word for piece in tokens.pieces(query[:200])):
        if len(word) < 4 or db.execute("SELECT 1 FROM words WHERE word = ?", [word]).fetchone():
            continue
        shortest, longest = len(word) - 2, len(word) + 2
        alike = [
            row[0]
            for row in db.execute(
                "SELECT word FROM words WHERE length(word) BETWEEN ? AND ? AND (word >= ? AND word < ? OR substr(word, 2, 2) = ?)",
                [shortest, longest, word[0], word[0] + "\U0010ffff", word[1:3]],
            )
        ]
        for found, likeness, _ in process.extract(word, alike, scorer=fuzz.ratio, limit=limit, score_cutoff=_ALIKE):
            mended.append((likeness, re.sub(re.escape(word), lambda _, found=found: found, query, flags=re.IGNORECASE)))  # type: ignore[misc]
    return [text for _, text in sorted(mended, key=lambda item: (-item[0], item[1]))[:limit]]


def marked(snippet: str) -> list[tuple[bool, str]]:
    """A snippet in pieces: whether the piece was found, and its text."""
    pieces = []
    for part in re.split(f"({MARK_START}[^{MARK_END}]*{MARK_END})", snippet):
        if part:
            hit = part.startswith(MARK_START)
            pieces.append((hit, part[1:-1] if hit else part))
    return pieces


def _expression(asked: Query) -> str:
    """The full-text expression of a query; empty when it has no word that must be there."""
    if not asked.terms:
        return ""
    wanted = " AND ".join(match_expression(term) for term in asked.terms)
    return " NOT ".join([f"({wanted})", *(match_expression(term) for term in asked.without)])


def _conditions(asked: Query, filters: Filters, now: datetime) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"now": stamp(now), "recent": stamp(now - _RECENTLY)}
    where: list[str] = []

    def any_of(template: str, given: Collection[str]) -> None:
        alternatives = []
        for text in given:
            name = f"v{len(values)}"
            values[name] = text
            alternatives.append(template.replace("?", f":{name}"))
        where.append(f"({' OR '.join(alternatives)})")

    chosen = {
        name: (*asked.fields.get(name, ()), *((own,) if (own := getattr(filters, name)) else ()))
        for name in ("kind", "status", "programme", "source", "department")
    }
    for name in ("kind", "status", "source"):
        if chosen[name]:
            any_of(f"{_COLUMNS[name]} = ? COLLATE NOCASE", chosen[name])
    for programme in chosen["programme"]:
        meant = {programme, *filters.programmes.get(programme.casefold(), ())}
        any_of("(c.programme = ? COLLATE NOCASE OR c.identifier LIKE ? || '-%')", sorted(meant))
    for department in chosen["department"]:
        any_of(
            "EXISTS (SELECT 1 FROM matches m WHERE m.source = c.source AND m.call_id = c.call_id AND m.department = ?)",
            [department],
        )
    if asked.before is not None:
        any_of(f"{NEXT_DEADLINE} < ?", [stamp(datetime.combine(asked.before, time.min, now.tzinfo))])
    if asked.after is not None:
        any_of(f"{NEXT_DEADLINE} > ?", [stamp(datetime.combine(asked.after, time.max, now.tzinfo))])
    if asked.without and not asked.terms:
        any_of("t.id NOT IN (SELECT rowid FROM search WHERE search MATCH ?)", [" OR ".join(map(match_expression, asked.without))])
    return "".join(f" AND {condition}" for condition in where), values


def _hit(db: Database, source: str, call_id: str, score: float, finder: TermSet) -> SearchHit:
    call = load_call(db, source, call_id)
    if call is None:
        raise LookupError(f"{source}/{call_id} left the archive while it was searched")
    snippet = make_snippet(call_zones(call), stored_zones(db, source, call_id) or {}, finder)
    return SearchHit(source, call_id, call.title, call.url, round(float(score), 6), snippet)


def make_snippet(texts: Mapping[str, str], lemma_texts: Mapping[str, str], asked: TermSet | Sequence[Term]) -> str:
    """The stretch of a call that shows most of the terms, its words as written and the hits marked; its beginning where none shows."""
    finder = asked if isinstance(asked, TermSet) else TermSet(asked)
    best: tuple[int, str, list[tuple[int, int]], int] | None = None
    for zone in ("summary", "body", "context", "title"):
        found = finder.find(lemma_texts.get(zone, ""))
        for _, start, _ in found:
            inside = [hit for hit in found if start <= hit[1] and hit[2] < start + _SNIPPET]
            distinct = len({term for term, _, _ in inside})
            if best is None or distinct > best[0]:
                best = (distinct, zone, [(first, last) for _, first, last in inside], start)
        if best is not None and best[0] == len(finder.terms):
            break
    if best is None:
        return _stretch(texts.get("summary") or texts.get("body") or "", 0, [])
    _, zone, hits, start = best
    return _stretch(texts[zone], max(0, start - 6), hits)


def _stretch(text: str, first: int, hits: Sequence[tuple[int, int]]) -> str:
    places = [word.span() for word in islice(tokens.words(text), first + _SNIPPET + 1)]
    if not places:
        return ""
    last = min(len(places), first + _SNIPPET) - 1
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
