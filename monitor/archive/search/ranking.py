"""Ranking of widened hits: all terms of a clause count as one term of BM25, and a clause in the title counts once more.

FTS5 weighs each phrase by its own rarity, so that a call with one rare synonym would go before a call that is about the subject
in its usual words. The share of a phrase in a rank, tf = (k1 + 1) f / (f + K), is taken out of it again, and the f / K of all
phrases of a clause are added up before they are weighed by the rarity of the clause.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.archive.connection import Database

_SATURATION = 2.2
"""k1 + 1 of the BM25 of FTS5 (https://sqlite.org/fts5.html, 5.1.1): what a phrase counts at most, times its rarity."""
_LEAST_RARITY = 1e-6
"""Rarity that FTS5 gives a phrase that more than half of the rows have."""
_TITLE = 2.2
"""What a clause in the title counts, times its rarity: as much as any number of mentions."""
_MOST_PHRASES = 150
"""Phrases of the largest query that is ranked so: SQLite takes 500 parts of one compound selection."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """SQL that selects `id` in `indexed` and `rank`, the lower the better, of all calls with a phrase of a query; its values."""

    sql: str
    values: Mapping[str, str]


def rank_clauses(db: Database, clauses: Sequence[Sequence[str]]) -> Ranking | None:
    """Return the ranking by clauses, each given as its FTS5 phrases; None for too many phrases, or where none is found."""
    if sum(map(len, clauses)) > _MOST_PHRASES:
        return None
    (rows,) = db.execute("SELECT count(*) FROM indexed").fetchone()
    values: dict[str, str] = {}
    parts: list[str] = []
    for phrases in clauses:
        found = [(phrase, number) for phrase in dict.fromkeys(phrases) if (number := _count(db, phrase))]
        if not found:
            continue
        whole = " OR ".join(phrase for phrase, _ in found)
        rarity = _rarity(rows, found[0][1] if len(found) == 1 else _count(db, whole))
        shares = []
        for phrase, number in found:
            name = f"phrase{len(values)}"
            values[name] = phrase
            shares.append(
                f"SELECT rowid AS id, -rank / ({_SATURATION * _rarity(rows, number)!r} + rank) AS share"
                f" FROM search WHERE search MATCH :{name}"
            )
        name = f"phrase{len(values)}"
        values[name] = f"{{title}} : ({whole})"
        parts += [
            f"SELECT id, {_SATURATION * rarity!r} * sum(share) / (1.0 + sum(share)) AS part"
            f" FROM ({' UNION ALL '.join(shares)}) GROUP BY id",
            f"SELECT rowid, {_TITLE * rarity!r} FROM search WHERE search MATCH :{name}",
        ]
    if not parts:
        return None
    return Ranking(f"SELECT id, -sum(part) AS rank FROM ({' UNION ALL '.join(parts)}) GROUP BY id", values)


def _count(db: Database, expression: str) -> int:
    return int(db.execute("SELECT count(*) FROM search WHERE search MATCH ?", [expression]).fetchone()[0])


def _rarity(rows: int, number: int) -> float:
    return max(_LEAST_RARITY, math.log((rows - number + 0.5) / (number + 0.5)))
