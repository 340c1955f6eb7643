"""Joining of records of several publishers into stories: the same call on the portal, at an authority and on a news page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import chain, combinations, product
from typing import NamedTuple

from rapidfuzz.fuzz import ratio, token_set_ratio

from monitor.calls import CallKey
from monitor.language.money import find_amounts
from monitor.vocabulary import Kind

_MAX_TEXT_CHARS = 6000
"""Characters at the beginning of a text that are compared."""
_MAX_MONEY_CHARS = 2000
"""Characters at the beginning of a text in which sums are read; reading sums takes longest."""
_NEIGHBOUR = timedelta(days=1)
_SAME_SEASON = timedelta(days=45)
"""Longest time between the publications of two records of one story that has no deadline."""
_JOIN_THRESHOLD = 3.0
"""Points at which two records are one story."""
_RIVAL_MARGIN = 4
"""Likeness of titles (0-100) by which a pair must be better than its rival of as many points."""
_MIN_SHARED_WORDS = 6
"""Long words that the shorter text must have before shared words count."""
_MAX_SAME_TITLE_WORD = 200
"""Records with one title word in common, from which on the word is too common to compare them all."""
_WORD = re.compile(r"[^\W\d_]{7,}")
_LETTERS = re.compile(r"(?<![\w-])[A-ZÅÄÖ][A-ZÅÄÖ0-9]{2,}(?![\w-])")
_COMMON_LETTERS = {"SEK", "MSEK", "EUR", "PDF", "FAQ", "NUTS"}
_NUMBER = re.compile(r"\d+")
_NOT_WORDS = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class Record:
    """Call of the archive, as far as joining goes."""

    key: CallKey
    title: str
    kind: Kind
    url: str = ""
    identifier: str = ""
    names: frozenset[str] = frozenset()
    """Identifiers that the record has or names, casefolded."""
    links: frozenset[str] = frozenset()
    """Addresses that the record links to."""
    days: frozenset[date] = frozenset()
    """Days of the deadlines at the publisher."""
    published: date | None = None
    place: frozenset[str] = frozenset()
    programme: str = ""
    text: str = ""
    alive: bool = True
    """False when the record has vanished from its source."""
    facts: int = 0
    """Number of fields that have a value."""
    leads: bool = False
    """True when other records are under this one already."""
    first_seen: str = ""
    """Time in ISO 8601."""

    @cached_property
    def plain_title(self) -> str:
        """Return the title casefolded, its words separated by single spaces."""
        return " ".join(_NOT_WORDS.sub(" ", self.title.casefold()).split())

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Return the numbers in the title, as written."""
        return frozenset(_NUMBER.findall(self.plain_title))

    @cached_property
    def words(self) -> frozenset[str]:
        """Return the words of seven letters and more in the text, casefolded."""
        return frozenset(word.casefold() for word in _WORD.findall(self.text[:_MAX_TEXT_CHARS]))

    @cached_property
    def letters(self) -> frozenset[str]:
        """Return the abbreviations in capitals in title and text, common ones left out."""
        return frozenset(_LETTERS.findall(f"{self.title}\n{self.text[:_MAX_TEXT_CHARS]}")) - _COMMON_LETTERS

    @cached_property
    def sums(self) -> frozenset[int]:
        """Return the amounts of money in title and text, whatever their currency."""
        amounts = find_amounts(f"{self.title}\n{self.text[:_MAX_MONEY_CHARS]}")
        return frozenset(value for item in amounts for value in (item.amount, item.amount_max) if value)


class _Groups:
    """Groups of records that grow by joining, unless a person has parted two records or both are calls of one source."""

    def __init__(self, records: Mapping[CallKey, Record], apart: Iterable[frozenset[CallKey]]) -> None:
        self._records = records
        self._of = {key: frozenset({key}) for key in records}
        self._apart = set(apart)

    def join(self, one: CallKey, other: CallKey, *, by_person: bool = False) -> bool:
        """Join the groups of two records and return True, or return False where they may not be joined."""
        first, second = self._of[one], self._of[other]
        if first is second:
            return True
        if not by_person and any(self._are_apart(a, b) for a in first for b in second):
            return False
        whole = first | second
        for key in whole:
            self._of[key] = whole
        return True

    def _are_apart(self, one: CallKey, other: CallKey) -> bool:
        if frozenset((one, other)) in self._apart:
            return True
        calls = self._records[one].kind is Kind.CALL and self._records[other].kind is Kind.CALL
        return one[0] == other[0] and calls

    def __iter__(self) -> Iterator[frozenset[CallKey]]:
        return iter({id(group): group for group in self._of.values()}.values())


def join_records(
    records: Sequence[Record], apart: Iterable[tuple[CallKey, CallKey]] = (), together: Iterable[tuple[CallKey, CallKey]] = ()
) -> dict[CallKey, CallKey]:
    """Return the key of its lead for every record that is under another. A lone record and a lead are not in it.

    Records are joined in this order: by a person, by the same key and identifier, by an identifier that one call alone has, by
    a link, and last by likeness of title, deadline, sums and words.

    Args:
        records: Records of all sources.
        apart: Pairs that a person has parted; they stay parted.
        together: Pairs that a person has joined.
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
    """Return the rank of a record as lead: a present one gives way only to a clearly richer one, so that nobody is told twice."""
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
    """Yield records that name an identifier of exactly one call of another source, with that call."""
    owners: dict[str, dict[str, list[CallKey]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        if record.identifier and record.identifier.casefold() in record.names and record.kind is Kind.CALL:
            owners[record.identifier.casefold()][record.key[0]].append(record.key)
    for record in records:
        if len(record.names) != 1:
            continue
        for source, keys in owners[next(iter(record.names))].items():
            if source != record.key[0] and len(keys) == 1:
                yield record.key, keys[0]


def _linked(records: Sequence[Record]) -> Iterator[tuple[CallKey, CallKey]]:
    """Yield records that link to the page of exactly one call of another source, with that call."""
    pages: dict[str, set[CallKey]] = defaultdict(set)
    for record in records:
        if record.url and record.kind is Kind.CALL:
            pages[record.url].add(record.key)
    for record in records:
        targets = {key for link in record.links for key in pages.get(link, ()) if key[0] != record.key[0]}
        if len({known[0] for known in targets}) == len(targets) and len({link for link in record.links if pages.get(link)}) == 1:
            yield from ((record.key, target) for target in sorted(targets))


def _alike(records: Sequence[Record]) -> list[tuple[CallKey, CallKey]]:
    """Return the pairs of different sources that are alike enough, the likest first.

    A record that is as like to two calls of one source joins neither.
    """
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
            sum(1 for rival in best[side] if _is_rival(rival, likeness)) == 1
            for side in ((key, other_key[0]), (other_key, key[0]))
        ):
            pairs.append((likeness, key, other_key))
    return [(key, other_key) for _, key, other_key in sorted(pairs, reverse=True)]


def _is_rival(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] > other[0] or (one[0] == other[0] and one[1] > other[1] - _RIVAL_MARGIN)


def _neighbours(records: Sequence[Record]) -> Iterator[tuple[Record, Record]]:
    """Yield pairs of different sources with a deadline on the same or the next day; without deadline, those with a like title."""
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
        if len(here) < _MAX_SAME_TITLE_WORD:
            yield from (pair for pair in _between_sources(here) if not (pair[0].days and pair[1].days))


def _between_sources(records: Iterable[Record]) -> Iterator[tuple[Record, Record]]:
    """Yield every pair of records of different sources."""
    # A source of thousands of calls with one deadline has no pairs with itself to walk through.
    for one, other in combinations(_by_source(records), 2):
        yield from product(one, other)


def _by_source(records: Iterable[Record]) -> list[list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[record.key[0]].append(record)
    return list(found.values())


@dataclass(frozen=True)
class _Pair:
    """Two records beside each other, with the likeness of their titles (0-100)."""

    one: Record
    other: Record

    @cached_property
    def whole_title(self) -> float:
        return ratio(self.one.plain_title, self.other.plain_title)

    @cached_property
    def shorter_title(self) -> int:
        return min(len(self.one.plain_title), len(self.other.plain_title))

    @cached_property
    def title(self) -> float:
        """Likeness that forgives words which only one of the titles has, where both are long enough to tell."""
        if self.shorter_title < 15:
            return self.whole_title
        return max(self.whole_title, token_set_ratio(self.one.plain_title, self.other.plain_title))

    @cached_property
    def shared_words(self) -> float:
        """Share (0-1) of the shorter text's long words that the other has too."""
        fewest = min(len(self.one.words), len(self.other.words))
        return len(self.one.words & self.other.words) / fewest if fewest >= _MIN_SHARED_WORDS else 0.0


class _Criterion(NamedTuple):
    """Criterion of likeness: the points that a pair gets for it."""

    name: str
    points: Callable[[_Pair], float]


_FIRST_CRITERIA = (
    _Criterion(
        "title", lambda pair: 3.0 if pair.whole_title >= 95 else 2.0 if pair.title >= 85 else 1.0 if pair.title >= 65 else 0.0
    ),
    _Criterion("words", lambda pair: 2.0 if pair.shared_words >= 0.5 else 1.0 if pair.shared_words >= 0.33 else 0.0),
)
"""Criteria of which one must give points."""
_MORE_CRITERIA = (
    _Criterion("abbreviations", lambda pair: 1.0 if pair.one.letters & pair.other.letters else 0.0),
    _Criterion("programme", lambda pair: 1.0 if pair.one.programme and pair.one.programme == pair.other.programme else 0.0),
)
"""Criteria that add to the first ones."""
_SUMS = _Criterion("sums", lambda pair: float(min(len(pair.one.sums & pair.other.sums), 2)))
"""Criterion that is tried only where the others do not suffice: sums take longest to read."""


def _likeness(one: Record, other: Record) -> tuple[float, float] | None:
    """Return the points and the likeness of the titles (0-100) of a pair that is one story, or None."""
    if _contradict(one, other):
        return None
    pair = _Pair(one, other)
    if not (one.days and other.days):
        return (_JOIN_THRESHOLD, pair.whole_title) if _same_without_deadline(pair) else None
    if not one.days & other.days:
        same_title = pair.whole_title >= 90 and len(one.plain_title) >= 20
        return (_JOIN_THRESHOLD, pair.whole_title) if same_title else None
    points = sum(criterion.points(pair) for criterion in _FIRST_CRITERIA)
    if not points:
        return None
    points += sum(criterion.points(pair) for criterion in _MORE_CRITERIA)
    if points < _JOIN_THRESHOLD:
        points += _SUMS.points(pair)
    return (points, pair.title) if points >= _JOIN_THRESHOLD else None


def _contradict(one: Record, other: Record) -> bool:
    """Return True when both records have a place, an identifier or a number in the title, and none in common."""
    if one.place and other.place and not one.place & other.place:
        return True
    if one.names and other.names and not one.names & other.names:
        return True
    return _numbers_differ(one.numbers, other.numbers)


def _same_without_deadline(pair: _Pair) -> bool:
    one, other = pair.one, pair.other
    if one.published is None or other.published is None or abs(one.published - other.published) > _SAME_SEASON:
        return False
    return pair.whole_title >= 92 and len(one.plain_title) >= 25


def _numbers_differ(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return True when both titles have numbers and neither has all of the other's: round 1 and round 2, 2026 and 2027."""
    return bool(one and other and not (one <= other or other <= one))
