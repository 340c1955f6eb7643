"""Rows that were found on the sites of sources that give nothing any more, for the coordinator to take or leave."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.archive.codec import stamp
from monitor.archive.connection import Database, sql_values

MIN_TROUBLED_RUNS = 3
"""Readings with the same trouble after which another row is looked for: a failed night or two is ordinary."""


@dataclass(frozen=True, slots=True)
class RowFinding:
    """Result of one search for another row of a source."""

    source: str
    at: str
    url: str
    """Address of the source when it was looked for."""
    row: Mapping[str, Any] = field(default_factory=dict)
    """Keys of the found row that say what is read (`kind`, `url`, `links`); empty where nothing was found."""
    sample: Mapping[str, Any] = field(default_factory=dict)
    """Result of the trial reading: `items`, `ahead`, `newest`, `sure`, `doubts`, `way`, `titles`."""
    taken: str | None = None
    """Time when a person took it."""


def find_lost(db: Database, troubles: Collection[str], now: datetime) -> list[str]:
    """Return the ids of sources with one of these troubles in at least three readings, and not looked for since it began.

    Args:
        db: Archive of the installation.
        troubles: Classes of health.
        now: Present time: troubles that a wrong clock dated after it do not count.
    """
    rows = db.execute(
        "SELECT s.id FROM sources s LEFT JOIN source_findings f ON f.source = s.id"
        f" WHERE s.health IN {sql_values(sorted(troubles))} AND s.health_since <= ? AND (f.at IS NULL OR f.at < s.health_since)"
        " AND (SELECT count(*) FROM runs r WHERE r.source = s.id AND r.finished >= s.health_since) >= ? ORDER BY s.health_since",
        [stamp(now), MIN_TROUBLED_RUNS],
    ).fetchall()
    return [row[0] for row in rows]


def store_finding(db: Database, finding: RowFinding) -> None:
    """Store the result of a search, in place of an earlier one for the same source."""
    values = [json.dumps(dict(part), ensure_ascii=False) for part in (finding.row, finding.sample)]
    db.execute(
        'INSERT OR REPLACE INTO source_findings (source, at, url, "row", sample, taken) VALUES (?, ?, ?, ?, ?, ?)',
        [finding.source, finding.at, finding.url, *values, finding.taken],
    )


def list_findings(db: Database) -> dict[str, RowFinding]:
    """Return the newest finding of each source, by its id; searches that found nothing are among them."""
    rows = db.execute('SELECT source, at, url, "row", sample, taken FROM source_findings').fetchall()
    return {row[0]: RowFinding(row[0], row[1], row[2], json.loads(row[3]), json.loads(row[4]), row[5]) for row in rows}


def take_finding(db: Database, source: str, now: datetime) -> None:
    """Store that a person took a finding."""
    db.execute("UPDATE source_findings SET taken = ? WHERE source = ?", [stamp(now), source])
