"""Differences between two versions of a call, word by word, for people to read. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Indel

from monitor.calls import Budget, Call, DeadlineModel, Section

Part = tuple[str, str]
"""Operation ("+" added, "-" removed, "=" unchanged) and its text."""

Say = Callable[[str], str]
"""Function that puts a Swedish text of the program into the page's language."""

_MODELS = {DeadlineModel.ROLLING: "löpande"}
_WORDS_AND_SPACES = re.compile(r"\s+|[^\s]+")
_CONTEXT = 160
"""Characters of unchanged text shown on either side of a change."""
_MAX_PIECES = 12_000
"""Words and spaces, or lines, that are compared; the comparison takes pieces squared / 64 steps, some 0.1 seconds for these."""
_MAX_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class FieldChange:
    """Field whose text differs between two versions."""

    label: str
    """Its name in Swedish."""
    parts: tuple[Part, ...]


def compare_versions(old: Call, new: Call, say: Say = str) -> list[FieldChange]:
    """Return the fields whose texts differ, in the order of the page."""
    found = []
    for label, read in _FIELDS:
        before, after = read(old, say), read(new, say)
        if before != after:
            found.append(FieldChange(label, diff_words(before, after)))
    return found


@lru_cache(maxsize=128)
def diff_words(old: str, new: str) -> tuple[Part, ...]:
    """Return the unchanged, removed and added parts of a text; long unchanged parts are shortened.

    Texts of more than `_MAX_PIECES` words and spaces are compared by lines, of which only the first `_MAX_PIECES` count, so
    that a page answers fast whatever a publisher sends. Results are cached, since a page is read more often than it changes.
    """
    if max(len(old), len(new)) > _MAX_CHARACTERS:
        old, new = old[:_MAX_CHARACTERS], new[:_MAX_CHARACTERS]
    before, after = _WORDS_AND_SPACES.findall(old), _WORDS_AND_SPACES.findall(new)
    if max(len(before), len(after)) > _MAX_PIECES:
        before, after = old.splitlines(keepends=True)[:_MAX_PIECES], new.splitlines(keepends=True)[:_MAX_PIECES]
    return tuple(_parts(before, after))


def _parts(before: list[str], after: list[str]) -> Iterator[Part]:
    """Yield the parts of the shortest edit from `before` to `after`, each run of changes as one removal and one addition."""
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
            removed, added = removed + old, added + old  # a space between two changed words is easier to read inside the change
            continue
        yield from _change(removed, added)
        removed, added = "", ""
        yield "=", _shorten(old, first=first, last=last)
    yield from _change(removed, added)


def _change(removed: str, added: str) -> Iterator[Part]:
    if removed:
        yield "-", removed
    if added:
        yield "+", added


def _shorten(text: str, *, first: bool, last: bool) -> str:
    if len(text) <= 2 * _CONTEXT:
        return text
    head = "" if first else text[:_CONTEXT]
    tail = "" if last else text[-_CONTEXT:]
    return f"{head} […] {tail}"


def _sections(sections: tuple[Section, ...]) -> str:
    return "\n\n".join(f"{part.title}\n{part.text}" if part.title else part.text for part in sections)


def _deadlines(call: Call, say: Say) -> str:
    if not call.deadlines:
        return say(_MODELS.get(call.deadline_model, "ingen dag angiven"))
    return "\n".join(deadline.at.isoformat(sep=" ", timespec="minutes") for deadline in call.deadlines)


def _budget(call: Call, say: Say) -> str:
    budget: Budget = call.budget
    amounts = (
        ("totalt", budget.total),
        ("minst per projekt", budget.project_min),
        ("högst per projekt", budget.project_max),
        ("antal projekt", budget.grants),
        ("finansiären betalar högst, procent", budget.funder_share),
        ("ni betalar minst, procent", budget.own_share),
    )
    parts = [f"{say(name)} {value:,}".replace(",", " ") for name, value in amounts if value is not None]
    return f"{', '.join(parts)} ({budget.currency})" if parts else ""


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
