"""Measured against the labelled phrases and pages that lie beside the project; skipped where they are missing."""

import json
import re
from datetime import date

import pytest

from monitor.language.dates import DateRole, Exactness, find_dates
from monitor.language.deadlines import earliest_published, find_deadlines
from monitor.language.kinds import guess_kind
from monitor.language.money import find_amounts
from monitor.language.places import find_place
from monitor.vocabulary import Kind

pytestmark = pytest.mark.shared

APPLIED_FOR = {Kind.CALL, Kind.EVENT, Kind.PARTNER_SEARCH}


def rows(shared, name):
    path = shared / "data" / "sv" / name
    if not path.is_file():
        pytest.skip(f"{name} is not there")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_dates_of_the_phrases(shared):
    phrases = [row for row in rows(shared, "phrases.jsonl") if row["type"] == "date"]
    missed, made_up = [], []
    for row in phrases:
        reference = date.fromisoformat(row["ref_date"]) if "ref_date" in row else None
        found = find_dates(row["phrase"], reference=reference, language=row["lang"])
        item = next((item for item in found if item.role is DateRole.DEADLINE), found[0] if found else None)
        if item is None:
            missed.append(row["phrase"])
            continue
        exactness = Exactness.DAY if item.precision is Exactness.MINUTE else item.precision
        got = (
            item.role,
            item.date and str(item.date),
            item.date_from and str(item.date_from),
            item.time and f"{item.time:%H:%M}",
            exactness,
        )
        if got != (row["role"], row["date"], row.get("date_from"), row.get("time"), row["precision"]):
            missed.append(row["phrase"])
        if item.date is not None and str(item.date) != row["date"]:
            made_up.append(row["phrase"])
    assert len(missed) <= 0.03 * len(phrases), missed
    assert len(made_up) <= 0.01 * len(phrases), made_up


def test_amounts_of_the_phrases(shared):
    phrases = [row for row in rows(shared, "phrases.jsonl") if row["type"] == "amount"]
    missed, made_up = [], []
    for row in phrases:
        found = find_amounts(row["phrase"], row["lang"])
        item = next((item for item in found if item.amount is not None), None)
        got = (
            (item.amount, item.amount_max, item.currency, [(o.amount, o.currency) for o in item.others])
            if item
            else (None, None, None, [])
        )
        if got != (
            row["amount"],
            row.get("amount_max"),
            row["currency"],
            [(o["amount"], o["currency"]) for o in row.get("others", [])],
        ):
            missed.append(row["phrase"])
        if item is not None and item.amount != row["amount"]:
            made_up.append(row["phrase"])
    assert len(missed) <= 0.05 * len(phrases), missed
    assert len(made_up) <= 0.01 * len(phrases), made_up


def reference_of(row):
    """Return a day in place of the day of reading: from the address, the date line, or the first year that the page names."""
    named = re.search(r"(?<![\d-])(20[0-2]\d)(?![\d–-])", f"{row['title']}\n{row['text']}")
    return earliest_published(row["url"], row["text"]) or (date(int(named[1]), 1, 1) if named else None)


def test_kinds_and_deadlines_of_the_pages(shared):
    pages = rows(shared, "pages.jsonl")
    wrong_kind, wrong_deadline, invented = [], [], []
    for row in pages:
        kind, reason = guess_kind(row["title"], row["text"], Kind.CALL, row["lang"], url=row["url"])
        if (kind or "other") != row["kind"]:
            wrong_kind.append((row["title"], kind, reason))
        found = (
            find_deadlines(row["text"], reference=reference_of(row), language=row["lang"]).deadlines
            if kind in APPLIED_FOR
            else ()
        )
        first = found[0].at.date().isoformat() if found else None
        if row["deadline"] is None and first is not None:
            invented.append((row["title"], first))
        elif first != row["deadline"]:
            wrong_deadline.append((row["title"], first, row["deadline"]))
    stated = sum(row["deadline"] is not None for row in pages)
    assert len(wrong_kind) <= 0.1 * len(pages), wrong_kind
    assert len(wrong_deadline) <= 0.1 * stated, wrong_deadline
    assert invented == []


@pytest.mark.parametrize("default", [Kind.CALL, Kind.NEWS])
def test_calls_are_not_lost_and_other_things_not_let_in(shared, default):
    """Both ways, as the pages are read: with what is known of their last days on the day that they were written."""
    pages = rows(shared, "pages.jsonl")
    lost, let_in = [], []
    for row in pages:
        written = reference_of(row)
        days = [item.at.date() for item in find_deadlines(row["text"], reference=written, language=row["lang"]).deadlines]
        ahead = any(day >= written for day in days) if days and written else None
        kind, reason = guess_kind(row["title"], row["text"], default, row["lang"], url=row["url"], ahead=ahead)
        if row["kind"] == "call" and kind is not Kind.CALL:
            lost.append((row["title"], kind, reason))
        elif row["kind"] != "call" and kind is Kind.CALL:
            let_in.append((row["title"], row["kind"], reason))
    assert len(lost) <= 1, lost
    assert len(let_in) <= 4, let_in


@pytest.mark.parametrize("default", [Kind.CALL, Kind.POLICY])
def test_no_document_of_the_government_is_a_call(shared, default):
    """Referrals and memoranda state days, tell of grants and of who shall answer; none of them is applied for."""
    let_in = []
    for name in ("remisser_2025-2026.jsonl", "faktapromemoria_pages_40.jsonl"):
        path = shared / "data" / "open" / "g0vse" / name
        if not path.is_file():
            pytest.skip(f"{name} is not there")
        for line in path.read_text("utf-8").splitlines():
            title, _, text = json.loads(line)["markdown"].removeprefix("# ").partition("\n")
            stated = default is Kind.POLICY or bool(find_deadlines(text, reference=None, language="sv").deadlines)
            if guess_kind(title, text, default, "sv", ahead=stated or None)[0] is Kind.CALL:
                let_in.append(title)
    assert let_in == []


def test_places_of_the_pages(shared):
    """No call that concerns the municipality is taken for another county's, and those of other areas are told apart."""
    calls = [row for row in rows(shared, "pages.jsonl") if row["kind"] == "call"]
    ours = {"Jönköpings län", "Småland och Öarna"}
    shut_out = {
        row["title"] for row in calls if (place := find_place(row["text"], row["url"], row["title"])) and not ours & set(place)
    }
    assert [row["title"] for row in calls if row["labels"] and row["title"] in shut_out] == []
    away = [row["title"] for row in calls if not row["labels"] and "out of area" in row["notes"].casefold()]
    assert sum(title in shut_out for title in away) >= 0.8 * len(away)
