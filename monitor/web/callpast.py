"""What a call's page tells of the past: who was told, what changed in one line each, and each version beside the one before it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from monitor.archive.history import read_versions
from monitor.calls import DeadlineModel
from monitor.web.diff import compare_versions
from monitor.web.pages import day, number
from monitor.web.site import Visit


def tellings(rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each telling once, whatever number of facts it held."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        found.setdefault((row["department"], row["digest"]), {**row, "name": names.get(row["department"], row["department"])})
    return list(found.values())


def event_text(event: Mapping[str, Any], visit: Visit) -> str:
    """What changed, in one line, from the event's old and new value."""
    kind, old, new = event["type"], event["old"], event["new"]
    if kind == "deadline_moved":
        return f"{visit.say('från')} {_instants(old, visit)} {visit.say('till')} {_instants(new, visit)}"
    if kind == "budget_changed":
        return f"{visit.say('från')} {_money(old, visit)} {visit.say('till')} {_money(new, visit)}"
    if kind == "text_changed":
        names = {"title": "rubriken", "summary": "sammanfattningen", "description": "texten", "conditions": "villkoren"}
        return ", ".join(visit.say(names.get(name, name)) for name in json.loads(new).get("fields", ()))
    if kind == "news":
        return " ".join(json.loads(new))
    return ""


def _instants(text: str | None, visit: Visit) -> str:
    words = {
        model.value: name for model, name in ((DeadlineModel.ROLLING, "löpande"), (DeadlineModel.UNKNOWN, "ingen dag angiven"))
    }
    given = [visit.say(words[item]) if item in words else day(item, visit) for item in json.loads(text or "[]")]
    return ", ".join(given) or visit.say("ingen dag angiven")


def _money(text: str | None, visit: Visit) -> str:
    values = json.loads(text or "{}")
    names = {
        "total": "totalt",
        "project_min": "minst per projekt",
        "project_max": "högst per projekt",
        "grants": "projekt",
    }
    values.setdefault("funder_share", values.get("rate"))  # its name until November 2026
    shares = {"funder_share": "finansiären betalar högst {} procent", "own_share": "ni betalar minst {} procent"}
    amounts = [
        f"{number(values[name], visit)} {visit.say(words)}" for name, words in names.items() if isinstance(values.get(name), int)
    ]
    amounts += [visit.say(words).format(values[name]) for name, words in shares.items() if isinstance(values.get(name), int)]
    return f"{', '.join(amounts)} ({values.get('currency', '')})" if amounts else visit.say("inget angivet")


def version_changes(visit: Visit, key: tuple[str, str]) -> list[dict[str, Any]]:
    """What changed from each version to the next, the newest first."""
    versions = read_versions(visit.site.archive.db, *key)
    found = []
    for (_, old), (at, new) in pairwise(versions):
        changes = compare_versions(old, new, visit.say)
        if changes:
            found.append({"at": at, "changes": changes, "fields": [visit.say(change.label).lower() for change in changes]})
    return found[::-1]
