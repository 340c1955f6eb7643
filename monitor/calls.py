"""Call and its parts: what a source published, complete and typed. Pure values; nothing here knows a clock or a database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from monitor.vocabulary import Kind, Status


class Precision(StrEnum):
    """How exactly the source stated a date. DAY means: no time of day was given."""

    DAY = "day"
    MINUTE = "minute"


class DeadlineModel(StrEnum):
    """How the deadlines of a call hang together. UNKNOWN is a state of its own, never a made-up date."""

    SINGLE = "single"
    TWO_STAGE = "two-stage"
    CUT_OFFS = "cut-offs"
    ROLLING = "rolling"
    UNKNOWN = "unknown"


class CallKey(NamedTuple):
    """Key of a call everywhere: the source's id and the publisher's own id of the call."""

    source: str
    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One instant at which applications close; for a policy item, at which answers to the consultation are due.

    `at` is aware. With `precision` DAY it is the last second of the day at the publisher (or the publisher's stated house
    time); `zone` is the IANA name of the publisher's zone; `text` holds the words of the source; `stage` is 1, 2, ... in
    the order of the source, or None for a single deadline. `year_guessed`: the source writes no year, and it was counted from
    the day of reading because no day of publication is known.
    """

    at: datetime
    precision: Precision = Precision.DAY
    zone: str = "Europe/Stockholm"
    stage: int | None = None
    text: str = ""
    year_guessed: bool = False


LARGEST_AMOUNT = 10**13
"""The largest amount of money believed, in whole units: five times the Union's budget for seven years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Money in whole units of `currency`; None means that the source does not state it.

    `total` is what the call hands out; with `shared` it is a pot for the whole parent call, not for this topic alone.
    `project_min`/`project_max` are per project; `grants` is the expected number of projects; `text` the words of the source
    where it was read from text. The two shares are stated ones, in per cent of the costs; neither is ever worked out from the other.
    """

    total: int | None = None
    project_min: int | None = None
    project_max: int | None = None
    grants: int | None = None
    funder_share: int | None = None
    """The most that the funder pays, 1 to 100."""
    own_share: int | None = None
    """The least that the applicant pays (Swedish: medfinansiering), 0 to 100; 0 where the source says that nothing is asked for."""
    funder_share_text: str = ""
    own_share_text: str = ""
    """The words of the source for each share, where it was read from text."""
    currency: str = "EUR"
    shared: bool = False
    pots: tuple[tuple[str, int], ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A named part of the description or the conditions, as plain text. `title` may be empty."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An update that the publisher wrote on the call itself ("latest news"), as plain text."""

    at: datetime | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address for people, with the words to show for it."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One thing a source published: a call, or news, an event, a policy item or a partner search.

    `(source, call_id)` is the key everywhere; `call_id` is the publisher's own stable key. `identifier` is what people
    call it (the topic code on the EU portal); it may be shared or renamed. `summary`, `sections` and `conditions` are plain text.
    `programme` is the programme's code: for the EU portal the number of its code table, elsewhere an id of `rules/programmes.toml`;
    empty when not known. `place` holds words for the area the call is limited to, as published; `stated_status` is the source's own claim,
    which is never trusted alone. `starts`/`ends` are for events.
    """

    source: str
    call_id: str
    title: str
    url: str
    kind: Kind = Kind.CALL
    identifier: str = ""
    parent: str = ""
    parent_title: str = ""
    summary: str = ""
    sections: tuple[Section, ...] = ()
    conditions: tuple[Section, ...] = ()
    programme: str = ""
    action: str = ""
    language: str = ""
    published: datetime | None = None
    opens: date | None = None
    deadlines: tuple[Deadline, ...] = ()
    deadline_model: DeadlineModel = DeadlineModel.UNKNOWN
    stated_status: Status | None = None
    budget: Budget = field(default_factory=Budget)
    place: tuple[str, ...] = ()
    applicants: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    links: tuple[Link, ...] = ()
    starts: datetime | None = None
    ends: datetime | None = None
    location: str = ""
    unread: tuple[str, ...] = ()

    @property
    def key(self) -> CallKey:
        """The key of the call."""
        return CallKey(self.source, self.call_id)

    @property
    def body(self) -> str:
        """The description as one plain text; sections parted by blank lines, each after its title."""
        return "\n\n".join(f"{part.title}\n{part.text}" if part.title else part.text for part in self.sections)

    @property
    def conditions_text(self) -> str:
        """The conditions as one plain text."""
        return "\n\n".join(f"{part.title}\n{part.text}" if part.title else part.text for part in self.conditions)


def is_eu_call(call: Call) -> bool:
    """Return whether the EU itself published the call, so that the funder is the EU."""
    try:
        host = urlsplit(call.url).hostname or ""
    except ValueError:
        return False
    return host == "europa.eu" or host.endswith(".europa.eu")


FIRST_YEAR, LAST_YEAR = 2000, 2100
"""The years that a day of a call may lie in; what lies outside is a mistake of the publisher, and breaks calendars and time zones."""


def in_calendar(day: date | None) -> bool:
    """Return whether a day or moment, if there is one, lies in the years that calls may have."""
    return day is None or FIRST_YEAR <= day.year <= LAST_YEAR


def within_calendar(call: Call) -> Call:
    """Return the call without the days that lie outside the years 2000 to 2100; the same call when there are none."""
    odd = {name: None for name in ("published", "opens", "starts", "ends") if not in_calendar(getattr(call, name))}
    deadlines = tuple(deadline for deadline in call.deadlines if in_calendar(deadline.at))
    if not odd and len(deadlines) == len(call.deadlines):
        return call
    model = call.deadline_model if deadlines or not call.deadlines else DeadlineModel.UNKNOWN
    return replace(call, **odd, deadlines=deadlines, deadline_model=model)  # type: ignore[arg-type]


def next_deadline(call: Call, now: datetime) -> Deadline | None:
    """The deadline a newcomer still has to meet, or None.

    With two stages only the first counts: after it has passed, nobody new can apply although a date lies ahead.
    """
    if call.deadline_model is DeadlineModel.TWO_STAGE and call.deadlines:
        first = call.deadlines[0]
        return first if first.at >= now else None
    return min((d for d in call.deadlines if d.at >= now), key=lambda d: d.at, default=None)


def call_status(call: Call, now: datetime) -> Status:
    """Where the call stands at `now`.

    A date that has passed always wins, since publishers leave calls marked open for years. Between forthcoming and open the
    source's own word wins, since openings slip; its dates count where it says nothing.

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
    """Tell whether an address may be shown as a link: http or https with a host, no user name or password (RFC 3986 section 7.5)."""
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


ZONES = ("title", "summary", "body", "context")


def call_zones(call: Call) -> dict[str, str]:
    """The text of a call that rules and search see, by zone. Conditions and boilerplate stay out: they name everything.

    `context` is what stands around the call: the parent call's title and the publisher's keywords.
    """
    codes = {call.identifier.casefold(), call.parent.casefold()}
    keywords = [word for word in call.keywords if word.casefold() not in codes]
    return {
        "title": call.title,
        "summary": call.summary,
        "body": call.body,
        "context": ".\n".join(part for part in (call.parent_title, *keywords) if part),
    }
