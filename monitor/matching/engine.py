"""Judging one call: the points of each theme with their hits, and the answer of the gates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from math import inf
from typing import NamedTuple

from monitor.calls import Call, call_zones
from monitor.language.call_reading import CallReading, read_call
from monitor.language.termset import Scan, Span, found_patterns
from monitor.matching.compiled import ANY_METADATA, ROUNDING, CompiledCondition, RuleSet, read_metadata
from monitor.matching.documents import DOCUMENTS, CallDocuments, PageRef
from monitor.matching.gates import Gates, pass_gates
from monitor.matching.levels import relevance_of
from monitor.matching.rules.model import Department, Signal, ThemeFile, Veto

_CLEAR = 65
"""Relevance (0-99) from which a theme clearly takes a call and others yield: one and a half times the threshold."""
_BARELY, _STRONG = 65, 75
"""Relevance up to which a subject that the title does not name is one in passing, beside another from twice the threshold."""
SUBJECT_WEIGHT = 2
"""Weight from which a signal names a subject; those of less stand around it, as local authorities and money do."""
_ENOUGH = 4
"""Weight from which one word is enough beside any other subject."""

NO_TERM = -1
"""Number in place of a term's where a programme or an identifier was enough."""


class PreparedCall(NamedTuple):
    """Call with the results of reading its text beforehand."""

    call: Call
    zones: Mapping[str, str] | None = None
    """Lemma text of each zone as the archive stores it; None: the call is analysed when it is judged."""
    reading: CallReading | None = None
    """Statements of the text as the archive stores them; None: the call is read when the judgement needs them."""
    documents: CallDocuments | None = None
    """Its own documents, for the themes that count their words; None for no documents."""


class SignalHit(NamedTuple):
    """Signal that counted in one field."""

    signal: Signal
    zone: str
    """Zone of the first hit, or "programme"."""
    term: int
    """Number of the first term that was found, or `NO_TERM`."""
    points: float
    generic: bool = False
    """True when none but generic terms was found in the field."""
    backed: bool = False
    """True when a needed term that is not generic was found as well."""
    page: PageRef | None = None
    """Page of a document that has a term; which term is looked up when the hit is shown. None for a hit in the call's texts."""

    @property
    def of_term(self) -> bool:
        """Return True for a hit of a term; False for one of the call's metadata."""
        return self.term != NO_TERM or self.page is not None

    @property
    def carries(self) -> bool:
        """Return True for a term that speaks for the theme and may carry a call: a generic one must be backed by another."""
        return self.of_term and self.points > 0 and (self.backed or not self.generic)

    @property
    def names_subject(self) -> bool:
        """Return True for a term that may carry a call and weighs as a subject does."""
        return self.carries and self.signal.weight >= SUBJECT_WEIGHT


class VetoHit(NamedTuple):
    """Veto that struck."""

    veto: Veto
    word: str
    """Term of the veto that was found, as the file has it; "" where a programme or an identifier was enough."""
    zone: str


class ThemeResult(NamedTuple):
    """Score of one theme for a call."""

    theme: ThemeFile
    points: float
    hits: tuple[SignalHit, ...]
    vetoes: tuple[VetoHit, ...]

    def reaches(self, department: Department) -> bool:
        """Return True when the theme alone sends the call to the department, gates aside."""
        return not self.vetoes and self.has_word and self.points >= department.threshold

    @property
    def has_word(self) -> bool:
        """Return True when a term speaks for the theme that may carry a call: a programme or generic words alone never do."""
        return any(hit.carries for hit in self.hits)


class Shared(NamedTuple):
    """Judgement of the same scans by another rule set, and the parts that both rule sets have alike."""

    judgement: Judgement
    themes: frozenset[str]
    """Ids of the live themes that are equal in both."""
    gates: bool
    """True when the gates are equal in both."""


class Judgement:
    """Everything the rules say about one call; each theme and the gates are judged when first asked for."""

    def __init__(
        self,
        rules: RuleSet,
        call: Call,
        scans: Mapping[str, Scan],
        *,
        stored: Callable[[], CallReading | None] = lambda: None,
        documents: CallDocuments | None = None,
        shared: Shared | None = None,
    ) -> None:
        """Judge a call by the scans of its zones.

        Args:
            rules: The rules to judge by.
            call: The call.
            scans: Terms of the rules in each zone.
            stored: Returns the stored reading of the call, None where it has none; called when the reading is first needed.
            documents: Documents of the call.
            shared: Judgement of the same call whose equal parts are reused.
        """
        self.rules, self.call = rules, call
        self.scans, self._stored, self._shared = scans, stored, shared
        self.documents = documents
        self._metadata = read_metadata(call, rules.programme_of(call))
        self._matched: dict[int, bool] = {}
        self._found = frozenset(found_patterns(scans.values()))
        self._results: dict[int, ThemeResult] = {}

    @cached_property
    def gates(self) -> Gates:
        """Return the answer of the gates."""
        if self._shared is not None and self._shared.gates:
            return self._shared.judgement.gates
        return pass_gates(self.rules, self.call, self.scans, self._metadata, lambda: self.reading.eligibility)

    @cached_property
    def reading(self) -> CallReading:
        """Return what the text of the call says; a call that came without its stored reading is read here."""
        if (reading := self._stored()) is not None:
            return reading
        return read_call(self.call) if self._shared is None else self._shared.judgement.reading

    @cached_property
    def results(self) -> tuple[ThemeResult, ...]:
        """Return the results of the themes with a term in some zone, where it counts or not, in the order of the rules."""
        return tuple(self._result(theme) for theme in sorted(self._themes_with_term))

    @cached_property
    def _themes_with_term(self) -> frozenset[int]:
        """Numbers of the themes with a term in some zone."""
        places = chain.from_iterable(scan.whole.places for scan in self.scans.values())
        return self._themes_with_page.union(*(self.rules.themes_by_term.get(term, ()) for term in places))

    @cached_property
    def _themes_with_page(self) -> frozenset[int]:
        """Numbers of the themes with a signal that counts on a page of the call's documents."""
        if self.documents is None:
            return frozenset()
        return frozenset(theme for theme in self.rules.document_conditions if any(self._page_hits(theme)))

    def result_of(self, theme_id: str) -> ThemeResult | None:
        """Return the result of one theme; None where nothing in the call speaks for or against it.

        As in `results`, metadata alone say nothing: without a term in some zone there is no result.
        """
        theme = self.rules.theme_numbers[theme_id]
        result = self._result(theme)
        if any(hit.of_term for hit in result.hits) or any(veto.word for veto in result.vetoes):
            return result
        # Searched last, since it takes another search for all terms.
        return result if (result.hits or result.vetoes) and theme in self._themes_with_term else None

    @cached_property
    def candidate_results(self) -> tuple[ThemeResult, ...]:
        """Return the results of the themes whose upper bound reaches a department's threshold, in the order of the rules.

        A theme that is left out cannot reach a department; the others must be scored exactly.
        """
        lowest = self.rules.lowest_thresholds
        numbers = {theme for theme, points in self._upper_bounds.items() if points + ROUNDING >= lowest[theme]}
        return tuple(self._result(theme) for theme in sorted(self._themes_with_page.union(numbers)))

    @cached_property
    def _upper_bounds(self) -> dict[int, float]:
        """Return points that the text gives a theme at most, by its number, of each theme for which some term may speak."""
        return self.rules.upper_bounds(self.scans, self._found, self._matches)

    def results_by_shortness(self) -> Iterator[tuple[float, ThemeResult]]:
        """Yield the results of the themes that have points for a term, each with points that it is short of at least.

        These are to the lowest threshold of its departments. The first are short of least, so that few need to be scored to
        find the nearest: a result is worked out when it is asked for.
        """
        lowest, bounds = self.rules.lowest_thresholds, self._upper_bounds
        short = {theme: lowest[theme] - points - ROUNDING for theme, points in bounds.items()}
        short.update(dict.fromkeys(self._themes_with_page, -inf))
        for theme in sorted(short, key=lambda theme: (short[theme], theme)):
            yield short[theme], self._result(theme)

    def _matches(self, metadata: int) -> bool:
        """Return True when the call matches the metadata condition with this number; each is tried once."""
        matched = self._matched.get(metadata)
        if matched is None:
            matched = self._matched[metadata] = self.rules.metadata_conditions[metadata].matches(self._metadata)
        return matched

    def _result(self, theme: int) -> ThemeResult:
        if theme not in self._results:
            self._results[theme] = self._reused_result(theme) or self._compute_result(theme)
        return self._results[theme]

    def _reused_result(self, theme: int) -> ThemeResult | None:
        theme_id = self.rules.live_themes[theme].theme.id
        if self._shared is None or theme_id not in self._shared.themes:
            return None
        other = self._shared.judgement
        return other._result(other.rules.theme_numbers[theme_id])

    def _compute_result(self, theme: int) -> ThemeResult:
        hits: list[SignalHit] = []
        vetoes: list[VetoHit] = []
        for compiled in self.rules.condition_indexes[theme].having(self._found):
            if not self._applies(compiled):
                continue
            for points, zones in compiled.fields:
                first = compiled.first_hit(self.scans, zones) if compiled.terms.numbers else ("programme", NO_TERM)
                if first is None:
                    continue
                zone, term = first
                if isinstance(compiled.condition, Veto):
                    vetoes.append(VetoHit(compiled.condition, self.rules.term_texts[term] if term != NO_TERM else "", zone))
                else:
                    generic = term in self.rules.generic_terms
                    backed = generic and compiled.specific_needs.first_hit(self.scans, self.scans) is not None
                    hits.append(SignalHit(compiled.condition, zone, term, points, generic, backed))
        hits += self._page_hits(theme)
        return ThemeResult(self.rules.live_themes[theme], sum(hit.points for hit in hits), tuple(hits), tuple(vetoes))

    def _page_hits(self, theme: int) -> Iterator[SignalHit]:
        """Yield the signals of a theme that count on a page of the call's documents, each once.

        A needed term may be on the same page or anywhere in the call's own texts: on another page it says nothing of the first.
        """
        documents = self.documents
        for compiled, points in self.rules.document_conditions.get(theme, ()) if documents is not None else ():
            if documents is None or not isinstance(compiled.condition, Signal) or not self._has_metadata(compiled):
                continue
            words, needs = self.rules.words_of(compiled.specific), self.rules.words_of(compiled.needs)
            page = documents.first_page(words, () if self._has_needed(compiled) else needs)
            if page is not None:
                yield SignalHit(compiled.condition, DOCUMENTS, NO_TERM, points, page=page)

    def _applies(self, compiled: CompiledCondition) -> bool:
        """Return False when the metadata do not match, or no needed term is found."""
        return self._has_metadata(compiled) and self._has_needed(compiled)

    def _has_metadata(self, compiled: CompiledCondition) -> bool:
        return compiled.metadata == ANY_METADATA or self._matches(compiled.metadata)

    def _has_needed(self, compiled: CompiledCondition) -> bool:
        return not compiled.needs.numbers or compiled.needs.first_hit(self.scans, self.scans) is not None

    def span_of(self, zone: str, term: int) -> Span:
        """Return the first place of a term that hit: the numbers of its first and last word in the zone.

        Raises:
            KeyError: The zone does not have the term.
        """
        span = self.scans[zone].place(term)
        if span is None:
            raise KeyError(term)
        return span

    def reached(self, department: Department) -> tuple[ThemeResult, ...]:
        """Return the themes that reach the department, most points first; none where another department takes the call."""
        return () if self.taken_by(department.id) else self._reaching.get(department.id, ())

    @cached_property
    def departments(self) -> dict[str, tuple[ThemeResult, ...]]:
        """Return the themes that reach each department in use, by its id; departments without a theme are left out."""
        return {
            name: results
            for name, results in self._reaching.items()
            if self.rules.departments[name].enabled and self.taken_by(name) is None
        }

    def taken_by(self, name: str) -> tuple[Department, ThemeResult] | None:
        """Return the department and theme that take the call from a department; None where it keeps the call.

        A call is taken from themes that all yield by a theme that clearly has it, and from a department whose subject the text
        only mentions in passing by one that strongly has it. A theme that the same words name takes nothing: they say no more
        for one department than for the other.
        """
        own, least = self._reaching.get(name, ()), self.yields_from(name)
        if least is None:
            return None
        words = _naming_terms(hit for result in own for hit in result.hits)
        taking = (
            (department, result)
            for other, results in self._reaching.items()
            if other != name and (department := self.rules.departments[other]).enabled
            for result in results
            if not result.theme.theme.yields
            and relevance_of(result.points, department.threshold) >= least
            and not words.issuperset(_naming_terms(result.hits))
        )
        return max(taking, key=lambda pair: pair[1].points, default=None)

    def yields_from(self, name: str) -> int | None:
        """Return the relevance (0-99) from which a theme of another department takes the call from a department that it reaches.

        Returns:
            None for a department that keeps the call whatever others have, or that no theme reaches.
        """
        own = self._reaching.get(name, ())
        if own and all(result.theme.theme.yields for result in own):
            return _CLEAR
        return _STRONG if own and self._is_in_passing(name, own) else None

    def naming_words(self, name: str) -> frozenset[str]:
        """Return the terms that name the subject for a department, as the rules write them."""
        numbers = _naming_terms(hit for result in self._reaching.get(name, ()) for hit in result.hits)
        return frozenset(self.rules.term_texts[number] for number in numbers if number != NO_TERM)

    def _is_in_passing(self, name: str, results: tuple[ThemeResult, ...]) -> bool:
        """Return True when a department is barely reached by the text alone, or not strongly by one word of little weight."""
        relevance = relevance_of(results[0].points, self.rules.departments[name].threshold)
        hits = [hit for result in results for hit in result.hits]
        if relevance <= _BARELY and not _is_in_title(hits):
            return True
        return relevance < _STRONG and self._speaks_one_word(hits)

    def _speaks_one_word(self, hits: Iterable[SignalHit]) -> bool:
        """Return True when one word of little weight names the subject, however often it stands and whichever terms find it."""
        naming = [hit for hit in hits if hit.names_subject]
        if any(hit.page is not None or hit.signal.weight >= _ENOUGH for hit in naming):
            return False
        others = [{hit.term, (hit.zone, self.span_of(hit.zone, hit.term))} for hit in naming]
        word = others.pop() if others else set()
        while joined := [other for other in others if not word.isdisjoint(other)]:
            word.update(*joined)
            others = [other for other in others if other not in joined]
        return not others

    @cached_property
    def _reaching(self) -> dict[str, tuple[ThemeResult, ...]]:
        """Return the themes with enough points for each of their departments, by its id in order."""
        found: dict[str, list[ThemeResult]] = {}
        for result in self.candidate_results:
            for name in result.theme.theme.departments:
                if result.reaches(self.rules.departments[name]):
                    found.setdefault(name, []).append(result)
        return {name: _by_points(found[name]) for name in sorted(found)}


def _naming_terms(hits: Iterable[SignalHit]) -> set[int]:
    """Return the numbers of the terms that name a subject; those of documents are one."""
    return {hit.term for hit in hits if hit.names_subject}


def _is_in_title(hits: Iterable[SignalHit]) -> bool:
    """Return True when the title names the subject."""
    return any(hit.zone == "title" and hit.points > 0 and not hit.generic for hit in hits)


def _by_points(results: Iterable[ThemeResult]) -> tuple[ThemeResult, ...]:
    return tuple(sorted(results, key=lambda result: (-result.points, result.theme.theme.id)))


def judge_call(
    rules: RuleSet,
    call: Call,
    zones: Mapping[str, str] | None = None,
    reading: CallReading | None = None,
    documents: CallDocuments | None = None,
) -> Judgement:
    """Return everything the rules say about a call, matched or not.

    Args:
        rules: The rules to judge by.
        call: The call.
        zones: Lemma text of each zone as the archive stores it; None: the call is analysed here.
        reading: What the text of the call says, as the archive stores it; None: the call is read when it is asked for.
        documents: Documents of the call, for themes that count their words; None for no documents.
    """
    texts = analyse_zones(rules, call) if zones is None else zones
    scans = {zone: rules.scan(text, zone) for zone, text in texts.items() if text}
    return Judgement(rules, call, scans, stored=lambda: reading, documents=documents)


def analyse_zones(rules: RuleSet, call: Call) -> dict[str, str]:
    """Return the lemma text of each zone that has text, for a call that is not in the archive."""
    return {zone: rules.analyser.lemma_text(text, around=call.language) for zone, text in call_zones(call).items() if text}
