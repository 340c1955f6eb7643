"""Narrowing a department's mail to what some of its recipients chose, and to what they have not been told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from monitor.digest.model import Candidate, DigestItem, Selection
from monitor.vocabulary import Level, MailKind


def narrow(selection: Selection, *, certain: bool, left_out: Collection[str]) -> Selection:
    """Return the selection without what a recipient does not want; one that loses everything is that of a quiet week.

    Args:
        selection: The selection for the department.
        certain: Leave out calls of which the rules are not sure.
        left_out: Titles of themes; a call is left out when it has no other theme.
    """
    if not certain and not left_out:
        return selection
    items = tuple(item for item in selection.items if is_wanted(item, certain=certain, left_out=left_out))
    rest = tuple(item for item in selection.rest if is_wanted(item, certain=certain, left_out=left_out))
    groups = tuple(
        replace(group, items=wanted)
        for group in selection.groups
        if (wanted := tuple(item for item in group.items if is_wanted(item, certain=certain, left_out=left_out)))
    )
    weekly = selection.kind is MailKind.WEEKLY
    kind = MailKind.QUIET if weekly and not (items or rest or groups) else selection.kind
    return Selection(kind=kind, items=items, groups=groups, rest=rest)


def is_wanted(item: DigestItem, *, certain: bool, left_out: Collection[str]) -> bool:
    """Return whether a recipient with these choices wants an item; a told call that the rules no longer match is a promise."""
    match = item.candidate.match
    if match is None:
        return True
    if certain and match.level is not Level.STRONG:
        return False
    themes = item.candidate.reasons.themes if left_out else ()
    return not themes or any(theme not in left_out for theme in themes)


def told_until(candidates: Iterable[Candidate], moment: datetime) -> list[Candidate]:
    """Return the candidates with the facts that were told by a moment: as they are to a recipient who got no mail after it."""
    return [replace(one, told=tuple(told for told in one.told if told.at <= moment)) for one in candidates]
