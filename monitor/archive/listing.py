"""Lists of calls for pages and feeds: open, coming, closing or changed, for one department or for all. Reads only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.calls import CallKey

STATUS_NOW = (
    "CASE WHEN c.next_deadline < :now AND c.deadline_model IN ('single', 'two-stage') THEN 'closed'"
    " WHEN c.last_deadline < :now AND c.kind <> 'event' THEN 'closed' ELSE c.status END"
)
"""The status of a call at `:now`; the column is as of the last crawl."""

NEXT_DEADLINE = (
    "CASE WHEN c.next_deadline < :now THEN (SELECT min(d.at) FROM deadlines d WHERE d.source = c.source AND d.call_id = c.call_id"
    " AND d.at >= :now AND (c.deadline_model <> 'two-stage' OR d.number = 1)) ELSE c.next_deadline END"
)
"""The next deadline of a call at `:now`, as `monitor.calls.next_deadline` has it; the column is as of the last time the dates were
refreshed, and the next of several cut-offs may have come since."""

_COLUMNS = (
    f"c.source, c.call_id, c.identifier, c.kind, {STATUS_NOW} AS status, c.title, c.summary, c.programme, c.language, c.opens,"
    f" {NEXT_DEADLINE} AS next_deadline, c.deadline_model, c.budget_total, c.budget_project, c.funder_share, c.own_share, c.currency, c.first_seen,"
    " CASE WHEN c.kind = 'event' THEN json_extract(c.data, '$.starts') END AS starts"
)
LIVING = "c.vanished_at IS NULL AND c.story = ''"
ANSWERABLE = ("call", "partner-search")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSummary:
    """A call as a line or a card. What follows `starts` is known only where it is listed for a department."""

    source: str
    call_id: str
    identifier: str
    kind: str
    status: str
    title: str
    summary: str
    programme: str
    language: str
    opens: str | None
    next_deadline: str | None
    deadline_model: str
    budget_total: int | None
    budget_project: int | None
    funder_share: int | None
    own_share: int | None
    currency: str
    first_seen: str
    starts: str | None
    level: str = ""
    relevance: float = 0
    themes: tuple[tuple[str, str], ...] = ()
    answer: str = ""
    state: str = ""
    guessed: bool = False
    """True where `answer` rests on something else than the text."""

    @property
    def key(self) -> CallKey:
        """The key of the call."""
        return CallKey(self.source, self.call_id)


def _listed(row: dict[str, Any]) -> CallSummary:
    themes = json.loads(row.pop("themes", None) or "[]")
    card = json.loads(row.pop("fit_card", None) or "{}")
    return CallSummary(
        **row,
        themes=tuple((theme["id"], theme["title"]) for theme in themes),
        answer=card.get("municipality", ""),
        guessed=card.get("guessed", False),
    )


def list_calls(db: Database, keys: Sequence[tuple[str, str]], now: datetime) -> list[CallSummary]:
    """These calls in this order; what is not in the archive is left out."""
    found = {}
    for start in range(0, len(keys), 200):
        part = keys[start : start + 200]
        marks = " OR ".join(f"(c.source = :s{number} AND c.call_id = :c{number})" for number in range(len(part)))
        values: dict[str, Any] = {"now": stamp(now)}
        for number, (source, call_id) in enumerate(part):
            values |= {f"s{number}": source, f"c{number}": call_id}
        for row in db.query(f"SELECT {_COLUMNS} FROM calls c WHERE {marks}", values):
            found[row["source"], row["call_id"]] = _listed(row)
    return [found[key] for key in keys if key in found]


def list_department_calls(db: Database, department: str, now: datetime, theme: str = "") -> list[CallSummary]:
    """Every living call that the rules send to the department and that is open or coming, the nearest deadline first.

    What it answered that it does not want is left out.
    """
    rows = db.query(
        f"SELECT {_COLUMNS}, m.level, m.relevance, m.themes, m.fit_card, coalesce(f.state, '') AS state"
        " FROM matches m JOIN calls c ON c.source = m.source AND c.call_id = m.call_id"
        " LEFT JOIN followup f ON f.id = (SELECT max(id) FROM followup WHERE department = m.department AND source = m.source"
        " AND call_id = m.call_id)"
        f" WHERE m.department = :department AND {LIVING} AND c.kind IN ('call', 'event', 'partner-search')"
        " AND (:theme = '' OR EXISTS (SELECT 1 FROM json_each(m.themes) t WHERE t.value ->> 'id' = :theme))"
        " AND NOT EXISTS (SELECT 1 FROM feedback a WHERE a.department = m.department AND a.source = m.source"
        " AND a.call_id = m.call_id AND a.answer = 'inte-for-oss')"
        " AND (c.last_deadline IS NULL OR c.last_deadline >= :now OR c.kind = 'event')"
        " ORDER BY next_deadline IS NULL, next_deadline, m.relevance DESC, c.source, c.call_id",
        {"department": department, "theme": theme, "now": stamp(now)},
    )
    return [one for one in map(_listed, rows) if one.status != "closed"]


def list_department_news(db: Database, department: str, since: datetime, limit: int = 12) -> list[CallSummary]:
    """News and policy for the department that were first seen after `since`, the newest first."""
    rows = db.query(
        f"SELECT {_COLUMNS}, m.level, m.relevance, m.themes, m.fit_card FROM matches m"
        " JOIN calls c ON c.source = m.source AND c.call_id = m.call_id"
        f" WHERE m.department = :department AND {LIVING} AND c.kind IN ('news', 'policy') AND c.first_seen >= :since"
        " ORDER BY c.first_seen DESC, c.source, c.call_id LIMIT :limit",
        {"department": department, "since": stamp(since), "now": stamp(since), "limit": limit},
    )
    return [_listed(row) for row in rows]


def count_open_calls(db: Database, now: datetime) -> dict[str, dict[str, int]]:
    """How many living calls are open and coming for each department: {department: {status: count}}."""
    rows = db.query(
        f"SELECT m.department, {STATUS_NOW} AS status, count(*) AS number FROM matches m"
        " JOIN calls c ON c.source = m.source AND c.call_id = m.call_id"
        f" WHERE {LIVING} AND c.kind = 'call' AND c.status <> 'closed' AND (c.last_deadline IS NULL OR c.last_deadline >= :now)"
        " AND NOT EXISTS (SELECT 1 FROM feedback a WHERE a.department = m.department AND a.source = m.source"
        " AND a.call_id = m.call_id AND a.answer = 'inte-for-oss')"
        " GROUP BY 1, 2",
        {"now": stamp(now)},
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["department"], {})[row["status"]] = row["number"]
    return found


def list_closing_soon(db: Database, now: datetime, days: int = 28, limit: int = 6) -> list[CallSummary]:
    """What closes first of all that any department is matched with."""
    rows = db.query(
        f"SELECT {_COLUMNS} FROM calls c WHERE {LIVING} AND c.kind = 'call' AND c.status = 'open'"
        # The column bounds what is looked at, by its index; what it says of the past is not how it stands.
        f" AND c.next_deadline <= :until AND {NEXT_DEADLINE} BETWEEN :now AND :until"
        " AND EXISTS (SELECT 1 FROM matches m WHERE m.source = c.source AND m.call_id = c.call_id AND m.level <> 'svag')"
        " ORDER BY next_deadline, c.source, c.call_id LIMIT :limit",
        {"now": stamp(now), "until": stamp(now + timedelta(days=days)), "limit": limit},
    )
    return [_listed(row) for row in rows]


def list_newest(db: Database, now: datetime, limit: int = 6) -> list[CallSummary]:
    """What was found last among all that any department is matched with; a source's first reading counts as old."""
    rows = db.query(
        f"SELECT {_COLUMNS} FROM calls c WHERE {LIVING} AND c.baseline = 0 AND c.status <> 'closed'"
        " AND EXISTS (SELECT 1 FROM matches m WHERE m.source = c.source AND m.call_id = c.call_id)"
        " ORDER BY c.first_seen DESC, c.source, c.call_id LIMIT :limit",
        {"now": stamp(now), "limit": limit},
    )
    return [_listed(row) for row in rows]


def list_changed_keys(db: Database, before: str, limit: int) -> tuple[list[CallKey], str]:
    """The keys of one page, the last changed first, and the cursor at which the next one begins; empty at the end.

    A cursor is the moment and the row that a page ended with, so that calls which change meanwhile neither hide nor double others.
    """
    moment, _, row = before.rpartition(" ")
    where = "WHERE (last_changed, rowid) < (:moment, :row)" if before else ""
    rows = db.execute(
        f"SELECT source, call_id, last_changed, rowid FROM calls {where} ORDER BY last_changed DESC, rowid DESC LIMIT :limit",
        {"moment": moment, "row": int(row or 0), "limit": limit},
    ).fetchall()
    cursor = f"{rows[-1][2]} {rows[-1][3]}" if len(rows) == limit else ""
    return [CallKey(one[0], one[1]) for one in rows], cursor


def read_change_times(db: Database, keys: Sequence[CallKey]) -> dict[CallKey, tuple[str, str]]:
    """When each call was first seen and last changed."""
    found = {}
    for key in keys:
        row = db.execute("SELECT first_seen, last_changed FROM calls WHERE source = ? AND call_id = ?", list(key)).fetchone()
        if row:
            found[key] = (row[0], row[1])
    return found
