"""Row: the night on which many members on one archive get their week's mails: `monitor run --once`, its processes and all."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.archives import filled_archive, settings_text, shipped_rules
from benchmarks.generate import NOW, Inputs
from benchmarks.measure import Line, server
from monitor.archive import Archive
from monitor.archive.codec import stamp
from monitor.archive.scheduler import finish_job, first_run, start_job
from monitor.config import Config, load_config, load_sources
from monitor.jobs.due import last_weekly
from monitor.jobs.members import open_installation

_OTHERS = ("match", "corrections", "note", "canary", "backup", "tidy")
_NIGHT = 8 * 3600


def measure(inputs: Inputs, quick: bool, *, members: int = 4) -> list[Line]:
    """Measure the row `members`."""
    members = 1 if quick else members
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, server("smtp") as port:
        home = Path(folder)
        departments = list(shipped_rules().departments)[: 1 if quick else None]
        off = "".join(f"[sources.{source.id}]\nenabled = false\n" for source in load_sources([], {}, "sources.toml"))
        (home / "monitor.toml").write_text(off, "utf-8")
        config = load_config(home / "monitor.toml")
        monday = last_weekly(config.schedule.digest, NOW + timedelta(days=7), config.zone)
        with filled_archive(config.archive, inputs.maker.calls(20 if quick else 600), match=True) as archive:
            first_run(archive.db, monday - timedelta(days=1))
            _settle(archive, monday)
        for number in range(members):
            _add_member(home / "members" / f"kommun-{number:03}", port, departments, monday)
        begun = time.perf_counter()
        command = [sys.executable, "-m", "monitor", "--config", str(config.path), "--now", stamp(monday + timedelta(minutes=5))]
        done = subprocess.run([*command, "run", "--once"], capture_output=True, text=True, check=False, env=_environment())
        spent = time.perf_counter() - begun
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        mails = sum(_sent(load_config(file)) for file in sorted((home / "members").glob("*/monitor.toml")))
    assert mails == members * len(departments), f"{mails} mails have left, of {members * len(departments)}"
    what = f"the week's mails of {members} members x {len(departments)} departments"
    return [
        Line(row="members", what=what, unit="seconds", value=spent, better="less"),
        Line(
            row="members",
            what="seconds of a night of eight hours that 311 members would take",
            unit="seconds",
            value=spent / members * 311,
            better="less",
            bound=_NIGHT,
            note="measured" if members == 311 else "carried forward",
        ),
    ]


def _add_member(folder: Path, port: int, departments: list[str], monday: datetime) -> None:
    folder.mkdir(parents=True)
    recipients = [(department, f"{department}@{folder.name}.example") for department in departments]
    text = 'shared_archive = "../../data/archive.db"\n' + settings_text(port=port, recipients=recipients)
    (folder / "monitor.toml").write_text(text, "utf-8")
    with open_installation(load_config(folder / "monitor.toml")) as archive:
        first_run(archive.db, monday - timedelta(days=1))
        _settle(archive, monday)


def _settle(archive: Archive, monday: datetime) -> None:
    """Store every job as done but the digest and its delivery."""
    for name in _OTHERS:
        moment = monday + timedelta(minutes=5)
        start_job(archive.db, name, moment, moment)
        finish_job(archive.db, name, moment, "done", 0, "", moment)


def _sent(config: Config) -> int:
    with open_installation(config) as archive:
        return int(archive.db.execute("SELECT count(*) FROM outbox WHERE state = 'sent'").fetchone()[0])


def _environment() -> dict[str, str]:
    return {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
