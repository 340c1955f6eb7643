"""Policy and national grants: a hundred items of a reader who had not seen the rules, as their publishers' pages would give them.

A line of `labelled_items/policy_grants.jsonl` has the departments that the item is for, those that may get it (`maybe`, counted neither
way) and its last days. `python -m tests.matching.test_policy_grants` prints the shares and each item that differs.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.matching.engine import judge_call
from monitor.matching.match import matches_of
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES
from monitor.vocabulary import Kind
from tests.language.test_unseen import instants, same_instant
from tests.language.test_unseen import read as read_text

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 28, 8, tzinfo=STOCKHOLM)
ITEMS = [
    json.loads(line)
    for line in Path(__file__).parent.joinpath("labelled_items/policy_grants.jsonl").read_text("utf-8").splitlines()
]
PUBLISHES = {"policy": (Kind.POLICY,), "call": (Kind.CALL, Kind.NEWS)}
KNOWN_WRONG_DATES = {"p068": ["2027-12-31"]}  # the last day to use the money, in one sentence with the last day to apply


@dataclass
class Reading:
    """The departments and last days that the program gives a labelled item, beside the reader's."""

    item: dict
    departments: set
    found: list

    @property
    def extra(self):
        return self.departments - set(self.item["departments"]) - set(self.item["maybe"])

    @property
    def missed(self):
        return set(self.item["departments"]) - self.departments

    @property
    def dates_read(self):
        return [day for day in self.item["deadlines"] if any(same_instant(found, day) for found in self.found)]

    @property
    def wrong_dates(self):
        return [found for found in self.found if not any(same_instant(found, day) for day in self.item["deadlines"])]


def read(rules, item):
    """Return the Reading of a labelled item; one that the program leaves out has no departments and no days."""
    call = read_text(item, PUBLISHES[item["kind"]])
    if call is None:
        return Reading(item, set(), [])
    return Reading(item, {match.department for match in matches_of(judge_call(rules, call))}, instants(call))


def f1(readings):
    """Return F1 of the departments, counted per item and department."""
    right = sum(len(reading.departments & set(reading.item["departments"])) for reading in readings)
    wrong = sum(len(reading.extra) + len(reading.missed) for reading in readings)
    return 2 * right / (2 * right + wrong)


@pytest.fixture(scope="module")
def readings():
    rules = load_rules(RULES)
    return [read(rules, item) for item in ITEMS]


@pytest.mark.parametrize("kind", PUBLISHES)
def test_the_right_departments_get_policy_and_grants(readings, kind):
    of_kind = [reading for reading in readings if reading.item["kind"] == kind]
    assert len(of_kind) >= 40
    assert f1(of_kind) >= 0.85


def test_last_days_of_policy_and_grants_are_read(readings):
    stated = sum(len(reading.item["deadlines"]) for reading in readings)
    assert sum(len(reading.dates_read) for reading in readings) / stated >= 0.95
    assert {reading.item["id"]: reading.wrong_dates for reading in readings if reading.wrong_dates} == KNOWN_WRONG_DATES


if __name__ == "__main__":
    shipped = load_rules(RULES)
    all_readings = [read(shipped, item) for item in ITEMS]
    for kind in PUBLISHES:
        of_kind = [reading for reading in all_readings if reading.item["kind"] == kind]
        days = sum(len(reading.item["deadlines"]) for reading in of_kind)
        print(f"{kind}: F1 {f1(of_kind):.3f}, dates {sum(len(reading.dates_read) for reading in of_kind)} of {days}")
    for reading in all_readings:
        if reading.extra or reading.missed or reading.wrong_dates or len(reading.dates_read) < len(reading.item["deadlines"]):
            print(
                reading.item["id"],
                "extra",
                sorted(reading.extra),
                "missed",
                sorted(reading.missed),
                reading.found,
                reading.item["deadlines"],
            )
