"""The sources and how they are doing; reading one of them without storing anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.spiderloader import get_spider_loader

from monitor.archive.health import StoredHealth, stored_health
from monitor.archive.left_out import Decision, decide
from monitor.calls import Budget, Call, DeadlineModel, Kind
from monitor.collect.advice import advise
from monitor.collect.spider import SourceSpider
from monitor.errors import ConfigError
from monitor.jobs.crawl import CrawlProcess, judged_run, load_programmes, note_end, scrapy_settings

if TYPE_CHECKING:
    from monitor.archive.database import Database
    from monitor.config import Config
    from monitor.sources import Source

ARTICLES = 10


def list_sources(config: Config, db: Database | None, now: datetime) -> list[dict[str, Any]]:
    """Return every source of the settings with what the archive knows of it; `db` is None for an archive that does not exist yet.

    `overdue` says that the source is read (enabled, and read before) but has not been read whole for too long at `now`.
    """
    known = stored_health(db) if db is not None else {}
    return [_row(source, known.get(source.id), now) for source in config.sources]


def check_source(
    config: Config, source: Source, now: datetime, decisions: Mapping[str, Decision] | None = None
) -> dict[str, Any]:
    """Read one source now and store nothing: field by field what was found, what was not, and what to change.

    `decisions` are what people decided of the source's items (`monitor.archive.left_out`), so that the answer is what `crawl` would do. At most ten articles of a list page are read. Can run once per process. ConfigError for a kind that no spider reads.
    """
    settings = scrapy_settings(config)
    settings.set("HTTPCACHE_ENABLED", False, priority="cmdline")
    loader = get_spider_loader(settings)
    if source.kind not in loader.list():
        raise ConfigError(str(config.path or "sources"), f"source {source.id}: no spider reads the kind {source.kind!r}")
    process = CrawlProcess(settings)
    crawler = process.create_crawler(loader.load(source.kind))
    spiders: list[SourceSpider] = []

    def finished(spider: SourceSpider, reason: str) -> None:
        note_end(spider, reason)
        spiders.append(spider)

    crawler.signals.connect(finished, signal=signals.spider_closed, weak=False)
    process.crawl(crawler, source=source, now=now, programmes=load_programmes(config), most_articles=ARTICLES)
    process.start()
    if not spiders:
        raise RuntimeError(f"the spider of {source.id} ended without a word")
    return _checked(source, spiders[0], now, decisions or {})


def _checked(source: Source, spider: SourceSpider, now: datetime, decisions: Mapping[str, Decision]) -> dict[str, Any]:
    reading = spider.reading
    documents = list(reading.documents)
    run = judged_run(spider, now)
    calls, aside = decide(decisions, {call.call_id: call for call in run.calls}, run.left_out)
    items = [_item(call) for call in calls.values()]
    problems = list(dict.fromkeys([*reading.problems, *spider.judge()]))
    fields = sorted({name for item in items for name in (*item["found"], *item["missing"])})
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "state": run.state,
        "problems": [{"class": problem.kind.value, "text": problem.text} for problem in problems],
        "moved": reading.moved,
        "seen": reading.seen,
        "fields": {name: sum(name in item["found"] for item in items) for name in fields},
        "items": items,
        "left_out": [
            {"item": key, "reason": reason, "title": aside[key].call.title if key in aside else ""}
            for key, reason in {**reading.left_out, **{key: item.reason for key, item in aside.items()}}.items()
            if key not in calls
        ],
        "skipped": [{"item": key, "reason": reason} for key, reason in reading.skipped.items()],
        "advice": advise(source, reading, problems, documents),
    }


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
    """What a reader of the item would want to know, by kind; empty where it was not found."""
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
    if call.kind in (Kind.CALL, Kind.PARTNER_SEARCH):
        rolling = "löpande" if call.deadline_model is DeadlineModel.ROLLING else ""
        return facts | {
            "deadlines": ", ".join(f"{deadline.at.isoformat()} (”{deadline.text}”)" for deadline in call.deadlines) or rolling,
            "opens": call.opens.isoformat() if call.opens else "",
            "budget": _money(call.budget),
        }
    return facts


def _money(budget: Budget) -> str:
    parts = [
        f"totalt {budget.total} {budget.currency}" if budget.total is not None else "",
        f"minst {budget.project_min} {budget.currency} per projekt" if budget.project_min is not None else "",
        f"högst {budget.project_max} {budget.currency} per projekt" if budget.project_max is not None else "",
        f"finansiären betalar högst {budget.funder_share} procent" if budget.funder_share is not None else "",
        f"ni betalar minst {budget.own_share} procent" if budget.own_share is not None else "",
    ]
    return ", ".join(part for part in parts if part)


def _row(source: Source, health: StoredHealth | None, now: datetime) -> dict[str, Any]:
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
        "every": source.every,
        "expected": source.expected,
        "address": source.address,
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
