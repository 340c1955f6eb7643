"""Find the numbers by which documents about the same matter name each other, and join the documents into dossiers.

Numbers: COM documents and CELEX (https://eur-lex.europa.eu/content/help/eurlex-content/celex-number.html), procedures of the
European Parliament (2025/0360(COD)), Swedish memoranda on EU proposals (2025/26:FPM12), bills, SOU, Ds, dir., and the
Government's registration numbers (Fi2026/00123).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from monitor.calls import CallKey

_LEAD_CHARS = 1_500
"""Characters at the beginning of a text in which a document names its own matter; further on it cites others."""
_MAX_OF_A_FORM = 2
"""Numbers of one form in a lead, above which the document is a list of several matters and its title alone counts."""
_MAX_DOCUMENTS = 40
"""Documents that name a number, above which it is too common to join them."""
# Each form with the number as it is kept. Leading zeros of a number are left out.
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b[CK]OM\s?[(/]\s?(20\d\d)\s?[)/]\s?0*(\d{1,4})(?!\d)"), "COM({}) {}"),
    (re.compile(r"\b5(20\d\d)(?:PC|DC)0*(\d{1,4})(?!\d)"), "COM({}) {}"),
    (re.compile(r"\bJOIN\s?[(/]\s?(20\d\d)\s?[)/]\s?0*(\d{1,4})(?!\d)"), "JOIN({}) {}"),
    (re.compile(r"\b(20\d\d)/0*(\d{1,4})\s?[(/]\s?(COD|CNS|NLE|APP|BUD|ACC)\b"), "{}/{}({})"),
    (re.compile(r"\b(20\d\d/\d\d)[:\s]\s?FPM\s?0*(\d{1,3})(?!\d)", re.IGNORECASE), "{}:FPM{}"),
    (re.compile(r"\bprop(?:\.|osition(?:en)?)\s?(20\d\d/\d\d):0*(\d{1,3})(?!\d)", re.IGNORECASE), "prop. {}:{}"),
    (re.compile(r"\bSOU\s?(20\d\d):\s?0*(\d{1,3})(?!\d)"), "SOU {}:{}"),
    (re.compile(r"\bDs\s?(20\d\d):\s?0*(\d{1,3})(?!\d)"), "Ds {}:{}"),
    (re.compile(r"\bdir\.\s?(20\d\d):\s?0*(\d{1,3})(?!\d)", re.IGNORECASE), "dir. {}:{}"),
    (re.compile(r"\b(A|Fi|Fö|I|Ju|KN|Ku|LI|M|N|S|SB|U|UD)(20\d\d)/0*(\d{2,5})(?!\d)"), "{}{}/{}"),
)


class Phase(StrEnum):
    """Phase of a matter that a document shows."""

    PROPOSAL = "proposal"
    MEMORANDUM = "memorandum"
    REFERRAL = "referral"
    CONSULTATION = "consultation"
    BILL = "bill"
    DECISION = "decision"
    DOCUMENT = "document"


# The first that is in the title or the address of a document. A memorandum and a referral name the proposal in their titles.
_PHASES = (
    (Phase.MEMORANDUM, re.compile(r"faktapromemoria|\bFPM\s?\d", re.IGNORECASE)),
    (Phase.REFERRAL, re.compile(r"\bremiss|/remisser?/", re.IGNORECASE)),
    (Phase.CONSULTATION, re.compile(r"consultation|call for evidence|samråd|have-your-say|synpunkter på", re.IGNORECASE)),
    (Phase.BILL, re.compile(r"\bproposition(?:en)?\b|\bprop\.\s?20\d\d|/proposition/", re.IGNORECASE)),
    (Phase.PROPOSAL, re.compile(r"\bproposal\b|\bförslag(?:et)? till\b|\b[CK]OM\s?\(", re.IGNORECASE)),
    (Phase.DECISION, re.compile(r"\(EU\) 20\d\d/\d+|\bantag(?:en|it|na)\b|\bbeslut\w*|\badopted?\b|\bSFS 20\d\d", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierStep:
    """Document about a matter."""

    key: CallKey
    title: str
    phase: Phase
    day: date
    """Day of its publication, or the day on which it was first seen."""
    deadline: date | None = None
    """Last day to answer it."""


def find_references(title: str, text: str) -> tuple[str, ...]:
    """Return the numbers of the matter that a document is about, each once: those of its title and of the beginning of its text.

    A text that begins with several numbers of one form tells of several matters: of that form those in its title count alone.

    >>> find_references("Faktapromemoria 2025/26:FPM12", "Kommissionens förslag KOM(2025)0360, 2025/0360(COD).")
    ('COM(2025) 360', '2025/360(COD)', '2025/26:FPM12')
    """
    found: dict[str, None] = {}
    for pattern, form in _FORMS:
        own = list(_numbers(pattern, form, title))
        lead = list(_numbers(pattern, form, text[:_LEAD_CHARS]))
        found |= dict.fromkeys([*own, *(lead if len({*own, *lead}) <= _MAX_OF_A_FORM else [])])
    return tuple(found)


def _numbers(pattern: re.Pattern[str], form: str, text: str) -> Iterator[str]:
    return (form.format(*match.groups()) for match in pattern.finditer(text))


def find_phase(title: str, url: str) -> Phase:
    """Return the phase of a matter that a document shows, by its title and address."""
    text = f"{title}\n{url}"
    return next((phase for phase, pattern in _PHASES if pattern.search(text)), Phase.DOCUMENT)


def join_dossiers(references: Iterable[tuple[str, CallKey]]) -> dict[CallKey, frozenset[CallKey]]:
    """Return for each document the documents of its dossier, itself included; documents that share no number have none.

    Two documents are in one dossier when they name the same number, or are joined so through others: a proposal and a Swedish
    referral may meet only in the memorandum that names both.

    Args:
        references: Number and document, in any order.
    """
    by_number: dict[str, set[CallKey]] = defaultdict(set)
    for number, key in references:
        by_number[number].add(key)
    group: dict[CallKey, set[CallKey]] = {}
    for number in sorted(by_number):
        keys = by_number[number]
        if len(keys) < 2 or len(keys) > _MAX_DOCUMENTS:
            continue
        joined = set(keys).union(*(group[key] for key in keys if key in group))
        for key in joined:
            group[key] = joined
    return {key: frozenset(keys) for key, keys in group.items()}


def order_steps(steps: Iterable[DossierStep]) -> list[DossierStep]:
    """Return the documents of a dossier, the oldest first; of one day in the order of the phases."""
    order = list(Phase)
    return sorted(steps, key=lambda step: (step.day, order.index(step.phase), step.key))


def other_steps(dossiers: Mapping[CallKey, frozenset[CallKey]], key: CallKey) -> frozenset[CallKey]:
    """Return the other documents of a document's dossier."""
    return dossiers.get(key, frozenset()) - {key}
