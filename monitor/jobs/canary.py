"""Job `canary`: a made-up call goes the whole way, from a publisher to the coordinator's mailbox. Its absence is the alarm."""

from __future__ import annotations

import json
import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from monitor.archive import Archive, lock, open_archive
from monitor.archive.digests import count_told_facts, mark_subjects
from monitor.config import Config, load_config, load_sources
from monitor.digest.wording import iso_week
from monitor.errors import MonitorError
from monitor.jobs.child import run_child
from monitor.jobs.rules import load_rules_in_force
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.model import Example, ThemeFile
from monitor.vocabulary import JobState

logger = logging.getLogger(__name__)

SOURCE = "kanariefagel"
"""Id of the made-up source."""
MARK = "[Veckans prov] "
"""Beginning of the subject of the mail."""
_STEP_LIMIT_SECONDS = 300
_STEPS = {
    "crawl": "läsa provkällan",
    "match": "hitta provutlysningen med reglerna",
    "digest": "skriva provmejlet",
    "send": "skicka provmejlet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryReport:
    """Mail that was sent."""

    week: str
    """ISO week: 2026-W23."""
    department: str
    """Id of the department for which it was written."""
    title: str
    """Title of the call in it."""
    subject: str
    """Subject of the mail."""


def run_canary(config: Config, archive: Archive, now: datetime) -> CanaryReport:
    """Send a made-up call through reading, matching, writing and delivery, with the rules and mail server of the installation.

    It has an archive of its own, so that the real one stays as it is.

    Raises:
        MonitorError: The call was lost, with the step in Swedish.
        LockedError: Another canary is on its way.
    """
    rules = load_rules_in_force(archive, config, last_good=True)
    theme, example = choose_example(rules)
    week = iso_week(now.astimezone(config.zone).date())
    title = f"Prov vecka {week}: {example.title}"
    folder = config.data_dir / "canary"
    with lock(config.data_dir, "canary"), _publisher(_feed(title, example.text, now)) as address:
        shutil.rmtree(folder, ignore_errors=True)
        _write_rules(folder / "rules", rules)
        (folder / "monitor.toml").write_text(_settings(config, address, theme.theme.departments[0]), "utf-8")
        own = load_config(folder / "monitor.toml")
        for step in ("crawl", "match", "digest"):
            _run(own, (step, SOURCE) if step == "crawl" else (step,), now)
        with open_archive(own.archive) as own_archive:
            subject = mark_subjects(own_archive.db, MARK)
            told = count_told_facts(own_archive.db)
        if not told or subject is None:
            raise MonitorError("canary", "provutlysningen kom inte med i mejlet: reglerna eller urvalet släppte den")
        _run(own, ("send",), now)
        _move_mails(own, config)
        shutil.rmtree(folder, ignore_errors=True)
    logger.info("canary_arrived week=%s", week)
    return CanaryReport(week=week, department=theme.theme.departments[0], title=title, subject=subject)


def choose_example(rules: RuleSet) -> tuple[ThemeFile, Example]:
    """Return a theme with an example that its rules promise to match.

    Raises:
        MonitorError: No theme has such an example.
    """
    for theme in sorted(rules.themes, key=lambda theme: theme.theme.id):
        department = rules.departments.get(theme.theme.departments[0]) if theme.theme.departments else None
        for example in theme.example:
            if example.match and department and department.enabled and not example.programme and not example.identifier:
                return theme, example
    raise MonitorError("canary", "inget tema har ett exempel som ska träffa; lägg till ett")


def _run(config: Config, command: tuple[str, ...], now: datetime) -> None:
    ended = run_child(config, command, limit=_STEP_LIMIT_SECONDS, stop=threading.Event(), moment=now)
    # A first reading of a source may ask for a look (exit code 1); a mail that was not taken may not.
    if ended.state != JobState.DONE and not (ended.state == JobState.ATTENTION and command[0] in ("crawl", "match")):
        raise MonitorError("canary", f"det gick inte att {_STEPS[command[0]]}: {ended.stderr_tail or ended.state}")


def _settings(config: Config, address: str, department: str) -> str:
    mail = config.mail
    tables: dict[str, dict[str, Any]] = {
        "municipality": {
            "name": f"{config.municipality.name} (veckans prov)",
            "contact": config.municipality.contact,
            "base_url": config.municipality.base_url,
        },
        "rules": {"dir": "rules"},
        "network": {"delay": 0.0, "allow_loopback": True, "retries": 0, "timeout": 30},
        "mail": {**mail.model_dump(exclude={"sender"}), "from": mail.sender},
        "[recipient]": {"department": department, "email": config.municipality.contact},
        "[source]": {
            "id": SOURCE,
            "kind": "feed",
            "name": "Provkälla",
            "url": address,
            "language": "sv",
            "publishes": ["call"],
        },
        **{f"sources.{source.id}": {"enabled": False} for source in load_sources([], {}, "sources.toml")},
    }
    if config.digests.dir:
        tables["digests"] = {"dir": config.digests.dir}
    return "\n".join(_table(name, row) for name, row in tables.items())


def _table(name: str, row: dict[str, Any]) -> str:
    """Return a TOML table.

    Text, numbers, booleans and lists of text are written in TOML as in JSON.
    """
    return f"[{name}]\n" + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in row.items())


def _write_rules(folder: Path, rules: RuleSet) -> None:
    for name, text in rules.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _move_mails(own: Config, config: Config) -> None:
    """Move mails that were delivered as files to where the coordinator looks for them."""
    for file in (own.data_dir / "outbox").glob("*.eml"):
        (config.data_dir / "outbox").mkdir(parents=True, exist_ok=True)
        shutil.move(file, config.data_dir / "outbox" / f"prov-{file.name}")


def _feed(title: str, text: str, now: datetime) -> bytes:
    last = (now + timedelta(days=60)).date().isoformat()
    body = f"<p>{escape(text)}</p><p>Sista ansökningsdag: {last}.</p><p>Det här är veckans prov, inte en riktig utlysning.</p>"
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Provkälla</title>'
        "<link>https://example.se</link><description>Prov</description>"
        f"<item><title>{escape(title)}</title><link>https://example.se/prov</link><guid>{escape(title)}</guid>"
        f"<pubDate>{format_datetime(now)}</pubDate><description><![CDATA[{body}]]></description></item></channel></rss>"
    ).encode()


@contextmanager
def _publisher(feed: bytes) -> Iterator[str]:
    """Serve the feed on loopback, as a publisher that has nothing else; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/feed"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(feed) if found else 0))
            self.end_headers()
            self.wfile.write(feed if found else b"")

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/feed"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
