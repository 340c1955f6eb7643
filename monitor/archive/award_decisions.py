"""People's decisions whether an organisation in funded projects belongs to a municipality."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from monitor.archive.codec import stamp
from monitor.archive.connection import Database, escape_like
from monitor.archive.schema import HAS_NOTICES


def store_award_decision(db: Database, key: str, municipality: str, *, belongs: bool, who: str, now: datetime) -> None:
    """Store that an organisation belongs to a municipality or does not, in place of an earlier decision.

    Args:
        db: Archive of the installation.
        key: Key of the organisation, by identifier or by name and town.
        municipality: Name of the municipality.
        belongs: True when the organisation is the municipality or its own.
        who: Person who decided.
        now: Time of the decision.
    """
    db.execute(
        "INSERT INTO award_decisions (key, municipality, belongs, who, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET belongs = excluded.belongs, who = excluded.who, at = excluded.at",
        [key, municipality, belongs, who, stamp(now)],
    )


def list_award_decisions(db: Database) -> list[tuple[str, str, bool]]:
    """Return the key of the organisation, the municipality and whether it belongs there, the earliest decision first."""
    rows = db.execute("SELECT key, municipality, belongs FROM award_decisions ORDER BY at, key, municipality")
    return [(key, municipality, bool(belongs)) for key, municipality, belongs in rows]


def decided_organisations(db: Database) -> list[dict[str, Any]]:
    """Return key, municipality, belongs, who and at of every decision, the latest first."""
    return list(db.query("SELECT key, municipality, belongs, who, at FROM award_decisions ORDER BY at DESC, key"))


def store_own_list(db: Database, text: str, *, who: str, now: datetime) -> None:
    """Store the municipality's own list of its projects, as CSV; earlier ones are kept."""
    db.execute("INSERT INTO own_list (text, who, saved) VALUES (?, ?, ?)", [text, who, stamp(now)])


def last_own_list(db: Database) -> tuple[str, str, str] | None:
    """Return text, person and time of the newest own list, None before the first."""
    row = db.execute("SELECT text, who, saved FROM own_list ORDER BY id DESC LIMIT 1").fetchone()
    return (row[0], row[1], row[2]) if row else None


def round_openings(db: Database) -> list[tuple[str, str, str, date | None]]:
    """Return code, title, programme and opening of every call that the archive has ever had under a code."""
    rows = db.execute(
        "SELECT identifier, title, programme, opens FROM calls WHERE identifier != '' AND kind = 'call'"
        # Of items with one code the publisher's own, in English, comes last: it is the one that counts.
        " ORDER BY identifier, language = 'en', opens IS NOT NULL"
    )
    return [
        (code, title, programme or "", date.fromisoformat(opens[:10]) if opens else None)
        for code, title, programme, opens in rows
    ]


def notices_about_proposals(db: Database, programme: str, is_wanted: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Return code and text of the updates of a programme's calls that speak of proposals, closed calls as well, by code and day.

    Args:
        db: Archive of the installation.
        programme: First part of the calls' codes.
        is_wanted: Whether a call with this code is wanted.
    """
    rows = db.execute(
        "SELECT c.identifier, n.value ->> 'text' FROM calls c, json_each(c.data, '$.notices') n"
        f" WHERE {HAS_NOTICES} AND c.identifier LIKE ? ESCAPE '!' AND n.value ->> 'text' LIKE '%proposals%'"
        " ORDER BY c.identifier, c.source, c.call_id, n.value ->> 'at', n.key",
        [f"{escape_like(programme)}-%"],
    )
    return [(code, text) for code, text in rows if is_wanted(code)]
