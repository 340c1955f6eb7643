"""Judging one call: the points of each theme with their hits, and what the gates say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from monitor.calls import ZONES, Call, call_zones
from monitor.language.termset import Scan, Span, anywhere
from monitor.matching.compiled import Asked, Proviso, RuleSet, stated_by
from monitor.matching.gates import Gates, pass_gates
from monitor.matching.rules.model import Department, Signal, ThemeFile, Veto

ROUNDING = 1e-6
"""Sums of the same numbers in another order may differ in the last digit."""
GATES = ""
"""Stands for the gates among the names of themes that two rule sets have alike."""


class Hit(NamedTuple):
    """A signal that counted in one field: the zone, the term's number (-1 for a programme), and its points."""

    signal: Signal
    zone: str
    term: int
    points: float


class ThemeResult(NamedTuple):
    """What one theme makes of a call."""

    theme: ThemeFile
    points: float
    hits: tuple[Hit, ...]
    vetoes: tuple[tuple[Veto, str, str], ...]
    """Vetoes that struck, each with its word and zone."""

    def reaches(self, department: Department) -> bool:
        """True when the theme alone would send the call to the department, gates aside."""
        return not self.vetoes and self.has_word and self.points >= department.threshold

    @property
    def has_word(self) -> bool:
        """A programme alone never carries a call: at least one word must speak for the theme."""
        return any(hit.term >= 0 and hit.points > 0 for hit in self.hits)


class Judgement:
    """Everything the rules say about one call; the gates are asked only when someone wants to know."""

    def __init__(
        self, rules: RuleSet, call: Call, scanned: Mapping[str, Scan], beside: tuple[Judgement, frozenset[str]] | None = None
    ) -> None:
        """`beside` is what another rule set that scans alike made of the call, and the themes that both have alike."""
        self.rules, self.call = rules, call
        self._beside: Judgement | None = beside[0] if beside else None
        self._alike = beside[1] if beside else frozenset()
        self._scans = scanned
        self._stated = stated_by(call, rules.programme_of(call))
        self._anywhere = anywhere(scanned.values())
        """The patterns that stand in any zone: of most conditions none does, and no zone needs to be looked at."""
        self._known: dict[int, ThemeResult] = {}
        self._stating: dict[Proviso, bool] = {}

    @cached_property
    def gates(self) -> Gates:
        """What the gates say."""
        if self._beside is not None and GATES in self._alike:
            return self._beside.gates
        return pass_gates(self.rules, self.call, self._scans, self._stated)

    @cached_property
    def results(self) -> tuple[ThemeResult, ...]:
        """The themes of which at least one word stands in the call, be it where it does not count, in the order of the rules."""
        asked: set[int] = set()
        for scan in self._scans.values():
            asked.update(*(self.rules.askers.get(term, ()) for term in scan.whole.places))
        return tuple(self._result(theme) for theme in sorted(asked))

    @cached_property
    def promising(self) -> tuple[ThemeResult, ...]:
        """The themes that may reach a department, told from what speaks for them: most themes of most calls need no second look."""
        least = self.rules.least
        return tuple(
            self._result(theme)
            for theme, points in self.rules.reach.near(self._scans, self._anywhere, self._stated, self._states)
            if (short := least[theme][0] - points - ROUNDING) <= 0 or self._structural(theme) >= short
        )

    def _structural(self, number: int) -> float:
        """What programme and identifier alone give a theme, or take."""
        return sum(worth for worth, proviso in self.rules.structural[number] if self._may_count(proviso))

    def _states(self, proviso: Proviso) -> bool:
        """Whether the call states what a condition asks besides words."""
        known = self._stating.get(proviso)
        if known is None:
            known = self._stating[proviso] = proviso.besides.met_by(self._stated)
        return known

    def _may_count(self, proviso: Proviso) -> bool:
        """Whether the proviso may be met, told from the patterns alone."""
        return self._states(proviso) and not (proviso.needs.order and proviso.needs.patterns.isdisjoint(self._anywhere))

    def _counts(self, proviso: Proviso) -> bool:
        """Whether the proviso is met."""
        return self._states(proviso) and not (proviso.needs.order and proviso.needs.first(self._scans, self._scans) is None)

    def _result(self, number: int) -> ThemeResult:
        if number not in self._known:
            self._known[number] = self._borrowed(number) or self._worked_out(number)
        return self._known[number]

    def _borrowed(self, number: int) -> ThemeResult | None:
        name = self.rules.live_themes[number].theme.id
        if self._beside is None or name not in self._alike:
            return None
        return self._beside._result(self._beside.rules.places[name])

    def _worked_out(self, number: int) -> ThemeResult:
        hits: list[Hit] = []
        vetoes: list[tuple[Veto, str, str]] = []
        for asked in self.rules.conditions[number].asked(self._anywhere, self._stated):
            self._ask(asked, hits, vetoes)
        return ThemeResult(self.rules.live_themes[number], sum(hit.points for hit in hits), tuple(hits), tuple(vetoes))

    def _ask(self, asked: Asked, hits: list[Hit], vetoes: list[tuple[Veto, str, str]]) -> None:
        condition = asked.condition
        if asked.proviso is not None and not self._counts(asked.proviso):
            return
        for points, zones in asked.fields:
            first = asked.terms.first(self._scans, zones) if asked.terms.order else ("programme", -1)
            if first is None:
                continue
            zone, term = first
            if isinstance(condition, Veto):
                vetoes.append((condition, self.rules.words[term] if term >= 0 else "", zone))
            else:
                hits.append(Hit(condition, zone, term, points))

    def place(self, zone: str, term: int) -> Span:
        """The first word of a term that hit and its last, by their numbers in the zone; KeyError for what does not stand there."""
        place = self._scans[zone].place(term)
        if place is None:
            raise KeyError(term)
        return place

    def reached(self, department: Department) -> tuple[ThemeResult, ...]:
        """The themes that reach the department, most points first."""
        return _in_order(r for r in self.promising if department.id in r.theme.theme.departments and r.reaches(department))

    @cached_property
    def departments(self) -> dict[str, tuple[ThemeResult, ...]]:
        """The departments in use that a theme reaches, by id, with the themes."""
        found: dict[str, list[ThemeResult]] = {}
        for result in self.promising:
            for name in result.theme.theme.departments:
                department = self.rules.departments[name]
                if department.enabled and result.reaches(department):
                    found.setdefault(name, []).append(result)
        return {name: _in_order(found[name]) for name in sorted(found)}


def _in_order(results: Iterable[ThemeResult]) -> tuple[ThemeResult, ...]:
    return tuple(sorted(results, key=lambda result: (-result.points, result.theme.theme.id)))


def judge_call(rules: RuleSet, call: Call, zones: Mapping[str, str] | None = None) -> Judgement:
    """Everything the rules say about a call, matched or not."""
    return judge_calls(rules, [(call, zones)])[0]


def judge_calls(rules: RuleSet, calls: Iterable[tuple[Call, Mapping[str, str] | None]]) -> list[Judgement]:
    """What `judge_call` says of each. Zone after zone is scanned, so that what finds the words of one stays in the processor's cache."""
    read: list[tuple[Call, Mapping[str, str], dict[str, Scan]]] = [
        (call, analyse_zones(rules, call) if zones is None else zones, {}) for call, zones in calls
    ]
    for zone in ZONES:
        for _, texts, scans in read:
            if text := texts.get(zone):
                scans[zone] = rules.scan(text, zone)
    return [Judgement(rules, call, scans) for call, _, scans in read]


def analyse_zones(rules: RuleSet, call: Call) -> dict[str, str]:
    """The lemma text of each zone of a call that is not in the archive."""
    return {zone: rules.analyser.lemma_text(text, around=call.language) for zone, text in call_zones(call).items() if text}
