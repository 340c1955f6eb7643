"""Projects: what a department applied for with a call. Amounts and days are here, the states in the table `followup`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.feedback import current_state, set_state
from monitor.archive.lookup import require_call
from monitor.calls import CallKey
from monitor.errors import ArchiveError
from monitor.vocabulary import FollowState

PROJECT_STATES = (FollowState.APPLIES, FollowState.GRANTED, FollowState.REFUSED)
"""States that make a department's work with a call a project."""
_DAYS = ("applied_on", "decided_on", "starts", "ends")


@dataclass(frozen=True, slots=True)
class ReportingDay:
    """Day by which the funder wants a report on a project."""

    day: date
    label: str = ""
    """Name of the report, such as "delrapport"; "" for none."""
    done: bool = False
    """True when the report has been handed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Amounts and days of a project, as a person entered them. Amounts are in whole units of `currency`."""

    department: str
    source: str
    call_id: str
    title: str = ""
    """Name of the project; "" where the title of the call serves."""
    currency: str = "SEK"
    applied_amount: int | None = None
    granted_amount: int | None = None
    own_amount: int | None = None
    """Part of the costs that the municipality pays."""
    applied_on: date | None = None
    decided_on: date | None = None
    starts: date | None = None
    ends: date | None = None
    reports: tuple[ReportingDay, ...] = ()
    saved: str = ""
    """Time of the last change as stored; "" for a project that is not stored."""

    @property
    def key(self) -> CallKey:
        """Return the key of the call."""
        return CallKey(self.source, self.call_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedProject:
    """Department's work with a call: facts of the call, each state with its time, and the project if one was entered."""

    department: str
    source: str
    call_id: str
    call_title: str
    identifier: str
    programme: str
    """Code of the programme, as the source has it."""
    states: tuple[tuple[datetime, str], ...] = ()
    """Times (UTC) and values of `FollowState` in the order in which they were noted."""
    project: Project | None = field(default=None)

    @property
    def key(self) -> CallKey:
        """Return the key of the call."""
        return CallKey(self.source, self.call_id)

    @property
    def title(self) -> str:
        """Return the name of the project, else the title of the call."""
        return (self.project.title if self.project else "") or self.call_title

    @property
    def is_project(self) -> bool:
        """Return whether the department applied, or amounts or days were entered; False for interest alone."""
        return self.project is not None or any(state in PROJECT_STATES for _, state in self.states)


def read_project(db: Database, department: str, key: CallKey) -> Project | None:
    """Return the project of a department with a call; None where nothing was entered."""
    rows = db.query(
        "SELECT * FROM projects WHERE department = ? AND source = ? AND call_id = ?",
        [department, *key],
    )
    return next((_project(row) for row in rows), None)


def store_project(db: Database, project: Project, state: str, *, note: str, who: str, now: datetime) -> None:
    """Store a project, and its state where that is new or has a note; `project.saved` is the version that was changed.

    Raises:
        ArchiveError: The call or the state is unknown, or another person has saved the project since it was read.
    """
    require_call(db, *project.key)
    with db.atomic():
        stored = read_project(db, project.department, project.key)
        if (stored.saved if stored else "") != project.saved:
            raise ArchiveError(project.title or project.call_id, "någon annan har sparat projektet under tiden")
        current = current_state(db, project.department, project.key)
        if note or current is None or current["state"] != state:
            set_state(db, project.department, project.key, state, note=note, who=who, now=now)
        values: dict[str, Any] = {name: getattr(project, name) for name in ("title", "currency")}
        values |= {name: getattr(project, name) for name in ("applied_amount", "granted_amount", "own_amount")}
        values |= {name: day.isoformat() if (day := getattr(project, name)) else None for name in _DAYS}
        values["reports"] = json.dumps(
            [{"day": report.day.isoformat(), "label": report.label, "done": report.done} for report in project.reports],
            ensure_ascii=False,
        )
        # Two changes within a second are two versions, too.
        at = stamp(now)
        values |= {"who": who, "saved": at if stored is None or stored.saved < at else f"{stored.saved}+"}
        db.execute(
            f"INSERT OR REPLACE INTO projects (department, source, call_id, {', '.join(values)})"
            f" VALUES (?, ?, ?, {', '.join('?' * len(values))})",
            [project.department, *project.key, *values.values()],
        )


def list_followed_projects(db: Database, key: CallKey | None = None) -> list[FollowedProject]:
    """Return the work of each department with each call, or with one call, by department and call."""
    where, values = ("WHERE source = ? AND call_id = ?", list(key)) if key else ("", [])
    states: dict[tuple[str, str, str], list[tuple[datetime, str]]] = defaultdict(list)
    for department, source, call_id, state, at in db.execute(
        f"SELECT department, source, call_id, state, at FROM followup {where} ORDER BY id", values
    ):
        states[department, source, call_id].append((datetime.fromisoformat(at), state))
    projects = {
        (row["department"], row["source"], row["call_id"]): _project(row)
        for row in db.query(f"SELECT * FROM projects {where}", values)
    }
    found = []
    for place in sorted({*states, *projects}):
        department, source, call_id = place
        title, identifier, programme = _call_names(db, CallKey(source, call_id))
        found.append(
            FollowedProject(
                department=department,
                source=source,
                call_id=call_id,
                call_title=title,
                identifier=identifier,
                programme=programme,
                states=tuple(states.get(place, ())),
                project=projects.get(place),
            )
        )
    return found


def list_reporting_days(db: Database, begin: date, end: date) -> list[tuple[FollowedProject, ReportingDay]]:
    """Return the reports that are to be handed in from `begin` to `end` (both included) and have not been, by day.

    Projects that were refused or given up have no reports to hand in.
    """
    due = [
        (followed, report)
        for followed in list_followed_projects(db)
        if followed.project and followed.states[-1:] and followed.states[-1][1] in (FollowState.APPLIES, FollowState.GRANTED)
        for report in followed.project.reports
        if not report.done and begin <= report.day <= end
    ]
    return sorted(due, key=lambda pair: (pair[1].day, pair[0].title))


def _call_names(db: Database, key: CallKey) -> tuple[str, str, str]:
    row = db.execute("SELECT title, identifier, programme FROM calls WHERE source = ? AND call_id = ?", list(key)).fetchone()
    return (row[0] or key.call_id, row[1], row[2]) if row else (key.call_id, "", "")


def _project(row: Mapping[str, Any]) -> Project:
    values: dict[str, Any] = {name: row[name] for name in Project.__dataclass_fields__}
    values |= {name: date.fromisoformat(row[name]) if row[name] else None for name in _DAYS}
    values["reports"] = tuple(
        ReportingDay(date.fromisoformat(report["day"]), report["label"], report["done"]) for report in json.loads(row["reports"])
    )
    return Project(**values)
