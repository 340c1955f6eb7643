"""Plans of departments: the state of each step. The days of a plan are worked out anew each time and stored nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.archive.codec import stamp
from monitor.archive.connection import Database, sql_values
from monitor.archive.lookup import require_call
from monitor.calls import CallKey
from monitor.errors import ArchiveError
from monitor.vocabulary import FollowState, StepState

PLANNED_STATES = (FollowState.INTERESTED, FollowState.WRITES, FollowState.APPLIES)
"""Follow-up states of a department's work with a call that is planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStep:
    """State of a step with the person who noted it."""

    state: StepState
    who: str
    at: datetime


def read_steps(db: Database, department: str, key: CallKey) -> dict[str, StoredStep]:
    """Return the state of each step that a department has noted for a call, by the id of the step."""
    rows = db.execute(
        "SELECT step, state, who, at FROM plan_steps WHERE department = ? AND source = ? AND call_id = ?", [department, *key]
    )
    return {
        step: StoredStep(state=StepState(state), who=who, at=datetime.fromisoformat(at))
        for step, state, who, at in rows.fetchall()
        if state in tuple(StepState)
    }


def store_steps(db: Database, department: str, key: CallKey, states: Mapping[str, str], *, who: str, now: datetime) -> None:
    """Store states of steps by their ids; "" takes a state back. A state that a step has already keeps its person and time.

    Raises:
        ArchiveError: The call or a state is unknown.
    """
    for state in states.values():
        if state and state not in tuple(StepState):
            raise ArchiveError(state, f"är inget läge för ett steg; väntade något av {', '.join(StepState)}")
    require_call(db, *key)
    with db.atomic():
        for step, state in states.items():
            place = [department, *key, step]
            if not state:
                db.execute("DELETE FROM plan_steps WHERE department = ? AND source = ? AND call_id = ? AND step = ?", place)
                continue
            db.execute(
                "INSERT INTO plan_steps (department, source, call_id, step, state, who, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (department, source, call_id, step) DO UPDATE SET state = excluded.state, who = excluded.who,"
                " at = excluded.at WHERE state <> excluded.state",
                [*place, state, who, stamp(now)],
            )


def list_planned(db: Database, department: str = "", *, until: datetime | None = None) -> list[tuple[str, CallKey]]:
    """Return each department with each call that it is interested in or applies for, by department and call.

    Args:
        db: The archive.
        department: Id of the department; empty: all.
        until: What was answered later does not count; None: everything counts.
    """
    rows = db.execute(
        "SELECT f.department, f.source, f.call_id FROM followup f WHERE f.id = (SELECT max(id) FROM followup"
        " WHERE department = f.department AND source = f.source AND call_id = f.call_id AND (:until = '' OR at <= :until))"
        f" AND f.state IN {sql_values(PLANNED_STATES)} AND (:department = '' OR f.department = :department) ORDER BY 1, 2, 3",
        {"department": department, "until": stamp(until) if until is not None else ""},
    )
    return [(row[0], CallKey(row[1], row[2])) for row in rows.fetchall()]
