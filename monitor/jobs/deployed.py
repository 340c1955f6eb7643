"""Settings for Scrapyd: every source of `$MONITOR_CONFIG` is a spider by its own id.

Its readings go into that archive, or are handed over to the machine that has it (`[handover]`). Scrapyd starts this module as
the command line starts a job, so the clock is read here; `-d now=2026-05-20T12:00` replaces it for one run.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, cast

import scrapy
from scrapy import signals
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from monitor.archive import lock, open_archive
from monitor.collect.spider import SourceSpider
from monitor.config import find_config, load_config
from monitor.errors import ConfigError, SourceError
from monitor.jobs.crawl import judge_safely, known_reader, load_programmes, note_end, scrapy_settings
from monitor.jobs.hand_over import ArchiveMachine, hand_over_run
from monitor.jobs.store_reading import ReadingContext, load_context, make_findable, store_judged

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from monitor.sources import Source

_config = load_config(find_config(None))
globals().update({name: value for name, value in scrapy_settings(_config).copy_to_dict().items() if name.isupper()})
LOG_INSTALL_ROOT_HANDLER = True
SPIDER_LOADER_CLASS = "monitor.jobs.deployed.SourceLoader"
EXTENSIONS = {"monitor.jobs.deployed.StoreRun": 0}
_LOCK_WAIT_SECONDS = 1800.0
"""Seconds that a spider waits for others to be stored, or for a job that has the archive."""


def read_clock(text: str | None) -> datetime:
    """Return the time of a run: the argument `now` of the spider, else the clock.

    Raises:
        ConfigError: The argument is no date-time.
    """
    if text is None:
        return datetime.now(_config.zone)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError("now", f"expected a date-time such as 2026-05-20T12:00, found {text!r}") from error
    return moment.astimezone(_config.zone) if moment.tzinfo else moment.replace(tzinfo=_config.zone)


class SourceLoader:
    """Loader of spider classes by the id of a source: the class of its kind, bound to the source."""

    def __init__(self, settings: Settings) -> None:
        self._kinds = SpiderLoader.from_settings(settings)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Return a loader, as Scrapy makes it."""
        return cls(settings)

    def list(self) -> list[str]:
        """Return the ids of the enabled sources."""
        return [source.id for source in _config.sources if source.enabled]

    def find_by_request(self, request: scrapy.Request) -> Iterable[str]:
        """Return no spider, which Scrapy's interface asks for: an address alone belongs to no source."""
        return []

    def load(self, spider_name: str) -> type[SourceSpider]:
        """Return the spider class of a source.

        Raises:
            KeyError: The id is unknown.
        """
        try:
            source = _config.source(spider_name)
        except Exception as error:
            raise KeyError(f"Spider not found: {spider_name}") from error
        kind = cast("type[SourceSpider]", self._kinds.load(source.kind))

        def begin(spider: SourceSpider, **options: Any) -> None:
            now = read_clock(options.get("now"))
            programmes = load_programmes(_config)
            known = known_reader(kind, programmes)
            kind.__init__(spider, source=source, now=now, programmes=programmes, known=known, **_context(source).options())

        return type(kind.__name__, (kind,), {"__init__": begin, "__module__": kind.__module__})


class StoreRun:
    """Extension of Scrapy that stores the reading of a spider when it ends, unless it was stopped half way."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the extension, connected to the crawler."""
        self = cls()
        crawler.signals.connect(self.finished, signal=signals.spider_closed)
        return self

    def finished(self, spider: SourceSpider, reason: str) -> None:
        """Judge and store the run.

        Raises:
            SourceError: The spider was stopped; Scrapyd's log shows it.
            HandOverError: The machine with the archive has not stored it; the reading waits for the next run on this machine.
        """
        if reason == "shutdown":
            raise SourceError(spider.source.id, "läsningen avbröts")
        note_end(spider, reason)
        run = judge_safely(spider, spider.now)
        if _config.handover.to:
            hand_over_run(_config, spider.source, run)
            return
        # Scrapyd runs several spiders at once: the one that ends waits for the one that is being stored.
        with lock(_config.data_dir, wait=_LOCK_WAIT_SECONDS), open_archive(_config.archive) as archive:
            store_judged(archive.db, spider.source, run, spider.now)
            make_findable(archive, spider.now)


def _context(source: Source) -> ReadingContext:
    """Return the facts that a reading begins from, from the archive here or on the machine that has it."""
    if _config.handover.to:
        with ArchiveMachine(_config) as machine:
            return machine.context(source)
    with open_archive(_config.archive) as archive:
        return load_context(archive.db, source.id)
