"""Views that templates fill in: mails, sections, cards and lines with every word ready, and how many have room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.calls import CallKey
from monitor.digest.model import Candidate, DigestItem, ExpectedRound, Selection, Shown, SourceHealth
from monitor.digest.reminders import PlanReminder
from monitor.digest.wording import QuotingSentence
from monitor.vocabulary import Level, MailSection

_LINES_ONLY = (MailSection.EVENTS, MailSection.NEWS, MailSection.POLICY, MailSection.PARTNERS, MailSection.MISSED)


@dataclass(frozen=True, slots=True)
class CardRow:
    """Label and value of a card; `strong` for a decisive one; `language` when it is not that of the mail.

    `tail` is the end of the value in another language, `tail_language`.
    """

    label: str
    value: str
    strong: bool = False
    language: str = ""
    tail: str = ""
    tail_language: str = ""


@dataclass(frozen=True, slots=True)
class LinkView:
    """Link: its words, its subject for readers who hear the link alone, and its address."""

    text: str
    about: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewLine:
    """Line of the overview at the top of a mail: one call, or several of one source, with a link to their place below."""

    subject: str
    url: str
    language: str = ""
    """Language of the subject when it is not that of the mail."""
    title: str = ""
    """Publisher's title, where another call of the mail has the same subject; else empty."""
    title_language: str = ""
    facts: tuple[str, ...] = ()
    """Last day, money, and whether a municipality may apply, as far as they are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """View of one call. Empty strings and empty tuples are left out of the mail.

    Areas of the strategy and global goals stand on the web page; they are here for templates of an installation's own.
    """

    subject: str
    """Subject in the language of the mail; the title itself where the call has none."""
    anchor: str = ""
    """Name of the place of the call in the mail."""
    title: str
    title_note: str = ""
    """Words after a title that is not in the language of the mail, such as "(engelska)"."""
    short_title: str
    url: str
    language: str
    badge: str = ""
    programme: str = ""
    programme_language: str = ""
    """Language of the programme's name when it is not that of the mail."""
    summary: str = ""
    summary_language: str = ""
    """Language of the summary when it is not that of the mail."""
    changes: tuple[QuotingSentence, ...] = ()
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
    anchor: str = ""


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
class PlanView:
    """View of the reminders of one plan: the title of its call, the address of the plan, and a sentence for each step."""

    title: str
    url: str
    language: str
    """Language of the title when it is not that of the mail."""
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """View of a mail: every value that a template may place."""

    kind: str
    language: str
    subject: str
    preview: str
    """Text that mail programs show after the subject in a list of mails."""
    title: str
    name: str
    lead: tuple[QuotingSentence, ...]
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
    overview: tuple[OverviewLine, ...] = ()
    overview_heading: str = ""
    overview_more: LinkView | None = None
    """Link to the calls that the overview has no room for."""
    plans: tuple[PlanView, ...] = ()
    """Reminders of the department's plans."""
    plans_heading: str = ""
    cut: str = ""
    """QuotingSentence under a card for Teams that has no room for all calls."""


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
    expected: tuple[ExpectedRound, ...] = ()
    """Rounds that are likely to come, named once a month."""
    top: str = ""
    """The coordinator's own line."""
    plans: tuple[PlanReminder, ...] = ()
    """The department's plans that have something to remind of."""


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
