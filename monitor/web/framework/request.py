"""A request to a page: the site it is served from, the visitor, and access to the archive in worker threads."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

from monitor.archive import connect_for_reading, open_archive
from monitor.archive.connection import Database, describe_sqlite_error
from monitor.archive.files import load_secret
from monitor.archive.matches import last_rule_version
from monitor.calls import CallKey
from monitor.config import Config
from monitor.digest.answers import Signer
from monitor.digest.links import Links
from monitor.digest.render import load_templates
from monitor.digest.wording import Wording
from monitor.errors import ArchiveError, MonitorError
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.load import load_rules, load_texts
from monitor.web.framework.auth import Actor, Sessions
from monitor.web.framework.labels import translate

logger = logging.getLogger(__name__)
_LOOK_AGAIN = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedItem:
    """One call that a department is about to be told of. `told`: it knows of it already, so that this is a change or a reminder."""

    section: str
    key: CallKey
    title: str
    level: str
    themes: tuple[str, ...]
    note: str
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What one department's next mail would hold now, and of which week that mail is."""

    department: str
    kind: str
    week: str
    items: tuple[PlannedItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A mail as it would have been with other rules: what would have stood there as well, what would not, and how much as before."""

    subject: str
    html: str
    more: tuple[tuple[CallKey, str], ...]
    less: tuple[tuple[CallKey, str], ...]
    kept: int


class Work(Protocol):
    """What the pages ask of `monitor.jobs`, which alone wires parts together."""

    def planned(self, rules: RuleSet, now: datetime) -> list[Planned]:
        """What would go to whom if the mails were built now; nothing is stored."""

    def rewrite(self, rules: RuleSet, digest: str, more: Collection[CallKey]) -> Rewritten | None:
        """A mail that was built as it would have been with these rules; `more` are calls that only these rules match."""

    def make_example(self, answer: int, now: datetime) -> list[str]:
        """Write a department's answer into its theme as an example; gives what the rules' check then demands."""

    def health(self, now: datetime, rules_error: str) -> tuple[int, str]:
        """The HTTP status and words that say whether a person is needed."""

    def metrics(self, now: datetime, rules_error: str) -> str:
        """The measures in the form of Prometheus."""

    def rematch(self) -> None:
        """Match the archive anew with the rules as they are now, in a process of its own."""


class Rules:
    """The rules in force, read again when a file of theirs has changed. The last good ones stay while new ones are wrong.

    `shared` gives the version of rules that another installation keeps and has matched with, and their files; None where there are none.
    """

    def __init__(self, folder: Path, shared: Callable[[], tuple[str, Mapping[str, str]] | None] | None = None) -> None:
        self.folder = folder
        self._shared = shared
        self.error = ""
        self._lock = threading.Lock()
        self._stamp: tuple[tuple[str, int, int], ...] = ()
        self._rules: RuleSet | None = None
        self._looked = 0.0

    def forget(self) -> None:
        """Look at the files again at the next call, as after saving one."""
        self._looked = 0.0

    def get(self) -> RuleSet:
        """The rules; RuleErrors when there never were good ones."""
        with self._lock:
            if self._rules is not None and time.monotonic() - self._looked < _LOOK_AGAIN:
                return self._rules
            kept = self._shared() if self._shared else None
            stamp = ((kept[0], 0, 0),) if kept else self._look()
            self._looked = time.monotonic()
            if self._rules is None or stamp != self._stamp:
                try:
                    self._rules = load_texts(kept[1]) if kept else load_rules(self.folder)
                    self.error = ""
                except MonitorError as error:
                    if self._rules is None:
                        raise
                    self.error = str(error)
                    logger.warning("rules_wrong folder=%s", self.folder)
                self._stamp = stamp
            return self._rules

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        files = [*self.folder.glob("*.toml"), *(self.folder / "themes").glob("*.toml")]
        return tuple(sorted((path.name, (seen := path.stat()).st_mtime_ns, seen.st_size) for path in files))


class Site:
    """One installation as its pages see it."""

    def __init__(self, config: Config, clock: Callable[[], datetime], work: Work) -> None:
        self.config = config
        self.clock = clock
        self.work = work
        self.archive = Access(config.archive, config.shared_archive, own_matches=bool(config.rules.dir))
        self.secret = load_secret(config.data_dir)
        self.sessions = Sessions(config.data_dir, self.secret, config.web)
        self.signer = Signer(self.secret)
        self.links = Links(config.municipality.base_url)
        borrowed = config.shared_archive is not None and not config.rules.dir
        self._rules = Rules(config.rules_dir, self._shared_rules if borrowed else None)
        self.caches: dict[str, Any] = {}

    def _shared_rules(self) -> tuple[str, Mapping[str, str]] | None:
        return last_rule_version(self.archive.db)

    @property
    def rules(self) -> RuleSet:
        """The rules in force."""
        return self._rules.get()

    def rules_changed(self) -> None:
        """A file of the rules was saved; it is read at the next page."""
        self._rules.forget()

    @property
    def rules_error(self) -> str:
        """What is wrong with the rule files as they lie there now, while older ones stay in force."""
        return self._rules.error

    @cached_property
    def wording(self) -> Mapping[str, Wording]:
        """How each language writes dates and money: the same words as in the mails."""
        templates = load_templates(self.config.digests_dirs)
        return {language: templates.wording(language) for language in ("sv", "en")}

    @cached_property
    def source_names(self) -> dict[str, str]:
        """The name of each source by its id."""
        return {source.id: source.name for source in self.config.sources}

    def source_name(self, source: str) -> str:
        """The name of a source, or its id when it has left the settings."""
        return self.source_names.get(source, source)

    @property
    def own_rules(self) -> bool:
        """Whether the rules are the installation's own, to be changed; the shipped ones are not."""
        return bool(self.config.rules.dir)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request: what was asked, by whom, when. `args` and `form` hold the first value of each name, `many` and `posted_many` all."""

    site: Site
    method: str
    path: str
    now: datetime
    vars: Mapping[str, str] = field(default_factory=dict)
    args: Mapping[str, str] = field(default_factory=dict)
    many: Mapping[str, list[str]] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    posted_many: Mapping[str, list[str]] = field(default_factory=dict)
    query: str = ""
    actor: Actor | None = None
    client: str = ""
    token: Callable[[], str] = str

    @property
    def language(self) -> str:
        """The language of the page."""
        return "en" if self.args.get("lang") == "en" else "sv"

    def say(self, text: str) -> str:
        """A text of ours in the language of the page."""
        return translate(text, self.language)

    def note(self, text: str) -> str:
        """Return a note that a department or the coordinator wrote, for the coordinator alone; "" for any other reader."""
        return text if self.actor is not None else ""

    @property
    def posted(self) -> bool:
        """Whether something is to be done."""
        return self.method == "POST"

    @property
    def wording(self) -> Wording:
        """How the page's language writes dates and money."""
        return self.site.wording[self.language]


_Result = TypeVar("_Result")
_THREADS = 4
_CACHE_KIB = 32_000
_MAPPED = 1 << 30


class Access:
    """The way to one archive, and for a member to the one it shares. A page runs in a worker thread and never blocks the event loop.

    `path` is where the calls lie.
    """

    def __init__(self, path: Path, shared: Path | None = None, *, own_matches: bool = False) -> None:
        self.path = shared or path
        self._own = path
        self._shared = shared
        self._own_matches = own_matches
        self._pool = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="sida")
        self._local = threading.local()
        self._opened: list[Database] = []

    async def run(self, work: Callable[[], _Result]) -> _Result:
        """Run `work` in a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def start(self, work: Callable[[], object]) -> None:
        """Let a worker thread do `work` when it has time."""
        self._pool.submit(work)

    @property
    def db(self) -> Database:
        """This thread's read-only connection."""
        found: Database | None = getattr(self._local, "db", None)
        if found is None:
            found = self._local.db = connect_for_reading(self._own, self._shared, own_matches=self._own_matches)
            found.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            found.execute(f"PRAGMA mmap_size = {_MAPPED}")
            self._opened.append(found)
        return found

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """A connection that may write, for one short transaction. ArchiveError when others write for too long."""
        try:
            with open_archive(self._own, self._shared, own_matches=self._own_matches) as archive:
                yield archive.db
        except sqlite3.OperationalError as error:
            raise ArchiveError(str(self._own), f"går inte att skriva just nu: {describe_sqlite_error(error)}") from error

    def close(self) -> None:
        """Let the threads end and close their connections."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        for connection in self._opened:
            connection.close()
