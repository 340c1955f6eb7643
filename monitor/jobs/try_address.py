"""Job of `sources try`: an address is read once, and each row of a source that it may become is shown field by field."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from scrapy import signals
from scrapy.spiderloader import get_spider_loader

from monitor.archive.runs import Document
from monitor.collect.recognise import first_guess, recognise_rows
from monitor.collect.spider import SourceSpider
from monitor.config import Config
from monitor.errors import ConfigError, SourceError
from monitor.jobs.crawl import CrawlProcess, load_programmes, note_end, scrapy_settings
from monitor.jobs.sources import describe_reading
from monitor.sources import Source

_REPLAY = {"monitor.collect.replay.ReplayMiddleware": 10}
_MAX_ROWS = 4
_MAX_ARTICLES = 5


@dataclass
class _Trial:
    """Reading of an address by a first guess, and then by each row that its answer may become."""

    config: Config
    now: datetime
    guessed: list[SourceSpider] = field(default_factory=list)
    recognised: list[SourceSpider] = field(default_factory=list)
    refusal: str = ""
    waiting: list[Source] = field(default_factory=list)
    stored: list[Document] = field(default_factory=list)

    def run(self, guess: Source) -> None:
        settings = scrapy_settings(self.config)
        settings.set("HTTPCACHE_ENABLED", False, priority="cmdline")
        self._loader = get_spider_loader(settings)
        self._process = CrawlProcess(settings)
        self._programmes = load_programmes(self.config)
        self._read(guess, [], self._recognise)
        self._process.start()

    def _read(self, source: Source, stored: list[Document], finished: Any) -> None:
        crawler = self._process.create_crawler(self._loader.load(source.kind))
        if stored:
            # What the address answered is not asked for again. Above the settings of the process, which are laid over these.
            replay = {"MONITOR_REPLAY": stored, "MONITOR_REPLAY_FIRST": True, "DOWNLOADER_MIDDLEWARES": _REPLAY}
            for key, value in replay.items():
                crawler.settings.set(key, value, priority=50)
        crawler.signals.connect(finished, signal=signals.spider_closed, weak=False)
        self._process.crawl(crawler, source=source, now=self.now, programmes=self._programmes, max_articles=_MAX_ARTICLES)

    def _recognise(self, spider: SourceSpider, reason: str) -> None:
        note_end(spider, reason)
        self.guessed.append(spider)
        documents = spider.reading.documents
        if not documents or not 200 <= documents[0].status < 300:
            return
        try:
            rows = recognise_rows(documents[0], self.now)
        except SourceError as error:
            self.refusal = error.problem
            return
        self.waiting, self.stored = rows[:_MAX_ROWS], documents
        self._read_next()

    def _read_next(self) -> None:
        # One after the other: side by side they would ask one host twice as often as it is asked otherwise.
        if self.waiting:
            self._read(self.waiting.pop(0), self.stored, self._finish)

    def _finish(self, spider: SourceSpider, reason: str) -> None:
        note_end(spider, reason)
        self.recognised.append(spider)
        self._read_next()


def try_address(config: Config, address: str, now: datetime) -> dict[str, Any]:
    """Read an address, and what it lists, without storing anything; return the rows that it may become.

    Can run once per process: Twisted's reactor starts once. The address itself is asked once, whatever the number of rows; of a
    list at most five articles are read.

    Args:
        config: The installation.
        address: Address of a feed, a page or a calendar.
        now: Time of the reading.

    Returns:
        `address`; `problems`, sentences on why there is no row; and `rows`, the surest first, each with `row`, the keys of a
        `[[source]]`, and `check`, the answer of `sources check --json` for it.

    Raises:
        ConfigError: The text is no address.
    """
    try:
        guess = first_guess(address)
    except ValidationError as error:
        raise ConfigError(address, "väntade en adress som börjar med https://") from error
    trial = _Trial(config, now)
    trial.run(guess)
    if not trial.guessed:
        raise RuntimeError("the spider ended without a report")
    rows = [
        {"row": row_keys(spider), "check": describe_reading(spider.source, spider, now, {})}
        for spider in sorted(trial.recognised, key=lambda spider: -len(spider.reading.calls))
    ]
    problems = [trial.refusal] if trial.refusal else []
    if not rows and not problems:
        found = describe_reading(guess, trial.guessed[0], now, {})["problems"]
        problems = [problem["text"] for problem in found] or [
            "Adressen svarade, men inte med ett flöde, en webbsida eller en kalender."
        ]
    return {"address": address, "problems": problems, "rows": rows}


def row_keys(spider: SourceSpider) -> dict[str, Any]:
    """Return the keys that a `[[source]]` needs: the five that every row has, and those that differ from the defaults.

    The language is that of the page, else that of most of its items.
    """
    languages: Counter[str] = Counter(call.language for call in spider.reading.calls.values() if call.language)
    language: str = spider.source.language or next((language for language, _ in languages.most_common(1)), "")
    return {**spider.source.model_dump(mode="json", exclude_defaults=True), "language": language}
