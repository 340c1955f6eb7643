"""What a digest is made of: what is known about calls goes in, a selection of items comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from monitor.calls import Call, CallKey
from monitor.fit import FitCard
from monitor.vocabulary import Level, MailKind, MailSection


class Shown(StrEnum):
    """How an item stands in the mail: in full, as a line, or only behind a link."""

    CARD = "card"
    LINE = "line"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Reasons why the rules match a call with the department. Names are ready to be shown."""

    themes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    goals: tuple[tuple[int, str], ...] = ()
    programme: str = ""
    card: FitCard | None = None
    """Terms of the call; None where the rules do not match it."""


@dataclass(frozen=True, kw_only=True)
class DepartmentMatch:
    """How sure the rules are. `read` gives the reasons, which are worked out for what is shown alone."""

    level: Level
    relevance: float
    read: Callable[[], Reasons] = field(compare=False, repr=False)

    @cached_property
    def reasons(self) -> Reasons:
        """Why."""
        return self.read()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """One typed change from the archive; `old` and `new` are JSON as `monitor.archive.changes` writes it."""

    id: int
    type: str
    old: str | None = None
    new: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One fact that the department has been told about a call, in the order of telling."""

    fact: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A call as the archive knows it, seen from one department.

    `match` is None when the rules no longer match what the department was once told of; its dates are still promises.
    `baseline` says that the call came with its source's first accepted run. `answer` is the department's own word on it.
    """

    call: Call
    first_seen: datetime
    match: DepartmentMatch | None = None
    baseline: bool = False
    vanished_at: datetime | None = None
    events: tuple[CallEvent, ...] = ()
    told: tuple[Told, ...] = ()
    story: str = ""
    answer: str = ""
    note: str = ""
    """A line of the coordinator's own."""
    numbered: tuple[str, ...] = ()
    """The date keys of this call that were last sent in calendar entries numbered by place, as earlier versions did."""

    @property
    def reasons(self) -> Reasons:
        """Why the department should be told; none where the rules do not match the call."""
        return self.match.reasons if self.match is not None else Reasons()

    @property
    def key(self) -> CallKey:
        """The key of the call."""
        return self.call.key


class ChangeKind(StrEnum):
    """What a department is told to have changed since it was last told."""

    WITHDRAWN = "withdrawn"
    BACK = "back"
    EARLIER = "earlier"
    MOVED = "moved"
    OPENED = "opened"
    BUDGET = "budget"
    NOTICE = "notice"


URGENT = (ChangeKind.WITHDRAWN, ChangeKind.EARLIER)
"""What cannot wait for the week's mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change with the old and the new value: dates as date keys (`facts`), money as JSON, notices as text."""

    kind: ChangeKind
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """One call in one mail: once, whatever number of reasons there is to name it.

    `facts` is what the department has been told once this mail is built. `also` are other sources of the same story.
    `opened` says that the call was told while it was still on its way.
    """

    candidate: Candidate
    section: MailSection
    facts: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    also: tuple[Candidate, ...] = ()
    opened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestGroup:
    """More than a reader can take in from one source: counted, the strongest named, all behind one link."""

    source: str
    section: MailSection
    items: tuple[DigestItem, ...]
    first_reading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What one department is to be told at one moment. `rest` stands only behind a link; it counts as told."""

    kind: MailKind
    items: tuple[DigestItem, ...] = ()
    groups: tuple[DigestGroup, ...] = ()
    rest: tuple[DigestItem, ...] = ()

    @property
    def everything(self) -> tuple[DigestItem, ...]:
        """Every item that counts as told."""
        return (*self.items, *(item for group in self.groups for item in group.items), *self.rest)

    def counts(self) -> dict[str, int]:
        """How many items each section has, sections without any left out."""
        found: dict[str, int] = {}
        for section in MailSection:
            number = sum(item.section is section for item in self.everything)
            if number:
                found[section.value] = number
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How the reading of one source stands. `read` is its last good reading, None before the first."""

    source: str
    name: str
    healthy: bool
    read: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The settings that choosing follows."""

    welcome: int = 10
    per_source: int = 20
    first_reading: int = 5
    news_days: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom a mail is for, and how to reach those who send it."""

    department: str
    name: str
    municipality: str
    contact: str
    base_url: str
    sources: Mapping[str, str] = field(default_factory=dict)
