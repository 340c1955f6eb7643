"""Machine values of calls beside the display texts of the JSON export: ids, lists, and times with their zone (docs/json.md)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from monitor.archive.listing import CallSummary


def machine_values(
    call: CallSummary, *, programme: str, departments: Sequence[str], themes: Sequence[str], zone: tzinfo
) -> dict[str, Any]:
    """Return the machine values of a call.

    Args:
        call: The call.
        programme: Id of its programme in the rules, "" for none.
        departments: Ids of the departments that it is matched with, the most relevant first.
        themes: Ids of the themes that it is matched by.
        zone: Zone in which times are given.
    """
    return {
        "source_id": call.source,
        "call_id": call.call_id,
        "kind_id": call.kind,
        "status_id": call.status,
        "programme_id": programme or None,
        "department_ids": list(departments),
        "theme_ids": list(themes),
        "language": call.language or None,
        "deadline_model": call.deadline_model,
        "next_deadline_at": _moment(call.next_deadline, zone),
        "opens_on": call.opens,
        "starts_at": _moment(call.starts, zone),
        "first_seen_at": _moment(call.first_seen, zone),
    }


def _moment(stored: str | None, zone: tzinfo) -> str | None:
    """Return a stored time as ISO 8601 with the offset of the zone; None for none."""
    return datetime.fromisoformat(stored).astimezone(zone).isoformat() if stored else None
