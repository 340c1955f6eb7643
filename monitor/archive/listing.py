"""Lists of calls for pages and feeds: open, forthcoming, closing or changed, of one department or of all. Reads only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.dossiers import MOVED_TO
from monitor.calls import CallKey

STATUS_NOW = (
    "CASE WHEN c.next_deadline < :now AND c.deadline_model IN ('single', 'two-stage') THEN 'closed'"
    " WHEN c.last_deadline < :now AND c.kind <> 'event' THEN 'closed' ELSE c.status END"
)
"""SQL of the status of `calls c` at `:now`; the column has the status at the last crawl."""

NEXT_DEADLINE = (
    "CASE WHEN c.next_deadline < :now THEN (SELECT min(d.at) FROM deadlines d WHERE d.source = c.source AND d.call_id = c.call_id"
    " AND d.at >= :now AND (c.deadline_model <> 'two-stage' OR d.number = 1)) ELSE c.next_deadline END"
)
"""SQL of the next deadline of `calls c` at `:now`, as `monitor.calls.next_deadline` defines it; the column has it as of the last
`refresh_dates`, after which a cut-off may have passed."""

COLUMNS = (
    f"c.source, c.call_id, c.identifier, c.kind, {STATUS_NOW} AS status, c.title, c.summary, c.programme, c.language, c.opens,"
    f" {NEXT_DEADLINE} AS next_deadline, c.deadline_model, c.budget_total, c.budget_project, c.funder_share,"
    " c.own_share, c.currency,"
    " c.first_seen, CASE WHEN c.kind = 'event' THEN json_extract(c.data, '$.starts') END AS starts"
)
"""SQL of the columns of `calls c` from which `summary_of` makes a summary; it needs the parameter `:now`."""
CURRENT = "c.vanished_at IS NULL AND c.story = ''"
"""SQL condition on `calls c`: has not vanished, and is no part of another call's story."""
ANSWERABLE = ("call", "partner-search")
"""Kinds of items that departments answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSummary:
    """Call as a line or a card of a page. The fields after `starts` are set only in lists of a department."""

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
    """Id and title of each theme of the match."""
    answer: str = ""
    """Fit card's answer to whether a municipality may apply."""
    state: str = ""
    """Follow-up state of the department, "" for none."""
    guessed: bool = False
    """True where `answer` is not based on the call's own text."""

    @property
    def key(self) -> CallKey:
        """Return the key of the call."""
        return CallKey(self.source, self.call_id)


def summary_of(row: dict[str, Any]) -> CallSummary:
    """Return the summary of a row with `COLUMNS` and, of a match, its themes and fit card as stored."""
    themes = json.loads(row.pop("themes", None) or "[]")
    card = json.loads(row.pop("fit_card", None) or "{}")
    answer = {"answer": card.get("municipality", ""), "guessed": card.get("guessed", False)}
    return CallSummary(**{**answer, **row}, themes=tuple((theme["id"], theme["title"]) for theme in themes))


def list_calls(db: Database, keys: Sequence[CallKey], now: datetime) -> list[CallSummary]:
    """Return the calls with these keys in this order, without those that are not in the archive."""
    summaries = {}
    for start in range(0, len(keys), 200):
        part = keys[start : start + 200]
        marks = " OR ".join(f"(c.source = :s{number} AND c.call_id = :c{number})" for number in range(len(part)))
        values: dict[str, Any] = {"now": stamp(now)}
        for number, (source, call_id) in enumerate(part):
            values |= {f"s{number}": source, f"c{number}": call_id}
        for row in db.query(f"SELECT {COLUMNS} FROM calls c WHERE {marks}", values):
            summary = summary_of(row)
            summaries[summary.key] = summary
    return [summaries[key] for key in keys if key in summaries]


_OF_DEPARTMENT = f"""
    FROM matches m JOIN calls c ON c.source = m.source AND c.call_id = m.call_id
    WHERE m.department = :department AND {CURRENT} AND c.kind IN ('call', 'event', 'partner-search')
    AND NOT EXISTS (SELECT 1 FROM feedback a WHERE a.department = m.department AND a.source = m.source
    AND a.call_id = m.call_id AND a.answer = 'inte-for-oss')
    AND (c.last_deadline IS NULL OR c.last_deadline >= :now OR c.kind = 'event')
"""
_STATE = (
    "coalesce((SELECT f.state FROM followup f WHERE f.department = m.department AND f.source = m.source AND f.call_id = m.call_id"
    " ORDER BY f.id DESC LIMIT 1), '')"
)


class MatchedCall(NamedTuple):
    """Call of a department's page, without all that only a shown card needs."""

    key: CallKey
    kind: str
    status: str
    next_deadline: str | None
    themes: tuple[str, ...]
    """Ids of the themes of the match."""


def list_matched_calls(db: Database, department: str, now: datetime) -> list[MatchedCall]:
    """Return the open and forthcoming calls matched with the department, nearest deadline first.

    Calls that the department has answered "inte för oss" are left out.
    """
    rows = db.execute(
        f"SELECT c.source, c.call_id, c.kind, {STATUS_NOW} AS status, {NEXT_DEADLINE} AS next_deadline,"
        " (SELECT group_concat(t.value ->> 'id') FROM json_each(m.themes) t)"
        f"{_OF_DEPARTMENT} ORDER BY next_deadline IS NULL, next_deadline, m.relevance DESC, c.source, c.call_id",
        {"department": department, "now": stamp(now)},
    )
    return [
        MatchedCall(CallKey(source, call_id), kind, status, deadline, tuple((themes or "").split(",")))
        for source, call_id, kind, status, deadline, themes in rows
        if status != "closed"
    ]


def list_department_calls(
    db: Database, department: str, now: datetime, keys: Sequence[CallKey] | None = None
) -> list[CallSummary]:
    """Return the calls of `list_matched_calls`, or those of them with these keys, nearest deadline first."""
    wanted = "" if keys is None else " AND (m.source, m.call_id) IN (SELECT k.value ->> 0, k.value ->> 1 FROM json_each(:keys) k)"
    rows = db.query(
        f"SELECT {COLUMNS}, m.level, m.relevance, m.themes, m.fit_card, {_STATE} AS state {_OF_DEPARTMENT}{wanted}"
        " ORDER BY next_deadline IS NULL, next_deadline, m.relevance DESC, c.source, c.call_id",
        {"department": department, "now": stamp(now), **({} if keys is None else {"keys": json.dumps(keys)})},
    )
    return [call for call in map(summary_of, rows) if call.status != "closed"]


def list_department_news(db: Database, department: str, since: datetime, limit: int = 12) -> list[CallSummary]:
    """Return the news and policy items for the department that were first seen after `since`, newest first.

    These are those that the rules match, and those that moved a dossier of which the department was told.
    """
    # Few calls concern one department: its matches are looked up, not all that came since.
    rows = db.query(
        f"WITH moved AS ({MOVED_TO})"
        f" SELECT {COLUMNS}, coalesce(m.level, '') AS level, coalesce(m.relevance, 0) AS relevance, m.themes, m.fit_card"
        " FROM (SELECT source, call_id FROM matches WHERE department = :department UNION SELECT source, call_id FROM moved) k"
        " CROSS JOIN calls c ON c.source = k.source AND c.call_id = k.call_id"
        " LEFT JOIN matches m ON m.source = c.source AND m.call_id = c.call_id AND m.department = :department"
        f" WHERE {CURRENT} AND c.kind IN ('news', 'policy') AND c.first_seen >= :since"
        " ORDER BY c.first_seen DESC, c.source, c.call_id LIMIT :limit",
        {"department": department, "since": stamp(since), "now": stamp(since), "limit": limit},
    )
    return [summary_of(row) for row in rows]


def list_moved_dossiers(db: Database, department: str, since: datetime) -> list[CallSummary]:
    """Return the documents first seen after `since` that moved a dossier of which the department was told, newest first."""
    rows = db.query(
        f"WITH moved AS ({MOVED_TO}) SELECT {COLUMNS} FROM calls c"
        f" WHERE {CURRENT} AND c.first_seen >= :since"
        " AND EXISTS (SELECT 1 FROM moved v WHERE v.source = c.source AND v.call_id = c.call_id)"
        " ORDER BY c.first_seen DESC, c.source, c.call_id",
        {"department": department, "since": stamp(since), "now": stamp(since)},
    )
    return [summary_of(row) for row in rows]


def count_open_calls(db: Database, now: datetime) -> dict[str, dict[str, int]]:
    """Return the number of open and forthcoming calls of each department: {department: {status: count}}."""
    rows = db.query(
        f"SELECT m.department, {STATUS_NOW} AS status, count(*) AS number FROM matches m"
        " JOIN calls c ON c.source = m.source AND c.call_id = m.call_id"
        f" WHERE {CURRENT} AND c.kind = 'call' AND c.status <> 'closed' AND (c.last_deadline IS NULL OR c.last_deadline >= :now)"
        " AND NOT EXISTS (SELECT 1 FROM feedback a WHERE a.department = m.department AND a.source = m.source"
        " AND a.call_id = m.call_id AND a.answer = 'inte-for-oss')"
        " GROUP BY 1, 2",
        {"now": stamp(now)},
    )
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["department"], {})[row["status"]] = row["number"]
    return counts


def list_closing_soon(db: Database, now: datetime, days: int = 28, limit: int = 6) -> list[CallSummary]:
    """Return the matched open calls that close within `days`, nearest deadline first; weak matches do not count."""
    rows = db.query(
        f"SELECT {COLUMNS} FROM calls c WHERE {CURRENT} AND c.kind = 'call' AND c.status = 'open'"
        # The condition on the column uses its index; the second one is exact, as the column may be out of date.
        f" AND c.next_deadline <= :until AND {NEXT_DEADLINE} BETWEEN :now AND :until"
        " AND EXISTS (SELECT 1 FROM matches m WHERE m.source = c.source AND m.call_id = c.call_id AND m.level <> 'svag')"
        " ORDER BY next_deadline, c.source, c.call_id LIMIT :limit",
        {"now": stamp(now), "until": stamp(now + timedelta(days=days)), "limit": limit},
    )
    return [summary_of(row) for row in rows]


def list_newest(db: Database, now: datetime, limit: int = 6) -> list[CallSummary]:
    """Return the matched calls that were found last, newest first, without those of a source's first reading."""
    rows = db.query(
        f"SELECT {COLUMNS} FROM calls c WHERE {CURRENT} AND c.baseline = 0 AND c.status <> 'closed'"
        " AND EXISTS (SELECT 1 FROM matches m WHERE m.source = c.source AND m.call_id = c.call_id)"
        " ORDER BY c.first_seen DESC, c.source, c.call_id LIMIT :limit",
        {"now": stamp(now), "limit": limit},
    )
    return [summary_of(row) for row in rows]


def list_changed_keys(db: Database, before: str, limit: int) -> tuple[list[CallKey], str]:
    """Return the keys of one page, last changed first, and the cursor of the next page, "" on the last page.

    `before` is the cursor of the page, "" for the first. A cursor is the time and the row of a page's last call, so that
    calls which change meanwhile neither hide nor repeat others.
    """
    moment, _, row = before.rpartition(" ")
    where = "WHERE (last_changed, rowid) < (:moment, :row)" if before else ""
    rows = db.execute(
        f"SELECT source, call_id, last_changed, rowid FROM calls {where} ORDER BY last_changed DESC, rowid DESC LIMIT :limit",
        {"moment": moment, "row": int(row or 0), "limit": limit},
    ).fetchall()
    cursor = f"{rows[-1][2]} {rows[-1][3]}" if len(rows) == limit else ""
    return [CallKey(source, call_id) for source, call_id, _, _ in rows], cursor


def read_change_times(db: Database, keys: Sequence[CallKey]) -> dict[CallKey, tuple[str, str]]:
    """Return when each call was first seen and last changed, as stored; unknown calls are left out."""
    times = {}
    for key in keys:
        row = db.execute("SELECT first_seen, last_changed FROM calls WHERE source = ? AND call_id = ?", list(key)).fetchone()
        if row:
            times[key] = (row[0], row[1])
    return times


_APPLICABLE = f"c.kind = 'call' AND {CURRENT}"


def count_applicable(db: Database) -> int:
    """Return the number of calls that have not vanished and are no part of another call's story."""
    (count,) = db.execute(f"SELECT count(*) FROM calls c WHERE {_APPLICABLE}").fetchone()
    return int(count)


def list_applicable_keys(db: Database, offset: int, limit: int) -> list[CallKey]:
    """Return the keys of one page of the calls that `count_applicable` counts, last changed first."""
    rows = db.execute(
        f"SELECT c.source, c.call_id FROM calls c WHERE {_APPLICABLE}"
        " ORDER BY c.last_changed DESC, c.rowid DESC LIMIT ? OFFSET ?",
        [limit, offset],
    )
    return [CallKey(source, call_id) for source, call_id in rows]


def list_pages(db: Database, limit: int) -> list[tuple[int, str]]:
    """Return number and time of the last change of the items that have not vanished, last changed first."""
    rows = db.execute(
        f"SELECT c.number, c.last_changed FROM calls c WHERE {CURRENT} AND c.number IS NOT NULL"
        " ORDER BY c.last_changed DESC LIMIT ?",
        [limit],
    )
    return [(number, changed) for number, changed in rows]
