"""Scheduler: a heartbeat asks which jobs are due and runs them, one process after the other, until told to stop."""

from __future__ import annotations

import logging
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from monitor.archive import lock
from monitor.archive.connection import Database
from monitor.archive.scheduler import (
    count_due_mails,
    finish_job,
    first_run,
    forget_ahead,
    last_jobs,
    last_readings,
    recover_jobs,
    start_job,
    unaccepted_sources,
)
from monitor.config import Config, CurrentConfig
from monitor.digest.wording import iso_week
from monitor.errors import LockedError, MonitorError
from monitor.jobs.child import ProcessResult, run_child
from monitor.jobs.due import RETRY_DELAYS, DueJob, Lane, ScheduleFacts, due_jobs
from monitor.jobs.health import lost_sources
from monitor.jobs.interest import is_letter_due
from monitor.jobs.letter import store_letter
from monitor.jobs.members import open_installation
from monitor.jobs.receipts import is_receipt_due
from monitor.jobs.status import JOB_NAMES
from monitor.vocabulary import DONE_JOBS, JobState

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 60
_JOB_LIMIT_MINUTES = 45
"""Minutes that a job may take at most; the reading of sources has a setting of its own (schedule.longest)."""
_GRACE_SECONDS, _CRAWL_GRACE_SECONDS = 7.0, 3.0
"""Seconds that a job has to end when the scheduler is told to stop; the whole is to take less than ten."""
Execute = Callable[[Config, DueJob, float], ProcessResult]
"""Runner of one job for at most so many seconds."""


class InstallationWork:
    """Work of one installation: which jobs are due there, and doing them, by its settings as they are when it looks.

    Args:
        config: The installation.
        clock: Source of the time.
        execute: Runner of one job.
    """

    def __init__(self, config: Config, clock: Callable[[], datetime], execute: Execute) -> None:
        self._current = CurrentConfig(config)
        self._clock = clock
        self._execute = execute
        self._since: datetime | None = None

    @property
    def config(self) -> Config:
        """Return the settings in force."""
        return self._current.get()

    def begin(self) -> None:
        """Store that the scheduler runs, and mark the jobs that were running when it last died as interrupted.

        Raises:
            ArchiveError: The archive cannot be used.
        """
        with open_installation(self.config) as archive:
            for name in recover_jobs(archive.db, self._clock()):
                logger.warning("job_interrupted job=%s", name)
            # Only at the start: a clock that goes wrong later must not delete what the right one has stored.
            deleted = forget_ahead(archive.db, self._clock())
            if deleted:
                logger.warning("clock_jumped jobs_forgotten=%d", deleted)
            self._since = first_run(archive.db, self._clock())

    def next_jobs(self) -> dict[Lane, str]:
        """Return the name of the first job that is due in each lane; a lane without work is left out.

        Raises:
            ArchiveError: The archive cannot be used.
        """
        config = self.config
        with open_installation(config) as archive:
            first = {lane: self._first_due(config, archive.db, lane) for lane in Lane}
        return {lane: due.name for lane, due in first.items() if due is not None}

    def do_next(self, lane: Lane) -> bool:
        """Do the first job that is due in a lane; return False when none is.

        Raises:
            ArchiveError: The archive cannot be used.
        """
        config = self.config
        with open_installation(config) as archive:
            due = self._first_due(config, archive.db, lane)
            if due is None:
                return False
            now = self._clock()
            attempt = start_job(archive.db, due.name, due.due, now)
            logger.info("job_started job=%s due=%s attempt=%d", due.name, due.due.isoformat(), attempt)
            minutes = config.schedule.longest if due.name == "crawl" else _JOB_LIMIT_MINUTES
            ended = self._execute(config, due, 60.0 * minutes)
            now = self._clock()
            finish_job(archive.db, due.name, due.due, ended.state, ended.code, ended.stderr_tail, now)
            level = logging.INFO if ended.state in (*DONE_JOBS, JobState.INTERRUPTED) else logging.ERROR
            logger.log(
                level, "job_finished job=%s state=%s code=%s stderr=%r", due.name, ended.state, ended.code, ended.stderr_tail
            )
            if ended.state == JobState.HUNG or (ended.state == JobState.FAILED and attempt > len(RETRY_DELAYS)):
                _notify_coordinator(config, archive.db, due, ended, now)
        return True

    def _first_due(self, config: Config, db: Database, lane: Lane) -> DueJob | None:
        now = self._clock()
        assert self._since is not None, "begin comes first"
        facts = ScheduleFacts(
            jobs=last_jobs(db, now),
            readings=last_readings(db, now),
            unaccepted=unaccepted_sources(db),
            lost=[source.id for source in lost_sources(config, db, now)] if lane is Lane.ARCHIVE else (),
            mails=count_due_mails(db, now) + is_letter_due(config, db, now) + is_receipt_due(config, db, now),
            since=self._since,
        )
        return next(iter(due_jobs(config, facts, now, lane)), None)


class Worker:
    """Worker that does the due jobs of one or several installations."""

    def __init__(
        self, configs: Sequence[Config], clock: Callable[[], datetime], execute: Execute, stop: threading.Event | None = None
    ) -> None:
        self._installations = [InstallationWork(config, clock, execute) for config in configs]
        self.stop = stop or threading.Event()
        self._last_errors: dict[tuple[str, Lane], str] = {}

    def begin(self) -> None:
        """Begin the work of every installation.

        Raises:
            ArchiveError: An archive cannot be used.
        """
        for installation in self._installations:
            installation.begin()

    def work(self, lane: Lane) -> None:
        """Do the due jobs of one lane until none is due.

        An installation that fails does not stop the others.
        """
        for installation in self._installations:
            key = (str(installation.config.data_dir), lane)
            try:
                while not self.stop.is_set() and installation.do_next(lane):
                    pass
                self._last_errors.pop(key, None)
            except (MonitorError, sqlite3.Error) as error:
                if self._last_errors.get(key) != str(error):
                    logger.error("schedule_blocked archive=%s reason=%s", installation.config.archive, error)
                self._last_errors[key] = str(error)
            if self.stop.is_set():
                return


def _notify_coordinator(config: Config, db: Database, due: DueJob, ended: ProcessResult, now: datetime) -> None:
    """Write to the coordinator that a job hung or failed for good; once a week about one job."""
    name = JOB_NAMES[due.name]
    trouble = "tog för lång tid och avbröts" if ended.state == JobState.HUNG else "har misslyckats flera gånger"
    week = iso_week(now.astimezone(config.zone).date())
    store_letter(
        config,
        db,
        f"{week}-larm-{due.name}",
        f"EU-bevakningen behöver hjälp: {name} {trouble}",
        [
            f"{name[0].upper()}{name[1:]} {trouble}. Det skulle ha gjorts {due.due.astimezone(config.zone):%Y-%m-%d kl. %H.%M}.",
            f"Programmet sa: {ended.stderr_tail or 'ingenting'}",
            "Inget är förlorat: det som inte blev gjort görs nästa gång."
            " Be it-avdelningen köra ”monitor doctor” och läsa monitor.log.",
        ],
        now,
    )


def run(configs: Sequence[Config], clock: Callable[[], datetime], *, once: bool = False, fixed_clock: bool = False) -> None:
    """Work until SIGTERM or SIGINT, or with `once` until nothing is due.

    Args:
        configs: The installations; the first one reads the sources.
        clock: Source of the time.
        once: Stop when nothing is due.
        fixed_clock: Pass the time of `clock` on to the jobs, which else read the clock themselves.

    Raises:
        LockedError: Another scheduler has an installation.
        ArchiveError: An archive cannot be used.
    """
    stop = threading.Event()
    worker = Worker(configs, clock, in_child_processes(stop, clock if fixed_clock else lambda: None), stop)
    with _locks(configs), set_on_signals(stop):
        worker.begin()
        logger.info("schedule_started installations=%d", len(configs))
        if once:
            for lane in (Lane.ARCHIVE, Lane.TRANSLATION, Lane.MAIL):
                worker.work(lane)
        else:
            _run_heartbeat(configs[0], worker, stop)
        logger.info("schedule_stopped")


def in_child_processes(stop: threading.Event, moment: Callable[[], datetime | None]) -> Execute:
    """Return the runner that does each job as a child process until `stop` is set.

    Args:
        stop: Ends the process that runs, as interrupted, when it is set.
        moment: Source of the time that replaces the clock of the process; None leaves it its own.
    """

    def execute(config: Config, due: DueJob, limit: float) -> ProcessResult:
        # A reading that is cut short is begun anew; a mail under way is better finished.
        grace = _CRAWL_GRACE_SECONDS if due.name == "crawl" else _GRACE_SECONDS
        return run_child(config, due.command, limit=limit, stop=stop, grace=grace, moment=moment())

    return execute


def _run_heartbeat(config: Config, worker: Worker, stop: threading.Event) -> None:
    """Let each lane of the worker run in a thread of its own, once a minute, until `stop` is set."""
    from apscheduler.schedulers.background import BackgroundScheduler

    # The archive says which jobs are due: a beat that comes late, or not at all, loses nothing.
    defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone=config.zone, job_defaults=defaults)
    for lane in Lane:
        scheduler.add_job(
            worker.work,
            "interval",
            seconds=HEARTBEAT_SECONDS,
            args=[lane],
            next_run_time=datetime.now(UTC) + timedelta(seconds=0.1),
        )
    scheduler.start()
    try:
        while not stop.wait(timeout=1):
            pass
    finally:
        stop.set()
        scheduler.shutdown(wait=True)


@contextmanager
def _locks(configs: Sequence[Config]) -> Iterator[None]:
    """Hold the scheduler's lock of every installation."""
    if not configs:
        yield
        return
    try:
        with lock(configs[0].data_dir, "run"), _locks(configs[1:]):
            yield
    except LockedError as error:
        raise LockedError(str(configs[0].data_dir), "monitor run är redan igång här") from error


@contextmanager
def set_on_signals(stop: threading.Event) -> Iterator[None]:
    """Set `stop` on SIGTERM and SIGINT; the running job is then ended, and begun again at the next start."""
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
