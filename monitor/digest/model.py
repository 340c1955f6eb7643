"""Values of a digest: candidates with the facts told about them go in, a selection of items comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from monitor.calls import Call, CallKey
from monitor.fit import FitCard
from monitor.language.dossiers import DossierStep
from monitor.vocabulary import Level, MailChange, MailKind, MailSection


class Shown(StrEnum):
    """Form of an item in the mail: in full, as a line, or only behind a link."""

    CARD = "card"
    LINE = "line"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Reasons why the rules match a call with the department. Names are ready to be shown."""

    themes: tuple[str, ...] = ()
    """Titles of the themes, the most important first: the first is the call's subject in a mail."""
    english: tuple[str, ...] = ()
    """English titles of the same themes in the same order; those in Swedish where a theme has none."""
    short: str = ""
    """Short title of the first theme, for subject lines; empty where it has none."""
    english_short: str = ""
    priority: bool = False
    """True for a call of a theme that the strategy names as of special weight."""
    unnamed: bool = False
    """True where `themes` names no subject, as for a call that the coordinator added."""
    words: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    goals: tuple[tuple[int, str], ...] = ()
    programme: str = ""
    card: FitCard | None = None
    """Terms of the call; None where the rules do not match it."""

    def titles(self, language: str) -> tuple[str, ...]:
        """Return the titles of the themes in a language."""
        return (self.english or self.themes) if language == "en" else self.themes

    def subject(self, language: str) -> str:
        """Return the title of the first theme as a subject line has it; empty where there is none."""
        titles = () if self.unnamed else self.titles(language)
        return ((self.english_short if language == "en" else self.short) or titles[0]) if titles else ""


@dataclass(frozen=True, kw_only=True)
class DepartmentMatch:
    """Match of a call with one department."""

    level: Level
    relevance: float
    """Strength of the match, 0 to 100."""
    read: Callable[[], Reasons] = field(compare=False, repr=False)
    """Read the reasons, which only an item that is shown needs."""

    @cached_property
    def reasons(self) -> Reasons:
        """Return the reasons, read once."""
        return self.read()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """Typed change of a call, from the archive. `old` and `new` are JSON as `monitor.archive.changes` writes it.

    Those of a changed fact have its `words` by language as well: `fact`, `values` and `place`.
    """

    id: int
    type: str
    old: str | None = None
    new: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Fact that the department has been told about a call (see `facts`)."""

    fact: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Call of the archive with its history, seen from one department."""

    call: Call
    first_seen: datetime
    match: DepartmentMatch | None = None
    """None when the rules no longer match a call that was told; its dates are still promises."""
    baseline: bool = False
    """True for a call of its source's first accepted run."""
    vanished_at: datetime | None = None
    left_out: bool = False
    """True where the municipality left the call out, as none to apply for: its publisher may have it still."""
    events: tuple[CallEvent, ...] = ()
    told: tuple[Told, ...] = ()
    """Facts told, in the order of telling."""
    story: str = ""
    """Id of the story that the call is part of; empty for none."""
    answer: str = ""
    """The department's own answer about the call (`vocabulary.Answer`); empty for none."""
    note: str = ""
    """The coordinator's own line."""
    withheld: bool = False
    """True where the coordinator wants no reminder of the call, which the department knows."""
    added: datetime | None = None
    """Time when the coordinator added the call to the department's mails; None for a call that was not added."""
    joined: tuple[tuple[CallKey, datetime], ...] = ()
    """Earlier documents of its dossier that the department was told of, each with the time at which this one joined it."""
    follows: tuple[Candidate, ...] = ()
    """Earlier documents that the reader of the mail was told of before this one joined them, the latest told at the end."""
    numbered: tuple[str, ...] = ()
    """Date keys of this call that were last sent in calendar entries numbered by place, as earlier versions did."""

    @property
    def reasons(self) -> Reasons:
        """Return the reasons of the match; the themes alone of an earlier document of its dossier, where the rules match that.

        They are empty where the rules match neither.
        """
        if self.match is not None:
            return self.match.reasons
        earlier = next((one.match.reasons for one in reversed(self.follows) if one.match is not None), Reasons())
        return Reasons(
            themes=earlier.themes,
            english=earlier.english,
            short=earlier.short,
            english_short=earlier.english_short,
            unnamed=earlier.unnamed,
        )

    @property
    def key(self) -> CallKey:
        """Return the key of the call."""
        return self.call.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Change with the old and the new value: dates as date keys (`facts`), money and facts as JSON, notices as text.

    A withdrawn call that the municipality left out has the new value "left-out".
    Of a dossier that moved: the day on which the reader was told of it last; the phase, and the last day to answer if any.
    """

    kind: MailChange
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """Call in one mail: once, whatever number of reasons there is to name it."""

    candidate: Candidate
    section: MailSection
    facts: tuple[str, ...]
    """Facts that the department has been told once this mail is built."""
    changes: tuple[Change, ...] = ()
    also: tuple[Candidate, ...] = ()
    """Other sources of the same story."""
    opened: bool = False
    """True for a call that was told before it opened, and is open now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestGroup:
    """Items of one source that are too many to list: counted, the strongest named, all behind one link."""

    source: str
    section: MailSection
    items: tuple[DigestItem, ...]
    first_reading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Selection of items for one department at one moment. `rest` is only behind a link, and counts as told."""

    kind: MailKind
    items: tuple[DigestItem, ...] = ()
    groups: tuple[DigestGroup, ...] = ()
    rest: tuple[DigestItem, ...] = ()

    @property
    def everything(self) -> tuple[DigestItem, ...]:
        """Return every item that counts as told."""
        return (*self.items, *(item for group in self.groups for item in group.items), *self.rest)

    def counts(self) -> dict[str, int]:
        """Return the number of items of each section, sections without any left out."""
        found: dict[str, int] = {}
        for section in MailSection:
            number = sum(item.section is section for item in self.everything)
            if number:
                found[section.value] = number
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """State of the reading of one source. `read` is its last good reading, None before the first."""

    source: str
    name: str
    healthy: bool
    read: datetime | None
    tried: bool = True
    """False for a source of which no run is stored: mostly one that was just added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Limits that choosing follows."""

    welcome: int = 10
    """Most calls that a first mail names."""
    per_source: int = 40
    """Most first mentions of one source; more become a group."""
    first_reading: int = 5
    """The same for a source that was read for the first time."""
    news_days: int = 60
    """Age in days after which news is no longer told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """Order of a mail as the coordinator wants it."""

    places: Mapping[CallKey, int] = field(default_factory=dict)
    """Places of calls in their parts of the mail, from 1 (`arrange.part_of`)."""
    marked: frozenset[CallKey] = frozenset()
    """Calls to list themselves, not in a group or behind a link: those that the coordinator did something about."""


AS_CHOSEN = Arrangement()
"""Order that the program chooses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRound:
    """Round of a call that is likely to come, which no publisher has announced."""

    title: str
    """Title of the round before."""
    language: str
    """Language of the title, "" when unknown."""
    lines: Mapping[str, str]
    """When it usually opens, by the language of the reader."""
    subjects: Mapping[str, str] = field(default_factory=dict)
    """Title of the department's theme that it belongs to, by the language of the reader; empty where it is of none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Reader of a mail, and the addresses of its senders."""

    department: str
    name: str
    municipality: str
    contact: str
    base_url: str
    sources: Mapping[str, str] = field(default_factory=dict)
    company: bool = False
    """True for a company: what a municipality may apply for is not its own, and is not said to "you"."""
    rates: Mapping[str, float] = field(default_factory=dict)
    """Swedish kronor for one unit of each currency; amounts in others are shown as the publisher states them."""
    rates_day: str = ""
    """Day of the rates: 2026-11-27."""
    numbers: Mapping[CallKey, int] = field(default_factory=dict)
    """Number of each call in the address of its page."""
    machine: Mapping[CallKey, str] = field(default_factory=dict)
    """Machine translations into Swedish of the summaries of calls in other languages."""
    earlier: Mapping[CallKey, Mapping[str, str]] = field(default_factory=dict)
    """Line about the earlier round of a call, by language, for the calls whose earlier rounds are known."""
    dossiers: Mapping[CallKey, Sequence[DossierStep]] = field(default_factory=dict)
    """Other documents about the same matter, the oldest first, for the items that have any."""
