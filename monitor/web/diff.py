"""What changed between two versions of a call, word by word, for people to read. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from monitor.calls import Budget, Call, DeadlineModel, Section

Part = tuple[str, str]
"""An operation ("+", "-" or "=") and its text."""

Say = Callable[[str], str]

_MODELS = {DeadlineModel.ROLLING: "löpande"}
_PIECES = re.compile(r"\s+|[^\s]+")
_KEPT = 160
_LARGE = 6_000


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
            found.append(FieldChange(label, tuple(diff_words(before, after))))
    return found


def diff_words(old: str, new: str) -> Iterator[Part]:
    """The new text with what was put in and what was taken out; long stretches without change are cut."""
    before, after = _split(old), _split(new)
    for op, a1, a2, b1, b2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            yield "=", _cut("".join(before[a1:a2]), first=a1 == 0, last=a2 == len(before))
            continue
        if a2 > a1:
            yield "-", "".join(before[a1:a2])
        if b2 > b1:
            yield "+", "".join(after[b1:b2])


def _split(text: str) -> list[str]:
    """Words and spaces; lines where the text is so long that comparing words would take seconds."""
    return text.splitlines(keepends=True) if len(text) > _LARGE else _PIECES.findall(text)


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
