"""A request to a page (`Visit`), the installation that answers it (`Site`), and the archive in worker threads.

A `Site` is made once per process and holds the settings, the rules in force (`CurrentRules`), the archive (`ArchiveAccess`), the
login (`Sessions`) and the jobs that pages ask for (`PageJobs`). A `Visit` is made per request and refers to its site.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from monitor.archive import connect_for_reading, open_archive
from monitor.archive.connection import Database, describe_sqlite_error
from monitor.archive.files import load_secret
from monitor.archive.matches import last_rule_version
from monitor.archive.numbers import number_of, numbers_of
from monitor.calls import CallKey
from monitor.config import Config, CurrentConfig
from monitor.digest.answers import Signer
from monitor.digest.links import Links
from monitor.digest.memory import CandidateMemory
from monitor.digest.render import load_templates
from monitor.digest.wording import Wording
from monitor.errors import ArchiveError, MonitorError
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.load import load_rules, load_texts
from monitor.paths import list_rule_files
from monitor.toml_edit import EditOutcome, EditRequest, TextOutcome, TextRequest
from monitor.translation import translate
from monitor.web.framework.addresses import call_path, long_call_path
from monitor.web.framework.auth import Actor, Sessions
from monitor.web.framework.guide import GuideState
from monitor.web.framework.kept import Kept, KeptFacts
from monitor.web.framework.long_work import LongWorks
from monitor.web.framework.mail_drafts import DraftWish, MailDraft, PlannedMail, RewrittenMail
from monitor.web.framework.oidc import Accounts, Provider
from monitor.web.framework.post_limit import PostLimit

logger = logging.getLogger(__name__)

_Result = TypeVar("_Result")
_KEPT_SECONDS = 900
"""Seconds after which facts of the archive are read anew though nothing was written: days and hours pass."""
_LARGE_ARCHIVE = 15_000
"""Calls above which no page waits for what takes a reading of each of them: some seconds at 100,000."""
_RULES_CHECK_SECONDS = 1.0
"""Seconds between two looks at the rule files; requests in between use the rules as they were last read."""
_WORKER_THREADS = 12
"""Threads that answer pages: several may wait for the same facts, and the others' pages must not wait for them."""
_SQLITE_CACHE_KIB = 8_000
_SQLITE_MMAP_BYTES = 1 << 30


class LoginRequired(Exception):  # noqa: N818 - answered with a page, not an error of the program
    """Request for the coordinator's name by a visitor who is not logged in; answered with status 403."""


class PageJobs(Protocol):
    """Jobs that pages ask for. `monitor.jobs`, which alone connects the parts of the program, implements them."""

    def planned(self, rules: RuleSet, now: datetime, departments: Collection[str] = ()) -> list[PlannedMail]:
        """Return the next mail of these departments, or of all, if it were built now; nothing is stored."""

    def read_candidates(self, rules: RuleSet, now: datetime, department: str) -> CandidateMemory:
        """Return the candidates of a department's next mail with the items that they give, for `draft`."""

    def draft(self, rules: RuleSet, now: datetime, wish: DraftWish, memory: CandidateMemory | None = None) -> MailDraft | None:
        """Return a department's next mail, rendered, if it were built now; None when nobody gets any.

        With candidates that were read before, by the same rules, it is the mail of that time with the present choices.
        """

    def rewrite(self, rules: RuleSet, digest: str, more: Collection[CallKey]) -> RewrittenMail | None:
        """Return a past mail written with `rules`, of which alone match `more`; None if its calls are not known."""

    def make_example(self, answer: int, now: datetime) -> list[str]:
        """Write a department's answer into its theme as an example and return the errors of the rules' check."""

    def health(self, now: datetime, rules_error: str) -> tuple[int, str]:
        """Return the HTTP status (200 or 503) and text that say whether a person is needed."""

    def metrics(self, now: datetime, rules_error: str) -> str:
        """Return the measures in Prometheus' text format.

        Raises:
            MonitorError, OSError, sqlite3.Error: The archive cannot be read.
        """

    def guide(self, rules: RuleSet, *, has_password: bool) -> GuideState:
        """Return the state of the guide of the first day, with the settings as the file has them now.

        Raises:
            ConfigError: The file of settings is wrong.
        """

    def start_guide_work(self, work: str) -> str:
        """Start a work of the guide in processes of its own; return why it was not started, "" when it was."""

    def approve_first_mails(self, now: datetime) -> None:
        """Store that the coordinator found the first mails good."""

    def keep_mail_password(self, password: str) -> str:
        """Write the mail server's password to a private file of the data folder, and return the name of the file.

        Raises:
            MonitorError: The file cannot be written.
        """

    def rematch(self) -> None:
        """Start matching the archive with the present rules in another process."""

    def matching(self) -> Literal["", "running", "done", "failed"]:
        """Return how the latest matching that `rematch` started stands; "" where none was since the program began."""

    def settings_text(self, file: str) -> str:
        """Return the text of a file of an `EditRequest`.

        Raises:
            EditError: The installation has no such file that may be changed.
        """

    def edit_settings(self, request: EditRequest, now: datetime) -> EditOutcome:
        """Check edits of settings, and save them unless it is a dry run."""

    def undo_settings(self, change: int, who: str, now: datetime) -> EditOutcome:
        """Give what a stored change of settings changed its old values back."""

    def save_rules(self, request: TextRequest, now: datetime) -> TextOutcome:
        """Check the text of a theme or of concepts with all other rules, and save it if the file is as the person saw it."""

    def check_source(self, source: str, change: Mapping[str, str]) -> Mapping[str, Any]:
        """Read a source now, with other values of some keys, and store nothing; return the answer of `sources check --json`.

        Raises:
            MonitorError: The source cannot be read now; the problem is a Swedish sentence.
        """

    def browser_obstacle(self) -> str:
        """Return in Swedish why the installation has no browser for pages that scripts make, "" where it has one."""

    def read_address(self, address: str) -> Mapping[str, Any]:
        """Read an address once and store nothing; return the answer of `sources find --json`.

        Raises:
            MonitorError: The address cannot be read now; the problem is a Swedish sentence.
        """


class CurrentRules:
    """Rules in force, read again after a rule file has changed; while the files have errors, the last valid rules stay."""

    def __init__(self, folder: Path, shared: Callable[[], tuple[str, Mapping[str, str]] | None] | None = None) -> None:
        """Prepare to read the rules of `folder`; nothing is read yet.

        Args:
            folder: The folder with the rule files.
            shared: Returns the version and the files of the rules that the shared archive was last matched with, or None.
        """
        self.folder = folder
        self._shared = shared
        self.error = ""
        """Error of the present rule files, while older rules are in force; else ""."""
        self._lock = threading.Lock()
        self._stamp: tuple[tuple[str, int, int], ...] = ()
        self._rules: RuleSet | None = None
        self._checked_at = 0.0
        self._sound: Mapping[str, str] | None = None

    def invalidate(self, checked: Mapping[str, str] | None = None) -> None:
        """Make the next `get` look at the rule files, as after one was saved; texts in `checked` are not checked again."""
        self._sound = checked
        self._checked_at = 0.0

    def get(self) -> RuleSet:
        """Return the rules in force.

        Raises:
            MonitorError: The files have errors and no valid rules were read before.
        """
        with self._lock:
            if self._rules is not None and time.monotonic() - self._checked_at < _RULES_CHECK_SECONDS:
                return self._rules
            shared = self._shared() if self._shared else None
            stamp = ((shared[0], 0, 0),) if shared else self._file_stamp()
            self._checked_at = time.monotonic()
            if self._rules is None or stamp != self._stamp:
                try:
                    self._rules = load_texts(shared[1]) if shared else load_rules(self.folder, self._sound)
                    self.error = ""
                except MonitorError as error:
                    if self._rules is None:
                        raise
                    self.error = str(error)
                    logger.warning("rules_wrong folder=%s", self.folder)
                self._stamp = stamp
            return self._rules

    def _file_stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Return name, modification time (ns) and size (bytes) of each rule file, which change with its content."""
        files = list_rule_files(self.folder)
        return tuple((name, (stat := (self.folder / name).stat()).st_mtime_ns, stat.st_size) for name in files)


class ArchiveAccess:
    """Connections to one archive, one per worker thread, so that no query blocks the event loop.

    A member's archive comes with the shared archive, which holds the calls; `path` is the file with the calls.
    """

    def __init__(self, path: Path, shared: Path | None = None, *, own_matches: bool = False) -> None:
        self.path = shared or path
        self._own = path
        self._shared = shared
        self._own_matches = own_matches
        self._pool = ThreadPoolExecutor(max_workers=_WORKER_THREADS, thread_name_prefix="sida")
        # Of its own, so that no page waits for a thread that reads facts, and of one thread, so that pages get their share.
        self._behind = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bakom")
        self._local = threading.local()
        self._opened: list[Database] = []

    async def run(self, work: Callable[[], _Result]) -> _Result:
        """Return the result of `work`, done in a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def start(self, work: Callable[[], object]) -> None:
        """Queue `work` for the thread behind the pages and return at once; its result is dropped."""
        self._behind.submit(work)

    @property
    def db(self) -> Database:
        """Return the read-only connection of this thread, opened at its first use."""
        connection: Database | None = getattr(self._local, "db", None)
        if connection is None:
            connection = self._local.db = connect_for_reading(self._own, self._shared, own_matches=self._own_matches)
            connection.execute(f"PRAGMA cache_size = -{_SQLITE_CACHE_KIB}")
            connection.execute(f"PRAGMA mmap_size = {_SQLITE_MMAP_BYTES}")
            self._opened.append(connection)
        return connection

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """Yield a connection that may write, for one short transaction.

        Raises:
            ArchiveError: Another process holds the archive for too long.
        """
        try:
            with open_archive(self._own, self._shared, own_matches=self._own_matches) as archive:
                yield archive.db
        except sqlite3.OperationalError as error:
            raise ArchiveError(str(self._own), f"går inte att skriva just nu: {describe_sqlite_error(error)}") from error

    def close(self) -> None:
        """Wait for the worker threads to end and close their connections."""
        for pool in (self._pool, self._behind):
            pool.shutdown(wait=True, cancel_futures=True)
        for connection in self._opened:
            connection.close()


class AsgiApp(Protocol):
    """Application for some addresses that judges its requests itself. `monitor.jobs` implements those that there are."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""


class McpApp(AsgiApp, Protocol):
    """Application for `/mcp`."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Return the context in which requests are answered."""


class Site:
    """Installation as its pages use it: settings, rules, archive, login and jobs. Made once per process."""

    def __init__(self, config: Config, clock: Callable[[], datetime], jobs: PageJobs) -> None:
        self._settings = CurrentConfig(config)
        self.clock = clock
        """Returns the present time, with its zone."""
        self.jobs = jobs
        self.archive = ArchiveAccess(config.archive, config.shared_archive, own_matches=bool(config.rules.dir))
        self.secret = load_secret(config.data_dir)
        self.sessions = Sessions(config.data_dir, self.secret, config.web)
        self.accounts = Accounts(config.data_dir, self.secret)
        self.provider = Provider(config, self.secret) if config.oidc.issuer else None
        """Provider of the municipality's accounts; None where people log in otherwise."""
        self.posts = PostLimit()
        self.works = LongWorks()
        self.signer = Signer(self.secret)
        uses_shared_rules = config.shared_archive is not None and not config.rules.dir
        self._rules = CurrentRules(config.rules_dir, self._shared_rules if uses_shared_rules else None)
        self._source_names: tuple[Config | None, dict[str, str]] = (None, {})
        self.mcp: McpApp | None = None
        """Application for `/mcp`; None where it is switched off."""
        self.readings: AsgiApp | None = None
        """Application for the readings that other machines hand over; None where none are taken."""
        self._kept = KeptFacts(clock, self.archive.start)
        self.caches: dict[str, Any] = {}
        """Objects that views keep from one request to the next, by a name of the view's own."""

    @property
    def config(self) -> Config:
        """Return the settings in force."""
        return self._settings.get()

    @config.setter
    def config(self, config: Config) -> None:
        """Replace the settings."""
        self._settings = CurrentConfig(config)

    def now(self) -> datetime:
        """Return the present time in the municipality's zone."""
        return self.clock().astimezone(self.config.zone)

    def stamp(self) -> tuple[object, ...]:
        """Return a value that changes with the settings, with the rules, and with each write to the archive by any process."""
        stamp: list[object] = [id(self.config), self.rules.version]
        for file in (self.archive.path, self.archive.path.with_name(self.archive.path.name + "-wal")):
            try:
                stat = file.stat()
                stamp += [stat.st_mtime_ns, stat.st_size]
            except FileNotFoundError:
                stamp.append(0)
        return tuple(stamp)

    def kept(self, name: str, read: Callable[[], _Result]) -> Kept[_Result]:
        """Return facts of the archive (`KeptFacts.get`), read anew after a write and every quarter of an hour.

        After a change of settings or rules the page waits for them.
        """
        return self._kept.get(name, self._stamp_now, read, basis=(self.config, self.rules.version))

    def kept_soon(self, name: str, read: Callable[[], _Result]) -> Kept[_Result] | None:
        """Return facts of every call as `kept` does; of a large archive None the first time (`KeptFacts.get_soon`)."""
        (last,) = self.archive.db.execute("SELECT max(rowid) FROM calls").fetchone()
        get = self._kept.get_soon if (last or 0) > _LARGE_ARCHIVE else self._kept.get
        return get(name, self._stamp_now, read, basis=(self.config, self.rules.version))

    def _stamp_now(self) -> object:
        # Open meanwhile: the last connection to close removes the log, which would look like a write.
        _ = self.archive.db
        return self.stamp(), int(self.clock().timestamp() // _KEPT_SECONDS)

    @property
    def settings_error(self) -> str:
        """Return the error of the present file of settings, "" when the settings in force are those of the file."""
        return self._settings.error

    @property
    def links(self) -> Links:
        """Return the maker of the links that mails have."""
        return Links(self.config.municipality.base_url)

    def _shared_rules(self) -> tuple[str, Mapping[str, str]] | None:
        return last_rule_version(self.archive.db)

    @property
    def rules(self) -> RuleSet:
        """Return the rules in force. Raises like `CurrentRules.get`."""
        return self._rules.get()

    def rules_changed(self, checked: Mapping[str, str] | None = None) -> None:
        """Make the next request read the rule files, after one was saved; `checked` has texts that were just found sound."""
        self._rules.invalidate(checked)

    @property
    def rules_error(self) -> str:
        """Return the error of the present rule files, "" when the rules in force are those of the files."""
        return self._rules.error

    @cached_property
    def wording(self) -> Mapping[str, Wording]:
        """Return the wording of dates and money by language; the same as in the mails."""
        templates = load_templates(self.config.digests_dirs)
        return {language: templates.wording(language) for language in ("sv", "en")}

    @property
    def source_names(self) -> dict[str, str]:
        """Return the name of each source by its id."""
        config = self.config
        known, names = self._source_names
        if known is not config:
            names = {source.id: source.name for source in config.sources}
            self._source_names = (config, names)
        return names

    def source_name(self, source: str) -> str:
        """Return the name of a source, or its id when it has left the settings."""
        return self.source_names.get(source, source)

    @property
    def own_rules(self) -> bool:
        """Return True if the installation has rules of its own, which may be changed; the shipped ones may not."""
        return bool(self.config.rules.dir)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Request to a page, with the visitor and what the request carries."""

    site: Site
    method: str
    path: str
    now: datetime
    """Time of the request, in the installation's zone."""
    path_vars: Mapping[str, str] = field(default_factory=dict)
    """Named groups of the route's pattern."""
    args: Mapping[str, str] = field(default_factory=dict)
    """First value of each name in the query string."""
    arg_lists: Mapping[str, list[str]] = field(default_factory=dict)
    """All values of each name in the query string."""
    form: Mapping[str, str] = field(default_factory=dict)
    """First value of each name in the posted form."""
    form_lists: Mapping[str, list[str]] = field(default_factory=dict)
    """All values of each name in the posted form."""
    body: bytes = b""
    """The body of a POST as it came."""
    query: str = ""
    """The raw query string."""
    actor: Actor | None = None
    """The coordinator, when logged in."""
    reader: str = ""
    """Name of a visitor who has logged in to read; "" for the coordinator and for those who have not."""
    cookies: Mapping[str, str] = field(default_factory=dict)
    """Cookies of log-ins with the municipality's accounts, by name."""
    none_match: str = ""
    """The header If-None-Match, "" for none."""
    login_bucket: str = ""
    """Key under which wrong passwords of this visitor are counted; see `Sessions.bucket`."""
    local: bool = False
    """True for a browser on the machine of the program, reached without a proxy."""
    csrf_token: Callable[[], str] = str
    """Returns the token that a form of the page must post (asgi-csrf)."""

    @property
    def language(self) -> str:
        """Return the language of the page, "sv" or "en"."""
        return "en" if self.args.get("lang") == "en" else "sv"

    def say(self, text: str) -> str:
        """Return a Swedish text of the program in the page's language."""
        return translate(text, self.language)

    def private_note(self, text: str) -> str:
        """Return a note by a department or the coordinator for the coordinator alone; "" for any other reader."""
        return text if self.actor is not None else ""

    @property
    def coordinator_name(self) -> str:
        """Return the name with which the coordinator signs a change.

        Raises:
            LoginRequired: The visitor is not logged in.
        """
        if self.actor is None:
            raise LoginRequired
        return self.actor.name

    def call_path(self, source: str, call_id: str) -> str:
        """Return the path of a call's page."""
        number = number_of(self.site.archive.db, CallKey(source, call_id))
        return long_call_path(source, call_id) if number is None else call_path(number)

    def links_to(self, keys: Iterable[CallKey]) -> Links:
        """Return the addresses of the installation's pages, those of some calls among them."""
        return replace(self.site.links, numbers=numbers_of(self.site.archive.db, keys))

    @property
    def is_post(self) -> bool:
        """Return True if the request asks for a change."""
        return self.method == "POST"

    @property
    def wording(self) -> Wording:
        """Return the wording of dates and money in the page's language."""
        return self.site.wording[self.language]
