"""Views that templates fill in: mails, sections, cards and lines with every word ready, and how many have room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.calls import CallKey
from monitor.digest.model import Candidate, DigestItem, Selection, Shown, SourceHealth
from monitor.vocabulary import Level, MailSection

_LINES_ONLY = (MailSection.NEWS, MailSection.POLICY, MailSection.PARTNERS, MailSection.MISSED)


@dataclass(frozen=True, slots=True)
class CardRow:
    """Label and value of a card; `strong` for a decisive one; `language` when it is not that of the mail."""

    label: str
    value: str
    strong: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class LinkView:
    """Link: its words, its subject for readers who hear the link alone, and its address."""

    text: str
    about: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """View of one call. Empty strings and empty tuples are left out of the mail."""

    title: str
    short_title: str
    url: str
    language: str
    badge: str = ""
    programme: str = ""
    summary: str = ""
    changes: tuple[str, ...] = ()
    urgent: bool = False
    rows: tuple[CardRow, ...] = ()
    detail: str = ""
    why: str = ""
    areas: str = ""
    goals: str = ""
    links: tuple[LinkView, ...] = ()
    answers: tuple[LinkView, ...] = ()
    also: tuple[LinkView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """View of many items of one source: their number, the reason, the strongest, and the link to exactly these."""

    title: str
    reason: str
    lines: tuple[CardView, ...]
    link: LinkView


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """View of one section of the mail."""

    id: str
    heading: str
    cards: tuple[CardView, ...] = ()
    weak: tuple[CardView, ...] = ()
    lines: tuple[CardView, ...] = ()
    groups: tuple[GroupView, ...] = ()
    more: LinkView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """View of a mail: every value that a template may place."""

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
    """Circumstances in which a mail is written."""

    digest: str
    """Id of the digest."""
    week: str
    """ISO week of the mail: 2026-W27."""
    now: datetime
    previous_week: str = ""
    """ISO week of the mail before it; empty before the second."""
    health: tuple[SourceHealth, ...] = ()
    ahead: tuple[Candidate, ...] = ()
    """Known calls that a quiet mail names."""
    top: str = ""
    """The coordinator's own line."""


def plan(selection: Selection, cards: int, lines: int) -> dict[CallKey, Shown]:
    """Return how each item is shown with room for so many cards and lines; urgent and strong items come first."""
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


def is_weak(item: DigestItem) -> bool:
    """Return whether the rules are unsure about the item."""
    return item.candidate.match is not None and item.candidate.match.level is Level.WEAK
