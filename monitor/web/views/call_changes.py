"""The part of a call's page that tells its past: events, versions, and the mails that told of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from monitor.archive.history import read_versions
from monitor.calls import CallKey, DeadlineModel
from monitor.language.dossiers import Phase
from monitor.language.one_line import clean, shorten
from monitor.vocabulary import ChangeType
from monitor.web.framework.labels import PHASES
from monitor.web.framework.request import Visit
from monitor.web.framework.templates import format_day, format_number
from monitor.web.views.diff import FieldChange, compare_versions
from monitor.web.views.documents import describe_fact_change

_TITLE_CHARS = 100
_TEXT_FIELDS = {"title": "rubriken", "summary": "sammanfattningen", "description": "texten", "conditions": "villkoren"}
_AMOUNTS = {"total": "totalt", "project_min": "minst per projekt", "project_max": "högst per projekt", "grants": "projekt"}
_SHARES = {"funder_share": "finansiären betalar högst {} procent", "own_share": "ni betalar minst {} procent"}
_NO_DEADLINES = {DeadlineModel.ROLLING: "löpande", DeadlineModel.UNKNOWN: "ingen dag angiven"}


@dataclass(frozen=True, slots=True)
class VersionChange:
    """Differences between a version of a call and the one before."""

    at: datetime
    changes: Sequence[FieldChange]
    fields: Sequence[str]
    """Labels of the changed fields, in the page's language and lower case."""


def list_tellings(rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return each mail to a department that held the call once, however many facts of the call it held."""
    tellings: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["department"], row["digest"])
        tellings.setdefault(key, {**row, "name": names.get(row["department"], row["department"])})
    return list(tellings.values())


def describe_event(event: Mapping[str, Any], visit: Visit) -> str:
    """Return one line about a row of the table `events`, from its old and new value; "" for types that need none."""
    old, new = event["old"], event["new"]
    match event["type"]:
        case ChangeType.DEADLINE_MOVED:
            return f"{visit.say('från')} {_deadline_list(old, visit)} {visit.say('till')} {_deadline_list(new, visit)}"
        case ChangeType.BUDGET_CHANGED:
            return f"{visit.say('från')} {_budget(old, visit)} {visit.say('till')} {_budget(new, visit)}"
        case ChangeType.TEXT_CHANGED:
            return ", ".join(visit.say(_TEXT_FIELDS.get(name, name)) for name in json.loads(new).get("fields", ()))
        case ChangeType.FACT_CHANGED:
            return describe_fact_change(old, new, visit)
        case ChangeType.NEWS:
            return " ".join(json.loads(new))
        case ChangeType.DOSSIER_MOVED:
            return _describe_move(json.loads(new), visit)
    return ""


def _describe_move(document: Mapping[str, str], visit: Visit) -> str:
    """Return the phase, day and title of the document that moved a dossier."""
    phase = visit.say(PHASES[Phase(document["phase"])])
    return f"{phase}, {format_day(document['day'], visit)}: {shorten(clean(document['title']), _TITLE_CHARS)}"


def _deadline_list(text: str | None, visit: Visit) -> str:
    """Return the days of a JSON list of ISO times or values of DeadlineModel."""
    days = [
        visit.say(_NO_DEADLINES[item]) if item in _NO_DEADLINES else format_day(item, visit) for item in json.loads(text or "[]")
    ]
    return ", ".join(days) or visit.say("ingen dag angiven")


def _budget(text: str | None, visit: Visit) -> str:
    """Return the amounts and shares of a JSON object with the fields of `Budget`."""
    values = json.loads(text or "{}")
    values.setdefault("funder_share", values.get("rate"))  # its name until November 2026
    parts = [
        f"{format_number(values[name], visit)} {visit.say(label)}"
        for name, label in _AMOUNTS.items()
        if isinstance(values.get(name), int)
    ]
    parts += [visit.say(label).format(values[name]) for name, label in _SHARES.items() if isinstance(values.get(name), int)]
    return f"{', '.join(parts)} ({values.get('currency', '')})" if parts else visit.say("inget angivet")


def list_version_changes(visit: Visit, key: CallKey) -> list[VersionChange]:
    """Return the changes from each version of a call to the next, the newest first."""
    found = []
    for (_, old), (at, new) in pairwise(read_versions(visit.site.archive.db, *key)):
        changes = compare_versions(old, new, visit.say)
        if changes:
            found.append(VersionChange(at, changes, [visit.say(change.label).lower() for change in changes]))
    return found[::-1]
