"""Compiled rules: conditions with their terms numbered for one scan, and the rule set that holds them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import translate
from functools import cached_property, reduce
from math import ceil, exp2, floor, inf
from operator import or_
from typing import Generic, Literal, NamedTuple, TypeVar

from monitor.calls import ZONES, Call
from monitor.language.analyser import Analyser, analyser
from monitor.language.terms import parse_term
from monitor.language.termset import Scan, TermSet, patterns
from monitor.matching.rules.model import (
    AnswerRow,
    AreasFile,
    Condition,
    Department,
    FitFile,
    FitRow,
    OtherPlace,
    Programme,
    Signal,
    ThemeFile,
    ThemeHead,
    Veto,
)

_ANY = "*"
_wild = re.compile(r"[*?\[]")


class Stated(NamedTuple):
    """What a call states besides its words: the programme's id, its codes and its kind of action; the latter in small letters.

    `heads` are how the codes begin, and what stands for any beginning.
    """

    programme: str
    codes: tuple[str, ...]
    action: tuple[str, ...]
    heads: frozenset[str]


def stated_by(call: Call, programme: Programme | None) -> Stated:
    """What a call states. Its codes are the identifier and the source's own key: a cascade call bears its parent's identifier,
    and only its key tells that it is one."""
    codes = tuple(filter(None, (call.identifier.casefold(), call.call_id.casefold())))
    action = (call.action.casefold(),) if call.action else ()
    heads = frozenset((_ANY, *map(_head, codes)))
    return Stated(programme.id if programme is not None else "", codes, action, heads)


def heads_of(patterns: Iterable[str]) -> frozenset[str]:
    """How codes of these forms begin; of a form that does not say so, what stands for any beginning."""
    heads = (_head(pattern.casefold()) for pattern in patterns)
    return frozenset(_ANY if _wild.search(head) else head for head in heads)


def _head(code: str) -> str:
    return code.partition("-")[0]


def form_of(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    """The form that one of the patterns asks for (`*` stands for anything; case does not matter); None where there is none."""
    return re.compile("|".join(translate(pattern.casefold()) for pattern in patterns)) if patterns else None


def is_like(texts: Iterable[str], form: re.Pattern[str] | None) -> bool:
    """True when one of the texts, in small letters, has the form."""
    return form is not None and any(map(form.match, texts))


@dataclass(frozen=True, slots=True)
class Besides:
    """What is asked of programme, codes and action; what is not asked is met. Most codes are told by their `heads`."""

    programme: tuple[str, ...]
    code: re.Pattern[str] | None
    heads: frozenset[str]
    action: re.Pattern[str] | None = None

    @property
    def plain(self) -> bool:
        """True when words alone decide."""
        return not self.programme and self.code is None and self.action is None

    def met_by(self, stated: Stated) -> bool:
        """Whether the call states what is asked."""
        if self.programme and stated.programme not in self.programme:
            return False
        if self.code is not None and (self.heads.isdisjoint(stated.heads) or not is_like(stated.codes, self.code)):
            return False
        return self.action is None or is_like(stated.action, self.action)


NOTHING = Besides((), None, frozenset())
"""What asks for words alone."""


def besides_of(asking: Condition | FitRow) -> Besides:
    """What a condition or a row of fit.toml asks besides its words."""
    action = form_of(asking.action) if isinstance(asking, FitRow) else None
    return Besides(asking.programme, form_of(asking.identifier), heads_of(asking.identifier), action)


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Terms:
    """Words made ready: their numbers in the order of the file, all their patterns, which tell at once that none stands in a text, and
    by pattern the place in the order of the first word that has it."""

    order: tuple[int, ...]
    patterns: frozenset[str]
    places: Mapping[str, int] = field(compare=False)

    def first(self, scans: Mapping[str, Scan], zones: Iterable[str]) -> tuple[str, int] | None:
        """The first of the zones in which one of the words stands, and the first of the words that does."""
        for zone in zones:
            if (scan := scans.get(zone)) is None or not (found := scan.found & self.patterns):
                continue
            if scan.sure_of(found):
                return zone, self.order[min(map(self.places.__getitem__, found))]
            standing = scan.standing(found)
            for number in self.order:
                if number in standing:
                    return zone, number
        return None


def ready_terms(words: Iterable[str], numbers: Mapping[str, int]) -> Terms:
    """Words as they stand in a file, with their numbers."""
    kept = tuple(words)
    places: dict[str, int] = {}
    for place, word in enumerate(kept):
        for pattern in patterns(parse_term(word)):
            places.setdefault(pattern, place)
    return Terms(tuple(numbers[word] for word in kept), frozenset(places), places)


class Index(Generic[Item]):
    """Many items with what each asks for: the few that a call may meet are told without a look at the others."""

    def __init__(self, items: Iterable[tuple[Item, Terms, Besides]]) -> None:
        asking = tuple(items)
        self.items = tuple(item for item, _, _ in asking)
        self._always = 0
        self._by_pattern: dict[str, int] = {}
        self._by_programme: dict[str, int] = {}
        self._by_head: dict[str, int] = {}
        for number, (_, terms, besides) in enumerate(asking):
            # What asks for several things is found by the first of them.
            if terms.order:
                kept, names = self._by_pattern, terms.patterns
            elif besides.programme:
                kept, names = self._by_programme, frozenset(besides.programme)
            elif besides.code is not None:
                kept, names = self._by_head, besides.heads
            else:
                self._always |= 1 << number
                continue
            for name in names:
                kept[name] = kept.get(name, 0) | 1 << number

    def possible(self, found: Iterable[str], stated: Stated) -> int:
        """What a call with these patterns may meet: the bit of each item, the first one the lowest."""
        bits = self._always | self._by_programme.get(stated.programme, 0)
        if self._by_head:
            bits = reduce(or_, filter(None, map(self._by_head.get, stated.heads)), bits)
        return reduce(or_, filter(None, map(self._by_pattern.get, found)), bits)

    def asked(self, found: Iterable[str], stated: Stated) -> list[Item]:
        """The items, in order, that a call with these patterns may meet."""
        bits, items = self.possible(found, stated), []
        while bits:
            items.append(self.items[(bits & -bits).bit_length() - 1])
            bits &= bits - 1
        return items


@dataclass(frozen=True, eq=False, slots=True)
class Proviso:
    """What a condition asks besides its words: what the call states, and words that must stand as well. One for all who ask the same."""

    besides: Besides
    needs: Terms


@dataclass(frozen=True, slots=True)
class Asked:
    """A signal or veto made ready: its words, what they are worth per field, and its proviso (None: words alone decide)."""

    condition: Signal | Veto
    terms: Terms
    fields: tuple[tuple[float, tuple[str, ...]], ...]
    proviso: Proviso | None

    @property
    def besides(self) -> Besides:
        """What the call must state."""
        return self.proviso.besides if self.proviso is not None else NOTHING


def make_ready(condition: Signal | Veto, numbers: Mapping[str, int], provisos: dict[tuple[Besides, Terms], Proviso]) -> Asked:
    """The condition with its words as numbers; its proviso is one of `provisos`, or added to them."""
    besides, needs = besides_of(condition), ready_terms(condition.needs if isinstance(condition, Signal) else (), numbers)
    proviso = provisos.setdefault((besides, needs), Proviso(besides, needs)) if needs.order or not besides.plain else None
    return Asked(condition, ready_terms(condition.words, numbers), points_of(condition), proviso)


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """A row of fit.toml made ready: its words, those that must not stand, and what else it asks."""

    row: FitRow
    words: Terms
    unless: Terms
    besides: Besides


def ready_row(row: FitRow, numbers: Mapping[str, int]) -> ReadyRow:
    """The row with its words as numbers."""
    return ReadyRow(row, ready_terms(row.words, numbers), ready_terms(row.unless, numbers), besides_of(row))


@dataclass(frozen=True, slots=True)
class ReadyFit:
    """fit.toml made ready: its rows in order, the places with their words, and the form of codes that are for other countries."""

    offer: Index[ReadyRow]
    answer: Index[tuple[AnswerRow, ReadyRow]]
    ours: Terms
    other: Index[tuple[OtherPlace, Terms]]
    abroad: re.Pattern[str] | None


Level = Literal["stark", "trolig", "svag"]

FACTORS: Mapping[str, float] = {"title": 2.0, "text": 1.0, "context": 0.5, "structure": 1.0}
"""What a signal's weight is worth where it stands. `text` is summary and body together: one often repeats the other."""

FIELDS: Mapping[str, tuple[str, ...]] = {"title": ("title",), "text": ("summary", "body"), "context": ("context",)}
"""The zones that make a field; a signal counts once per field."""

ZONE_NAMES: Mapping[str, str] = {
    "title": "rubriken",
    "summary": "ingressen",
    "body": "texten",
    "context": "omgivningen",
    "programme": "programmet",
}
"""What a zone is called to people."""


def points_of(condition: Signal | Veto) -> tuple[tuple[float, tuple[str, ...]], ...]:
    """What the condition gives per field, and the zones of each. A veto has one field, since it strikes once; so has what asks
    for no word."""
    if isinstance(condition, Veto):
        return ((0.0, condition.zones),)
    if condition.structural:
        return ((condition.weight * FACTORS["structure"], ("programme",)),)
    return tuple(
        (condition.weight * FACTORS[name], kept)
        for name, zones in FIELDS.items()
        if (kept := tuple(zone for zone in zones if zone in condition.zones))
    )


def most_points(signal: Signal) -> float:
    """What the signal gives when it hits everywhere it may."""
    return sum(points for points, _ in points_of(signal))


def relevance_of(points: float, threshold: float) -> int:
    """Points as 0-100: 50 at the threshold, 75 at twice as many, never quite 100."""
    return max(0, min(99, round(100 * (1 - exp2(-points / threshold)))))


def level_of(relevance: int, fit: int) -> Level:
    """The two numbers in one word."""
    if relevance >= 75 and fit >= 60:
        return "stark"
    return "trolig" if relevance >= 60 and fit >= 40 else "svag"


_PARTS = 8
"""Points are counted in eighths; what is finer is rounded so that a theme seems nearer, never farther."""


class Gain(NamedTuple):
    """What a signal gives a theme, by its number, once where any of its patterns stands in any of the zones and its proviso is met."""

    theme: int
    points: float
    proviso: Proviso | None
    zones: tuple[str, ...]
    patterns: frozenset[str]


class _Worth(NamedTuple):
    """What a pattern gives in a zone: points to themes and the bits of its gains; and the same by what must be met for it."""

    points: int = 0
    gains: int = 0
    asked: int = 0
    """The bits of the provisos."""
    asking: tuple[tuple[Proviso, int, int, int], ...] = ()
    """Proviso, its bit, points and bit of the gain."""


class Reach:
    """The themes that a text may bring to a department, told from the patterns that stand in it.

    Each theme has its own bits of one large number, which begin so that the highest of them is set once the points suffice: one sum
    over the patterns adds the points of every theme. There each pattern counts; what is near is counted again, each gain once.
    """

    def __init__(self, gains: Iterable[Gain], least: Sequence[float]) -> None:
        """`least` are the points from words that each theme needs; without a word none is near. The gains stand theme after theme."""
        kept = tuple(gains)
        self._parts = [ceil(gain.points * _PARTS) for gain in kept]
        provisos = {proviso: 1 << n for n, proviso in enumerate(dict.fromkeys(filter(None, (gain.proviso for gain in kept))))}
        self._provisos = Index((proviso, proviso.needs, proviso.besides) for proviso in provisos)
        own = [[number for number, gain in enumerate(kept) if gain.theme == theme] for theme in range(len(least))]
        most = [
            sum(self._parts[number] * len(kept[number].zones) * len(kept[number].patterns) for number in numbers)
            for numbers in own
        ]
        self._own = [sum(1 << number for number in numbers) for numbers in own]
        self._least = [max(1, floor(min(points * _PARTS, reached + 1))) for points, reached in zip(least, most, strict=True)]
        self._width = max(most, default=0).bit_length() + 1
        top = 1 << (self._width - 1)
        self._begun = sum(self._bits(theme, top - parts) for theme, parts in enumerate(self._least))
        self._tops = sum(self._bits(theme, top) for theme in range(len(least)))
        self._worths: dict[str, dict[str, _Worth]] = {zone: {} for zone in ZONES}
        for number, (gain, parts) in enumerate(zip(kept, self._parts, strict=True)):
            points = self._bits(gain.theme, parts)
            for zone in gain.zones:
                for pattern in gain.patterns:
                    worth = self._worths[zone].get(pattern, _Worth())
                    if gain.proviso is None:
                        worth = worth._replace(points=worth.points + points, gains=worth.gains | 1 << number)
                    else:
                        one = (gain.proviso, provisos[gain.proviso], points, 1 << number)
                        worth = worth._replace(asked=worth.asked | provisos[gain.proviso], asking=(*worth.asking, one))
                    self._worths[zone][pattern] = worth

    def _bits(self, theme: int, parts: int) -> int:
        return parts << (self._width * theme)

    def near(
        self, scans: Mapping[str, Scan], found: Iterable[str], stated: Stated, met: Callable[[Proviso], bool]
    ) -> list[tuple[int, float]]:
        """The themes that may have the points they need from words, in order, with those points. `found` are the patterns that stand
        anywhere; `met` says whether a call that states this states what a proviso asks."""
        total, filled, possible = self._begun, 0, self._provisos.possible(found, stated)
        for zone, scan in scans.items():
            for points, gains, asked, asking in filter(None, map(self._worths[zone].get, scan.found)):
                total += points
                filled |= gains
                if asked & possible:
                    for proviso, bit, more, gain in asking:
                        if not bit & possible:
                            continue
                        if met(proviso):
                            total += more
                            filled |= gain
                        else:
                            possible ^= bit
        near, tops = [], total & self._tops
        while tops:
            theme = (tops & -tops).bit_length() // self._width - 1
            parts = self._counted(filled & self._own[theme])
            if parts >= self._least[theme]:
                near.append((theme, parts / _PARTS))
            tops &= tops - 1
        return near

    def _counted(self, gains: int) -> int:
        parts = 0
        while gains:
            parts += self._parts[gains.bit_length() - 1]
            gains ^= 1 << (gains.bit_length() - 1)
        return parts


PLACE_ZONES = ("title", "summary", "body")
"""Where the gate of the place looks, besides the place that a call states."""
_Asking = tuple[tuple[str, ...], Collection[str]]
"""Words, and the zones in which they are asked for."""


@dataclass(frozen=True)
class RuleSet:
    """All rules of one folder. `version` is the same for the same rules, whatever their order, spacing and comments."""

    version: str
    themes: tuple[ThemeFile, ...]
    departments: Mapping[str, Department]
    areas: AreasFile
    programmes: Mapping[str, Programme]
    fit: FitFile
    files: Mapping[str, str] = field(repr=False)
    beside: tuple[_Asking, ...] = field(default=(), repr=False)
    """What another rule set asks for, numbered and looked for along, so that one scan serves both."""

    @cached_property
    def analyser(self) -> Analyser:
        """What turns text into the form that the rules are matched on."""
        return analyser()

    @cached_property
    def live_themes(self) -> tuple[ThemeFile, ...]:
        """The themes that are matched: drafts are only checked."""
        return tuple(theme for theme in self.themes if theme.theme.state == "live")

    def theme(self, theme_id: str) -> ThemeHead | None:
        """The theme with this id, or None when a later rule set dropped it."""
        return self._heads.get(theme_id)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The number of each live theme, by its id."""
        return {theme.theme.id: number for number, theme in enumerate(self.live_themes)}

    @cached_property
    def _heads(self) -> dict[str, ThemeHead]:
        return {theme.theme.id: theme.theme for theme in self.themes}

    @cached_property
    def area_names(self) -> Mapping[str, str]:
        """What each area of the strategy is called, by its id."""
        return {area.id: area.name for area in self.areas.area}

    @cached_property
    def goal_names(self) -> Mapping[int, str]:
        """What each of the global goals is called, by its number."""
        return {goal.number: goal.name for goal in self.areas.sdg}

    def programme_of(self, call: Call) -> Programme | None:
        """The programme that pays, by the source's code, else by how the identifier begins."""
        code = call.programme.removeprefix("cascade:").casefold()
        prefix = call.identifier.replace("/", "-").partition("-")[0].casefold()
        return self._by_code.get(code) or self._by_code.get(prefix)

    @cached_property
    def _by_code(self) -> dict[str, Programme]:
        return {
            code.casefold(): programme
            for programme in self.programmes.values()
            for code in (programme.id, *programme.prefixes, *programme.codes)
        }

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of every term that any rule asks for."""
        every = (words for words, _ in (*self._asked(), *self.beside))
        return {word: number for number, word in enumerate(sorted(set().union(*every)))}

    def _asked(self) -> Iterator[_Asking]:
        for theme in self.live_themes:
            for condition in theme.conditions:
                yield condition.words, condition.zones
                if isinstance(condition, Signal):
                    yield condition.needs, ZONES
        yield from self._asked_by_gates()

    def _asked_by_gates(self) -> Iterator[_Asking]:
        for words in (self.fit.place.ours, *(other.words for other in self.fit.place.other)):
            yield words, ("place", *PLACE_ZONES)
        for row in (*self.fit.offer, *self.fit.answer):
            yield (*row.words, *row.unless), row.zones

    @cached_property
    def _asked_in(self) -> Mapping[str, frozenset[int]]:
        """By zone, the terms that are asked for there."""
        asked: dict[str, set[int]] = defaultdict(set)
        for words, zones in (*self._asked(), *self.beside):
            numbers = [self.numbers[word] for word in words]
            for zone in zones:
                asked[zone].update(numbers)
        return {zone: frozenset(numbers) for zone, numbers in asked.items()}

    def beside_of(self, other: RuleSet) -> RuleSet:
        """The same rules, numbering and looking for the words of `other` as well: what one of the two scans, both can judge."""
        return replace(self, beside=tuple(other._asked()))

    @cached_property
    def with_drafts(self) -> RuleSet:
        """The same rules with every draft live, to say what a draft would do."""
        live = [theme.model_copy(update={"theme": theme.theme.model_copy(update={"state": "live"})}) for theme in self.themes]
        return replace(self, themes=tuple(live))

    @cached_property
    def _terms(self) -> TermSet:
        return TermSet([parse_term(word) for word in self.numbers])

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The terms by number, as they stand in the files."""
        return tuple(self.numbers)

    @cached_property
    def askers(self) -> Mapping[int, frozenset[int]]:
        """The live themes that ask for a term in a signal or veto, by their numbers."""
        askers: dict[int, set[int]] = defaultdict(set)
        for number, theme in enumerate(self.live_themes):
            for condition in theme.conditions:
                for word in condition.words:
                    askers[self.numbers[word]].add(number)
        return {term: frozenset(themes) for term, themes in askers.items()}

    @cached_property
    def ready(self) -> tuple[tuple[ThemeFile, tuple[Asked, ...]], ...]:
        """Each live theme with its signals and vetoes made ready."""
        numbers: Mapping[str, int] = self.numbers
        provisos: dict[tuple[Besides, Terms], Proviso] = {}
        return tuple(
            (theme, tuple(make_ready(condition, numbers, provisos) for condition in theme.conditions))
            for theme in self.live_themes
        )

    @cached_property
    def conditions(self) -> tuple[Index[Asked], ...]:
        """The signals and vetoes of each live theme, found by the patterns that stand in a text."""
        return tuple(Index((asked, asked.terms, asked.besides) for asked in conditions) for _, conditions in self.ready)

    @cached_property
    def reach(self) -> Reach:
        """Which themes may reach a department, told from the words that give points."""
        gains = (
            Gain(theme, points, asked.proviso, zones, asked.terms.patterns)
            for theme, (_, conditions) in enumerate(self.ready)
            for asked in conditions
            if isinstance(asked.condition, Signal) and asked.condition.weight > 0 and asked.terms.order
            for points, zones in asked.fields
        )
        return Reach(gains, [least for _, least in self.least])

    @cached_property
    def structural(self) -> tuple[tuple[tuple[float, Proviso], ...], ...]:
        """By live theme, what programme and identifier alone give or take, and when."""
        return tuple(
            tuple(
                (asked.fields[0][0], asked.proviso)
                for asked in conditions
                if asked.proviso is not None and isinstance(asked.condition, Signal) and asked.condition.structural
                # What may be taken is taken only where that is certain.
                if asked.condition.weight > 0 or not asked.proviso.needs.order
            )
            for _, conditions in self.ready
        )

    @cached_property
    def least(self) -> tuple[tuple[float, float], ...]:
        """By live theme, the points that reach a department: in all, and from words when every programme it asks for is met."""
        least = []
        for theme, structural in zip(self.live_themes, self.structural, strict=True):
            points = min((self.departments[name].threshold for name in theme.theme.departments), default=inf)
            least.append((points, points - sum(max(0.0, worth) for worth, _ in structural)))
        return tuple(least)

    def scan(self, lemma_text: str, zone: str) -> Scan:
        """Every term that is asked for in the zone and stands in its text, in one pass."""
        return self._terms.scan(lemma_text, self._asked_in.get(zone, frozenset()))

    @cached_property
    def ready_fit(self) -> ReadyFit:
        """The gates before the words, with their words as numbers."""
        place, numbers = self.fit.place, self.numbers
        offers = [ready_row(row, numbers) for row in self.fit.offer]
        answers = [(row, ready_row(row, numbers)) for row in self.fit.answer]
        others = [(other, ready_terms(other.words, numbers)) for other in place.other]
        return ReadyFit(
            Index((offer, offer.words, offer.besides) for offer in offers),
            Index(((row, ready), ready.words, ready.besides) for row, ready in answers),
            ready_terms(place.ours, numbers),
            Index(((other, words), words, NOTHING) for other, words in others),
            form_of(place.identifier),
        )
