"""Job `crawl`: Scrapy reads the sources side by side; each reading is judged and stored on its own."""

from __future__ import annotations

import inspect
import logging
import sqlite3
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from scrapy import Spider, signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from monitor.archive import Archive
from monitor.archive.connection import describe_sqlite_error
from monitor.archive.left_out import LeftOutItem
from monitor.archive.runs import (
    RunReport,
    SourceRun,
    find_missing_calls,
    known_rows,
    list_runs,
    load_documents,
    store_run,
)
from monitor.collect import settings as scrapy_settings_module
from monitor.collect.health import RunFacts, measure
from monitor.collect.item_losses import read_items
from monitor.collect.parsing import stop_parsing
from monitor.collect.pipelines import clean_call, item_problem
from monitor.collect.programmes import Programmes
from monitor.collect.reading import Problem, ProblemKind, SourceReading, describe_missing_pages
from monitor.collect.robots import RobotsMemory
from monitor.collect.spider import SourceSpider
from monitor.collect.text import repair_surrogates
from monitor.collect.unchanged import KnownRows, reader_version
from monitor.collect.usual import find_losses
from monitor.errors import ArchiveError, ConfigError, SourceError, list_reasons
from monitor.jobs.health import update_health
from monitor.jobs.store_reading import failed_run, load_context, make_findable, store_judged, unstored
from monitor.vocabulary import ACCEPTED_RUNS, RunState

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.sources import Source

logger = logging.getLogger(__name__)
_Stored = TypeVar("_Stored")
# Kinds of problems that make a reading doubtful although it is whole enough for a person to accept it.
_DOUBTS = frozenset(kind.value for kind in (ProblemKind.FALL, ProblemKind.INCOMPLETE, ProblemKind.LINKS, ProblemKind.FIELDS))


def choose_sources(config: Config, ids: Iterable[str]) -> list[Source]:
    """Return the sources with these ids, or every enabled source.

    Raises:
        ConfigError: The id is unknown.
    """
    named = [config.source(source_id) for source_id in ids]
    return named or [source for source in config.sources if source.enabled]


def crawl(
    config: Config,
    archive: Archive,
    sources: Iterable[Source],
    now: datetime,
    progress: Callable[[RunReport], None] = lambda report: None,
) -> list[RunReport]:
    """Read the sources into the archive; one that fails stops no other.

    Can run once per process: Twisted's reactor starts once.

    Args:
        config: The installation.
        archive: Its archive.
        sources: The sources to read.
        now: Time of the readings.
        progress: Called with each report as soon as its source is stored.

    Returns:
        The reports in the order of `sources`.

    Raises:
        ConfigError: No spider reads the kind of a source.
        ArchiveError: The archive cannot be written.
        SourceError: The reading was stopped before all sources were read.
    """
    stored: list[str] = []

    def store(spider: SourceSpider) -> RunReport:
        report = store_judged(archive.db, spider.source, judge_safely(spider, now), now)
        stored.append(report.id)
        progress(report)
        return report

    def options(source: Source, spider: type[Spider], programmes: Programmes) -> dict[str, Any]:
        return {**load_context(archive.db, source.id).options(), "known": _known(archive, source, spider, programmes)}

    try:
        with _as_archive_error(archive):
            return run_spiders(config, list(sources), now, scrapy_settings(config), options, store)
    finally:
        # Whatever became of one source, the calls of the others are to be found. An archive not written to is left alone.
        if stored:
            make_findable(archive, now)


@contextmanager
def _as_archive_error(archive: Archive) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise ArchiveError(str(archive.path), f"går inte att skriva: {describe_sqlite_error(error)}") from error


def judge_safely(spider: SourceSpider, now: datetime) -> SourceRun:
    """Return the run of a finished reading; one that cannot be judged is a failed run, with the reason."""
    try:
        return judge_run(spider, now)
    except Exception as error:
        logger.exception("source_unjudged source=%s", spider.source.id)
        return failed_run(spider.source, unstored(error), now)


def accept(config: Config, archive: Archive, source: Source, now: datetime) -> RunReport:
    """Accept the newest, doubtful reading of a source because a person says so, and return its report.

    Its stored documents are read again. Of a listing that is not proven whole, the calls count and none is taken for vanished.

    Raises:
        SourceError: The newest reading failed for another reason than its contents, or was accepted.
    """
    runs = list_runs(archive.db, source.id)
    if not runs:
        raise SourceError(source.id, "källan har inte lästs än")
    kinds = {str(kind) for kind, _ in runs[-1]["stats"].get("problems") or ()}
    if runs[-1]["state"] in ACCEPTED_RUNS:
        raise SourceError(source.id, "den senaste läsningen är redan godkänd")
    # All items of a source that has lost their facts may be left out, and a person may say that they are to be.
    has_items = runs[-1]["current"] or (kinds == {ProblemKind.FIELDS.value} and runs[-1]["stats"].get("items"))
    if not kinds or not kinds <= _DOUBTS or not has_items:
        raise SourceError(source.id, f"den senaste läsningen gav inget att godta. {runs[-1]['reason']}")
    report = replay(config, archive, source, now, doubts=_DOUBTS)
    update_health(archive.db, source, now)
    make_findable(archive, now)
    return report


def replay(config: Config, archive: Archive, source: Source, now: datetime, *, doubts: Collection[str] = ()) -> RunReport:
    """Read the stored documents of the source's newest run again, without the network.

    Args:
        config: The installation.
        archive: Its archive.
        source: The source.
        now: Time of the run.
        doubts: Kinds of problems that do not keep the reading from being accepted.

    Raises:
        ArchiveError: There are no documents.
    """
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
        return store_run(archive.db, replace(judge_run(spider, now, doubts), documents=()), now)

    def options(source: Source, spider: type[Spider], programmes: Programmes) -> dict[str, Any]:
        return load_context(archive.db, source.id).options()

    with _as_archive_error(archive):
        return run_spiders(config, [source], documents[0].fetched, settings, options, store)[0]


def run_spiders(
    config: Config,
    sources: list[Source],
    moment: datetime,
    settings: Settings,
    options: Callable[[Source, type[Spider], Programmes], dict[str, Any]],
    store: Callable[[SourceSpider], _Stored],
) -> list[_Stored]:
    """Read the sources side by side, and return what `store` made of each, in their order.

    Args:
        config: The installation.
        sources: The sources to read.
        moment: Time of the readings.
        settings: Scrapy's settings.
        options: Returns the options of a source's spider.
        store: Stores a finished reading. An error of it is raised when all have ended.

    Raises:
        ConfigError: No spider reads the kind of a source.
        SourceError: The reading was stopped before all sources were read.
    """
    loader = get_spider_loader(settings)
    for source in sources:
        if source.kind not in loader.list():
            raise ConfigError(str(config.path or "sources"), f"source {source.id}: ingen spindel läser slaget {source.kind!r}")
    process = CrawlProcess(settings)
    reports: dict[str, _Stored] = {}
    failures: list[Exception] = []

    stopped: list[str] = []

    def finished(spider: SourceSpider, reason: str) -> None:
        if reason == "shutdown":
            # SIGTERM: half a listing is no reading of the source; the next run reads it from the start.
            stopped.append(spider.source.id)
            return
        note_end(spider, reason)
        try:
            reports[spider.source.id] = store(spider)
        except Exception as error:  # noqa: BLE001 - Scrapy would log and forget it; it is raised below
            failures.append(error)
        spider.reading = SourceReading()  # Scrapy keeps the spider until the last source is read; what this one read may be large

    programmes, robots = load_programmes(config), RobotsMemory()
    for source in sources:
        crawler = process.create_crawler(loader.load(source.kind))
        prepare_crawler(crawler, config, source, robots)
        crawler.signals.connect(finished, signal=signals.spider_closed, weak=False)
        process.crawl(
            crawler,
            source=source,
            now=moment,
            programmes=programmes,
            **options(source, crawler.spidercls, programmes),
        )
    process.start()
    for failure in failures:
        raise failure
    missing = [source.id for source in sources if source.id not in reports]
    if stopped:
        raise SourceError(", ".join(missing), "läsningen avbröts; de andra källorna är lästa")
    if missing:
        raise RuntimeError(f"a spider ended without a report: {', '.join(missing)}")
    return [reports[source.id] for source in sources]


def _known(archive: Archive, source: Source, spider: type[Spider], programmes: Programmes) -> KnownRows | None:
    """Return the stored rows of a source, for a spider that passes over unchanged ones; None for any other spider."""
    empty = known_reader(spider, programmes)
    return replace(empty, rows=known_rows(archive.db, source.id)) if empty is not None else None


def known_reader(spider: type[Spider], programmes: Programmes) -> KnownRows | None:
    """Return no rows for a spider that knows rows, with the version by which it marks those that it reads; else None."""
    if not issubclass(spider, SourceSpider) or not spider.knows_rows:
        return None
    return KnownRows(reader_version(Path(inspect.getfile(spider)), programmes))


def crosscheck(archive: Archive, sources: Iterable[Source]) -> list[str]:
    """Return a sentence in Swedish for each source that `checks` another one which lacks some of its calls."""
    notes = []
    for source in sources:
        checked = source.options.get("checks")
        missed = find_missing_calls(archive.db, source.id, str(checked)) if checked else []
        if missed:
            names = ", ".join(item.identifier for item in missed[:10]) + (" …" if len(missed) > 10 else "")
            notes.append(f"{source.id}: sökningen saknar {len(missed)} av källans utlysningar: {names}")
    return notes


def judge_run(spider: SourceSpider, now: datetime, doubts: Collection[str] = ()) -> SourceRun:
    """Return the run of a finished reading, with its state and the reason in Swedish.

    Problems of the kinds in `doubts` are passed over; a listing that is not whole then shows no call as vanished.
    """
    reading, source = spider.reading, spider.source
    problems = [*reading.problems]
    crashes = spider.crawler.stats.get_value("spider_exceptions/count", 0)
    if crashes:
        problems.append(Problem(ProblemKind.UNREADABLE, f"Läsningen stötte på {crashes} fel i svaret som inte gick att förstå."))
    problems += [problem for problem in spider.judge() if problem not in problems]
    if not problems and not reading.not_modified:
        problems += [Problem(ProblemKind.FIELDS, loss) for loss in find_losses(_facts(reading, now), spider.earlier)]
    whole = not any(problem.kind is ProblemKind.INCOMPLETE for problem in problems)
    fell = any(problem.kind is ProblemKind.FALL for problem in problems)
    passed_over = sorted({problem.kind.value for problem in problems if problem.kind in doubts})
    problems = [problem for problem in problems if problem.kind not in doubts]
    if problems:
        state = RunState.DEGRADED if reading.calls or reading.taken else RunState.FAILED
    elif reading.answered and reading.unchanged:
        state = RunState.UNCHANGED
    else:
        state = RunState.ACCEPTED
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
        reason=repair_surrogates(" ".join([*(problem.text for problem in problems), *_notes(reading, problems)])),
        complete_list=spider.complete_list and whole and not reading.not_modified,
        not_modified=reading.not_modified,
        seen=reading.seen,
        unread=frozenset(reading.skipped),
        calls=tuple(reading.calls.values()),
        left_out=left_out_items(spider),
        hashes=reading.hashes,
        documents=() if spider.takes_over else tuple(reading.documents),
        takes_over=spider.takes_over,
        taken=tuple(reading.taken),
        stats={
            "problems": [[problem.kind.value, problem.text] for problem in problems],
            "skipped": dict(list(reading.skipped.items())[:50]),
            "validators": reading.validators or spider.validators,
            "not_modified": reading.not_modified,
            **({"accepted_doubts": passed_over} if passed_over else {}),
            **({"refused": sorted(reading.calls)} if fell and problems else {}),
            **measure(reading, now),
        },
    )


def _facts(reading: SourceReading, now: datetime) -> RunFacts:
    """Return the counts of a reading that its source's usual numbers are compared with."""
    measured: dict[str, Any] = measure(reading, now)
    names = ("fields", "chars", "read_fields", "read_chars")
    each = read_items(measured["each"])
    return RunFacts(at=now, accepted=False, items=reading.items, each=each, **{name: measured[name] for name in names})


def left_out_items(spider: SourceSpider) -> dict[str, LeftOutItem]:
    """Return the items that the spider left out and could have passed on, by key, cleaned as passed items are."""
    reading, items = spider.reading, {}
    for key, item in reading.left_out_calls.items():
        problem = reading.read_row(key, item_problem, item)
        call = reading.read_row(key, clean_call, item, spider.programmes) if problem == "" else None
        if call is not None:
            items[key] = LeftOutItem(reading.left_out[key], call)
    return items


def _notes(reading: SourceReading, problems: Iterable[Problem]) -> Iterator[str]:
    """Yield sentences in Swedish about trouble that did not keep the reading from being accepted."""
    missing = describe_missing_pages(reading)
    if missing and not any(missing == problem.text for problem in problems):
        yield missing
    if reading.skipped and reading.items:
        yield f"{len(reading.skipped)} av {reading.seen} poster gick inte att läsa: {list_reasons(reading.skipped)}."


def note_end(spider: SourceSpider, reason: str) -> None:
    """Note in the reading why Scrapy closed a spider, where that keeps the reading from being whole."""
    if reason != "closespider_timeout":
        return
    seconds = spider.crawler.settings.getint("CLOSESPIDER_TIMEOUT")
    how_long = f"{seconds // 60} minuter" if seconds >= 120 else f"{seconds} sekunder"
    spider.reading.add_problem(ProblemKind.SLOW, f"Källan hann inte läsas klart på {how_long}. Det som hann läsas är sparat.")


def prepare_crawler(crawler: Crawler, config: Config, source: Source, robots: RobotsMemory) -> None:
    """Set what a reading of a source has of its own, and the answers for robots.txt that the readings of its run share."""
    own: dict[str, Any] = {"MONITOR_ROBOTS": robots}
    if source.source_timeout:
        own["CLOSESPIDER_TIMEOUT"] = source.source_timeout
    if source.browser:
        own["MONITOR_BROWSER"] = config.network.browser
    for key, value in own.items():
        # Above those of the process, which Scrapy lays over the crawler's own once more when it starts.
        crawler.settings.set(key, value, priority=50)


class CrawlProcess(AsyncCrawlerProcess):
    """Scrapy's process together with its parsing processes, which end with it and are not waited for when it is stopped."""

    def start(self, *arguments: Any, **options: Any) -> None:
        """Run the spiders to their end."""
        try:
            super().start(*arguments, **options)
        finally:
            stop_parsing()

    def stop(self) -> Any:
        """Stop the spiders and the parsing processes."""
        stop_parsing()
        return super().stop()


def scrapy_settings(config: Config) -> Settings:
    """Return Scrapy's settings of this installation."""
    settings = Settings()
    settings.setmodule(scrapy_settings_module, priority="project")
    overrides: dict[str, Any] = {
        "USER_AGENT": config.user_agent,
        "DOWNLOAD_DELAY": config.network.delay,
        "DOWNLOAD_TIMEOUT": config.network.timeout,
        "CLOSESPIDER_TIMEOUT": config.network.source_timeout,
        "MONITOR_PARSE_TIMEOUT": config.network.parse_timeout,
        "RETRY_TIMES": config.network.retries,
        "MONITOR_ALLOW_LOOPBACK": config.network.allow_loopback,
        "MONITOR_PROXY": config.network.proxy,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "HTTPCACHE_DIR": str(config.data_dir / "httpcache"),
    }
    settings.setdict(overrides, priority="cmdline")
    return settings


def load_programmes(config: Config) -> Programmes:
    """Return the programmes of the rules, which the spiders recognise by code and name.

    Raises:
        ConfigError: The file cannot be read, or is no TOML. Without programmes every call would be stored as changed.
    """
    file = config.rules_dir / "programmes.toml"
    try:
        rows = tomllib.loads(file.read_text("utf-8")).get("programme", [])
    except FileNotFoundError:
        return Programmes(())
    except OSError as error:
        raise ConfigError(str(file), f"kan inte läsas ({error.strerror})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(str(file), f"är inte TOML: {error}. Se: monitor rules check") from error
    return Programmes(rows)
