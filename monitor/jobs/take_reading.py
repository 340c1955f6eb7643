"""Readings that other machines hand over: `/inlasning/SOURCE` answers what a reading begins from, and stores it, under our lock.

A signed head is checked before a byte of the body is read. The body goes to a file, and `monitor crawl --take FILE` stores it
in a process of its own: the pages go on meanwhile. A reading is stored whole or not at all, and once however often it comes.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import unquote

from pydantic import TypeAdapter

from monitor.archive import lock, open_archive
from monitor.archive.handed_over import (
    HAND_OVER_PATH,
    MOST_BYTES,
    HandedReading,
    handed_report,
    note_handed,
    unpack_reading,
)
from monitor.archive.runs import RunReport
from monitor.archive.scheduler import last_readings
from monitor.config import Config
from monitor.errors import ConfigError, HandOverError, LockedError, MonitorError
from monitor.files import write_atomically
from monitor.jobs.child import run_child
from monitor.jobs.members import refuse_member
from monitor.jobs.signed_requests import SignedRequest, check_body, check_signature, load_handover_secret
from monitor.jobs.store_reading import ReadingContext, load_context, make_findable, store_judged
from monitor.sources import CLOCK_SLACK, Source
from monitor.vocabulary import JobState

logger = logging.getLogger(__name__)
OLDEST = timedelta(days=7)
"""Age of the oldest reading that is stored: what waits longer has been read anew since."""
_LOCK_SECONDS = 60.0
"""Seconds that a reading waits for a job that has the archive, before it is to come again."""
_TAKE_SECONDS = 900.0
"""Seconds after which the process that stores a reading is ended as hung."""
_INCOMING = "handover-in"
"""Folder of the bodies that are being stored, in the data folder."""
_CONTEXTS: TypeAdapter[ReadingContext] = TypeAdapter(ReadingContext)
_SOURCE = re.compile(rf"{HAND_OVER_PATH}/([^/]+)")
Take = Callable[[str, Path], RunReport]
"""Store the reading of a source in a file, and return its report."""


def take_reading(config: Config, packed: bytes, now: datetime, *, named: str = "", wait: float = _LOCK_SECONDS) -> RunReport:
    """Store a reading that another machine made, as one that was made here, and return its report.

    A reading that was stored before is not stored again: its first report is returned.

    Args:
        config: The installation with the archive.
        packed: The document.
        now: Time at which it comes.
        named: Id of the source that it is said to be of; "" for any.
        wait: Seconds to wait for a job that has the archive.

    Raises:
        HandOverError: It is refused, or the archive is busy with another job.
    """
    handed = unpack_reading(packed)
    if named not in ("", handed.run.source):
        raise HandOverError(named, f"läsningen är av en annan källa, {handed.run.source}", 400)
    source = _check_source(config, handed)
    try:
        with lock(config.data_dir, wait=wait), open_archive(config.archive) as archive:
            with archive.db.atomic():
                report = handed_report(archive.db, handed.reading)
                if report is None:
                    _check_time(handed, last_readings(archive.db, now).get(source.id), now)
                    report = store_judged(archive.db, source, handed.run, handed.run.finished)
                    note_handed(archive.db, handed.reading, report, now)
            # Also of a reading that came before: what stored it may have been killed here.
            make_findable(archive, now)
    except LockedError as error:
        raise HandOverError(source.id, f"arkivet är upptaget: {error.problem}", 503) from error
    return report


def _check_source(config: Config, handed: HandedReading) -> Source:
    """Return the source of a reading as the settings here have it."""
    refuse_member(config, "läsning")
    source = _known_source(config, handed.run.source)
    if (source.kind, source.url) != (handed.run.kind, handed.run.url):
        raise HandOverError(
            source.id, f"källan är en annan här ({source.kind} {source.url}); ge båda datorerna samma inställningar", 409
        )
    return source


def _known_source(config: Config, source_id: str) -> Source:
    """Return a source of the settings.

    Raises:
        HandOverError: The settings have no such source.
    """
    try:
        return config.source(source_id)
    except ConfigError as error:
        raise HandOverError(source_id, "källan finns inte i inställningarna för arkivet", 404) from error


def _check_time(handed: HandedReading, newest: datetime | None, now: datetime) -> None:
    """Raise HandOverError for a reading that is too old, comes before the newest one, or was made by a clock that is ahead."""
    made = handed.run.finished
    if made > now + CLOCK_SLACK:
        raise HandOverError(handed.run.source, f"läsningen är gjord {made:%Y-%m-%d kl. %H.%M}, som inte har varit än", 409)
    if made < now - OLDEST:
        raise HandOverError(handed.run.source, f"läsningen är för gammal ({made:%Y-%m-%d})", 409)
    # The archive stores whole seconds.
    if newest is not None and made.replace(microsecond=0) <= newest:
        raise HandOverError(handed.run.source, f"arkivet har en läsning från {newest:%Y-%m-%d kl. %H.%M}, som är nyare", 409)


def in_child_process(config: Config, clock: Callable[[], datetime]) -> Take:
    """Return the function that stores a reading in a process of its own."""

    def take(source: str, path: Path) -> RunReport:
        command = ("crawl", source, "--take", str(path))
        ended = run_child(config, command, limit=_TAKE_SECONDS, stop=Event(), moment=clock())
        answer = ended.answer or {}
        if ended.state is JobState.LOCKED or not answer:
            raise HandOverError(path.name, f"läsningen gick inte att spara: {ended.stderr_tail or ended.state}", 503)
        if "refused" in answer:
            raise HandOverError(answer["where"], answer["refused"], int(answer["status"]))
        return RunReport(**answer["report"])

    return take


class ReadingPages:
    """ASGI application for `/inlasning/SOURCE`: GET answers the context of the next reading, POST stores a reading.

    Args:
        config: Returns the settings in force.
        clock: Source of the time.
        take: Stores the reading in a file.

    Raises:
        ConfigError: There is no secret.
    """

    def __init__(self, config: Callable[[], Config], clock: Callable[[], datetime], take: Take) -> None:
        self._config = config
        self._clock = clock
        self._take = take
        self._secret = load_handover_secret(config())
        self._one = asyncio.Semaphore(1)

    async def __call__(self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
        """Answer one request."""
        try:
            status, document = HTTPStatus.OK, await self._answer(scope, receive)
        except HandOverError as error:
            logger.warning("handover_refused status=%d reason=%s", error.status, error)
            status, document = HTTPStatus(error.status), {"problem": str(error)}
        except MonitorError as error:
            logger.exception("handover_failed")
            status, document = HTTPStatus.SERVICE_UNAVAILABLE, {"problem": str(error)}
        body = json.dumps(document, ensure_ascii=False).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status.value, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Any, receive: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        raw = (scope.get("raw_path") or scope["path"].encode()).decode("ascii", "replace")
        request = SignedRequest(scope["method"], f"http://archive.invalid{raw}", headers)
        checked = check_signature(request, self._secret)
        named = _SOURCE.fullmatch(raw)
        if named is None or request.method not in ("GET", "POST"):
            raise HandOverError(raw, "det finns ingenting här; väntade GET eller POST av /inlasning/KÄLLA", 404)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MOST_BYTES:
            raise HandOverError(raw, f"läsningen är större än {MOST_BYTES} byte", 413)
        async with self._one:
            body = await _read_body(receive)
            check_body(request, checked, body, self._secret)
            if request.method == "GET":
                return {"context": await asyncio.to_thread(self._context, unquote(named[1]))}
            return {"report": asdict(await asyncio.to_thread(self._store, unquote(named[1]), body))}

    def _context(self, source_id: str) -> Any:
        config = self._config()
        source = _known_source(config, source_id)
        with open_archive(config.archive) as archive:
            return _CONTEXTS.dump_python(load_context(archive.db, source.id), mode="json")

    def _store(self, source: str, body: bytes) -> RunReport:
        folder = self._config().data_dir / _INCOMING
        folder.mkdir(exist_ok=True)
        path = folder / f"{uuid.uuid4().hex}.reading"
        try:
            write_atomically(path, body, private=True)
            return self._take(source, path)
        except OSError as error:
            raise HandOverError(path.name, f"läsningen går inte att ta emot: {error}", 503) from error
        finally:
            path.unlink(missing_ok=True)


async def _read_body(receive: Callable[[], Awaitable[Any]]) -> bytes:
    """Return the body of a request, whole.

    Raises:
        HandOverError: It is too large, or the sender hung up.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HandOverError(_INCOMING, "sändningen bröts", 400)
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise HandOverError(_INCOMING, f"läsningen är större än {MOST_BYTES} byte", 413)
        if not message.get("more_body"):
            return bytes(body)
