"""Matches of themes on probation: what they would tell the departments, kept for the coordinator until the probation ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.listing import COLUMNS, CURRENT, STATUS_NOW, CallSummary, summary_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProbationMatch:
    """Row of `probation_matches` to be stored."""

    source: str
    call_id: str
    department: str
    theme: str
    """Id of the theme on probation."""
    level: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbationMatch:
    """Call that a theme on probation would tell a department of."""

    call: CallSummary
    department: str
    theme: str
    """Id of the theme."""
    level: str
    points: float
    since: datetime
    """Time at which the theme first matched the call."""


def replace_probation_matches(db: Database, rows: Iterable[NewProbationMatch], now: datetime) -> None:
    """Replace the stored rows, each with the time since which it is there. The caller holds the transaction."""
    found = db.execute("SELECT theme, source, call_id, department, since FROM probation_matches").fetchall()
    since = {tuple(row[:4]): row[4] for row in found}
    db.execute("DELETE FROM probation_matches")
    for row in rows:
        key = (row.theme, row.source, row.call_id, row.department)
        db.execute(
            "INSERT INTO probation_matches (theme, source, call_id, department, level, points, since)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [*key, row.level, row.points, since.get(key, stamp(now))],
        )


def list_probation_matches(
    db: Database, now: datetime, *, department: str = "", theme: str = "", since: datetime | None = None
) -> list[ProbationMatch]:
    """Return the calls still to apply for that themes on probation match, the latest first.

    Args:
        db: The archive.
        now: Time at which calls may be closed.
        department: Id of a department whose calls alone are wanted; "" for all.
        theme: Id of a theme whose calls alone are wanted; "" for all.
        since: Time after which the match must have been found; None for any.
    """
    rows = db.query(
        f"SELECT {COLUMNS}, p.department, p.theme, p.level, p.points, p.since FROM probation_matches p"
        f" JOIN calls c ON c.source = p.source AND c.call_id = p.call_id WHERE {CURRENT} AND {STATUS_NOW} <> 'closed'"
        " AND :department IN ('', p.department) AND :theme IN ('', p.theme) AND p.since > :since"
        " ORDER BY p.since DESC, c.title, p.department",
        {"now": stamp(now), "department": department, "theme": theme, "since": stamp(since) if since else ""},
    )
    found = []
    for row in rows:
        own = {name: row.pop(name) for name in ("department", "theme", "level", "points")}
        moment = datetime.fromisoformat(row.pop("since"))
        found.append(ProbationMatch(call=summary_of(row), since=moment, **own))
    return found
