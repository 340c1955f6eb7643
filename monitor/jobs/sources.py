"""Sources for commands: list them with their health, check one, take left-out items back; and the page docs/sources.md."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from monitor.archive.left_out import LeftOut, LeftOutDecision, apply_decisions, find_left_out, list_left_out, put_back, take_back
from monitor.archive.lookup import find_calls
from monitor.archive.runs import StoredHealth, stored_health
from monitor.archive.source_checks import StoredCheck, list_checks
from monitor.calls import Budget, Call, DeadlineModel
from monitor.collect.advice import find_remedies
from monitor.collect.quality import assess
from monitor.collect.reading import SourceReading
from monitor.collect.spider import SourceSpider
from monitor.collect.verdicts import judge_verdict
from monitor.config import load_sources
from monitor.errors import ConfigError
from monitor.jobs.crawl import judge_run
from monitor.jobs.reading_process import ReadingProcess
from monitor.jobs.search import index_archive
from monitor.jobs.stories import join_stories
from monitor.sources import Source
from monitor.validation import SWEDISH, describe_error, list_errors
from monitor.vocabulary import Kind

if TYPE_CHECKING:
    from monitor.archive import Archive
    from monitor.archive.connection import Database
    from monitor.config import Config


MAX_ARTICLES = 10
"""Articles of a list page that `check_source` reads at most."""
_PAGE = Path(__file__).with_name("sources_page.md")
"""Text of docs/sources.md, with places for the number of sources and the rows of the table."""


def describe_sources(config: Config, db: Database | None, now: datetime) -> list[dict[str, Any]]:
    """Return a row for every source of the settings: its keys, and its health in the archive.

    `overdue` is true for a source that is read (enabled, and read before) but has not been read whole for too long at `now`.

    Args:
        config: The installation.
        db: Its archive; None for an archive that does not exist yet.
        now: Time of the judgement.
    """
    health = stored_health(db) if db is not None else {}
    checks = list_checks(db, {source.id: source.url for source in config.sources}) if db is not None else {}
    return [_row(source, health.get(source.id), checks.get(source.id), now) for source in config.sources]


def check_source(
    config: Config, source: Source, now: datetime, decisions: Mapping[str, LeftOutDecision] | None = None
) -> dict[str, Any]:
    """Read one source now and store nothing; return its problems, and for each item the fields that were found and not.

    `quality` counts the items: those with a day ahead, thin texts, pages that look like menus, and the newest day.

    Can run once per process: Twisted's reactor starts once.

    Args:
        config: The installation.
        source: The source; of a list page at most `MAX_ARTICLES` articles are read.
        now: Time of the reading.
        decisions: People's decisions on items of the source (`monitor.archive.left_out`), so that the answer is that of `crawl`.

    Raises:
        ConfigError: No spider reads the kind of the source.
    """
    readings = ReadingProcess(config, now)
    spiders: list[SourceSpider] = []
    readings.read(source, spiders.append, spider=readings.spider_of(source), max_articles=MAX_ARTICLES)
    readings.run()
    if not spiders:
        raise RuntimeError(f"the spider of {source.id} ended without a report")
    return describe_reading(source, spiders[0], now, decisions or {}, can_browse=not readings.obstacle)


def change_row(source: Source, changes: Mapping[str, str]) -> Source:
    """Return a source with other values of some keys, given as text.

    Raises:
        ConfigError: A key or a value is wrong.
    """
    if not changes:
        return source
    values: dict[str, Any] = source.model_dump(mode="json")
    for key, text in changes.items():
        present = values.get(key)
        if isinstance(present, bool):
            values[key] = {"true": True, "false": False}.get(text, text)
        else:
            values[key] = int(text) if isinstance(present, int) and text.isdigit() else text
    try:
        return Source.model_validate(values)
    except ValidationError as error:
        problems = "; ".join(describe_error(Source, item, SWEDISH) for item in list_errors(error))
        raise ConfigError(f"source {source.id}", problems) from error


def describe_reading(
    source: Source, spider: SourceSpider, now: datetime, decisions: Mapping[str, LeftOutDecision], *, can_browse: bool = False
) -> dict[str, Any]:
    """Return the answer of `sources check --json` for a source that a spider has read.

    Args:
        source: The row.
        spider: The spider, with its reading.
        now: Time of the reading.
        decisions: People's decisions on items of the source.
        can_browse: True where the installation has a browser for pages that scripts make.
    """
    reading = spider.reading
    documents = list(reading.documents)
    run = judge_run(spider, now)
    calls, aside = apply_decisions(decisions, {call.call_id: call for call in run.calls}, run.left_out)
    items = [_item(call) for call in calls.values()]
    problems = list(dict.fromkeys([*reading.problems, *spider.judge()]))
    remedies = find_remedies(source, reading, problems, documents, now, can_browse=can_browse)
    fields = sorted({name for item in items for name in (*item["found"], *item["missing"])})
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "state": run.state,
        "problems": [{"class": problem.kind.value, "text": problem.text} for problem in problems],
        "moved": reading.moved,
        "verdict": judge_verdict(source, reading, problems, now).value,
        "seen": reading.seen,
        "fields": {name: sum(name in item["found"] for item in items) for name in fields},
        "quality": _quality(source, reading, now),
        "items": items,
        "left_out": [
            {"item": key, "reason": reason, "title": aside[key].call.title if key in aside else ""}
            for key, reason in {**reading.left_out, **{key: item.reason for key, item in aside.items()}}.items()
            if key not in calls
        ],
        "skipped": [{"item": key, "reason": reason} for key, reason in reading.skipped.items()],
        "unread_pages": [{"item": url, "reason": problem.text} for url, problem in reading.unread_pages.items()],
        "advice": [remedy.text for remedy in remedies],
        "remedies": [{"text": remedy.text, "change": dict(remedy.change)} for remedy in remedies if remedy.change],
    }


def _quality(source: Source, reading: SourceReading, now: datetime) -> dict[str, Any]:
    """Return the counts of `Quality` as JSON values."""
    quality = assess(source, reading, now)
    return asdict(quality) | {"newest": quality.newest.isoformat() if quality.newest else None}


def _item(call: Call) -> dict[str, Any]:
    found = {name: value for name, value in _facts(call).items() if value}
    return {
        "title": call.title,
        "url": call.url,
        "kind": call.kind.value,
        "found": found,
        "missing": [name for name in _facts(call) if name not in found],
    }


def _facts(call: Call) -> dict[str, Any]:
    """Return the facts that an item of its kind should have, as text; empty where one was not found."""
    facts: dict[str, Any] = {
        "summary": call.summary[:200],
        "text": f"{len(call.body)} tecken" if call.body else "",
        "language": call.language,
        "published": call.published.isoformat() if call.published else "",
        "programme": call.programme,
        "place": ", ".join(call.place),
    }
    if call.kind is Kind.EVENT:
        return facts | {
            "starts": call.starts.isoformat() if call.starts else "",
            "ends": call.ends.isoformat() if call.ends else "",
            "location": call.location,
        }
    days = ", ".join(f"{deadline.at.isoformat()} (”{deadline.text}”)" for deadline in call.deadlines)
    if call.kind is Kind.POLICY and days:
        return facts | {"answers": days}  # a proposal or a decision has none, and misses none
    if call.kind in (Kind.CALL, Kind.PARTNER_SEARCH):
        rolling = "löpande" if call.deadline_model is DeadlineModel.ROLLING else ""
        return facts | {
            "deadlines": days or rolling,
            "opens": call.opens.isoformat() if call.opens else "",
            "budget": _money(call.budget),
        }
    return facts


def _money(budget: Budget) -> str:
    parts = [
        f"totalt {_grouped(budget.total)} {budget.currency}" if budget.total is not None else "",
        f"minst {_grouped(budget.project_min)} {budget.currency} per projekt" if budget.project_min is not None else "",
        f"högst {_grouped(budget.project_max)} {budget.currency} per projekt" if budget.project_max is not None else "",
        f"finansiären betalar högst {budget.funder_share} procent" if budget.funder_share is not None else "",
        f"ni betalar minst {budget.own_share} procent" if budget.own_share is not None else "",
    ]
    return ", ".join(part for part in parts if part)


def _grouped(amount: int) -> str:
    return f"{amount:,}".replace(",", "\u00a0")


def _row(source: Source, health: StoredHealth | None, check: StoredCheck | None, now: datetime) -> dict[str, Any]:
    accepted = datetime.fromisoformat(health.last_accepted) if health and health.last_accepted else None
    return {
        "id": source.id,
        "name": source.name,
        "publisher": source.publisher,
        "kind": source.kind,
        "url": source.url,
        "language": source.language,
        "publishes": [kind.value for kind in source.publishes],
        "place": source.place,
        "applicants": source.applicants,
        "every": source.every,
        "expected": source.expected,
        "address": source.address,
        "confirmed": source.confirmed,
        "confirmed_by": source.confirmed_by,
        "checked": {"at": check.at, "way": check.way, "verdict": check.verdict, "items": check.items} if check else None,
        "enabled": source.enabled,
        "note": source.note,
        "state": health.state if health else "",
        "health": health.health if health else "",
        "health_text": health.text if health else "",
        "health_since": health.since if health else None,
        "health_seen": health.seen if health else None,
        "last_run": health.last_run if health else None,
        "last_accepted": health.last_accepted if health else None,
        "current": health.items if health else 0,
        "overdue": source.enabled and health is not None and source.is_overdue(accepted, now),
    }


def take_item_back(archive: Archive, text: str, source: str, now: datetime) -> LeftOut:
    """Make a left-out item a call for good, and return its row.

    Args:
        archive: The archive.
        text: Key of the item, `source/key` or address.
        source: Id of the source; empty for any.
        now: Time of the decision.

    Raises:
        ConfigError: `text` names no item, or several.
    """
    key = _only_key(text, [(row.source, row.call_id) for row in find_left_out(archive.db, text, source)])
    take_back(archive.db, *key, now)
    return _update_index(archive, key, now)


def leave_item_out(archive: Archive, text: str, source: str, now: datetime) -> LeftOut:
    """Leave out a call or a taken-back item, and return its row.

    Arguments and errors are those of `take_item_back`.
    """
    keys = [(row.source, row.call_id) for row in find_left_out(archive.db, text, source)]
    keys = keys or [key for key in find_calls(archive.db, text) if source in ("", key[0])]
    key = _only_key(text, keys)
    put_back(archive.db, *key, now)
    return _update_index(archive, key, now)


def _only_key(text: str, keys: list[tuple[str, str]]) -> tuple[str, str]:
    if not keys:
        raise ConfigError(text, "finns inte bland det som lämnats utanför. Se listan: monitor sources left-out")
    if len(keys) > 1:
        sources = ", ".join(source for source, _ in keys)
        raise ConfigError(text, f"finns hos flera källor ({sources}). Ange källan före: monitor sources left-out KÄLLA …")
    return keys[0]


def _update_index(archive: Archive, key: tuple[str, str], now: datetime) -> LeftOut:
    join_stories(archive.db, now)
    index_archive(archive)
    return next(row for row in list_left_out(archive.db, key[0]) if row.call_id == key[1])


def _applicants(source: Source) -> str:
    """Return who may apply for a source's calls as the page of sources says it."""
    if not {Kind.CALL, Kind.PARTNER_SEARCH} & set(source.publishes):
        return "no calls"
    return source.applicants or ("as its programme says" if source.programme else "as each call says")


def render_page(sources: Iterable[Source]) -> str:
    """Return docs/sources.md: the sources as a table in the text of sources_page.md, and why some of them are off."""
    listed = list(sources)
    rows = [
        f"| `{source.id}` | [{source.name}]({source.url}) | {source.kind} | {', '.join(source.publishes)} | {source.language}"
        f" | {source.place or 'everywhere'} | {_applicants(source)} | {_days(source.every)} | {source.expected}"
        f" | {_confirmation(source) if source.enabled else 'off'} |"
        for source in listed
    ]
    off = [f"- `{source.id}`: {source.note}" for source in listed if not source.enabled]
    text = _PAGE.read_text("utf-8").replace("{count}", str(len(rows) - len(off)), 1)
    return text.replace("{rows}", "\n".join(rows), 1).replace("{off}", "\n".join(off), 1)


def _confirmation(source: Source) -> str:
    """Return the state of a source's address, with the time and the way of its last confirmation where they are known."""
    if source.address == "unconfirmed":
        return "not seen"
    return " ".join(["confirmed", *([source.confirmed] if source.confirmed else []), f"({source.confirmed_by})"])


def _days(every: int) -> str:
    return {1: "day", 7: "week", 30: "month"}.get(every, f"{every} days")


if __name__ == "__main__":
    sys.stdout.write(render_page(load_sources([], {}, "sources.toml")))
