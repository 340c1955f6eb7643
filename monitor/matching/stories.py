"""Which records of several publishers are one story: the same call told by the portal, an authority and a news page. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import chain, combinations, product

from rapidfuzz.fuzz import ratio, token_set_ratio

from monitor.calls import CallKey
from monitor.language.money import find_amounts
from monitor.vocabulary import Kind

_LOOKED_AT = 6000
_NEIGHBOUR = timedelta(days=1)
_SAME_SEASON = timedelta(days=45)
_ENOUGH = 3
_LEAD = 4  # how much better a pair must be than its rival, in points of the title's likeness
_WORD = re.compile(r"[^\W\d_]{7,}")
_LETTERS = re.compile(r"(?<![\w-])[A-ZÅÄÖ][A-ZÅÄÖ0-9]{2,}(?![\w-])")
_COMMON_LETTERS = {"SEK", "MSEK", "EUR", "PDF", "FAQ", "NUTS"}
_NUMBER = re.compile(r"\d+")
_SMALL = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class Record:
    """One call of the archive, as far as joining goes. `days` are the days of its deadlines at the publisher; `names` the identifiers it
    bears or names; `links` the addresses it links to; `facts` how many of its fields are filled; `leads` whether others stand under it already."""

    key: CallKey
    title: str
    kind: Kind
    url: str = ""
    identifier: str = ""
    names: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    days: frozenset[date] = frozenset()
    published: date | None = None
    place: frozenset[str] = frozenset()
    programme: str = ""
    text: str = ""
    alive: bool = True
    facts: int = 0
    leads: bool = False
    first_seen: str = ""

    @cached_property
    def plain_title(self) -> str:
        return " ".join(_SMALL.sub(" ", self.title.casefold()).split())

    @cached_property
    def numbers(self) -> frozenset[str]:
        return frozenset(_NUMBER.findall(self.plain_title))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(word.casefold() for word in _WORD.findall(self.text[:_LOOKED_AT]))

    @cached_property
    def letters(self) -> frozenset[str]:
        return frozenset(_LETTERS.findall(f"{self.title}\n{self.text[:_LOOKED_AT]}")) - _COMMON_LETTERS

    @cached_property
    def sums(self) -> frozenset[int]:
        amounts = find_amounts(f"{self.title}\n{self.text[: _LOOKED_AT // 3]}")
        return frozenset(value for item in amounts for value in (item.amount, item.amount_max) if value)


class _Groups:
    """Groups that grow together, unless a person has parted two of their records or both tell different calls of one source."""

    def __init__(self, records: Mapping[CallKey, Record], apart: Iterable[frozenset[CallKey]]) -> None:
        self._records = records
        self._of = {key: frozenset({key}) for key in records}
        self._apart = set(apart)

    def join(self, one: CallKey, other: CallKey, *, by_person: bool = False) -> bool:
        first, second = self._of[one], self._of[other]
        if first is second:
            return True
        if not by_person and any(self._may_not(a, b) for a in first for b in second):
            return False
        whole = first | second
        for key in whole:
            self._of[key] = whole
        return True

    def _may_not(self, one: CallKey, other: CallKey) -> bool:
        if frozenset((one, other)) in self._apart:
            return True
        calls = self._records[one].kind is Kind.CALL and self._records[other].kind is Kind.CALL
        return one[0] == other[0] and calls

    def __iter__(self) -> Iterator[frozenset[CallKey]]:
        return iter({id(group): group for group in self._of.values()}.values())


def join_records(
    records: Sequence[Record], apart: Iterable[tuple[CallKey, CallKey]] = (), together: Iterable[tuple[CallKey, CallKey]] = ()
) -> dict[CallKey, CallKey]:
    """For every record that stands under another, the key of its lead. A lone record and a lead are not in it.

    In this order: what a person joined, the same key and identifier, an identifier that one call alone bears, a link, and last
    likeness of title, deadline, sums and words. What a person parted stays parted.
    """
    known = {record.key: record for record in records}
    groups = _Groups(known, (frozenset(pair) for pair in apart))
    for one, other in together:
        if one in known and other in known:
            groups.join(one, other, by_person=True)
    for one, other in (*_same_keys(records), *_same_names(records), *_linked(records)):
        groups.join(one, other)
    # Of records that are joined already, the lead alone is compared: its twins say the same.
    leads = [_lead([known[key] for key in group]) for group in groups]
    for one, other in _alike(sorted(leads, key=lambda record: record.key)):
        groups.join(one, other)
    under: dict[CallKey, CallKey] = {}
    for group in groups:
        if len(group) > 1:
            lead = _lead([known[key] for key in group]).key
            under |= {key: lead for key in group if key != lead}
    return under


def _lead(records: Sequence[Record]) -> Record:
    return records[0] if len(records) == 1 else max(records, key=_rank)


def _rank(record: Record) -> tuple[object, ...]:
    """The richest record leads; one that leads already gives way only to a clearly richer one, so that nobody is told twice."""
    tier = (record.alive, record.kind is Kind.CALL, bool(record.days), len(record.text) > 300)
    return (*tier, record.leads, record.facts, _backwards(record.first_seen), _backwards("/".join(record.key)))


def _backwards(text: str) -> tuple[int, ...]:
    return tuple(-ord(character) for character in text)


def _same_keys(records: Sequence[Record]) -> Iterator[tuple[CallKey, CallKey]]:
    seen: dict[tuple[str, str], CallKey] = {}
    for record in records:
        if record.identifier:
            mark = (record.key[1], record.identifier.casefold())
            yield record.key, seen.setdefault(mark, record.key)


def _same_names(records: Sequence[Record]) -> Iterator[tuple[CallKey, CallKey]]:
    """Records that name an identifier which exactly one call of a source bears."""
    bearers: dict[str, dict[str, list[CallKey]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        if record.identifier and record.identifier.casefold() in record.names and record.kind is Kind.CALL:
            bearers[record.identifier.casefold()][record.key[0]].append(record.key)
    for record in records:
        if len(record.names) != 1:
            continue
        for source, keys in bearers[next(iter(record.names))].items():
            if source != record.key[0] and len(keys) == 1:
                yield record.key, keys[0]


def _linked(records: Sequence[Record]) -> Iterator[tuple[CallKey, CallKey]]:
    """Records that link to the page of exactly one call of another source."""
    pages: dict[str, set[CallKey]] = defaultdict(set)
    for record in records:
        if record.url and record.kind is Kind.CALL:
            pages[record.url].add(record.key)
    for record in records:
        targets = {key for link in record.links for key in pages.get(link, ()) if key[0] != record.key[0]}
        if len({known[0] for known in targets}) == len(targets) and len({link for link in record.links if pages.get(link)}) == 1:
            yield from ((record.key, target) for target in sorted(targets))


def _alike(records: Sequence[Record]) -> list[tuple[CallKey, CallKey]]:
    """Pairs of different sources that are alike enough, the likest first; a record that is as like to two calls of one source joins neither."""
    found: dict[tuple[CallKey, CallKey], tuple[float, float]] = {}
    for one, other in _neighbours(records):
        likeness = _likeness(one, other)
        if likeness is not None:
            found[one.key, other.key] = found[other.key, one.key] = likeness
    best: dict[tuple[CallKey, str], list[tuple[float, float]]] = defaultdict(list)
    for (key, other_key), likeness in found.items():
        best[key, other_key[0]].append(likeness)
    pairs = []
    for (key, other_key), likeness in found.items():
        if key < other_key and all(
            sum(1 for rival in best[side] if _rivals(rival, likeness)) == 1 for side in ((key, other_key[0]), (other_key, key[0]))
        ):
            pairs.append((likeness, key, other_key))
    return [(key, other_key) for _, key, other_key in sorted(pairs, reverse=True)]


def _rivals(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] > other[0] or (one[0] == other[0] and one[1] > other[1] - _LEAD)


def _neighbours(records: Sequence[Record]) -> Iterator[tuple[Record, Record]]:
    """Pairs of different sources with a deadline on the same or the next day; of those without one, pairs of the same title."""
    by_day: dict[date, list[Record]] = defaultdict(list)
    by_word: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for day in record.days:
            by_day[day].append(record)
        for word in sorted(record.plain_title.split(), key=len)[-2:]:
            by_word[word].append(record)
    done: set[tuple[CallKey, CallKey]] = set()
    for one, other in chain(_on_days(by_day), _with_words(by_word)):
        mark = (min(one.key, other.key), max(one.key, other.key))
        if mark not in done:
            done.add(mark)
            yield one, other


def _on_days(by_day: Mapping[date, Sequence[Record]]) -> Iterator[tuple[Record, Record]]:
    for day, here in by_day.items():
        yield from _between_sources(here)
        for one, other in product(_by_source(here), _by_source(by_day.get(day + _NEIGHBOUR, ()))):
            if one[0].key[0] != other[0].key[0]:
                yield from product(one, other)


def _with_words(by_word: Mapping[str, Sequence[Record]]) -> Iterator[tuple[Record, Record]]:
    for here in by_word.values():
        if len(here) < 200:
            yield from (pair for pair in _between_sources(here) if not (pair[0].days and pair[1].days))


def _between_sources(records: Iterable[Record]) -> Iterator[tuple[Record, Record]]:
    """Every pair of different sources. A source of thousands of calls with one deadline has no pairs with itself to walk through."""
    for one, other in combinations(_by_source(records), 2):
        yield from product(one, other)


def _by_source(records: Iterable[Record]) -> list[list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[record.key[0]].append(record)
    return list(found.values())


def _likeness(one: Record, other: Record) -> tuple[float, float] | None:
    """(points, likeness of the titles) of a pair that is one story, or None."""
    if one.place and other.place and not one.place & other.place:
        return None
    if one.names and other.names and not one.names & other.names:
        return None
    if _numbers_differ(one.numbers, other.numbers):
        return None
    whole = ratio(one.plain_title, other.plain_title)
    if not (one.days and other.days):
        near = one.published and other.published and abs(one.published - other.published) <= _SAME_SEASON
        return (_ENOUGH, whole) if near and whole >= 92 and len(one.plain_title) >= 25 else None
    if not one.days & other.days:
        return (_ENOUGH, whole) if whole >= 90 and len(one.plain_title) >= 20 else None
    title = (
        max(whole, token_set_ratio(one.plain_title, other.plain_title))
        if min(len(one.plain_title), len(other.plain_title)) >= 15
        else whole
    )
    points = 3.0 if whole >= 95 else 2.0 if title >= 85 else 1.0 if title >= 65 else 0.0
    shared = _shared_words(one, other)
    points += 2.0 if shared >= 0.5 else 1.0 if shared >= 0.33 else 0.0
    if not points:
        return None
    points += 1.0 if one.letters & other.letters else 0.0
    points += 1.0 if one.programme and one.programme == other.programme else 0.0
    if points < _ENOUGH:  # reading sums takes longest
        points += min(len(one.sums & other.sums), 2)
    return (points, title) if points >= _ENOUGH else None


def _shared_words(one: Record, other: Record) -> float:
    """The share of the shorter record's long words that the other has too."""
    least = min(len(one.words), len(other.words))
    return len(one.words & other.words) / least if least >= 6 else 0.0


def _numbers_differ(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both titles count something and count differently: round 1 and round 2, 2026 and 2027."""
    return bool(one and other and not (one <= other or other <= one))
