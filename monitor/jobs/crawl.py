"""Reading sources into the archive: Scrapy runs them side by side, each is judged and stored on its own."""

from __future__ import annotations

import gc
import inspect
import logging
import sqlite3
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import Spider, signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from monitor.archive import Archive
from monitor.archive.archive import machine_words
from monitor.archive.crosscheck import find_missed
from monitor.archive.documents import load_documents
from monitor.archive.left_out import Aside
from monitor.archive.store import RunReport, SourceRun, known_rows, last_accepted_size, last_validators, store_run
from monitor.collect import settings as scrapy_settings_module
from monitor.collect.health import measure
from monitor.collect.pipelines import cleaned, item_problem
from monitor.collect.programmes import Programmes
from monitor.collect.reading import Problem, ProblemKind, Reading
from monitor.collect.spider import SourceSpider
from monitor.collect.unchanged import KnownRows, reader_version
from monitor.errors import ArchiveError, ConfigError, SourceError
from monitor.jobs.health import settle_health
from monitor.jobs.search import index_archive
from monitor.jobs.stories import join_stories

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.sources import Source

logger = logging.getLogger(__name__)


def choose_sources(config: Config, ids: Iterable[str]) -> list[Source]:
    """The sources to read: those named, else every enabled one. ConfigError for an unknown id."""
    named = [config.source(source_id) for source_id in ids]
    return named or [source for source in config.sources if source.enabled]


def crawl(
    config: Config,
    archive: Archive,
    sources: Iterable[Source],
    now: datetime,
    progress: Callable[[RunReport], None] = lambda report: None,
) -> list[RunReport]:
    """Read the sources into the archive; one that fails stops no other. Reports come in the order of `sources`.

    Can run once per process: Twisted's reactor starts once. Raises ConfigError for a kind that no spider reads, ArchiveError
    when what was read cannot be stored.
    """

    def store(spider: SourceSpider) -> RunReport:
        report = store_run(archive.db, judged_run(spider, now), now)
        health = settle_health(archive.db, spider.source, now)
        report.health, report.health_text = health.kind.value, health.text
        logger.info("source_read source=%s state=%s seen=%d current=%d new=%d changed=%d", *_facts(report))
        progress(report)
        return report

    reports = _run_spiders(config, archive, list(sources), now, scrapy_settings(config), store, trust_rows=True)
    join_stories(archive.db, now)
    index_archive(archive)
    return reports


def replay(config: Config, archive: Archive, source: Source, now: datetime) -> RunReport:
    """Read the stored documents of the source's newest run again, without the network. ArchiveError when there are none."""
    documents = load_documents(archive.db, source.id)
    if not documents:
        raise ArchiveError(source.id, "arkivet har inga dokument från källan att läsa om")
    settings = scrapy_settings(config)
    settings.setdict(
        {
            "MONITOR_REPLAY": documents,
            "DOWNLOADER_MIDDLEWARES": {"monitor.collect.replay.ReplayMiddleware": 10},
            "ROBOTSTXT_OBEY": False,
            "HTTPCACHE_ENABLED": False,
            "DOWNLOAD_DELAY": 0,
            "RETRY_TIMES": 0,
        },
        priority="cmdline",
    )

    def store(spider: SourceSpider) -> RunReport:
        return store_run(archive.db, replace(judged_run(spider, now), documents=()), now)

    return _run_spiders(config, archive, [source], documents[0].fetched, settings, store, trust_rows=False)[0]


def _run_spiders(
    config: Config,
    archive: Archive,
    sources: list[Source],
    moment: datetime,
    settings: Settings,
    store: Callable[[SourceSpider], RunReport],
    *,
    trust_rows: bool,
) -> list[RunReport]:
    loader = get_spider_loader(settings)
    for source in sources:
        if source.kind not in loader.list():
            raise ConfigError(str(config.path or "sources"), f"source {source.id}: no spider reads the kind {source.kind!r}")
    process = AsyncCrawlerProcess(settings)
    reports: dict[str, RunReport] = {}
    failures: list[Exception] = []

    stopped: list[str] = []

    def finished(spider: SourceSpider, reason: str) -> None:
        if reason == "shutdown":
            # Stopped half way (SIGTERM): what was read is no reading of the source; the next run begins it anew.
            stopped.append(spider.source.id)
            return
        try:
            reports[spider.source.id] = store(spider)
        except Exception as error:  # noqa: BLE001 - Scrapy would log and forget it; it is raised below
            failures.append(error)
        spider.reading = Reading()  # Scrapy keeps the spider until the last source is read; what this one read may be large

    programmes = load_programmes(config)
    # What is loaded stays, and rows come and go by the thousand without cycles: the collector has little to find.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    for source in sources:
        crawler = process.create_crawler(loader.load(source.kind))
        crawler.signals.connect(finished, signal=signals.spider_closed, weak=False)
        process.crawl(
            crawler,
            source=source,
            now=moment,
            programmes=programmes,
            previous=last_accepted_size(archive.db, source.id),
            validators=last_validators(archive.db, source.id),
            known=_known(archive, source, crawler.spidercls, programmes) if trust_rows else None,
        )
    process.start()
    for failure in failures:
        if isinstance(failure, sqlite3.Error):
            raise ArchiveError(str(archive.path), f"går inte att skriva: {machine_words(failure)}") from failure
        raise failure
    missing = [source.id for source in sources if source.id not in reports]
    if stopped:
        raise SourceError(", ".join(missing), "läsningen avbröts; de andra källorna är lästa")
    if missing:
        raise RuntimeError(f"a spider ended without a report: {', '.join(missing)}")
    return [reports[source.id] for source in sources]


def _known(archive: Archive, source: Source, spider: type[Spider], programmes: Programmes) -> KnownRows | None:
    """What the archive has of the source's rows, for a spider that tells those that are as they were."""
    if not issubclass(spider, SourceSpider) or not spider.knows_rows:
        return None
    return KnownRows(reader_version(Path(inspect.getfile(spider)), programmes), known_rows(archive.db, source.id))


def crosscheck(archive: Archive, sources: Iterable[Source]) -> list[str]:
    """For each source whose row says that it `checks` another: what the other lacks, as sentences in Swedish."""
    notes = []
    for source in sources:
        checked = source.options.get("checks")
        missed = find_missed(archive.db, source.id, str(checked)) if checked else []
        if missed:
            names = ", ".join(item.identifier for item in missed[:10]) + (" …" if len(missed) > 10 else "")
            notes.append(f"{source.id}: sökningen saknar {len(missed)} av källans utlysningar: {names}")
    return notes


def judged_run(spider: SourceSpider, now: datetime) -> SourceRun:
    """The finished reading of a source, with its state: accepted, unchanged, degraded or failed."""
    reading, source = spider.reading, spider.source
    problems = [*reading.problems]
    crashes = spider.crawler.stats.get_value("spider_exceptions/count", 0)
    if crashes:
        problems.append(
            Problem(ProblemKind.UNREADABLE, f"Läsningen stötte på {crashes} fel i svaret som programmet inte förstod.")
        )
    problems += [problem for problem in spider.judge() if problem not in problems]
    if problems:
        state = "degraded" if reading.calls else "failed"
    elif reading.answered and reading.unchanged:
        state = "unchanged"
    else:
        state = "accepted"
    return SourceRun(
        source=source.id,
        name=source.name,
        publisher=source.publisher,
        kind=source.kind,
        url=source.url,
        language=source.language,
        started=now,
        finished=now,
        state=state,
        reason=" ".join(problem.text for problem in problems),
        complete_list=spider.complete_list and not reading.not_modified,
        not_modified=reading.not_modified,
        seen=reading.seen,
        unread=frozenset(reading.skipped),
        calls=tuple(reading.calls.values()),
        left_out=left_out_items(spider),
        hashes=reading.hashes,
        documents=tuple(reading.documents),
        stats={
            "problems": [[problem.kind.value, problem.text] for problem in problems],
            "skipped": dict(list(reading.skipped.items())[:50]),
            "validators": reading.validators or spider.validators,
            "not_modified": reading.not_modified,
            **measure(reading),
        },
    )


def left_out_items(spider: SourceSpider) -> dict[str, Aside]:
    """Return what the spider left out and could have passed on, by key, cleaned as what is passed on is."""
    reading = spider.reading
    return {
        key: Aside(reading.left_out[key], cleaned(item, spider.programmes))
        for key, item in reading.asides.items()
        if key in reading.left_out and not item_problem(item)
    }


def scrapy_settings(config: Config) -> Settings:
    """Scrapy's settings of this installation."""
    settings = Settings()
    settings.setmodule(scrapy_settings_module, priority="project")
    overrides: dict[str, Any] = {
        "USER_AGENT": config.user_agent,
        "DOWNLOAD_DELAY": config.network.delay,
        "DOWNLOAD_TIMEOUT": config.network.timeout,
        "RETRY_TIMES": config.network.retries,
        "MONITOR_ALLOW_LOOPBACK": config.network.allow_loopback,
        "MONITOR_PROXY": config.network.proxy,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "HTTPCACHE_DIR": str(config.data_dir / "httpcache"),
    }
    settings.setdict(overrides, priority="cmdline")
    return settings


def load_programmes(config: Config) -> Programmes:
    """The programmes of the rules in force, for reading their codes and names."""
    file = config.rules_dir / "programmes.toml"
    return Programmes(tomllib.loads(file.read_text("utf-8")).get("programme", []) if file.is_file() else ())


def _facts(report: RunReport) -> tuple[Any, ...]:
    return report.id, report.state, report.seen, report.current, report.new, report.changed
