"""Candidates of a department's next mail: its calls with everything that decides whether it is told of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pydantic_core import from_json

from monitor.archive.calls import apply_corrections, list_corrected_keys
from monitor.archive.codec import decode_call, stamp
from monitor.archive.connection import Database
from monitor.archive.dossiers import MOVED_TO, read_followed
from monitor.archive.left_out import IS_LEFT_OUT
from monitor.archive.stories import STORY_KEY, led_by
from monitor.calls import Call, CallKey
from monitor.vocabulary import TOLD_CHANGES

# Keys of the calls that CandidateReader.read returns. Each part uses an index: few calls concern one department.
_CANDIDATES = f"""
    SELECT c.source, c.call_id FROM matches m JOIN calls c ON c.source = m.source AND c.call_id = m.call_id
    WHERE m.department = :department AND (c.kind IN ('call', 'event') OR c.first_seen >= :news_since)
    AND (c.last_deadline IS NULL OR c.last_deadline >= :since)
    UNION SELECT c.source, c.call_id FROM digest_items i JOIN calls c ON c.source = i.source AND c.call_id = i.call_id
    WHERE i.department = :department
    AND (c.kind IN ('call', 'event', 'partner-search') OR (c.kind = 'policy' AND c.last_deadline IS NOT NULL))
    AND (c.last_deadline IS NULL OR c.last_deadline >= :remembered)
    UNION SELECT c.source, c.call_id FROM matches lead JOIN calls c ON {led_by("c", "lead")}
    WHERE lead.department = :department
    UNION SELECT c.source, c.call_id FROM desk_choices d JOIN calls c ON c.source = d.source AND c.call_id = d.call_id
    WHERE d.department = :department AND d.choice = 'add' AND (c.last_deadline IS NULL OR c.last_deadline >= :since)
    UNION SELECT v.source, v.call_id FROM ({MOVED_TO}) v WHERE v.first_seen >= :news_since
    UNION SELECT v.old_source, v.old_id FROM ({MOVED_TO}) v WHERE v.first_seen >= :news_since
"""
# A call that was told can be extended or revived long after its deadline; after this time nobody waits for it any more.
_TOLD_CALLS_KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchDetails:
    """Themes, evidence and fit card of a match, as `monitor.matching` stored them."""

    themes: list[dict[str, Any]]
    evidence: list[dict[str, Any]]
    fit_card: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateMatch:
    """Match of a candidate."""

    level: str
    relevance: float
    details: Callable[[], MatchDetails]
    """Decodes the details when called: most candidates are never shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    """Call with everything that decides whether a department is told of it."""

    call: Call
    first_seen: datetime
    baseline: bool
    """True for a call of its source's first accepted run."""
    vanished_at: datetime | None
    left_out: bool
    """True for a call that a person left out: it has vanished by that, not at its publisher."""
    story: str
    """`source/call_id` of the call that leads the story which the call is part of, itself or another; "" without a story."""
    match: CandidateMatch | None
    told: tuple[tuple[str, datetime], ...]
    """Facts that the department was told about the call, with their times, oldest first."""
    events: tuple[tuple[int, str, str | None, str | None], ...]
    """Changes of types in TOLD_CHANGES: id, type, old and new value, oldest first."""
    answer: str
    """Latest answer of the department, "intressant" or "inte-for-oss"; "" for none."""
    numbered: tuple[str, ...] = ()
    """Date keys last told in calendar entries whose UIDs were numbered by position."""
    joined: tuple[tuple[CallKey, datetime], ...] = ()
    """Earlier documents of its dossier that the department was told of, each with the time at which this one joined it."""


class CandidateReader:
    """Reader of the candidates of one department after the other; decodes each call once."""

    def __init__(self, db: Database, now: datetime) -> None:
        self._db = db
        self._now = now
        self._calls: dict[CallKey, Call] = {}
        self._corrected = list_corrected_keys(db)

    def read(self, department: str, since: datetime, news_since: datetime) -> list[CandidateRow]:
        """Return every call that the department may have to be told of, in the order of their keys.

        These are: matches that are open or closed after `since`, of kinds without a date only those first seen after
        `news_since`; calls that were told and might have to be told again; calls added by the coordinator; and, for their
        links, the other records of a matched call's story. All records of a story have the same `story`. A document that moved
        a dossier and was first seen after `news_since` comes with the documents of it that the department was told of before.
        """
        told = self._told(department)
        answers = self._answers(department)
        events = self._events(department)
        numbered = numbered_dates(self._db, department)
        joined = read_followed(self._db, department, self._now)
        rows = self._db.execute(
            f"WITH due AS ({_CANDIDATES}) SELECT c.source, c.call_id, c.data, c.first_seen, c.baseline, c.vanished_at,"
            f" {IS_LEFT_OUT}, {STORY_KEY}, m.level, m.relevance, m.themes, m.evidence, m.fit_card"
            " FROM due JOIN calls c ON c.source = due.source AND c.call_id = due.call_id"
            " LEFT JOIN matches m ON m.source = c.source AND m.call_id = c.call_id AND m.department = :department"
            " ORDER BY c.source, c.call_id",
            {
                "department": department,
                "since": stamp(min(since, self._now)),
                "news_since": stamp(news_since),
                "remembered": stamp(self._now - _TOLD_CALLS_KEPT),
            },
        ).fetchall()
        return [
            CandidateRow(
                call=self._call(key := CallKey(row[0], row[1]), row[2]),
                first_seen=datetime.fromisoformat(row[3]),
                baseline=bool(row[4]),
                vanished_at=datetime.fromisoformat(row[5]) if row[5] else None,
                left_out=bool(row[6]),
                story=row[7],
                match=_match(row[8:]) if row[8] is not None else None,
                told=tuple(told.get(key, ())),
                events=tuple(events.get(key, ())),
                answer=answers.get(key, ""),
                numbered=numbered.get(key, ()),
                joined=joined.get(key, ()),
            )
            for row in rows
        ]

    def _call(self, key: CallKey, data: str) -> Call:
        if key not in self._calls:
            call = decode_call(data)
            self._calls[key] = apply_corrections(self._db, call) if key in self._corrected else call
        return self._calls[key]

    def _told(self, department: str) -> Mapping[CallKey, list[tuple[str, datetime]]]:
        rows = self._db.execute(
            "SELECT source, call_id, fact, told FROM digest_items WHERE department = ? ORDER BY told, rowid", [department]
        )
        facts: dict[CallKey, list[tuple[str, datetime]]] = {}
        for source, call_id, fact, told in rows:
            facts.setdefault(CallKey(source, call_id), []).append((fact, datetime.fromisoformat(told)))
        return facts

    def _events(self, department: str) -> Mapping[CallKey, list[tuple[int, str, str | None, str | None]]]:
        marks = ", ".join("?" * len(TOLD_CHANGES))
        rows = self._db.execute(
            f"SELECT e.id, e.source, e.call_id, e.type, e.old, e.new FROM events e WHERE e.type IN ({marks}) AND e.baseline = 0"
            " AND (EXISTS (SELECT 1 FROM matches m WHERE m.source = e.source AND m.call_id = e.call_id AND m.department = ?)"
            " OR EXISTS (SELECT 1 FROM digest_items i WHERE i.source = e.source AND i.call_id = e.call_id AND i.department = ?))"
            " ORDER BY e.id",
            [*TOLD_CHANGES, department, department],
        )
        events: dict[CallKey, list[tuple[int, str, str | None, str | None]]] = {}
        for number, source, call_id, kind, old, new in rows:
            events.setdefault(CallKey(source, call_id), []).append((number, kind, old, new))
        return events

    def _answers(self, department: str) -> Mapping[CallKey, str]:
        rows = self._db.execute(
            "SELECT source, call_id, answer FROM feedback WHERE department = ? AND answer IN ('intressant', 'inte-for-oss')"
            " ORDER BY at, id",
            [department],
        )
        return {CallKey(row[0], row[1]): row[2] for row in rows}


def _match(columns: tuple[Any, ...]) -> CandidateMatch:
    level, relevance, themes, evidence, fit_card = columns
    return CandidateMatch(level=level, relevance=float(relevance), details=partial(_details, themes, evidence, fit_card))


def _details(themes: str, evidence: str, fit_card: str) -> MatchDetails:
    return MatchDetails(themes=from_json(themes), evidence=from_json(evidence), fit_card=from_json(fit_card))


def numbered_dates(db: Database, department: str = "") -> dict[CallKey, tuple[str, ...]]:
    """Return the date keys of each call last told to a department, "" for any, in calendar entries numbered by position."""
    rows = db.execute(
        "SELECT source, call_id, fact FROM digest_items WHERE numbered = 1 AND (? = '' OR department = ?) ORDER BY told, rowid",
        [department, department],
    )
    return {CallKey(row[0], row[1]): tuple(row[2].partition("#")[0].partition(":")[2].split(",")) for row in rows}
