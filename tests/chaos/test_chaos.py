"""A spread of faults for every job; `python -m tests.chaos` tries all of them. The harness itself finds carelessness."""

import os
import sqlite3
from itertools import islice
from pathlib import Path

import pytest

from tests.chaos.child import Seams
from tests.chaos.faults import CLOCK, KILLED, Fault, Kind
from tests.chaos.jobs import JOBS
from tests.chaos.rounds import Rounds
from tests.chaos.sqlite_seams import has_sqlite_seams
from tests.chaos.stages import serve_stages

pytestmark = [
    pytest.mark.skipif(
        os.name != "posix" or not Path("/proc/self/fd").is_dir(), reason="paths of open files are read from /proc"
    ),
    pytest.mark.skipif(not has_sqlite_seams(), reason="this Python hides the C interface of its SQLite"),
]
SHARE = {"first crawl": 1, "crawl": 2, "upgrade": 2}
"""Faults per job in the suite, where these are others than three: reading takes longest."""


@pytest.fixture(scope="module")
def stages(tmp_path_factory):
    with serve_stages(tmp_path_factory.mktemp("chaos") / "stages") as stages:
        yield stages


@pytest.mark.parametrize("job", JOBS)
def test_a_job_that_meets_a_fault_loses_nothing_and_tells_nothing_twice(stages, job):
    rounds = Rounds(stages, job)
    faults = [fault for fault in rounds.baseline.faults() if fault.seam not in ("sqlite.read", CLOCK)]
    share = SHARE.get(job, 3)
    step = len(faults) // share
    met = [rounds.meet(fault) for fault in islice(faults, step // 2, None, step)]
    assert len(met) >= share
    assert [str(each) for each in met if each.problems] == []
    assert all(each.hit for each in met) or job in ("crawl", "first crawl"), "without the network, a job is the same each time"
    assert (sum(each.lost for each in met), sum(each.doubled for each in met)) == (0, 0)


def test_a_job_by_a_clock_of_last_year_tells_nothing_twice_and_loses_nothing(stages):
    """One of the jumps that `python -m tests.chaos --seam clock` tries at every job; before it was refused, it told a day twice."""
    met = Rounds(stages, "digest").meet(Fault(CLOCK, 1, Kind.YEAR_BACK))
    assert (met.problems, met.lost, met.doubled) == ([], 0, 0)


def in_a_child(folder, fault, work):
    """Do some work in a fork that meets a fault; return its exit code."""
    report = folder.with_name("report")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            Seams(folder, fault, report)()
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("is_synced", [False, True])
def test_a_file_that_is_renamed_without_a_sync_is_empty_after_a_power_cut(tmp_path, is_synced):
    folder = tmp_path / "data"
    folder.mkdir()

    def write():
        with (folder / "new").open("w") as file:
            file.write("text")
            file.flush()
            if is_synced:
                os.fsync(file.fileno())
        (folder / "new").replace(folder / "file")
        (folder / "other").rename(folder / "another")

    (folder / "other").touch()
    assert in_a_child(folder, Fault("file.rename", 2, Kind.POWER), write) == KILLED
    assert (folder / "file").read_text() == ("text" if is_synced else "")


@pytest.mark.parametrize("synchronous", ["FULL", "OFF"])
def test_a_commit_that_is_not_synced_is_undone_by_a_power_cut(tmp_path, synchronous):
    folder = tmp_path / "data"
    folder.mkdir()
    path = folder / "a.db"

    def write():
        db = sqlite3.connect(path, isolation_level=None)
        db.execute(f"PRAGMA synchronous = {synchronous}")
        db.execute("CREATE TABLE t (a)")
        db.execute("INSERT INTO t VALUES (1)")
        # Reached when both commits are done.
        (folder / "one").replace(folder / "two")

    (folder / "one").touch()
    assert in_a_child(folder, Fault("file.rename", 1, Kind.POWER), write) == KILLED
    with sqlite3.connect(path) as db:
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    db.close()
    assert tables == (1 if synchronous == "FULL" else 0)


def test_every_kind_of_error_of_a_full_or_broken_disk_reaches_sqlite(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    names = {
        Fault("sqlite.write", 1, Kind.FULL): "SQLITE_FULL",
        Fault("sqlite.write", 1, Kind.IO): "SQLITE_IOERR_WRITE",
        Fault("sqlite.sync", 1, Kind.IO): "SQLITE_IOERR_FSYNC",
        Fault("sqlite.open", 1, Kind.RIGHTS): "SQLITE_CANTOPEN",
    }
    for number, (fault, name) in enumerate(names.items()):

        def write(number=number):
            try:
                db = sqlite3.connect(folder / f"{number}.db")
                db.execute("CREATE TABLE t (a)")
            except sqlite3.OperationalError as error:
                (tmp_path / str(number)).write_text(error.sqlite_errorname)

        assert in_a_child(folder, fault, write) == 0
        assert (tmp_path / str(number)).read_text() == name
