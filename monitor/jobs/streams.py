"""Mails of recipients who do not get their department's own: who knows what, and the corrections that each of them needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from monitor.archive.connection import Database
from monitor.archive.digests import NewOutboxRow, last_told
from monitor.archive.outbox import MAIL, TEAMS
from monitor.archive.tellings import own_facts, told_calls
from monitor.calls import CallKey
from monitor.config import Config
from monitor.digest.choose import choose_corrections
from monitor.digest.model import Candidate, DigestItem, Selection, Told
from monitor.digest.narrow import list_promised, list_unaware, narrow, seen_by
from monitor.mail.message import message_id
from monitor.matching.compiled import RuleSet
from monitor.subscription import TOLD_ALIKE, Apart, Stream, Subscriber, is_behind, list_streams
from monitor.vocabulary import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMail:
    """Mail of recipients who do not get the department's own."""

    stream: Stream
    selection: Selection
    ahead: tuple[Candidate, ...] = ()
    previous: datetime | None
    """Time of the mail before it; None for a correction."""
    alone: bool = False
    """True for a correction that counts for its recipients alone; their next mail goes on from the one before it."""


class RecipientLedger:
    """Memory of what some recipients of one department have been told."""

    def __init__(self, config: Config, db: Database, department: str, recipients: Sequence[Subscriber], now: datetime) -> None:
        self._db, self._department, self._recipients = db, department, recipients
        self._told = last_told(db, department)
        # Addresses are erased from mails that are older: nobody knows any more who got those.
        self._begin = now - timedelta(days=config.keep.addresses)
        self._own = own_facts(db, department)

    @cached_property
    def _calls(self) -> dict[str, frozenset[CallKey]]:
        """Return the calls of each recipient's mails, which only recipients with choices of their own need."""
        return told_calls(self._db, self._department, [recipient.email for recipient in self._recipients])

    def streams(self, candidates: Sequence[Candidate]) -> list[Stream]:
        """Return the recipients grouped by the mail that they get."""
        apart = {recipient.folded: self.apart(recipient, candidates) for recipient in self._recipients}
        return list_streams(self._recipients, self._told, apart)

    def apart(self, recipient: Subscriber, candidates: Sequence[Candidate]) -> Apart:
        """Return the difference between what a recipient has been told and what the department has."""
        known = recipient.known
        own = tuple(fact for fact in self._own.get(recipient.folded, ()) if known is None or fact.at > known)
        if recipient.pace is Pace.WEEKLY and not is_behind(recipient, self._told):
            return Apart(own=own) if own else TOLD_ALIKE
        calls, certain = self._calls.get(recipient.folded, frozenset()), recipient.pace is Pace.CERTAIN
        since = max(recipient.added or self._begin, self._begin)
        unaware = list_unaware(candidates, calls, since, certain=certain)
        promised = list_promised(candidates, calls) if certain else ()
        return Apart(unaware=tuple(sorted(unaware)), promised=tuple(sorted(promised)), own=own)

    def is_alone(self, recipient: Subscriber) -> bool:
        """Return whether corrections count for the recipient alone, since the next mail tells more than the department's."""
        return recipient.pace is Pace.MONTHLY or is_behind(recipient, self._told)

    def corrections(
        self, recipients: Sequence[Subscriber], candidates: Sequence[Candidate], rules: RuleSet, now: datetime
    ) -> list[StreamMail]:
        """Return the corrections of what these recipients were told, each of calls that its own recipients were told of."""
        groups: dict[tuple[object, ...], list[tuple[Subscriber, Selection]]] = defaultdict(list)
        for recipient in recipients:
            apart = self.apart(recipient, candidates)
            (stream,) = list_streams([recipient], self._told, {recipient.folded: apart})
            calls = self._calls.get(recipient.folded, frozenset())
            view = [one for one in as_seen(candidates, stream) if one.key in calls]
            selection = narrowed(choose_corrections(view, now), stream, rules)
            if selection.items:
                key = (self.is_alone(recipient), *map(_content, selection.items))
                groups[key].append((recipient, selection))
        return [
            StreamMail(
                stream=Stream(recipients=tuple(recipient for recipient, _ in rows)),
                selection=rows[0][1],
                previous=None,
                alone=self.is_alone(rows[0][0]),
            )
            for rows in groups.values()
        ]


def as_seen(candidates: Sequence[Candidate], stream: Stream) -> list[Candidate]:
    """Return the candidates with the facts that the recipients of a stream have been told."""
    own: dict[CallKey, list[Told]] = defaultdict(list)
    for fact in stream.apart.own:
        own[CallKey(fact.source, fact.call_id)].append(Told(fact=fact.fact, at=fact.at))
    return seen_by(candidates, until=stream.since, unaware=_keys(stream.apart.unaware), own=own)


def narrowed(selection: Selection, stream: Stream, rules: RuleSet) -> Selection:
    """Return the selection without what the recipients of a stream do not want."""
    titles = [file.theme.title for file in rules.themes if file.theme.id in stream.left_out]
    return narrow(selection, certain=stream.certain, left_out=titles, promised=_keys(stream.apart.promised))


def _keys(pairs: Sequence[tuple[str, str]]) -> frozenset[CallKey]:
    return frozenset(CallKey(*pair) for pair in pairs)


def _content(item: DigestItem) -> tuple[object, ...]:
    return item.candidate.key, item.changes, item.facts


def outbox_row(config: Config, digest_id: str, recipient: Subscriber, *, follows: bool) -> NewOutboxRow:
    """Return the row of the outbox for a recipient of a digest; `follows`: her next mail goes on from this one."""
    return NewOutboxRow(
        message_id=message_id(digest_id, recipient.email, config.mail.sender),
        recipient=recipient.email,
        language=recipient.language,
        follows=recipient.known if follows else None,
        channel=TEAMS if recipient.is_channel else MAIL,
    )
