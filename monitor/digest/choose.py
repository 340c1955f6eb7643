"""Choosing the items of a mail: every fact that a department should be told and has not been told, whatever its age."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor.calls import CallKey, call_status, next_deadline
from monitor.digest.arrange import arrange
from monitor.digest.changes import find_changes, find_move, mention_facts, reminder_facts
from monitor.digest.facts import ToldFacts, date_keys, number_fact, read_facts
from monitor.digest.memory import CandidateMemory
from monitor.digest.model import AS_CHOSEN, Arrangement, Candidate, Change, Choice, DigestGroup, DigestItem, Selection
from monitor.digest.narrow import first_told
from monitor.vocabulary import URGENT_CHANGES, Answer, Kind, Level, MailChange, MailKind, MailSection, Status

_LARGEST_UNGROUPED = 3
"""Items of one source in one section that are listed however many the source has in others."""
ASKED_REMINDER = timedelta(days=56)
"""Longest time to the last day at which the coordinator may have a known call named among those that close soon."""
_SECTIONS = tuple(MailSection)
_FIRST_SECTION = {
    Kind.NEWS: MailSection.NEWS,
    Kind.EVENT: MailSection.EVENTS,
    Kind.POLICY: MailSection.POLICY,
    Kind.PARTNER_SEARCH: MailSection.PARTNERS,
}


def due_item(
    candidate: Candidate,
    also: tuple[Candidate, ...] = (),
    *,
    first: bool,
    previous: datetime | None,
    choice: Choice,
    now: datetime,
) -> DigestItem | None:
    """Return the item that this call gives now, or None when there is nothing to tell."""
    known = read_facts(candidate.told)
    if not known.told:
        return _first_item(candidate, also, first=first, previous=previous, choice=choice, now=now)
    if candidate.answer == Answer.NOT_FOR_US:
        return None
    changes = find_changes(candidate, known, now)
    if changes and {change.kind for change in changes} != {MailChange.OPENED}:
        return _changed_item(candidate, known, changes, also, now)
    if candidate.match is None or candidate.vanished_at is not None or candidate.withheld:
        return None
    if changes:
        return DigestItem(
            candidate=candidate,
            section=MailSection.NEW,
            facts=("opened", *mention_facts(candidate, known, now)),
            also=also,
            opened=True,
        )
    return _closing_item(candidate, known, also, now) or _asked_item(candidate, known, also, now)


def choose(
    candidates: Iterable[Candidate],
    *,
    first: bool,
    previous: datetime | None,
    choice: Choice,
    now: datetime,
    arranged: Arrangement = AS_CHOSEN,
    memory: CandidateMemory | None = None,
) -> Selection:
    """Return the selection for one department's mail of the week.

    Args:
        candidates: The calls that concern the department or have been told to it.
        first: True when it has never had a mail; it is then welcomed with the calls that are open now.
        previous: When its last mail was built. Calls that opened and closed since then are named as missed.
        choice: The limits to follow.
        now: The moment of the mail.
        arranged: The order that the coordinator wants.
        memory: Memory of the items that were worked out before, of the same limits and moment.
    """
    merged = merge_stories(follow_dossiers(candidates))
    decide = partial(due_item, first=first, previous=previous, choice=choice, now=now)
    if memory is not None:
        decide = partial(memory.due_item, (first, previous), decide)
    items = [item for candidate, also in merged if (item := decide(candidate, also))]
    items.sort(key=lambda item: _sort_key(item, now))
    if first:
        shown, rest = _welcome(items, choice, arranged.marked, now)
        return Selection(kind=MailKind.WELCOME, items=tuple(arrange(shown, arranged.places)), rest=tuple(rest))
    shown, groups = _group_floods(items, choice, arranged.marked)
    kind = MailKind.WEEKLY if items else MailKind.QUIET
    return Selection(kind=kind, items=tuple(arrange(shown, arranged.places)), groups=tuple(groups))


def choose_corrections(candidates: Iterable[Candidate], now: datetime) -> Selection:
    """Return the changes that cannot wait for the next mail: a told date moved earlier, or the call is gone."""
    items = []
    for candidate in candidates:
        known = read_facts(candidate.told)
        if not known.told or candidate.answer == Answer.NOT_FOR_US:
            continue
        changes = find_changes(candidate, known, now)
        if any(change.kind in URGENT_CHANGES for change in changes):
            items.append(_changed_item(candidate, known, changes, (), now))
    items.sort(key=lambda item: _sort_key(item, now))
    return Selection(kind=MailKind.CORRECTION, items=tuple(items))


def open_known_calls(candidates: Iterable[Candidate], now: datetime, limit: int = 5) -> tuple[Candidate, ...]:
    """Return the known calls that can still be applied for, nearest deadline first: for a week without news."""
    found = [
        (upcoming.at, candidate.key, candidate)
        for candidate in candidates
        if candidate.match is not None
        and candidate.vanished_at is None
        and not candidate.withheld
        and candidate.answer != Answer.NOT_FOR_US
        and (candidate.match.level is not Level.WEAK or candidate.answer == Answer.INTERESTED)
        and read_facts(candidate.told).told
        and (upcoming := next_deadline(candidate.call, now)) is not None
    ]
    return tuple(candidate for _, _, candidate in sorted(found, key=lambda row: row[:2])[:limit])


def follow_dossiers(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates, each with the documents of its dossier that the reader was told of before it joined them."""
    listed = list(candidates)
    by_key = {candidate.key: candidate for candidate in listed if candidate.told and candidate.answer != Answer.NOT_FOR_US}

    def followed(candidate: Candidate) -> tuple[Candidate, ...]:
        earlier = [
            (told, key)
            for key, joined in candidate.joined
            if key in by_key and (told := first_told(by_key[key])) is not None and told < joined
        ]
        return tuple(by_key[key] for _, key in sorted(earlier))

    return [replace(candidate, follows=followed(candidate)) if candidate.joined else candidate for candidate in listed]


def merge_stories(candidates: Iterable[Candidate]) -> list[tuple[Candidate, tuple[Candidate, ...]]]:
    """Return each story once, with the other sources of it: the call leads before the news about it.

    Of a story of which any part has been told, only the told calls go on, for changes of their own.
    """
    alone: list[tuple[Candidate, tuple[Candidate, ...]]] = []
    stories: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        if candidate.story:
            stories[candidate.story].append(candidate)
        else:
            alone.append((candidate, ()))
    for members in stories.values():
        told = [member for member in members if read_facts(member.told).told]
        if told:
            # The rules match the story's lead alone; reminders go on for the record that the department knows.
            match = next((member.match for member in members if member.match is not None), None)
            first = min(told, key=_lead_key)
            alone.extend((replace(member, match=match) if member is first else member, ()) for member in told)
        else:
            members.sort(key=lambda member: (*_lead_key(member)[:2], -len(member.call.deadlines), member.key))
            alone.append((members[0], tuple(member for member in members[1:] if member.call.url != members[0].call.url)))
    return alone


def _lead_key(member: Candidate) -> tuple[bool, bool, CallKey]:
    """Return the sort key by which a story's lead is its least: matched or in a dossier that moved, then a call, then its key."""
    return member.match is None and not member.follows, member.call.kind is not Kind.CALL, member.key


def _first_item(
    candidate: Candidate,
    also: tuple[Candidate, ...],
    *,
    first: bool,
    previous: datetime | None,
    choice: Choice,
    now: datetime,
) -> DigestItem | None:
    call = candidate.call
    is_due = candidate.match is not None or candidate.follows
    if not is_due or candidate.vanished_at is not None or candidate.answer == Answer.NOT_FOR_US:
        return None
    status = call_status(call, now)
    if call.kind in (Kind.NEWS, Kind.POLICY) or (call.kind is not Kind.CALL and not date_keys(call)):
        when = call.published or candidate.first_seen
        if min(when, candidate.first_seen) < now - timedelta(days=choice.news_days) or (candidate.baseline and not first):
            return None
    elif status is Status.CLOSED:
        return _missed_item(candidate, also, previous=previous, now=now)
    section = _FIRST_SECTION.get(call.kind) or (MailSection.COMING if status is Status.FORTHCOMING else MailSection.NEW)
    word = "coming" if section is MailSection.COMING else "new"
    facts = (word, *mention_facts(candidate, ToldFacts(), now))
    return DigestItem(candidate=candidate, section=section, facts=facts, changes=find_move(candidate, now), also=also)


def _missed_item(
    candidate: Candidate, also: tuple[Candidate, ...], *, previous: datetime | None, now: datetime
) -> DigestItem | None:
    """Return the item of a call that came and closed between two mails: silence would hide it."""
    match = candidate.match
    if (
        previous is None
        or candidate.baseline
        or candidate.call.kind is not Kind.CALL
        or match is None
        or match.level is Level.WEAK
    ):
        return None
    last = max((deadline.at for deadline in candidate.call.deadlines), default=None)
    if last is None or last < previous or candidate.first_seen < previous:
        return None
    return DigestItem(
        candidate=candidate, section=MailSection.MISSED, facts=("missed", *mention_facts(candidate, ToldFacts(), now)), also=also
    )


def _changed_item(
    candidate: Candidate, known: ToldFacts, changes: list[Change], also: tuple[Candidate, ...], now: datetime
) -> DigestItem:
    kinds = {change.kind for change in changes}
    facts: list[str] = []
    if MailChange.WITHDRAWN in kinds:
        facts.append(number_fact("withdrawn", known.facts))
    if MailChange.BACK in kinds:
        facts.append(number_fact("back", known.facts))
    if MailChange.OPENED in kinds:
        facts.append("opened")
    if MailChange.WITHDRAWN not in kinds:
        facts.extend(mention_facts(candidate, known, now))
    return DigestItem(candidate=candidate, section=MailSection.CHANGED, facts=tuple(facts), changes=tuple(changes), also=also)


def _closing_item(candidate: Candidate, known: ToldFacts, also: tuple[Candidate, ...], now: datetime) -> DigestItem | None:
    """Return a reminder, due once at four weeks and once at one week, for strong matches and calls of interest."""
    match = candidate.match
    if match is None or candidate.call.kind is not Kind.CALL or call_status(candidate.call, now) is not Status.OPEN:
        return None
    if match.level is not Level.STRONG and candidate.answer != Answer.INTERESTED:
        return None
    facts = [fact for fact in reminder_facts(candidate, now) if fact not in known.facts]
    if not facts or (len(facts) == 1 and facts[0].startswith("closing-4w") and _one_week_told(known, facts[0])):
        return None
    return DigestItem(candidate=candidate, section=MailSection.CLOSING, facts=tuple(facts), also=also)


def _asked_item(candidate: Candidate, known: ToldFacts, also: tuple[Candidate, ...], now: datetime) -> DigestItem | None:
    """Return a reminder that the coordinator asked for by adding the call after it was told last; each choice gives one."""
    upcoming = next_deadline(candidate.call, now)
    asked = candidate.added is not None and all(told.at < candidate.added for told in candidate.told)
    if not asked or candidate.call.kind is not Kind.CALL or upcoming is None or upcoming.at > now + ASKED_REMINDER:
        return None
    if call_status(candidate.call, now) is not Status.OPEN:
        return None
    facts = (number_fact("reminded", known.facts), *mention_facts(candidate, known, now))
    return DigestItem(candidate=candidate, section=MailSection.CLOSING, facts=facts, also=also)


def _one_week_told(known: ToldFacts, four_weeks: str) -> bool:
    return four_weeks.replace("closing-4w", "closing-1w") in known.facts


def _welcome(
    items: list[DigestItem], choice: Choice, marked: frozenset[CallKey], now: datetime
) -> tuple[list[DigestItem], list[DigestItem]]:
    """Return the items of the first mail and the rest, which is behind a link and counts as told.

    The mail has the strongest open calls, and the proposals that one can answer by a day to come.
    """
    open_now = [item for item in items if item.section is MailSection.NEW]
    answerable = [
        item for item in items if item.section is MailSection.POLICY and next_deadline(item.candidate.call, now) is not None
    ]
    named = {item.candidate.key for part in (open_now, answerable) for item in part[: choice.welcome]} | marked
    shown = [item for item in items if item.candidate.key in named]
    return shown, [item for item in items if item.candidate.key not in named]


def _group_floods(
    items: list[DigestItem], choice: Choice, marked: frozenset[CallKey]
) -> tuple[list[DigestItem], list[DigestGroup]]:
    """Return the items and groups: too many first mentions of one source, as when it was repaired, become one group.

    A call that is marked is never in a group.
    """
    promises = (MailSection.CHANGED, MailSection.CLOSING)
    firsts = [item for item in items if item.section not in promises and not item.opened and not item.changes]
    per_source = Counter(item.candidate.call.source for item in firsts)
    read_first = Counter(item.candidate.call.source for item in firsts if item.candidate.baseline)
    parts = Counter((item.candidate.call.source, item.section) for item in firsts)
    groups: dict[tuple[str, MailSection], list[DigestItem]] = defaultdict(list)
    shown = []
    for item in items:
        source = item.candidate.call.source
        many = per_source[source] > choice.per_source
        flood = many or (item.candidate.baseline and read_first[source] > choice.first_reading)
        promise = item.section in promises or item.opened or bool(item.changes) or item.candidate.key in marked
        alone = promise or parts[source, item.section] <= _LARGEST_UNGROUPED
        if flood and not alone:
            groups[source, item.section].append(item)
        else:
            shown.append(item)
    made = [
        DigestGroup(
            source=source,
            section=section,
            items=tuple(members),
            first_reading=all(member.candidate.baseline for member in members),
        )
        for (source, section), members in groups.items()
    ]
    return shown, made


def _sort_key(item: DigestItem, now: datetime) -> tuple[object, ...]:
    """Return the sort key of an item: section, dates moved earlier, what the department can act on, nearest date.

    Among calls, what may surely be applied for comes before what may be, the priorities of the strategy before the rest, and a
    nearer last day before a later one. Reminders and events are in the order of their days.
    """
    call, match = item.candidate.call, item.candidate.match
    urgency = 0 if any(change.kind in URGENT_CHANGES for change in item.changes) else 1
    upcoming = next_deadline(call, now)
    starts = call.starts if call.kind is Kind.EVENT else None
    when = starts or (upcoming.at if upcoming else None)
    age = -(call.published or item.candidate.first_seen).timestamp() if when is None else 0.0
    relevance = -match.relevance if match else 0.0
    far = when.timestamp() if when else float("inf")
    by_day = item.section in (MailSection.CLOSING, MailSection.EVENTS)
    worth = () if by_day else _worth(item.candidate)
    return (_SECTIONS.index(item.section), urgency, worth, far, age, relevance, item.candidate.key)


def _worth(candidate: Candidate) -> tuple[bool, int, bool]:
    """Return the sort key of how surely the department can act: weak matches last, then by the answer, then priorities."""
    match, card = candidate.match, candidate.reasons.card
    weak = match is None or match.level is Level.WEAK
    if card is None or card.municipality == "framgår inte":
        answer = 2
    elif card.municipality == "nej":
        answer = 3
    else:
        answer = 1 if card.guessed else 0
    return weak, answer, not candidate.reasons.priority
