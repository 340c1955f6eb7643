"""Explanations: why a department gets a call, or the step at which the call fell out for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from monitor.calls import Call, call_status
from monitor.language.call_reading import CallReading
from monitor.matching.compiled import RuleSet
from monitor.matching.documents import CallDocuments
from monitor.matching.engine import Judgement, ThemeResult, judge_call
from monitor.matching.levels import Level, level_of, relevance_of
from monitor.matching.match import Evidence, evidence_of
from monitor.matching.rules.model import Department
from monitor.vocabulary import KIND_LABELS, Kind, Status

Step = Literal[
    "matched",
    "not-in-archive",
    "left-out",
    "merged",
    "not-current",
    "not-a-call",
    "vetoed",
    "below-threshold",
    "outside",
    "fit-nej",
    "told",
    "switched-off",
    "probation",
    "yielded",
]

_MAX_GENERIC = 3
"""Generic words that an explanation names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Facts of the archive and the settings about a call."""

    now: datetime
    vanished: datetime | None = None
    """Time at which the call was gone from its source, in the zone to show it in; None for a call that is there."""
    told: Mapping[str, date] = field(default_factory=dict)
    """Day on which each department was told of the call, by the department's id."""
    recipients: frozenset[str] | None = None
    """Departments that have a recipient; None when recipients do not matter."""
    lead: str = ""
    """The title of the call that leads the story which this call is part of; empty when it leads itself."""
    named: bool = True
    """False where the call was asked for by words, by which nothing can be said to be missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutReason:
    """Item that a source showed and that was left out of the archive's calls."""

    key: str
    """Source and id, joined by a slash."""
    read: datetime
    """Time at which it was last read, in the zone to show it in."""
    reason: str
    """Reason in Swedish, without a full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingSignal:
    """Signal that did not hit, with the terms (or programmes) that would have counted."""

    signal: str
    words: tuple[str, ...]
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Explanation for one department."""

    department: str
    """Id of the department."""
    name: str
    """Name of the department."""
    step: Step
    """"matched", or the step at which the call fell out."""
    text: str
    """The explanation in Swedish."""
    theme: str = ""
    """Title of the theme with most points."""
    themes: tuple[str, ...] = ()
    """Ids of the themes that reach the department; of the nearest one where none does."""
    points: float = 0.0
    threshold: float = 0.0
    short: float = 0.0
    """Points that are missing to the threshold; 0 where a theme reaches the department."""
    missing: tuple[MissingSignal, ...] = ()
    relevance: int = 0
    fit: int = 0
    level: Level | None = None
    answer: str = ""
    evidence: tuple[Evidence, ...] = ()
    places: tuple[str, ...] = ()
    """Pages of its documents without whose words no theme would reach the department, as `Evidence.named_place`."""
    rule_version: str = ""


NOT_IN_ARCHIVE = "Den finns inte i arkivet: ingen av källorna har visat den."
WORDS_FIND_NOTHING = (
    "Ingen rubrik i arkivet är lik orden, och sökningen hittar inget."
    " Skriv adressen eller beteckningen: den säger säkert om ingen av källorna har visat den."
)
"""Answers on a call that is not found: by its address or identifier, and by words."""


def why_all(
    rules: RuleSet,
    call: Call,
    circumstances: Circumstances,
    zones: Mapping[str, str] | None = None,
    reading: CallReading | None = None,
    documents: CallDocuments | None = None,
) -> list[Why]:
    """Return the explanation for every department, those that get the call first.

    Args:
        rules: The rules to judge by.
        call: The call.
        circumstances: Facts of the archive and the settings about the call.
        zones: Lemma texts by zone as the archive stores them; None: the call is analysed here.
        reading: Reading of the call as the archive stores it; None: the call is read here.
        documents: Documents of the call, for themes that count their words.
    """
    judgement = judge_call(rules, call, zones, reading, documents)
    answers = [_answer(judgement, department, circumstances, zones) for department in rules.departments.values()]
    return sorted(answers, key=lambda why: (why.step not in ("matched", "told"), -why.points, why.department))


def why(
    rules: RuleSet,
    call: Call | None,
    department: str,
    circumstances: Circumstances,
    zones: Mapping[str, str] | None = None,
    aside: LeftOutReason | None = None,
    documents: CallDocuments | None = None,
) -> Why:
    """Return the explanation for one department.

    Args:
        rules: The rules to judge by.
        call: The call; None when the archive does not have it.
        department: Id of the department.
        circumstances: Facts of the archive and the settings about the call.
        zones: Lemma texts by zone as the archive stores them; None: the call is analysed here.
        aside: The item of this name that was left out, where there is one.
        documents: Documents of the call, for themes that count their words.

    Raises:
        KeyError: There is no such department.
    """
    found = rules.departments[department]
    if call is None:
        step: Step = "left-out" if aside else "not-in-archive"
        text = (
            f"Den lästes {swedish_day(aside.read)} men lämnades utanför: {aside.reason}."
            if aside
            else NOT_IN_ARCHIVE
            if circumstances.named
            else WORDS_FIND_NOTHING
        )
        return Why(department=found.id, name=found.name, step=step, text=text, rule_version=rules.version)
    return _answer(judge_call(rules, call, zones, documents=documents), found, circumstances, zones)


def _answer(judgement: Judgement, department: Department, circumstances: Circumstances, zones: Mapping[str, str] | None) -> Why:
    rules = judgement.rules
    reached = judgement.reached(department)
    own = [result for result in judgement.results if department.id in result.theme.theme.departments]
    best = reached[0] if reached else _nearest(own, department)
    step, text = _step(judgement, department, reached, best, circumstances, zones)
    points = best.points if best is not None else 0.0
    relevance = relevance_of(points, department.threshold) if reached else 0
    fit = judgement.gates.score
    shown = reached or ((best,) if best is not None else ())
    short = max(0.0, department.threshold - points)
    evidence = tuple(item for theme in evidence_of(judgement, shown).values() for item in theme)
    places = () if any(_reaches_by_texts(result, department) for result in reached) else _places(evidence)
    if reached and places and step in ("matched", "probation"):
        text += f" Utan orden i dess dokument hade den inte gått dit: {places[0]}."
    return Why(
        department=department.id,
        name=department.name,
        step=step,
        text=text,
        theme=best.theme.theme.title if best is not None else "",
        themes=tuple(result.theme.theme.id for result in shown),
        points=points,
        threshold=department.threshold,
        short=0.0 if reached else short,
        missing=() if reached else _missing(best),
        relevance=relevance,
        fit=fit,
        level=level_of(relevance, fit) if step in ("matched", "told") else None,
        answer=judgement.gates.answer,
        evidence=evidence,
        places=places if reached else (),
        rule_version=rules.version,
    )


def _reaches_by_texts(result: ThemeResult, department: Department) -> bool:
    """Return True when a theme reaches the department by the call's own texts, without the pages of its documents."""
    hits = tuple(hit for hit in result.hits if hit.page is None)
    return result._replace(hits=hits, points=sum(hit.points for hit in hits)).reaches(department)


def _places(evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    """Return the pages of documents with words that speak for a theme, the weightiest first."""
    return tuple(dict.fromkeys(item.named_place for item in evidence if item.document and item.points > 0))


def _nearest(results: list[ThemeResult], department: Department) -> ThemeResult | None:
    """Return the nearest theme: one that only a veto stopped before any other, then the one with most points."""
    return max(
        results,
        key=lambda result: (result.has_word and result.points >= department.threshold, result.points, result.theme.theme.id),
        default=None,
    )


def _step(
    judgement: Judgement,
    department: Department,
    reached: tuple[ThemeResult, ...],
    best: ThemeResult | None,
    circumstances: Circumstances,
    zones: Mapping[str, str] | None,
) -> tuple[Step, str]:
    call, gates = judgement.call, judgement.gates
    told = circumstances.told.get(department.id)
    told_text = f" {department.name} fick veta det {swedish_day(told)}." if told else ""
    not_current = _not_current(call, circumstances)
    if not_current is not None:
        return not_current[0], not_current[1] + told_text
    if gates.step == "not-a-call":
        return "not-a-call", f"{gates.reason} (”{gates.word}”)" if gates.word else gates.reason
    if (taken := judgement.taken_by(department.id)) is not None:
        other, result = taken
        found = f"Ämnet hör till {other.name} (temat {result.theme.theme.title}), som får den i stället."
        return "yielded", f"{found}{told_text}"
    if not reached:
        if _is_draft_only(judgement, department, zones):
            return "switched-off", "Temat som skulle ta den är ett utkast och används inte än."
        missed, text = _missed(judgement.rules, department, best)
        if call.kind is not Kind.CALL:
            return "not-a-call", f"{KIND_LABELS[call.kind].many} kräver fler poäng; den här fick för få. {text}{told_text}"
        return missed, text
    if gates.step == "outside":
        return "outside", gates.reason
    if gates.step == "fit-nej":
        found = f" Det står: ”{gates.word}”." if gates.word else ""
        return "fit-nej", f"Kommunen kan inte delta. {gates.reason}{found}"
    if told:
        return "told", f"{department.name} fick veta det {swedish_day(told)}."
    return _delivery(department, reached, circumstances)


def _not_current(call: Call, circumstances: Circumstances) -> tuple[Step, str] | None:
    """Return the step of a call that is part of a story, has vanished or is closed; None for one to be told of by itself."""
    if circumstances.lead:
        return "merged", f"Den är samma sak som ”{circumstances.lead}” och visas tillsammans med den."
    if circumstances.vanished is not None:
        return "not-current", f"Den är inte aktuell: den försvann från källan {swedish_day(circumstances.vanished)}."
    if call_status(call, circumstances.now) is Status.CLOSED:
        return "not-current", f"Den är inte aktuell: {_closed(call, circumstances.now)}."
    return None


def _delivery(department: Department, reached: tuple[ThemeResult, ...], circumstances: Circumstances) -> tuple[Step, str]:
    """Return the step of a call that passed the gates and reaches the department."""
    if not department.enabled:
        return "switched-off", f"{department.name} är avstängd i departments.toml."
    if circumstances.recipients is not None and department.id not in circumstances.recipients:
        return "switched-off", f"Ingen mottagare är inlagd för {department.name} i monitor.toml."
    heads = [result.theme.theme for result in reached]
    tried = [head.probation for head in heads if head.is_on_probation(circumstances.now.date())]
    if len(tried) == len(heads):
        until = swedish_day(max(day for day in tried if day is not None))
        return "probation", f"Temat {heads[0].title} är på prov till {until}. Den går till samordnaren så länge."
    themes = ", ".join(head.title for head in heads if not head.is_on_probation(circumstances.now.date()))
    return "matched", f"Den går till {department.name}. Tema: {themes}."


def _missed(rules: RuleSet, department: Department, best: ThemeResult | None) -> tuple[Step, str]:
    threshold = _points(department.threshold)
    if best is None or not best.hits or best.points <= 0:
        return "below-threshold", f"Inga ord som talar för förvaltningens teman står i texten: 0 av {threshold} poäng."
    title = best.theme.theme.title
    stopped = f"vetot ”{best.vetoes[0][1] or best.vetoes[0][0].name}”" if best.vetoes else ""
    if stopped and best.has_word and best.points >= department.threshold:
        return "vetoed", f"Temat {title} stoppas av {stopped}."
    besides = f" Dessutom stoppar {stopped}." if stopped else ""
    enough = best.points >= department.threshold
    if enough and not best.has_word and (generic := _generic_words(rules, best)):
        words = ", ".join(generic[:_MAX_GENERIC])
        return "below-threshold", f"Bara allmänna ord ({words}) talar för temat {title}; de räcker aldrig ensamma.{besides}"
    if not best.has_word:
        return "below-threshold", f"Bara programmet talar för temat {title}; det räcker aldrig ensamt.{besides}"
    short = _points(department.threshold - best.points)
    hint = "; ".join(f"{', '.join(item.words[:3])} ({item.weight} p)" for item in _missing(best)[:3])
    missing = f" Det som saknas kan vara till exempel: {hint}." if hint else ""
    return "below-threshold", f"Temat {title} fick {_points(best.points)} av {threshold} poäng; {short} saknas.{missing}{besides}"


def _generic_words(rules: RuleSet, result: ThemeResult) -> list[str]:
    """Return the generic terms that speak for a theme, in the order of its signals."""
    found = (rules.term_texts[hit.term] for hit in result.hits if hit.generic and hit.points > 0)
    return list(dict.fromkeys(found))


def _missing(best: ThemeResult | None) -> tuple[MissingSignal, ...]:
    if best is None:
        return ()
    hit = {item.signal.id for item in best.hits}
    rest = [signal for signal in best.theme.signal if signal.id not in hit and signal.weight > 0]
    return tuple(
        MissingSignal(
            signal=signal.id, words=(*signal.words, *(signal.programme if signal.structural else ())), weight=signal.weight
        )
        for signal in sorted(rest, key=lambda signal: (-signal.weight, signal.id))
    )


def _is_draft_only(judgement: Judgement, department: Department, zones: Mapping[str, str] | None) -> bool:
    rules = judgement.rules
    if len(rules.live_themes) == len(rules.themes):
        return False
    return bool(judge_call(rules.with_drafts, judgement.call, zones, documents=judgement.documents).reached(department))


def _closed(call: Call, now: datetime) -> str:
    if call.kind is Kind.EVENT and call.starts is not None:
        return f"evenemanget var {swedish_day(call.ends or call.starts)}"
    if call.deadlines:
        passed = [deadline for deadline in call.deadlines if deadline.at < now]
        if passed:
            return f"sista ansökningsdag var {swedish_day(max(deadline.at for deadline in passed))}"
    return "källan säger att den är stängd"


_MONTHS = ("jan.", "feb.", "mars", "april", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec.")


def swedish_day(day: date) -> str:
    """Return a day as in running text: 12 maj 2026. A date-time has the day of its own zone."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _points(points: float) -> str:
    return f"{points:g}".replace(".", ",")
