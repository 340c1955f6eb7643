"""Row: a night of three nations on a Dask cluster of a scheduler, three readers and nine workers, while some of them die."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.archives import filled_archive, settings_text, shipped_rules
from benchmarks.generate import NOW, Inputs
from benchmarks.measure import Line, server
from monitor.archive.codec import stamp
from monitor.archive.scheduler import finish_job, first_run, start_job
from monitor.config import load_config, load_sources
from monitor.jobs.due import last_weekly
from monitor.jobs.members import open_installation

NATIONS, WORKERS = 3, 9
STEPS = (1, 4, 16)
_LOOKS = 100
_SETTLED = ("match", "corrections", "note", "canary", "tidy", "awards", "documents")
"""Jobs that are done before the night: what is left is a back-up of each reader, and the members' mails."""
_SCHEDULER = "tcp://127.0.0.1:{port}"


def measure(inputs: Inputs, quick: bool, *, members: int = 3, growth: bool = True) -> list[Line]:
    """Measure the row `cluster`.

    Args:
        inputs: Source of the calls.
        quick: One member in each nation, one mail each, no growth.
        members: Members of each nation.
        growth: Also nights of one, four and sixteen times as many members, in which nothing dies.
    """
    members = 1 if quick else members
    departments = list(shipped_rules().departments)[: 1 if quick else None]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        base = _make_reader(Path(folder) / "base", inputs, 20 if quick else 600)
        night = run_night(base, Path(folder) / "night", members, departments, deaths=True)
        look = look_milliseconds(base)
        nights = {}
        if growth and not quick:
            for step in STEPS:
                nights[step] = run_night(base, Path(folder) / f"night{step}", step, departments, deaths=False)
    what = "CPU of one look at what is due in an installation, once a minute"
    return [*_lines(night), Line(row="cluster", what=what, unit="ms", value=look, better="less"), *_growth(nights)]


def look_milliseconds(home: Path) -> float:
    """Return the CPU that a worker needs to look at what is due in an installation that it holds."""
    from monitor.cluster.worker import HeldInstallation  # needs Dask

    held = HeldInstallation(load_config(home / "monitor.toml"), threading.Event(), threading.Semaphore(1), "")
    held.report(None, monday())
    begun = time.thread_time()
    for _ in range(_LOOKS):
        held.report(None, monday())
    return (time.thread_time() - begun) * 1000 / _LOOKS


@dataclass(kw_only=True)
class NightResult:
    """Result of one night."""

    members: int
    """Members of all nations."""
    expected: int
    """Mails that were to go out."""
    mails: Counter[str]
    """Mails that the mail server took, by Message-ID."""
    seconds: float
    """Seconds from the start of the dispatchers until the last of them had nothing left to do."""
    cpu: float
    """Seconds of CPU of all processes of the cluster and of their jobs."""
    memory: dict[str, int]
    """Most bytes of memory of a process, by its kind."""
    deaths: list[str]
    """Processes that were killed, in order."""


def _lines(night: NightResult) -> list[Line]:
    what = f"{night.members} members of {NATIONS} nations, {night.expected} mails, on {WORKERS} workers"
    died = ", ".join(night.deaths)
    doubled = sum(number - 1 for number in night.mails.values())
    rows = [
        (f"mails lost: {what}; killed: {died}", "mails", float(night.expected - len(night.mails)), 0.0),
        (f"mails doubled: {what}; killed: {died}", "mails", float(doubled), 0.0),
        (f"time of the night: {what}", "seconds", night.seconds, None),
        (f"CPU of a member's night, all processes: {what}", "seconds", night.cpu / night.members, None),
        *((f"memory of {name} at its peak: {what}", "MB", size / 1e6, None) for name, size in sorted(night.memory.items())),
    ]
    lines = [Line(row="cluster", what=w, unit=unit, value=value, better="less", bound=bound) for w, unit, value, bound in rows]
    each = len(night.mails) / night.seconds / WORKERS
    return [*lines, Line(row="cluster", what=f"mails per second of a worker: {what}", unit="a second", value=each)]


def _growth(nights: dict[int, NightResult]) -> list[Line]:
    if not nights:
        return []
    cpu = {step: night.cpu for step, night in nights.items()}
    first, middle, last = STEPS
    step = (cpu[last] - cpu[middle]) / (last - middle) / ((cpu[middle] - cpu[first]) / (middle - first))
    told = ", ".join(f"{night.members} members {night.cpu:.0f} s of CPU, {night.seconds:.0f} s" for night in nights.values())
    what = f"a member's CPU from 4x to 16x over that from 1x to 4x ({told})"
    return [Line(row="cluster", what=what, unit="x linear", value=step, better="less", bound=1.2)]


def _make_reader(home: Path, inputs: Inputs, calls: int) -> Path:
    """Make an installation that has read and matched."""
    home.mkdir()
    off = "".join(f"[sources.{source.id}]\nenabled = false\n" for source in load_sources([], {}, "sources.toml"))
    (home / "monitor.toml").write_text(off, "utf-8")
    config = load_config(home / "monitor.toml")
    with filled_archive(config.archive, inputs.maker.calls(calls), match=True) as archive:
        _settle(archive.db, "digest")
    return home


def monday() -> datetime:
    """Return the moment of the night."""
    config = load_config(None)
    return last_weekly(config.schedule.digest, NOW + timedelta(days=7), config.zone) + timedelta(minutes=5)


def _settle(db: object, *more: str) -> None:
    first_run(db, monday() - timedelta(days=1))  # type: ignore[arg-type]
    for name in (*_SETTLED, *more):
        start_job(db, name, monday(), monday())  # type: ignore[arg-type]
        finish_job(db, name, monday(), "done", 0, "", monday())  # type: ignore[arg-type]


def _make_nations(base: Path, folder: Path, members: int, departments: list[str], port: int) -> list[Path]:
    homes = []
    for number in range(NATIONS):
        home = folder / f"nation{number}"
        shutil.copytree(base, home)
        text = (home / "monitor.toml").read_text("utf-8")
        (home / "monitor.toml").write_text(f'[municipality]\nname = "Nation {number}"\n{text}', "utf-8")
        for member in range(members):
            _add_member(home, f"kommun-{member:03}", departments, port)
        homes.append(home)
    return homes


def _add_member(home: Path, name: str, departments: list[str], port: int) -> None:
    folder, first = home / "members" / name, home / "members" / "kommun-000"
    folder.mkdir(parents=True)
    recipients = [(department, f"{department}@{name}.{home.name}.example") for department in departments]
    text = 'shared_archive = "../../data/archive.db"\n' + settings_text(port=port, recipients=recipients)
    (folder / "monitor.toml").write_text(text, "utf-8")
    if folder != first:
        shutil.copytree(first / "data", folder / "data")
        return
    with open_installation(load_config(folder / "monitor.toml")) as archive:
        _settle(archive.db, "backup")
        archive.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class ClusterProcess:
    """Process of the cluster, whose log is read as it comes.

    Args:
        name: Kind and number, such as `worker 3`.
        command: Command with its arguments.
        log: Called with each line of its log.
    """

    def __init__(self, name: str, command: list[str], log: Callable[[ClusterProcess, str], None]) -> None:
        self.name = name
        self.command = command
        self._log = log
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=_environment(), start_new_session=True)
        self.pid = self._process.pid
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._log(self, line)

    @property
    def is_running(self) -> bool:
        """Return whether the process has not ended."""
        return self._process.poll() is None

    def wait(self) -> int:
        """Wait for the end of the process, and return its exit code."""
        code = self._process.wait()
        self._reader.join()
        return code

    def kill(self) -> None:
        """Kill the process and all that it has started, as the death of a machine does."""
        import psutil

        for process in _tree(self.pid):
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        self.wait()

    def end(self) -> None:
        """Ask the process to end, and wait for that."""
        self._process.send_signal(signal.SIGTERM)
        self.wait()


@dataclass
class _Cluster:
    """Processes of the cluster, and which of them have died and been started again."""

    folder: Path
    running: dict[str, ClusterProcess] = field(default_factory=dict)
    held: Counter[str] = field(default_factory=Counter)
    backing_up: threading.Event = field(default_factory=threading.Event)
    registered: threading.Event = field(default_factory=threading.Event)
    deaths: list[str] = field(default_factory=list)
    spent: dict[int, float] = field(default_factory=dict)
    memory: Counter[str] = field(default_factory=Counter)

    def start(self, name: str, command: list[str]) -> ClusterProcess:
        process = self.running[name] = ClusterProcess(name, command, self._note)
        return process

    def _note(self, process: ClusterProcess, line: str) -> None:
        with (self.folder / f"{process.name}.log").open("a", encoding="utf-8") as file:
            file.write(line)
        if "installation_held" in line:
            self.held[process.name] += 1
        if process.name == "reader 1" and "job_started job=backup" in line:
            self.backing_up.set()
        if "Scheduler at:" in line:
            self.registered.set()

    def kill(self, name: str, *, again: bool) -> None:
        process = self.running.pop(name)
        process.kill()
        self.deaths.append(name.split()[0])
        if again:
            self.start(name, process.command)

    def sample(self) -> None:
        """Note the memory of each process and of its jobs, and the CPU that they have used."""
        import psutil

        for name, process in list(self.running.items()):
            tree = _tree(process.pid)
            try:
                own, jobs = tree[0], tree[1:]
                self.memory[kind(name)] = max(self.memory[kind(name)], own.memory_info().rss)
                for job in jobs:
                    self.memory["a job"] = max(self.memory["a job"], job.memory_info().rss)
                times = own.cpu_times()
                self.spent[process.pid] = times.user + times.system + times.children_user + times.children_system
            except (psutil.NoSuchProcess, IndexError):
                continue


def kind(name: str) -> str:
    """Return the kind of a process: `a worker` of `worker 3`."""
    return f"a {name.split()[0]}"


def _tree(pid: int) -> list:  # type: ignore[type-arg]
    import psutil

    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def run_night(base: Path, folder: Path, members: int, departments: list[str], *, deaths: bool) -> NightResult:
    """Let three nations of so many members each get their mails, and with `deaths` kill a reader, a worker and the scheduler."""
    folder.mkdir()
    taken = folder / "mails.txt"
    taken.touch()
    with server("mails", str(taken)) as port, _cluster(folder) as (cluster, address):
        homes = _make_nations(base, folder, members, departments, port)
        _start_workers(cluster, homes, members, address)
        expected = NATIONS * members * len(departments)
        cluster.sample()
        before = dict(cluster.spent)
        begun = time.perf_counter()
        dispatchers = [
            cluster.start(f"dispatcher {number}", _command(home, "run", "--cluster", address, "--once"))
            for number, home in enumerate(homes)
        ]
        _watch(cluster, dispatchers, taken, expected, deaths=deaths)
        seconds = time.perf_counter() - begun
        failed = [process.name for process in dispatchers if process.wait()]
        assert not failed, f"{failed} failed: see {folder}"
    return NightResult(
        members=NATIONS * members,
        expected=expected,
        mails=Counter(re.findall(r"^<\S+>$", taken.read_text("utf-8"), re.MULTILINE)),
        seconds=seconds,
        cpu=sum(used - before.get(pid, 0.0) for pid, used in cluster.spent.items()),
        memory=dict(cluster.memory),
        deaths=cluster.deaths,
    )


def _start_workers(cluster: _Cluster, homes: list[Path], members: int, address: str) -> None:
    """Start each nation's three workers, with a third of its members each, then its reader, a stand-by for all of them."""
    for number, home in enumerate(homes):
        for share in range(WORKERS // NATIONS):
            names = [f"kommun-{member:03}" for member in range(share, members, WORKERS // NATIONS)]
            patterns = [word for name in names or [""] for word in ("--members", name)]
            name = f"worker {number * (WORKERS // NATIONS) + share}"
            cluster.start(name, _command(home, "worker", address, "--no-reading", "--threads", "1", *patterns))
            _wait_until(lambda name=name, names=names: cluster.held[name] == len(names))  # type: ignore[misc]
        cluster.start(f"reader {number}", _command(home, "worker", address, "--threads", "1"))
    _wait_until(lambda: sum(cluster.held.values()) == NATIONS * (members + 1))


def _watch(cluster: _Cluster, dispatchers: list[ClusterProcess], taken: Path, expected: int, *, deaths: bool) -> None:
    """Sample the processes until the dispatchers end; kill a reader in its back-up, the others after so many mails."""
    plan = [("worker 0", 0.3, False), ("scheduler", 0.6, True)] if deaths else []
    reader = deaths
    while any(process.is_running for process in dispatchers):
        cluster.sample()
        if reader and cluster.backing_up.is_set():
            cluster.kill("reader 1", again=True)
            reader = False
        if plan and len(taken.read_text("utf-8").splitlines()) >= plan[0][1] * expected:
            name, _, again = plan.pop(0)
            cluster.kill(name, again=again)
        time.sleep(0.2)  # between two samples of the memory and CPU of processes that give no sign of their own
    cluster.sample()


@contextmanager
def _cluster(folder: Path) -> Iterator[tuple[_Cluster, str]]:
    import socket

    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    cluster = _Cluster(folder)
    dask = str(Path(sys.executable).with_name("dask"))
    try:
        cluster.start("scheduler", [dask, "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"])
        _wait_until(cluster.registered.is_set)
        yield cluster, _SCHEDULER.format(port=port)
    finally:
        for process in list(cluster.running.values()):
            process.kill()


def _wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 600
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError("the cluster did not start")
        time.sleep(0.1)  # the condition is read from the logs of other processes, which nothing can be waited on for


def _command(home: Path, *arguments: str) -> list[str]:
    clock = ["--now", stamp(monday())] if arguments[0] == "run" else []
    return [sys.executable, "-m", "monitor", "--config", str(home / "monitor.toml"), *clock, *arguments]


def _environment() -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**environment, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
