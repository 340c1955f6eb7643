"""Reading of the sources on a cluster: each source is a task of its own, done by a worker that hands over what it read.

The worker that holds the installation makes the tasks as its job `crawl`. A task whose worker dies is given to another one by
Dask; what other tasks have read is stored meanwhile.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from distributed import Client, Future

from monitor.config import Config
from monitor.jobs.child import ProcessResult, run_child
from monitor.jobs.due import DueJob
from monitor.schedule import Execute, in_child_processes
from monitor.vocabulary import DONE_JOBS, JobState

logger = logging.getLogger(__name__)
_POLL_SECONDS = 0.5
_GRACE_SECONDS = 120
"""Seconds that the process of a source has beyond the source's own limit, for handing over what it read."""


def reading_resource(municipality: str) -> str:
    """Return the name under which workers offer to read sources of an installation, by the name of its municipality."""
    return f"reading {municipality}"


@dataclass(frozen=True, slots=True)
class SourceReader:
    """Reader of sources on this machine, which has no archive and hands over what it reads."""

    config: Config
    stop: threading.Event
    """Ends the processes that read when it is set."""

    def read(self, source: str, moment: datetime | None) -> ProcessResult:
        """Read one source in a process of its own and hand the reading over."""
        limit = self.config.network.source_timeout + _GRACE_SECONDS
        ended = run_child(self.config, ("crawl", source), limit=limit, stop=self.stop, grace=3.0, moment=moment)
        problems = ended.answer.get("problems") if isinstance(ended.answer, dict) else None
        if problems:
            # The command has done its work, and the archive has not stored it.
            return ProcessResult(JobState.FAILED, ended.code, str(problems[0]["problem"]))
        return ended


_reader: SourceReader | None = None
"""Reader of this process: a task arrives as the name of a function and its arguments."""


@contextmanager
def reading_here(reader: SourceReader | None) -> Iterator[None]:
    """Let the tasks that arrive in this process be done by a reader; None for a process that reads nothing."""
    global _reader
    _reader = reader
    try:
        yield
    finally:
        _reader = None


def read_source(source: str, moment: datetime | None) -> ProcessResult:
    """Read one source on the worker that was given the task; a task of Dask."""
    if _reader is None:
        return ProcessResult(JobState.FAILED, stderr_tail="arbetaren läser inga källor längre")
    return _reader.read(source, moment)


def on_cluster(address: str, stop: threading.Event, moment: Callable[[], datetime | None]) -> Execute:
    """Return the runner that hands each source to the workers that read, and does any other job as a child process here.

    Where no worker offers to read, the sources are read here, as one job.

    Args:
        address: Address of the Dask scheduler.
        stop: Ends the job that runs, as interrupted, when it is set.
        moment: Source of the time that replaces the clock of the processes; None leaves it their own.
    """
    here = in_child_processes(stop, moment)

    def execute(config: Config, due: DueJob, limit: float) -> ProcessResult:
        if due.name != "crawl":
            return here(config, due, limit)
        try:
            with Client(address, set_as_default=False) as client:
                resource = reading_resource(config.municipality.name)
                if _is_offered(client, resource):
                    return _read_all(client, resource, due.command[1:], moment(), limit, stop)
        except (OSError, RuntimeError) as error:
            return ProcessResult(JobState.INTERRUPTED, stderr_tail=f"Dasks schemaläggare svarar inte: {error}")
        return here(config, due, limit)

    return execute


def _is_offered(client: Client, resource: str) -> bool:
    return any(worker["resources"].get(resource) for worker in client.scheduler_info(n_workers=-1)["workers"].values())


def _read_all(
    client: Client,
    resource: str,
    sources: tuple[str, ...],
    moment: datetime | None,
    limit: float,
    stop: threading.Event,
) -> ProcessResult:
    """Hand each source to a worker and wait for all; what one read is stored whatever becomes of the others."""
    futures: dict[str, Future[ProcessResult]] = {
        # The first part of Dask's key is the group under which its dashboard shows the task.
        source: client.submit(read_source, source, moment, key=("read", source, uuid4().hex), resources={resource: 1}, pure=False)
        for source in sources
    }
    logger.info("sources_handed_out sources=%d", len(futures))
    ended: queue.SimpleQueue[Future[ProcessResult]] = queue.SimpleQueue()
    for future in futures.values():
        future.add_done_callback(ended.put)
    end, waiting = time.monotonic() + limit, len(futures)
    while waiting and not stop.is_set() and time.monotonic() < end and client.status == "running":
        with suppress(queue.Empty):
            ended.get(timeout=_POLL_SECONDS)
            waiting -= 1
    results = {source: _result(future) for source, future in futures.items()}
    client.cancel(list(futures.values()))
    return _joined(results, interrupted=stop.is_set() or client.status != "running")


def _result(future: Future[ProcessResult]) -> ProcessResult:
    """Return the result of a task; of one that has not ended, or that Dask gave up, a failure."""
    if future.status == "finished":
        return future.result()
    text = "är inte läst i tid" if future.status == "pending" else f"gavs upp av Dask ({future.status})"
    return ProcessResult(JobState.FAILED, stderr_tail=text)


def _joined(results: dict[str, ProcessResult], *, interrupted: bool) -> ProcessResult:
    """Return the result of the whole job: done when every source was read and handed over."""
    failed = {source: result for source, result in results.items() if result.state not in DONE_JOBS}
    reports = [row for result in results.values() if isinstance(result.answer, dict) for row in result.answer.get("sources", ())]
    answer = {"sources": reports}
    if interrupted and failed:
        return ProcessResult(JobState.INTERRUPTED, answer=answer)
    if failed:
        tail = "; ".join(f"{source}: {result.stderr_tail or result.state}" for source, result in failed.items())
        return ProcessResult(JobState.FAILED, None, tail[:600], answer)
    attention = any(result.state is JobState.ATTENTION for result in results.values())
    return ProcessResult(JobState.ATTENTION if attention else JobState.DONE, int(attention), "", answer)
