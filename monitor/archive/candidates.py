"""What the archive knows that a department might be told: its matches, and whatever it has been told before."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pydantic_core import from_json

from monitor.archive.codec import decode_call, stamp
from monitor.archive.corrections import corrected, corrected_keys
from monitor.archive.database import Database
from monitor.calls import Call

TELLING_EVENTS = ("deadline_moved", "budget_changed", "news", "vanished", "revived")
# What `read` speaks of, found by the indexes of each table: the archive is far larger than what concerns one department.
_DUE = """
    SELECT c.source, c.call_id FROM matches m JOIN calls c ON c.source = m.source AND c.call_id = m.call_id
    WHERE m.department = :department AND (c.kind IN ('call', 'event') OR c.first_seen >= :news_since)
    AND (c.last_deadline IS NULL OR c.last_deadline >= :since)
    UNION SELECT c.source, c.call_id FROM digest_items i JOIN calls c ON c.source = i.source AND c.call_id = i.call_id
    WHERE i.department = :department AND c.kind IN ('call', 'event', 'partner-search')
    AND (c.last_deadline IS NULL OR c.last_deadline >= :remembered)
    UNION SELECT c.source, c.call_id FROM matches l JOIN calls c ON c.story = l.source || '/' || l.call_id AND c.story <> ''
    WHERE l.department = :department
    UNION SELECT c.source, c.call_id FROM desk_choices d JOIN calls c ON c.source = d.source AND c.call_id = d.call_id
    WHERE d.department = :department AND d.choice = 'add' AND (c.last_deadline IS NULL OR c.last_deadline >= :since)
"""
# A call that was told long ago can still be extended or revived; after this, nobody waits for it any more.
_REMEMBERED = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchDetails:
    """Why a match was made, as `monitor.matching` wrote it."""

    themes: list[dict[str, Any]]
    evidence: list[dict[str, Any]]
    fit_card: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRow:
    """A match as stored. Most of what may be due is never shown: its details are decoded when they are asked for."""

    level: str
    relevance: float
    details: Callable[[], MatchDetails]


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    """A call with everything that decides whether a department is told of it."""

    call: Call
    first_seen: datetime
    baseline: bool
    vanished_at: datetime | None
    story: str
    match: MatchRow | None
    told: tuple[tuple[str, datetime], ...]
    events: tuple[tuple[int, str, str | None, str | None], ...]
    answer: str
    numbered: tuple[str, ...] = ()
    """The date keys last told in calendar entries that were numbered by place."""


class CandidateReader:
    """Reads candidates for one department after the other; a call that several match is decoded once."""

    def __init__(self, db: Database, now: datetime) -> None:
        self._db = db
        self._now = now
        self._calls: dict[tuple[str, str], Call] = {}
        self._touched = corrected_keys(db)

    def read(self, department: str, since: datetime, news_since: datetime) -> list[CandidateRow]:
        """What may be due for the department: matches that are open, or that closed after `since`; items without a date that
        were first seen after `news_since`; what it has been told and might have to be told again; and, for their links, the records
        that stand under a match. All records of a story bear the same `story`."""
        told = self._told(department)
        answers = self._answers(department)
        events = self._events(department)
        numbered = numbered_dates(self._db, department)
        rows = self._db.execute(
            f"WITH due AS ({_DUE}) SELECT c.source, c.call_id, c.data, c.first_seen, c.baseline, c.vanished_at,"
            " CASE WHEN c.story = '' AND EXISTS (SELECT 1 FROM calls f WHERE f.story <> '' AND f.story = c.source || '/' || c.call_id)"
            " THEN c.source || '/' || c.call_id ELSE c.story END,"
            " m.level, m.relevance, m.themes, m.evidence, m.fit_card"
            " FROM due JOIN calls c ON c.source = due.source AND c.call_id = due.call_id"
            " LEFT JOIN matches m ON m.source = c.source AND m.call_id = c.call_id AND m.department = :department"
            " ORDER BY c.source, c.call_id",
            {
                "department": department,
                "since": stamp(min(since, self._now)),
                "news_since": stamp(news_since),
                "remembered": stamp(self._now - _REMEMBERED),
            },
        ).fetchall()
        return [
            CandidateRow(
                call=self._call(key := (row[0], row[1]), row[2]),
                first_seen=datetime.fromisoformat(row[3]),
                baseline=bool(row[4]),
                vanished_at=datetime.fromisoformat(row[5]) if row[5] else None,
                story=row[6],
                match=_match(row[7:]) if row[7] is not None else None,
                told=tuple(told.get(key, ())),
                events=tuple(events.get(key, ())),
                answer=answers.get(key, ""),
                numbered=numbered.get(key, ()),
            )
            for row in rows
        ]

    def _call(self, key: tuple[str, str], data: str) -> Call:
        if key not in self._calls:
            call = decode_call(data)
            self._calls[key] = corrected(self._db, call) if key in self._touched else call
        return self._calls[key]

    def _told(self, department: str) -> Mapping[tuple[str, str], list[tuple[str, datetime]]]:
        rows = self._db.execute(
            "SELECT source, call_id, fact, told FROM digest_items WHERE department = ? ORDER BY told, rowid", [department]
        )
        found: dict[tuple[str, str], list[tuple[str, datetime]]] = {}
        for source, call_id, fact, told in rows:
            found.setdefault((source, call_id), []).append((fact, datetime.fromisoformat(told)))
        return found

    def _events(self, department: str) -> Mapping[tuple[str, str], list[tuple[int, str, str | None, str | None]]]:
        marks = ", ".join("?" * len(TELLING_EVENTS))
        rows = self._db.execute(
            f"SELECT e.id, e.source, e.call_id, e.type, e.old, e.new FROM events e WHERE e.type IN ({marks}) AND e.baseline = 0"
            " AND (EXISTS (SELECT 1 FROM matches m WHERE m.source = e.source AND m.call_id = e.call_id AND m.department = ?)"
            " OR EXISTS (SELECT 1 FROM digest_items i WHERE i.source = e.source AND i.call_id = e.call_id AND i.department = ?))"
            " ORDER BY e.id",
            [*TELLING_EVENTS, department, department],
        )
        found: dict[tuple[str, str], list[tuple[int, str, str | None, str | None]]] = {}
        for number, source, call_id, kind, old, new in rows:
            found.setdefault((source, call_id), []).append((number, kind, old, new))
        return found

    def _answers(self, department: str) -> Mapping[tuple[str, str], str]:
        rows = self._db.execute(
            "SELECT source, call_id, answer FROM feedback WHERE department = ? AND answer IN ('intressant', 'inte-for-oss')"
            " ORDER BY at, id",
            [department],
        )
        return {(row[0], row[1]): row[2] for row in rows}


def _match(columns: tuple[Any, ...]) -> MatchRow:
    level, relevance, themes, evidence, fit_card = columns
    return MatchRow(level=level, relevance=float(relevance), details=partial(_details, themes, evidence, fit_card))


def _details(themes: str, evidence: str, fit_card: str) -> MatchDetails:
    return MatchDetails(themes=from_json(themes), evidence=from_json(evidence), fit_card=from_json(fit_card))


def numbered_dates(db: Database, department: str = "") -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the date keys of each call that a department, or any, was last told in calendar entries numbered by place."""
    rows = db.execute(
        "SELECT source, call_id, fact FROM digest_items WHERE numbered = 1 AND (? = '' OR department = ?) ORDER BY told, rowid",
        [department, department],
    )
    return {(row[0], row[1]): tuple(row[2].partition("#")[0].partition(":")[2].split(",")) for row in rows}


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """Facts of a calendar entry besides the call: when the call was first seen, last changed and vanished, and how its dates moved."""

    first_seen: datetime
    last_changed: datetime
    vanished_at: datetime | None
    moves: tuple[str, ...]
    numbered: tuple[str, ...]


def calendar_facts(db: Database, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], CalendarFacts]:
    """Return the facts of these calls for calendars, in a fixed number of queries however many calls there are."""
    wanted = json.dumps(keys)
    within = "WITH wanted AS (SELECT value ->> 0 AS source, value ->> 1 AS call_id FROM json_each(?))"
    moves: dict[tuple[str, str], list[str]] = {}
    for source, call_id, kind in db.execute(
        f"{within} SELECT e.source, e.call_id, e.type FROM wanted w CROSS JOIN events e ON e.source = w.source AND e.call_id = w.call_id"
        " WHERE e.type IN ('deadline_moved', 'vanished', 'revived') ORDER BY e.id",
        [wanted],
    ):
        moves.setdefault((source, call_id), []).append(kind)
    numbered = numbered_dates(db)
    rows = db.execute(
        f"{within} SELECT c.source, c.call_id, c.first_seen, c.last_changed, c.vanished_at FROM wanted w CROSS JOIN calls c"
        " ON c.source = w.source AND c.call_id = w.call_id",
        [wanted],
    )
    return {
        (key := (row[0], row[1])): CalendarFacts(
            datetime.fromisoformat(row[2]),
            datetime.fromisoformat(row[3]),
            datetime.fromisoformat(row[4]) if row[4] else None,
            tuple(moves.get(key, ())),
            numbered.get(key, ()),
        )
        for row in rows
    }


def source_health(db: Database) -> dict[str, tuple[str, str, datetime | None]]:
    """Name, state of the last run and moment of the last accepted run of every source that was ever read."""
    rows = db.execute("SELECT id, name, state, last_accepted FROM sources")
    return {row[0]: (row[1], row[2], datetime.fromisoformat(row[3]) if row[3] else None) for row in rows}
