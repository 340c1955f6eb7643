"""The budget of a call, read from its text: what is handed out, what one project may get, and the share the funder pays."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.calls import Budget
from monitor.language.money import AmountRole, FoundAmount, find_amounts
from monitor.language.segments import split_segments

# The funder's share, told from what the applicant must find elsewhere.
_FUNDER = re.compile(
    r"stödnivå|stödandel|finansiera(?:r|s)?\b|medfinansierar|betalar|stå(?:r)?\s+för|täcker|av\s+(?:de\s+)?(?:totala\s+)?(?:stödberättigade\s+)?(?:projekt)?(?:kostnader|budget|underlag)\w*|"
    r"funding\s+rate|co-?financing\s+rate|\bi\s+(?:eu-)?stöd|\bbidrag\s+(?:på|med|om)|från\s+eu|eu-(?:stöd|bidrag|medel)|stöd(?:et)?\s+(?:är|på|ges|med|uppgår)|kan\s+(?:\w+\s+)?få|eu\s+(?:grant|contribution)|\bhur\s+mycket",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"egen\s?insats|egenfinansiering\w*|medfinansiering\w*|annan\s+finansiering|annat\s+håll|offentlig\s+finansiering|own\s+contribution|other\s+sources|förbättra\w*|minska\w*|andel\w*\s+av\s+(?:befolkning|kommun|delt)\w*|"
    r"energiprestanda\w*|förskott|prefinanc\w*|pre-financing|indirekta|schablon\w*|overhead|flat\s+rate|budgeten\s*\.|personalkostnad\w*|ytterligare|återstående",
    re.IGNORECASE,
)


def find_budget(text: str, language: str = "") -> Budget:
    """What a text states about money, in one currency. Where it states two different totals, none is taken."""
    amounts = [item for item in find_amounts(text, language) if item.role is AmountRole.RATE or item.currency]
    totals = [item for item in amounts if item.role is AmountRole.TOTAL and item.amount_max is None]
    projects = [item for item in amounts if item.role is AmountRole.PROJECT]
    currency = _leading(totals, projects)
    totals = [item for item in totals if item.currency == currency]
    projects = [item for item in projects if item.currency == currency]
    sums = {item.amount for item in totals}
    projects = [item for item in projects if item.amount not in sums]
    total = sums.pop() if len(sums) == 1 else None
    low, high = _project(projects)
    if total is not None and high is not None and high > total:
        high = None  # one of the two was misread; the pot is the safer one
    rate = _rate(text, amounts)
    read = [
        item.text for item in (*(totals if total is not None else ()), *(projects if low is not None or high is not None else ()))
    ]
    return Budget(
        total=total,
        project_min=low,
        project_max=high,
        rate=rate,
        currency=currency or "EUR",
        text=" · ".join(dict.fromkeys(read)),
    )


def _leading(totals: Sequence[FoundAmount], projects: Sequence[FoundAmount]) -> str:
    for item in (*totals, *projects):
        return item.currency
    return ""


def _project(projects: Sequence[FoundAmount]) -> tuple[int | None, int | None]:
    """The span for one project; several different caps (per kind of project) give none."""
    spans = {(item.amount, item.amount_max) for item in projects if item.amount_max is not None}
    if len(spans) == 1:
        return next(iter(spans))
    if spans:
        return None, None
    least = {item.amount for item in projects if item.least}
    most = {item.amount for item in projects if not item.least}
    return (next(iter(least)) if len(least) == 1 else None), (next(iter(most)) if len(most) == 1 else None)


def _rate(text: str, amounts: Sequence[FoundAmount]) -> int | None:
    """The funder's share where exactly one is stated."""
    segments = split_segments(text)
    rates: set[int] = set()
    for item in amounts:
        if item.rate is None or item.rate_from is not None or item.rate != int(item.rate) or not 0 < item.rate <= 100:
            continue
        segment = next((part for part in segments if part.start <= item.start < part.end), None)
        if segment is None:
            continue
        sentence = text[segment.start : segment.end]
        if _FUNDER.search(sentence) and not _OWN.search(sentence):
            rates.add(int(item.rate))
    return rates.pop() if len(rates) == 1 else None
