"""Judge what a trial reading of a source shows: works, thin, moved, walled, made by scripts, empty, remade or dead. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from monitor.archive.runs import Document
from monitor.collect.advice import Remedy, find_remedies
from monitor.collect.quality import assess, find_lack
from monitor.collect.reading import Problem, ProblemKind, SourceReading, describe_missing_pages
from monitor.sources import Source
from monitor.vocabulary import Verdict

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
    """Problems in Swedish, and listed pages that could not be read; "" where nothing was."""
    todo: str
    """Advice in Swedish."""
    problems: tuple[ProblemKind, ...]
    items: int
    ahead: int
    newest: date | None
    thin: int


def judge_check(
    source: Source,
    reading: SourceReading,
    problems: Sequence[Problem],
    documents: Sequence[Document],
    now: datetime,
    *,
    can_browse: bool = False,
) -> SourceCheck:
    """Return the judgement of a source by a reading at `now`, with all its problems.

    Args:
        source: Row that was read.
        reading: Result of the reading.
        problems: Its problems.
        documents: Its answers.
        now: Time of the reading.
        can_browse: True where the installation has a browser for pages that scripts make.
    """
    quality = assess(source, reading, now)
    verdict = judge_verdict(source, reading, problems, now)
    remedies = find_remedies(source, reading, problems, documents, now, can_browse=can_browse)
    return SourceCheck(
        verdict=verdict,
        reason=" ".join(dict.fromkeys(filter(None, (*(problem.text for problem in problems), describe_missing_pages(reading))))),
        todo=_todo(source, verdict, remedies),
        problems=tuple(dict.fromkeys(problem.kind for problem in problems)),
        items=quality.items,
        ahead=quality.ahead,
        newest=quality.newest,
        thin=quality.thin,
    )


def judge_verdict(source: Source, reading: SourceReading, problems: Sequence[Problem], now: datetime) -> Verdict:
    """Return the verdict on a source by a reading at `now`, with all its problems."""
    if reading.moved:
        return Verdict.MOVED
    if problems:
        return max((_OF_PROBLEM.get(problem.kind, Verdict.DEAD) for problem in problems), key=_ORDER.index)
    calls = list(reading.calls.values())
    if not calls:
        return Verdict.THIN if reading.left_out and not reading.said_empty else Verdict.EMPTY
    return Verdict.WORKS if find_lack(source, calls, now) is None else Verdict.THIN


def trial_command(source: str, change: Mapping[str, object]) -> str:
    """Return the command that reads a source with other values of some keys of its row."""
    words = {True: "true", "true": "true", False: "false"}
    texts = {key: words.get(value) or f"'{value}'" for key, value in change.items() if isinstance(value, (str, bool))}
    return " ".join(["monitor sources check", source, *(f"--set {key}={text}" for key, text in texts.items())])


def _todo(source: Source, verdict: Verdict, remedies: Sequence[Remedy]) -> str:
    if verdict is Verdict.WORKS:
        return _NOTHING if source.address == "confirmed" else _CONFIRM
    if verdict is Verdict.EMPTY and not remedies:
        return _EMPTY_NOW
    if not remedies:
        return f"Titta närmare: monitor sources check {source.id}"
    first = remedies[0]
    return f"{first.text} ({trial_command(source.id, first.change)})" if "browser" in first.change else first.text
