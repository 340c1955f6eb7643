"""Job of `sources check --all`: every row is read once, politely, and told to work or what to do about it."""

from __future__ import annotations

import platform
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from monitor.archive.codec import stamp
from monitor.archive.source_checks import StoredCheck, store_checks
from monitor.collect.links import registered_domain
from monitor.collect.reading import ProblemKind, SourceReading
from monitor.collect.spider import SourceSpider
from monitor.collect.verdicts import LOST_VERDICTS, SourceCheck, judge_check, trial_command
from monitor.config import Config, load_sources
from monitor.errors import ConfigError
from monitor.jobs.add_source import READING
from monitor.jobs.child import without_addresses
from monitor.jobs.find_sources import SiteSearch
from monitor.jobs.members import open_installation
from monitor.jobs.reading_process import ReadingProcess
from monitor.jobs.save_settings import SETTINGS, read_text, save_edits
from monitor.jobs.sources import MAX_ARTICLES
from monitor.sources import Source
from monitor.toml_edit import Edit, EditRequest, find_value, load_values
from monitor.vocabulary import VERDICT_LABELS, Verdict

_HOSTS_AT_ONCE = 6
_SEARCH_SECONDS = 60.0
ROW_KEYS = ("kind", "url", "links", "browser")
"""Keys of a row that say what is read."""


@dataclass(frozen=True, slots=True)
class CheckedSource:
    """Source that was read once: its judgement, and the row that its site may have instead."""

    source: Source
    check: SourceCheck
    moved: str = ""
    """Address that the row's address redirects to permanently, or ""."""
    found: Mapping[str, Any] = field(default_factory=dict)
    """Row of the answer of `sources find` for the site, empty where none was looked for or found."""


@dataclass
class SourceChecks:
    """Trial readings of many sources: those of one host one after the other, several hosts side by side."""

    config: Config
    now: datetime
    progress: Callable[[CheckedSource, int, int], None]
    """Called after each source, with the number of those that are done and of all."""
    seek: bool = True
    """True to look for another row on the site of a source that gives nothing any more."""
    done: list[CheckedSource] = field(default_factory=list)

    def run(self, sources: Iterable[Source]) -> list[CheckedSource]:
        """Read the sources and return their judgements, in the given order."""
        listed = list(sources)
        self._total = len(listed)
        self._readings = ReadingProcess(self.config, self.now)
        by_host: dict[str, deque[Source]] = {}
        for source in listed:
            by_host.setdefault(registered_domain(urlsplit(source.url).hostname or ""), deque()).append(source)
        self._waiting = deque(by_host.values())
        for _ in range(min(_HOSTS_AT_ONCE, len(self._waiting))):
            self._next_host()
        self._readings.run()
        order = {source.id: number for number, source in enumerate(listed)}
        return sorted(self.done, key=lambda checked: order[checked.source.id])

    def _next_host(self) -> None:
        if self._waiting:
            self._next_source(self._waiting.popleft())

    def _next_source(self, queue: deque[Source]) -> None:
        if not queue:
            self._next_host()
            return
        source = queue.popleft()

        def finished(spider: SourceSpider) -> None:
            reading = spider.reading
            problems = list(dict.fromkeys([*reading.problems, *spider.judge()]))
            can_browse = not self._readings.obstacle
            check = judge_check(source, reading, problems, reading.documents, self.now, can_browse=can_browse)
            spider.reading = SourceReading()  # Scrapy keeps the spider until the last source is read
            if self.seek and is_lost(check):
                self._search(source, check, queue)
            else:
                self._note(CheckedSource(source, check, reading.moved), queue)

        self._readings.read(source, finished, spider=self._readings.spider_of(source), max_articles=MAX_ARTICLES)

    def _search(self, source: Source, check: SourceCheck, queue: deque[Source]) -> None:
        def ended(search: SiteSearch) -> None:
            others = [row for row in search.outcome()["rows"] if not is_same_row(row["row"], source)]
            self._note(CheckedSource(source, check, "", others[0] if others else {}), queue)

        SiteSearch(self._readings, source.url, _SEARCH_SECONDS, ended).begin()

    def _note(self, checked: CheckedSource, queue: deque[Source]) -> None:
        self.done.append(checked)
        self.progress(checked, len(self.done), self._total)
        self._next_source(queue)


def is_lost(check: SourceCheck) -> bool:
    """Return whether a source gives nothing any more, and another row of its site may."""
    return check.verdict in LOST_VERDICTS or ProblemKind.GONE in check.problems


def is_same_row(row: Mapping[str, Any], source: Source) -> bool:
    """Return whether a found row reads the same as a source does."""
    reads = (row["kind"], row["url"].rstrip("/"), row.get("links", ""), row.get("browser", False))
    return reads == (source.kind, source.url.rstrip("/"), source.links, source.browser)


def is_list_alone(row: Mapping[str, Any], source: Source) -> bool:
    """Return whether a found row reads the page that is a source's list as an item of its own, without the articles it lists."""
    alone = row["kind"] == "page" and not row.get("links")
    return alone and bool(source.links) and row["url"].rstrip("/") == source.url.rstrip("/")


def check_all(
    config: Config, now: datetime, progress: Callable[[CheckedSource, int, int], None], *, seek: bool = True
) -> list[CheckedSource]:
    """Read every enabled source once and store nothing; return their judgements.

    Can run once per process: Twisted's reactor starts once.
    """
    return SourceChecks(config, now, progress, seek).run(source for source in config.sources if source.enabled)


def describe_todo(checked: CheckedSource) -> str:
    """Return what to do about a source, as a Swedish sentence."""
    found = checked.found
    if not found:
        return checked.check.todo
    row = found["row"]
    command = trial_command(checked.source.id, _changed_keys(row, checked.source))
    sure = "" if found["sure"] else "troligen "
    doubts = "" if found["sure"] else " ".join(["", "Osäkert:", *found.get("doubts", ())])
    if row.get("browser"):
        return f"Listan byggs av skript, men kan {sure}läsas med installationens webbläsare. Pröva: {command}{doubts}"
    return f"Webbplatsen har {sure}en annan rad. Pröva: {command}{doubts}"


def _changed_keys(row: Mapping[str, Any], source: Source) -> dict[str, Any]:
    """Return the keys of a found row that say what is read; an empty one only where it takes the place of another value."""
    values = {key: row.get(key, False if key == "browser" else "") for key in ROW_KEYS}
    return {key: value for key, value in values.items() if value or getattr(source, key)}


def verdict_of(checked: CheckedSource) -> Verdict:
    """Return the verdict on a source; one that is gone and was found elsewhere on its site has moved."""
    return Verdict.MOVED if checked.check.verdict is Verdict.DEAD and checked.found else checked.check.verdict


def report_checks(done: Iterable[CheckedSource], now: datetime) -> dict[str, Any]:
    """Return the report of `sources check --all --json`, which may be sent on: nothing in it names a person or an installation.

    Rows of the installation's own are counted without their id, name and address, and so is an address that it has changed.
    """
    shipped = {source.id: source for source in load_sources([], {}, "sources.toml")}
    listed = list(done)
    rows = []
    for number, checked in enumerate(listed, start=1):
        source, check = checked.source, checked.check
        known = shipped.get(source.id)
        is_ours = known is not None and known.url == source.url
        row = {
            "id": source.id if known is not None else f"egen-{number}",
            "url": source.url if is_ours else "",
            "kind": source.kind,
            "verdict": verdict_of(checked).value,
            "problems": [kind.value for kind in check.problems],
            "reason": without_addresses(check.reason) if is_ours else "",
            "items": check.items,
            "ahead": check.ahead,
            "thin": check.thin,
            "newest": check.newest.isoformat() if check.newest else None,
            "todo": without_addresses(describe_todo(checked)) if is_ours else "",
            "moved": checked.moved if is_ours else "",
            "found": _found_keys(checked) if is_ours else {},
            "confirmed": source.confirmed,
            "confirmed_by": source.confirmed_by,
        }
        rows.append(row)
    return {
        "at": now.isoformat(timespec="seconds"),
        "version": version("eu-monitor"),
        "python": platform.python_version(),
        "counts": dict(Counter(row["verdict"] for row in rows)),
        "sources": rows,
    }


def _found_keys(checked: CheckedSource) -> dict[str, Any]:
    found = checked.found
    if not found:
        return {}
    row = _changed_keys(found["row"], checked.source)
    return {**row, **{key: found[key] for key in ("sure", "items", "ahead", "newest")}}


def table_lines(done: Iterable[CheckedSource]) -> list[str]:
    """Return the table of all sources, those that need a person last, and the counts."""
    order = list(Verdict)
    listed = sorted(done, key=lambda checked: order.index(verdict_of(checked)))
    lines = []
    for checked in listed:
        check, verdict = checked.check, verdict_of(checked)
        newest = check.newest.isoformat() if check.newest else "-"
        lines.append(f"{VERDICT_LABELS[verdict]:<16} {checked.source.id:<30} {check.items:>4} {check.ahead:>4}  {newest}")
        todo = describe_todo(checked) if verdict is not Verdict.WORKS else ""
        lines += [f"{'':<17}{text}" for text in (check.reason, todo) if text]
    counts = Counter(verdict_of(checked) for checked in listed)
    summary = ", ".join(f"{counts[verdict]} {VERDICT_LABELS[verdict]}" for verdict in order if counts[verdict])
    head = f"{'läge':<16} {'källa':<30} {'post':>4} {'fram':>4}  nyaste"
    return [head, *lines, "", f"{len(listed)} källor: {summary}."]


def record_checks(config: Config, done: Iterable[CheckedSource], now: datetime) -> None:
    """Store in the archive what each trial reading found; nothing where there is no installation."""
    record_verdicts(config, [(checked.source, verdict_of(checked), checked.check.items) for checked in done], now)


def record_verdicts(config: Config, judged: Iterable[tuple[Source, str, int]], now: datetime) -> None:
    """Store the verdict on each source that was read now, with the number of its items."""
    if config.path is None and not config.archive.is_file():
        return
    checks = [
        StoredCheck(source=source.id, at=stamp(now), url=source.url, way=READING, verdict=str(verdict), items=items)
        for source, verdict, items in judged
    ]
    with open_installation(config) as archive:
        store_checks(archive.db, checks)


def write_confirmations(config: Config, done: Iterable[CheckedSource], now: datetime) -> list[str]:
    """Write into the settings that the sources that work were confirmed today by a reading; return their ids.

    Raises:
        ConfigError: The settings cannot be written.
    """
    works = [checked.source.id for checked in done if verdict_of(checked) is Verdict.WORKS]
    values = load_values(read_text(config, SETTINGS))
    today = {"address": "confirmed", "confirmed": now.date().isoformat(), "confirmed_by": READING}
    edits = []
    for source in works:
        place = "source" if find_value(values, ("source", source)) is not None else "sources"
        edits += [Edit((place, source, key), value) for key, value in today.items()]
    if not edits:
        return []
    note = f"{len(works)} källor lästa"
    request = EditRequest(file=SETTINGS, edits=tuple(edits), mark="", who="monitor sources check --all", note=note)
    with open_installation(config) as archive:
        outcome = save_edits(archive, config, request, now)
    if outcome.problems:
        raise ConfigError(str(config.path or SETTINGS), " ".join(outcome.problems))
    return works
