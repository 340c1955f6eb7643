"""What templates see: mails, sections, cards and lines with every word ready, and how much of them has room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.calls import CallKey
from monitor.digest.model import Candidate, Item, Selection, Shown, SourceHealth
from monitor.vocabulary import Level, MailSection

_LINES_ONLY = (MailSection.NEWS, MailSection.POLICY, MailSection.PARTNERS, MailSection.MISSED)


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value in a card; `strong` for what decides; `language` when it is not that of the mail."""

    label: str
    value: str
    strong: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class LinkView:
    """The words of a link, what they are about for those who hear the link alone, and where it leads."""

    text: str
    about: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """One call as it is shown. Empty strings and empty tuples are left out of the mail."""

    title: str
    short_title: str
    url: str
    language: str
    badge: str = ""
    programme: str = ""
    summary: str = ""
    changes: tuple[str, ...] = ()
    urgent: bool = False
    rows: tuple[Row, ...] = ()
    detail: str = ""
    why: str = ""
    areas: str = ""
    goals: str = ""
    links: tuple[LinkView, ...] = ()
    answers: tuple[LinkView, ...] = ()
    also: tuple[LinkView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """Many items of one source as one: how many, why, the strongest, and the link to exactly these."""

    title: str
    reason: str
    lines: tuple[CardView, ...]
    link: LinkView


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """One section of the mail."""

    id: str
    heading: str
    cards: tuple[CardView, ...] = ()
    weak: tuple[CardView, ...] = ()
    lines: tuple[CardView, ...] = ()
    groups: tuple[GroupView, ...] = ()
    more: LinkView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """Everything a template may place."""

    kind: str
    language: str
    subject: str
    title: str
    name: str
    lead: tuple[str, ...]
    sections: tuple[SectionView, ...]
    footer: tuple[str, ...]
    footer_heading: str
    weak_heading: str
    some: str
    also: str
    answer: str
    whole: LinkView
    leave: LinkView
    sources: LinkView
    rest: LinkView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When and why a mail is written: its digest's id and week, the week of the mail before it, how the sources stand, and the
    coordinator's own line."""

    digest: str
    week: str
    now: datetime
    previous_week: str = ""
    health: tuple[SourceHealth, ...] = ()
    ahead: tuple[Candidate, ...] = ()
    top: str = ""


def plan(selection: Selection, cards: int, lines: int) -> dict[CallKey, Shown]:
    """How each item is shown when only so many cards and lines have room; what is urgent and strong comes first."""
    shown: dict[CallKey, Shown] = {}
    for item in selection.items:
        weak = item.section is MailSection.NEW and is_weak(item)
        if item.section not in _LINES_ONLY and not weak and cards > 0:
            cards -= 1
            shown[item.candidate.key] = Shown.CARD
        elif lines > 0:
            lines -= 1
            shown[item.candidate.key] = Shown.LINE
        else:
            shown[item.candidate.key] = Shown.LINK
    for item in (*(member for group in selection.groups for member in group.items), *selection.rest):
        shown[item.candidate.key] = Shown.LINK
    return shown


def is_weak(item: Item) -> bool:
    """Whether the rules are unsure about the item."""
    return item.candidate.match is not None and item.candidate.match.level is Level.WEAK
