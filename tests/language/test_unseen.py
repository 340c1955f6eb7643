"""Short texts by 27 readers who had not seen the program: how many values are wrong, how many are missing, how many calls are lost.

A line of `unseen.jsonl` is a text with its truth; `known` names the fields that the program still reads wrongly, each with a reason.
No other value may be wrong. The bounds are on all texts, the known values included. They say how these texts are read, not others: the
readers of the program were mended with the texts in view. `python -m tests.language.test_unseen` prints the shares.
"""

import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.calls import Budget, Precision
from monitor.collect.article import Article, describe_item
from monitor.matching.engine import judge_call
from monitor.matching.rules.files import read_texts
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES
from monitor.sources import Source
from monitor.vocabulary import Kind

NOW = datetime(2026, 11, 28, 8, 0, tzinfo=ZoneInfo("Europe/Stockholm"))
TEXTS = [
    json.loads(line) for line in Path(__file__).with_name("unseen.jsonl").read_text(encoding="utf-8").splitlines() if line.strip()
]
ANSWERS = {"ja": "yes", "som partner": "partner", "nej": "no", "framgår inte": "unknown"}
APPLIED_FOR = {"call", "partner-search"}


def read(row, publishes=(Kind.CALL, Kind.NEWS, Kind.EVENT, Kind.POLICY, Kind.PARTNER_SEARCH)):
    """Return the Call that the program makes of a text, as a source of these kinds gives it; None for one that it leaves out."""
    source = Source(
        id="unseen",
        kind="page",
        name=row.get("publisher", "Unseen"),
        url="https://example.org/",
        language=row["language"],
        publishes=publishes,
    )
    published = row["published"] and datetime.fromisoformat(row["published"]).replace(tzinfo=ZoneInfo("Europe/Stockholm"))
    return describe_item(
        Article(title=row["title"], text=row["text"], published=published),
        source=source,
        call_id=row["id"],
        url=f"https://example.org/{row['id']}",
        now=NOW,
    ).call


def instants(call):
    """Return the deadlines of a call as the truth writes them: a date, or an instant where a time is stated.

    A deadline whose year was guessed is shown as "troligen", so it is no value.
    """
    return [
        deadline.at.date().isoformat() if deadline.precision is Precision.DAY else deadline.at.isoformat("T", "minutes")
        for deadline in call.deadlines
        if not deadline.year_guessed
    ]


def instant(text):
    """Return the instant of a written date, the last second of its day, or of a written instant; all at the publisher's clock."""
    moment = datetime.fromisoformat(text)
    return moment if "T" in text else moment.replace(hour=23, minute=59, second=59, tzinfo=ZoneInfo("Europe/Stockholm"))


def same_instant(found, true):
    """Tell whether two written dates or instants are the same but for a minute: 24.00, 00.00 the next day and 23.59 are one."""
    return abs(instant(found) - instant(true)) <= timedelta(minutes=1)


def sum_of(amount, currency):
    return None if amount is None else (amount, currency)


def truth_sum(value):
    return None if value is None else (value["amount"], value["currency"])


def fields(row, call, rules):
    """Yield (field, read value, true value) of a text that the program read as a call or as what it is."""
    if row["kind"] in (*APPLIED_FOR, "policy"):
        found, true = instants(call), row["deadlines"]
        wrong = [text for text in found if not any(same_instant(text, other) for other in true)]
        if wrong or not true:
            yield "deadlines", found, true
        else:
            for other in true:
                yield "deadlines", next((text for text in found if same_instant(text, other)), None), other
    if row["kind"] == "event":
        yield "starts", call.starts and call.starts.date().isoformat(), row["starts"] and row["starts"][:10]
    if row["kind"] in APPLIED_FOR:
        budget: Budget = call.budget
        yield "opens", call.opens and call.opens.isoformat(), row["opens"]
        yield "total", sum_of(budget.total, budget.currency), truth_sum(row["total"])
        yield "project_min", sum_of(budget.project_min, budget.currency), truth_sum(row["project_min"])
        yield "project_max", sum_of(budget.project_max, budget.currency), truth_sum(row["project_max"])
        yield "funder_share", budget.funder_share, row["funder_share"]
        yield "own_share", budget.own_share, row["own_share"]
        gates = judge_call(rules, call).gates
        if gates.step == "outside":  # another county's or country's: says nothing of who may apply
            return
        answer = ANSWERS[gates.answer]
        yield (
            "can_take_part",
            None if answer == "unknown" else answer,
            None if row["can_take_part"] == "unknown" else row["can_take_part"],
        )


def outcome(field, found, true):
    if found in (None, []) and true in (None, []):
        return "nothing"
    if found in (None, []):
        return "silent"
    if field == "deadlines" and isinstance(true, str):
        return "right" if same_instant(found, true) else "wrong"
    return "right" if found == true else "wrong"


@pytest.fixture(scope="module")
def outcomes():
    return measure()


def measure():
    """Return (text, field, outcome, read value, true value) of every value, kinds included."""
    shipped_rules = load_rules(RULES, read_texts(RULES).texts)  # their own tests check them
    rows = []
    for row in TEXTS:
        call = read(row)
        kind = call.kind.value if call else "other"
        # An item that is left out says nothing, so it is silent; a call that is left out is lost as well, and counted as such.
        result = "right" if kind == row["kind"] else "silent" if kind == "other" else "wrong"
        rows.append((row, "kind", result, kind, row["kind"]))
        if call is not None and kind == row["kind"]:
            rows += [
                (row, field, outcome(field, found, true), found, true) for field, found, true in fields(row, call, shipped_rules)
            ]
    return rows


def described(rows):
    return [f"{row['id']} {field}: {found!r}, true is {true!r}" for row, field, _, found, true in rows]


def test_there_are_2840_texts_in_four_languages_by_27_readers():
    assert len({row["id"] for row in TEXTS}) == len(TEXTS) >= 2840
    assert {row["reader"] for row in TEXTS} == {*"abcdefghijklmnopqrstvwyz", "q2", "r3", "t4"}
    assert Counter(row["language"] for row in TEXTS)["sv"] >= 200
    assert {row["language"] for row in TEXTS} == {"sv", "en", "da", "nb"}


def test_at_most_1_percent_of_the_values_read_are_wrong(outcomes):
    read_values = [row for row in outcomes if row[2] in ("right", "wrong")]
    wrong = [row for row in read_values if row[2] == "wrong"]
    assert len(wrong) <= 0.01 * len(read_values), described(wrong)


def test_at_most_15_percent_of_the_stated_values_are_not_read(outcomes):
    stated = [row for row in outcomes if row[2] in ("right", "silent")]
    silent = [row for row in stated if row[2] == "silent"]
    assert len(silent) <= 0.15 * len(stated), described(silent)


def test_at_most_3_percent_of_the_calls_are_lost(outcomes):
    calls = [row for row in outcomes if row[1] == "kind" and row[4] == "call"]
    lost = [row for row in calls if row[2] != "right"]
    assert len(lost) <= 0.03 * len(calls), described(lost)


def test_each_wrong_value_is_listed_as_known_with_a_reason_and_no_other(outcomes):
    wrong = {(row["id"], field) for row, field, result, _, _ in outcomes if result == "wrong"}
    known = {(row["id"], field) for row in TEXTS for field in row.get("known", {})}
    assert wrong == known
    assert all(reason for row in TEXTS for reason in row.get("known", {}).values())


if __name__ == "__main__":
    counts = Counter(row[2] for row in measure())
    print(
        f"wrong {counts['wrong'] / (counts['wrong'] + counts['right']):.1%}, silent {counts['silent'] / (counts['silent'] + counts['right']):.1%}"
    )
