"""Judging one call: the points of each theme with their hits, and what the gates say."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from monitor.calls import Call, call_zones
from monitor.language.termset import Scan, Span, anywhere
from monitor.matching.besides import stated_by
from monitor.matching.gates import Gates, pass_gates
from monitor.matching.model import Department, Signal, ThemeFile, Veto
from monitor.matching.ruleset import RuleSet
from monitor.matching.scoring import Asked, Terms

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
        self._met: dict[int, bool] = {}

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
        rules, fields, least = self.rules, self.rules.fields, self.rules.least
        filled: set[int] = set()
        for zone, scan in self._scans.items():
            filled.update(*filter(None, map(rules.gains[zone].get, scan.found)))
        themes, worths, every = fields
        points: dict[int, float] = {}
        for number in filled:
            besides = every[number]
            if besides < 0 or self._may_count(besides):
                theme = themes[number]
                points[theme] = points.get(theme, 0.0) + worths[number]
        near = sorted(theme for theme, found in points.items() if found + ROUNDING >= least[theme][1])
        return tuple(
            self._result(theme) for theme in near if points[theme] + self._structural(theme) + ROUNDING >= least[theme][0]
        )

    def _structural(self, number: int) -> float:
        """What programme and identifier alone give a theme, or take."""
        return sum(worth for worth, besides in self.rules.structural[number] if self._may_count(besides))

    def _may_count(self, besides: int) -> bool:
        """Whether what a condition asks besides its words may be met."""
        known = self._met.get(besides)
        if known is None:
            asked, needs = self.rules.besides[besides]
            known = not (needs.order and needs.patterns.isdisjoint(self._anywhere)) and asked.met_by(self._stated)
            self._met[besides] = known
        return known

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
        for asked in self.rules.conditions[number].asked(self._anywhere):
            self._ask(asked, hits, vetoes)
        return ThemeResult(self.rules.live_themes[number], sum(hit.points for hit in hits), tuple(hits), tuple(vetoes))

    def _ask(self, asked: Asked, hits: list[Hit], vetoes: list[tuple[Veto, str, str]]) -> None:
        condition = asked.condition
        if not asked.besides.met_by(self._stated) or (asked.needs.order and self._first(asked.needs, tuple(self._scans)) is None):
            return
        for points, zones in asked.fields:
            if (first := self._first(asked.terms, zones)) is None:
                continue
            zone, term = first
            if isinstance(condition, Veto):
                vetoes.append((condition, self.rules.words[term] if term >= 0 else "", zone))
            else:
                hits.append(Hit(condition, zone, term, points))

    def _first(self, terms: Terms, zones: tuple[str, ...]) -> tuple[str, int] | None:
        """The first zone and term that hit; the programme where no word is asked for."""
        if not terms.order:
            return "programme", -1
        for zone in zones:
            if (term := terms.first(self._scans.get(zone))) is not None:
                return zone, term
        return None

    def place(self, zone: str, term: int) -> Span:
        """The first word of a term that hit and its last, by their numbers in the zone; KeyError for what does not stand there."""
        place = self._scans[zone].place(term)
        if place is None:
            raise KeyError(term)
        return place

    def reached(self, department: Department) -> tuple[ThemeResult, ...]:
        """The themes that reach the department, most points first."""
        own = [r for r in self.promising if department.id in r.theme.theme.departments and r.reaches(department)]
        return tuple(sorted(own, key=lambda result: (-result.points, result.theme.theme.id)))

    @cached_property
    def departments(self) -> dict[str, tuple[ThemeResult, ...]]:
        """The departments in use that a theme reaches, by id, with the themes."""
        named = sorted({name for result in self.promising for name in result.theme.theme.departments})
        found = ((name, self.reached(department)) for name in named if (department := self.rules.departments[name]).enabled)
        return {name: results for name, results in found if results}


def judge_call(rules: RuleSet, call: Call, zones: Mapping[str, str] | None = None) -> Judgement:
    """Everything the rules say about a call, matched or not."""
    zones = analyse_zones(rules, call) if zones is None else zones
    return Judgement(rules, call, {zone: rules.scan(text, zone) for zone, text in zones.items() if text})


def analyse_zones(rules: RuleSet, call: Call) -> dict[str, str]:
    """The lemma text of each zone of a call that is not in the archive."""
    return {zone: rules.analyser.lemma_text(text, around=call.language) for zone, text in call_zones(call).items() if text}
