"""Learn what is usual for a source from its past readings, and tell what a reading has lost against it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Protocol

from monitor.collect.item_losses import LOST_PART, MIN_CHARS, ItemFacts, find_item_losses

LEARNED_FIELDS = {"deadline": "sista ansökningsdag", "published": "publiceringsdatum", "text": "text", "starts": "starttid"}
"""Facts of items whose share is learned, as `monitor.collect.health.measure` counts them, in Swedish."""
_MAX_RUNS, _MIN_RUNS, _MIN_ITEMS = 30, 3, 5
"""Readings that are looked back at; readings and items that a comparison needs."""
_USUAL_SHARE, _LOST_SHARE = 0.5, 0.05
_DAY_SECONDS = 86_400


class PastReading(Protocol):
    """Reading of a source with the counts that are learned from."""

    @property
    def at(self) -> datetime:
        """Return when it was."""

    @property
    def items(self) -> int:
        """Return the number of items that could be read."""

    @property
    def changes(self) -> int:
        """Return the number of items that were new or changed."""

    @property
    def fields(self) -> Mapping[str, int]:
        """Return the number of calls that had each of the learned facts, and of all calls as `items`."""

    @property
    def chars(self) -> int | None:
        """Return the median length of their texts, in characters; None where it was not measured."""

    @property
    def read_fields(self) -> Mapping[str, int]:
        """Return the same numbers as `fields` over all items that were read, passed on or left out; empty where not measured.

        `ahead` is the number of those with a day ahead.
        """

    @property
    def read_chars(self) -> int | None:
        """Return the median length of the texts of all items that were read."""

    @property
    def each(self) -> Mapping[str, ItemFacts]:
        """Return the facts of each item by its key, passed on or left out; empty for many items and where not measured."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Usual numbers of a source, by its accepted readings."""

    items: int
    """Median of the numbers of items."""
    days: float | None
    """Median of the days between two readings with something new; None where there were fewer than four."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Median share of the items that had each of the learned facts."""
    chars: int | None = None
    """Median length of the texts, in characters."""


def learn(earlier: Sequence[PastReading]) -> Usual | None:
    """Return what is usual by the newest 30 of these accepted readings, oldest first; None where fewer than three teach."""
    known = [run for run in earlier if run.items][-_MAX_RUNS:]
    if len(known) < _MIN_RUNS:
        return None
    changed = [run.at for run in known if run.changes]
    gaps = [(later - before).total_seconds() / _DAY_SECONDS for before, later in pairwise(changed)]
    full = [run for run in known if run.fields.get("items", 0) >= _MIN_ITEMS]
    shares = {
        name: median(run.fields.get(name, 0) / run.fields["items"] for run in full)
        for name in LEARNED_FIELDS
        if len(full) >= _MIN_RUNS
    }
    lengths = [run.chars for run in full if run.chars is not None]
    return Usual(
        items=round(median(run.items for run in known)),
        days=median(gaps) if len(gaps) >= _MIN_RUNS else None,
        shares=shares,
        chars=round(median(lengths)) if len(lengths) >= _MIN_RUNS else None,
    )


def find_losses(now: PastReading, earlier: Sequence[PastReading]) -> list[str]:
    """Return in Swedish which facts a reading has lost: those that most items used to have and that nearly none has now.

    Where fewer than five items are passed on, all that were read are compared: an item that has lost its text may be left out for
    it. Where fewer were read, the same items are compared one by one. What the last accepted reading lacked as well is not lost
    anew: a person has accepted it so.
    """
    if not earlier:
        return []
    kept = now.fields.get("items", 0)
    if kept >= _MIN_ITEMS:
        return _compare(now, earlier)
    if now.read_fields.get("items", 0) < _MIN_ITEMS:
        return list(find_item_losses(now.each, [run.each for run in earlier], now.at))
    return [*_compare(_whole(now), [_whole(run) for run in earlier]), *_lost_kinds(now, earlier)]


@dataclass(frozen=True, slots=True)
class _WholeReading:
    """Reading with the numbers of all its items, those that were left out too."""

    at: datetime
    items: int
    changes: int
    fields: Mapping[str, int]
    chars: int | None
    read_fields: Mapping[str, int]
    read_chars: int | None
    each: Mapping[str, ItemFacts]


def _whole(run: PastReading) -> _WholeReading:
    return _WholeReading(
        run.at, run.items, run.changes, run.read_fields, run.read_chars, run.read_fields, run.read_chars, run.each
    )


def _compare(now: PastReading, earlier: Sequence[PastReading]) -> list[str]:
    usual = learn(earlier)
    if usual is None:
        return []
    return [*_lost_fields(now, earlier[-1], usual, now.fields["items"]), *_lost_length(now, earlier[-1], usual)]


def _lost_kinds(now: PastReading, earlier: Sequence[PastReading]) -> Iterator[str]:
    """Yield the loss of a reading whose items are left out though they have days ahead, where most used to be passed on."""
    ahead, total = now.read_fields.get("ahead", 0), now.read_fields["items"]
    measured = [run for run in earlier if run.read_fields.get("items", 0) >= _MIN_ITEMS][-_MAX_RUNS:]
    if ahead < _MIN_ITEMS or len(measured) < _MIN_RUNS or not _passes_none(now) or _passes_none(measured[-1]):
        return
    if median(run.fields.get("items", 0) / run.read_fields["items"] for run in measured) >= _USUAL_SHARE:
        yield f"Alla {total} poster lämnas utanför, fast {ahead} har en dag framåt. Förr sparades de flesta."


def _passes_none(run: PastReading) -> bool:
    return run.fields.get("items", 0) <= run.read_fields["items"] * _LOST_SHARE


def _lost_fields(now: PastReading, last: PastReading, usual: Usual, total: int) -> Iterator[str]:
    for name, words in LEARNED_FIELDS.items():
        was_lost = last.fields.get("items", 0) >= _MIN_ITEMS and _is_lost(last, name)
        if usual.shares.get(name, 0.0) >= _USUAL_SHARE and _is_lost(now, name) and not was_lost:
            yield f"Ingen av {total} poster har längre {words}. Förr hade de flesta det."


def _is_lost(run: PastReading, name: str) -> bool:
    return run.fields.get(name, 0) <= run.fields.get("items", 0) * _LOST_SHARE


def _lost_length(now: PastReading, last: PastReading, usual: Usual) -> Iterator[str]:
    if usual.chars is None or now.chars is None or usual.chars < MIN_CHARS or not now.chars:
        return
    limit = usual.chars * LOST_PART
    if now.chars < limit and (last.chars is None or last.chars >= limit):
        yield f"Texterna har blivit korta: omkring {now.chars} tecken. Förr var de omkring {usual.chars}."


def describe_usual(usual: Usual) -> str:
    """Return what is usual for a source, as Swedish sentences."""
    parts = [f"Den brukar ge omkring {usual.items} poster"]
    if usual.days is not None:
        days = round(usual.days)
        parts.append("med något nytt varje dag" if days <= 1 else f"med något nytt omkring var {days}:e dag")
    shares = [
        f"{round(share * 100)} procent har {LEARNED_FIELDS[name]}"
        for name, share in usual.shares.items()
        if share >= _USUAL_SHARE
    ]
    length = [f"texterna har omkring {usual.chars} tecken"] if usual.chars else []
    about = "; ".join([*shares, *length])
    return f"{', '.join(parts)}. {about[:1].upper()}{about[1:]}{'.' if about else ''}".strip()
