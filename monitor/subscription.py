"""Recipients of a department's mails with their choices, and the decisions who gets a mail when. No clock and no database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from html import escape
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

from monitor.settings import Recipient
from monitor.vocabulary import Pace, RecipientState

FROM_SETTINGS, OWN, BY_COORDINATOR, TEAMS_CHANNEL = "settings", "own", "coordinator", "teams"
"""Origins of a recipient: `monitor.toml`, a sign-up of one's own, the coordinator's page, a channel in Teams."""
_NAMED_ADDRESS = re.compile(r"[^<>@]*<([^<>\s]+)>[;,]?")
LONGEST_PAUSE = timedelta(days=366)
Subjects = Mapping[str, Mapping[str, str]]
"""Titles of the themes whose calls a department is told of: by theme, by department."""
_Value = TypeVar("_Value")


def is_example_host(name: str) -> bool:
    """Return whether a host is reserved for examples: RFC 2606 and RFC 6761, and example in any domain, such as example.se."""
    labels = name.casefold().rstrip(".").split(".")
    return labels[-1] in ("example", "invalid", "test") or (len(labels) > 1 and labels[-2] == "example")


def typed_recipient(text: str) -> str:
    """Return the address of a typed or pasted recipient: "Anna Ek <anna@nassjo.se>" too, its domain as people read it."""
    found = _NAMED_ADDRESS.fullmatch(text.strip())
    local, mark, domain = (found[1] if found else text.strip()).rpartition("@")
    # A browser makes xn--... of a domain with å, ä or ö.
    with suppress(UnicodeError):
        domain = domain.encode("ascii").decode("idna")
    return f"{local}{mark}{domain}"


def is_example_address(email: str) -> bool:
    """Return whether an address is one of an example domain, which nobody reads."""
    return is_example_host(email.rpartition("@")[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Recipient of one department's mails with its choices."""

    department: str
    email: str
    language: str = "sv"
    pace: Pace = Pace.WEEKLY
    left_out: tuple[str, ...] = ()
    """Ids of the themes that the recipient does not want to hear of."""
    paused_until: date | None = None
    """First day on which mails come again."""
    origin: str = FROM_SETTINGS
    listed: bool = False
    """True where the address stands in `monitor.toml`."""
    stored: bool = False
    """True where the archive has the recipient."""
    example: bool = False
    """True for an address of an example domain where mails go to a server: it never gets one."""
    removed: bool = False
    """True where the coordinator took the recipient away although `monitor.toml` has it."""
    added: datetime | None = None
    """Time when the archive got the recipient; None for one that it has not."""
    known: datetime | None = None
    """Time of the last mail that the recipient has got or is to get; None before the first."""

    @property
    def folded(self) -> str:
        """Return the address in lower case, by which the archive finds it."""
        return self.email.casefold()

    @property
    def is_channel(self) -> bool:
        """Return whether this is a channel in Teams, which gets cards instead of mails."""
        return self.origin == TEAMS_CHANNEL

    def state(self, stopped: Iterable[tuple[str, str]], today: date) -> RecipientState:
        """Return the state on a day.

        Args:
            stopped: Pairs of department and address in lower case; the department "" stands for all, as after refusals.
            today: The day, in the zone of the installation.
        """
        if self.removed:
            return RecipientState.REMOVED
        if self.example:
            return RecipientState.EXAMPLE
        if ("", self.folded) in stopped:
            return RecipientState.REFUSED
        if (self.department, self.folded) in stopped:
            return RecipientState.LEFT
        if self.origin == FROM_SETTINGS and not self.listed:
            return RecipientState.UNLISTED
        if self.paused_until is not None and today < self.paused_until:
            return RecipientState.PAUSED
        return RecipientState.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Choices that a recipient makes for all departments."""

    pace: Pace
    language: str
    left_out: tuple[str, ...]
    paused_until: date | None
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceChange:
    """Choices of a recipient before and after one save."""

    before: Choices
    after: Choices

    @property
    def added(self) -> tuple[str, ...]:
        """Return the departments whose mails come from now on."""
        return tuple(one for one in self.after.departments if one not in self.before.departments)

    @property
    def dropped(self) -> tuple[str, ...]:
        """Return the departments whose mails come no more."""
        return tuple(one for one in self.before.departments if one not in self.after.departments)

    @property
    def names(self) -> frozenset[str]:
        """Return the names of the choices that differ."""
        before, after = self.before, self.after
        differs = {
            "pace": before.pace is not after.pace,
            "language": before.language != after.language,
            "left_out": set(before.left_out) != set(after.left_out),
            "paused_until": before.paused_until != after.paused_until,
            "departments": bool(self.added or self.dropped),
        }
        return frozenset(name for name, found in differs.items() if found)

    @property
    def is_stop(self) -> bool:
        """Return whether one department was left and nothing else changed."""
        return self.names == {"departments"} and not self.added and len(self.dropped) == 1

    @property
    def is_pause(self) -> bool:
        """Return whether a pause began and nothing else changed."""
        return self.names == {"paused_until"} and self.before.paused_until is None

    def muted(self, subjects: Subjects) -> tuple[str, ...]:
        """Return the departments of which all subjects are left out now and were not before."""
        before = {one for one in self.before.departments if is_muted(self.before.left_out, one, subjects)}
        return tuple(one for one in self.after.departments if one not in before and is_muted(self.after.left_out, one, subjects))

    def to_json(self) -> str:
        """Return the change as JSON text."""
        return json.dumps({"before": asdict(self.before), "after": asdict(self.after)}, default=str)

    @classmethod
    def from_json(cls, text: str) -> ChoiceChange:
        """Return the change of a JSON text."""
        sides = json.loads(text)
        return cls(before=_read_choices(sides["before"]), after=_read_choices(sides["after"]))


def _read_choices(values: Mapping[str, Any]) -> Choices:
    return Choices(
        pace=Pace(values["pace"]),
        language=values["language"],
        left_out=tuple(values["left_out"]),
        paused_until=date.fromisoformat(values["paused_until"]) if values["paused_until"] else None,
        departments=tuple(values["departments"]),
    )


def is_muted(left_out: Iterable[str], department: str, subjects: Subjects) -> bool:
    """Return whether all subjects of a department are left out, after which almost nothing can come."""
    themes = subjects.get(department, {})
    return bool(themes) and themes.keys() <= set(left_out)


def choices_before(rows: Sequence[Subscriber], getting: Iterable[str], choices: Choices, today: date) -> Choices:
    """Return what an address had chosen before `choices`; of rows that differ, what one had that is chosen no more."""
    pauses = [row.paused_until if row.paused_until is not None and today < row.paused_until else None for row in rows]
    return Choices(
        pace=_other((row.pace for row in rows), choices.pace),
        language=_other((row.language for row in rows), choices.language),
        left_out=_other((tuple(sorted(row.left_out)) for row in rows), tuple(sorted(choices.left_out))),
        paused_until=_other(pauses, choices.paused_until),
        departments=tuple(getting),
    )


def _other(values: Iterable[_Value], chosen: _Value) -> _Value:
    """Return the first value that is not the chosen one; else that."""
    return next((value for value in values if value != chosen), chosen)


class OwnFact(NamedTuple):
    """Fact that a recipient has been told and the department perhaps has not (`monitor.digest.facts`)."""

    source: str
    call_id: str
    fact: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Apart:
    """Difference between what a recipient has been told and what the department has. Calls are pairs of source and id."""

    unaware: tuple[tuple[str, str], ...] = ()
    """Calls of which the department was told and the recipient was not: they were doubtful then, or closed at her mail."""
    promised: tuple[tuple[str, str], ...] = ()
    """Calls of which the recipient was told when they were sure; they are doubtful now."""
    own: tuple[OwnFact, ...] = ()
    """Facts told in corrections since the recipient's last mail."""


TOLD_ALIKE = Apart()
"""No difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Recipients that get the same mail."""

    recipients: tuple[Subscriber, ...]
    since: datetime | None = None
    """Time up to which they have been told; None where they have been told all that their department has."""
    certain: bool = False
    """True where doubtful calls are left out."""
    left_out: tuple[str, ...] = ()
    apart: Apart = TOLD_ALIKE

    @property
    def plain(self) -> bool:
        """Return whether these recipients get the department's mail itself."""
        return self.since is None and not self.certain and not self.left_out and self.apart == TOLD_ALIKE


def merge_recipients(settings: Sequence[Recipient], stored: Sequence[Subscriber]) -> list[Subscriber]:
    """Return every recipient: those of `monitor.toml` that the archive has never seen first, then those of the archive.

    The archive's choices win over `monitor.toml`, which is the first filling.
    """
    listed = {(row.department, row.email.casefold()) for row in settings}
    known = {(row.department, row.folded) for row in stored}
    unseen = [
        Subscriber(department=row.department, email=row.email, language=row.language, listed=True)
        for row in settings
        if (row.department, row.email.casefold()) not in known
    ]
    order = {(row.department, row.email.casefold()): number for number, row in enumerate(settings)}
    merged = [*unseen, *(replace(row, stored=True, listed=(row.department, row.folded) in listed) for row in stored)]
    return sorted(merged, key=lambda row: order.get((row.department, row.folded), len(order)))


def is_due(recipient: Subscriber, now: datetime, zone: ZoneInfo) -> bool:
    """Return whether a recipient that gets mails gets one now: with the monthly choice, once in each month of the calendar."""
    if recipient.pace is not Pace.MONTHLY or recipient.known is None:
        return True
    last, today = recipient.known.astimezone(zone), now.astimezone(zone)
    return (today.year, today.month) > (last.year, last.month)


def list_streams(
    recipients: Iterable[Subscriber], told: datetime | None, apart: Mapping[str, Apart] | None = None
) -> list[Stream]:
    """Return the recipients grouped by the mail that they get, those of the department's own mail first.

    Args:
        recipients: The recipients to write to.
        told: Time of the last fact that their department has been told; None where it has been told nothing.
        apart: Differences by the address in lower case, of the recipients that have any.
    """
    groups: dict[tuple[str, bool, tuple[str, ...], Apart], list[Subscriber]] = {}
    moments: dict[str, datetime | None] = {"": None}
    for recipient in recipients:
        behind = is_behind(recipient, told)
        since = recipient.known.isoformat() if behind and recipient.known is not None else ""
        moments[since] = recipient.known if behind else None
        own = (apart or {}).get(recipient.folded, TOLD_ALIKE)
        key = (since, recipient.pace is Pace.CERTAIN, tuple(sorted(recipient.left_out)), own)
        groups.setdefault(key, []).append(recipient)
    return [
        Stream(recipients=tuple(rows), since=moments[since], certain=certain, left_out=left_out, apart=own)
        for (since, certain, left_out, own), rows in sorted(groups.items(), key=lambda group: group[0])
    ]


def is_behind(recipient: Subscriber, told: datetime | None) -> bool:
    """Return whether a recipient got no mail since their department was told its last fact, at `told`."""
    return recipient.known is not None and told is not None and recipient.known < told


def mask_address(address: str) -> str:
    """Return an address that its owner recognises and nobody can write to: a…d@nassjo.se."""
    local, _, domain = address.rpartition("@")
    shown = local[0] + "…" + local[-1] if len(local) > 2 else local[:1] + "…"
    return f"{shown}@{domain}"


class AddressMask:
    """Replacement of an address in texts by the form that its owner recognises, in any case and as HTML, JSON and links write it.

    A longer address that ends or begins with it is another one.
    """

    def __init__(self, address: str) -> None:
        self.domain = address.rpartition("@")[2]
        self._shown = mask_address(address)
        forms = {
            address,
            escape(address),
            escape(address).replace("&#x27;", "&#39;"),
            json.dumps(address)[1:-1],
            quote(address, safe=""),
            quote(address, safe="@"),
        }
        written = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
        # Before it, in JSON an escaped line break, and in links an escaped sign, may end in a letter.
        begin = r"(?:(?<![\w.+-])|(?<=\\[nrtbf])|(?<=%[0-9a-f]{2}))"
        self._pattern = re.compile(rf"{begin}(?:{written})(?![\w-]|\.\w)", re.IGNORECASE)

    def is_in(self, text: str) -> bool:
        """Return whether a text has the address."""
        return self._pattern.search(text) is not None

    def apply(self, text: str) -> str:
        """Return the text with the address masked."""
        return self._pattern.sub(lambda found: mask_address(found[0]) if "@" in found[0] else self._shown, text)
