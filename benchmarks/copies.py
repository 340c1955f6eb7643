"""Row: copies of an archive kept by Litestream: how much a kill loses, how long a mail waits for the copy, and a fail-over."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchmarks.archives import filled_archive
from benchmarks.generate import NOW, Inputs
from benchmarks.measure import Line
from monitor.archive import Archive, open_archive
from monitor.archive.files import load_secret
from monitor.calls import Call
from monitor.config import Config, load_config
from monitor.jobs.copies import CopyError, CopyFence, copied_databases, fetch_copy
from monitor.jobs.promote import promote

INTERVALS = (0.2, 1.0, 5.0)
"""Seconds between two copies, as `copy.seconds` has them."""
_SETTINGS = 'data_dir = "data"\n[copy]\nto = "file://{copy}"\nseconds = {seconds}\n'
_ROWS_PER_SECOND = 100


@dataclass(frozen=True, slots=True)
class Loss:
    """Loss at one kill."""

    rows: int
    """Committed rows that the copy has not."""
    seconds: float
    """Age of the oldest of them at the kill."""


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """Measure the row `copies`."""
    intervals = INTERVALS[:1] if quick else INTERVALS
    calls = list(inputs.maker.calls(20 if quick else 2000))
    lines = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        for interval in intervals:
            losses = [_kill(folder / f"{interval}-{number}", interval, number) for number in range(1 if quick else 5)]
            lines.append(
                Line(
                    row="copies",
                    what=f"age of the oldest row lost at a kill, copy.seconds = {interval:g}",
                    unit="s",
                    value=round(max(loss.seconds for loss in losses), 2),
                    better="less",
                    note=f"{len(losses)} kills, {_ROWS_PER_SECOND} commits a second; rows lost:"
                    f" {', '.join(str(loss.rows) for loss in losses)}",
                )
            )
        lines += _fail_over(folder / "archive", calls)
    return lines


def _kill(folder: Path, interval: float, number: int) -> Loss:
    """Commit rows at a steady rate, kill all that copies in the middle, and return what the copy has not."""
    with _kept(folder, interval) as (config, process), open_archive(config.archive) as archive:
        written: list[float] = []
        # Not always at the same moment of an interval.
        end = time.monotonic() + 2 * interval + 0.37 * interval * (number + 1)
        while time.monotonic() < end:
            _commit(archive, len(written))
            written.append(time.monotonic())
            time.sleep(1 / _ROWS_PER_SECOND)  # the rows come at a steady rate, which is what is measured
        _kill_tree(process)
        killed = time.monotonic()
    assert fetch_copy(config, copied_databases(config)[-1], folder / "copy.db")
    with closing(sqlite3.connect(folder / "copy.db")) as copy:
        (kept,) = copy.execute("SELECT count(*) FROM jobs WHERE name = 'bench'").fetchone()
    lost = written[kept:]
    return Loss(len(lost), killed - lost[0] if lost else 0.0)


def _fail_over(folder: Path, calls: Sequence[Call]) -> list[Line]:
    """Return the lines on the fence before mails and on a fail-over of an archive with some calls."""
    with _kept(folder, 1.0, calls) as (config, process):
        fence, waits = CopyFence(config, config), []
        with open_archive(config.archive) as archive:
            for number in range(20):
                _commit(archive, number)
                begun = time.perf_counter()
                fence.wait()
                waits.append(time.perf_counter() - begun)
        size = config.archive.stat().st_size
        _kill_tree(process)
    copied = sum(file.stat().st_size for file in (folder / "copy").rglob("*") if file.is_file())
    standby = folder / "standby"
    (standby / "data").mkdir(parents=True)
    shutil.copy2(folder / "data" / "secret", standby / "data" / "secret")
    (standby / "monitor.toml").write_text(_SETTINGS.format(copy=folder / "copy", seconds=1.0))
    begun = time.perf_counter()
    report = promote(load_config(standby / "monitor.toml"), NOW)
    took = time.perf_counter() - begun
    assert report.counts["calls"] == len(calls)
    what = f"of an archive of {len(calls)} calls"
    wait, longest = 1000 * statistics.median(waits), 1000 * max(waits)
    values = (
        ("wait of a mail for the copy", "ms", round(wait, 1), f"longest {longest:.0f} ms"),
        (f"size of the copy {what}", "MB", round(copied / 1e6, 1), f"the archive: {size / 1e6:.1f} MB"),
        (f"promotion {what}", "s", round(took, 2), ""),
    )
    return [Line(row="copies", what=name, unit=unit, value=value, better="less", note=note) for name, unit, value, note in values]


@contextmanager
def _kept(folder: Path, interval: float, calls: Sequence[Call] = ()) -> Iterator[tuple[Config, subprocess.Popen[bytes]]]:
    """Yield an installation and the process that keeps its copy, once the copy is whole."""
    folder.mkdir()
    (folder / "monitor.toml").write_text(_SETTINGS.format(copy=folder / "copy", seconds=interval))
    config = load_config(folder / "monitor.toml")
    with filled_archive(config.archive, calls):
        load_secret(config.data_dir)
    command = [sys.executable, "-m", "monitor", "--config", str(config.path), "copy", "keep"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        fence = CopyFence(config, config)
        for _ in count():
            try:
                fence.wait()
                break
            except CopyError:
                assert process.poll() is None, "monitor copy keep ended"
                time.sleep(0.1)  # Litestream gives no sign when its socket is there
        yield config, process
    finally:
        if process.poll() is None:
            _kill_tree(process)


def _commit(archive: Archive, number: int) -> None:
    with archive.db.atomic():
        archive.db.execute(
            "INSERT OR REPLACE INTO jobs (name, due, state, attempts, started) VALUES ('bench', ?, 'done', 1, '')",
            [f"{number:06}"],
        )


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and Litestream, which is in its session."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
