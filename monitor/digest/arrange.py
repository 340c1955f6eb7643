"""Order of a mail's items: the program's, with the places that the coordinator gave some of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from monitor.calls import CallKey
from monitor.digest.layout import is_weak
from monitor.digest.model import DigestItem
from monitor.vocabulary import MailSection

Part = tuple[MailSection, bool]
"""Part of a mail in which items stand in one order: a section, and True for its list of doubtful calls."""


def part_of(item: DigestItem) -> Part:
    """Return the part of the mail in which an item stands."""
    return item.section, item.section is MailSection.NEW and is_weak(item)


def arrange(items: Iterable[DigestItem], places: Mapping[CallKey, int]) -> list[DigestItem]:
    """Return the items, part by part, with those of `places` at their places in their part and the others in their order.

    A place is counted from 1; one beyond the end is the last.
    """
    parts: dict[Part, list[DigestItem]] = {}
    for item in items:
        parts.setdefault(part_of(item), []).append(item)
    return [item for members in parts.values() for item in _placed(members, places)]


def _placed(members: Sequence[DigestItem], places: Mapping[CallKey, int]) -> list[DigestItem]:
    keys = place_keys([item.candidate.key for item in members], places)
    by_key = {item.candidate.key: item for item in members}
    return [by_key[key] for key in keys]


def place_keys(order: Sequence[CallKey], places: Mapping[CallKey, int]) -> list[CallKey]:
    """Return the keys of one part in the program's order with those of `places` at their places."""
    found = [key for key in order if key not in places]
    for key in sorted((key for key in order if key in places), key=lambda key: (places[key], key)):
        found.insert(places[key] - 1, key)
    return found


def move(order: Sequence[CallKey], places: Mapping[CallKey, int], key: CallKey, place: int) -> dict[CallKey, int | None]:
    """Return the places to store so that one call of a part moves, and the others keep the order that they have now.

    Args:
        order: Keys of the part in the program's order.
        places: Places of the part's calls as they are now.
        key: Call to move.
        place: Its new place, from 1.

    Returns:
        Places of the call and of those that had one; None for a call that stands right without.
    """
    wanted = [other for other in place_keys(order, places) if other != key]
    wanted.insert(max(place, 1) - 1, key)
    kept = {other: number for number, other in enumerate(wanted, 1) if other == key or other in places}
    changed: dict[CallKey, int | None] = dict(kept)
    for other in list(kept):
        without = {one: number for one, number in kept.items() if one != other}
        if place_keys(order, without) == wanted:
            kept, changed[other] = without, None
    return changed
