"""Budget of a call, read from its text: the pot, the money for one project, and the shares of funder and applicant."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.calls import Budget
from monitor.language.money import AmountRole, FoundAmount, find_amounts
from monitor.language.shares import find_shares


def find_budget(text: str, language: str = "", title: str = "") -> Budget:
    """Return the money that a text states, in one currency; no total where it states two different ones.

    The title counts for the total only, where the text states none: "Fonden utlyser 45 miljoner kronor".
    """
    amounts = [item for item in find_amounts(text, language) if item.amount and item.currency]
    totals = [item for item in amounts if item.role is AmountRole.TOTAL and item.amount_max is None]
    projects = [item for item in amounts if item.role is AmountRole.PROJECT and not item.about]
    if title and not totals:
        totals = [
            item for item in find_amounts(title, language) if item.amount and item.currency and item.role is AmountRole.TOTAL
        ]
        projects = [item for item in projects if not totals or item.currency == totals[0].currency]
    currency = _leading(totals, projects)
    totals = [item for item in totals if item.currency == currency]
    projects = [item for item in projects if item.currency == currency]
    if any(not item.yearly for item in totals):
        totals = [item for item in totals if not item.yearly]  # "40 miljoner kronor per år, totalt 160 miljoner"
    if any(not item.added for item in totals):
        totals = [item for item in totals if not item.added]  # "ytterligare 2 miljoner, så att potten nu är 5"
    sums = {item.amount for item in totals}
    projects = [item for item in projects if item.amount not in sums]
    total = sums.pop() if len(sums) == 1 else None
    low, high = _project(projects)
    others = [
        item
        for item in amounts
        if item.role is AmountRole.UNKNOWN and item.currency == currency and not (item.about or item.aside)
    ]
    if high is not None and any(
        item.amount_max is not None and high < item.amount_max <= (total or item.amount_max) for item in others
    ):
        high = None  # a span of another kind of project goes beyond
    if low is not None and low == high and any(item.amount_max is None and (item.amount or 0) < low for item in others):
        low = None  # a sum that some get, while others get less
    if total is not None and high is not None and high > total:
        high = None  # one of the two was misread, and the pot more seldom is
    if low is not None and high is not None and low > high:
        low = high = None  # one of the two is of something else, and nothing tells which
    shares = find_shares(text)
    read = [
        item.text for item in (*(totals if total is not None else ()), *(projects if low is not None or high is not None else ()))
    ]
    return Budget(
        total=total,
        project_min=low,
        project_max=high,
        funder_share=shares.funder,
        own_share=shares.own,
        funder_share_text=shares.funder_text,
        own_share_text=shares.own_text,
        currency=currency or "EUR",
        text=" · ".join(dict.fromkeys(read)),
    )


def _leading(totals: Sequence[FoundAmount], projects: Sequence[FoundAmount]) -> str:
    for item in (*totals, *projects):
        return item.currency
    return ""


def _project(projects: Sequence[FoundAmount]) -> tuple[int | None, int | None]:
    """Return the span for one project; several different caps (per kind of project) give none."""
    spans = {(item.amount, item.amount_max) for item in projects if item.amount_max is not None}
    if len(spans) == 1:
        return next(iter(spans))
    if spans:
        return None, None
    if any(not item.yearly for item in projects):
        projects = [item for item in projects if not item.yearly]  # "högst 6 miljoner kronor, 2 miljoner per år"
    if len(projects) > 1 and all(item.fixed for item in projects):
        # "The winner gets EUR 30 000, the runner-up EUR 20 000": each is exact, so they bound one another.
        return min(item.amount or 0 for item in projects), max(item.amount or 0 for item in projects)
    # "Bidraget är 500 000 kronor per år" is no sum of the whole; "högst ... per år" is how a cap is said.
    projects = [item for item in projects if not item.yearly or item.most]
    least = {item.amount for item in projects if item.least or item.fixed}
    most = {item.amount for item in projects if not item.least}
    low, high = (next(iter(sums)) if len(sums) == 1 else None for sums in (least, most))
    if high is None and low is not None and any(amount is not None and amount < low for amount in most):
        low = None  # others get less
    return low, high
