"""Calls of the archive that a theme which is not in force would match or nearly match, to be marked as its examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from monitor.archive.connection import Database
from monitor.archive.readings import stored_reading
from monitor.archive.search.index import read_indexed_calls, stored_zones
from monitor.calls import Call, CallKey, call_zones
from monitor.language.one_line import clean
from monitor.matching.compiled import RuleSet
from monitor.matching.engine import Judgement, judge_call
from monitor.matching.match import evidence_of, matches_of
from monitor.matching.rules.model import ThemeFile
from monitor.web.views.evidence import EvidenceMark, mark_evidence
from monitor.web.views.rule_effect import find_candidate_rows, in_use

_MAX_READ = 250
"""Calls that are read for the lists, those that may reach a department first; of many, the latest."""
_CONTEXT = 60
_MAX_MARKS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRow:
    """Call with the words of the theme in it."""

    key: CallKey
    title: str
    language: str
    points: float
    reached: bool
    """True when some department of the theme would get it."""
    stopped: str
    """Word of the theme that keeps it out, "" for none."""
    marks: tuple[EvidenceMark, ...]


def theme_alone(rules: RuleSet, theme: ThemeFile) -> RuleSet:
    """Return rules with this theme alone, in use even if it is a draft or on probation."""
    used = in_use(rules, theme)
    lasting = used.model_copy(update={"theme": used.theme.model_copy(update={"probation": None})})
    return replace(rules, themes=(lasting,), extra_terms=())


def list_hits(db: Database, alone: RuleSet) -> list[HitRow]:
    """Return the calls with words of the only theme of the rules: those it matches first, then those with most points."""
    touched, candidates = find_candidate_rows(db, alone)
    chosen = [*sorted(candidates, reverse=True), *sorted(touched - candidates, reverse=True)][:_MAX_READ]
    rows = []
    for call, zones in read_indexed_calls(db, alone.analyser, chosen):
        row = judge_hit(db, alone, call, zones)
        if row.points > 0 or row.reached:
            rows.append(row)
    return sorted(rows, key=lambda row: (not row.reached, -row.points, row.title))


def judge_hit(db: Database, alone: RuleSet, call: Call, zones: Mapping[str, str] | None = None) -> HitRow:
    """Return how the only theme of the rules judges a call."""
    texts = zones if zones is not None else stored_zones(db, *call.key)
    judgement = judge_call(alone, call, texts, stored_reading(db, *call.key))
    result = next(iter(judgement.results), None)
    return HitRow(
        key=call.key,
        title=clean(call.title) or call.call_id,
        language=call.language,
        points=result.points if result is not None else 0.0,
        reached=bool(matches_of(judgement)),
        stopped=(result.vetoes[0].word or result.vetoes[0].veto.name) if result is not None and result.vetoes else "",
        marks=tuple(_marks(judgement)),
    )


def _marks(judgement: Judgement) -> Iterable[EvidenceMark]:
    texts = call_zones(judgement.call)
    found = [item for items in evidence_of(judgement, judgement.results).values() for item in items if item.start >= 0]
    return (mark_evidence(item, texts.get(item.zone, ""), _CONTEXT) for item in found[:_MAX_MARKS])
