"""How the archive stands: counts, last runs, what is due. Read by `status`; writes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.archive.codec import stamp
from monitor.archive.database import Database


def count_calls(db: Database, now: datetime) -> dict[str, int]:
    """Living items by status at `now`, and all that the archive holds."""
    found = db.execute(
        "SELECT count(*) AS living, count(*) FILTER (WHERE status = 'open' AND passed IS NOT 1) AS open,"
        " count(*) FILTER (WHERE status = 'forthcoming' AND passed IS NOT 1) AS forthcoming"
        " FROM (SELECT status, last_deadline < ? AS passed FROM calls WHERE vanished_at IS NULL AND story = '')",
        [stamp(now)],
    )
    living, opened, forthcoming = found.fetchone()
    total = db.execute("SELECT count(*) FROM calls").fetchone()[0]
    return {"open": opened, "forthcoming": forthcoming, "closed": living - opened - forthcoming, "total": total}


def list_sources(db: Database) -> list[dict[str, Any]]:
    """Every source that has been read, with its last run."""
    return list(
        db.query(
            "SELECT s.id, s.name, s.state, s.reason, s.health, s.health_text, s.health_since, s.last_run, s.last_accepted,"
            " (SELECT current FROM runs r WHERE r.source = s.id ORDER BY id DESC LIMIT 1) AS current FROM sources s ORDER BY s.id"
        )
    )


def count_states(db: Database, table: str) -> dict[str, int]:
    """How many rows of `digests` or `outbox` are in each state."""
    if table not in ("digests", "outbox"):
        raise ValueError(f"{table!r} has no states")
    return dict(db.execute(f"SELECT state, count(*) FROM {table} GROUP BY state ORDER BY state").fetchall())


def rules_in_force(db: Database) -> dict[str, Any]:
    """The rule version that matched last: its hash and when it was first used; empty before the first match."""
    return next(
        iter(
            db.query(
                "SELECT hash, first_used FROM rule_versions"
                " ORDER BY hash = (SELECT rule_version FROM matches LIMIT 1) DESC, first_used DESC LIMIT 1"
            )
        ),
        {},
    )
