"""Reading of sources on a machine without the archive: each reading is judged, kept in a file, and handed over by HTTP.

A file is removed when the archive's machine has stored its reading, and moved aside when that refuses it for good. Whatever cuts
the way in between leaves the file: the next run hands it over first. The same reading that comes twice is stored once.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from pydantic import TypeAdapter

from monitor.archive.handed_over import HAND_OVER_PATH, pack_reading
from monitor.archive.runs import RunReport, SourceRun
from monitor.errors import ArchiveError, ConfigError, HandOverError, describe_os_error
from monitor.files import write_atomically
from monitor.jobs.crawl import judge_safely, known_reader, run_spiders, scrapy_settings
from monitor.jobs.signed_requests import SignedRequest, load_handover_secret, sign_request
from monitor.jobs.store_reading import ReadingContext, failed_run, unstored

if TYPE_CHECKING:
    import httpx
    from scrapy import Spider

    from monitor.collect.programmes import Programmes
    from monitor.collect.spider import SourceSpider
    from monitor.config import Config
    from monitor.sources import Source

logger = logging.getLogger(__name__)
FOLDER = "handover"
"""Folder of the readings that wait, in the data folder; those that were refused are in its folder `refused`."""
_ENDING = ".reading"
RETRY_SECONDS = (0.5, 2.0, 10.0, 30.0, 60.0)
"""Pauses after which a reading is handed over again when the way or the archive's machine fails."""
_TIMEOUT_SECONDS = 600.0
"""Seconds that the archive's machine may take to store a reading, which waits there for the archive's lock."""
_LONGEST_ANSWER = 4_000_000
"""Bytes of the longest answer that is read."""
_KEPT_REFUSED = 50
_CONTEXTS: TypeAdapter[ReadingContext] = TypeAdapter(ReadingContext)


@dataclass
class HandOverReport:
    """Result of handing readings over."""

    reports: list[RunReport] = field(default_factory=list)
    """Reports of the readings that the archive has stored."""
    problems: list[HandOverError] = field(default_factory=list)
    """Readings that were refused or wait, and sources that were not read."""


class ArchiveMachine:
    """Machine with the archive, as this one reaches it. A context manager.

    Args:
        config: The installation of this machine.
        pauses: Pauses in seconds after which a reading is handed over again.
        stop: Ends the pauses when it is set.

    Raises:
        ConfigError: The settings name no archive, or there is no secret.
    """

    def __init__(self, config: Config, pauses: Sequence[float] = RETRY_SECONDS, stop: Event | None = None) -> None:
        if not config.handover.to:
            raise ConfigError(str(config.path or "settings"), "handover.to: väntade adressen till datorn med arkivet")
        self._base = config.handover.to.rstrip("/")
        self._secret = load_handover_secret(config)
        self._pauses = tuple(pauses)
        self._stop = stop or Event()

    def __enter__(self) -> Self:
        import httpx

        self._client: httpx.Client = httpx.Client(timeout=_TIMEOUT_SECONDS, follow_redirects=False, trust_env=False)
        return self

    def __exit__(self, *exception: object) -> None:
        self._client.close()

    def context(self, source: Source) -> ReadingContext:
        """Return the facts that the next reading of a source begins from.

        Raises:
            HandOverError: The machine cannot be reached or refuses.
        """
        document = self._ask("GET", source.id, b"")
        try:
            return _CONTEXTS.validate_python(document["context"], strict=False)
        except (ValueError, KeyError) as error:
            raise HandOverError(self._base, "svaret är inte från ett arkiv av samma version", 502) from error

    def hand_over(self, source: str, packed: bytes) -> RunReport:
        """Hand a reading over, again after a pause where the way or the machine fails; return its report.

        Raises:
            HandOverError: It is refused for good, or could not be handed over in the end.
        """
        for pause in (*self._pauses, None):
            try:
                return RunReport(**self._ask("POST", source, packed)["report"])
            except (TypeError, KeyError) as error:
                raise HandOverError(self._base, "svaret är inte från ett arkiv av samma version", 502) from error
            except HandOverError as error:
                if not error.is_passing or pause is None or self._stop.wait(pause):
                    raise
                logger.warning("handover_again source=%s reason=%s", source, error.problem)
        raise AssertionError("the last try returns or raises")

    def _ask(self, method: str, source: str, body: bytes) -> dict[str, Any]:
        import httpx

        request = SignedRequest(method, f"{self._base}{HAND_OVER_PATH}/{quote(source, safe='')}")
        sign_request(request, body, self._secret)
        headers = {**request.headers, "Content-Type": "application/gzip"} if body else request.headers
        try:
            answer = self._client.request(method, request.url, content=body or None, headers=headers)
            content = answer.content[:_LONGEST_ANSWER]
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise HandOverError(self._base, f"datorn med arkivet svarar inte: {error}", 503) from error
        try:
            document = json.loads(content)
        except ValueError:
            document = None
        if answer.status_code == httpx.codes.OK and isinstance(document, dict):
            return document
        raise self._refusal(answer, document)

    def _refusal(self, answer: httpx.Response, document: object) -> HandOverError:
        problem = document.get("problem") if isinstance(document, dict) else None
        if isinstance(problem, str):
            return HandOverError(self._base, problem, answer.status_code)
        # Not the program's own answer: a proxy, or a machine that does not take readings. The reading waits for a person.
        return HandOverError(self._base, f"datorn med arkivet svarade HTTP {answer.status_code}", max(answer.status_code, 500))


class WaitingReadings:
    """Readings of this machine that the archive has not stored yet, each a file."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER

    def keep(self, run: SourceRun, source: Source) -> Path:
        """Write a reading to a file; one that cannot be written down becomes a failed reading.

        Raises:
            ArchiveError: The file cannot be written.
        """
        reading = uuid.uuid4().hex
        try:
            packed = pack_reading(reading, run)
        except (ValueError, HandOverError) as error:
            logger.exception("source_unwritten source=%s", source.id)
            # One that is too large is told of as an answer that does not fit into memory.
            problem = unstored(error if isinstance(error, ValueError) else MemoryError())
            packed = pack_reading(reading, failed_run(source, problem, run.finished))
        path = self._folder / f"{run.finished:%Y%m%dT%H%M%S}-{source.id}-{reading}{_ENDING}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_atomically(path, packed, private=True)
        except OSError as error:
            raise ArchiveError(str(path), f"läsningen går inte att spara: {describe_os_error(error)}") from error
        return path

    def list(self, sources: Iterable[Source]) -> list[Path]:
        """Return the readings of some sources that wait, the oldest first."""
        ids = {source.id for source in sources}
        return [path for path in sorted(self._folder.glob(f"*{_ENDING}")) if source_of(path) in ids]

    def refuse(self, path: Path) -> None:
        """Move a reading aside that was refused for good; the newest of those are kept for a person."""
        refused = self._folder / "refused"
        refused.mkdir(exist_ok=True)
        path.replace(refused / path.name)
        for old in sorted(refused.glob(f"*{_ENDING}"))[:-_KEPT_REFUSED]:
            old.unlink(missing_ok=True)


def lock_name(sources: Sequence[str]) -> str:
    """Return the name of the lock of a reading that is handed over: one source is read by one process at a time."""
    return f"reading-{sources[0]}" if len(sources) == 1 else "archive"


def source_of(path: Path) -> str:
    """Return the id of the source of a waiting reading."""
    return path.name.removesuffix(_ENDING).partition("-")[2].rpartition("-")[0]


def deliver(machine: ArchiveMachine, waiting: WaitingReadings, path: Path, result: HandOverReport) -> None:
    """Hand over a reading that waits, and note what became of it."""
    logger.info("handover_begun reading=%s", path.name)
    try:
        packed = path.read_bytes()
    except FileNotFoundError:
        return  # another process of this machine has handed it over meanwhile
    except OSError as error:
        problem = f"läsningen {path.name} går inte att läsa: {describe_os_error(error)}"
        result.problems.append(HandOverError(source_of(path), problem, 503))
        return
    try:
        report = machine.hand_over(source_of(path), packed)
    except HandOverError as error:
        if error.is_final:
            waiting.refuse(path)
        ending = "den ligger i refused" if error.is_final else "läsningen väntar till nästa gång"
        result.problems.append(HandOverError(source_of(path), f"{error.problem}; {ending} ({error.where})", error.status))
        logger.error("handover_failed source=%s final=%s reason=%s", source_of(path), error.is_final, error)
        return
    path.unlink(missing_ok=True)
    result.reports.append(report)
    logger.info("handed_over source=%s state=%s new=%d changed=%d", report.id, report.state, report.new, report.changed)


def hand_over_run(config: Config, source: Source, run: SourceRun, *, pauses: Sequence[float] = RETRY_SECONDS) -> RunReport:
    """Hand over what waits and one judged reading, and return its report.

    Raises:
        HandOverError: The reading waits, or was refused.
    """
    result, waiting = HandOverReport(), WaitingReadings(config.data_dir)
    path = waiting.keep(run, source)
    with ArchiveMachine(config, pauses) as machine:
        for each in waiting.list([source]):
            deliver(machine, waiting, each, result)
    for problem in result.problems:
        raise problem
    if path.exists():
        raise HandOverError(source.id, "läsningen väntar till nästa gång", 503)
    return next(report for report in reversed(result.reports) if report.id == source.id)


def read_and_hand_over(
    config: Config,
    sources: Iterable[Source],
    now: datetime,
    progress: Callable[[RunReport], None] = lambda report: None,
    *,
    pauses: Sequence[float] = RETRY_SECONDS,
) -> HandOverReport:
    """Hand over what waits, then read the sources and hand each reading over as soon as it has ended.

    Can run once per process: Twisted's reactor starts once.

    Raises:
        ConfigError: The settings name no archive, or there is no secret.
        ArchiveError: A reading cannot be kept.
        SourceError: The reading was stopped before all sources were read.
    """
    result, waiting, sources = HandOverReport(), WaitingReadings(config.data_dir), list(sources)
    with ArchiveMachine(config, pauses) as machine, ThreadPoolExecutor(1, "handover") as messenger:
        for path in waiting.list(sources):
            deliver(machine, waiting, path, result)
        contexts = _contexts(machine, sources, result)
        sent: list[Future[None]] = []

        def store(spider: SourceSpider) -> None:
            path = waiting.keep(judge_safely(spider, now), spider.source)
            # In a thread of its own: the reactor goes on with the other sources.
            sent.append(messenger.submit(_deliver_and_tell, machine, waiting, path, result, progress))

        def options(source: Source, spider: type[Spider], programmes: Programmes) -> dict[str, Any]:
            return {**contexts[source.id][1].options(), "known": known_reader(spider, programmes)}

        try:
            if contexts:
                run_spiders(config, [source for source, _ in contexts.values()], now, scrapy_settings(config), options, store)
        finally:
            for one in sent:
                one.result()
    return result


def _contexts(
    machine: ArchiveMachine, sources: Iterable[Source], result: HandOverReport
) -> dict[str, tuple[Source, ReadingContext]]:
    """Return the sources that the archive knows, with the facts that their readings begin from."""
    contexts = {}
    for source in sources:
        try:
            contexts[source.id] = (source, machine.context(source))
        except HandOverError as error:
            result.problems.append(HandOverError(source.id, f"källan läses inte: {error.problem} ({error.where})", error.status))
    return contexts


def _deliver_and_tell(
    machine: ArchiveMachine,
    waiting: WaitingReadings,
    path: Path,
    result: HandOverReport,
    progress: Callable[[RunReport], None],
) -> None:
    before = len(result.reports)
    deliver(machine, waiting, path, result)
    for report in result.reports[before:]:
        progress(report)
