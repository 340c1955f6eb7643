"""Command `demo`: the jobs from reading to sending on sample publishers, by the commands that a person would type."""

from __future__ import annotations

import email
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from pathlib import Path
from typing import Any, Self

from monitor.archive import open_archive
from monitor.archive.award_decisions import store_own_list
from monitor.archive.statistics import RecordedChange, list_changes
from monitor.awards.installation import load_seasons
from monitor.awards.promises import save_promises, update_promises
from monitor.config import load_config, load_sources
from monitor.demo import samples
from monitor.demo.awards import LAST_YEAR, own_list, write_award_samples
from monitor.demo.mails import MailFile, render_index
from monitor.demo.programme import write_programme_sample
from monitor.demo.server import SEARCH_PATH, SampleServer
from monitor.demo.settings import recipient_address, settings_text
from monitor.errors import ConfigError, MonitorError
from monitor.jobs.awards import FOLDER as AWARDS_FOLDER
from monitor.jobs.awards import import_awards
from monitor.jobs.documents import FOLDER as DOCUMENTS_FOLDER
from monitor.jobs.documents import PROGRAMMES_FOLDER, update_documents
from monitor.matching.rules.files import read_files
from monitor.matching.rules.model import DepartmentsFile
from monitor.paths import RULES

CHAIN = ("crawl", "match", "digest", "send")
MARKER = ".monitor-demo"
COORDINATOR = "samordnaren"
_MARKER_TEXT = "Mappen hör till `monitor demo` och görs om från början varje gång. Lägg inget eget här.\n"
_STDERR_LINES = 15
_FORECAST_DAYS_BEFORE = 90
"""Days before the demo on which its first forecasts of calls were made."""


@dataclass(frozen=True, slots=True)
class DemoStep:
    """Command of the demo."""

    number: int
    """Number of the reading: 1 or 2."""
    command: str
    """Name of the command, one of `CHAIN`."""
    moment: datetime
    """Time that the command takes for now."""
    answer: Any = None
    """JSON that it printed; None while it runs."""
    seconds: float = 0.0
    code: int = 0
    """Exit code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """Result of the demo."""

    folder: Path
    settings: Path
    archive: Path
    index: Path
    """HTML page that lists the mails."""
    departments: dict[str, str]
    """Names of the departments by id."""
    steps: tuple[DemoStep, ...]
    """Finished commands, in order."""
    happenings: tuple[RecordedChange, ...]
    """Changes between the two readings."""
    mails: tuple[MailFile, ...]

    @property
    def attention(self) -> bool:
        """Return whether a command ended with an exit code that asks for a person."""
        return any(step.code for step in self.steps)


class Demo:
    """Folder and sample publishers of a demo; a context manager that serves the publishers."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder = folder.absolute()
        self.now = now.replace(microsecond=0)
        self.server = SampleServer(self.now.date())
        self.settings = self.folder / "monitor.toml"

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self.server.__exit__(*exception)

    def run(self, progress: Callable[[DemoStep], None]) -> DemoReport:
        """Read, match, write and deliver twice, a week apart.

        Args:
            progress: Called with each step when it begins and when it has ended.

        Raises:
            ConfigError: The folder holds files that the demo did not make.
            MonitorError: A command failed.
        """
        clear_folder(self.folder)
        table = read_files(RULES).get("departments.toml", DepartmentsFile)
        departments = {department.id: department.name for department in table.department} if table else {}
        shipped = [source.id for source in load_sources([], {}, "sources.toml")]
        text = settings_text(
            file=str(from_here(self.settings)),
            base=self.server.base,
            search_path=SEARCH_PATH,
            departments=departments,
            shipped=shipped,
        )
        self.settings.write_text(text, "utf-8")
        shutil.copytree(RULES, self.folder / "rules", ignore=shutil.ignore_patterns("__pycache__"))
        config = load_config(self.settings)
        write_award_samples(config.data_dir / AWARDS_FOLDER, self.now.date())
        begun = self.now + timedelta(days=samples.FIRST_READING)
        import_awards(config, [], begun)
        write_programme_sample(config.data_dir / DOCUMENTS_FOLDER / PROGRAMMES_FOLDER, self.now.date(), LAST_YEAR + 2)
        with open_archive(config.archive) as archive:
            update_documents(config, archive, begun)
            store_own_list(archive.db, own_list(), who=COORDINATOR, now=begun)
            # Made when the calls of the demo had not opened, so that matching joins and judges them; it adds the departments.
            early = (self.now - timedelta(days=_FORECAST_DAYS_BEFORE)).date()
            save_promises(archive.db, update_promises(load_seasons(config, archive.db), (), lambda _: (), early))
        steps = []
        for number, reading in enumerate(samples.READINGS, 1):
            self.server.reading = reading
            for command in CHAIN:
                step = DemoStep(number, command, self.now + timedelta(days=reading))
                progress(step)
                steps.append(self._run_step(step))
                progress(steps[-1])
        with open_archive(config.archive) as archive:
            changes = tuple(list_changes(archive.db, self.now + timedelta(days=samples.FIRST_READING), self.now))
        mails = unfold_mails(config.data_dir / "outbox", self.folder / "mejl", departments)
        index = self.folder / "mejl" / "index.html"
        index.write_text(render_index(mails), "utf-8")
        return DemoReport(
            folder=self.folder,
            settings=self.settings,
            archive=config.archive,
            index=index,
            departments=departments,
            steps=tuple(steps),
            happenings=changes,
            mails=mails,
        )

    def serve(self, port: int, *, fixed: bool) -> int:
        """Serve the archive to browsers until stopped, and return the exit code.

        `fixed` makes the pages keep to the time of the demo, which the user chose.
        """
        arguments = [*self._arguments("serve", self.now if fixed else None), "--port", str(port)]
        try:
            return subprocess.call(arguments, env=_environment())  # noqa: S603 - our own program
        except KeyboardInterrupt:
            return 0

    def _run_step(self, step: DemoStep) -> DemoStep:
        begun = time.monotonic()
        arguments = [*self._arguments(step.command, step.moment), "--json"]
        done = subprocess.run(arguments, capture_output=True, env=_environment(), check=False)  # noqa: S603 - our own program
        said = done.stderr.decode(errors="replace").strip().splitlines()
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            answer = None
        if done.returncode not in (0, 1) or answer is None:
            raise MonitorError(f"monitor {step.command}", "\n".join(said[-_STDERR_LINES:]) or f"exit code {done.returncode}")
        return replace(step, answer=answer, seconds=time.monotonic() - begun, code=done.returncode)

    def _arguments(self, command: str, moment: datetime | None = None) -> list[str]:
        clock = ["--now", moment.isoformat()] if moment else []
        return [sys.executable, "-m", "monitor", "--config", str(self.settings), *clock, command]


def clear_folder(folder: Path) -> None:
    """Make the folder of the demo anew.

    Raises:
        ConfigError: The folder has files but not the marker of the demo.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigError(str(folder), "is a file; name a folder for the demo")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise ConfigError(str(folder), "holds files that the demo did not make; name an empty or a new folder with --dir")
    if folder.is_dir():
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != MARKER:
                entry.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text(_MARKER_TEXT, "utf-8")


def unfold_mails(outbox: Path, folder: Path, departments: dict[str, str]) -> tuple[MailFile, ...]:
    """Copy the mails to `folder` under readable names, each with its HTML part in a file beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    addresses = {recipient_address(key): key for key in departments}
    mails = [_unfold_mail(path, folder, addresses) for path in sorted(outbox.rglob("*.eml"))]
    order = {department: place for place, department in enumerate(departments)}
    return tuple(sorted(mails, key=lambda mail: (mail.sent, order.get(mail.department, len(order)))))


def _unfold_mail(path: Path, folder: Path, addresses: dict[str, str]) -> MailFile:
    raw = path.read_bytes()
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    to = [address for _, address in getaddresses([str(message["To"])])]
    department = next((addresses[address] for address in to if address in addresses), COORDINATOR)
    sent: datetime = message["Date"].datetime
    year, week, _ = sent.isocalendar()
    name = f"{year}-W{week:02} {department}"
    if (folder / f"{name}.eml").exists():
        name = f"{name} {path.stem}"
    page = message.get_body(("html",))
    (folder / f"{name}.eml").write_bytes(raw)
    (folder / f"{name}.html").write_text(page.get_content().replace("\r\n", "\n") if page else "", "utf-8")
    return MailFile(department, str(message["Subject"]), sent, folder / f"{name}.eml", folder / f"{name}.html")


def from_here(path: Path) -> Path:
    """Return a path as a person would type it: relative when it is below the working directory."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _environment() -> dict[str, str]:
    """Return the environment of a child process: no proxy for loopback, and UTF-8."""
    loopback = "127.0.0.1,localhost"
    return {**os.environ, "NO_PROXY": loopback, "no_proxy": loopback, "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}
