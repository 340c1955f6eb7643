"""Trial readings of sources by this installation, the last one of each: what `sources check` found, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.archive.connection import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCheck:
    """Last trial reading of a source."""

    source: str
    at: str
    """Time of the reading, ISO 8601."""
    url: str
    """Address that was read; the result holds for this address alone."""
    way: str
    """Way in which the address was tried, a key of `monitor.sources.CONFIRMED_BY`."""
    verdict: str
    """Result, a value of `monitor.vocabulary.Verdict`."""
    items: int


def store_checks(db: Database, checks: Iterable[StoredCheck]) -> None:
    """Store trial readings, each in place of an earlier one of the same source."""
    with db.atomic():
        for check in checks:
            db.execute(
                "INSERT OR REPLACE INTO source_checks (source, at, url, way, verdict, items) VALUES (?, ?, ?, ?, ?, ?)",
                [check.source, check.at, check.url, check.way, check.verdict, check.items],
            )


def list_checks(db: Database, addresses: Mapping[str, str]) -> dict[str, StoredCheck]:
    """Return the last trial reading of each source, by its id; those of another address than the present one are left out.

    Args:
        db: Archive of the installation.
        addresses: Present address of each source by its id.
    """
    rows = db.execute("SELECT source, at, url, way, verdict, items FROM source_checks").fetchall()
    return {
        row[0]: StoredCheck(source=row[0], at=row[1], url=row[2], way=row[3], verdict=row[4], items=row[5])
        for row in rows
        if addresses.get(row[0]) == row[2]
    }
