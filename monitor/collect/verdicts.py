"""Judge what a trial reading of a source shows: works, thin, moved, walled, made by scripts, empty, remade or dead. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from monitor.archive.runs import Document
from monitor.collect.advice import find_remedies
from monitor.collect.quality import assess, gives_what_it_promises
from monitor.collect.reading import Problem, ProblemKind, SourceReading
from monitor.sources import Source


class Verdict(StrEnum):
    """Judgement of a source by one trial reading, in the order in which a table shows them."""

    WORKS = "works"
    THIN = "thin"
    MOVED = "moved"
    REMADE = "remade"
    EMPTY = "empty"
    SCRIPTED = "scripted"
    WALLED = "walled"
    DEAD = "dead"


VERDICT_LABELS = {
    Verdict.WORKS: "fungerar",
    Verdict.THIN: "fungerar, tunn",
    Verdict.MOVED: "har flyttat",
    Verdict.REMADE: "gjord om",
    Verdict.EMPTY: "tom",
    Verdict.SCRIPTED: "byggs av skript",
    Verdict.WALLED: "spärrad",
    Verdict.DEAD: "svarar inte",
}
_OF_PROBLEM = {
    ProblemKind.BLOCKED: Verdict.WALLED,
    ProblemKind.ROBOTS: Verdict.WALLED,
    ProblemKind.SCRIPTED: Verdict.SCRIPTED,
    ProblemKind.EMPTY: Verdict.EMPTY,
    ProblemKind.LAYOUT: Verdict.REMADE,
    ProblemKind.NOT_A_FEED: Verdict.REMADE,
    ProblemKind.UNREADABLE: Verdict.REMADE,
    ProblemKind.FIELDS: Verdict.THIN,
    ProblemKind.FALL: Verdict.THIN,
    ProblemKind.INCOMPLETE: Verdict.THIN,
    ProblemKind.LINKS: Verdict.THIN,
    ProblemKind.SLOW: Verdict.THIN,
    ProblemKind.TOO_LARGE: Verdict.REMADE,
}
LOST_VERDICTS = frozenset((Verdict.REMADE, Verdict.EMPTY, Verdict.SCRIPTED))
"""Verdicts after which another row of the same site may give what this one gave."""
_ORDER = list(Verdict)
_NOTHING = "Inget att göra."
_CONFIRM = "Bekräfta adressen: monitor sources check --all --write"
_EMPTY_NOW = "Inget på sidan just nu. Läs den igen när något är publicerat."


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """Judgement of a source."""

    verdict: Verdict
    reason: str
    """Problem in Swedish; "" where nothing was."""
    todo: str
    """Advice in Swedish."""
    problems: tuple[ProblemKind, ...]
    items: int
    ahead: int
    newest: date | None
    thin: int


def judge_check(
    source: Source, reading: SourceReading, problems: Sequence[Problem], documents: Sequence[Document], now: datetime
) -> SourceCheck:
    """Return the judgement of a source by a reading at `now`, with all its problems."""
    quality = assess(reading, now)
    verdict = _verdict(source, reading, problems, now)
    advice = [remedy.text for remedy in find_remedies(source, reading, problems, documents, now)]
    return SourceCheck(
        verdict=verdict,
        reason=" ".join(dict.fromkeys(problem.text for problem in problems)),
        todo=_todo(source, verdict, advice),
        problems=tuple(dict.fromkeys(problem.kind for problem in problems)),
        items=quality.items,
        ahead=quality.ahead,
        newest=quality.newest,
        thin=quality.thin,
    )


def _verdict(source: Source, reading: SourceReading, problems: Sequence[Problem], now: datetime) -> Verdict:
    if reading.moved:
        return Verdict.MOVED
    if problems:
        return max((_OF_PROBLEM.get(problem.kind, Verdict.DEAD) for problem in problems), key=_ORDER.index)
    calls = list(reading.calls.values())
    if not calls:
        return Verdict.THIN if reading.left_out and not reading.said_empty else Verdict.EMPTY
    thin = assess(reading, now).thin * 2 > len(calls)
    return Verdict.WORKS if gives_what_it_promises(source, calls, now) and not thin else Verdict.THIN


def _todo(source: Source, verdict: Verdict, advice: Sequence[str]) -> str:
    if verdict is Verdict.WORKS:
        return _NOTHING if source.address == "confirmed" else _CONFIRM
    if verdict is Verdict.EMPTY and not advice:
        return _EMPTY_NOW
    return advice[0] if advice else f"Titta närmare: monitor sources check {source.id}"
