"""Recipients that have stopped their mails, with who stopped them and when: for commands, status, the weekly note and the desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.archive.database import Database
from monitor.archive.outbox import Suppression, suppressions
from monitor.config import Config
from monitor.errors import in_swedish


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A recipient of the settings that gets no mails of a department. `words` says who stopped it and when, as a sentence without full stop."""

    department: str
    recipient: str
    since: datetime
    words: str


def list_stops(config: Config, db: Database) -> list[Stop]:
    """Return the recipients of the settings that get no mails, the latest first; once per department that they stand for."""
    stopped = {(one.department, one.recipient): one for one in suppressions(db)}
    stops = []
    for recipient in config.recipient:
        folded = recipient.email.casefold()
        found = stopped.get((recipient.department, folded)) or stopped.get(("", folded))
        if found is not None:
            words = f"{recipient.email} {_reason(found, config.zone)}"
            stops.append(Stop(department=recipient.department, recipient=recipient.email, since=found.since, words=words))
    return sorted(stops, key=lambda stop: (stop.since, stop.department, stop.recipient), reverse=True)


def silenced_departments(config: Config, stops: Iterable[Stop]) -> dict[str, list[Stop]]:
    """Return the departments that have recipients in the settings of which all have stopped, each with its stops."""
    by_department: dict[str, list[Stop]] = {}
    for stop in stops:
        by_department.setdefault(stop.department, []).append(stop)
    counts: dict[str, int] = {}
    for recipient in config.recipient:
        counts[recipient.department] = counts.get(recipient.department, 0) + 1
    return {name: found for name, found in sorted(by_department.items()) if len(found) == counts[name]}


def _reason(stop: Suppression, zone: ZoneInfo) -> str:
    day = f"{stop.since.astimezone(zone):%Y-%m-%d}"
    if not stop.department:
        return f"tar inte emot mejl sedan {day} ({in_swedish(stop.error)})"
    return f"slutade själv få mejlen {day}"
