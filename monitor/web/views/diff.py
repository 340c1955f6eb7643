"""What changed between two versions of a call, word by word, for people to read. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Indel

from monitor.calls import Budget, Call, DeadlineModel, Section

Part = tuple[str, str]
"""An operation ("+", "-" or "=") and its text."""

Say = Callable[[str], str]

_MODELS = {DeadlineModel.ROLLING: "löpande"}
_PIECES = re.compile(r"\s+|[^\s]+")
_KEPT = 160
# The comparison needs pieces x pieces / 64 steps: 0.1 seconds at this many.
_MOST_PIECES = 12_000
_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that reads differently, and how."""

    label: str
    parts: tuple[Part, ...]


def compare_versions(old: Call, new: Call, say: Say = str) -> list[FieldChange]:
    """Every field that reads differently, in the order of the page; `say` puts a word of ours into the page's language."""
    found = []
    for label, read in _FIELDS:
        before, after = read(old, say), read(new, say)
        if before != after:
            found.append(FieldChange(label, diff_words(before, after)))
    return found


@lru_cache(maxsize=128)
def diff_words(old: str, new: str) -> tuple[Part, ...]:
    """Return the new text as parts: kept ("="), put in ("+") and taken out ("-"); long stretches without change are cut.

    Words are compared up to `_MOST_PIECES` words and spaces in either text, then whole lines, then only the first `_MOST_PIECES`
    lines: a page answers at once whatever a publisher sends. Results are remembered, since a page is read more often than it changes.
    """
    if max(len(old), len(new)) > _LONGEST:
        old, new = old[:_LONGEST], new[:_LONGEST]
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    if max(len(before), len(after)) > _MOST_PIECES:
        before, after = old.splitlines(keepends=True)[:_MOST_PIECES], new.splitlines(keepends=True)[:_MOST_PIECES]
    return tuple(_parts(before, after))


def _parts(before: list[str], after: list[str]) -> Iterator[Part]:
    """Yield the parts of the shortest edit that makes `after` of `before`, each run of changes as one taken out and one put in."""
    removed, added = "", ""
    for operation in Indel.opcodes(before, after):
        old = "".join(before[operation.src_start : operation.src_end])
        new = "".join(after[operation.dest_start : operation.dest_end])
        if operation.tag != "equal":
            removed, added = (
                removed + (old if operation.tag != "insert" else ""),
                added + (new if operation.tag != "delete" else ""),
            )
            continue
        first, last = operation.src_start == 0, operation.src_end == len(before)
        if old.isspace() and removed and added and not last:
            removed, added = removed + old, added + old  # a space between two changed words reads better inside the change
            continue
        yield from _changed(removed, added)
        removed, added = "", ""
        yield "=", _cut(old, first=first, last=last)
    yield from _changed(removed, added)


def _changed(removed: str, added: str) -> Iterator[Part]:
    if removed:
        yield "-", removed
    if added:
        yield "+", added


def _cut(text: str, *, first: bool, last: bool) -> str:
    if len(text) <= 2 * _KEPT:
        return text
    head = "" if first else text[:_KEPT]
    tail = "" if last else text[-_KEPT:]
    return f"{head} […] {tail}"


def _sections(sections: tuple[Section, ...]) -> str:
    return "\n\n".join(f"{part.title}\n{part.text}" if part.title else part.text for part in sections)


def _deadlines(call: Call, say: Say) -> str:
    if not call.deadlines:
        return say(_MODELS.get(call.deadline_model, "ingen dag angiven"))
    return "\n".join(deadline.at.isoformat(sep=" ", timespec="minutes") for deadline in call.deadlines)


def _budget(call: Call, say: Say) -> str:
    budget: Budget = call.budget
    named = (
        ("totalt", budget.total),
        ("minst per projekt", budget.project_min),
        ("högst per projekt", budget.project_max),
        ("antal projekt", budget.grants),
        ("finansiären betalar högst, procent", budget.funder_share),
        ("ni betalar minst, procent", budget.own_share),
    )
    stated = [f"{say(name)} {value:,}".replace(",", " ") for name, value in named if value is not None]
    return f"{', '.join(stated)} ({budget.currency})" if stated else ""


_FIELDS: tuple[tuple[str, Callable[[Call, Say], str]], ...] = (
    ("Rubrik", lambda call, _: call.title),
    ("Sista dag", _deadlines),
    ("Öppnar", lambda call, _: call.opens.isoformat() if call.opens else ""),
    ("Pengar", _budget),
    ("Sammanfattning", lambda call, _: call.summary),
    ("Text", lambda call, _: _sections(call.sections)),
    ("Villkor", lambda call, _: _sections(call.conditions)),
    ("Vem kan söka", lambda call, _: "\n".join(call.applicants)),
    ("Plats", lambda call, _: ", ".join(call.place)),
    ("Meddelanden", lambda call, _: "\n\n".join(notice.text for notice in call.notices)),
    ("Tid", lambda call, _: call.starts.isoformat(sep=" ", timespec="minutes") if call.starts else ""),
    ("Adress", lambda call, _: call.url),
)
