"""Many wordings of each thing a text can say, in four languages: what is read, and what is rather left unread."""

from datetime import date

import pytest

from monitor.calls import Precision
from monitor.language.applicant_roles import municipal_role
from monitor.language.applicants import find_applicants
from monitor.language.budget import find_budget
from monitor.language.deadlines import find_deadlines
from monitor.language.shares import find_shares
from tests.language.test_unseen import read
from tests.language.wordings import ANSWERS, DAYS, KINDS, PARTS, SHARES, SUMS


@pytest.mark.parametrize(("kind", "language", "published", "title", "text"), KINDS)
def test_kind(kind, language, published, title, text):
    call = read({"id": "x", "language": language, "published": published or None, "title": title, "text": text})
    assert (call.kind.value if call else "other") == kind


@pytest.mark.parametrize(("part", "language", "text"), PARTS)
def test_part_of_a_municipality(part, language, text):
    found = municipal_role(find_applicants(text, language))
    assert (found[0].value if found else "open") == part


@pytest.mark.parametrize(("currency", "total", "least", "most", "language", "text"), SUMS)
def test_sums(currency, total, least, most, language, text):
    budget = find_budget(text, language)
    assert (budget.currency, budget.total, budget.project_min, budget.project_max) == (currency, total, least, most)


@pytest.mark.parametrize(("funder", "own", "text"), SHARES)
def test_shares(funder, own, text):
    shares = find_shares(text)
    assert (shares.funder, shares.own) == (funder, own)


def _written(deadlines):
    return [
        item.at.date().isoformat() if item.precision is Precision.DAY else item.at.strftime("%Y-%m-%dT%H:%M")
        for item in deadlines
        if not item.year_guessed
    ]


@pytest.mark.parametrize(("days", "opens", "language", "published", "text"), DAYS)
def test_deadlines(days, opens, language, published, text):
    reference = date.fromisoformat(published or "2026-11-28")
    found = find_deadlines(text, reference=reference, language=language, read=not published)
    assert (_written(found.deadlines), found.opens and found.opens.isoformat()) == (days, opens)


@pytest.mark.parametrize(("days", "language", "text"), ANSWERS)
def test_days_to_answer_by(days, language, text):
    found = find_deadlines(text, reference=date(2026, 11, 9), language=language)
    assert _written(found.answers) == days
