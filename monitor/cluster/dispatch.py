"""Dispatcher: hands the due jobs of all installations to the Dask workers that hold them."""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from distributed import Client, Future

from monitor.archive import lock
from monitor.cluster.worker import JobReport, do_work, resource_name
from monitor.config import Config
from monitor.errors import LockedError, MonitorError
from monitor.jobs.due import Lane
from monitor.jobs.members import member_files
from monitor.schedule import HEARTBEAT_SECONDS, set_on_signals

logger = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
_LIST_SECONDS = 5.0
"""Seconds between two looks at which installations have a worker."""
_STRANDED_SECONDS = 120.0
"""Seconds after which a single run gives up installations that no worker offers."""
_READING_JOBS = ("crawl", "match")
"""Jobs of the installation that reads, which the digests of its members wait for."""

_TaskKey = tuple[str, Lane | None]
"""Installation and lane of a task; no lane for a look at what is due."""


class ClusterError(MonitorError):
    """Error in reaching the Dask scheduler."""


class Dispatcher:
    """Dispatcher of one installation and its members, which knows no file of theirs: their names are those that workers offer.

    Args:
        client: Connection to the Dask scheduler.
        config: The installation that reads; its name begins the names that belong to it.
        moment: Source of the time that replaces the workers' clocks; None for none.
    """

    def __init__(self, client: Client, config: Config, moment: Callable[[], datetime] | None) -> None:
        self.client = client
        self._reader = resource_name(config)
        self._moment = moment
        self._running: dict[_TaskKey, Future[JobReport]] = {}
        self._ended: queue.SimpleQueue[tuple[_TaskKey, Future[JobReport]]] = queue.SimpleQueue()
        self._reading = False
        self._members_wait = False
        self._known = {self._reader, *(resource_name(config, file.parent.name) for file in member_files(config))}
        self._unheld: set[str] = set()
        self._errors: dict[str, str] = {}
        self.is_lost = False
        """True when tasks were lost with their scheduler since the last beat."""

    @property
    def is_idle(self) -> bool:
        """Return whether no task is under way."""
        return not self._running

    def stranded(self) -> list[str]:
        """Return the installations whose tasks wait for a worker, when no other task is under way; else nothing."""
        waiting = {name for name, _ in self._running}
        return sorted(waiting) if waiting and waiting <= self._unheld else []

    def beat(self) -> None:
        """Ask the worker of every installation for its due jobs; the members' after the reader's, if it has a worker.

        The task of an installation without a worker waits in Dask's scheduler until a stand-by offers its name.
        """
        self.is_lost = False
        self.list_workers()
        self._members_wait = True
        self._submit(self._reader, None, "look")
        if self._reader in self._unheld:
            self._look_at_members()

    def list_workers(self) -> None:
        """Note which installations have a worker now, and log those that lack one when they change."""
        workers = self.client.scheduler_info()["workers"].values()
        held = {
            name for worker in workers for name, number in worker["resources"].items() if number and name.startswith(self._reader)
        }
        self._known |= held
        if (unheld := self._known - held) - self._unheld:
            logger.error("installations_without_worker names=%s", ", ".join(sorted(unheld)))
        self._unheld = unheld

    def handle_ended(self, timeout: float) -> None:
        """Wait up to `timeout` seconds for a task to end, and hand out the jobs that are due after it."""
        try:
            key, future = self._ended.get(timeout=timeout)
        except queue.Empty:
            return
        name, _ = key
        if self._running.get(key) is future:
            del self._running[key]
        report = self._report(future)
        future.release()
        if report.error and self._errors.get(name) != report.error:
            logger.error("installation_blocked name=%s reason=%s", name, report.error)
        self._errors[name] = report.error
        for lane, job in report.due.items():
            self._submit(name, lane, job)
        if name == self._reader:
            self._reading = report.due.get(Lane.ARCHIVE) in _READING_JOBS
            if self._members_wait and not self._reading:
                self._look_at_members()

    def _look_at_members(self) -> None:
        self._members_wait = False
        for name in sorted(self._known - {self._reader}):
            self._submit(name, None, "look")

    def _submit(self, name: str, lane: Lane | None, job: str) -> None:
        """Hand a task to Dask, unless one of the same kind is under way there."""
        key = (name, lane)
        if key in self._running:
            return
        moment = self._moment() if self._moment else None
        # The first part of Dask's key is the group under which its dashboard shows the task.
        dask_key = (job, name, uuid4().hex)
        future = self.client.submit(do_work, name, lane, moment, key=dask_key, resources={name: 1}, pure=False)
        self._running[key] = future
        future.add_done_callback(lambda done: self._ended.put((key, future)))

    def _report(self, future: Future[JobReport]) -> JobReport:
        """Return the report of a task; of one that Dask gave up or lost with its scheduler, an error: the next beat asks anew."""
        if future.status == "finished":
            return future.result()
        self.is_lost |= future.status in ("cancelled", "lost")
        return JobReport(error=f"uppgiften avbröts av Dask ({future.status})")


def run_on_cluster(
    config: Config, address: str, clock: Callable[[], datetime], *, once: bool = False, fixed_clock: bool = False
) -> None:
    """Hand out due jobs until SIGTERM or SIGINT, or with `once` until nothing is due.

    Args:
        config: The installation that reads.
        address: Address of the Dask scheduler, such as `tcp://host:8786`.
        clock: Source of the time.
        once: Stop when nothing is due.
        fixed_clock: Let the workers use the time of `clock` instead of their own.

    Raises:
        LockedError: Another process hands out the jobs of this installation.
        ClusterError: The scheduler cannot be reached at the start; or, with `once`, installations have no worker.
    """
    stop = threading.Event()
    try:
        with lock(config.data_dir, "cluster"), set_on_signals(stop):
            dispatcher = Dispatcher(_connect(address), config, clock if fixed_clock else None)
            logger.info("dispatch_started scheduler=%s", address)
            try:
                while not _dispatch(dispatcher, stop, once=once):
                    dispatcher.client.close()
                    dispatcher.client = _reconnect(address, stop) or dispatcher.client
            finally:
                dispatcher.client.close()
            logger.info("dispatch_stopped")
    except LockedError as error:
        raise LockedError(str(config.data_dir), "monitor run --cluster är redan igång här") from error


def _dispatch(dispatcher: Dispatcher, stop: threading.Event, *, once: bool) -> bool:
    """Hand out jobs; return True when all is done or `stop` is set, False when the connection is gone."""
    next_beat = next_list = 0.0
    progress = time.monotonic()
    while not stop.is_set():
        if dispatcher.client.status == "closed":
            return False
        now = time.monotonic()
        try:
            if now >= next_beat or (dispatcher.is_lost and dispatcher.client.status == "running"):
                dispatcher.beat()
                next_beat = math.inf if once else now + HEARTBEAT_SECONDS
            elif now >= next_list:
                dispatcher.list_workers()
                next_list = now + _LIST_SECONDS
            dispatcher.handle_ended(_POLL_SECONDS)
        except (OSError, RuntimeError) as error:
            logger.error("scheduler_lost reason=%s", error)
            stop.wait(_POLL_SECONDS)
        if once and dispatcher.is_idle and not dispatcher.is_lost:
            return True
        progress = progress if dispatcher.stranded() else now
        if once and now - progress > _STRANDED_SECONDS:
            names = ", ".join(dispatcher.stranded())
            raise ClusterError(names, "ingen arbetare har installationen; starta monitor worker på datorn med dess filer")
    return True


def _connect(address: str) -> Client:
    try:
        return Client(address, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(address, f"Dasks schemaläggare svarar inte: {error}") from error


def _reconnect(address: str, stop: threading.Event) -> Client | None:
    """Connect again after the scheduler was lost, trying until `stop` is set."""
    while not stop.is_set():
        try:
            return _connect(address)
        except ClusterError as error:
            logger.error("scheduler_unreachable reason=%s", error)
            stop.wait(_POLL_SECONDS)
    return None
