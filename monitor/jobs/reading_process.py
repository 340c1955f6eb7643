"""Process of readings that store nothing, for jobs that try sources: one may begin when another has ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from scrapy import signals
from scrapy.spiderloader import get_spider_loader

from monitor.archive.runs import Document
from monitor.collect.installed_browser import find_obstacle
from monitor.collect.robots import RobotsMemory
from monitor.collect.settings import DOWNLOADER_MIDDLEWARES
from monitor.collect.spider import SourceSpider
from monitor.config import Config
from monitor.errors import ConfigError
from monitor.jobs.crawl import CrawlProcess, load_programmes, note_end, prepare_crawler, scrapy_settings
from monitor.sources import Source

_REPLAY = {**DOWNLOADER_MIDDLEWARES, "monitor.collect.replay.ReplayMiddleware": 10}
"""Middlewares of a reading that knows some answers: what it asks for besides is guarded as in any other."""
_Spider = TypeVar("_Spider", bound=SourceSpider)


class ReadingProcess:
    """Scrapy's process for readings that store nothing, with our guard, robots.txt, delay and limits.

    Can run once per process of the system: Twisted's reactor starts once.
    """

    def __init__(self, config: Config, now: datetime) -> None:
        self.config, self.now = config, now
        settings = scrapy_settings(config)
        settings.set("HTTPCACHE_ENABLED", False, priority="cmdline")
        self._loader = get_spider_loader(settings)
        self._process = CrawlProcess(settings)
        self._programmes = load_programmes(config)
        self._robots = RobotsMemory()
        self._failures: list[Exception] = []
        self.obstacle = find_obstacle(config.network.browser)
        """Why the installation has no browser for pages that scripts make, in Swedish; "" where it has one."""

    def spider_of(self, source: Source) -> type[SourceSpider]:
        """Return the spider that reads a source.

        Raises:
            ConfigError: No spider reads its kind.
        """
        if source.kind not in self._loader.list():
            where = str(self.config.path or "sources")
            raise ConfigError(where, f"source {source.id}: ingen spindel läser slaget {source.kind!r}")
        return self._loader.load(source.kind)  # type: ignore[return-value] # all our spiders are

    def read(
        self,
        source: Source,
        finished: Callable[[_Spider], None],
        *,
        spider: type[_Spider],
        stored: Sequence[Document] = (),
        **options: Any,
    ) -> None:
        """Begin a reading; `finished` is called with its spider when it has ended, and may begin further ones.

        Args:
            source: The row to read.
            finished: What to do then. An error that it raises is raised by `run`.
            spider: Class of the spider.
            stored: Answers that are not asked for again.
            **options: Options of the spider.
        """
        crawler = self._process.create_crawler(spider)
        prepare_crawler(crawler, self.config, source, self._robots)
        if stored:
            # Above the settings of the process, which are laid over these.
            replay = {"MONITOR_REPLAY": list(stored), "MONITOR_REPLAY_FIRST": True, "DOWNLOADER_MIDDLEWARES": _REPLAY}
            for key, value in replay.items():
                crawler.settings.set(key, value, priority=50)

        def close(spider: _Spider, reason: str) -> None:
            note_end(spider, reason)
            try:
                finished(spider)
            except Exception as error:  # noqa: BLE001 - Scrapy would log and forget it; it is raised by `run`
                self._failures.append(error)

        crawler.signals.connect(close, signal=signals.spider_closed, weak=False)
        self._process.crawl(crawler, source=source, now=self.now, programmes=self._programmes, **options)

    def run(self) -> None:
        """Run the readings, and those that they begin, to their end."""
        self._process.start()
        for failure in self._failures:
            raise failure
