"""Tiers of a search: disjoint sets of calls, the surest first, of a query and of everything that it is widened by.

1. calls of the identifier or programme that is typed
2. calls with the typed words
3. calls with other terms in place of typed words
4. where these are few, calls of narrower subjects
5. calls of the themes and publishers that are typed
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from monitor.archive.connection import Database
from monitor.archive.schema import WORD_HAS_DOTS, WORD_WITHOUT_DOTS
from monitor.archive.search.index import match_expression, match_phrases
from monitor.archive.search.ranking import Ranking, rank_clauses
from monitor.language import tokens
from monitor.language.dots import without_dots
from monitor.language.queries import Query
from monitor.language.related import RelatedClause, narrower_clause, related_clauses
from monitor.language.widening import ArchiveWords, Clause, Named, SearchVocabulary, Target, WideQuery, widen

Resolve = Callable[[Target], Collection[int]]
"""Function that returns the ids in `indexed` of the calls of a programme, theme or source."""
_MAX_SHOWN = 12
_MOST_SHARE = 0.1
"""Share of the calls that a part of a word, or its wider subject, may find; what more calls hold says too little of the word."""
_MOST_RANKED = 500
"""Number of calls of a tier that are ranked clause by clause, which takes longer than the BM25 of the whole expression."""
_FEW_CALLS = 10
"""Number of calls that are few: fewer are followed by those of narrower subjects; so many may be found in a small archive."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Calls of one tier: those that an FTS5 expression finds, or those with some ids in `indexed`."""

    words: str = ""
    """FTS5 expression; "" for a tier of ids."""
    ids: frozenset[int] = frozenset()
    clauses: tuple[tuple[str, ...], ...] = ()
    """FTS5 phrases of each clause, by which the calls are ranked; empty for the BM25 of the expression."""

    def rank(self, db: Database, number: int) -> Ranking | None:
        """Return the ranking of the calls, of which there are `number`; None for the BM25 of the expression."""
        return rank_clauses(db, self.clauses) if self.clauses and number <= _MOST_RANKED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """Tiers of one search. No call is in two of them, but for those of the first, which the others do not leave out."""

    first: frozenset[int] = frozenset()
    """Ids in `indexed` of the calls of the first tier."""
    rest: tuple[Tier, ...] = ()

    @property
    def all(self) -> tuple[Tier, ...]:
        """Return the tiers in their order, without empty ones of ids."""
        return (*((Tier(ids=self.first),) if self.first else ()), *(tier for tier in self.rest if tier.words or tier.ids))


def typed_expression(query: Query) -> str:
    """Return the FTS5 expression of the typed words; "" for a query without a required word."""
    return _expression((match_expression(term) for term in query.terms), query) if query.terms else ""


def _expression(wanted: Iterable[str], query: Query) -> str:
    return " NOT ".join([f"({' AND '.join(wanted)})", *(match_expression(term) for term in query.without)])


def read_archive_words(db: Database, query: Query) -> ArchiveWords:
    """Return the words of the archive that are spelt with dots where the query is not."""
    typed = {tokens.form(term.text).word for term in query.terms} | {
        variant[0] for term in query.terms for variant in term.variants if len(variant) == 1
    }
    rows = db.execute(
        f"SELECT {WORD_WITHOUT_DOTS}, word FROM words WHERE {WORD_HAS_DOTS}"
        f" AND {WORD_WITHOUT_DOTS} IN (SELECT value FROM json_each(?))",
        [json.dumps(sorted(word for word in typed if word == without_dots(word)))],
    )
    dotted: dict[str, tuple[str, ...]] = {}
    for plain, word in rows:
        dotted[plain] = (*dotted.get(plain, ()), word)
    return ArchiveWords(dotted)


def widen_query(db: Database, query: Query, vocabulary: SearchVocabulary | None) -> WideQuery:
    """Return the widened query; as typed without a vocabulary.

    Where few calls hold it, those of narrower subjects come as well, after; where none does, the clauses that no call holds are
    searched by what they stand near.
    """
    if not vocabulary:
        return WideQuery(query=query)
    wide = widen(query, vocabulary, read_archive_words(db, query))
    if all(clause.optional for clause in wide.clauses):
        return wide
    number = _count(db, _wanted(wide.clauses), _FEW_CALLS)
    if number == _FEW_CALLS:
        return wide
    clauses, shown = [], dict.fromkeys(wide.shown)
    for clause in wide.clauses:
        reading = None
        if not _is_as_typed(clause, query):
            reading = narrower_clause(clause, vocabulary) if number else _related(db, clause, vocabulary)
        clauses.append(reading.clause if reading else clause)
        shown.update(dict.fromkeys(reading.shown if reading else ()))
    if tuple(clauses) == wide.clauses:
        return wide
    if number:
        return replace(wide, shown=tuple(shown), further=tuple(clauses))
    return replace(wide, shown=tuple(shown), clauses=tuple(clauses))


def _is_as_typed(clause: Clause, query: Query) -> bool:
    """Return whether a clause is not widened further: a small word, words in quotes, the name of a programme or publisher."""
    named = any(target.kind is not Named.THEME for target in clause.targets) or bool(clause.identifier)
    return clause.optional or named or any(term.text in query.quoted for term in clause.words)


def _related(db: Database, clause: Clause, vocabulary: SearchVocabulary) -> RelatedClause | None:
    """Return the clause to take the place of one that no call holds; None where a call holds it, and where none is near."""
    if _count(db, _clause_expression(clause), 1):
        return None
    (calls,) = db.execute("SELECT count(*) FROM indexed").fetchone()
    most = max(_FEW_CALLS, int(calls * _MOST_SHARE))
    for group in related_clauses(clause, vocabulary):
        found = [(number, reading) for reading in group if (number := _count(db, _clause_expression(reading.clause), most + 1))]
        best = min(found, key=lambda pair: pair[0], default=None)
        if best is not None and best[0] <= most:
            return best[1]
    return None


def _count(db: Database, expression: str, most: int) -> int:
    """Return the number of calls that an expression finds, counted up to `most`."""
    rows = db.execute("SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)", [expression, most])
    return int(rows.fetchone()[0])


def _wanted(clauses: Iterable[Clause]) -> str:
    return " AND ".join(_clause_expression(clause) for clause in clauses if not clause.optional)


def find_tiers(db: Database, wide: WideQuery, resolve: Resolve) -> Tiers:
    """Return the tiers of a widened query that has a required word."""
    typed = typed_expression(wide.query)
    clauses = [_ClauseIds(db, clause, resolve) for clause in wide.clauses if not clause.optional]
    if not clauses:
        return Tiers(rest=(Tier(words=typed),))
    widened = _expression((clause.expression for clause in clauses), wide.query)
    further = _expression([_wanted(wide.further)], wide.query) if wide.further else ""
    first = _ids(db, [clause.direct for clause in clauses], clauses, wide.query)
    last = _ids(db, [clause.direct | clause.indirect for clause in clauses], clauses, wide.query)
    last -= first
    last -= _among(db, further or widened, last)
    rest = [Tier(words=typed)]
    if widened != typed:
        phrases = tuple(tuple(_phrases(clause)) for clause in wide.clauses if not clause.optional)
        rest.append(Tier(words=f"({widened}) NOT ({typed})", clauses=phrases))
    if further:
        rest.append(Tier(words=f"({further}) NOT ({widened})"))
    return Tiers(first=frozenset(first), rest=(*rest, Tier(ids=frozenset(last))))


class _ClauseIds:
    """Calls of one clause: by its words and terms, and by its targets."""

    def __init__(self, db: Database, clause: Clause, resolve: Resolve) -> None:
        self._db, self._clause, self._resolve = db, clause, resolve
        self.expression = _clause_expression(clause)

    @cached_property
    def direct(self) -> frozenset[int]:
        """Return the calls of the identifiers and programmes that the clause names."""
        found = self._of_targets(Named.PROGRAMME)
        if self._clause.identifier:
            rows = self._db.execute(
                "SELECT t.id FROM calls c INDEXED BY calls_found"
                " JOIN indexed t ON t.source = c.source AND t.call_id = c.call_id"
                " WHERE c.identifier LIKE '%' || ? || '%' ESCAPE '\\'",
                [self._clause.identifier.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")],
            )
            found |= {row[0] for row in rows}
        return found

    @cached_property
    def indirect(self) -> frozenset[int]:
        """Return the calls of the themes and publishers that the clause names."""
        return self._of_targets(Named.THEME, Named.PUBLISHER)

    @cached_property
    def by_words(self) -> frozenset[int]:
        """Return the calls with the words or another term of the clause."""
        rows = self._db.execute("SELECT rowid FROM search WHERE search MATCH ?", [self.expression])
        return frozenset(row[0] for row in rows)

    def _of_targets(self, *kinds: Named) -> frozenset[int]:
        targets = (target for target in self._clause.targets if target.kind in kinds)
        return frozenset().union(*(self._resolve(target) for target in targets))


def _ids(db: Database, named: list[frozenset[int]], clauses: list[_ClauseIds], query: Query) -> set[int]:
    """Return the calls that hold every clause, at least one of them by a name."""
    if not any(named):
        return set()
    if len(clauses) == 1:
        found = set(named[0])
    else:
        found = set().union(*named)
        for ids, clause in zip(named, clauses, strict=True):
            found &= ids | clause.by_words
    for term in query.without:
        found -= _among(db, match_expression(term), found)
    return found


def _among(db: Database, expression: str, ids: Collection[int]) -> set[int]:
    """Return those of the ids whose calls an expression finds."""
    if not ids:
        return set()
    rows = db.execute(
        "SELECT rowid FROM search WHERE search MATCH ? AND +rowid IN (SELECT value FROM json_each(?))",
        [expression, json.dumps(list(ids))],
    )
    return {row[0] for row in rows}


def _clause_expression(clause: Clause) -> str:
    parts = [_clause_expression(part) for part in clause.parts if not part.optional]
    own = parts or [match_expression(term) for term in clause.words]
    typed = f"({' AND '.join(own)})" if len(own) > 1 else own[0]
    others = [match_expression(term) for term in clause.others]
    return f"({' OR '.join([typed, *others])})" if others else typed


def _phrases(clause: Clause) -> Iterator[str]:
    """Yield the FTS5 phrases of which each alone tells of the clause, also those of the words that together name one thing."""
    for term in (*(() if clause.parts else clause.words), *clause.others):
        yield from match_phrases(term)
    for part in clause.parts:
        if not part.optional:
            yield from _phrases(part)


def target_resolver(db: Database, programmes: Mapping[str, Collection[str]]) -> Resolve:
    """Return the function that finds the calls of a target by SQL.

    Args:
        db: The archive.
        programmes: Codes and prefixes of identifiers of each programme, by its id in lower case.
    """

    def resolve(target: Target) -> Collection[int]:
        if target.kind is Named.PROGRAMME:
            codes = sorted({target.id, *programmes.get(target.id.casefold(), ())})
            condition = (
                "EXISTS (SELECT 1 FROM json_each(?) code"
                " WHERE c.programme = code.value COLLATE NOCASE OR c.identifier LIKE code.value || '-%')"
            )
            value = json.dumps(codes)
        elif target.kind is Named.PUBLISHER:
            condition, value = "c.source = ?", target.id
        else:
            condition = (
                "EXISTS (SELECT 1 FROM matches m, json_each(m.themes) theme WHERE m.source = c.source"
                " AND m.call_id = c.call_id AND theme.value ->> 'id' = ?)"
            )
            value = target.id
        rows = db.execute(
            "SELECT t.id FROM calls c INDEXED BY calls_found"
            f" JOIN indexed t ON t.source = c.source AND t.call_id = c.call_id WHERE {condition}",
            [value],
        )
        return {row[0] for row in rows}

    return resolve


def shown_terms(db: Database, wide: WideQuery) -> tuple[str, ...]:
    """Return the terms that a reader is told the query was widened by: those that the archive has, a few at most."""
    shown: list[str] = []
    for term in wide.shown:
        if len(shown) == _MAX_SHOWN:
            break
        if db.execute("SELECT 1 FROM search WHERE search MATCH ? LIMIT 1", [match_expression(term)]).fetchone():
            shown.append(term.text)
    return tuple(dict.fromkeys(shown))
