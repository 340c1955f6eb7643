"""Answers for an assistant that asks the archive: the same facts as the pages show to any reader, as JSON documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from monitor.archive.connection import Database
from monitor.archive.digests import digest_items, find_digest
from monitor.archive.listing import CallSummary, list_calls
from monitor.archive.lookup import call_facts, find_call
from monitor.archive.numbers import numbers_of
from monitor.archive.search.query import Filters, marked
from monitor.calls import Call, CallKey
from monitor.config import Config
from monitor.digest.links import Links
from monitor.digest.wording import iso_week
from monitor.errors import ConfigError
from monitor.jobs.match import explain_call
from monitor.jobs.members import read_installation
from monitor.jobs.rules import load_rules_in_force
from monitor.jobs.search import SearchRequest, search_archive
from monitor.jobs.sources import describe_sources
from monitor.matching.compiled import RuleSet

MAX_HITS = 50
_TEXT_LIMIT = 20_000
"""Characters of a call's own text that an answer has at most."""
_SOURCE_KEYS = (
    "id", "name", "publisher", "kind", "url", "enabled", "state", "health", "health_text", "health_since", "last_run",
    "last_accepted", "current", "overdue",
)  # fmt: skip


class Assistant:
    """Reader of one installation's archive. Nothing is stored, and nothing of what only the coordinator sees is given out."""

    def __init__(self, config: Callable[[], Config], clock: Callable[[], datetime]) -> None:
        self._config = config
        self._clock = clock

    def search(self, query: str, department: str, status: str, kind: str, limit: int) -> dict[str, Any]:
        """Return the calls that a query finds, the best first.

        Raises:
            MonitorError: The archive cannot be read, or there is no such department.
        """
        config, now = self._config(), self._clock()
        filters = Filters(kind=kind, department=department, status=status)
        request = SearchRequest(query=query, filters=filters, limit=max(1, min(limit, MAX_HITS)))
        with read_installation(config) as archive:
            if department:
                _require(department, load_rules_in_force(archive, config, last_good=True))
            found = search_archive(config, archive, request, now)
            keys = [CallKey(hit.source, hit.call_id) for hit in found.hits]
            listed = {row["key"]: row for row in self._listed(archive.db, keys, config, now)}
        snippets = {f"{hit.source}/{hit.call_id}": "".join(text for _, text in marked(hit.snippet)) for hit in found.hits}
        hits = [{**listed[key], "snippet": snippet} for key, snippet in snippets.items() if key in listed]
        return {"total": found.total, "hits": hits, "widened": list(found.widened), "instead": found.instead}

    def call(self, call: str) -> dict[str, Any]:
        """Return all facts of one call that readers see.

        Raises:
            ArchiveError: The text names no call or several.
        """
        config = self._config()
        with read_installation(config) as archive:
            key = find_call(archive.db, call)
            facts: dict[str, Any] = dict(call_facts(archive.db, key))
            page = self._links(archive.db, [key], config).call(_bare(key))
        for name in ("events", "versions"):
            del facts[name]  # of `history`
        facts["corrections"] = [{"field": row["field"], "at": row["at"]} for row in facts["corrections"]]
        facts["shortened"] = len(facts["body"]) > _TEXT_LIMIT
        facts["body"] = facts["body"][:_TEXT_LIMIT]
        return {**facts, "page": page}

    def why(self, call: str, department: str) -> dict[str, Any]:
        """Return why a call goes to a department or not; for all departments where none is named.

        Raises:
            MonitorError: The text names several calls, or there is no such department.
        """
        config = self._config()
        with read_installation(config) as archive:
            rules = load_rules_in_force(archive, config, last_good=True)
            answers = explain_call(archive, rules, config, call, department or None, self._clock())
        return {"call": call, "departments": [asdict(answer) for answer in answers]}

    def week(self, department: str, week: str) -> dict[str, Any]:
        """Return what a department's mail of a week tells; the present week where none is named.

        Raises:
            ConfigError: There is no such department, or no such week.
        """
        config, now = self._config(), self._clock()
        _require_week(week)
        chosen = week or iso_week(now.astimezone(config.zone).date())
        with read_installation(config) as archive:
            rules = load_rules_in_force(archive, config, last_good=True)
            _require(department, rules)
            digest = find_digest(archive.db, department, chosen)
            told = digest_items(archive.db, digest.id) if digest is not None else []
            rows = {row["key"]: row for row in self._listed(archive.db, [key for _, key in told], config, now)}
            links = Links(config.municipality.base_url)
        items = [{"section": section, **rows["/".join(key)]} for section, key in told if "/".join(key) in rows]
        return {
            "department": department,
            "name": rules.departments[department].name,
            "week": chosen,
            "built": digest is not None,
            "kind": digest.kind if digest is not None else None,
            "page": links.digest(digest.id) if digest is not None else links.department(department),
            "items": items,
        }

    def sources(self) -> dict[str, Any]:
        """Return every source with the state of its reading."""
        config = self._config()
        with read_installation(config) as archive:
            rows = describe_sources(config, archive.db, self._clock())
        return {"sources": [{key: row[key] for key in _SOURCE_KEYS} for row in rows]}

    def history(self, call: str) -> dict[str, Any]:
        """Return the changes of a call with old and new values, oldest first, and when each version was read.

        Raises:
            ArchiveError: The text names no call or several.
        """
        with read_installation(self._config()) as archive:
            facts = call_facts(archive.db, find_call(archive.db, call))
        return {
            "key": f"{facts['source']}/{facts['call_id']}",
            "title": facts["title"],
            "first_seen": facts["first_seen"],
            "last_seen": facts["last_seen"],
            "vanished_at": facts["vanished_at"],
            "closed_at": facts["closed_at"],
            "events": [{**row, "old": _value(row["old"]), "new": _value(row["new"])} for row in facts["events"]],
            "versions": [{"at": row["at"]} for row in facts["versions"]],
        }

    def _links(self, db: Database, keys: list[CallKey], config: Config) -> Links:
        return Links(config.municipality.base_url, numbers=numbers_of(db, keys))

    def _listed(self, db: Database, keys: list[CallKey], config: Config, now: datetime) -> list[dict[str, Any]]:
        links = self._links(db, keys, config)
        return [_row(summary, links.call(_bare(summary.key))) for summary in list_calls(db, keys, now)]


def _row(summary: CallSummary, page: str) -> dict[str, Any]:
    return {
        "key": "/".join(summary.key),
        "title": summary.title,
        "kind": summary.kind,
        "status": summary.status,
        "programme": summary.programme,
        "opens": summary.opens,
        "next_deadline": summary.next_deadline,
        "deadline_model": summary.deadline_model,
        "budget_total": summary.budget_total,
        "budget_project": summary.budget_project,
        "currency": summary.currency,
        "page": page,
    }


def _require(department: str, rules: RuleSet) -> None:
    """Raise ConfigError unless the rules have a department; the error names those that there are."""
    if department not in rules.departments:
        raise ConfigError("", f"{department!r} finns inte; förvaltningarna är {', '.join(sorted(rules.departments))}")


def _require_week(week: str) -> None:
    """Raise ConfigError unless a text such as 2026-W27 is a week of the calendar, or empty."""
    year, _, number = week.partition("-W")
    try:
        if week:
            date.fromisocalendar(int(year), int(number), 1)
    except ValueError as error:
        raise ConfigError("", f"{week!r} är ingen vecka i kalendern") from error


def _bare(key: CallKey) -> Call:
    """Return a call of which only the key is needed."""
    return Call(source=key.source, call_id=key.call_id, title="", url="")


def _value(text: str | None) -> Any:
    """Return the stored old or new value of a change: JSON as its value, other text as it is."""
    try:
        return json.loads(text) if text and text[0] in "[{" else text
    except json.JSONDecodeError:
        return text
