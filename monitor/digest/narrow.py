"""Narrowing a department's mail to what some of its recipients chose, and to what they have not been told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.calls import CallKey
from monitor.digest.facts import FIRST
from monitor.digest.model import Candidate, DigestItem, Selection, Told
from monitor.vocabulary import Level, MailKind, MailSection


def narrow(selection: Selection, *, certain: bool, left_out: Collection[str], promised: Collection[CallKey] = ()) -> Selection:
    """Return the selection without what a recipient does not want; one that loses everything is that of a quiet week.

    Args:
        selection: The selection for the department.
        certain: Leave out calls of which the rules are not sure.
        left_out: Titles of themes; a call is left out when it has no other theme.
        promised: Calls that the recipient was told of when the rules were sure: what changes about them is still told.
    """
    if not certain and not left_out:
        return selection

    def wanted(items: Iterable[DigestItem]) -> tuple[DigestItem, ...]:
        return tuple(item for item in items if is_wanted(item, certain=certain, left_out=left_out, promised=promised))

    items, rest = wanted(selection.items), wanted(selection.rest)
    groups = tuple(replace(group, items=kept) for group in selection.groups if (kept := wanted(group.items)))
    weekly = selection.kind is MailKind.WEEKLY
    kind = MailKind.QUIET if weekly and not (items or rest or groups) else selection.kind
    return Selection(kind=kind, items=items, groups=groups, rest=rest)


def is_wanted(item: DigestItem, *, certain: bool, left_out: Collection[str], promised: Collection[CallKey] = ()) -> bool:
    """Return whether a recipient with these choices wants an item; a told call that the rules no longer match is a promise."""
    if certain and not _is_sure(item.candidate):
        is_promised = item.section is MailSection.CHANGED and item.candidate.key in promised
        return is_promised or any(_is_sure(earlier) or earlier.key in promised for earlier in item.candidate.follows)
    if item.candidate.match is None and not item.candidate.follows:
        return True
    themes = item.candidate.reasons.themes if left_out else ()
    return not themes or any(theme not in left_out for theme in themes)


def seen_by(
    candidates: Iterable[Candidate],
    *,
    until: datetime | None,
    unaware: Collection[CallKey] = (),
    own: Mapping[CallKey, Sequence[Told]] | None = None,
) -> list[Candidate]:
    """Return the candidates with the facts that one recipient has been told, as far as they are not the department's.

    Args:
        candidates: The candidates with the facts told to the department.
        until: Time of the recipient's last mail; None where the recipient has been told all that the department has.
        unaware: Calls of which the department was told and the recipient was not.
        own: Facts told to the recipient alone after that mail, in the order of telling.
    """
    alone = own or {}
    return [
        replace(one, told=(*(() if one.key in unaware else _told_until(one, until)), *alone.get(one.key, ())))
        for one in candidates
    ]


def _told_until(candidate: Candidate, until: datetime | None) -> tuple[Told, ...]:
    return candidate.told if until is None else tuple(told for told in candidate.told if told.at <= until)


def list_unaware(candidates: Iterable[Candidate], told: Collection[CallKey], since: datetime, *, certain: bool) -> list[CallKey]:
    """Return the calls that the department was told of and that a recipient was not: doubtful then, or closed at her mail.

    Args:
        candidates: The candidates with the facts told to the department.
        told: Calls that the recipient's mails told of.
        since: Time from which on the recipient's mails are known. What the department was told before is left alone.
        certain: Return only calls of which the rules are sure now, for a recipient who wants no others.
    """
    return [
        one.key
        for one in candidates
        if not one.withheld
        and one.key not in told
        and (first := first_told(one)) is not None
        and first >= since
        and (_is_sure(one) or not certain)
    ]


def list_promised(candidates: Iterable[Candidate], told: Collection[CallKey]) -> list[CallKey]:
    """Return the calls that a recipient of sure calls alone was told of and that the rules are not sure of any more."""
    return [one.key for one in candidates if not _is_sure(one) and one.key in told]


def _is_sure(candidate: Candidate) -> bool:
    return candidate.match is not None and candidate.match.level is Level.STRONG


def first_told(candidate: Candidate) -> datetime | None:
    """Return when the department was told of a call at first; None before."""
    return min((told.at for told in candidate.told if told.fact in FIRST), default=None)
