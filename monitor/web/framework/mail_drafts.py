"""Mails as pages show them before they are sent: plans, drafts with the coordinator's changes, and past mails by other rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.calls import CallKey


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedItem:
    """Call in a department's next mail."""

    section: str
    """The value of a `MailSection`."""
    key: tuple[str, str]
    title: str
    level: str
    """The value of a `Level`; "" for a call that the coordinator added."""
    themes: tuple[str, ...]
    note: str
    """The coordinator's line for the call, or ""."""
    told: bool
    """True if an earlier mail to the department held the call, so that this is a change or a reminder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMail:
    """Content of a department's next mail if it were built now."""

    department: str
    kind: str
    """The value of a `MailKind`."""
    week: str
    """The ISO week of the mail, such as 2026-W22."""
    items: tuple[PlannedItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftItem:
    """Call in a department's next mail, as the coordinator may change it."""

    section: str
    """The value of a `MailSection`."""
    key: CallKey
    title: str
    level: str
    """The value of a `Level`; "" for a call that no rule matches."""
    themes: tuple[str, ...]
    by_hand: bool
    """True for a call that the coordinator added and no rule matches."""
    day: datetime | None
    """Start of an event, else the next deadline; None for a call without any."""
    form: str
    """Form in the mail, the value of a `Shown`: card, line or link."""
    doubtful: bool
    """True in the list of calls of which the rules are not sure."""
    place: int
    """Place in its part of the mail, from 1; 0 for a call of a group or behind a link."""
    last: bool
    """True at the last place of its part."""
    own_place: int | None
    """Place that the coordinator chose; None where the program placed the call."""
    program_place: int
    """Place that the program would give it among the same calls; 0 for none."""
    comment: str
    """The coordinator's comment for this mail alone."""
    note: str
    """The coordinator's line for the call in every mail; shown where there is no comment."""
    version: int
    """Number of the coordinator's change of the call, 0 for none."""
    promise: bool
    """True for a change of what the department was told, which cannot be held back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDifference:
    """Difference between a department's next mail and the one that the program would choose alone."""

    kind: str
    """"held", "added", "missing" (added, but not in the mail), "moved", "comment", "waiting" (a comment without its call)."""
    key: CallKey
    title: str
    detail: str
    """Explanation in Swedish; "" for none."""
    who: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDraft:
    """Department's next mail as it would be built now, rendered, and its difference from the program's choice."""

    department: str
    week: str
    """The ISO week of the mail, such as 2026-W22."""
    kind: str
    """The value of a `MailKind`."""
    language: str
    subject: str
    html: str
    text: str
    languages: tuple[str, ...]
    """Languages in which the mail is written."""
    audiences: tuple[str, ...]
    """Names of the mails that the recipients get, the department's own first."""
    items: tuple[DraftItem, ...]
    differences: tuple[DraftDifference, ...]
    line: str
    """The coordinator's line at the top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWish:
    """Choice of the mail to draft."""

    department: str
    audience: int = 0
    """Number of the mail among the department's (`MailDraft.audiences`)."""
    recipient: str = ""
    """Address of a recipient whose own mail is wanted; "" for the department's."""
    language: str = ""
    """Language; "" for the first of the recipients'."""
    unchanged: bool = False
    """True for the mail as the program would choose it, without the coordinator's changes."""
    more: tuple[CallKey, ...] = ()
    """Calls that the rules given match for the department and that the archive has no such match of."""
    less: tuple[CallKey, ...] = ()
    """Calls that the rules given do not match for the department any more."""
    bare: bool = False
    """True for the mail alone, without its calls and differences, which take a second choice of the calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewrittenMail:
    """Past mail written anew with other rules."""

    subject: str
    html: str
    more: tuple[tuple[tuple[str, str], str], ...]
    """Key and title of each call that the new mail has and the sent one had not."""
    less: tuple[tuple[tuple[str, str], str], ...]
    """Key and title of each call that the sent mail had and the new one has not."""
    kept: int
    """Number of calls in both."""
