"""Settings for Scrapyd: every source of `$MONITOR_CONFIG` is a spider by its own id, and what one reads goes into that archive."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, cast

import scrapy
from scrapy import signals
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from monitor.archive import open_archive
from monitor.archive.store import last_accepted_size, last_validators, refused_keys
from monitor.collect.spider import SourceSpider
from monitor.config import find_config, load_config
from monitor.errors import SourceError
from monitor.jobs.crawl import load_programmes, note_end, scrapy_settings, store_safely
from monitor.jobs.health import settle_health

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_config = load_config(find_config(None))
globals().update({name: value for name, value in scrapy_settings(_config).copy_to_dict().items() if name.isupper()})
LOG_INSTALL_ROOT_HANDLER = True
SPIDER_LOADER_CLASS = "monitor.jobs.deployed.SourceLoader"
EXTENSIONS = {"monitor.jobs.deployed.StoreRun": 0}


class SourceLoader:
    """Gives a spider class for the id of a source: the one of its kind, bound to the source."""

    def __init__(self, settings: Settings) -> None:
        self._kinds = SpiderLoader.from_settings(settings)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(settings)

    def list(self) -> list[str]:
        """Every enabled source."""
        return [source.id for source in _config.sources if source.enabled]

    def find_by_request(self, request: scrapy.Request) -> Iterable[str]:
        """Scrapy asks for it; a request belongs to no source by its address alone."""
        return []

    def load(self, spider_name: str) -> type[SourceSpider]:
        """The spider of a source. KeyError, as Scrapy expects, for one that is not in the settings."""
        try:
            source = _config.source(spider_name)
        except Exception as error:
            raise KeyError(f"Spider not found: {spider_name}") from error
        kind = cast("type[SourceSpider]", self._kinds.load(source.kind))

        def begin(spider: SourceSpider, **options: Any) -> None:
            options.pop("_job", None)
            with open_archive(_config.archive) as archive:
                previous, validators = last_accepted_size(archive.db, source.id), last_validators(archive.db, source.id)
                refused = refused_keys(archive.db, source.id)
            now = datetime.now(_config.zone)
            programmes = load_programmes(_config)
            kind.__init__(
                spider, source=source, now=now, programmes=programmes, previous=previous, refused=refused, validators=validators
            )

        return type(kind.__name__, (kind,), {"__init__": begin, "__module__": kind.__module__})


class StoreRun:
    """Stores what a spider read when it ends, unless it was stopped half way."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        self = cls()
        crawler.signals.connect(self.finished, signal=signals.spider_closed)
        return self

    def finished(self, spider: SourceSpider, reason: str) -> None:
        """Judge and store the run. SourceError, which Scrapyd's log shows, when it is stopped."""
        if reason == "shutdown":
            raise SourceError(spider.source.id, "läsningen avbröts")
        with open_archive(_config.archive) as archive:
            note_end(spider, reason)
            report = store_safely(archive.db, spider, spider.now)
            settle_health(archive.db, spider.source, spider.now)
        spider.logger.info(
            "source_read source=%s state=%s current=%d new=%d", report.id, report.state, report.current, report.new
        )
