"""An installation in a folder whose publisher, rules and mail server a test plays: for digests and mails."""

from __future__ import annotations

import email
import email.policy
import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.archive import open_archive
from monitor.archive.runs import SourceRun, store_run
from monitor.calls import Call, Deadline, DeadlineModel, Precision
from monitor.config import Config
from monitor.jobs.digest import build_digests
from monitor.jobs.digest_report import BuildOptions
from monitor.jobs.send import send_mails
from monitor.mail.delivery import DeliveryResult, Result
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.model import Area, AreasFile, Department, FitFile, GlobalGoal, Goal, PlaceGate
from monitor.settings import Digest, Mail, Municipality, Recipient
from monitor.sources import Source

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = datetime(2026, 6, 1, 7, tzinfo=STOCKHOLM)
WEEK = timedelta(days=7)
DEPARTMENTS = {"kultur-fritid": "Kultur- och fritidsförvaltningen", "social": "Socialförvaltningen"}


def day(text: str) -> Deadline:
    """Return a deadline on a day without a time."""
    return Deadline(at=datetime.fromisoformat(f"{text}T23:59:59").replace(tzinfo=STOCKHOLM))


def minute(text: str) -> Deadline:
    """Return a deadline at a time: 2026-06-25T17:00."""
    return Deadline(at=datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM), precision=Precision.MINUTE)


def a_call(call_id="1", *due: str, source="portal", **fields) -> Call:
    """Return a call with deadlines on days or at minutes."""
    dates = tuple(minute(one) if "T" in one else day(one) for one in due)
    model = DeadlineModel.UNKNOWN if not dates else DeadlineModel.SINGLE if len(dates) == 1 else DeadlineModel.CUT_OFFS
    values = {"title": f"Utlysning {call_id}", "url": f"https://example.org/{call_id}", "deadline_model": model, "language": "sv"}
    return Call(source=source, call_id=call_id, deadlines=dates, **{**values, **fields})


def small_rules(departments=DEPARTMENTS) -> RuleSet:
    """Return rules without themes: tests store the matches themselves."""
    return RuleSet(
        version="test",
        themes=(),
        departments={key: Department(id=key, name=name) for key, name in departments.items()},
        areas=AreasFile(
            area=(Area(id="extern-finansiering", name="Extern finansiering"),),
            goal=(Goal(id="finansiering", name="Extern finansiering"),),
            sdg=(GlobalGoal(number=4, name="God utbildning för alla"),),
        ),
        programmes={},
        fit=FitFile(place=PlaceGate(ours=("Sverige",))),
        files={},
    )


@dataclass
class FakeServer:
    """Mail server in memory. `script` holds results to give before it takes everything."""

    script: list[DeliveryResult] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, DeliveryResult] = field(default_factory=dict)
    tried: int = 0

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return None

    def deliver(self, message, recipient):
        self.tried += 1
        outcome = self.refuse.get(recipient) or (self.script.pop(0) if self.script else DeliveryResult(Result.SENT))
        if outcome.result is Result.SENT:
            self.taken.append(read_mail(message.as_bytes()))
        return outcome

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.taken]


def read_mail(content: bytes) -> EmailMessage:
    """Return a mail as a mail program reads it."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return part.get_content()


def text_of(message: EmailMessage) -> str:
    """Return the text part as a program shows it that knows format=flowed (RFC 3676)."""
    part = message.get_body(("plain",))
    assert part is not None
    assert part["Content-Type"].params["format"] == "flowed"
    return part.get_content().replace("\r\n", "\n").replace(" \n", " ").replace("\u00a0", " ")


class World:
    """Installation: `crawl` stores a complete reading of a source, `match` its matches; then `digest` and `send`."""

    def __init__(self, folder: Path, recipients=("kultur-fritid",), departments=DEPARTMENTS, **tables) -> None:
        self.rules = small_rules(departments)
        self.server = FakeServer()
        self.config = Config(
            data_dir=folder,
            municipality=Municipality(base_url="https://eu.example.se"),
            digest=Digest(**tables.get("digest", {})),
            mail=Mail(**tables.get("mail", {})),
            sources=tuple(
                Source(id=name, kind="feed", name=f"Källan {name}", url="https://example.org/") for name in ("portal", "feed")
            ),
            recipient=tuple(
                one if isinstance(one, Recipient) else Recipient(department=one, email=f"{one}@example.se") for one in recipients
            ),
        )

    @contextmanager
    def archive(self):
        with open_archive(self.config.archive) as archive:
            yield archive

    def recipients(self, *recipients: Recipient) -> None:
        self.config = self.config.model_copy(update={"recipient": recipients})

    def crawl(self, *calls: Call, at: datetime, source="portal", state="accepted") -> None:
        """Store a reading of the source, which has exactly these calls."""
        run = SourceRun(
            source=source, name=f"Källan {source}", publisher="", kind="feed", url="https://example.org/", language="sv",
            started=at, finished=at, state=state, reason="", complete_list=True, seen=len(calls), calls=calls,
        )  # fmt: skip
        with self.archive() as archive:
            store_run(archive.db, run, at)

    def match(
        self, *call_ids: str, level="stark", department="kultur-fritid", source="portal", themes=("Tema",), words=("ord",)
    ) -> None:
        """Store matches of these calls with the department."""
        with self.archive() as archive, archive.db.atomic():
            for call_id in call_ids:
                archive.db.execute(
                    "INSERT OR REPLACE INTO matches (source, call_id, department, relevance, fit, level, themes, evidence,"
                    " fit_card, rule_version, matched_at)"
                    " VALUES (?, ?, ?, 80, 80, ?, ?, ?, ?, 'test', '2026-01-01T00:00:00+00:00')",
                    [
                        source,
                        call_id,
                        department,
                        level,
                        json.dumps([{"id": t, "title": t, "strategy": ["extern-finansiering"], "sdgs": [4]} for t in themes]),
                        json.dumps([{"found": word, "points": 5, "start": 0} for word in words]),
                        json.dumps(
                            {
                                "municipality": "ja",
                                "lines": [{"key": "municipality", "label": "Kan vi söka", "value": "Ja"}],
                            }
                        ),
                    ],
                )

    def publish(self, *calls: Call, at: datetime, level="stark", source="portal", departments=("kultur-fritid",)) -> None:
        """Store a reading and its matches. The first reading of a source is its baseline."""
        self.crawl(*calls, at=at, source=source)
        for department in departments:
            self.match(*(call.call_id for call in calls), level=level, source=source, department=department)

    def digest(self, now: datetime, **options):
        with self.archive() as archive:
            return build_digests(self.config, archive, now, BuildOptions(**options), rules=self.rules)

    def send(self, now: datetime, server=None, **options):
        with self.archive() as archive:
            return send_mails(self.config, archive, now, transport=lambda config: server or self.server, **options)

    def send_for_real(self, now: datetime, **options):
        """Send by the transport of the settings."""
        with self.archive() as archive:
            return send_mails(self.config, archive, now, **options)

    def week(self, now: datetime) -> list[EmailMessage]:
        """Build and send, and return the sent mails."""
        before = len(self.server.taken)
        self.digest(now)
        self.send(now)
        return self.server.taken[before:]

    def welcomed(self, at: datetime = MONDAY - WEEK) -> World:
        """Welcome the department, from a source whose baseline was empty."""
        self.crawl(at=at)
        self.crawl(at=at, source="feed")
        self.week(at)
        return self

    def facts(self, department="kultur-fritid") -> list[tuple[str, str]]:
        """Return the told facts of the department in the order of telling: call, fact."""
        with self.archive() as archive:
            return [
                tuple(row)
                for row in archive.db.execute(
                    "SELECT call_id, fact FROM digest_items WHERE department = ? ORDER BY told, rowid", [department]
                )
            ]

    def outbox(self) -> list[tuple[str, str, int]]:
        with self.archive() as archive:
            return [tuple(row) for row in archive.db.execute("SELECT recipient, state, attempts FROM outbox ORDER BY rowid")]

    def rows(self, sql: str, *values):
        with self.archive() as archive:
            return [tuple(row) for row in archive.db.execute(sql, values)]


def moved(call: Call, *due: str) -> Call:
    """Return the call with other dates."""
    return replace(call, deadlines=a_call("x", *due).deadlines)
