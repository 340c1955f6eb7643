"""How an installation stands, and whether a person is needed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from monitor.archive import Archive
from monitor.archive.overview import count_calls, count_states, list_sources, rules_in_force
from monitor.config import Config

# A source that has been down for two days is worth a person's look; one bad night is not.
_PATIENCE = timedelta(days=2)


def status(config: Config, archive: Archive, now: datetime) -> dict[str, Any]:
    """Everything `monitor status` tells, as one document; `attention` holds the sentences that need a person, in Swedish."""
    db = archive.db
    read = {row["id"]: row for row in list_sources(db)}
    sources = [
        {"id": source.id, "name": source.name, "enabled": source.enabled, **_source_state(read.get(source.id))}
        for source in config.sources
    ]
    document: dict[str, Any] = {
        "calls": count_calls(db, now),
        "sources": sources,
        "digests": count_states(db, "digests"),
        "outbox": count_states(db, "outbox"),
        "rules": rules_in_force(db),
    }
    return {**document, "attention": _attention(document, now)}


def _source_state(row: dict[str, Any] | None) -> dict[str, Any]:
    keys = ("state", "reason", "current", "last_run", "last_accepted", "health", "health_text", "health_since")
    return {key: row[key] if row else None for key in keys}


def _attention(document: dict[str, Any], now: datetime) -> list[str]:
    found = []
    for source in document["sources"]:
        if not source["enabled"] or not source["last_run"]:
            continue
        if source["state"] in ("accepted", "unchanged"):
            if source["health"]:
                found.append(f"{source['name']}: {source['health_text']} Sedan {source['health_since'][:10]}.")
            continue
        since = source["last_accepted"]
        if since is None:
            found.append(f"{source['name']}: har aldrig kunnat läsas helt. {source['reason']}")
        elif now - datetime.fromisoformat(since) > _PATIENCE:
            found.append(f"{source['name']}: har inte kunnat läsas helt sedan {since[:10]}. {source['reason']}")
    stopped = document["outbox"].get("stopped", 0)
    if stopped:
        found.append(f"{stopped} mejl har stoppats av mottagarens server. Se: monitor send")
    return found
