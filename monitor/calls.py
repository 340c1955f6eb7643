"""Call and its parts: an item as a source published it, complete and typed. Pure values without clock, network or database."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from monitor.vocabulary import Kind, Status


class Precision(StrEnum):
    """Precision of a stated date; DAY means that no time of day was given."""

    DAY = "day"
    MINUTE = "minute"


class DeadlineModel(StrEnum):
    """Relation between the deadlines of a call; UNKNOWN is a state of its own, never a made-up date."""

    SINGLE = "single"
    TWO_STAGE = "two-stage"
    CUT_OFFS = "cut-offs"
    ROLLING = "rolling"
    UNKNOWN = "unknown"


class CallKey(NamedTuple):
    """Key of a call everywhere: source and call_id."""

    source: str
    """Id of the source, as in `spiders/sources.toml`."""
    call_id: str
    """Stable key of the call at its publisher."""

    @property
    def short(self) -> str:
        """Return twelve characters that stand for the key in short addresses; with 20,000 calls, no two are alike."""
        return hashlib.sha256(f"{self.source}\n{self.call_id}".encode("utf-8", "replace")).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Instant at which applications close; for a policy item, at which answers to the consultation are due."""

    at: datetime
    """Aware. With `precision` DAY the last second of the day at the publisher, or the publisher's stated closing time."""
    precision: Precision = Precision.DAY
    zone: str = "Europe/Stockholm"
    """IANA name of the publisher's time zone."""
    stage: int | None = None
    """1, 2, ... in the order of the source; None for a single deadline."""
    text: str = ""
    """Words of the source."""
    year_guessed: bool = False
    """True where the source writes no year and it was counted from the day of reading, as no day of publication is known."""

    @property
    def words(self) -> str:
        """Return the words of the source for a reader; "" for a date as machines write it, which adds nothing."""
        return "" if _MACHINE_DATE.match(self.text) else self.text


_MACHINE_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-][\d:]+)?)?$")

LARGEST_AMOUNT = 10**13
"""Largest amount of money believed, in whole units: five times the Union's budget for seven years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Money in whole units of `currency`; None means that the source does not state it."""

    total: int | None = None
    """Sum that the call hands out."""
    project_min: int | None = None
    """Least grant per project."""
    project_max: int | None = None
    """Largest grant per project."""
    grants: int | None = None
    """Expected number of projects."""
    funder_share: int | None = None
    """Largest share of the costs that the funder pays, in per cent, 1 to 100; stated, never derived from `own_share`."""
    own_share: int | None = None
    """Least share of the costs that the applicant pays (Swedish: medfinansiering), in per cent, 0 to 100; never derived."""
    funder_share_text: str = ""
    """Words of the source for `funder_share`, where it was read from text."""
    own_share_text: str = ""
    """Words of the source for `own_share`, where it was read from text."""
    currency: str = "EUR"
    """Code of ISO 4217."""
    shared: bool = False
    """True where `total` is for the whole parent call, not for this topic alone."""
    pots: tuple[tuple[str, int], ...] = ()
    """Name and amount of each part of `total`."""
    text: str = ""
    """Words of the source, where the amounts were read from text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredTerms:
    """Terms of a call that a person entered in place of those that its text says; no source has them as data."""

    municipality: str = ""
    """Answer to whether a municipality may take part, as `monitor.fit.MunicipalAnswer` spells it; empty: not entered."""
    partners: int | None = None
    """Least number of partners."""
    countries: int | None = None
    """Least number of countries."""
    months: tuple[int, int] | None = None
    """Shortest and longest duration of a project, in months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Named part of the description or the conditions, as plain text; `title` may be empty."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Update that the publisher wrote on the call itself ("latest news"), as plain text."""

    at: datetime | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Address for people, with the text to show for it."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Item that a source published: a call, or news, an event, a policy item or a partner search. All texts are plain text."""

    source: str
    """Id of the source."""
    call_id: str
    """Stable key of the call at its publisher."""
    title: str
    url: str
    """Address of the call's page at its publisher."""
    kind: Kind = Kind.CALL
    identifier: str = ""
    """Name under which people know the call, such as the topic code on the EU portal; several calls may have the same."""
    parent: str = ""
    """Identifier of the parent call that the topic belongs to."""
    parent_title: str = ""
    summary: str = ""
    sections: tuple[Section, ...] = ()
    """Description."""
    conditions: tuple[Section, ...] = ()
    """Conditions and other text that neither rules nor search read."""
    programme: str = ""
    """Code of the EU portal's table of programmes, or an id of `rules/programmes.toml`; empty when not known."""
    action: str = ""
    """Type of action, as the EU portal names it."""
    language: str = ""
    """Language of the text: an ISO 639-1 code, or empty."""
    published: datetime | None = None
    opens: date | None = None
    """First day for applications."""
    deadlines: tuple[Deadline, ...] = ()
    """Deadlines in the order of the source."""
    deadline_model: DeadlineModel = DeadlineModel.UNKNOWN
    stated_status: Status | None = None
    """Status that the source claims; see `call_status`."""
    budget: Budget = field(default_factory=Budget)
    place: tuple[str, ...] = ()
    """Areas that the call is limited to, as published."""
    applicants: tuple[str, ...] = ()
    """Statements of who may apply, as published."""
    keywords: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[Link, ...] = ()
    """Links of the conditions: the call's own document, forms, guides, the programme's pages; not shown as links of the call."""
    starts: datetime | None = None
    """Beginning of an event."""
    ends: datetime | None = None
    """End of an event."""
    location: str = ""
    """Place of an event."""
    unread: tuple[str, ...] = ()
    """Names of fields that the source states but that could not be read."""
    terms: EnteredTerms = field(default_factory=EnteredTerms)
    corrected: tuple[tuple[str, datetime], ...] = ()
    """Fields that a person has corrected (`monitor.corrected.FIELDS`), with the time. Never from a source."""

    @property
    def key(self) -> CallKey:
        """Return the key of the call."""
        return CallKey(self.source, self.call_id)

    @property
    def body(self) -> str:
        """Return the description as one plain text, with a blank line between sections."""
        return _joined(self.sections)

    @property
    def conditions_text(self) -> str:
        """Return the conditions as one plain text, with a blank line between sections."""
        return _joined(self.conditions)


def _joined(sections: tuple[Section, ...]) -> str:
    return "\n\n".join(f"{section.title}\n{section.text}" if section.title else section.text for section in sections)


def is_eu_call(call: Call) -> bool:
    """Return whether the EU itself published the call, so that the funder is the EU."""
    try:
        host = urlsplit(call.url).hostname or ""
    except ValueError:
        return False
    return host == "europa.eu" or host.endswith(".europa.eu")


FIRST_YEAR, LAST_YEAR = 2000, 2100
"""First and last year of the dates of a call; others are mistakes of the publisher, and break calendars and time zones."""


def in_calendar(day: date | None) -> bool:
    """Return whether a day or moment is within the years that calls may have; True for None."""
    return day is None or FIRST_YEAR <= day.year <= LAST_YEAR


def within_calendar(call: Call) -> Call:
    """Return the call without its dates outside the years 2000 to 2100; the same object when there are none."""
    invalid = {name: None for name in ("published", "opens", "starts", "ends") if not in_calendar(getattr(call, name))}
    deadlines = tuple(deadline for deadline in call.deadlines if in_calendar(deadline.at))
    if not invalid and len(deadlines) == len(call.deadlines):
        return call
    model = call.deadline_model if deadlines or not call.deadlines else DeadlineModel.UNKNOWN
    return replace(call, **invalid, deadlines=deadlines, deadline_model=model)  # type: ignore[arg-type]


def next_deadline(call: Call, now: datetime) -> Deadline | None:
    """Return the deadline that a new applicant still has to meet, or None.

    With two stages only the first counts: after it has passed, nobody new can apply although the second is still to come.
    """
    if call.deadline_model is DeadlineModel.TWO_STAGE and call.deadlines:
        first = call.deadlines[0]
        return first if first.at >= now else None
    return min((d for d in call.deadlines if d.at >= now), key=lambda d: d.at, default=None)


def call_status(call: Call, now: datetime) -> Status:
    """Return the status of the call at `now`.

    A date that has passed always wins, since publishers leave calls marked open for years. Between forthcoming and open the
    source's stated status wins, since openings are postponed; its dates count where it states none.

    >>> from datetime import timezone
    >>> call = Call(source="s", call_id="1", title="t", url="", opens=date(2026, 5, 1))
    >>> call_status(call, datetime(2026, 4, 1, tzinfo=timezone.utc)).value
    'forthcoming'
    """
    if call.kind is Kind.EVENT and call.starts is not None:
        return Status.CLOSED if (call.ends or call.starts) < now else Status.OPEN
    if call.deadlines and next_deadline(call, now) is None:
        return Status.CLOSED
    if call.stated_status is not None:
        return call.stated_status
    if call.opens is not None:
        zone = call.deadlines[0].at.tzinfo if call.deadlines else now.tzinfo
        if call.opens > now.astimezone(zone).date():
            return Status.FORTHCOMING
    return Status.OPEN


def is_web_address(url: str) -> bool:
    """Return whether an address may be shown as a link: http or https with a host, without user or password (RFC 3986, 7.5)."""
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


ZONES = ("title", "summary", "body", "context")
"""Names of the parts of a call's text; see `call_zones`."""


def call_zones(call: Call) -> dict[str, str]:
    """Return the text of a call that rules and search read, by name of zone.

    Conditions and boilerplate are left out, as they mention every subject. `context` is the parent call's title and the
    publisher's keywords.
    """
    codes = {call.identifier.casefold(), call.parent.casefold()}
    keywords = [word for word in call.keywords if word.casefold() not in codes]
    return {
        "title": call.title,
        "summary": call.summary,
        "body": call.body,
        "context": ".\n".join(part for part in (call.parent_title, *keywords) if part),
    }
