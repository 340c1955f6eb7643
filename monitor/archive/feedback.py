"""Answers of departments, follow-up states of calls with notes, and yearly figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.listing import NEXT_DEADLINE
from monitor.archive.lookup import require_call
from monitor.calls import CallKey
from monitor.errors import ArchiveError
from monitor.vocabulary import OPPOSITE_ANSWERS, Answer, FollowState

NOTE_LIMIT = 2_000
"""Most characters kept of a note."""


def store_answer(db: Database, department: str, key: CallKey, answer: str, *, note: str, digest: str, now: datetime) -> None:
    """Store a department's answer about a call. The opposite answer is deleted; the same answer again only gets a new time.

    Raises:
        ArchiveError: The call or the answer is unknown.
    """
    if answer not in tuple(Answer):
        raise ArchiveError(answer, f"är inget svar; väntade något av {', '.join(Answer)}")
    require_call(db, *key)
    with db.atomic():
        if answer in OPPOSITE_ANSWERS:
            db.execute(
                "DELETE FROM feedback WHERE department = ? AND source = ? AND call_id = ? AND answer = ?",
                [department, *key, OPPOSITE_ANSWERS[Answer(answer)]],
            )
        db.execute(
            "INSERT INTO feedback (at, department, source, call_id, answer, note, digest) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (department, source, call_id, answer) DO UPDATE SET at = excluded.at, note = excluded.note,"
            # The same answer again is reported only when it comes with a new note.
            " told_at = CASE WHEN excluded.note IN ('', feedback.note) THEN told_at END",
            [stamp(now), department, *key, answer, note[:NOTE_LIMIT], digest],
        )
        if answer == Answer.INTERESTED and current_state(db, department, key) is None:
            _insert_state(db, department, key, FollowState.INTERESTED, "", department, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreportedAnswer:
    """Answer that no letter to the coordinator has reported yet, with facts of its call."""

    id: int
    department: str
    answer: str
    note: str
    title: str
    url: str
    next_deadline: str
    """ISO 8601, or ""."""


def list_unreported_answers(db: Database) -> list[UnreportedAnswer]:
    """Return the answers that the coordinator has to act on and that no letter has reported yet, oldest first."""
    rows = db.execute(
        "SELECT f.id, f.department, f.answer, f.note, c.title, c.url, c.next_deadline FROM feedback f"
        " JOIN calls c ON c.source = f.source AND c.call_id = f.call_id"
        " WHERE f.told_at IS NULL AND f.handled_at IS NULL AND f.answer IN ('intressant', 'vidare') ORDER BY f.at, f.id"
    )
    return [
        UnreportedAnswer(
            id=row[0], department=row[1], answer=row[2], note=row[3], title=row[4], url=row[5], next_deadline=row[6] or ""
        )
        for row in rows
    ]


def mark_reported(db: Database, answers: Sequence[int], now: datetime) -> None:
    """Store that a letter to the coordinator has reported these answers."""
    with db.atomic():
        db.executemany("UPDATE feedback SET told_at = ? WHERE id = ?", [(stamp(now), answer) for answer in answers])


def set_state(db: Database, department: str, key: CallKey, state: str, *, note: str, who: str, now: datetime) -> None:
    """Store how far a department has come with a call. Earlier states stay as history.

    Raises:
        ArchiveError: The call or the state is unknown.
    """
    if state not in tuple(FollowState):
        raise ArchiveError(state, f"är inget läge; väntade något av {', '.join(FollowState)}")
    require_call(db, *key)
    with db.atomic():
        _insert_state(db, department, key, state, note[:NOTE_LIMIT], who, now)


def _insert_state(db: Database, department: str, key: CallKey, state: str, note: str, who: str, now: datetime) -> None:
    db.execute(
        "INSERT INTO followup (at, department, source, call_id, state, note, who) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [stamp(now), department, *key, state, note, who],
    )


class CurrentState(TypedDict):
    """Follow-up state of a call in a department, with note, person and time as stored."""

    state: str
    note: str
    who: str
    at: str


class FollowedCall(CurrentState):
    """Call with its follow-up state in a department; times as stored."""

    source: str
    call_id: str
    title: str
    next_deadline: str | None
    kind: str


class HistoryEntry(TypedDict):
    """Answer or follow-up state of a department about a call; `what` is the answer or the state."""

    at: str
    department: str
    what: str
    note: str
    who: str


class DepartmentAnswer(TypedDict):
    """Answer of a department with the title of the call; time as stored."""

    at: str
    source: str
    call_id: str
    answer: str
    note: str
    title: str


def current_state(db: Database, department: str, key: CallKey) -> CurrentState | None:
    """Return the latest state of a call in a department, with note, who and at; None when it has none."""
    rows = db.query_as(
        CurrentState,
        "SELECT state, note, who, at FROM followup WHERE department = ? AND source = ? AND call_id = ? ORDER BY id DESC LIMIT 1",
        [department, *key],
    )
    return next(iter(rows), None)


def list_followed_calls(db: Database, department: str, now: datetime) -> list[FollowedCall]:
    """Return every call that the department has a state for, latest first, with its next deadline at `now`."""
    return list(
        db.query_as(
            FollowedCall,
            f"SELECT f.source, f.call_id, f.state, f.note, f.who, f.at, c.title, {NEXT_DEADLINE} AS next_deadline, c.kind"
            " FROM followup f JOIN calls c ON c.source = f.source AND c.call_id = f.call_id"
            " WHERE f.department = :department AND f.id = (SELECT max(id) FROM followup"
            " WHERE department = f.department AND source = f.source AND call_id = f.call_id) ORDER BY f.at DESC, f.id DESC",
            {"department": department, "now": stamp(now)},
        )
    )


def call_history(db: Database, source: str, call_id: str) -> list[HistoryEntry]:
    """Return the answers and follow-up states of all departments about a call, oldest first; `what` is the answer or state."""
    return list(
        db.query_as(
            HistoryEntry,
            "SELECT at, department, answer AS what, note, '' AS who FROM feedback WHERE source = :source AND call_id = :call_id"
            " UNION ALL SELECT at, department, state, note, who FROM followup WHERE source = :source AND call_id = :call_id"
            " ORDER BY 1",
            {"source": source, "call_id": call_id},
        )
    )


def list_department_answers(db: Database, department: str) -> list[DepartmentAnswer]:
    """Return the department's last 50 answers with the titles of their calls, newest first."""
    return list(
        db.query_as(
            DepartmentAnswer,
            "SELECT f.at, f.source, f.call_id, f.answer, f.note, c.title FROM feedback f"
            " JOIN calls c ON c.source = f.source AND c.call_id = f.call_id WHERE f.department = ?"
            " ORDER BY f.at DESC, f.id DESC LIMIT 50",
            [department],
        )
    )


def yearly_figures(db: Database, department: str, year_start: Mapping[int, tuple[str, str]]) -> list[dict[str, int]]:
    """Return per year the number of calls that the department was told of, and of those that reached each follow-up state.

    `year_start` has the begin and end of each year as stored (see `codec.stamp`).
    """
    figures = []
    for year, (begin, end) in year_start.items():
        told = db.execute(
            "SELECT count(*) FROM"
            " (SELECT DISTINCT source, call_id FROM digest_items WHERE department = ? AND told >= ? AND told < ?) i"
            " JOIN calls c ON c.source = i.source AND c.call_id = i.call_id WHERE c.kind = 'call'",
            [department, begin, end],
        ).fetchone()[0]
        states = dict(
            db.execute(
                "SELECT state, count(DISTINCT source || '/' || call_id) FROM followup WHERE department = ? AND at >= ? AND at < ?"
                " GROUP BY state",
                [department, begin, end],
            ).fetchall()
        )
        figures.append({"year": year, "told": told, **{state.value: states.get(state, 0) for state in FollowState}})
    return figures


def mark_answer_read(db: Database, answer: int, now: datetime) -> None:
    """Store that the coordinator has read an answer; keeps an earlier time."""
    with db.atomic():
        db.execute("UPDATE feedback SET handled_at = coalesce(handled_at, ?) WHERE id = ?", [stamp(now), answer])


def list_refused_calls(db: Database) -> dict[CallKey, frozenset[str]]:
    """Return the departments that answered "inte för oss", by call."""
    departments: dict[CallKey, set[str]] = defaultdict(set)
    for source, call_id, department in db.execute(
        "SELECT source, call_id, department FROM feedback WHERE answer = 'inte-for-oss'"
    ).fetchall():
        departments[CallKey(source, call_id)].add(department)
    return {key: frozenset(names) for key, names in departments.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """Answer of a department about a call."""

    id: int
    at: datetime
    department: str
    source: str
    call_id: str
    title: str
    answer: str
    note: str
    theme: str
    handled_at: datetime | None

    @property
    def key(self) -> CallKey:
        """Return the key of the call."""
        return CallKey(self.source, self.call_id)


def read_answers(db: Database) -> list[StoredAnswer]:
    """Return every answer, newest first."""
    rows = db.execute(
        "SELECT f.id, f.at, f.department, f.source, f.call_id, COALESCE(c.title, ''), f.answer, f.note, f.theme, f.handled_at"
        " FROM feedback f LEFT JOIN calls c ON c.source = f.source AND c.call_id = f.call_id ORDER BY f.at DESC, f.id DESC"
    )
    return [
        StoredAnswer(
            id=row[0],
            at=datetime.fromisoformat(row[1]),
            department=row[2],
            source=row[3],
            call_id=row[4],
            title=row[5],
            answer=row[6],
            note=row[7],
            theme=row[8],
            handled_at=datetime.fromisoformat(row[9]) if row[9] else None,
        )
        for row in rows.fetchall()
    ]


def mark_handled(db: Database, answer_id: int, theme: str, now: datetime) -> None:
    """Store that an answer has become an example of a theme."""
    with db.atomic():
        db.execute("UPDATE feedback SET handled_at = ?, theme = ? WHERE id = ?", [stamp(now), theme, answer_id])
