"""Sources for commands: list with health, check one, accept a reading, left-out items, and the page of docs/sources.md."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.spiderloader import get_spider_loader

from monitor.archive.left_out import LeftOut, LeftOutDecision, apply_decisions, find_left_out, list_left_out, put_back, take_back
from monitor.archive.lookup import find_calls
from monitor.archive.runs import StoredHealth, stored_health
from monitor.calls import Budget, Call, CallKey, DeadlineModel
from monitor.collect.advice import advise
from monitor.collect.spider import SourceSpider
from monitor.config import load_sources
from monitor.errors import ConfigError
from monitor.jobs.crawl import CrawlProcess, judged_run, load_programmes, note_end, scrapy_settings
from monitor.jobs.search import index_archive
from monitor.jobs.stories import join_stories
from monitor.sources import Source
from monitor.vocabulary import Kind

if TYPE_CHECKING:
    from monitor.archive import Archive
    from monitor.archive.connection import Database
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
    config: Config, source: Source, now: datetime, decisions: Mapping[str, LeftOutDecision] | None = None
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


def _checked(source: Source, spider: SourceSpider, now: datetime, decisions: Mapping[str, LeftOutDecision]) -> dict[str, Any]:
    reading = spider.reading
    documents = list(reading.documents)
    run = judged_run(spider, now)
    calls, aside = apply_decisions(decisions, {call.call_id: call for call in run.calls}, run.left_out)
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


_HEAD = """# Sources

<!-- Made from spiders/sources.toml by `python -m monitor.jobs.sources > docs/sources.md`; change the rows, not this page. -->

{count} sources are read. `monitor sources` lists them with their health, and `monitor sources check ID` fetches one now, stores nothing,
and shows field by field what was found, what was not, and what to change: use it on the first day with a network for every address that is
not confirmed. *Confirmed* means that the address was seen on a stored page or in a public program, or answered a test; it does not mean that
it answers today.

| id | publisher | kind | sends | language | place | every | at least | address |
|---|---|---|---|---|---|---|---|---|
"""
_TAIL = """
## Adding a source

A source is a row. Put it into the installation's `monitor.toml`; it needs no code and survives an upgrade.

A feed (RSS, Atom) takes five lines:

```toml
[[source]]
id = "leader-x"
kind = "feed"
name = "Leader X"
url = "https://example.se/feed/"
```

A page that lists articles takes seven. `links` is a regular expression that the addresses of its articles match:

```toml
[[source]]
id = "stiftelsen"
kind = "page"
name = "Stiftelsen"
url = "https://example.se/bidrag/"
links = "/bidrag/[^/]+/$"
language = "sv"
```

Without `links` the page itself is the one item. `within`, a CSS selector, narrows where links are looked for. The article is found without selectors.
Then run `monitor sources check leader-x`.

| key | means |
|---|---|
| `publisher` | who stands behind it |
| `language` | `sv`, `en`, ...; empty: told from each text |
| `publishes` | what it usually sends, the usual first: `call`, `news`, `event`, `policy`, `partner-search`. The words of an item decide |
| `programme` | id in `rules/programmes.toml`, when everything belongs to one programme |
| `place` | the area that everything is limited to, when the text does not say |
| `every` | its rhythm in days; how long it may be quiet is learned from there. After a reading that failed or did not count it is read again the next day |
| `expected` | the least number of items of a healthy reading; 0: it may be empty |
| `time_zone` | where its deadlines are counted |
| `source_timeout` | seconds that a reading of it may take; else what `network.source_timeout` says (1800). What was read by then is kept |
| `enabled` | `false`: not read |
| `note` | for the coordinator |

A shipped row is changed with a table of its own, key by key:

```toml
[sources.mucf]
url = "https://www.mucf.se/ny-adress"
```

## Kinds

| kind | reads |
|---|---|
| `feed` | RSS 0.9 to 2.0, RDF, Atom |
| `page` | a list page and its articles, or a single page |
| `calendar` | an iCalendar file, a page with JSON-LD events, or a list page (`links`) whose pages have them |
| `portal`, `bulk` | the EU portal's search and its bulk file |
| `vinnova` | Vinnova's open data |

## Health

| class | means |
|---|---|
| `silent` | nothing where there used to be something, for longer than ever before |
| `drop` | far fewer items than ever before, or fewer than `expected` |
| `fields` | a fact that most items had is gone from all |
| `unreadable-items` | many items that cannot be read |
| `old` | only old items |
| `stale` | unchanged for much longer than ever before |
| `layout` | the page has been made anew and its articles are not found |
| `not-a-feed` | a web page, or nothing, in place of a feed or calendar |
| `unreadable`, `incomplete`, `empty` | the answer broke off, its pages do not make one listing, or it held nothing |
| `fall` | a whole reading with far fewer calls than the last accepted one; the next that shows the same counts, or `monitor sources accept ID` |
| `dead-links` | more than 30 per cent of the pages on a list, and at least two, give nothing; fewer are named and stop nothing |
| `slow`, `unstored` | the source or one of its answers took longer than the settings allow; nothing of it could be stored |
| `gone`, `moved` | 404 or 410; a permanent redirect |
| `blocked`, `robots` | a wall against programs; robots.txt says no |
| `refused`, `too-large` | an address that may not be read, entities in XML; an answer larger than is taken |
| `unreachable`, `server-error`, `certificate` | no answer; an error of the server, also for robots.txt; a certificate that does not hold |
"""


def render_page(sources: Iterable[Source]) -> str:
    """The page as Markdown."""
    rows = list(sources)
    lines = [
        f"| `{row.id}` | [{row.name}]({row.url}) | {row.kind} | {', '.join(row.publishes)} | {row.language} | {row.place} | {_days(row.every)} | "
        f"{row.expected} | {row.address} |"
        for row in rows
    ]
    return _HEAD.format(count=len(rows)) + "\n".join(lines) + "\n" + _TAIL


def _days(every: int) -> str:
    return {1: "day", 7: "week", 30: "month"}.get(every, f"{every} days")


if __name__ == "__main__":
    sys.stdout.write(render_page(load_sources([], {}, "sources.toml")))


def take_item_back(archive: Archive, text: str, source: str, now: datetime) -> LeftOut:
    """Make the item that `text` names (key, `source/key` or address) a call for good, and return its row. ConfigError for none or several."""
    key = _only(text, [row.key for row in find_left_out(archive.db, text, source)])
    take_back(archive.db, *key, now)
    return _settled(archive, key, now)


def leave_item_out(archive: Archive, text: str, source: str, now: datetime) -> LeftOut:
    """Leave out the call or the taken-back item that `text` names, and return its row. ConfigError for none or several."""
    keys = [row.key for row in find_left_out(archive.db, text, source)]
    keys = keys or [key for key in find_calls(archive.db, text) if source in ("", key[0])]
    key = _only(text, keys)
    put_back(archive.db, *key, now)
    return _settled(archive, key, now)


def _only(text: str, keys: list[CallKey]) -> CallKey:
    if not keys:
        raise ConfigError(text, "finns inte bland det som lämnats utanför. Se listan: monitor sources left-out")
    if len(keys) > 1:
        sources = ", ".join(source for source, _ in keys)
        raise ConfigError(text, f"finns hos flera källor ({sources}). Ange källan före: monitor sources left-out KÄLLA …")
    return keys[0]


def _settled(archive: Archive, key: CallKey, now: datetime) -> LeftOut:
    join_stories(archive.db, now)
    index_archive(archive)
    return next(row for row in list_left_out(archive.db, key[0]) if row.call_id == key[1])
