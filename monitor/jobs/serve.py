"""Web server of the archive, and the work of other parts that its pages ask for."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from monitor.calls import CallKey
from monitor.config import Config, CurrentConfig
from monitor.errors import MonitorError, SourceError
from monitor.jobs.kept_terms import kept_terms
from monitor.jobs.members import open_installation, refuse_member
from monitor.matching.compiled import RuleSet
from monitor.toml_edit import EditOutcome, EditRequest, TextOutcome, TextRequest
from monitor.vocabulary import JobState
from monitor.web.framework.auth import save_password
from monitor.web.framework.guide import GuideState
from monitor.web.framework.mail_drafts import DraftWish, MailDraft, PlannedMail, RewrittenMail
from monitor.web.framework.request import AsgiApp, McpApp, Site

if TYPE_CHECKING:
    from monitor.digest.memory import CandidateMemory
    from monitor.jobs.guide import GuideWork
    from monitor.jobs.status import StatusDocument

logger = logging.getLogger(__name__)

_READING_SECONDS = 50.0
"""Seconds that a page waits for the reading of a source: less than the minute that proxies wait for a page."""
_FINDING_SECONDS = 35.0
"""Seconds after which a search for sources reads no further row: the row that it has begun takes its time."""


class PageWork:
    """Work that the pages ask for beyond the archive: mails as they would be, status, examples, and matching."""

    def __init__(self, config: Config) -> None:
        self._settings = CurrentConfig(config)
        self._reading = threading.Lock()
        self._lock = threading.Lock()
        self._wanted = False
        self._matcher: threading.Thread | None = None
        self._last_matching: Literal["", "done", "failed"] = ""

    @property
    def _config(self) -> Config:
        return self._settings.get()

    def planned(self, rules: RuleSet, now: datetime, departments: Collection[str] = ()) -> list[PlannedMail]:
        """Return the mail of these departments, or of all, as it would be built now; nothing is stored."""
        from monitor.jobs.preview import plan_digests

        with open_installation(self._config) as archive:
            return plan_digests(self._config, archive, rules, now, departments)

    def read_candidates(self, rules: RuleSet, now: datetime, department: str) -> CandidateMemory:
        """Return the candidates of a department's next mail, for `draft`."""
        from monitor.jobs.preview import read_candidates

        with open_installation(self._config) as archive:
            return read_candidates(self._config, archive, rules, now, department)

    def draft(self, rules: RuleSet, now: datetime, wish: DraftWish, memory: CandidateMemory | None = None) -> MailDraft | None:
        """Return a department's next mail as it would be built now, or at the time of its candidates; nothing is stored."""
        from monitor.jobs.preview import draft_mail

        with open_installation(self._config) as archive:
            return draft_mail(self._config, archive, rules, now, wish, memory)

    def rewrite(self, rules: RuleSet, digest: str, more: Collection[CallKey]) -> RewrittenMail | None:
        """Return a mail as it would have been with these rules; `more` are calls that only these rules match."""
        from monitor.jobs.rewrite import rewrite_digest

        with open_installation(self._config) as archive:
            return rewrite_digest(self._config, archive, rules, digest, more)

    def make_example(self, answer: int, now: datetime) -> list[str]:
        """Write the answer with this id into its theme as an example, and return the errors of the rules after that."""
        from monitor.jobs.rules import make_example

        with open_installation(self._config) as archive:
            _, errors = make_example(archive, self._config, answer, None, now)
        return [str(error) for error in errors]

    def health(self, now: datetime, rules_error: str) -> tuple[int, str]:
        """Return the HTTP status and a text on whether a person is needed, without paths and tracebacks: anyone may read it."""
        from monitor.jobs.metrics import NO_ARCHIVE, render_health

        try:
            return render_health(self._status(now, rules_error))
        except (MonitorError, OSError, sqlite3.Error):
            logger.exception("health_failed")
            return NO_ARCHIVE

    def metrics(self, now: datetime, rules_error: str) -> str:
        """Return the metrics in the text format of Prometheus."""
        from monitor.jobs.metrics import render_metrics

        return render_metrics(self._status(now, rules_error), now)

    def _status(self, now: datetime, rules_error: str) -> StatusDocument:
        from monitor.jobs.status import status

        with open_installation(self._config) as archive:
            return status(self._config, archive, now, rule_errors=rules_error.splitlines())

    def settings_text(self, file: str) -> str:
        """Return the text of a file of settings as it is now."""
        from monitor.jobs.save_settings import read_text

        return read_text(self._config, file)

    def edit_settings(self, request: EditRequest, now: datetime) -> EditOutcome:
        """Check edits of settings, and save them unless it is a dry run."""
        from monitor.jobs.save_settings import save_edits

        with open_installation(self._config) as archive:
            return save_edits(archive, self._config, request, now)

    def undo_settings(self, change: int, who: str, now: datetime) -> EditOutcome:
        """Give what a stored change of settings changed its old values back."""
        from monitor.jobs.save_settings import undo_edits

        with open_installation(self._config) as archive:
            return undo_edits(archive, self._config, change, who, now)

    def save_rules(self, request: TextRequest, now: datetime) -> TextOutcome:
        """Check the text of a theme or of concepts with all other rules, and save it."""
        from monitor.jobs.save_rules import save_rule_text

        with open_installation(self._config) as archive:
            return save_rule_text(archive, self._config, request, now)

    def check_source(self, source: str, change: Mapping[str, str]) -> Mapping[str, Any]:
        """Read a source now, with other values of some keys, and store nothing; return the answer of `sources check --json`."""
        return self._ask(["sources", "check", source, *(f"--set={key}={value}" for key, value in change.items())])

    def read_address(self, address: str) -> Mapping[str, Any]:
        """Find the sources of an address's site and store nothing; return the answer of `sources find --json`."""
        if self.browser_obstacle():
            return self._ask(["sources", "find", address, f"--seconds={_FINDING_SECONDS:.0f}"])
        return self._ask(["sources", "find", address, f"--seconds={2 * _FINDING_SECONDS:.0f}"], 2 * _READING_SECONDS)

    def browser_obstacle(self) -> str:
        """Return in Swedish why the installation has no browser for pages that scripts make, "" where it has one."""
        from monitor.collect.installed_browser import find_obstacle

        return find_obstacle(self._config.network.browser)

    def _ask(self, command: Sequence[str], limit: float = _READING_SECONDS) -> Mapping[str, Any]:
        """Return the answer of a command that reads a source. One at a time: its pages are read in a process of its own.

        Raises:
            SourceError: Another reading is under way, or this one has not ended in time.
        """
        from monitor.jobs.child import run_child

        if not self._reading.acquire(blocking=False):
            raise SourceError("", "En annan läsning pågår. Försök igen om en minut.")
        try:
            ended = run_child(self._config, command, limit=limit, stop=threading.Event(), grace=2.0)
        finally:
            self._reading.release()
        if ended.answer is None:
            late = f"Läsningen blev inte klar på {limit:.0f} sekunder. Källan är långsam, eller svarar inte."
            raise SourceError("", late if ended.state is JobState.HUNG else f"Det gick inte att läsa: {ended.stderr_tail}")
        return dict(ended.answer)

    @cached_property
    def guide_work(self) -> GuideWork:
        """Return the worker of the guide of the first day."""
        from monitor.jobs.guide import GuideWork

        return GuideWork(self._config)

    def guide(self, rules: RuleSet, *, has_password: bool) -> GuideState:
        """Return the state of the guide of the first day, with the settings as the file has them now."""
        from monitor.jobs.guide import fresh_config, guide_state

        config = fresh_config(self._config)
        with open_installation(config) as archive:
            return guide_state(config, archive, rules, has_password=has_password, running=self.guide_work.running)

    def start_guide_work(self, work: str) -> str:
        """Start a work of the guide; return why it was not started, "" when it was."""
        from monitor.jobs.guide import FIRST_MAILS, find_obstacles, fresh_config

        if work == FIRST_MAILS:
            config = fresh_config(self._config)
            with open_installation(config) as archive:
                obstacle = next(find_obstacles(config, archive.db), None)
            if obstacle is not None:
                return " ".join(obstacle)
        return "" if self.guide_work.start(work) else "Något annat pågår. Vänta tills det är klart."

    def approve_first_mails(self, now: datetime) -> None:
        """Store that the coordinator found the first mails good."""
        from monitor.archive.trials import WELL, begin_trial, end_trial
        from monitor.jobs.guide import PREVIEW

        with open_installation(self._config) as archive:
            begin_trial(archive.db, PREVIEW, "", now)
            end_trial(archive.db, PREVIEW, WELL, "", now)

    def keep_mail_password(self, password: str) -> str:
        """Write the mail server's password to a private file of the data folder, and return the name of the file."""
        from monitor.jobs.guide import keep_mail_password

        return keep_mail_password(self._config, password)

    def rematch(self) -> None:
        """Start `monitor match`, or let it run once more when it is running: it reads the rules when it begins."""
        with self._lock:
            self._wanted = True
            if self._matcher is None:
                self._matcher = threading.Thread(target=self._keep_matching, name="match", daemon=True)
                self._matcher.start()

    def matching(self) -> Literal["", "running", "done", "failed"]:
        """Return how the latest matching that `rematch` started stands; "" where none was since the program began."""
        with self._lock:
            return "running" if self._matcher is not None else self._last_matching

    def _keep_matching(self) -> None:
        while True:
            with self._lock:
                if not self._wanted:
                    self._matcher = None
                    return
                self._wanted = False
            self._last_matching = "done" if self._match_once() else "failed"

    def _match_once(self) -> bool:
        """Run `monitor match`, and return whether it did its work."""
        ended = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "monitor", *_config_option(self._config), "match"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return ended.returncode in (0, 1)

    def close(self) -> None:
        """Wait for the matching that is running, and end the work of the guide."""
        self.guide_work.close()
        matcher = self._matcher
        if matcher is not None:
            matcher.join()


def _config_option(config: Config) -> list[str]:
    return ["--config", str(config.path)] if config.path else []


def make_site(config: Config, clock: Callable[[], datetime], work: PageWork | None = None) -> Site:
    """Return the site of an installation.

    Raises:
        ArchiveError: Its archive cannot be used.
    """
    # Before the secret is made: a secret without an archive means an installation that has lost its archive.
    with open_installation(config), kept_terms(config.data_dir):
        pass  # the terms stay with the analyser: parsing those of all concepts takes seconds, which a page would wait for
    return Site(config, clock, work or PageWork(config))


def open_mcp(config: Config, clock: Callable[[], datetime]) -> McpApp | None:
    """Return the application for `/mcp`; None where the settings do not switch it on.

    Raises:
        ConfigError: The package `mcp` is missing.
    """
    if not config.mcp.enabled:
        return None
    from monitor.jobs.mcp_server import McpPages

    return McpPages(config, clock)


def open_readings(config: Config, clock: Callable[[], datetime]) -> AsgiApp | None:
    """Return the application for readings that other machines hand over; None where the settings do not switch it on.

    Raises:
        ConfigError: There is no secret, or this is a member, which reads no sources.
    """
    if not config.handover.accept:
        return None
    from monitor.jobs.take_reading import ReadingPages, in_child_process

    refuse_member(config, "läsning")
    return ReadingPages(CurrentConfig(config).get, clock, in_child_process(config, clock))


def serve(
    config: Config, clock: Callable[[], datetime], host: str, port: int, tell_code: Callable[[str], None] = lambda code: None
) -> None:
    """Serve the archive on an address until stopped; without a password, `tell_code` is called with the code for setting one."""
    import uvicorn

    from monitor.web.framework.app import make_app
    from monitor.web.framework.connections import PromptConnection, allow_many_files
    from monitor.web.planned_mails import read_all_candidates
    from monitor.web.search_index import search_index_of

    allow_many_files()
    work = PageWork(config)
    site = make_site(config, clock, work)
    site.mcp = open_mcp(config, clock)
    site.readings = open_readings(config, clock)
    if code := site.sessions.offer_code():
        tell_code(code)
        # Read while the person types: the guide needs them after the first form.
        site.archive.start(lambda: site.rules)
    site.archive.start(lambda: search_index_of(site).facet_index())
    site.archive.start(lambda: read_all_candidates(site))
    # The proxy's own headers are judged by the gate; uvicorn would believe any that come from this machine.
    uvicorn.run(
        make_app(site),
        host=host,
        port=port,
        http=PromptConnection,
        proxy_headers=False,
        server_header=False,
        log_level="warning",
        timeout_keep_alive=10,
        lifespan="on",
    )
    site.archive.close()
    work.close()


def set_password(config: Config, password: str) -> Path:
    """Store the hash of the coordinator's password, and return its file."""
    from monitor.web.framework.auth import password_file

    save_password(config.data_dir, password)
    return password_file(config.data_dir)


def make_report(config: Config, now: datetime, begin: datetime | None, end: datetime | None) -> dict[str, Any]:
    """Return the follow-up of a period as one document; an open end is None."""
    from monitor.jobs.rules import load_checked
    from monitor.web.views.followup import compute_follow_up

    with open_installation(config) as archive:
        return compute_follow_up(archive.db, load_checked(archive, config.rules_dir), config, begin, end, now)


def render_report(config: Config, now: datetime, document: dict[str, Any], form: str) -> bytes:
    """Return the follow-up as a file to print or to send on: `form` is html, docx or xlsx."""
    from monitor.web.views import followup

    return followup.render_report(make_site(config, lambda: now), document, now, form)
