"""Compiled rules: conditions with their terms numbered for one scan of a text, and the rule set that holds them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import translate
from functools import cached_property
from math import inf
from typing import Generic, NamedTuple, TypeVar

from monitor.calls import ZONES, Call
from monitor.language.analyser import Analyser, analyser
from monitor.language.concepts import Concepts
from monitor.language.terms import MatchMode, parse_term
from monitor.language.termset import Scan, TermSet, patterns
from monitor.matching.documents import DOCUMENTS
from monitor.matching.rules.model import (
    AnswerRow,
    AreasFile,
    Condition,
    Department,
    FitFile,
    FitRow,
    OfferRow,
    OtherPlace,
    Programme,
    SharedSignal,
    Signal,
    ThemeFile,
    ThemeHead,
    Veto,
)
from monitor.plan.gates import GatesFile

FACTORS: Mapping[str, float] = {"title": 2.0, "text": 1.0, "context": 0.5, "structure": 1.0, "documents": 0.5}
"""Factor that a signal's weight is multiplied by, per field. `text` is summary and body together: one often repeats the other."""

FIELDS: Mapping[str, tuple[str, ...]] = {"title": ("title",), "text": ("summary", "body"), "context": ("context",)}
"""Zones of each field; a signal counts once per field."""

ZONE_NAMES: Mapping[str, str] = {
    "title": "rubriken",
    "summary": "ingressen",
    "body": "texten",
    "context": "omgivningen",
    "programme": "programmet",
    DOCUMENTS: "dokumenten",
}
"""Swedish name of each zone, in the definite form."""

PLACE_ZONES = ("title", "summary", "body")
"""Zones in which the gate of the place looks, besides the place that a call's metadata names."""

ROUNDING = 1e-6
"""Greatest difference in points that is put down to adding the same numbers in another order."""


class CallMetadata(NamedTuple):
    """Metadata of a call that rules can ask for besides the terms in its text; codes and action are casefolded."""

    programme: str
    """Id of the programme in programmes.toml, or "" where it is unknown."""
    codes: tuple[str, ...]
    """The identifier and the source's own key: a cascade call has its parent's identifier, and only its key tells it apart."""
    action: tuple[str, ...]
    """The type of action; empty where the call names none."""


def read_metadata(call: Call, programme: Programme | None) -> CallMetadata:
    """Return the metadata of a call that `programme` pays for."""
    codes = tuple(filter(None, (call.identifier.casefold(), call.call_id.casefold())))
    action = (call.action.casefold(),) if call.action else ()
    return CallMetadata(programme.id if programme is not None else "", codes, action)


def compile_patterns(patterns: Collection[str]) -> re.Pattern[str] | None:
    """Return one regular expression for shell-style patterns (`*`, `?`, `[...]`), casefolded; None for no patterns."""
    return re.compile("|".join(translate(pattern.casefold()) for pattern in patterns)) if patterns else None


def matches_any(texts: Iterable[str], pattern: re.Pattern[str] | None) -> bool:
    """Return True when one of the casefolded texts matches the pattern."""
    return pattern is not None and any(map(pattern.match, texts))


@dataclass(frozen=True, slots=True)
class MetadataCondition:
    """Condition on a call's programme, codes and type of action. Empty parts always match."""

    programme: tuple[str, ...] = ()
    """Ids of programmes, one of which must pay."""
    code: re.Pattern[str] | None = None
    action: re.Pattern[str] | None = None

    def matches(self, metadata: CallMetadata) -> bool:
        """Return True when every part that is not empty matches."""
        if self.programme and metadata.programme not in self.programme:
            return False
        if self.code is not None and not matches_any(metadata.codes, self.code):
            return False
        return self.action is None or matches_any(metadata.action, self.action)


ANY_METADATA = 0
"""Number of the condition that every call matches: that of most signals, and so the one that need not be tried."""


def compile_metadata(condition: Condition | FitRow) -> MetadataCondition:
    """Return the metadata part of a condition or of a row of fit.toml."""
    action = compile_patterns(condition.action) if isinstance(condition, FitRow) else None
    return MetadataCondition(condition.programme, compile_patterns(condition.identifier), action)


@dataclass(frozen=True, slots=True)
class Terms:
    """Group of terms of which one must be in a text."""

    numbers: tuple[int, ...]
    """Numbers of the terms in the rule set, in the order of the file."""
    patterns: frozenset[str]
    """Patterns of all the terms: a text in which none is found has none of the terms."""
    places: Mapping[str, int] = field(compare=False)
    """Position in `numbers` of the first term that has the pattern."""

    def first_hit(self, scans: Mapping[str, Scan], zones: Iterable[str]) -> tuple[str, int] | None:
        """Return the first of the zones that has one of the terms, and the number of the first term that it has."""
        for zone in zones:
            if (scan := scans.get(zone)) is None or not (found := scan.found & self.patterns):
                continue
            if scan.is_exact(found):
                return zone, self.numbers[min(map(self.places.__getitem__, found))]
            matching = scan.matching_terms(found)
            for number in self.numbers:
                if number in matching:
                    return zone, number
        return None


_Item = TypeVar("_Item")


class PatternIndex(Generic[_Item]):
    """Index of items by the patterns of their terms: a text has the patterns of few items, and only they need be looked at."""

    def __init__(self, items: Iterable[tuple[_Item, Terms]]) -> None:
        """Index the items; an item without terms may hold in every text."""
        self._items: list[_Item] = []
        always: list[int] = []
        # Patterns that the same items have share one tuple: there are many times more patterns than items.
        shared: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._numbers: dict[str, tuple[int, ...]] = {}
        for number, (item, terms) in enumerate(items):
            self._items.append(item)
            if not terms.numbers:
                always.append(number)
            for pattern in terms.patterns:
                numbers = (*self._numbers.get(pattern, ()), number)
                self._numbers[pattern] = shared.setdefault(numbers, numbers)
        self._always, self._patterns = frozenset(always), frozenset(self._numbers)

    def having(self, found: frozenset[str]) -> list[_Item]:
        """Return the items that have one of the found patterns or no terms, in the order in which they were given."""
        numbers = self._always.union(*map(self._numbers.__getitem__, found & self._patterns))
        return [self._items[number] for number in sorted(numbers)]


def compile_terms(texts: Iterable[str], term_numbers: Mapping[str, int]) -> Terms:
    """Return the terms of a list in a rule file, with their numbers in the rule set."""
    kept = tuple(texts)
    places: dict[str, int] = {}
    for place, text in enumerate(kept):
        for pattern in patterns(parse_term(text)):
            places.setdefault(pattern, place)
    return Terms(tuple(term_numbers[text] for text in kept), frozenset(places), places)


@dataclass(frozen=True, slots=True)
class CompiledCondition:
    """Signal or veto with its terms numbered."""

    condition: Signal | Veto
    terms: Terms
    """Terms of which one must be in a zone of a field; none: the metadata alone decide."""
    specific: Terms
    """Terms that are not generic; the same object as `terms` where no term is generic."""
    needs: Terms
    """Terms of which one must be in some zone as well, whichever; none: nothing more is needed."""
    specific_needs: Terms
    """Needed terms that are not generic."""
    metadata: int
    """Number of the metadata part in `RuleSet.metadata_conditions`."""
    fields: tuple[tuple[float, tuple[str, ...]], ...]
    """Points per field, and the zones of the field, as `field_points` gives them."""

    def first_hit(self, scans: Mapping[str, Scan], zones: Iterable[str]) -> tuple[str, int] | None:
        """Return the zone and the term of the first hit, as `Terms.first_hit` does; a generic term only where no other hits."""
        kept = tuple(zones)
        specific = self.specific.first_hit(scans, kept) if self.specific.numbers else None
        return self.terms.first_hit(scans, kept) if specific is None and self.specific is not self.terms else specific


@dataclass(frozen=True, slots=True)
class CompiledRow:
    """Row of fit.toml with its terms numbered."""

    row: FitRow
    terms: Terms
    """Terms of which one must be in a zone of the row; none: the metadata alone decide."""
    unless: Terms
    """Terms of which none may be in a zone of the row."""
    metadata: MetadataCondition


def compile_row(row: FitRow, term_numbers: Mapping[str, int]) -> CompiledRow:
    """Return the row with its terms numbered."""
    return CompiledRow(
        row, compile_terms(row.words, term_numbers), compile_terms(row.unless, term_numbers), compile_metadata(row)
    )


@dataclass(frozen=True, slots=True)
class CompiledFit:
    """Gates of fit.toml with their terms numbered, each list in the order of the file."""

    offer: PatternIndex[tuple[OfferRow, CompiledRow]]
    answer: PatternIndex[tuple[AnswerRow, CompiledRow]]
    ours: Terms
    """Names of our own area."""
    other: PatternIndex[tuple[OtherPlace, Terms]]
    abroad: re.Pattern[str] | None
    """Codes of calls that are for other countries."""


def field_points(condition: Signal | Veto) -> tuple[tuple[float, tuple[str, ...]], ...]:
    """Return the points that a condition gives per field, with the zones of each field.

    A veto has one field, since it strikes once; a signal without terms has the field of the programme.
    """
    if isinstance(condition, Veto):
        return ((0.0, condition.zones),)
    if condition.structural:
        return ((condition.weight * FACTORS["structure"], ("programme",)),)
    return tuple(
        (condition.weight * FACTORS[name], kept)
        for name, zones in FIELDS.items()
        if (kept := tuple(zone for zone in zones if zone in condition.zones))
    )


def document_points(theme: ThemeFile, condition: Signal | Veto) -> float:
    """Return the points that a condition of a theme gives where a page of the call's documents has one of its terms.

    A veto gives none and never strikes there: a long document has a word of nearly every kind.
    """
    if not theme.theme.documents or not isinstance(condition, Signal) or condition.structural or not condition.in_text:
        return 0.0
    return condition.weight * FACTORS["documents"]


def max_points(signal: Signal) -> float:
    """Return the points of a signal that hits in every field it may."""
    return sum(points for points, _ in field_points(signal))


_Variant = tuple[MatchMode, tuple[str, ...]]
"""Variant of a term, and how it is asked for."""


def _variants_of(text: str) -> set[_Variant]:
    """Return the variants of a term: two terms are the same word when they share one."""
    term = parse_term(text)
    return {(term.mode, variant) for variant in term.variants}


_TermUse = tuple[tuple[str, ...], Collection[str]]
"""Terms as the file has them, and the zones in which they are looked for."""


class _Gain(NamedTuple):
    """Points of a signal in one field."""

    theme: int
    """Number of the live theme."""
    points: float
    metadata: int
    """Number of the metadata condition."""
    needs: frozenset[str]
    """Patterns of the terms of which one must be in some zone; empty: nothing more is needed."""


@dataclass(frozen=True)
class RuleSet:
    """Rules of one folder, all sound."""

    version: str
    """Hash of the rules: the same whatever their order, spacing and comments."""
    themes: tuple[ThemeFile, ...]
    departments: Mapping[str, Department]
    """Departments by id, in the order of the file; those switched off as well."""
    areas: AreasFile
    programmes: Mapping[str, Programme]
    """Programmes by id."""
    fit: FitFile
    files: Mapping[str, str] = field(repr=False)
    """Text of each file by its name relative to the folder."""
    concepts: Concepts = field(default_factory=Concepts, repr=False)
    """All concepts. Those that a rule names are in its words already."""
    signals: Mapping[str, SharedSignal] = field(default_factory=dict, repr=False)
    """Signals that several themes have by id. Those that a theme names are among its signals already."""
    generic: tuple[str, ...] = ()
    """Generic terms: they add points, but never complete a threshold alone."""
    gates: GatesFile | None = field(default=None, repr=False)
    """Steps of the municipality's own before an application; None where the folder has no such file."""
    extra_terms: tuple[_TermUse, ...] = field(default=(), repr=False)
    """Terms of another rule set, numbered and looked for as well, so that one scan serves both."""

    @cached_property
    def analyser(self) -> Analyser:
        """Return the analyser that turns texts into the lemma texts that rules are matched on."""
        return analyser()

    @cached_property
    def live_themes(self) -> tuple[ThemeFile, ...]:
        """Return the themes that are matched: drafts are only checked."""
        return tuple(theme for theme in self.themes if theme.theme.state == "live")

    @cached_property
    def asks_documents(self) -> bool:
        """Return True when some theme, live or a draft, counts the words of calls' documents."""
        return any(theme.theme.documents for theme in self.themes)

    @cached_property
    def document_conditions(self) -> Mapping[int, tuple[tuple[CompiledCondition, float], ...]]:
        """Return the signals that count in documents with their points, by the number of their live theme."""
        return {
            number: found
            for number, theme in enumerate(self.live_themes)
            if (
                found := tuple(
                    (compiled, points)
                    for compiled in self.conditions[number]
                    if (points := document_points(theme, compiled.condition)) and compiled.specific.numbers
                )
            )
        }

    def words_of(self, terms: Terms) -> tuple[str, ...]:
        """Return the texts of terms, as the files have them."""
        return tuple(map(self.term_texts.__getitem__, terms.numbers))

    def theme(self, theme_id: str) -> ThemeHead | None:
        """Return the theme with this id, or None when a later rule set dropped it."""
        return self._heads.get(theme_id)

    @cached_property
    def _heads(self) -> dict[str, ThemeHead]:
        return {theme.theme.id: theme.theme for theme in self.themes}

    @cached_property
    def theme_numbers(self) -> Mapping[str, int]:
        """Return the number of each live theme by its id."""
        return {theme.theme.id: number for number, theme in enumerate(self.live_themes)}

    @cached_property
    def area_names(self) -> Mapping[str, str]:
        """Return the name of each area of the strategy by its id."""
        return {area.id: area.name for area in self.areas.area}

    @cached_property
    def goal_names(self) -> Mapping[int, str]:
        """Return the name of each global goal by its number."""
        return {goal.number: goal.name for goal in self.areas.sdg}

    @cached_property
    def english_titles(self) -> Mapping[str, str]:
        """Return the English title of each theme that has one, by its id; a theme's own goes before that of the areas."""
        own = {theme.theme.id: theme.theme.english for theme in self.themes if theme.theme.english}
        return {**self.areas.english, **own}

    def short_title(self, theme_id: str, language: str = "sv") -> str:
        """Return the title of a theme for a subject line in a language; empty where no short one is given."""
        head = self.theme(theme_id)
        own = "" if head is None else head.english_short if language == "en" else head.short
        return own or (self.areas.english_short.get(theme_id, "") if language == "en" else "")

    def programme_of(self, call: Call) -> Programme | None:
        """Return the programme that pays, by the source's code, else by the prefix of the identifier."""
        return self.programme_by(call.programme, call.identifier)

    def programme_by(self, programme: str, identifier: str) -> Programme | None:
        """Return the programme that pays for the calls of a source's code, else of an identifier's prefix."""
        code = programme.removeprefix("cascade:").casefold()
        prefix = identifier.replace("/", "-").partition("-")[0].casefold()
        return self._programme_by_code.get(code) or self._programme_by_code.get(prefix)

    @cached_property
    def _programme_by_code(self) -> dict[str, Programme]:
        return {
            code.casefold(): programme
            for programme in self.programmes.values()
            for code in (programme.id, *programme.prefixes, *programme.codes)
        }

    @cached_property
    def term_numbers(self) -> dict[str, int]:
        """Return the number of every term in the rules, by its text in the files."""
        every = (texts for texts, _ in (*self._term_uses(), *self.extra_terms))
        return {text: number for number, text in enumerate(sorted(set().union(*every)))}

    @cached_property
    def term_texts(self) -> tuple[str, ...]:
        """Return the text of every term in the files, by its number."""
        return tuple(self.term_numbers)

    @cached_property
    def generic_terms(self) -> frozenset[int]:
        """Return the numbers of the terms that are generic, whatever their inflection."""
        if not self.generic:
            return frozenset()
        generic = set[_Variant]().union(*map(_variants_of, self.generic))
        return frozenset(number for text, number in self.term_numbers.items() if generic & _variants_of(text))

    def _term_uses(self) -> Iterator[_TermUse]:
        for theme in self.live_themes:
            for condition in theme.conditions:
                yield condition.words, condition.zones
                if document_points(theme, condition):
                    yield condition.words, (DOCUMENTS,)
                if isinstance(condition, Signal):
                    yield condition.needs, ZONES
        for texts in (self.fit.place.ours, *(other.words for other in self.fit.place.other)):
            yield texts, ("place", *PLACE_ZONES)
        for row in (*self.fit.offer, *self.fit.answer):
            yield (*row.words, *row.unless), row.zones

    @cached_property
    def _terms_by_zone(self) -> Mapping[str, frozenset[int]]:
        terms: dict[str, set[int]] = defaultdict(set)
        for texts, zones in (*self._term_uses(), *self.extra_terms):
            numbers = [self.term_numbers[text] for text in texts]
            for zone in zones:
                terms[zone].update(numbers)
        return {zone: frozenset(numbers) for zone, numbers in terms.items()}

    @cached_property
    def _term_set(self) -> TermSet:
        return TermSet([parse_term(text) for text in self.term_numbers])

    def scan(self, lemma_text: str, zone: str) -> Scan:
        """Return the terms in the lemma text of a zone, of those that some rule looks for in that zone."""
        return self._term_set.scan(lemma_text, self._terms_by_zone.get(zone, frozenset()))

    def with_terms_of(self, other: RuleSet) -> RuleSet:
        """Return these rules with the terms of `other` numbered as well, so that one scan serves both."""
        return replace(self, extra_terms=tuple(other._term_uses()))

    @cached_property
    def with_drafts(self) -> RuleSet:
        """Return these rules with every draft live, to say what a draft would do."""
        live = [theme.model_copy(update={"theme": theme.theme.model_copy(update={"state": "live"})}) for theme in self.themes]
        return replace(self, themes=tuple(live))

    @cached_property
    def themes_by_term(self) -> Mapping[int, frozenset[int]]:
        """Return the numbers of the live themes that have a term in a signal or veto, by the number of the term."""
        themes: dict[int, set[int]] = defaultdict(set)
        for number, theme in enumerate(self.live_themes):
            for condition in theme.conditions:
                for text in condition.words:
                    themes[self.term_numbers[text]].add(number)
        return {term: frozenset(numbers) for term, numbers in themes.items()}

    @cached_property
    def metadata_conditions(self) -> tuple[MetadataCondition, ...]:
        """Return the different metadata conditions of the live themes: the same few programmes are asked for many times.

        The first, `ANY_METADATA`, has no parts.
        """
        own = (compile_metadata(condition) for theme in self.live_themes for condition in theme.conditions)
        return tuple(dict.fromkeys((MetadataCondition(), *own)))

    @cached_property
    def conditions(self) -> tuple[tuple[CompiledCondition, ...], ...]:
        """Return the compiled signals and vetoes of each live theme, in the order of its file."""
        metadata_numbers = {condition: number for number, condition in enumerate(self.metadata_conditions)}
        return tuple(
            tuple(
                CompiledCondition(
                    condition,
                    *self._compile_words(condition.words, all_specific=isinstance(condition, Veto)),
                    *self._compile_words(condition.needs if isinstance(condition, Signal) else ()),
                    metadata=metadata_numbers[compile_metadata(condition)],
                    fields=field_points(condition),
                )
                for condition in theme.conditions
            )
            for theme in self.live_themes
        )

    @cached_property
    def condition_indexes(self) -> tuple[PatternIndex[CompiledCondition], ...]:
        """Return the index of the conditions of each live theme by the patterns of their terms."""
        return tuple(PatternIndex((compiled, compiled.terms) for compiled in conditions) for conditions in self.conditions)

    def _compile_words(self, words: tuple[str, ...], *, all_specific: bool = False) -> tuple[Terms, Terms]:
        """Return the terms of a list, and those of them that are not generic; all of them for a veto, which any word strikes."""
        terms = compile_terms(words, self.term_numbers)
        specific = [text for text in words if all_specific or self.term_numbers[text] not in self.generic_terms]
        return terms, terms if len(specific) == len(words) else compile_terms(specific, self.term_numbers)

    @cached_property
    def lowest_thresholds(self) -> tuple[float, ...]:
        """Return the points at which each live theme reaches the first of its departments; infinity where it has none."""
        return tuple(
            min((self.departments[name].threshold for name in theme.theme.departments), default=inf) for theme in self.live_themes
        )

    def upper_bounds(self, scans: Mapping[str, Scan], found: frozenset[str], matches: Callable[[int], bool]) -> dict[int, float]:
        """Return points that a live theme has at most, by its number, of each theme for which some term may speak.

        Each signal counts once per field, also where the pattern that was found turns out to be no term.

        Args:
            scans: What each zone has of the terms.
            found: Patterns found in any of the zones.
            matches: Returns True when the call matches the metadata condition with a number.
        """
        bounds: dict[int, float] = {}
        gains, gains_by_zone = self._gains
        counted: set[int] = set()
        for zone, scan in scans.items():
            if by_pattern := gains_by_zone.get(zone):
                counted.update(*filter(None, map(by_pattern.get, scan.found)))
        for theme, points, metadata, needs in map(gains.__getitem__, counted):
            if needs and needs.isdisjoint(found):
                continue
            if metadata == ANY_METADATA or matches(metadata):
                bounds[theme] = bounds.get(theme, 0.0) + points
        # Metadata alone never make a theme a candidate: at least one term must speak for it.
        for theme, points, metadata, _ in self._structural_gains:
            if theme in bounds and matches(metadata):
                bounds[theme] += points
        return bounds

    @cached_property
    def _gains(self) -> tuple[list[_Gain], Mapping[str, Mapping[str, tuple[int, ...]]]]:
        """Return the gains of the signals with terms, and their numbers in this list by zone and pattern."""
        gains: list[_Gain] = []
        numbers: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for theme, conditions in enumerate(self.conditions):
            for compiled in conditions:
                for points, zones in compiled.fields:
                    for zone in zones if points > 0 else ():
                        for pattern in compiled.terms.patterns:
                            numbers[zone][pattern].append(len(gains))
                    gains.append(_Gain(theme, points, compiled.metadata, compiled.needs.patterns))
        return gains, {zone: {name: tuple(found) for name, found in by_pattern.items()} for zone, by_pattern in numbers.items()}

    @cached_property
    def _structural_gains(self) -> tuple[_Gain, ...]:
        """Gains of the signals without terms."""
        return tuple(
            _Gain(theme, compiled.fields[0][0], compiled.metadata, compiled.needs.patterns)
            for theme, conditions in enumerate(self.conditions)
            for compiled in conditions
            if not compiled.terms.numbers and compiled.fields[0][0] > 0
        )

    @cached_property
    def compiled_fit(self) -> CompiledFit:
        """Return the gates with their terms numbered."""
        place, numbers = self.fit.place, self.term_numbers
        offers = [(row, compile_row(row, numbers)) for row in self.fit.offer]
        answers = [(row, compile_row(row, numbers)) for row in self.fit.answer]
        others = [(other, compile_terms(other.words, numbers)) for other in place.other]
        return CompiledFit(
            offer=PatternIndex((pair, pair[1].terms) for pair in offers),
            answer=PatternIndex((pair, pair[1].terms) for pair in answers),
            ours=compile_terms(place.ours, numbers),
            other=PatternIndex((pair, pair[1]) for pair in others),
            abroad=compile_patterns(place.identifier),
        )


def telling_words(rules: RuleSet) -> Iterator[str]:
    """Yield the terms that speak for a live theme by themselves: neither generic ones nor those that need others."""
    for conditions in rules.conditions:
        for compiled in conditions:
            if isinstance(compiled.condition, Signal) and compiled.condition.weight > 0 and not compiled.needs.numbers:
                yield from rules.words_of(compiled.specific)
