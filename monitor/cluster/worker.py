"""Worker of a Dask cluster: holds installations on its disk under their locks, offers their names, and does their jobs."""

from __future__ import annotations

import asyncio
import logging
import signal
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

import dask
from distributed import Status, Worker

from monitor.archive import lock
from monitor.cluster.reading import SourceReader, on_cluster, reading_here, reading_resource
from monitor.config import Config
from monitor.errors import LockedError, MonitorError
from monitor.jobs.due import Lane
from monitor.jobs.members import load_member, member_files
from monitor.schedule import InstallationWork, in_child_processes

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 5
"""Seconds between two tries to get the installations that another worker holds, and to reach a scheduler that is down."""
_END_SECONDS = 8
"""Seconds that the jobs have to end when the worker is told to stop."""


def resource_name(config: Config, member: str = "") -> str:
    """Return the name under which workers offer a member of the installation `config`; without `member`, that one itself."""
    return f"{config.municipality.name}/{member}"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """Report of a worker on one installation."""

    due: dict[Lane, str] = field(default_factory=dict)
    """Name of the job that is due next in each lane; a lane without work is left out."""
    error: str = ""
    """Error that keeps the installation from its work; empty for none."""


class HeldInstallation:
    """Installation that this process holds the lock of."""

    def __init__(self, config: Config, stop: threading.Event, slots: threading.Semaphore, address: str = "") -> None:
        execute = on_cluster(address, stop, lambda: self._moment) if address else in_child_processes(stop, lambda: self._moment)
        self._work = InstallationWork(config, self._now, execute)
        self._moment: datetime | None = None
        self._begun = False
        self._beginning = threading.Lock()
        self._slots = slots
        self._lanes = {lane: threading.Lock() for lane in Lane}

    def _now(self) -> datetime:
        return self._moment or datetime.now(self._work.config.zone)

    def report(self, lane: Lane | None, moment: datetime | None) -> JobReport:
        """Do the first due job of `lane`, if it is given, and report which jobs are due next.

        Args:
            lane: Lane of the job.
            moment: Time that replaces the clock.
        """
        self._moment = moment
        try:
            with self._beginning:
                if not self._begun:
                    self._work.begin()
                    self._begun = True
            if lane is not None:
                # A task of a scheduler that died may still run here when the next scheduler sends the same one.
                with self._lanes[lane], self._slots:
                    self._work.do_next(lane)
            return JobReport(due=self._work.next_jobs())
        except (MonitorError, sqlite3.Error) as error:
            return JobReport(error=str(error))


class Holdings:
    """Installations whose files are on this machine, as far as this process holds their lock `run`.

    The lock is the system's: it is free again the moment its holder dies, and a stand-by that waits for it takes over.

    Args:
        config: The installation that reads, whose settings the members' folders are beside.
        reading: Hold that installation as well.
        members: Patterns of the names of members to hold.
        threads: Number of jobs at the same time.
        reads: Number of sources to read at the same time, for a machine that hands over what it reads; else 0.
        address: Address of the Dask scheduler, for handing the sources to the workers that read; "" to read them here.
    """

    def __init__(
        self,
        config: Config,
        *,
        reading: bool,
        members: Sequence[str],
        threads: int = 1,
        reads: int = 0,
        address: str = "",
    ) -> None:
        self._config = config
        self._address = address
        # A machine that hands over what it reads has no archive of the installation.
        self._reading = reading and not config.handover.to
        self.reads = reads if config.handover.to else 0
        """Number of sources to read at the same time."""
        self._members = tuple(members)
        self._held: dict[str, HeldInstallation] = {}
        self._read: dict[Path, tuple[int, Config]] = {}
        self._locks = ExitStack()
        self._slots = threading.Semaphore(threads)
        self.threads = threads
        """Number of jobs at the same time."""
        self._told: set[tuple[str, str]] = set()
        self.stop = threading.Event()
        """Ends the jobs that run, as interrupted, when it is set."""

    def take(self) -> list[str]:
        """Take every installation that no other process holds; return the names of all that are held."""
        wanted = {resource_name(self._config): self._config.path} if self._reading else {}
        wanted |= {resource_name(self._config, file.parent.name): file for file in self._member_files()}
        for name, file in wanted.items():
            if name not in self._held:
                self._try_to_take(name, file)
        return list(self._held)

    def _member_files(self) -> list[Path]:
        return [
            file
            for file in member_files(self._config)
            if any(fnmatchcase(file.parent.name, pattern) for pattern in self._members)
        ]

    def _try_to_take(self, name: str, file: Path | None) -> None:
        try:
            config = self._settings(file)
            self._locks.enter_context(lock(config.data_dir, "run"))
        except LockedError:
            return
        except MonitorError as error:
            if (name, str(error)) not in self._told:
                logger.error("installation_refused name=%s reason=%s", name, error)
            self._told.add((name, str(error)))
            return
        self._held[name] = HeldInstallation(config, self.stop, self._slots, self._address)
        logger.info("installation_held name=%s", name)

    def _settings(self, file: Path | None) -> Config:
        """Return the settings of an installation; a stand-by asks for them at every look, so they are read when they change."""
        if file is None or file == self._config.path:
            return self._config
        try:
            changed = file.stat().st_mtime_ns
        except OSError:
            changed = 0
        if file not in self._read or self._read[file][0] != changed:
            self._read[file] = (changed, load_member(self._config, file))
        return self._read[file][1]

    def installation(self, name: str) -> HeldInstallation | None:
        """Return an installation that is held."""
        return self._held.get(name)

    def reader(self) -> SourceReader | None:
        """Return the reader of sources of this machine; None for one that reads none for others."""
        return SourceReader(self._config, self.stop) if self.reads else None

    @property
    def reading_resource(self) -> str:
        """Return the name under which this machine offers to read sources."""
        return reading_resource(self._config.municipality.name)

    def release(self) -> None:
        """Give every lock back."""
        self._held.clear()
        self._locks.close()


_holdings: Holdings | None = None
"""Holdings of this process: a task arrives as the name of a function and its arguments."""


def do_work(name: str, lane: Lane | None, moment: datetime | None) -> JobReport:
    """Do the first due job of an installation in a lane, if one is given, on the worker that holds it; a task of Dask.

    The worker asks the archive again which job is due: a task that waited long, or that Dask repeats after a worker's death,
    does nothing twice.
    """
    held = _holdings.installation(name) if _holdings is not None else None
    return held.report(lane, moment) if held is not None else JobReport(error="arbetaren har inte installationen längre")


def serve_installations(address: str, holdings: Holdings) -> None:
    """Work for the Dask scheduler at `address` until SIGTERM or SIGINT; wait for it while it cannot be reached.

    Args:
        address: `tcp://host:8786`, or `tls://` with Dask's own settings of certificates.
        holdings: Installations to hold.
    """
    global _holdings
    _holdings = holdings
    try:
        # A task waits for a child process: looking at its stack a hundred times a second would only show that.
        with dask.config.set({"distributed.worker.profile.enabled": False}), reading_here(holdings.reader()):
            asyncio.run(_serve(address, holdings))
    finally:
        holdings.release()
        _holdings = None


async def _serve(address: str, holdings: Holdings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    offers = _Offers(address, holdings.threads)
    # Locks are given back by the thread that took them, and settings take a while to read: one thread beside the loop.
    with ThreadPoolExecutor(1) as taker:
        while not stop.is_set():
            names = await asyncio.get_running_loop().run_in_executor(taker, holdings.take)
            await offers.offer(names)
            if holdings.reads:
                await offers.offer_reading(holdings.reading_resource, holdings.reads)
            await _wait(stop)
        holdings.stop.set()
        await offers.withdraw()
        await asyncio.get_running_loop().run_in_executor(taker, holdings.release)


class _Offers:
    """Offers of installations to a scheduler, each a Dask worker in this process with their names as its resources.

    Installations that are taken later get a worker of their own: Dask's scheduler looks for tasks that wait for a resource only
    when a worker registers, not when one changes its resources.
    """

    def __init__(self, address: str, threads: int) -> None:
        self._address = address
        self._threads = threads
        self._workers: list[tuple[Worker, dict[str, float]]] = []
        self._reachable = True

    async def offer(self, names: Sequence[str]) -> None:
        """Offer the installations that are not offered yet; all of them when the scheduler was lost."""
        if any(worker.status != Status.running for worker, _ in self._workers):
            await self.withdraw()
        # A job of each lane at a time: mails do not wait for a long reading.
        await self._register({name: float(len(Lane)) for name in names}, self._threads)

    async def offer_reading(self, resource: str, number: int) -> None:
        """Offer to read so many sources at the same time, beside the jobs of the installations."""
        await self._register({resource: float(number)}, number)

    async def _register(self, wanted: dict[str, float], threads: int) -> None:
        """Register a worker with the resources that are not offered yet."""
        offered = {name for _, resources in self._workers for name in resources}
        resources = {name: number for name, number in wanted.items() if name not in offered}
        if not resources:
            return
        try:
            worker = Worker(
                self._address,
                nthreads=threads,
                resources=resources,
                # The memory is that of the jobs, which are processes of their own; those the system watches.
                memory_limit=0,
                dashboard=False,
                death_timeout=_LOOK_SECONDS,
            )
            self._workers.append((await worker, resources))
            self._reachable = True
        except (OSError, RuntimeError) as error:
            if self._reachable:
                logger.error("scheduler_unreachable address=%s reason=%s", self._address, error)
            self._reachable = False

    async def withdraw(self) -> None:
        """Take the offers back, so that no task comes any more, and wait a while for those that run."""
        workers, self._workers = self._workers, []
        for worker, resources in workers:
            if worker.status == Status.running:
                with suppress(OSError):
                    await worker.set_resources(**dict.fromkeys(resources, 0.0))
        await asyncio.gather(*(worker.close(timeout=_END_SECONDS) for worker, _ in workers), return_exceptions=True)


async def _wait(stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), _LOOK_SECONDS)
    except TimeoutError:
        return
